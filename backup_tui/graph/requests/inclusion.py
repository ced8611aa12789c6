"""Requests about what brings units into a policy: inclusion rules and bulk addition jobs. Pure."""

from __future__ import annotations

from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, path_of, segment
from backup_tui.models.services import Service
from backup_tui.models.text import short_id


def list_rules(service: Service, policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-list-mailboxinclusionrules and its siblings."""
    return Call(
        Operation.RULE_LIST,
        f"list rules of policy {short_id(policy_id)}",
        "GET",
        path_of(service.names.policies_path, segment(policy_id), service.names.rules_path),
        target=policy_id,
    )


def read_rule(service: Service, policy_id: str, rule_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionrulebase-get"""
    return Call(
        Operation.RULE_READ,
        f"read rule {short_id(rule_id)}",
        "GET",
        path_of(service.names.policies_path, segment(policy_id), service.names.rules_path, segment(rule_id)),
        target=rule_id,
    )


def list_unit_jobs(service: Service, policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-list-mailboxprotectionunitsbulkadditionjobs"""
    return Call(
        Operation.UNIT_JOB_LIST,
        f"list bulk additions to policy {short_id(policy_id)}",
        "GET",
        path_of(service.names.policies_path, segment(policy_id), service.names.unit_jobs_path),
        target=policy_id,
    )


def read_unit_job(service: Service, policy_id: str, job_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxprotectionunitsbulkadditionjobs-get and its siblings."""
    return Call(
        Operation.UNIT_JOB_READ,
        f"read bulk addition {short_id(job_id)}",
        "GET",
        path_of(service.names.policies_path, segment(policy_id), service.names.unit_jobs_path, segment(job_id)),
        target=job_id,
    )
