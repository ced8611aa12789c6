"""Specifies which names are taken from lists as mail programs, tickets, terminals and exports write them."""

from __future__ import annotations

import pytest

from backup_tui.errors import UsageError
from backup_tui.restore.names.names import UnitList, parse_unit_list

ADELE, LEE, BOSS = "adele.vance@contoso.com", "lee.gu@contoso.com", "boss@contoso.com"
HR = "https://contoso.sharepoint.com/sites/hr"
IT = "https://contoso.sharepoint.com/sites/it"
GUID = "1c9b1f4e-0000-4000-8000-00000000000"


def texts(names: UnitList) -> list[str]:
    return [name.text for name in names.lines]


def told(names: UnitList) -> str:
    return " ".join(names.remarks)


@pytest.mark.parametrize(
    "pasted",
    [
        f"Vance, Adele <{ADELE}>; Gu, Lee <{LEE}>",
        f"Vance, Adele <{ADELE}>, Gu, Lee <{LEE}>",
        f'"Vance, Adele" <{ADELE}>, "Gu; Lee [IT]" <{LEE}>',
        f"<{ADELE}> <{LEE}>",
        f"{ADELE} -> {LEE}",
        f"{ADELE}→{LEE}",
        f"{ADELE} | {LEE}",
        f"{ADELE}/{LEE}",
        f"{ADELE}；{LEE}、",
        f"Adele ({ADELE}), Lee ({LEE})",
        f"'{ADELE}' <{ADELE}>; {LEE}<mailto:{LEE}>",
        f"[{ADELE}](mailto:{ADELE}) and **{LEE}**.",
        f"mailto:{ADELE}?cc={LEE}&subject=restore",
        f"SMTP:{ADELE};SMTP:{LEE};",
        f"| {ADELE} | 2026-11-20 |\n| {LEE} | 2026-11-21 |",
        f"- {ADELE}\n2) {LEE}",
        f"• {ADELE}\n[x] {LEE},",
        f"{ADELE}\x0b{LEE}",
        f"To: Adele <{ADELE}>\nCc: {LEE};",
        f'["{ADELE}", "{LEE}"]',
        f'<a href="mailto:{ADELE}">{ADELE}</a>, <a href="mailto:{LEE}">Lee</a>',
        f"i:0#.f|membership|{ADELE}\ni:0#.f|membership|{LEE}",
        f"E={ADELE}\nmail={LEE}",
    ],
)
def test_both_people_of_a_paste_are_found(pasted: str) -> None:
    names = parse_unit_list(pasted)
    assert texts(names) == [ADELE, LEE]
    assert names.duplicates == ()


def test_an_apostrophe_or_a_leading_sign_never_makes_somebody_else_of_a_name() -> None:
    written = ["siobhan.o'brien@contoso.com", "_svc@contoso.com", "!all@contoso.com", "a=b@contoso.com",
               "a@b@contoso.com",
               "x_fabrikam.com#EXT#@contoso.onmicrosoft.com", "o’brien@contoso.com"]  # fmt: skip
    assert texts(parse_unit_list("; ".join(written))) == written


def test_a_name_without_address_in_a_list_of_mailboxes_is_kept() -> None:
    assert texts(parse_unit_list(f"Bowen, Megan; Adele <{ADELE}>; Lee Gu;")) == ["Bowen, Megan", ADELE, "Lee Gu"]
    assert texts(parse_unit_list(f"{ADELE}, Megan, {LEE}")) == [ADELE, "Megan", LEE]
    assert texts(parse_unit_list(f"adele @contoso.com, {LEE}")) == ["adele @contoso.com", LEE]


def test_what_is_only_part_of_a_display_name_is_told_and_not_taken() -> None:
    names = parse_unit_list(f'"adele@old.com (was {BOSS})" <{ADELE}>')
    assert texts(names) == [ADELE]
    assert "adele@old.com" in told(names)
    assert BOSS in told(names)


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (f"#1041,{ADELE}\n#1042,{LEE}", [ADELE, LEE]),
        (f'"#","Email"\n"1","{ADELE}"\n"#2","{LEE}"', [ADELE, LEE]),
        (f"#,Nimi,Sähköposti\n1,Adele,{ADELE}\n2,Lee,{LEE}", [ADELE, LEE]),
        (f"{HR}\n#beacon", [HR, "#beacon"]),
        (f"# {ADELE}\n#{HR}", [ADELE, HR]),
        ("Name,Dept\n# beacon,IT\n#7,HR", ["# beacon", "#7"]),
    ],
)
def test_a_number_sign_does_not_hide_a_row(table: str, wanted: list[str]) -> None:
    assert texts(parse_unit_list(table)) == wanted


def test_comments_are_passed_over_and_counted() -> None:
    names = parse_unit_list(f"#beacon\n# mailboxes of HR\n{ADELE}\n# end\n#TYPE x")
    assert texts(names) == [ADELE, "#TYPE x"]
    assert "Skipped 3 lines, comments or headings: line 1 (#beacon), line 2 (# mailboxes of HR)" in told(names)
    assert "Line 1 begins with # but is read" in told(parse_unit_list(f"# {ADELE}"))


