"""More units than one draft holds: how many drafts they take, in numbers and in words. Pure."""

from __future__ import annotations

from backup_tui.restore.drafts.plan import UNITS_PER_DRAFT

_SHOWN_SIZES = 4
_WORDS = {2: "both", 3: "all three", 4: "all four", 5: "all five", 6: "all six"}


def part_sizes(units: int) -> tuple[int, ...]:
    """How many units each draft gets: all are full but the last."""
    full, rest = divmod(units, UNITS_PER_DRAFT)
    return (UNITS_PER_DRAFT,) * full + ((rest,) if rest else ())


def parts_words(units: int) -> str:
    """`3 drafts (1,000 + 1,000 + 499)`."""
    sizes = part_sizes(units)
    if len(sizes) < 2:
        return "1 draft"
    shown = [f"{size:,}" for size in sizes]
    if len(sizes) > _SHOWN_SIZES:
        shown = [f"{len(sizes) - 1:,} of {sizes[0]:,}", f"{sizes[-1]:,}"]
    return f"{len(sizes):,} drafts ({' + '.join(shown)})"


def all_words(parts: int) -> str:
    """`both`, `all three`, `all 12`."""
    return _WORDS.get(parts, f"all {parts:,}")
