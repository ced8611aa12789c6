"""One restore session: how far it is, whether it moves, and each of its units, failed ones first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from backup_tui.errors import BackupTuiError
from backup_tui.models.as_sent import as_sent
from backup_tui.models.focus import Focus
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id
from backup_tui.restore.points.moments import show_utc
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Topic
from backup_tui.store.other_restores import other_restore_of
from backup_tui.store.progress import long_ones
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.store.views import artifact_keys
from backup_tui.ui.actions.sessions import SessionActions
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.save_file import SaveFile
from backup_tui.ui.routes import OpenNewRestore
from backup_tui.ui.sessions.detail_commands import (
    DetailContext,
    detail_commands,
)
from backup_tui.ui.sessions.detail_head import counts_below, head, title_words
from backup_tui.ui.sessions.unit_text import (
    all_about,
    beside_list,
    explained,
    ids_of,
    result_words,
    since_words,
    unit_status_cell,
)
from backup_tui.ui.vocabulary.sessions import about_session, title_of
from backup_tui.ui.widgets.cells import between, width_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.list_and_pane import BESIDE_HEIGHT, BESIDE_WIDTH, LOW, ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell, RowTable

GONE = (
    "The service has no session {id} any more: a draft that was deleted, or a restore older than a year.",
    "Your own record of it is kept: 5 Activity, /{id}.",
)


NARROW = 76
"""Below this width the title gives way to what must be seen."""


class SessionDetail(ListScreen, SessionActions):
    """A restore session and its units, followed while it is shown.

    Args:
        session_id: The session.
    """

    NUMBER = 3
    VIEW = "session"
    SORTS = ("name", "status", "since", "point", "result")
    TOPICS = frozenset({Topic.SESSIONS, Topic.ARTIFACTS, Topic.UNITS})
    ROW_TOPICS = frozenset({Topic.ARTIFACTS})
    PANE_LINES = 3

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id
        self._long: frozenset[str] = frozenset()
        self._columns_for: Service | None = None

    # -- what it shows --------------------------------------------------------------------------------------

    def focus_on(self) -> Focus:
        """This session and its units."""
        return Focus(screen="session", session_id=self.session_id)

    @property
    def session(self) -> SessionRow | None:
        """The session, once it is known."""
        return self.ws.store.sessions.get(self.session_id)

    @property
    def service(self) -> Service | None:
        """Of the session."""
        return self.session.service if self.session else None

    def session_of(self, key: str | None) -> SessionRow | None:
        """Every row here belongs to the one session."""
        return self.session

    def unit(self, key: str | None) -> ArtifactRow | None:
        """The unit of a row."""
        return self.ws.store.artifacts(self.session_id).get(key) if key is not None else None

    def context(self) -> DetailContext:
        """The session; its commands work without a unit under the cursor, too."""
        rows = self.ws.store.artifacts(self.session_id).values()
        return DetailContext(
            row=self.row or self.session_id,
            read_only=self.program.workspace.read_only,
            session=self.session,
            failed_rows=sum(row.state.value == "failed" for row in rows),
            beta=self.ws.address.version == "beta",
        )

    def compose_body(self) -> ComposeResult:
        """Title, progress, the units with what explains them."""
        title, listing = super().compose_body()
        yield title
        yield Paragraphs(id="session-head")
        yield listing

    def compose_below(self) -> Iterable[Widget]:
        return OneLine(id="failed-above"), OneLine(id="unit-counts")

    def on_mount(self) -> None:
        self.table.columns = columns_for(None)
        self.table.stays_on_top = True  # Failures come first: a cursor that follows its row would lose sight of them.

    def keys(self) -> Sequence[str]:
        """The units, failed ones first."""
        return artifact_keys(self.ws.store, self.session_id, self.filter_text, self.sort)

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a unit; of a session that is gone all of them are grey."""
        row = self.ws.store.artifacts(self.session_id)[key]
        gone = self.session is None or self.session.gone
        status = unit_status_cell(row, running=self.session is not None and self.session.running)
        point = show_utc(row.point_time, self.now) if row.point_time else "not told"
        words = result_words(row, self.service, self.now, long=key in self._long)
        return (
            Cell(row.name, "dim" if gone or not (row.unit_name or row.unit_id) else ""),
            Cell(status.text, "dim") if gone else status,
            Cell(since_words(row, self.ws.zone, self.now), "dim" if gone else ""),
            Cell(point, "dim" if gone or not row.point_time else ""),
            Cell(words, "dim" if gone else "bad" if row.state.value == "failed" else ""),
        )

    def heading(self) -> Section:
        """Which session, where it goes, its status."""
        row = self.session
        if row is None:
            return Section(f"Session {short_id(self.session_id)}", "", self.freshness_words(self._known_session))
        left, right = title_words(self.ws.store, row, self.ws.zone, self.now, narrow=self.app.size.width < NARROW)
        return Section(left, "", right)

    def empty_words(self) -> str:
        """Why no unit is listed."""
        if self.session is None:
            return ""
        known = self.ws.store.freshness(fresh.artifacts_of(self.session_id))
        if self.filter_text:
            return f'   No unit has "{self.filter_text}" in it. esc takes the filter away.'
        if known.complete and not known.error:
            return "   There is no unit in this draft. c puts some in." if self._is_draft else "   No unit is in it."
        state = self.freshness_words(known)
        return f"   Units: {state}." if state else ""

    def about(self, key: str) -> list[str]:
        """The lines that explain a unit: the shortest below the list, all beside it."""
        row = self.unit(key)
        if row is None:
            return []
        beside = self.query_one(ListAndPane).is_beside
        words = beside_list if beside else explained
        return words(
            row,
            self.service,
            self.ws.zone,
            self.now,
            long=key in self._long,
            running=self._is_running,
            other=other_restore_of(self.ws.store, [row.unit_id], self.session_id),
        )

    @property
    def _known_session(self) -> fresh.Freshness:
        return self.ws.store.freshness(fresh.session_of(self.session_id))

    @property
    def _is_draft(self) -> bool:
        return self.session is not None and self.session.state.value == "draft"

    @property
    def _is_running(self) -> bool:
        return self.session is not None and self.session.running

    # -- drawing --------------------------------------------------------------------------------------------

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        """Brings everything up to date; draws only what differs."""
        if not self.is_open:
            return
        rows = self.ws.store.artifacts(self.session_id).values()
        self._long = long_ones(rows, self.service, self.now)
        if self.service is not None and self.service is not self._columns_for:
            self._columns_for = self.service
            self.table.columns = columns_for(self.service)
        super().show_rows(news=news, changed=changed)

    def show_title(self) -> None:
        """The title with the lines under it, and the counts below the list."""
        super().show_title()
        if not self.is_open:
            return
        self.query_one("#session-head", Paragraphs).show(self._head())
        line = self.query_one("#unit-counts", OneLine)
        known = self.ws.store.freshness(fresh.artifacts_of(self.session_id))
        state = self.freshness_words(known) if self.table.row_count else ""
        left = "   ".join(filter(None, [counts_below(self.ws.store, self.session_id), state]))
        count = self.table.row_count
        right = f"row {self.table.cursor_index + 1:,} of {count:,}" if count else ""
        if self.filter_text:
            right = f'{count:,} for "{self.filter_text}"'
        width = max(0, line.size.width or self.app.size.width)
        if width_of(left) + width_of(right) + 6 > width:
            right = ""  # Counts are never cut; where the cursor is can be seen.
        line.text = between(f"   {left}", f"{right} " if right else "", width)
        self._show_failed_above()

    def _show_failed_above(self) -> None:
        """Pins how many of the units that failed are above the part of the list that is seen."""
        units = self.ws.store.artifacts(self.session_id)
        count = sum(units[key].state.value == "failed" for key in self.table.above if key in units)
        line = self.query_one("#failed-above", OneLine)
        line.text = self.keyed(f"   {count:,} failed above   ! shows them")
        line.display = count > 0

    def _head(self) -> list[Para]:
        row = self.session
        if row is not None:
            size = self.app.size
            roomy = size.width >= BESIDE_WIDTH and size.height >= BESIDE_HEIGHT
            return head(self.ws.store, row, self.ws.zone, self.now, roomy=roomy, low=size.height < LOW)
        known = self._known_session
        if known.never_read and not known.error:
            return [Para(f"Reading session {short_id(self.session_id)}...")]
        if known.error:
            return [Para(known.error, "warn"), Para("It is tried again; r tries now.")]
        return [Para(sentence.format(id=short_id(self.session_id)), "warn") for sentence in GONE]

    @on(RowTable.Scrolled)
    def _other_rows_in_sight(self) -> None:
        self._show_failed_above()

    def show_about(self) -> None:
        """The row under the cursor, and its number."""
        super().show_about()
        self.show_title()

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        unit = self.unit(row)
        if unit is None:
            self.say("There is no unit under the cursor.")
            return
        long, running = unit.id in self._long, self._is_running
        other = other_restore_of(self.ws.store, [unit.unit_id], self.session_id)
        lines = all_about(unit, self.service, self.ws.zone, self.now, long=long, running=running, other=other)
        self.program.push_screen(PagerScreen(f"{title_of(self.session) if self.session else ''} > {unit.name}", lines))

    def next_failed(self, row: str | None) -> None:
        """The next failed unit after the cursor, going round."""
        keys = list(self.keys())
        units = self.ws.store.artifacts(self.session_id)
        start = self.table.cursor_index + 1
        for key in [*keys[start:], *keys[:start]]:
            if units[key].state.value == "failed":
                self.table.move_to(key)
                return
        self.say("The filter hides the units that failed; esc takes it away.")

    def change_members(self, row: str | None) -> None:
        from backup_tui.ui.sessions.base_members import BaseMembers

        self.program.push_screen(BaseMembers(self.session_id))

    def save_report(self, row: str | None) -> None:
        name = f"restore-{short_id(self.session_id)}-{self.now.astimezone(self.ws.zone):%Y-%m-%d-%H%M}.csv"
        desk, session_id = self.ws.restore, self.session_id
        self.program.push_screen(
            SaveFile(f"Report of session {short_id(session_id)}", name, lambda: desk.report_csv(session_id))
        )

    async def copy_to_new_location(self, row: str | None) -> None:
        """A form with the same units and points, to a new location."""
        self.say(f"Reading what {short_id(self.session_id)} holds, to begin with it...")
        form = await self.ws.restore.form_from_copy(self.session_id, Destination.NEW)
        if self.is_current:
            self.say("")
            self.program.open(OpenNewRestore(form))

    def copy_ids(self, row: str | None) -> None:
        unit = self.unit(row)
        if unit is None:
            self.say(copy(self.app, self.session_id, f"id {short_id(self.session_id)}"))
        else:
            self.say(copy(self.app, ids_of(unit), f"ids of {unit.name} and its session"))

    def copy_session_id(self, row: str | None) -> None:
        self.say(copy(self.app, self.session_id, f"id {short_id(self.session_id)}"))

    def show_all(self, row: str | None) -> None:
        session = self.session
        if session is None:
            self.say("Nothing is known of this session yet.")
            return
        store, zone, now = self.ws.store, self.ws.zone, self.now
        lines = [*about_session(store, session, now, zone), ""]
        for key in artifact_keys(store, self.session_id):
            unit = store.artifacts(self.session_id)[key]
            point = f"{show_utc(unit.point_time, now)} UTC" if unit.point_time else "point not told"
            result = result_words(unit, session.service, now)
            status = unit_status_cell(unit, running=session.running).text
            lines.append(", ".join(filter(None, [f"{status}: {unit.name}", point, result])))
        self.program.push_screen(PagerScreen(title_of(session), lines, later=self._as_sent))

    async def _as_sent(self) -> list[str]:
        """The session as the service sends it now: what was read of it is mended, and not kept as it came."""
        try:
            body = await self.ws.reader.session_as_sent(self.session_id)
        except BackupTuiError as error:
            return ["", f"What the service sends could not be read: {error.message}"]
        return ["", "As the service sends the session:", *as_sent(body)]


def columns_for(service: Service | None) -> tuple[Column, ...]:
    """The columns of the units; a site is told by the end of its address, an account by the start."""
    names = {Service.EXCHANGE: "Mailbox", Service.ONEDRIVE: "Account", Service.SHAREPOINT: "Site", None: "Unit"}
    return (
        Column("name", names[service], 25, grow=3, cut="start" if service is Service.SHAREPOINT else "end", least=16),
        Column("status", "Status", 14),
        Column("since", "Since", 7, drop=1),
        Column("point", "Point UTC", 12, least=12),
        Column("result", "Result or cause", 15, grow=2, least=10),
    )


SessionDetail.offers(detail_commands(SessionDetail))
