"""Columns of a table: how wide each is in a given width, and which are left out."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.ui.widgets.cells import Align, Cut, width_of

NOTHING_SEEN: Mapping[str, int] = MappingProxyType({})


class Column(Struct, frozen=True):
    """One column of a `RowTable`. Widths are terminal cells, without the gap to the next column.

    A column is as wide as the widest of its title and the rows that were in sight, and never narrower than `width`."""

    key: str  # name of the column for sorting
    title: str  # text in the header line
    width: int = 1  # cells it has at least, before any row is known
    grow: int = 0  # share of the cells that are left over; 0 keeps the width
    align: Align = "left"  # side of its text
    cut: Cut = "end"  # part of a longer text that is given up
    more: str = "…"  # sign for what was given up
    # Cells below which the column is not narrowed; 0 means that it is never narrower than `width`. Columns that give up
    # the end of their text (names) give way before those that give up its middle (addresses), and last of all those
    # without a least width.
    least: int = 0
    drop: int = 0  # when the width is short the column with the largest number goes first; 0 always stays
    hidden: bool = False  # whether it is left out at any width; its cells are there all the same
    always: bool = False  # whether nobody may hide it: it says which row this is, or in which state


HIDDEN = "-"  # what the key of a column begins with that a person has hidden


def arrange(columns: Sequence[Column], chosen: Sequence[str]) -> tuple[Column, ...]:
    """The columns as a person chose them.

    Args:
        columns: As they are delivered.
        chosen: Their keys in the order that was chosen, with `HIDDEN` before those that were hidden. A column that was
            not there to be chosen follows the one that it follows as delivered.
    """
    if not chosen:
        return tuple(columns)
    by_key = {column.key: column for column in columns}
    order = [key for name in chosen if (key := name.removeprefix(HIDDEN)) in by_key]
    before = ""
    for key in by_key:
        if key not in order:
            order.insert(order.index(before) + 1 if before else 0, key)
        before = key
    hidden = {key for key in order if HIDDEN + key in chosen and not by_key[key].always}
    return tuple(replace(by_key[key], hidden=True) if key in hidden else by_key[key] for key in dict.fromkeys(order))


def lay_out(columns: Sequence[Column], width: int, gap: int, seen: Mapping[str, int] = NOTHING_SEEN) -> list[int]:
    """The width of each column within `width` cells; 0 for a column that is not shown.

    Narrows the columns that allow it, names before addresses, then drops columns, and at last shares out what is left
    over between the columns that grow.

    Args:
        columns: From left to right.
        width: Cells for all of them and the gaps.
        gap: Cells between two columns.
        seen: Cells of the widest text of each column, by its key.
    """
    sizes = [
        0 if column.hidden else max(column.width, width_of(column.title), seen.get(column.key, 0)) for column in columns
    ]

    floors = [column.least or max(column.width, width_of(column.title)) for column in columns]

    def over() -> int:
        visible = [size for size in sizes if size]
        return sum(visible) + gap * max(0, len(visible) - 1) - width

    def narrow(indexes: Sequence[int]) -> None:
        slack = {index: sizes[index] - floors[index] for index in indexes}
        for _ in range(min(over(), sum(slack.values()))):
            widest = max(slack, key=lambda index: slack[index])
            sizes[widest] -= 1
            slack[widest] -= 1

    while over() > 0:
        able = [index for index, column in enumerate(columns) if column.least and sizes[index] > column.least]
        droppable = [index for index, column in enumerate(columns) if column.drop and sizes[index]]
        if droppable and over() > sum(sizes[index] - columns[index].least for index in able):
            sizes[max(droppable, key=lambda index: columns[index].drop)] = 0
            continue
        narrow([index for index in able if columns[index].cut == "end"])
        narrow([index for index in able if columns[index].cut != "end"])
        # A text of any length may come from outside: it must not push the other columns out of sight.
        narrow([index for index, size in enumerate(sizes) if size > floors[index]])
        break
    spare = -over()
    growing = [(index, column.grow) for index, column in enumerate(columns) if column.grow and sizes[index]]
    shares = sum(weight for _index, weight in growing)
    for index, weight in growing if spare > 0 else ():
        extra = spare * weight // shares
        sizes[index] += extra
        spare -= extra
        shares -= weight
    return sizes
