"""A table that draws its own lines and keeps its cursor on a row's key, not on a row's number.

It asks its source for the visible rows only, so a frame costs the same for ten rows and for a hundred thousand.
`reconcile()` compares what a line shows with what it should show and redraws the lines that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from backup_tui.ui.frame.commands import LIST_KEYS
from backup_tui.ui.widgets.cells import fit
from backup_tui.ui.widgets.columns import Column, lay_out
from backup_tui.ui.widgets.lines import GUTTER, RowLine, changed_cells, header_text
from backup_tui.ui.widgets.marks import shown
from backup_tui.ui.widgets.rows import TONES, Cell, EmptySource, RowSource, Viewport

__all__ = ["Cell", "Column", "RowSource", "RowTable"]


class RowTable(Widget, can_focus=True):
    """Rows of a source, one line each, with a header line, cursor, marks and keys.

    The first line is the header (`show_header`), the others are rows. The table holds its own first visible row
    and repaints single lines: a `virtual_size` that changes would lay out the whole screen again.

    Args:
        columns: The columns from left to right.
        empty: Text in the body while there are no rows; line breaks allowed.
        markable: Whether `space` marks rows.
        gap: Cells between two columns.
        show_header: Whether the first line names the columns.
        cursor_needs_focus: Hides the cursor while another widget has the focus (forms).
        id: Id of the widget.
        classes: CSS classes of the widget.

    Attributes:
        stays_on_top: Until somebody moves the cursor it stands on the first row, whichever that is.

    Keys come from `LIST_KEYS` in commands.py: j k arrows, g G Home End, ctrl+d ctrl+u PgDn PgUp, enter, and with
    `markable` space and u.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-table--header",
        "row-table--cursor",
        "row-table--cursor-blurred",
        "row-table--marked",
        "row-table--empty",
        *(f"row-table--{tone}" for tone in TONES),
    }

    class Scrolled(Message):
        """Other rows are in sight; the cursor may be on the same one."""

        def __init__(self, table: RowTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> RowTable:
            """The table, for `@on(RowTable.Scrolled, "#id")`."""
            return self.table

    class Highlighted(Message):
        """The cursor is on another row (`key`), or on none (`None`)."""

        def __init__(self, table: RowTable, key: str | None) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> RowTable:
            """The table, for `@on(RowTable.Highlighted, "#id")`."""
            return self.table

    class Opened(Message):
        """`enter`, or a click on the row of the cursor."""

        def __init__(self, table: RowTable, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> RowTable:
            """The table, for `@on(RowTable.Opened, "#id")`."""
            return self.table

    class MarksChanged(Message):
        """Rows were marked or unmarked; `marked` holds all marked ids."""

        def __init__(self, table: RowTable, marked: frozenset[str]) -> None:
            super().__init__()
            self.table = table
            self.marked = marked

        @property
        def control(self) -> RowTable:
            """The table, for `@on(RowTable.MarksChanged, "#id")`."""
            return self.table

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
        self._columns = tuple(columns)
        self._empty = empty
        self.markable = markable
        self._gap = gap
        self._head = 1 if show_header else 0
        self._cursor_needs_focus = cursor_needs_focus
        self._source: RowSource = EmptySource()
        self._view = Viewport()
        self._keys: Sequence[str] = ()
        self._held: str | None = None
        self._moved = False
        self.stays_on_top = False
        self._marked: frozenset[str] = frozenset()
        self._hidden_marks: int | None = 0
        self._sort: tuple[str, bool] | None = None
        self._flags: dict[str, str] = {}
        self._widths: list[int] = []
        self._painted: list[RowLine | str | None] = []

    # -- what is shown ------------------------------------------------------------------------------------

    @property
    def source(self) -> RowSource:
        """Where the rows come from. Setting it reads the keys and starts at the first row."""
        return self._source

    @source.setter
    def source(self, source: RowSource) -> None:
        before = self.cursor_key
        self._source = source
        self._keys, self._held = source.keys(), None
        self._view.start(self._keys)
        self._hidden_marks = None
        self._redraw()
        self._tell(before)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns from left to right; set them to show others (all lines are drawn again)."""
        return self._columns

    @columns.setter
    def columns(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._widths = []
        self.refresh()

    @property
    def empty(self) -> str:
        """Text in the body while there are no rows."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        self._empty = text
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

    @property
    def keeps_top(self) -> bool:
        """Whether new rows above the first stay in sight: where the first rows are the news."""
        return self._view.keeps_top

    @keeps_top.setter
    def keeps_top(self, keeps: bool) -> None:
        self._view.keeps_top = keeps

    @property
    def row_count(self) -> int:
        """Rows in the source after its filter."""
        return len(self._view.keys)

    # -- cursor and marks ---------------------------------------------------------------------------------

    @property
    def cursor_key(self) -> str | None:
        """Id of the row under the cursor; None when there are no rows."""
        return self._view.key

    @property
    def above(self) -> Sequence[str]:
        """Ids of the rows above the first that is visible."""
        return self._view.keys[: self._view.top]

    @property
    def below(self) -> int:
        """How many rows are below the last that is visible."""
        return max(0, len(self._view.keys) - self._view.top - self._view.page)

    @property
    def cursor_index(self) -> int:
        """Place of the cursor in the order shown, from 0; -1 when there are no rows."""
        return self._view.cursor

    def move_to(self, key: str) -> bool:
        """Puts the cursor on the row with this id; False when it is not among the rows."""
        try:
            index = self._view.keys.index(key)
        except ValueError:
            return False
        self._go(self._view.move, index)
        return True

    @property
    def marked(self) -> frozenset[str]:
        """Ids of the marked rows, those too that the filter hides."""
        return self._marked

    @marked.setter
    def marked(self, keys: Collection[str]) -> None:
        marked = frozenset(keys)
        if marked == self._marked:
            return
        self._marked = marked
        self._hidden_marks = None
        self._redraw()
        self.post_message(self.MarksChanged(self, marked))

    @property
    def hidden_marks(self) -> int:
        """How many marked rows the filter hides."""
        if self._hidden_marks is None:
            present = self._marked and self._marked.intersection(self._view.keys)
            self._hidden_marks = len(self._marked) - len(present)
        return self._hidden_marks

    # -- reading again ------------------------------------------------------------------------------------

    def reconcile(self, changed: Collection[str] | None = None, *, hold: bool = False) -> None:
        """Reads the keys again and redraws what differs.

        The cursor stays on its row, on the same line of the screen where that is possible; when its row is gone
        it goes to the nearest one that is left.

        Args:
            changed: Ids whose cells may differ, when that is known: no other row is then read unless rows moved.
            hold: Nobody asked for other rows. The row under the cursor then stays as long as the cursor is on it, even
                where the filter no longer matches: the next key must not meet another one.
        """
        keys = self._source.keys()
        before = self.cursor_key
        if self.stays_on_top and not self._moved:
            if keys is not self._keys:
                self._keys, self._hidden_marks = keys, None
                self._view.start(keys)
            self._redraw()
            self._tell(before)
            return
        held = before if hold and before is not None and self._left_out(before, keys) else None
        if keys is not self._keys or held != self._held:
            self._keys, self._held = keys, held
            if held is not None:
                place = min(self._view.cursor, len(keys))
                keys = (*keys[:place], held, *keys[place:])
            self._view.replace(keys)
            self._hidden_marks = None
            changed = None
        self._redraw(changed)
        self._tell(before)

    def _left_out(self, key: str, keys: Sequence[str]) -> bool:
        """Whether a row still has something to show and is among the rows no more."""
        if keys is self._keys:
            return key == self._held
        if key in keys:
            return False
        try:
            self._source.cells(key)
        except KeyError:
            return False
        return True

    # -- moving -------------------------------------------------------------------------------------------

    def _go(self, movement: Callable[[int], None], by: int) -> None:
        before, top = self.cursor_key, self._view.top
        self._moved = True
        movement(by)
        if self._held is not None and self.cursor_key != self._held:
            self._held = None
            self._view.replace(self._keys)
        self._redraw()
        self._tell(before)
        if self._view.top != top:
            self.post_message(self.Scrolled(self))

    def _tell(self, before: str | None) -> None:
        if self.cursor_key != before:
            self.post_message(self.Highlighted(self, self.cursor_key))

    def on_key(self, event: events.Key) -> None:
        """Moves, marks and opens; other keys go on to the screen."""
        action = LIST_KEYS.get(event.key)
        if action is None or (action in {"mark", "unmark_all"} and not self.markable):
            return
        event.stop()
        event.prevent_default()
        view = self._view
        half = max(1, view.page // 2)
        match action:
            case "down":
                self._go(view.move, view.cursor + 1)
            case "up":
                self._go(view.move, view.cursor - 1)
            case "first":
                self._go(view.move, 0)
            case "last":
                self._go(view.move, len(view.keys) - 1)
            case "page_down":
                self._go(view.jump, view.page)
            case "page_up":
                self._go(view.jump, -view.page)
            case "half_down":
                self._go(view.jump, half)
            case "half_up":
                self._go(view.jump, -half)
            case "open":
                self._open()
            case "mark":
                self._mark()
            case "unmark_all":
                self.marked = frozenset()

    def _open(self) -> None:
        if (key := self.cursor_key) is not None:
            self.post_message(self.Opened(self, key))

    def _mark(self) -> None:
        if (key := self.cursor_key) is not None:
            self.marked = self._marked ^ {key}
            self._go(self._view.move, self._view.cursor + 1)

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a click on the cursor's own row opens it."""
        index = self._view.top + event.y - self._head
        if event.y < self._head or not 0 <= index < len(self._view.keys):
            return
        event.stop()
        if index == self._view.cursor:
            self._open()
        else:
            self._go(self._view.move, index)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three rows further."""
        event.stop()
        self._go(self._view.scroll, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three rows back."""
        event.stop()
        self._go(self._view.scroll, -3)

    def on_focus(self) -> None:
        """The cursor's line looks different with the focus."""
        self._refresh_cursor_line()

    def on_blur(self) -> None:
        """The cursor's line looks different without the focus."""
        self._refresh_cursor_line()

    def on_resize(self) -> None:
        """Other widths, and the cursor back into view."""
        self._widths = []
        self._view.page = max(1, self.size.height - self._head)
        self._view.clamp()
        self.refresh()
        if len(self._view.keys):
            self.post_message(self.Scrolled(self))

    # -- drawing ------------------------------------------------------------------------------------------

    def _refresh_cursor_line(self) -> None:
        y = self._view.cursor - self._view.top + self._head
        self._painted[y : y + 1] = [None] * len(self._painted[y : y + 1])
        self.refresh(Region(0, y, self.size.width, 1))

    def _redraw(self, changed: Collection[str] | None = None) -> None:
        """Marks for repaint the lines that differ from what stands on the screen."""
        height, width = self.size.height, self.size.width
        if not width or not self.is_mounted:
            return
        if len(self._painted) != height:
            self.refresh()
            return
        for y in range(self._head, height):
            was = self._painted[y]
            if changed is not None and isinstance(was, RowLine):
                index = self._view.top + y - self._head
                if index < len(self._view.keys) and self._view.keys[index] not in changed:
                    continue
            now = self._line_at(y)
            if now == was:
                continue
            self._painted[y] = now
            first, after = changed_cells(was, now, self._sizes(), self._gap) or (0, width)
            self.refresh(Region(first, y, after - first, 1))

    def column_width(self, key: str) -> int:
        """Cells that a column has now; 0 for one that is not shown."""
        return next(size for column, size in zip(self._columns, self._sizes(), strict=True) if column.key == key)

    def _sizes(self) -> list[int]:
        if not self._widths:
            self._widths = lay_out(self._columns, max(0, self.size.width - GUTTER), self._gap)
        return self._widths

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
        return RowLine(f" {lead}{'#' if is_marked else ' '}", given, is_cursor, is_marked)

    def render_line(self, y: int) -> Strip:
        """Draws one line; called by Textual for lines that were marked for repaint only."""
        width, height = self.size.width, self.size.height
        if len(self._painted) != height:
            self._painted = [None] * height
        base = self.rich_style
        if y < self._head:
            return self._header().adjust_cell_length(width, base)
        line = self._line_at(y)
        if y < height:
            self._painted[y] = line
        if isinstance(line, str):
            style = self._style("empty") if line else base
            return Strip([Segment(fit(" " * GUTTER + line, width, more=""), style)], width)
        return self._row(line).adjust_cell_length(width, base)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"row-table--{name}")

    def _header(self) -> Strip:
        text = header_text(self._columns, self._sizes(), self._gap, self._sort)
        return Strip([Segment(fit(text, self.size.width, more=""), self._style("header"))])

    def _row(self, line: RowLine) -> Strip:
        whole: Style | None = None
        if line.is_cursor:
            whole = self._style("cursor" if self.has_focus else "cursor-blurred")
        elif line.is_marked:
            whole = self._style("marked")
        plain = whole or self.rich_style
        segments = [Segment(line.gutter, plain)]
        gap = Segment(" " * self._gap, plain)
        for column, size, cell in zip(self._columns, self._sizes(), line.cells, strict=True):
            if not size:
                continue
            text = fit(shown(cell.text), size, column.align, column.cut, column.more)
            # Under the cursor the line has one look: a coloured word on the cursor's colour is hard to read.
            style = self._style(cell.tone) if cell.tone and not line.is_cursor else plain
            segments += (Segment(text, style), gap)
        return Strip(Segment.simplify(segments))
