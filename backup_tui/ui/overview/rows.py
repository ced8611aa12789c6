"""The rows of the overview's four tables: what runs, what needs a person, backup by service, and the service."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backup_tui.models.services import Service
from backup_tui.models.text import short_id
from backup_tui.store.progress import progress
from backup_tui.store.summary import Need, NeedKind, needs_you
from backup_tui.store.views import session_keys
from backup_tui.ui.overview.text import (
    backup_cells,
    backup_heading,
    need_cells,
    remaining_word,
)
from backup_tui.ui.vocabulary.changes import unknown_targets
from backup_tui.ui.vocabulary.names import service_label
from backup_tui.ui.vocabulary.service import (
    control_words,
    mail_words,
    service_line,
    state_words,
)
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.progress_bar import counts_bar
from backup_tui.ui.widgets.table import Cell
from backup_tui.workspace import Workspace

_BAR = 9
RUNNING_COLUMNS = (
    Column("service", "Service", 10),
    Column("id", "Id", 8),
    Column("where", "Where", 8),
    Column("bar", "Progress", _BAR, drop=2),
    Column("ok", "Ok", 8, align="right"),
    Column("failed", "Failed", 10, align="right"),
    Column("of", "Of", 8, grow=1),
    Column("left", "Left", 9, align="right", drop=1),
)
NEED_COLUMNS = (Column("what", "What", 60, grow=1, least=20), Column("key", "Key", 8))
_SERVICE_WIDTH = 26
SERVICE_COLUMNS = (Column("what", "What", 9, least=9), Column("words", "Words", 60, grow=1, least=20))
_SERVICE_ROWS = ("service:state", "service:control", "service:mails")
_ONE_LINE = ("service:all",)

RUNNING_ROW = "running"
"""First part of the keys of the first table; the rest is the session's id."""


class RunningRows:
    """The restores that run."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def keys(self) -> Sequence[str]:
        """Ids of the running restores, behind `RUNNING_ROW`."""
        store = self._ws.store
        return tuple(f"{RUNNING_ROW}:{key}" for key in session_keys(store) if store.sessions[key].running)

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a row."""
        store = self._ws.store
        row = store.sessions[key.partition(":")[2]]
        state = progress(store, row.id, self._ws.clock.now())
        ok, failed = row.completed or 0, row.failed or 0
        where = row.destination.word if row.destination else "?"
        return (
            Cell(service_label(row.service)),
            Cell(short_id(row.id)),
            Cell(where, "" if row.destination else "dim"),
            counts_bar(ok, failed, row.total, _BAR),
            Cell(f"{ok:,} ok"),
            Cell(f"{failed:,} failed", "bad" if failed else ""),
            Cell(f"of {row.total:,}" if row.total is not None else "of ?"),
            remaining_word(state, row.status),
        )


class NeedRows:
    """What needs a person, as it was gathered last.

    Attributes:
        needs: By the keys of their rows.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self.needs: dict[str, Need] = {}

    def gather(self) -> None:
        """Looks at the store again."""
        store = self._ws.store
        # What may have been started is no draft to be started: its unknown outcome is the one thing to deal with.
        unclear = unknown_targets(store.intents)
        self.needs = {
            f"{need.kind.value}:{need.id}": need
            for need in needs_you(store, self._ws.clock.now())
            if not (need.kind is NeedKind.DRAFT and need.id in unclear)
        }

    def keys(self) -> Sequence[str]:
        """Kind and id of each need."""
        return tuple(self.needs)

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a row."""
        need = self.needs[key]
        return need_cells(need, self._ws.clock.now(), mine=self.is_mine(need), zone=self._ws.zone)

    def is_mine(self, need: Need) -> bool:
        """Whether it is a draft of the person who is signed in."""
        row = self._ws.store.sessions.get(need.id)
        me = self._ws.who.object_id
        return need.kind is NeedKind.DRAFT and row is not None and me is not None and row.created_by_id == me


class BackupRows:
    """Policies and last restore of each service."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    def columns(self) -> tuple[Column, ...]:
        """The columns; the heading of the first tells the whole."""
        heading = backup_heading(self._ws.store)
        return (
            Column("service", heading, max(_SERVICE_WIDTH, width_of(heading)), least=max(12, width_of(heading))),
            Column("policy", "Policy", 20, least=18),
            Column("last", "Last restore", 28, grow=1, least=22),
        )

    def keys(self) -> Sequence[str]:
        """One for each service."""
        return tuple(f"backup:{service.value}" for service in Service)

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a row."""
        return backup_cells(self._ws.store, Service(key.partition(":")[2]), self._ws.clock.now())


class ServiceRows:
    """State, control and mails of the service, in a line each or all in one.

    Args:
        workspace: Where they are known.
        tall: Whether there is room for a line each.
    """

    def __init__(self, workspace: Workspace, tall: Callable[[], bool]) -> None:
        self._ws = workspace
        self._tall = tall

    def keys(self) -> Sequence[str]:
        """One, or one for each."""
        return _SERVICE_ROWS if self._tall() else _ONE_LINE

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a row."""
        store, zone, now = self._ws.store, self._ws.zone, self._ws.clock.now()
        if key in _ONE_LINE:
            return Cell("Control"), Cell(service_line(store, zone, now))
        title, words_of = {
            "service:state": ("Service", state_words),
            "service:control": ("Control", control_words),
            "service:mails": ("E-mail", mail_words),
        }[key]
        said = words_of(store, zone, now)
        return Cell(title), Cell(said.words, said.look)
