"""Requests for restore points. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from backup_tui.errors import UsageError
from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, limited, literal, path_of
from backup_tui.models.mail_query import MailQuery
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import iso

MAX_SEARCH_UNITS = 20
"""Units of one search for restore points (page restorepoint-search)."""

Preference = Literal["latest", "oldest"]


def search_body(
    unit_ids: Sequence[str],
    *,
    start: datetime,
    end: datetime,
    prefer: Preference,
    express: bool,
    policy_id: str = "",
) -> dict[str, object]:
    """What searches restore points: https://learn.microsoft.com/graph/api/restorepoint-search; raises `UsageError`: no
    unit, or more than `MAX_SEARCH_UNITS`."""
    limited(len(unit_ids), what="units", limit=MAX_SEARCH_UNITS)
    if not unit_ids:
        raise UsageError("No unit to look for is named.", field="units", certainty="Nothing was sent.")
    body: dict[str, object] = {
        "protectionUnitIds": list(unit_ids),
        "protectionTimePeriod": {"startDateTime": iso(start), "endDateTime": iso(end)},
        "restorePointPreference": prefer,
    }
    if express:
        body["tags"] = "fastRestore"
    if policy_id:
        body["policyId"] = policy_id
    return body


def mail_search_body(
    unit_id: str,
    query: MailQuery,
    *,
    start: datetime,
    end: datetime | None,
    prefer: Preference | None,
    policy_id: str = "",
    structured: bool = False,
) -> dict[str, object]:
    """What searches inside one mailbox; the page's own example gives the beginning of the period alone."""
    period = {"startDateTime": iso(start)}
    if end is not None:
        period["endDateTime"] = iso(end)
    body: dict[str, object] = {
        "artifactQuery": query.body(structured=structured),
        "protectionUnitIds": [unit_id],
        "protectionTimePeriod": period,
    }
    if prefer is not None:
        body["restorePointPreference"] = prefer
    if policy_id:
        body["policyId"] = policy_id
    return body


def search_points(
    unit_ids: Sequence[str],
    *,
    start: datetime,
    end: datetime,
    prefer: Preference,
    express: bool,
    policy_id: str = "",
) -> Call:
    """https://learn.microsoft.com/graph/api/restorepoint-search; a POST that reads."""
    count = len(unit_ids)
    return Call(
        Operation.POINT_SEARCH,
        f"search restore points of {counted(count, 'unit')}",
        "POST",
        path_of("restorePoints", "search"),
        body=search_body(unit_ids, start=start, end=end, prefer=prefer, express=express, policy_id=policy_id),
    )


def search_mail(
    unit_id: str,
    query: MailQuery,
    *,
    start: datetime,
    end: datetime | None = None,
    prefer: Preference | None = None,
    policy_id: str = "",
    structured: bool = False,
) -> Call:
    """https://learn.microsoft.com/graph/api/restorepoint-search with `artifactQuery`; a POST that reads."""
    return Call(
        Operation.POINT_SEARCH,
        f"search inside mailbox {short_id(unit_id)}",
        "POST",
        path_of("restorePoints", "search"),
        body=mail_search_body(
            unit_id, query, start=start, end=end, prefer=prefer, policy_id=policy_id, structured=structured
        ),
        target=unit_id,
    )


def list_points(unit_id: str, *, before: datetime) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-restorepoints; at most five, newest first."""
    query = {
        "$expand": f"protectionUnit($filter=id eq {literal(unit_id)})",
        "$filter": f"protectionDateTime lt {iso(before)}",
        "$orderby": "protectionDateTime desc",
    }
    what = f"list restore points of unit {short_id(unit_id)}"
    return Call(Operation.POINT_LIST, what, "GET", path_of("restorePoints", query=query), target=unit_id)
