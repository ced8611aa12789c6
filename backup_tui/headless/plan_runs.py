"""`backup-tui plan draft`, `run`, `resume` and `stop`: the drafts of a plan, the yes to start them, and the runner."""

import argparse
import math

from msgspec.structs import replace

from backup_tui.changes.change import carry_out
from backup_tui.errors import BackupTuiError, OutcomeUnknown, WriteLockHeld
from backup_tui.headless.output import Output, utc
from backup_tui.headless.plan_status import plan_named, plan_object, print_plan, wave_index
from backup_tui.headless.reviews import narrate_review, need_phrase, note_of, refuse_blocked
from backup_tui.models.text import counted, short_id
from backup_tui.plans.approval import ApproveWave, PlanReview
from backup_tui.plans.next_start import PartNow, Stage
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, RunnerStatus, change_record, need_record
from backup_tui.plans.runner import PlanRunner, RunResult
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace
from backup_tui.workspace.telling import telling_events


class NotStarted(BackupTuiError):
    """A session that was agreed to was not started, and that takes a person."""

    exit_code = 6


SHOWN_NAMES = 5  # so many names that are in no session are listed


async def run_plan(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints the review of a wave; with its phrase, agrees to it and starts what can start."""
    record = await plan_named(workspace, args.plan)
    name = record.plan.name
    change = ApproveWave(name, await _wave_to_agree_to(workspace, record, args), note_of(args))
    review = await change.prepare(workspace.context)
    open_drafts = [draft for draft in review.drafts if not _agreed_as_it_is(record, review, draft.session.id)]
    if review.drafts and not open_drafts:
        yes = record.agreed(review.drafts[0].session.id)
        if yes is not None:
            out.narrate(f"{review.subject} was agreed to by {yes.by} at {utc(yes.at)}. Nothing is asked again.")
    elif review.drafts or not review.thing.yes:
        _narrate(out, review)
        refuse_blocked(review, "started", review.hint)
        given = await need_phrase(out, args.confirm, review.phrase, "started")
        await carry_out(workspace.context, change, review, given)
        out.narrate(f"Agreed to: {review.headline}.")
    stop_after = None if args.stop_after is None else wave_index(record, args.stop_after)
    await change_record(workspace.context, name, lambda kept: replace(kept, paused=False, stop_after=stop_after))
    return await _run(workspace, args, out, name)


async def resume_plan(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Continues with what was agreed to; lifts a pause and a stop."""
    record = await plan_named(workspace, args.plan)
    await change_record(workspace.context, record.plan.name, lambda kept: replace(kept, paused=False, stop_after=None))
    return await _run(workspace, args, out, record.plan.name)


async def stop_plan(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Starts nothing more of a plan, or nothing after a wave; what runs continues."""
    record = await plan_named(workspace, args.plan)
    after = None if args.after is None else wave_index(record, args.after)
    record = await change_record(
        workspace.context, record.plan.name, lambda kept: replace(kept, paused=after is None, stop_after=after)
    )
    await workspace.loader.load(fresh.SESSIONS)
    rows = [workspace.store.sessions.get(session_id) for session_id in record.sessions.values()]
    running = sum(row is not None and row.running for row in rows)
    what = "Nothing more of it is started." if after is None else f"Nothing after wave {args.after} is started."
    out.narrate(what, f"{counted(running, 'session')} of it run now; they cannot be stopped." if running else "")
    if out.as_json:
        out.data(await plan_object(workspace, record))
    else:
        out.line(record.plan.name)
    return 0


# -- which of its waves --------------------------------------------------------------------------------


async def _wave_to_agree_to(workspace: Workspace, record: PlanRecord, args: argparse.Namespace) -> int | None:
    """The wave that the review is about: the one named, all of them, or the first with a draft without a yes."""
    if args.all:
        return None
    if args.wave is not None:
        return wave_index(record, args.wave)
    await workspace.loader.load(fresh.SESSIONS)
    waiting = [part.wave for part in record.parts if _needs_yes(workspace, record, part)]
    return min(waiting, default=None)


def _needs_yes(workspace: Workspace, record: PlanRecord, part: Part) -> bool:
    session_id = record.sessions.get(part.number, "")
    row = workspace.store.sessions.get(session_id)
    return row is not None and row.state.value == "draft" and record.agreed(session_id) is None


def _agreed_as_it_is(record: PlanRecord, review: PlanReview, session_id: str) -> bool:
    yes = record.agreed(session_id)
    return yes is not None and yes.drafts[session_id] == review.fingerprints[session_id]


def _narrate(out: Output, review: PlanReview) -> None:
    out.narrate(f"{review.word} {review.title}")
    narrate_review(out, review, review.extra)
    if review.absent:
        names = ", ".join(review.absent[:SHOWN_NAMES])
        more = f" and {len(review.absent) - SHOWN_NAMES:,} more" if len(review.absent) > SHOWN_NAMES else ""
        out.narrate(f"NOT in this restore: {counted(len(review.absent), 'name')}: {names}{more}")
    out.narrate(review.final)


# -- the run -----------------------------------------------------------------------------------------------------------


async def _run(workspace: Workspace, args: argparse.Namespace, out: Output, name: str) -> int:
    interval = workspace.settings.poll_seconds if args.interval is None else float(args.interval)
    told = _Told(out)
    runner = PlanRunner(
        workspace.context,
        name,
        loader=workspace.loader,
        interval=interval,
        on_status=lambda status: told(runner, status),
    )
    waits_for: list[str] = []

    def lock_held(words: str) -> None:
        waits_for.append(words)
        out.narrate(words if not args.wait else f"{words} This one waits for it.")

    try:
        async with telling_events(workspace, out.narrate):
            result = await runner.run(
                wait=args.wait,
                lock_wait=math.inf if args.wait else None,
                on_lock_wait=lambda holder: lock_held(holder.words),
            )
    except WriteLockHeld:
        if args.wait or not waits_for:
            raise
        out.narrate("It starts what was agreed to; nothing was started from here.")
        return await _print(workspace, out, await need_record(workspace.context.journal, name), 0)
    if not args.wait and (result.running or result.waits):
        out.narrate(f"To continue until all of it has ended: backup-tui plan resume {name} --wait")
    code = await _print(workspace, out, result.record, _exit_code(result))
    if result.in_doubt:
        raise OutcomeUnknown(
            f"Whether {counted(result.in_doubt, 'session')} of plan {name} started is unknown.",
            certainty="Nothing was sent again.",
            hint="See: backup-tui journal list",
        )
    if result.not_started and not result.failed:
        raise _not_started(result)
    return code


def _exit_code(result: RunResult) -> int:
    """0 if everything that has ended went well, 6 if units failed."""
    return 6 if result.failed else 0


def _not_started(result: RunResult) -> NotStarted:
    wait = result.not_started[0]
    session_id = result.record.sessions.get(wait.part, "")
    more = f" (and {counted(len(result.not_started) - 1, 'other session')})" if len(result.not_started) > 1 else ""
    return NotStarted(
        f"{short_id(session_id)} was agreed to and not started{more}: {wait.why}.",
        certainty="The others were started.",
        hint=f"See: backup-tui plan status {result.record.plan.name}",
    )


async def _print(workspace: Workspace, out: Output, record: PlanRecord, code: int) -> int:
    if out.as_json:
        out.data(await plan_object(workspace, record))
    else:
        await print_plan(workspace, out, record)
    return code


class _Told:
    """Reports on stderr what the runner does: starts, ends, and why something waits."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._stages: dict[int, Stage] = {}
        self._said = ""

    def __call__(self, runner: PlanRunner, status: RunnerStatus) -> None:
        for one in runner.parts:
            before = self._stages.get(one.part.number)
            self._stages[one.part.number] = one.stage
            if before is not one.stage and (words := _stage_words(one)) and (before or one.stage is Stage.RUNNING):
                self._out.narrate(f"{utc(status.at)}  {words}")
        reasons = dict.fromkeys(wait.why for wait in status.waits)
        said = "; ".join([status.doing, *(f"waits: {why}" for why in reasons)] if status.doing else [])
        if said and said != self._said:
            self._out.narrate(f"{utc(status.at)}  {said}")
            self._said = said


def _stage_words(one: PartNow) -> str:
    session = one.session
    if session is None:
        return ""
    what = f"{short_id(session.id)}, {one.part.service.counted(one.units)}"
    if one.stage is Stage.RUNNING:
        return f"{what}: started"
    if one.stage is Stage.ENDED:
        failed = f", {one.failed:,} failed" if one.failed else ""
        return f"{what}: ended, {session.counts.completed or 0:,} restored{failed}"
    return ""
