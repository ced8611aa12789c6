"""Small charts: how fast units finish, when there are restore points, how many units ended well, badly or not yet."""

from collections.abc import Sequence

from backup_tui.ui.widgets.marks import current_marks
from backup_tui.ui.widgets.rows import Cell

_HEIGHTS = "▁▂▃▄▅▆▇█"
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def sparkline(counts: Sequence[int], width: int, *, hour: int = 12) -> str:
    """One cell for each count, scaled to the best; a zero is `·`.

    It fills from the left, and when it is full the oldest hour goes at once: a new count then changes one cell. Returns
    at most `width` characters; an empty text where the terminal has ASCII only, since the figures say it.

    Args:
        counts: Oldest first.
        width: Cells there are.
        hour: Counts that go at once.
    """
    return tall_sparkline(counts, width, 1, hour=hour)[0]


def tall_sparkline(counts: Sequence[int], width: int, rows: int, *, hour: int = 12) -> tuple[str, ...]:
    """The same in several rows of cells, the upper one first. Returns `rows` texts of the same length, empty where the
    terminal has ASCII only.

    Args:
        counts: Oldest first.
        width: Cells of a row.
        rows: How many rows it is high.
        hour: Counts that go at once.
    """
    if current_marks().ascii_only or width < 1:
        return ("",) * rows
    over = len(counts) - width
    if over > 0:
        counts = counts[min(len(counts) - 1, -(-over // hour) * hour) :]
    best = max(counts, default=0)
    heights = [(count * 8 * rows + best - 1) // best if count else 0 for count in counts]
    return tuple("".join(_cell(height, row) for height in heights) for row in reversed(range(rows)))


def _cell(height: int, row: int) -> str:
    """What a bar of so many eighths shows in a row, the lowest being 0."""
    if not height:
        return " " if row else "·"
    here = min(8, height - 8 * row)
    return _HEIGHTS[here - 1] if here > 0 else " "


def length_bar(count: int, most: int, width: int) -> str:
    """A bar as long as a count beside others: the largest fills `width` cells, and what is there has at least a sign.

    Args:
        count: What it stands for.
        most: The largest count of all.
        width: Cells of the largest.
    """
    if not count or most < 1 or width < 1:
        return ""
    eighths = max(1, min(count, most) * width * 8 // most)
    if current_marks().ascii_only:
        return "#" * max(1, round(eighths / 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def point_strip(parts: Sequence[float | None]) -> str:
    """Which restore points there are, a cell for each span of time. Returns `█` all of them, `▄` some, `·` none, a
    blank for what was not read; `#`, `=` and `.` in ASCII. `parts`: share of the points of a span that are there, 0 to
    1; None for a span that was not read."""
    return "".join(" " if part is None else "█" if part >= 1 else "▄" if part > 0 else "·" for part in parts)


def counts_bar(completed: int, failed: int, total: int | None, width: int) -> Cell:
    """`█████▒░░`: `█` succeeded, `▒` failed, `░` unfinished; never drawn without a total.

    What happened is never rounded away and never rounded up to all: one failed unit of a thousand has its cell, and one
    that is unfinished has its own. Where nothing failed the bar ends on an eighth of a cell. Returns exactly `width`
    cells in three tones, or an empty cell without a total.

    Args:
        completed: Units that succeeded.
        failed: Units that failed.
        total: All units; without it there is no bar.
        width: Cells, at least 3 for all three parts.
    """
    if not total or width < 1:
        return Cell("")
    counts = (max(0, completed), max(0, failed), max(0, total - completed - failed))
    whole = sum(counts)
    sizes = [min(width, max(1, round(count * width / whole))) if count else 0 for count in counts]
    while sum(sizes) > width:
        # The largest part gives way, but never its last cell while another has two.
        sizes[max(range(3), key=lambda place: sizes[place])] -= 1
    while sum(sizes) < width:
        sizes[max(range(3), key=lambda place: counts[place] * width / whole - sizes[place])] += 1
    done = "█" * sizes[0]
    if counts[0] and counts[2] and not counts[1] and not current_marks().ascii_only:
        eighths = min(max(1, counts[0] * width * 8 // whole), (width - 1) * 8)
        done = "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
        sizes[2] = width - len(done)
    parts = (Cell(done, "good"), Cell("▒" * sizes[1], "bad"), Cell("░" * sizes[2], "dim"))
    return Cell("".join(part.text for part in parts), parts=tuple(part for part in parts if part.text))
