"""`backup-tui plan status`: where plans are, from the journal and one read of the service."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from backup_tui.errors import UsageError
from backup_tui.headless.output import Output, utc
from backup_tui.plans.document import read_plan
from backup_tui.plans.kept import lives
from backup_tui.plans.plan_text import mail_words
from backup_tui.plans.progress import Counts, PartProgress, PlanProgress, WaveProgress, plan_progress
from backup_tui.plans.record import PlanRecord, RunnerStatus, kept_plans, kept_record, kept_status, need_record
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

WAVE_HEADER = ("WAVE", "SESSIONS", "STATE", "OK", "FAILED", "RUNNING", "WAITING", "OF")
PLAN_HEADER = ("PLAN", "CREATED", "BY", "RESTORED", "FAILED", "OF", "RUNNER")


async def show_status(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one plan, or lists all that have drafts."""
    if args.plan is None:
        return await _list(workspace, out)
    record = await plan_named(workspace, args.plan)
    await workspace.loader.load(fresh.SESSIONS)
    if out.as_json:
        out.data(await plan_object(workspace, record))
    else:
        await print_plan(workspace, out, record)
    return 0


async def plan_named(workspace: Workspace, text: str) -> PlanRecord:
    """The plan with drafts that a person means by its name or its file. Raises `UsageError`: there is no such plan, or
    it has no drafts here."""
    journal = workspace.context.journal
    record = await kept_record(journal, text)
    if record is None and text.endswith(".toml"):
        return await need_record(journal, read_plan(Path(text), workspace.context.limits).plan.name)
    return await need_record(journal, text)


def wave_index(record: PlanRecord, name: str) -> int:
    """The place of a wave that is named. Raises `UsageError`: the plan has no wave of this name."""
    names = [wave.name.casefold() for wave in record.plan.waves]
    if name.casefold() not in names:
        known = ", ".join(wave.name for wave in record.plan.waves)
        raise UsageError.unsent(f"The plan has no wave {name!r}.", "wave", name, f"Known: {known}")
    return names.index(name.casefold())


async def _list(workspace: Workspace, out: Output) -> int:
    records = await kept_plans(workspace.context.journal)
    if records:
        await workspace.loader.load(fresh.SESSIONS)
    if out.as_json:
        out.data([await plan_object(workspace, record) for record in records])
        return 0
    rows = []
    for record in records:
        runner, _ = await runners(workspace, record)
        counts = progress_of(workspace, record, runner).counts
        rows.append(
            (
                record.plan.name,
                utc(record.created_at),
                record.created_by,
                f"{counts.ok:,}",
                f"{counts.failed:,}",
                f"{counts.of:,}",
                _runner_label(runner),
            )
        )
    out.table(PLAN_HEADER, rows)
    return 0


async def print_plan(workspace: Workspace, out: Output, record: PlanRecord) -> None:
    """Prints a plan as the store has its sessions: its waves, what waits and why, who carries it out."""
    runner, last = await runners(workspace, record)
    found = progress_of(workspace, record, runner)
    counts = found.counts
    out.fields(
        [
            ("Plan", record.plan.name),
            ("File", record.path),
            ("Created", f"{utc(record.created_at)} by {record.created_by}"),
            ("Mails", mail_words(record.plan)),
            ("Units", f"{counts.of:,}: {_counts_words(counts)}"),
            ("Names", ", ".join(f"{number:,} {_NAMES.get(word, word)}" for word, number in record.names.items())),
            ("Stop", _stop_words(record)),
            ("Runner", _runner_label(runner)),
            ("Now", runner.doing if runner is not None else ""),
            ("Last run", "" if last is None or runner is not None else f"{utc(last.at)}: {last.ended or 'killed'}"),
        ]
    )
    out.line("")
    out.table(WAVE_HEADER, [_wave_row(wave) for wave in found.waves])
    if found.waiting:
        out.line("")
        rows = [(f"{wait.units:,}", wait.words, utc(wait.next_look)) for wait in found.waiting]
        out.table(("WAITING", "WHY", "NEXT LOOK"), rows)


