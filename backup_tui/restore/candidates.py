"""The sessions that a create with a lost answer may have made, for the person who has to identify the right one."""

import json
from collections.abc import Sequence

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Verdict
from backup_tui.changes.lost_answers import settle
from backup_tui.errors import Candidate
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import session_status
from backup_tui.restore.lost_answers import CREATE


def candidates_of(intent: Intent, sessions: Sequence[RestoreSession]) -> tuple[Candidate, ...]:
    """The sessions as candidates; one without counts is given the number of units that was asked for."""
    asked = json.loads(intent.body or "{}")
    planned = len(asked.get(intent.service.names.artifacts) or ()) if intent.service is not None else 0
    return tuple(
        Candidate(
            session.id,
            status=session_status(session.status).word,
            made=session.created_date_time,
            by=session.created_by.label if session.created_by else "",
            units=session.counts.total or planned,
            entry=intent.id,
        )
        for session in sessions
    )


async def look_for_candidates(tools: Context, intent_id: int) -> tuple[Candidate, ...]:
    """Looks once which sessions a create may have made; a certain match is settled instead. None for an entry that is
    settled, under way, or not a create. Raises `BackupTuiError`: service or journal could not be read."""
    intent = await tools.journal.intent(intent_id)
    if intent is None or intent.kind is not IntentKind.CREATE or intent.state.is_settled:
        return ()
    if await tools.journal.is_under_way(intent):
        return ()
    seen = await CREATE.look(tools, intent)
    if seen.verdict is Verdict.DONE:
        await settle(tools, CREATE, seen)
    return candidates_of(intent, seen.candidates)
