"""What the use cases of a policy need; a workspace hands in the object that the restores work with, too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from backup_tui.graph.reader import Reader
from backup_tui.graph.writer import Writer
from backup_tui.journal.journal import Journal
from backup_tui.journal.recorded import RecordedChanges
from backup_tui.models.clock import Clock
from backup_tui.models.whoami import WhoAmI
from backup_tui.store.store import Store


class ProtectionContext(Protocol):
    """What the use cases of a policy work with."""

    @property
    def reader(self) -> Reader:
        """Asks the service."""

    @property
    def journal(self) -> Journal:
        """Durable record of every change."""

    @property
    def changes(self) -> RecordedChanges:
        """Makes changes and records them."""

    @property
    def store(self) -> Store:
        """The truth in memory."""

    @property
    def clock(self) -> Clock:
        """The service's time."""

    @property
    def who(self) -> WhoAmI:
        """The sign-in."""

    @property
    def sleep(self) -> Callable[[float], Awaitable[None]]:
        """Waits for seconds."""

    def may_write(self) -> Writer:
        """The writer. Raises ReadOnlyError where nothing may be changed."""

    def hold_lock(self, purpose: str, wait: float | None = None) -> AbstractAsyncContextManager[object]:
        """The right to write, for one use case; `wait` in seconds. Raises WriteLockHeld."""
