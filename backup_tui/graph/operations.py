"""The kinds of calls to the service, as the error page groups them, and the right that each needs.
https://learn.microsoft.com/graph/backup-storage-error-codes and the permission tables of the pages."""

from enum import StrEnum
from typing import Self

from backup_tui.models import features
from backup_tui.models.features import Feature


class Operation(StrEnum):
    """One group of calls; error codes mean something only together with it. `feature`: what people call it, with the
    permissions that its page names."""

    feature: Feature

    def __new__(cls, words: str, feature: Feature) -> Self:
        member = str.__new__(cls, words)
        member._value_, member.feature = words, feature
        return member

    SERVICE_READ = "read the service", features.SERVICE
    ENABLE = "enable the service", features.CONTROL
    SERVICE_APP_LIST = "list controlling applications", features.SERVICE
    SERVICE_APP_READ = "read controlling application", features.SERVICE
    SERVICE_APP_CREATE = "register controlling application", features.CONTROL
    SERVICE_APP_DELETE = "remove controlling application", features.CONTROL
    SERVICE_APP_ACTIVATE = "activate controlling application", features.CONTROLLER
    SERVICE_APP_DEACTIVATE = "deactivate controlling application", features.CONTROLLER
    NOTIFICATIONS_READ = "read who gets e-mail", features.NOTIFICATIONS
    NOTIFICATIONS_EDIT = "change who gets e-mail", features.NOTIFY_CHANGE
    POLICY_LIST = "list policies", features.PROTECTION
    POLICY_READ = "read policy", features.PROTECTION
    POLICY_CREATE = "create policy", features.POLICIES_CHANGE
    POLICY_EDIT = "change policy", features.POLICIES_CHANGE
    POLICY_DELETE = "delete policy", features.POLICIES_CHANGE
    POLICY_ACTIVATE = "activate policy", features.POLICIES_CHANGE
    POLICY_DEACTIVATE = "deactivate policy", features.POLICIES_CHANGE
    UNIT_LIST = "list units", features.PROTECTION
    UNIT_READ = "read unit", features.PROTECTION
    UNIT_OFFBOARD = "offboard unit", features.OFFBOARD
    UNIT_CANCEL_OFFBOARD = "cancel the offboarding of a unit", features.OFFBOARD
    UNIT_JOB_LIST = "list bulk additions to a policy", features.PROTECTION
    UNIT_JOB_READ = "read bulk addition to a policy", features.PROTECTION
    UNIT_JOB_CREATE = "add units in bulk to a policy", features.POLICIES_CHANGE
    RULE_LIST = "list rules", features.PROTECTION
    RULE_READ = "read rule", features.PROTECTION
    RULE_CREATE = "create rule", features.POLICIES_CHANGE
    RULE_EDIT = "change rule", features.POLICIES_CHANGE
    RULE_RUN = "run rule", features.POLICIES_CHANGE
    RULE_DELETE = "delete rule", features.POLICIES_CHANGE
    RULE_UNPROTECT = "delete rule and unprotect", features.POLICIES_CHANGE
    POINT_LIST = "list restore points", features.POINTS
    POINT_SEARCH = "search restore points", features.POINTS
    SESSION_LIST = "list restore sessions", features.SESSIONS
    SESSION_READ = "read restore session", features.SESSIONS
    SESSION_CREATE = "create restore session", features.RESTORE
    SESSION_EDIT = "change restore session", features.RESTORE
    SESSION_DELETE = "delete restore session", features.RESTORE
    SESSION_ACTIVATE = "activate restore session", features.RESTORE
    ARTIFACT_LIST = "list restore artifacts", features.SESSIONS
    # Reads too: the pages of these four name no lesser permission.
    GRANULAR_LIST = "list granular restore artifacts", features.BROWSE
    BULK_CREATE = "create bulk request", features.RESTORE
    BULK_READ = "read bulk request", features.SESSIONS
    BULK_DELETE = "delete bulk request", features.RESTORE
    BROWSE_CREATE = "create browse session", features.BROWSE
    BROWSE_READ = "read browse session", features.BROWSE
    BROWSE_ITEMS = "browse", features.BROWSE
    EXCLUSION_LIST = "list what a policy excludes", features.PROTECTION
    EXCLUSION_READ = "read what a policy excludes", features.PROTECTION
    EXCLUSION_CREATE = "exclude units from a policy", features.POLICIES_CHANGE
    ACTIVITY_LIST = "list activity logs", features.ACTIVITY_LOG
    STATISTICS_READ = "read statistics of a policy", features.STATISTICS

    @property
    def permission(self) -> str:
        return self.feature.least

    @property
    def tenant_wide(self) -> bool:
        """Whether a refusal applies to the whole feature. Roles are given by service: who may not touch one
        site may well restore every mailbox."""
        return self in _TENANT_WIDE

    @property
    def role(self) -> str:
        """What a person needs beside the permission, in words that end a sentence."""
        if self.feature.role == features.BROWSE_ROLE:
            return f"the role {features.BROWSE_ROLE} for a person who signed in"
        return "a backup, SharePoint (sites, OneDrive) or Exchange (mailboxes) admin role"


# Not `CONTROL`: turning the backup on is refused for its billing too, which says nothing of the sign-in.
_OF_THE_TENANT = (
    features.SERVICE,
    features.CONTROLLER,
    features.NOTIFICATIONS,
    features.NOTIFY_CHANGE,
    features.BROWSE,
    features.STATISTICS,
)
_TENANT_WIDE = frozenset(
    operation
    for operation in Operation
    if operation in (Operation.POLICY_LIST, Operation.SESSION_LIST, Operation.ACTIVITY_LIST)
    or operation.feature in _OF_THE_TENANT
)
