"""What the search for the points of a plan has found so far, in the journal: one entry for each search, as it comes.

Whatever is kept here can be looked up again, so a journal that cannot be written costs time and no point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from backup_tui.changes.context import Context
from backup_tui.errors import JournalError
from backup_tui.models.services import Service
from backup_tui.restore.points.moments import is_weekly
from backup_tui.restore.points.search import Answer, FoundPoint, Question

T = TypeVar("T")

_ANSWERS = "plan-points:"

LASTS = timedelta(days=1)
"""So long an answer is used again, and a relative time counts from the same moment."""

LASTS_WHILE_YOUNG = timedelta(hours=1)
"""The same for what may change soon: points of the last hour, `latest`, and units without a point, since the first
points of a unit take up to an hour (https://learn.microsoft.com/microsoft-365/backup/backup-overview)."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""So much later than now another process may have begun: each knows the service's time to the second at best."""


class KeptPoints:
    """The answers about the units of one plan.

    Attributes:
        problem: Why something could not be kept, in a sentence; empty when all was.
    """

    def __init__(self, context: Context, plan: str) -> None:
        self.problem = ""
        self._context = context
        self._plan = f"{plan}:"
        self._starts = f"plan-times:{plan}"

    async def answers(self) -> list[Answer]:
        """The answers of earlier searches that still count; of all plans, those that are too old are forgotten.

        Raises:
            JournalError: The journal cannot be read.
        """
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
        """Keeps the answers of one search."""
        batch = _Batch.of(answers, self._context.clock.now())
        await self._keep(f"{_ANSWERS}{self._plan}{batch.digest}", batch)

    async def starts(self) -> dict[str, datetime]:
        """When each relative time of the plan was first looked up, by what was typed.

        Raises:
            JournalError: The journal cannot be read.
        """
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
    def of(cls, answers: Sequence[Answer], at: datetime) -> _Batch:
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
