"""Protection policies: list, get, activate, deactivate, and the units of one."""

from collections.abc import Callable, Iterator
from typing import Any

from backup_tui.simulator import answers
from backup_tui.simulator.call import Call, Reply
from backup_tui.simulator.paging import page
from backup_tui.simulator.policies import Policy
from backup_tui.simulator.router import Handler, Operation
from backup_tui.simulator.workloads import WORKLOADS, Workload


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


def activate(call: Call) -> Reply:
    """Answer ``POST /protectionPolicies/{id}/activate``."""
    service = call.service
    policy = service.policy(call.ids[0])
    others = [each for each in service.tenant.policies if each.workload is policy.workload and each is not policy]
    settings = service.settings
    policy.activate(call.caller, call.now, settings.speed, others, settings.wrong_state_activation)
    return _accepted(call, policy)


def deactivate(call: Call) -> Reply:
    """Answer ``POST /protectionPolicies/{id}/deactivate``."""
    policy = call.service.policy(call.ids[0])
    policy.deactivate(call.caller, call.now, call.service.settings.speed)
    return _accepted(call, policy)


def _accepted(call: Call, policy: Policy) -> Reply:
    location = f"{call.root}/solutions/backupRestore/protectionPolicies('{policy.id}')"
    return Reply(202, _body(call, policy, "protectionPolicies"), {"Content-Location": location})


def _units(call: Call, workload: Workload) -> Reply:
    """Answer ``GET /{typed}ProtectionPolicies/{id}/{mailbox|drive|site}ProtectionUnits``."""
    policy = call.service.policy(call.ids[0], workload)
    units = [unit for unit in call.service.tenant.units[workload.key] if unit.policy is policy]
    context = f"{workload.policies}('{policy.id}')/{workload.units}"
    return page(call, units, lambda unit: unit.seq, lambda unit: answers.unit(unit, call), context)


def _for(function: Callable[[Call, Workload], Reply], workload: Workload) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    yield Operation("GET", "protectionPolicies", lambda call: _list(call, None))
    yield Operation("GET", "protectionPolicies/{id}", lambda call: _get(call, None))
    yield Operation("POST", "protectionPolicies/{id}/activate", activate)
    yield Operation("POST", "protectionPolicies/{id}/deactivate", deactivate)
    for workload in WORKLOADS:
        yield Operation("GET", workload.policies, _for(_list, workload))
        yield Operation("GET", f"{workload.policies}/{{id}}", _for(_get, workload))
        yield Operation("GET", f"{workload.policies}/{{id}}/{workload.units}", _for(_units, workload))


OPERATIONS = tuple(_operations())
