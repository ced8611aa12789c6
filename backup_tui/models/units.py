"""Protection units: https://learn.microsoft.com/graph/api/resources/protectionunitbase"""

from __future__ import annotations

from typing import ClassVar

from backup_tui.models.base import Entity, Text, type_of, unwrap
from backup_tui.models.people import IdentitySet, PublicError
from backup_tui.models.services import Service
from backup_tui.models.times import When


class ProtectionUnit(Entity):
    """What all units have; also a unit of a kind that is not known here."""

    service: ClassVar[Service | None] = None

    policy_id: Text = None
    status: Text = None
    protection_sources: Text = None
    error: PublicError | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None
    offboard_requested_date_time: When = None

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


class MailboxProtectionUnit(ProtectionUnit):
    """A mailbox. Name and address are given to delegated sign-ins only."""

    service: ClassVar[Service | None] = Service.EXCHANGE

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


class DriveProtectionUnit(MailboxProtectionUnit):
    """A OneDrive account. Name and address are given to delegated sign-ins only."""

    service: ClassVar[Service | None] = Service.ONEDRIVE


class SiteProtectionUnit(ProtectionUnit):
    """A SharePoint site."""

    service: ClassVar[Service | None] = Service.SHAREPOINT

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


_BY_TYPE: dict[str, type[ProtectionUnit]] = {
    "mailboxprotectionunit": MailboxProtectionUnit,
    "driveprotectionunit": DriveProtectionUnit,
    "siteprotectionunit": SiteProtectionUnit,
}

_BY_NAME = {f"#microsoft.graph.{kind.__name__[0].lower()}{kind.__name__[1:]}": kind for kind in _BY_TYPE.values()}
"""As nearly all units are written; any other case and form is looked at more closely."""

_BY_SERVICE: dict[Service, type[ProtectionUnit]] = {
    Service.EXCHANGE: MailboxProtectionUnit,
    Service.ONEDRIVE: DriveProtectionUnit,
    Service.SHAREPOINT: SiteProtectionUnit,
}


def read_unit(raw: object, service: Service | None = None) -> ProtectionUnit:
    """Reads a unit as the type that it says it is, or as the one that the collection holds.

    Args:
        raw: Parsed JSON.
        service: What a typed collection holds; counts when `@odata.type` was not sent or is not known.

    Raises:
        ProtocolError: It is not an object with an id.
    """
    named = raw.get("@odata.type") if type(raw) is dict and "id" in raw else None
    kind = _BY_NAME.get(named) if type(named) is str else None
    if kind is not None:
        return kind.read(raw)
    kind = _BY_TYPE.get(type_of(unwrap(raw))) or (_BY_SERVICE[service] if service else ProtectionUnit)
    return kind.read(raw)
