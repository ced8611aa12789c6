"""Specifies that the terminal is entered once and left once, and the program ends, whatever signals come and go.

The program runs as a job of its own in the foreground, as under a shell, so that it can be stopped.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pty_terminal import Terminal

UI = Path(__file__).parents[1] / "ui"
JOB = """
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], process_group=0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
os.tcsetpgrp(0, child.pid)
print(f"job {child.pid};", flush=True)
code = child.wait()
sys.exit(code if code >= 0 else 128 - code)
"""
PROGRAM = f"""
import sys
sys.path.insert(0, {str(UI)!r})
from demo_screens import FakeWorkspace, demo_app
from backup_tui.ui.start import run_app
app = demo_app(FakeWorkspace())
run_app(app)
sys.exit(app.return_code)
"""
SHOWN = "user0032@contoso.com"
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"

Start = Callable[..., Terminal]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the small program of the screens' tests; ends it, whatever happens."""
    terminals: list[Terminal] = []

    def run(*command: str, **options: bool) -> Terminal:
        terminal = Terminal(command or (sys.executable, "-c", PROGRAM), {}, **options)
        terminals.append(terminal)
        return terminal

    yield run
    for terminal in terminals:
        terminal.close()


class Job:
    """The program as a job in the foreground."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        terminal.wait_for(SHOWN)
        found = re.search(rb"job (\d+);", terminal.stream)
        assert found
        self.pid = int(found[1])

    def send(self, *names: str) -> None:
        """Sends signals; `stopped` waits until the job is."""
        for name in names:
            if name == "stopped":
                self.wait_until_stopped()
            else:
                os.kill(self.pid, getattr(signal, f"SIG{name}"))

    def wait_until_stopped(self) -> None:
        while not self.state().startswith("T"):
            self.terminal.settle(0.01)

    def state(self) -> str:
        told = subprocess.run(["ps", "-o", "stat=", "-p", str(self.pid)], capture_output=True, text=True, check=False)
        return told.stdout.strip()

    def count(self, sequence: bytes) -> int:
        return self.terminal.stream.count(sequence)


@pytest.fixture
def job(start: Start) -> Job:
    return Job(start(sys.executable, "-c", JOB, PROGRAM))


GOING_ON = (
    "CONT",
    "CONT CONT CONT",
    "TSTP stopped CONT",
    "TSTP CONT",
    "TSTP TSTP CONT CONT",
    "TSTP stopped TSTP CONT CONT",
    "CONT TSTP stopped CONT",
    "STOP stopped CONT",
    "TSTP stopped WINCH CONT WINCH",
    "TSTP stopped CONT TSTP stopped CONT",
    "STOP stopped TSTP CONT",
)


def goes_on(job: Job, order: str) -> bool:
    """Sends signals, and then one more SIGCONT; whether the program was running before that one."""
    job.send(*order.split())
    job.terminal.settle()
    running = not job.state().startswith("T")
    job.terminal.wipe()
    job.send("CONT")
    job.terminal.wait_for(SHOWN)
    return running


def test_after_every_order_of_stopping_and_going_on_all_is_shown_and_the_terminal_is_left_once(job: Job) -> None:
    terminal = job.terminal
    raw = terminal.modes
    for order in GOING_ON:
        # A stop that is raised while a SIGCONT is pending discards it (signal(7)): once in a great while, not always.
        assert any(goes_on(job, order) for _ in range(3)), order
        assert terminal.modes == raw, order
        assert job.count(ENTER) == job.count(LEAVE) + 1, order
    terminal.press("\x11")
    assert terminal.ended() == 0
    assert terminal.modes == terminal.before
    assert job.count(ENTER) == job.count(LEAVE)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ("CONT TERM", 143),
        ("TERM CONT", 143),
        ("TERM TERM CONT", 143),
        ("TSTP stopped TERM CONT", 143),
        ("TSTP TERM CONT", 143),
        ("HUP", 129),
        ("CONT HUP CONT", 129),
        ("STOP stopped HUP CONT", 129),
        ("INT", 130),
    ],
)
def test_a_signal_to_end_ends_it_and_gives_the_terminal_back(job: Job, order: str, code: int) -> None:
    # As a shell tells it: 128 and the signal, even when a second one comes while the interpreter already finishes.
    # Whether the program itself heard the first one is told by the terminal, which nobody else gives back.
    job.send(*order.split())
    assert job.terminal.ended() == code
    assert job.terminal.modes == job.terminal.before
    assert job.count(ENTER) == job.count(LEAVE)


def test_in_a_shell_the_screen_is_back_at_once_after_fg_and_a_resize(start: Start, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    terminal = start("/bin/sh", "-i")
    terminal.press(f"{sys.executable} {program}\r")
    terminal.wait_for(SHOWN)
    terminal.press("\x1a")
    terminal.wait_for("Stopped")
    terminal.resize(100, 30)
    terminal.press("fg\r")
    terminal.wait_for("user0022@contoso.com", "production")
    assert max(len(line) for line in terminal.text.splitlines()) <= 100
    terminal.press("\x1a")
    terminal.wait_for("Stopped")
    terminal.wipe()
    terminal.press("fg\r")
    terminal.wait_for("user0022@contoso.com")
    terminal.press("\x11")
    terminal.wait_for("2 restores go on in the service.")
    terminal.press("echo left with $?\r")
    terminal.wait_for("left with 0")


@pytest.mark.parametrize("drawn", [b"\x1b[?1049h", b"user0001", b"user0032"])
def test_a_line_dropped_while_drawing_ends_the_program(start: Start, drawn: bytes) -> None:
    terminal = start()
    terminal.wait_for_bytes(drawn)
    terminal.send(b"\x0c" * 10)
    terminal.hang_up()
    assert terminal.process.wait(20) == 129


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_terminal_that_does_not_read_cannot_hold_the_program(start: Start, number: int, code: int) -> None:
    terminal = start()
    terminal.wait_for(SHOWN)
    terminal.stall()
    terminal.send(b"\x0c" * 40)
    terminal.process.send_signal(number)
    assert terminal.process.wait(20) == code
    assert terminal.modes == terminal.before


def test_a_terminal_that_reads_again_shows_what_is_now(start: Start) -> None:
    terminal = start()
    terminal.wait_for(SHOWN)
    terminal.stall()
    terminal.send(b"\x0c" * 40 + b"\x1b[F")
    terminal.go_on()
    terminal.wait_for("user0299@contoso.com")
    terminal.press("\x11")
    assert terminal.ended() == 0


def test_a_program_whose_terminal_is_gone_ends_though_nobody_tells_it(start: Start) -> None:
    terminal = start(controlling=False)
    terminal.wait_for(SHOWN)
    terminal.hang_up()
    assert terminal.process.wait(20) == 129
