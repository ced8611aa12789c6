"""`backup-tui policies create`, `rename`, `delete`, `add`, `remove` and `watch`: what a policy is and who is in it."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from backup_tui.changes.change import carry_out
from backup_tui.errors import LocalError, NamesUnresolved, OutcomeUnknown, UsageError
from backup_tui.headless.command import PARTLY
from backup_tui.headless.lists import name_lines, read_list, read_units
from backup_tui.headless.output import Output, utc
from backup_tui.headless.policies import print_policy
from backup_tui.headless.reviews import carry_out_reviewed, narrate_review, need_phrase, refuse_blocked
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status, unit_status
from backup_tui.models.text import counted, safe
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.editing import LONG_LIST, EditPolicy, EditReview
from backup_tui.protection.editing_create import CreatePolicy, checked_name, inactive_of_name
from backup_tui.protection.editing_parts import EditResult, Fate, Member, MemberFate
from backup_tui.protection.editing_policies import DeletePolicy, RenamePolicy
from backup_tui.protection.editing_watch import PolicyNow, follow_units
from backup_tui.protection.following import LOOK_EVERY
from backup_tui.restore.names.resolve import refuse_hidden_names
from backup_tui.restore.report import save_report
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace
from backup_tui.workspace.policy_lists import MembersOfList, leftovers_csv, members_of


async def create_policy(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Creates an inactive policy, with the units of a list."""
    service, name = Service(args.service), checked_name(args.name)
    found = None
    if args.units:
        made = await inactive_of_name(workspace.context, service, name)
        found = await _listed(workspace, args, out, service, made, joins=True)
    members, absent = _members(found)
    reviewed = await CreatePolicy(service, name, members, absent).prepare(workspace.context)
    return await _edit(workspace, args, out, reviewed, found)


