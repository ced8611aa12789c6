"""More units than one draft holds: how many drafts they take, in numbers and in words. Pure.

A draft holds as many units of a service as are restored at a time (`ServiceLimits.units`): the rest of a larger one
would only wait.
"""

from __future__ import annotations

_SHOWN_SIZES = 4
_WORDS = {2: "both", 3: "all three", 4: "all four", 5: "all five", 6: "all six"}


def part_sizes(units: int, most: int) -> tuple[int, ...]:
    """How many units each draft gets: all are full but the last."""
    full, rest = divmod(units, most)
    return (most,) * full + ((rest,) if rest else ())


def parts_words(units: int, most: int) -> str:
    """`3 drafts (1,000 + 1,000 + 499)`."""
    sizes = part_sizes(units, most)
    if len(sizes) < 2:
        return "1 draft"
    shown = [f"{size:,}" for size in sizes]
    if len(sizes) > _SHOWN_SIZES:
        shown = [f"{len(sizes) - 1:,} of {sizes[0]:,}", f"{sizes[-1]:,}"]
    return f"{len(sizes):,} drafts ({' + '.join(shown)})"


def further_drafts(units: int, most: int) -> str:
    """What the units that do not fit into a draft take: `another draft`, `2 drafts (1,000 + 499)`."""
    return "another draft" if units <= most else parts_words(units, most)


def all_words(parts: int) -> str:
    """`both`, `all three`, `all 12`."""
    return _WORDS.get(parts, f"all {parts:,}")
