"""The kinds of calls to the service, as the error page groups them, and the right that each needs.

https://learn.microsoft.com/graph/backup-storage-error-codes and the permission tables of the pages.
"""

from __future__ import annotations

from enum import StrEnum

from backup_tui.models import features
from backup_tui.models.features import Feature


class Operation(StrEnum):
    """One group of calls; error codes mean something only together with it."""

    SERVICE_READ = "read the service"
    ENABLE = "enable the service"
    POLICY_LIST = "list policies"
    POLICY_READ = "read policy"
    POLICY_CREATE = "create policy"
    POLICY_EDIT = "change policy"
    POLICY_DELETE = "delete policy"
    POLICY_ACTIVATE = "activate policy"
    POLICY_DEACTIVATE = "deactivate policy"
    UNIT_LIST = "list units"
    UNIT_READ = "read unit"
    UNIT_OFFBOARD = "offboard unit"
    RULE_READ = "read rule"
    RULE_CREATE = "create rule"
    RULE_EDIT = "change rule"
    RULE_RUN = "run rule"
    RULE_DELETE = "delete rule"
    RULE_UNPROTECT = "delete rule and unprotect"
    POINT_LIST = "list restore points"
    POINT_SEARCH = "search restore points"
    SESSION_LIST = "list restore sessions"
    SESSION_READ = "read restore session"
    SESSION_CREATE = "create restore session"
    SESSION_EDIT = "change restore session"
    SESSION_DELETE = "delete restore session"
    SESSION_ACTIVATE = "activate restore session"
    ARTIFACT_LIST = "list restore artifacts"
    BULK_CREATE = "create bulk request"
    BULK_READ = "read bulk request"
    BULK_DELETE = "delete bulk request"

    @property
    def feature(self) -> Feature:
        """What people call it, with the permissions that its page names."""
        return _FEATURES[self]

    @property
    def permission(self) -> str:
        """The least privileged permission that the operation's page names."""
        return self.feature.least


_FEATURES: dict[Operation, Feature] = {
    # What changes protection, unless something else is said below.
    **dict.fromkeys(Operation, features.POLICIES_CHANGE),
    **dict.fromkeys((Operation.SERVICE_READ,), features.SERVICE),
    Operation.ENABLE: features.NOTIFY_CHANGE,
    **dict.fromkeys(
        (
            Operation.POLICY_LIST,
            Operation.POLICY_READ,
            Operation.UNIT_LIST,
            Operation.UNIT_READ,
            Operation.RULE_READ,
        ),
        features.PROTECTION,
    ),
    Operation.UNIT_OFFBOARD: features.OFFBOARD,
    **dict.fromkeys((Operation.POINT_LIST, Operation.POINT_SEARCH), features.POINTS),
    **dict.fromkeys(
        (Operation.SESSION_LIST, Operation.SESSION_READ, Operation.ARTIFACT_LIST, Operation.BULK_READ),
        features.SESSIONS,
    ),
    **dict.fromkeys(
        (
            Operation.SESSION_CREATE,
            Operation.SESSION_EDIT,
            Operation.SESSION_DELETE,
            Operation.SESSION_ACTIVATE,
            Operation.BULK_CREATE,
            Operation.BULK_DELETE,
        ),
        features.RESTORE,
    ),
}
