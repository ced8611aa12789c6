"""`sessions review`, `rehearse`, `report` and `watch --exec`."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_lost_answers import killed, sound

from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]


@pytest.fixture
def draft(command: Command, served: Running, names: Names) -> str:
    path = names(sound(served, "exchange").address)
    asked = ["--service", "exchange", "--units", path, "--before", "2h ago", "--to", "new"]
    return str(command("sessions", "draft", *asked).out.strip())


def test_a_review_has_what_activating_asks_for(command: Command, draft: str) -> None:
    review = command("sessions", "review", draft)
    assert review.code == 0
    assert f'To start it: backup-tui sessions activate {draft} --confirm "restore 1"' in review.out
    told = command("sessions", "review", draft, "--json").json
    assert told["phrase"] == "restore 1"
    assert told["blocked"] is None
    assert {check["result"] for check in told["checks"]} <= {"ok", "warning", "unknown", "blocking"}
    printed = command("sessions", "activate", draft)
    lines = [line for line in printed.err.splitlines() if line.startswith("  ✓")]
    assert [line.strip() for line in lines] == [
        f"✓ {each['text']}" for each in told["checks"] if each["result"] == "ok"
    ]
    assert command("sessions", "activate", draft, "--confirm", told["phrase"], "--wait").code == 0


def test_a_restore_has_no_review(command: Command) -> None:
    running = command("sessions", "list", "--status", "ended", "--json=id", "--limit", "1").json[0]["id"]
    done = command("sessions", "review", running)
    assert (done.code, done.out) == (1, "")
    assert "only a draft has a review" in done.err


def test_a_rehearsal_takes_the_same_points_to_a_new_location(command: Command, draft: str, names: Names) -> None:
    rehearsal = command("sessions", "rehearse", draft, "--key", "quarterly")
    assert rehearsal.code == 0, rehearsal.err
    id_ = rehearsal.out.strip()
    assert id_ != draft
    points = "artifacts"
    first, second = (command("sessions", "show", one, "--json").json[points] for one in (draft, id_))
    assert [each["restorePoint"]["id"] for each in first] == [each["restorePoint"]["id"] for each in second]
    assert {each["destinationType"] for each in second} == {"new"}
    assert command("sessions", "rehearse", draft, "--key", "quarterly").out.strip() == id_


@pytest.mark.parametrize("point", ["after_send", "inside_answer", "after_answer"])
def test_a_rehearsal_with_a_key_is_made_once_however_its_first_run_ended(
    command: Command,
    served: Running,
    draft: str,
    environment: dict[str, str],
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backup_tui.changes.lost_answers.LOOKS_AT", (0.0, 0.1))
    before = len(served.service.listed_sessions())
    asked = ("sessions", "rehearse", draft, "--key", "quarterly")
    killed(environment, point, *asked)
    again = command(*asked)
    assert again.code == 0, again.err
    assert len(served.service.listed_sessions()) == before + 1


def test_a_report_of_a_session(command: Command, draft: str, tmp_path: Path) -> None:
    done = command("sessions", "report", draft, "--to", str(tmp_path / "report"))
    assert done.code == 0, done.err
    assert command("report", "verify", str(tmp_path / "report")).code == 0


def test_a_command_is_run_after_each_change(command: Command, draft: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen.jsonl"
    script = f"import sys; open({str(seen)!r}, 'a').write(sys.stdin.read())"
    started = command("sessions", "activate", draft, "--confirm", "restore 1")
    assert started.code == 0
    run = shlex.join([sys.executable, "-c", script])
    watched = command("sessions", "watch", draft, "--until-done", "--interval", "0.1", "--exec", run, "--json")
    assert watched.code == 0, watched.err
    events = [json.loads(line) for line in seen.read_text().splitlines()]
    assert events == [json.loads(line) for line in watched.out.splitlines()]
    assert events[-1]["status"] == "completed"


def test_a_command_that_fails_ends_nothing(command: Command, draft: str) -> None:
    command("sessions", "activate", draft, "--confirm", "restore 1")
    watched = command("sessions", "watch", draft, "--until-done", "--interval", "0.1", "--exec", "no-such-program")
    assert watched.code == 0
    assert "! --exec: it could not be started" in watched.err
    assert command("sessions", "watch", draft, "--exec", "it's open").code == 2
