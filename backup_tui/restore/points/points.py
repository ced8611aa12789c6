"""Which restore point each unit would go back to: the newest at or before a time. Search:
https://learn.microsoft.com/graph/api/restorepoint-search, at most 20 units a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from backup_tui.changes.context import Context, OnProgress, Progress, each_of, unheard
from backup_tui.errors import InvalidRequest, UsageError
from backup_tui.models.points import PointSearch, RestorePoint
from backup_tui.models.services import Service
from backup_tui.restore.points.moments import KEPT_FOR, Moment, is_weekly
from backup_tui.store.rows import UnitRow

UNITS_PER_SEARCH = 20
"""Documented limit of one search."""

USUAL_GAP = timedelta(hours=1)
"""A larger gap between the wanted time and the point deserves a warning."""

WEEKLY_GAP = timedelta(days=8)
"""The same where points are a week apart."""

_UNIT_REFUSED = frozenset({"invalidprotectionunitid", "invalidsearchrequest", "protectionunitnotfound"})


class NamedUnit(Struct, frozen=True):
    """A unit as the search for points needs it, also where no list of units was read."""

    id: str
    service: Service
    address: str
    title: str = ""


UnitLike = UnitRow | NamedUnit


def unit_name(unit: UnitLike) -> str:
    """What a person knows the unit by: address, else its name, else its id."""
    return unit.address or unit.title or unit.id


class UnitPoint(Struct, frozen=True):
    """One unit and the point that it would go back to, `None` when there is none to use. Times are UTC: the one asked
    for (`wanted`; for this unit alone when `own`) and the point's. `refused`: why a point that was found is not used,
    or why the unit could not be asked for."""

    unit_id: str
    name: str
    service: Service
    wanted: datetime
    point_id: str | None = None
    time: datetime | None = None
    expires: datetime | None = None
    express: bool = False
    own: bool = False
    refused: str = ""

    @property
    def gap(self) -> timedelta | None:
        """How much older than the wanted time the point is."""
        return None if self.time is None else max(timedelta(0), self.wanted - self.time)

    @property
    def usable(self) -> bool:
        return self.point_id is not None and not self.refused

    def is_far(self, now: datetime) -> bool:
        """Whether the gap deserves a warning: over an hour, over eight days where only weekly points exist."""
        limit = WEEKLY_GAP if is_weekly(self.service, self.wanted, now) else USUAL_GAP
        return self.gap is not None and self.gap > limit


class PointTable(Struct, frozen=True):
    """The points found for the units of a restore, units without one first, then the largest gap first."""

    rows: tuple[UnitPoint, ...]
    max_gap: timedelta | None = None

    @property
    def usable(self) -> tuple[UnitPoint, ...]:
        return tuple(row for row in self.rows if row.usable)

    @property
    def unusable(self) -> tuple[UnitPoint, ...]:
        return tuple(row for row in self.rows if not row.usable)

    def counts(self) -> tuple[int, int, int, int]:
        near = hour = older = without = 0
        for row in self.rows:
            if row.gap is None:
                without += 1
            elif row.gap <= timedelta(minutes=10):
                near += 1
            elif row.gap <= timedelta(hours=1):
                hour += 1
            else:
                older += 1
        return near, hour, older, without


class PointWish(Struct, frozen=True):
    """Which points are wanted. `prefer_express`: take an express point where it is at most `express_within` older.
    `max_gap`: a point further before the wanted time than this is not used; `None` allows any."""

    moment: Moment
    own_times: Mapping[str, Moment] = field(default_factory=dict)
    prefer_express: bool = False
    express_within: timedelta = timedelta(hours=6)
    max_gap: timedelta | None = None


async def find_points(
    tools: Context, units: Sequence[UnitLike], wish: PointWish, on_progress: OnProgress = unheard
) -> PointTable:
    """Finds for each unit the newest point at or before its time. Raises `UsageError`: express points were asked for
    mailboxes, a time is in the future, or services are mixed; `BackupTuiError`: the service could not be asked."""
    now = tools.clock.now()
    unique = list({unit.id: unit for unit in units}.values())
    if not unique:
        return PointTable((), wish.max_gap)
    services = {unit.service for unit in unique}
    if len(services) > 1:
        raise UsageError("A restore holds units of only one service.", field="Units")
    if wish.prefer_express and not unique[0].service.has_express_points:
        raise UsageError(
            "Mailboxes have no express points.", field="Express", value="prefer", hint="Leave express out for Exchange."
        )
    wanted = {unit.id: _time_of(wish.own_times.get(unit.id, wish.moment), now) for unit in unique}
    by_time: dict[datetime, list[str]] = {}
    for unit_id, moment in wanted.items():
        by_time.setdefault(moment, []).append(unit_id)
    calls = [
        (moment, ids[start : start + UNITS_PER_SEARCH], express)
        for moment, ids in by_time.items()
        for start in range(0, len(ids), UNITS_PER_SEARCH)
        for express in ((False, True) if wish.prefer_express else (False,))
    ]
    finished = 0

    async def run(call: tuple[datetime, list[str], bool]) -> tuple[bool, dict[str, RestorePoint], dict[str, str]]:
        nonlocal finished
        moment, ids, express = call
        found, refused = await _newest(tools, ids, moment, express)
        finished += 1
        on_progress(Progress("looking for points", finished, len(calls)))
        return express, found, refused

    plain: dict[str, RestorePoint] = {}
    quick: dict[str, RestorePoint] = {}
    refusals: dict[str, str] = {}
    for express, found, refused in await each_of(run, calls):
        (quick if express else plain).update(found)
        refusals.update(refused)
    rows = [
        _row(unit, wanted[unit.id], _choose(plain.get(unit.id), quick.get(unit.id), wish), wish, refusals, now)
        for unit in unique
    ]
    return PointTable(tuple(sorted(rows, key=_largest_gap_first)), wish.max_gap)


def _time_of(moment: Moment, now: datetime) -> datetime:
    if moment.latest:
        return now
    if moment.utc > now:
        raise UsageError(
            "The time is in the future; no points exist yet.",
            field="Point",
            value=moment.text,
            hint="Use a time in the past, or `latest`.",
        )
    return moment.utc


async def _newest(
    tools: Context, ids: list[str], moment: datetime, express: bool
) -> tuple[dict[str, RestorePoint], dict[str, str]]:
    try:
        answer = await tools.reader.search_points(
            ids, start=moment - KEPT_FOR, end=moment, prefer="latest", express=express
        )
    except InvalidRequest as error:
        # One unit that is gone refuses the whole call; halving finds it and spares the others.
        if error.code.lower() not in _UNIT_REFUSED:
            raise
        if len(ids) == 1:
            return {}, {ids[0]: error.message}
        half = len(ids) // 2
        left, right = (
            await _newest(tools, ids[:half], moment, express),
            await _newest(tools, ids[half:], moment, express),
        )
        return left[0] | right[0], left[1] | right[1]
    return _pick(answer, ids, moment), {}


def _pick(answer: PointSearch, ids: list[str], moment: datetime) -> dict[str, RestorePoint]:
    found: dict[str, RestorePoint] = {}
    for unit_id in ids:
        dated = [
            (point.protection_date_time, point)
            for point in answer.points.get(unit_id, ())
            if point.protection_date_time is not None and point.protection_date_time <= moment
        ]
        if dated:
            found[unit_id] = max(dated, key=lambda entry: entry[0])[1]
    return found


def _choose(plain: RestorePoint | None, quick: RestorePoint | None, wish: PointWish) -> RestorePoint | None:
    if quick is None or quick.protection_date_time is None:
        return plain
    if plain is None or plain.protection_date_time is None:
        return quick
    return quick if plain.protection_date_time - quick.protection_date_time <= wish.express_within else plain


def _row(
    unit: UnitLike,
    wanted: datetime,
    point: RestorePoint | None,
    wish: PointWish,
    refusals: Mapping[str, str],
    now: datetime,
) -> UnitPoint:
    own = unit.id in wish.own_times
    if point is None:
        reason = refusals.get(unit.id, "")
        return UnitPoint(unit.id, unit_name(unit), unit.service, wanted, own=own, refused=reason)
    time = point.protection_date_time
    expires = point.expiration_date_time
    expired = expires is not None and expires <= now
    too_old = wish.max_gap is not None and time is not None and wanted - time > wish.max_gap
    return UnitPoint(
        unit.id,
        unit_name(unit),
        unit.service,
        wanted,
        point_id=point.id,
        time=time,
        expires=expires,
        express=point.is_express,
        own=own,
        refused="the point has expired" if expired else "the point is older than you allowed" if too_old else "",
    )


def _largest_gap_first(row: UnitPoint) -> tuple[int, float, str]:
    return (0, 0.0, row.name) if row.gap is None else (1, -row.gap.total_seconds(), row.name)
