"""Screen 1: what happened, what is running, what needs a person, and whether backup is on."""

from datetime import datetime
from functools import cached_property

from textual import events, on
from textual.app import ComposeResult

from backup_tui.models.features import SESSIONS
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.plans.event_words import finished_words
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change
from backup_tui.store.progress import progress
from backup_tui.store.rows import SessionRow
from backup_tui.store.summary import NeedKind
from backup_tui.ui.actions.sessions import (
    SessionActions,
)
from backup_tui.ui.overview.body import OverviewBody
from backup_tui.ui.overview.commands import COMMANDS, OverviewContext
from backup_tui.ui.overview.last_view import LAST_ROW, LastRows
from backup_tui.ui.overview.rows import (
    FAILED_PLAN_ROW,
    PLAN_ROW,
    RUNNING_ROW,
    YES_ROW,
    BackupRows,
    EventRows,
    NeedRows,
    RunningRows,
    ServiceRows,
)
from backup_tui.ui.overview.text import (
    backup_heading,
    backup_lines,
    need_lines,
    room_words,
    running_lines,
    since_lines,
)
from backup_tui.ui.routes import (
    OpenIncident,
    OpenPlanAgain,
    OpenPolicy,
    OpenService,
    OpenSession,
    OpenTop,
    OpenUnknown,
)
from backup_tui.ui.vocabulary.service import (
    control_lines,
    control_words,
    locked_lines,
    mail_lines,
    mail_words,
    state_words,
)
from backup_tui.ui.vocabulary.sessions import people_words, sentence, title_of
from backup_tui.ui.widgets.chained_table import ChainedTable
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words

_NO_CHANGE = frozenset({"notSent", "rejected", "resolvedNotDone"})
"""States of journal entries that changed nothing at the service."""


