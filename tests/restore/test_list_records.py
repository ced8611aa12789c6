"""Specifies lists in which a unit is a record of properties: JSON, what PowerShell prints, and heads of mails."""

from __future__ import annotations

import json

import pytest

from backup_tui.restore.names.names import UnitList, parse_unit_list

ADELE, BENOIT, BOSS = "adele.vance@contoso.com", "benoit.aoki@contoso.com", "boss@contoso.com"


def texts(names: UnitList) -> list[str]:
    return [name.text for name in names.lines]


def told(names: UnitList) -> str:
    return " ".join(names.remarks)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([{"displayName": "A", "userPrincipalName": ADELE, "manager": BOSS}, {"mail": BENOIT}]),
        json.dumps({"value": [{"mail": ADELE, "manager": {"mail": BOSS}}, {"mail": BENOIT}]}, indent=2),
        f'{{"mail": "{ADELE}", "manager": "{BOSS}"}}\n{{"mail": "{BENOIT}", "manager": "{BOSS}"}}\n',
    ],
    ids=["one line", "answer of the service", "an object a line"],
)
def test_json_names_each_account_once_and_no_manager(text: str) -> None:
    names = parse_unit_list(text)
    assert texts(names) == [ADELE, BENOIT]
    assert BOSS in told(names)


@pytest.mark.parametrize("depth", [90, 400, 980, 5_000])
def test_json_that_is_nested_deep_loses_nobody(depth: int) -> None:
    assert texts(parse_unit_list("[" * depth + f'{{"mail": "{ADELE}"}}' + "]" * depth)) == [ADELE]
    assert texts(parse_unit_list('{"a": ' * depth + f'"{ADELE}"' + "}" * depth))[-1:] == [ADELE]


def test_json_keeps_the_line_of_each_record() -> None:
    names = parse_unit_list(json.dumps([{"mail": ADELE}, {"mail": BENOIT}], indent=1))
    assert [name.line for name in names.lines] == [3, 6]


@pytest.mark.parametrize("text", [f'["{ADELE}", "{BENOIT}"]', f"[{ADELE}, {BENOIT}]", f"{{{ADELE}}} {{{BENOIT}}}"])
def test_brackets_around_plain_names_are_no_part_of_them(text: str) -> None:
    assert texts(parse_unit_list(text)) == [ADELE, BENOIT]


def test_the_list_form_of_powershell_is_one_account_a_record() -> None:
    text = "".join(
        f"DisplayName        : {name}\nEmailAddresses     : {{SMTP:{address}, smtp:x{address}}}\n"
        f"PrimarySmtpAddress : {address}\nManager            : {BOSS}\n\n"
        for name, address in (("Adele Vance", ADELE), ("Aoki, Benoit", BENOIT))
    )
    names = parse_unit_list(text)
    assert texts(names) == [ADELE, BENOIT]
    assert names.lines[1].others == ("Aoki, Benoit",)
    assert BOSS in told(names)
    assert f"x{ADELE}" in told(names)


def test_sites_as_records_are_the_sites_and_not_their_owners() -> None:
    text = f"Url : https://contoso.sharepoint.com/sites/a\nOwner : {ADELE}\n\nUrl : /sites/b\nOwner : {BENOIT}\n"
    names = parse_unit_list(text)
    assert texts(names) == ["https://contoso.sharepoint.com/sites/a", "/sites/b"]
    assert ADELE in told(names)


@pytest.mark.parametrize(
    "words", [("From", "To", "Cc", "Subject"), ("Von", "An", "Cc", "Betreff"), ("De", "À", "Cc", "Objet")]
)
def test_who_wrote_a_mail_is_not_restored_with_those_it_is_about(words: tuple[str, str, str, str]) -> None:
    writer, to, copy, subject = words
    text = f'{writer}: Boss <{BOSS}>\n{to}: "Vance, Adele" <{ADELE}>;\n {BENOIT}\n{copy}: lee.gu@contoso.com\n'
    names = parse_unit_list(f"{text}{subject}: restore\n\nPlease restore joni@contoso.com\n")
    assert texts(names) == [ADELE, BENOIT, "lee.gu@contoso.com", "joni@contoso.com"]
    assert BOSS in told(names)
    assert f"{subject}: restore" in told(names)


def test_lines_with_the_same_label_each_name_somebody() -> None:
    names = parse_unit_list(f"User: {ADELE}\nUser: {BENOIT}\nManager: {BOSS}\n")
    assert texts(names) == [ADELE, BENOIT]


def test_without_headings_the_column_that_repeats_a_few_is_their_managers() -> None:
    names = parse_unit_list(f"A,{ADELE},{BOSS}\nB,{BENOIT},{BOSS}\nC,lee.gu@contoso.com,{BOSS}\n")
    assert texts(names) == [ADELE, BENOIT, "lee.gu@contoso.com"]
    assert BOSS in told(names)
    assert "column 2 was used" in told(names)


def test_what_powershell_prints_of_a_hash_table_is_its_address() -> None:
    assert texts(parse_unit_list(f"@{{UserPrincipalName={ADELE}}}\n@{{UserPrincipalName={BENOIT}}}\n")) == [
        ADELE,
        BENOIT,
    ]
