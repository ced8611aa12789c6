"""Protection units, and what a policy leaves out: https://learn.microsoft.com/graph/api/resources/protectionunitbase"""

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion, by_name
from backup_tui.models.times import When


class RetentionChange(GraphModel):
    """A longer or shorter retention that is on its way."""

    effective_from_date_time: When = None
    status: Text = None
    target_retention_period_in_days: int | None = None


class UnitBase(Entity):
    """What is listed below a policy: backed up (`ProtectionUnit`), or left out (`ExclusionUnit`)."""

    policy_id: Text = None
    error: PublicError | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None

    @property
    def object_id(self) -> str | None:
        """What else names it outside Backup: the person's object id, or the site id."""
        return None

    @property
    def address(self) -> str | None:
        """What people know it by: an e-mail address or a site's URL; `None` when the service hides it."""
        return None

    @property
    def title(self) -> str | None:
        """Display name of the person or the site."""
        return None


class _OfAccount:
    """How what belongs to a person is called. Name and address are given to delegated sign-ins only."""

    __slots__ = ()
    directory_object_id: Text
    display_name: Text
    email: Text

    @property
    def object_id(self) -> str | None:
        return self.directory_object_id

    @property
    def address(self) -> str | None:
        return self.email or None

    @property
    def title(self) -> str | None:
        return self.display_name or None


class _OfSite:
    """How a SharePoint site is called."""

    __slots__ = ()
    site_id: Text
    site_name: Text
    site_web_url: Text

    @property
    def object_id(self) -> str | None:
        return self.site_id

    @property
    def address(self) -> str | None:
        return self.site_web_url or None

    @property
    def title(self) -> str | None:
        return self.site_name or None


class ProtectionUnit(UnitBase):
    """What all units have; also a unit of an unknown kind."""

    status: Text = None
    protection_sources: Text = None
    offboard_requested_date_time: When = None
    backup_retention_period_in_days: int | None = None  # in the beta version only, as are the two that follow
    billing_policy_id: Text = None
    pending_retention_period_change: RetentionChange | None = None


class MailboxProtectionUnit(_OfAccount, ProtectionUnit):
    """A mailbox. `mailbox_type`: `user`, `shared` or `unknown`; in the beta version only."""

    service = Service.EXCHANGE
    directory_object_id: Text = None
    display_name: Text = None
    email: Text = None
    mailbox_type: Text = None


class DriveProtectionUnit(_OfAccount, ProtectionUnit):
    """A OneDrive account."""

    service = Service.ONEDRIVE
    directory_object_id: Text = None
    display_name: Text = None
    email: Text = None


class SiteProtectionUnit(_OfSite, ProtectionUnit):
    """A SharePoint site."""

    service = Service.SHAREPOINT
    site_id: Text = None
    site_name: Text = None
    site_web_url: Text = None


read_unit = TaggedUnion(ProtectionUnit, by_name(MailboxProtectionUnit, DriveProtectionUnit, SiteProtectionUnit))
"""Reads a protection unit; see `TaggedUnion`."""


class ExclusionUnit(UnitBase):
    """What a policy with full workload backup leaves out, in the beta version only; also one of an unknown kind.
    https://learn.microsoft.com/graph/api/resources/exclusionunitbase?view=graph-rest-beta"""


class MailboxExclusionUnit(_OfAccount, ExclusionUnit):
    """A mailbox that is not backed up."""

    service = Service.EXCHANGE
    directory_object_id: Text = None
    display_name: Text = None
    email: Text = None


class DriveExclusionUnit(_OfAccount, ExclusionUnit):
    """A OneDrive account that is not backed up."""

    service = Service.ONEDRIVE
    directory_object_id: Text = None
    display_name: Text = None
    email: Text = None


class SiteExclusionUnit(_OfSite, ExclusionUnit):
    """A site that is not backed up."""

    service = Service.SHAREPOINT
    site_id: Text = None
    site_name: Text = None
    site_web_url: Text = None


read_exclusion = TaggedUnion(ExclusionUnit, by_name(MailboxExclusionUnit, DriveExclusionUnit, SiteExclusionUnit))
"""Reads an exclusion unit; see `TaggedUnion`."""
