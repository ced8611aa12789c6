"""All known restore sessions, one row per id, whichever list it came from.

Which answer counts: the one with the newer `lastModifiedDateTime`; if equal, the one requested later (the service
changes the counts without the time). An answer requested before a change of ours was answered is outdated and
dropped."""

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import session_status
from backup_tui.store.rows import SessionRow, session_row

LOOKS_UNTIL_GONE = 2  # a session that is missing once may be a page that moved; twice it is gone

LOOK_SPACING = 2.0  # seconds between two looks that count as two

TRUST_AFTER_CHANGE = 30.0  # seconds for which our own successful change outweighs a list that does not show it yet

SAMPLES = 240  # how many moves of one session's finished count are remembered

_ORDER = {"draft": 0, "activating": 1, "active": 2}


class _Note(Struct):
    asked_at: float
    missing: int = 0
    missed_at: float = float("-inf")
    peak_completed: int = 0
    peak_failed: int = 0
    samples: deque[tuple[datetime, int]] = field(default_factory=lambda: deque(maxlen=SAMPLES))


class SeenMove(Struct, frozen=True):
    """A session changed at the service, and not by us."""

    session_id: str
    words: str


def _stage(status: str) -> int:
    known = session_status(status)
    return 3 if known.terminal else _ORDER.get(status.lower(), -1)


def _goes_backwards(old: SessionRow, new: SessionRow, note: _Note) -> str:
    before, now = _stage(old.status), _stage(new.status)
    if before > now >= 0:
        return f"was {old.state.word}, now {new.state.word}"
    if new.completed is not None and new.completed < note.peak_completed:
        return f"{note.peak_completed:,} ok before, {new.completed:,} now"
    if new.failed is not None and new.failed < note.peak_failed:
        return f"{note.peak_failed:,} failed before, {new.failed:,} now"
    if old.went_back.startswith("was ") and before == now < 3:
        return old.went_back
    return ""


class SessionCollection:
    """Rows of sessions and what decides between two answers about one."""

    def __init__(self) -> None:
        self.rows: dict[str, SessionRow] = {}
        self._notes: dict[str, _Note] = {}
        self._changed_by_us: dict[str, float] = {}
        self._destinations: dict[str, Destination] = {}
        self.seen: list[SeenMove] = []
        """Moves that were not ours, since `take_seen` was called last."""

    def take(
        self,
        session: RestoreSession,
        *,
        asked_at: float,
        answered_at: datetime | None,
        service: Service | None = None,
        destination: Destination | None = None,
    ) -> bool:
        if asked_at < self._changed_by_us.get(session.id, float("-inf")):
            return False
        if destination is not None:
            self._destinations[session.id] = destination
        old, note = self.rows.get(session.id), self._notes.get(session.id)
        if old is None or note is None:
            note = self._notes[session.id] = _Note(asked_at)
            row = session_row(session, service, self._destinations.get(session.id))
            self.rows[session.id] = row
            self._remember(row, note, answered_at)
            return True
        if self._is_older(session, asked_at, old, note):
            return False
        note.asked_at = max(note.asked_at, asked_at)
        note.missing = 0
        row = session_row(session, service or old.service, self._destinations.get(session.id, old.destination))
        moved = answered_at if row.finished != old.finished and answered_at else old.moved
        row = replace(row, moved=moved, went_back=_goes_backwards(old, row, note))
        if row.finished != old.finished:
            self._remember(row, note, answered_at)
        if row == old:
            return False
        self._note_move(old, row)
        self.rows[session.id] = row
        return True

    @staticmethod
    def _is_older(session: RestoreSession, asked_at: float, old: SessionRow, note: _Note) -> bool:
        modified = session.last_modified_date_time
        if modified is not None and old.modified is not None and modified != old.modified:
            return modified < old.modified
        return asked_at < note.asked_at

    @staticmethod
    def _remember(row: SessionRow, note: _Note, answered_at: datetime | None) -> None:
        note.peak_completed = max(note.peak_completed, row.completed or 0)
        note.peak_failed = max(note.peak_failed, row.failed or 0)
        if answered_at is not None and row.finished is not None:
            note.samples.append((answered_at, row.finished))

    def _note_move(self, old: SessionRow, new: SessionRow) -> None:
        ours = new.id in self._changed_by_us
        if old.status == new.status and old.gone == new.gone:
            return
        if old.status.lower() == "draft" and new.state.moving and not ours:
            self.seen.append(SeenMove(new.id, f"started by {new.modified_by}" if new.modified_by else "started"))
        elif new.state.terminal and not old.state.terminal:
            self.seen.append(SeenMove(new.id, f"ended: {new.state.word}"))
        elif new.gone and not old.gone and not ours:
            self.seen.append(SeenMove(new.id, "no longer at the service"))

    def take_seen(self) -> tuple[SeenMove, ...]:
        seen = tuple(self.seen)
        self.seen.clear()
        return seen

    def miss_all_but(self, present: Iterable[str], *, asked_at: float) -> list[str]:
        """Counts a complete list as a read of everything that is not in it; returns the ids that are now gone."""
        there = frozenset(present)
        absent = [row.id for row in self.rows.values() if row.id not in there and not row.gone]
        return [session_id for session_id in absent if self.miss(session_id, asked_at=asked_at)]

    def miss(self, session_id: str, *, asked_at: float) -> bool:
        """Counts one read that did not find the session; returns whether it is now gone."""
        old, note = self.rows.get(session_id), self._notes.get(session_id)
        if old is None or note is None or old.gone or asked_at < note.asked_at:
            return False
        if asked_at < self._changed_by_us.get(session_id, float("-inf")) + TRUST_AFTER_CHANGE:
            return False
        if asked_at - note.missed_at < LOOK_SPACING:
            return False
        note.missing += 1
        note.missed_at = asked_at
        return note.missing >= LOOKS_UNTIL_GONE and self._set_gone(old)

    def gone(self, session_id: str, *, at: float | None) -> bool:
        if at is not None:
            self._changed_by_us[session_id] = at
        old = self.rows.get(session_id)
        return old is not None and not old.gone and self._set_gone(old)

    def _set_gone(self, old: SessionRow) -> bool:
        row = replace(old, gone=True)
        self._note_move(old, row)
        self.rows[old.id] = row
        return True

    def mutated(self, session_id: str, at: float) -> None:
        """From now on answers that were asked for before `at` are dropped."""
        self._changed_by_us[session_id] = max(at, self._changed_by_us.get(session_id, at))

    def changed_by_us_at(self, session_id: str) -> float | None:
        return self._changed_by_us.get(session_id)

    @property
    def last_change_by_us(self) -> float | None:
        return max(self._changed_by_us.values(), default=None)

    def destinations(self, known: Mapping[str, Destination]) -> list[str]:
        """Takes in where sessions go; returns the ids of rows that differ."""
        differing = []
        for session_id, destination in known.items():
            self._destinations[session_id] = destination
            row = self.rows.get(session_id)
            if row is not None and row.destination is not destination:
                self.rows[session_id] = replace(row, destination=destination)
                differing.append(session_id)
        return differing

    def samples(self, session_id: str) -> tuple[tuple[datetime, int], ...]:
        note = self._notes.get(session_id)
        return tuple(note.samples) if note else ()
