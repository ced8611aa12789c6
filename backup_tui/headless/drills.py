"""`backup-tui drill`: a measured rehearsal with units drawn by lot, and what earlier ones showed."""

import argparse
import asyncio
from datetime import timedelta

from msgspec import to_builtins

from backup_tui.errors import BackupTuiError, NotFound, UsageError
from backup_tui.evidence.bundle import fresh_folder
from backup_tui.evidence.drill import (
    MOST_UNITS,
    Drill,
    chosen,
    create_drill,
    draw,
    drill_id,
    drill_named,
    kept_drills,
    measure,
    newest_points,
    seed_of,
    times_tested,
)
from backup_tui.evidence.gathering import gather, where_of
from backup_tui.headless.command import PARTLY
from backup_tui.headless.evidence import forms, written
from backup_tui.headless.formats import Cell
from backup_tui.headless.lists import read_units
from backup_tui.headless.output import Output
from backup_tui.headless.points import told_progress
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe, short_id
from backup_tui.restore.drafts.plan import DraftResult
from backup_tui.workspace import Workspace


async def new_drill(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Draws units, finds their newest points, and creates the draft; nothing is restored before its review."""
    context, service = workspace.context, Service(args.service)
    if not 1 <= args.units <= MOST_UNITS:
        raise UsageError.unsent(f"A drill has 1 to {MOST_UNITS} units.", "--units", str(args.units))
    now = context.clock.now()
    seed = seed_of(now) if args.seed is None else args.seed
    out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
    await read_units(workspace, service, out)
    rows, limit = context.store.units[service], context.limits.tests_per_month
    tests = await times_tested(context.journal, now)
    by_hand = chosen(rows, args.unit or (), tests, limit)
    taken = [one.unit.id for one in by_hand]
    drawn = draw(rows.values(), tests, len(rows), seed, limit, without=taken)
    missing = max(0, args.units - len(by_hand))
    units, spare = (*by_hand, *drawn[:missing]), drawn[missing:]
    points, without = await newest_points(context, units, spare, told_progress(out))
    if not points:
        raise NotFound.unsent(
            f"No protected {service.names.unit} can be tested: each is at its limit, or has no point.",
            "NoUnitToTest",
            "Wait until a test is older than 31 days, or choose another service.",
        )
    drill = Drill(
        drill_id(now, service, seed), now, context.who.user_label, service, seed, tuple(row.name for row in points)
    )
    drill, result = await create_drill(context, drill, points)
    if without:
        out.narrate(f"No point yet, another unit was drawn: {', '.join(row.name for row in without)}")
    out.narrate("Restores of these units that were started elsewhere are not counted here.")
    return _created(drill, result, args.units, out)


def _created(drill: Drill, result: DraftResult, wanted: int, out: Output) -> int:
    session = safe(drill.session_id)
    if out.as_json:
        out.data({**to_builtins(drill), "complete": result.complete})
    else:
        out.line(drill.session_id)
        out.narrate(
            f"Drill {drill.id}, seed {drill.seed}: {drill.service.counted(len(result.in_it))}, to a new location."
        )
        out.narrate(*(f"  {name}" for name in drill.names))
        out.narrate(
            f"Start it: backup-tui sessions activate {session} --wait",
            f"Then see what was measured: backup-tui drill report {drill.id} --to FOLDER",
        )
    return 0 if result.complete and len(result.in_it) >= wanted else PARTLY


async def drill_history(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows the drills of a year, with what was measured."""
    context = workspace.context
    where = where_of(context, workspace.address.without_version)
    drills: list[Drill] = []
    for drill in await kept_drills(context.journal, context.clock.now()):
        try:
            drills.append(await measure(context, where, drill))
        except BackupTuiError as error:
            out.narrate(f"Drill {drill.id} could not be read now: {error.message}")
            drills.append(drill)
    out.listing([_row(drill) for drill in drills], lambda: [to_builtins(drill) for drill in drills])
    copies = sum(len(drill.outcome.copies) for drill in drills if drill.outcome)
    if copies:
        out.narrate(f"{counted(copies, 'restored copy', 'restored copies')} to clean up: backup-tui drill report ID")
    return 0


async def report_drill(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Writes the report of a drill, and prints the addresses of the copies that are to be cleaned up."""
    context = workspace.context
    where = where_of(context, workspace.address.without_version)
    drill = await measure(context, where, await drill_named(context.journal, args.drill))
    if not drill.session_id:
        raise NotFound.unsent(
            f"Drill {safe(drill.id)} has no draft: what was to create it did not end.",
            "DrillNotDrafted",
            "Draw another one: backup-tui drill new",
            certainty="Nothing was written.",
        )
    folder, wanted = await asyncio.to_thread(fresh_folder, args.to), forms(args.format)
    report = await gather(context.journal, where, sessions=[drill.session_id], tools=context)
    code = await written(report, folder, wanted, out)
    outcome = drill.outcome
    if outcome is None:
        out.narrate("The drill has not ended: its figures are those of this moment.")
    elif outcome.copies:
        out.narrate("Copies to clean up, once nobody needs them:", *(f"  {address}" for _, address in outcome.copies))
    return code


def _row(drill: Drill) -> tuple[Cell, ...]:
    outcome = drill.outcome
    return (
        drill.id,
        drill.at,
        drill.by,
        drill.service.value,
        len(drill.names),
        _span(outcome.slowest_seconds if outcome else None),
        _span(outcome.oldest_seconds if outcome else None),
        "not ended" if outcome is None else f"{outcome.restored:,} of {outcome.restored + outcome.failed:,}",
        short_id(drill.session_id),
    )


def _span(seconds: int | None) -> Cell:
    return None if seconds is None else timedelta(seconds=seconds)
