"""Screen 3: all restore sessions, running ones first."""

from collections.abc import Sequence
from datetime import UTC, datetime

from backup_tui.models.focus import Focus
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import brief_span_words
from backup_tui.restore.points.moments import show_utc
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Topic
from backup_tui.store.progress import progress, started_at
from backup_tui.store.views import SESSION_LANGUAGE, session_keys
from backup_tui.ui.actions.sessions import (
    CHANGE_DRAFT,
    COPY_ABOUT,
    COPY_ID,
    DELETE_DRAFT,
    FAILED_AGAIN,
    NEW_RESTORE,
    NOTE,
    REHEARSE,
    REVIEW_DRAFT,
    SessionActions,
    SessionContext,
)
from backup_tui.ui.frame.commands import MARK, OPEN_ROW, UNMARK_ALL, Commands
from backup_tui.ui.frame.listing import FILTER, SORT, ListScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.vocabulary.names import person_short, service_label
from backup_tui.ui.vocabulary.sessions import done_words, status_cell, where_cell
from backup_tui.ui.widgets.charts import counts_bar
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import day_words, short_words

BAR = 8  # cells of the bar of finished units

WIDE = 160  # below this width there is no room for pace and points, so they are not worked out for every row


class SessionsScreen(ListScreen, SessionActions):
    """All restore sessions of the tenant."""

    NUMBER = 3
    VIEW = "sessions"
    COLUMNS = (
        Column("service", "Service", 10),
        Column("id", "Id", 8, always=True),
        Column("where", "To", 8, always=True),
        Column("status", "Status", 13, always=True),
        Column("done", "Done", BAR, drop=3),
        Column("counts", "Units", 9, align="right"),
        Column("when", "When", 6, drop=1),
        Column("took", "Took", 7, align="right", drop=2),
        Column("by", "By", 8, drop=4),
        Column("ended", "Ended", 6, drop=5),
        Column("failed", "Failed", 6, align="right", drop=6),
        Column("hour", "Per hour", 8, align="right", drop=7),
        Column("points", "Points UTC", 12, drop=8),
    )
    SORTS = ("service", "where", "status", "counts", "when", "by", "ended")
    KEEPS_SORT = True
    LANGUAGE = SESSION_LANGUAGE
    TOPICS = frozenset({Topic.SESSIONS, Topic.ARTIFACTS, Topic.JOURNAL})
    ROW_TOPICS = frozenset({Topic.SESSIONS, Topic.ARTIFACTS})
    MARKABLE = True
    PANE_LINES = 2

    def on_mount(self) -> None:
        # A restore that somebody starts, or a draft that is made, appears above and is to be seen.
        self.table.keeps_top = True

    def focus_on(self) -> Focus:
        return Focus(screen="sessions")

    def context(self) -> SessionContext:
        return self.session_context(self.row)

    def keys(self) -> Sequence[str]:
        return session_keys(self.ws.store, self.filter_text, self.sort, now=self.now)

    def cells(self, key: str) -> Sequence[Cell]:
        store, now, row = self.ws.store, self.now, self.ws.store.sessions[key]
        begun = started_at(store, row)
        shown = row.created if begun is None else begun
        until = row.completed_at or (now if row.running else None)
        wide = self.app.size.width >= WIDE
        state = progress(store, key, now) if wide and row.running else None
        points = [one.point_time for one in store.artifacts(key).values() if wide and one.point_time is not None]
        draft = row.state.value == "draft"
        cells = (
            Cell(service_label(row.service)),
            Cell(short_id(row.id)),
            where_cell(row),
            Cell("? UNKNOWN", "bad") if self.is_unclear(row) else status_cell(row),
            Cell("") if draft else counts_bar(row.completed or 0, row.failed or 0, row.total, BAR),
            Cell(done_words(row)),
            Cell(short_words(shown, self.ws.zone, now), "" if begun or draft else "dim"),
            Cell(brief_span_words(until - begun) if until and begun and begun <= until else ""),
            Cell(person_short(row.created_by)),
            Cell(short_words(row.completed_at, self.ws.zone, now)),
            Cell(f"{row.failed:,}" if row.failed else "", "bad"),
            Cell(f"{state.finished_last_hour:,}" if state and state.finished_last_hour is not None else ""),
            Cell(points_words(points, now)),
        )
        return [Cell(cell.text, "dim") for cell in cells] if row.gone else cells

    def heading(self) -> Section:
        store = self.ws.store
        known = store.freshness(fresh.SESSIONS)
        facts = self.freshness_words(known)
        if known.never_read:
            return Section("Sessions", facts)
        rows = [row for row in store.sessions.values() if not row.gone]
        drafts = counted(sum(row.state.value == "draft" for row in rows), "draft")
        right = [f"{sum(row.running for row in rows):,} running", drafts]
        if marked := len(self.table.marked):
            hidden = f", {self.table.hidden_marks:,} hidden by the filter" if self.table.hidden_marks else ""
            right.append(f"{marked:,} selected{hidden}")
        return Section(f"Sessions {len(store.sessions):,}", facts, "  ".join(right))

    def total(self) -> int:
        return len(self.ws.store.sessions)

    def empty_words(self) -> str:
        known = self.ws.store.freshness(fresh.SESSIONS)
        if known.never_read:
            if (barred := self.barred("sessions")) is not None:
                return f"   {barred}"
            state = self.freshness_words(known)
            return f"   {state[0].upper()}{state[1:]}."
        if self.filter_text:
            return f'   No restore matches "{self.filter_text}". Esc clears the filter.'
        if not known.whole:
            return f"   {counted(known.unread, 'restore')} could not be read. r tries again."
        return "   No restore and no draft in this tenant. n starts one."

    def about(self, key: str) -> Sequence[Section | str]:
        whole = self.query_one(ListAndPane).is_beside
        return self.about_session(self.ws.store.sessions[key], whole=whole)

    def open_row(self, row: str | None) -> None:
        if row is not None:
            self.program.open(OpenSession(row))


