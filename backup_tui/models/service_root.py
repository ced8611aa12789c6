"""State of Microsoft 365 Backup in a tenant: https://learn.microsoft.com/graph/api/resources/backuprestoreroot"""

from backup_tui.models.base import GraphModel, Text
from backup_tui.models.people import IdentitySet
from backup_tui.models.times import When


class ServiceStatus(GraphModel):
    """Whether backup and restore are allowed, and until when."""

    status: Text = None
    disable_reason: Text = None
    backup_service_consumer: Text = None
    grace_period_date_time: When = None
    restore_allowed_till_date_time: When = None
    last_modified_by: IdentitySet | None = None
    last_modified_date_time: When = None


class BackupRestoreRoot(GraphModel):
    """The answer of `GET /solutions/backupRestore`."""

    service_status: ServiceStatus | None = None
