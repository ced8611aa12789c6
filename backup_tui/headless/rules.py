"""`backup-tui rules`: what adds units to a policy automatically, seen, counted before, made, run and removed."""

import argparse

from backup_tui.changes.context import unheard
from backup_tui.errors import NotFound, UsageError
from backup_tui.headless.command import PARTLY
from backup_tui.headless.ids import rule_of
from backup_tui.headless.output import Output, utc, when_and_who
from backup_tui.headless.policies import KIND, rule_row
from backup_tui.headless.reviews import carry_out_reviewed
from backup_tui.models.rule_expressions import check_expression, group_expression, site_expression
from backup_tui.models.rules import ProtectionRule, read_expression
from backup_tui.models.services import Service
from backup_tui.models.statuses import rule_status
from backup_tui.models.text import safe
from backup_tui.protection.following import follow_rule
from backup_tui.protection.inclusion import held_by_rule, in_policy, known_units, read_policy, read_rules
from backup_tui.protection.rule_answers import RulesSeen
from backup_tui.protection.rule_preview import RulePreview, preview_rule
from backup_tui.protection.rule_removal import RemoveRule, removed_before
from backup_tui.protection.rules import ChangeRule, CreateRule, RuleChange, RunRule, equal_rule
from backup_tui.workspace import Workspace


