"""A command that is run again after it was killed: with a key it answers with its first draft, else it says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_lost_answers import entry, killed, sound

from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]


def sessions(served: Running) -> int:
    return len(served.service.listed_sessions())


def words(served: Running, names: Names, *more: str, service: WorkloadKey = "exchange") -> list[str]:
    path = names(sound(served, service).address)
    return ["sessions", "draft", "--service", service, "--units", path, "--before", "2h ago", "--to", "new", *more]


@pytest.mark.parametrize("point", ["after_intent", "before_send", "after_send", "inside_answer", "after_answer"])
def test_a_draft_with_a_key_is_made_once_however_its_first_run_ended(
    command: Command,
    served: Running,
    names: Names,
    environment: dict[str, str],
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backup_tui.changes.lost_answers.LOOKS_AT", (0.0, 0.1))
    before = sessions(served)
    asked = words(served, names, "--key", "incident-4711/mail")
    killed(environment, point, *asked)
    again = command(*asked)
    if point in ("after_intent", "before_send"):
        assert again.code == 7, "nobody knows yet, so none is made"
        assert command("journal", "resolve", str(entry(command, "create")["id"]), "--not-done").code == 0
        again = command(*asked)
    assert again.code == 0, again.err
    assert sessions(served) == before + 1
    assert command(*asked).out == again.out
    assert sessions(served) == before + 1


def test_a_key_answers_with_the_first_draft_and_says_so(command: Command, served: Running, names: Names) -> None:
    asked = words(served, names, "--key", "nightly")
    first = command(*asked)
    second = command(*asked)
    assert (second.code, second.out) == (0, first.out)
    assert "No second draft is created." in second.err
    as_json = command(*asked, "--json")
    assert as_json.json["id"] == first.out.strip()


@pytest.mark.parametrize("other", ["--to", "--before", "names"])
def test_a_key_of_something_else_is_refused_and_names_the_entry(
    command: Command, served: Running, names: Names, other: str
) -> None:
    asked = words(served, names, "--key", "nightly")
    made = command(*asked).out.strip()
    before = sessions(served)
    changed = list(asked)
    if other == "names":
        changed[5] = names(sound(served, "exchange").address, "nobody@contoso.com", name="other.txt")
    else:
        changed[changed.index(other) + 1] = {"--to": "in-place", "--before": "3h ago"}[other]
    refused = command(*changed)
    assert (refused.code, refused.out) == (2, "")
    assert made[:8] in refused.err
    assert f"journal show {entry(command, 'create')['id']}" in refused.err
    assert sessions(served) == before


def test_a_key_goes_on_with_a_draft_that_was_half_filled(
    command: Command, served: Running, names: Names, environment: dict[str, str]
) -> None:
    units = [unit for unit in served.service.tenant.units["onedrive"] if unit.trait == "sound" and unit.address]
    good = [unit.address for unit in units if unit.state(served.service.now())[0] == "protected" and unit.policy][:60]
    asked = ["sessions", "draft", "--service", "onedrive", "--units", names(*good), "--before", "latest"]
    asked += ["--to", "new", "--skip-unresolved", "--key", "half"]
    before = sessions(served)
    killed(environment, "after_answer", *asked)
    done = command(*asked)
    assert done.code == 0, done.err
    assert sessions(served) == before + 1
    held = len(command("sessions", "show", done.out.strip(), "--json").json["artifacts"])
    assert held > 50


def test_a_unit_that_was_taken_out_on_purpose_stays_out(command: Command, served: Running, names: Names) -> None:
    asked = words(served, names, "--key", "nightly")
    made = command(*asked).out.strip()
    assert command("sessions", "edit", made, "--remove", asked[5]).code == 0
    assert command(*asked).out.strip() == made
    assert command("sessions", "show", made, "--json").json["artifacts"] == []


def test_a_key_whose_draft_was_deleted_says_so(command: Command, served: Running, names: Names) -> None:
    asked = words(served, names, "--key", "nightly")
    made = command(*asked).out.strip()
    assert command("sessions", "delete", made, "--yes").code == 0
    gone = command(*asked)
    assert gone.code == 5
    assert "was deleted" in gone.err


def test_a_key_of_a_draft_that_runs_answers_with_the_session(command: Command, served: Running, names: Names) -> None:
    asked = words(served, names, "--key", "nightly")
    made = command(*asked).out.strip()
    assert command("sessions", "activate", made, "--confirm", "restore 1", "--wait", "--interval", "0.1").code == 0
    again = command(*asked)
    assert (again.code, again.out.strip()) == (0, made)
    assert "no longer a draft (completed)" in again.err


def test_without_a_key_the_equal_draft_of_this_hour_is_named(
    command: Command, served: Running, names: Names, environment: dict[str, str]
) -> None:
    asked = words(served, names)
    killed(environment, "after_answer", *asked)
    first = entry(command, "create")
    again = command(*asked)
    assert again.code == 0, again.err
    assert "An identical draft was created from here at" in again.err
    assert first["sessionId"] in again.err
    assert "--key NAME" in again.err
    other = words(served, names, service="onedrive")
    assert "equal draft" not in command(*other).err


@pytest.mark.parametrize("key", ["two words", "x" * 65, "-dash", "é"])
def test_what_cannot_be_a_key_is_refused(command: Command, served: Running, names: Names, key: str) -> None:
    refused = command(*words(served, names), f"--key={key}")
    assert refused.code == 2
    assert "isn't a valid key" in refused.err


@pytest.mark.parametrize("count", [1_001, 2_499])
def test_more_names_than_a_draft_holds_are_refused_before_anything_is_looked_up(
    command: Command, served: Running, names: Names, count: int, tmp_path: Path
) -> None:
    path = names(*(f"user{number}@contoso.com" for number in range(count)))
    asked = ["sessions", "draft", "--service", "onedrive", "--units", path, "--before", "2h ago", "--to", "new"]
    refused = command(*asked)
    assert refused.code == 2
    assert f"{count:,} OneDrive accounts; one draft holds at most 1,000." in refused.err
    assert "A plan takes them all: backup-tui plan new PLAN.toml --units LIST" in refused.err
    assert "no such account" not in refused.err
