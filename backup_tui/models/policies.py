"""Protection policies: https://learn.microsoft.com/graph/api/resources/protectionpolicybase"""

from __future__ import annotations

from typing import ClassVar

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import IdentitySet
from backup_tui.models.services import Service
from backup_tui.models.times import When


class RetentionSetting(GraphModel):
    """How often points are made and how long they are kept, as ISO 8601: `R/PT10M` for `P2W`."""

    interval: Text = None
    period: Text = None


class PolicyArtifactCount(GraphModel):
    """How many units of a policy are in which state."""

    total: int | None = None
    completed: int | None = None
    in_progress: int | None = None
    failed: int | None = None


class ProtectionPolicy(Entity):
    """What all policies have; also a policy of a service that is not known here."""

    service: ClassVar[Service | None] = None

    display_name: Text = None
    status: Text = None
    is_enabled: bool | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None
    retention_settings: tuple[RetentionSetting, ...] | None = None
    protection_policy_artifact_count: PolicyArtifactCount | None = None


class ExchangeProtectionPolicy(ProtectionPolicy):
    """Protects mailboxes."""

    service: ClassVar[Service | None] = Service.EXCHANGE


class OneDriveForBusinessProtectionPolicy(ProtectionPolicy):
    """Protects OneDrive accounts."""

    service: ClassVar[Service | None] = Service.ONEDRIVE


class SharePointProtectionPolicy(ProtectionPolicy):
    """Protects SharePoint sites."""

    service: ClassVar[Service | None] = Service.SHAREPOINT


_BY_TYPE: dict[str, type[ProtectionPolicy]] = {
    "exchangeprotectionpolicy": ExchangeProtectionPolicy,
    "onedriveforbusinessprotectionpolicy": OneDriveForBusinessProtectionPolicy,
    "sharepointprotectionpolicy": SharePointProtectionPolicy,
}


def read_policy(raw: object) -> ProtectionPolicy:
    """Reads a policy as the type that it says it is.

    Raises:
        ProtocolError: It is not an object with an id.
    """
    base = ProtectionPolicy.read(raw)
    kind = _BY_TYPE.get(base.odata_type)
    return base if kind is None else kind.read(raw)
