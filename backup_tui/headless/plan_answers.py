"""`backup-tui plan update`: answers for many names at once, written into a plan file."""

import argparse
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

from backup_tui.errors import LocalError
from backup_tui.headless.lists import read_units
from backup_tui.headless.output import Output
from backup_tui.headless.plan_checks import checked
from backup_tui.headless.plan_names import scope_lines, scope_object
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe
from backup_tui.plans.answers import leave_out_rest, leave_out_units, take_nearest, with_counts
from backup_tui.plans.document import PlanDocument, read_plan, save_plan
from backup_tui.plans.keys import values_of
from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import ScopeResult
from backup_tui.plans.scope import resolve_scope
from backup_tui.workspace import Workspace


async def update_plan(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Writes answers into a plan file, with the hash of its list and the number of its units as they are now."""
    path = Path(args.file)
    document = read_plan(path, workspace.context.limits)
    plan = document.plan
    result = await resolve_scope(workspace.context, reading(workspace, out), plan, path.parent)
    if result.changed:
        out.narrate(
            f"The list {safe(plan.scope.entries[0])} has changed since the plan was written; it is used as it is."
        )
    plan, result = await answered(workspace, args, plan, path, result, out)
    if args.skip_without_point:
        check = await checked(workspace, document.with_plan(plan), out)
        plan, count = leave_out_units(plan, check.scope, {point.unit_id for point in check.points.without})
        if count:
            out.narrate(f"{counted(count, 'unit')} without a point left out, and named in the plan.")
            result = await resolve_scope(workspace.context, _at_hand, plan, path.parent)
    changed = document.with_plan(with_counts(plan, result))
    _write(changed, document)
    _tell(out, changed, document, result)
    return 0


async def answered(
    workspace: Workspace, args: argparse.Namespace, plan: Plan, path: Path, result: ScopeResult, out: Output
) -> tuple[Plan, ScopeResult]:
    """The plan with the answers of the options to the names to fix, and what became of the names then.

    Args:
        plan: As it was.
        path: Its file.
        out: Takes what was answered.
    """
    for asked, answer, what in (
        (args.take_nearest, take_nearest, "misspelt: the nearest one is taken"),
        (args.skip_unresolved, leave_out_rest, "left out, and named in the plan"),
    ):
        if not asked:
            continue
        plan, count = answer(plan, result)
        if count:
            out.narrate(f"{counted(count, 'name')} {what}.")
            result = await resolve_scope(workspace.context, _at_hand, plan, path.parent)
    return plan, result


def reading(workspace: Workspace, out: Output) -> Callable[[Service], Awaitable[None]]:
    """What reads the units of a service for a plan, and says so."""

    async def load(service: Service) -> None:
        out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
        await read_units(workspace, service, out)

    return load


async def _at_hand(_service: Service) -> None:
    """The units were read for the first look."""


def _write(changed: PlanDocument, document: PlanDocument) -> None:
    """Replaces the file. Raises `LocalError`: somebody else has changed it meanwhile, or it cannot be written."""
    if changed.text == document.text:
        return
    if sha256(document.path.read_bytes()).hexdigest() != document.digest:
        raise LocalError(
            f"{safe(str(document.path))} was changed by somebody else meanwhile.",
            certainty="It was not touched.",
            hint="Run the command again.",
        )
    save_plan(document.path, changed.text, replace=True)


def _tell(out: Output, changed: PlanDocument, document: PlanDocument, result: ScopeResult) -> None:
    old, new = values_of(document.plan), values_of(changed.plan)
    keys = [key for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]
    out.narrate(*scope_lines(result))
    out.narrate(f"Changed in the plan: {', '.join(keys) or 'nothing'}. Nothing was sent.")
    if out.as_json:
        told = {"file": str(changed.path), "changed": {key: new.get(key) for key in keys}}
        out.data({**told, **scope_object(result)})
    else:
        out.line(str(changed.path))
