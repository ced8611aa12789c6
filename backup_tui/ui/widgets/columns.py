"""Columns of a table: how wide each is in a given width, and which of them give way."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from backup_tui.ui.widgets.cells import Align, Cut


class Column(Struct, frozen=True):
    """One column of a `RowTable`. Widths are terminal cells, without the gap to the next column.

    Attributes:
        key: Name of the column for sorting.
        title: Text in the header line.
        width: Cells at 80 columns.
        grow: Share of the cells that are left over; 0 keeps the width.
        align: Side on which the text stands.
        cut: Part of a longer text that is given up.
        more: Sign for what was given up.
        least: Cells below which the column is not narrowed; 0 means that it is never narrowed.
        drop: When the width is short the column with the largest number goes first; 0 always stays.
    """

    key: str
    title: str
    width: int
    grow: int = 0
    align: Align = "left"
    cut: Cut = "end"
    more: str = "+"
    least: int = 0
    drop: int = 0


def lay_out(columns: Sequence[Column], width: int, gap: int) -> list[int]:
    """The width of each column within `width` cells; 0 for a column that is not shown.

    Narrows the columns that allow it (the widest first), then drops columns, and at last shares out what is
    left over between the columns that grow.
    """
    sizes = [column.width for column in columns]

    def total() -> int:
        visible = [size for size in sizes if size]
        return sum(visible) + gap * max(0, len(visible) - 1)

    while (over := total() - width) > 0:
        slack = [index for index, column in enumerate(columns) if column.least and sizes[index] > column.least]
        if sum(sizes[index] - columns[index].least for index in slack) >= over:
            for _ in range(over):
                widest = max(slack, key=lambda index: sizes[index] - columns[index].least)
                sizes[widest] -= 1
            return sizes
        droppable = [index for index, column in enumerate(columns) if column.drop and sizes[index]]
        if not droppable:
            for index in slack:
                sizes[index] = columns[index].least
            return sizes
        sizes[max(droppable, key=lambda index: columns[index].drop)] = 0
    spare = width - total()
    growing = [(index, column.grow) for index, column in enumerate(columns) if column.grow and sizes[index]]
    shares = sum(weight for _index, weight in growing)
    for index, weight in growing:
        extra = spare * weight // shares
        sizes[index] += extra
        spare -= extra
        shares -= weight
    return sizes
