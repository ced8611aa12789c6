"""Requests for restore points, and for looking into one. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from backup_tui.errors import UsageError
from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, about, limited, literal, path_of, segment
from backup_tui.models.browse import BrowseQuery
from backup_tui.models.calls import RequestClass
from backup_tui.models.mail_query import AnyMailQuery
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import iso

MAX_SEARCH_UNITS = 20  # units of one search for restore points (page restorepoint-search)

Preference = Literal["latest", "oldest"]

_SEARCH = path_of("restorePoints", "search")


def search_body(
    unit_ids: Sequence[str], *, start: datetime, end: datetime, prefer: Preference, express: bool, policy_id: str = ""
) -> dict[str, object]:
    """What searches restore points; `policy_id`, in the beta version only, is left out when empty. Raises `UsageError`:
    no unit, or more than `MAX_SEARCH_UNITS`."""
    limited(len(unit_ids), what="units", limit=MAX_SEARCH_UNITS)
    if not unit_ids:
        raise UsageError.unsent("No unit is named.", "units")
    body: dict[str, object] = {
        "protectionUnitIds": list(unit_ids),
        "protectionTimePeriod": {"startDateTime": iso(start), "endDateTime": iso(end)},
        "restorePointPreference": prefer,
    }
    if express:
        body["tags"] = "fastRestore"
    return {**body, "policyId": policy_id} if policy_id else body


def search_points(
    unit_ids: Sequence[str], *, start: datetime, end: datetime, prefer: Preference, express: bool, policy_id: str = ""
) -> Call:
    """https://learn.microsoft.com/graph/api/restorepoint-search; a POST that reads."""
    body = search_body(unit_ids, start=start, end=end, prefer=prefer, express=express, policy_id=policy_id)
    what = f"search restore points of {counted(len(unit_ids), 'unit')}"
    return Call(Operation.POINT_SEARCH, what, "POST", _SEARCH, body=body)


def search_mail(
    unit_id: str,
    query: AnyMailQuery,
    *,
    start: datetime,
    end: datetime | None = None,
    prefer: Preference | None = None,
    policy_id: str = "",
    structured: bool = False,
) -> Call:
    """https://learn.microsoft.com/graph/api/restorepoint-search with `artifactQuery`; a POST that reads. The page's own
    example gives the beginning of the period alone."""
    body: dict[str, object] = {
        "artifactQuery": query.body(structured=structured),
        "protectionUnitIds": [unit_id],
        "protectionTimePeriod": {"startDateTime": iso(start), **({"endDateTime": iso(end)} if end else {})},
    }
    if prefer is not None:
        body["restorePointPreference"] = prefer
    if policy_id:
        body["policyId"] = policy_id
    return about(unit_id, Operation.POINT_SEARCH, "search inside mailbox", _SEARCH, method="POST", body=body)


def list_points(unit_id: str, *, before: datetime) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-restorepoints; at most five, newest first."""
    query = {
        "$expand": f"protectionUnit($filter=id eq {literal(unit_id)})",
        "$filter": f"protectionDateTime lt {iso(before)}",
        "$orderby": "protectionDateTime desc",
    }
    path = path_of("restorePoints", query=query)
    return about(unit_id, Operation.POINT_LIST, "list restore points of unit", path)


# Looking into a point


def create_browse_session(service: Service, point_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-sharepointbrowsesessions"""
    what = f"open point {short_id(point_id)} for looking into it"
    body, path = {"restorePointId": point_id}, _browse(service)
    return Call(Operation.BROWSE_CREATE, what, "POST", path, RequestClass.CREATE, body=body, target=point_id)


def list_browse_sessions(service: Service | None = None) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-browsesessions, of all services or of one."""
    path = path_of("browseSessions") if service is None else _browse(service)
    return Call(Operation.BROWSE_READ, "list open points", "GET", path)


def read_browse_session(service: Service, browse_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/sharepointbrowsesession-get"""
    return about(browse_id, Operation.BROWSE_READ, "read open point", _browse(service, segment(browse_id)))


def browse(service: Service, browse_id: str, query: BrowseQuery) -> Call:
    """https://learn.microsoft.com/graph/api/sharepointbrowsesession-browse; a POST whose pages continue by GET."""
    path = _browse(service, segment(browse_id), "browse")
    return about(browse_id, Operation.BROWSE_ITEMS, "look into point", path, method="POST", body=query.body())


def _browse(service: Service, *more: str) -> str:
    if not service.names.browse_path:
        why = f"{service.label} points cannot be browsed; search the mailbox instead."
        raise UsageError.unsent(why, "service", service.value)
    return path_of(service.names.browse_path, *more)
