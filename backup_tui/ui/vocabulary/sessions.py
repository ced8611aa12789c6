"""Texts about a restore session: its cells, and the sentences of its detail block. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.plans.event_words import took_words
from backup_tui.restore.errors_of_units import explain
from backup_tui.store.progress import Movement, Progress, own_start, progress, started_at
from backup_tui.store.retries import Retry
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.summary import failed_causes
from backup_tui.ui.vocabulary.names import held_words, person_short, service_label
from backup_tui.ui.widgets.cells import LONGEST, width_of
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import ago_words, clock_words


def title_of(row: SessionRow) -> str:
    """`OneDrive 61633878`."""
    return f"{service_label(row.service)} {short_id(row.id)}"


def sentence(words: str) -> str:
    """Words as a sentence of their own; nothing stays nothing."""
    return f"{words[0].upper()}{words[1:].rstrip('.')}." if words else ""


# -- cells ---------------------------------------------------------------------------------------------------


def status_cell(row: SessionRow) -> Cell:
    """The mark of a session's state and the worst news as its word: `» 6 failed`; `gone` where the service has none."""
    if row.gone:
        return Cell("- gone", "dim")
    state = row.state
    counted = row.failed and (row.running or state.value == "completedWithError")
    return Cell(f"{state.mark} {f'{row.failed:,} failed' if counted else state.word}", state.tone.value)


def where_cell(row: SessionRow) -> Cell:
    """`IN PLACE`, `new`, or `unknown` until its units or the journal tell."""
    if row.destination is Destination.IN_PLACE:
        return Cell("IN PLACE", "bad")
    return Cell("new" if row.destination else "unknown")


def done_words(row: SessionRow) -> str:
    """`118/180` finished units, for a draft how many it holds; `?` for what was not reported."""
    total = "?" if row.total is None else f"{row.total:,}"
    if row.state.value == "draft":
        return total
    return f"{'?' if row.finished is None else f'{row.finished:,}'}/{total}"


def counts_words(row: SessionRow, width: int = LONGEST) -> str:
    """`174 restored, 6 failed`, for a draft `12 mailboxes`; empty when no counts were reported. `width`: cells there
    are; how many failed is never cut."""
    if row.state.value == "draft":
        return "" if row.total is None else held_words(row, row.total)
    if row.finished is None:
        return "all failed" if row.state.value == "failed" else ""
    failed = f"{row.failed:,} failed" if row.failed else ""
    words = ", ".join(filter(None, (f"{row.completed or 0:,} restored", failed)))
    return words if width_of(words) <= width else failed


# -- sentences -----------------------------------------------------------------------------------------------


def people_words(store: Store, row: SessionRow, zone: tzinfo, now: datetime, *, times: bool = True) -> str:
    """`drafted by ryan, started by adele 01:58`: who did what as far as it was reported, the last of it with its time.
    `times`: whether the last of them says when."""
    said = [(_by("drafted", row.created_by), row.created)] if row.created_by or row.created else []
    begun, line = started_at(store, row), own_start(store, row)
    if row.state.value == "draft":
        if row.modified is not None and row.modified != row.created:
            said.append((_by("changed", row.modified_by), row.modified))
    elif begun is not None or row.running:
        # The journal knows who started it; the service only reports who changed it last.
        by_log = ""
        who = (row.modified_by if row.running else "") or (_called(line.user, row.created_by) if line else "")
        if not who and store.details.activity:
            from backup_tui.protection.activity_log import story_of  # late: the first frame has no log

            if (story := story_of(store.details.activity.values(), row.id)) is not None and story.started_by:
                who, begun, by_log = story.started_by, story.at or begun, " (log)"
        said += [(_by("started", who) + by_log, begun)] if who or (begun and times) else []
    words = [act for act, _at in said]
    if times and said and (at := said[-1][1]) is not None:
        words[-1] += f" {clock_words(at, zone, now)}"
    return ", ".join(words)


def _by(act: str, who: str) -> str:
    return f"{act} by {person_short(who)}" if who else act


def _called(user: str, name: str) -> str:
    """The name that the service gives of this user, where it is the same person's; else the address as it is."""
    return name if name.casefold().replace(" ", ".") == user.partition("@")[0].casefold() else user


def causes_words(causes: Sequence[tuple[str, int]], service: Service | None, failed: int | None = None) -> str:
    """`4 cannot be restored, 2 not found`; empty when no cause was read. `causes`: failed units by the service's error
    code. `failed`: how many failed in all; those whose cause was not read yet are named as such."""
    counts: Counter[str] = Counter()
    for code, count in causes:
        counts[explain(code, service).cause] += count
    words = [f"{count:,} {cause}" for cause, count in counts.items()]
    missing = (failed or 0) - sum(count for _code, count in causes)
    if words and missing > 0:
        words.append(f"{missing:,} not read yet")
    return ", ".join(words)


