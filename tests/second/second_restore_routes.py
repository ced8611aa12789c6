"""What answers requests about restore points, restore sessions and browse sessions."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from second_call import Call, Handler, done, paged
from second_tenant import Kind, Refused
from starlette.responses import JSONResponse, Response

UNIT_IN_EXPAND = re.compile(r"protectionUnit\(\$filter=id eq '([^']+)'\)")
MOMENT = re.compile(r"protectionDateTime (lt|le|gt|ge) ([0-9T:.Z+-]+)")


def list_points(call: Call) -> Response:
    """At most five points of the unit that the expansion names."""
    unit = UNIT_IN_EXPAND.search(call.request.query_params.get("$expand", ""))
    bounds = MOMENT.findall(call.request.query_params.get("$filter", ""))
    if unit is None or not bounds:
        raise Refused(400, "InvalidSearchRequest")
    period = {"endDateTime" if order.startswith("l") else "startDateTime": moment for order, moment in bounds}
    body = {"protectionUnitIds": [unit[1]], "protectionTimePeriod": period}
    found = call.service.restores.search(body)["searchResults"]
    return JSONResponse({"value": [each["restorePoint"] for each in found]})


def search(call: Call) -> Response:
    return JSONResponse(call.service.restores.search(call.body))


def list_sessions(call: Call, kind: Kind | None = None) -> Response:
    restores = call.service.restores
    newest = sorted(restores.sessions.values(), key=lambda session: -session.created)
    return paged(call, [restores.session_out(each, late=call.late) for each in newest if kind in (None, each.kind)])


def create_session(call: Call, kind: Kind) -> Response:
    restores = call.service.restores
    return JSONResponse(restores.session_out(restores.create(kind, call.body), late=call.late), 201)


def show_session(call: Call, kind: Kind | None = None) -> Response:
    restores = call.service.restores
    return JSONResponse(restores.session_out(restores.session(call.ids[0], kind), late=call.late))


def update_session(call: Call, kind: Kind) -> Response:
    restores = call.service.restores
    return JSONResponse(restores.update(restores.draft(call.ids[0], kind), call.body))


def delete_session(call: Call) -> Response:
    restores = call.service.restores
    del restores.sessions[restores.draft(call.ids[0]).id]
    return done()


def activate_session(call: Call) -> Response:
    restores = call.service.restores
    session = restores.draft(call.ids[0])
    restores.activate(session)
    return JSONResponse(restores.session_out(session, late=call.late))


def list_artifacts(call: Call, kind: Kind, *, granular: bool) -> Response:
    restores = call.service.restores
    session = restores.session(call.ids[0], kind)
    found = session.artifacts.values() if session.granular is granular else ()
    return paged(call, [restores.artifact_out(each) for each in found])


def list_browses(call: Call, kind: Kind | None = None) -> Response:
    browsing = call.service.browsing
    newest = sorted(browsing.sessions.values(), key=lambda each: -each.created)
    return paged(call, [browsing.shown(each) for each in newest if kind in (None, each.unit.kind)])


def open_browse(call: Call, kind: Kind) -> Response:
    browsing = call.service.browsing
    return JSONResponse(browsing.shown(browsing.create(kind, call.body)), 201)


def show_browse(call: Call) -> Response:
    return JSONResponse(call.service.browsing.shown(call.service.browsing.session(call.ids[0])))


def browse(call: Call) -> Response:
    return _rows(call, *call.service.browsing.first_page(call.ids[0], call.body or {}))


def browse_on(call: Call) -> Response:
    token = call.request.query_params.get("$skiptoken", "")
    return _rows(call, *call.service.browsing.later_page(call.ids[0], token))


def _rows(call: Call, rows: list[dict[str, Any]], more: str) -> Response:
    answer: dict[str, Any] = {"@odata.count": len(rows), "value": rows}
    if more:
        answer["@odata.nextLink"] = str(call.request.url.include_query_params(**{"$skiptoken": more}))
    return JSONResponse(answer)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/restorePoints", list_points),
    ("POST", "/restorePoints/search", search),
    ("GET", "/restoreSessions", list_sessions),
    ("GET", "/restoreSessions/{}", show_session),
    ("DELETE", "/restoreSessions/{}", delete_session),
    ("POST", "/restoreSessions/{}/activate", activate_session),
    ("GET", "/browseSessions", list_browses),
    ("GET", "/[a-zA-Z]*browseSessions/{}", show_browse),
    ("POST", "/[a-zA-Z]*browseSessions/{}/browse", browse),
    ("GET", "/[a-zA-Z]*browseSessions/{}/browse", browse_on),
)
OF_EACH_KIND: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/<prefix>RestoreSessions", create_session),
    ("GET", "/<prefix>RestoreSessions", list_sessions),
    ("GET", "/<prefix>RestoreSessions/{}", show_session),
    ("PATCH", "/<prefix>RestoreSessions/{}", update_session),
    ("GET", "/<prefix>RestoreSessions/{}/<unit>RestoreArtifacts", partial(list_artifacts, granular=False)),
    ("GET", "/<prefix>RestoreSessions/{}/granular<unit>RestoreArtifacts", partial(list_artifacts, granular=True)),
    ("GET", "/<prefix>BrowseSessions", list_browses),
    ("POST", "/<prefix>BrowseSessions", open_browse),
)
"""The same of each of the three services: names in angle brackets are its own."""
