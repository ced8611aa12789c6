"""Inclusion rules of a policy: list, get, create, update, run, delete, delete and unprotect.

The metadata has them in a collection below the root too, which no page mentions and the SDKs offer; there they can be
read, updated and deleted, as below their policy.
"""

from collections.abc import Callable, Iterator
from typing import Any

from backup_tui.simulator.domain.drafting import check_type
from backup_tui.simulator.domain.inclusion_rules import Rule
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.workloads import SHAREPOINT, WORKLOADS, Workload
from backup_tui.simulator.http import protection_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation

_BASE_MEMBERS = frozenset(
    {"id", "status", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime", "error"}
)


def _list(call: Call, workload: Workload) -> Reply:
    context, owner = workload.rules, _owner(call, workload, 0)
    if isinstance(owner, Policy):
        context = f"{workload.policies}('{owner.id}')/{context}"
    rules = call.service.rules.of(owner)
    return page(call, rules, lambda each: each.seq, lambda each: protection_answers.rule(each, call), context)


def _owner(call: Call, workload: Workload, below: int) -> Policy | Workload:
    """Return whose rules a path is about: a policy's, or below the root a service's."""
    return workload if len(call.ids) == below else call.service.policy(call.ids[0], workload)


def _rule(call: Call, workload: Workload) -> Rule:
    return call.service.rules.get(_owner(call, workload, 1), call.ids[-1])


def _entity(call: Call, rule: Rule) -> dict[str, Any]:
    workload = rule.policy.workload
    context = f"{call.root}/$metadata#solutions/backupRestore/{workload.policies}('{rule.policy.id}')/{workload.rules}"
    return {"@odata.context": f"{context}/$entity"} | protection_answers.rule(rule, call)


def _location(call: Call, rule: Rule) -> dict[str, str]:
    workload = rule.policy.workload
    path = f"solutions/backupRestore/{workload.policies}/{rule.policy.id}/{workload.rules}('{rule.id}')"
    return {"Content-Location": f"{call.root}/{path}"}


def _get(call: Call, workload: Workload) -> Reply:
    return Reply(200, _entity(call, _rule(call, workload)))


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST .../{mailbox|drive|site}InclusionRules`` (page protectionrulebase-post)."""
    code = "InvalidInclusionRuleCreateRequest"
    policy = call.service.policy(call.ids[0], workload)
    body = _body(call, workload, code)
    dynamic = body.get("isAutoApplyEnabled", False)
    if not isinstance(dynamic, bool):
        raise Refusal(400, code, "isAutoApplyEnabled must be a boolean.")
    expression = _expression(body, workload, code)
    rule = call.service.rules.create(policy, expression, dynamic, call.caller, call.now)
    return Reply(201, _entity(call, rule), _location(call, rule))


def _update(call: Call, workload: Workload) -> Reply:
    """Answer ``PATCH .../{mailbox|drive}InclusionRules/{id}`` (page protectionrulebase-update)."""
    code = "InvalidProtectionRulePatchRequest"
    rule = _rule(call, workload)
    body = _body(call, workload, code)
    if "isAutoApplyEnabled" in body:
        raise Refusal(400, code, "isAutoApplyEnabled cannot be changed.")
    call.service.rules.update(rule, _expression(body, workload, code), call.caller, call.now)
    return Reply(200, _entity(call, rule))


def _body(call: Call, workload: Workload, code: str) -> dict[str, Any]:
    try:
        body = call.json_object()
        check_type(body, [workload.rule_type])
    except Refusal as refusal:
        raise Refusal(400, code, refusal.message) from None
    known = _BASE_MEMBERS | {workload.expression, "isAutoApplyEnabled"}
    unknown = [name for name in body if not name.startswith("@") and name not in known]
    if unknown:
        raise Refusal(400, code, f"Not a property of {workload.rule_type}: {', '.join(sorted(unknown))}.")
    return body


def _expression(body: dict[str, Any], workload: Workload, code: str) -> str:
    expression = body.get(workload.expression)
    if not isinstance(expression, str) or not expression.strip():
        raise Refusal(400, code, f"{workload.expression} is required.")
    return expression


def _run(call: Call, workload: Workload) -> Reply:
    """Answer ``POST .../{id}/run`` (page protectionrulebase-run)."""
    rule = _rule(call, workload)
    call.service.rules.run(rule, call.caller, call.now)
    return Reply(202, _entity(call, rule), _location(call, rule))


def _delete_and_unprotect(call: Call, workload: Workload) -> Reply:
    """Answer ``POST .../{id}/deleteAndUnprotect``: the rule, wrapped, in the only form that its page shows."""
    rule = _rule(call, workload)
    call.service.rules.delete_and_unprotect(rule, call.caller, call.now)
    body = _entity(call, rule)
    context = body.pop("@odata.context")
    if call.service.settings.page_forms:
        body["@odata.type"] = f"{call.root}/$metadata#microsoft.graph.protectionRuleBase"
    return Reply(202, {"@odata.context": context, "value": body}, _location(call, rule))


def _delete(call: Call, workload: Workload) -> Reply:
    """Answer ``DELETE .../{id}`` (page protectionrulebase-delete)."""
    call.service.rules.delete(_rule(call, workload))
    return Reply(204)


def _for(function: Callable[[Call, Workload], Reply], workload: Workload) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    for workload in WORKLOADS:
        rules = f"{workload.policies}/{{id}}/{workload.rules}"
        for path in (rules, workload.rules):
            yield Operation("GET", path, _for(_list, workload))
            yield Operation("GET", f"{path}/{{id}}", _for(_get, workload))
            yield Operation("DELETE", f"{path}/{{id}}", _for(_delete, workload))
            if workload is not SHAREPOINT:  # whose rules are all static
                yield Operation("PATCH", f"{path}/{{id}}", _for(_update, workload))
        yield Operation("POST", rules, _for(_create, workload))
        yield Operation("POST", f"{rules}/{{id}}/run", _for(_run, workload))
        if workload is not SHAREPOINT:
            yield Operation("POST", f"{rules}/{{id}}/deleteAndUnprotect", _for(_delete_and_unprotect, workload))


OPERATIONS = tuple(_operations())
