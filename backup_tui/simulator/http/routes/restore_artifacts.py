"""What restore sessions hold: full and granular artifacts, and bulk addition requests.

The requests are those of the pages ``exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests`` and
their siblings.
"""

import re
from collections.abc import Callable
from functools import partial

from backup_tui.simulator.domain.artifacts import Artifact
from backup_tui.simulator.domain.bulk import BulkRequest, read_bulk
from backup_tui.simulator.domain.identifiers import guid, is_guid
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.workloads import EXCHANGE, Workload
from backup_tui.simulator.http import answers, restore_answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request, check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations

_EXPAND_UNIT = re.compile(r"restorePoint\(\s*\$?expand\s*=\s*protectionUnit\s*\)", re.IGNORECASE)

Shown = Callable[[Artifact, Call], Json]


def _with_unit(call: Call) -> bool:
    """Read ``$expand`` of an artifact list; the restore point comes without being asked for."""
    expand = call.query.get("expand", "").strip()
    if not expand or expand.lower() == "restorepoint":
        return False
    if _EXPAND_UNIT.fullmatch(expand) is not None and call.service.settings.expand_units:
        return True
    raise bad_request(f"The $expand {expand!r} is not supported.")


def _shown(call: Call, session: RestoreSession, granular: bool) -> Shown:
    """Return how one artifact of a session is shown."""
    if not granular:
        return partial(answers.artifact, with_unit=_with_unit(call))
    if session.workload is EXCHANGE:
        return restore_answers.mail_artifact
    return partial(restore_answers.file_artifact, session=session)


def _found(call: Call, workload: Workload, granular: bool) -> tuple[RestoreSession, list[Artifact], str]:
    """Return the session of the path, its artifacts of one kind, and their collection."""
    session = call.service.session(call.ids[0], workload)
    artifacts = [each for each in session.shown_artifacts(call.now) if (each.part is not None) is granular]
    collection = workload.granular_artifacts if granular else workload.artifacts
    return session, artifacts, f"{workload.sessions}('{session.id}')/{collection}"


def _one(call: Call, artifacts: list[Artifact]) -> Artifact:
    """Return the artifact that a path names; no page documents a code for an unknown one."""
    found = next((each for each in artifacts if each.id == call.ids[1].lower()), None)
    if found is None:
        raise Refusal(404, "ArtifactNotFound", f"Restore artifact {call.ids[1]} was not found.")
    return found


def _list(call: Call, workload: Workload, *, granular: bool = False) -> Reply:
    session, artifacts, collection = _found(call, workload, granular)
    return page(call, artifacts, _shown(call, session, granular), collection, plain=granular)


def _get(call: Call, workload: Workload, *, granular: bool = False) -> Reply:
    session, artifacts, collection = _found(call, workload, granular)
    return call.entity(collection, _shown(call, session, granular)(_one(call, artifacts), call))


def _point(call: Call, workload: Workload, *, granular: bool = False) -> Reply:
    """Answer the restore point of one artifact, which is in the artifact too; the SDKs ask for it alone."""
    _, artifacts, collection = _found(call, workload, granular)
    found = _one(call, artifacts)
    return call.entity(f"{collection}('{found.id}')/restorePoint", answers.artifact(found, call)["restorePoint"])


def _entity(call: Call, session: RestoreSession, request: BulkRequest) -> Reply:
    context, shown = call.context(f"{_collection(session)}/$entity"), restore_answers.bulk_request(request, call)
    if call.method == "GET" and call.service.settings.page_forms:
        return Reply(200, {"@odata.context": context, "value": [{"@odata.context": context} | shown]})
    return call.entity(_collection(session), shown, 201 if call.method == "POST" else 200)


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


def _list_request(call: Call, workload: Workload) -> Reply:
    """Answer the list, which leaves the names out on purpose."""
    session = call.service.session(call.ids[0], workload)
    requests = [] if session.bulk is None or session.bulk_deleted else [session.bulk]
    return page(call, requests, partial(restore_answers.bulk_request, listed=True), _collection(session), lambda _: 0)


def _found_request(call: Call, workload: Workload) -> tuple[RestoreSession, BulkRequest]:
    session = call.service.session(call.ids[0], workload)
    if not is_guid(call.ids[1]):
        raise Refusal(400, "InvalidBulkRestoreArtifactId", "The ID of the bulk addition request is invalid.")
    request = None if session.bulk_deleted else session.bulk
    if request is None or request.id != call.ids[1].lower():
        message = f"The bulk addition request {call.ids[1]} was not found."
        raise Refusal(404, "BulkRestoreArtifactsNotFound", message)
    return session, request


def _get_request(call: Call, workload: Workload) -> Reply:
    return _entity(call, *_found_request(call, workload))


def _delete(call: Call, workload: Workload) -> Reply:
    """Answer ``DELETE``; what the request added stays in the session."""
    session, request = _found_request(call, workload)
    if request.status(call.now) == "active":
        message = "The request is active; it can be deleted when it is completed or completedWithErrors."
        raise Refusal(403, "InvalidStateForBulkRequestDeletion", message)
    session.bulk_deleted = True
    return Reply(204)


OPERATIONS = operations(
    ("GET", "<sessions>/{id}/<artifacts>", _list),
    ("GET", "<sessions>/{id}/<artifacts>/{id}", _get),
    ("GET", "<sessions>/{id}/<artifacts>/{id}/restorePoint", _point),
    ("GET", "<sessions>/{id}/<granular_artifacts>", partial(_list, granular=True)),
    ("GET", "<sessions>/{id}/<granular_artifacts>/{id}", partial(_get, granular=True)),
    ("GET", "<sessions>/{id}/<bulk_requests>", _list_request),
    ("POST", "<sessions>/{id}/<bulk_requests>", _create),
    ("GET", "<sessions>/{id}/<bulk_requests>/{id}", _get_request),
    ("DELETE", "<sessions>/{id}/<bulk_requests>/{id}", _delete),
) + operations(  # files say nothing of their restore point
    ("GET", "<sessions>/{id}/<granular_artifacts>/{id}/restorePoint", partial(_point, granular=True)),
    workloads=(EXCHANGE,),
)
