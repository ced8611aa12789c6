"""A small program on the foundation of the screens: two lists and a workspace without a service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.app import ComposeResult

from backup_tui.config import Settings
from backup_tui.models.focus import Focus
from backup_tui.models.service_state import UNKNOWN_STATE
from backup_tui.store.changes import Change, Topic
from backup_tui.store.store import Store
from backup_tui.ui.app import BackupTui
from backup_tui.ui.frame.commands import MARK, OPEN_ROW, UNMARK_ALL, Command, Commands, Context
from backup_tui.ui.frame.header import FrameState
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.table import Cell, RowTable
from backup_tui.workspace import Workspace


class FixedClock:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 20, 4, 1, 30, tzinfo=UTC)


class FakeWorkspace:
    """What `ShownWorkspace` tells, with switches for tests."""

    def __init__(self, state_folder: Path | None = None, read_only: str | None = None) -> None:
        self.clock = FixedClock()
        self.zone: tzinfo = ZoneInfo("UTC")
        self.state_folder = state_folder
        self.read_only = read_only
        self.listeners: list[Callable[[Change], None]] = []
        self.read: list[str] = []
        self.state = FrameState("contoso.com", "production", "adele@contoso.com", mode="WRITE", connection="live 04:02")

    service_state = UNKNOWN_STATE
    keys: Mapping[str, tuple[str, ...]] = {}

    theme = ""

    def keep_theme(self, name: str) -> str:
        self.theme = name
        return ""

    barring: dict[str, str] = {}

    def barred(self, feature: str) -> str | None:
        return self.barring.get(feature)

    frame_period = 0.25

    def last_place_file(self) -> None:
        return None

    def frame_state(self) -> FrameState:
        return self.state

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def emit(self, *topics: str) -> None:
        for listener in self.listeners:
            listener(Change(frozenset(map(Topic, topics))))

    async def read_again(self, view: str) -> None:
        self.read.append(view)

    def toggle_pause(self) -> str:
        return "P goes on; by itself at 03:55."

    async def stay_open(self, ready: Callable[[], None], leaving: asyncio.Event, tell: Callable[[str], None]) -> None:
        ready()
        await leaving.wait()

    def look_at(self, focus: Focus) -> None:
        """The screens of this program read nothing in the background."""

    @property
    def core(self) -> Workspace:
        """A workspace in which nothing was read; only the palette looks into it."""
        return cast(
            Workspace,
            SimpleNamespace(store=Store(), state_folder=None, plans=SimpleNamespace(by_name={}), settings=Settings()),
        )

    trouble: str | None = None
    last_answer: datetime | None = None
    bell = False
    mouse = True
    links = task_bar = "auto"
    ended: tuple[str, ...] = ()

    def happened_now(self) -> Sequence[str]:
        news, self.ended = self.ended, ()
        return news

    def habits_file(self) -> None:
        """Nothing is kept."""

    def progress(self) -> str:
        return ""

    def alert(self, words: Sequence[str]) -> str:
        return ""

    def alert_over(self) -> str:
        return ""

    def line_dropped(self) -> None:
        self.read.append("line dropped")

    def connection_message(self) -> str | None:
        return self.trouble

    continuing_words = "Running restores continue."

    def parting_words(self) -> str:
        return "2 restores go on in the service."


class Rows:
    """A source of rows that tests change; counts what it is asked."""

    def __init__(self, count: int = 300) -> None:
        self.order: tuple[str, ...] = tuple(f"id-{number:04}" for number in range(count))
        self.status: dict[str, Cell] = {}
        self.asked: list[str] = []

    def keys(self) -> Sequence[str]:
        return self.order

    def cells(self, key: str) -> Sequence[Cell]:
        self.asked.append(key)
        if key == "id-0003":
            return (Cell("SharePoint"), Cell("財務部と人事部の古いサイト"), Cell("✗ all failed", "bad"), Cell("4"))
        status = self.status.get(key, Cell("✓ completed", "good"))
        return (Cell("OneDrive"), Cell(f"user{key[3:]}@contoso.com"), status, Cell(str(int(key[3:]))))


COLUMNS = (
    Column("service", "Service", 12),
    Column("account", "Account", 22, grow=1, cut="middle"),
    Column("status", "Status", 16),
    Column("units", "Units", 6, align="right", drop=1),
)


class ListScreen(BaseScreen):
    NUMBER = 1
    VIEW = "sessions"

    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()
        self.done: list[tuple[str, str | None]] = []
        self.topics: list[frozenset[Topic]] = []

    def compose_body(self) -> ComposeResult:
        yield RowTable(COLUMNS, markable=True, empty="Nothing here yet.")
        yield FilterLine()

    def on_mount(self) -> None:
        self.table.source = self.rows
        self.table.focus()

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    def changed(self, change: Change) -> None:
        self.topics.append(change.topics)
        self.table.reconcile()

    def open_row(self, row: str | None) -> None:
        self.done.append(("open", row))

    def open_filter(self, row: str | None) -> None:
        self.query_one(FilterLine).open()

    def on_filter_line_changed(self, event: FilterLine.Changed) -> None:
        everything = Rows().order
        self.rows.order = tuple(key for key in everything if event.text in key)
        self.table.reconcile()

    async def activate(self, row: str | None) -> None:
        await self.act(row)

    async def act(self, row: str | None) -> None:
        self.done.append(("activate", row))


COMMANDS: Commands[ListScreen, Context] = (
    OPEN_ROW,
    replace(MARK, label="select"),
    replace(UNMARK_ALL, label="clear"),
    Command("filter", ("slash",), "filter", "Shows only rows with a text.", run=ListScreen.open_filter, weight=3),
    Command(
        "activate",
        ("A",),
        "activate (review)",
        "Opens the review of a draft.",
        run=ListScreen.activate,
        name="activate",
        group="Change",
        side="right",
        changes=True,
        blocked=lambda context: None if context.row == "id-0002" else "Only a draft can be activated.",
    ),
)
ListScreen.offers(COMMANDS)


class SecondScreen(ListScreen):
    NUMBER = 2


def demo_app(workspace: FakeWorkspace | None = None) -> BackupTui:
    """The app of these tests."""
    titles = ("Overview", "Policies", "Sessions", "Units", "Activity")
    return BackupTui(
        cast(ShownWorkspace, workspace or FakeWorkspace()),
        [(titles[0], ListScreen), (titles[1], SecondScreen), *((title, SecondScreen) for title in titles[2:])],
    )
