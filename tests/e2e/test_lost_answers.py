"""An answer that was lost: whatever is read later settles it, and a command that is run again continues from there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from killed_at import killed_at

from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]
FAST = ("--interval", "0.1")


def sound(served: Running, service: WorkloadKey) -> Unit:
    """A unit whose restore succeeds."""
    return next(
        unit
        for unit in served.service.tenant.units[service]
        if unit.trait == "sound"
        and unit.joined < served.service.now() - 3 * 86_400
        and unit.address
        and unit.policy
        and not unit.error
        and not unit.sparse
        and unit.state(served.service.now())[0] == "protected"
    )


def draft(command: Command, served: Running, names: Names, *more: str) -> str:
    words = ["sessions", "draft", "--service", "exchange", "--units", names(sound(served, "exchange").address)]
    done = command(*words, "--before", "2h ago", "--to", "new", *more)
    assert done.code == 0, done.err
    return str(done.out.strip())


def entry(command: Command, kind: str) -> dict[str, Any]:
    """The newest entry of a kind."""
    found: dict[str, Any] = next(one for one in command("journal", "list", "--json").json if one["kind"] == kind)
    return found


def killed(environment: dict[str, str], point: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs a command that dies at a point."""
    done = subprocess.run(
        [sys.executable, "-m", "backup_tui", *words],
        env={**os.environ, **environment, **killed_at(point)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done


@pytest.fixture
def one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for: one look, and the outcome stays unknown when that sees nothing."""
    for name in ("restore.lost_answers.StartEffect.looks_at", "changes.lost_answers.LOOKS_AT"):
        monkeypatch.setattr(f"backup_tui.{name}", (0.0,))
    monkeypatch.setattr("backup_tui.changes.lost_answers.SECOND_CHANCES", 0)


def lose(served: Running, method: str, change: str, read: str, *, after: int) -> None:
    """The answer of a change is lost, and the service is silent when it is looked at."""
    served.service.faults.add("drop", method=method, path=change)
    served.service.faults.add("html", method="GET", path=read, after=after, times=None)


@pytest.mark.parametrize("read", ["list", "show", "watch"])
def test_a_start_that_ran_all_along_is_settled_by_the_next_read_and_told_once(
    command: Command, served: Running, names: Names, one_look: None, read: str
) -> None:
    session = draft(command, served, names)
    lose(served, "POST", "/activate$", f"restoreSessions/{session}$", after=2)
    assert command("sessions", "activate", session, "--confirm", "restore 1").code == 7
    served.service.faults.clear()
    lost = entry(command, "activate")
    assert lost["state"] == "unknown"
    words = {"list": [], "show": [session], "watch": [session, "--until-done", *FAST]}[read]
    first = command("sessions", read, *words)
    assert first.err.count(f"Now known, entry {lost['id']}") == 1, first.err
    assert "It started" in first.err
    assert "Now known" not in command("sessions", read, *words).err
    assert entry(command, "activate")["state"] == "resolvedDone"


def test_a_start_that_did_not_happen_is_settled_by_a_list_that_shows_the_draft(
    command: Command, served: Running, names: Names, one_look: None
) -> None:
    session = draft(command, served, names)
    served.service.faults.add("refuse", method="POST", path="/activate$", status=504, code="")
    served.service.faults.add("html", method="GET", path=f"restoreSessions/{session}$", after=2, times=None)
    assert command("sessions", "activate", session, "--confirm", "restore 1").code == 7
    served.service.faults.clear()
    assert "it is still a draft" in command("sessions", "list").err
    assert entry(command, "activate")["state"] == "resolvedNotDone"


def test_a_deleted_draft_is_settled_by_a_list_without_it(
    command: Command, served: Running, names: Names, one_look: None
) -> None:
    session = draft(command, served, names)
    lose(served, "DELETE", f"restoreSessions/{session}$", f"restoreSessions/{session}$", after=2)
    gone = command("sessions", "delete", session, "--yes")
    assert gone.code == 7, gone.err
    served.service.faults.clear()
    assert "It is deleted" in command("sessions", "list").err
    assert entry(command, "delete")["state"] == "resolvedDone"


def test_a_created_draft_is_settled_by_a_list_that_shows_it(
    command: Command, served: Running, names: Names, one_look: None
) -> None:
    words = ["sessions", "draft", "--service", "exchange", "--units", names(sound(served, "exchange").address)]
    lose(served, "POST", "exchangeRestoreSessions$", "RestoreSessions$", after=0)
    assert command(*words, "--before", "2h ago", "--to", "new").code == 7
    served.service.faults.clear()
    assert "The draft was created" in command("sessions", "list").err
    made = entry(command, "create")
    assert made["state"] == "resolvedDone"
    assert command("sessions", "show", made["sessionId"]).code == 0


def test_a_policy_that_was_stopped_is_settled_by_the_list_of_policies(
    command: Command, served: Running, one_look: None
) -> None:
    policies = command("policies", "list", "--json").json
    active = next(one["id"] for one in policies if one["status"] == "active" and "sharePoint" in one["@odata.type"])
    lose(served, "POST", "/deactivate$", f"Policies/{active}$", after=2)
    stopped = command("policies", "deactivate", active, "--confirm", "stop sites all contoso")
    assert stopped.code == 7, stopped.err
    served.service.faults.clear()
    assert "It was done" in command("policies", "list").err
    assert entry(command, "policyDeactivate")["state"] == "resolvedDone"


def test_who_gets_mail_is_settled_by_the_service_page(command: Command, served: Running, one_look: None) -> None:
    lose(served, "PATCH", "emailNotificationsSetting$", "emailNotificationsSetting$", after=2)
    changed = command("service", "notify", "--to", "all-admins", "--confirm", "notify contoso")
    assert changed.code == 7, changed.err
    served.service.faults.clear()
    assert "It was done" in command("service", "show").err
    assert entry(command, "notificationsEdit")["state"] == "resolvedDone"


@pytest.mark.parametrize("point", ["after_send", "inside_answer", "after_answer"])
@pytest.mark.parametrize("wait", [False, True], ids=["", "wait"])
def test_a_start_that_was_killed_is_recognised_as_our_own(
    command: Command, served: Running, names: Names, environment: dict[str, str], point: str, wait: bool
) -> None:
    session = draft(command, served, names)
    start = ("sessions", "activate", session, "--confirm", "restore 1")
    killed(environment, point, *start)
    again = command(*start, *(("--wait", *FAST) if wait else ()))
    assert again.code == 0, again.err
    assert "was started from here" in again.err
    assert "Adele Vance started it" not in again.err
    assert entry(command, "activate")["state"] in ("done", "resolvedDone")
    assert ("completed" in again.out) or not wait


def test_a_start_by_somebody_else_stays_theirs(command: Command, served: Running, names: Names) -> None:
    session = draft(command, served, names)
    served.service.faults.add("other", method="GET", path=f"restoreSessions/{session}$", deed="activate")
    refused = command("sessions", "activate", session, "--confirm", "restore 1")
    assert refused.code == 1
    assert "Ryan started it" in refused.err


@pytest.fixture
def anonymous(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that tells nobody's id, so that a draft of unknown author cannot be taken for ours."""
    monkeypatch.setenv("BACKUP_TUI_ACCESS_TOKEN", "opaque-token-of-somebody")


@pytest.mark.parametrize("drafts", [1, 2])
def test_a_lost_create_of_unknown_author_names_the_drafts_that_it_may_be(
    command: Command, served: Running, names: Names, one_look: None, anonymous: None, drafts: int
) -> None:
    words = ["sessions", "draft", "--service", "exchange", "--units", names(sound(served, "exchange").address)]
    words += ["--before", "latest", "--to", "new"]
    before = {one.id for one in served.service.listed_sessions()}
    served.service.faults.add("drop", method="POST", path="exchangeRestoreSessions$", times=drafts)
    if drafts == 2:
        assert command(*words).code == 7
        lost = entry(command, "create")["id"]
        assert command("journal", "resolve", str(lost), "--not-done").code == 0
    told = command(*words)
    assert told.code == 7, told.err
    number = entry(command, "create")["id"]
    made = [one.id for one in served.service.listed_sessions() if one.id not in before]
    assert len(made) == drafts
    shown, as_json = command("journal", "show", str(number)), command("journal", "show", str(number), "--json").json
    for session in made:
        for text in (told.err, shown.out):
            assert f"{session}: draft, 1 unit, created " in text
            assert f"backup-tui journal resolve {number} --adopt {session}" in text
    assert {one["id"] for one in as_json["candidates"]} == set(made)
    assert as_json["candidates"][0]["units"] == 1
    assert command("journal", "resolve", str(number), "--adopt", made[0][:8]).code == 0
    assert entry(command, "create")["sessionId"] == made[0]


def test_the_candidates_are_in_the_error_object_too(
    command: Command, served: Running, names: Names, one_look: None, anonymous: None
) -> None:
    words = ["sessions", "draft", "--service", "exchange", "--units", names(sound(served, "exchange").address)]
    served.service.faults.add("drop", method="POST", path="exchangeRestoreSessions$")
    error = command(*words, "--before", "latest", "--to", "new", "--json").error
    (candidate,) = error["candidates"]
    assert error["journalEntry"] == entry(command, "create")["id"]
    assert candidate["adopt"] == f"backup-tui journal resolve {error['journalEntry']} --adopt {candidate['id']}"
    assert candidate["createdDateTime"]
