"""How far a restore is: what is known, what was measured, and in words what is unknown."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct

from backup_tui.models.granular import files_counted
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.models.times import span_words
from backup_tui.store import freshness as fresh
from backup_tui.store.pace import Remaining, first_result, remaining
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.store.store import Store
from backup_tui.store.updates import JournalLine

LONGEST_CALM = timedelta(minutes=30)  # a gap between two finished units up to this is never called a stall


class Movement(StrEnum):
    """Whether a restore moves."""

    DRAFT = "draft"
    EARLY = "early"
    MOVING = "moving"
    SLOW = "slow"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Progress(Struct, frozen=True):
    """How far a restore session is. Nothing in it is invented: what is unknown is `None` or said in `reason`. `total`,
    `completed`, `failed`, `in_progress`, `waiting`: units; `total` is `None` if it is unknown."""

    total: int | None
    completed: int
    failed: int
    in_progress: int
    waiting: int | None
    unfinished: int | None
    started: datetime | None
    last_finished: datetime | None  # when a unit last ended; with `exact` False, when the count was seen to move
    longest_gap: timedelta | None
    finished_last_hour: int | None  # units that ended within the last hour; `None` when it cannot be said
    remaining: Remaining | None
    movement: Movement
    reason: str  # why there is no remaining time, or why it counts as slow, in words; may be empty
    exact: bool  # units' own times were used, not the times at which counts were seen to move
    disagreement: str = ""  # counts of the session and its list of units differ, in words; empty when they agree
    times: tuple[datetime, ...] = ()  # when units ended, oldest first


def progress(store: Store, session_id: str, now: datetime) -> Progress | None:
    """How far a session is; `None` when it is unknown."""
    row = store.sessions.get(session_id)
    if row is None:
        return None
    artifacts = store.artifacts(session_id)
    complete = bool(artifacts) and store.freshness(fresh.artifacts_of(session_id)).complete
    completed, failed, in_progress = row.completed or 0, row.failed or 0, row.in_progress or 0
    total = row.total
    if complete:
        # The service counts what waits for its turn as in progress; the list tells the two apart.
        in_progress = min(in_progress, sum(one.state.value == "inProgress" for one in artifacts.values()))
        total = len(artifacts) if total is None else total
    if total is not None:
        total = max(total, completed + failed)
    started = min((one.started for one in artifacts.values() if one.started), default=None)
    times, exact = _finished_times(store, row, artifacts if complete else {})
    unfinished = None if total is None else total - completed - failed
    last = max(times, default=None)
    gap = longest_gap(times, started)
    movement, reason = _movement(row, total, started, last, gap, now, finished=completed + failed)
    left = unfinished or 0
    range_left = remaining(left, times, started, now) if movement is Movement.MOVING else None
    if movement is Movement.MOVING and range_left is None and left and not reason:
        reason = "too few finished to say how long"
    samples = store.finished_samples(session_id)
    watched_for_an_hour = bool(samples) and now - samples[0][0] >= timedelta(hours=1)
    covers = len(times) >= completed + failed or watched_for_an_hour
    observed = exact or (bool(times) and covers)
    return Progress(
        total=total,
        completed=completed,
        failed=failed,
        in_progress=in_progress,
        waiting=None if unfinished is None else max(0, unfinished - in_progress),
        unfinished=unfinished,
        started=started,
        last_finished=last,
        longest_gap=gap,
        finished_last_hour=sum(now - timedelta(hours=1) < moment <= now for moment in times) if observed else None,
        remaining=range_left,
        movement=movement,
        reason=reason,
        exact=exact,
        disagreement=_disagreement(row, artifacts) if complete and not row.gone else "",
        times=times,
    )


def _finished_times(
    store: Store, row: SessionRow, artifacts: Mapping[str, ArtifactRow]
) -> tuple[tuple[datetime, ...], bool]:
    """When units ended, oldest first: by the units' own times, and for later ones by the counts that moved."""
    own = sorted(one.completed for one in artifacts.values() if one.completed and one.state.terminal)
    read_at = store.freshness(fresh.artifacts_of(row.id)).answered_at if artifacts else None
    seen: list[datetime] = []
    for (_, before), (moment, after) in pairwise(store.finished_samples(row.id)):
        if read_at is None or moment > read_at:
            seen.extend([moment] * max(0, after - before))
    missing = max(0, (row.finished or 0) - len(own))
    times = tuple(sorted([*own, *seen[-missing:]])) if missing else tuple(own)
    return times, bool(artifacts) and missing == 0


