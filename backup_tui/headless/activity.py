"""`backup-tui activity list`: the service's own log of what was done, by anybody, from anywhere."""

import argparse
from datetime import datetime

from backup_tui.errors import UsageError
from backup_tui.headless.formats import Cell
from backup_tui.headless.output import Output
from backup_tui.models.activity_logs import ActivityLog
from backup_tui.models.services import Service
from backup_tui.models.statuses import log_result
from backup_tui.models.text import counted
from backup_tui.protection.activity_log import Wanted, entry_words, newest_first
from backup_tui.restore.points.typed_times import read_time
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace


async def list_activity(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the entries of the log, newest first; those that are asked for are chosen here."""
    wanted = Wanted(
        since=_moment(workspace, args.since, "--since"),
        until=_moment(workspace, args.until, "--until"),
        kind=args.kind or "",
        by=args.by or "",
        session_id=args.session or "",
        service=Service(args.service) if args.service else None,
    )
    if wanted.since is not None and wanted.until is not None and wanted.since > wanted.until:
        raise UsageError.unsent("--since is later than --until.", "--since", args.since, "Exchange them.")
    entries = await workspace.loader.load(fresh.ACTIVITY_LOG)
    chosen = [entry for entry in newest_first(entries) if wanted.has(entry)]
    out.listing([_row(entry) for entry in chosen], lambda: [entry.raw() for entry in chosen])
    if not chosen:
        out.narrate(f"None of {counted(len(entries), 'entry', 'entries')} matches." if entries else "The log is empty.")
    return 0


def _moment(workspace: Workspace, text: str | None, option: str) -> datetime | None:
    """A time of the log, which unlike points may be older than a year, or to come."""
    if text is None:
        return None
    try:
        return read_time(" ".join(text.split()), workspace.zone, workspace.clock.now())[0]
    except UsageError as error:
        error.field = option
        raise


def _row(entry: ActivityLog) -> tuple[Cell, ...]:
    return (
        entry.event_date_time,
        log_result(entry.result_status).word,
        entry.performed_by or "",
        entry.of_service.value if entry.of_service else entry.service_type or "",
        entry_words(entry),
    )
