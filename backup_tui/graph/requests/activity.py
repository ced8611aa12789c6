"""Requests for what administrators did, which the beta version lists. Pure."""

from __future__ import annotations

from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, path_of


def list_activity_logs() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-activitylogs?view=graph-rest-beta"""
    return Call(Operation.ACTIVITY_LIST, "list what administrators did", "GET", path_of("activityLogs"))
