"""Texts about the end of a restore: its figures, and whether it went well. Pure."""

from __future__ import annotations

from typing import NamedTuple

from backup_tui.plans.event_words import took_words
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.ui.vocabulary.sessions import counts_words


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
