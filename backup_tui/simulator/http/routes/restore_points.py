"""Restore points: list the ones of a unit, search for up to 20 units at once, and one by its id, as the SDKs ask."""

import re
from itertools import islice
from typing import Any

from backup_tui.simulator.domain.identifiers import guid, is_guid, seconds_of
from backup_tui.simulator.domain.points import YEAR, Point, find_point, newest_first, oldest_first
from backup_tui.simulator.domain.searches import MailSearch, count_hits
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import EXCHANGE
from backup_tui.simulator.grammar.mail_query import read_artifact_query
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request
from backup_tui.simulator.http.odata import selected, wants_count, whole_number
from backup_tui.simulator.http.router import Operation

_MOST_UNITS = 20
_MOST_ROWS = 5
_EXPAND = re.compile(r"protectionUnit\(\s*\$?filter\s*=\s*id\s+eq\s+'([^']*)'\s*\)", re.IGNORECASE)
_TIME_TERM = re.compile(r"protectionDateTime\s+(lt|le|gt|ge|eq)\s+'?([^\s']+)'?", re.IGNORECASE)
_TAG_TERM = re.compile(r"tags\s+(?:eq|has)\s+(?:microsoft\.graph\.restorePointTags)?'(\w+)'", re.IGNORECASE)
_ORDER = re.compile(r"protectionDateTime(?:\s+(asc|desc))?", re.IGNORECASE)


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidSearchRequest", message)


def list_points(call: Call) -> Reply:
    """Answer ``GET /restorePoints`` (page backuprestoreroot-list-restorepoints): at most five rows of one unit.

    Refuses with 400 ``InvalidSearchRequest`` without ``$expand`` or ``$filter`` or with wrong ones, 400
    ``InvalidProtectionUnitId``, 400 ``FilterLengthExceeded``.
    """
    expand = _EXPAND.fullmatch(call.query.get("expand", "").strip())
    if expand is None:
        raise _invalid("$expand=protectionUnit($filter=id eq '{protectionUnitId}') is required.")
    unit = _unit(call, expand[1])
    if unit is None:
        raise Refusal(400, "InvalidProtectionUnitId", f"Protection unit {expand[1]} was not found.")
    first, last, express = _bounds(call)
    order = _ORDER.fullmatch(call.query.get("orderby", "protectionDateTime desc").strip())
    if order is None:
        raise _invalid("$orderby supports protectionDateTime.")
    walk = newest_first if (order[1] or "asc").lower() == "desc" else oldest_first
    top = whole_number(call.query, "top")
    rows = _MOST_ROWS if top is None else min(top, _MOST_ROWS)
    found = [answers.point(point) for point in islice(walk(unit, call.now, first, last, express=express), rows)]
    context = f"{call.root}/$metadata#solutions/backupRestore/restorePoints(protectionUnit())"
    body: dict[str, Any] = {"@odata.context": context}
    if wants_count(call.query):
        body["@odata.count"] = len(found)
    return Reply(200, body | {"value": [selected(row, call.query.get("select")) for row in found]})


def _bounds(call: Call) -> tuple[float, float, bool]:
    """Read the filter of a list: earliest and latest moment in seconds since 1970, and whether only express."""
    terms = re.split(r"\s+and\s+", call.query.get("filter", "").strip(), flags=re.IGNORECASE)
    if len(terms) > call.service.settings.filter_terms:
        raise Refusal(400, "FilterLengthExceeded", "The filter holds too many comparisons.")
    first, last, express, timed = call.now - 2 * YEAR, call.now, False, False
    for term in terms:
        tag = _TAG_TERM.fullmatch(term)
        if tag is not None:
            express = tag[1].lower() == "fastrestore"
            continue
        match = _TIME_TERM.fullmatch(term)
        if match is None:
            raise _invalid("$filter on protectionDateTime is required.")
        timed = True
        moment = _moment(match[2])
        compare = match[1].lower()
        if compare in ("gt", "ge", "eq"):
            first = max(first, moment + (0.001 if compare == "gt" else 0.0))
        if compare in ("lt", "le", "eq"):
            last = min(last, moment - (0.001 if compare == "lt" else 0.0))
    if not timed:
        raise _invalid("$filter on protectionDateTime is required.")
    return first, last, express


