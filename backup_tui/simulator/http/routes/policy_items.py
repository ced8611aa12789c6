"""What policies own besides their units: inclusion rules and bulk addition jobs.

The metadata has both in collections below the root too, which no page mentions and the SDKs offer; there they can be
read, and rules be updated and deleted, as below their policy.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from backup_tui.simulator.domain.inclusion_rules import Rule
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.policy_changes import refuse_full
from backup_tui.simulator.domain.policy_items import PolicyItems
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.domain.unit_jobs import Job
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, Workload
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Json, Reply
from backup_tui.simulator.http.errors import Refusal, check_members, check_type, coded
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations

_MEMBERS = ("id", "status", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime", "error")


class Owned(Struct, frozen=True):
    """A kind of thing that policies own: listed below each policy and, for all of a service, below the root."""

    items: Callable[[Service], PolicyItems[Any]]
    name: str  # of their collection, as a `Workload` calls it
    shown: Callable[[Any, Call], Json]

    def path(self, workload: Workload, owner: Policy | Workload) -> str:
        """Return the collection of a policy or a service."""
        name: str = getattr(workload, self.name)
        return f"{workload.policies}('{owner.id}')/{name}" if isinstance(owner, Policy) else name

    def owner(self, call: Call, workload: Workload, below: int) -> Policy | Workload:
        """Return whose things a path is about: a policy's, or a service's with no more than ``below`` ids in it."""
        return workload if len(call.ids) == below else call.service.policy(call.ids[0], workload)

    def find(self, call: Call, workload: Workload) -> Any:
        """Return the one that a path names."""
        return self.items(call.service).get(self.owner(call, workload, 1), call.ids[-1])

    def list(self, call: Call, workload: Workload) -> Reply:
        owner = self.owner(call, workload, 0)
        return page(call, self.items(call.service).of(owner), self.shown, self.path(workload, owner))

    def get(self, call: Call, workload: Workload) -> Reply:
        path = self.path(workload, self.owner(call, workload, 1))
        return call.entity(path, self.shown(self.find(call, workload), call))


_RULES = Owned(lambda service: service.rules, "rules", answers.rule)
_JOBS = Owned(lambda service: service.jobs, "jobs", answers.job)


def _entity(call: Call, rule: Rule, status: int = 200) -> Reply:
    """Answer a rule, with its address when it was made or is being changed."""
    workload, policy = rule.policy.workload, rule.policy
    at = f"{workload.policies}/{policy.id}/{workload.rules}('{rule.id}')" if status != 200 else ""
    return call.entity(_RULES.path(workload, policy), answers.rule(rule, call), status, at=at)


def _entity_job(call: Call, job: Job, status: int = 200) -> Reply:
    workload, policy = job.policy.workload, job.policy
    at = f"{workload.policies}/{policy.id}/{workload.jobs}/{job.id}"
    return call.entity(_JOBS.path(workload, policy), answers.job(job, call), status, at=at)


def _get_job(call: Call, workload: Workload) -> Reply:
    return _entity_job(call, _JOBS.find(call, workload))


def _create_job(call: Call, workload: Workload) -> Reply:
    policy = call.service.policy(call.ids[0], workload)
    refuse_full(policy)
    body = call.json_object()
    check_type(body, workload.job_type)
    return _entity_job(call, call.service.jobs.create(policy, body, call.caller, call.now), 201)


def _get(call: Call, workload: Workload) -> Reply:
    return _entity(call, _RULES.find(call, workload))


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST .../{mailbox|drive|site}InclusionRules`` (page protectionrulebase-post)."""
    code = "InvalidInclusionRuleCreateRequest"
    policy = call.service.policy(call.ids[0], workload)
    refuse_full(policy)
    body = _body(call, workload, code)
    dynamic = body.get("isAutoApplyEnabled", False)
    if not isinstance(dynamic, bool):
        raise Refusal(400, code, "isAutoApplyEnabled must be a boolean.")
    expression = _expression(body, workload, code)
    return _entity(call, call.service.rules.create(policy, expression, dynamic, call.caller, call.now), 201)


def _update(call: Call, workload: Workload) -> Reply:
    """Answer ``PATCH .../{mailbox|drive}InclusionRules/{id}`` (page protectionrulebase-update)."""
    code = "InvalidProtectionRulePatchRequest"
    rule = _RULES.find(call, workload)
    body = _body(call, workload, code)
    if "isAutoApplyEnabled" in body:
        raise Refusal(400, code, "isAutoApplyEnabled cannot be changed.")
    call.service.rules.update(rule, _expression(body, workload, code), call.caller, call.now)
    return _entity(call, rule)


def _body(call: Call, workload: Workload, code: str) -> Json:
    try:
        body = call.json_object()
        check_type(body, workload.rule_type)
    except Refusal as refusal:
        raise Refusal(400, code, refusal.message) from None
    known = (*_MEMBERS, workload.expression, "isAutoApplyEnabled")
    check_members(body, known, f"a property of {workload.rule_type}", coded(code))
    return body


def _expression(body: Json, workload: Workload, code: str) -> str:
    expression = body.get(workload.expression)
    if not isinstance(expression, str) or not expression.strip():
        raise Refusal(400, code, f"{workload.expression} is required.")
    return expression


def _run(call: Call, workload: Workload) -> Reply:
    """Answer ``POST .../{id}/run`` (page protectionrulebase-run)."""
    rule = _RULES.find(call, workload)
    call.service.rules.run(rule, call.caller, call.now)
    return _entity(call, rule, 202)


def _delete_and_unprotect(call: Call, workload: Workload) -> Reply:
    """Answer ``POST .../{id}/deleteAndUnprotect``: the rule, wrapped, in the only form that its page shows."""
    rule = _RULES.find(call, workload)
    call.service.rules.delete_and_unprotect(rule, call.caller, call.now)
    reply = _entity(call, rule, 202)
    body = dict(reply.body or {})
    context = body.pop("@odata.context")
    if call.service.settings.page_forms:
        body["@odata.type"] = f"{call.root}/$metadata#microsoft.graph.protectionRuleBase"
    return Reply(202, {"@odata.context": context, "value": body}, reply.headers)


def _delete(call: Call, workload: Workload) -> Reply:
    """Answer ``DELETE .../{id}`` (page protectionrulebase-delete)."""
    call.service.rules.delete(_RULES.find(call, workload))
    return Reply(204)


OPERATIONS = operations(
    ("GET", "<policies>/{id}/<rules>", _RULES.list),
    ("POST", "<policies>/{id}/<rules>", _create),
    ("GET", "<policies>/{id}/<rules>/{id}", _get),
    ("DELETE", "<policies>/{id}/<rules>/{id}", _delete),
    ("POST", "<policies>/{id}/<rules>/{id}/run", _run),
    ("GET", "<policies>/{id}/<jobs>", _JOBS.list),
    ("POST", "<policies>/{id}/<jobs>", _create_job),
    ("GET", "<policies>/{id}/<jobs>/{id}", _get_job),
    ("GET", "<jobs>", _JOBS.list),
    ("GET", "<jobs>/{id}", _get_job),
    ("GET", "<rules>", _RULES.list),
    ("GET", "<rules>/{id}", _get),
    ("DELETE", "<rules>/{id}", _delete),
) + operations(  # the rules of sites are all static
    ("PATCH", "<policies>/{id}/<rules>/{id}", _update),
    ("PATCH", "<rules>/{id}", _update),
    ("POST", "<policies>/{id}/<rules>/{id}/deleteAndUnprotect", _delete_and_unprotect),
    workloads=(EXCHANGE, ONEDRIVE),
)
