"""Protection policies: list, get, create, change, delete, activate, deactivate, and the units of one."""

from collections.abc import Callable, Iterator
from typing import Any

from backup_tui.simulator.domain.drafting import check_type
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.policy_changes import (
    POLICY_MEMBERS,
    Addition,
    Failed,
    apply_delta,
    read_delta,
    read_name,
    read_units,
)
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import WORKLOADS, Workload
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation
from backup_tui.simulator.http.routes.units import check_filter

_LARGEST_BODY = 1_000_000


def _list(call: Call, workload: Workload | None) -> Reply:
    policies = [each for each in call.service.tenant.policies if workload in (None, each.workload)]
    places = {policy.id: place for place, policy in enumerate(policies)}
    collection = "protectionPolicies" if workload is None else workload.policies
    return page(call, policies, lambda each: places[each.id], lambda each: answers.policy(each, call), collection)


def _body(call: Call, policy: Policy, collection: str) -> dict[str, Any]:
    context = f"{call.root}/$metadata#solutions/backupRestore/{collection}/$entity"
    return {"@odata.context": context} | answers.policy(policy, call)


def _get(call: Call, workload: Workload | None) -> Reply:
    policy = call.service.policy(call.ids[0], workload)
    collection = "protectionPolicies" if workload is None else workload.policies
    return Reply(200, _body(call, policy, collection))


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST /{typed}ProtectionPolicies``: an inactive policy, whose units wait for its activation."""
    body = _create_body(call, workload)
    name = read_name(body)
    if name is None:
        raise Refusal(400, "InvalidDisplayName", "displayName is required.")
    service = call.service
    active = service.active_policy(workload)
    if active is not None:
        raise Refusal(409, "PolicyCreationNotAllowed", f"The service already has an active policy, {active.id}.")
    things = read_units(body.get(workload.units, []), workload, service)
    policy = service.create_policy(workload, name, call.caller)
    for place, thing in enumerate(things):
        service.membership.add(policy, thing, call.caller, call.now, place)
    service.activity.policy(call.now, policy, "backupPolicyCreated", call.caller, added=len(things))
    return Reply(201, _body(call, policy, workload.policies), _location(call, policy))


def _create_body(call: Call, workload: Workload) -> dict[str, Any]:
    if not call.body.strip() or len(call.body) > _LARGEST_BODY:
        raise Refusal(400, "InvalidCreateRequest", "The request body is null or too large.")
    try:
        body = call.json_object()
        check_type(body, [workload.policy_type])
    except Refusal as refusal:
        raise Refusal(400, "InvalidCreateRequest", refusal.message) from None
    unknown = [name for name in body if not name.startswith("@") and name not in POLICY_MEMBERS | {workload.units}]
    if unknown:
        message = f"Not a property of {workload.policy_type}: {', '.join(sorted(unknown))}."
        raise Refusal(400, "InvalidCreateRequest", message)
    return body


def _update(call: Call, workload: Workload) -> Reply:
    """Answer ``PATCH /{typed}ProtectionPolicies/{id}``: entries that fail are in the answer, its status stays 200."""
    service = call.service
    policy = service.policy(call.ids[0], workload)
    body = call.json_object()
    check_type(body, [workload.policy_type])
    delta = f"{workload.units}@delta"
    unknown = [name for name in body if not name.startswith("@") and name not in POLICY_MEMBERS | {delta}]
    if unknown or not ({"displayName", delta} & set(body)):
        raise bad_request(f"The request changes nothing, or something unknown: {', '.join(unknown) or 'it is empty'}.")
    name = read_name(body)
    changes = read_delta(body[delta], workload, service, policy) if delta in body else []
    old_name = policy.name
    policy.name = name if name is not None else old_name
    policy.modified, policy.modified_by = call.now, call.caller
    done = apply_delta(service, policy, changes, call.caller, call.now)
    _log_update(call, policy, old_name, changes, done)
    answer: dict[str, Any] = {
        "@odata.context": f"{call.root}/$metadata#solutions/backupRestore/{workload.policies}/$entity",
        "displayName": policy.name,
    }
    if delta in body:
        answer[delta] = [_entry(call, found, place) for place, found in enumerate(done, 1)]
    return Reply(200, answer)


def _log_update(call: Call, policy: Policy, old_name: str, changes: list[Any], done: list[Unit | Failed]) -> None:
    log = call.service.activity
    if policy.name != old_name:
        log.policy(call.now, policy, "backupPolicyRenamed", call.caller, old_name=old_name)
    if changes:
        added = sum(isinstance(change, Addition) for change in changes)
        failed = sum(isinstance(each, Failed) for each in done)
        log.policy(
            call.now, policy, "backupPolicyModified", call.caller,
            added=added, removed=len(changes) - added, failed=failed,
        )  # fmt: skip


def _entry(call: Call, found: Unit | Failed, place: int) -> dict[str, Any]:
    """Return an entry of an update's answer: the unit as it is now, or why it is not."""
    if isinstance(found, Unit):
        return answers.unit(found, call)
    code = found.code if call.service.settings.named_item_errors else "Invalid"
    problem = {
        "info": {"code": code, "message": found.message},
        "failedOperation": found.operation,
        "responseCode": 409,
    }
    return {"@contentId": str(place), "@Core.DataModificationException": problem} | found.entry