@pytest.mark.parametrize(
    "heading",
    ["PrimarySmtpAddress", "WindowsEmailAddress", "Mail", "Email address", "E-mail Address", "Username", "User name",
     "UserPrincipalName", "User principal name", "E-Mail-Adresse", "Adresse e-mail", "Correo electrónico", "Courriel",
     "Indirizzo e-mail", "Benutzername", "Sähköposti", "メールアドレス", "Wer",
     "User name [userPrincipalName] Required"],
)  # fmt: skip
@pytest.mark.parametrize("first", ["", "sep=;\n", "#TYPE Selected.Microsoft.Exchange.Mailbox\n", "version:v1.0\n"])
def test_accounts_are_found_under_any_heading(heading: str, first: str) -> None:
    names = parse_unit_list(f"{first}Abteilung;{heading};Vorgesetzter\nHR;{ADELE};{BOSS}\nIT;{LEE};{BOSS}\n")
    assert texts(names) == [ADELE, LEE]
    assert f"column Vorgesetzter: {BOSS}." in told(names)


@pytest.mark.parametrize(
    "heading", ["Site URL", "SiteUrl", "URL", "Web address", "Webadresse", "URL du site", "Osoite"]
)
def test_sites_are_found_under_any_heading(heading: str) -> None:
    names = parse_unit_list(f"Nr\t{heading}\tPrimary admin\n1\t{HR}\t{BOSS}\n2\t{IT}\t{BOSS}\n")
    assert texts(names) == [HR, IT]
    assert BOSS in told(names)


def test_a_manager_who_stands_first_is_not_taken_for_the_account() -> None:
    for heading in ("Esimies;Sähköposti", "Responsable;Correo", "Chef;Konto", "Manager;Who"):
        names = parse_unit_list(f"{heading}\n{BOSS};{ADELE}")
        assert texts(names) == [ADELE]
        assert BOSS in told(names)


def test_a_heading_over_one_column_is_no_name() -> None:
    assert texts(parse_unit_list(f"Mailboxes to restore:\n{ADELE}\n{LEE}")) == [ADELE, LEE]
    assert texts(parse_unit_list(f"SiteUrl\n{HR}")) == [HR]
    assert texts(parse_unit_list(f"Megan Bowen\n{ADELE}\n{LEE}")) == ["Megan Bowen", ADELE, LEE]


def test_without_headings_the_column_that_holds_the_addresses_is_taken_and_said() -> None:
    names = parse_unit_list(f"1041;Adele;{ADELE};HR\n1042;Lee;{LEE};IT\n1043;Megan;;IT")
    assert texts(names) == [ADELE, LEE, "1043 | Megan | IT"]
    assert "No headings: column 3 was used; it holds the addresses." in told(names)
    sites = parse_unit_list(f"HR\t{HR}\nIT\t{IT}")
    assert texts(sites) == [HR, IT]
    assert "it holds the URLs" in told(sites)
    assert texts(parse_unit_list(f"{ADELE};1,5\n{LEE};2,5")) == [ADELE, LEE]
    ids = parse_unit_list(f"a|{GUID}1\nb|{GUID}2")
    assert texts(ids) == [GUID + "1", GUID + "2"]


def test_a_manager_is_not_restored_because_the_account_is_missing() -> None:
    names = parse_unit_list(f"Name,Email,Manager\nAdele,,{BOSS}\n,,{LEE}\nMegan,n/a,{BOSS}\n")
    assert texts(names) == ["Adele", "Megan"]
    assert f"column Manager: {BOSS}, {LEE}." in told(names)
    assert f"Skipped 1 row without a name: line 3 ({LEE})." in told(names)


@pytest.mark.parametrize(
    "line", ["Manager           : {}", '  "manager": "{}",', "manager={}", "ForwardingSmtpAddress : smtp:{}"]
)
def test_a_manager_in_a_list_of_properties_is_told_and_not_taken(line: str) -> None:
    names = parse_unit_list(f"UserPrincipalName : {ADELE}\n{line.format(BOSS)}\n\nUserPrincipalName : {LEE}\n")
    assert texts(names) == [ADELE, LEE]
    assert BOSS in told(names)


@pytest.mark.parametrize("heading", ["Site;Owner", "Team name;Owners", "Bezeichnung;Besitzer"])
def test_an_owner_is_not_taken_for_the_site_that_is_named_by_its_title(heading: str) -> None:
    names = parse_unit_list(f"{heading}\nFinance;{BOSS}\nLegal;{ADELE}\n")
    assert texts(names) == ["Finance", "Legal"]
    assert BOSS in told(names)


