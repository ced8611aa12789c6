"""Restore sessions: list, get, create, change, delete, activate."""

from collections.abc import Callable, Iterator
from typing import Any

from backup_tui.simulator.domain.drafting import (
    BASE_MEMBERS,
    Addition,
    Reader,
    add_to,
    added_artifact,
    apply_changes,
    check_kind,
    check_policy,
    check_type,
    full_reader,
    read_additions,
    read_changes,
)
from backup_tui.simulator.domain.granular import file_reader, mail_reader
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.workloads import EXCHANGE, SHAREPOINT, WORKLOADS, Workload
from backup_tui.simulator.http import answers, restore_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation


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
    return Reply(200, _entity(call, session, "restoreSessions"))


def update_base(call: Call) -> Reply:
    """Answer ``PATCH /restoreSessions/{id}``: every member is taken, none is changed."""
    session = call.service.draft(call.ids[0])
    body = call.json_object()
    check_type(body, ["restoreSessionBase", session.workload.session_type])
    unknown = [name for name in body if not name.startswith("@") and name not in BASE_MEMBERS]
    if unknown or not body:
        raise Refusal(400, "InvalidPatchRequest", f"Not a property of restoreSessionBase: {', '.join(unknown)}.")
    return Reply(200, _entity(call, session, "restoreSessions"))


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST /{typed}RestoreSessions``; without artifacts it makes an empty draft."""
    body = call.json_object()
    check_type(body, [workload.session_type])
    beta = call.version == "beta"
    granular = workload.granular_artifacts in body
    known = {workload.artifacts, workload.granular_artifacts, *(["policyId"] if beta else [])}
    unknown = [name for name in set(body) - BASE_MEMBERS - known if not name.startswith("@")]
    if unknown:
        raise bad_request(f"Not a property of {workload.session_type}: {', '.join(sorted(unknown))}.")
    if granular and workload.artifacts in body:
        raise Refusal(400, "InvalidArtifactRequest", "Granular and full restore artifacts cannot be mixed.")
    policy_id = _policy_id(call, body.get("policyId"), workload)
    additions: list[Addition] = []
    if granular:
        reader = _granular_reader(call, workload, patch=False)
        additions = read_additions(body[workload.granular_artifacts], reader, 413)
    elif workload.artifacts in body:
        reader = full_reader(workload, call.service.tenant, call.now)
        additions = read_additions(body[workload.artifacts], reader, 413)
    check_policy(additions, policy_id)
    session = call.service.create_session(workload, call.caller, call.now)
    session.policy_id = policy_id
    session.job = "granular" if granular else "standard"
    made = [add_to(session, addition, call.now) for addition in additions]
    answer = _entity(call, session, workload.sessions)
    if granular and workload is EXCHANGE:
        # The only artifacts that are echoed, in one example of one page, which names the property in the singular.
        name = workload.granular_artifacts.removesuffix("s" if call.service.settings.page_forms else "")
        answer[name] = [restore_answers.mail_artifact(artifact, call) for artifact in made]
    return Reply(201, answer)


def _policy_id(call: Call, given: object, workload: Workload) -> str | None:
    """Read the policy whose units alone a session takes (beta)."""
    if given is None:
        return None
    return call.service.policy(given if isinstance(given, str) else "", workload).id


def _granular_reader(call: Call, workload: Workload, *, patch: bool) -> Reader:
    if workload is EXCHANGE:
        return mail_reader(call.service, call.now)
    return file_reader(call.service, workload, call.now, patch=patch, beta=call.version == "beta")


def _update(call: Call, workload: Workload) -> Reply:
    """Answer ``PATCH /{typed}RestoreSessions/{id}``: entries that fail are in the answer, its status stays 200."""
    session = call.service.draft(call.ids[0], workload)
    body = call.json_object()
    check_type(body, [workload.session_type])
    if session.bulk is not None:
        message = "A session that uses bulk addition cannot be changed."
        raise Refusal(400, "InvalidPatchRequest", message)
    name = _changed(body, workload)
    granular = name.startswith("granular")
    if granular:
        reader = _granular_reader(call, workload, patch=True)
    else:
        reader = full_reader(workload, call.service.tenant, call.now)
    changes = read_changes(body[name], reader)
    check_policy(changes, session.policy_id)
    check_kind(session, changes, granular)
    if granular:
        answer = apply_changes(
            session,
            changes,
            call.now,
            lambda artifact: restore_answers.added_file(artifact, session, call),
            tell_removals=True,
        )
    else:
        answer = apply_changes(session, changes, call.now, added_artifact)
    if any(isinstance(change, Addition) for change in changes):
        session.job = "granular" if granular else "standard"
    session.modified, session.modified_by = call.now, call.caller
    metadata = f"{call.root}/$metadata#solutions/backupRestore/{workload.sessions}/$entity"
    shown: dict[str, Any] = {"@odata.context": metadata}
    if granular:
        shown |= {"@context": metadata if workload is SHAREPOINT else "#$delta", "id": session.id}
    return Reply(200, shown | {f"{name.removesuffix('@delta')}@delta": answer})


def _changed(body: dict[str, Any], workload: Workload) -> str:
    """Return the name of the collection that an update changes.

    Property tables name the plain collection, every example the delta. No page shows a delta of granular mailbox
    artifacts.
    """
    collections = [workload.artifacts] if workload is EXCHANGE else [workload.artifacts, workload.granular_artifacts]
    found = [name for each in collections for name in (f"{each}@delta", each) if name in body]
    known = {*found, *BASE_MEMBERS, "@odata.type", "@odata.context"}
    unknown = [name for name in body if name not in known]
    if unknown or not found:
        message = f"The request changes nothing, or something unknown: {', '.join(unknown) or 'it has no delta'}."
        raise Refusal(400, "InvalidPatchRequest", message)
    if len({name.removesuffix("@delta") for name in found}) > 1:
        raise Refusal(400, "InvalidArtifactRequest", "Granular and full restore artifacts cannot be mixed.")
    return found[0]


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


OPERATIONS = tuple(_operations())