class OverviewScreen(SessionActions):
    """What a person wants to know first."""

    NUMBER = 1
    VIEW = "overview"
    CSS_PATH = []  # the app has read what it needs, and no more

    def __init__(self) -> None:
        super().__init__()
        self._back: datetime | None = None
        self._body = OverviewBody()

    @cached_property
    def _last(self) -> LastRows:
        return LastRows(lambda: self.ws)

    @cached_property
    def _needs(self) -> NeedRows:
        width = self._body.tables["needs"].column_width
        return NeedRows(self.ws, lambda: width("what"), self._running_rows)

    @cached_property
    def _running_rows(self) -> RunningRows:
        width = self._body.tables["running"].column_width
        return RunningRows(self.ws, lambda: width("bar"), lambda: self._body.is_close)

    def focus_on(self) -> Focus:
        return Focus(screen="overview")

    def compose_body(self) -> ComposeResult:
        yield self._body

    def on_mount(self) -> None:
        self._running_rows.gather()
        self._needs.gather()
        self._last.look()
        for name, source in (
            ("service", ServiceRows(self.ws)),
            ("running", self._running_rows),
            ("needs", self._needs),
            ("backup", BackupRows(self.ws)),
        ):
            table = self._body.tables[name]
            table.source = self._last.in_place_of(name, source, len(table.columns))
        self._body.tables["events"].source = EventRows(self.ws)
        for name in ("running", "needs"):  # Plans are read last and come first: enter is to open them.
            self._body.tables[name].stays_on_top = True
        self._body.tables["running"].focus()
        self.show_all()

    @property
    def tables(self) -> tuple[ChainedTable, ...]:
        """Running, needs you, backup, and where they are shown the service and the last changes."""
        return tuple(table for table in self._body.tables.values() if table.display)

    @property
    def main_table(self) -> ChainedTable:
        return self.focused if isinstance(self.focused, ChainedTable) else self._body.tables["running"]

    # -- showing --------------------------------------------------------------------------------------------

    def changed(self, change: Change) -> None:
        self.show_all()

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_all)

    def show_all(self) -> None:
        """Brings the whole screen up to date; everything here is small, and only what differs is drawn."""
        if not self.is_mounted:
            return
        self._running_rows.gather()
        self._needs.gather()
        self._last.look()
        running, needs = self._body.tables["running"], self._body.tables["needs"]
        running.empty, needs.empty = self._running_empty(), self._needs_empty()
        self._body.tables["events"].reconcile()
        self._show_since()
        self._lay_out()
        for table in self.tables:
            table.reconcile()
        self._show_titles()
        self._keep_focus_on_rows()
        self.show_about()
        self._last.keep()

    def on_unmount(self) -> None:
        self._last.keep(leaving=True)

    def _show_since(self) -> None:
        store, left, now = self.ws.store, self.ws.store.left, self.ws.clock.now()
        sent, ended = 0, tuple[str, ...]()
        if left is not None:
            self._back = self._back or now
            sent = sum(line.at > left.at and line.state not in _NO_CHANGE for line in store.intents)
            ended = tuple(finished_words(store, store.sessions[key]) for key in left.ended if key in store.sessions)
        self._body.say_since(
            since_lines(left, self.ws.zone, now, back=self._back, sent=sent, ended=ended, width=self._body.width - 3)
        )

    def _show_titles(self) -> None:
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        known = store.freshness(fresh.SESSIONS)
        finished = [
            state.last_finished
            for row in store.sessions.values()
            if row.running and (state := progress(store, row.id, now)) and state.last_finished
        ]
        right = (
            self._last.as_of("running")
            or room_words(store, self.ws.settings.limits.sessions)
            or (f"last unit finished {clock_words(max(finished), zone, now)}" if finished else "")
        )
        titles = {"running": ("Running", right)}
        stale = self._last.as_of("needs") or self._last.as_of("backup") or self._last.as_of("service")
        if not known.never_read and known.error:
            at = f" as of {clock_words(known.answered_at, zone, now)}" if known.answered_at else ""
            stale = f"restores{at}: {known.error}"
        elif known.unread:
            stale = f"{counted(known.unread, 'restore')} could not be read"
        titles["needs"] = ("Needs you", stale)
        control = control_words(store, zone, now)
        by = "" if control.look == "dim" else f"controlled by {control.words}"
        titles["backup"] = (backup_heading(store), by)
        for name, (title, right) in (titles | {"service": ("Service", ""), "events": ("Last changes", "")}).items():
            keys = self._body.tables[name].source.keys() if name in ("running", "needs") else ()
            rows = sum(not key.startswith(f"{PLAN_ROW}:") for key in keys)  # The sessions of a plan are rows, too.
            self._body.say_title(name, Section(f"{title} {rows:,}" if rows else title, right=right))

    def _running_empty(self) -> str:
        known = self.ws.store.freshness(fresh.SESSIONS)
        if not known.never_read:
            start = " n starts one." if self.program.workspace.read_only is None else ""
            running = f"No restore is running.{start}" if known.whole else "No restore that could be read is running."
            return self.own_keyed(running)
        if self.barred(SESSIONS.id) is not None:
            return f"Not with this sign-in: needs {SESSIONS.least}. T says more."
        return f"Restores could not be read: {known.error}" if known.error else "Loading…"

    def _needs_empty(self) -> str:
        known = self.ws.store.freshness(fresh.SESSIONS)
        if known.never_read:
            return "Unknown until the restores are read."
        return "Nothing that could be read needs you." if known.unread else "Nothing needs you."

    def _lay_out(self) -> None:
        self._body.lay_out(4 if self.SHOW_MESSAGE else 3)
        self.call_after_refresh(self._count_again)

    def _count_again(self) -> None:
        """Which rows are out of sight is known once the tables have their heights."""
        if self.is_mounted:
            self._show_titles()

    def _keep_focus_on_rows(self) -> None:
        table = self.main_table
        if (table.display and table.row_count) or not isinstance(self.focused, ChainedTable):
            return
        for other in (self._body.tables["running"], self._body.tables["needs"]):
            if other.row_count:
                other.focus()
                return

    # -- about a row ----------------------------------------------------------------------------------------

    def show_about(self) -> None:
        """Brings the lines about the row up to date."""
        said = self.about(self.row, whole=self._body.has_more) if self.row else []
        self._body.tell([self.keyed(line) if isinstance(line, str) else line for line in said])

    def lines_about(self, key: str) -> list[str]:
        return [line if isinstance(line, str) else line.text for line in self.about(key, whole=True)]

    def about(self, key: str, *, whole: bool) -> list[Section | str]:
        """What is said about a row, its name first; with `whole` all that is known of a restore comes last."""
        kind, _, rest = key.partition(":")
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        if kind == LAST_ROW:
            return [
                Section(f"As of {self._last.time}"),
                "This is how it was when it was read last; it is being read again.",
            ]
        if kind == "backup":
            mails = mail_words(store, zone, now).words
            backup = backup_lines(store, Service(rest), zone, now, self.ws.settings.limits.units)
            return [*backup, f"E-mail about backup: {mails}. :service has more."]
        if kind in (PLAN_ROW, YES_ROW):
            return self._running_rows.about(rest)
        if kind == "service":
            return self._about_service(rest)
        if kind == NeedKind.LOCKED:
            locked = locked_lines(store.connection.service, zone, now)
            return [Section(locked[0]), *locked[1:], "enter shows all about the service."]
        if kind == "event":
            return [Section("Change"), self._body.tables["events"].source.cells(key)[1].text, "enter opens 5 Activity."]
        lines: list[Section | str] = []
        if (need := self._needs.needs.get(key)) is not None:
            lines = need_lines(need, zone, now, mine=self._needs.is_mine(need))
        row = self.session_of(key)
        if row is None:
            return lines
        if kind == RUNNING_ROW and (state := progress(store, row.id, now)) is not None:
            right, words = running_lines(state, zone, now)
            lines = [Section(title_of(row), right=right), *([] if whole else [words])]
        if not whole:
            return lines
        _name, *more = self.about_session(row, whole=True)
        return [*lines, *([""] if lines[1:] else []), sentence(people_words(store, row, zone, now)), *more[1:]]

    def _about_service(self, which: str) -> list[Section | str]:
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        title, said, lines = {
            "state": ("Backup service", state_words, locked_lines(store.connection.service, zone, now)),
            "control": ("Control", control_words, control_lines(store, zone, now)),
            "mails": ("E-mail", mail_words, mail_lines(store)),
        }[which]
        return [Section(title), f"{said(store, zone, now).words}.", *lines, "enter shows all about it."]

    # -- moving between the tables --------------------------------------------------------------------------

    @on(ChainedTable.Beyond)
    def _go_on(self, event: ChainedTable.Beyond) -> None:
        tables = self.tables
        place = tables.index(event.table) + event.step
        while 0 <= place < len(tables):
            if tables[place].row_count:
                tables[place].go_to_edge(last=event.step < 0)
                tables[place].focus()
                return
            place += event.step

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.show_about()
        self.refresh_frame()

    @on(ChainedTable.Highlighted)
    def _about_another(self) -> None:
        self.show_about()
        self._show_titles()

    @on(ChainedTable.Scrolled)
    def _other_rows_in_sight(self) -> None:
        self._show_titles()

    # -- commands -------------------------------------------------------------------------------------------

    def context(self) -> OverviewContext:
        session = self.session_context(self.row)
        kind, _, name = (self.row or "").partition(":")
        shown = self._running_rows.all_plans.get(name) if kind in (PLAN_ROW, YES_ROW, FAILED_PLAN_ROW) else None
        plan = name if shown is not None and shown.counts.failed else ""
        return OverviewContext(
            session.row, session.marked, session.read_only, session=session.session, unclear=session.unclear, plan=plan
        )

    def session_of(self, key: str | None) -> SessionRow | None:
        kind, _, rest = (key or "").partition(":")
        if kind not in (RUNNING_ROW, NeedKind.FAILED, NeedKind.SLOW, NeedKind.DRAFT):
            return None
        return self.ws.store.sessions.get(rest)

    def open_row(self, row: str | None) -> None:
        kind, _, rest = (row or "").partition(":")
        if session := self.session_of(row):
            self.program.open(OpenSession(session.id))
        elif kind in (PLAN_ROW, YES_ROW, FAILED_PLAN_ROW):
            self.program.open(OpenIncident(rest))
        elif kind == NeedKind.UNKNOWN:
            self.program.open(OpenUnknown(int(rest)))
        elif kind == NeedKind.POLICY:
            self.program.open(OpenPolicy(rest))
        elif kind in ("backup", "event"):
            self.program.open(OpenTop("Policies" if kind == "backup" else "Activity"))
        elif kind in ("service", NeedKind.LOCKED):
            self.program.open(OpenService())

    def restore_failed_again(self, row: str | None) -> None:
        kind, _, name = (row or "").partition(":")
        if kind in (PLAN_ROW, YES_ROW, FAILED_PLAN_ROW):
            self.program.open(OpenPlanAgain(name))
        else:
            super().restore_failed_again(row)


OverviewScreen.offers(COMMANDS)
