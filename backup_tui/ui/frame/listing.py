"""A screen that is a list: title, table, filter, sort, and the lines about the row under the cursor."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from backup_tui.store.changes import Change, Topic
from backup_tui.store.filters import TEXT_ONLY, Language, parse_filter
from backup_tui.store.freshness import Freshness
from backup_tui.store.views import Sort
from backup_tui.ui.frame.commands import Command, Context
from backup_tui.ui.frame.list_columns import ListColumns
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.widgets.cells import wrap
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.frame_lines import SectionLine, TabLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell, RowTable
from backup_tui.ui.widgets.table_lines import GUTTER
from backup_tui.ui.widgets.time_format import clock_words


class ListScreen(BaseScreen):
    """A list of rows of the store.

    A subclass gives the rows (`keys`, `cells`: it is the table's source itself), the heading, and the lines about a
    row. It calls `show_rows` when something about them changed; `changed` does so for the topics in `TOPICS`."""

    COLUMNS: ClassVar[tuple[Column, ...]] = ()  # the columns of the table
    SORTS: ClassVar[tuple[str, ...]] = ()  # keys of the columns that `s` goes through
    TOPICS: ClassVar[frozenset[Topic]] = frozenset()  # parts of the store that the list is made of
    # those of them whose changes name every row that looks different by them
    ROW_TOPICS: ClassVar[frozenset[Topic]] = frozenset()
    MARKABLE: ClassVar[bool] = False  # whether `space` marks rows
    PANE_LINES: ClassVar[int] = 4  # lines about the row below the list on a small terminal
    GAP: ClassVar[int] = 1  # cells between two columns
    LANGUAGE: ClassVar[Language] = TEXT_ONLY  # what its filter understands beside text
    # name under which its filters are kept for the next list of the kind; `VIEW` where it is empty
    KEPT_AS: ClassVar[str] = ""
    KEEPS_SORT: ClassVar[bool] = False  # whether the order that was chosen is that of the next start, too

    @classmethod
    def offers(cls, commands: Iterable[Command[Self, Any]]) -> None:
        super().offers((*commands, COLUMNS))  # of every list

    def __init__(self) -> None:
        super().__init__()
        self.filter_text = ""
        self.sort = Sort()

    # -- what a list says -----------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        raise NotImplementedError

    def cells(self, key: str) -> Sequence[Cell]:
        raise NotImplementedError

    def heading(self) -> Section:
        """The line above the list."""
        raise NotImplementedError

    def about(self, key: str) -> Sequence[Section | str]:
        """What is said about a row, its name first."""
        raise NotImplementedError

    @property
    def language(self) -> Language:
        """What the filter understands in the rows that are shown now."""
        return self.LANGUAGE

    @property
    def list_name(self) -> str:
        """Name under which what a person chose for this list is kept; another one where a tab has other columns."""
        return self.KEPT_AS or self.VIEW or type(self).__name__

    def total(self) -> int | None:
        """How many rows there are without the filter; None where that is not counted."""
        return None

    def empty_words(self) -> str:
        """Why there is no row, and what to do."""
        raise NotImplementedError

    # -- the screen -----------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        yield SectionLine(classes="title")
        table = RowTable(self.COLUMNS, markable=self.MARKABLE, gap=self.GAP)
        yield ListAndPane(table, *self.compose_below(), self._filter_line(), lines=self.PANE_LINES)

    def _filter_line(self) -> FilterLine:
        return FilterLine(history=self.program.habits.history(self.list_name))

    def compose_below(self) -> Iterable[Widget]:
        """What is between the list and its filter."""
        return ()

    def on_mount(self) -> None:
        self.table.source = self
        self.table.focus()
        self._order_as_kept()
        self.program.places.restore(self)
        self.show_rows()

    def opened(self) -> None:
        if self._order_as_kept():
            self.show_rows()

    def _order_as_kept(self) -> bool:
        """Takes the order that was chosen before; returns whether it is another one."""
        self.program.habits.look()
        kept = self.program.habits.sort(self.list_name) if self.KEEPS_SORT else self.sort
        if kept == self.sort or kept.column not in self.SORTS:
            return False
        self.sort = kept
        self.table.sort = (kept.column, kept.reverse)
        return True

    @on(FilterLine.Used)
    def _filter_used(self) -> None:
        self.program.habits.keep()

    def on_resize(self) -> None:
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        if self.is_mounted:
            self.show_title()
            self._show_empty()

    def _show_empty(self) -> None:
        """Why there is no row; it names permissions and reasons, so it is wrapped rather than cut."""
        table = self.table
        width = (table.size.width or self.app.size.width) - GUTTER - 1
        lines: list[str] = []
        for line in self.keyed(self.empty_words()).split("\n"):
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + part for part in wrap(line.strip(), width - len(indent))]
        if (empty := "\n".join(lines)) != table.empty:
            table.empty = empty

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    def changed(self, change: Change) -> None:
        topics = change.topics & (self.TOPICS | {Topic.MINUTE})
        if topics:
            self.show_rows(news=True, changed=change.ids if topics <= self.ROW_TOPICS else None)
        else:
            self.show_title()
            self.show_about()

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        """Brings rows, title and lines up to date; draws only what differs. `news`: the store changed, and the person
        did nothing: the row under the cursor stays. `changed`: ids of the only rows that can look different, when that
        is known."""
        self._show_empty()
        self.table.chosen = self.program.habits.columns(self.list_name)
        self.table.reconcile(changed, hold=news)
        self.show_title()
        self.show_about()

    def show_title(self) -> None:
        """Brings the line above the list up to date."""
        if self.is_mounted:
            self.query_one(".title", SectionLine).say(self.heading())
            matches, total = self.table.row_count, self.total()
            words = f"{matches:,} match"
            if total is not None:
                words = f"{matches:,} of {total:,}" + (f", {total - matches:,} hidden" if total > matches else "")
            problem = parse_filter(self.filter_text, self.language).problem
            self.query_one(FilterLine).say(words if self.filter_text else "", problem)

    def show_about(self) -> None:
        """Brings the lines about the row up to date."""
        key = self.table.cursor_key
        said = self.about(key) if key is not None else ()
        self.query_one(ListAndPane).tell([self.keyed(line) if isinstance(line, str) else line for line in said])

    def on_descendant_focus(self) -> None:
        if self.table.is_mounted:
            self._show_empty()
            self.show_about()

    @on(RowTable.Highlighted)
    def _about_another(self, event: RowTable.Highlighted) -> None:
        if event.table is self.main_table:
            self.show_about()

    @on(RowTable.MarksChanged)
    def _marks_in_title(self) -> None:
        self.show_title()

    # -- filter and sort ------------------------------------------------------------------------------------

    @property
    def filter_minute(self) -> int:
        """The minute of the clock where the filter asks for ages, else 0: rows that are kept were found in it."""
        return int(self.now.timestamp() // 60) if "when:" in self.filter_text.lower() else 0

    @on(FilterLine.Changed)
    def _filtered(self, event: FilterLine.Changed) -> None:
        self.filter_text = event.text
        self.program.places.noted(self)
        self.show_rows()

    def filter_by(self, text: str) -> None:
        """Filters the list by a text, without taking the focus."""
        self.filter_text = text
        self.query_one(FilterLine).show(text)

    def open_filter(self, row: str | None) -> None:
        self.query_one(FilterLine).open()

    def sort_next(self, row: str | None) -> None:
        orders = [Sort(), *(Sort(column, reverse) for column in self.SORTS for reverse in (False, True))]
        self.sort_by(orders[(orders.index(self.sort) + 1) % len(orders)])

    @on(RowTable.HeadPressed)
    def _head_pressed(self, event: RowTable.HeadPressed) -> None:
        if event.table is not self.main_table or not self.SORTS:
            return
        event.stop()
        if event.column not in self.SORTS:
            titles = {column.key: column.title for column in self.table.columns}
            self.say(f"{titles[event.column]} isn't a column to sort by.")
            return
        upward, downward = Sort(event.column), Sort(event.column, reverse=True)
        self.sort_by(downward if self.sort == upward else Sort() if self.sort == downward else upward)

    def sort_by(self, sort: Sort) -> None:
        """Shows the rows in another order, and says in which."""
        self.sort = sort
        if self.KEEPS_SORT:
            self.program.habits.sorted_by(self.list_name, sort)
        self.table.sort = (self.sort.column, self.sort.reverse) if self.sort.column else None
        self.show_rows()
        named = {column.key: column.title for column in self.table.columns}
        title = named.get(self.sort.column, self.sort.column)
        turned = ", reversed" if self.sort.reverse else ""
        self.say(f"Sorted by {title.lower()}{turned}." if self.sort.column else "Default order.")

    def choose_columns(self, row: str | None) -> None:
        self.program.push_screen(ListColumns(self.table, self._columns_chosen))

    def _columns_chosen(self, chosen: tuple[str, ...]) -> None:
        self.program.habits.columns_chosen(self.list_name, chosen)
        self.show_rows()
        left_out = self.table.without_room(chosen) if chosen else ()
        missing = ", ".join(one.title.strip() for one in self.table.columns if one.key in left_out)
        lasting = "Columns of this list kept." if self.program.habits.are_kept else "Columns changed until the end."
        kept = lasting if chosen else "Default columns."
        self.say(f"{kept} No room now for {missing}." if missing else kept)

    def show_tab(self, place: int) -> None:
        """Shows what a tab of the screen holds; for lists that have tabs."""

    def on_tab_line_pressed(self, event: TabLine.Pressed) -> None:
        self.show_tab(event.place)

    def go_back(self, row: str | None) -> None:
        if self.filter_text:
            self.query_one(FilterLine).clear()
            return
        self.program.go_back()

    # -- words that all lists share -------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The service's time."""
        return self.ws.clock.now()

    def freshness_words(self, known: Freshness) -> str:
        """What has to be said about how old and how whole a list is; empty while all is well."""
        zone, now = self.ws.zone, self.now
        if known.never_read:
            if known.error:
                return f"not read: {known.error.rstrip('.')}"
            if known.reading_since is not None:
                return f"reading since {clock_words(known.reading_since, zone, now, seconds=True)}"
            return "not read yet" if self.ws.store.connection.paused_until else "reading"
        parts: list[str] = []
        if known.error:
            at = f"as of {clock_words(known.answered_at, zone, now)}" if known.answered_at else ""
            state = self.ws.store.connection
            # Where the whole way to the service is shut, the message line says why: not each list once more.
            shut = state.offline_since is not None or state.signed_out_since is not None
            parts.append(at if at and shut else "; ".join(filter(None, (at, known.error.rstrip(".")))))
        elif not known.complete:
            parts.append("more to come" if known.reading_since else "not the whole list")
        if known.unread:
            parts.append(f"{known.unread:,} could not be read")
        return ", ".join(parts)


# fmt: off
FILTER: Command[ListScreen, Context] = Command(
    "filter", ("slash",), "filter",
    "Filters rows: text, !text, status:failed, when:<2h; all must match.",
    run=ListScreen.open_filter, weight=3
)
SORT: Command[ListScreen, Context] = Command(
    "sort", ("s",), "sort",
    "Cycles the sort: column, reversed, next column, then the default order.",
    run=ListScreen.sort_next, weight=6
)
COLUMNS: Command[ListScreen, Context] = Command(
    "columns", ("vertical_line",), help="Which columns this list has, and their order; kept for the next start.",
    run=ListScreen.choose_columns, name="columns", aliases=("fields",)
)
# fmt: on
