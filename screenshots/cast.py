"""Records docs/demo.cast (asciinema cast v2): a walk of a minute through `--demo=incident`, driven by real keys.

    python screenshots/cast.py

The program runs in a terminal of its own, and what it writes is kept with its time. A step waits for what
the program shows before it presses the next keys, as a person would, so the walk is never out of step with the screen.
"""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backup_tui import __version__

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "e2e"))

from pty_terminal import Screen  # noqa: E402  (the screen that the tests of whole runs look at)

CAST = ROOT / "docs" / "demo.cast"
WIDTH, HEIGHT = 80, 24
GIVEN_UP = 30.0
"""Seconds after which what a step waits for counts as missing."""

SETTLED = 0.25
"""Seconds without output after which a screen is whole."""

AT_ONCE = 0.05
"""Seconds within which output counts as one change of the screen."""

ENTER, DOWN, LEFT, TAB = "\r", "\x1b[B", "\x1b[D", "\t"


@dataclass(frozen=True)
class Step:
    """What is waited for, how long a reader gets for it, and what is pressed then, one key after the other."""

    shown: str
    read: float
    keys: Sequence[str] = ()


WALK = (
    Step("wave 3, everyone else, waits for your yes", 3.0, (ENTER,)),
    Step("by cause", 4.5, (DOWN,)),
    Step("Wave 2 sales and legal", 2.5, (ENTER,)),
    Step("Wave 2 sales and legal, 3 sessions", 2.5, (ENTER,)),
    Step("Mailbox @contoso.com", 3.5, ("!",)),
    Step("2 of 168", 5.0, ("1",)),
    Step("Needs you", 1.5, ("n",)),
    Step("> Service", 2.0, (LEFT,)),
    Step("[Exchange]", 1.0, (ENTER,)),
    Step("> Units", 1.0, (*"megan.bowen@contoso.com", ENTER)),
    Step("in 1 mailbox", 1.5, (ENTER,)),
    Step("> Point", 1.0, (*"12h ago", ENTER)),
    Step("1 within", 2.5, (TAB,)),
    Step("tab last line", 1.0, (TAB,)),
    Step("enter create", 2.0, (ENTER,)),
    Step("cannot be stopped", 6.0, tuple("restore 1")),
    Step("enter start", 2.0, (ENTER,)),
    Step("STARTED", 4.0, (ENTER,)),
    Step("megan.bowen", 3.0),
)


class Recording:
    """A program in a terminal, and everything that it writes."""

    def __init__(self, *words: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.screen = Screen(WIDTH, HEIGHT)
        self.events: list[tuple[float, str]] = []
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backup_tui", *words],
            stdin=slave, stdout=slave, stderr=slave, env=_environment(), cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def wait_for(self, words: str) -> None:
        """Reads until the screen shows these words and is whole. Raises `TimeoutError`: they never came."""
        end = time.monotonic() + GIVEN_UP
        while words not in self.screen.text:
            if time.monotonic() > end:
                raise TimeoutError(f"{words!r} never came:\n{self.screen.text}")
            self._read(0.1)
        while self._read(SETTLED):
            pass

    def watch(self, seconds: float) -> None:
        """Reads for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def press(self, keys: Sequence[str]) -> None:
        """Presses keys, as fast as a person types."""
        for key in keys:
            os.write(self._master, key.encode())
            self.watch(0.09)

    def close(self) -> None:
        """Ends the program."""
        self._process.terminate()
        self._process.wait(10)
        os.close(self._master)

    def _read(self, wait: float) -> bool:
        if not select.select([self._master], [], [], wait)[0]:
            return False
        text = self._decoder.decode(os.read(self._master, 65_536))
        self.events.append((time.monotonic() - self._began, text))
        self.screen.feed(text)
        return True


def _environment() -> dict[str, str]:
    own = ("BACKUP_TUI_", "NO_COLOR", "COLUMNS", "LINES", "XDG_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return clean | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def record() -> str:
    """Walks, and returns the recording as the text of its file."""
    recording = Recording("--demo=incident")
    try:
        for step in WALK:
            recording.wait_for(step.shown)
            recording.watch(step.read)
            recording.press(step.keys)
    finally:
        recording.close()
    head = {
        "version": 2,
        "width": WIDTH,
        "height": HEIGHT,
        "title": f"backup-tui {__version__}",
        "command": "backup-tui --demo=incident",
        "env": {"TERM": "xterm-256color", "SHELL": "/bin/sh"},
    }
    lines = [head, *([round(at, 3), "o", text] for at, text in _compact(recording.events))]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _compact(events: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """The same picture in fewer bytes: what came at once is one event."""
    joined: list[tuple[float, str]] = []
    for at, text in events:
        if joined and at - joined[-1][0] < AT_ONCE:
            joined[-1] = joined[-1][0], joined[-1][1] + text
        else:
            joined.append((at, text))
    return joined


if __name__ == "__main__":
    CAST.write_text(record(), encoding="utf-8")
    print(f"{CAST.relative_to(ROOT)}: {CAST.stat().st_size:,} bytes")
