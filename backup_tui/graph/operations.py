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
    SERVICE_APP_LIST = "list controlling applications"
    SERVICE_APP_READ = "read controlling application"
    NOTIFICATIONS_READ = "read who gets e-mail"
    NOTIFICATIONS_EDIT = "change who gets e-mail"
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
    UNIT_CANCEL_OFFBOARD = "cancel the offboarding of a unit"
    UNIT_JOB_LIST = "list bulk additions to a policy"
    UNIT_JOB_READ = "read bulk addition to a policy"
    RULE_LIST = "list rules"
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
    GRANULAR_LIST = "list granular restore artifacts"
    BULK_CREATE = "create bulk request"
    BULK_READ = "read bulk request"
    BULK_DELETE = "delete bulk request"
    BROWSE_CREATE = "create browse session"
    BROWSE_READ = "read browse session"
    BROWSE_ITEMS = "browse"
    ACTIVITY_LIST = "list activity logs"

    @property
    def feature(self) -> Feature:
        """What people call it, with the permissions that its page names."""
        return _FEATURES[self]

    @property
    def permission(self) -> str:
        return self.feature.least

    @property
    def tenant_wide(self) -> bool:
        """Whether a refusal says something about the whole feature. Roles are given by service: who may not touch one
        site may well restore every mailbox. So a refusal of a call about one policy, session or unit, or about one
        service's units, says nothing about the others."""
        return self in _TENANT_WIDE

    @property
    def role(self) -> str:
        """What a person needs beside the permission, in words that end a sentence."""
        if self.feature.role == features.BROWSE_ROLE:
            return f"the role {features.BROWSE_ROLE} for a person who signed in"
        return "a backup, SharePoint (sites, OneDrive) or Exchange (mailboxes) admin role"


_FEATURES: dict[Operation, Feature] = {
    # What changes protection, unless something else is said below.
    **dict.fromkeys(Operation, features.POLICIES_CHANGE),
    **dict.fromkeys((Operation.SERVICE_READ, Operation.SERVICE_APP_LIST, Operation.SERVICE_APP_READ), features.SERVICE),
    Operation.NOTIFICATIONS_READ: features.NOTIFICATIONS,
    Operation.NOTIFICATIONS_EDIT: features.NOTIFY_CHANGE,
    Operation.ENABLE: features.NOTIFY_CHANGE,
    **dict.fromkeys(
        (
            Operation.POLICY_LIST,
            Operation.POLICY_READ,
            Operation.UNIT_LIST,
            Operation.UNIT_READ,
            Operation.UNIT_JOB_LIST,
            Operation.UNIT_JOB_READ,
            Operation.RULE_LIST,
            Operation.RULE_READ,
        ),
        features.PROTECTION,
    ),
    **dict.fromkeys((Operation.UNIT_OFFBOARD, Operation.UNIT_CANCEL_OFFBOARD), features.OFFBOARD),
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
    # Reads too: the pages of all of them name no lesser permission.
    **dict.fromkeys(
        (Operation.GRANULAR_LIST, Operation.BROWSE_CREATE, Operation.BROWSE_READ, Operation.BROWSE_ITEMS),
        features.BROWSE,
    ),
    Operation.ACTIVITY_LIST: features.ACTIVITY_LOG,
}

_TENANT_WIDE = frozenset(
    {
        Operation.POLICY_LIST,
        Operation.SESSION_LIST,
        Operation.ACTIVITY_LIST,
        *(
            operation
            for operation, feature in _FEATURES.items()
            if feature in (features.SERVICE, features.NOTIFICATIONS, features.NOTIFY_CHANGE, features.BROWSE)
        ),
    }
)
