"""The program on a simulated service in the same process, with clocks that stand still."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from backup_tui.config import Settings, Token
from backup_tui.models.clock import ManualClock
from backup_tui.simulator import settings as simulator_settings
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain import clock as simulator_clock
from backup_tui.simulator.domain.service import Service as SimulatedService
from backup_tui.ui.app import BackupTui, TopScreen
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.ui.widgets.frame_lines import CommandBar, MessageLine
from backup_tui.workspace import Workspace

ScreenT = TypeVar("ScreenT", bound=Screen[Any])

NOW = datetime(2026, 11, 22, 14, 32, 10, tzinfo=UTC)
"""The moment at which all clocks stand."""


def jwt(**claims: object) -> str:
    """An unsigned token with these claims."""
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


ADELE = jwt(
    tid="f00d0000-0000-4000-8000-00000000cafe",
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    name="Adele Vance",
    scp="BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.ReadWrite.All "
    "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All BackupRestore-Monitor.Read.All",
)


@dataclass(frozen=True)
class Simulated:
    """A simulated service and the program on it.

    Attributes:
        app: The program, not started.
        workspace: What it shows.
        service: The service itself, to look into and to let it misbehave (`service.faults`).
        clock: The program's clock.
        service_clock: The service's clock.
    """

    app: BackupTui
    workspace: Workspace
    service: SimulatedService
    clock: ManualClock
    service_clock: simulator_clock.ManualClock

    def advance(self, seconds: float) -> None:
        """Moves both clocks on."""
        self.clock.advance(seconds)
        self.service_clock.advance(seconds)


def simulated(
    tops: Sequence[TopScreen],
    state: Path,
    *,
    token: str = ADELE,
    tz: str = "Europe/Berlin",
    tz_settled: bool = True,
    read_only: bool = False,
    at: datetime = NOW,
    version: str = "v1.0",
    settings: Mapping[str, Any] | None = None,
    **simulator: Any,
) -> Simulated:
    """The program on a simulated service.

    Args:
        tops: The screens 1 to 5, as many as the test needs.
        state: Folder of the journal.
        token: Who is signed in.
        tz: Zone of the times.
        tz_settled: Whether somebody chose it.
        read_only: Whether nothing may be changed.
        at: Where the clocks stand.
        version: Of the service.
        settings: Further settings of the profile.
        simulator: Settings of the simulator.
    """
    service_clock = simulator_clock.ManualClock(at)
    service = create_app(simulator_settings.Settings(**simulator), service_clock)
    clock = ManualClock(at)
    whole = Settings(
        graph_url=f"http://127.0.0.1/{version}",
        token=Token(token),
        profile="production",
        tz=tz,
        tz_settled=tz_settled,
        read_only=read_only,
        state_dir=state,
        **(settings or {}),
    )
    workspace = Workspace(whole, clock=clock, service=service)
    return Simulated(BackupTui(ShownWorkspace(workspace), tops), workspace, service.state.service, clock, service_clock)


async def until(pilot: Pilot[Any], happened: Callable[[], object], what: str = "") -> None:
    """Lets the program go on until something is so.

    Raises:
        AssertionError: It is not so after two thousand turns.
    """
    for turn in range(2000):
        if happened():
            if turn:
                await pilot.pause(0)  # and until it is laid out and drawn
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"did not happen: {what or happened}")


async def opened(pilot: Pilot[Any], one: Simulated) -> None:
    """Waits until the workspace is open."""
    await until(pilot, lambda: one.workspace.is_open, "the workspace is open")


def screen_text(app: BackupTui) -> list[str]:
    """The lines that the screen shows, as plain text."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip)[:width].rstrip() for strip in lines[:height]]


def shown_as(app: BackupTui, kind: type[ScreenT]) -> ScreenT:
    """The screen that is shown, which is of this kind."""
    assert isinstance(app.screen, kind)
    return app.screen


def footer(screen: Screen[Any]) -> str:
    """The footer's text."""
    return screen.query_one(CommandBar).render_line(0).text


def message(screen: Screen[Any]) -> str:
    """The message line's text."""
    return screen.query_one(MessageLine).text


def wheel(widget: Widget, *, down: bool) -> None:
    """Turns the wheel of the mouse over a widget by one notch."""
    turned = events.MouseScrollDown if down else events.MouseScrollUp
    widget.post_message(turned(widget, 1, 1, 0, 1 if down else -1, 0, False, False, False))
