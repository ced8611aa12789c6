"""Single items of a restore session: mails found by a search, files and folders chosen by browsing.

https://learn.microsoft.com/graph/api/resources/granularmailboxrestoreartifact and
https://learn.microsoft.com/graph/api/resources/granularrestoreartifactbase"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from backup_tui.errors import ProtocolError, UsageError
from backup_tui.models.artifacts import DraftDelta, MailboxRestoreArtifact, RestoreArtifact
from backup_tui.models.base import Entity, Filled, Text
from backup_tui.models.people import PublicError
from backup_tui.models.points import RestorePoint
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.text import counted
from backup_tui.models.times import When


class GranularMailboxRestoreArtifact(MailboxRestoreArtifact):
    """The items of a mailbox that one search found. `artifact_count` is about to leave the service."""

    artifact_count: int | None = None
    search_response_id: Text = None


class GranularRestoreArtifact(Entity):
    """A file or folder; its id is the item key that browsing gave. Before the restore runs, the service sends empty
    strings, the year 1 and a status of `unknown`, which isn't a member; all of them read as `None`."""

    browse_session_id: Filled = None
    status: Text = None
    restore_point_date_time: When = None
    start_date_time: When = None
    completion_date_time: When = None
    web_url: Filled = None
    restored_item_key: Filled = None
    restored_item_path: Filled = None
    restored_item_web_url: Filled = None
    destination_type: Text = None  # in the beta version only
    error: PublicError | None = None  # in the beta version only

    @classmethod
    def prepared(cls, members: Mapping[str, Any]) -> Mapping[str, Any]:
        if not members.get("id") and isinstance(members.get("itemKey"), str):
            return {**members, "id": members["itemKey"]}
        return members

    @property
    def result(self) -> str | None:
        """Where the restored item is: its address, or its path; all items of a session land in one folder."""
        return self.restored_item_web_url or self.restored_item_path


class GranularDriveRestoreArtifact(GranularRestoreArtifact):
    """A file or folder in the OneDrive account of the user whose object id it names."""

    service = Service.ONEDRIVE
    directory_object_id: Filled = None


class GranularSiteRestoreArtifact(GranularRestoreArtifact):
    """A file or folder in a SharePoint site."""

    service = Service.SHAREPOINT
    site_id: Filled = None


AnyGranular = GranularMailboxRestoreArtifact | GranularRestoreArtifact

read_granular = TaggedUnion[AnyGranular](
    GranularRestoreArtifact,
    {
        "granularMailboxRestoreArtifact": GranularMailboxRestoreArtifact,
        "granularDriveRestoreArtifact": GranularDriveRestoreArtifact,
        "granularSiteRestoreArtifact": GranularSiteRestoreArtifact,
    },
)
"""Reads a single item of a session; see `TaggedUnion`."""


class FileArtifact(RestoreArtifact):
    """A file or folder as one row among the artifacts of a session. `restore_point`: its id is `item_point_id`, since
    the service names a browse session and no point. `landed`: where the restored item is."""

    web_url: Text = None
    landed: Text = None

    @property
    def result(self) -> str | None:
        return self.landed

    @property
    def path(self) -> str:
        """The path of the original in its site, from its address; empty while the service does not report that."""
        return unquote(urlsplit(self.web_url or "").path)


def item_point_id(browse_session_id: str, item_key: str) -> str:
    """Names a file or folder inside a point, as the id of a point names a whole unit there. Never sent."""
    return f"{browse_session_id}/{item_key}"


def files_counted(count: int) -> str:
    """`1 file or folder`, `3 files and folders`: a draft does not say which of them are folders."""
    return counted(count, "file or folder", "files and folders")


def as_artifact(item: AnyGranular) -> RestoreArtifact:
    """A single item as a row among artifacts; `raw()` stays what the service sent."""
    if isinstance(item, GranularMailboxRestoreArtifact):
        return item
    point = RestorePoint(
        id=item_point_id(item.browse_session_id or "", item.id),
        protection_date_time=item.restore_point_date_time,
        tags="fastRestore",
    )
    return FileArtifact(
        id=item.id,
        destination_type=item.destination_type or Destination.NEW.value,
        status=item.status,
        start_date_time=item.start_date_time,
        completion_date_time=item.completion_date_time,
        error=item.error,
        restore_point=point,
        web_url=item.web_url,
        landed=item.result,
        extra=item.raw(),
    )


def echoed_mails(session: RestoreSession) -> tuple[GranularMailboxRestoreArtifact, ...]:
    """The found mails that the answer to a create repeats, under the plural of its name or, as one page has it, not.
    Empty where the answer repeats none, as those to other drafts do: what is in a draft is read from its list."""
    members = session.extra
    for name in ("granularMailboxRestoreArtifacts", "granularMailboxRestoreArtifact"):
        value = members.get(name)
        rows = value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []
        found = []
        for row in rows:
            try:
                found.append(GranularMailboxRestoreArtifact.read(row))
            except ProtocolError:
                continue  # without an id it says nothing about a mail
        if found:
            return tuple(found)
    return ()


class ItemKeyForm(StrEnum):
    """Under which name an item key is sent when an item is added to a draft. The pages of create and of SharePoint say
    `id`; the OneDrive page of update says `itemKey`, which the service's metadata does not have."""

    ID = "id"
    ITEM_KEY = "itemKey"
    BOTH = "both"

    def members(self, key: str) -> dict[str, object]:
        names = ("id", "itemKey") if self is ItemKeyForm.BOTH else (self.value,)
        return dict.fromkeys(names, key)


class NewMailItems(Struct, frozen=True):
    """What a search found in one point of a mailbox, to restore; raises `UsageError` without the id of the search's
    answer. https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions"""

    point_id: str
    destination: Destination
    search_response_id: str

    def __post_init__(self) -> None:
        if not self.search_response_id:
            raise UsageError.unsent("The search gave no id to restore from.", "search")

    def body(self) -> dict[str, object]:
        return {
            "restorePoint": {"id": self.point_id},
            "destinationType": self.destination.value,
            "searchResponseId": self.search_response_id,
        }


class NewItem(Struct, frozen=True):
    """A file or folder to restore. `item_key`: what browsing called it; opaque. `destination`: where it goes; can be
    chosen in the beta version only, `None` leaves it out."""

    browse_session_id: str
    item_key: str
    destination: Destination | None = None

    def body(self, form: ItemKeyForm = ItemKeyForm.ID) -> dict[str, object]:
        to = {} if self.destination is None else {"destinationType": self.destination.value}
        return {"browseSessionId": self.browse_session_id, **form.members(self.item_key), **to}


ItemsAnswer = DraftDelta[AnyGranular]


def wants_beta(items: Sequence[NewItem]) -> bool:
    """Whether a destination is chosen, which only the beta version can be told."""
    return any(item.destination is not None for item in items)