def test_the_aliases_of_a_mailbox_are_told_and_not_taken() -> None:
    names = parse_unit_list(f"Name,EmailAddresses\nA,smtp:old@contoso.com;SMTP:{ADELE};SIP:{ADELE};X500:/o=E/cn=a\n")
    assert texts(names) == [ADELE]
    assert "in aliases: old@contoso.com." in told(names)
    exported = parse_unit_list(f"User principal name,Proxy addresses\n{LEE},SMTP:{LEE}+smtp:gu@contoso.com\n")
    assert texts(exported) == [LEE]
    assert "gu@contoso.com" in told(exported)


def test_two_people_in_one_cell_are_both_taken() -> None:
    names = parse_unit_list(f'Team,Email\nHR,"{ADELE}; {LEE}"\nIT,"Vance, Megan <meganb@contoso.com>"')
    assert texts(names) == [ADELE, LEE, "meganb@contoso.com"]
    assert (names.count, names.line_count) == (3, 2)


def test_tables_in_one_text_are_each_read_by_their_own_headings() -> None:
    people = f"Email,Dept\n{ADELE},HR\nEmail,Dept\n{LEE},IT\n\n"
    names = parse_unit_list(f"{people}Site URL;Owner\n{HR};{BOSS}\n\n| Who | UPN |\n|---|---|\n| M | m@x.com |")
    assert texts(names) == [ADELE, LEE, HR, "m@x.com"]
    assert "line 3 (Email | Dept)" in told(names)
    assert BOSS in told(names)


def test_tables_as_terminals_print_them() -> None:
    shell = parse_unit_list(f"DisplayName  PrimarySmtpAddress\n-----------  ------------------\nAdele Vance  {ADELE}\n")
    assert texts(shell) == [ADELE]
    ours = parse_unit_list(f"ID   SERVICE   STATUS     ADDRESS   NAME\n{GUID}1  exchange  protected  {LEE}  Lee Gu\n")
    assert [(name.text, name.others) for name in ours.lines] == [(LEE, (GUID + "1", "Lee Gu"))]


def test_a_display_name_with_a_comma_that_nobody_quoted_does_not_shift_the_account() -> None:
    assert texts(parse_unit_list(f"Name,Email\nVance, Adele,{ADELE}\nLee,{LEE}")) == [ADELE, LEE]


def test_the_account_of_a_onedrive_url_counts_when_the_row_names_it() -> None:
    url = "https://contoso-my.sharepoint.com/personal/adele_vance_contoso_com"
    (name,) = parse_unit_list(f"Site URL,Owner Principal Name,Created by\n{url},{ADELE},{BOSS}").lines
    assert (name.text, name.others) == (url, (ADELE,))


def test_quoted_cells_with_line_ends_and_addresses_in_notes() -> None:
    names = parse_unit_list(f'Note,Email\n"asked by\n{BOSS}",{ADELE}\n"",{LEE}')
    assert [(name.line, name.text) for name in names.lines] == [(2, ADELE), (4, LEE)]
    assert BOSS in told(names)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_the_encodings_in_which_spreadsheets_save(encoding: str) -> None:
    text = f"Name\tE-Mail\r\nJosé Ünal\t{ADELE}\r\nZoë\tzoë@contoso.com\r\n"
    names = parse_unit_list(text.encode(encoding))
    assert texts(names) == [ADELE, "zoë@contoso.com"]
    assert names.remarks == ()


def test_a_list_of_an_old_spreadsheet_is_read_and_said_to_be() -> None:
    names = parse_unit_list(f"Name;E-Mail\nMüller;{ADELE}\n".encode("cp1252"))
    assert [(name.text, name.others) for name in names.lines] == [(ADELE, ("Müller",))]
    assert names.remarks[0].startswith("Line 2 is not UTF-8, so the list was read as Windows-1252")
    with pytest.raises(UsageError, match="Line 1 is not UTF-8"):
        parse_unit_list(b"\x90\x81,\xff")


def test_a_url_is_not_cut_short_in_silence() -> None:
    assert texts(parse_unit_list(f"{HR} and legal")) == [f"{HR} and legal"]
    assert texts(parse_unit_list(f"{HR} (Human Resources)\n{IT}.\n<{HR}2>")) == [HR, IT, HR + "2"]
    assert texts(parse_unit_list(f"{HR},{IT}; /sites/legal contoso.sharepoint.com/teams/x")) == [
        HR, IT, "/sites/legal", "contoso.sharepoint.com/teams/x"
    ]  # fmt: skip
    assert texts(parse_unit_list(f"{HR},Human Resources,3")) == [HR]


def test_every_address_of_a_column_that_is_not_used_is_named_or_at_last_counted() -> None:
    rows = "".join(f"person{number}@contoso.com,manager.number{number}@contoso.com\n" for number in range(150))
    names = parse_unit_list(f"Email,Manager\n{rows}")
    said = [remark for remark in names.remarks if "in column Manager" in remark]
    assert all(len(remark) < 1_500 for remark in said)
    assert all(f"manager.number{number}@contoso.com" in " ".join(said) for number in range(100))
    assert said[-1].endswith("and 50 more.")
