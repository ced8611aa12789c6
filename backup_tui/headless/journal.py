"""`backup-tui journal`: what was sent from this machine, and how to settle a request whose answer was lost."""

import argparse
import json
import re
from collections.abc import Sequence

from backup_tui.errors import BackupTuiError, Candidate, UsageError
from backup_tui.headless.formats import Cell
from backup_tui.headless.output import Output, candidate_lines, candidate_object, utc
from backup_tui.headless.points import read_moment
from backup_tui.restore.candidates import look_for_candidates
from backup_tui.store.updates import JournalLine
from backup_tui.workspace import Workspace


async def list_entries(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the entries, newest first."""
    lines: Sequence[JournalLine] = await workspace.journal_lines()
    if args.since:
        after = read_moment(workspace, args.since, option="--since").utc
        lines = [line for line in lines if line.at >= after]
    out.listing([_row(line) for line in lines], lambda: [entry_object(line) for line in lines])
    return 0


async def show_entry(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one entry with what was sent."""
    line = await _entry(workspace, args.id)
    found: tuple[Candidate, ...] = ()
    if line.state in ("open", "unknown") and line.kind == "create":
        try:
            found = await look_for_candidates(workspace.context, line.id)
            line = await _entry(workspace, args.id)
        except BackupTuiError as error:
            out.narrate(f"The sessions that it may have created could not be read: {error.message}")
    if out.as_json:
        out.data({**entry_object(line), **({"candidates": [candidate_object(one) for one in found]} if found else {})})
        return 0
    out.fields(
        [
            ("Entry", str(line.id)),
            ("What", line.summary),
            ("Outcome", _words(line.state)),
            ("Note", line.note),
            ("Sent", f"{utc(line.at)} by {line.user}" if line.user else utc(line.at)),
            ("Answered", utc(line.answered_at) if line.answered_at else ""),
            ("Service", line.service.label if line.service else ""),
            ("On", line.target or ""),
            ("Session", line.session_id or ""),
            ("Answer", " ".join(part for part in (str(line.status or ""), line.code) if part)),
            ("Request", line.request_id or ""),
            ("Our request", line.client_request_id or ""),
            ("Body", line.body),
        ]
    )
    for text in candidate_lines(found):
        out.line(text)
    return 0


async def resolve_entry(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Records what became of a request whose answer was lost; no change is sent."""
    await _entry(workspace, args.id)
    await workspace.resolve_intent(args.id, adopt=args.adopt, not_done=args.not_done)
    return await show_entry(workspace, args, out)


def entry_object(line: JournalLine) -> dict[str, object]:
    """An entry as JSON: names in the service's style, what was sent as an object."""
    try:
        body = json.loads(line.body) if line.body else None
    except ValueError:
        body = line.body
    return {
        "id": line.id,
        "kind": line.kind,
        "state": line.state,
        "summary": line.summary,
        "service": line.service.value if line.service else None,
        "target": line.target,
        "sessionId": line.session_id,
        "user": line.user or None,
        "createdDateTime": line.at,
        "answeredDateTime": line.answered_at,
        "httpStatus": line.status,
        "code": line.code or None,
        "requestId": line.request_id,
        "clientRequestId": line.client_request_id,
        "note": line.note or None,
        "body": body,
    }


async def _entry(workspace: Workspace, number: int) -> JournalLine:
    for line in await workspace.journal_lines():
        if line.id == number:
            return line
    raise UsageError(
        f"The journal of this tenant and address has no entry {number}.",
        field="ID",
        value=str(number),
        certainty="Nothing was changed.",
        hint="See: backup-tui journal list",
    )


def _row(line: JournalLine) -> tuple[Cell, ...]:
    session = line.session_id or line.target or ""
    return (
        str(line.id),
        line.at,
        _words(line.kind),
        _words(line.state),
        session,
        line.summary,
    )


def _words(value: str) -> str:
    """`policy activate` of `policyActivate`."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda match: f" {match.group(1).lower()}", value).replace("_", " ")