def delete(call: Call) -> Reply:
    """Answer ``DELETE /protectionPolicies/{id}``; its units and what was saved of them stay.

    Refuses as ``Service.policy``; 403 ``PolicyActionNotAllowed`` unless it is inactive.
    """
    call.service.delete_policy(call.ids[0])
    return Reply(204)


def activate(call: Call) -> Reply:
    """Answer ``POST /protectionPolicies/{id}/activate``."""
    service = call.service
    policy = service.policy(call.ids[0])
    others = [each for each in service.tenant.policies if each.workload is policy.workload and each is not policy]
    settings = service.settings
    policy.activate(call.caller, call.now, settings.speed, others, settings.wrong_state)
    service.membership.activated(policy, call.now)
    service.activity.policy(call.now, policy, "backupPolicyActivated", call.caller, added=policy.size)
    return _accepted(call, policy)


def deactivate(call: Call) -> Reply:
    """Answer ``POST /protectionPolicies/{id}/deactivate``."""
    service = call.service
    policy = service.policy(call.ids[0])
    policy.deactivate(call.caller, call.now, service.settings.speed, service.settings.wrong_state)
    service.activity.policy(call.now, policy, "backupPolicyPaused", call.caller)
    return _accepted(call, policy)


def _accepted(call: Call, policy: Policy) -> Reply:
    return Reply(202, _body(call, policy, "protectionPolicies"), _location(call, policy))


def _location(call: Call, policy: Policy) -> dict[str, str]:
    return {"Content-Location": f"{call.root}/solutions/backupRestore/protectionPolicies('{policy.id}')"}


def _units(call: Call, workload: Workload) -> Reply:
    """Answer ``GET /{typed}ProtectionPolicies/{id}/{mailbox|drive|site}ProtectionUnits``."""
    policy = call.service.policy(call.ids[0], workload)
    check_filter(call)
    units = call.service.membership.of(policy)
    context = f"{workload.policies}('{policy.id}')/{workload.units}"
    return page(call, units, lambda unit: unit.seq, lambda unit: answers.unit(unit, call), context)


def _unit(call: Call, workload: Workload) -> Reply:
    """Answer one unit of a policy, which the SDKs ask for below its policy too."""
    policy = call.service.policy(call.ids[0], workload)
    unit = call.service.unit(call.ids[1], workload)
    if unit.policy is not policy:
        raise Refusal(404, "ProtectionUnitNotFound", f"Protection unit {unit.id} is not in policy {policy.id}.")
    context = f"{workload.policies}('{policy.id}')/{workload.units}/$entity"
    metadata = f"{call.root}/$metadata#solutions/backupRestore/{context}"
    return Reply(200, {"@odata.context": metadata} | answers.unit(unit, call))


def _for(function: Callable[[Call, Workload], Reply], workload: Workload) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    yield Operation("GET", "protectionPolicies", lambda call: _list(call, None))
    yield Operation("GET", "protectionPolicies/{id}", lambda call: _get(call, None))
    yield Operation("DELETE", "protectionPolicies/{id}", delete)
    yield Operation("POST", "protectionPolicies/{id}/activate", activate)
    yield Operation("POST", "protectionPolicies/{id}/deactivate", deactivate)
    for workload in WORKLOADS:
        yield Operation("GET", workload.policies, _for(_list, workload))
        yield Operation("POST", workload.policies, _for(_create, workload))
        yield Operation("GET", f"{workload.policies}/{{id}}", _for(_get, workload))
        yield Operation("PATCH", f"{workload.policies}/{{id}}", _for(_update, workload))
        yield Operation("GET", f"{workload.policies}/{{id}}/{workload.units}", _for(_units, workload))
        yield Operation("GET", f"{workload.policies}/{{id}}/{workload.units}/{{id}}", _for(_unit, workload))


OPERATIONS = tuple(_operations())
