"""Protection units: https://learn.microsoft.com/graph/api/resources/protectionunitbase"""

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.times import When


class RetentionChange(GraphModel):
    """A longer or shorter retention that is on its way."""

    effective_from_date_time: When = None
    status: Text = None
    target_retention_period_in_days: int | None = None


class ProtectionUnit(Entity):
    """What all units have; also a unit of an unknown kind."""

    policy_id: Text = None
    status: Text = None
    protection_sources: Text = None
    error: PublicError | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None
    offboard_requested_date_time: When = None
    backup_retention_period_in_days: int | None = None
    """In the beta version only, as are the two that follow."""
    billing_policy_id: Text = None
    pending_retention_period_change: RetentionChange | None = None

    @property
    def object_id(self) -> str | None:
        """What else names this unit outside Backup: the person's object id, or the site id."""
        return None

    @property
    def address(self) -> str | None:
        """What people know it by: an e-mail address or a site's URL; `None` when the service hides it."""
        return None

    @property
    def title(self) -> str | None:
        """Display name of the person or the site."""
        return None


class _AccountUnit(ProtectionUnit):
    """What belongs to a person. Name and address are given to delegated sign-ins only."""

    directory_object_id: Text = None
    display_name: Text = None
    email: Text = None

    @property
    def object_id(self) -> str | None:
        return self.directory_object_id

    @property
    def address(self) -> str | None:
        return self.email or None

    @property
    def title(self) -> str | None:
        return self.display_name or None


class MailboxProtectionUnit(_AccountUnit):
    """A mailbox. Name and address are given to delegated sign-ins only. `mailbox_type`: `user`, `shared` or `unknown`;
    in the beta version only."""

    service = Service.EXCHANGE

    mailbox_type: Text = None


class DriveProtectionUnit(_AccountUnit):
    """A OneDrive account. Name and address are given to delegated sign-ins only."""

    service = Service.ONEDRIVE


class SiteProtectionUnit(ProtectionUnit):
    """A SharePoint site."""

    service = Service.SHAREPOINT

    site_id: Text = None
    site_name: Text = None
    site_web_url: Text = None

    @property
    def object_id(self) -> str | None:
        return self.site_id

    @property
    def address(self) -> str | None:
        return self.site_web_url or None

    @property
    def title(self) -> str | None:
        return self.site_name or None


read_unit = TaggedUnion(
    ProtectionUnit,
    {
        "mailboxProtectionUnit": MailboxProtectionUnit,
        "driveProtectionUnit": DriveProtectionUnit,
        "siteProtectionUnit": SiteProtectionUnit,
    },
)
"""Reads a protection unit; see `TaggedUnion`."""
