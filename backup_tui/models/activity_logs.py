"""What administrators did, as the service wrote it down; in the beta version only.
https://learn.microsoft.com/graph/api/resources/activitylogbase?view=graph-rest-beta"""

from __future__ import annotations

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import PublicError
from backup_tui.models.tagged_union import TaggedUnion
from backup_tui.models.times import When


class ActivityLog(Entity):
    """One thing that was done; also of an unknown kind."""

    activity_type: Text = None
    event_date_time: When = None
    result_status: Text = None
    service_type: Text = None
    severity: Text = None
    performed_by: Text = None
    error: PublicError | None = None


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


class PolicyActivityLog(ActivityLog):
    """A policy that was made or changed, a rule of it that ran, or units of it that were offboarded."""

    policy_id: Text = None
    policy_name: Text = None
    policy_status: Text = None


read_activity_log = TaggedUnion(
    ActivityLog,
    {
        "restoreTaskActivityLog": RestoreTaskActivityLog,
        "backupPolicyActivityLog": PolicyActivityLog,
        "dynamicRuleActivityLog": PolicyActivityLog,
        "offboardingActivityLog": PolicyActivityLog,
    },
)
"""Reads a log entry; see `TaggedUnion`."""
