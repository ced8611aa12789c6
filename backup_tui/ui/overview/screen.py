"""Screen 1: what happened, what runs, what needs a person, and whether backup is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult

from backup_tui.models.features import SESSIONS
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import SessionRow
from backup_tui.store.summary import Need, NeedKind, needs_you, progress
from backup_tui.store.views import session_keys
from backup_tui.ui import navigation
from backup_tui.ui.activity.text import unknown_targets
from backup_tui.ui.bridge import Topics
from backup_tui.ui.frame.commands import OPEN_ROW, Commands
from backup_tui.ui.overview.text import (
    backup_cells,
    backup_heading,
    backup_lines,
    left_lines,
    need_cells,
    need_lines,
    remaining_word,
    room_words,
)
from backup_tui.ui.service.text import (
    control_lines,
    control_words,
    locked_lines,
    mail_lines,
    mail_words,
    service_line,
    state_words,
)
from backup_tui.ui.sessions.actions import (
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
from backup_tui.ui.sessions.finished import finished_words
from backup_tui.ui.sessions.text import service_label
from backup_tui.ui.widgets.cells import between, width_of
from backup_tui.ui.widgets.chained_table import ChainedTable
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import OneLine, Rule
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.progress_bar import counts_bar
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import clock_words

_BAR = 9
_RUNNING = (
    Column("service", "Service", 10),
    Column("id", "Id", 8),
    Column("where", "Where", 8),
    Column("bar", "Progress", _BAR, drop=2),
    Column("ok", "Ok", 8, align="right"),
    Column("failed", "Failed", 10, align="right"),
    Column("of", "Of", 8, grow=1),
    Column("left", "Left", 9, align="right", drop=1),
)
_NEEDS = (Column("what", "What", 60, grow=1, least=20), Column("key", "Key", 8))
_SERVICE_WIDTH = 26
_SERVICE_COLUMNS = (Column("what", "What", 9, least=9), Column("words", "Words", 60, grow=1, least=20))
_SERVICE_ROWS = ("service:state", "service:control", "service:mails")
_ONE_LINE = ("service:all",)
_TALL = 30
"""From this height of the terminal on, state, control and mails have a line each."""
_NO_CHANGE = frozenset({"notSent", "rejected", "resolvedNotDone"})
"""States of journal entries that changed nothing at the service."""
_RUNNING_ROW = "running"
"""First part of the keys of the first table; the rest is the session's id."""


class _Rows:
    """A table's source made of two functions of the screen."""

    def __init__(self, keys: Callable[[], Sequence[str]], cells: Callable[[str], Sequence[Cell]]) -> None:
        self.keys = keys
        self.cells = cells


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
    """`13   4 more below`: how many rows, and how many of them are out of sight."""
    more = f"   {table.below:,} more below" if table.below else ""
    return f"{table.row_count:,}{more}"


