"""What administrators did, as the service wrote it down; in the beta version only.
https://learn.microsoft.com/graph/api/resources/activitylogbase?view=graph-rest-beta"""

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import PublicError
from backup_tui.models.services import Service
from backup_tui.models.tagged_union import TaggedUnion, by_name
from backup_tui.models.times import When

_SERVICES = {
    "exchange": Service.EXCHANGE,
    "onedriveforbusiness": Service.ONEDRIVE,
    "sharepoint": Service.SHAREPOINT,
}


class ActivityLog(Entity):
    """One thing that was done; also of an unknown kind."""

    activity_type: Text = None
    event_date_time: When = None
    result_status: Text = None
    service_type: Text = None
    severity: Text = None
    performed_by: Text = None
    error: PublicError | None = None

    @property
    def of_service(self) -> Service | None:
        """The service it is about; `None` when that was not said, or the word is not known here."""
        return _SERVICES.get((self.service_type or "").lower())


class RestoreArtifactDetails(GraphModel):
    """How many units a restore had."""

    total_artifacts_count: int | None = None
    restored_count: int | None = None
    failed_count: int | None = None


class RestoreTaskActivityLog(ActivityLog):
    """A restore that was made or that ended."""

    restore_session_id: Text = None
    restore_session_status: Text = None
    destination_type: Text = None
    tags: Text = None
    restore_artifact_details: RestoreArtifactDetails | None = None
    restore_completion_date_time: When = None


class ProtectionUnitDetails(GraphModel):
    """How many units were to come into a policy or to leave it, and how many did."""

    requested_to_add_count: int | None = None
    requested_to_remove_count: int | None = None
    added_count: int | None = None
    removed_count: int | None = None
    failed_count: int | None = None
    backup_configuration_type: Text = None


class OffboardingDetails(GraphModel):
    """How many units were to be offboarded, and what became of them."""

    total_requested_count: int | None = None
    offboarded_count: int | None = None
    failed_count: int | None = None
    cancelled_count: int | None = None
    offboard_start_date_time: When = None
    offboard_end_date_time: When = None
    offboarding_status: Text = None


class PolicyActivityLog(ActivityLog):
    """What entries about a policy have in common."""

    policy_id: Text = None
    policy_name: Text = None
    policy_status: Text = None


class BackupPolicyActivityLog(PolicyActivityLog):
    """A policy that was created, activated, changed, paused or renamed."""

    old_policy_name: Text = None
    protection_unit_details: ProtectionUnitDetails | None = None
    retention_period: Text = None


class DynamicRuleActivityLog(PolicyActivityLog):
    """A rule of a policy that ran or was deleted."""

    protection_unit_details: ProtectionUnitDetails | None = None


class OffboardingActivityLog(PolicyActivityLog):
    """Units that were offboarded, or whose offboarding was taken back."""

    offboarding_details: OffboardingDetails | None = None


read_activity_log = TaggedUnion(
    ActivityLog,
    by_name(RestoreTaskActivityLog, BackupPolicyActivityLog, DynamicRuleActivityLog, OffboardingActivityLog),
)
"""Reads a log entry; see `TaggedUnion`."""
