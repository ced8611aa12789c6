"""Protection policies: list, get, create, change, delete, activate, deactivate, and the units of one."""

from backup_tui.simulator.domain import exclusions, policy_changes
from backup_tui.simulator.domain.exclusions import Exclusion
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.policy_changes import BETA_POLICY_MEMBERS, POLICY_MEMBERS, Addition, Failed, Removal
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http import answers, beta_answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request, check_members, check_type, coded, failed_entry
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations
from backup_tui.simulator.http.routes.units import check_filter

_LARGEST_BODY = 1_000_000


def _collection(workload: Workload | None) -> str:
    return "protectionPolicies" if workload is None else workload.policies


def _list(call: Call, workload: Workload | None = None) -> Reply:
    policies = [each for each in call.service.tenant.policies if workload in (None, each.workload)]
    if workload is None and call.beta:
        policies += call.service.entra_policies()
    places = {policy.id: place for place, policy in enumerate(policies)}
    return page(call, policies, answers.policy, _collection(workload), lambda each: places[each.id])


def _get(call: Call, workload: Workload | None = None) -> Reply:
    return call.entity(_collection(workload), answers.policy(call.service.policy(call.ids[0], workload), call))


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST /{typed}ProtectionPolicies``: an inactive policy, whose units wait for its activation."""
    body = _create_body(call, workload)
    name = policy_changes.read_name(body)
    if name is None:
        raise Refusal(400, "InvalidDisplayName", "displayName is required.")
    full = call.beta and exclusions.read_mode(body, workload)
    service = call.service
    active = service.active_policy(workload)
    if active is not None:
        raise Refusal(409, "PolicyCreationNotAllowed", f"The service already has an active policy, {active.id}.")
    things = policy_changes.read_units(body.get(workload.units, []), workload, service.parts)
    policy = service.create_policy(workload, name, call.caller)
    policy.full = full
    for place, thing in enumerate(things):
        service.membership.add(policy, thing, call.caller, call.now, place)
    service.activity.policy(call.now, policy, "backupPolicyCreated", call.caller, added=len(things))
    return _changed(call, policy, 201, workload)


def _create_body(call: Call, workload: Workload) -> Json:
    if not call.body.strip() or len(call.body) > _LARGEST_BODY:
        raise Refusal(400, "InvalidCreateRequest", "The request body is null or too large.")
    try:
        body = call.json_object()
        check_type(body, workload.policy_type)
    except Refusal as refusal:
        raise Refusal(400, "InvalidCreateRequest", refusal.message) from None
    known = POLICY_MEMBERS | {workload.units} | (BETA_POLICY_MEMBERS if call.beta else set())
    check_members(body, known, f"a property of {workload.policy_type}", coded("InvalidCreateRequest"))
    return body


def _update(call: Call, workload: Workload) -> Reply:
    """Answer ``PATCH /{typed}ProtectionPolicies/{id}``: entries that fail are in the answer, its status stays 200."""
    service = call.service
    policy = service.policy(call.ids[0], workload)
    body = call.json_object()
    check_type(body, workload.policy_type)
    delta, excluded = f"{workload.units}@delta", f"{workload.exclusions}@delta"
    known = POLICY_MEMBERS | {delta} | ({excluded} | BETA_POLICY_MEMBERS if call.beta else set())
    unknown = [name for name in body if not name.startswith("@") and name not in known]
    if unknown or not ({"displayName", delta, excluded} & set(body)):
        raise bad_request(f"The request changes nothing, or something unknown: {', '.join(unknown) or 'it is empty'}.")
    name = policy_changes.read_name(body)
    changes = policy_changes.read_delta(body[delta], workload, service.parts, policy) if delta in body else []
    left_out: list[Exclusion | Failed] = []
    if excluded in body:
        left_out = service.exclusions.apply_delta(policy, body[excluded], call.caller, call.now)
    old_name = policy.name
    policy.name = name if name is not None else old_name
    policy.modified, policy.modified_by = call.now, call.caller
    done = policy_changes.apply_delta(service.parts, policy, changes, call.caller, call.now)
    _log_update(call, policy, old_name, changes, done)
    answer: Json = {"@odata.context": call.context(f"{workload.policies}/$entity"), "displayName": policy.name}
    if delta in body:
        answer[delta] = [_entry(call, found, place) for place, found in enumerate(done, 1)]
    if excluded in body:
        answer[excluded] = [_entry(call, found, place) for place, found in enumerate(left_out, 1)]
    return Reply(200, answer)


def _log_update(
    call: Call, policy: Policy, old_name: str, changes: list[Addition | Removal], done: list[Unit | Failed]
) -> None:
    log = call.service.activity
    if policy.name != old_name:
        log.policy(call.now, policy, "backupPolicyRenamed", call.caller, old_name=old_name)
    if changes:
        added = sum(isinstance(change, Addition) for change in changes)
        removed, failed = len(changes) - added, sum(isinstance(each, Failed) for each in done)
        log.policy(
            call.now, policy, "backupPolicyModified", call.caller, added=added, removed=removed, failed=failed
        )  # fmt: skip


def _entry(call: Call, found: Unit | Exclusion | Failed, place: int) -> Json:
    """Return an entry of an update's answer: the unit as it is now, or why it is not."""
    if isinstance(found, Unit):
        return answers.unit(found, call)
    if isinstance(found, Exclusion):
        return beta_answers.exclusion(found, call)
    code = found.code if call.service.settings.named_item_errors else "Invalid"
    return failed_entry(found.operation, code, found.message, place) | found.entry


