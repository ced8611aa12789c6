"""What a workspace reads now, for commands and for what a person asks for; what comes is in the store, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from backup_tui.errors import LocalError

if TYPE_CHECKING:
    from backup_tui.graph.client import Client
    from backup_tui.models.artifacts import RestoreArtifact
    from backup_tui.models.notifications import EmailNotificationsSetting
    from backup_tui.models.points import RestorePoint
    from backup_tui.models.policies import ProtectionPolicy
    from backup_tui.models.rules import ProtectionRule
    from backup_tui.models.service_apps import ServiceApp
    from backup_tui.models.service_root import BackupRestoreRoot
    from backup_tui.models.services import Service
    from backup_tui.models.sessions import RestoreSession
    from backup_tui.models.unit_jobs import UnitsJob
    from backup_tui.models.units import ProtectionUnit
    from backup_tui.sync.whole_reads import WholeReads
    from backup_tui.workspace.local_history import LocalHistory

T = TypeVar("T")


def require_open(room: T | None) -> T:
    """A room of the workspace, which is there once the workspace is open.

    Raises:
        LocalError: It is still opening.
    """
    if room is None:
        raise LocalError("The program is still opening.", certainty="Nothing was sent.", hint="Try again in a moment.")
    return room


class LoadsNow:
    """The reads of a workspace. Each raises what the client raises (`Reader`), and `LocalError` while it opens."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._reads: WholeReads | None = None
        self._memory: LocalHistory | None = None

    async def load_sessions(self, service: Service | None = None) -> tuple[RestoreSession, ...]:
        """All restore sessions. Raises IncompleteList when the list has no end that can be read."""
        return await require_open(self._reads).sessions(service)

    async def load_session(self, session_id: str) -> RestoreSession:
        """One restore session. Raises NotFound."""
        return await require_open(self._reads).session(session_id)

    async def session_as_sent(self, session_id: str) -> str:
        """The service's answer about one restore session as it came; nothing of it is kept."""
        return await require_open(self._client).reader.session_as_sent(session_id)

    async def load_artifacts(self, session_id: str) -> tuple[RestoreArtifact, ...]:
        """The units of a session, with their names as far as this machine knows them."""
        session = await self.load_session(session_id)
        items = await require_open(self._reads).artifacts(session)
        await require_open(self._memory).learn_points(session_id)
        return items

    async def load_policies(self) -> tuple[ProtectionPolicy, ...]:
        """All protection policies."""
        return await require_open(self._reads).policies()

    async def load_policy(self, policy_id: str) -> ProtectionPolicy:
        """One protection policy. Raises NotFound."""
        return await require_open(self._reads).policy(policy_id)

    async def load_rules(self, service: Service, policy_id: str) -> tuple[ProtectionRule, ...]:
        """The inclusion rules of a policy."""
        return await require_open(self._reads).rules(service, policy_id)

    async def load_unit_jobs(self, service: Service, policy_id: str) -> tuple[UnitsJob, ...]:
        """The bulk additions to a policy."""
        return await require_open(self._reads).unit_jobs(service, policy_id)

    async def load_service(self) -> BackupRestoreRoot:
        """State of the backup in the tenant."""
        return await require_open(self._reads).service_root()

    async def load_service_apps(self) -> tuple[ServiceApp, ...]:
        """The applications that are registered to control the backup."""
        return await require_open(self._reads).service_apps()

    async def load_notifications(self) -> EmailNotificationsSetting:
        """Who gets mails about the backup."""
        return await require_open(self._reads).notifications()

    async def load_units(
        self, service: Service, on_page: Callable[[int], None] | None = None
    ) -> tuple[ProtectionUnit, ...]:
        """All units of a service.

        Args:
            service: Whose units.
            on_page: Told how many have been read so far.
        """
        return await require_open(self._reads).units(service, on_page)

    async def points_of_unit(self, unit_id: str, *, before: datetime) -> tuple[RestorePoint, ...]:
        """The newest points of one unit before a time, at most five, newest first."""
        return await require_open(self._client).reader.points_of_unit(unit_id, before=before)
