"""Specifies that a command accounts for every name of its list, on stderr and with `--json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Command = Callable[..., Any]
Names = Callable[..., str]

FIND = ("points", "find", "--before", "2h ago", "--service")
ADELE, MEGAN = "adele.vance@contoso.com", "megan.bowen@contoso.com"


def test_the_sum_of_a_list_is_on_stderr(command: Command, names: Names) -> None:
    found = command(*FIND, "exchange", "--units", names(f"Vance, Adele <{ADELE}>; Bowen, Megan <{MEGAN}>", ADELE))
    assert found.code == 0, found.err
    assert "3 names on 2 lines: 2 found, 1 twice." in found.err.splitlines()
    assert ADELE in found.out
    assert MEGAN in found.out
    as_json = command(*FIND, "exchange", "--units", names(ADELE, MEGAN), "--json")
    assert "2 lines: 2 found." in json.loads(as_json.err)["notes"]


def test_what_has_to_be_put_right_is_told_with_its_candidates_and_its_sum(command: Command, names: Names) -> None:
    path = names("Finance", "https://contoso.sharepoint.com/:f:/s/hr/Abc", "/sites/hr", "https://contoso.com/nope")
    refused = command(*FIND, "sharepoint", "--units", path)
    assert (refused.code, refused.out) == (2, "")
    lines = refused.err.splitlines()
    assert "4 lines: 1 found, 3 to fix." in lines
    listed = command("units", "list", "--service", "sharepoint", "--json").json
    sites = [site for site in listed if site["siteName"] == "Finance"]
    assert len(sites) > 1
    for site in sites:
        assert any(site["id"] in line and site["siteWebUrl"] in line and "Finance, " in line for line in lines)
    shared = next(line for line in lines if line.startswith("Line 2:"))
    assert shared.endswith("near: https://contoso.sharepoint.com/sites/hr, same as line 3")
    assert "--skip-unresolved" in refused.err
    skipped = command(*FIND, "sharepoint", "--units", path, "--skip-unresolved")
    assert skipped.code == 0
    assert "4 lines: 1 found, 3 left out." in skipped.err


def test_a_draft_counts_the_names_of_its_list(command: Command, names: Names) -> None:
    words = ["sessions", "draft", "--service", "exchange", "--before", "2h ago", "--to", "new", "--skip-unresolved"]
    path = names("sep=;", "Nr;Sähköposti;Esimies", f"1;{ADELE};x@contoso.com", f"#2;{MEGAN};", "3;nobody@contoso.com;")
    drafted = command(*words, "--units", path, "--json")
    assert drafted.code == 0, drafted.err
    assert drafted.json["names"] == {"names": 3, "found": 2, "twice": 0, "leftOut": 1}
    assert drafted.json["unresolved"] == ["nobody@contoso.com"]
    assert any("column Esimies: x@contoso.com." in note for note in json.loads(drafted.err)["notes"])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_list_of_a_spreadsheet_is_read_as_it_was_saved(command: Command, names: Names, encoding: str) -> None:
    path = names("")
    with open(path, "wb") as file:
        file.write(f"Name\tPrimarySmtpAddress\r\nVance, Adele\t{ADELE}\r\n".encode(encoding))
    found = command(*FIND, "exchange", "--units", path)
    assert found.code == 0, found.err
    assert "1 line: 1 found." in found.err.splitlines()


def test_what_units_list_prints_is_a_list_of_units(command: Command, names: Names) -> None:
    printed = command("units", "list", "--service", "sharepoint", "--search", "sites/finance").out
    found = command(*FIND, "sharepoint", "--units", names(printed))
    assert found.code == 0, found.err
    rows = printed.strip().splitlines()[1:]
    assert f"{len(rows)} lines: {len(rows)} found." in found.err.splitlines()
    short = command(*FIND, "sharepoint", "--units", names(*(row[:8] for row in rows)))
    assert short.out == found.out


def test_a_list_of_another_tenant_asks_for_the_tenant(command: Command, names: Names) -> None:
    refused = command(*FIND, "exchange", "--units", names(*(f"person{number}@fabrikam.com" for number in range(39))))
    assert refused.code == 2
    assert (
        "None of these 39 names is in contoso.com; 39 end in fabrikam.com. Is this the right tenant?"
        in refused.err.splitlines()
    )
