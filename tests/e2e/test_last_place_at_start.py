"""Specifies, in a real terminal, that the next start goes where the person was, and that the setting turns that off."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from pty_terminal import Terminal

LEAVE = "\x11"
ENTER = "\r"

Start = Callable[[Mapping[str, str]], Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the program in a terminal, always with the same state; ends it, whatever happens."""
    terminals: list[Terminal] = []

    def run(environment: Mapping[str, str]) -> Terminal:
        own = {
            "BACKUP_TUI_STATE_DIR": str(tmp_path / "state"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "TZ": "UTC",
        }
        terminal = Terminal([sys.executable, "-m", "backup_tui"], own | dict(environment), 120, 40)
        terminals.append(terminal)
        return terminal

    yield run
    for terminal in terminals:
        terminal.close()


def left_on_filtered_sessions(start: Start, environment: Mapping[str, str]) -> None:
    terminal = start(environment)
    terminal.wait_for("contoso.com", "Needs you")
    terminal.press("3")
    terminal.wait_for("[3 Sessions]")
    terminal.press("/", *"onedrive", ENTER)
    terminal.wait_for("[onedrive]")
    terminal.settle()
    terminal.press(LEAVE)
    assert terminal.ended() == 0


def test_the_list_is_found_again_with_its_filter(start: Start, environment: dict[str, str]) -> None:
    left_on_filtered_sessions(start, environment)
    again = start(environment)
    again.wait_for("[3 Sessions]", "[onedrive]", "This is where you were.")
    again.press("1")
    again.wait_for("[1 Overview]", "Needs you")
    again.press(LEAVE)
    assert again.ended() == 0


def test_the_setting_begins_at_the_overview(start: Start, environment: dict[str, str], tmp_path: Path) -> None:
    left_on_filtered_sessions(start, environment)
    (tmp_path / "config" / "backup-tui").mkdir(parents=True)
    (tmp_path / "config" / "backup-tui" / "config.toml").write_text("cache_last_view = false\n", encoding="utf-8")
    again = start(environment)
    again.wait_for("[1 Overview]", "Needs you")
    again.press(LEAVE)
    assert again.ended() == 0
    assert list((tmp_path / "state" / "last-view").iterdir()) == []
