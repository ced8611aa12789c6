"""Reads of lists, for the tests of the store."""

from __future__ import annotations

from store_builders import NOW

from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up


def sessions_read(*items: object, asked_at: float = 1.0, complete: bool = True, **extra: object) -> up.ListRead:
    return up.ListRead(fresh.SESSIONS, items, asked_at, complete, NOW, **extra)  # type: ignore[arg-type]


# -- compare, then tell --------------------------------------------------------------------------------------
