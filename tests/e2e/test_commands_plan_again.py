"""What failed is restored again by commands: for restores outside a plan, and for the plan that they become."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from test_commands_restore import sound

from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def failed_restore(command: Command, served: Running, tmp_path: Path) -> str:
    """A restore that has ended, in which the flaky accounts failed for no reason and a held one for its hold."""
    drives = served.service.tenant.units["onedrive"]
    names = [str(unit.address) for unit in sound(served, "onedrive", 2)]
    names += [str(unit.address) for unit in drives if unit.trait in ("flaky", "held")]
    (tmp_path / "names.txt").write_text("\n".join(names), encoding="utf-8")
    drafted = command(
        "sessions", "draft", "--service", "onedrive", "--units", str(tmp_path / "names.txt"), "--before", "2h",
        "--to", "new", "--skip-unresolved",
    )  # fmt: skip
    session_id: str = drafted.out.strip()
    count = len(served.service.sessions[session_id].artifacts)
    phrase = f"restore {count}"
    started = command("sessions", "activate", session_id, "--confirm", phrase, "--wait", "--interval", "0.1")
    assert started.code == 6, started.err
    return session_id


def test_a_look_shows_causes_and_a_draft_repeats_them_once(command: Command, served: Running, tmp_path: Path) -> None:
    session_id = failed_restore(command, served, tmp_path)
    before = len(served.service.sessions)

    look = command("sessions", "again", session_id[:8])

    assert look.code == 0, look.err
    assert look.out.startswith(f"Plan again-{session_id[:8]}: ")
    assert "UnknownError" in look.out
    assert "then --cause ArtifactCannotBeRestored" in look.out
    assert "give --draft" in look.err
    assert len(served.service.sessions) == before

    drafted = command("sessions", "again", session_id, "--draft", "--json")

    assert drafted.code == 0, drafted.err
    told = json.loads(drafted.out)
    (draft,) = told["drafts"]
    unknown = next(cause for cause in told["causes"] if cause["code"] == "UnknownError")
    assert len(served.service.sessions[draft].artifacts) == unknown["failed"] == unknown["drafted"]
    assert served.service.sessions[draft].activated is None

    again = command("plan", "again", told["plan"], "--draft")

    assert again.code == 2
    assert "No failed unit can be drafted now." in again.err
    assert "--cause ArtifactCannotBeRestored" in again.err
    assert f"{unknown['failed']} under way ({unknown['failed']} of them again)" in again.out

    phrase = f"restore {unknown['failed']}"
    ran = command("plan", "run", told["plan"], "--confirm", phrase, "--wait", "--interval", "0.1")

    assert served.service.sessions[draft].activated is not None, ran.err
    ended = json.loads(command("plan", "again", told["plan"], "--json").out)
    assert {cause["code"] for cause in ended["causes"]} == {"ArtifactCannotBeRestored"}
    assert ended["restored"] == told["restored"] + unknown["failed"]


def test_a_cause_that_nothing_failed_with_is_refused(command: Command, served: Running, tmp_path: Path) -> None:
    session_id = failed_restore(command, served, tmp_path)

    done = command("sessions", "again", session_id, "--cause", "QuotaExceeded")

    assert done.code == 2
    assert "No unit failed with QuotaExceeded." in done.err
    assert "Causes now: ArtifactCannotBeRestored, UnknownError." in done.err
