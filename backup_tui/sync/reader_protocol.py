"""What background reading needs of a reader; the shared client's `Reader` has it, and so has a test's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Protocol, TypeVar

from backup_tui.errors import IncompleteList
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.models.units import ProtectionUnit

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class PageOf(Protocol[T_co]):
    """One page of a list. Number 1 begins it, also a second time, when a link expired and it is read anew."""

    @property
    def items(self) -> tuple[T_co, ...]: ...
    @property
    def number(self) -> int: ...
    @property
    def last(self) -> bool: ...
    @property
    def unread(self) -> int: ...


class ReaderProtocol(Protocol):
    """Reads of the service. Lists yield the pages that came and then raise `IncompleteList` when one did not."""

    async def service_root(self) -> BackupRestoreRoot: ...

    async def service_apps(self) -> tuple[ServiceApp, ...]: ...

    async def notifications(self) -> EmailNotificationsSetting: ...

    async def policies(self) -> tuple[ProtectionPolicy, ...]: ...

    async def policy(self, policy_id: str) -> ProtectionPolicy: ...

    def rules(self, service: Service, policy_id: str) -> AsyncIterator[PageOf[ProtectionRule]]: ...

    def unit_jobs(self, service: Service, policy_id: str) -> AsyncIterator[PageOf[UnitsJob]]: ...

    async def session(self, session_id: str) -> RestoreSession: ...

    def sessions(self, service: Service | None = None) -> AsyncIterator[PageOf[RestoreSession]]: ...

    def artifacts(
        self, service: Service, session_id: str, *, expand_units: bool = False
    ) -> AsyncIterator[PageOf[RestoreArtifact]]: ...

    def units(self, service: Service, *, policy_id: str | None = None) -> AsyncIterator[PageOf[ProtectionUnit]]: ...


async def readable(reading: Awaitable[tuple[T, ...]]) -> tuple[tuple[T, ...], int]:
    """What can be read of a list that came to its end, and how many of its entries cannot.

    Raises:
        BackupTuiError: It could not be read to its end.
    """
    try:
        return await reading, 0
    except IncompleteList as error:
        if not error.unread:
            raise
        return error.items, error.unread
