"""A program in a real terminal of 120x40, looked at from outside: bytes, times, processor and memory."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "e2e"))

from pty_terminal import Screen  # noqa: E402  (the screen that the tests of whole runs look at)

TICKS = os.sysconf("SC_CLK_TCK")
GIVEN_UP = 60.0


@dataclass(frozen=True, slots=True)
class Burst:
    """What a program wrote after something.

    Attributes:
        output: The bytes.
        last: Seconds until the last of them came; 0 when none came.
    """

    output: bytes
    last: float


class PtyProgram:
    """A running program and its terminal."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._began = self._asked = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(environment), cwd=ROOT, start_new_session=True
        )
        os.close(slave)
        self._seen = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._screen = Screen(120, 40)
        self._shown = ""

    def send(self, keys: str) -> None:
        """Sends keys."""
        self._asked = time.perf_counter()
        self._seen, self._shown = b"", self._screen.text
        os.write(self._master, keys.encode())

    def until(self, words: bytes) -> float:
        """Seconds from the last `send`, or from the start of the process, until these words came.

        They are written as a whole, or what is written makes them of what was shown, of which only some cells differ.

        Raises:
            TimeoutError: They do not come.
        """
        text = words.decode()
        while words not in self._seen and (text in self._shown or text not in self._screen.text):
            if time.perf_counter() - self._asked > GIVEN_UP or not (part := self._read(GIVEN_UP)):
                raise TimeoutError(f"{words!r} never came; the end of what did: {self._seen[-400:]!r}")
            self._seen += part
        return time.perf_counter() - self._asked

    def until_file(self, folder: Path, pattern: str) -> None:
        """Reads what the program writes until there is a file of such a name.

        Raises:
            TimeoutError: There never is.
        """
        end = time.perf_counter() + GIVEN_UP
        while not any(folder.glob(pattern)):
            if time.perf_counter() > end:
                raise TimeoutError(f"no {pattern} in {folder}")
            self._seen += self._read(0.05)

    def burst(self, quiet: float = 0.5, most: float = GIVEN_UP) -> Burst:
        """What came since the last `send` and comes until it is quiet for so many seconds, or `most` are over."""
        began = time.perf_counter()
        output, last = self._seen, 0.0
        while time.perf_counter() - began < most and (part := self._read(min(quiet, most))):
            output += part
            last = time.perf_counter() - began
        return Burst(output, last)

    def bytes_in(self, seconds: float) -> int:
        """How many bytes come within so many seconds."""
        end = time.perf_counter() + seconds
        count = 0
        while (left := end - time.perf_counter()) > 0:
            count += len(self._read(left))
        return count

    @property
    def age(self) -> float:
        """Seconds since the start of the process."""
        return time.perf_counter() - self._began

    @property
    def cpu(self) -> float:
        """Seconds of processor that it has used so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def memory(self) -> float:
        """Megabytes that it holds now."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000

    def close(self) -> None:
        """Ends it."""
        self._process.send_signal(signal.SIGTERM)
        end = time.perf_counter() + 5
        while self._process.poll() is None and time.perf_counter() < end:
            self._read(0.05)  # a program that says goodbye to a full terminal would wait for its reader
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def _read(self, wait: float) -> bytes:
        if not select.select([self._master], [], [], wait)[0]:
            return b""
        try:
            output = os.read(self._master, 65_536)
        except OSError:
            return b""
        self._screen.feed(self._decoder.decode(output))
        return output


@contextlib.contextmanager
def in_terminal(*words: str, **environ: str) -> Iterator[PtyProgram]:
    """Runs the interpreter with these words in a terminal, and ends it afterwards."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BACKUP_TUI_", "NO_COLOR"))}
    # An installed program is compiled once: without the last of these it would be at every start that is measured.
    for name in ("COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE"):
        clean.pop(name, None)
    environment = clean | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC"} | environ
    program = PtyProgram([sys.executable, *words], environment)
    try:
        yield program
    finally:
        program.close()
