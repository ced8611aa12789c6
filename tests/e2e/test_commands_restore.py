"""A restore by commands alone: drafted from a list, changed, activated knowingly, watched to its end, and refused."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from backup_tui.headless import running as running_commands
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]

FAST = ("--interval", "0.1")


def sound(served: Running, service: WorkloadKey, count: int) -> list[Unit]:
    """Units whose restores succeed, with addresses and with points of the last hours."""
    units = [
        unit
        for unit in served.service.tenant.units[service]
        if unit.trait == "sound"
        and unit.joined < served.service.now() - 3 * 86_400
        and unit.address
        and unit.policy
        and not unit.error
        and not unit.sparse
        and unit.state(served.service.now())[0] == "protected"
    ]
    assert len(units) >= count
    return units[:count]


def with_trait(served: Running, service: WorkloadKey, trait: str) -> Unit:
    return next(unit for unit in served.service.tenant.units[service] if unit.trait == trait and unit.address)


def draft(command: Command, service: str, path: str, to: str, *more: str) -> str:
    """Makes a draft and returns its id, which is all that stdout holds."""
    words = ["sessions", "draft", "--service", service, "--units", path, "--before", "2h ago", "--to", to]
    done = command(*words, *more)
    assert done.code == 0, done.err
    lines: list[str] = done.out.split("\n")
    assert lines[1:] == [""]
    return lines[0]


def let_running_ones_end(command: Command) -> None:
    """Waits for the restore that the tenant's history has under way: it would take a place of its own."""
    running = [one["id"] for one in command("sessions", "list", "--json").json if one["status"].startswith("activ")]
    if running:
        command("sessions", "watch", *running, "--until-done", *FAST)


def drafts_of(served: Running) -> int:
    return len(served.service.listed_sessions())


def test_a_mailbox_to_a_new_folder_from_list_to_end(command: Command, served: Running, names: Names) -> None:
    (unit,) = sound(served, "exchange", 1)
    session = draft(command, "exchange", names(unit.address), "new")

    shown_only = command("sessions", "activate", session)
    assert (shown_only.code, shown_only.out) == (2, "")
    assert "NEW FOLDER: items recovered from" in shown_only.err
    assert '--confirm "restore 1"' in shown_only.err
    assert unit.address in shown_only.err

    wrong = command("sessions", "activate", session, "--confirm", "restore 2")
    assert wrong.code == 2
    assert 'You typed "restore 2"; the text is "restore 1"' in wrong.err
    assert command("sessions", "show", session, "--json").json["status"] == "draft"

    done = command("sessions", "activate", session, "--confirm", "Restore 1", "--wait", *FAST, "--json")
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert events[-1]["status"] == "completed"
    assert {event["id"] for event in events} == {session}

    again = command("sessions", "activate", session, "--confirm", "restore 1", "--json")
    assert again.code == 0, "it was started from here, so nothing denies it"
    assert "was started from here" in again.err
    assert "Nothing was sent again." in again.err
    (artifact,) = command("sessions", "show", session, "--json").json["artifacts"]
    assert artifact["status"] == "succeeded"


def test_accounts_in_place_from_a_list_with_two_bad_names(command: Command, served: Running, names: Names) -> None:
    good = [unit.address for unit in sound(served, "onedrive", 3)]
    held = with_trait(served, "onedrive", "held").address
    path = names("# from the ticket", *good, held, "adele.vanse@contoso.com", "nobody@example.org", good[0])
    words = ["sessions", "draft", "--service", "onedrive", "--units", path, "--before", "2h ago", "--to", "in-place"]
    before = drafts_of(served)

    refused = command(*words, "--json")
    assert (refused.code, refused.out) == (2, "")
    assert refused.error["names"] == ["adele.vanse@contoso.com", "nobody@example.org"]
    assert "--skip-unresolved" in refused.error["hint"]
    assert any("near: adele.vance@contoso.com" in note for note in json.loads(refused.err)["notes"])
    assert drafts_of(served) == before

    drafted = command(*words, "--skip-unresolved", "--json")
    assert drafted.code == 0, drafted.err
    assert drafted.json["unresolved"] == ["adele.vanse@contoso.com", "nobody@example.org"]
    assert len(drafted.json["artifacts"]) == 4
    session = drafted.json["id"]

    done = command("sessions", "activate", session, "--confirm", "overwrite 4 contoso", "--wait", *FAST)
    assert done.code == 6, done.err
    assert "NOT in this restore: 2 names" in done.err
    assert "IN PLACE: 4 OneDrive accounts are rolled back as a whole" in done.err
    assert held in done.err[done.err.index("Failed, ") :]
    statuses = [one["status"] for one in command("sessions", "show", session, "--json").json["artifacts"]]
    assert sorted(statuses) == ["failed", "succeeded", "succeeded", "succeeded"]


