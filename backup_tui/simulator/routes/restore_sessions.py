"""Restore sessions: list, get, create, change, delete, activate, and the artifacts of one."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from backup_tui.simulator import answers
from backup_tui.simulator.call import Call, Reply
from backup_tui.simulator.drafting import BASE_MEMBERS, apply_changes, check_type, read_additions, read_changes
from backup_tui.simulator.errors import Refusal, bad_request
from backup_tui.simulator.paging import page
from backup_tui.simulator.router import Handler, Operation
from backup_tui.simulator.sessions import Artifact, RestoreSession
from backup_tui.simulator.workloads import WORKLOADS, Workload

_EXPAND_UNIT = re.compile(r"restorePoint\(\s*\$?expand\s*=\s*protectionUnit\s*\)", re.IGNORECASE)


def _entity(call: Call, session: RestoreSession, collection: str) -> dict[str, Any]:
    context = f"{call.root}/$metadata#solutions/backupRestore/{collection}/$entity"
    return {"@odata.context": context} | answers.session(session, call)


def _list(call: Call, workload: Workload | None) -> Reply:
    """Answer a list of sessions, newest first."""
    sessions = [each for each in call.service.listed_sessions() if workload in (None, each.workload)]
    collection = "restoreSessions" if workload is None else workload.sessions
    return page(call, sessions, lambda each: -each.seq, lambda each: answers.session(each, call), collection)


def _get(call: Call, workload: Workload | None) -> Reply:
    session = call.service.session(call.ids[0], workload)
    return Reply(200, _entity(call, session, "restoreSessions" if workload is None else workload.sessions))


def delete(call: Call) -> Reply:
    """Answer ``DELETE /restoreSessions/{id}``."""
    call.service.delete_session(call.ids[0])
    return Reply(204)


def activate(call: Call) -> Reply:
    """Answer ``POST /restoreSessions/{id}/activate``; a body is not looked at."""
    session = call.service.activate_session(call.ids[0], call.caller)
    body = _entity(call, session, "restoreSessions")
    if call.service.settings.page_forms and call.version == "beta":
        return Reply(200, {"value": body | {"@odata.type": "#microsoft.graph.restoreSessionBase"}})
    return Reply(200, body)


def update_base(call: Call) -> Reply:
    """Answer ``PATCH /restoreSessions/{id}``: every member is taken, none is changed."""
    session = call.service.draft(call.ids[0])
    body = call.json_object()
    check_type(body, ["restoreSessionBase", session.workload.session_type])
    unknown = [name for name in body if not name.startswith("@") and name not in BASE_MEMBERS]
    if unknown or not body:
        raise Refusal(400, "InvalidPatchRequest", f"Not a property of restoreSessionBase: {', '.join(unknown)}.")
    answer = _entity(call, session, "restoreSessions")
    if call.service.settings.page_forms and call.version == "beta":
        answer["@odata.type"] = "#microsoft.graph.restoreSessionBase"
    return Reply(200, answer)


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST /{typed}RestoreSessions``; without artifacts it makes an empty draft."""
    body = call.json_object()
    check_type(body, [workload.session_type])
    _refuse_granular(body, workload)
    unknown = set(body) - BASE_MEMBERS - {workload.artifacts, "policyId"}
    if any(not name.startswith("@") for name in unknown):
        raise bad_request(f"Not a property of {workload.session_type}: {', '.join(sorted(unknown))}.")
    additions = []
    if workload.artifacts in body:
        tenant = call.service.tenant
        additions = read_additions(body[workload.artifacts], workload, tenant, call.now, 413)
    session = call.service.create_session(workload, call.caller, call.now)
    for addition in additions:
        point = addition.point
        session.add(point.unit, point.moment, point.express, addition.destination, call.now)
    return Reply(201, _entity(call, session, workload.sessions))


