"""The forms of a list: a table, JSON, CSV and TSV, with chosen columns and members, on as few rows as asked for."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from test_lost_answers import sound

from backup_tui.headless.command import column_name
from backup_tui.headless.commands import COMMANDS
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]

LISTS = {
    "policies list": ("policies", "list"),
    "units list": ("units", "list", "--service", "onedrive"),
    "sessions list": ("sessions", "list"),
    "journal list": ("journal", "list"),
    "drill history": ("drill", "history"),
}


@pytest.fixture
def draft(command: Command, served: Running, names: Names) -> str:
    path = names(sound(served, "exchange").address)
    asked = ["--service", "exchange", "--units", path, "--before", "2h ago", "--to", "new"]
    running = [one["id"] for one in command("sessions", "list", "--status", "running", "--json=id").json]
    if running:  # a list that moves could not be compared
        command("sessions", "watch", *running, "--until-done", "--interval", "0.1")
    return str(command("sessions", "draft", *asked).out.strip())


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("words", LISTS.values(), ids=LISTS)
def test_every_form_has_the_same_rows(command: Command, draft: str, words: tuple[str, ...]) -> None:
    header = next(one.header for one in COMMANDS if one.words == " ".join(words[:2]))
    table = command(*words).out.splitlines()
    as_csv = rows_of(command(*words, "--output", "csv").out)
    as_tsv = [line.split("\t") for line in command(*words, "--output", "tsv").out.splitlines()]
    objects = json.loads(command(*words, "--output", "json").out)
    lines = [json.loads(line) for line in command(*words, "--output", "jsonl").out.splitlines()]
    shown = iter(" ".join(header).split())
    assert all(word in shown for word in table[0].split()), "in this order; columns that are empty may be left out"
    assert len(table) - 1 == len(as_csv) == len(as_tsv) - 1 == len(objects)
    assert lines == objects
    names = [column_name(heading) for heading in header]
    assert as_tsv[0] == names
    assert all(list(row) == names for row in as_csv)


def test_a_program_gets_digits_and_times_that_it_can_read(command: Command, draft: str) -> None:
    rows = rows_of(command("sessions", "list", "--output", "csv").out)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["created"]) for row in rows)
    assert all(row["units"].isdecimal() for row in rows)
    assert next(row for row in rows if row["id"] == draft)["units"] == "1"


def test_columns_are_chosen_by_their_names_in_any_case(command: Command, draft: str) -> None:
    done = command("sessions", "list", "--columns", "Status,ID", "--output", "tsv")
    assert done.out.splitlines()[0] == "status\tid"
    assert f"draft\t{draft}" in done.out.splitlines()
    assert command("sessions", "list", "--columns", "id").out.split()[0] == "ID"


def test_an_unknown_column_is_named_with_the_nearest(command: Command) -> None:
    done = command("sessions", "list", "--columns", "statsu")
    assert (done.code, done.out) == (2, "")
    assert "There is no column 'statsu'." in done.err
    assert "Did you mean status?" in done.err
    assert "columns: id, service" in " ".join(command("sessions", "list", "--columns", "xyzzy").err.casefold().split())


def test_a_limit_is_told_and_never_passes_for_the_whole(command: Command) -> None:
    whole = len(command("units", "list", "--json").json)
    done = command("units", "list", "--limit", "3")
    assert len(done.out.splitlines()) == 4
    assert f"3 of {whole} shown (--limit)." in done.err
    assert len(command("units", "list", "--limit", "3", "--json").json) == 3


@pytest.mark.parametrize(
    "words", [("--json=id",), ("--json", "id,status"), ("--output", "jsonl", "--json", "id,status")]
)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_members_are_chosen(command: Command, draft: str, words: tuple[str, ...], before: bool) -> None:
    asked = ("sessions", "list")
    out = command(*words, *asked).out if before else command(*asked, *words).out
    objects = [json.loads(line) for line in out.splitlines()] if "jsonl" in words else json.loads(out)
    wanted = set(words[-1].removeprefix("--json=").split(","))
    assert {frozenset(one) for one in objects} == {frozenset(wanted)}
    assert draft in {one["id"] for one in objects}


def test_members_inside_others_and_of_one_object(command: Command, draft: str) -> None:
    one = command("sessions", "show", draft, "--json", "id,createdBy.user.displayName").json
    assert one == {"id": draft, "createdBy.user.displayName": "Adele Vance"}


def test_json_without_members_takes_no_other_word(command: Command, draft: str) -> None:
    assert command("--json", "sessions", "show", draft).json["id"] == draft
    assert command("sessions", "show", "--json", draft).json["id"] == draft


def test_a_member_that_no_object_has_is_refused_with_those_there_are(command: Command, draft: str) -> None:
    done = command("sessions", "list", "--json", "id,stats")
    assert (done.code, done.out) == (2, "")
    assert done.error["message"].startswith("--json: No object has a member 'stats'.")
    assert done.error["hint"] == "Did you mean status?"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("sessions", "list", "--json", "--output", "csv"), "--json and --output csv exclude each other."),
        (("config", "show", "--output", "csv"), "This command prints no list, so --output csv has no rows."),
        (("sessions", "list", "--json", "--columns", "id"), "--columns works with tables, csv and tsv."),
        (("sessions", "list", "--output", "xml"), "Unknown value of --output 'xml'."),
        (("--output", "csv"), "--output works only with a command."),
    ],
)
def test_what_excludes_each_other_is_refused(command: Command, words: tuple[str, ...], what: str) -> None:
    done = command(*words)
    assert (done.code, done.out) == (2, "")
    assert what in done.err


def test_quiet_prints_nothing_but_errors_on_stderr(command: Command, served: Running, names: Names) -> None:
    path = names(sound(served, "exchange").address)
    asked = ["sessions", "draft", "--service", "exchange", "--units", path, "--before", "2h ago", "--to", "new"]
    assert command(*asked, "--quiet").err == ""
    failed = command("--quiet", "sessions", "show", "00000000")
    assert failed.code == 5
    assert failed.err.startswith("backup-tui: ")


def test_verbose_prints_each_request_with_its_id(command: Command) -> None:
    done = command("policies", "list", "--verbose")
    requests = [line for line in done.err.splitlines() if line.startswith("GET ")]
    assert requests
    assert all(re.search(r" 200 \d+ ms, request [0-9a-f-]{36}$", line) for line in requests)


def test_failed_and_since_leave_out_the_rest(command: Command, draft: str) -> None:
    every = command("sessions", "list", "--json").json
    failed = command("sessions", "list", "--failed", "--json").json
    assert 0 < len(failed) < len(every)
    assert draft not in {one["id"] for one in failed}
    recent = command("sessions", "list", "--since", "5 min", "--json=id").json
    assert {"id": draft} in recent
    assert len(recent) < len(every)
    shown = command("sessions", "show", failed[0]["id"], "--failed", "--output", "csv")
    assert {row["status"] for row in rows_of(shown.out)} == {"failed"}
    assert command("journal", "list", "--since", "1h", "--output", "jsonl", "--json=sessionId").out == (
        f'{{"sessionId": "{draft}"}}\n'
    )
    refused = command("sessions", "list", "--since", "soonish")
    assert refused.code == 2
    assert '--since: "soonish" isn\'t a time.' in refused.err


def test_a_wrong_member_does_not_hide_what_was_changed(command: Command, served: Running, names: Names) -> None:
    path = names(sound(served, "exchange").address)
    asked = ["sessions", "draft", "--service", "exchange", "--units", path, "--before", "2h ago", "--to", "new"]
    done = command(*asked, "--json", "id,stats")
    assert done.code == 0
    assert set(done.json) == {"id", "stats"}
    assert done.json["id"] in {one["id"] for one in command("sessions", "list", "--json=id").json}
    assert any("No object has a member 'stats'." in note for note in json.loads(done.err)["notes"])
