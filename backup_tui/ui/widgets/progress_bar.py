"""A bar of how many units ended well, badly, or not yet: three textures, readable without color."""

from __future__ import annotations

from backup_tui.ui.widgets.marks import current_marks
from backup_tui.ui.widgets.rows import Cell

_EIGHTHS = " ▏▎▍▌▋▊▉"


def counts_bar(completed: int, failed: int, total: int | None, width: int) -> Cell:
    """`█████▒░░`: `█` succeeded, `▒` failed, `░` unfinished; never drawn without a total.

    What happened is never rounded away and never rounded up to all: one failed unit of a thousand has its cell, and
    one that is unfinished has its own. Where nothing failed the bar ends on an eighth of a cell.

    Args:
        completed: Units that succeeded.
        failed: Units that failed.
        total: All units; without it there is no bar.
        width: Cells, at least 3 for all three parts.

    Returns:
        Exactly `width` cells in three tones, or an empty cell without a total.
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
        done = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
        sizes[2] = width - len(done)
    parts = (Cell(done, "good"), Cell("▒" * sizes[1], "bad"), Cell("░" * sizes[2], "dim"))
    return Cell("".join(part.text for part in parts), parts=tuple(part for part in parts if part.text))
