"""The express points of a site or OneDrive account, which are those that can be looked into."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backup_tui.changes.context import Context
from backup_tui.errors import NotFound, UsageError
from backup_tui.models.points import RestorePoint
from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.search import Answer, FoundPoint, Question, search

MOST_POINTS = 4  # so many points are opened for one question without asking


async def newest_express(context: Context, service: Service, unit_id: str, before: datetime) -> FoundPoint | None:
    """The newest express point of a unit at or before a time (UTC); `None` if it has none."""
    found: list[Answer] = []

    async def take(answers: Sequence[Answer]) -> None:
        found.extend(answers)

    await search(context, [Question(unit_id, service, before, express=True)], take)
    return next((answer.point for answer in found if answer.point is not None), None)


async def express_points(
    context: Context, service: Service, unit_id: str, before: datetime, most: int = MOST_POINTS
) -> tuple[FoundPoint, ...]:
    """The newest express points of a unit at or before a time, newest first; one search for each, since the service
    gives one point a search."""
    points: list[FoundPoint] = []
    while len(points) < most:
        point = await newest_express(context, service, unit_id, before)
        if point is None:
            break
        points.append(point)
        before = point.time - timedelta(seconds=1)
    return tuple(points)


async def point_of(context: Context, unit_id: str, point_id: str) -> FoundPoint:
    """An express point by its id, among the newest five that the service lists. Raises `UsageError`: it is not an
    express one; `NotFound`: it is not among them."""
    for point in await context.reader.points_of_unit(unit_id, before=context.clock.now()):
        if point.id == point_id:
            return found_point(point)
    raise NotFound.unsent(
        f"Point {point_id} is not among the newest five of this unit.",
        "PointNotListed",
        "Give a time instead: --before TIME takes the newest express point at or before it.",
    )


def found_point(point: RestorePoint) -> FoundPoint:
    """A listed point that can be looked into. Raises `UsageError`: it cannot, or its time is not reported."""
    if point.protection_date_time is None or not point.is_express:
        raise UsageError.unsent(
            "This is not an express point; only those can be looked into.",
            "Point",
            point.id,
            "Give a time instead: --before TIME takes the newest express point at or before it.",
        )
    return FoundPoint(point.id, point.protection_date_time, point.expiration_date_time, express=True)


def no_express_point(unit: ProtectionUnit, before: datetime, now: datetime) -> NotFound:
    """The error where a unit has no point that can be looked into."""
    return NotFound.unsent(
        f"{unit.address or unit.title or unit.id} has no express point at or before {show_utc(before, now)} UTC.",
        "NoExpressPoint",
        "Only express points can be looked into. Try a later time, or restore the whole site.",
    )
