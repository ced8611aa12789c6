"""Requests about the service itself: whether it is on, who controls it, who is told, what it counts. Pure."""

from collections.abc import Mapping
from datetime import datetime

from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, about, path_of, segment
from backup_tui.models.calls import RequestClass
from backup_tui.models.times import iso

_APPS = "serviceApps"
_NOTIFICATIONS = "emailNotificationsSetting"

READ_SERVICE = Call(Operation.SERVICE_READ, "read the state of the backup", "GET", path_of())
"""https://learn.microsoft.com/graph/api/backuprestoreroot-get"""


def enable_service(app_owner_tenant: str) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-enable. `app_owner_tenant`: id of the tenant that owns
    the application; its billing profile pays."""
    body, what = {"appOwnerTenantId": app_owner_tenant}, "ENABLE the backup service"
    return Call(Operation.ENABLE, what, "POST", path_of("enable"), RequestClass.STATE, body)


# Which application controls it

LIST_APPS = Call(Operation.SERVICE_APP_LIST, "list controlling applications", "GET", path_of(_APPS))
"""https://learn.microsoft.com/graph/api/backuprestoreroot-list-serviceapps"""

REGISTER_APP = Call(
    Operation.SERVICE_APP_CREATE, "REGISTER this application", "POST", path_of(_APPS), RequestClass.CREATE, {}
)
"""https://learn.microsoft.com/graph/api/backuprestoreroot-post-serviceapps: the application that calls is registered;
the body names none."""


def read_app(app_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/serviceapp-get"""
    return about(app_id, Operation.SERVICE_APP_READ, "read controlling application", _app(app_id))


def activate_app(app_id: str, effective: datetime) -> Call:
    """https://learn.microsoft.com/graph/api/serviceapp-activate; for persons only. `effective`: when it takes over."""
    body = {"effectiveDateTime": iso(effective)}
    path = _app(app_id, "activate")
    return about(app_id, Operation.SERVICE_APP_ACTIVATE, "ACTIVATE application", path, RequestClass.STATE, body=body)


def deactivate_app(app_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/serviceapp-deactivate; no body, for persons only."""
    path = _app(app_id, "deactivate")
    return about(app_id, Operation.SERVICE_APP_DEACTIVATE, "DEACTIVATE application", path, RequestClass.STATE)


def delete_app(app_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-delete-serviceapps"""
    return about(app_id, Operation.SERVICE_APP_DELETE, "REMOVE application", _app(app_id), RequestClass.DELETE)


# Who is told about it

READ_NOTIFICATIONS = Call(Operation.NOTIFICATIONS_READ, "read who gets e-mail", "GET", path_of(_NOTIFICATIONS))
"""https://learn.microsoft.com/graph/api/emailnotificationssetting-get"""


def update_notifications(changes: Mapping[str, object]) -> Call:
    """https://learn.microsoft.com/graph/api/emailnotificationssetting-update; for persons only."""
    path, what = path_of(_NOTIFICATIONS), "CHANGE who gets e-mail"
    return Call(Operation.NOTIFICATIONS_EDIT, what, "PATCH", path, RequestClass.EDIT, body=changes)


# What it counts


def read_statistics(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/backupreport-getstatisticsbypolicy?view=graph-rest-beta"""
    quoted = segment(policy_id.replace("'", "''"))
    function = f"getStatisticsByPolicy(policyId='{quoted}')"
    return about(policy_id, Operation.STATISTICS_READ, "read statistics of policy", path_of("reports", function))


def _app(app_id: str, *more: str) -> str:
    return path_of(_APPS, segment(app_id), *more)
