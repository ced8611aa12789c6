"""Requests about what brings units into a policy (rules, bulk addition jobs) or keeps them out. Pure."""

from collections.abc import Mapping

from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, about, segment
from backup_tui.graph.requests.protection import in_policy
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Service


def list_rules(service: Service, policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-list-mailboxinclusionrules and its siblings."""
    path = in_policy(service, policy_id, service.names.rules_path)
    return about(policy_id, Operation.RULE_LIST, "list rules of policy", path)


def read_rule(service: Service, policy_id: str, rule_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionrulebase-get"""
    path = _rule(service, policy_id, rule_id)
    return about(rule_id, Operation.RULE_READ, "read rule", path)


def list_exclusions(service: Service, policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-list-mailboxexclusionunits?view=graph-rest-beta
    and its siblings."""
    path = in_policy(service, policy_id, service.names.exclusions_path)
    return about(policy_id, Operation.EXCLUSION_LIST, "list exclusions of policy", path)


def read_exclusion(service: Service, policy_id: str, exclusion_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxexclusionunit-get?view=graph-rest-beta and its siblings."""
    path = in_policy(service, policy_id, service.names.exclusions_path, segment(exclusion_id))
    return about(exclusion_id, Operation.EXCLUSION_READ, "read exclusion", path)


def list_exclusion_jobs(service: Service, policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-list-mailboxexclusionunitsbulkadditionjobs"""
    path = _exclusion_jobs(service, policy_id)
    return about(policy_id, Operation.EXCLUSION_LIST, "list bulk exclusions of policy", path)


def read_exclusion_job(service: Service, policy_id: str, job_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxexclusionunitsbulkadditionjob-get and its siblings."""
    path = _exclusion_jobs(service, policy_id, segment(job_id))
    return about(job_id, Operation.EXCLUSION_READ, "read bulk exclusion", path)


def create_exclusion_job(service: Service, policy_id: str, body: Mapping[str, object]) -> Call:
    """No page describes it; the list of permissions has it, and its body is that of a bulk addition."""
    path, what = _exclusion_jobs(service, policy_id), "EXCLUDE units in bulk from policy"
    return about(policy_id, Operation.EXCLUSION_CREATE, what, path, RequestClass.CREATE, body=body)


def list_unit_jobs(service: Service, policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-list-mailboxprotectionunitsbulkadditionjobs"""
    path = in_policy(service, policy_id, service.names.unit_jobs_path)
    return about(policy_id, Operation.UNIT_JOB_LIST, "list bulk additions to policy", path)


def read_unit_job(service: Service, policy_id: str, job_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxprotectionunitsbulkadditionjobs-get and its siblings."""
    path = in_policy(service, policy_id, service.names.unit_jobs_path, segment(job_id))
    return about(job_id, Operation.UNIT_JOB_READ, "read bulk addition", path)


def create_rule(service: Service, policy_id: str, body: Mapping[str, object]) -> Call:
    """https://learn.microsoft.com/graph/api/protectionrulebase-post"""
    path = in_policy(service, policy_id, service.names.rules_path)
    what = "CREATE rule of policy"
    return about(policy_id, Operation.RULE_CREATE, what, path, RequestClass.CREATE, body=body)


def update_rule(service: Service, policy_id: str, rule_id: str, body: Mapping[str, object]) -> Call:
    """https://learn.microsoft.com/graph/api/protectionrulebase-update; dynamic rules only."""
    path = _rule(service, policy_id, rule_id)
    return about(rule_id, Operation.RULE_EDIT, "CHANGE rule", path, RequestClass.EDIT, body=body)


def run_rule(service: Service, policy_id: str, rule_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionrulebase-run; no body, rules that are applied once only."""
    path = _rule(service, policy_id, rule_id, "run")
    return about(rule_id, Operation.RULE_RUN, "RUN rule", path, RequestClass.STATE)


def delete_rule(service: Service, policy_id: str, rule_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionrulebase-delete; its units stay in the policy."""
    path = _rule(service, policy_id, rule_id)
    return about(rule_id, Operation.RULE_DELETE, "DELETE rule", path, RequestClass.DELETE)


def unprotect_rule(service: Service, policy_id: str, rule_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionrulebase-deleteandunprotect; no body, dynamic rules only. It is
    sent now or not at all: after a wait the rule may hold other units than those that were counted."""
    path = _rule(service, policy_id, rule_id, "deleteAndUnprotect")
    what = "DELETE AND UNPROTECT rule"
    return about(rule_id, Operation.RULE_UNPROTECT, what, path, RequestClass.STATE, at_once=True)


def create_unit_job(service: Service, policy_id: str, body: Mapping[str, object]) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxprotectionunitsbulkadditionjobs-post and its siblings."""
    path = in_policy(service, policy_id, service.names.unit_jobs_path)
    what = "ADD units in bulk to policy"
    return about(policy_id, Operation.UNIT_JOB_CREATE, what, path, RequestClass.CREATE, body=body)


def _exclusion_jobs(service: Service, policy_id: str, *more: str) -> str:
    return in_policy(service, policy_id, f"{service.names.exclusions_path}BulkAdditionJobs", *more)


def _rule(service: Service, policy_id: str, rule_id: str, *more: str) -> str:
    return in_policy(service, policy_id, service.names.rules_path, segment(rule_id), *more)
