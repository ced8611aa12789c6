"""`backup-tui bulk`: long lists of names handed to a policy at once, and the names that could not be added."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from backup_tui.changes.context import unheard
from backup_tui.errors import NamesUnresolved
from backup_tui.headless.command import PARTLY
from backup_tui.headless.ids import job_of
from backup_tui.headless.lists import read_list, read_units
from backup_tui.headless.output import Output, number, utc, when_and_who
from backup_tui.headless.policies import job_row
from backup_tui.headless.reviews import carry_out_reviewed
from backup_tui.models.services import Service
from backup_tui.models.statuses import job_status
from backup_tui.models.text import counted
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.protection.bulk_additions import AddInBulk, same_list
from backup_tui.protection.bulk_answers import JobsSeen
from backup_tui.protection.bulk_names import AskedName, RepeatedName, SortedNames, sort_names
from backup_tui.protection.bulk_troubles import HEADINGS, trouble_remedy, trouble_rows, trouble_words
from backup_tui.protection.following import follow_unit_job
from backup_tui.protection.inclusion import read_policy, read_unit_jobs
from backup_tui.restore.names.names import UnitList
from backup_tui.restore.report import as_csv, save_report
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

MOST_TOLD = 50  # names that are told one by one; a file takes all of them


async def list_jobs(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the bulk additions to a policy."""
    seen = await _seen(workspace, args.policy)
    out.listing([job_row(job) for job in seen.jobs], lambda: [job.raw() for job in seen.jobs])
    if not seen.jobs:
        out.narrate("Nothing was added to this policy in bulk.")
    return 0


async def show_job(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one bulk addition and every name that it could not add."""
    seen = await _seen(workspace, args.policy)
    job = job_of(seen.jobs, args.job)
    whole = await workspace.reader.unit_job(seen.service, seen.policy.id, job.id)
    _save(args.leftovers, trouble_rows(whole.troubles), out)
    _print(out, whole)
    return 0


async def add_names(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Hands a list to a policy, after its review; the same list is not sent twice while it is being added."""
    names = await read_list(args.units, "--units", out)
    seen = await _seen(workspace, args.policy)
    found = await _sorted(workspace, seen, names, out)
    _tell(found, out, skipped=args.skip_unresolved)
    rows = [(one.text, str(one.line), one.reason.value, one.words, "") for one in found.held]
    _save(args.leftovers, rows, out)
    if found.held and not (args.skip_unresolved and (found.send or found.inside)):
        raise NamesUnresolved(
            f"{len(found.held):,} of {counted(found.count, 'name')} cannot be sent.",
            names=tuple(one.text for one in found.held),
            certainty="Nothing was sent.",
            hint="Correct them, or continue without them: --skip-unresolved",
        )
    if not found.send:
        out.narrate("Every name is in the policy already; nothing was sent.")
        if out.as_json:
            out.data({"sums": dict(found.sums)})
        return 0
    change = AddInBulk(args.policy, found, args.title or "")
    job = same_list(seen, change.new)
    if job is None or (args.again and not job_status(job.status).moving):
        after = await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context))
        job = after.job
    else:
        await change.settle_earlier(workspace.context, unheard)
        out.narrate(f"The same names were handed to this policy at {utc(job.created_date_time)}; nothing was sent.")
        if not job_status(job.status).moving:
            out.narrate("  To hand them over once more: --again")
    if job is None:
        raise AssertionError("a bulk addition that was made is known")
    return await _end(workspace, args, out, seen, job)


async def _end(workspace: Workspace, args: argparse.Namespace, out: Output, seen: JobsSeen, job: UnitsJob) -> int:
    if args.wait:

        def tell(now: UnitsJob) -> None:
            out.progress(f"{utc(workspace.clock.now())}  {job_status(now.status).word}")

        job = await follow_unit_job(workspace.context, seen.service, seen.policy.id, job.id, tell)
    _print(out, job)
    return PARTLY if args.wait and (job.status or "").casefold() == "completedwitherrors" else 0


async def _seen(workspace: Workspace, policy_id: str) -> JobsSeen:
    policy, service = await read_policy(workspace.context, policy_id)
    return JobsSeen(policy, service, await read_unit_jobs(workspace.context, service, policy_id))


async def _sorted(workspace: Workspace, seen: JobsSeen, names: UnitList, out: Output) -> SortedNames:
    """Sorts the list by what can be sent, as far as the units that the service lists tell."""
    out.progress(f"Reading the {seen.service.names.units} of {workspace.who.tenant}.")
    await read_units(workspace, seen.service, out)
    await workspace.loader.load(fresh.POLICIES)
    return sort_list(workspace, seen, names)


def sort_list(workspace: Workspace, seen: JobsSeen, names: UnitList) -> SortedNames:
    """Sorts a list with the units and policies that are known."""
    service: Service = seen.service
    return sort_names(
        (AskedName(name.line, name.text, name.others) for name in names.lines),
        [RepeatedName(one.line, one.first_line, one.text) for one in names.duplicates],
        service,
        seen.policy,
        workspace.store.units[service].values(),
        workspace.store.policies,
    )


def _tell(found: SortedNames, out: Output, *, skipped: bool) -> None:
    for one in found.held[:MOST_TOLD]:
        out.narrate(f"Line {one.line}: {one.text}: {one.reason.value}. {one.words}")
    if len(found.held) > MOST_TOLD:
        out.narrate(f"  and {len(found.held) - MOST_TOLD:,} more; --leftovers FILE writes all of them")
    out.narrate(f"{found.words(skipped=skipped)}.")


def _save(path: str | None, rows: Sequence[tuple[str, ...]], out: Output) -> None:
    if path is None:
        return
    save_report(Path(path), as_csv(HEADINGS, rows))
    out.narrate(f"{counted(len(rows), 'name')} to correct saved: {path}")


def _print(out: Output, job: UnitsJob) -> None:
    out.one(
        job,
        [
            ("Bulk addition", job.id),
            ("Name", job.display_name or ""),
            ("Names", number(job.name_count)),
            ("Not added", number(len(job.troubles)) if job.troubles else ""),
            ("Status", job_status(job.status).word),
            ("Created", when_and_who(job.created_date_time, job.created_by)),
        ],
    )
    if job.troubles and not out.as_json:
        out.line("")
        rows = [(one.name or "?", trouble_words(one), one.code, trouble_remedy(one)) for one in job.troubles]
        out.table(("NAME", "NOT ADDED BECAUSE", "CODE", "WHAT TO DO"), rows)
