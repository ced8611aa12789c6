"""`backup-tui sessions activate` and `watch`: starting a restore after its review, and watching it until it ends."""

import argparse
import asyncio
import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence

from backup_tui.changes.change import carry_out
from backup_tui.changes.findings import Finding, Look, Verdict
from backup_tui.errors import BackupTuiError, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.headless.output import Output, utc
from backup_tui.headless.reviews import need_phrase, note_of, refuse_blocked
from backup_tui.headless.session_review import review_lines
from backup_tui.headless.watching import Watch, ending
from backup_tui.models.checks import CheckResult
from backup_tui.models.phrases import phrase_matches, wrong_phrase
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import safe
from backup_tui.restore.drafts.failed import failed_by_cause
from backup_tui.restore.review.activation import (
    Activation,
    ChangedMeanwhile,
    Deleted,
    NoRoom,
    Start,
    Started,
    StartedByOther,
    Unknown,
    own_start,
)
from backup_tui.restore.review.checks import whose
from backup_tui.restore.review.review import Review
from backup_tui.workspace import Workspace
from backup_tui.workspace.event_command import run_event_command
from backup_tui.workspace.telling import telling_events

ROOM_LOOK = 30.0  # fewest seconds between two checks for a free place: a restore takes half an hour or more


async def activate_session(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Starts the restore of a draft after its review; with `--wait` waits for a free place and for the end."""
    review = await Start(args.id, note=note_of(args)).prepare(workspace.context)
    if not session_status(review.session.status).allows(Action.ACTIVATE):
        return await _no_draft(workspace, args, out, review.session)
    out.narrate(*review_lines(workspace, review))
    full = _only_room_is_missing(workspace, review)
    if not full:
        refuse_blocked(review, "started", review.hint)
    phrase = await need_phrase(out, args.confirm, review.phrase, "started")
    if not phrase_matches(phrase, review.phrase):
        raise wrong_phrase(phrase, review.phrase, "started")
    if full:
        if not args.wait:
            raise _no_room(workspace)
        review = await _when_there_is_room(workspace, out, review)
    outcome = await carry_out(workspace.context, review.change, review, phrase)
    while True:
        match outcome:
            case NoRoom(error):
                if not args.wait:
                    raise error
                review = await _when_there_is_room(workspace, out, review)
                outcome = await carry_out(workspace.context, review.change, review, phrase)
            case Unknown(sent_now=sent_now):
                finding = await _follow_unknown(workspace, out, outcome)
                if finding.verdict is Verdict.DONE and finding.session is not None:
                    return await _started(workspace, args, out, finding.session)
                if sent_now:
                    raise _not_started(args.id, finding)
                # The request in the way was an earlier one; this command has not sent any yet.
                outcome = await carry_out(workspace.context, review.change, review, phrase)
            case Started(session):
                return await _started(workspace, args, out, session)
            case _:
                raise _refusal(outcome, args.id)


async def watch_sessions(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Prints each change of the sessions; with `--until-done`, until all have ended."""
    also = _runs_command(_words(args.exec), out) if args.exec else None
    code = await _follow(workspace, args, out, args.ids, until_done=args.until_done, also=also)
    for session_id in dict.fromkeys(args.ids):
        await _tell_failed(workspace, out, session_id)
    return code


async def _follow(
    workspace: Workspace,
    args: argparse.Namespace,
    out: Output,
    ids: Sequence[str],
    *,
    until_done: bool,
    also: Callable[[Mapping[str, object]], Awaitable[None]] | None = None,
) -> int:
    async with telling_events(workspace, out.narrate):
        watch = Watch(workspace, out, _interval(workspace, args), also=also)
        return await watch.follow(ids, until_done=until_done)


def _words(command: str) -> list[str]:
    """The program and its arguments, as a shell splits them; no shell runs them. Raises `UsageError`: a quotation mark
    is not closed."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError.unsent(f"--exec cannot be split: {error}.", "--exec", command, "Close the quotes.") from None


def _runs_command(words: Sequence[str], out: Output) -> Callable[[Mapping[str, object]], Awaitable[None]]:
    async def run(event: Mapping[str, object]) -> None:
        if trouble := await run_event_command(words, event):
            out.narrate(f"! --exec: {trouble}")

    return run


def _interval(workspace: Workspace, args: argparse.Namespace) -> float:
    """Seconds between two reads: as given, else as in the profile."""
    return workspace.settings.poll_seconds if args.interval is None else float(args.interval)


async def _no_draft(workspace: Workspace, args: argparse.Namespace, out: Output, session: RestoreSession) -> int:
    """Skip the review of a session that is not a draft; continue where an earlier run started it. Raises
    `StateConflict`: somebody else started it."""
    own = await own_start(workspace.context, session)
    if own is None:
        raise _started_by(session, session.last_modified_by.label if session.last_modified_by else "")
    out.narrate(
        f"Session {safe(session.id)} was started from here at {utc(own.at)} (entry {own.id} of the journal).",
        "Nothing was sent again.",
    )
    return await _started(workspace, args, out, session)


def _started_by(session: RestoreSession, by: str) -> StateConflict:
    status = session_status(session.status)
    how = f"{by or 'someone'} started it"
    if session.last_modified_date_time is not None:
        how += f" (last change {utc(session.last_modified_date_time)})"
    return StateConflict.unsent(
        f"Session {safe(session.id)} is no longer a draft ({status.word}): {how}.",
        "RestoreSessionActionNotAllowed",
        f"Do not draft it again. Watch it: backup-tui sessions watch {safe(session.id)}",
        certainty="Nothing was started from here.",
        status=403,
    )


def _refusal(outcome: Activation, session_id: str) -> BackupTuiError:
    """What to say when a draft was not started because it is no longer what was reviewed."""
    match outcome:
        case StartedByOther(session=session, by=by):
            return _started_by(session, by)
        case Deleted(names=names):
            return NotFound(
                f"Someone deleted the draft {safe(session_id)}.",
                status=404,
                certainty=f"Nothing was started. It held: {', '.join(names)}.",
                hint="Draft it again if it is still needed.",
                code="RestoreSessionNotFound",
            )
        case ChangedMeanwhile():
            parts = [
                f"{word} {', '.join(names)}"
                for word, names in (("+", outcome.added), ("-", outcome.removed), ("other point:", outcome.changed))
                if names
            ]
            return _changed(session_id, outcome.by or "Someone", "; ".join(parts), outcome.review.phrase)
    raise AssertionError(f"not a refusal: {outcome!r}")


def _changed(session_id: str, by: str, what: str, phrase: str) -> BackupTuiError:
    return BackupTuiError(
        f"{by} changed the draft {safe(session_id)}{': ' if what else ''}{what}.",
        certainty="Nothing was started.",
        hint=f'Read its review again; the phrase is now "{phrase}".',
        code="DraftChanged",
    )


async def _when_there_is_room(workspace: Workspace, out: Output, review: Review) -> Review:
    """Waits while the service runs as many restores as it allows; returns a review that can be started. Raises
    `BackupTuiError`: the draft is no longer what was reviewed, so the yes that was said does not hold."""
    out.narrate(f"{_full(workspace)} This one is still a draft. Waiting until one ends.")
    while True:
        await asyncio.sleep(ROOM_LOOK)
        again: Review = await review.change.prepare(workspace.context)
        if not session_status(again.session.status).allows(Action.ACTIVATE):
            by = again.session.last_modified_by
            raise _started_by(again.session, by.label if by else "")
        if (again.fingerprint, again.phrase) != (review.fingerprint, review.phrase):
            raise _changed(review.session.id, again.made_by or "Someone", "", again.phrase)
        if not _only_room_is_missing(workspace, again):
            refuse_blocked(again, "started", again.hint)
            return again


def _full(workspace: Workspace) -> str:
    limits = workspace.context.limits
    running = "1 restore is" if limits.sessions == 1 else f"{limits.sessions:,} restores are"
    return f"{running} running, the most {whose(limits)} allows."


def _no_room(workspace: Workspace) -> BackupTuiError:
    return BackupTuiError(
        _full(workspace),
        certainty="This one is still a draft.",
        hint="Start it when one ends; --wait waits for that.",
        code="TooManyActiveRestoreSessions",
    )


def _only_room_is_missing(workspace: Workspace, review: Review) -> bool:
    stops = [check for check in review.checks if check.mark is CheckResult.BLOCKING]
    running = sum(row.running for row in workspace.store.sessions.values())
    return len(stops) == 1 and running >= workspace.context.limits.sessions


def _not_started(session_id: str, finding: Finding) -> BackupTuiError:
    """The error for a start that was sent and had no effect; the draft may be deleted by now."""
    there = finding.session is not None
    return BackupTuiError(
        f"Session {safe(session_id)}: {finding.words}",
        certainty="The request had no effect.",
        hint="You can activate it again." if there else "Draft it again if it is still needed.",
        code="NotStarted",
    )


async def _follow_unknown(workspace: Workspace, out: Output, unknown: Unknown) -> Finding:
    """What became of a start whose answer was lost: `DONE` with the running session, or `NOT_DONE`. Raises
    `OutcomeUnknown`: still unknown."""
    intent = unknown.intent
    out.narrate(
        f"No answer to: {intent.summary}. It may have happened.",
        "It is not sent again. Checking the service now.",
    )

    def told(look: Look) -> None:
        out.narrate(f"  check {look.number} of {look.of}: {look.words}")

    finding = await workspace.lost_answers.resolve(intent, told)
    if finding.verdict is Verdict.NOT_DONE or (finding.verdict is Verdict.DONE and finding.session is not None):
        return finding
    raise OutcomeUnknown(
        f"Whether {safe(intent.target or '')} started is unknown. {finding.words}",
        certainty="It was not sent again.",
        hint=f"Check later: backup-tui sessions show {safe(intent.target or '')} (this settles entry {intent.id}); "
        f"or record it: backup-tui journal resolve {intent.id} --adopt {safe(intent.target or '')}, or --not-done.",
        intent_id=intent.id,
    )


async def _started(workspace: Workspace, args: argparse.Namespace, out: Output, session: RestoreSession) -> int:
    status = session_status(session.status)
    ended = ending(session)
    out.narrate(
        f"Session {safe(session.id)} started. It continues whether you watch it or not."
        if ended is None
        else f"Session {safe(session.id)} has ended: {status.word}."
    )
    if not args.wait:
        if out.as_json:
            out.data(session.raw())
        else:
            out.line(f"{session.id}  {status.word}")
        return ended or 0
    code = await _follow(workspace, args, out, [session.id], until_done=True)
    await _tell_failed(workspace, out, session.id)
    return code


async def _tell_failed(workspace: Workspace, out: Output, session_id: str) -> None:
    """Prints which units failed and why, by cause; the restore has ended whether this can be read or not."""
    row = workspace.store.sessions.get(session_id)
    if row is None or ending(row.model) != 6:
        return
    try:
        groups = await failed_by_cause(workspace.context, session_id)
    except BackupTuiError as error:
        out.narrate(f"The failed units could not be read: {error.message}")
        return
    for group in groups:
        names = [unit.name for unit in (*group.units, *group.nameless)]
        out.narrate(
            f"Failed, {group.cause.cause}, {group.service.counted(group.count)}: {', '.join(names)}",
            f"  {group.cause.happened} {group.cause.certainty}",
            f"  {group.to_do}",
        )
