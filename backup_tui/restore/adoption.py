"""Whether a session can be the one that a change of unknown outcome made or changed, as a person says. Pure."""

from __future__ import annotations

from collections.abc import Collection

from backup_tui.errors import UsageError
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import short_id


def check_adoption(intent: Intent, session: RestoreSession, owned: Collection[str]) -> None:
    """Refuses what cannot be so; what is merely unlikely is the person's to say. Raises `UsageError`: the change was
    about another session, or this one is of another service or somebody else's make."""
    if intent.kind is not IntentKind.CREATE:
        if intent.target is not None and intent.target.casefold() != session.id.casefold():
            raise _refused(session, f"Entry {intent.id} was about session {short_id(intent.target)}.")
        return
    if intent.service is not None and session.service not in (None, intent.service):
        raise _refused(session, f"Entry {intent.id} asked for a draft of {intent.service.names.units}.")
    if session.id in owned:
        raise _refused(session, f"Session {short_id(session.id)} was made by another entry of the journal.")


def _refused(session: RestoreSession, what: str) -> UsageError:
    return UsageError(
        what,
        field="--adopt",
        value=session.id,
        certainty="Nothing was written down.",
        hint="Name the session that this change made or changed; journal list shows which entry is which.",
    )
