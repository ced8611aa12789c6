"""Browse sessions of drives and sites: create, list, get, and browse page by page.

Pages ``backuprestoreroot-post-sharepointbrowsesessions``, ``sharepointbrowsesession-browse`` and their siblings.
"""

from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote

from backup_tui.simulator.domain.browsing import (
    BrowseQuery,
    BrowseSession,
    read_query,
    read_token,
    rows_of,
    write_token,
)
from backup_tui.simulator.domain.drafting import check_type
from backup_tui.simulator.domain.workloads import ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.http import restore_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import bad_request
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation

_READ_ONLY = frozenset(
    {
        "id", "status", "error", "restorePointDateTime", "createdDateTime", "expirationDateTime", "backupSizeInBytes",
        "siteId", "directoryObjectId",
    }
)  # fmt: skip


def _collection(workload: Workload | None) -> str:
    return "browseSessions" if workload is None else f"{workload.prefix}BrowseSessions"


def _entity(call: Call, status: int, session: BrowseSession, workload: Workload | None) -> Reply:
    metadata = f"{call.root}/$metadata#solutions/backupRestore/{_collection(workload)}/$entity"
    return Reply(status, {"@odata.context": metadata} | restore_answers.browse_session(session, call))


def _create(call: Call, workload: Workload) -> Reply:
    body = call.json_object()
    check_type(body, [f"{workload.prefix}BrowseSession"])
    unknown = [name for name in set(body) - _READ_ONLY - {"restorePointId"} if not name.startswith("@")]
    if unknown:
        raise bad_request(f"Not a property of {workload.prefix}BrowseSession: {', '.join(sorted(unknown))}.")
    session = call.service.browse_sessions.create(body.get("restorePointId"), workload, call.now)
    return _entity(call, 201, session, workload)


def _list(call: Call, workload: Workload | None) -> Reply:
    """Answer the sessions that have not expired, newest first."""
    sessions = [
        each for each in call.service.browse_sessions.listed(call.now) if workload is None or each.workload is workload
    ]
    places = {each.id: -round(each.created * 1000) for each in sessions}
    return page(
        call,
        sessions,
        lambda each: places[each.id],
        lambda each: restore_answers.browse_session(each, call),
        _collection(workload),
    )


def _get(call: Call, workload: Workload | None) -> Reply:
    return _entity(call, 200, call.service.browse_sessions.get(call.ids[0], workload, call.now), workload)


def _first_page(call: Call, workload: Workload | None) -> Reply:
    """Answer ``POST {id}/browse``; without a body, or with ``{}``, it is about the top locations."""
    session = call.service.browse_sessions.browsable(call.ids[0], workload, call.now)
    return _page(call, session, read_query(call.json_object(), session))


def _later_page(call: Call, workload: Workload | None) -> Reply:
    """Answer ``GET {id}/browse?$skiptoken=``."""
    session = call.service.browse_sessions.browsable(call.ids[0], workload, call.now)
    token = call.query.get("skiptoken")
    if token is None:
        raise bad_request("GET needs a $skiptoken; the first page is read with POST.")
    return _page(call, session, read_token(token))


def _function(call: Call, workload: Workload | None) -> Reply:
    """Answer ``GET {id}/browse(nextFetchToken='..')``."""
    session = call.service.browse_sessions.browsable(call.ids[0], workload, call.now)
    return _page(call, session, read_token(call.ids[1]) if call.ids[1] else BrowseQuery())


def _page(call: Call, session: BrowseSession, query: BrowseQuery) -> Reply:
    rows, more = rows_of(session, query)
    body = {
        "@odata.context": f"{call.root}/$metadata#Collection(microsoft.graph.browseQueryResponseItem)",
        "@odata.count": len(rows),
        "value": [restore_answers.browsed_item(node, call) for node in rows],
    }
    if more is not None:
        path = call.path if call.path.lower().endswith("/browse") else call.path.rpartition("/")[0] + "/browse"
        body["@odata.nextLink"] = f"{call.origin}{quote(path, safe='/()')}?$skiptoken={write_token(more)}"
    return Reply(200, body)


def _for(function: Callable[[Call, Workload | None], Reply], workload: Workload | None) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    for workload in (None, ONEDRIVE, SHAREPOINT):
        path = _collection(workload)
        yield Operation("GET", path, _for(_list, workload))
        yield Operation("GET", f"{path}/{{id}}", _for(_get, workload))
        yield Operation("POST", f"{path}/{{id}}/browse", _for(_first_page, workload))
        yield Operation("GET", f"{path}/{{id}}/browse", _for(_later_page, workload))
        yield Operation("GET", f"{path}/{{id}}/browse(nextFetchToken='{{id}}')", _for(_function, workload))
    for each in (ONEDRIVE, SHAREPOINT):
        yield Operation("POST", _collection(each), partial(_create, workload=each))


OPERATIONS = tuple(_operations())
