"""Looking into a restore point: https://learn.microsoft.com/graph/api/resources/browsesessionbase

Points of OneDrive and SharePoint that are tagged `fastRestore` can be browsed: a browse session is opened on one, and
gives sites, libraries, folders and files by item keys, which are opaque. It ends automatically after some days."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.errors import UsageError
from backup_tui.models.base import Entity, ExactId, GraphModel, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion, by_name
from backup_tui.models.times import When


class BrowseSession(Entity):
    """What all browse sessions have; also one of an unknown service."""

    status: Text = None
    restore_point_id: Text = None
    restore_point_date_time: When = None
    created_date_time: When = None
    expiration_date_time: When = None
    backup_size_in_bytes: Text = None
    error: PublicError | None = None

    @property
    def size(self) -> int | None:
        return _bytes(self.backup_size_in_bytes)

    @property
    def of(self) -> str | None:
        """What was opened: the object id of a person, or the id of a site; `None` where the service does not say."""
        return None

    def has_ended(self, now: datetime) -> bool:
        """Whether it has ended; one whose end is not given has not, as far as is known."""
        return self.expiration_date_time is not None and self.expiration_date_time <= now


class OneDriveForBusinessBrowseSession(BrowseSession):
    """Browses the OneDrive account of the user whose object id it names."""

    service = Service.ONEDRIVE
    directory_object_id: Text = None

    @property
    def of(self) -> str | None:
        return self.directory_object_id


class SharePointBrowseSession(BrowseSession):
    """Browses one SharePoint site."""

    service = Service.SHAREPOINT
    site_id: Text = None

    @property
    def of(self) -> str | None:
        return self.site_id


read_browse_session = TaggedUnion(
    BrowseSession,
    by_name(OneDriveForBusinessBrowseSession, SharePointBrowseSession),
)
"""Reads a browse session; see `TaggedUnion`."""


class ResourceType(StrEnum):
    """What a browse starts from (`browseResourceType`)."""

    NONE = "none"
    SITE = "site"
    LIBRARY = "documentLibrary"
    FOLDER = "folder"


class ItemType(StrEnum):
    """What a row of a browse is (`browseQueryResponseItemType`)."""

    NONE = "none"
    SITE = "site"
    LIBRARY = "documentLibrary"
    FOLDER = "folder"
    FILE = "file"


class Order(StrEnum):
    """In which order rows come (`browseQueryOrder`; the service writes `Dsc`)."""

    PATH_UP = "pathAsc"
    PATH_DOWN = "pathDsc"
    NAME_UP = "nameAsc"
    NAME_DOWN = "nameDsc"


class _Keyed(GraphModel, kw_only=True):
    item_key: ExactId


class BrowseItem(_Keyed):
    """A site, library, folder or file inside a point. `created_*` and `last_modified_*` come in the beta version, for
    files and folders."""

    name: Text = None
    web_url: Text = None
    type: Text = None
    items_count: int | None = None
    size_in_bytes: Text = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None

    @property
    def size(self) -> int | None:
        return _bytes(self.size_in_bytes)

    @property
    def opens(self) -> ResourceType | None:
        """What a browse of its inside starts from; `None` for a file, and for a kind that is unknown."""
        kinds = {kind.value.lower(): kind for kind in (ResourceType.SITE, ResourceType.LIBRARY, ResourceType.FOLDER)}
        return kinds.get((self.type or "").lower())


class BrowseQuery(Struct, frozen=True):
    """What of a point is looked at: https://learn.microsoft.com/graph/api/sharepointbrowsesession-browse; `location`:
    item key of the site, library or folder; empty for what is at the top. `order`: in which order; `None` for the
    service's own. Raises `UsageError`: `name_contains` holds what cannot be shown."""

    location: str = ""
    resource_type: ResourceType | None = None
    name_contains: str = ""
    order: Order | None = None

    def __post_init__(self) -> None:
        if not self.name_contains.isprintable():
            why = "The name to search for has a control character."
            raise UsageError.unsent(why, "name", self.name_contains)

    def body(self) -> dict[str, object]:
        """The JSON of the first page; `{}` for the top, as the OneDrive page demands it."""
        body: dict[str, object] = {}
        if self.location:
            body["browseLocationItemKey"] = self.location
        if self.resource_type is not None:
            body["browseResourceType"] = self.resource_type.value
        if self.name_contains:
            quoted = self.name_contains.replace("'", "''")
            body["filter"] = f"(name -contains '{quoted}')"
        if self.order is not None:
            body["orderBy"] = self.order.value
        return body


def _bytes(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 20 else None
