"""Members of a restore session itself, as the beta page "Update restoreSessionBase" lets them be sent.

https://learn.microsoft.com/graph/api/restoresessionbase-update?view=graph-rest-beta. Its base members are read-only in
practice: the service takes them and keeps its own values. So what was asked is compared with what holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from backup_tui.changes.change import Request, carry_out
from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding
from backup_tui.errors import UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import safe, short_id
from backup_tui.restore.drafts.deletion import DraftChange
from backup_tui.restore.lost_answers import EDIT
from backup_tui.store.updates import SessionRead


def read_members(text: str, field: str) -> dict[str, object]:
    """Reads the members that are to be sent.

    Args:
        text: One JSON object under the service's own property names.
        field: What the person calls the input.

    Raises:
        UsageError: It isn't a JSON object.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(
            f"{field} isn't a JSON object.",
            field=field,
            value=text[:60],
            certainty="Nothing was sent.",
            hint="""For example: {"completedDateTime": null}""",
        )
    return found


def unchanged(session: RestoreSession, changes: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the members that came back otherwise than they were sent, safe to show."""
    held = session.raw()
    return tuple(safe(name) for name, value in changes.items() if "@" not in name and held.get(name) != value)


class UpdateBase(DraftChange[RestoreSession, RestoreSession]):
    """Members of the session itself are sent.

    Args:
        session_id: The draft.
        members: The members under the service's own names.
    """

    kind = IntentKind.EDIT
    effect = EDIT
    purpose = "changing a draft"

    def __init__(self, session_id: str, members: Mapping[str, object]) -> None:
        super().__init__(session_id)
        self.members = members

    def writer(self, context: Context) -> Writer:
        """Needs a service that allows restores."""
        return context.may_restore()

    def check_agreed(self, reviewed: None, typed: str) -> None:
        """Something must be sent."""
        if not self.members:
            raise UsageError("No change was requested.", field="session", certainty="Nothing was sent.")

    def request(self, reviewed: None, writer: Writer) -> Request[RestoreSession]:
        """The members as they are."""
        return Request(
            lambda: writer.update_session_base(self.session_id, self.members),
            f"CHANGE {', '.join(sorted(self.members))} of {short_id(self.session_id)}",
            body=self.members,
        )

    async def answered(self, context: Context, reviewed: None, answer: RestoreSession) -> RestoreSession:
        """The session as the service keeps it."""
        at = context.clock.monotonic()
        context.store.apply(SessionRead(answer, at, context.clock.now(), changed=True))
        return answer

    async def seen_done(self, context: Context, finding: Finding) -> RestoreSession:
        """The session as a look showed it."""
        session = finding.session or await context.reader.session(self.session_id)
        return await self.answered(context, None, session)


async def update_base(tools: Context, session_id: str, changes: Mapping[str, object]) -> RestoreSession:
    """Sends members of the session itself.

    The service accepts its read-only members and leaves them as they are, so the answer, not the request, tells what
    holds.

    Args:
        tools: What to work with.
        session_id: A draft.
        changes: The members under the service's own names.

    Returns:
        The session as the service answered.

    Raises:
        UsageError: The connection does not speak beta, or there is nothing to send.
        StateConflict: It is no longer a draft.
        ServiceError, OutcomeUnknown, Unreachable, JournalError, ReadOnlyError, WriteLockHeld: As for `carry_out`.
    """
    return await carry_out(tools, UpdateBase(session_id, changes), None)
