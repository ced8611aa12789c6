"""The search for restore points, of any units at any times: https://learn.microsoft.com/graph/api/restorepoint-search.

The page does not say whether one search may mix units of several services, so none does."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import Context, OnProgress, Progress, each_of, unheard
from backup_tui.errors import InvalidRequest
from backup_tui.models.points import PointSearch, RestorePoint
from backup_tui.models.services import Service
from backup_tui.restore.points.moments import KEPT_FOR

_UNIT_REFUSED = frozenset({"invalidprotectionunitid", "invalidsearchrequest", "protectionunitnotfound"})


class Question(Struct, frozen=True):
    """Which is the newest point of a unit at or before a time (UTC)? `express`: among its express points."""

    unit_id: str
    service: Service
    time: datetime
    express: bool = False


class FoundPoint(Struct, frozen=True):
    """A point of a unit. Times are UTC; `expires` is `None` where the service does not say."""

    id: str
    time: datetime
    expires: datetime | None = None
    express: bool = False


class Answer(Struct, frozen=True):
    """What the service said; `point` is `None` where there is none. `refused`: why it could not be asked for."""

    question: Question
    point: FoundPoint | None = None
    refused: str = ""


OnAnswers = Callable[[Sequence[Answer]], Awaitable[None]]
"""Takes the answers of one search; they are of one service, one time and one kind of points."""


async def search(
    tools: Context, questions: Iterable[Question], on_answers: OnAnswers, on_progress: OnProgress = unheard
) -> int:
    """Asks for the points of units in as few searches as possible, a few at a time. Returns how many requests it took.
    `questions`: each once. `on_answers`: takes the answers of each search as they come. Raises `BackupTuiError`: the
    service could not be asked; what was answered before has been handed on."""
    calls = searches_for(questions, tools.limits.units_per_search)
    finished = sent = 0

    async def ask(call: tuple[Question, ...]) -> None:
        nonlocal finished, sent
        answers, requests = await _ask(tools, call)
        sent += requests
        await on_answers(answers)
        finished += 1
        on_progress(Progress("looking for points", finished, len(calls)))

    await each_of(ask, calls)
    return sent


def searches_for(questions: Iterable[Question], size: int) -> list[tuple[Question, ...]]:
    """The questions of each search, at most `size`. Those about the plain and the express points of the same units are
    neighbors, so that what becomes of a unit is known soon."""
    groups: dict[tuple[Service, datetime, bool], list[Question]] = {}
    for question in questions:
        groups.setdefault((question.service, question.time, question.express), []).append(question)
    places = {(service, time): place for place, (service, time, _) in enumerate(groups)}
    calls = [
        (places[service, time], start, express, tuple(members[start : start + size]))
        for (service, time, express), members in groups.items()
        for start in range(0, len(members), size)
    ]
    return [members for *_, members in sorted(calls, key=lambda call: call[:3])]


async def _ask(tools: Context, call: tuple[Question, ...]) -> tuple[list[Answer], int]:
    first = call[0]
    try:
        found = await tools.reader.search_points(
            [question.unit_id for question in call],
            start=first.time - KEPT_FOR,
            end=first.time,
            prefer="latest",
            express=first.express,
        )
    except InvalidRequest as error:
        # One unit that is gone refuses the whole call; halving finds it and spares the others.
        if error.code.lower() not in _UNIT_REFUSED:
            raise
        if len(call) == 1:
            return [Answer(first, refused=error.message)], 1
        half = len(call) // 2
        left, right = await _ask(tools, call[:half]), await _ask(tools, call[half:])
        return left[0] + right[0], 1 + left[1] + right[1]
    return [Answer(question, _newest(found, question)) for question in call], 1


def _newest(found: PointSearch, question: Question) -> FoundPoint | None:
    points = [point for each in found.points.get(question.unit_id, ()) if (point := _dated(each)) is not None]
    return max((point for point in points if point.time <= question.time), key=lambda one: one.time, default=None)


def _dated(point: RestorePoint) -> FoundPoint | None:
    time = point.protection_date_time
    return None if time is None else FoundPoint(point.id, time, point.expiration_date_time, point.is_express)
