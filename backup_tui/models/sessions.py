"""Restore sessions: https://learn.microsoft.com/graph/api/resources/restoresessionbase"""

from __future__ import annotations

from typing import ClassVar

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.times import When


class ArtifactCount(GraphModel):
    """How many units of a restore session are in which state; `None` means the service did not say."""

    total: int | None = None
    completed: int | None = None
    in_progress: int | None = None
    failed: int | None = None


class RestoreSession(Entity):
    """What all restore sessions have; also a session of a service that is not known here."""

    service: ClassVar[Service | None] = None

    status: Text = None
    restore_job_type: Text = None
    restore_session_artifact_count: ArtifactCount | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None
    completed_date_time: When = None
    error: PublicError | None = None
    policy_id: Text = None
    """The policy that its units must belong to; in the beta version only."""

    @property
    def counts(self) -> ArtifactCount:
        """The counts, all "not given" when the service sent none."""
        return self.restore_session_artifact_count or ArtifactCount()


class ExchangeRestoreSession(RestoreSession):
    """Restores mailboxes."""

    service: ClassVar[Service | None] = Service.EXCHANGE


class OneDriveForBusinessRestoreSession(RestoreSession):
    """Restores OneDrive accounts."""

    service: ClassVar[Service | None] = Service.ONEDRIVE


class SharePointRestoreSession(RestoreSession):
    """Restores SharePoint sites."""

    service: ClassVar[Service | None] = Service.SHAREPOINT


_BY_TYPE: dict[str, type[RestoreSession]] = {
    "exchangerestoresession": ExchangeRestoreSession,
    "onedriveforbusinessrestoresession": OneDriveForBusinessRestoreSession,
    "sharepointrestoresession": SharePointRestoreSession,
}

_BY_SERVICE: dict[Service, type[RestoreSession]] = {
    Service.EXCHANGE: ExchangeRestoreSession,
    Service.ONEDRIVE: OneDriveForBusinessRestoreSession,
    Service.SHAREPOINT: SharePointRestoreSession,
}


def read_session(raw: object, service: Service | None = None) -> RestoreSession:
    """Reads a restore session as the type that it says it is, or as the one that the caller knows it to be.

    Args:
        raw: Parsed JSON; wrapped in `value` or bare.
        service: Counts when `@odata.type` was not sent or names only the base type.

    Raises:
        ProtocolError: It is not an object with an id.
    """
    base = RestoreSession.read(raw)
    kind = _BY_TYPE.get(base.odata_type) or (_BY_SERVICE[service] if service else None)
    return base if kind is None else kind.read(raw)
