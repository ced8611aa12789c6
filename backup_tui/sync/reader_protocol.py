"""What reading needs of a reader; the shared client's `Reader` has it, and so has a test's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.pages import Page
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.models.units import ProtectionUnit


class ReaderProtocol(Protocol):
    """Reads of the service. Lists yield the pages that came and then raise `IncompleteList` when one did not."""

    async def service_root(self) -> BackupRestoreRoot: ...

    async def service_apps(self) -> tuple[ServiceApp, ...]: ...

    async def notifications(self) -> EmailNotificationsSetting: ...

    async def policies(self) -> tuple[ProtectionPolicy, ...]: ...

    async def policy(self, policy_id: str) -> ProtectionPolicy: ...

    def rules(self, service: Service, policy_id: str) -> AsyncIterator[Page[ProtectionRule]]: ...

    def unit_jobs(self, service: Service, policy_id: str) -> AsyncIterator[Page[UnitsJob]]: ...

    async def session(self, session_id: str) -> RestoreSession: ...

    def sessions(self) -> AsyncIterator[Page[RestoreSession]]: ...

    def artifacts(
        self, service: Service, session_id: str, *, expand_units: bool = False
    ) -> AsyncIterator[Page[RestoreArtifact]]: ...

    def units(self, service: Service) -> AsyncIterator[Page[ProtectionUnit]]: ...
