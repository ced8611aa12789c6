"""`backup-tui plan draft`: a checked plan becomes drafts; one that was changed is compared with them first."""

import argparse
from pathlib import Path

from backup_tui.errors import BackupTuiError, StateConflict, UsageError
from backup_tui.headless.output import Output
from backup_tui.headless.plan_checks import checked
from backup_tui.headless.plan_status import plan_object
from backup_tui.headless.points import told_progress
from backup_tui.models.checks import CheckResult
from backup_tui.models.text import counted
from backup_tui.plans.checking import PlanCheck
from backup_tui.plans.deleted import draft_deleted_again, leave_deleted_out
from backup_tui.plans.difference import ADDED, REMOVED, PlanDifference, read_difference
from backup_tui.plans.document import PlanDocument, read_plan
from backup_tui.plans.drafting import complete_drafts, draft_plan
from backup_tui.plans.extending import extend_plan
from backup_tui.plans.plan_checks import check_problems, check_without_point
from backup_tui.plans.record import PlanRecord, kept_record, need_record
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

SHOWN = 20  # so many units that differ are listed; all of them are in `plan diff`

HEADER = ("PART", "ID", "WAVE", "SERVICE", "TO", "UNITS")


async def draft(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Creates the drafts of a plan, or completes those of an earlier run."""
    context, told = workspace.context, told_progress(out)
    record = await kept_record(context.journal, args.file)
    if args.deleted:
        name = args.file if record is not None else read_plan(Path(args.file), context.limits).plan.name
        return await _print(workspace, out, await _deleted(workspace, name, args, out))
    if record is not None:
        return await _print(workspace, out, await complete_drafts(context, record.plan.name, told))
    document = read_plan(Path(args.file), context.limits)
    plan, path = document.plan, str(document.path)
    record = await kept_record(context.journal, plan.name)
    if record is not None and record.digest == document.digest and len(record.sessions) < len(record.parts):
        out.narrate(f"An earlier run began the drafts of {plan.name}; they are completed as they were checked then.")
        return await _print(workspace, out, await complete_drafts(context, plan.name, told))
    check = await checked(workspace, document, out)
    _tell(out, check)
    if record is None:
        _refuse(check, args, document)
        made = await draft_plan(context, plan, document.digest, path, check, told)
        return await _print(workspace, out, made)
    difference = await read_difference(context, check)
    differs = difference.differs
    if record.digest == document.digest:
        # The same file: a time such as "2h ago" moves its points, but only another list makes it another plan.
        differs = bool(difference.count(ADDED) + difference.count(REMOVED))
    if not differs:
        out.narrate("Its drafts have the same units.")
        return await _print(workspace, out, await complete_drafts(context, plan.name, told))
    _tell_difference(out, difference)
    if not args.apply:
        raise StateConflict.unsent(
            f"The plan {plan.name} is not what its drafts were created for.",
            "PlanChanged",
            "To create drafts for what was added, add: --apply. Nothing else in the drafts is changed by it.",
        )
    _refuse(check, args, document)
    await extend_plan(context, plan, document.digest, path, check)
    return await _print(workspace, out, await complete_drafts(context, plan.name, told))


async def _deleted(workspace: Workspace, name: str, args: argparse.Namespace, out: Output) -> PlanRecord:
    """What becomes of the drafts that somebody deleted."""
    if args.deleted == "again":
        return await draft_deleted_again(workspace.context, name, on_progress=told_progress(out))
    count = await leave_deleted_out(workspace.context, name)
    out.narrate(f"{counted(count, 'unit')} left out of the plan; reports list the names, with the reason.")
    return await need_record(workspace.context.journal, name)


def _tell(out: Output, check: PlanCheck) -> None:
    """What was found, in short; `plan check` says all of it."""
    sums = check.scope.sums
    parts = [f"{sums['names']:,} names", f"{sums['found']:,} found"]
    for key, word in (("twice", "twice"), ("toFix", "to fix"), ("leftOut", "left out")):
        if sums[key]:
            parts.append(f"{sums[key]:,} {word}")
    if check.points.without:
        parts.append(f"{len(check.points.without):,} without a point")
    out.narrate(f"{', '.join(parts)}.", *check.sentences)
    worst = [one for one in check.checks if one.mark in (CheckResult.BLOCKING, CheckResult.WARNING)]
    out.narrate(*(f"  {one.mark.value} {one.text}" for one in worst))


def _tell_difference(out: Output, difference: PlanDifference) -> None:
    """How the plan differs from its drafts."""
    out.narrate(f"Compared with its drafts: {difference.words}.")
    out.narrate(*(f"  ~ {line}" for line in (*difference.settings, *difference.drafts)))
    out.narrate(*(f"  {row.sign} {row.name}: {row.what}" for row in difference.rows[:SHOWN]))
    if len(difference.rows) > SHOWN:
        out.narrate(f"  and {len(difference.rows) - SHOWN:,} more")
    if difference.count(REMOVED):
        out.narrate("Units that left the plan stay in their drafts; sessions edit ID --remove FILE takes them out.")


def _refuse(check: PlanCheck, args: argparse.Namespace, document: PlanDocument) -> None:
    """Refuses a plan that is not ready; names to fix and units without a point may be skipped. Raises `UsageError`:
    names are to fix, or units have no point; `BackupTuiError`: another check blocks."""
    named = {*check_problems(check.scope), *check_without_point(check.points)}
    others = [one for one in check.blocking if one not in named]
    if others:
        more = f" (and {counted(len(others) - 1, 'other check')})" if len(others) > 1 else ""
        raise BackupTuiError(
            f"The plan is not ready: {others[0].text}{more}.",
            certainty="Nothing was sent.",
            hint=f"See: backup-tui plan check {document.path}",
            code="NotPossibleNow",
        )
    if not args.skip_unresolved and (check.scope.problems or check.points.without):
        problems, without = len(check.scope.problems), len(check.points.without)
        what = [counted(problems, "name") + " to fix"] if problems else []
        what += [counted(without, "unit") + " without a point"] if without else []
        raise UsageError.unsent(
            f"The plan is not ready: {', '.join(what)}.",
            "FILE",
            str(document.path),
            f"See them: backup-tui plan check {document.path}. To continue without them: --skip-unresolved",
        )


async def _print(workspace: Workspace, out: Output, record: PlanRecord) -> int:
    if out.as_json:
        await workspace.loader.load(fresh.SESSIONS)
        out.data(await plan_object(workspace, record))
        return 0
    rows = [
        (
            str(part.number),
            record.sessions.get(part.number, ""),
            record.plan.waves[part.wave].name,
            part.service.value,
            part.destination.word,
            f"{part.units:,}",
        )
        for part in record.parts
    ]
    out.table(HEADER, rows)
    out.narrate(f"Nothing is restored yet. The review: backup-tui plan run {record.plan.name}")
    return 0