def search(call: Call) -> Reply:
    """Answer ``POST /restorePoints/search`` (page restorepoint-search): one point for each unit, latest or oldest.

    With an ``artifactQuery`` it is about the items of one mailbox; a point without hits is no result.

    Refuses with 400 ``InvalidSearchRequest`` for wrong dates, preference, tags or number of units; 400
    ``InvalidProtectionUnitId`` for an id that is not a GUID, or (beta) not of the policy named.
    """
    body = call.json_object()
    ids = body.get("protectionUnitIds")
    if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
        raise _invalid("protectionUnitIds is required.")
    if len(ids) > _MOST_UNITS:
        raise _invalid(f"At most {_MOST_UNITS} protection units can be searched at a time.")
    query = None
    if body.get("artifactQuery") is not None:
        query = read_artifact_query(body["artifactQuery"], call.version == "beta")
        if len(set(ids)) != 1:
            raise _invalid("With an artifactQuery exactly one protection unit can be searched.")
    first, last = _period(body.get("protectionTimePeriod"))
    preference = body.get("restorePointPreference") or "latest"
    if preference not in ("latest", "oldest"):
        raise _invalid(f"Unknown restorePointPreference {preference!r}.")
    tags = body.get("tags") or "none"
    if tags not in ("none", "fastRestore"):
        raise _invalid(f"Unknown tags {tags!r}.")
    results: list[dict[str, Any]] = []
    missing: list[str] = []
    policy_id = body.get("policyId") if call.version == "beta" else None
    walk = newest_first if preference == "latest" else oldest_first
    search_id = guid("search", call.service.settings.seed, len(call.service.searches), call.now, *ids)
    for identifier in dict.fromkeys(ids):
        unit = _unit(call, identifier)
        if query is not None and unit is not None and unit.workload is not EXCHANGE:
            raise _invalid("An artifactQuery can be made of mailboxes only.")
        if policy_id is not None and (unit is None or unit.policy is None or unit.policy.id != policy_id):
            raise Refusal(400, "InvalidProtectionUnitId", f"{identifier} is not a unit of the policy.")
        point = None
        if unit is not None:
            point = next(walk(unit, call.now, first, last, express=tags == "fastRestore"), None)
        hits = count_hits(point, query) if point is not None and query is not None else None
        if point is None or hits == 0:
            missing.append(identifier)
            continue
        result: dict[str, Any] = {"restorePoint": answers.point(point)}
        if query is not None and hits is not None:
            result = {"artifactHitCount": hits} | result
            call.service.searches[search_id] = MailSearch(search_id, point, query, hits)
        results.append(result)
    answer = {
        "@odata.context": f"{call.root}/$metadata#microsoft.graph.restorePointSearchResponse",
        "searchResponseId": search_id,
        "searchResults": results,
        "noResultProtectionUnitIds": missing,
    }
    return Reply(200, answer)


def get_point(call: Call) -> Reply:
    """Answer ``GET /restorePoints/{id}``, with its unit for ``$expand=protectionUnit``; no page describes it.

    Refuses with 400 ``InvalidRestorePoint`` for an id that is no point's, 400 ``BadRequest`` for another ``$expand``.
    """
    shown = answers.point(_point(call))
    expand = call.query.get("expand", "").strip()
    if expand and expand.lower() != "protectionunit":
        raise bad_request(f"The $expand {expand!r} is not supported.")
    if not expand:
        del shown["protectionUnit"]
    return Reply(
        200, {"@odata.context": f"{call.root}/$metadata#solutions/backupRestore/restorePoints/$entity"} | shown
    )


def get_unit(call: Call) -> Reply:
    """Answer ``GET /restorePoints/{id}/protectionUnit``. Refuses as ``get_point``."""
    point = _point(call)
    context = f"{call.root}/$metadata#solutions/backupRestore/restorePoints('{point.id}')/protectionUnit/$entity"
    return Reply(200, {"@odata.context": context} | answers.unit(point.unit, call))


def _point(call: Call) -> Point:
    found = find_point(call.service.tenant, call.ids[0], call.now)
    if found is None:
        raise Refusal(400, "InvalidRestorePoint", f"The restore point {call.ids[0]} is invalid.")
    return found


def _period(period: object) -> tuple[float, float]:
    """Read a ``timePeriod``; one end may be left out."""
    if not isinstance(period, dict) or not (period.get("startDateTime") or period.get("endDateTime")):
        raise _invalid("protectionTimePeriod is required.")
    start, end = period.get("startDateTime"), period.get("endDateTime")
    first = _moment(start) if start else 0.0
    last = _moment(end) if end else float(1 << 40)
    if first > last:
        raise _invalid("protectionTimePeriod starts after its end.")
    return first, last


def _moment(value: object) -> float:
    try:
        return seconds_of(str(value))
    except (ValueError, OverflowError):
        raise _invalid(f"{value!r} is not a date and time.") from None


def _unit(call: Call, identifier: str) -> Unit | None:
    """Return the unit, or None for a well-formed id that no unit has."""
    if not is_guid(identifier):
        raise Refusal(400, "InvalidProtectionUnitId", f"{identifier!r} is not a protection unit ID.")
    return call.service.tenant.by_id.get(identifier.lower())


OPERATIONS = (
    Operation("GET", "restorePoints", list_points),
    Operation("POST", "restorePoints/search", search),
    Operation("GET", "restorePoints/{id}", get_point),
    Operation("GET", "restorePoints/{id}/protectionUnit", get_unit),
)