def _update(call: Call, workload: Workload) -> Reply:
    """Answer ``PATCH /{typed}RestoreSessions/{id}``: entries that fail are in the answer, its status stays 200."""
    session = call.service.draft(call.ids[0], workload)
    body = call.json_object()
    check_type(body, [workload.session_type])
    _refuse_granular(body, workload)
    delta = f"{workload.artifacts}@delta"
    unknown = [name for name in body if name not in (delta, workload.artifacts, "@odata.type", "@odata.context")]
    unknown = [name for name in unknown if name not in BASE_MEMBERS]
    if unknown or not (delta in body or workload.artifacts in body):
        message = f"The request changes nothing, or something unknown: {', '.join(unknown) or 'it has no delta'}."
        raise Refusal(400, "InvalidPatchRequest", message)
    # Property tables name the plain collection, every example the delta.
    items = body[delta] if delta in body else body[workload.artifacts]
    changes = read_changes(items, workload, call.service.tenant, call.now)
    answer = apply_changes(session, changes, call.now)
    session.modified, session.modified_by = call.now, call.caller
    context = f"{call.root}/$metadata#solutions/backupRestore/{workload.sessions}/$entity"
    return Reply(200, {"@odata.context": context, delta: answer})


def _refuse_granular(body: dict[str, Any], workload: Workload) -> None:
    granular = {workload.granular_artifacts, f"{workload.granular_artifacts}@delta"}
    if granular & set(body):
        raise Refusal(400, "InvalidArtifactRequest", "Granular restore artifacts are not supported here.")


def _with_unit(call: Call) -> bool:
    """Read ``$expand`` of an artifact list; the restore point comes without being asked for."""
    expand = call.query.get("expand", "").strip()
    if not expand or expand.lower() == "restorepoint":
        return False
    if _EXPAND_UNIT.fullmatch(expand) is not None and call.service.settings.expand_units:
        return True
    raise bad_request(f"The $expand {expand!r} is not supported.")


def _artifacts(call: Call, workload: Workload) -> Reply:
    session = call.service.session(call.ids[0], workload)
    with_unit = _with_unit(call)

    def shown(artifact: Artifact) -> dict[str, Any]:
        return answers.artifact(artifact, call, with_unit=with_unit)

    context = f"{workload.sessions}('{session.id}')/{workload.artifacts}"
    return page(call, session.artifacts, lambda artifact: artifact.seq, shown, context)


def _artifact(call: Call, workload: Workload) -> Reply:
    """Answer one artifact; no page documents a code for an unknown one."""
    session = call.service.session(call.ids[0], workload)
    found = next((each for each in session.artifacts if each.id == call.ids[1].lower()), None)
    if found is None:
        raise Refusal(404, "ArtifactNotFound", f"Restore artifact {call.ids[1]} was not found.")
    context = f"{call.root}/$metadata#solutions/backupRestore/{workload.sessions}('{session.id}')/{workload.artifacts}"
    shown = answers.artifact(found, call, with_unit=_with_unit(call))
    return Reply(200, {"@odata.context": f"{context}/$entity"} | shown)


def _for(function: Callable[[Call, Workload], Reply], workload: Workload) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    yield Operation("GET", "restoreSessions", lambda call: _list(call, None))
    yield Operation("GET", "restoreSessions/{id}", lambda call: _get(call, None))
    yield Operation("PATCH", "restoreSessions/{id}", update_base)
    yield Operation("DELETE", "restoreSessions/{id}", delete)
    yield Operation("POST", "restoreSessions/{id}/activate", activate)
    for workload in WORKLOADS:
        one = f"{workload.sessions}/{{id}}"
        yield Operation("GET", workload.sessions, _for(_list, workload))
        yield Operation("POST", workload.sessions, _for(_create, workload))
        yield Operation("GET", one, _for(_get, workload))
        yield Operation("PATCH", one, _for(_update, workload))
        yield Operation("GET", f"{one}/{workload.artifacts}", _for(_artifacts, workload))
        yield Operation("GET", f"{one}/{workload.artifacts}/{{id}}", _for(_artifact, workload))


OPERATIONS = tuple(_operations())
