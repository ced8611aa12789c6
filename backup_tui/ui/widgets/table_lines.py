"""The lines of a table as they are drawn: header, rows, marks, cursor; only lines that differ are redrawn."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import ClassVar

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from backup_tui.ui.widgets.cells import LONGEST, fit, width_of
from backup_tui.ui.widgets.columns import Column, arrange, lay_out
from backup_tui.ui.widgets.marks import shown
from backup_tui.ui.widgets.repaint import LineWidget
from backup_tui.ui.widgets.rows import Cell, EmptySource, RowSource, Viewport
from backup_tui.ui.widgets.spans import segments, tone_style, two_ends

GUTTER = 3  # cells before the first column: a blank, the cursor, the mark


class RowLine(Struct, frozen=True):
    """What the line of a row shows; equal lines are not drawn again."""

    gutter: str  # the cells before the first column
    cells: tuple[Cell, ...]  # one for each column
    is_cursor: bool  # whether it has the look of the cursor
    is_marked: bool  # whether it has the look of a marked row


def header_text(columns: Sequence[Column], sizes: Sequence[int], gap: int, sort: tuple[str, bool] | None) -> str:
    """The titles of the columns that are shown, with an arrow at the sorted one.

    Args:
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


class RowLines(LineWidget):
    """Draws the rows that are visible, one line each; `RowTable` moves, marks and opens them.

    It holds its own first visible row and repaints single lines: a `virtual_size` that changes would lay out the whole
    screen again.

    Args:
        columns: The columns from left to right.
        empty: Text in the body while there are no rows; line breaks allowed.
        markable: Whether `space` marks rows.
        gap: Cells between two columns.
        show_header: Whether the first line names the columns.
        cursor_needs_focus: Hides the cursor while another widget has the focus (forms).
        classes: CSS classes of the widget.
    """

    class Wanted(Message):
        """Its lines want more or fewer cells than before."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-table--header",
        "row-table--cursor",
        "row-table--cursor-blurred",
        "row-table--marked",
        "row-table--empty",
    }

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: str = "",
        markable: bool = False,
        gap: int = 2,
        show_header: bool = True,
        cursor_needs_focus: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = self._placed = tuple(columns)
        self._chosen: tuple[str, ...] = ()
        self._empty = empty
        self.markable = markable
        self._gap = self._space = gap
        self._head = 1 if show_header else 0
        self._cursor_needs_focus = cursor_needs_focus
        self._source: RowSource = EmptySource()
        self._view = Viewport()
        self._marked: frozenset[str] = frozenset()
        self._sort: tuple[str, bool] | None = None
        self._flags: dict[str, str] = {}
        self._widths: list[int] = []
        self._seen: dict[str, int] = {}
        self._painted: list[RowLine | str | None] = []
        self._told = 0

    # -- what is shown ------------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns from left to right; set them to show others (all lines are drawn again)."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._place()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The columns that a person chose, as `columns.arrange` takes them; empty for all of them as delivered."""
        return self._chosen

    @chosen.setter
    def chosen(self, chosen: Sequence[str]) -> None:
        if tuple(chosen) != self._chosen:
            self._chosen = tuple(chosen)
            self._place()

    def _place(self) -> None:
        self._placed = arrange(self._columns, self._chosen)
        self._widths = []
        self._redraw()
        self.refresh()

    def without_room(self, chosen: Sequence[str]) -> frozenset[str]:
        """Keys of the columns that would be left out now for want of room, if these were chosen."""
        placed = arrange(self._columns, chosen)
        sizes = lay_out(placed, max(0, self.size.width - GUTTER), self._gap, self._seen)
        return frozenset(one.key for one, size in zip(placed, sizes, strict=True) if not size and not one.hidden)

    @property
    def gap(self) -> int:
        """Cells between two columns."""
        return self._gap

    @gap.setter
    def gap(self, gap: int) -> None:
        if gap != self._gap:
            self._gap, self._widths = gap, []
            self._redraw()
            self.refresh()

    @property
    def show_header(self) -> bool:
        """Whether the first line names the columns."""
        return bool(self._head)

    @show_header.setter
    def show_header(self, show: bool) -> None:
        if show != self.show_header:
            self._head, self._painted = int(show), []
            self._view.page = max(1, self.size.height - self._head)
            self._view.clamp()
            self.refresh()

    @property
    def empty(self) -> str:
        """Text in the body while there are no rows."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        self._empty = text
        if not len(self._view.keys):
            self._redraw()

    @property
    def sort(self) -> tuple[str, bool] | None:
        """Column key and whether it is sorted downwards, for the arrow in the header; the source does the sorting."""
        return self._sort

    @sort.setter
    def sort(self, sort: tuple[str, bool] | None) -> None:
        if sort != self._sort:
            self._sort = sort
            if self._head:
                self.refresh(Region(0, 0, self.size.width, 1))

    @property
    def flags(self) -> dict[str, str]:
        """One character by key, shown in the cursor's column of rows that want a look (`!`)."""
        return self._flags

    @flags.setter
    def flags(self, flags: dict[str, str]) -> None:
        self._flags = dict(flags)
        self._redraw()

    # -- life ---------------------------------------------------------------------------------------------

    def on_focus(self) -> None:
        self._refresh_cursor_line()

    def on_blur(self) -> None:
        self._refresh_cursor_line()

    def on_resize(self) -> None:
        self._widths = []
        self._view.page = max(1, self.size.height - self._head)
        self._view.clamp()
        self._measure()
        self.refresh()

    # -- drawing ------------------------------------------------------------------------------------------

    def _refresh_cursor_line(self) -> None:
        y = self._view.cursor - self._view.top + self._head
        self._painted[y : y + 1] = [None] * len(self._painted[y : y + 1])
        self.refresh(Region(0, y, self.size.width, 1))

    def _redraw(self, changed: Collection[str] | None = None) -> None:
        """Marks for repaint the lines that differ from what is on the screen."""
        height, width = self.size.height, self.size.width
        if not width or not self.is_mounted:
            return
        if len(self._painted) != height:
            self._measure()
            self.refresh()
            return
        before = list(self._sizes())
        differing: list[tuple[int, RowLine | str]] = []
        for y in range(self._head, height):
            was = self._painted[y]
            if changed is not None and isinstance(was, RowLine):
                index = self._view.top + y - self._head
                if index < len(self._view.keys) and self._view.keys[index] not in changed:
                    continue
            now = self._line_at(y)
            if isinstance(now, RowLine):
                self._see(now.cells)
            if now != was:
                differing.append((y, now))
        if self._sizes() != before:
            self.refresh()
            return
        for y, now in differing:
            self._painted[y] = now
            self.refresh(Region(0, y, width, 1))

    def column_width(self, key: str) -> int:
        """Cells that a column has now; 0 for one that is not shown."""
        return next(size for column, size in zip(self._placed, self._sizes(), strict=True) if column.key == key)

    def column_at(self, x: int) -> str | None:
        """Key of the column that a cell of a line belongs to; None for a cell beside all of them."""
        start = GUTTER
        for column, size in zip(self._placed, self._sizes(), strict=True):
            if size and start <= x < start + size:
                return column.key
            start += size + self._space if size else 0
        return None

    def _sizes(self) -> list[int]:
        if not self._widths:
            if self.wanted != self._told:
                self._told = self.wanted
                self.post_message(self.Wanted())
            self._space = self._between()
            self._widths = lay_out(self._placed, max(0, self.size.width - GUTTER), self._space, self._seen)
        return self._widths

    @property
    def wanted(self) -> int:
        """Cells of a line that shows every column, with nothing cut and two cells between them."""
        shown = [column for column in self._placed if not column.hidden]
        cells = sum(max(one.width, width_of(one.title), self._seen.get(one.key, 0)) for one in shown)
        return GUTTER + cells + max(self._gap, 2) * (len(shown) - 1)

    def _between(self) -> int:
        """Cells between two columns: two where nothing is cut by that."""
        return self._gap if self.wanted > self.size.width else max(self._gap, 2)

    def _measure(self) -> None:
        """Widens columns to the rows in sight; they never get narrower while the table is open."""
        for key in self._view.keys[self._view.top : self._view.top + self._view.page]:
            with suppress(KeyError):
                self._see(self._source.cells(key))

    def _see(self, cells: Sequence[Cell]) -> None:
        for column, cell in zip(self._columns, cells, strict=True):
            if (width := width_of(cell.text)) > self._seen.get(column.key, 0):
                self._seen[column.key], self._widths = min(width, LONGEST), []

    def _line_at(self, y: int) -> RowLine | str:
        """What line `y` of the widget has to show: a row, or plain text of an empty table."""
        index = self._view.top + y - self._head
        if not len(self._view.keys):
            lines = self._empty.split("\n") if self._empty else []
            return lines[index] if index < len(lines) else ""
        if index >= len(self._view.keys):
            return ""
        key = self._view.keys[index]
        is_cursor = index == self._view.cursor and (self.has_focus or not self._cursor_needs_focus)
        is_marked = key in self._marked
        lead = ">" if is_cursor else self._flags.get(key, " ")
        try:
            given = tuple(self._source.cells(key))
        except KeyError:
            return ""
        if len(given) != len(self._columns):
            raise ValueError(f"{len(given)} cells for {len(self._columns)} columns in row {key}")
        return RowLine(f" {lead}{'*' if is_marked else ' '}", given, is_cursor, is_marked)

    def render_line(self, y: int) -> Strip:
        width, height = self.size.width, self.size.height
        if len(self._painted) != height:
            self._painted = [None] * height
        base = self.look
        if y < self._head:
            return self._header().adjust_cell_length(width, base)
        line = self._line_at(y)
        if y < height:
            self._painted[y] = line
        if isinstance(line, str):
            style = self._style("empty") if line else base
            return Strip([Segment(fit(" " * GUTTER + line, width, more=""), style)], width)
        return self._row(line, base, width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"row-table--{name}")

    def _header(self) -> Strip:
        text = header_text(self._placed, self._sizes(), self._space, self._sort)
        return Strip([Segment(fit(text, self.size.width, more=""), self._style("header"))])

    def _row(self, line: RowLine, base: Style, width: int) -> Strip:
        """A row over the whole width.

        Args:
            line: What it shows.
            base: The table's own look, put together from all that it lies in, and so made once for a line.
            width: Cells of the table.
        """
        whole: Style | None = None
        if line.is_cursor:
            whole = self._style("cursor" if self.has_focus else "cursor-blurred")
        elif line.is_marked:
            whole = self._style("marked")
        plain = whole or base
        # In reverse video the line has one look: a colored word would be hard to read there.
        colored = not (line.is_cursor and plain.reverse)
        ground = plain if line.is_cursor else base
        drawn = [Segment(line.gutter, plain)]
        sizes = self._sizes()
        gap = Segment(" " * self._space, plain)
        cells = {column.key: cell for column, cell in zip(self._columns, line.cells, strict=True)}
        for column, size in zip(self._placed, sizes, strict=True):
            if not size:
                continue
            cell = cells[column.key]
            if cell.parts and colored and (column.cut == "end" or width_of(cell.text) <= size):
                parts = two_ends(cell, "", size) if column.align == "left" else two_ends("", cell, size)
                drawn += (*segments(parts, lambda tone: tone_style(self, tone, ground) if tone else plain), gap)
                continue
            text = fit(shown(cell.text), size, column.align, column.cut, column.more)
            drawn += (Segment(text, tone_style(self, cell.tone, ground) if cell.tone and colored else plain), gap)
        return Strip(Segment.simplify(drawn)).adjust_cell_length(width, plain if line.is_cursor else base)
