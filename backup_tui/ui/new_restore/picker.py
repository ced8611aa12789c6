"""The units of a service to pick from, with those pointed out that are easily taken for a chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.restore.drafts.form import FormUnit
from backup_tui.restore.names.near_doubles import near_doubles
from backup_tui.store.changes import Change, Topic
from backup_tui.store.freshness import units_of
from backup_tui.store.store import Store
from backup_tui.store.unit_table import UnitTable
from backup_tui.store.views import unit_keys
from backup_tui.ui.frame.commands import MARK, OPEN, UNMARK_ALL, Command, Commands, Context
from backup_tui.ui.frame.input_gate import takes_text
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.frame_lines import OneLine, SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, without_part
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.time_format import clock_words

MOST_LISTED = 2
"""So many chosen units, and so many near-doubles, are named below a list on a small terminal."""

MOST_LISTED_BESIDE = 8
"""The same beside a list on a large terminal."""


class PickerContext(Context, frozen=True):
    """What the commands look at.

    Attributes:
        typing: The search has the keys.
    """

    typing: bool = False


class UnitPicker(BaseScreen):
    """Picks units.

    Args:
        drafting: The form that they go into; its units are marked at the start.
    """

    VIEW: ClassVar[str] = "units"

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._service = drafting.form.service
        self._rows: _UnitRows | None = None

    def compose_body(self) -> ComposeResult:
        """The list, what is chosen, and the unit under the cursor."""
        yield SectionLine(classes="title")
        yield FilterLine(back_to="RowTable")
        yield ListAndPane(RowTable((), markable=True), lines=6)
        with Vertical(classes="one-line"):
            yield OneLine(id="under-cursor")

    @property
    def table(self) -> RowTable:
        """The units."""
        return self.query_one(RowTable)

    @property
    def units(self) -> UnitTable:
        """What is known of the service's units."""
        return self.ws.store.units[self._service]

    def focus_on(self) -> Focus:
        """The units are read while they are picked from."""
        return Focus(screen="form", service=self._service)

    def context(self) -> PickerContext:
        """What the commands look at."""
        table = self.table
        return PickerContext(row=self.row, marked=len(table.marked), typing=self.focused is not table)

    def on_mount(self) -> None:
        """Shows the units; typing searches at once."""
        self._rows = _UnitRows(self.ws.store, self._service)
        self.table.columns = self._rows.columns()
        self.table.source = self._rows
        known = self.units
        self.table.marked = frozenset(unit_id for unit_id in self._drafting.form.unit_ids if unit_id in known)
        self.query_one(FilterLine).open()
        self.show()

    def changed(self, change: Change) -> None:
        """More of the list was read."""
        if Topic.UNITS in change.topics:
            self.show()

    def show(self) -> None:
        """Shows the list as far as it is known."""
        if self._rows is None:
            return
        columns = self._rows.columns()
        if columns != self.table.columns:
            self.table.columns = columns
        self.table.empty = self._empty()
        self.table.reconcile()
        self._tell_title()
        self._tell_chosen()
        self._tell_cursor()
        self.refresh_frame()

    def _empty(self) -> str:
        names = self._service.names
        fresh = self.ws.store.freshness(units_of(self._service))
        if self._rows is not None and self._rows.text and len(self.units):
            return f"No {names.unit} has this in its address or name."
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
        table, total = self.table, len(self.units)
        if fresh.complete and fresh.answered_at is not None:
            whole = f"all {total:,} read" if fresh.whole else f"{total:,} read, {fresh.unread:,} could not be read,"
            read = f"{whole} at {self._when(fresh.answered_at)}"
        else:
            read = f"{total:,} so far, {'broken off: r reads again' if fresh.error else 'more to come'}"
        parts: list[str] = []
        if self._rows is not None and self._rows.text:
            parts.append(f"{table.row_count:,} shown")
        if table.marked:
            hidden = f", {table.hidden_marks:,} hidden" if table.hidden_marks else ""
            parts.append(f"{len(table.marked):,} marked{hidden}")
        service = self._service.label
        right, shorter = ("   ".join([whole, *parts]) for whole in (f"{service}, {read}", service))
        self.query_one(".title", SectionLine).say(Section("New restore > Units", "", right, (shorter,)))

    def _tell_chosen(self) -> None:
        pane = self.query_one(ListAndPane)
        lines = self._chosen_lines(MOST_LISTED_BESIDE if pane.is_beside else MOST_LISTED)
        pane.tell([self.keyed(line) for line in lines])

    def _chosen_lines(self, most: int | None) -> list[str]:
        """The marked units and their near-doubles; `most` of each, all for None."""
        assert self._rows is not None
        units, start, marked = self.units, self._rows.start, self.table.marked
        how = "space marks the unit under the cursor"
        if takes_text(self.focused):
            how = "enter goes to the list, where space marks"
        lines = [f"Marked {len(marked):,}" + ("" if marked else f": {how}")]
        rows = sorted((units[unit_id] for unit_id in marked if unit_id in units), key=lambda row: row.name)
        shown = rows[:most]
        for row in shown:
            title = f"   {row.title}" if row.title and row.title != row.name else ""
            lines.append(f"  {row.name}{title}")
        if len(rows) > len(shown):
            lines[-1] += f"   and {len(rows) - len(shown):,} more: v"
        doubles = near_doubles(units, marked)
        if doubles:
            more = f" ({len(doubles):,}, v shows all)" if most is not None and len(doubles) > most else ""
            lines.append(f"! Not marked, but almost the same{more}:")
            lines += [f"  {without_part(units[one.unit_id].name, start)} {one.reason}" for one in doubles[:most]]
        return lines

    def _tell_cursor(self) -> None:
        row = self.units.get(self.row or "")
        text = ""
        if row is not None and self._rows is not None:
            policy = self.ws.store.policies.get(row.policy_id)
            in_policy = (policy.display_name or short_id(row.policy_id)) if policy else short_id(row.policy_id)
            of = f", policy {in_policy}" if row.policy_id else ", in no policy"
            text = f" Cursor: {without_part(row.name, self._rows.start)}, unit {short_id(row.id)}{of}, {row.state.word}"
        self.query_one("#under-cursor", OneLine).text = text

    @on(FilterLine.Changed)
    def _found(self, event: FilterLine.Changed) -> None:
        if self._rows is not None:
            self._rows.text = event.text
            self.show()

    def on_descendant_focus(self) -> None:
        """In the search other keys work than in the list."""
        if self._rows is not None:
            self._tell_chosen()
        self.refresh_frame()

    def way_out_of_field(self, key: str) -> str | None:
        """`enter` leads from the search to the list; `esc` would take the search away."""
        out = None if key in ("enter", "space") else super().way_out_of_field(key)  # its sentences mean the search
        return "Enter" if out and self.commands.by_written(key) in self.OWN_COMMANDS else out

    def on_row_table_highlighted(self) -> None:
        """Another unit."""
        self._tell_cursor()
        self.refresh_frame()

    def on_row_table_marks_changed(self) -> None:
        """Other units are chosen."""
        self._tell_title()
        self._tell_chosen()
        self.refresh_frame()

    # -- commands --------------------------------------------------------------------------------------------

    def open_filter(self, row: str | None) -> None:
        self.query_one(FilterLine).open()

    def show_chosen(self, row: str | None) -> None:
        self.app.push_screen(PagerScreen("Marked units", self._chosen_lines(None)))

    def read_again(self, row: str | None) -> None:
        self.ws.sync.read_units(self._service)

    def open_row(self, row: str | None) -> None:
        """The marked ones, or this one."""
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
            self.say(f"{self._service.counted(len(added))} taken{out}. u takes it back.")


