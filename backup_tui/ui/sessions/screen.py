"""Screen 3: all restore sessions, running ones first."""

from __future__ import annotations

from collections.abc import Sequence

from backup_tui.models.focus import Focus
from backup_tui.models.text import counted, short_id
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Topic
from backup_tui.store.views import session_keys
from backup_tui.ui.actions.sessions import (
    CHANGE_DRAFT,
    COPY_ABOUT,
    COPY_ID,
    DELETE_DRAFT,
    FAILED_AGAIN,
    NEW_RESTORE,
    REHEARSE,
    REVIEW_DRAFT,
    SessionActions,
    SessionContext,
)
from backup_tui.ui.frame.commands import MARK, OPEN_ROW, UNMARK_ALL, Commands
from backup_tui.ui.frame.listing import FILTER, SORT, ListScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.vocabulary.names import person_short, service_label
from backup_tui.ui.vocabulary.sessions import counts_words, status_cell, where_cell
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

_COUNTS_WIDTH = 24


class SessionsScreen(ListScreen, SessionActions):
    """All restore sessions of the tenant."""

    NUMBER = 3
    VIEW = "sessions"
    COLUMNS = (
        Column("service", "Service", 10),
        Column("id", "Id", 8),
        Column("where", "Where", 8),
        Column("status", "Status", 15),
        Column("counts", "Counts", _COUNTS_WIDTH, least=12),
        Column("by", "By", 7, grow=1, drop=1),
    )
    SORTS = ("service", "where", "status", "counts", "created", "by")
    TOPICS = frozenset({Topic.SESSIONS, Topic.ARTIFACTS, Topic.JOURNAL})
    ROW_TOPICS = frozenset({Topic.SESSIONS, Topic.ARTIFACTS})
    MARKABLE = True

    def on_mount(self) -> None:
        """A restore that somebody starts, or a draft that is made, appears above and is to be seen."""
        self.table.keeps_top = True

    def focus_on(self) -> Focus:
        """The list of sessions is read."""
        return Focus(screen="sessions")

    def context(self) -> SessionContext:
        """The session under the cursor, and how many are marked."""
        return self.session_context(self.row)

    def keys(self) -> Sequence[str]:
        """Ids of the sessions."""
        return session_keys(self.ws.store, self.filter_text, self.sort)

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a session."""
        row = self.ws.store.sessions[key]
        tone = "dim" if row.gone else ""
        return (
            Cell(service_label(row.service), tone),
            Cell(short_id(row.id), tone),
            where_cell(row),
            Cell("? UNKNOWN", "bad") if self.is_unclear(row) else status_cell(row),
            Cell(counts_words(row, self.table.column_width("counts")), "bad" if row.failed and not row.gone else tone),
            Cell(person_short(row.created_by), tone),
        )

    def heading(self) -> Section:
        """`Sessions 31   showing all`, and how many run, are drafts, are marked."""
        store = self.ws.store
        rows = [row for row in store.sessions.values() if not row.gone]
        known = store.freshness(fresh.SESSIONS)
        left = "Sessions" if known.never_read else f"Sessions {len(store.sessions):,}"
        facts = self.freshness_words(known)
        running = sum(row.running for row in rows)
        drafts = sum(row.state.value == "draft" for row in rows)
        right = [f"{running:,} running", f"{drafts:,} draft{'' if drafts == 1 else 's'}"]
        if marked := len(self.table.marked):
            hidden = f", {self.table.hidden_marks:,} hidden" if self.table.hidden_marks else ""
            right.append(f"{marked:,} selected{hidden}")
        return Section(left, facts, "  ".join(right) if not known.never_read else "")

    def total(self) -> int:
        return len(self.ws.store.sessions)

    def empty_words(self) -> str:
        """Why the list is empty."""
        known = self.ws.store.freshness(fresh.SESSIONS)
        if known.never_read:
            if (barred := self.barred("sessions")) is not None:
                return f"   {barred}"
            state = self.freshness_words(known)
            return f"   {state[0].upper()}{state[1:]}."
        if self.filter_text:
            return f'   No restore has "{self.filter_text}" in it. esc takes the filter away.'
        if not known.whole:
            return f"   {counted(known.unread, 'restore')} came and could not be read. r tries again."
        return "   There are no restores in this tenant, and no drafts. n makes one."

    def about(self, key: str) -> list[str]:
        """The lines about a session."""
        return self.lines_about(key)

    def open_row(self, row: str | None) -> None:
        if row is not None:
            self.program.open(OpenSession(row))


COMMANDS: Commands[SessionsScreen, SessionContext] = (
    OPEN_ROW,
    FILTER,
    SORT,
    NEW_RESTORE,
    CHANGE_DRAFT,
    REHEARSE,
    DELETE_DRAFT,
    FAILED_AGAIN,
    COPY_ID,
    COPY_ABOUT,
    REVIEW_DRAFT,
    MARK,
    UNMARK_ALL,
)
SessionsScreen.offers(COMMANDS)
