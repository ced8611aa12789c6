"""What was requested from the service and what was seen there: a ring for reads, more room for changes."""

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.models.calls import CallRecord
from backup_tui.models.text import short_id

READS_KEPT = 2_000
CHANGES_KEPT = 10_000

ANSWERS_KEPT = 200
"""Reads whose answer is kept as well, of up to 4,000 characters each; those of changes stay as long as the changes."""


class SeenLine(Struct, frozen=True):
    """A change that was seen at the service and not made from here. `what`: `seen: 77ab3e90 started by ryan`."""

    id: str
    at: datetime
    session_id: str
    what: str


class Tally(Struct, frozen=True):
    """How much happened in a period."""

    reads: int
    changes: int
    waits: int


class CallLog(Mapping[str, CallRecord | SeenLine]):
    """Calls and seen changes by key, oldest first."""

    def __init__(self) -> None:
        self._lines: dict[str, CallRecord | SeenLine] = {}
        self._reads: deque[str] = deque()
        self._changes: deque[str] = deque()
        self._seen = 0

    def __getitem__(self, key: str) -> CallRecord | SeenLine:
        return self._lines[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, record: CallRecord) -> bool:
        """Takes a finished try in; returns whether it is new."""
        if self._lines.get(record.id) == record:
            return False
        known = record.id in self._lines
        self._lines[record.id] = record
        if not known:
            self._trim(self._changes if record.mutating else self._reads, record.id, mutating=record.mutating)
        return True

    def saw(self, session_id: str, words: str, at: datetime) -> str:
        """Writes down a change that was seen; returns its key."""
        self._seen += 1
        line = SeenLine(f"seen-{self._seen}", at, session_id, f"seen: {short_id(session_id)} {words}")
        self._lines[line.id] = line
        self._trim(self._changes, line.id, mutating=True)
        return line.id

    def _trim(self, ring: deque[str], key: str, *, mutating: bool) -> None:
        ring.append(key)
        if len(ring) > (CHANGES_KEPT if mutating else READS_KEPT):
            del self._lines[ring.popleft()]
        if not mutating and len(ring) > ANSWERS_KEPT:
            line = self._lines[ring[-ANSWERS_KEPT - 1]]
            if isinstance(line, CallRecord) and line.answer_body:
                self._lines[line.id] = replace(line, answer_body="", answer_let_go=True)

    def tally(self, since: datetime) -> Tally:
        """Reads, changes and asked-for waits that began at or after `since`."""
        reads = changes = waits = 0
        for key in reversed(self._lines):
            line = self._lines[key]
            if isinstance(line, SeenLine):
                continue
            if line.started < since:
                break
            if line.status == 429 or line.wait_until is not None:
                waits += 1
            elif line.mutating:
                changes += 1
            else:
                reads += 1
        return Tally(reads, changes, waits)