async def list_rules(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the rules of a policy."""
    seen = await _seen(workspace, args.policy)
    out.listing([rule_row(rule) for rule in seen.rules], lambda: [rule.raw() for rule in seen.rules])
    if not seen.rules:
        out.narrate("This policy has no rules: its units are added by hand or in bulk.")
    return 0


async def show_rule(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one rule; of a dynamic one also how many units it holds, counted from the units."""
    seen = await _seen(workspace, args.policy)
    rule = await workspace.reader.rule(seen.service, seen.policy.id, rule_of(seen.rules, args.rule).id)
    if out.as_json:
        out.data(rule.raw())
        return 0
    _print(out, rule, await _holds(workspace, seen) if rule.is_auto_apply_enabled else "")
    return 0


async def preview(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints what a rule would take in, and how that was counted."""
    if args.rule is not None and _says_something(args):
        raise _refused("--rule names a rule that says itself what it adds.", "--rule", "Leave out one of the two.")
    seen = await _seen(workspace, args.policy)
    expression = rule_of(seen.rules, args.rule).expression if args.rule is not None else _expression(args, seen.service)
    counted = await preview_rule(workspace.context, seen.policy, seen.service, expression)
    if out.as_json:
        out.data(_preview_object(counted, expression))
        return 0
    out.line(f"{read_expression(safe(expression)).words}: {counted.words}.")
    out.line(counted.basis)
    for name in counted.adds:
        out.line(f"  {name}")
    return 0


async def add_rule(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Makes a rule, after its review; one that the policy has already is only printed."""
    seen = await _seen(workspace, args.policy)
    expression = _expression(args, seen.service)
    check_expression(seen.service, expression, dynamic=args.dynamic)
    same = equal_rule(seen, expression, dynamic=args.dynamic)
    change = CreateRule(args.policy, expression, args.dynamic)
    if same is not None:
        await change.settle_earlier(workspace.context, unheard)
        out.narrate("The policy has this rule already; nothing was sent.")
        return await _end(workspace, args, out, seen.about(same.id))
    return await _carry_out(workspace, args, out, change)


async def change_rule(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Gives a dynamic rule other groups, after its review."""
    seen = await _seen(workspace, args.policy)
    rule = rule_of(seen.rules, args.rule)
    return await _carry_out(workspace, args, out, ChangeRule(args.policy, rule.id, _expression(args, seen.service)))


async def run_rule(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Applies a rule again, after its review; with `--wait`, says what it added."""
    seen = await _seen(workspace, args.policy)
    rule = rule_of(seen.rules, args.rule)
    before = await _inside(workspace, seen) if args.wait else None
    return await _carry_out(workspace, args, out, RunRule(args.policy, rule.id), before)


async def remove_rule(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Removes a rule, after its review; what it added stays, or what it holds is no longer protected."""
    seen = await _seen(workspace, args.policy)
    earlier = await removed_before(workspace.context, args.rule, unprotect=args.unprotect)
    try:
        rule = rule_of(seen.rules, args.rule)
    except NotFound:
        if earlier is None:
            raise
        out.narrate(f"This rule was removed from here at {utc(earlier.at)} (entry {earlier.id} of the journal).")
        return await _end(workspace, args, out, seen)
    if earlier is not None and (rule.status or "").casefold() == "deleterequested":
        out.narrate(f"Its removal was requested from here at {utc(earlier.at)}; nothing was sent.")
        return await _end(workspace, args, out, seen.about(rule.id))
    return await _carry_out(workspace, args, out, RemoveRule(args.policy, rule.id, args.unprotect))


async def _seen(workspace: Workspace, policy_id: str) -> RulesSeen:
    policy, service = await read_policy(workspace.context, policy_id)
    return RulesSeen(policy, service, await read_rules(workspace.context, service, policy_id))


async def _carry_out(
    workspace: Workspace,
    args: argparse.Namespace,
    out: Output,
    change: RuleChange,
    before: frozenset[str] | None = None,
) -> int:
    seen = await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context))
    return await _end(workspace, args, out, seen, before)


async def _end(
    workspace: Workspace,
    args: argparse.Namespace,
    out: Output,
    seen: RulesSeen,
    before: frozenset[str] | None = None,
) -> int:
    """Prints the rule as it is, with `--wait` as it is in the end; one that is gone is said to be."""
    rule = seen.rule
    if rule is not None and args.wait:

        def tell(now: ProtectionRule | None) -> None:
            word = rule_status(now.status).word if now is not None else "gone"
            out.progress(f"{utc(workspace.clock.now())}  {word}")

        rule = await follow_rule(workspace.context, seen.service, seen.policy.id, rule.id, tell)
    if rule is None:
        out.narrate("The rule is gone.")
        if out.as_json:
            out.data(None)
        return 0
    if before is not None:
        out.narrate(await _added(workspace, seen, before))
    if out.as_json:
        out.data(rule.raw())
    else:
        _print(out, rule, "")
    return PARTLY if args.wait and (rule.status or "").casefold() == "completedwitherrors" else 0


async def _inside(workspace: Workspace, seen: RulesSeen) -> frozenset[str] | None:
    """The units of the policy, as just read; `None` if not all of them could be read."""
    found: set[str] = set()
    async for page in workspace.reader.units(seen.service, policy_id=seen.policy.id):
        if page.unread:
            return None
        found |= {unit.id for unit in page.items}
    return frozenset(found)


async def _added(workspace: Workspace, seen: RulesSeen, before: frozenset[str]) -> str:
    now = await _inside(workspace, seen)
    if now is None:
        return "How many it added is unknown: the units of the policy could not all be read."
    count = len(now - before)
    if not count:
        return "It added nothing: nothing that matches was outside of every policy."
    return f"{seen.service.counted(count)} {'was' if count == 1 else 'were'} added to the policy meanwhile."


async def _holds(workspace: Workspace, seen: RulesSeen) -> str:
    units = await known_units(workspace.context, seen.service)
    if units is None:
        return "unknown: the units could not all be read"
    held = sum(held_by_rule(unit) for unit in in_policy(units.values(), seen.policy.id))
    return f"{seen.service.counted(held)} (counted from the units)" if held else "nothing (counted from the units)"


def _says_something(args: argparse.Namespace) -> bool:
    return bool(args.groups or args.names or args.addresses or args.expression is not None)


def _expression(args: argparse.Namespace, service: Service) -> str:
    """What the options of a command say, in the service's own language. Raises `UsageError`: they say nothing, or what
    a rule of this service cannot."""
    words = bool(args.names or args.addresses)
    if not _says_something(args):
        hint = "Give --name TEXT or --address TEXT." if service is Service.SHAREPOINT else "Give --group ID."
        raise _refused("The rule does not say what it adds.", "--expression", hint)
    if (args.expression is not None) + bool(args.groups) + words > 1:
        raise _refused("A rule says one of these: groups, words, or an expression.", "--expression", "Give one kind.")
    if args.expression is not None:
        return str(args.expression)
    if args.groups and service is Service.SHAREPOINT:
        raise _refused("Rules for sites name no groups.", "--group", "Give --name TEXT or --address TEXT.")
    if words and service is not Service.SHAREPOINT:
        raise _refused(f"Rules for {service.names.units} name groups only.", "--name", "Give --group ID.")
    return group_expression(args.groups) if args.groups else site_expression(args.names, args.addresses)


def _refused(message: str, option: str, hint: str) -> UsageError:
    return UsageError.unsent(message, option, hint=hint)


def _preview_object(counted: RulePreview, expression: str) -> dict[str, object]:
    return {
        "expression": expression,
        "adds": len(counted.adds) if counted.matching is not None else None,
        "matching": counted.matching,
        "inPolicy": counted.inside if counted.matching is not None else None,
        "inOtherPolicies": counted.elsewhere if counted.matching is not None else None,
        "basis": counted.basis,
        "names": list(counted.adds),
    }


def _print(out: Output, rule: ProtectionRule, holds: str) -> None:
    changed = rule.last_modified_date_time or rule.created_date_time
    error = rule.error.message or rule.error.code if rule.error is not None else ""
    out.fields(
        [
            ("Rule", rule.id),
            ("Adds", rule.says.words),
            ("Kind", KIND[rule.is_auto_apply_enabled]),
            ("Status", rule_status(rule.status).word),
            ("Holds", holds),
            ("Problem", error or ""),
            ("Changed", when_and_who(changed, rule.last_modified_by or rule.created_by)),
            ("Expression", safe(rule.expression, len(rule.expression))),
        ]
    )
    for detail in rule.says.details:
        out.line(f"  {detail}")
    for trouble in rule.error.details if rule.error is not None else ():
        out.line(f"  {safe(trouble.target or '?')}: {safe(trouble.message or '')} ({safe(trouble.code or '')})")
