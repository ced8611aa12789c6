"""Which restore point each unit would go back to: the newest at or before a time, or an express point near it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.restore.points.moments import Moment, is_weekly
from backup_tui.restore.points.search import Answer, FoundPoint, Question, search
from backup_tui.store.rows import UnitRow

USUAL_GAP = timedelta(hours=1)  # a larger gap between the wanted time and the point deserves a warning

WEEKLY_GAP = timedelta(days=8)  # the same where points are a week apart


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
    or why the unit could not be asked for. `mails`: how many a search found in the point; `None` for whole units, or
    where the service did not say."""

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
    mails: int | None = None

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
    questions = [one for unit in unique for one in questions_for(unit, wanted[unit.id], express=wish.prefer_express)]
    answers: dict[Question, Answer] = {}

    async def take(found: Sequence[Answer]) -> None:
        answers.update((answer.question, answer) for answer in found)

    await search(tools, questions, take, on_progress)
    rows = [
        unit_point(
            unit,
            [answers[one] for one in questions_for(unit, wanted[unit.id], express=wish.prefer_express)],
            now,
            own=unit.id in wish.own_times,
            express_within=wish.express_within,
            max_gap=wish.max_gap,
        )
        for unit in unique
    ]
    return PointTable(tuple(sorted(rows, key=largest_gap_first)), wish.max_gap)


def questions_for(unit: UnitLike, time: datetime, *, express: bool) -> tuple[Question, ...]:
    """What is asked for a unit: its newest point, and its newest express point where one is wanted and can exist."""
    plain = Question(unit.id, unit.service, time)
    return (plain, replace(plain, express=True)) if express and unit.service.has_express_points else (plain,)


def unit_point(
    unit: UnitLike,
    answers: Sequence[Answer],
    now: datetime,
    *,
    own: bool = False,
    express_within: timedelta = timedelta(),
    max_gap: timedelta | None = None,
) -> UnitPoint:
    """The point that a unit goes back to.

    Args:
        answers: To its questions.
        own: The time is the unit's own.
        express_within: How much older than the newest point an express point may be.
        max_gap: A point further before the time than this is not used; `None` allows any.
    """
    wanted = answers[0].question.time
    found = {answer.question.express: answer.point for answer in answers}
    point = _choose(found.get(False), found.get(True), express_within)
    if point is None:
        reason = next((answer.refused for answer in answers if answer.refused), "")
        return UnitPoint(unit.id, unit_name(unit), unit.service, wanted, own=own, refused=reason)
    expired = point.expires is not None and point.expires <= now
    too_old = max_gap is not None and wanted - point.time > max_gap
    return UnitPoint(
        unit.id,
        unit_name(unit),
        unit.service,
        wanted,
        point_id=point.id,
        time=point.time,
        expires=point.expires,
        express=point.express,
        own=own,
        refused="the point has expired" if expired else "the point is older than you allowed" if too_old else "",
    )


def _choose(plain: FoundPoint | None, quick: FoundPoint | None, within: timedelta) -> FoundPoint | None:
    if quick is None or plain is None:
        return quick or plain
    return quick if plain.time - quick.time <= within else plain


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


def largest_gap_first(row: UnitPoint) -> tuple[int, float, str]:
    """For sorting: units without a gap first, then by gap."""
    return (0, 0.0, row.name) if row.gap is None else (1, -row.gap.total_seconds(), row.name)