def longest_gap(times: tuple[datetime, ...], started: datetime | None) -> timedelta | None:
    """The longest span in which nothing ended. `times`: oldest first; `started`: what the first one is measured from,
    if known."""
    marks = (started, *times) if started and times and started <= times[0] else times
    return max((after - before for before, after in pairwise(marks)), default=None)


def _movement(
    row: SessionRow,
    total: int | None,
    started: datetime | None,
    last: datetime | None,
    gap: timedelta | None,
    now: datetime,
    *,
    finished: int,
) -> tuple[Movement, str]:
    if row.state.value.lower() == "draft":
        return Movement.DRAFT, ""
    if row.state.terminal:
        return Movement.ENDED, ""
    if not row.state.moving:
        return Movement.UNKNOWN, f"the service calls it {row.status or 'nothing'}"
    if not finished:
        begin = started or row.modified or row.created
        usual = first_result(row.service, total or 1)
        spent = max(timedelta(0), now - begin) if begin else None
        if spent is not None and spent > usual:
            return Movement.SLOW, f"nothing finished in {span_words(spent)}; up to {_round(usual)} is normal"
        of = row.service.counted_in_short(total or 1) if row.service else counted(total or 1, "unit")
        of = files_counted(total or 1) if row.model.holds_files else of
        return Movement.EARLY, f"nothing in the first {_round(usual)} is normal for {of}"
    if last is not None:
        quiet = max(timedelta(0), now - last)
        if quiet > max(LONGEST_CALM, 2 * (gap or timedelta(0))):
            before = f"; longest pause before {span_words(gap)}" if gap else ""
            return Movement.SLOW, f"no unit finished for {span_words(quiet)}{before}"
    return Movement.MOVING, ""


def _round(span: timedelta) -> str:
    return span_words(span).removesuffix(" 00")


def _disagreement(row: SessionRow, artifacts: Mapping[str, ArtifactRow]) -> str:
    if row.total is not None and row.total != len(artifacts):
        return f"the session says {counted(row.total, 'unit')}, its list has {len(artifacts):,}"
    failed = sum(one.state.value == "failed" for one in artifacts.values())
    if row.state.terminal and row.failed is not None and row.failed != failed:
        return f"the session says {row.failed:,} failed, its list has {failed:,}"
    return ""


def started_at(store: Store, row: SessionRow) -> datetime | None:
    """When a session began: by the journal, else when its first unit did; `None` when neither is known.

    The last change of the session is not its start: counts move that, too.
    """
    if (line := own_start(store, row)) is not None:
        return line.at
    return min((one.started for one in store.artifacts(row.id).values() if one.started), default=None)


def own_start(store: Store, row: SessionRow) -> JournalLine | None:
    """The entry of the journal with which a session was started from here."""
    done = ("done", "resolvedDone")
    mine = (one for one in store.intents if one.kind == "activate" and one.target == row.id and one.state in done)
    return next(mine, None)


def usual_span(artifacts: Iterable[ArtifactRow], service: Service | None) -> timedelta:
    """How long a unit of a session usually takes: the median of those that succeeded in it, when five did; else what
    Microsoft gives for one unit."""
    spans = [
        (row.completed - row.started).total_seconds()
        for row in artifacts
        if row.completed and row.started and row.state.value == "succeeded" and row.completed >= row.started
    ]
    if len(spans) < 5:
        return first_result(service, 1)
    from statistics import median  # late: the first rows need none

    return timedelta(seconds=median(spans))


def long_ones(artifacts: Iterable[ArtifactRow], service: Service | None, now: datetime) -> frozenset[str]:
    """Ids of units that have been in progress for more than three times what is usual in this session, and for more
    than ten minutes."""
    rows = tuple(artifacts)
    limit = max(3 * usual_span(rows, service), timedelta(minutes=10))
    return frozenset(
        row.id for row in rows if row.state.value == "inProgress" and row.started and now - row.started > limit
    )
