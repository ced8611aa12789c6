"""What the screens need from the workspace of a profile, as small as it can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from backup_tui.store.changes import Change
from backup_tui.ui.bridge import Unsubscribe
from backup_tui.ui.frame.header import FrameState

if TYPE_CHECKING:
    from backup_tui.models.focus import Focus
    from backup_tui.models.service_state import ServiceState
    from backup_tui.workspace import Workspace


class Now(Protocol):
    """The service's time."""

    def now(self) -> datetime:
        """Time now, with its zone."""
        ...


class WorkspacePort(Protocol):
    """The workspace as the app sees it; screens ask the real one for more."""

    @property
    def core(self) -> Workspace:
        """The workspace itself, for screens that show its store."""
        ...

    def look_at(self, focus: Focus) -> None:
        """Reads from now on what this screen shows."""
        ...

    @property
    def clock(self) -> Now:
        """The service's clock."""
        ...

    @property
    def zone(self) -> tzinfo:
        """Zone in which times are shown."""
        ...

    @property
    def state_folder(self) -> Path | None:
        """Folder for crash files; None when nothing may be written."""
        ...

    @property
    def read_only(self) -> str | None:
        """Why nothing can be changed, as a sentence; None where changes are possible."""
        ...

    def barred(self, feature: str) -> str | None:
        """Why this sign-in may not use a feature, by its id; None when it may be tried."""
        ...

    @property
    def service_state(self) -> ServiceState:
        """What the service allows."""
        ...

    def frame_state(self) -> FrameState:
        """Tenant, profile, user, mode and connection; the app adds the screens."""
        ...

    @property
    def last_answer(self) -> datetime | None:
        """When the service last gave a trustworthy answer."""
        ...

    @property
    def bell(self) -> bool:
        """Whether the terminal's bell rings when a restore ends."""
        ...

    def finished_now(self) -> Sequence[str]:
        """A sentence for each restore that has ended since this was asked last."""
        ...

    def subscribe(self, listener: Callable[[Change], None]) -> Unsubscribe:
        """Calls `listener` with each change until the returned function is called."""
        ...

    async def read_again(self, view: str) -> None:
        """Reads now what the view with this name shows."""
        ...

    def toggle_pause(self) -> str:
        """Pauses reading, or goes on; gives the sentence for the message line."""
        ...

    async def stay_open(self, ready: Callable[[], None], leaving: asyncio.Event, tell: Callable[[str], None]) -> None:
        """Opens what takes time, calls `ready`, and closes it again when `leaving` is set; `tell` takes sentences."""
        ...

    def line_dropped(self) -> None:
        """The terminal is gone."""
        ...

    def connection_message(self) -> str | None:
        """What the message line says about the way to the service; None when all is well."""
        ...

    def parting_words(self) -> str:
        """What to say in the shell after leaving (restores that go on); may be empty."""
        ...