def test_sites_to_a_new_address_named_by_url_and_id(command: Command, served: Running, names: Names) -> None:
    first, second, third = sound(served, "sharepoint", 3)
    path = names("siteWebUrl,unitId", f"{first.address}/,", f",{second.id}", f"{third.address.upper()},{third.id}")
    session = draft(command, "sharepoint", path, "new")
    done = command("sessions", "activate", session, "--confirm", "restore 3", "--wait", *FAST)
    assert done.code == 0, done.err
    assert "NEW ADDRESS: 3 site copies as of" in done.err
    found = command("sessions", "show", session, "--json").json["artifacts"]
    assert {artifact["destinationType"] for artifact in found} == {"new"}
    assert {artifact["status"] for artifact in found} == {"succeeded"}


def test_a_later_request_that_is_refused_leaves_a_draft_that_edit_completes(
    command: Command, served: Running, names: Names
) -> None:
    addresses = [unit.address for unit in sound(served, "onedrive", 52)]
    served.service.faults.add("refuse", method="PATCH", path="RestoreSessions", status=400, code="invalidRequest")
    words = ["--before", "2h ago"]
    partly = command("sessions", "draft", "--service", "onedrive", "--units", names(*addresses), "--to", "new", *words)
    session = partly.out.strip()
    assert partly.code == 6
    lacking = partly.err[partly.err.index("NOT in it: 2 units") :]
    assert all(name in lacking for name in addresses[50:])
    assert len(command("sessions", "show", session, "--json").json["artifacts"]) == 50

    completed = command("sessions", "edit", session, "--add", names(*addresses), *words)
    assert completed.code == 0, completed.err
    assert len(command("sessions", "show", session, "--json").json["artifacts"]) == 52


def test_units_are_taken_out_by_name_and_the_draft_deleted(command: Command, served: Running, names: Names) -> None:
    first, second = sound(served, "sharepoint", 2)
    session = draft(command, "sharepoint", names(first.address, second.address), "new")
    stranger = command("sessions", "edit", session, "--remove", names("https://contoso.sharepoint.com/sites/nosuch"))
    assert stranger.code == 2
    assert "not in this draft" in stranger.err
    assert command("sessions", "edit", session, "--remove", names(first.address.upper())).code == 0
    (left,) = command("sessions", "show", session, "--json").json["artifacts"]

    mixed = command(
        "sessions", "edit", session, "--add", names(first.address), "--before", "latest", "--to", "in-place"
    )
    assert mixed.code == 2
    assert "does not mix destinations" in mixed.err

    asked = command("sessions", "delete", session)
    assert asked.code == 2
    assert second.address in asked.err
    assert command("sessions", "show", session).code == 0
    asked = command("sessions", "delete", session)
    assert (asked.code, f'--confirm "delete {session[:8]} contoso"' in asked.err) == (2, True)
    assert command("sessions", "delete", session, "--confirm", "delete 0f4aa9c1 contoso", "--yes").code == 2
    assert command("sessions", "delete", session, "--confirm", f"DELETE {session[:8]} contoso").code == 0
    assert command("sessions", "show", session).code == 5
    assert left["id"]


@pytest.mark.parametrize(
    ("service", "lines", "more", "words"),
    [
        ("exchange", [], ["--before", "latest"], "list of units is empty"),
        ("exchange", ["a@b.c"], ["--before", "never"], "isn't a time"),
        ("exchange", ["adele.vance@contoso.com"], ["--before", "2999-01-01T00:00"], "future"),
        ("exchange", ["adele.vance@contoso.com"], ["--before", "2h ago", "--prefer", "express"], "express"),
        ("exchange", ["adele.vance@contoso.com"], ["--before", "2h ago", "--max-gap", "x"], "length of time"),
        ("exchange", ["adele.vance@contoso.com"], ["--before", "2001-01-01"], "Older than 366 days."),
    ],
)
def test_what_cannot_be_drafted_is_refused_before_anything_is_made(
    command: Command,
    served: Running,
    names: Names,
    service: str,
    lines: list[str],
    more: list[str],
    words: str,
) -> None:
    before = drafts_of(served)
    refused = command("sessions", "draft", "--service", service, "--units", names(*lines), "--to", "new", *more)
    assert (refused.code, refused.out) == (2, "")
    assert words in refused.err
    assert drafts_of(served) == before


