"""Lists with entries that are nothing: a part is never shown as the whole, and what can be read is not lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from test_commands_restore import sound

from backup_tui.simulator.server import Running

Command = Callable[..., Any]


@pytest.fixture
def junk(served: Running) -> Callable[[str], None]:
    """Puts four entries that are no objects into the lists whose path ends so."""

    def spoil(path: str) -> None:
        served.service.faults.add("junk", method="GET", path=path, times=None)

    return spoil


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("restoreSessions$", ("sessions", "list")),
        ("protectionUnits/", ("units", "list")),
        ("driveProtectionUnit$", ("units", "list", "--service", "onedrive")),
        ("protectionPolicies$", ("policies", "list")),
        ("InclusionRules$", ("policies", "show", "POLICY")),
        ("RestoreArtifacts$", ("sessions", "show", "SESSION")),
        ("restorePoints$", ("points", "list", "--unit", "UNIT", "--before", "latest")),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_list_with_entries_that_are_nothing_is_not_printed(
    command: Command, junk: Callable[[str], None], path: str, words: tuple[str, ...], as_json: bool
) -> None:
    options = ("--json",) if as_json else ()
    policy = next(one for one in command("policies", "list", "--json").json if "drive" in one["@odata.type"].lower())
    ids = {
        "POLICY": policy["id"],
        "SESSION": command("sessions", "list", "--json").json[0]["id"],
        "UNIT": command("units", "list", "--service", "onedrive", "--json").json[0]["id"],
    }
    words = tuple(ids.get(word, word) for word in words)
    assert command(*words).code == 0
    junk(path)
    done = command(*words, *options)
    assert (done.code, done.out) == (1, "")
    said = json.loads(done.err)["error"]["message"] if as_json else done.err
    assert "of the list could not be read." in said
    assert "4 of " in said


def test_names_are_still_found_in_a_list_with_junk_and_it_is_said(
    command: Command, junk: Callable[[str], None], names: Callable[..., str]
) -> None:
    units: list[dict[str, Any]] = command("units", "list", "--service", "onedrive", "--json").json
    junk("driveProtectionUnit$")
    found = command("points", "find", "--service", "onedrive", "--units", names(units[0]["email"]), "--before", "2h")
    assert found.code == 0
    assert units[0]["email"] in found.out
    assert "4 of" in found.err
    assert "Names that are not found may be among them." in found.err


def test_a_draft_is_made_although_its_list_cannot_be_read_back(
    command: Command, junk: Callable[[str], None], names: Callable[..., str]
) -> None:
    units: list[dict[str, Any]] = command("units", "list", "--service", "onedrive", "--json").json
    junk("RestoreArtifacts$")
    words = ("--service", "onedrive", "--units", names(units[0]["email"]), "--before", "2h", "--to", "new")
    made = command("sessions", "draft", *words, "--json")
    assert made.code == 0
    assert made.json["id"]
    assert "could not be read again" in made.err


def test_junk_in_the_answer_to_a_change_is_said_and_the_drafts_own_list_counts(
    command: Command, served: Running, names: Callable[..., str]
) -> None:
    addresses = [unit.address for unit in sound(served, "onedrive", 53)]
    served.service.faults.add("junk", method="PATCH", path="RestoreSessions", times=None)
    words = ("--service", "onedrive", "--units", names(*addresses), "--before", "2h", "--to", "new")
    made = command("sessions", "draft", *words)
    assert made.code == 0, made.err
    assert "4 entries of the service's answer could not be read" in made.err
    assert len(command("sessions", "show", made.out.strip(), "--json").json["artifacts"]) == 53
