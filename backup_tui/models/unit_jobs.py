"""Bulk addition jobs: up to 50,000 names handed to a policy at once, looked up by the service afterwards.
https://learn.microsoft.com/graph/api/resources/protectionunitsbulkjobbase"""

from __future__ import annotations

from msgspec import Struct

from backup_tui.models.base import Entity, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.times import When

Names = tuple[Text, ...] | None
"""Addresses or ids as they were handed in; lists leave them out, then it is `None` or empty."""


class NameTrouble(Struct, frozen=True):
    """One name that the service could not add. `name`: the address or id as it was handed in; empty when the service
    does not say which one. `message`: what the service says about it."""

    name: str
    code: str
    message: str


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
    def name_lists(self) -> tuple[Names, ...]:
        return ()

    @property
    def name_count(self) -> int | None:
        """How many names were handed in; `None` when the service did not send them."""
        lists = [names for names in self.name_lists if names is not None]
        return sum(map(len, lists)) if lists else None

    @property
    def troubles(self) -> tuple[NameTrouble, ...]:
        """The names that could not be added, as far as the service tells them one by one."""
        details = self.error.details if self.error is not None else ()
        return tuple(NameTrouble(one.target or "", one.code or "", one.message or "") for one in details)


class MailboxUnitsJob(UnitsJob):
    service = Service.EXCHANGE
    mailboxes: Names = None
    directory_object_ids: Names = None

    @property
    def name_lists(self) -> tuple[Names, ...]:
        return (self.mailboxes, self.directory_object_ids)


class DriveUnitsJob(UnitsJob):
    service = Service.ONEDRIVE
    drives: Names = None
    directory_object_ids: Names = None

    @property
    def name_lists(self) -> tuple[Names, ...]:
        return (self.drives, self.directory_object_ids)


class SiteUnitsJob(UnitsJob):
    service = Service.SHAREPOINT
    site_web_urls: Names = None
    site_ids: Names = None

    @property
    def name_lists(self) -> tuple[Names, ...]:
        return (self.site_web_urls, self.site_ids)


read_units_job = TaggedUnion(
    UnitsJob,
    {
        "mailboxProtectionUnitsBulkAdditionJob": MailboxUnitsJob,
        "driveProtectionUnitsBulkAdditionJob": DriveUnitsJob,
        "siteProtectionUnitsBulkAdditionJob": SiteUnitsJob,
    },
).read
