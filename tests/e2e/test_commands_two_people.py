"""Specifies the rule of two people by commands: one drafts, another one starts, and the note is in the journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_commands_restore import draft, sound

from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]


@pytest.fixture(autouse=True)
def profile(environment: dict[str, str]) -> None:
    file = Path(environment["XDG_CONFIG_HOME"]) / "backup-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('default_profile = "prod"\n[profile.prod]\ntwo_people = true\n', encoding="utf-8")


def test_one_drafts_and_another_one_starts(
    command: Command, served: Running, names: Names, robot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = draft(command, "exchange", names(sound(served, "exchange", 1)[0].address), "new")
    own = command("sessions", "activate", session, "--confirm", "restore 1", "--json")
    assert (own.code, own.error["code"]) == (1, "NotPossibleNow")
    assert f"two people: you drafted {session[:8]}" in own.error["message"]
    assert own.error["hint"] == "The profile wants two people: somebody else has to start it."
    assert served.service.sessions[session].activated is None

    monkeypatch.setenv("BACKUP_TUI_ACCESS_TOKEN", robot)
    words = ["sessions", "activate", session, "--confirm", "restore 1"]
    started = command(*words, "--note", " agreed with Adele,\n INC0012345 ")
    assert started.code == 0, started.err
    assert "two people: Adele Vance drafted it" in started.err
    assert "; note: agreed with Adele, INC0012345" in command("journal", "list").out


def test_a_note_that_is_too_long_is_refused_before_the_review(command: Command, served: Running, names: Names) -> None:
    session = draft(command, "exchange", names(sound(served, "exchange", 1)[0].address), "new")
    refused = command("sessions", "activate", session, "--note", "x" * 201, "--json")
    assert refused.code == 2
    assert refused.error["message"].startswith("--note: The note has 201 characters; the journal takes 200.")
    assert "Review" not in refused.err
