"""Restore points: computed from a unit and a time, never stored.

Every point is on a ten-minute mark in UTC. Mailboxes have one for each mark of a whole year; drives and sites for two
weeks, and one a week before that. The newest is ten to twenty minutes old. Some of the points of drives and sites are
express points, which carry the tag ``fastRestore``.
"""

import base64
import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from backup_tui.simulator.domain.identifiers import number, seconds_of
from backup_tui.simulator.domain.tenant import DAY, HOUR, Tenant, Unit
from backup_tui.simulator.http.errors import Refusal

MARK = 600
WEEK = 7 * DAY
YEAR = 365 * DAY
_LATENCY = 600
_SATURDAY_EVENING = 2 * DAY + 18 * HOUR  # 1 January 1970 was a Thursday
_ID = re.compile(r"([A-Za-z0-9+/=]+)_(\d{9,10})_(\d+)_1")


class Point(Struct, frozen=True):
    """One restore point."""

    unit: Unit  # the unit it is of
    moment: int
    express: bool  # whether it carries the tag ``fastRestore``

    @property
    def id(self) -> str:
        return point_id(self.unit, self.moment)

    @property
    def expires(self) -> int:
        return self.moment + YEAR


class _Series(Struct, frozen=True):
    """Marks from ``first`` to ``last`` whose remainder by ``step`` is ``offset``."""

    first: float
    last: float
    step: int
    offset: int

    def newest(self) -> int:
        return int((self.last - self.offset) // self.step) * self.step + self.offset

    def oldest(self) -> int:
        return -int((self.offset - self.first) // self.step) * self.step + self.offset

    def clipped(self, first: float, last: float) -> "_Series":
        return _Series(max(self.first, first), min(self.last, last), self.step, self.offset)


def _grid(unit: Unit, now: float, express: bool) -> list[_Series]:
    """Return the marks of a unit as if it had always been protected, newest series first."""
    newest, oldest = now - _LATENCY, now - YEAR
    if not unit.workload.has_express:
        return [] if express else [_Series(oldest, newest, MARK, 0)]
    draw = number(unit.id)
    weekly = (_SATURDAY_EVENING + draw % 216 * MARK) % WEEK
    minute = draw // 216 % 6 * MARK if unit.sparse is None else unit.sparse * 60
    two_weeks = now - 2 * WEEK
    if express:
        six_hourly = draw // 1296 % 6 * HOUR + minute
        return [
            _Series(two_weeks, newest, 6 * HOUR, six_hourly),
            _Series(oldest, two_weeks - 1, 2 * WEEK, weekly + draw // 7776 % 2 * WEEK),
        ]
    fresh = _Series(two_weeks, newest, MARK, 0)
    if unit.sparse is not None:
        fresh = _Series(two_weeks, newest, HOUR, minute)
    return [fresh, _Series(oldest, two_weeks - 1, WEEK, weekly)]


def _series(unit: Unit, now: float, first: float, last: float, express: bool) -> Iterator[_Series]:
    """Yield the series in which a unit has points between two moments, newest first."""
    spans = unit.spans()
    for grid in _grid(unit, now, express):
        for began, ended in spans:
            part = grid.clipped(max(first, began), last if ended is None else min(last, ended))
            if part.first <= part.newest():
                yield part


def newest_first(unit: Unit, now: float, first: float, last: float, *, express: bool = False) -> Iterator[Point]:
    """Yield the points of a unit between two moments (both included), newest first."""
    for series in _series(unit, now, first, last, express):
        mark = series.newest()
        while mark >= series.first:
            yield Point(unit, mark, express or _is_express(unit, now, mark))
            mark -= series.step


def oldest_first(unit: Unit, now: float, first: float, last: float, *, express: bool = False) -> Iterator[Point]:
    """Yield the points of a unit between two moments (both included), oldest first; arguments as above."""
    for series in reversed(list(_series(unit, now, first, last, express))):
        mark = series.oldest()
        while mark <= series.last:
            yield Point(unit, mark, express or _is_express(unit, now, mark))
            mark += series.step


def _is_express(unit: Unit, now: float, mark: int) -> bool:
    return next(_series(unit, now, mark, mark, True), None) is not None


def point_id(unit: Unit, moment: int) -> str:
    """Return the opaque id of a unit's point; it looks like the ones in the service's own examples."""
    inner = base64.b64encode(f"{unit.id}_1".encode()).decode()
    return base64.b64encode(f"{inner}_{moment}_{unit.workload.point_code}_1".encode()).decode()


def find_point(tenant: Tenant, identifier: str, now: float) -> Point | None:
    """Return the point with this id, or None when the id is malformed or there is (now) no such point."""
    try:
        outer = base64.b64decode(identifier, validate=True).decode("ascii")
        match = _ID.fullmatch(outer)
        if match is None:
            return None
        inner = base64.b64decode(match[1], validate=True).decode("ascii")
    except ValueError:  # of base64 and of texts alike
        return None
    unit = tenant.by_id.get(inner.removesuffix("_1"))
    if unit is None or int(match[3]) != unit.workload.point_code or not inner.endswith("_1"):
        return None
    moment = int(match[2])
    return next(newest_first(unit, now, moment, moment), None)


def read_moment(value: object, refuse: Callable[[str], Refusal]) -> float:
    """Read a date and time of a request."""
    try:
        return seconds_of(str(value))
    except (ValueError, OverflowError):
        raise refuse(f"{value!r} is not a date and time.") from None


def read_period(period: object, refuse: Callable[[str], Refusal]) -> tuple[float, float]:
    """Read a ``timePeriod`` of a request, one end of which may be left out."""
    if not isinstance(period, dict) or not (period.get("startDateTime") or period.get("endDateTime")):
        raise refuse("protectionTimePeriod is required.")
    start, end = period.get("startDateTime"), period.get("endDateTime")
    first = read_moment(start, refuse) if start else 0.0
    last = read_moment(end, refuse) if end else float(1 << 40)
    if first > last:
        raise refuse("protectionTimePeriod starts after its end.")
    return first, last
