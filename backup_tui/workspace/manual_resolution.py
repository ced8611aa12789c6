"""A person says what became of a change whose answer was lost, and the journal takes it down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from backup_tui.errors import UsageError
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.sessions import RestoreSession
from backup_tui.restore.adoption import check_adoption
from backup_tui.restore.drafts.record import adopt_record


async def resolve_by_hand(
    journal: Journal,
    intent_id: int,
    *,
    adopt: str | None,
    not_done: bool,
    user: str,
    now: datetime,
    load_session: Callable[[str], Awaitable[RestoreSession]],
) -> None:
    """Writes down that a change was not made, or which session it made or changed. Raises `UsageError`: neither or both
    were given, there is no such entry, it is settled already or still under way, or the session cannot be the one;
    `NotFound`: there is no such session."""
    if (adopt is None) is not not_done:
        raise UsageError(
            "Say what became of it: --adopt SESSION or --not-done, one of the two.", field="journal resolve"
        )
    intent = await journal.intent(intent_id)
    if intent is not None and await journal.is_under_way(intent):
        raise UsageError(
            f"Entry {intent_id} is still under way ({intent.process}); its answer will tell.",
            field="ID",
            value=str(intent_id),
            certainty="Nothing was written down.",
            hint="Wait for the answer, or for the end of that process.",
        )
    if adopt is None:
        note = f"{user} says that it was not made."
        await journal.resolve(intent_id, IntentState.RESOLVED_NOT_DONE, note=note, at=now)
        return
    session = await load_session(adopt)
    if intent is not None and not intent.state.is_settled:
        check_adoption(intent, session, await journal.owned_sessions())
    note = f"{user} says that it is session {session.id}."
    state = IntentState.RESOLVED_DONE
    settled = await journal.resolve(intent_id, state, session_id=session.id, note=note, at=now)
    if settled.kind is IntentKind.CREATE:
        await adopt_record(journal, settled.fingerprint, session.id)
