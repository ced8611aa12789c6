"""The last two weeks of a unit's restore points as a strip: where there are any, where not, what is unread."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta, tzinfo

from backup_tui.models.points import RestorePoint
from backup_tui.ui.widgets.charts import point_strip
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell

Span = tuple[datetime, datetime]  # a time of which all points were read

DAYS = 14
STEP = timedelta(minutes=10)  # points of the last two weeks are so far apart

INDENT = "   "


def two_weeks(
    points: Iterable[RestorePoint], read: Sequence[Span], zone: tzinfo, now: datetime, hours: int
) -> list[Para]:
    """Day names, the strip, and below it a tick for each express point.

    Args:
        points: The points that were read, in any order.
        read: The times of which all points were read.
        hours: Hours of one cell.
    """
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    starts = [datetime.combine(day, time(hour), zone) for day in days for hour in range(0, 24, hours)]
    cell = timedelta(hours=hours)
    times = [(point.protection_date_time, point.is_express) for point in points if point.protection_date_time]
    shares = [
        _share([at for at, _is_express in times if start <= at < start + cell], read, start, min(start + cell, now))
        for start in starts
    ]
    ticks = "".join(
        "^" if any(express and start <= at < start + cell for at, express in times) else " " for start in starts
    )
    strip = point_strip(shares)
    names = "".join(f"{day.day:>3}".ljust(24 // hours) for day in days)
    lines = [
        Para(parts=(Cell(INDENT[1:] + names, "dim"),)),
        Para(parts=(Cell(INDENT[1:] + strip, parts=(Cell(INDENT[1:]), Cell(strip, "moving"))),)),
    ]
    return [*lines, Para(parts=(Cell(INDENT[1:] + ticks.rstrip(), "good"),))] if ticks.strip() else lines


def _share(points: Sequence[datetime], read: Sequence[Span], start: datetime, end: datetime) -> float | None:
    """The share of a cell's points that are there, of the time of it that was read; None for nothing read."""
    seconds = sum(max(0.0, (min(end, until) - max(start, since)).total_seconds()) for since, until in merged(read))
    if seconds <= 0 and not points:
        return None
    expected = int(seconds / STEP.total_seconds())
    return 1.0 if points and len(points) >= 0.9 * expected else len(points) / max(1, expected)


def merged(read: Iterable[Span]) -> list[Span]:
    """The times as the fewest that do not touch."""
    spans: list[Span] = []
    for since, until in sorted(read):
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(until, spans[-1][1]))
        else:
            spans.append((since, until))
    return spans
