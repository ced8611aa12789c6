"""Specifies the whole program at a terminal that tells wrong sizes, answers late, and sends what is no text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from pty_terminal import Terminal

ANSWERS = (
    b"\x1bP>|XTerm(398)D\x1b\\",
    b"\x1b]11;rgb:dada/4444/5555\x1b\\",
    b"\x1b_Gi=31;ENOENT:3\x1b\\",
    b"\x1b[?62;22;52c\x1b[>41;354;0c\x1b[24;80R\x1b[?2048;0$y\x1b[8;24;80t",
)
BAD = (b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82")


@pytest.fixture
def terminal(tmp_path: Path) -> Any:
    own = {"BACKUP_TUI_STATE_DIR": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config"), "TZ": "UTC"}
    stale = {"COLUMNS": "40", "LINES": "10"}
    one = Terminal([sys.executable, "-m", "backup_tui", "--demo"], own | stale, 120, 40)
    yield one
    one.close()


def test_sizes_of_elsewhere_late_answers_and_bad_bytes_change_nothing(terminal: Terminal) -> None:
    terminal.wait_for("nothing here is real", "DEMO", "Needs you", "last unit finished")
    assert max(len(line) for line in terminal.text.splitlines()) > 100, "COLUMNS is another terminal's"
    assert len(terminal.text.rstrip().splitlines()) > 30, "LINES too"
    terminal.resize(100, 30)
    terminal.wait_for("Needs you")
    assert 80 < max(len(line) for line in terminal.text.splitlines()) <= 100

    for answer in ANSWERS:
        terminal.send(answer)
        for place in range(len(answer)):
            terminal.send(answer[place : place + 1])
    for bad in BAD:
        terminal.send(bad)
    terminal.press("2")
    terminal.wait_for("Policies 4", "Sites pilot")
    for answer in ANSWERS:
        terminal.send(answer)
    terminal.send(BAD[0] + b"\x1b[200~A paste D\xff\x1b[201~")
    terminal.wait_for("Pasted text is ignored here")
    assert "OneDrive all" in terminal.text
    assert "Review" not in terminal.text
    terminal.press(":")
    terminal.wait_for("commands and everything loaded")
    terminal.send(b"\r\r")
    terminal.settle()
    assert terminal.process.poll() is None
    terminal.press("\x11")
    assert terminal.ended() == 0
    assert terminal.modes == terminal.before
    assert b"Traceback" not in terminal.stream