class OverviewScreen(SessionActions):
    """What a person wants to know first."""

    NUMBER = 1
    VIEW = "overview"

    def __init__(self) -> None:
        super().__init__()
        self._needs: dict[str, Need] = {}

    def focus_on(self) -> Focus:
        """Sessions, policies, the state of the service, and causes of recent failures are read."""
        return Focus(screen="overview")

    def compose_body(self) -> ComposeResult:
        """Since you left; running; needs you; backup."""
        yield OneLine(id="left-1")
        yield OneLine(id="left-2")
        yield Rule(id="left-rule")
        yield ListAndPane(
            OneLine(classes="title", id="running-title"),
            ChainedTable(_RUNNING, gap=1, show_header=False, cursor_needs_focus=True, id="running"),
            OneLine(classes="title", id="needs-title"),
            ChainedTable(_NEEDS, gap=1, show_header=False, cursor_needs_focus=True, id="needs"),
            Rule(),
            ChainedTable((), gap=1, cursor_needs_focus=True, id="backup"),
            OneLine(id="service-gap"),
            ChainedTable(_SERVICE_COLUMNS, gap=1, show_header=False, cursor_needs_focus=True, id="service"),
            lines=0,
        )

    def on_mount(self) -> None:
        """Shows what is known already."""
        self._gather()
        running, needs, backup, service = self.tables
        backup.columns = self._backup_columns()
        service.source = _Rows(self._service_keys, self._service_cells)
        running.source = _Rows(self._running_keys, self._running_cells)
        needs.source = _Rows(lambda: tuple(self._needs), self._need_cells)
        backup.source = _Rows(lambda: tuple(f"backup:{service.value}" for service in Service), self._backup_cells)
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

    # -- rows -----------------------------------------------------------------------------------------------

    def _gather(self) -> None:
        store = self.ws.store
        # What may have been started is no draft to be started: its unknown outcome is the one thing to deal with.
        unclear = unknown_targets(store.intents)
        self._needs = {
            f"{need.kind.value}:{need.id}": need
            for need in needs_you(store, self.ws.clock.now())
            if not (need.kind is NeedKind.DRAFT and need.id in unclear)
        }

    def _running_keys(self) -> Sequence[str]:
        store = self.ws.store
        return tuple(f"{_RUNNING_ROW}:{key}" for key in session_keys(store) if store.sessions[key].running)

    def _running_cells(self, key: str) -> Sequence[Cell]:
        store = self.ws.store
        row = store.sessions[key.partition(":")[2]]
        state = progress(store, row.id, self.ws.clock.now())
        ok, failed = row.completed or 0, row.failed or 0
        where = row.destination.word if row.destination else "?"
        return (
            Cell(service_label(row.service)),
            Cell(short_id(row.id)),
            Cell(where, "" if row.destination else "dim"),
            Cell(counts_bar(ok, failed, row.total, _BAR), "moving"),
            Cell(f"{ok:,} ok"),
            Cell(f"{failed:,} failed", "bad" if failed else ""),
            Cell(f"of {row.total:,}" if row.total is not None else "of ?"),
            remaining_word(state, row.status),
        )

    def _need_cells(self, key: str) -> Sequence[Cell]:
        need = self._needs[key]
        return need_cells(need, self.ws.clock.now(), mine=self._is_mine(need), zone=self.ws.zone)

    def _is_mine(self, need: Need) -> bool:
        row = self.ws.store.sessions.get(need.id)
        me = self.ws.who.object_id
        return need.kind is NeedKind.DRAFT and row is not None and me is not None and row.created_by_id == me

    def _backup_columns(self) -> tuple[Column, ...]:
        heading = backup_heading(self.ws.store)
        return (
            Column("service", heading, max(_SERVICE_WIDTH, width_of(heading)), least=max(12, width_of(heading))),
            Column("policy", "Policy", 20, least=18),
            Column("last", "Last restore", 28, grow=1, least=22),
        )

    def _backup_cells(self, key: str) -> Sequence[Cell]:
        return backup_cells(self.ws.store, Service(key.partition(":")[2]), self.ws.clock.now())

    def _service_keys(self) -> Sequence[str]:
        return _SERVICE_ROWS if self.app.size.height >= _TALL else _ONE_LINE

    def _service_cells(self, key: str) -> Sequence[Cell]:
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        if key in _ONE_LINE:
            return Cell("Control"), Cell(service_line(store, zone, now))
        title, words_of = {
            "service:state": ("Service", state_words),
            "service:control": ("Control", control_words),
            "service:mails": ("E-mail", mail_words),
        }[key]
        said = words_of(store, zone, now)
        return Cell(title), Cell(said.words, said.look)

    # -- showing --------------------------------------------------------------------------------------------

    def changed(self, topics: Topics) -> None:
        """Everything here is small, and only what differs is drawn."""
        self.show_all()

    def on_resize(self) -> None:
        """Other sizes share the lines out otherwise."""
        self.call_after_refresh(self.show_all)

    def show_all(self) -> None:
        """Brings the whole screen up to date."""
        if not self.is_mounted:
            return
        self._gather()
        running, needs, backup, _service = self.tables
        running.empty, needs.empty = self._running_empty(), self._needs_empty()
        if (columns := self._backup_columns()) != backup.columns:
            backup.columns = columns
        for table in self.tables:
            table.reconcile()
        self._show_left()
        self._show_titles()
        self._lay_out()
        self._keep_focus_on_rows()
        self.show_about()

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
        self.query_one("#left-rule").display = bool(lines)

    def _show_titles(self) -> None:
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        running, needs, *_rest = self.tables
        known = store.freshness(fresh.SESSIONS)
        finished = [
            state.last_finished
            for row in store.sessions.values()
            if row.running and (state := progress(store, row.id, now)) and state.last_finished
        ]
        right = room_words(store) or (f"last unit finished {clock_words(max(finished), zone, now)}" if finished else "")
        self._title("#running-title", "Running" if known.never_read else f"Running {_counted(running)}", right)
        stale = ""
        if not known.never_read and known.error:
            at = f" as of {clock_words(known.answered_at, zone, now)}" if known.answered_at else ""
            stale = f"restores{at}: {known.error}"
        elif known.unread:
            stale = f"{counted(known.unread, 'restore')} could not be read"
        self._title("#needs-title", "Needs you" if known.never_read else f"Needs you {_counted(needs)}", stale)

    def _title(self, line_id: str, left: str, right: str) -> None:
        line = self.query_one(line_id, OneLine)
        width = line.size.width or self.app.size.width
        line.text = between(f" {left}", f"{right} " if right else "", width)

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
        below, tall = len(self._service_keys()), self.app.size.height >= _TALL
        self.query_one("#service-gap").display = tall
        left = sum(line.display for line in (self.query_one("#left-1"), self.query_one("#left-2")))
        frame = 6 if self.SHOW_MESSAGE else 5
        fixed = (left + 1 if left else 0) + 3 + 1 + len(Service) + below + tall
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
        if kind == "backup":
            return backup_lines(self.ws.store, Service(rest), self.ws.clock.now())
        if kind == "service":
            return self._service_lines(rest)
        if kind == NeedKind.LOCKED:
            return locked_lines(self.ws.store.connection.service, self.ws.zone, self.ws.clock.now())
        if (need := self._needs.get(key)) is not None:
            lines = need_lines(need, self.ws.clock.now(), mine=self._is_mine(need))
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

    # -- commands -------------------------------------------------------------------------------------------

    def context(self) -> SessionContext:
        """The session that the row is about."""
        return self.session_context(self.row)

    def key_of(self, session_id: str) -> str:
        """Any session can be opened as if it were a running one."""
        return f"{_RUNNING_ROW}:{session_id}"

    def session_of(self, key: str | None) -> SessionRow | None:
        """The session of a running row, of a failure, a stall or a draft."""
        kind, _, rest = (key or "").partition(":")
        if kind not in (_RUNNING_ROW, NeedKind.FAILED, NeedKind.SLOW, NeedKind.DRAFT):
            return None
        return self.ws.store.sessions.get(rest)

    def open_row(self, row: str | None) -> None:
        kind, _, rest = (row or "").partition(":")
        if session := self.session_of(row):
            navigation.open_session(self.program, session.id)
        elif kind == NeedKind.UNKNOWN:
            navigation.open_unknown(self.program, int(rest))
        elif kind in ("backup", NeedKind.POLICY):
            navigation.show(self.program, "policies")
        elif kind in ("service", NeedKind.LOCKED):
            navigation.open_service(self.program)


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
