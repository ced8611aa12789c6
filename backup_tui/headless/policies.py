"""`backup-tui policies`: the protection policies, and the two actions on them."""

import argparse

from backup_tui.headless.formats import Cell, reported
from backup_tui.headless.optional_reads import optional
from backup_tui.headless.output import Output, number, utc, when_and_who
from backup_tui.models.features import PROTECTION
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.services import Service
from backup_tui.models.statuses import job_status, policy_status, rule_status
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.models.units import ExclusionUnit
from backup_tui.protection.full_backup import covers_words
from backup_tui.protection.retention import retention_words
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace


async def list_policies(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the policies, those that need a person first."""
    wanted = Service(args.service) if args.service else None
    policies = [policy for policy in await workspace.loader.load(fresh.POLICIES) if wanted in (None, policy.service)]
    policies.sort(key=lambda policy: (policy_status(policy.status).rank, policy.display_name or "", policy.id))
    rows = [_row(policy) for policy in policies]
    out.listing(rows, lambda: [policy.raw() for policy in policies], if_any=("PROTECTS",))
    return 0


async def show_policy(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one policy with its rules and bulk additions; reports which of these may not be read."""
    policy = await workspace.loader.load(fresh.policy_of(args.id))
    service = policy.service
    if service is None:
        print_policy(out, policy)
        return 0
    rules = await optional(out, "the rules", PROTECTION, workspace.loader.load(fresh.rules_of(policy.id)))
    jobs = await optional(out, "the bulk additions", PROTECTION, workspace.loader.load(fresh.unit_jobs_of(policy.id)))
    excluded = await _excluded(workspace, policy, out)
    if out.as_json:
        names = service.names
        listed = {names.rules_path: rules, names.unit_jobs_path: jobs, names.exclusions_path: excluded}
        parts = {key: [one.raw() for one in found] for key, found in listed.items() if found is not None}
        out.data({**policy.raw(), **parts})
        return 0
    out.fields(_fields(policy, None if excluded is None else len(excluded)))
    if excluded:
        out.line("")
        out.table(("EXCLUDED", "SINCE", "ADDRESS", "NAME"), [_exclusion(unit) for unit in excluded])
    if rules:
        out.line("")
        out.table(("RULE", "KIND", "STATUS", "CHANGED", "ADDS"), [rule_row(rule) for rule in rules])
    if jobs:
        out.line("")
        out.table(("BULK ADDITION", "NAMES", "FAILED", "STATUS", "CHANGED", "NAME"), [job_row(job) for job in jobs])
        for job in jobs:
            for trouble in job.troubles:
                out.line(f"  {job.display_name or job.id}: {trouble.name or '?'}: {trouble.message} ({trouble.code})")
    return 0


async def _excluded(workspace: Workspace, policy: ProtectionPolicy, out: Output) -> tuple[ExclusionUnit, ...] | None:
    """What a policy with full workload backup leaves out; None for an ordinary one, and if it may not be read."""
    if not policy.is_full:
        return None
    reading = workspace.loader.load(fresh.exclusions_of(policy.id))
    return await optional(out, "what the policy excludes", PROTECTION, reading)


def _exclusion(unit: ExclusionUnit) -> tuple[str, ...]:
    return (unit.id, utc(unit.created_date_time), unit.address or unit.object_id or "", unit.title or "")


KIND = {True: "dynamic", False: "once", None: "?"}  # how often a rule is applied


def rule_row(rule: ProtectionRule) -> tuple[Cell, ...]:
    """The cells of an inclusion rule."""
    changed = rule.last_modified_date_time or rule.created_date_time
    return (rule.id, KIND[rule.is_auto_apply_enabled], rule_status(rule.status).word, changed, rule.says.words)


def job_row(job: UnitsJob) -> tuple[Cell, ...]:
    """The cells of a bulk addition or exclusion."""
    changed, failed = job.last_modified_date_time or job.created_date_time, len(job.troubles)
    return (job.id, reported(job.name_count), failed, job_status(job.status).word, changed, job.display_name or "")


async def activate_policy(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Starts backing up the units of a policy, after its review."""
    return await _switch(workspace, args, out, "activate")


async def deactivate_policy(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Stops backing up the units of a policy, after its review."""
    return await _switch(workspace, args, out, "deactivate")


async def _switch(workspace: Workspace, args: argparse.Namespace, out: Output, verb: str) -> int:
    # Late: lists need none of it.
    from backup_tui.headless.reviews import carry_out_reviewed
    from backup_tui.protection.following import follow_policy
    from backup_tui.protection.policies import PolicyAction, SwitchPolicy

    action = PolicyAction[verb.upper()]
    reviewed = await SwitchPolicy(args.id, action).prepare(workspace.context)
    policy = await carry_out_reviewed(workspace, args, out, reviewed)
    if args.wait:
        policy = await follow_policy(
            workspace.context,
            args.id,
            lambda seen: out.progress(f"{utc(workspace.clock.now())}  {policy_status(seen.status).word}"),
        )
    print_policy(out, policy)
    return 0


def print_policy(out: Output, policy: ProtectionPolicy) -> None:
    """Prints one policy."""
    out.one(policy, _fields(policy))


def _row(policy: ProtectionPolicy) -> tuple[Cell, ...]:
    protects = "whole service" if policy.is_full else "its units" if policy.protection_mode else None
    return (
        policy.id,
        policy.service.value if policy.service else policy.workload or "?",
        policy_status(policy.status).word,
        utc(policy.last_modified_date_time),
        policy.display_name or "",
        protects,
    )


def _fields(policy: ProtectionPolicy, excluded: int | None = None) -> list[tuple[str, str]]:
    counts = policy.protection_policy_artifact_count
    units = ""
    if counts is not None:
        units = (
            f"{number(counts.total)} in all, {number(counts.completed)} protected, "
            f"{number(counts.in_progress)} in progress, {number(counts.failed)} failed"
        )
    asked = policy.offboard_requested_date_time
    return [
        ("Policy", policy.id),
        ("Name", policy.display_name or ""),
        ("Service", policy.workload or "unknown"),
        ("Protects", covers_words(policy, excluded)),
        ("Status", policy_status(policy.status).word),
        ("Units", units),
        ("Points", retention_words(policy.retention_settings or ())),
        ("Billed under", policy.billing_policy_id or ""),
        ("Offboarding requested", utc(asked) if asked is not None else ""),
        ("Created", when_and_who(policy.created_date_time, policy.created_by)),
        ("Changed", when_and_who(policy.last_modified_date_time, policy.last_modified_by)),
    ]
