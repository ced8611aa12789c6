"""The restore points of one unit: the newest, older ones on demand, express ones, and the gaps between them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult

from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.points import RestorePoint
from backup_tui.models.services import Service
from backup_tui.models.times import span_words
from backup_tui.restore.points.moments import Moment, is_weekly, parse_moment, show_utc, show_zone
from backup_tui.restore.points.points import PointWish, UnitPoint, find_points
from backup_tui.store.changes import Topic
from backup_tui.store.rows import UnitRow
from backup_tui.ui.actions.asked_time import asked_moment
from backup_tui.ui.actions.units import UnitActions
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.routes import OpenFiles, OpenMail, OpenNewRestore
from backup_tui.ui.units.point_commands import PointsContext, point_commands
from backup_tui.ui.units.strip import INDENT, STEP, Span, merged, two_weeks
from backup_tui.ui.vocabulary.units import about_unit, names_hidden, status_cell
from backup_tui.ui.vocabulary.zones import is_utc, local_column
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.list_and_pane import BESIDE_WIDTH, LOW, ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import clock_words, day_words

EARLIEST = datetime.min.replace(tzinfo=UTC)

_BEFORE = "before"


def typed_moment(point: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A point's time as it would be typed: in the zone where that is clear, else in UTC.

    Seconds are rounded up, so that the point itself is the newest one at or before the time.
    """
    whole = point.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1 if point.microsecond else 0)
    local = whole.astimezone(zone)
    text = f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"
    try:
        clear = parse_moment(text, zone, now).utc == whole
    except UsageError:
        clear = False  # an hour that the end of summer time doubles
    return text if clear else f"{whole:%Y-%m-%d %H:%M:%S} UTC"


def _fact(name: str, text: str) -> Para:
    return Para(text, mark=f"{INDENT[1:]}{name:<8}")


