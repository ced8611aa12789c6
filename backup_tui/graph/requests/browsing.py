"""Requests that look into a restore point. Pure."""

from __future__ import annotations

from backup_tui.errors import UsageError
from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, path_of, segment
from backup_tui.models.browse import BrowseQuery
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Service
from backup_tui.models.text import short_id


def _path(service: Service, *more: str) -> str:
    path = service.names.browse_path
    if not path:
        raise UsageError(
            f"{service.label} points cannot be browsed; what is in a mailbox is found by a search.",
            field="service",
            value=service.value,
            certainty="Nothing was sent.",
        )
    return path_of(path, *more)


def create_browse_session(service: Service, point_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-sharepointbrowsesessions"""
    return Call(
        Operation.BROWSE_CREATE,
        f"open point {short_id(point_id)} for looking into it",
        "POST",
        _path(service),
        RequestClass.CREATE,
        body={"restorePointId": point_id},
        target=point_id,
    )


def list_browse_sessions(service: Service | None = None) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-browsesessions, of all services or of one."""
    path = path_of("browseSessions") if service is None else _path(service)
    return Call(Operation.BROWSE_READ, "list open points", "GET", path)


def read_browse_session(service: Service, browse_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/sharepointbrowsesession-get"""
    return Call(
        Operation.BROWSE_READ,
        f"read open point {short_id(browse_id)}",
        "GET",
        _path(service, segment(browse_id)),
        target=browse_id,
    )


def browse(service: Service, browse_id: str, query: BrowseQuery) -> Call:
    """https://learn.microsoft.com/graph/api/sharepointbrowsesession-browse; a POST whose pages go on by GET."""
    return Call(
        Operation.BROWSE_ITEMS,
        f"look into point {short_id(browse_id)}",
        "POST",
        _path(service, segment(browse_id), "browse"),
        body=query.body(),
        target=browse_id,
    )
