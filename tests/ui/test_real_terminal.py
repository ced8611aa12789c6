"""Specifies what a real terminal sees: few bytes, none while idle, and itself again after every way out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pty_terminal import Screen

HERE = Path(__file__).parent
PROGRAM = """
import os, signal, sys
sys.path.insert(0, {here!r})
from pathlib import Path
from demo_screens import FakeWorkspace, demo_app
from backup_tui.ui.widgets.table import Cell

workspace = FakeWorkspace(Path({state!r}))
app = demo_app(workspace)

def change(*_):
    app.screen.rows.status["id-0004"] = Cell("✗ all failed", "bad")
    workspace.emit("sessions")

def crash(*_):
    private = "adele.vance.private"
    def toggle_pause():
        secret_local = private
        app.call_later(lambda: {{}}[len(secret_local)])
    app.toggle_pause = toggle_pause

async def at_start():
    import asyncio
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, change)
    loop.add_signal_handler(signal.SIGUSR2, crash)
    if "OUTSIDE" in os.environ:
        app.terminal.show_outside("\\x1b]9;4;1;50\\x1b\\\\", "\\x1b]9;4;0\\x1b\\\\")

type(app).on_ready = lambda self: self.start(at_start(), "signals")
app.run(mouse="NO_MOUSE" not in os.environ)
sys.exit(app.return_code)
"""


class Terminal:
    """A program in a terminal of 120x40."""

    def __init__(self, state: Path, **environ: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        code = PROGRAM.format(here=str(HERE), state=str(state))
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):  # test runners set the last two for their own output
            environment.pop(name, None)
        environment |= environ
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=slave, stdout=slave, stderr=slave, env=environment,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        self.seen = b""
        self.screen = Screen(120, 40)

    def read(self, quiet: float) -> bytes:
        """What comes until nothing comes for `quiet` seconds."""
        got = b""
        while select.select([self.master], [], [], quiet)[0]:
            try:
                part = os.read(self.master, 65536)
            except OSError:
                break
            if not part:
                break
            got += part
            self.screen.feed(part.decode("utf-8", "replace"))
        self.seen += got
        return got

    def wait_for(self, text: bytes) -> None:
        """Reads until `text` was written, or is shown."""
        end = time.monotonic() + 60
        while not (there := text in self.seen or text.decode() in self.screen.text) and time.monotonic() < end:
            self.read(0.05)
        assert there, self.seen[-2000:]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A started program, with its first frame drawn."""
    one = Terminal(tmp_path)
    one.wait_for(b"user0032@contoso.com")
    one.read(0.5)
    yield one
    if one.process.poll() is None:
        one.process.kill()
    one.process.wait()
    os.close(one.master)


def test_nothing_is_written_while_idle_and_one_change_costs_few_bytes(terminal: Terminal) -> None:
    assert terminal.read(2) == b""
    terminal.seen = b""
    terminal.process.send_signal(signal.SIGUSR1)
    terminal.wait_for("✗ all failed".encode())
    terminal.read(0.5)
    assert len(terminal.seen) <= 60
    assert b"user0005" not in terminal.seen, "only the line that differs is drawn"


def test_no_color_and_a_locale_without_utf8_are_honoured(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, NO_COLOR="1", LC_ALL="C")
    terminal.wait_for(b"user0032@contoso.com")
    terminal.process.send_signal(signal.SIGTERM)
    terminal.process.wait(20)
    terminal.read(0.2)
    styles = set(re.findall(rb"\x1b\[([0-9;]*)m", terminal.seen))
    assert not {code for style in styles for code in style.split(b";")} - {b"", *b"0 1 2 4 7 22 24 27 39 49".split()}
    assert "─".encode() not in terminal.seen
    assert b"+ completed" in terminal.seen
    os.close(terminal.slave)
    os.close(terminal.master)


def test_the_mouse_is_asked_for_or_left_to_the_terminal(terminal: Terminal, tmp_path: Path) -> None:
    assert b"\x1b[?1000h" in terminal.seen
    without = Terminal(tmp_path, NO_MOUSE="1")
    without.wait_for(b"user0032@contoso.com")
    without.process.send_signal(signal.SIGTERM)
    without.process.wait(20)
    without.read(0.2)
    assert not re.search(rb"\x1b\[\?(1000|1003|1006|1015)", without.seen)
    os.close(without.slave)
    os.close(without.master)


def test_what_is_shown_in_the_task_bar_goes_with_the_program(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, OUTSIDE="1")
    terminal.wait_for(b"\x1b]9;4;1;50\x1b\\")
    assert b"\x1b]9;4;0" not in terminal.seen
    terminal.process.send_signal(signal.SIGTERM)
    terminal.process.wait(20)
    terminal.read(0.2)
    assert terminal.seen.index(b"\x1b]9;4;0\x1b\\") < terminal.seen.index(b"\x1b[?1049l")
    os.close(terminal.slave)
    os.close(terminal.master)


def test_a_term_signal_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(20) == 143
    terminal.read(0.2)
    assert b"\x1b[?1049l" in terminal.seen
    assert termios.tcgetattr(terminal.slave) == terminal.before


def test_a_dropped_line_ends_the_program(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for(b"user0032@contoso.com")
    os.close(terminal.slave)
    os.close(terminal.master)
    assert terminal.process.wait(20) == 129


def test_a_fault_prints_plain_words_and_no_values(terminal: Terminal, tmp_path: Path) -> None:
    terminal.process.send_signal(signal.SIGUSR2)
    terminal.read(0.3)
    os.write(terminal.master, b"P")
    assert terminal.process.wait(20) == 1
    terminal.read(0.2)
    assert b"Internal error (KeyError)" in terminal.seen
    assert b"adele.vance.private" not in terminal.seen
    (file,) = tmp_path.glob("crash-*.txt")
    assert "adele.vance.private" not in file.read_text().replace('private = "adele.vance.private"', "")
    assert b"\x1b[?1049l" in terminal.seen