def _delete(call: Call) -> Reply:
    """Answer ``DELETE /protectionPolicies/{id}``; its units and what was saved of them stay."""
    call.service.delete_policy(call.ids[0])
    return Reply(204)


def _activate(call: Call) -> Reply:
    service = call.service
    policy = service.policy(call.ids[0])
    others = [each for each in service.tenant.policies if each.workload is policy.workload and each is not policy]
    settings = service.settings
    policy.activate(call.caller, call.now, settings.speed, others, settings.wrong_state)
    if policy.full:
        service.exclusions.take_in(policy, call.caller, call.now)
    service.membership.activated(policy, call.now)
    service.activity.policy(call.now, policy, "backupPolicyActivated", call.caller, added=policy.size)
    return _changed(call, policy, 202)


def _deactivate(call: Call) -> Reply:
    service = call.service
    policy = service.policy(call.ids[0])
    policy.deactivate(call.caller, call.now, service.settings.speed, service.settings.wrong_state)
    service.activity.policy(call.now, policy, "backupPolicyPaused", call.caller)
    return _changed(call, policy, 202)


def _changed(call: Call, policy: Policy, status: int, workload: Workload | None = None) -> Reply:
    at = f"protectionPolicies('{policy.id}')"
    return call.entity(_collection(workload), answers.policy(policy, call), status, at=at)


def _units(call: Call, workload: Workload) -> Reply:
    policy = call.service.policy(call.ids[0], workload)
    check_filter(call)
    units = call.service.membership.of(policy)
    return page(call, units, answers.unit, f"{workload.policies}('{policy.id}')/{workload.units}")


def _unit(call: Call, workload: Workload) -> Reply:
    """Answer one unit of a policy, which the SDKs ask for below its policy too."""
    policy = call.service.policy(call.ids[0], workload)
    unit = call.service.unit(call.ids[1], workload)
    if unit.policy is not policy:
        raise Refusal(404, "ProtectionUnitNotFound", f"Protection unit {unit.id} is not in policy {policy.id}.")
    return call.entity(f"{workload.policies}('{policy.id}')/{workload.units}", answers.unit(unit, call))


OPERATIONS = operations(
    ("GET", "protectionPolicies", _list),
    ("GET", "protectionPolicies/{id}", _get),
    ("DELETE", "protectionPolicies/{id}", _delete),
    ("POST", "protectionPolicies/{id}/activate", _activate),
    ("POST", "protectionPolicies/{id}/deactivate", _deactivate),
    ("GET", "<policies>", _list),
    ("POST", "<policies>", _create),
    ("GET", "<policies>/{id}", _get),
    ("PATCH", "<policies>/{id}", _update),
    ("GET", "<policies>/{id}/<units>", _units),
    ("GET", "<policies>/{id}/<units>/{id}", _unit),
)
