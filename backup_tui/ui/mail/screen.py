"""Find mail: a search inside one mailbox, its hits over the restore points, and the draft of what one point has."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import BackupTuiError, LocalError, UsageError
from backup_tui.models.focus import Focus
from backup_tui.models.mail_query import AnyMailQuery
from backup_tui.models.own_words import small_print
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, short_id
from backup_tui.paths import state_dir
from backup_tui.plans.files import plans_folder
from backup_tui.plans.from_mail import MailPlan, names_as_typed, save_mail_plan
from backup_tui.plans.plan import MailSearch
from backup_tui.restore.mail.drafting import FoundMails, create_mail_draft
from backup_tui.restore.mail.halving import MOST_SEARCHES
from backup_tui.restore.mail.history import Mailbox, MailHistory, PointHits, find_change
from backup_tui.restore.points.moments import show_utc
from backup_tui.ui.actions.asked_time import asked_moment
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.mail.chart import hits_chart
from backup_tui.ui.mail.commands import MailContext, mail_commands
from backup_tui.ui.mail.fields import MailFields
from backup_tui.ui.mail.keeping import KeptFields
from backup_tui.ui.routes import OpenPlanCheck, OpenReview
from backup_tui.ui.vocabulary.zones import is_utc, local_column
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import BESIDE_HEIGHT
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import day_words

ROWS, ROWS_ROOMY = 2, 4  # rows of the highest bar, on a small terminal and on a large one

_TIME, _MAILBOXES = "time", "mailboxes"


class FindMail(ListScreen):
    """The search inside one mailbox. `unit_id`: the mailbox."""

    NUMBER = 4
    PANE_LINES = 2

    def __init__(self, unit_id: str) -> None:
        super().__init__()
        self._unit_id = unit_id
        self._points: dict[str, PointHits] = {}
        self._history: MailHistory | None = None
        self._query: AnyMailQuery | None = None
        self._period: tuple[datetime, datetime] | None = None
        self._searches = 0
        self._searching = False
        self._drafting = False
        self._turn = 0
        self._error: BackupTuiError | None = None

    # -- the mailbox ----------------------------------------------------------------------------------------

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox by the name that is known of it."""
        row = self.ws.store.units[Service.EXCHANGE].get(self._unit_id)
        name = row.name if row is not None else self.ws.store.name_of(self._unit_id)
        return Mailbox(self._unit_id, name or self._unit_id)

    @property
    def fields(self) -> MailFields:
        return self.query_one(MailFields)

    def focus_on(self) -> Focus:
        return Focus(screen="units", service=Service.EXCHANGE)

    def compose_body(self) -> ComposeResult:
        title, listing = super().compose_body()
        yield SectionLine(id="mail-title")
        yield MailFields()
        yield Paragraphs(id="mail-note")
        yield title
        yield Paragraphs(id="mail-chart")
        yield listing
        yield AskLine()

    def on_mount(self) -> None:
        self.table.columns = (
            Column("utc", "Point UTC", 12, always=True),
            *local_column(self.ws.zone, drop=1, least=12),
            Column("hits", "Hits", 8, align="right", always=True),
            Column("change", "Change", 24, least=12, grow=1),
        )
        self.query_one("#mail-title", SectionLine).say(
            Section("Find mail", self.mailbox.name, "one mailbox per search", ("",))
        )
        self.call_after_refresh(self.fields.subject.focus)
        self._keeping = KeptFields(self.ws.context, self._unit_id, self.fields, self.program)
        self._keeping.take_up()

    # -- what is shown --------------------------------------------------------------------------------------

    def context(self) -> MailContext:
        row = self.row
        point = self._points.get(row) if row is not None else None
        return MailContext(
            row=row,
            read_only=self.program.workspace.read_only,
            hits=None if point is None else point.weight,
            searching=self._searching or self._drafting,
            more=self._history is not None and not self._history.finished,
            searched=self._query is not None,
        )

    def keys(self) -> Sequence[str]:
        return sorted(self._points, reverse=True)

    def cells(self, key: str) -> Sequence[Cell]:
        point, zone, now = self._points[key], self.ws.zone, self.now
        history = self._so_far()
        change = history.change_words(point, lambda time: f"{time.astimezone(zone):%H:%M}")
        tone = "good" if point is history.best else ""
        local = Cell(f"{day_words(point.time, zone, now)} {point.time.astimezone(zone):%H:%M}")
        return (
            Cell(show_utc(point.time, now)),
            *(() if is_utc(zone) else (local,)),
            Cell(point.words, tone if point.weight else "dim"),
            Cell(change, tone),
        )

    def _so_far(self) -> MailHistory:
        if self._history is not None:
            return self._history
        return MailHistory(self.mailbox, self.fields_query, tuple(self._points[key] for key in self.keys()))

    @property
    def fields_query(self) -> AnyMailQuery:
        assert self._query is not None, "nothing is shown before something is searched for"
        return self._query

    def heading(self) -> Section:
        if self._searching:
            return Section("Hits by restore point", "", f"searching, {self._searches} of at most {MOST_SEARCHES}")
        if not self._searches:
            return Section("Hits by restore point", "", "nothing searched yet", ("",))
        said = f"{counted(self._searches, 'search', 'searches')}, halving the time"
        return Section("Hits by restore point", "", said, (counted(self._searches, "search", "searches"),))

    def empty_words(self) -> str:
        if self._searching:
            return "   Searching the newest point, then the oldest, then between them."
        if self._query is not None and self._error is None:
            return "   No restore point in that time."
        return "   enter searches. The service counts hits; it has no list of them."

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        if self.is_mounted:
            size = self.app.size
            rows = ROWS_ROOMY if size.height >= BESIDE_HEIGHT else ROWS
            points = [self._points[key] for key in self.keys()]
            self.query_one("#mail-chart", Paragraphs).show(hits_chart(points, self.ws.zone, size.width, rows))
            self.query_one("#mail-note", Paragraphs).show(self._note())
        super().show_rows(news=news, changed=changed)

    def on_descendant_focus(self) -> None:
        if self.query("#mail-note"):
            self.query_one("#mail-note", Paragraphs).show(self._note())  # keys work otherwise in a field

    def _note(self) -> list[Para]:
        if self._error is not None:
            lines = [Para(f"Not searched: {self._error.sentences}", "bad", "   ")]
            return [*lines, *(Para(line, "dim", "   ") for line in small_print(self._error))]
        if self._history is not None and not self._history.finished and not self._searching:
            text = f"Not narrowed down to one point yet after {self._searches} searches. m searches on."
            return [Para(self.keyed(text), "warn", "   ")]
        if self.fields.by_hand and not self._points:
            return [Para("Empty the query to use the fields above it again.", "dim", "   ")]
        return []

    def about(self, key: str) -> Sequence[Section | str]:
        point = self._points[key]
        when = f"{show_utc(point.time, self.now)} UTC"
        if not point.weight:
            other = self._so_far().best
            way_out = "" if other is None else f" {other.words} at {show_utc(other.time, self.now)} UTC."
            return [Section(when, right="0 hits"), f"No hits at this point.{way_out}"]
        hits = "hits, number unknown" if point.hits is None else counted(point.hits, "hit")
        to = "A mail whose folder no longer exists goes into a recovered folder."
        if self.fields.destination is Destination.NEW:
            to = "They go into a new folder of the mailbox; nothing else changes."
        return [
            Section(when, right=f"{hits}, no list of them exists"),
            f"The service counts hits; it cannot show them. n restores {_all_of(point)}.",
            to,
        ]

    # -- searching ------------------------------------------------------------------------------------------

    @on(MailFields.Changed)
    def _other_fields(self) -> None:
        if self.is_open:
            self.query_one("#mail-note", Paragraphs).show(self._note())
            self.show_about()
            self.refresh_frame()
            self._keeping.keep()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.press("search")

    def search(self, row: str | None) -> None:
        """Begins again with what the fields say."""
        try:
            self._query = self.fields.wanted()
            self._period = self.fields.period(self.ws.zone, self.now)
        except UsageError as error:
            self._query = None if not self._points else self._query
            self._error = error
            self.show_rows()
            self.say(error.sentences)
            return
        self._points.clear()
        self._history, self._searches = None, 0
        self._begin(MOST_SEARCHES)

    def search_on(self, row: str | None) -> None:
        """Searches further where the halving ended."""
        self._begin(MOST_SEARCHES)

    def ask_time(self, row: str | None) -> None:
        self.query_one(AskLine).ask(_TIME, f"Search the point at, {self.ws.zone.key}", note="2h ago, 9:00, ...")

    @on(AskLine.Answered)
    def _asked(self, event: AskLine.Answered) -> None:
        if event.question == _MAILBOXES:
            self.program.start(self._make_plan(event.text), "a plan of mails")
            return
        if (moment := asked_moment(self, event)) is not None:
            self._begin(1, [moment.utc])

    def _begin(self, most: int, also: Sequence[datetime] = ()) -> None:
        self._turn += 1
        self._searching, self._error = True, None
        self.program.start(
            self._search(self._turn, most, tuple(also)), "find mail", group=f"mail {id(self)}", exclusive=True
        )
        self.show_rows()
        self.refresh_frame()

    async def _search(self, turn: int, most: int, also: Sequence[datetime]) -> None:
        """One run of searches; a newer one takes its place."""
        assert self._period is not None
        after, before = self._period
        known = tuple(self._points[key] for key in self.keys())
        try:
            history = await find_change(
                self.ws.context,
                self.mailbox,
                self.fields_query,
                after=min(after, *also) if also else after,
                before=before,
                also=also,
                known=known,
                most=most,
                on_found=lambda point: self._found(turn, point),
            )
        except BackupTuiError as error:
            if turn == self._turn:
                self._error = error
        else:
            if turn == self._turn:
                self._history = history
                self._points = {_key(point): point for point in history.points}
        if turn == self._turn and self.is_open:
            self._searching = False
            self._show_found(_key_at(self._points, also[0]) if also else None)

    def _found(self, turn: int, point: PointHits) -> None:
        if turn == self._turn and self.is_open:
            self._searches += 1
            self._points[_key(point)] = point
            self.show_rows(news=True)

    def _show_found(self, key: str | None) -> None:
        """The cursor goes to the point to restore from, or to the one that was asked for."""
        self.show_rows()
        best = self._so_far().best if self._points else None
        wanted = key or (_key(best) if best is not None else None)
        if wanted is not None:
            self.table.move_to(wanted)
        if self._points:
            self.table.focus()
        self.show_about()
        self.refresh_frame()

    # -- restoring ------------------------------------------------------------------------------------------

    async def restore_these(self, row: str | None) -> None:
        """Creates the draft of what the point has, and opens its review; nothing starts before that."""
        point = self._points.get(row or "")
        if point is None or self._drafting:
            return
        self._drafting = True
        try:
            made = await create_mail_draft(
                self.ws.context,
                [FoundMails(self.mailbox, point)],
                self.fields_query,
                self.fields.destination,
                on_progress=lambda step: self.say(f"{step.step[:1].upper()}{step.step[1:]}."),
            )
        finally:
            self._drafting = False
        await self._keeping.forget()
        self.say(f"Draft {short_id(made.session_id)} created: {_mails(point)}. Nothing starts before its review.")
        if self.is_shown:
            self.program.open(OpenReview(made.session_id))

    def ask_mailboxes(self, row: str | None) -> None:
        self.query_one(AskLine).ask(_MAILBOXES, "More mailboxes for this search", note="addresses or @FILE")

    async def _make_plan(self, text: str) -> None:
        """Writes the plan of this search in this mailbox and others, and opens its check, which only reads."""
        line = self.query_one(AskLine)
        try:
            names = await asyncio.to_thread(names_as_typed, text)
            since, until = self.fields.period(self.ws.zone, self.now)
            made_of = MailPlan(
                MailSearch(self.fields.wanted().expression, until - since),
                until,
                self.ws.zone.key,
                self.fields.destination,
                self.ws.who.tenant if self.ws.who.known else "",
            )
            folder = plans_folder(self.ws.state_folder or state_dir())
            path = await asyncio.to_thread(
                save_mail_plan, made_of, self.mailbox, names, folder, self.now, self.ws.settings.limits
            )
        except (UsageError, LocalError) as error:
            line.tell(error.message, "bad")
            self.say(error.sentences)
            return
        line.close()
        self.program.open(OpenPlanCheck(path))

    def copy_query(self, row: str | None) -> None:
        self.say(copy(self.app, self.fields_query.expression, "the query"))

    # -- keys -----------------------------------------------------------------------------------------------

    def edit_query(self, row: str | None) -> None:
        self.fields.edit()

    def _go(self, by: int) -> None:
        stops: list[Widget] = [*self.fields.stops, self.table]
        at = stops.index(self.focused) if self.focused in stops else -by
        stops[(at + by) % len(stops)].focus()

    def next_field(self, row: str | None) -> None:
        self._go(1)

    def field_before(self, row: str | None) -> None:
        self._go(-1)


def _all_of(point: PointHits) -> str:
    return {None: "all of them", 1: "this one"}.get(point.hits, f"all {point.words}")


def _mails(point: PointHits) -> str:
    return f"{point.words} mails" if point.hits is None else counted(point.hits, "mail")


def _key(point: PointHits) -> str:
    return f"{point.time:%Y%m%d%H%M%S}"


def _key_at(points: Collection[str], time: datetime) -> str | None:
    """The newest point at or before a time."""
    wanted = f"{time:%Y%m%d%H%M%S}"
    return max((key for key in points if key <= wanted), default=None)


FindMail.offers(mail_commands(FindMail))
