"""What answers requests about policies, units, inclusion rules and bulk addition jobs."""

from __future__ import annotations

from functools import partial

from second_call import Call, Handler, done, paged
from second_description import ROOT
from second_protection import Policy, Task
from second_tenant import Kind, Refused
from starlette.responses import JSONResponse, Response

LATE_RULES = ("updateRequested", "deleteRequested")


def list_units(call: Call, kind: Kind, *, of_policy: bool = False) -> Response:
    protection = call.service.protection
    policy = protection.policy(call.ids[0], kind).id if of_policy else None
    units = call.service.tenant.units(kind)
    return paged(call, [protection.unit_out(each) for each in units if policy in (None, each.policy)])


def show_unit(call: Call) -> Response:
    return JSONResponse(call.service.protection.unit_out(call.service.tenant.unit(call.ids[0])))


def list_policies(call: Call, kind: Kind | None = None) -> Response:
    protection = call.service.protection
    return paged(call, [protection.policy_out(p) for p in protection.policies.values() if kind in (None, p.kind)])


def _policy(call: Call, policy: Policy, status: int = 200) -> Response:
    address = f"{call.request.url.scheme}://{call.request.url.netloc}/v1.0{ROOT}/protectionPolicies/{policy.id}"
    headers = {"Content-Location": address} if status != 200 else None
    return JSONResponse(call.service.protection.policy_out(policy), status, headers)


def show_policy(call: Call, kind: Kind | None = None) -> Response:
    return _policy(call, call.service.protection.policy(call.ids[0], kind))


def create_policy(call: Call, kind: Kind) -> Response:
    return _policy(call, call.service.protection.create(kind, call.body), 201)


def update_policy(call: Call, kind: Kind) -> Response:
    protection = call.service.protection
    return JSONResponse(protection.update(protection.policy(call.ids[0], kind), call.body))


def delete_policy(call: Call) -> Response:
    protection = call.service.protection
    protection.delete(protection.policy(call.ids[0]))
    return done()


def switch_policy(call: Call, *, on: bool) -> Response:
    policy = call.service.protection.policy(call.ids[0])
    call.service.protection.switch(policy, on)
    return _policy(call, policy, 202)


def _task(call: Call, task: Task, status: int = 200, *, wrapped: bool = False) -> Response:
    shown = call.service.protection.task_out(task)
    if shown["status"] in LATE_RULES and not call.late:
        shown["status"] = "unknownFutureValue"
    return JSONResponse({"value": shown} if wrapped else shown, status)


def list_tasks(call: Call, kind: Kind, *, jobs: bool) -> Response:
    protection = call.service.protection
    policy = protection.policy(call.ids[0], kind)
    tasks = (protection.jobs if jobs else protection.rules).values()
    return paged(call, [protection.task_out(task) for task in tasks if task.policy is policy])


def create_task(call: Call, kind: Kind, *, jobs: bool) -> Response:
    protection = call.service.protection
    policy = protection.policy(call.ids[0], kind)
    return _task(call, (protection.add_job if jobs else protection.add_rule)(policy, call.body), 201)


def show_job(call: Call, kind: Kind) -> Response:
    call.service.protection.policy(call.ids[0], kind)
    if call.ids[1] not in call.service.protection.jobs:
        raise Refused(404, "BulkAdditionJobNotFound")
    return _task(call, call.service.protection.jobs[call.ids[1]])


def _rule(call: Call, kind: Kind) -> Task:
    protection = call.service.protection
    return protection.rule(protection.policy(call.ids[0], kind), call.ids[1])


def show_rule(call: Call, kind: Kind) -> Response:
    return _task(call, _rule(call, kind))


def edit_rule(call: Call, kind: Kind) -> Response:
    rule = _rule(call, kind)
    call.service.protection.edit_rule(rule, call.body)
    return _task(call, rule)


def delete_rule(call: Call, kind: Kind) -> Response:
    call.service.protection.delete_rule(_rule(call, kind))
    return done()


def run_rule(call: Call, kind: Kind) -> Response:
    rule = _rule(call, kind)
    call.service.protection.run(rule)
    return _task(call, rule, 202)


def unprotect_rule(call: Call, kind: Kind) -> Response:
    rule = _rule(call, kind)
    call.service.protection.unprotect(rule)
    return _task(call, rule, 202, wrapped=True)


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/protectionUnits/{}", show_unit),
    ("GET", "/protectionPolicies", list_policies),
    ("GET", "/protectionPolicies/{}", show_policy),
    ("DELETE", "/protectionPolicies/{}", delete_policy),
    ("POST", "/protectionPolicies/{}/activate", partial(switch_policy, on=True)),
    ("POST", "/protectionPolicies/{}/deactivate", partial(switch_policy, on=False)),
)
OF_EACH_KIND: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/protectionUnits/(?:microsoft[.])?graph[.]<unit>ProtectionUnit", list_units),
    ("GET", "/<unit>ProtectionUnits", list_units),
    ("GET", "/<prefix>ProtectionPolicies", list_policies),
    ("POST", "/<prefix>ProtectionPolicies", create_policy),
    ("GET", "/<prefix>ProtectionPolicies/{}", show_policy),
    ("PATCH", "/<prefix>ProtectionPolicies/{}", update_policy),
    ("GET", "/<prefix>ProtectionPolicies/{}/<unit>ProtectionUnits", partial(list_units, of_policy=True)),
    ("GET", "/<prefix>ProtectionPolicies/{}/<unit>InclusionRules", partial(list_tasks, jobs=False)),
    ("POST", "/<prefix>ProtectionPolicies/{}/<unit>InclusionRules", partial(create_task, jobs=False)),
    ("GET", "/<prefix>ProtectionPolicies/{}/<unit>InclusionRules/{}", show_rule),
    ("PATCH", "/<prefix>ProtectionPolicies/{}/<unit>InclusionRules/{}", edit_rule),
    ("DELETE", "/<prefix>ProtectionPolicies/{}/<unit>InclusionRules/{}", delete_rule),
    ("POST", "/<prefix>ProtectionPolicies/{}/<unit>InclusionRules/{}/run", run_rule),
    ("POST", "/<prefix>ProtectionPolicies/{}/<unit>InclusionRules/{}/deleteAndUnprotect", unprotect_rule),
    ("GET", "/<prefix>ProtectionPolicies/{}/<unit>ProtectionUnitsBulkAdditionJobs", partial(list_tasks, jobs=True)),
    ("POST", "/<prefix>ProtectionPolicies/{}/<unit>ProtectionUnitsBulkAdditionJobs", partial(create_task, jobs=True)),
    ("GET", "/<prefix>ProtectionPolicies/{}/<unit>ProtectionUnitsBulkAdditionJobs/{}", show_job),
)
"""The same of each of the three services: names in angle brackets are its own."""
