"""A person says what became of a change whose answer was lost, and the journal takes it down."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from backup_tui.errors import UsageError
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.record import adopt_record
from backup_tui.store.freshness import session_of

if TYPE_CHECKING:
    from backup_tui.workspace.workspace import Workspace


async def resolve_by_hand(workspace: "Workspace", intent_id: int, adopt: str | None, not_done: bool) -> None:
    """Writes down that a change was not made, or which session it made or changed; raises what
    `Workspace.resolve_intent` says."""
    if (adopt is None) is not not_done:
        raise UsageError("Choose one: --adopt SESSION or --not-done.", field="journal resolve")
    journal, user, now = workspace.rooms.journal, workspace.who.user_label, workspace.clock.now()
    intent = await journal.intent(intent_id)
    if intent is not None and await journal.is_under_way(intent):
        raise UsageError(
            f"Entry {intent_id} is still in progress ({intent.process}); its answer decides.",
            field="ID",
            value=str(intent_id),
            certainty="Nothing was recorded.",
            hint="Wait for the answer, or until that process ends.",
        )
    if adopt is None:
        note = f"{user} recorded that it was not done."
        await journal.resolve(intent_id, IntentState.RESOLVED_NOT_DONE, note=note, at=now)
        return
    session = await workspace.loader.load(session_of(adopt))
    if intent is not None and not intent.state.is_settled:
        _check_adoption(intent, session, await journal.owned_sessions())
    note = f"{user} recorded that it is session {session.id}."
    state = IntentState.RESOLVED_DONE
    settled = await journal.resolve(intent_id, state, session_id=session.id, note=note, at=now)
    if settled.kind is IntentKind.CREATE:
        await adopt_record(journal, settled.fingerprint, session.id)


def _check_adoption(intent: Intent, session: RestoreSession, owned: Collection[str]) -> None:
    """Refuses what cannot be so; what is merely unlikely is the person's to say."""
    if intent.kind is not IntentKind.CREATE:
        if intent.target is not None and intent.target.casefold() != session.id.casefold():
            raise _refused(session, f"Entry {intent.id} was about session {short_id(intent.target)}.")
        return
    if intent.service is not None and session.service not in (None, intent.service):
        raise _refused(session, f"Entry {intent.id} asked for a draft of {intent.service.names.units}.")
    if session.id in owned:
        raise _refused(session, f"Session {short_id(session.id)} was created by another entry of the journal.")


def _refused(session: RestoreSession, what: str) -> UsageError:
    return UsageError(
        what,
        field="--adopt",
        value=session.id,
        certainty="Nothing was recorded.",
        hint="Name the session that this change created or changed; see: backup-tui journal list",
    )
