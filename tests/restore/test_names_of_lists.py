"""Specifies how lists of units are read: pasted lines, CSV of any make, and the form in which names are compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.errors import UsageError
from backup_tui.restore.names.names import (
    NameKind,
    UnitList,
    kind_of,
    normalise,
    parse_unit_list,
    read_unit_file,
    written,
)

SITE_ID = "contoso.sharepoint.com,1c9b1f4e-0000-4000-8000-000000000001,1c9b1f4e-0000-4000-8000-000000000002"


def texts(names: UnitList) -> list[tuple[int, str]]:
    return [(name.line, name.text) for name in names.lines]


def test_plain_lines_keep_their_numbers() -> None:
    names = parse_unit_list("# team\n\nadele@contoso.com\r\n  megan@contoso.com  \n\n# end\nlee@contoso.com")
    assert texts(names) == [(3, "adele@contoso.com"), (4, "megan@contoso.com"), (7, "lee@contoso.com")]
    assert names.remarks == ("Skipped 2 lines, comments or headings: line 1 (# team), line 6 (# end).",)


@pytest.mark.parametrize(
    ("pasted", "wanted"),
    [
        ("Adele Vance <adele@contoso.com>", ["adele@contoso.com"]),
        ("adele@contoso.com; Megan <megan@contoso.com>;", ["adele@contoso.com", "megan@contoso.com"]),
        ("adele@contoso.com, megan@contoso.com", ["adele@contoso.com", "megan@contoso.com"]),
        ('"adele@contoso.com",', ["adele@contoso.com"]),
        ("mailto:adele@contoso.com", ["adele@contoso.com"]),
        ("SMTP:adele@contoso.com", ["adele@contoso.com"]),
        ("i:0#.f|membership|adele@contoso.com", ["adele@contoso.com"]),
        ("\ufeff\u200badele@contoso.com\u00a0", ["adele@contoso.com"]),
        (SITE_ID, [SITE_ID]),
        ("Finance, EMEA", ["Finance, EMEA"]),
        ("", []),
        ("\n # \n ,;", []),
    ],
)
def test_what_mail_programs_and_spreadsheets_put_around_a_name_is_taken_off(pasted: str, wanted: list[str]) -> None:
    assert [name.text for name in parse_unit_list(pasted).lines] == wanted


@pytest.mark.parametrize(
    "header",
    ["email", "Email", "UPN", "userPrincipalName", "User Principal Name", "url", "siteWebUrl", "id", "objectId",
     "directoryObjectId", "siteId", "unitId", "NAME"],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_known_by_any_of_its_headers(header: str, delimiter: str) -> None:
    names = parse_unit_list(delimiter.join(["Dept", header]) + "\n" + delimiter.join(["HR", "the one"]) + "\n")
    assert texts(names) == [(2, "the one")]
    assert names.ignored_columns == ("Dept",)
    assert names.remarks == ("Column not used: Dept.",)


def test_a_row_stands_under_the_name_that_a_person_knows_and_keeps_the_others() -> None:
    names = parse_unit_list('\ufeffid,name,email\n7,"Vance, Adele",adele@contoso.com\n8,Megan,\n,,\n#9,x,y\n')
    assert [(name.line, name.text, name.others) for name in names.lines] == [
        (2, "adele@contoso.com", ("7", "Vance, Adele")),
        (3, "8", ("Megan",)),
        (5, "y", ("#9", "x")),
    ]


def test_a_quoted_line_end_does_not_shift_the_line_numbers() -> None:
    names = parse_unit_list('note,email\n"two\nlines",adele@contoso.com\nx,megan@contoso.com')
    assert texts(names) == [(2, "adele@contoso.com"), (4, "megan@contoso.com")]


def test_the_apostrophe_of_our_own_reports_comes_off() -> None:
    assert [name.text for name in parse_unit_list("name\n'=HYPERLINK\n'quoted'\n").lines] == ["=HYPERLINK", "quoted"]


def test_a_name_that_comes_again_counts_once_and_is_said() -> None:
    names = parse_unit_list("adele@contoso.com\nADELE@contoso.com \nmegan@contoso.com\nadele@Contoso.com")
    assert texts(names) == [(1, "adele@contoso.com"), (3, "megan@contoso.com")]
    assert [(one.line, one.first_line) for one in names.duplicates] == [(2, 1), (4, 1)]
    assert names.remarks == ("Twice in the list, counted once: ADELE@contoso.com (line 2) and 1 more.",)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("email\nadele".encode("utf-16") + b"!", "starts as UTF-16, but is not"),
        (b"PK\x03\x04\x00\x00", "spreadsheet"),
        (b"\x7fELF\x02\x01\x00\x00\x01\x02\x03", "binary"),
        (b"adele@contoso.com\nM\x81ller@contoso.com", "Line 2 is not UTF-8"),
        (b"adele@contoso.com\nM\xfcller\x02@contoso.com", "Line 2 is not UTF-8"),
        ('email,x\n"adele@contoso.com', "Line 2"),
    ],
)
def test_what_is_no_list_is_refused_with_the_way_out(data: bytes | str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_unit_list(data)
    assert why in caught.value.message
    assert caught.value.hint
    assert caught.value.certainty == "Nothing was sent."


def test_a_file_is_read_with_or_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffemail\r\nzoë@contoso.com\r\n".encode())
    assert texts(read_unit_file(path)) == [(2, "zoë@contoso.com")]
    for wrong in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_unit_file(wrong)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("adele@contoso.com", NameKind.ADDRESS),
        ("https://contoso.sharepoint.com/sites/a@b", NameKind.URL),
        ("contoso.sharepoint.com/sites/hr", NameKind.URL),
        ("/sites/hr", NameKind.URL),
        ("1c9b1f4e-0000-4000-8000-000000000001", NameKind.ID),
        (SITE_ID, NameKind.ID),
        ("Finance EMEA", NameKind.TITLE),
    ],
)
def test_what_a_name_looks_like(text: str, kind: NameKind) -> None:
    assert kind_of(text) is kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Adele@Contoso.COM", "adele@contoso.com"),
        ("https://Contoso.SharePoint.com/sites/HR/", "https://contoso.sharepoint.com/sites/hr"),
        ("https://contoso.sharepoint.com/sites/A%20B?web=1#x", "contoso.sharepoint.com/sites/a b"),
        ("http://contoso.sharepoint.com/sites/%C3%9Cbung", "https://contoso.sharepoint.com/sites/U\u0308bung"),
        ("zoe\u0308@contoso.com", "zoë@contoso.com"),
    ],
)
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_data_is_a_list_or_a_usage_error(data: str | bytes) -> None:
    try:
        names = parse_unit_list(data)
    except UsageError:
        return
    assert all(name.text.strip() and name.line >= 1 for name in names.lines)


@given(st.text(max_size=40))
def test_comparing_is_stable(text: str) -> None:
    again = written(text)
    assert again is None or normalise(again.text) == normalise(normalise(again.text)) or "%" in text
