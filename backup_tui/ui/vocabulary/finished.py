"""What is said when a restore ends: its figures, and for whom of the running ones that is new. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.updates import JournalLine
from backup_tui.ui.vocabulary.names import service_label


class Finishes:
    """Remembers what was running, so that each end is news once."""

    def __init__(self) -> None:
        self._running: frozenset[str] = frozenset()

    def news(self, store: Store) -> tuple[str, ...]:
        """A sentence for each restore that was running when this was asked before, and has ended."""
        before = self._running
        self._running = frozenset(row.id for row in store.sessions.values() if row.running)
        rows = (store.sessions.get(session_id) for session_id in sorted(before - self._running))
        return tuple(finished_words(store, row) for row in rows if row is not None and has_ended(row))


class Ending(NamedTuple):
    """The line about an end in parts (`✗ FINISHED`, `174 restored, 6 failed of 180`, `in 3 h 23`), and whether well."""

    parts: tuple[str, ...]
    well: bool


def has_ended(row: SessionRow) -> bool:
    """Whether the restore ran and has come to its end."""
    return row.state.terminal and not row.gone


def ending(store: Store, row: SessionRow) -> Ending:
    """The line that stands above the units of a restore that has ended."""
    well = not row.failed and row.state.value == "completed"
    mark = "✓" if well else "✗"
    counts = counts_words(row)
    if counts and row.failed and row.total is not None:
        counts += f" of {row.total:,}"
    took = took_words(store, row)
    return Ending(tuple(filter(None, (f"{mark} FINISHED", counts, took and f"in {took}"))), well)


def finished_words(store: Store, row: SessionRow) -> str:
    """`OneDrive 61633878 finished: 174 restored, 6 failed, in 3 h 23.`"""
    took = took_words(store, row)
    facts = ", ".join(filter(None, (counts_words(row), took and f"in {took}")))
    named = f"{service_label(row.service)} {short_id(row.id)} finished"
    return f"{named}: {facts}." if facts else f"{named}."


def counts_words(row: SessionRow) -> str:
    """`174 restored, 6 failed`; empty when the service told neither."""
    if row.finished is None:
        return "all failed" if row.state.value == "failed" else ""
    failed = f", {row.failed:,} failed" if row.failed else ""
    return f"{row.completed or 0:,} restored{failed}"


def took_words(store: Store, row: SessionRow) -> str:
    """`48 min`, `3 h 23`, `3 d 4 h`; empty when its begin or its end is not known."""
    begun = started_at(store, row)
    if begun is None or row.completed_at is None or begun > row.completed_at:
        return ""
    return span_words(row.completed_at - begun)


def started_at(store: Store, row: SessionRow) -> datetime | None:
    """When it began: by the journal, else when its first unit did. The last change is no start, counts move it too."""
    line = own_start(store, row)
    if line is not None:
        return line.at
    begun = [one.started for one in store.artifacts(row.id).values() if one.started is not None]
    return min(begun, default=None)


def own_start(store: Store, row: SessionRow) -> JournalLine | None:
    """The entry of the journal with which it was started from here."""
    return next(
        (
            line
            for line in store.intents
            if line.kind == "activate" and line.target == row.id and line.state in ("done", "resolvedDone")
        ),
        None,
    )
