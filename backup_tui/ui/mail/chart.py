"""The hits over the points that were searched, as a small chart. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from backup_tui.restore.mail.history import PointHits
from backup_tui.ui.widgets.paragraphs import GAP, Para
from backup_tui.ui.widgets.rows import Cell

LABEL = 7  # cells before the bars

LEAST, MOST = 6, 13  # cells of one point: room for its time, and for its day and time


def hits_chart(points: Sequence[PointHits], zone: ZoneInfo, width: int, rows: int) -> list[Para]:
    """One bar for each point that was searched, the oldest at the left, its local day or time below; zero is dots.
    Returns nothing while nothing was searched.

    Args:
        points: What was found, the newest first.
        width: Cells there are.
        rows: How many rows the highest bar has.
    """
    if not points:
        return []
    cells = max(LEAST, min(MOST, (width - LABEL - 1) // len(points)))
    shown = list(reversed(points[: max(1, (width - LABEL - 1) // cells)]))
    top = max(point.weight for point in shown)
    lines = []
    for row in reversed(range(rows)):
        # The highest and the lowest row have a figure: more of them would say nothing.
        figure = _short(top) if row == rows - 1 and top else "0" if row == 0 else ""
        bars = "".join(_bar(point.weight, top, row, rows, cells) for point in shown).rstrip()
        lines.append(Para(parts=(Cell(f"{figure:>{LABEL - GAP}}", "dim"), Cell(bars, "moving"))))
    times = "".join(words.ljust(cells) for words in _when([point.time.astimezone(zone) for point in shown], cells - 1))
    lines.append(Para(f"{'':{LABEL}}{times}".rstrip(), "dim"))
    return lines


def _when(times: Sequence[datetime], room: int) -> list[str]:
    """What is below the bars: also the day where there is room, and only that where each is of another one."""
    clocks = [f"{time:%H:%M}" for time in times]
    days = [f"{time.day} {time:%b}" for time in times]
    both = [f"{day} {clock}" for day, clock in zip(days, clocks, strict=True)]
    if len(set(days)) > 1 and max(map(len, both)) <= room:
        return both
    return days if 1 < len(set(days)) == len(days) and max(map(len, days)) <= room else clocks


def _short(count: int) -> str:
    """A figure of at most four cells; the table has all of it."""
    return f"{count:,}" if count < 1_000 else f"{count // 1_000}k"


def _bar(hits: int, top: int, row: int, rows: int, cells: int) -> str:
    if not hits:
        return ("·" if row == 0 else " ") * (cells - 1) + " "
    height = max(1, round(hits * rows / top))
    return ("█" if row < height else " ") * (cells - 1) + " "