class UnitPoints(ListScreen, UnitActions):
    """The points of one unit."""

    NUMBER = 4
    VIEW = "points"
    GAP = 2
    TOPICS = frozenset({Topic.UNITS, Topic.POLICIES, Topic.SESSIONS})
    PANE_LINES = 3

    def __init__(self, service: Service, unit_id: str) -> None:
        super().__init__()
        self.service = service
        self.unit_id = unit_id
        self._points: dict[str, RestorePoint] = {}
        self._newest: RestorePoint | None = None
        self._express: UnitPoint | None = None
        self._express_known = False
        self._before: Moment | None = None
        self._reading_since: datetime | None = None
        self._answered_at: datetime | None = None
        self._error: BackupTuiError | None = None
        self._all_read = False
        self._spans: list[Span] = []
        self._day_end: datetime | None = None

    @property
    def unit_service(self) -> Service:
        return self.service

    @property
    def unit(self) -> UnitRow | None:
        """The unit; None when it is not listed."""
        return self.unit_of(self.unit_id)

    @property
    def unit_label(self) -> str:
        return self.unit.name if self.unit else self.ws.store.name_of(self.unit_id) or self.unit_id

    def context(self) -> PointsContext:
        return PointsContext(
            row=self.row, read_only=self.program.workspace.read_only, browsable=self.service.has_express_points
        )

    def focus_on(self) -> Focus:
        return Focus(screen="units", service=self.service)

    def compose_body(self) -> ComposeResult:
        title, listing = super().compose_body()
        yield title
        yield Paragraphs(id="points-about")
        yield listing
        yield AskLine()

    def on_mount(self) -> None:
        self.table.columns = self._columns()
        self._read()

    # -- reading --------------------------------------------------------------------------------------------

    def _read(self, before: datetime | None = None) -> None:
        """Reads points beside the screen; a newer read takes the place of an older one."""
        self._reading_since = self.now
        self._error = None
        self.program.start(self._load(before), "points", group=f"points {id(self)}", exclusive=True)
        self.show_rows()

    async def _load(self, before: datetime | None) -> None:
        try:
            await self._ask(before)
        except BackupTuiError as error:
            self._error = error
        self._reading_since = None
        if self.is_open:
            self.show_rows()
            self._follow()
            self.refresh_frame()

    async def _ask(self, before: datetime | None) -> None:
        start = before or (self._before.utc + timedelta(seconds=1) if self._before else self.now)
        found = await self.ws.reader.points_of_unit(self.unit_id, before=start)
        known = len(self._points)
        if before is None:
            self._points.clear()
            self._spans.clear()
            self._all_read = False
            known = 0
        self._points.update({point.id: point for point in found if point.protection_date_time is not None})
        self._all_read = len(self._points) == known
        self._answered_at = self.now
        oldest = min((self._time(point.id) for point in found if point.id in self._points), default=EARLIEST)
        self._spans.append((oldest, start))
        if before is None and self._before is None:
            self._newest = next(iter(self._points.values()), None)
        if self.is_open:
            self.show_rows()
        if before is None and self._before is None and self.service.has_express_points and self.unit is not None:
            newest = Moment(self.now, self.ws.zone, "latest", latest=True)
            wish = PointWish(newest, prefer_express=True, express_within=timedelta(days=366))
            rows = (await find_points(self.ws.context, [self.unit], wish)).rows
            self._express = next((row for row in rows if row.express), None)
            self._express_known = True

    def read_again(self, row: str | None) -> None:
        self._read()

    def read_older(self, row: str | None) -> None:
        oldest = min(
            (point.protection_date_time for point in self._points.values() if point.protection_date_time), default=None
        )
        if oldest is not None and self._reading_since is None:
            self._read(oldest)

    def previous_day(self, row: str | None) -> None:
        self._go_by_day(-1)

    def next_day(self, row: str | None) -> None:
        self._go_by_day(1)

    def _go_by_day(self, step: int) -> None:
        """The cursor goes to the newest point of another day, which is read where it is not known yet."""
        zone = self.ws.zone
        here = self._time(self.row) if self.row is not None else self.now
        day = here.astimezone(zone).date() + timedelta(days=step + 1)
        self._day_end = min(datetime.combine(day, time(), zone).astimezone(UTC), self.now)
        if any(since < self._day_end <= until for since, until in merged(self._spans)):
            self._follow()
        elif self._reading_since is None:
            self._read(self._day_end)

    def _follow(self) -> None:
        """Puts the cursor on the newest point of the day that was asked for."""
        end, self._day_end = self._day_end, None
        newest = max(
            (key for key in self._points if end is not None and self._time(key) < end), key=self._time, default=None
        )
        if newest is not None:
            self.table.move_to(newest)

    def ask_before(self, row: str | None) -> None:
        self.query_one(AskLine).ask(_BEFORE, f"Points at or before, {self.ws.zone.key}", note="latest, 2h ago, ...")

    @on(AskLine.Answered)
    def _asked(self, event: AskLine.Answered) -> None:
        if (moment := asked_moment(self, event)) is not None:
            self._before = None if moment.latest else moment
            self._read()

    def go_back(self, row: str | None) -> None:
        if self._before is not None:
            self._before = None
            self._read()
            return
        self.program.go_back()

    # -- rows -----------------------------------------------------------------------------------------------

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("utc", "Point UTC", 12, always=True),
            *local_column(self.ws.zone, drop=2),
            Column("age", "Age", 10),
            Column("gap", "Gap", 10, align="right", drop=1),
            Column("kind", "Kind", 8, always=True),
            Column("kept", "Kept until", 10, drop=3),
        )

    def keys(self) -> Sequence[str]:
        return sorted(self._points, key=self._time, reverse=True)

    def _time(self, key: str) -> datetime:
        time = self._points[key].protection_date_time
        if time is None:
            raise KeyError(key)
        return time

    def _gap(self, key: str) -> timedelta | None:
        """How much older the next older point is; None where what is older was not read."""
        here = self._time(key)
        since = next((since for since, until in merged(self._spans) if since <= here <= until), here)
        older = [time for other in self._points if since <= (time := self._time(other)) < here]
        return here - max(older) if older else None

    def cells(self, key: str) -> Sequence[Cell]:
        point, time, now = self._points[key], self._time(key), self.now
        gap, kept = self._gap(key), point.expiration_date_time
        wide = gap is not None and gap > (timedelta(days=8) if is_weekly(self.service, time, now) else STEP * 2)
        local = time.astimezone(self.ws.zone)
        same_day = local.date() == time.date()
        local_words = f"{local:%H:%M}" if same_day else f"{day_words(time, self.ws.zone, now)} {local:%H:%M}"
        return (
            Cell(show_utc(time, now)),
            *(() if is_utc(self.ws.zone) else (Cell(local_words),)),
            Cell(span_words(now - time)),
            Cell(span_words(gap) if gap is not None else "", "warn" if wide else ""),
            Cell(point.kind, "good" if point.is_express else ""),
            Cell(day_words(kept, self.ws.zone, now) if kept is not None else "-"),
        )

    # -- words ----------------------------------------------------------------------------------------------

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        self.query_one("#points-about", Paragraphs).show(self._summary())
        super().show_rows(news=news, changed=changed)

    def heading(self) -> Section:
        status = status_cell(self.unit) if self.unit is not None else ""
        if self._reading_since is not None:
            fresh = f"reading since {clock_words(self._reading_since, self.ws.zone, self.now, seconds=True)}"
        else:
            fresh = f"read {clock_words(self._answered_at, self.ws.zone, self.now)}" if self._answered_at else ""
        return Section(self.unit_label, status, ", ".join(filter(None, (self.service.label, fresh))), (fresh, ""))

    def _summary(self) -> list[Para]:
        now = self.now
        lines: list[Para] = []
        newest = self._newest.protection_date_time if self._newest else None
        if newest is not None:
            lines.append(_fact("Newest", f"{self._both(newest)}, {span_words(now - newest)} ago"))
        if self._express is not None and self._express.time is not None:
            time = self._express.time
            lines.append(_fact("Express", f"{show_utc(time, now)} UTC: faster, needed to browse files"))
        elif not self.service.has_express_points:
            lines.append(_fact("Express", "mailboxes have no express points"))
        elif self._express_known:
            lines.append(_fact("Express", "no express point"))
        if self._before is not None:
            lines.append(Para(f"Points at or before {self._before.both(now)}. Esc shows the newest.", mark=INDENT))
        if self._error is not None:
            known = " The points below are older." if self._points else ""
            lines.append(Para(f"Not read: {self._error.sentences}{known} r tries again.", "bad", INDENT))
            lines += [Para(line, "dim", INDENT) for line in small_print(self._error)]
        size = self.app.size
        if self._points and size.height > LOW:
            hours = 3 if size.width >= BESIDE_WIDTH else 6
            lines += two_weeks(self._points.values(), self._spans, self.ws.zone, now, hours)
        return lines

    def _both(self, moment: datetime) -> str:
        """A moment in UTC, and beside it in the shown zone."""
        local = "" if is_utc(self.ws.zone) else f", {show_zone(moment, self.ws.zone, self.now, beside_utc=True)}"
        return f"{show_utc(moment, self.now)} UTC{local}"

    def empty_words(self) -> str:
        if self._reading_since is not None:
            since = clock_words(self._reading_since, self.ws.zone, self.now, seconds=True)
            return f"   Reading the points since {since}."
        if self._error is not None:
            return "   The points are unknown."
        if self._before is not None:
            return "   No restore point at or before that time: protected later, or expired."
        return "   No restore points yet. The first take 1 to 2 hours."

    def about(self, key: str) -> Sequence[Section | str]:
        point, time, now, zone = self._points[key], self._time(key), self.now, self.ws.zone
        state = f"{show_utc(time, now)} UTC" if is_utc(self.ws.zone) else show_zone(time, zone, now)
        lines: list[Section | str] = [
            Section(f"{show_utc(time, now)} UTC", right=f"point {point.id[:8]}…"),
            f"Restoring to it brings back the state of {state}.",
        ]
        if is_weekly(self.service, time, now):
            lines.append("Points of this age are a week apart.")
        elif self._gap(key) is None:
            lines.append("The service has no older point." if self._all_read else "o reads older points.")
        row = self.unit
        if row is None or not self.query_one(ListAndPane).is_beside:
            return lines
        hidden = names_hidden(self.service, self.ws.who)
        name, *about = about_unit(self.ws.store, row, zone, now, hidden=hidden)
        return [*lines, "", name.title if isinstance(name, Section) else name, *about]

    # -- commands -------------------------------------------------------------------------------------------

    def restore_to_point(self, row: str | None) -> None:
        unit = self.unit
        if row is None or row not in self._points:
            return
        if unit is None:
            self.say("The unit is no longer listed, so a form cannot be made from here.")
            return
        moment = typed_moment(self._time(row), self.ws.zone, self.now)
        self.program.open(OpenNewRestore(self.form_of([unit], moment)))

    def open_files(self, row: str | None) -> None:
        if row is not None:
            self.program.open(OpenFiles(self.service, self.unit_id, self._time(row)))

    def find_mail(self, row: str | None) -> None:
        self.program.open(OpenMail(self.unit_id))

    def copy_point_id(self, row: str | None) -> None:
        if row is not None:
            self.say(copy(self.app, row, f"id of the point of {show_utc(self._time(row), self.now)} UTC"))


UnitPoints.offers(point_commands(UnitPoints))
