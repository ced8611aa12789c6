"""A drill: units drawn by lot, restored beside the originals, and what earlier drills showed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import BackupTuiError
from backup_tui.evidence.drill import (
    MOST_UNITS,
    Drawn,
    Drill,
    create_drill,
    draw,
    drill_id,
    kept_drills,
    measure,
    newest_points,
    seed_of,
    times_tested,
)
from backup_tui.evidence.gathering import where_of
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.models.times import brief_span_words
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.points import UnitPoint
from backup_tui.store import freshness as fresh
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.routes import OpenReport, OpenReview, screen_for
from backup_tui.ui.vocabulary.names import person_short
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell, RowTable
from backup_tui.ui.widgets.time_format import day_words

_SHOWN = 3  # earlier drills that are listed

_SERVICES = tuple((service.value, service.label) for service in Service)


class DrillContext(Context, frozen=True):
    """What the commands look at: whether units are drawn, and the newest drill that has a session."""

    drawn: bool = False
    earlier: Drill | None = None


class DrillScreen(FormScreen):
    """Draws units, creates the draft, and shows what earlier drills showed; it is the source of its table."""

    COLUMNS = (
        Column("name", "Unit", 30, cut="middle", least=16),
        Column("point", "Point UTC", 12),
        Column("tests", "Tests in 31 days", 16),
    )

    def __init__(self) -> None:
        super().__init__()
        self._seed: int | None = None
        self._order: tuple[Drawn, ...] = ()
        self._without: list[str] = []
        self._points: Mapping[str, UnitPoint] = {}
        self._drills: tuple[Drill, ...] = ()
        self._asked: tuple[Service, int, int | None] | None = None
        self._busy = False

    def focus_on(self) -> Focus:
        return Focus(screen="units", service=self.service)

    def compose_body(self) -> ComposeResult:
        yield SectionLine(Section("Drill", right="a measured rehearsal; nothing is overwritten"), classes="title")
        yield FieldLine("Service", RadioLine(_SERVICES, Service.ONEDRIVE.value, id="drill-service"))
        yield FieldLine("Units", TextField("5", id="drill-units"))
        seed = TextField("", id="drill-seed")
        yield FieldLine("Seed", seed, "the same one draws the same units")
        yield Paragraphs([Para("   Reading the units…")], id="drill-note")
        yield RowTable(self.COLUMNS, gap=2, empty="   No unit is drawn yet.", id="drill-table")
        yield Paragraphs(id="drill-earlier")

    def on_mount(self) -> None:
        self._seed = seed_of(self.ws.clock.now())
        self.query_one("#drill-seed", TextField).value = str(self._seed)
        table = self.query_one(RowTable)
        table.source = self
        table.focus()
        self._draw_again()
        self.program.start(self._read_drills(), "earlier drills", group="drills", exclusive=True)

    # -- what is asked for ----------------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        found = self.query("#drill-service").results(RadioLine)
        return next((Service(line.value) for line in found if line.value), Service.ONEDRIVE)

    @property
    def _number(self) -> int:
        text = self.query_one("#drill-units", TextField).value.strip()
        return int(text) if text.isdecimal() and 1 <= int(text) <= MOST_UNITS else 0

    def _typed_seed(self) -> int | None:
        text = self.query_one("#drill-seed", TextField).value.strip()
        return int(text) if text.isdecimal() and int(text) < 2**31 else None

    def context(self) -> DrillContext:
        earlier = next((drill for drill in self._drills if drill.session_id), None)
        return DrillContext(
            row=self.row, read_only=self.program.workspace.read_only, drawn=bool(self._points), earlier=earlier
        )

    # -- drawing lots ---------------------------------------------------------------------------------------

    @on(RadioLine.Changed)
    @on(Input.Changed)
    def _draw_again(self) -> None:
        if not self.is_open or not self.query(RowTable):
            return
        asked = (self.service, self._number, self._typed_seed())
        if asked != self._asked:  # A field that is filled in at the start says so, too.
            self._asked = asked
            self._without.clear()
            self._start_drawing()

    def _start_drawing(self) -> None:
        self.program.start(self._draw(), "units of a drill", group="drawing", exclusive=True)

    async def _draw(self) -> None:
        self._points, self._order = {}, ()
        seed, number, service = self._typed_seed(), self._number, self.service
        if not number or seed is None:
            wrong = f"Units: 1 to {MOST_UNITS}." if not number else "Seed: a whole number."
            self._tell(wrong, "warn")
            return
        try:
            await self._draw_these(service, number, seed)
        except BackupTuiError as error:
            self._tell(error.sentences, "bad")

    async def _draw_these(self, service: Service, number: int, seed: int) -> None:
        context = self.ws.context
        if not self.ws.store.units[service].complete:
            self._tell(f"Reading the {service.names.units}…", "moving")
            await self.ws.loader.load(fresh.units_of(service))
        rows, limit = self.ws.store.units[service], context.limits.tests_per_month
        tests = await times_tested(context.journal, context.clock.now())
        able = draw(rows.values(), tests, len(rows), seed, limit, without=self._without)
        drawn, spare = able[:number], able[number:]
        self._tell("Finding the newest points…", "moving")
        points, without = await newest_points(context, drawn, spare)
        by_id = {row.unit_id: row for row in points}
        self._seed, self._points = seed, by_id
        self._order = tuple(one for one in able if one.unit.id in by_id)
        full = sum(times >= limit for times in tests.values())
        words = [f"at random from {len(able):,}", f"{full:,} at the limit" if full else ""]
        words.append(f"{counted(len(without), 'unit')} without a point left out" if without else "")
        self._tell(", ".join(filter(None, words)))

    def _tell(self, text: str, look: str = "") -> None:
        if self.is_open:
            self.query_one("#drill-note", Paragraphs).show([Para(text, look, mark="  ")])
            self.query_one(RowTable).reconcile()
            self.refresh_frame()

    # -- rows -----------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return [one.unit.id for one in self._order]

    def cells(self, key: str) -> Sequence[Cell]:
        one = next(each for each in self._order if each.unit.id == key)
        point, limit = self._points[key], self.ws.context.limits.tests_per_month
        time = show_utc(point.time, self.ws.clock.now()) if point.time else ""
        return Cell(point.name), Cell(time), Cell(f"{one.tests:,} of {limit:,}", "warn" if one.tests else "")

    # -- earlier drills -------------------------------------------------------------------------------------

    async def _read_drills(self) -> None:
        context = self.ws.context
        self._drills = await kept_drills(context.journal, context.clock.now())
        self._show_drills()
        where = where_of(context, self.ws.address.without_version)
        for drill in self._drills[:_SHOWN]:
            try:
                now = await measure(context, where, drill)
            except BackupTuiError:
                continue  # A deleted draft, or no answer: it is shown as it was kept.
            self._drills = tuple(now if each.id == now.id else each for each in self._drills)
        self._show_drills()

    def _show_drills(self) -> None:
        if not self.is_open:
            return
        heading = f"{'':<27}{'Units':>6}{'Slowest (RTO)':>15}{'Oldest (RPO)':>14}  Result"
        lines = [Para(f"Earlier drills {len(self._drills):,}", "section"), Para(heading, "dim", mark="  ")]
        lines += [Para(self._about(drill), mark="  ") for drill in self._drills[:_SHOWN]]
        if not self._drills:
            lines = [Para("Earlier drills", "section"), Para("None in a year.", mark="  ")]
        copies = self._copies()
        if copies:
            words = f"{counted(len(copies), 'restored copy', 'restored copies')} of the last one: y copies where."
            lines += [Para("Clean up", "section"), Para(words, mark="  ")]
        self.query_one("#drill-earlier", Paragraphs).show([Para(), *lines])
        self.refresh_frame()

    def _about(self, drill: Drill) -> str:
        who = f"{day_words(drill.at, self.ws.zone, self.ws.clock.now())}, {person_short(drill.by)}"
        outcome = drill.outcome
        if outcome is None:
            return f"{who:<27}{len(drill.names):>6}   not measured: it has not ended"
        slow, old = (
            "-" if seconds is None else brief_span_words(timedelta(seconds=seconds))
            for seconds in (outcome.slowest_seconds, outcome.oldest_seconds)
        )
        mark = "✗" if outcome.failed else "✓"
        result = f"{mark} {outcome.restored:,} of {outcome.restored + outcome.failed:,}"
        return f"{who:<27}{len(drill.names):>6}{slow:>15}{old:>14}  {result}"

    def _copies(self) -> list[str]:
        last = next((drill.outcome for drill in self._drills if drill.outcome is not None), None)
        return [address for _, address in last.copies if address] if last else []

    # -- keys -----------------------------------------------------------------------------------------------

    @property
    def stops(self) -> list[Widget]:
        return [
            self.query_one(RadioLine),
            self.query_one("#drill-units", TextField),
            self.query_one("#drill-seed", TextField),
            self.query_one(RowTable),
        ]

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.step(1)

    def another_unit(self, row: str | None) -> None:
        if row is not None:
            self._without.append(row)
            self._start_drawing()

    async def create(self, row: str | None) -> None:
        """Creates the draft, and opens its review."""
        if not isinstance(self.focused, RowTable):
            self.step(1)
            return
        if self._busy or self._seed is None:
            return
        self._busy = True
        try:
            context, now = self.ws.context, self.ws.clock.now()
            rows = tuple(self._points[key] for key in self.keys())
            name = drill_id(now, self.service, self._seed)
            drill = Drill(name, now, context.who.user_label, self.service, self._seed, tuple(one.name for one in rows))
            self._tell("Creating the draft…", "moving")
            drill, _result = await create_drill(context, drill, rows)
            self.give_way_to(screen_for(OpenReview(drill.session_id)))
        except BackupTuiError as error:
            self._tell(error.sentences, "bad")
        finally:
            self._busy = False

    def report(self, row: str | None) -> None:
        earlier = self.context().earlier
        if earlier is not None:
            self.program.open(OpenReport((earlier.session_id,)))

    def copy_addresses(self, row: str | None) -> None:
        copies = self._copies()
        self.say(copy(self.app, "\n".join(copies), counted(len(copies), "address", "addresses")))


# fmt: off
COMMANDS: Commands[DrillScreen, DrillContext] = (
    Command("open", ("enter",), "create draft", "Creates the draft, to a new location, and opens its review.",
            run=DrillScreen.create, name="create the drill", group="Change", changes=True, needs="service",
            feature="restore", blocked=lambda context: None if context.drawn else "No unit is drawn yet.", weight=0),
    Command("another", ("x",), "another unit", "Leaves the unit out; the next one is drawn in its place.",
            run=DrillScreen.another_unit, needs_row=True, weight=1),
    Command("report", ("e",), "report of the last drill", "Writes the report of the last drill.",
            run=DrillScreen.report, weight=2,
            blocked=lambda context: None if context.earlier else "There is no earlier drill."),
    Command("copy", ("y",), help="Copies where the restored copies of the last drill are.",
            run=DrillScreen.copy_addresses),
    Command("next_field", ("tab",), help="The next field.", run=DrillScreen.next_field),
    Command("field_before", ("shift+tab",), help="The field before.", run=DrillScreen.field_before),
)
# fmt: on
DrillScreen.offers(COMMANDS)
