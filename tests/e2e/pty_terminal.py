"""A program in a real terminal, and the screen that a person would see there.

The screen understands what this program's terminal library sends: cursor addressing, erasing, and text. Everything
else that begins with an escape is skipped.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from unicodedata import east_asian_width

SEQUENCE = re.compile(
    r"\x1b\[(?P<parameters>[0-9;?<>=]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]P_^X].*?(?:\x07|\x1b\\)"
    r"|\x1b[()#%*+][\x20-\x7e]"
    r"|\x1b[\x30-\x4f\x51-\x57\x59\x5a\x5c\x60-\x7e]",
    re.DOTALL,
)
DEADLINE = 60.0
"""Seconds after which a state that was waited for counts as never coming; far more than it takes."""


class Screen:
    """Cells of a terminal, filled from its output."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._cells = [[" "] * width for _ in range(height)]
        self._row = self._column = 0
        self._rest = ""

    @property
    def text(self) -> str:
        """What is shown, line by line, without spaces at the ends."""
        return "\n".join("".join(row).rstrip() for row in self._cells)

    def feed(self, output: str) -> None:
        """Takes what the program wrote; a sequence that is not whole yet waits for its rest."""
        pending = self._rest + output
        position = 0
        while position < len(pending):
            if pending[position] != "\x1b":
                self._put(pending[position])
                position += 1
                continue
            found = SEQUENCE.match(pending, position)
            if found is None:
                break
            if found["final"]:
                self._control(found["parameters"], found["final"])
            position = found.end()
        self._rest = pending[position:]

    def _put(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._row = min(self._row + 1, self.height - 1)
        elif character == "\b":
            self._column = max(0, self._column - 1)
        elif character >= " ":
            if self._row < self.height and self._column < self.width:
                self._cells[self._row][self._column] = character
            self._column += 2 if east_asian_width(character) in "WF" else 1

    def _control(self, parameters: str, final: str) -> None:
        numbers = [int(part) if part.isdigit() else 0 for part in parameters.split(";")]
        first = numbers[0]
        if final in "Hf":
            self._row = max(first, 1) - 1
            self._column = max(numbers[1] if len(numbers) > 1 else 1, 1) - 1
        elif final == "J" and first in (2, 3):
            self._cells = [[" "] * self.width for _ in range(self.height)]
        elif final == "K" and self._row < self.height:
            self._cells[self._row][self._column :] = [" "] * (self.width - self._column)
        elif final == "X" and self._row < self.height:
            end = min(self.width, self._column + max(first, 1))
            self._cells[self._row][self._column : end] = [" "] * (end - self._column)
        elif final == "G":
            self._column = max(first, 1) - 1
        elif final == "A":
            self._row = max(0, self._row - max(first, 1))
        elif final == "B":
            self._row = min(self.height - 1, self._row + max(first, 1))
        elif final == "C":
            self._column += max(first, 1)
        elif final == "D":
            self._column = max(0, self._column - max(first, 1))


class Terminal:
    """A program in a terminal of its own session.

    Attributes:
        screen: What a person sees.
        stream: Every byte that the program wrote.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: dict[str, str],
        width: int = 120,
        height: int = 40,
        *,
        controlling: bool = True,
    ) -> None:
        self.screen = Screen(width, height)
        self.stream = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._master, self._slave = pty.openpty()
        self._set_size(width, height)
        self.before = termios.tcgetattr(self._slave)
        cleared = {name: value for name, value in os.environ.items() if not name.startswith(("BACKUP_TUI_", "XDG_"))}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):  # test runners set the last two for their own output
            cleared.pop(name, None)
        self.process = subprocess.Popen(
            command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=cleared | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | environment,
            start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if controlling else None,
        )

    @property
    def text(self) -> str:
        """What the terminal shows now."""
        return self.screen.text

    @property
    def modes(self) -> list[object]:
        """The terminal's own modes now, to compare with `before`."""
        return termios.tcgetattr(self._slave)

    def press(self, *keys: str) -> None:
        """Sends keys, one after the other: a character, or the sequence of a special key."""
        for key in keys:
            os.write(self._master, key.encode())

    def send(self, data: bytes) -> None:
        """Sends bytes as they are."""
        os.write(self._master, data)

    def wipe(self) -> None:
        """Forgets what is shown, as a person who looks for what is drawn from now on."""
        self.screen = Screen(self.screen.width, self.screen.height)

    def resize(self, width: int, height: int) -> None:
        """Makes the window another size; what was shown is gone."""
        self._set_size(width, height)
        self.screen = Screen(width, height)

    def _set_size(self, width: int, height: int) -> None:
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def stall(self) -> None:
        """From now on the terminal takes nothing, as one at the end of a line that hangs: every write waits."""
        termios.tcflow(self._slave, termios.TCOOFF)

    def go_on(self) -> None:
        """The terminal takes what is written again."""
        termios.tcflow(self._slave, termios.TCOON)

    def wait_for_bytes(self, expected: bytes) -> None:
        """Reads until the program has written these bytes."""
        self._wait(lambda: expected in self.stream or (self._read(0.05) and expected in self.stream), str(expected))

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + DEADLINE
        while not reached():
            assert time.monotonic() < end, f"never: {what}\n{self.text}"

    def wait_for(self, *words: str) -> str:
        """Reads until the screen shows all of these words.

        Raises:
            AssertionError: They never come.
        """
        end = time.monotonic() + DEADLINE
        while not all(word in self.text for word in words):
            assert time.monotonic() < end, f"never seen: {words}\n{self.text}"
            assert self._read(1.0) or self.process.poll() is None, f"ended before {words} was seen\n{self.text}"
        return self.text

    def settle(self, quiet: float = 0.3) -> None:
        """Reads until nothing was written for `quiet` seconds: what was opened has been filled."""
        while self._read(quiet):
            pass

    def ended(self) -> int:
        """Reads what is still written and returns the exit code.

        Raises:
            AssertionError: The program does not end.
        """
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still running\n{self.text}"
            self._read(0.1)
        while self._read(0.0):
            pass
        return self.process.returncode

    def hang_up(self) -> None:
        """Drops the line: nothing can be read or written."""
        os.close(self._slave)
        os.close(self._master)
        self._slave = self._master = -1

    def close(self) -> None:
        """Ends a program that is still running."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for end in (self._slave, self._master):
            with contextlib.suppress(OSError):
                os.close(end)

    def _read(self, wait: float) -> bool:
        if not select.select([self._master], [], [], wait)[0]:
            return False
        try:
            output = os.read(self._master, 65_536)
        except OSError:
            return False
        self.stream += output
        self.screen.feed(self._decoder.decode(output))
        return bool(output)