def test_a_unit_without_a_point_counts_as_unresolved(command: Command, served: Running, names: Names) -> None:
    young, old = sound(served, "exchange", 2)
    young.joined = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    words = ["sessions", "draft", "--service", "exchange", "--units", names(young.address, old.address)]
    words += ["--before", "30d ago", "--to", "new"]
    refused = command(*words, "--json")
    assert (refused.code, refused.error["names"]) == (2, [young.address])
    drafted = command(*words, "--skip-unresolved", "--json")
    assert drafted.json["unresolved"] == [young.address]
    assert len(drafted.json["artifacts"]) == 1


def test_read_only_changes_nothing(command: Command, served: Running, names: Names) -> None:
    (unit,) = sound(served, "exchange", 1)
    before = drafts_of(served)
    words = ["sessions", "draft", "--service", "exchange", "--units", names(unit.address), "--before", "latest"]
    refused = command(*words, "--to", "new", "--read-only")
    assert (refused.code, refused.out) == (4, "")
    assert drafts_of(served) == before


def test_somebody_was_faster(command: Command, served: Running, names: Names) -> None:
    (unit,) = sound(served, "exchange", 1)
    session = draft(command, "exchange", names(unit.address), "new")
    served.service.faults.add("other", method="POST", path="/activate$", deed="activate")
    late = command("sessions", "activate", session, "--confirm", "restore 1")
    assert late.code == 1
    assert "Ryan started it" in late.err
    assert "Nothing was started from here." in late.err


