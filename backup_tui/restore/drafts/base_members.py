"""Members of a restore session itself that the beta page "Update restoreSessionBase" accepts.

https://learn.microsoft.com/graph/api/restoresessionbase-update?view=graph-rest-beta. Its base members are read-only in
practice: the service accepts them and keeps its own values. So the request is compared with the result.
"""

import json
from collections.abc import Mapping

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import OutcomeUnknown, UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import safe, short_id
from backup_tui.restore.drafts.draft_change import DraftChange
from backup_tui.restore.lost_answers import EDIT
from backup_tui.store.updates import SessionRead


def read_members(text: str, field: str) -> dict[str, object]:
    """Reads the members that are to be sent. `text`: one JSON object under the service's own property names. `field`:
    what the person calls the input. Raises `UsageError`: it isn't a JSON object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError.unsent(
            f"{field} isn't a JSON object.", field, text[:60], """For example: {"completedDateTime": null}"""
        )
    return found


def unchanged(session: RestoreSession, changes: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the members that came back otherwise than they were sent, safe to show."""
    held = session.raw()
    return tuple(safe(name) for name, value in changes.items() if "@" not in name and held.get(name) != value)


class UpdateBase(DraftChange[RestoreSession, RestoreSession]):
    """Members of the session itself are sent.

    The service accepts its read-only members and leaves them as they are, so the answer, not the request, tells what
    holds. `session_id`: the draft. `members`: the members under the service's own names."""

    kind = IntentKind.EDIT
    effect = EDIT
    purpose = "changing a draft"

    def __init__(self, session_id: str, members: Mapping[str, object]) -> None:
        super().__init__(session_id)
        self.draft, self.members = session_id, members

    def check_agreed(self, reviewed: None, typed: str) -> None:
        if not self.members:
            raise UsageError.unsent("No change was requested.", "session")

    def request(self, reviewed: None, writer: Writer) -> Request[RestoreSession]:
        return Request(
            lambda: writer.update_session_base(self.draft, self.members),
            f"CHANGE {', '.join(sorted(self.members))} of {short_id(self.draft)}",
            body=self.members,
        )

    async def answered(self, context: Context, reviewed: None, answer: RestoreSession) -> RestoreSession:
        at = context.clock.monotonic()
        context.store.apply(SessionRead(answer, at, context.clock.now(), changed=True))
        return answer

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> RestoreSession:
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is not Verdict.DONE:
            raise error
        session = finding.session or await context.reader.session(self.draft)
        return await self.answered(context, None, session)
