"""Specifies how a change to one named thing is asked for: by a name that no other row has."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.models.phrases import LONGEST_NAME, for_shell, phrase, phrase_matches, thing_name, unit_name

ID = "61C2B5A0-1111-4222-8333-444455556666"


@pytest.mark.parametrize(
    ("address", "others", "name"),
    [
        ("adele.vance@contoso.com", (), "adele.vance"),
        ("Adele.Vance@Contoso.com", ("ryan@contoso.com",), "adele.vance"),
        ("adele.vance@contoso.com", ("ADELE.VANCE@fabrikam.com",), "adele.vance@contoso.com"),
        ("a.very.long.local.part.of.an.address@contoso.com", (), "61c2b5a0"),
        ("adele.vance@subsidiary.contoso-holding.com", ("adele.vance@contoso.com",), "61c2b5a0"),
        ("zoë@contoso.com", (), "61c2b5a0"),
        ("", (), "61c2b5a0"),
        ("https://contoso.sharepoint.com/sites/Finance", (), "/sites/finance"),
        ("https://contoso.sharepoint.com/sites/finance/", (), "/sites/finance"),
        (
            "https://a.sharepoint.com/sites/x",
            ("https://b.sharepoint.com/sites/x",),
            "a.sharepoint.com/sites/x",
        ),
        ("https://contoso.sharepoint.com/", (), "61c2b5a0"),
        ("https://contoso.sharepoint.com/sites/" + "archive-" * 5, (), "61c2b5a0"),
    ],
)
def test_a_unit_is_called_by_what_only_it_has(address: str, others: tuple[str, ...], name: str) -> None:
    assert unit_name(address, ID, others) == name


@pytest.mark.parametrize(
    ("title", "others", "name"),
    [
        ("OneDrive all", ("Sites all",), "onedrive all"),
        ("  OneDrive   all ", (), "onedrive all"),
        ("Sites", ("sites",), "61c2b5a0"),
        ("財務部", (), "61c2b5a0"),
        ("Tab\there", (), "tab here"),
        ("bell\x07", (), "61c2b5a0"),
        ("x" * (LONGEST_NAME + 1), (), "61c2b5a0"),
        ("x" * LONGEST_NAME, (), "x" * LONGEST_NAME),
        ("", (), "61c2b5a0"),
    ],
)
def test_a_policy_is_called_by_its_name_unless_that_tells_nothing(
    title: str, others: tuple[str, ...], name: str
) -> None:
    assert thing_name(title, ID, others) == name


def test_what_is_not_known_is_left_out() -> None:
    assert phrase("stop", "sites all", "") == "stop sites all"


@pytest.mark.parametrize("typed", ["STOP Sites ALL contoso", "  stop   sites all  contoso ", "stop sites\tall contoso"])
def test_case_and_blanks_do_not_matter(typed: str) -> None:
    assert phrase_matches(typed, "stop sites all contoso")


@pytest.mark.parametrize("typed", ["", "stop sitesall contoso", "stop sites pilot contoso", "stop sites all"])
def test_everything_else_does(typed: str) -> None:
    assert not phrase_matches(typed, "stop sites all contoso")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=LONGEST_NAME))
def test_a_phrase_that_a_command_prints_can_be_typed_into_a_shell(name: str) -> None:
    wanted = phrase("stop", thing_name(name, ID), "contoso")
    assert shlex.split(for_shell(wanted)) == [wanted]


@given(st.lists(st.from_regex(r"[a-c]{1,2}@[a-c]{1,3}\.com", fullmatch=True), min_size=2, max_size=6, unique=True))
def test_the_phrase_for_one_unit_never_fits_another(addresses: list[str]) -> None:
    names = {
        unit_name(address, str(place), (other for other in addresses if other != address))
        for place, address in enumerate(addresses)
    }
    assert len(names) == len(addresses)
