"""What administrators did, as the service wrote it down; in the beta version only.

https://learn.microsoft.com/graph/api/resources/activitylogbase?view=graph-rest-beta
"""

from __future__ import annotations

from backup_tui.models.base import Entity, GraphModel, Text
from backup_tui.models.people import PublicError
from backup_tui.models.times import When


class ActivityLog(Entity):
    """One thing that was done; also of a kind that is not known here."""

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


_BY_TYPE: dict[str, type[ActivityLog]] = {
    "restoretaskactivitylog": RestoreTaskActivityLog,
    "backuppolicyactivitylog": PolicyActivityLog,
    "dynamicruleactivitylog": PolicyActivityLog,
    "offboardingactivitylog": PolicyActivityLog,
}


def read_activity_log(raw: object) -> ActivityLog:
    """Reads a log entry as the type that it says it is.

    Raises:
        ProtocolError: It is not an object with an id.
    """
    base = ActivityLog.read(raw)
    kind = _BY_TYPE.get(base.odata_type)
    return base if kind is None else kind.read(raw)
