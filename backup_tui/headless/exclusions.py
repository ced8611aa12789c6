"""`backup-tui exclusions`: what a policy with full workload backup leaves out (beta), and excluding names."""

import argparse

from backup_tui.errors import NotFound
from backup_tui.headless.formats import Cell
from backup_tui.headless.ids import job_of
from backup_tui.headless.lists import read_list
from backup_tui.headless.output import Output, when_and_who
from backup_tui.headless.policies import job_row
from backup_tui.headless.reviews import carry_out_reviewed
from backup_tui.models.text import safe, short_id
from backup_tui.models.unit_jobs import NewUnitsJob, UnitsJob
from backup_tui.protection.exclusions import ExcludeInBulk
from backup_tui.protection.inclusion import read_exclusion_jobs, read_policy
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

_COLUMNS = ("ID", "NAMES", "FAILED", "STATUS", "CREATED", "NAME")


async def show_exclusion(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one exclusion unit: what it is, and who excluded it."""
    policy, service = await read_policy(workspace.context, args.policy)
    listed = await workspace.loader.load(fresh.exclusions_of(policy.id))
    found = [one.id for one in listed if one.id.casefold().startswith(args.id.casefold())]
    if len(found) != 1:
        words = f"Several exclusions begin with {safe(args.id)}." if found else f"No exclusion {safe(args.id)} here."
        hint = f"See: backup-tui policies show {short_id(policy.id)}"
        raise NotFound.unsent(words, "ExclusionUnitNotFound", hint)
    unit = await workspace.reader.exclusion(service, policy.id, found[0])
    error = unit.error
    out.one(
        unit,
        [
            ("Exclusion", unit.id),
            ("Address", unit.address or ""),
            ("Name", unit.title or ""),
            ("Object or site id", unit.object_id or ""),
            ("Policy", f"{policy.id} {policy.display_name or ''}".strip()),
            ("Excluded", when_and_who(unit.created_date_time, unit.created_by)),
            ("Problem", f"{error.message or ''} ({error.code})".strip() if error is not None and error.code else ""),
        ],
    )
    return 0


async def list_jobs(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the bulk exclusions from a policy, or shows one with every name that it could not exclude."""
    policy, service = await read_policy(workspace.context, args.policy)
    jobs = await read_exclusion_jobs(workspace.context, service, policy.id)
    if args.job is None:
        _print(out, jobs)
        return 0
    job = await workspace.reader.exclusion_job(service, policy.id, job_of(jobs, args.job).id)
    _print(out, (job,))
    out.narrate(*(f"{safe(one.name or '?')}: {one.message} ({one.code})" for one in job.troubles))
    return 0


async def exclude(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Excludes the names of a list from a policy, after its review."""
    asked = [line.text for line in (await read_list(args.units, "--units", out)).lines]
    named = tuple(one for one in asked if "@" in one or "://" in one)
    new = NewUnitsJob(named, tuple(one for one in asked if one not in named), args.title or "Exclusion")
    change = ExcludeInBulk(args.policy, new)
    done = await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context))
    _print(out, (done.job,) if done.job is not None else ())
    return 0


def _print(out: Output, jobs: tuple[UnitsJob, ...]) -> None:
    if out.as_json:
        out.data([job.raw() for job in jobs])
    else:
        out.table(_COLUMNS, [_row(job) for job in jobs])


def _row(job: UnitsJob) -> tuple[Cell, ...]:
    *cells, _changed, name = job_row(job)
    return (*cells, job.created_date_time, name)
