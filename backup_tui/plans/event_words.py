"""What is said of the end of a restore, on the screens and to a person's own command. Pure.

Apart from `events`, which needs the journal and the plans: the first screen says these words before either is loaded.
"""

from backup_tui.models.text import safe, short_id
from backup_tui.models.times import span_words
from backup_tui.store.progress import started_at
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store


def session_title(row: SessionRow) -> str:
    """`OneDrive 61633878`."""
    return f"{row.service.label if row.service else '?'} {short_id(row.id)}"


def outcome_words(restored: int, failed: int) -> str:
    """`174 restored, 6 failed`; what did not happen is left out, but for an end with nothing at all."""
    words = [f"{restored:,} restored"] if restored or not failed else []
    return ", ".join([*words, *([f"{failed:,} failed"] if failed else [])])


def finished_words(store: Store, row: SessionRow) -> str:
    """`OneDrive 61633878 finished: 174 restored, 6 failed, in 3 h 23.`"""
    if row.finished is not None:
        counts = f"{row.completed or 0:,} restored{f', {row.failed:,} failed' if row.failed else ''}"
    else:
        counts = "all failed" if row.state.value == "failed" else ""
    took = took_words(store, row)
    facts = ", ".join(filter(None, (counts, took and f"in {took}")))
    return f"{safe(session_title(row))} finished{facts and f': {facts}'}."


def took_words(store: Store, row: SessionRow) -> str:
    """`48 min`, `3 h 23`, `3 d 4 h`; empty when its begin or its end is not known."""
    begun = started_at(store, row)
    if begun is None or row.completed_at is None or begun > row.completed_at:
        return ""
    return span_words(row.completed_at - begun)
