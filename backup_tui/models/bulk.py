"""Whole lists of accounts or sites added to a draft by name, resolved by the service.
https://learn.microsoft.com/graph/api/resources/restoreartifactsbulkrequestbase"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from backup_tui.errors import UsageError
from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import IdentitySet, NameTrouble, PublicError, troubles_of
from backup_tui.models.services import Destination, Service
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.text import counted
from backup_tui.models.times import When, iso

MAX_NAMES = 10_000
"""Names and ids of one bulk request together (error page, BulkRestoreRestorationResourcesCountExceedsLimit)."""

MAX_TITLE = 80  # characters of a title that are sent; the pages name no limit


class TimePeriod(GraphModel):
    """A period: https://learn.microsoft.com/graph/api/resources/timeperiod"""

    start_date_time: When = None
    end_date_time: When = None


class BulkAdditionRequest(Entity):
    """A list of names on its way into a session. The service does not give the names back."""

    display_name: Text = None
    status: Text = None
    destination_type: Text = None
    tags: Text = None
    restore_point_preference: Text = None
    protection_time_period: TimePeriod | None = None
    protection_unit_ids: tuple[Text, ...] | None = None
    error: PublicError | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None

    @property
    def unusable_names(self) -> tuple[NameTrouble, ...]:
        return troubles_of(self.error)

    def carries(self, mark: str) -> bool:
        """Whether it was made with `mark`; tells one's own request again when the answer to it was lost."""
        return bool(mark) and (self.display_name or "").endswith(f"[{mark}]")


class MailboxBulkAdditionRequest(BulkAdditionRequest):
    """Mailboxes by e-mail address or object id."""

    service = Service.EXCHANGE
    mailboxes: tuple[Text, ...] | None = None
    directory_object_ids: tuple[Text, ...] | None = None


class DriveBulkAdditionRequest(BulkAdditionRequest):
    """OneDrive accounts by e-mail address or object id."""

    service = Service.ONEDRIVE
    drives: tuple[Text, ...] | None = None
    directory_object_ids: tuple[Text, ...] | None = None


class SiteBulkAdditionRequest(BulkAdditionRequest):
    """Sites by address or site id."""

    service = Service.SHAREPOINT
    site_web_urls: tuple[Text, ...] | None = None
    site_ids: tuple[Text, ...] | None = None


read_bulk_request = TaggedUnion(
    BulkAdditionRequest,
    {
        f"{kind.service.names.artifacts}BulkAdditionRequest": kind
        for kind in (MailboxBulkAdditionRequest, DriveBulkAdditionRequest, SiteBulkAdditionRequest)
    },
)
"""Reads a bulk request, which the page also shows inside a list of one; see `TaggedUnion`."""


def _new_mark() -> str:
    return secrets.token_hex(4)


class NewBulkRequest(Struct, frozen=True):
    """A list of names to restore; one of a session at a time, and nothing else may be in that session. `mark`, at the
    end of the display name, tells the request again should its answer be lost. Raises `UsageError`: no name at all, too
    many, or a period that ends before it begins.

    https://learn.microsoft.com/graph/api/exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests"""

    start: datetime
    end: datetime
    destination: Destination
    names: Sequence[str] = ()
    ids: Sequence[str] = ()
    prefer: Literal["latest", "oldest"] = "latest"
    express: bool = False
    title: str = ""
    mark: str = field(default_factory=_new_mark)

    def __post_init__(self) -> None:
        count = len(self.names) + len(self.ids)
        if count == 0:
            raise UsageError.unsent("This list has no names.", "units")
        if count > MAX_NAMES:
            raise UsageError.unsent(
                f"{count:,} names are too many for one list; the service takes {MAX_NAMES:,}.", "units"
            )
        if self.end <= self.start:
            raise UsageError.unsent("The period to look for points in ends before it begins.", "period", iso(self.end))

    @property
    def count(self) -> int:
        return len(self.names) + len(self.ids)

    @property
    def display_name(self) -> str:
        """`Restore of 12 names [9f3a2b1c]`."""
        title = self.title or f"Restore of {counted(self.count, 'name')}"
        return f"{title[:MAX_TITLE]} [{self.mark}]"

    def body(self, service: Service) -> dict[str, object]:
        lists: dict[str, object] = {}
        if self.names:
            lists[service.names.bulk_names] = list(self.names)
        if self.ids:
            lists[service.names.bulk_ids] = list(self.ids)
        return {
            "displayName": self.display_name,
            **lists,
            "protectionTimePeriod": {"startDateTime": iso(self.start), "endDateTime": iso(self.end)},
            "destinationType": self.destination.value,
            "tags": "fastRestore" if self.express else "none",
            "restorePointPreference": self.prefer,
        }
