"""`backup-tui sessions list`, `show` and `delete`."""

import argparse
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from backup_tui.changes.change import carry_out
from backup_tui.errors import BackupTuiError, StateConflict, UsageError
from backup_tui.headless.formats import Cell, reported
from backup_tui.headless.output import Output, number, utc, when_and_who
from backup_tui.headless.points import read_moment
from backup_tui.headless.reviews import narrate_review, need_phrase
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.features import ACTIVITY_LOG
from backup_tui.models.granular import files_counted
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, Tone, session_status, session_words
from backup_tui.models.text import counted, safe
from backup_tui.protection.activity_log import story_of
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.review.deletion import DeleteDraft
from backup_tui.restore.review.found_mails import mails_in
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import ArtifactRow
from backup_tui.workspace import Workspace

GROUPS = ("running", "ended")  # words for more than one status: those in progress, and those that are final


async def list_sessions(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the restore sessions: running ones first, then what needs a person; the newest first within each."""
    service = Service(args.service) if args.service else None
    sessions = list(await workspace.loader.load(fresh.SESSIONS))
    if args.status:
        sessions = with_status(sessions, args.status)
    sessions = [session for session in sessions if service in (None, session.service)]
    sessions.sort(key=lambda session: (session_status(session.status).rank, -_created(session), session.id))
    if args.since:
        after = read_moment(workspace, args.since, option="--since").utc
        sessions = [session for session in sessions if _created(session) >= after.timestamp()]
    if args.failed:
        sessions = [session for session in sessions if session.counts.failed]
    out.listing([_row(session) for session in sessions], lambda: [session.raw() for session in sessions])
    return 0


async def show_session(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one session and every unit of it, failed ones first."""
    session = await workspace.loader.load(fresh.session_of(args.id))
    artifacts = await workspace.load_artifacts(args.id)
    mails = mails_in(artifacts, await kept_record(workspace.context.journal, session.id))
    shown = [row for row in _units(workspace, args.id) if not args.failed or row.state.tone is Tone.BAD]
    if out.as_json:
        searched = {"searchedFor": mails.query or None, "mails": mails.count} if mails is not None else {}
        ids = {row.id for row in shown}
        out.data(
            session_object(session, [each for each in artifacts if each.id in ids], {row.id: row for row in shown})
            | searched
        )
        return 0
    found = [("Mails", mails.number), ("Searched for", mails.query or "unknown here")] if mails is not None else []
    if out.style.format in ("table", "lines"):
        out.fields([*_fields(session), *await _begun(workspace, session), *found])
        out.line("")
    out.listing([_unit_row(row) for row in shown], list)
    return 0


async def delete_session(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Deletes a draft; its units are told first, so that it can be made again."""
    change = DeleteDraft(args.id)
    reviewed = await change.prepare(workspace.context)
    session, status = reviewed.thing, session_status(reviewed.thing.status)
    if not status.allows(Action.DELETE):
        raise StateConflict.unsent(
            f"Session {safe(args.id)} is {status.word}; only a draft can be deleted.",
            "RestoreSessionActionNotAllowed",
            f"See: backup-tui sessions show {safe(args.id)}",
            certainty="Nothing was changed.",
            status=403,
        )
    rows = [_unit_row(row) for row in _units(workspace, args.id)]
    out.narrate(f"Draft {safe(args.id)} holds {units_of(session, len(rows))}.")
    out.narrated_table(("UNIT", "TO", "POINT"), [(row[1], row[3], row[4]) for row in rows])
    narrate_review(out, reviewed)
    agreed = args.yes and args.confirm is None
    given = reviewed.phrase if agreed else await need_phrase(out, args.confirm, reviewed.phrase, change.done_word)
    await carry_out(workspace.context, change, reviewed, given)
    out.narrate(f"Draft {safe(args.id)} was deleted. Nothing was restored.")
    if out.as_json:
        out.data({"id": args.id, "deleted": True})
    return 0


def with_status(sessions: Sequence[RestoreSession], word: str) -> list[RestoreSession]:
    """The sessions in a named state: our word, the service's own, or one of `GROUPS`. Raises `UsageError`: the state is
    unknown; suggests the closest valid one."""
    asked = word.strip().lower()
    found = [session for session in sessions if asked in _words(session)]
    known = sorted({*GROUPS, *session_words()})
    if not found and asked not in {name.lower() for name in known}:
        near = get_close_matches(asked, known, n=1, cutoff=0.5)
        raise UsageError.unsent(
            f"Unknown value of --status {word!r}.",
            "--status",
            word,
            f"Did you mean {near[0]}?" if near else "Known: " + ", ".join(known),
        )
    return found


async def _begun(workspace: Workspace, session: RestoreSession) -> list[tuple[str, str]]:
    """Who started a session, by the service's own log: only the beta version has it, and it is not needed."""
    if not workspace.reader.is_beta or workspace.identity.barred(ACTIVITY_LOG) is not None:
        return []
    try:
        story = story_of(await workspace.loader.load(fresh.ACTIVITY_LOG), session.id)
    except BackupTuiError:
        return []
    if story is None:
        return []
    by = " by ".join(part for part in (utc(story.at), story.started_by) if part)
    return [("Started", f"{by} (activity log)")]


def session_object(
    session: RestoreSession,
    artifacts: Sequence[RestoreArtifact],
    rows: Mapping[str, ArtifactRow] = MappingProxyType({}),
) -> dict[str, object]:
    """A session under the service's own property names, with its artifacts; beside each, under `unit`, whose it is as
    far as that is known, and who says so."""
    return {**session.raw(), "artifacts": [_artifact_object(each, rows.get(each.id)) for each in artifacts]}


def _artifact_object(artifact: RestoreArtifact, row: ArtifactRow | None) -> dict[str, object]:
    if row is None:
        return artifact.raw()
    name = row.unit_name or row.likely_name or None
    return {**artifact.raw(), "unit": {"id": row.unit_id, "name": name, "nameSource": row.name_source.value}}


def _units(workspace: Workspace, session_id: str) -> list[ArtifactRow]:
    """The units of a session that the store knows: failed ones first, then by name."""
    return sorted(workspace.store.artifacts(session_id).values(), key=lambda row: (row.state.rank, row.name))


def units_of(session: RestoreSession, count: int) -> str:
    """`3 sites`, `2 files and folders`, or `3 units` of an unknown service."""
    if session.holds_files:
        return files_counted(count)
    return session.service.counted(count) if session.service else counted(count, "unit")


def _words(session: RestoreSession) -> set[str]:
    status = session_status(session.status)
    words = {status.value.lower(), status.word.lower()}
    if status.moving:
        words.add("running")
    if status.terminal:
        words.add("ended")
    return words


def _created(session: RestoreSession) -> float:
    return session.created_date_time.timestamp() if session.created_date_time else 0.0


def _row(session: RestoreSession) -> tuple[Cell, ...]:
    counts = session.counts
    return (
        session.id,
        session.service.value if session.service else "?",
        session_status(session.status).word,
        reported(counts.total),
        reported(counts.completed),
        reported(counts.failed),
        session.created_date_time,
        session.created_by.label if session.created_by else "",
    )


def _fields(session: RestoreSession) -> list[tuple[str, str]]:
    counts = session.counts
    return [
        ("Session", session.id),
        ("Service", session.service.label if session.service else "unknown"),
        ("Status", session_status(session.status).word),
        ("Only units of policy", session.policy_id or ""),
        (
            "Files" if session.holds_files else "Units",
            f"{number(counts.total)} in all, {number(counts.completed)} done, "
            f"{number(counts.in_progress)} in progress, {number(counts.failed)} failed",
        ),
        ("Created", when_and_who(session.created_date_time, session.created_by)),
        ("Changed", when_and_who(session.last_modified_date_time, session.last_modified_by)),
        ("Ended", utc(session.completed_date_time) if session.completed_date_time else ""),
        ("Error", (session.error.message or session.error.code or "") if session.error else ""),
    ]


def _unit_row(row: ArtifactRow) -> tuple[Cell, ...]:
    result = row.result or ""
    if row.error_code or row.error_message:
        result = ": ".join(part for part in (row.error_code, row.error_message) if part)
    elif row.item_count is not None and row.state.terminal:
        result = f"{result} ({row.item_count:,} items)".strip()
    name = row.name
    to = {"inplace": "in place"}.get(row.destination.lower(), row.destination)
    return (row.id, name, row.state.word, to, row.point_time, result, row.name_source.value)
