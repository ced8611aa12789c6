"""Restore artifacts, one per unit in a session: https://learn.microsoft.com/graph/api/resources/restoreartifactbase"""

from typing import Generic, TypeVar

from msgspec import Struct

from backup_tui.models.base import Entity, Text
from backup_tui.models.people import PublicError
from backup_tui.models.points import RestorePoint
from backup_tui.models.services import Destination, Service
from backup_tui.models.tagged_union import TaggedUnion, by_name
from backup_tui.models.times import When

T = TypeVar("T")


class RestoreArtifact(Entity):
    """One unit of a session: which point it goes back to, and how that went."""

    destination_type: Text = None
    status: Text = None
    start_date_time: When = None
    completion_date_time: When = None
    error: PublicError | None = None
    restore_point: RestorePoint | None = None

    @property
    def point_id(self) -> str:
        """Id of its restore point; empty where the service reports none."""
        return self.restore_point.id if self.restore_point else ""

    @property
    def result(self) -> str | None:
        """Where the restored data is: a folder's name or an address; `None` when it is unknown (yet)."""
        return None


class MailboxRestoreArtifact(RestoreArtifact):
    """A mailbox. `restored_item_count` 0 means that nothing differed from the point."""

    service = Service.EXCHANGE
    restored_folder_id: Text = None
    restored_folder_name: Text = None
    restored_item_count: int | None = None

    @property
    def result(self) -> str | None:
        return self.restored_folder_name or None


class DriveRestoreArtifact(RestoreArtifact):
    """A OneDrive account. The restored site is a new one, or the account's own after a restore in place."""

    service = Service.ONEDRIVE
    restored_site_id: Text = None
    restored_site_name: Text = None
    restored_site_web_url: Text = None

    @property
    def result(self) -> str | None:
        return self.restored_site_web_url or None


class SiteRestoreArtifact(DriveRestoreArtifact):
    """A SharePoint site. The restored site is a new one, or the same one after a restore in place."""

    service = Service.SHAREPOINT


read_artifact = TaggedUnion(
    RestoreArtifact,
    by_name(MailboxRestoreArtifact, DriveRestoreArtifact, SiteRestoreArtifact),
)
"""Reads a full restore artifact; see `TaggedUnion`."""


class NewArtifact(Struct, frozen=True):
    """What is asked of the service for one unit: https://learn.microsoft.com/graph/api/exchangerestoresession-update"""

    point_id: str
    destination: Destination

    def body(self) -> dict[str, object]:
        return {"restorePoint": {"id": self.point_id}, "destinationType": self.destination.value}


class ItemRefusal(Struct, frozen=True):
    """One item of an update that the service refused inside a 200 answer."""

    id: str
    code: str
    message: str
    operation: str


class DraftDelta(Struct, Generic[T], frozen=True):
    """What the service said to a change of a draft's contents. `removed`: ids or item keys. `refused`: what it refused
    inside the good answer. `unread`: entries that could not be read."""

    added: tuple[T, ...]
    removed: tuple[str, ...]
    refused: tuple[ItemRefusal, ...]
    unread: int = 0


UpdateAnswer = DraftDelta[RestoreArtifact]
