"""The units of a service to pick from; those easily mistaken for a selected one are pointed out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.restore.drafts.form import FormUnit
from backup_tui.restore.names.near_doubles import near_doubles
from backup_tui.store.changes import Change, Topic
from backup_tui.store.filters import parse_filter
from backup_tui.store.freshness import units_of
from backup_tui.store.store import Store
from backup_tui.store.unit_table import UnitTable
from backup_tui.store.views import UNIT_LANGUAGE, unit_keys
from backup_tui.ui.frame.commands import MARK, OPEN, UNMARK_ALL, Command, Commands, Context
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.vocabulary.units import account_cell, name_cell, policy_words, status_cell
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, shown_part, without_part
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.time_format import clock_words

MOST_LISTED = 2  # so many near-doubles are named below a list on a small terminal

MOST_LISTED_BESIDE = 8  # so many selected units, and near-doubles, are named beside a list on a large terminal

SAMPLE = 200  # so many units decide which part of the address is said in the heading


class PickerContext(Context, frozen=True):
    """What the commands look at."""

    typing: bool = False  # the search has the keys


class UnitPicker(BaseScreen):
    """Picks units. `drafting`: the form that they go into; its units are selected at the start."""

    VIEW: ClassVar[str] = "units"

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._service = drafting.form.service

    def compose_body(self) -> ComposeResult:
        yield SectionLine(classes="title")
        yield ListAndPane(RowTable((), markable=True), FilterLine(back_to="RowTable"), lines=4)

    @cached_property
    def _rows(self) -> "_UnitRows":
        return _UnitRows(self.ws.store, self._service, self.ws.clock.now)

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    @property
    def units(self) -> UnitTable:
        return self.ws.store.units[self._service]

    def focus_on(self) -> Focus:
        return Focus(screen="form", service=self._service)

    def context(self) -> PickerContext:
        table = self.table
        return PickerContext(row=self.row, marked=len(table.marked), typing=self.focused is not table)

    def on_mount(self) -> None:
        self.table.columns = self._rows.columns()
        self.table.source = self._rows
        known = self.units
        self.table.marked = frozenset(unit_id for unit_id in self._drafting.form.unit_ids if unit_id in known)
        self.query_one(FilterLine).open()
        self.show()

    def changed(self, change: Change) -> None:
        if Topic.UNITS in change.topics:
            self.show()

    def show(self) -> None:
        columns = self._rows.columns()
        if columns != self.table.columns:
            self.table.columns = columns
        self.table.empty = self._empty()
        self.table.reconcile()
        self._tell()

    def _tell(self) -> None:
        self._tell_title()
        self._tell_selected()
        self.refresh_frame()

    def _empty(self) -> str:
        names = self._service.names
        fresh = self.ws.store.freshness(units_of(self._service))
        if self._rows.text and len(self.units):
            return f"No {names.unit} matches. Esc clears the filter."
        if fresh.error:
            return f"The {names.units} could not be read: {fresh.error} r tries again."
        if not fresh.complete:
            since = "" if fresh.reading_since is None else f" since {self._when(fresh.reading_since)}"
            return f"Reading the {names.units} of {self.ws.who.tenant}{since}."
        if not fresh.whole:
            return f"{counted(fresh.unread, names.unit, names.units)} came and could not be read. r tries again."
        return f"No {names.unit} of {self.ws.who.tenant} is in Backup."

    def _when(self, moment: Any) -> str:
        return clock_words(moment, self.ws.zone, self.ws.clock.now())

    def _tell_title(self) -> None:
        fresh = self.ws.store.freshness(units_of(self._service))
        total = len(self.units)
        if fresh.complete and fresh.answered_at is not None:
            whole = f"all {total:,} loaded" if fresh.whole else f"{total:,} loaded, {fresh.unread:,} could not be read,"
            read = f"{whole} {self._when(fresh.answered_at)}"
        else:
            read = f"{total:,} loaded, {'broken off: r reads again' if fresh.error else 'more to come'}"
        title = Section("New restore > Units", "", f"{self._service.label}, {read}", (self._service.label,))
        self.query_one(".title", SectionLine).say(title)
        problem = parse_filter(self._rows.text, UNIT_LANGUAGE).problem
        self.query_one(FilterLine).say(f"{self.table.row_count:,} of {total:,}" if self._rows.text else "", problem)

    def _tell_selected(self) -> None:
        pane, marked = self.query_one(ListAndPane), len(self.table.marked)
        how = "enter, then space selects" if takes_text(self.focused) else "space selects"
        title = Section(
            f"Selected {marked:,}", "" if marked else how, f"{self.table.hidden_marks:,} hidden by the filter"
        )
        lines = self._selected_lines(MOST_LISTED_BESIDE if pane.is_beside else MOST_LISTED, beside=pane.is_beside)
        between = ("",) if pane.is_beside and lines else ()  # one name a line, with none between
        cursor = self._cursor_lines() if pane.is_beside else filter(None, [", ".join(self._cursor_lines())])
        pane.tell([title, *map(self.keyed, lines), *between, *cursor])

    def _selected_lines(self, most: int | None, *, beside: bool) -> list[str]:
        """The selected units, one a line or all on one, and their near-doubles; `most` of each, all for None."""
        units, start, marked = self.units, self._rows.start, self.table.marked
        rows = sorted((units[unit_id] for unit_id in marked if unit_id in units), key=lambda row: row.name)
        names = [without_part(row.name, start) for row in rows]
        if beside:
            lines = names[:most]
        else:
            lines, width = [], self.size.width - 36
            while names[len(lines) :] and width_of("   ".join((*lines, names[len(lines)]))) <= width:
                lines.append(names[len(lines)])
        if len(names) > len(lines):
            lines.append(f"and {len(names) - len(lines):,} more (v)")
        if lines and not beside:
            lines = ["   ".join(lines)]
        doubles = near_doubles(units, marked)
        lines += [
            f"! Not selected: {without_part(units[one.unit_id].name, start)} {one.reason}" for one in doubles[:most]
        ]
        if most is not None and len(doubles) > most:
            lines[-1] += f"; {len(doubles) - most:,} more (v)"
        return lines

    def _cursor_lines(self) -> list[str]:
        row = self.units.get(self.row or "")
        if row is None:
            return []
        name, unit = without_part(row.name, self._rows.start), short_id(row.id)
        policy = policy_words(self.ws.store, row)
        return [f"Cursor: {name}", f"unit {unit}, {'in no policy' if policy == 'none' else f'policy {policy}'}"]

    @on(FilterLine.Changed)
    def _found(self, event: FilterLine.Changed) -> None:
        self._rows.text = event.text
        self.show()

    def on_descendant_focus(self) -> None:
        if self.table.columns:  # the first focus comes before the rows
            self._tell()

    def way_out_of_field(self, key: str) -> str | None:
        out = None if key in ("enter", "space") else super().way_out_of_field(key)  # its sentences mean the search
        return "Enter" if out and self.is_own_key(key) else out

    def on_row_table_highlighted(self) -> None:
        self._tell()

    def on_row_table_marks_changed(self) -> None:
        self._tell()

    # -- commands --------------------------------------------------------------------------------------------

    def open_filter(self, row: str | None) -> None:
        self.query_one(FilterLine).open()

    def show_selected(self, row: str | None) -> None:
        self.app.push_screen(PagerScreen("Selected units", self._selected_lines(None, beside=True)))

    def read_again(self, row: str | None) -> None:
        self.ws.sync.read_units(self._service)

    def open_row(self, row: str | None) -> None:
        units, form = self.units, self._drafting.form
        chosen = self.table.marked or ({row} if row else set())
        kept = [unit for unit in form.units if unit.unit_id in chosen or unit.unit_id not in units]
        if not self.table.marked:
            kept = list(form.units)
        there = {unit.unit_id for unit in kept}
        added = [
            FormUnit(one.id, one.name)
            for one in sorted((units[key] for key in chosen if key in units), key=lambda one: one.name)
            if one.id not in there
        ]
        gone = len(form.units) - len(kept)
        form = replace(form, units=(*kept, *added), pending="")
        if self._drafting.change(form, "what was picked"):
            self.close()
            out = f", {gone:,} taken out" if gone else ""
            self.say(f"{self._service.counted(len(added))} taken{out}. u undoes.")


class _UnitRows:
    """The units that the search leaves, by address."""

    def __init__(self, store: Store, service: Service, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._now = clock
        self._service = service
        self.text = ""  # what is searched for
        self._made: tuple[int, str] | None = None
        self._keys: Sequence[str] = ()
        self._start: tuple[int, str] = (-1, "")

    @property
    def start(self) -> str:
        table = self._store.units[self._service]
        if self._start[0] != table.version:
            self._start = (table.version, shared_part(row.address for row in islice(table.values(), SAMPLE)))
        return self._start[1]

    def columns(self) -> tuple[Column, ...]:
        """Sites begin with their address, because names repeat."""
        title = {Service.EXCHANGE: "Mailbox", Service.ONEDRIVE: "Account"}.get(self._service, "Site")
        return (
            Column("address", f"{title} {shown_part(self.start)}".rstrip(), 30, cut="middle", least=16),
            Column("title", "Name", 12, least=8),
            Column("state", "Status", 14, drop=1),
        )

    def keys(self) -> Sequence[str]:
        version = self._store.units[self._service].version
        if self._made != (version, self.text):
            self._made = (version, self.text)
            self._keys = unit_keys(self._store, self._service, self.text, now=self._now())
        return self._keys

    def cells(self, key: str) -> Sequence[Cell]:
        row = self._store.units[self._service][key]
        hidden = not row.address and not row.title
        return (account_cell(row, self.start, hidden=hidden), name_cell(row, hidden=hidden), status_cell(row))


def _text_of_take(context: PickerContext) -> str:
    if context.typing:
        return "to the list"
    return f"take the {context.marked:,} selected" if context.marked else "take this one"


# fmt: off
COMMANDS: Commands[UnitPicker, PickerContext] = (
    replace(OPEN, help="Takes the selected units into the form, or the one under the cursor when none is selected.",
            name="take", weight=1).when(footer_text=_text_of_take),
    replace(MARK, label="select", weight=1),
    replace(UNMARK_ALL, label="clear selection", weight=2),
    Command("find", ("slash",), "filter", "Shows only units with a text in their address or name.",
            run=UnitPicker.open_filter, weight=2),
    Command("chosen", ("v",), "all selected", "All selected units in full, and all that are almost the same.",
            run=UnitPicker.show_selected, weight=3,
            blocked=lambda context: None if context.marked else "Nothing is selected."),
    replace(BACK, label="back", side="right", weight=1, help="Back to the form; it stays as it was."),
)
# fmt: on
UnitPicker.offers(COMMANDS)
