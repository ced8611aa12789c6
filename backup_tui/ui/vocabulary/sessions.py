"""What is said about a restore session: counts for a cell, and sentences for the lines about a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from backup_tui.models.services import Service
from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.restore.errors_of_units import explain
from backup_tui.store.progress import Movement, Progress, progress
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.summary import failed_causes
from backup_tui.ui.vocabulary.names import service_label, units_words
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import ago_words, clock_words


def status_cell(row: SessionRow) -> Cell:
    """Mark and word of a session's status; a session that the service no longer has is `gone`."""
    if row.gone:
        return Cell("- gone", "dim")
    state = row.state
    return Cell(f"{state.mark} {state.word}", state.tone.value)


def where_cell(row: SessionRow) -> Cell:
    """`in place`, `new`, or `?` while nothing tells where it goes."""
    return Cell(row.destination.word if row.destination else "?", "" if row.destination else "dim")


def counts_words(row: SessionRow, width: int) -> str:
    """Counts of a session within `width` cells; how many failed is never cut.

    `12 units` for a draft, `112 ok 6 failed of 180` while it runs, `48 ok 2 failed` afterwards. How long it took is not
    said here: the list knows when a session was made, not when it was started.
    """
    total, ok, failed = row.total, row.completed, row.failed
    if row.state.value.lower() == "draft":
        return "not told" if total is None else f"{total:,} unit{'' if total == 1 else 's'}"
    if total is None and ok is None and failed is None:
        return "not told"
    parts: list[str] = []
    if ok or not failed:
        parts.append(f"{ok or 0:,} ok")
    if failed:
        parts.append(f"{failed:,} failed")
    ends: list[str] = []
    if not row.state.terminal and total is not None:
        ends = [f"of {total:,}"]
        if not row.finished:
            parts = ["0"]
    for words in (" ".join([*parts, *ends]), " ".join(parts)):
        if width_of(words) <= width:
            return words
    return parts[-1]


def movement_sentences(state: Progress, now: datetime, zone: tzinfo) -> list[str]:
    """Whether a running restore moves, how fast, and how long it may take; nothing of it is invented."""
    lines: list[str] = []
    if state.last_finished is not None:
        when = clock_words(state.last_finished, zone, now)
        words = f"Last unit finished {when}, {ago_words(now - state.last_finished)}"
        if state.longest_gap is not None:
            words += f"; longest gap so far {span_words(state.longest_gap)}"
        lines.append(f"{words}: {'slow' if state.movement is Movement.SLOW else 'moving'}.")
    if state.movement is Movement.SLOW and state.reason:
        lines.append(f"Slow: {state.reason}.")
    if state.movement is Movement.EARLY and state.reason:
        lines.append(f"{state.reason[0].upper()}{state.reason[1:]}.")
    if state.movement is Movement.MOVING:
        hour = f"{state.finished_last_hour:,} finished in the last hour; " if state.finished_last_hour else ""
        if state.remaining is not None:
            words = state.remaining.words
            about = words if words.startswith("under ") else f"about {words}"
            lines.append(f"{hour}{state.unfinished:,} left: {about} if that stays so.")
        elif state.unfinished:
            lines.append(f"{hour}{state.unfinished:,} left; {state.reason or 'how long cannot be said'}.")
    return lines


def causes_words(causes: Sequence[tuple[str, int]], service: Service | None, failed: int | None = None) -> str:
    """`4 cannot be restored, 2 not found`; empty when no cause was read.

    Args:
        causes: Failed units by the service's error code.
        service: Whose units.
        failed: How many failed in all; those whose cause was not read yet are named as such.
    """
    words = [f"{count:,} {explain(code, service).cause}" for code, count in causes]
    missing = (failed or 0) - sum(count for _code, count in causes)
    if words and missing > 0:
        words.append(f"{missing:,} not read yet")
    return ", ".join(words)


def about_session(store: Store, row: SessionRow, now: datetime, zone: tzinfo, *, unclear: bool = False) -> list[str]:
    """The lines about one session, the whole id first; what the list could not say.

    Args:
        store: Where its units and times are.
        row: The session.
        now: The service's time.
        zone: In which times are shown.
        unclear: A change of it was sent and got no answer.
    """
    said = f'the service says "{row.status}"' if row.status else "the service gives no status"
    lines = [f"{service_label(row.service)} {row.id}   {said}"]
    who: list[str] = []
    if row.created:
        who.append(f"made {clock_words(row.created, zone, now)}" + (f" by {row.created_by}" if row.created_by else ""))
    if row.modified and row.modified != row.created and not row.completed_at:
        by = f" by {row.modified_by}" if row.modified_by else ""
        who.append(f"last change {clock_words(row.modified, zone, now)}{by}")
    if row.completed_at:
        who.append(f"ended {clock_words(row.completed_at, zone, now)}, {ago_words(now - row.completed_at)}")
    if who:
        words = ", ".join(who)
        lines.append(f"{words[0].upper()}{words[1:]}.")
    if row.gone:
        lines.append("The service no longer has it. This is the last that was known of it here.")
        return lines
    if unclear:
        lines.append("A change of it was sent and got no answer; it may have happened. It is in 5 Activity.")
    state = progress(store, row.id, now)
    if row.running and state is not None:
        lines += movement_sentences(state, now, zone)
    if row.state.value.lower() == "draft" and not unclear:
        lines.append("Nothing is restored by a draft. A opens the review; only its phrase starts the restore.")
    if row.failed:
        causes = causes_words(failed_causes(store.artifacts(row.id).values()), row.service, row.failed)
        lines.append(
            f"Failed: {causes}. f makes a new restore of them, by cause."
            if causes
            else f"{units_words(row.service, row.failed)} failed; enter shows which, and why."
        )
    if state is not None and state.disagreement:
        lines.append(f"Note: {state.disagreement}.")
    if row.went_back:
        lines.append(f"Note: {row.went_back}.")
    return lines


def title_of(row: SessionRow) -> str:
    """`OneDrive 61633878`, the name of a session in messages."""
    return f"{service_label(row.service)} {short_id(row.id)}"
