"""`|`: the columns of a list, which of them are shown, and in which order."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from textual.app import ComposeResult

from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.widgets.columns import HIDDEN, Column, arrange
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell, RowTable


class ListColumns(BaseScreen):
    """Shows, hides and moves the columns of a table, and gives its choice back with `enter`. `table`: the table that
    they belong to; the screen below this one has it. `keep`: takes the columns that were chosen, as `RowTable.chosen`
    has them."""

    SHARED = DIALOG

    def __init__(self, table: RowTable, keep: Callable[[tuple[str, ...]], None]) -> None:
        super().__init__()
        self._table = table
        self._keep = keep
        self._chosen = table.chosen
        self.NUMBER = getattr(table.screen, "NUMBER", 0)  # type: ignore[misc]  # its tab stays the active one

    @property
    def _columns(self) -> tuple[Column, ...]:
        """Those that have a name, in the order chosen."""
        return tuple(column for column in arrange(self._table.columns, self._chosen) if column.title.strip())

    def keys(self) -> Sequence[str]:
        return tuple(column.key for column in self._columns)

    def cells(self, key: str) -> Sequence[Cell]:
        column = next(one for one in self._columns if one.key == key)
        if column.hidden:
            said = Cell("- hidden", "dim")
        elif key in self._table.without_room(self._chosen):
            said = Cell("! no room now", "warn")
        else:
            said = Cell("✓ always shown" if column.always else "✓ shown", "good")
        return Cell(column.title.strip(), "dim" if column.hidden else ""), said

    def compose_body(self) -> ComposeResult:
        yield SectionLine(Section("Columns of this list", right="from left to right"), classes="title")
        columns = (Column("column", "Column", 20, least=12), Column("state", "Shown", 14))
        yield ListAndPane(RowTable(columns, gap=2), lines=3)

    def on_mount(self) -> None:
        table = self.query_one(RowTable)
        table.source = self
        table.focus()
        self._tell()

    def on_row_table_highlighted(self) -> None:
        super().on_row_table_highlighted()
        self._tell()

    def _tell(self) -> None:
        columns, left_out = self._columns, self._table.without_room(self._chosen)
        place = next((at for at, one in enumerate(columns) if one.key == self.row), 0)
        lines = []
        if columns[place].hidden:
            lines.append("Hidden in the list; filter and sort still know it.")
        elif columns[place].always:
            lines.append("Always shown: without it a row could be misread.")
        if titles := [column.title.strip() for column in columns if column.key in left_out]:
            lines.append(f"No room now for {', '.join(titles)}: hide others, or widen the terminal.")
        about = Section(columns[place].title.strip(), right=f"{place + 1} of {len(columns)}")
        self.query_one(ListAndPane).tell([about, *lines])

    def _choose(self, chosen: Sequence[str]) -> None:
        self._chosen = tuple(chosen)
        self.query_one(RowTable).reconcile()
        self._tell()

    def _names(self) -> list[str]:
        return [HIDDEN * column.hidden + column.key for column in self._columns]

    def toggle(self, row: str | None) -> None:
        names, keys = self._names(), self.keys()
        if row is None or row not in keys:
            return
        place = keys.index(row)
        if self._columns[place].always:
            self.say(f"{self._columns[place].title.strip()} always stays: without it a row could be misread.")
            return
        names[place] = row if names[place] != row else HIDDEN + row
        self._choose(names)

    def _move(self, row: str | None, by: int) -> None:
        names, keys = self._names(), self.keys()
        if row is None or row not in keys or not 0 <= keys.index(row) + by < len(names):
            return
        names.insert(keys.index(row) + by, names.pop(keys.index(row)))
        self._choose(names)

    def move_left(self, row: str | None) -> None:
        self._move(row, -1)

    def move_right(self, row: str | None) -> None:
        self._move(row, 1)

    def restore_default(self, row: str | None) -> None:
        self._choose(())

    def open_row(self, row: str | None) -> None:
        chosen = tuple(self._names())
        is_default = chosen == tuple(column.key for column in self._table.columns if column.title.strip())
        if self.close():
            self._keep(() if is_default else chosen)


# fmt: off
COMMANDS: Commands[ListColumns, Context] = (
    replace(OPEN, label="keep", help="Keeps these columns for this list, for the next start too."),
    Command("show_column", ("space",), "show/hide", "Shows the column, or hides it.", run=ListColumns.toggle),
    Command("column_left", ("less_than_sign", "shift+up"), "left", "Moves the column to the left.",
            run=ListColumns.move_left),
    Command("column_right", ("greater_than_sign", "shift+down"), "right", "Moves the column to the right.",
            run=ListColumns.move_right),
    Command("default_columns", ("r",), "default", "The columns as delivered.", run=ListColumns.restore_default),
    replace(BACK, keys=("escape",), label="cancel", help="Leaves the columns as they were.", side="right"),
)
# fmt: on
ListColumns.offers(COMMANDS)
