"""Which sessions a hand-over is about when nobody names them."""

from __future__ import annotations

from datetime import datetime, timedelta

from backup_tui.journal.journal import Journal
from backup_tui.models.statuses import Action
from backup_tui.store.store import Store

JUST_ENDED = timedelta(days=1)
"""A restore that ended with failures within this time still concerns the next shift."""

RECENT = timedelta(days=31)
"""A draft that was made from here within this time may concern a colleague."""


def current_sessions(store: Store, now: datetime) -> list[str]:
    """What runs, what failed within a day, and open drafts: in the order in which a person needs them."""
    rows = [
        row
        for row in store.sessions.values()
        if not row.gone
        and (
            row.running
            or row.state.allows(Action.EDIT)
            or (row.failed and row.completed_at is not None and now - row.completed_at <= JUST_ENDED)
        )
    ]
    oldest = datetime.min.replace(tzinfo=now.tzinfo)
    rows.sort(key=lambda row: row.created or oldest, reverse=True)
    return [row.id for row in sorted(rows, key=lambda row: row.state.rank)]


async def recent_sessions(journal: Journal, now: datetime) -> tuple[str, ...]:
    """Sessions about which something was sent from here lately, newest first. Raises `JournalError`: it cannot be
    read."""
    known = set(await journal.kept_under("draft:"))
    entries = [intent for intent in await journal.intents() if now - intent.at <= RECENT]
    ids = [one for intent in entries for one in (intent.session_id, intent.target) if one in known]
    return tuple(dict.fromkeys(str(one) for one in ids))