async def plan_object(workspace: Workspace, record: PlanRecord) -> dict[str, object]:
    """A plan for programs, as the store has its sessions."""
    runner, last = await runners(workspace, record)
    found = progress_of(workspace, record, runner)
    return {
        "name": record.plan.name,
        "file": record.path,
        "digest": record.digest,
        "createdDateTime": record.created_at,
        "createdBy": record.created_by,
        "names": dict(record.names),
        "missing": [{"name": name, "reason": why} for name, why in record.in_no_session],
        "paused": record.paused,
        "stopAfter": None if record.stop_after is None else record.plan.waves[record.stop_after].name,
        "units": _counts_object(found.counts),
        "waves": [_wave_object(record, wave) for wave in found.waves],
        "waits": [
            {"units": wait.units, "why": wait.words, "needsPerson": wait.person, "nextLook": wait.next_look}
            for wait in found.waiting
        ],
        "agreed": [
            {"phrase": yes.phrase, "by": yes.by, "dateTime": yes.at, "sessions": sorted(yes.drafts)}
            for yes in record.yes
        ],
        "runner": None
        if runner is None
        else {"pid": runner.pid, "host": runner.host, "since": runner.since, "doing": runner.doing, "at": runner.at},
        "lastRun": None if last is None else {"since": last.since, "at": last.at, "ended": last.ended or None},
    }


async def runners(workspace: Workspace, record: PlanRecord) -> tuple[RunnerStatus | None, RunnerStatus | None]:
    """What the process says that carries a plan out, if one does, and what the last one said, living or not."""
    last = await kept_status(workspace.context.journal, record.plan.name)
    return last if last is not None and lives(last, workspace.clock.now()) else None, last


def progress_of(workspace: Workspace, record: PlanRecord, runner: RunnerStatus | None) -> PlanProgress:
    """How far a plan is, as the store has its sessions."""
    return plan_progress(record, workspace.store, runner, workspace.clock.now(), workspace.context.limits)


_NAMES: Mapping[str, str] = {
    "names": "in the list",
    "found": "in sessions",
    "noPoint": "without a point",
    "twice": "twice",
    "toFix": "to fix",
    "leftOut": "left out",
}


def _counts_words(counts: Counts) -> str:
    return (
        f"{counts.ok:,} restored, {counts.failed:,} failed, {counts.running:,} in restore, {counts.waiting:,} waiting"
    )


def _counts_object(counts: Counts) -> dict[str, object]:
    return {
        "total": counts.of,
        "restored": counts.ok,
        "failed": counts.failed,
        "running": counts.running,
        "waiting": counts.waiting,
    }


def _wave_row(wave: WaveProgress) -> tuple[str, ...]:
    counts = wave.counts
    numbers = (counts.ok, counts.failed, counts.running, counts.waiting, counts.of)
    sessions = f"{wave.ended} of {len(wave.parts)} ended"
    return (wave.name, sessions, wave.state.word, *(f"{number:,}" for number in numbers))


def _wave_object(record: PlanRecord, wave: WaveProgress) -> dict[str, object]:
    return {
        "name": wave.name,
        "state": wave.state.value,
        "needsYes": record.plan.waves[wave.index].needs_yes,
        "units": _counts_object(wave.counts),
        "sessions": [_part_object(record, part) for part in wave.parts],
    }


def _part_object(record: PlanRecord, part: PartProgress) -> dict[str, object]:
    yes = record.agreed(part.session_id)
    return {
        "part": part.part.number,
        "id": part.session_id or None,
        "service": part.part.service.value,
        "destinationType": part.part.destination.value,
        "againOf": list(part.part.again_of),
        "status": part.row.status if part.row is not None else None,
        "units": _counts_object(part.counts),
        "agreedBy": yes.by if yes is not None else None,
        "why": part.why.words if part.why is not None else None,
    }


def _stop_words(record: PlanRecord) -> str:
    if record.paused:
        return "nothing more is started; what runs cannot be stopped"
    if record.stop_after is not None:
        return f"nothing after wave {record.plan.waves[record.stop_after].name} is started"
    return ""


def _runner_label(runner: RunnerStatus | None) -> str:
    if runner is None:
        return "none"
    return f"pid {runner.pid} on {runner.host} since {utc(runner.since)}"
