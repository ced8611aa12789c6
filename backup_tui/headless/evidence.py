"""`backup-tui report` and `report verify`: what is left of restores for a ticket, an auditor, or a colleague."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from backup_tui.config import Settings
from backup_tui.errors import NotFound, UsageError
from backup_tui.evidence.bundle import Bundle, Form, fresh_folder, verify_bundle, write_bundle
from backup_tui.evidence.facts import Report
from backup_tui.evidence.gathering import gather, where_of
from backup_tui.evidence.offline import kept_here
from backup_tui.headless.output import Output
from backup_tui.headless.points import told_progress
from backup_tui.models.text import counted, safe
from backup_tui.plans.record import PlanRecord, kept_plans
from backup_tui.workspace import Workspace

DIFFERS = 1  # exit code of a report that is not as it was written


async def write_report(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Writes the report of sessions or of a plan, as the service and the journal have it now."""
    ids, name = _asked(args)
    folder, wanted = await _place(args)
    context = workspace.context
    plan = await plan_named(workspace, name) if name else None
    report = await gather(
        context.journal,
        where_of(context, workspace.address.without_version),
        sessions=ids,
        plan=plan,
        tools=context,
        on_progress=told_progress(out),
    )
    return await written(report, folder, wanted, out)


async def write_report_offline(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Writes the report from what is kept on this machine; sends nothing and asks nobody to sign in."""
    ids, name = _asked(args)
    folder, wanted = await _place(args)
    settings = load()
    async with kept_here(settings.state_dir, sessions=ids, plan=name, tenant=settings.tenant) as kept:
        report = await gather(kept.journal, kept.where, sessions=kept.sessions, plan=kept.plan)
    return await written(report, folder, wanted, out)


async def verify_report(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Compares the files of a report with their sums."""
    found = await asyncio.to_thread(verify_bundle, args.folder)
    manifest = found.manifest
    other = bool(args.manifest) and args.manifest.lower() != found.manifest_sha256
    whole = found.whole and not other
    if out.as_json:
        out.data(
            {
                "verified": whole,
                "differing": list(found.differing),
                "missing": list(found.missing),
                "extra": list(found.extra),
                "manifestSha256": found.manifest_sha256,
                "manifestAsNoted": None if not args.manifest else not other,
                "title": manifest.title,
                "tenant": manifest.tenant,
                "generatedDateTime": manifest.generated_date_time,
                "generatedBy": manifest.generated_by,
            }
        )
        return 0 if whole else DIFFERS
    for words, names in (("differs", found.differing), ("missing", found.missing), ("extra", found.extra)):
        for name in names:
            out.line(f"{words}: {name}")
    if other:
        out.line(f"differs: manifest.json: its sum is {found.manifest_sha256}, not the one that was noted")
    by = f" by {manifest.generated_by}" if manifest.generated_by else ""
    made = f"{manifest.title}, {manifest.tenant}, made {manifest.generated_date_time}{by}"
    out.line(f"{'Verified' if whole else 'NOT VERIFIED'}: {counted(found.files, 'file')}. {made}.")
    if whole and not args.manifest:
        out.narrate(
            f"Sum of the manifest: {found.manifest_sha256}",
            "If this is the sum that was noted when the report was made, nobody has changed it since.",
        )
    return 0 if whole else DIFFERS


async def plan_named(workspace: Workspace, name: str) -> PlanRecord:
    """The record of a plan. Raises `NotFound`: no plan of this name has drafts here."""
    plans = await kept_plans(workspace.context.journal)
    found = next((one for one in plans if one.plan.name == name), None)
    if found is None:
        known = ", ".join(one.plan.name for one in plans[:5])
        raise NotFound.unsent(
            f"No plan {safe(name)!r} has drafts here.",
            "PlanNotFound",
            f"Known: {safe(known)}" if known else "Create its drafts first: backup-tui plan draft FILE",
            certainty="Nothing was written.",
        )
    return found


def _asked(args: argparse.Namespace) -> tuple[Sequence[str], str]:
    """The ids and the name of the plan, of which one was given. Raises `UsageError`: both were, or none."""
    ids: Sequence[str] = getattr(args, "ids", ())
    name: str = args.plan or ""
    if bool(ids) == bool(name):
        raise UsageError(
            "Give ids of sessions, or --plan NAME.",
            field="ID",
            certainty="Nothing was written.",
            hint="See: backup-tui sessions list",
        )
    return ids, name


async def _place(args: argparse.Namespace) -> tuple[Path, tuple[Form, ...]]:
    """Where the report goes, and its forms: refused before anything is read for it."""
    return await asyncio.to_thread(fresh_folder, args.to), forms(args.format)


async def written(report: Report, folder: Path, wanted: Sequence[Form], out: Output) -> int:
    """Writes a report, and prints where it is and its sums."""
    bundle = await asyncio.to_thread(write_bundle, report, folder, wanted)
    out.narrate(*report.unknown)
    if out.as_json:
        out.data(_bundle_object(bundle))
        return 0
    out.line(str(bundle.folder))
    out.narrate(*(f"  {one.sha256}  {one.name}" for one in bundle.files))
    out.narrate(
        f"Sum of the manifest, to note in the ticket: {bundle.manifest_sha256}",
        f"Compare: backup-tui report verify {bundle.folder}",
    )
    return 0


def _bundle_object(bundle: Bundle) -> dict[str, object]:
    return {
        "folder": str(bundle.folder),
        "manifestSha256": bundle.manifest_sha256,
        "files": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in bundle.files],
    }


def forms(text: str) -> tuple[Form, ...]:
    """The forms of a report that `--format` names. Raises `UsageError`: one of them is unknown."""
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in tuple(Form)]
    if unknown or not words:
        raise UsageError(
            f"{safe(text, 80)!r} is not a list of forms.",
            field="--format",
            value=text,
            certainty="Nothing was written.",
            hint=f"Use {', '.join(Form)}, or several of them with commas.",
        )
    return tuple(dict.fromkeys(Form(word) for word in words))