async def add_units(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Adds the units of a list to a policy."""
    return await _change_units(workspace, args, out, joins=True)


async def remove_units(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Removes the units of a list from a policy."""
    return await _change_units(workspace, args, out, joins=False)


async def _change_units(workspace: Workspace, args: argparse.Namespace, out: Output, *, joins: bool) -> int:
    policy = await workspace.loader.load(fresh.policy_of(args.id))
    if policy.service is None:
        words = "This version does not know the service of this policy, so its units cannot be changed."
        raise UsageError.unsent(words, "POLICY", args.id)
    found = await _listed(workspace, args, out, policy.service, policy.id, joins=joins)
    members, absent = _members(found)
    change = EditPolicy(policy.id, members if joins else (), () if joins else members, absent)
    return await _edit(workspace, args, out, await change.prepare(workspace.context), found)


async def rename_policy(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Gives a policy another name."""
    reviewed = await RenamePolicy(args.id, args.name).prepare(workspace.context)
    print_policy(out, await carry_out_reviewed(workspace, args, out, reviewed))
    return 0


async def delete_policy(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Deletes an inactive policy."""
    reviewed = await DeletePolicy(args.id).prepare(workspace.context)
    policy = await carry_out_reviewed(workspace, args, out, reviewed)
    out.narrate(f'The policy "{policy.display_name or policy.id}" is deleted.')
    if out.as_json:
        out.data({"id": policy.id, "displayName": policy.display_name, "deleted": True})
    else:
        out.line(policy.id)
    return 0


async def watch_policy(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints each change of a policy and its units until the service has finished."""
    now = await _follow(workspace, args, out)
    troubles = now.troubles
    if out.as_json:
        out.data({**now.policy.raw(), "units": [unit.raw() for unit in now.units]})
    else:
        print_policy(out, now.policy)
        _print_troubles(out, troubles)
    return PARTLY if troubles else 0


async def _listed(
    workspace: Workspace, args: argparse.Namespace, out: Output, service: Service, policy_id: str, *, joins: bool
) -> MembersOfList:
    """Reads a list and finds who is meant; tells what became of every name. Raises `NamesUnresolved`: names do not fit,
    and they may not be skipped, or none is left; `UsageError`, `BackupTuiError`: the list or the units of the service
    cannot be read."""
    _refuse_existing(args.leftovers)
    names = await read_list(args.units, "--units", out)
    refuse_hidden_names(names, service, app_only=workspace.who.app_only)
    out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
    await read_units(workspace, service, out)
    found = members_of(workspace, names, service, policy_id, joins=joins)
    out.narrate(*name_lines(names, found.resolution, found.index, service, workspace.who.tenant))
    left = len(found.problems)
    if left and args.leftovers is not None:
        save_report(Path(args.leftovers), leftovers_csv(found, service, workspace.who.tenant))
        out.narrate(f"Names to fix: {safe(args.leftovers)}")
    skipped = args.skip_unresolved and bool(found.members)
    out.narrate(found.sentence("left out" if skipped else "to fix"))
    if left and not skipped:
        raise NamesUnresolved(
            f"{left:,} of {counted(names.count, 'name')} cannot be {'added' if joins else 'removed'}.",
            names=[problem.written.text for problem in found.problems],
            certainty="Nothing was sent.",
            hint="Correct them, or continue without them: --skip-unresolved"
            if found.members
            else "Correct them; no other name is left.",
        )
    return found


def _refuse_existing(leftovers: str | None) -> None:
    if leftovers is not None and os.path.lexists(leftovers):
        raise LocalError(
            f"{safe(leftovers)} exists already.",
            certainty="It was not touched.",
            hint="Use another name.",
            code="FileExists",
        )


def _members(found: MembersOfList | None) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    if found is None:
        return (), ()
    return found.members, tuple(problem.written.text for problem in found.problems)


async def _edit(
    workspace: Workspace, args: argparse.Namespace, out: Output, review: EditReview, found: MembersOfList | None
) -> int:
    """Prints the review, makes the change if the right phrase was given, and accounts for every unit."""
    if isinstance(review.change, EditPolicy) and review.nothing_to_do:
        service = review.service
        count = service.counted(len(review.already)) if service else counted(len(review.already), "unit")
        out.narrate(f"Nothing to change: {count} of the list {'is' if len(review.already) == 1 else 'are'} so already.")
        result = EditResult(review.thing.id, review.subject, review.service or Service.EXCHANGE, review.already)
    else:
        done = review.change.done_word
        out.narrate(f"{review.word} {review.title}")
        narrate_review(out, review, review.extra)
        if len(review.add) > LONG_LIST:
            made = isinstance(review.change, EditPolicy)
            how = "In one request" if made else "In two requests: create it without --units, then add them"
            out.narrate(f"{how}: backup-tui bulk add {review.thing.id if made else 'ID'} --units {args.units}")
        refuse_blocked(review, done, review.hint)
        given = await need_phrase(out, args.confirm, review.phrase, done)
        result = await carry_out(workspace.context, review.change, review, given)
        out.narrate(result.sentence)
        if result.error is not None:
            out.narrate(*filter(None, (result.error.message, result.error.certainty, result.error.hint)))
    code = _code(result)
    now = await _follow(workspace, args, out, result.policy_id) if getattr(args, "wait", False) else None
    failed = _failed(result, now)
    _print_result(out, result, found, now, failed)
    return code or (PARTLY if failed else 0)


def _code(result: EditResult) -> int:
    if result.complete:
        return 0
    return OutcomeUnknown.exit_code if isinstance(result.error, OutcomeUnknown) else PARTLY


async def _follow(
    workspace: Workspace, args: argparse.Namespace, out: Output, policy_id: str | None = None
) -> PolicyNow:
    return await follow_units(
        workspace.context,
        policy_id or args.id,
        lambda seen: out.narrate(f"{utc(workspace.clock.now())}  {seen.words}"),
        args.interval or LOOK_EVERY,
    )


def _failed(result: EditResult, now: PolicyNow | None) -> tuple[ProtectionUnit, ...]:
    """Units of this change that the service accepted and then could not protect."""
    if now is None:
        return ()
    mine = {one.member.key for one in result.fates}
    return tuple(unit for unit in now.troubles if (unit.object_id or unit.id).casefold() in mine)


def _print_result(
    out: Output,
    result: EditResult,
    found: MembersOfList | None,
    now: PolicyNow | None,
    failed: Sequence[ProtectionUnit],
) -> None:
    status = policy_status(now.policy.status).word if now is not None else ""
    if out.as_json:
        out.data(
            {
                "id": result.policy_id,
                "status": now.policy.status if now is not None else None,
                **({"names": found.sums} if found is not None else {}),
                "units": [_fate_object(one) for one in result.fates],
                "failed": [unit.raw() for unit in failed],
            }
        )
        return
    counts = [
        ("Policy", result.policy_id),
        ("Status", status),
        ("Added", _number(result.count(Fate.DONE, joins=True))),
        ("Removed", _number(result.count(Fate.DONE, joins=False))),
        ("Already so", _number(result.count(Fate.ALREADY))),
        ("Refused", _number(result.count(Fate.REFUSED))),
        ("Not sent", _number(result.count(Fate.NOT_SENT))),
        ("Unknown", _number(result.count(Fate.UNKNOWN))),
        ("Left out", _number(len(found.problems)) if found is not None else ""),
    ]
    out.fields(counts)
    if result.not_done:
        out.line("")
        rows = [(one.member.name, "add" if one.joins else "remove", one.fate.value, one.why) for one in result.not_done]
        out.table(("UNIT", "CHANGE", "OUTCOME", "WHY"), rows)
    _print_troubles(out, failed)


def _print_troubles(out: Output, units: Sequence[ProtectionUnit]) -> None:
    if not units:
        return
    out.line("")
    rows = [
        (unit.address or unit.title or unit.object_id or unit.id, unit_status(unit.status).word, _error(unit))
        for unit in units
    ]
    out.table(("UNIT", "STATUS", "PROBLEM"), rows)


def _error(unit: ProtectionUnit) -> str:
    error = unit.error
    return ": ".join(filter(None, (error.code, error.message))) if error is not None else ""


def _number(count: int) -> str:
    return f"{count:,}" if count else ""


def _fate_object(one: MemberFate) -> dict[str, object]:
    return {
        "name": one.member.name,
        "objectId": one.member.object_id or None,
        "unitId": one.member.unit_id or None,
        "change": "add" if one.joins else "remove",
        "outcome": {Fate.ALREADY: "already", Fate.NOT_SENT: "notSent"}.get(one.fate, one.fate.value),
        "why": one.why or None,
    }
