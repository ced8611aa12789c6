"""Screen 4: the protected units of one service at a time, to search, mark and restore."""

from collections.abc import Collection, Sequence

from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.store.freshness import Freshness
from backup_tui.store.views import UNIT_LANGUAGE, unit_keys
from backup_tui.ui.actions.unit_policies import ADD_TO_POLICY, REMOVE_FROM_POLICY, UnitPolicyActions
from backup_tui.ui.actions.units import (
    COPY_ADDRESS,
    COPY_UNIT_ID,
    MARK_UNIT,
    OFFBOARD_UNIT,
    OPEN_POINTS,
    RESTORE_UNITS,
    UnitContext,
)
from backup_tui.ui.frame.commands import UNMARK_ALL, Command, Commands, Context
from backup_tui.ui.frame.listing import FILTER, SORT, ListScreen
from backup_tui.ui.vocabulary.units import (
    HIDDEN_NAMES,
    about_unit,
    excluded_words,
    names_hidden,
    part_of,
    unit_cells,
    unit_columns,
)
from backup_tui.ui.widgets.frame_lines import OneLine, TabLine
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import clock_words

_SERVICES = tuple(Service)


class UnitsScreen(ListScreen, UnitPolicyActions):
    """All protected mailboxes, OneDrive accounts and sites."""

    NUMBER = 4
    VIEW = "units"
    COLUMNS = unit_columns(Service.EXCHANGE, "")
    SORTS = ("address", "name", "status", "policy")
    KEEPS_SORT = True
    LANGUAGE = UNIT_LANGUAGE
    TOPICS = frozenset({Topic.UNITS, Topic.POLICIES, Topic.INCLUSION})
    ROW_TOPICS = frozenset({Topic.UNITS})
    MARKABLE = True

    def __init__(self) -> None:
        super().__init__()
        self.service = Service.EXCHANGE
        self._marks: dict[Service, frozenset[str]] = {}
        self._places: dict[Service, str] = {}
        self._part = ""
        self._kept: tuple[object, Sequence[str]] = (None, ())

    @property
    def unit_service(self) -> Service:
        return self.service

    def focus_on(self) -> Focus:
        return Focus(screen="units", service=self.service)

    def context(self) -> UnitContext:
        return self.unit_context(self.row)

    def compose_body(self) -> ComposeResult:
        title, *rest = super().compose_body()
        yield title
        yield TabLine(id="services")
        if self.ws.who.app_only:
            yield OneLine(Cell(f"   {HIDDEN_NAMES}", "warn"))
        yield from rest

    # -- rows -----------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        table = self.ws.store.units[self.service]
        state = (self.service, self.filter_text, self.filter_minute, self.sort, table.version, len(table))
        if self._kept[0] != state:
            self._kept = (state, unit_keys(self.ws.store, self.service, self.filter_text, self.sort, now=self.now))
        return self._kept[1]

    def cells(self, key: str) -> Sequence[Cell]:
        row = self.ws.store.units[self.service][key]
        hidden = names_hidden(self.service, self.ws.who)
        return unit_cells(self.ws.store, row, self._part, self.ws.zone, self.now, hidden=hidden)

    def changed(self, change: Change) -> None:
        if Topic.POLICIES in change.topics and "policy:" in self.filter_text:
            self._kept = (None, ())
        super().changed(change)

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        self._part = part_of(self.ws.store.units[self.service])
        columns = unit_columns(self.service, self._part, hidden=names_hidden(self.service, self.ws.who))
        if columns != self.table.columns:
            self.table.columns = columns
        super().show_rows(news=news, changed=changed)

    # -- words ----------------------------------------------------------------------------------------------

    @property
    def _known(self) -> Freshness:
        return self.ws.store.freshness(fresh.units_of(self.service))

    def show_title(self) -> None:
        if self.is_mounted:
            tabs = [self._tab(service) for service in _SERVICES]
            self.query_one("#services", TabLine).show(tabs, _SERVICES.index(self.service))
        super().show_title()

    def _tab(self, service: Service) -> str:
        table, known = self.ws.store.units[service], self.ws.store.freshness(fresh.units_of(service))
        count = "…" if known.never_read and not len(table) else f"{len(table):,}"
        chosen = self._marks.get(service)
        return f"{service.label} {count}{f', {len(chosen):,} selected' if chosen else ''}"

    def heading(self) -> Section:
        known, chosen, hidden = self._known, len(self.table.marked), self.table.hidden_marks
        parts = [self._loaded_words(known, len(self.ws.store.units[self.service]))]
        if chosen:
            parts.append(f"{chosen:,} selected{f', {hidden:,} hidden by the filter' if hidden else ''}")
        if out := excluded_words(self.ws.store, self.service):
            parts.insert(0, out)
        return Section("Units", right="   ".join(parts))

    def _loaded_words(self, known: Freshness, total: int) -> str:
        if known.never_read:
            return self.freshness_words(known)
        at = clock_words(known.answered_at, self.ws.zone, self.now) if known.answered_at else "before"
        unread = f", {known.unread:,} could not be read" if known.unread else ""
        if known.complete:
            moved = self.ws.store.units[self.service].moved
            whole = f"about {total:,} loaded {at}, it changed meanwhile" if moved else f"all loaded {at}"
            return f"{whole}{unread}" + (f"; {known.error}" if known.error else "")
        if known.reading_since is not None:
            return f"{total:,} loaded, more to come{unread}"
        return f"only {total:,} loaded {at}: {known.error or 'the list broke off'}"

    def total(self) -> int:
        return len(self.ws.store.units[self.service])

    def empty_words(self) -> str:
        known, names = self._known, self.service.names
        if known.never_read:
            if (barred := self.barred("protection")) is not None:
                return f"   {barred}"
            words = self.freshness_words(known)
            return f"   The {names.units}: {words}." if not known.error else f"   {words[0].upper()}{words[1:]}"
        if self.filter_text:
            if known.complete:
                return f'   No {names.unit} matches "{self.filter_text}". Esc clears the filter.'
            return f"   No match so far; {len(self.ws.store.units[self.service]):,} loaded, more to come."
        if not known.complete:
            return "   None so far; more to come."
        if not known.whole:
            return f"   {counted(known.unread, names.unit, names.units)} could not be read. r tries again."
        return f"   No {names.unit} is protected. A policy of {self.service.label} adds them (2 Policies)."

    def about(self, key: str) -> Sequence[Section | str]:
        row = self.unit_of(key)
        hidden = names_hidden(self.service, self.ws.who)
        return about_unit(self.ws.store, row, self.ws.zone, self.now, hidden=hidden) if row else ()

    # -- services -------------------------------------------------------------------------------------------

    def show_service(self, service: Service) -> None:
        """Shows another service's units; selection and place of this one are kept."""
        if service is self.service:
            return
        table = self.table
        self._marks[self.service] = table.marked
        if (place := table.cursor_key) is not None:
            self._places[self.service] = place
        self.service = service
        self.look()
        table.marked = self._marks.pop(service, frozenset())
        self.show_rows()
        table.source = self
        if (kept := self._places.get(service)) is not None:
            table.move_to(kept)
        self.show_title()
        self.show_about()
        self.refresh_frame()

    def next_service(self, row: str | None) -> None:
        self.show_service(_SERVICES[(_SERVICES.index(self.service) + 1) % len(_SERVICES)])

    def show_tab(self, place: int) -> None:
        self.show_service(_SERVICES[place])

    def previous_service(self, row: str | None) -> None:
        self.show_service(_SERVICES[(_SERVICES.index(self.service) - 1) % len(_SERVICES)])


def _show_units(service: Service) -> Command[UnitsScreen, Context]:
    """Shows the units of a service, by its name in the palette."""
    return Command(
        f"units_{service.value}",
        help=f"The {service.names.units}.",
        run=lambda screen, _row: screen.show_service(service),
        name=f"units {service.value}",
    )


# fmt: off
COMMANDS: Commands[UnitsScreen, UnitContext] = (
    OPEN_POINTS,
    Command("next_service", ("tab", "right", "l"), "service",
            "Shows the next service; selection and place in each list are kept.", run=UnitsScreen.next_service,
            group="Move", weight=1, in_fields=False),
    Command("previous_service", ("shift+tab", "left", "h"), help="Shows the previous service.",
            run=UnitsScreen.previous_service, group="Move", in_fields=False),
    MARK_UNIT,
    UNMARK_ALL,
    FILTER,
    SORT,
    RESTORE_UNITS,
    ADD_TO_POLICY,
    REMOVE_FROM_POLICY,
    COPY_UNIT_ID,
    COPY_ADDRESS,
    OFFBOARD_UNIT,
    *(_show_units(service) for service in _SERVICES),
)
# fmt: on
UnitsScreen.offers(COMMANDS)
