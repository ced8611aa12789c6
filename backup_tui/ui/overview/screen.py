"""Screen 1: what happened, what runs, what needs a person, and whether backup is on."""

from __future__ import annotations

from functools import cached_property

from textual import events, on
from textual.app import ComposeResult

from backup_tui.models.features import SESSIONS
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change
from backup_tui.store.progress import progress
from backup_tui.store.rows import SessionRow
from backup_tui.store.summary import NeedKind
from backup_tui.ui.actions.sessions import (
    CHANGE_DRAFT,
    COPY_ABOUT,
    COPY_ID,
    DELETE_DRAFT,
    FAILED_AGAIN,
    NEW_RESTORE,
    REVIEW_DRAFT,
    SessionActions,
    SessionContext,
)
from backup_tui.ui.frame.commands import OPEN_ROW, Commands
from backup_tui.ui.overview.last_view import LAST_ROW, LastRows
from backup_tui.ui.overview.rows import (
    NEED_COLUMNS,
    RUNNING_COLUMNS,
    RUNNING_ROW,
    SERVICE_COLUMNS,
    BackupRows,
    NeedRows,
    RunningRows,
    ServiceRows,
)
from backup_tui.ui.overview.text import (
    backup_lines,
    left_lines,
    need_lines,
    room_words,
)
from backup_tui.ui.routes import OpenService, OpenSession, OpenTop, OpenUnknown
from backup_tui.ui.vocabulary.finished import finished_words
from backup_tui.ui.vocabulary.service import (
    control_lines,
    locked_lines,
    mail_lines,
    state_words,
)
from backup_tui.ui.widgets.chained_table import ChainedTable
from backup_tui.ui.widgets.frame_lines import OneLine, SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words

_TALL = 30
"""From this height of the terminal on, state, control and mails have a line each."""
_NO_CHANGE = frozenset({"notSent", "rejected", "resolvedNotDone"})
"""States of journal entries that changed nothing at the service."""


