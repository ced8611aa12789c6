"""`backup-tui plan check` and `plan diff`: what a plan would do as everything is now, and how that differs from its
drafts. Both only read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from backup_tui.headless.formats import aligned
from backup_tui.headless.lists import read_units
from backup_tui.headless.output import Output
from backup_tui.headless.plan_check_text import check_lines, check_object
from backup_tui.headless.points import told_progress
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe, short_id
from backup_tui.plans.checking import PlanCheck, check_plan
from backup_tui.plans.difference import ADDED, CHANGED, REMOVED, PlanDifference, read_difference
from backup_tui.plans.document import PlanDocument, read_plan
from backup_tui.plans.scope import leftovers_csv
from backup_tui.restore.report import save_report
from backup_tui.workspace import Workspace

DIFFERS = 6
"""Exit code of a plan that is not as its drafts are."""


async def check(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints what a plan would do, and saves its names to fix where that was requested."""
    found = await checked(workspace, read_plan(Path(args.file), workspace.context.limits), out)
    if args.leftovers is not None:
        without = found.points.without
        save_report(Path(args.leftovers), leftovers_csv(found.scope, without, found.document.plan.waves))
        lines = len(found.scope.problems) + len(without)
        out.narrate(f"{counted(lines, 'name')} to fix or without a point saved: {args.leftovers}")
    if out.as_json:
        out.data(check_object(found))
    else:
        out.text("".join(f"{safe(line, len(line))}\n" for line in check_lines(found, out.bar)))
    return found.exit_code


async def diff(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints how a plan differs from the drafts that were made for it."""
    found = await checked(workspace, read_plan(Path(args.file), workspace.context.limits), out)
    difference = await read_difference(workspace.context, found)
    out.narrate(*(f"{check.mark.value} {check.text}" for check in found.blocking))
    if out.as_json:
        out.data(difference_object(found, difference))
    else:
        out.text("".join(f"{safe(line, len(line))}\n" for line in difference_lines(found, difference)))
    return DIFFERS if difference.differs else 0


async def checked(workspace: Workspace, document: PlanDocument, out: Output) -> PlanCheck:
    """Checks a plan, and tells the person how far it is.

    Raises:
        BackupTuiError: As `check_plan` raises it.
    """

    async def load(service: Service) -> None:
        out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
        await read_units(workspace, service, out)

    return await check_plan(workspace.context, load, document, told_progress(out))


# -- the difference ----------------------------------------------------------------------------------------------------


def difference_lines(check: PlanCheck, found: PlanDifference) -> Iterator[str]:
    """How a plan differs from its drafts: what else differs first, then unit by unit."""
    plan = check.document.plan.name
    if not found.differs:
        yield f"Plan {plan} is as its drafts are: {found.words}."
        return
    yield f"Plan {plan} differs from its drafts: {found.words}."
    yield from (f"  plan: {line}" for line in found.settings)
    yield from (f"  {line}" for line in found.drafts)
    if not found.rows:
        return
    header = ("", "UNIT", "WAVE", "SESSION", "WHAT")
    rows = [
        (
            row.sign,
            row.name,
            row.wave,
            short_id(row.session_id),
            f"{row.what} (its session has started: nothing can be changed in it)" if row.started else row.what,
        )
        for row in found.rows
    ]
    yield from aligned(header, rows)


def difference_object(check: PlanCheck, found: PlanDifference) -> dict[str, object]:
    """The same as JSON."""
    return {
        "plan": check.document.plan.name,
        "differs": found.differs,
        "added": found.count(ADDED),
        "removed": found.count(REMOVED),
        "changed": found.count(CHANGED),
        "same": found.same,
        "units": [
            {
                "sign": row.sign,
                "unitId": row.unit_id,
                "name": row.name,
                "wave": row.wave,
                "sessionId": row.session_id or None,
                "started": row.started,
                "what": row.what,
            }
            for row in found.rows
        ],
        "settings": list(found.settings),
        "drafts": list(found.drafts),
    }