def test_a_lost_answer_is_looked_into_and_nothing_is_sent_twice(
    command: Command, served: Running, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("restore.lost_answers.StartEffect.looks_at", "changes.lost_answers.LOOKS_AT"):
        monkeypatch.setattr(f"backup_tui.{name}", (0.0, 2.0))
    (unit,) = sound(served, "exchange", 1)
    before = drafts_of(served)
    served.service.faults.add("lose", method="POST", path="exchangeRestoreSessions$", status=504, code="")
    session = draft(command, "exchange", names(unit.address), "new")
    assert drafts_of(served) == before + 1
    served.service.faults.add("drop", method="POST", path="/activate$")
    done = command("sessions", "activate", session, "--confirm", "restore 1", "--wait", *FAST)
    assert done.code == 0, done.err
    assert "It may have happened." in done.err
    kinds = [(entry["kind"], entry["state"]) for entry in command("journal", "list", "--json").json]
    assert sorted(kind for kind, _ in kinds) == ["activate", "create"]
    assert {state for _, state in kinds} <= {"done", "resolvedDone"}


def test_a_start_that_had_no_effect_says_whether_the_draft_is_still_there(
    command: Command, served: Running, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unit,) = sound(served, "exchange", 1)
    session = draft(command, "exchange", names(unit.address), "new")
    monkeypatch.setattr("backup_tui.restore.lost_answers.StartEffect.looks_at", (0.0,))
    faults = served.service.faults
    faults.add("refuse", method="POST", path="/activate$", status=502, code="")
    there = command("sessions", "activate", session, "--confirm", "restore 1", "--json").error
    assert (there["code"], there["hint"]) == ("NotStarted", "You can activate it again.")
    assert "it is still a draft" in there["message"]
    faults.add("refuse", method="POST", path="/activate$", status=502, code="")
    faults.add("other", method="GET", path=f"restoreSessions/{session}$", after=2, deed="delete")
    gone = command("sessions", "activate", session, "--confirm", "restore 1", "--json").error
    assert gone["hint"] == "Draft it again if it is still needed."
    assert "no longer has this session" in gone["message"]


def test_an_outcome_that_stays_unknown_is_resolved_by_hand(
    command: Command, served: Running, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unit,) = sound(served, "exchange", 1)
    session = draft(command, "exchange", names(unit.address), "new")
    monkeypatch.setattr("backup_tui.restore.lost_answers.StartEffect.looks_at", (0.0,))
    monkeypatch.setattr("backup_tui.changes.lost_answers.SECOND_CHANCES", 0)
    served.service.faults.add("drop", method="POST", path="/activate$")
    served.service.faults.add("html", method="GET", path=f"restoreSessions/{session}$", after=2, times=None)
    unknown = command("sessions", "activate", session, "--confirm", "restore 1", "--json")
    assert unknown.code == 7
    entry = next(one for one in command("journal", "list", "--json").json if one["kind"] == "activate")
    assert entry["state"] == "unknown"
    served.service.faults.clear()
    assert "1 earlier change has an unknown outcome" in command("journal", "list").err
    number = str(entry["id"])
    assert command("journal", "resolve", number, "--adopt", session).code == 0
    shown = command("journal", "show", number, "--json").json
    assert (shown["state"], shown["sessionId"]) == ("resolvedDone", session)
    assert command("journal", "resolve", number, "--not-done").code == 2
    assert command("journal", "show", "999").code == 2


def test_a_full_service_is_told_and_waited_for(
    command: Command, served: Running, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unit,) = sound(served, "exchange", 1)
    session = draft(command, "exchange", names(unit.address), "new")
    served.service.faults.add(
        "refuse", method="POST", path="/activate$", status=500, code="TooManyActiveRestoreSessions", times=2
    )
    busy = command("sessions", "activate", session, "--confirm", "restore 1", "--json")
    assert busy.code == 1
    assert busy.error["code"] == "TooManyActiveRestoreSessions"
    monkeypatch.setattr(running_commands, "ROOM_LOOK", 0.05)
    done = command("sessions", "activate", session, "--confirm", "restore 1", "--wait", *FAST)
    assert done.code == 0, done.err
    assert "Waiting until one ends" in done.err


def test_a_review_that_finds_no_room_is_no_dead_end(
    command: Command, served: Running, names: Names, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    let_running_ones_end(command)
    file = Path(environment["XDG_CONFIG_HOME"]) / "backup-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[limits]\nsessions = 1\n", encoding="utf-8")
    monkeypatch.setattr(running_commands, "ROOM_LOOK", 0.2)
    first, second = (draft(command, "exchange", names(unit.address), "new") for unit in sound(served, "exchange", 2))
    fast = served.service.settings
    served.service.settings = replace(fast, speed=1200)  # a mailbox takes six seconds
    assert command("sessions", "activate", first, "--confirm", "restore 1").code == 0
    served.service.settings = fast
    refused = command("sessions", "activate", second, "--confirm", "restore 1", "--json")
    assert (refused.code, refused.error["code"]) == (1, "TooManyActiveRestoreSessions")
    assert refused.error["message"].startswith("1 restore is running, the most this profile allows.")
    assert "--wait" in refused.error["hint"]
    waited = command("sessions", "activate", second, "--confirm", "restore 1", "--wait", *FAST)
    assert waited.code == 0, waited.err
    assert "Waiting until one ends" in waited.err


def test_an_id_that_is_none_ends_watching_at_once(command: Command) -> None:
    for more in ([], ["--until-done"]):
        done = command("sessions", "watch", "nosuch", *more, *FAST)
        assert (done.code, done.out) == (5, "")
        assert "No session nosuch: a deleted draft, or older than a year." in done.err


def test_watching_several_ends_with_the_worst(command: Command, served: Running, names: Names) -> None:
    (unit,) = sound(served, "exchange", 1)
    held = with_trait(served, "onedrive", "held")
    fine = draft(command, "exchange", names(unit.address), "new")
    bad = draft(command, "onedrive", names(held.address), "in-place")
    assert command("sessions", "activate", fine, "--confirm", "restore 1").code == 0
    assert command("sessions", "activate", bad, "--confirm", "overwrite 1 contoso").code == 0
    watched = command("sessions", "watch", fine, bad, fine, "--until-done", "--json", *FAST)
    assert watched.code == 6
    events = [json.loads(line) for line in watched.out.splitlines()]
    last = {event["id"]: event["status"] for event in events}
    assert last == {fine: "completed", bad: "failed"}


def test_a_policy_is_activated_and_deactivated_with_its_phrase(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backup_tui.protection.following.LOOK_EVERY", 0.05)
    policies = command("policies", "list", "--json").json
    pilot = next(policy["id"] for policy in policies if policy["status"] == "inactive")
    active = next(
        policy["id"] for policy in policies if policy["status"] == "active" and "sharePoint" in policy["@odata.type"]
    )
    asked = command("policies", "deactivate", active)
    assert asked.code == 2
    assert '--confirm "stop sites all contoso"' in asked.err
    stopped = command("policies", "deactivate", active, "--confirm", "stop sites all contoso", "--wait", "--json")
    assert stopped.code == 0, stopped.err
    assert stopped.json["status"] == "inactive"
    begun = command("policies", "activate", pilot, "--confirm", "protect sites pilot contoso", "--wait", "--json")
    assert begun.code == 0, begun.err
    assert begun.json["status"].startswith("active")


def test_the_whole_job_as_processes(environment: dict[str, str], served: Running, names: Names) -> None:
    def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "backup_tui", *words], input=given, capture_output=True, text=True, timeout=60
        )

    (unit,) = sound(served, "exchange", 1)
    words = ["sessions", "draft", "--service", "exchange", "--units", "-", "--before", "2h ago", "--to", "new"]
    drafted = run(*words, given=f"{unit.address}\n")
    assert drafted.returncode == 0, drafted.stderr
    session = drafted.stdout.strip()
    done = run("sessions", "activate", session, "--confirm", "restore 1", "--wait", *FAST)
    assert done.returncode == 0, done.stderr
    assert "completed" in done.stdout.splitlines()[-1]


