"""Specifies the recording in docs: a valid asciinema cast of this version, which shows the whole walk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pty_terminal import Screen

from backup_tui import __version__

CAST = Path(__file__).parents[2] / "docs" / "demo.cast"
AGAIN = "run: python screenshots/cast.py"


@pytest.fixture(scope="module")
def lines() -> list[Any]:
    return [json.loads(line) for line in CAST.read_text(encoding="utf-8").splitlines()]


def test_it_is_a_cast_of_this_version_that_every_player_takes(lines: list[Any]) -> None:
    head = lines[0]
    assert (head["version"], head["width"], head["height"]) == (2, 80, 24)
    assert head["title"] == f"backup-tui {__version__}", AGAIN
    times = [at for at, kind, text in lines[1:] if kind == "o" and isinstance(text, str)]
    assert len(times) == len(lines) - 1
    assert times == sorted(times)
    assert 45 < times[-1] < 90, "about a minute"


def test_it_is_small_enough_to_be_kept() -> None:
    assert CAST.stat().st_size < 200_000, AGAIN


def test_it_shows_an_incident_a_failed_unit_and_a_restore_up_to_its_phrase(lines: list[Any]) -> None:
    screen = Screen(80, 24)
    seen: list[str] = []
    for _, _, text in lines[1:]:
        screen.feed(text)
        seen.append(screen.text)
    walk = (
        ("Plan        recovery", "waits for your yes"),
        ("Incident recovery", "Failed", "by cause"),
        ("✗ failed", "@contoso.com"),
        ("New restore", "1 mailbox"),
        ("Checks", "cannot be stopped", "restore 1   restore 1"),
        ("megan.bowen", "esc back", "of 1 finished"),
    )
    places = [next(at for at, shown in enumerate(seen) if all(words in shown for words in step)) for step in walk]
    assert places == sorted(places), AGAIN
