"""Restore points: list those of a unit, search for up to 20 units at once, and get one by its id, as the SDKs do."""

import re
from itertools import islice

from backup_tui.simulator.domain import points
from backup_tui.simulator.domain.identifiers import guid, is_guid
from backup_tui.simulator.domain.points import YEAR, Point
from backup_tui.simulator.domain.searches import MailSearch, count_hits
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import EXCHANGE
from backup_tui.simulator.grammar.mail_query import read_artifact_query
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request, coded
from backup_tui.simulator.http.odata import selected, wants_count, whole_number
from backup_tui.simulator.http.router import operations

_MOST_UNITS = 20
_MOST_ROWS = 5
_EXPAND = re.compile(r"protectionUnit\(\s*\$?filter\s*=\s*id\s+eq\s+'([^']*)'\s*\)", re.IGNORECASE)
_TIME_TERM = re.compile(r"protectionDateTime\s+(lt|le|gt|ge|eq)\s+'?([^\s']+)'?", re.IGNORECASE)
_TAG_TERM = re.compile(r"tags\s+(?:eq|has)\s+(?:microsoft\.graph\.restorePointTags)?'(\w+)'", re.IGNORECASE)
_ORDER = re.compile(r"protectionDateTime(?:\s+(asc|desc))?", re.IGNORECASE)

_invalid = coded("InvalidSearchRequest")


def _list(call: Call) -> Reply:
    """Answer at most five rows of one unit (page backuprestoreroot-list-restorepoints)."""
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
    walk = points.newest_first if (order[1] or "asc").lower() == "desc" else points.oldest_first
    top = whole_number(call.query, "top")
    rows = _MOST_ROWS if top is None else min(top, _MOST_ROWS)
    found = [answers.point(point) for point in islice(walk(unit, call.now, first, last, express=express), rows)]
    body: Json = {"@odata.context": call.context("restorePoints(protectionUnit())")}
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
        moment = points.read_moment(match[2], _invalid)
        compare = match[1].lower()
        if compare in ("gt", "ge", "eq"):
            first = max(first, moment + (0.001 if compare == "gt" else 0.0))
        if compare in ("lt", "le", "eq"):
            last = min(last, moment - (0.001 if compare == "lt" else 0.0))
    if not timed:
        raise _invalid("$filter on protectionDateTime is required.")
    return first, last, express


def _search(call: Call) -> Reply:
    """Answer ``POST /restorePoints/search`` (page restorepoint-search): one point for each unit, latest or oldest.

    With an ``artifactQuery`` it is about the items of one mailbox; a point without hits is not a result.
    """
    body = call.json_object()
    ids = body.get("protectionUnitIds")
    if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
        raise _invalid("protectionUnitIds is required.")
    if len(ids) > _MOST_UNITS:
        raise _invalid(f"At most {_MOST_UNITS} protection units can be searched at a time.")
    query = None
    if body.get("artifactQuery") is not None:
        query = read_artifact_query(body["artifactQuery"], call.beta)
        if len(set(ids)) != 1:
            raise _invalid("With an artifactQuery exactly one protection unit can be searched.")
    first, last = points.read_period(body.get("protectionTimePeriod"), _invalid)
    preference = body.get("restorePointPreference") or "latest"
    if preference not in ("latest", "oldest"):
        raise _invalid(f"Unknown restorePointPreference {preference!r}.")
    tags = body.get("tags") or "none"
    if tags not in ("none", "fastRestore"):
        raise _invalid(f"Unknown tags {tags!r}.")
    results: list[Json] = []
    missing: list[str] = []
    policy_id = body.get("policyId") if call.beta else None
    walk = points.newest_first if preference == "latest" else points.oldest_first
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
        result: Json = {"restorePoint": answers.point(point)}
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


def _get(call: Call) -> Reply:
    """Answer one point, with its unit for ``$expand=protectionUnit``; no page describes it."""
    shown = answers.point(_point(call))
    expand = call.query.get("expand", "").strip()
    if expand and expand.lower() != "protectionunit":
        raise bad_request(f"The $expand {expand!r} is not supported.")
    if not expand:
        del shown["protectionUnit"]
    return call.entity("restorePoints", shown)


def _get_unit(call: Call) -> Reply:
    point = _point(call)
    return call.entity(f"restorePoints('{point.id}')/protectionUnit", answers.unit(point.unit, call))


def _point(call: Call) -> Point:
    found = points.find_point(call.service.tenant, call.ids[0], call.now)
    if found is None:
        raise Refusal(400, "InvalidRestorePoint", f"The restore point {call.ids[0]} is invalid.")
    return found


def _unit(call: Call, identifier: str) -> Unit | None:
    """Return the unit, or None for a well-formed id that no unit has."""
    if not is_guid(identifier):
        raise Refusal(400, "InvalidProtectionUnitId", f"{identifier!r} is not a protection unit ID.")
    return call.service.tenant.by_id.get(identifier.lower())


OPERATIONS = operations(
    ("GET", "restorePoints", _list),
    ("POST", "restorePoints/search", _search),
    ("GET", "restorePoints/{id}", _get),
    ("GET", "restorePoints/{id}/protectionUnit", _get_unit),
)
