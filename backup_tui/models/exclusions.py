"""What a policy with full workload backup leaves out; in the beta version only.
https://learn.microsoft.com/graph/api/resources/exclusionunitbase?view=graph-rest-beta"""

from backup_tui.models.base import Entity, Text
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.times import When


class ExclusionUnit(Entity):
    """What all exclusion units have; also one of an unknown kind."""

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


class _Account(ExclusionUnit):
    """Something that belongs to a person."""

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


class MailboxExclusionUnit(_Account):
    """A mailbox that is not backed up."""

    service = Service.EXCHANGE


class DriveExclusionUnit(_Account):
    """A OneDrive account that is not backed up."""

    service = Service.ONEDRIVE


class SiteExclusionUnit(ExclusionUnit):
    """A site that is not backed up."""

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


read_exclusion = TaggedUnion(
    ExclusionUnit,
    {
        "mailboxExclusionUnit": MailboxExclusionUnit,
        "driveExclusionUnit": DriveExclusionUnit,
        "siteExclusionUnit": SiteExclusionUnit,
    },
)
"""Reads an exclusion unit; see `TaggedUnion`."""
