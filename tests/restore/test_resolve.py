"""Specifies which unit a written name stands for, what is wrong with the others, and which near-doubles are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listed_units import listed

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.restore.names.near_doubles import near_doubles
from backup_tui.restore.names.nearness import Effort, NearNames, edits
from backup_tui.restore.names.resolve import NameProblem, Reason, Resolution, explain_problem, resolve
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.store.rows import UnitRow

GUID = "1c9b1f4e-0000-4000-8000-00000000000"
HOST = "https://contoso.sharepoint.com"


@dataclass(frozen=True)
class Seen:
    """A name seen before."""

    address: str | None
    title: str | None = None


def by_id(*units: UnitRow) -> dict[str, UnitRow]:
    return {unit.id: unit for unit in units}


PEOPLE = by_id(
    listed("u1", "adele.vance@contoso.com", "Adele Vance", GUID + "1"),
    listed("u2", "meganb@contoso.com", "Megan Bowen", GUID + "2"),
    listed("u3", "lee.gu@contoso.com", "Lee Gu", GUID + "3"),
    listed("u4", "lee.gu@fabrikam.com", "Lee Gu", GUID + "4"),
    listed("u5", "gus.olsen@contoso.com", "Gus Olsen", GUID + "5", deleted=True),
    listed("u6", "regulator@contoso.com", "Regulator", GUID + "6", status="offboarded", policy_id=""),
    listed("u7", "paused@contoso.com", "Paused", GUID + "7", status="unprotected"),
)
SITES = by_id(
    listed("s1", f"{HOST}/sites/Finance", "Finance"),
    listed("s2", f"{HOST}/sites/finance-emea", "Finance EMEA"),
    listed("s3", f"{HOST}/sites/finance-archive-2024", "Finance"),
    listed("s4", f"{HOST}/teams/finance", "Finance"),
    listed("s5", f"{HOST}/sites/hr", "Human Resources"),
    listed("s6", f"{HOST}/sites/A B", "A B"),
)


def people(text: str) -> Resolution:
    return resolve(parse_unit_list(text), PEOPLE, Service.ONEDRIVE)


def sites(text: str) -> Resolution:
    return resolve(parse_unit_list(text), SITES, Service.SHAREPOINT)


def only_problem(resolution: Resolution) -> NameProblem:
    assert len(resolution.problems) == 1
    return resolution.problems[0]


@pytest.mark.parametrize(
    ("name", "unit_id"),
    [
        ("adele.vance@contoso.com", "u1"),
        ("ADELE.Vance@Contoso.com", "u1"),
        ("Adele Vance <adele.vance@contoso.com>", "u1"),
        ("u1", "u1"),
        (GUID + "1", "u1"),
        ((GUID + "1").upper(), "u1"),
        ("Megan Bowen", "u2"),
        ("paused@contoso.com", "u7"),
    ],
)
def test_a_person_is_found_by_address_id_or_a_name_that_only_one_has(name: str, unit_id: str) -> None:
    resolution = people(name)
    assert [found.unit_id for found in resolution.found] == [unit_id]
    assert resolution.problems == ()


@pytest.mark.parametrize(
    ("name", "unit_id"),
    [
        (f"{HOST}/sites/finance", "s1"),
        (f"{HOST.upper()}/sites/FINANCE/", "s1"),
        ("contoso.sharepoint.com/teams/finance", "s4"),
        (f"{HOST}/sites/A%20B?web=1", "s6"),
        ("Human Resources", "s5"),
    ],
)
def test_a_site_is_found_by_its_url_in_any_spelling(name: str, unit_id: str) -> None:
    assert [found.unit_id for found in sites(name).found] == [unit_id]


def test_a_name_that_several_have_is_unresolved() -> None:
    problem = only_problem(sites("Finance"))
    assert (problem.reason, problem.nearest) == (Reason.SEVERAL, None)
    assert set(problem.candidates) == {"s1", "s3", "s4"}
    assert only_problem(people("Lee Gu")).reason is Reason.SEVERAL


def test_a_row_that_names_two_units_is_unresolved_and_one_that_agrees_is_found() -> None:
    assert only_problem(people(f"email,objectId\nmeganb@contoso.com,{GUID}1")).reason is Reason.SEVERAL
    agreed = people(f"email,objectId,name\nmeganb@contoso.com,{GUID}2,Lee Gu")
    assert [found.unit_id for found in agreed.found] == ["u2"]
    renamed = people(f"email,objectId\nmegan.old@contoso.com,{GUID}2")
    assert [found.unit_id for found in renamed.found] == ["u2"]


def test_two_names_of_one_unit_count_once_and_are_said() -> None:
    resolution = people(f"meganb@contoso.com\n{GUID}2\nlee.gu@contoso.com")
    assert [found.unit_id for found in resolution.found] == ["u2", "u3"]
    assert [(twice.line, twice.first_line) for twice in resolution.twice] == [(2, 1)]


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("meganb@contso.com", "u2"),
        ("megnab@contoso.com", "u2"),
        ("megab@contoso.com", "u2"),
        ("adele.vanec@contso.com", "u1"),
        ("zzz@contoso.com", None),
        ("lee.gu@elsewhere.com", None),
        ("https://contoso-my.sharepoint.com/personal/adele_vance_contoso_com/Documents", "u1"),
    ],
)
def test_the_nearest_is_pointed_out_and_never_taken(typed: str, nearest: str | None) -> None:
    resolution = people(f"{typed}\nlee.gu@contoso.com")
    problem = only_problem(resolution)
    assert (problem.reason, problem.nearest) == (Reason.NO_SUCH, nearest)
    assert [found.unit_id for found in resolution.found] == ["u3"]


def test_of_two_equally_near_ones_none_is_proposed() -> None:
    units = by_id(listed("a", "maria.k@contoso.com"), listed("b", "maria.l@contoso.com"))
    problem = only_problem(resolve(parse_unit_list("maria.x@contoso.com"), units, Service.EXCHANGE))
    assert problem.nearest is None
    assert set(problem.candidates) == {"a", "b"}
    said = explain_problem(problem, UnitIndex(units.values()), Service.EXCHANGE, "contoso.com")
    assert "Similar: maria.k@contoso.com, maria.l@contoso.com." in said


@pytest.mark.parametrize(
    ("units", "service", "typed", "near"),
    [
        (PEOPLE, Service.EXCHANGE, "adele.v", {"u1"}),
        (PEOPLE, Service.EXCHANGE, "adele@contoso.com", {"u1"}),
        (PEOPLE, Service.EXCHANGE, "Megan", {"u2"}),
        (PEOPLE, Service.EXCHANGE, "lee", {"u3", "u4"}),
        (PEOPLE, Service.EXCHANGE, "ad", set()),
        (PEOPLE, Service.EXCHANGE, "adele@fabrikam.com", set()),
        (SITES, Service.SHAREPOINT, f"{HOST}/sites/fina", {"s1", "s2"}),
    ],
)
def test_half_a_name_points_out_what_begins_with_it(
    units: dict[str, UnitRow], service: Service, typed: str, near: set[str]
) -> None:
    (problem,) = resolve(parse_unit_list(typed), units, service).problems
    assert near <= set(problem.candidates) if near else not problem.candidates
    assert problem.nearest == (next(iter(near)) if len(near) == 1 else None)


def test_half_an_account_is_not_called_a_url() -> None:
    (problem,) = resolve(parse_unit_list("no.body"), PEOPLE, Service.EXCHANGE).problems
    assert explain_problem(problem, UnitIndex(PEOPLE.values()), Service.EXCHANGE, "contoso.com").startswith(
        "Nothing in contoso.com has this name."
    )


def test_a_link_into_a_site_points_to_the_site() -> None:
    assert only_problem(sites(f"{HOST}/sites/hr/Shared%20Documents/Forms/AllItems.aspx")).nearest == "s5"


def test_gone_and_unprotected_units_are_asked_about_and_taken_by_their_id() -> None:
    gone = only_problem(people("gus.olsen@contoso.com"))
    assert (gone.reason, gone.nearest) == (Reason.GONE, "u5")
    left = only_problem(people("regulator@contoso.com"))
    assert (left.reason, left.nearest) == (Reason.NOT_PROTECTED, "u6")
    assert [found.unit_id for found in people(f"u5\n{GUID}6").found] == ["u5", "u6"]


def test_a_name_that_was_seen_before_is_gone_and_not_unknown() -> None:
    index = UnitIndex(PEOPLE.values(), remembered=cast(Any, (Seen("old.name@contoso.com"), Seen(None))))
    problem = only_problem(resolve(parse_unit_list("Old.Name@contoso.com"), index, Service.ONEDRIVE))
    assert problem.reason is Reason.GONE
    assert "seen here before" in explain_problem(problem, index, Service.ONEDRIVE, "contoso.com")


def test_the_sentences_about_a_problem() -> None:
    problem = only_problem(people("meganb@contso.com"))
    assert explain_problem(problem, UnitIndex(PEOPLE.values()), Service.ONEDRIVE, "contoso.com") == (
        "Nothing in contoso.com has this address. One OneDrive account is similar: Megan Bowen, meganb@contoso.com. "
        "It is used only if you choose it."
    )
    assert Reason.NO_SUCH.word(Service.SHAREPOINT) == "no such site"
    mailbox = only_problem(resolve(parse_unit_list("lee.gu@contoso.com"), UnitIndex([]), Service.SHAREPOINT))
    assert "another service" in explain_problem(mailbox, UnitIndex([]), Service.SHAREPOINT, "contoso.com")
    for name in ("Lee Gu", "gus.olsen@contoso.com", "regulator@contoso.com", "zzz@contoso.com"):
        assert explain_problem(only_problem(people(name)), UnitIndex(PEOPLE.values()), Service.ONEDRIVE, "contoso.com")


def test_a_list_of_another_tenant_is_recognised() -> None:
    resolution = people("\n".join([*(f"person{number}@northwind.com" for number in range(38)), "x@other.org"]))
    assert resolution.none_known is not None
    assert resolution.none_known.sentence("contoso.com") == (
        "None of these 39 names is in contoso.com; 38 end in northwind.com. "
        "Is this the right tenant? Your list is kept."
    )
    assert people("x@other.org").none_known is None
    assert people("x@other.org\nlee.gu@contoso.com").none_known is None


def test_an_application_is_not_given_names_of_people() -> None:
    with pytest.raises(UsageError, match="hides the names of OneDrive accounts") as caught:
        resolve(parse_unit_list(f"{GUID}1\nlee.gu@contoso.com"), PEOPLE, Service.ONEDRIVE, app_only=True)
    assert "object ids" in caught.value.hint
    with_ids = parse_unit_list(f"email,objectId\nlee.gu@contoso.com,{GUID}3")
    assert [one.unit_id for one in resolve(with_ids, PEOPLE, Service.ONEDRIVE, app_only=True).found] == ["u3"]
    url = parse_unit_list(f"{HOST}/sites/hr")
    assert [one.unit_id for one in resolve(url, SITES, Service.SHAREPOINT, app_only=True).found] == ["s5"]


def test_near_doubles_of_what_was_chosen() -> None:
    doubles = {double.unit_id: double for double in near_doubles(SITES, {"s1", "s4"})}
    assert doubles["s3"].reason == "has the same name, Finance"
    assert doubles["s2"].reason == "starts the same"
    assert set(doubles) == {"s2", "s3"}
    assert {double.unit_id for double in near_doubles(SITES, {"s2"})} == {"s1"}
    assert near_doubles(SITES, ()) == []
    assert near_doubles(SITES, {"s5"}) == []


def test_near_doubles_of_people() -> None:
    units = by_id(
        listed("a", "adele.vance@contoso.com", "Adele Vance"),
        listed("b", "adelevance@contoso.com", "Vance, Adele"),
        listed("c", "adele.vance2@contoso.com", "Adele Vance"),
        listed("d", "adele.vance@fabrikam.com", "A. Vance"),
    )
    doubles = {double.unit_id: double.reason for double in near_doubles(units, {"a"})}
    assert doubles == {"c": "has the same name, Adele Vance", "b": "is almost the same"}


WORDS = st.text("abc.", max_size=7)


def slow_edits(one: str, other: str) -> int:
    """Restricted edit distance by its definition."""
    rows = [
        [row + column if row * column == 0 else 0 for column in range(len(other) + 1)] for row in range(len(one) + 1)
    ]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            change = one[row - 1] != other[column - 1]
            best = min(rows[row - 1][column] + 1, rows[row][column - 1] + 1, rows[row - 1][column - 1] + change)
            if row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]:
                best = min(best, rows[row - 2][column - 2] + 1)
            rows[row][column] = best
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_edits_are_counted_up_to_the_limit(one: str, other: str) -> None:
    assert edits(one, other, 2) == min(slow_edits(one, other), 3)


@given(st.lists(WORDS, max_size=8, unique=True), st.text("abc.", min_size=5, max_size=7))
def test_the_quick_way_to_the_nearest_finds_what_the_slow_one_finds(known: list[str], typed: str) -> None:
    near = [(slow_edits(typed, other), other) for other in known]
    least = min((count for count, _ in near if count <= 2), default=None)
    wanted = sorted(other for count, other in near if count == least)
    keys = [f"{other}@contoso.com" for other in known]
    assert list(NearNames(keys).nearest(f"{typed}@contoso.com", Effort())) == [
        f"{other}@contoso.com" for other in wanted
    ]


def test_looking_for_the_nearest_has_an_end() -> None:
    units = by_id(*(listed(str(number), f"user{number:05}.name@contoso.com") for number in range(3000)))
    index = UnitIndex(units.values())
    effort = Effort(100)
    assert index.nearest("user00005.nme@contoso.com", effort) == ()
    assert effort.left < 0
    assert index.nearest("user00005.nme@contoso.com") == ("5",)
