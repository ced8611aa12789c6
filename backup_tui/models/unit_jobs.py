"""Bulk addition jobs: up to 50,000 names handed to a policy at once, looked up by the service afterwards.
https://learn.microsoft.com/graph/api/resources/protectionunitsbulkjobbase"""

from __future__ import annotations

from msgspec.structs import astuple

from backup_tui.models.base import Entity, Text
from backup_tui.models.people import IdentitySet, NameTrouble, PublicError, troubles_of
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.times import When

Names = tuple[Text, ...] | None
"""Addresses or ids as they were handed in; lists leave them out, then it is `None` or empty."""


class UnitsJob(Entity):
    """What all bulk addition jobs have; also a job of an unknown kind."""

    display_name: Text = None
    status: Text = None
    error: PublicError | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None

    @property
    def name_count(self) -> int | None:
        """How many names were handed in; `None` when the service did not send them."""
        lists = [member for member in astuple(self) if isinstance(member, tuple)]
        return sum(map(len, lists)) if lists else None

    @property
    def troubles(self) -> tuple[NameTrouble, ...]:
        return troubles_of(self.error)


class MailboxUnitsJob(UnitsJob):
    """Mailboxes by e-mail address or object id."""

    service = Service.EXCHANGE
    mailboxes: Names = None
    directory_object_ids: Names = None


class DriveUnitsJob(UnitsJob):
    """OneDrive accounts by e-mail address or object id."""

    service = Service.ONEDRIVE
    drives: Names = None
    directory_object_ids: Names = None


class SiteUnitsJob(UnitsJob):
    """Sites by address or site id."""

    service = Service.SHAREPOINT
    site_web_urls: Names = None
    site_ids: Names = None


read_units_job = TaggedUnion(
    UnitsJob,
    {
        f"{kind.service.names.policy_units_path}BulkAdditionJob": kind
        for kind in (MailboxUnitsJob, DriveUnitsJob, SiteUnitsJob)
    },
)
"""Reads a bulk addition job; see `TaggedUnion`."""
