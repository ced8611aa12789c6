"""What the facts of a report add up to: counts, how long it took (RTO), how old the points were (RPO), pace. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

from msgspec import Struct

from backup_tui.evidence.facts import Report, UnitFacts

BUCKET = timedelta(minutes=5)  # width of one bar of the pace

NOT_NAMED = "not named"  # beginning of what a unit is called that neither the service nor the journal names

_WIDER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
_MOST_BUCKETS = 400


class Span(Struct, frozen=True, rename="camel"):
    """How long something took over several units, in whole seconds."""

    units: int  # how many were measured
    median_seconds: int
    longest_seconds: int
    slowest: str  # name of the unit that took the longest


class Cause(Struct, frozen=True, rename="camel"):
    """Units that failed for one reason, most frequent first."""

    code: str
    cause: str
    happened: str
    remedy: str
    action: str
    units: int
    names: tuple[str, ...]


class Summary(Struct, frozen=True, rename="camel"):
    """What the units add up to.

    A unit that is in several sessions counts once: as restored if it was restored in any of them. `restored`, `failed`:
    of them. `first_start`, `last_end`: of all sessions."""

    units: int  # how many different ones
    restored: int
    failed: int
    after_retry: int  # of the restored ones, those that had failed before
    unfinished: int  # restoring or waiting
    not_started: int  # in a draft, or not drafted yet, or not in their session
    unknown: int  # nothing is known of what became of them
    sessions: int
    express: int
    recovery: Span | None  # from the start to the end of each restored unit (RTO)
    from_start: Span | None  # from the start of its session to the end of each restored unit
    age: Span | None  # from the point to the time asked for, of every unit with a point (RPO)
    without_wanted: int  # units whose time asked for is unknown, so that their age is, too
    first_start: datetime | None
    last_end: datetime | None
    best: int  # most units that finished in `BUCKET`
    best_at: datetime | None  # the beginning of that time
    causes: tuple[Cause, ...]


class Bucket(Struct, frozen=True):
    """How many units ended in a while that begins at a time."""

    at: datetime
    restored: int
    failed: int


def summary(report: Report) -> Summary:
    """What a report adds up to."""
    by_unit: dict[str, list[UnitFacts]] = {}
    for unit in report.units:
        by_unit.setdefault(unit.unit_id or f"{unit.session_id}/{unit.point_id}", []).append(unit)
    drafts = {one.id for one in report.sessions if one.status.lower() == "draft"}
    outcomes = Counter(_outcome(rows, drafts) for rows in by_unit.values())
    retried = sum(any(row.restored for row in rows) and any(row.failed for row in rows) for rows in by_unit.values())
    started = {one.id: one.started_at for one in report.sessions}
    last = [_last(rows) for rows in by_unit.values()]
    best = max(finished_per(report.units, BUCKET), key=lambda one: one.restored + one.failed, default=None)
    return Summary(
        units=len(by_unit),
        restored=outcomes["restored"],
        failed=outcomes["failed"],
        after_retry=retried,
        unfinished=outcomes["unfinished"],
        not_started=outcomes["notStarted"],
        unknown=outcomes["unknown"],
        sessions=len(report.sessions),
        express=sum(unit.express for unit in last),
        recovery=_span((unit.name, unit.took) for unit in last if unit.restored),
        from_start=_span((unit.name, _since(unit, started.get(unit.session_id))) for unit in last if unit.restored),
        age=_span((unit.name, unit.gap) for unit in last),
        without_wanted=sum(unit.gap is None for unit in last),
        first_start=min((at for at in started.values() if at is not None), default=None),
        last_end=max((one.ended for one in report.units if one.ended), default=None),
        best=best.restored + best.failed if best else 0,
        best_at=best.at if best else None,
        causes=causes(last),
    )


def causes(units: Iterable[UnitFacts]) -> tuple[Cause, ...]:
    """The failed units by reason."""
    groups: dict[tuple[str, str, str], list[UnitFacts]] = {}
    for unit in units:
        if unit.failed:
            groups.setdefault((unit.code, unit.cause, unit.remedy), []).append(unit)
    found = [
        Cause(
            code,
            cause,
            members[0].happened,
            remedy,
            members[0].action,
            len(members),
            tuple(sorted((unit.name for unit in members), key=_named_first)),
        )
        for (code, cause, remedy), members in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.units, one.code)))


def finished_per(units: Iterable[UnitFacts], width: timedelta) -> list[Bucket]:
    """How many units ended in each while of `width`, from the first to the last; whiles with none are in it, too."""
    step = width.total_seconds()
    restored = Counter(int(unit.ended.timestamp() // step) for unit in units if unit.ended and unit.restored)
    failed = Counter(int(unit.ended.timestamp() // step) for unit in units if unit.ended and unit.failed)
    if not restored and not failed:
        return []
    numbers = [*restored, *failed]
    return [
        Bucket(datetime.fromtimestamp(number * step, UTC), restored[number], failed[number])
        for number in range(min(numbers), max(numbers) + 1)
    ]


def bucket_for(span: timedelta) -> timedelta:
    """The width of a bar: `BUCKET`, or wider where a picture would have too many bars."""
    return next((width for width in (BUCKET, *_WIDER) if span / width <= _MOST_BUCKETS), _WIDER[-1])


def _outcome(rows: Sequence[UnitFacts], drafts: set[str]) -> str:
    if any(row.restored for row in rows):
        return "restored"
    row = _last(rows)
    if row.failed:
        return "failed"
    if not row.status:
        return "unknown"
    if row.session_id in drafts or row.word.startswith("not "):
        return "notStarted"
    return "unfinished"


def _last(rows: Sequence[UnitFacts]) -> UnitFacts:
    """The row that counts for a unit: the one that restored it, else the latest."""
    return next((row for row in rows if row.restored), rows[-1])


def _since(unit: UnitFacts, start: datetime | None) -> timedelta | None:
    return unit.ended - start if unit.ended and start and unit.ended >= start else None


def _span(measured: Iterable[tuple[str, timedelta | None]]) -> Span | None:
    known = [(span, name) for name, span in measured if span is not None]
    if not known:
        return None
    longest, slowest = max(known)
    middle = median(span.total_seconds() for span, _ in known)
    return Span(len(known), round(middle), round(longest.total_seconds()), slowest)


def _named_first(name: str) -> tuple[bool, str]:
    return name.startswith(NOT_NAMED), name
