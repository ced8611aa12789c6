"""Texts about the end of a restore: its figures, and which of the running ones have just ended. Pure."""

from __future__ import annotations

from typing import NamedTuple

from backup_tui.models.times import span_words
from backup_tui.store.progress import started_at
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.ui.vocabulary.sessions import counts_words, title_of


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
    """The line above the units of a restore that has ended."""
    well = not row.failed and row.state.value == "completed"
    of = f" of {row.total:,}" if row.failed and row.total is not None else ""
    took = took_words(store, row)
    parts = (f"{'✓' if well else '✗'} FINISHED", f"{counts_words(row)}{of}", took and f"in {took}")
    return Ending(tuple(filter(None, parts)), well)


def finished_words(store: Store, row: SessionRow) -> str:
    """`OneDrive 61633878 finished: 174 restored, 6 failed, in 3 h 23.`"""
    took = took_words(store, row)
    facts = ", ".join(filter(None, (counts_words(row), took and f"in {took}")))
    return f"{title_of(row)} finished{facts and f': {facts}'}."


def took_words(store: Store, row: SessionRow) -> str:
    """`48 min`, `3 h 23`, `3 d 4 h`; empty when its begin or its end is not known."""
    begun = started_at(store, row)
    if begun is None or row.completed_at is None or begun > row.completed_at:
        return ""
    return span_words(row.completed_at - begun)