def points_words(points: Sequence[datetime], now: datetime) -> str:
    """`20 Nov 13:00`, or for points of several times their days: `20 Nov`, `8 Nov to 20 Nov`."""
    if len(set(points)) < 2:
        return show_utc(points[0], now) if points else ""
    return " to ".join(dict.fromkeys(day_words(point, UTC, now) for point in (min(points), max(points))))


COMMANDS: Commands[SessionsScreen, SessionContext] = (
    OPEN_ROW, NEW_RESTORE, FAILED_AGAIN, REHEARSE, FILTER, CHANGE_DRAFT, SORT, COPY_ID, COPY_ABOUT, NOTE, DELETE_DRAFT,
    REVIEW_DRAFT, MARK, UNMARK_ALL,
)  # fmt: skip
SessionsScreen.offers(COMMANDS)


class SomeSessions(SessionsScreen):
    """The list of restore sessions, narrowed to some of them. `title`: what they have in common. `session_ids`: which
    ones."""

    NUMBER = 0
    KEEPS_SORT = False

    def __init__(self, title: str, session_ids: tuple[str, ...]) -> None:
        super().__init__()
        self._title = title
        self._ids = session_ids

    def focus_on(self) -> Focus:
        return Focus(screen="plan", session_ids=self._ids)

    def keys(self) -> Sequence[str]:
        own = frozenset(self._ids)
        every = super().keys()
        return tuple(key for key in every if key in own)

    def heading(self) -> Section:
        section = super().heading()
        rows = [row for key in self._ids if (row := self.ws.store.sessions.get(key)) is not None]
        running = sum(row.running for row in rows)
        return Section(f"{self._title}, {len(rows):,} sessions", section.facts, f"{running:,} running")

    def total(self) -> int:
        return len(self._ids)


SomeSessions.offers(COMMANDS)