class _UnitRows:
    """The units that the search leaves, by address.

    Attributes:
        text: What is searched for.
    """

    def __init__(self, store: Store, service: Service) -> None:
        self._store = store
        self._service = service
        self.text = ""
        self._made: tuple[int, str] | None = None
        self._keys: Sequence[str] = ()
        self._start: tuple[int, str] = (-1, "")

    @property
    def start(self) -> str:
        """What all addresses of sites begin with."""
        table = self._store.units[self._service]
        if self._start[0] != table.version:
            sites = self._service is Service.SHAREPOINT
            self._start = (table.version, shared_part(row.address for row in table.values()) if sites else "")
        return self._start[1]

    def columns(self) -> tuple[Column, ...]:
        """Sites begin with their address, because names repeat."""
        if self._service is Service.SHAREPOINT:
            first = Column("address", f"{self.start or 'Address'}...", 36, grow=3, cut="start")
        else:
            first = Column("address", "Address", 34, grow=3, cut="middle")
        return (first, Column("title", "Name", 22, grow=2, least=12), Column("state", "Backup", 15, drop=1))

    def keys(self) -> Sequence[str]:
        """Ids in the order of the addresses."""
        version = self._store.units[self._service].version
        if self._made != (version, self.text):
            self._made = (version, self.text)
            self._keys = unit_keys(self._store, self._service, self.text)
        return self._keys

    def cells(self, key: str) -> Sequence[Cell]:
        """One row."""
        row = self._store.units[self._service][key]
        name = without_part(row.address, self.start) if row.address else row.name
        if row.deleted:
            name = f"[{name}]"
        return (Cell(name), Cell(row.title), Cell(row.state.word))


def _text_of_take_marked(context: PickerContext) -> str:
    if context.typing:
        return "to the list"
    return f"take the {context.marked:,} marked" if context.marked else "take this one"


# fmt: off
COMMANDS: Commands[UnitPicker, PickerContext] = (
    replace(MARK, label="mark", weight=1),
    replace(UNMARK_ALL, label="unmark all", weight=2),
    Command("find", ("slash",), "find", "Shows only units with a text in their address or name.",
            run=UnitPicker.open_filter, weight=2),
    replace(OPEN, help="Takes the marked units into the form, or the one under the cursor when none is marked.",
            name="take", weight=1).when(footer_text=_text_of_take_marked),
    Command("chosen", ("v",), "all marked", "All marked units in full, and all that are almost the same.",
            run=UnitPicker.show_chosen, weight=3,
            blocked=lambda context: None if context.marked else "Nothing is marked."),
    replace(BACK, label="back", side="right", weight=1, help="Back to the form; it stays as it was."),
)
# fmt: on
UnitPicker.offers(COMMANDS)
