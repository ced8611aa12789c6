"""Requests about who controls the backup of a tenant, and who is told about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, path_of, segment
from backup_tui.models.calls import RequestClass
from backup_tui.models.text import short_id

_NOTIFICATIONS = "emailNotificationsSetting"


def list_service_apps() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-serviceapps"""
    return Call(Operation.SERVICE_APP_LIST, "list controlling applications", "GET", path_of("serviceApps"))


def read_service_app(app_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/serviceapp-get"""
    return Call(
        Operation.SERVICE_APP_READ,
        f"read controlling application {short_id(app_id)}",
        "GET",
        path_of("serviceApps", segment(app_id)),
        target=app_id,
    )


def read_notifications() -> Call:
    """https://learn.microsoft.com/graph/api/emailnotificationssetting-get"""
    return Call(Operation.NOTIFICATIONS_READ, "read who gets e-mail", "GET", path_of(_NOTIFICATIONS))


def update_notifications(changes: Mapping[str, object]) -> Call:
    """https://learn.microsoft.com/graph/api/emailnotificationssetting-update; for persons only."""
    return Call(
        Operation.NOTIFICATIONS_EDIT,
        "CHANGE who gets e-mail",
        "PATCH",
        path_of(_NOTIFICATIONS),
        RequestClass.EDIT,
        body=changes,
    )
