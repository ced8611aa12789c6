"""What the service counts of a policy, beta: https://learn.microsoft.com/graph/api/resources/backuppolicyreport

Every count can be missing, and is then unknown, never 0. The service computes them from time to time and says when."""

from backup_tui.models.base import GraphModel, Text
from backup_tui.models.times import When


class BackupCountStatistics(GraphModel):
    """How many units are in which stage of protection: https://learn.microsoft.com/graph/api/resources/backupcountstatistics

    `protected_failed` are mostly unprotected now, `unprotected_failed` mostly protected."""

    last_computed_date_time: When = None
    total: int | None = None
    protected_completed: int | None = None
    protected_in_progress: int | None = None
    protected_failed: int | None = None
    unprotected_completed: int | None = None
    unprotected_in_progress: int | None = None
    unprotected_failed: int | None = None
    offboard_requested: int | None = None
    removed: int | None = None


class PolicyStatistics(GraphModel):
    """The service's report about one policy (`backupPolicyReport`)."""

    backup_policy_id: Text = None
    display_name: Text = None
    count_statistics: BackupCountStatistics | None = None

    @property
    def counts(self) -> BackupCountStatistics:
        return self.count_statistics or BackupCountStatistics()
