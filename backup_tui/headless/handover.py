"""`backup-tui handover`: the card for the next shift, and the file with the names behind the points for a colleague."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from backup_tui.config import Settings
from backup_tui.errors import NotFound, UsageError
from backup_tui.evidence.card import (
    Deadlines,
    card_lines,
    current_sessions,
    deadlines_of,
    kept_next,
    proposed_next,
    recent_sessions,
)
from backup_tui.evidence.facts import Report
from backup_tui.evidence.gathering import gather, where_of
from backup_tui.evidence.names_file import file_text, names_bytes, names_file, read_names_file
from backup_tui.evidence.offline import kept_here
from backup_tui.evidence.taking_names import Taken, take_names, taken_lines
from backup_tui.headless.command import PARTLY
from backup_tui.headless.evidence import plan_named
from backup_tui.headless.optional_reads import optional
from backup_tui.headless.output import Output
from backup_tui.headless.points import told_progress
from backup_tui.models.features import SERVICE
from backup_tui.models.service_state import state_of
from backup_tui.models.text import counted, safe
from backup_tui.restore.report import save_report
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace


async def write_card(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints the card of a session, of a plan, or of everything that is open."""
    _one_of(args)
    context = workspace.context
    plan = await plan_named(workspace, args.plan) if args.plan else None
    ids: Sequence[str] = [args.id] if args.id else []
    if not ids and plan is None:
        await workspace.loader.load(fresh.SESSIONS)
        ids = current_sessions(context.store, context.clock.now())
    root = await optional(out, "until when restores are allowed", SERVICE, workspace.loader.load(fresh.SERVICE_ROOT))
    report = await gather(
        context.journal,
        where_of(context, workspace.address.without_version),
        sessions=ids,
        plan=plan,
        tools=context,
        on_progress=told_progress(out),
    )
    report = named(report, args)
    deadlines = await deadlines_of(context.journal, report, state_of(root).restores_until if root else None)
    kept = await kept_next(context.journal, report.subject)
    return await _card(report, deadlines, kept, workspace.settings, args, out)


async def write_card_offline(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Prints the card from what is kept on this machine; sends nothing."""
    _one_of(args)
    settings, ids = load(), [args.id] if args.id else []
    async with kept_here(settings.state_dir, sessions=ids, plan=args.plan or "", tenant=settings.tenant) as kept:
        sessions: Sequence[str] = kept.sessions
        if not sessions and kept.plan is None:
            sessions = await recent_sessions(kept.journal, kept.where.at)
        report = named(await gather(kept.journal, kept.where, sessions=sessions, plan=kept.plan), args)
        deadlines = await deadlines_of(kept.journal, report, None)
        own = await kept_next(kept.journal, report.subject)
    return await _card(report, deadlines, own, settings, args, out)


async def write_names(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Writes the file with the names behind the points of sessions."""
    context = workspace.context
    plan = await plan_named(workspace, args.plan) if args.plan else None
    ids: list[str] = list(args.ids)
    if not ids and plan is None:
        ids = list(await recent_sessions(context.journal, context.clock.now()))
    points: list[str] = []
    for session_id in ids:
        with suppress(NotFound):  # A deleted draft; what was asked for is kept here.
            await workspace.load_artifacts(session_id)
        points += [row.point_id for row in context.store.artifacts(session_id).values() if row.point_id]
    where = where_of(context, workspace.address.without_version)
    found = await names_file(context.journal, where, ids, points, plan)
    units = sum(len(record.units) for record in found.drafts) + len(found.points)
    if not units and found.plan is None:
        raise UsageError(
            "No name behind these sessions is known here.",
            field="ID",
            certainty="Nothing was written.",
            hint="Write the file on the machine on which they were drafted.",
        )
    path = _path(args.to)
    await asyncio.to_thread(save_report, path, file_text(found))
    told = {"file": str(path), "sessions": [one.session_id for one in found.drafts], "units": units}
    if out.as_json:
        out.data(told)
        return 0
    out.line(str(path))
    out.narrate(
        f"It holds the names of {counted(units, 'unit')} in {counted(len(found.drafts), 'draft')}"
        f"{f' and plan {safe(args.plan)}' if plan else ''}, and no sign-in. Readable by you only.",
        "Your colleague reads it with: backup-tui handover read FILE",
    )
    return 0


async def read_names(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Takes the names of a file, as far as the service confirms them."""
    found = await asyncio.to_thread(lambda: read_names_file(names_bytes(args.file)))
    context = workspace.context
    where = where_of(context, workspace.address.without_version)
    taken = await take_names(context, where, found, told_progress(out))
    if out.as_json:
        out.data(_taken_object(taken))
    else:
        for line in taken_lines(taken):
            out.line(line)
    return PARTLY if taken.refused else 0


def named(report: Report, args: argparse.Namespace) -> Report:
    """The report of everything that is open has a name of its own, whatever is open."""
    return report if args.id or args.plan else replace(report, subject="open")


def _taken_object(taken: Taken) -> dict[str, object]:
    return {
        "from": taken.by,
        "generatedDateTime": taken.at,
        "sessions": list(taken.sessions),
        "confirmed": taken.named,
        "notConfirmed": list(taken.refused),
        "leftAsKept": list(taken.known),
        "plan": taken.plan or None,
        "planLeftAsKept": taken.plan_known,
    }


async def _card(
    report: Report,
    deadlines: Deadlines,
    kept: tuple[str, ...] | None,
    settings: Settings,
    args: argparse.Namespace,
    out: Output,
) -> int:
    proposed = proposed_next(report, deadlines)
    lines = card_lines(report, proposed if kept is None else kept, settings.zone)
    if args.to:
        path = _path(args.to)
        await asyncio.to_thread(save_report, path, "\n".join(lines) + "\n")
        out.narrate(f"Saved for you only: {path}")
    if out.as_json:
        out.data({"lines": lines, "next": list(proposed if kept is None else kept), "file": args.to or None})
    elif not args.to:
        for line in lines:
            out.line(line)
    return 0


def _one_of(args: argparse.Namespace) -> None:
    if args.id and args.plan:
        raise UsageError.unsent("Give the id of a session, or --plan NAME.", "ID", hint="Leave one out.")


def _path(written: str) -> Path:
    return Path(written).expanduser().absolute()
