"""Bulk addition requests of restore sessions: create, list, get, delete.

Pages ``exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests`` and their siblings.
"""

from functools import partial

from backup_tui.simulator.domain.bulk import BulkRequest, read_bulk
from backup_tui.simulator.domain.identifiers import guid, is_guid
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.restore_answers import bulk_request as shown
from backup_tui.simulator.http.router import operations


def _entity(call: Call, session: RestoreSession, request: BulkRequest) -> Reply:
    context = call.context(f"{_collection(session)}/$entity")
    if call.method == "GET" and call.service.settings.page_forms:
        return Reply(200, {"@odata.context": context, "value": [{"@odata.context": context} | shown(request, call)]})
    return call.entity(_collection(session), shown(request, call), 201 if call.method == "POST" else 200)


def _collection(session: RestoreSession) -> str:
    return f"{session.workload.sessions}('{session.id}')/{session.workload.bulk_requests}"


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST``: one request for a draft that holds nothing else."""
    if not is_guid(call.ids[0]):
        raise Refusal(400, "InvalidBulkRestoreArtifactId", "The ID in the address is invalid.")
    session = call.service.draft(call.ids[0], workload)
    body = call.json_object()
    check_type(body, workload.bulk_type)
    if session.bulk is not None:
        raise Refusal(400, "BulkRestoreInvalidCreateRequest", "The session has a bulk addition request already.")
    if session.artifacts:
        message = "Bulk addition and artifacts that were added one by one cannot be mixed in a session."
        raise Refusal(400, "BulkRestoreInvalidCreateRequest", message)
    request = read_bulk(body, workload, guid(session.id, "bulk", call.now), call.caller, call.now)
    session.bulk, session.job = request, "bulk"
    session.modified, session.modified_by = call.now, call.caller
    return _entity(call, session, request)


def _list(call: Call, workload: Workload) -> Reply:
    """Answer the list, which leaves the names out on purpose."""
    session = call.service.session(call.ids[0], workload)
    requests = [] if session.bulk is None or session.bulk_deleted else [session.bulk]
    return page(call, requests, partial(shown, listed=True), _collection(session), lambda _: 0)


def _found(call: Call, workload: Workload) -> tuple[RestoreSession, BulkRequest]:
    session = call.service.session(call.ids[0], workload)
    if not is_guid(call.ids[1]):
        raise Refusal(400, "InvalidBulkRestoreArtifactId", "The ID of the bulk addition request is invalid.")
    request = None if session.bulk_deleted else session.bulk
    if request is None or request.id != call.ids[1].lower():
        message = f"The bulk addition request {call.ids[1]} was not found."
        raise Refusal(404, "BulkRestoreArtifactsNotFound", message)
    return session, request


def _get(call: Call, workload: Workload) -> Reply:
    return _entity(call, *_found(call, workload))


def _delete(call: Call, workload: Workload) -> Reply:
    """Answer ``DELETE``; what the request added stays in the session."""
    session, request = _found(call, workload)
    if request.status(call.now) == "active":
        message = "The request is active; it can be deleted when it is completed or completedWithErrors."
        raise Refusal(403, "InvalidStateForBulkRequestDeletion", message)
    session.bulk_deleted = True
    return Reply(204)


OPERATIONS = operations(
    ("GET", "<sessions>/{id}/<bulk_requests>", _list),
    ("POST", "<sessions>/{id}/<bulk_requests>", _create),
    ("GET", "<sessions>/{id}/<bulk_requests>/{id}", _get),
    ("DELETE", "<sessions>/{id}/<bulk_requests>/{id}", _delete),
)
