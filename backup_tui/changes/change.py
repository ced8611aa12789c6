"""The one way from a review to a change at the service, the same for every kind of change.

May anything be written, does the service allow it, is it possible, is the phrase exact; then, holding the right to
write: is an earlier change of the same thing settled, is the thing still what was reviewed; then the intent is on
disk, the request leaves once, and an answer that is lost is looked into, never sent again.

A kind of change declares what differs in it; one that a person agrees to has a review (`changes/reviewed.py`).
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from backup_tui.changes.context import Context, unheard
from backup_tui.changes.findings import OnLook
from backup_tui.changes.lost_answers import Effect, intent_of
from backup_tui.errors import OutcomeUnknown, ServiceError, Throttled
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.services import Service

R = TypeVar("R")
A = TypeVar("A")
Out = TypeVar("Out")

_LOG = logging.getLogger(__name__)


class Request(Struct, Generic[A], frozen=True):
    """What leaves, and what the journal keeps of it before it does."""

    send: Callable[[], Coroutine[Any, Any, A]]  # sends it; called at most once
    summary: str  # what it does, in plain words, for Activity
    service: Service | None = None  # which service it belongs to
    body: Mapping[str, Any] | None = None  # the JSON that is sent
    fingerprint: str = ""  # what its effect is recognised by
    parent: int | None = None  # the journal's entry that this request carries on
    plan: str | None = None  # what it belongs to, for whoever does the same again
    session_id_of: Callable[[A], str | None] = lambda _: None  # takes the id of a made session from the answer


class Change(ABC, Generic[R, A, Out]):
    """One change that somebody wants, of a thing that was reviewed.

    The type parameters are what was reviewed, what the service answers, and what the change comes to. A hook that
    returns an outcome ends the change with it, before anything is sent or instead of an error."""

    effect: ClassVar[Effect]  # how it is recognised what became of it when its answer is lost
    # so often it is tried while the service asks to wait; everything is looked at again before each
    tries: ClassVar[int] = 1

    @property
    @abstractmethod
    def purpose(self) -> str:
        """What is being done, for others that wait for the right to write: `changing a policy`."""

    @property
    @abstractmethod
    def kind(self) -> IntentKind:
        """What it is in the journal."""

    @property
    @abstractmethod
    def target(self) -> str | None:
        """Id of what is changed; `None` for what is to be made."""

    def writer(self, context: Context) -> Writer:
        """The writer. Raises `ReadOnlyError`: this workspace only reads; `BackupTuiError`: the service allows no such
        change now, as far as it said."""
        return context.may_write()

    @abstractmethod
    def check_agreed(self, reviewed: R, typed: str) -> None:
        """Refuses what the review found impossible, and every phrase but the one that it asked for. Raises
        `UsageError`: it is not possible, or the phrase is another one; nothing was sent."""

    async def carried_out(self, context: Context, reviewed: R, writer: Writer, on_look: OnLook) -> Out:
        """What `carry_out` does once the right to write is held: one request, unless the change takes several.

        Raises:
            As for `carry_out`.
        """
        return await send_change(context, self, reviewed, writer, on_look)

    @abstractmethod
    async def settle_earlier(self, context: Context, on_look: OnLook) -> Out | None:
        """Finds out about an earlier change of the same thing whose outcome nobody knows, before another one leaves.
        Raises `OutcomeUnknown`: it is still unknown; nothing was sent now."""

    @abstractmethod
    async def last_look(self, context: Context, reviewed: R) -> Out | None:
        """Compares the thing as it is now with what was reviewed, right before the request leaves. Raises
        `StateConflict`: somebody changed it meanwhile; nothing was sent."""

    @abstractmethod
    def request(self, reviewed: R, writer: Writer) -> Request[A]:
        """What is sent."""

    @abstractmethod
    async def answered(self, context: Context, reviewed: R, answer: A) -> Out:
        """What it comes to when the service answers; updates the store."""

    async def refused(self, context: Context, reviewed: R, error: ServiceError) -> Out:
        """What it comes to when the service refuses it. Raises `ServiceError`: the refusal, with what can be said about
        it."""
        raise error

    @abstractmethod
    async def lost(self, context: Context, reviewed: R, intent: Intent, error: OutcomeUnknown, on_look: OnLook) -> Out:
        """What it comes to when no answer came. Raises `OutcomeUnknown`: it is still unknown whether it was done."""


async def carry_out(
    context: Context, change: Change[R, A, Out], reviewed: R, typed: str = "", on_look: OnLook = unheard
) -> Out:
    """Makes a change that was reviewed and agreed to.

    Args:
        on_look: Told after each look at the service while an answer is missing.

    Raises:
        UsageError: The phrase is not the one asked for, or the review said that it is not possible.
        StateConflict: It was changed after the review; nothing was changed from here.
        OutcomeUnknown: It is still unknown whether it was done; it is not sent again.
        ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError: Nothing was changed.
    """
    writer = change.writer(context)
    change.check_agreed(reviewed, typed)
    async with context.hold_lock(change.purpose) as held:
        return await change.carried_out(held, reviewed, writer, on_look)


async def send_change(
    context: Context, change: Change[R, A, Out], reviewed: R, writer: Writer, on_look: OnLook = unheard
) -> Out:
    """The part of `carry_out` that needs the right to write, for a use case of several changes that holds it already.

    Raises:
        As for `carry_out`.
    """
    for left in reversed(range(change.tries)):
        outcome = await change.settle_earlier(context, on_look)
        if outcome is None:
            outcome = await change.last_look(context, reviewed)
        if outcome is not None:
            return outcome
        try:
            answer = await _send(context, change, change.request(reviewed, writer))
        except Throttled as error:
            if not left:
                raise
            # The reads of the next try wait until the service's time is over, and see the thing as it is then.
            _LOG.info("asked to wait before a change: %s", error.message)
        except ServiceError as error:
            return await change.refused(context, reviewed, error)
        except OutcomeUnknown as error:
            intent = await intent_of(context, error)
            if intent is None:
                raise
            return await change.lost(context, reviewed, intent, error, on_look)
        else:
            return await change.answered(context, reviewed, answer)
    raise AssertionError("a change is tried at least once")


async def _send(context: Context, change: Change[R, A, Out], request: Request[A]) -> A:
    """Once, with its intent on disk before."""
    return await context.changes.make(
        change.kind,
        request.send,
        target=change.target,
        summary=request.summary,
        service=request.service,
        body=request.body,
        fingerprint=request.fingerprint,
        parent=request.parent,
        plan=request.plan,
        session_id_of=request.session_id_of,
    )