def share_rows(running: int, needs: int, room: int) -> tuple[int, int]:
    """How many lines each of the two upper tables gets; at least one each, for the words of an empty one.

    Args:
        running: Rows of the first.
        needs: Rows of the second.
        room: Lines there are for both.
    """
    running, needs = max(1, running), max(1, needs)
    if running + needs <= room:
        return running, needs
    first = max(1, min(running, max(room // 2, room - needs)))
    return first, max(1, room - first)


def _counted(table: ChainedTable) -> str:
    """`13   2 more above   4 more below`: how many rows, and how many of them are out of sight."""
    above, below = len(table.above), table.below
    parts = [f"{table.row_count:,}", f"{above:,} more above" if above else "", f"{below:,} more below" if below else ""]
    return "   ".join(filter(None, parts))


class OverviewScreen(SessionActions):
    """What a person wants to know first."""

    NUMBER = 1
    VIEW = "overview"

    @cached_property
    def _last(self) -> LastRows:
        return LastRows(lambda: self.ws)

    @cached_property
    def _needs(self) -> NeedRows:
        return NeedRows(self.ws)

    @cached_property
    def _backup(self) -> BackupRows:
        return BackupRows(self.ws)

    @cached_property
    def _service(self) -> ServiceRows:
        return ServiceRows(self.ws, self._is_tall)

    def _is_tall(self) -> bool:
        return self.app.size.height >= _TALL

    def focus_on(self) -> Focus:
        """Sessions, policies, the state of the service, and causes of recent failures are read."""
        return Focus(screen="overview")

    def compose_body(self) -> ComposeResult:
        """Since you left; running; needs you; backup."""
        yield OneLine(id="left-1")
        yield OneLine(id="left-2")
        yield ListAndPane(
            SectionLine(id="running-title"),
            ChainedTable(RUNNING_COLUMNS, gap=1, show_header=False, cursor_needs_focus=True, id="running"),
            SectionLine(id="needs-title"),
            ChainedTable(NEED_COLUMNS, gap=1, show_header=False, cursor_needs_focus=True, id="needs"),
            ChainedTable((), gap=1, cursor_needs_focus=True, id="backup"),
            OneLine(id="service-gap"),
            ChainedTable(SERVICE_COLUMNS, gap=1, show_header=False, cursor_needs_focus=True, id="service"),
            lines=0,
        )

    def on_mount(self) -> None:
        """Shows what is known already."""
        self._needs.gather()
        self._last.look()
        running, needs, backup, service = self.tables
        backup.columns = self._backup.columns()
        for table, source in (
            (service, self._service),
            (running, RunningRows(self.ws)),
            (needs, self._needs),
            (backup, self._backup),
        ):
            table.source = self._last.in_place_of(table.id or "", source)
        running.focus()
        self.show_all()

    @property
    def tables(self) -> tuple[ChainedTable, ChainedTable, ChainedTable, ChainedTable]:
        """Running, needs you, backup, the service."""
        find = self.query_one
        return (
            find("#running", ChainedTable),
            find("#needs", ChainedTable),
            find("#backup", ChainedTable),
            find("#service", ChainedTable),
        )

    @property
    def main_table(self) -> ChainedTable | None:
        """The table with the focus; the first while none has it."""
        if isinstance(self.focused, ChainedTable):
            return self.focused
        return next(iter(self.query(ChainedTable)), None)

    # -- showing --------------------------------------------------------------------------------------------

    def changed(self, change: Change) -> None:
        """Everything here is small, and only what differs is drawn."""
        self.show_all()

    def on_resize(self) -> None:
        """Other sizes share the lines out otherwise."""
        self.call_after_refresh(self.show_all)

    def show_all(self) -> None:
        """Brings the whole screen up to date."""
        if not self.is_mounted:
            return
        self._needs.gather()
        self._last.look()
        running, needs, backup, _service = self.tables
        running.empty, needs.empty = self._running_empty(), self._needs_empty()
        if (columns := self._backup.columns()) != backup.columns:
            backup.columns = columns
        for table in self.tables:
            table.reconcile()
        self._show_left()
        self._show_titles()
        self._lay_out()
        self._keep_focus_on_rows()
        self.show_about()
        self._last.keep()

    def on_unmount(self) -> None:
        """Keeps what is shown for the next start."""
        self._last.keep(leaving=True)

    def _show_left(self) -> None:
        store, left = self.ws.store, self.ws.store.left
        sent, ended = 0, tuple[str, ...]()
        if left is not None:
            sent = sum(line.at > left.at and line.state not in _NO_CHANGE for line in store.intents)
            ended = tuple(finished_words(store, store.sessions[key]) for key in left.ended if key in store.sessions)
        lines = left_lines(left, self.ws.zone, self.ws.clock.now(), sent=sent, ended=ended)
        for place, line_id in enumerate(("#left-1", "#left-2")):
            line = self.query_one(line_id, OneLine)
            line.text = f" {lines[place]}" if place < len(lines) else ""
            line.display = place < len(lines)

    def _show_titles(self) -> None:
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        running, needs, *_rest = self.tables
        known = store.freshness(fresh.SESSIONS)
        finished = [
            state.last_finished
            for row in store.sessions.values()
            if row.running and (state := progress(store, row.id, now)) and state.last_finished
        ]
        right = (
            self._last.as_of("running")
            or room_words(store)
            or (f"last unit finished {clock_words(max(finished), zone, now)}" if finished else "")
        )
        self._title("#running-title", "Running" if known.never_read else f"Running {_counted(running)}", right)
        stale = self._last.as_of("needs") or self._last.as_of("backup") or self._last.as_of("service")
        if not known.never_read and known.error:
            at = f" as of {clock_words(known.answered_at, zone, now)}" if known.answered_at else ""
            stale = f"restores{at}: {known.error}"
        elif known.unread:
            stale = f"{counted(known.unread, 'restore')} could not be read"
        self._title("#needs-title", "Needs you" if known.never_read else f"Needs you {_counted(needs)}", stale)

    def _title(self, line_id: str, left: str, right: str) -> None:
        self.query_one(line_id, SectionLine).say(Section(left, "", right))

    def _running_empty(self) -> str:
        known = self.ws.store.freshness(fresh.SESSIONS)
        if not known.never_read:
            return "   No restore is running." if known.whole else "   No restore that could be read is running."
        if self.barred(SESSIONS.id) is not None:
            return f"   Not with this sign-in: needs {SESSIONS.least}. T says more."
        if known.error:
            return f"   Restores could not be read: {known.error}"
        if known.reading_since is None:
            return "   Reading the restores."
        since = clock_words(known.reading_since, self.ws.zone, self.ws.clock.now(), seconds=True)
        return f"   Reading the restores since {since}."

    def _needs_empty(self) -> str:
        known = self.ws.store.freshness(fresh.SESSIONS)
        if known.never_read:
            return "   Not known before the restores are read."
        return "   Nothing that could be read needs you." if known.unread else "   Nothing needs you."

    def _lay_out(self) -> None:
        running, needs, *_rest = self.tables
        below, tall = len(self._service.keys()), self._is_tall()
        self.query_one("#service-gap").display = tall
        left = sum(line.display for line in (self.query_one("#left-1"), self.query_one("#left-2")))
        frame = 4 if self.SHOW_MESSAGE else 3
        fixed = left + 2 + 1 + len(Service) + below + tall
        room = self.app.size.height - frame - fixed
        heights = (*share_rows(running.row_count, needs.row_count, room), 1 + len(Service), below)
        for table, height in zip(self.tables, heights, strict=True):
            table.styles.height = height
        self.call_after_refresh(self._count_again)

    def _count_again(self) -> None:
        """Which rows are out of sight is known once the tables have their heights."""
        if self.is_mounted:
            self._show_titles()

    def _keep_focus_on_rows(self) -> None:
        table = self.main_table
        if table is None or table.row_count or not isinstance(self.focused, ChainedTable):
            return
        running, needs, *_rest = self.tables
        for other in (running, needs):
            if other.row_count:
                other.focus()
                return

    def show_about(self) -> None:
        """Brings the lines about the row up to date."""
        key = self.row
        self.query_one(ListAndPane).tell(self.lines_about(key) if key else ())

    def lines_about(self, key: str) -> list[str]:
        """What is said about a row, in full."""
        kind, _, rest = key.partition(":")
        if kind == LAST_ROW:
            return ["This is how it was when it was read last; it is being read again."]
        if kind == "backup":
            return backup_lines(self.ws.store, Service(rest), self.ws.clock.now())
        if kind == "service":
            return self._service_lines(rest)
        if kind == NeedKind.LOCKED:
            return locked_lines(self.ws.store.connection.service, self.ws.zone, self.ws.clock.now())
        if (need := self._needs.needs.get(key)) is not None:
            lines = need_lines(need, self.ws.clock.now(), mine=self._needs.is_mine(need))
            about = super().lines_about(key)
            return [*lines, "", *about] if about else lines
        return super().lines_about(key)

    def _service_lines(self, which: str) -> list[str]:
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        match which:
            case "control":
                lines = control_lines(store, zone, now)
            case "mails":
                lines = mail_lines(store, zone, now)
            case _:
                state = f"Service: {state_words(store, zone, now).words}."
                lines = locked_lines(store.connection.service, zone, now) or [state]
        return [*lines, "enter shows all about it."]

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
        """Another table, another row."""
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

    def context(self) -> SessionContext:
        """The session that the row is about."""
        return self.session_context(self.row)

    def key_of(self, session_id: str) -> str:
        """Any session can be opened as if it were a running one."""
        return f"{RUNNING_ROW}:{session_id}"

    def session_of(self, key: str | None) -> SessionRow | None:
        """The session of a running row, of a failure, a stall or a draft."""
        kind, _, rest = (key or "").partition(":")
        if kind not in (RUNNING_ROW, NeedKind.FAILED, NeedKind.SLOW, NeedKind.DRAFT):
            return None
        return self.ws.store.sessions.get(rest)

    def open_row(self, row: str | None) -> None:
        kind, _, rest = (row or "").partition(":")
        if session := self.session_of(row):
            self.program.open(OpenSession(session.id))
        elif kind == NeedKind.UNKNOWN:
            self.program.open(OpenUnknown(int(rest)))
        elif kind in ("backup", NeedKind.POLICY):
            self.program.open(OpenTop("Policies"))
        elif kind in ("service", NeedKind.LOCKED):
            self.program.open(OpenService())


COMMANDS: Commands[OverviewScreen, SessionContext] = (
    OPEN_ROW,
    NEW_RESTORE,
    FAILED_AGAIN,
    CHANGE_DRAFT,
    DELETE_DRAFT,
    COPY_ID,
    COPY_ABOUT,
    REVIEW_DRAFT,
)
OverviewScreen.offers(COMMANDS)
