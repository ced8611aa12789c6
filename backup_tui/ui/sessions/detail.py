"""One restore session: its progress, whether it is moving, and each of its units, failed ones first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from backup_tui.errors import BackupTuiError
from backup_tui.models.as_sent import as_sent
from backup_tui.models.features import ACTIVITY_LOG
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action
from backup_tui.models.text import counted, safe, short_id
from backup_tui.plans.stalls import stalled, support_lines
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.store.other_restores import other_restore_of
from backup_tui.store.progress import long_ones, own_start
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.store.views import ARTIFACT_LANGUAGE, artifact_keys
from backup_tui.ui.actions.sessions import SessionActions
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.routes import OpenHandover, OpenReport
from backup_tui.ui.sessions.detail_commands import DetailContext, detail_commands
from backup_tui.ui.sessions.detail_head import Head
from backup_tui.ui.sessions.unit_text import UnitText
from backup_tui.ui.vocabulary.sessions import title_of
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.list_and_pane import BESIDE_HEIGHT, BESIDE_WIDTH, LOW, ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.short_addresses import shared_part, shown_part
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell, RowTable

GONE = (
    "The service has no session {id}: a draft that was deleted, or a restore older than a year.",
    "Your record of it is kept: 5 Activity, /{id}.",
)

WIDE = 160  # from this width on there are columns for when a unit started and ended, and for its code


class SessionDetail(ListScreen, SessionActions):
    """A restore session and its units, followed while it is shown."""

    NUMBER = 3
    VIEW = "session"
    SORTS = ("name", "status", "since", "point", "result")
    LANGUAGE = ARTIFACT_LANGUAGE
    TOPICS = frozenset({Topic.SESSIONS, Topic.ARTIFACTS, Topic.UNITS, Topic.SERVICE_LOG})
    ROW_TOPICS = frozenset({Topic.ARTIFACTS})
    PANE_LINES = 2

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id
        self._long: frozenset[str] = frozenset()
        self._shared = ""
        self._wanted: Mapping[str, datetime] = {}
        self._searched: tuple[int | None, str] = (None, "")
        self._again: Mapping[str, str] = {}

    # -- what it shows --------------------------------------------------------------------------------------

    def focus_on(self) -> Focus:
        return Focus(screen="session", session_id=self.session_id, service_log=self._log_helps)

    @property
    def _log_helps(self) -> bool:
        """Only the service's log (beta) names who started an ended restore that was not started from here."""
        row = self.session
        return (
            self.ws.address.version == "beta"
            and row is not None
            and row.state.terminal
            and own_start(self.ws.store, row) is None
            and self.barred(ACTIVITY_LOG.id) is None
        )

    @property
    def session(self) -> SessionRow | None:
        """The session, once it is known."""
        return self.ws.store.sessions.get(self.session_id)

    @property
    def units(self) -> Mapping[str, ArtifactRow]:
        """The units by their key."""
        return self.ws.store.artifacts(self.session_id)

    def session_of(self, key: str | None) -> SessionRow | None:
        return self.session

    def context(self) -> DetailContext:
        return DetailContext(
            row=self.row or self.session_id,  # its commands work without a unit under the cursor, too
            read_only=self.program.workspace.read_only,
            session=self.session,
            failed_rows=sum(row.state.value == "failed" for row in self.units.values()),
            beta=self.ws.address.version == "beta",
        )

    def compose_body(self) -> ComposeResult:
        title, listing = super().compose_body()
        yield title
        yield Paragraphs(id="session-head")
        yield listing

    def compose_below(self) -> Iterable[Widget]:
        return (OneLine(id="failed-above"),)

    def on_mount(self) -> None:
        self.table.columns = columns_for(None)
        self.table.stays_on_top = True  # Failures come first: a cursor that follows its row would lose sight of them.
        self.program.start(self._read_wanted(), f"what was asked for in {short_id(self.session_id)}")
        self.program.start(self._read_again(), f"what is restored again of {short_id(self.session_id)}")

    async def _read_wanted(self) -> None:
        from backup_tui.restore.drafts.record import kept_record  # late: the list needs none of it

        record = await kept_record(self.ws.context.journal, self.session_id)
        if record is not None and self.is_open:
            self._wanted = {point: unit.wanted for point, unit in record.by_point.items()}
            self._searched = (sum(record.hits.values()) if record.hits else None, record.query)
            self.show_about()
            self.show_rows(news=True)

    async def _read_again(self) -> None:
        plan = self.ws.plans.of_session(self.session_id)
        if plan is None:
            return
        from backup_tui.plans.again_look import retries_of  # late, too

        record = plan.record
        found = await retries_of(self.ws.context, record, self.session_id)
        again = {unit_id: record.sessions.get(part.number, "") for unit_id, part in found.items()}
        if again != self._again and self.is_open:
            self._again = again
            self.show_about()

    def changed(self, change: Change) -> None:
        if Topic.PLANS in change.topics:
            self.program.start(self._read_again(), f"what is restored again of {short_id(self.session_id)}")
        super().changed(change)

    def keys(self) -> Sequence[str]:
        return artifact_keys(self.ws.store, self.session_id, self.filter_text, self.sort, now=self.now)

    def text_of(self, unit: ArtifactRow, *, whole: bool = False) -> UnitText:
        """The words about a unit; with `whole` other restores are searched for it, too long for each row of a list."""
        session = self.session
        return UnitText(
            unit,
            session.service if session else None,
            self.ws.zone,
            self.now,
            long=unit.id in self._long,
            draft=session is not None and session.state.value == "draft",
            other=other_restore_of(self.ws.store, [unit.unit_id], self.session_id) if whole else "",
            wanted=self._wanted.get(unit.point_id),
            again=self._again_words(unit.unit_id or ""),
            files=session is not None and session.model.holds_files,
        )

    def _again_words(self, unit_id: str) -> str:
        """`Retry drafted: d91e03b7.`, for a unit that a later session of the plan restores again."""
        session_id = self._again.get(unit_id)
        if session_id is None:
            return ""
        row = self.ws.store.sessions.get(session_id)
        if not session_id or row is None:
            return f"Retry drafted{f': {short_id(session_id)}' if session_id else ''}."
        word = "drafted" if row.state.allows(Action.ACTIVATE) else row.state.word
        return f"Retry {word}: {short_id(session_id)}."

    def cells(self, key: str) -> Sequence[Cell]:
        cells = self.text_of(self.units[key]).cells(self._shared)[: len(self.table.columns)]
        gone = self.session is None or self.session.gone
        return [Cell(cell.text, "dim") for cell in cells] if gone else cells

    def total(self) -> int:
        return len(self.units)

    def heading(self) -> Section:
        row = self.session
        if row is None:
            known = self.ws.store.freshness(fresh.session_of(self.session_id))
            return Section(f"Session {short_id(self.session_id)}", "", self.freshness_words(known))
        section = self._head_of(row).title
        state = self.freshness_words(self._known_units) if self.units else ""
        return replace(section, facts=(section.facts, state and f"   units {state}"))

    def empty_words(self) -> str:
        if self.session is None:
            return ""
        known = self._known_units
        if self.filter_text:
            return f'   No unit matches "{self.filter_text}". Esc clears the filter.'
        if known.complete and not known.error:
            draft = self.session.state.value == "draft"
            return "   No unit is in this draft. c adds some." if draft else "   No unit is in this restore."
        state = self.freshness_words(known)
        return f"   Units: {state}." if state else ""

    def about(self, key: str) -> Sequence[Section | str]:
        unit = self.units.get(key)
        if unit is None:
            return ()
        words, table = self.text_of(unit, whole=True), self.table
        head = Section(unit.name, right=f"{table.cursor_index + 1:,} of {table.row_count:,}")
        if self.query_one(ListAndPane).is_beside:
            return [head, "", *words.all]
        return [head, words.block(self.app.size.width - 4, self.PANE_LINES)]

    @property
    def _known_units(self) -> fresh.Freshness:
        return self.ws.store.freshness(fresh.artifacts_of(self.session_id))

    @property
    def _roomy(self) -> bool:
        size = self.app.size
        return size.width >= BESIDE_WIDTH and size.height >= BESIDE_HEIGHT

    # -- drawing --------------------------------------------------------------------------------------------

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        if not self.is_open:
            return
        rows, service = self.units.values(), self.session.service if self.session else None
        self._long = long_ones(rows, service, self.now)
        self._shared = shared_part(row.unit_name or "" for row in rows)
        files = self.session is not None and self.session.model.holds_files
        columns = columns_for(service, self._shared, wide=self.app.size.width >= WIDE, files=files)
        if columns != self.table.columns:
            self.table.columns = columns
        super().show_rows(news=news, changed=changed)

    def _resized(self) -> None:
        self.show_rows()

    def show_title(self) -> None:
        super().show_title()
        if self.is_open:
            self.query_one("#session-head", Paragraphs).show(self._head())
            self._show_failed_above()

    def _show_failed_above(self) -> None:
        """Pins how many of the units that failed are above the part of the list that is seen."""
        units = self.units
        count = sum(units[key].state.value == "failed" for key in self.table.above if key in units)
        line = self.query_one("#failed-above", OneLine)
        line.text = self.keyed(f"   {count:,} failed above   ! shows them")
        line.display = count > 0

    def _head_of(self, row: SessionRow) -> Head:
        unclear, low = self.is_unclear(row), self.app.size.height < LOW
        chart, note = not self.ws.settings.low_bandwidth, self.note_of(row.id)
        return Head(self.ws.store, row, self.ws.zone, self.now, unclear, self._roomy, low, chart, note)

    @property
    def _mail_line(self) -> list[Para]:
        """What was searched for, of a session of single mails that was made from here."""
        count, query = self._searched
        if not query or self.app.size.height < LOW:
            return []
        mails = "" if count is None else f"{counted(count, 'mail')} of "
        return [Para(f"{mails}{query}", mark="  Search  ", mark_tone="dim")]

    @property
    def _plan_line(self) -> list[Para]:
        """Which wave of which plan it is part of."""
        plan = self.ws.plans.of_session(self.session_id)
        if plan is None or self.app.size.height < LOW:
            return []
        record = plan.record
        part = next(one for one in record.parts if record.sessions.get(one.number) == self.session_id)
        again = ", failed units again" if part.again_of else ""
        wave = f"wave {part.wave + 1} {safe(record.plan.waves[part.wave].name)}"
        return [Para(f"{record.plan.name}, {wave}{again}", mark="  Plan    ", mark_tone="dim")]

    def _head(self) -> list[Para]:
        if self.session is not None:
            return [*self._head_of(self.session).lines, *self._plan_line, *self._mail_line]
        known, name = self.ws.store.freshness(fresh.session_of(self.session_id)), short_id(self.session_id)
        if known.error:
            return [Para(f"  {known.error}", "warn"), Para("  It is read again automatically; r reads it now.")]
        if known.never_read:
            return [Para(f"  Reading session {name}…")]
        return [Para(f"  {sentence.format(id=name)}", "warn") for sentence in GONE]

    @on(RowTable.Scrolled)
    def _other_rows_in_sight(self) -> None:
        self._show_failed_above()

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        unit = self.units.get(row or "")
        if unit is None:
            self.say("No unit is under the cursor.")
            return
        name = title_of(self.session) if self.session else ""
        self.program.push_screen(
            PagerScreen(f"{name} > {unit.name}", [unit.name, "", *self.text_of(unit, whole=True).whole])
        )

    def next_failed(self, row: str | None) -> None:
        keys, units = list(self.keys()), self.units
        start = self.table.cursor_index + 1
        for key in [*keys[start:], *keys[:start]]:
            if units[key].state.value == "failed":
                self.table.move_to(key)
                return
        self.say("The filter hides the units that failed; esc clears it.")

    def change_members(self, row: str | None) -> None:
        from backup_tui.ui.sessions.base_members import BaseMembers

        self.program.push_screen(BaseMembers(self.session_id))

    def write_report(self, row: str | None) -> None:
        self.program.open(OpenReport((self.session_id,)))

    def hand_over(self, row: str | None) -> None:
        self.program.open(OpenHandover((self.session_id,)))

    def copy_ids(self, row: str | None) -> None:
        unit = self.units.get(row or "")
        if unit is None:
            self.copy_session_id(row)
        else:
            self.say(copy(self.app, self.text_of(unit).ids, f"the ids of {unit.name} and its session"))

    def copy_session_id(self, row: str | None) -> None:
        self.say(copy(self.app, self.session_id, f"the id of {short_id(self.session_id)}"))

    def show_all(self, row: str | None) -> None:
        session = self.session
        if session is None:
            self.say("Nothing is known of this session yet.")
            return
        lines = [*self.lines_about(self.session_id), ""]
        for key in artifact_keys(self.ws.store, self.session_id):
            name, status, since, point, *_rest = (cell.text for cell in self.text_of(self.units[key]).cells())
            result = self.text_of(self.units[key]).result
            lines.append(", ".join(filter(None, [f"{status}: {name}", since, f"point {point} UTC", result])))
        if (stall := stalled(self.ws.store, [session.id], self.now)) is not None:
            lines = [*support_lines(self.ws.store, stall, self.now), "", *lines]
        self.program.push_screen(PagerScreen(title_of(session), lines, later=self._as_sent))

    async def _as_sent(self) -> list[str]:
        """The session as the service sends it now: what the store has of it was corrected when it was read."""
        try:
            body = await self.ws.reader.session_as_sent(self.session_id)
        except BackupTuiError as error:
            return ["", f"What the service sends could not be read: {error.message}"]
        return ["", "As the service sends the session:", *as_sent(body)]


def columns_for(
    service: Service | None, shared: str = "", *, wide: bool = False, files: bool = False
) -> tuple[Column, ...]:
    """The columns of the units.

    Args:
        service: Of the session.
        shared: What nearly all addresses have in common; the heading says it for them.
        wide: There is room for when each of them started and ended.
        files: They are single files and folders.
    """
    names = {Service.EXCHANGE: "Mailbox", Service.ONEDRIVE: "Account", Service.SHAREPOINT: "Site", None: "Unit"}
    more = (
        Column("started", "Started", 7),
        Column("ended", "Ended", 6),
        Column("took", "Took", 7),
        Column("code", "Code", 12, least=12),
    )
    heading = "File or folder" if files else f"{names[service]} {shown_part(shared)}".strip()
    return (
        Column("name", heading, 20, cut="middle", least=max(13, min(28, width_of(heading))), always=True),
        Column("status", "Status", 12, always=True),
        Column("since", "Since", 6, drop=2),
        Column("point", "Point UTC", 12, drop=1),
        Column("result", "Result or cause", 15, cut="middle", least=18),
        *(more if wide else ()),
    )


SessionDetail.offers(detail_commands(SessionDetail))
