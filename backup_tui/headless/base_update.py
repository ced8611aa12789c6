"""`backup-tui sessions edit ID --base`: members of the session itself, in the beta version of the service."""

from __future__ import annotations

import argparse

from backup_tui.changes.change import carry_out
from backup_tui.errors import UsageError
from backup_tui.headless.output import Output
from backup_tui.models.statuses import session_status
from backup_tui.models.text import safe
from backup_tui.restore.drafts.base_members import UpdateBase, read_members, unchanged
from backup_tui.workspace import Workspace


async def update_base(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Sends one update of the base path; prints only its id, with `--json` the session as answered."""
    if args.add or args.remove:
        raise UsageError.unsent(
            "--base cannot be combined with --add or --remove.",
            "--base",
            hint="Change the units in one command and the session itself in another.",
        )
    changes = read_members(args.base, "--base")
    session = await carry_out(workspace.context, UpdateBase(args.id, changes), None)
    out.narrate(f"The service accepted the update; the session is {session_status(session.status).word}.")
    if kept := unchanged(session, changes):
        # The service takes its read-only members and keeps its own values, so a 200 alone proves nothing.
        out.narrate(f"Not as sent: {', '.join(kept)}. The service sets these itself.")
    if out.as_json:
        out.data(session.raw())
    else:
        out.line(safe(session.id))
    return 0
