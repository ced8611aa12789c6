"""A table that draws its own lines and keeps its cursor on a row's key, not on a row's number.

It asks its source for the visible rows only, so a frame costs the same for ten rows and for a hundred thousand.
`reconcile()` compares what a line shows with what it should show and redraws the lines that differ.
"""

from collections.abc import Callable, Collection, Sequence

from textual import events
from textual.message import Message

from backup_tui.ui.frame.commands import list_action
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell, RowSource
from backup_tui.ui.widgets.table_lines import RowLines

__all__ = ["Cell", "Column", "RowSource", "RowTable"]


class TableMessage(Message):
    """News of a table."""

    def __init__(self, table: "RowTable") -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> "RowTable":
        return self.table


class RowTable(RowLines, can_focus=True):
    """Rows of a source, one line each, with a header line, cursor, marks and keys.

    It is made and drawn as `RowLines` says: the first line is the header (`show_header`), the others are rows.

    Keys come from `LIST_COMMANDS` in commands.py: j k arrows, g G Home End, ctrl+d ctrl+u PgDn PgUp, enter, and with
    `markable` space and u."""

    class Scrolled(TableMessage):
        """Other rows are in sight; the cursor may be on the same one."""

    class Highlighted(TableMessage):
        """The cursor is on another row (`key`), or on none (`None`)."""

        def __init__(self, table: "RowTable", key: str | None) -> None:
            super().__init__(table)
            self.key = key

    class Opened(TableMessage):
        """`enter`, or a click on the row of the cursor."""

        def __init__(self, table: "RowTable", key: str) -> None:
            super().__init__(table)
            self.key = key

    class HeadPressed(TableMessage):
        """The head of a column was clicked; `column` is the column's key."""

        def __init__(self, table: "RowTable", column: str) -> None:
            super().__init__(table)
            self.column = column

    class MarksChanged(TableMessage):
        """Rows were marked or unmarked; `marked` holds all marked ids."""

        def __init__(self, table: "RowTable", marked: frozenset[str]) -> None:
            super().__init__(table)
            self.marked = marked

    stays_on_top = False  # until somebody moves the cursor it is on the first row, whichever that is
    _keys: Sequence[str] = ()
    _held: str | None = None
    _moved = False
    _hidden_marks: int | None = 0

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

    def show_after(self, count: int) -> None:
        """Brings into view what follows the row under the cursor, as far as that row stays visible. `count`: how many
        rows that is."""
        self._go(self._view.show_after, count)

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
        on_top = self.stays_on_top and not self._moved
        held = before if hold and not on_top and before is not None and self._left_out(before, keys) else None
        if (keys is not self._keys and keys != self._keys) or held != self._held:
            self._held, self._hidden_marks, changed = held, None, None
            place = min(self._view.cursor, len(keys))
            rows = keys if held is None else (*keys[:place], held, *keys[place:])
            (self._view.start if on_top else self._view.replace)(rows)
        self._keys = keys
        self._redraw(changed)
        self._tell(before)

    def _left_out(self, key: str, keys: Sequence[str]) -> bool:
        """Whether a row still has something to show and is no longer among the rows."""
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
        action = list_action(self.app, event.key)
        if action is None or (action in {"mark", "unmark_all"} and not self.markable):
            return
        event.stop()
        event.prevent_default()
        self.act(action)

    def act(self, action: str) -> None:
        """Does what a key of `LIST_COMMANDS` means, by the id of its command."""
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
        index = self._view.top + event.y - self._head
        if event.y < self._head:
            if (column := self.column_at(event.x)) is not None:
                event.stop()
                self.post_message(self.HeadPressed(self, column))
            return
        if not 0 <= index < len(self._view.keys):
            return
        event.stop()
        if index == self._view.cursor:
            self._open()
        else:
            self._go(self._view.move, index)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._go(self._view.scroll, 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._go(self._view.scroll, -3)

    def on_resize(self) -> None:
        if len(self._view.keys):
            self.post_message(self.Scrolled(self))
