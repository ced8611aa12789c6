"""Protection policies: https://learn.microsoft.com/graph/api/resources/protectionpolicybase"""

from backup_tui.models.artifacts import DraftDelta
from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import IdentitySet
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion, by_name
from backup_tui.models.text import safe
from backup_tui.models.times import When
from backup_tui.models.units import ProtectionUnit


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
    """What all policies have; also a policy of an unknown service."""

    display_name: Text = None
    status: Text = None
    is_enabled: bool | None = None
    created_by: IdentitySet | None = None
    created_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None
    retention_settings: tuple[RetentionSetting, ...] | None = None
    protection_policy_artifact_count: PolicyArtifactCount | None = None
    protection_mode: Text = None
    """`standard` or `fullServiceBackup`; in the beta version only, as are the two that follow."""
    billing_policy_id: Text = None
    offboard_requested_date_time: When = None

    @property
    def is_full(self) -> bool:
        """It protects its whole service, what is made later too, but for its exclusion units."""
        return (self.protection_mode or "").lower() == "fullservicebackup"

    @property
    def workload(self) -> str:
        """`OneDrive`; of a policy whose service is not known here, what its type says: `Entra ID`; else empty."""
        if self.service is not None:
            return self.service.label
        named = self.odata_type.removesuffix("protectionpolicy")
        return safe(named.capitalize()) if named not in ("", "protectionpolicybase") else ""


class EntraProtectionPolicy(ProtectionPolicy):
    """Protects Entra ID; in the metadata of the beta version, and described on no page."""

    @property
    def workload(self) -> str:
        return "Entra ID"


class ExchangeProtectionPolicy(ProtectionPolicy):
    """Protects Exchange mailboxes."""

    service = Service.EXCHANGE


class OneDriveForBusinessProtectionPolicy(ProtectionPolicy):
    """Protects OneDrive accounts."""

    service = Service.ONEDRIVE


class SharePointProtectionPolicy(ProtectionPolicy):
    """Protects SharePoint sites."""

    service = Service.SHAREPOINT


read_policy = TaggedUnion(
    ProtectionPolicy,
    by_name(
        EntraProtectionPolicy, ExchangeProtectionPolicy, OneDriveForBusinessProtectionPolicy, SharePointProtectionPolicy
    ),
)
"""Reads a protection policy; see `TaggedUnion`."""

PolicyAnswer = DraftDelta[ProtectionUnit]
"""What the service says to a change of a policy's units: those added or on their way out, and those it refused."""
