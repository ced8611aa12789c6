"""Lines of a table as values: what one shows, and the header's text."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from backup_tui.ui.widgets.cells import fit
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.marks import shown
from backup_tui.ui.widgets.rows import Cell

GUTTER = 3
"""Cells before the first column: a blank, the cursor, the mark."""


class RowLine(Struct, frozen=True):
    """What the line of a row shows; equal lines are not drawn again.

    Attributes:
        gutter: The cells before the first column.
        cells: One for each column.
        is_cursor: Whether it has the look of the cursor.
        is_marked: Whether it has the look of a marked row.
    """

    gutter: str
    cells: tuple[Cell, ...]
    is_cursor: bool
    is_marked: bool


def changed_cells(was: object, now: object, sizes: Sequence[int], gap: int) -> tuple[int, int] | None:
    """The first terminal cell that differs between two lines of a row and the one after the last.

    Args:
        was: What the line showed.
        now: What it shows now.
        sizes: Width of each column, 0 for one that is not shown.
        gap: Cells between two columns.

    Returns:
        None when that is not known: the line is not a row, or looks different as a whole.
    """
    if not isinstance(was, RowLine) or not isinstance(now, RowLine) or len(was.cells) != len(now.cells):
        return None
    if (was.gutter, was.is_cursor, was.is_marked) != (now.gutter, now.is_cursor, now.is_marked):
        return None
    places: list[tuple[int, int]] = []
    x = GUTTER
    for old, new, size in zip(was.cells, now.cells, sizes, strict=True):
        if size and old != new:
            places.append((x, x + size))
        x += size + gap if size else 0
    return (places[0][0], places[-1][1]) if places else None


def header_text(columns: Sequence[Column], sizes: Sequence[int], gap: int, sort: tuple[str, bool] | None) -> str:
    """The titles of the columns that are shown, with an arrow at the sorted one.

    Args:
        columns: All columns.
        sizes: Width of each, 0 for one that is not shown.
        gap: Cells between two columns.
        sort: Key of the sorted column and whether it runs downwards.
    """
    parts = [" " * GUTTER]
    for column, size in zip(columns, sizes, strict=True):
        if size:
            arrow = "" if not sort or sort[0] != column.key else "↓" if sort[1] else "↑"
            parts.append(fit(column.title + arrow, size, column.align, more="") + " " * gap)
    return shown("".join(parts))