def test_another_instance_that_changes_things_is_named_and_waited_for(
    command: Command, environment: dict[str, str], served: Running, names: Names
) -> None:
    (unit,) = sound(served, "exchange", 1)
    session = draft(command, "exchange", names(unit.address), "new")
    (lock,) = [path for path in Path(environment["BACKUP_TUI_STATE_DIR"]).iterdir() if "lock" in path.name]
    script = f"import fcntl; file = open({str(lock)!r}); fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True)"
    script += "; input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused = command("sessions", "delete", session, "--yes", "--lock-wait", "0.3", "--json")
        other.communicate("\n")
    assert (refused.code, refused.error["code"]) == (1, "WriteLockHeld")
    assert command("sessions", "delete", session, "--yes").code == 0


def test_a_name_that_several_units_of_a_draft_have_is_shown_with_their_ids_and_nothing_leaves(
    command: Command, served: Running, names: Names
) -> None:
    finance = [
        unit
        for unit in served.service.tenant.units["sharepoint"]
        if unit.name == "Finance" and unit.state(served.service.now())[0] == "protected"
    ]
    other = next(unit for unit in sound(served, "sharepoint", 4) if unit.name != "Finance")
    addresses = [unit.address for unit in finance if unit.address] + [other.address]
    assert len(addresses) > 2
    session = draft(command, "sharepoint", names(*addresses), "new")
    held = {row["id"] for row in command("sessions", "show", session, "--json").json["artifacts"]}
    refused = command("sessions", "edit", session, "--remove", names("Finance"))
    assert refused.code == 2
    assert "Finance: several units of this draft match" in refused.err
    assert "not in this draft" not in refused.err
    assert sum(one in refused.err for one in held) == len(addresses) - 1
    assert "Nothing was changed." in refused.err
    one = next(one for one in held if one in refused.err)
    assert command("sessions", "edit", session, "--remove", names(one)).code == 0


def test_a_name_that_only_one_unit_of_a_draft_has_is_that_one(command: Command, served: Running, names: Names) -> None:
    finance = next(
        unit
        for unit in served.service.tenant.units["sharepoint"]
        if unit.name == "Finance" and unit.address and unit.state(served.service.now())[0] == "protected"
    )
    other = next(unit for unit in sound(served, "sharepoint", 4) if unit.name != "Finance")
    session = draft(command, "sharepoint", names(finance.address, other.address), "new")
    done = command("sessions", "edit", session, "--remove", names("Finance"))
    assert done.code == 0, done.err
    assert len(command("sessions", "show", session, "--json").json["artifacts"]) == 1
