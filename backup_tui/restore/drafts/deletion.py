"""Changes of a draft that a single request makes, on the frame of all changes; and its deletion.

Delete: https://learn.microsoft.com/graph/api/restoresessionbase-delete.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from msgspec import Struct

from backup_tui.changes.change import Change, Request, carry_out
from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import NotFound, OutcomeUnknown, ServiceError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.drafts import record_of
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.lost_answers import DELETE, refuse_while_starting
from backup_tui.store.updates import SessionGone

A = TypeVar("A")
Out = TypeVar("Out")


class DraftChange(Change[None, A, Out]):
    """A change that starts nothing and can be made again: no phrase is asked for.

    Args:
        session_id: The draft.
    """

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id

    @property
    def target(self) -> str:
        """The draft's id."""
        return self.session_id

    def check_agreed(self, reviewed: None, typed: str) -> None:
        """The screen or the command has asked already."""

    async def settle_earlier(self, context: Context, on_look: OnLook) -> Out | None:
        """What may just be starting is left alone."""
        await refuse_while_starting(context, self.session_id)
        return None

    async def last_look(self, context: Context, reviewed: None) -> Out | None:
        """Nothing was reviewed; the service refuses what is no longer a draft."""
        return None

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> Out:
        """Done when the service shows it; else the person decides."""
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is not Verdict.DONE:
            raise error
        return await self.seen_done(context, finding)

    @abstractmethod
    async def seen_done(self, context: Context, finding: Finding) -> Out:
        """What it comes to when a look showed that it was done."""


class DraftDeleted(Struct, frozen=True):
    """A draft that the service no longer has; what was in it is kept on this machine.

    Attributes:
        session_id: The draft that was.
        record: Its units, times and destination, for a new draft; `None` when nothing of it was known.
        already_gone: Somebody else had deleted it.
    """

    session_id: str
    record: DraftRecord | None
    already_gone: bool = False


class DeleteDraft(DraftChange[None, DraftDeleted]):
    """A draft is deleted, and what was in it kept on this machine."""

    kind = IntentKind.DELETE
    effect = DELETE
    purpose = "deleting a draft"
    _record: DraftRecord | None = None
    _tried_before = False

    async def last_look(self, context: Context, reviewed: None) -> DraftDeleted | None:
        """Keeps what is in it."""
        self._record = await record_of(context, self.session_id)
        self._tried_before = any(
            intent.kind is IntentKind.DELETE
            and intent.target == self.session_id
            and intent.state not in (IntentState.NOT_SENT, IntentState.REJECTED)
            for intent in await context.journal.intents()
        )
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[None]:
        """One call, without a body."""
        service = self._record.service if self._record else None
        return Request(
            lambda: writer.delete_session(self.session_id), f"DELETE draft {short_id(self.session_id)}", service
        )

    async def answered(self, context: Context, reviewed: None, answer: None) -> DraftDeleted:
        """It is gone."""
        return self._gone(context)

    async def refused(self, context: Context, reviewed: None, error: ServiceError) -> DraftDeleted:
        """One that is not there was deleted by our own earlier try, if there was one, else by somebody else."""
        if not isinstance(error, NotFound):
            raise error
        return self._gone(context, already=not self._tried_before)

    async def seen_done(self, context: Context, finding: Finding) -> DraftDeleted:
        """It is gone."""
        return self._gone(context)

    def _gone(self, context: Context, *, already: bool = False) -> DraftDeleted:
        context.store.apply(SessionGone(self.session_id, context.clock.monotonic(), context.clock.now()))
        return DraftDeleted(self.session_id, self._record, already)


async def delete_draft(tools: Context, session_id: str) -> DraftDeleted:
    """Deletes a draft and keeps what was in it on this machine.

    Args:
        tools: What to work with.
        session_id: The draft.

    Raises:
        StateConflict: It is no longer a draft; it was not deleted.
        ServiceError, OutcomeUnknown, Unreachable, JournalError, ReadOnlyError, WriteLockHeld: As for `carry_out`.
    """
    return await carry_out(tools, DeleteDraft(session_id), None)
