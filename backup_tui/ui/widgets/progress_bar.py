"""A bar of ASCII characters for how many units ended well, badly, or not yet. Never drawn without a total."""

from __future__ import annotations


def counts_bar(completed: int, failed: int, total: int | None, width: int) -> str:
    """`######x---`: `#` succeeded, `x` failed, `-` not finished.

    What happened is never rounded away and never rounded up to all: one failed unit of a thousand has its `x`, and
    one that is not finished has its `-`.

    Args:
        completed: Units that succeeded.
        failed: Units that failed.
        total: All units; without it there is no bar.
        width: Cells, at least 3 for all three parts.

    Returns:
        Exactly `width` characters, or an empty text without a total.
    """
    if not total or width < 1:
        return ""
    counts = (max(0, completed), max(0, failed), max(0, total - completed - failed))
    whole = sum(counts)
    sizes = [min(width, max(1, round(count * width / whole))) if count else 0 for count in counts]
    while sum(sizes) > width:
        # The largest part gives way, but never its last cell while another has two.
        sizes[max(range(3), key=lambda place: sizes[place])] -= 1
    while sum(sizes) < width:
        sizes[max(range(3), key=lambda place: counts[place] * width / whole - sizes[place])] += 1
    return "#" * sizes[0] + "x" * sizes[1] + "-" * sizes[2]
