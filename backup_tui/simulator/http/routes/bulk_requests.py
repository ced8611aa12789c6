"""Bulk addition requests of restore sessions: create, list, get, delete.

Pages ``exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests`` and their siblings.
"""

from collections.abc import Callable, Iterator

from backup_tui.simulator.domain.bulk import BulkRequest, read_bulk
from backup_tui.simulator.domain.drafting import check_type
from backup_tui.simulator.domain.identifiers import guid, is_guid
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.workloads import WORKLOADS, Workload
from backup_tui.simulator.http import restore_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation


def _collection(workload: Workload) -> str:
    return f"{workload.artifacts}BulkAdditionRequests"


def _body(call: Call, session: RestoreSession, request: BulkRequest) -> Reply:
    workload = session.workload
    context = f"{workload.sessions}('{session.id}')/{_collection(workload)}/$entity"
    metadata = f"{call.root}/$metadata#solutions/backupRestore/{context}"
    shown = {"@odata.context": metadata} | restore_answers.bulk_request(request, call)
    if call.method == "GET" and call.service.settings.page_forms:
        return Reply(200, {"@odata.context": metadata, "value": [shown]})
    return Reply(201 if call.method == "POST" else 200, shown)


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST``: one request for a draft that holds nothing else."""
    if not is_guid(call.ids[0]):
        raise Refusal(400, "InvalidBulkRestoreArtifactId", "The ID in the address is invalid.")
    session = call.service.draft(call.ids[0], workload)
    body = call.json_object()
    check_type(body, [f"{workload.artifacts}BulkAdditionRequest"])
    if session.bulk is not None:
        raise Refusal(400, "BulkRestoreInvalidCreateRequest", "The session has a bulk addition request already.")
    if session.artifacts:
        message = "Bulk addition and artifacts that were added one by one cannot be mixed in a session."
        raise Refusal(400, "BulkRestoreInvalidCreateRequest", message)
    request = read_bulk(body, workload, guid(session.id, "bulk", call.now), call.caller, call.now)
    session.bulk, session.job = request, "bulk"
    session.modified, session.modified_by = call.now, call.caller
    return _body(call, session, request)


def _list(call: Call, workload: Workload) -> Reply:
    """Answer the list, which leaves the names out on purpose."""
    session = call.service.session(call.ids[0], workload)
    requests = [] if session.bulk is None or session.bulk_deleted else [session.bulk]
    context = f"{workload.sessions}('{session.id}')/{_collection(workload)}"
    return page(
        call, requests, lambda _: 0, lambda each: restore_answers.bulk_request(each, call, listed=True), context
    )


def _found(call: Call, workload: Workload) -> tuple[RestoreSession, BulkRequest]:
    """Return the session and the request of the path."""
    session = call.service.session(call.ids[0], workload)
    if not is_guid(call.ids[1]):
        raise Refusal(400, "InvalidBulkRestoreArtifactId", "The ID of the bulk addition request is invalid.")
    request = None if session.bulk_deleted else session.bulk
    if request is None or request.id != call.ids[1].lower():
        message = f"The bulk addition request {call.ids[1]} was not found."
        raise Refusal(404, "BulkRestoreArtifactsNotFound", message)
    return session, request


def _get(call: Call, workload: Workload) -> Reply:
    return _body(call, *_found(call, workload))


def _delete(call: Call, workload: Workload) -> Reply:
    """Answer ``DELETE``; what the request added stays in the session."""
    session, request = _found(call, workload)
    status = request.status(call.now)
    if status == "active":
        message = f"The request is {status}; it can be deleted when it is completed or completedWithErrors."
        raise Refusal(403, "InvalidStateForBulkRequestDeletion", message)
    session.bulk_deleted = True
    return Reply(204)


def _for(function: Callable[[Call, Workload], Reply], workload: Workload) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    for workload in WORKLOADS:
        path = f"{workload.sessions}/{{id}}/{_collection(workload)}"
        yield Operation("GET", path, _for(_list, workload))
        yield Operation("POST", path, _for(_create, workload))
        yield Operation("GET", f"{path}/{{id}}", _for(_get, workload))
        yield Operation("DELETE", f"{path}/{{id}}", _for(_delete, workload))


OPERATIONS = tuple(_operations())
