"""Restore sessions: list, get, create, change, delete, activate."""

from functools import partial

from backup_tui.simulator.domain import drafting
from backup_tui.simulator.domain.drafting import BASE_MEMBERS, Addition, Reader
from backup_tui.simulator.domain.workloads import EXCHANGE, SHAREPOINT, Workload
from backup_tui.simulator.http import answers, restore_answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import Refusal, check_members, check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations


def _collection(workload: Workload | None) -> str:
    return "restoreSessions" if workload is None else workload.sessions


def _list(call: Call, workload: Workload | None = None) -> Reply:
    """Answer a list of sessions, newest first."""
    sessions = [each for each in call.service.listed_sessions() if workload in (None, each.workload)]
    return page(call, sessions, answers.session, _collection(workload), lambda each: -each.seq)


def _get(call: Call, workload: Workload | None = None) -> Reply:
    return call.entity(_collection(workload), answers.session(call.service.session(call.ids[0], workload), call))


def _delete(call: Call) -> Reply:
    call.service.delete_session(call.ids[0])
    return Reply(204)


def _activate(call: Call) -> Reply:
    """Answer ``POST /restoreSessions/{id}/activate``; a body is not looked at."""
    session = call.service.activate_session(call.ids[0], call.caller)
    return call.entity("restoreSessions", answers.session(session, call))


def _update_base(call: Call) -> Reply:
    """Answer ``PATCH /restoreSessions/{id}``: every member is taken, none is changed."""
    session = call.service.draft(call.ids[0])
    body = call.json_object()
    check_type(body, "restoreSessionBase", session.workload.session_type)
    unknown = [name for name in body if not name.startswith("@") and name not in BASE_MEMBERS]
    if unknown or not body:
        raise Refusal(400, "InvalidPatchRequest", f"Not a property of restoreSessionBase: {', '.join(unknown)}.")
    return call.entity("restoreSessions", answers.session(session, call))


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST /{typed}RestoreSessions``; without artifacts it makes an empty draft."""
    body = call.json_object()
    check_type(body, workload.session_type)
    granular = workload.granular_artifacts in body
    collection = workload.granular_artifacts if granular else workload.artifacts
    known = {*BASE_MEMBERS, workload.artifacts, workload.granular_artifacts, *(["policyId"] if call.beta else [])}
    check_members(body, known, f"a property of {workload.session_type}")
    if granular and workload.artifacts in body:
        raise Refusal(400, "InvalidArtifactRequest", "Granular and full restore artifacts cannot be mixed.")
    policy_id = body.get("policyId")  # beta: the policy whose units alone a session takes
    if policy_id is not None:
        policy_id = call.service.policy(policy_id if isinstance(policy_id, str) else "", workload).id
    additions: list[Addition] = []
    if collection in body:
        reader = _reader(call, workload, granular=granular, patch=False)
        additions = drafting.read_additions(body[collection], reader, 413)
    drafting.check_policy(additions, policy_id)
    session = call.service.create_session(workload, call.caller, call.now)
    session.policy_id = policy_id
    session.job = "granular" if granular else "standard"
    made = [drafting.add_to(session, addition, call.now) for addition in additions]
    answer = answers.session(session, call)
    if granular and workload is EXCHANGE:
        # The only artifacts that are echoed, in one example of one page, which names the property in the singular.
        name = workload.granular_type if call.service.settings.page_forms else workload.granular_artifacts
        answer[name] = [restore_answers.mail_artifact(artifact, call) for artifact in made]
    return call.entity(workload.sessions, answer, 201)


def _reader(call: Call, workload: Workload, *, granular: bool, patch: bool) -> Reader:
    if not granular:
        return drafting.full_reader(workload, call.service.tenant, call.now)
    if workload is EXCHANGE:
        return drafting.mail_reader(call.service, call.now)
    return drafting.file_reader(call.service, workload, call.now, patch=patch, beta=call.beta)


def _update(call: Call, workload: Workload) -> Reply:
    """Answer ``PATCH /{typed}RestoreSessions/{id}``: entries that fail are in the answer, its status stays 200."""
    session = call.service.draft(call.ids[0], workload)
    body = call.json_object()
    check_type(body, workload.session_type)
    if session.bulk is not None:
        raise Refusal(400, "InvalidPatchRequest", "A session that uses bulk addition cannot be changed.")
    name = _changed(body, workload)
    granular = name.startswith("granular")
    changes = drafting.read_changes(body[name], _reader(call, workload, granular=granular, patch=True))
    drafting.check_policy(changes, session.policy_id)
    drafting.check_kind(session, changes, granular)
    shown = partial(restore_answers.added_file, session=session, call=call) if granular else drafting.added_artifact
    answer = drafting.apply_changes(session, changes, call.now, shown, tell_removals=granular)
    if any(isinstance(change, Addition) for change in changes):
        session.job = "granular" if granular else "standard"
    session.modified, session.modified_by = call.now, call.caller
    context = call.context(f"{workload.sessions}/$entity")
    more: Json = {"@context": context if workload is SHAREPOINT else "#$delta", "id": session.id} if granular else {}
    return Reply(200, {"@odata.context": context, **more, f"{name.removesuffix('@delta')}@delta": answer})


def _changed(body: Json, workload: Workload) -> str:
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


OPERATIONS = operations(
    ("GET", "restoreSessions", _list),
    ("GET", "restoreSessions/{id}", _get),
    ("PATCH", "restoreSessions/{id}", _update_base),
    ("DELETE", "restoreSessions/{id}", _delete),
    ("POST", "restoreSessions/{id}/activate", _activate),
    ("GET", "<sessions>", _list),
    ("POST", "<sessions>", _create),
    ("GET", "<sessions>/{id}", _get),
    ("PATCH", "<sessions>/{id}", _update),
)
