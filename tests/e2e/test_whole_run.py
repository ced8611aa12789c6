"""Specifies one whole run as a person has it: a real terminal, real keys, a service on a socket.

Beside it, what a terminal can do to the program: too small, none at all, a paste by mistake, a dropped line.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pty_terminal import Terminal

from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

PROGRAM = (sys.executable, "-m", "backup_tui")
ENTER, TAB, LEFT, ESCAPE, LEAVE = "\r", "\t", "\x1b[D", "\x1b", "\x11"

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the program in a terminal; ends it, whatever happens."""
    terminals: list[Terminal] = []

    def run(*options: str, width: int = 120, height: int = 40, **environment: str) -> Terminal:
        own = {"BACKUP_TUI_STATE_DIR": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
        terminal = Terminal([*PROGRAM, *options], own | {"TZ": "UTC"} | environment, width, height)
        terminals.append(terminal)
        return terminal

    yield run
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def served() -> Iterator[Running]:
    """A service on which a restore of two hours takes two seconds."""
    with running(Settings(units=80, speed=3_600)) as service:
        yield service


def test_a_mailbox_is_restored_by_keyboard_alone_and_found_again_after_a_dropped_line(
    start: Start, served: Running, environment: dict[str, str]
) -> None:
    units = served.service.tenant.units["exchange"]
    unit = next(one for one in units if one.trait == "sound" and one.policy and one.address and not one.error)
    terminal = start(**environment)
    terminal.wait_for("contoso.com", "WRITE", "Needs you")

    terminal.press("n")
    terminal.wait_for("New restore", "> Service", "[OneDrive]")
    terminal.settle()
    terminal.press(LEFT)
    terminal.wait_for("[Exchange]")
    terminal.press(ENTER)
    terminal.wait_for("> Units")
    terminal.press(*unit.address, ENTER)
    terminal.wait_for("A new folder in 1 mailbox")
    terminal.press(ENTER)
    terminal.wait_for("> Point")
    terminal.press(*"latest", ENTER)
    terminal.wait_for("1 within")
    terminal.press(TAB)
    terminal.wait_for("tab last line", "t time")
    terminal.press(TAB)
    terminal.wait_for("enter create", "nothing starts before its review")
    terminal.press(ENTER)

    terminal.wait_for("NEW FOLDER", "Items recovered from", unit.address, "restore 1", "cannot be stopped")
    terminal.settle()  # what is typed before the field was drawn is forgotten
    terminal.press(*"restore 2")
    terminal.wait_for("restore 2")
    terminal.settle()
    terminal.press(ENTER)
    terminal.settle()
    draft = max(served.service.listed_sessions(), key=lambda one: one.seq)
    assert draft.activated is None, "a wrong phrase starts nothing"
    terminal.press(*("\x7f" * len("restore 2")))
    terminal.press(*"restore 1")
    terminal.wait_for("enter start")
    terminal.settle()  # an enter that comes with the text could be part of a paste, and starts nothing
    terminal.press(ENTER)
    terminal.wait_for("STARTED", "you can disconnect")
    terminal.press(ENTER)
    terminal.wait_for(draft.id[:8], "NEW", unit.address, "esc back")
    assert draft.activated is not None

    terminal.hang_up()
    assert terminal.process.wait(30) == 129

    again = start(**environment)
    again.wait_for("contoso.com", "Needs you")
    again.press("3")
    again.wait_for(draft.id[:8], "completed")
    again.press(LEAVE)
    assert again.ended() == 0
    assert again.modes == again.before


def test_the_demo_opens_with_rows_and_leaves_the_terminal_as_it_was(start: Start) -> None:
    terminal = start("--demo")
    terminal.wait_for("nothing here is real", "Running", "Needs you", "last unit finished")
    assert "WRITE" not in terminal.text
    terminal.press("4")
    terminal.wait_for("@contoso.com")
    terminal.press("q", "q")
    assert terminal.ended() == 0
    assert terminal.modes == terminal.before


def test_a_paste_on_a_list_does_nothing_but_say_so(start: Start, served: Running, environment: dict[str, str]) -> None:
    terminal = start(**environment)
    terminal.press("3")
    terminal.wait_for("Sessions", "draft")
    drafts = len(served.service.listed_sessions())
    terminal.press("ADXnqcfu 12 restore AAAA DDDD XXXX qqqq\r" * 4)
    terminal.wait_for("aste", "Sessions")
    assert terminal.process.poll() is None
    assert len(served.service.listed_sessions()) == drafts
    terminal.press(LEAVE)
    assert terminal.ended() == 0


def test_a_terminal_of_20x5_says_that_it_is_too_small(start: Start) -> None:
    terminal = start("--demo", width=20, height=5)
    terminal.wait_for("too small")
    terminal.press("\x03", "\x03")
    assert terminal.ended() in (0, 130)
    assert terminal.modes == terminal.before


def test_without_a_terminal_the_program_says_so_and_names_the_commands() -> None:
    done = subprocess.run(
        [*PROGRAM, "--demo"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "need a terminal" in done.stderr
    assert "backup-tui sessions list" in done.stderr
