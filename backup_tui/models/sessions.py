"""Restore sessions: https://learn.microsoft.com/graph/api/resources/restoresessionbase"""

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion, by_name
from backup_tui.models.times import When


class ArtifactCount(GraphModel):
    """How many units of a restore session are in which state; `None` means the service did not say."""

    total: int | None = None
    completed: int | None = None
    in_progress: int | None = None
    failed: int | None = None


class RestoreSession(Entity):
    """What all restore sessions have; also a session of an unknown service."""

    status: Text = None
    restore_job_type: Text = None
    restore_session_artifact_count: ArtifactCount | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None
    completed_date_time: When = None
    error: PublicError | None = None
    policy_id: Text = None  # the policy that its units must belong to; in the beta version only

    @property
    def counts(self) -> ArtifactCount:
        return self.restore_session_artifact_count or ArtifactCount()

    @property
    def holds_files(self) -> bool:
        """Whether it restores single files and folders, and no whole sites or OneDrive accounts."""
        return self.service is not Service.EXCHANGE and (self.restore_job_type or "").casefold() == "granular"


class ExchangeRestoreSession(RestoreSession):
    """Restores mailboxes, or single items of them."""

    service = Service.EXCHANGE


class OneDriveForBusinessRestoreSession(RestoreSession):
    """Restores OneDrive accounts, or single files and folders of them."""

    service = Service.ONEDRIVE


class SharePointRestoreSession(RestoreSession):
    """Restores SharePoint sites, or single files and folders of them."""

    service = Service.SHAREPOINT


read_session = TaggedUnion(
    RestoreSession,
    by_name(ExchangeRestoreSession, OneDriveForBusinessRestoreSession, SharePointRestoreSession),
)
"""Reads a restore session; see `TaggedUnion`."""
