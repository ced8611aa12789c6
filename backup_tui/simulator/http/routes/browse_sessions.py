"""Browse sessions of drives and sites: create, list, get, and browse page by page.

Pages ``backuprestoreroot-post-sharepointbrowsesessions``, ``sharepointbrowsesession-browse`` and their siblings.
"""

from urllib.parse import quote

from backup_tui.simulator.domain import browsing
from backup_tui.simulator.domain.browsing import BrowseQuery, BrowseSession
from backup_tui.simulator.domain.workloads import ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.http import restore_answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import bad_request, check_members, check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations

_MEMBERS = frozenset(
    {
        "restorePointId", "id", "status", "error", "restorePointDateTime", "createdDateTime", "expirationDateTime",
        "backupSizeInBytes", "siteId", "directoryObjectId",
    }
)  # fmt: skip


def _collection(workload: Workload | None) -> str:
    return "browseSessions" if workload is None else workload.browse_sessions


def _create(call: Call, workload: Workload) -> Reply:
    body = call.json_object()
    check_type(body, workload.browse_type)
    check_members(body, _MEMBERS, f"a property of {workload.browse_type}")
    odd_keys = call.service.settings.odd_item_keys
    session = call.service.browse_sessions.create(body.get("restorePointId"), workload, call.now, odd_keys=odd_keys)
    return call.entity(workload.browse_sessions, restore_answers.browse_session(session, call), 201)


def _list(call: Call, workload: Workload | None = None) -> Reply:
    """Answer the sessions that have not expired, newest first."""
    sessions = [
        each for each in call.service.browse_sessions.listed(call.now) if workload is None or each.workload is workload
    ]
    shown = restore_answers.browse_session
    return page(call, sessions, shown, _collection(workload), lambda each: -round(each.created * 1000))


def _get(call: Call, workload: Workload | None = None) -> Reply:
    session = call.service.browse_sessions.get(call.ids[0], workload, call.now)
    return call.entity(_collection(workload), restore_answers.browse_session(session, call))


def _first_page(call: Call, workload: Workload | None = None) -> Reply:
    """Answer ``POST {id}/browse``; without a body, or with ``{}``, it is about the top locations."""
    session = _browsable(call, workload)
    return _page(call, session, browsing.read_query(call.json_object(), session))


def _later_page(call: Call, workload: Workload | None = None) -> Reply:
    session = _browsable(call, workload)
    token = call.query.get("skiptoken")
    if token is None:
        raise bad_request("GET needs a $skiptoken; the first page is read with POST.")
    return _page(call, session, browsing.read_token(token))


def _function(call: Call, workload: Workload | None = None) -> Reply:
    session = _browsable(call, workload)
    return _page(call, session, browsing.read_token(call.ids[1]) if call.ids[1] else BrowseQuery())


def _browsable(call: Call, workload: Workload | None) -> BrowseSession:
    return call.service.browse_sessions.browsable(call.ids[0], workload, call.now)


def _page(call: Call, session: BrowseSession, query: BrowseQuery) -> Reply:
    rows, more = browsing.rows_of(session, query)
    body: Json = {
        "@odata.context": f"{call.root}/$metadata#Collection(microsoft.graph.browseQueryResponseItem)",
        "@odata.count": len(rows),
        "value": [restore_answers.browsed_item(node, call) for node in rows],
    }
    if more is not None:
        path = call.path if call.path.lower().endswith("/browse") else call.path.rpartition("/")[0] + "/browse"
        body["@odata.nextLink"] = f"{call.origin}{quote(path, safe='/()')}?$skiptoken={browsing.write_token(more)}"
    return Reply(200, body)


OPERATIONS = operations(
    ("GET", "browseSessions", _list),
    ("GET", "browseSessions/{id}", _get),
    ("POST", "browseSessions/{id}/browse", _first_page),
    ("GET", "browseSessions/{id}/browse", _later_page),
    ("GET", "browseSessions/{id}/browse(nextFetchToken='{id}')", _function),
    ("GET", "<browse_sessions>", _list),
    ("POST", "<browse_sessions>", _create),
    ("GET", "<browse_sessions>/{id}", _get),
    ("POST", "<browse_sessions>/{id}/browse", _first_page),
    ("GET", "<browse_sessions>/{id}/browse", _later_page),
    ("GET", "<browse_sessions>/{id}/browse(nextFetchToken='{id}')", _function),
    workloads=(ONEDRIVE, SHAREPOINT),
)