def retries_words(retries: Sequence[Retry]) -> str:
    """`8 retried in 9f3c11aa: completed, 4 in 3b10c2de: running`, the newest first; empty without any."""
    said = ", ".join(f"{len(one.units):,} in {one.words}" for one in reversed(retries))
    return said.replace(" in ", " retried in ", 1)


def movement_words(state: Progress, zone: tzinfo, now: datetime, *, short: bool = False, pause: bool = True) -> str:
    """`Last unit finished 03:52, 10 min ago; longest pause 14 min: moving.`; nothing of it is invented."""
    if state.movement in (Movement.EARLY, Movement.SLOW):
        return f"{'too early' if state.movement is Movement.EARLY else 'slow'}: {state.reason}"
    if state.last_finished is None or state.movement is not Movement.MOVING:
        return state.reason
    when, ago = clock_words(state.last_finished, zone, now), ago_words(now - state.last_finished)
    words = f"Last one {when}" if short else f"Last unit finished {when}, {ago}"
    if pause and state.longest_gap is not None:
        words += f"{',' if short else ';'} longest pause {span_words(state.longest_gap)}"
    return f"{words}: moving."


def left_words(state: Progress) -> str:
    """`1 to 2 h at this pace.`, or why that cannot be said; empty unless it moves."""
    if state.movement is not Movement.MOVING or not state.unfinished:
        return ""
    return f"{state.remaining.words} at this pace." if state.remaining else sentence(state.reason)


def about_session(
    store: Store, row: SessionRow, now: datetime, zone: tzinfo, *, unclear: bool = False, whole: bool = False
) -> list[Section | str]:
    """The detail block of a session: its name and people, then what the list could not say, the worst first.

    Args:
        store: Where its units and times are.
        unclear: A change of it was sent and got no answer.
        whole: There is room for all times, the id and the service's own word.
    """
    state = progress(store, row.id, now)
    people = people_words(store, row, zone, now)
    lines: list[str] = []
    if row.gone:
        lines.append("The service no longer has it. This is the last that was known of it here.")
    elif unclear:
        lines.append("A change of it was sent and got no answer; it may have happened. It is in 5 Activity.")
    elif row.state.value == "draft":
        lines.append(f"{sentence(counts_words(row))} Nothing is restored by a draft.".strip())
        lines.append("A opens the review; only its phrase starts the restore.")
    else:
        lines.append(_outcome(store, row, state))
    if row.running and state is not None and not row.gone:
        lines.append(sentence(movement_words(state, zone, now)))
        if whole:
            hour = state.finished_last_hour
            lines += [sentence(f"{hour:,} finished in the last hour" if hour else ""), sentence(left_words(state))]
    if row.completed_at is not None:
        begun = started_at(store, row)
        took = f", after {span_words(row.completed_at - begun)}" if begun and begun <= row.completed_at else ""
        ended = f"{clock_words(row.completed_at, zone, now)}, {ago_words(now - row.completed_at)}{took}"
        lines.append(f"Ended {ended}.")
    lines += [f"Note: {note}." for note in (state.disagreement if state else "", row.went_back) if note]
    if whole:
        from backup_tui.restore.points.moments import show_range  # late, as above

        points = [one.point_time for one in store.artifacts(row.id).values() if one.point_time]
        facts = (
            ("Points", show_range(points, now)),
            ("Created", f"{clock_words(row.created, zone, now)} {row.created_by}" if row.created else row.created_by),
            ("Changed", f"{clock_words(row.modified, zone, now)} {row.modified_by}" if row.modified else ""),
            ("Status", f"{row.status}, the service's word" if row.status else "not reported"),
            ("Id", row.id),
        )
        lines = ["", *filter(None, lines), "", *(f"{name}: {value.strip()}" for name, value in facts if value)]
    last = people.rpartition(", ")[2]
    return [Section(title_of(row), right=people, shorter=(last,)), *lines]


def _outcome(store: Store, row: SessionRow, state: Progress | None) -> str:
    """`112 restored, 6 failed: 4 cannot be restored, 2 not found. 62 left.`"""
    words = counts_words(row) or "no counts reported"
    causes = causes_words(failed_causes(store.artifacts(row.id).values()), row.service, row.failed)
    if row.failed:
        words += f": {causes}" if causes else "; enter shows which, and why"
    left = f" {state.unfinished:,} left." if state is not None and state.unfinished and row.running else ""
    return f"{sentence(words)}{left}"


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
