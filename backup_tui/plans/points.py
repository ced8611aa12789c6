"""The points of all units of a plan, at one time or at many. A search that was ended anywhere continues there, and only
a row that was changed is looked up again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.config import named_zone
from backup_tui.errors import JournalError, UsageError
from backup_tui.models.services import Service
from backup_tui.plans.bulk import by_name
from backup_tui.plans.mails import find_mail_points
from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import PlanPoints, PlanTimes, ScopeRow
from backup_tui.restore.points.moments import Moment, is_weekly, parse_moment
from backup_tui.restore.points.points import UnitPoint, questions_for, unit_name, unit_point
from backup_tui.restore.points.search import Answer, FoundPoint, Question, search, searches_for

T = TypeVar("T")

_ANSWERS = "plan-points:"

LASTS = timedelta(days=1)  # so long an answer is used again, and a relative time counts from the same moment

LASTS_WHILE_YOUNG = timedelta(hours=1)
"""The same for what may change soon: points of the last hour, `latest`, and units without a point, since the first
points of a unit take up to an hour (https://learn.microsoft.com/microsoft-365/backup/backup-overview)."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""So much later than now another process may have begun: each knows the service's time to the second at best."""


class KeptPoints:
    """The answers about the units of one plan."""

    def __init__(self, context: Context, plan: str) -> None:
        self.problem = ""  # why something could not be kept, in a sentence; empty when all was
        self._context = context
        self._plan = f"{plan}:"
        self._starts = f"plan-times:{plan}"

    async def answers(self) -> list[Answer]:
        """The answers of earlier searches that still count; of all plans, those that are too old are forgotten. Raises
        `JournalError`: the journal cannot be read."""
        now = self._context.clock.now()
        found: list[Answer] = []
        old: list[str] = []
        for name, text in (await self._context.journal.kept_under(_ANSWERS)).items():
            age = _decoded(text, _Age)
            if age is None or now - age.at > LASTS:
                old.append(f"{_ANSWERS}{name}")
            elif name.startswith(self._plan) and (batch := _decoded(text, _Batch)) is not None:
                found += batch.answers(now)
        if old:
            try:
                await self._context.journal.drop(*old)
            except JournalError as error:
                self.problem = error.message
        return found

    async def keep(self, answers: Sequence[Answer]) -> None:
        batch = _Batch.of(answers, self._context.clock.now())
        await self._keep(f"{_ANSWERS}{self._plan}{batch.digest}", batch)

    async def starts(self) -> dict[str, datetime]:
        """When each relative time of the plan was first looked up, by what was typed. Raises `JournalError`: the
        journal cannot be read."""
        now = self._context.clock.now()
        kept = _decoded(await self._context.journal.kept(self._starts) or "", dict[str, datetime]) or {}
        return {text: start for text, start in kept.items() if -CLOCKS_DIFFER <= now - start <= LASTS}

    async def keep_starts(self, starts: Mapping[str, datetime]) -> None:
        """Keeps from when relative times count."""
        await self._keep(self._starts, starts)

    async def _keep(self, key: str, value: object) -> None:
        if self.problem:
            return
        try:
            await self._context.journal.keep(key, json.encode(value).decode())
        except JournalError as error:
            self.problem = error.message


class _Age(Struct, frozen=True):
    """When the answers of a search came; all that has to be read of those of other plans."""

    at: datetime


class _Batch(Struct, frozen=True):
    """The answers of one search: what was asked, when (`at`), and by unit id a point or why there is none."""

    at: datetime
    service: Service
    time: datetime
    express: bool
    points: dict[str, FoundPoint]
    without: dict[str, str]

    @classmethod
    def of(cls, answers: Sequence[Answer], at: datetime) -> "_Batch":
        asked = answers[0].question
        points = {answer.question.unit_id: answer.point for answer in answers if answer.point is not None}
        without = {answer.question.unit_id: answer.refused for answer in answers if answer.point is None}
        return cls(at, asked.service, asked.time, asked.express, points, without)

    @property
    def digest(self) -> str:
        units = " ".join(sorted((*self.points, *self.without)))
        return sha256(f"{self.time.isoformat()} {self.express} {units}".encode()).hexdigest()[:24]

    def answers(self, now: datetime) -> list[Answer]:
        """Those that still count."""
        asked = Question("", self.service, self.time, self.express)
        young = now - self.at <= LASTS_WHILE_YOUNG
        found = [
            Answer(replace(asked, unit_id=unit_id), point)
            for unit_id, point in self.points.items()
            if (young or self.at - self.time > LASTS_WHILE_YOUNG) and self._is_there(point, now)
        ]
        none = [Answer(replace(asked, unit_id=unit_id), refused=why) for unit_id, why in self.without.items()]
        return [*found, *none] if young else found

    def _is_there(self, point: FoundPoint, now: datetime) -> bool:
        """Not expired, nor by now of an age at which only one point a week stays."""
        thinned = is_weekly(self.service, point.time, now) and not is_weekly(self.service, point.time, self.at)
        return not thinned and (point.expires is None or point.expires > now)


def _decoded(text: str, kind: type[T]) -> T | None:
    try:
        return json.decode(text, type=kind)
    except DecodeError:  # nothing is kept, or another version wrote it
        return None


_LATER = timedelta(days=8)
"""A time that means something else so much later is relative; `20 Nov 14:10` is not, though it lacks its year."""


async def find_plan_points(
    context: Context, plan: Plan, rows: Sequence[ScopeRow], on_progress: OnProgress = unheard
) -> PlanPoints:
    """Finds for each unit of a plan the newest point at or before its time, or an express point near it; of a plan that
    is sent by name, what is sent for each unit.

    A relative time such as `2h` counts for a day from when the plan was first looked at, and `latest` for an hour, so
    that drafts get the points that the check showed.

    Args:
        plan: The plan; what is found is kept under its name.
        rows: Its units, each once.

    Raises:
        UsageError: The time of the plan or of a wave cannot be used.
        BackupTuiError: The service could not be asked; what was found before is kept.
    """
    kept = KeptPoints(context, plan.name)
    times = await _read_times(context, kept, named_zone(plan.zone), rows)
    if plan.bulk:
        return _by_name(context, rows, times)
    if plan.mail is not None:
        return await find_mail_points(context, plan, plan.mail, rows, times, on_progress)
    questions = {
        row.unit.id: questions_for(row.unit, times.moments[row.before].utc, express=plan.prefer_express)
        for row in rows
        if row.before in times.moments
    }
    every = dict.fromkeys(question for each in questions.values() for question in each)
    answers: dict[Question, Answer] = {one.question: one for one in await kept.answers() if one.question in every}

    async def take(found: Sequence[Answer]) -> None:
        answers.update((answer.question, answer) for answer in found)
        await kept.keep(found)

    sent = await search(context, [one for one in every if one not in answers], take, on_progress)
    now = context.clock.now()
    found: list[tuple[ScopeRow, UnitPoint]] = []
    for row in rows:
        if row.before in times.refused:
            point = _refused(context, row, times)
        else:
            point = unit_point(
                row.unit,
                [answers[question] for question in questions[row.unit.id]],
                now,
                own=row.own,
                express_within=plan.express_within,
                max_gap=plan.max_gap,
            )
        found.append((row, point))
    needed = len(searches_for(every, context.limits.units_per_search))
    return PlanPoints.of(found, times, sent, needed, kept.problem)


def _by_name(context: Context, rows: Sequence[ScopeRow], times: PlanTimes) -> PlanPoints:
    """The units of a plan that is sent by name: the service finds their points, and only once they are started."""
    object_ids = {unit.id: unit.object_id for units in context.store.units.values() for unit in units.values()}
    named, without = [], []
    for row in rows:
        if row.before in times.refused:
            without.append(_refused(context, row, times))
            continue
        point = by_name(row, times.moments[row.before].utc, object_ids)
        if point.refused:
            without.append(point)
        else:
            named.append(row.planned(point))
    return PlanPoints(tuple(named), tuple(without), moments=times.moments, counted_from=times.counted_from)


def _refused(context: Context, row: ScopeRow, times: PlanTimes) -> UnitPoint:
    why, unit = times.refused[row.before], row.unit
    return UnitPoint(unit.id, unit_name(unit), unit.service, context.clock.now(), own=row.own, refused=why)


async def _read_times(context: Context, kept: KeptPoints, zone: ZoneInfo, rows: Sequence[ScopeRow]) -> PlanTimes:
    now = context.clock.now()
    starts = await kept.starts()
    moments: dict[str, Moment] = {}
    counted_from: dict[str, datetime] = {}
    refused: dict[str, str] = {}
    of_many = {row.before for row in rows if not row.own}
    for text in dict.fromkeys(row.before for row in rows):
        start = starts.get(text, now)
        try:
            moment = parse_moment(text, zone, now, start, doubt=CLOCKS_DIFFER)
        except UsageError as error:
            if text in of_many:
                raise
            refused[text] = error.message
            continue
        if moment.latest:
            start = start if now - start <= LASTS_WHILE_YOUNG else now
            moment = replace(moment, utc=start)
        moments[text] = moment
        if moment.latest or _is_relative(text, zone, now, start):
            counted_from[text] = start
    if counted_from.items() - starts.items():
        await kept.keep_starts(starts | counted_from)
    return PlanTimes(moments, counted_from, refused)


def _is_relative(text: str, zone: ZoneInfo, now: datetime, start: datetime) -> bool:
    try:
        later = parse_moment(text, zone, now, start + _LATER, doubt=2 * _LATER)
    except UsageError:  # an hour that does not exist on that later day
        return True
    return later.utc != parse_moment(text, zone, now, start, doubt=CLOCKS_DIFFER).utc
