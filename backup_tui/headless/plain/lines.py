"""Lines as plain mode prints them: the words of signs, one zone for all times, and no word cut at the edge."""

import os
import re
import textwrap
from datetime import UTC, datetime, tzinfo
from typing import TextIO

from backup_tui.headless.streams import put

NARROWEST = 20  # columns below which lines are not wrapped

_SIGNS = {"✗": "Not possible:", "!": "Note:", "?": "Unknown:", "✓": "OK:", "=": "That is"}
"""Signs that begin a line, and what is read in their place."""

_SIGN = re.compile(rf"^\s*([{re.escape(''.join(_SIGNS))}]) ")
_MARK = re.compile(r"(?<=\s)[✗✓»○·] (?=\w)")
_TIME = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d)(:\d\d)? UTC\b")
_ID = re.compile(r"(^|\b(?:[Dd]raft|[Ss]ession|sessions \w+) )([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f-]{22}\b")
_GAP = re.compile(r"(?<=\S)[,:]? {2,}(?=\S)")
_BARE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}(?:  \w+)?\s*")


class Lines:
    """Standard output that rewrites what commands print for people, and remembers the first line and the last.
    `stream`: where lines go. `as_is`: data for programs: nothing is rewritten."""

    def __init__(self, stream: TextIO, zone: tzinfo, *, as_is: bool = False) -> None:
        self._stream, self._zone, self._as_is = stream, zone, as_is
        self.first = self.last = ""
        self.encoding = getattr(stream, "encoding", "utf-8")

    def write(self, text: str) -> int:
        """Writes lines; a line for programs, an id with its state, is only remembered: it was said before in words."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            self.first, self.last = self.first or lines[0], lines[-1]
        if self._as_is:
            self._stream.write(text)
        elif not _BARE_ID.fullmatch(text):
            self._stream.write("".join(f"{self._line(line)}\n" for line in text.splitlines()))
        return len(text)

    def say(self, *lines: str) -> None:
        """Writes lines at once. Raises `BrokenPipeError`: nobody reads them any longer."""
        if put(self, "".join(f"{line}\n" for line in lines)) is not None:  # type: ignore[arg-type]
            raise BrokenPipeError

    def ask(self, question: str) -> None:
        """Writes a question, to be answered in its last line. Raises `BrokenPipeError` as `say` does."""
        told = "\n".join(self._line(line) for line in question.split("\n"))
        if put(self._stream, f"{told}: ") is not None:
            raise BrokenPipeError

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()

    @property
    def closed(self) -> bool:
        return self._stream.closed

    def _line(self, line: str) -> str:
        told = _SIGN.sub(lambda sign: f"{_SIGNS[sign[1]]} ", line.rstrip())
        told = _GAP.sub(", ", _ID.sub(r"\1\2", _TIME.sub(self._in_zone, told)))
        told = _MARK.sub("", told)
        columns = self._columns()
        return "\n".join(textwrap.wrap(told, columns, break_long_words=False, break_on_hyphens=False)) or told

    def _in_zone(self, time: re.Match[str]) -> str:
        at = datetime.fromisoformat(time[1] + (time[2] or "")).replace(tzinfo=UTC).astimezone(self._zone)
        return f"{at:{'%Y-%m-%d %H:%M:%S' if time[2] else '%Y-%m-%d %H:%M'}} {self._zone}"

    def _columns(self) -> int:
        """The width of the terminal, read each time since it can change; elsewhere a line is never broken."""
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except (OSError, ValueError):
            return 1_000_000
        return columns if columns >= NARROWEST else 1_000_000
