"""The one way from a review to a change at the service, the same for every kind of change.

May anything be written, does the service allow it, is it possible, is the phrase exact; then, holding the right to
write: is an earlier change of the same thing settled, is the thing still what was reviewed; then the intent is on
disk, the request leaves once, and an answer that is lost is looked into, never sent again.

A kind of change says what differs in it: usually a `ReviewedChange`, of one thing that is read, compared and sent; one
with outcomes of its own is a `Change`.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, cast

from msgspec import Struct

from backup_tui.changes.context import Context, unheard
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import Effect, intent_of, resolve_lost_answer
from backup_tui.errors import (
    BackupTuiError,
    NotFound,
    OutcomeUnknown,
    ServiceError,
    StateConflict,
    Throttled,
    UsageError,
)
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.phrases import phrase_matches, wrong_phrase
from backup_tui.models.services import Service

T = TypeVar("T")
R = TypeVar("R")
A = TypeVar("A")
Out = TypeVar("Out")

_LOG = logging.getLogger(__name__)


class Request(Struct, Generic[A], frozen=True):
    """What leaves, and what the journal keeps of it before it does.

    Attributes:
        send: Sends it; called at most once.
        summary: What it does, in plain words, for Activity.
        service: Which service it belongs to.
        body: The JSON that is sent.
        fingerprint: What its effect is recognised by.
    """

    send: Callable[[], Coroutine[Any, Any, A]]
    summary: str
    service: Service | None = None
    body: Mapping[str, Any] | None = None
    fingerprint: str = ""


class Change(ABC, Generic[R, A, Out]):
    """One change that somebody wants, of a thing that was reviewed.

    The type parameters are what was reviewed, what the service answers, and what the change comes to. A hook that
    returns an outcome ends the change with it, before anything is sent or instead of an error.

    Attributes:
        effect: How it is recognised what became of it when its answer is lost.
        tries: So often it is tried while the service asks to wait; everything is looked at again before each.
    """

    effect: ClassVar[Effect]
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
    def target(self) -> str:
        """Id of what is changed."""

    def writer(self, context: Context) -> Writer:
        """The writer.

        Raises:
            ReadOnlyError: This workspace only reads.
            BackupTuiError: The service allows no such change now, as far as it told.
        """
        return context.may_write()

    @abstractmethod
    def check_agreed(self, reviewed: R, typed: str) -> None:
        """Refuses what the review found impossible, and every phrase but the one that it asked for.

        Raises:
            UsageError: It is not possible, or the phrase is another one; nothing was sent.
        """

    @abstractmethod
    async def settle_earlier(self, context: Context, on_look: OnLook) -> Out | None:
        """Finds out about an earlier change of the same thing whose outcome nobody knows, before another one leaves.

        Raises:
            OutcomeUnknown: It is still unknown; nothing was sent now.
        """

    @abstractmethod
    async def last_look(self, context: Context, reviewed: R) -> Out | None:
        """Compares the thing as it is now with what was reviewed, right before the request leaves.

        Raises:
            StateConflict: Somebody changed it meanwhile; nothing was sent.
        """

    @abstractmethod
    def request(self, reviewed: R, writer: Writer) -> Request[A]:
        """What is sent."""

    @abstractmethod
    async def answered(self, context: Context, reviewed: R, answer: A) -> Out:
        """What it comes to when the service answers; tells the store."""

    async def refused(self, context: Context, reviewed: R, error: ServiceError) -> Out:
        """What it comes to when the service refuses it.

        Raises:
            ServiceError: The refusal, with what can be said about it.
        """
        raise error

    @abstractmethod
    async def lost(self, context: Context, reviewed: R, intent: Intent, error: OutcomeUnknown, on_look: OnLook) -> Out:
        """What it comes to when no answer came.

        Raises:
            OutcomeUnknown: It is still unknown whether it was done.
        """


async def carry_out(
    context: Context, change: Change[R, A, Out], reviewed: R, typed: str = "", on_look: OnLook = unheard
) -> Out:
    """Makes a change that was reviewed and agreed to.

    Args:
        context: What to work with.
        change: The change.
        reviewed: What the person saw.
        typed: What the person typed.
        on_look: Told after each look at the service while an answer is missing.

    Raises:
        UsageError: The phrase is not the one asked for, or the review said that it is not possible.
        StateConflict: It was changed after the review; nothing was changed from here.
        OutcomeUnknown: It is still unknown whether it was done; it is not sent again.
        ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError: Nothing was changed.
    """
    writer = change.writer(context)
    change.check_agreed(reviewed, typed)
    async with context.hold_lock(change.purpose):
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
    )


# -- of one thing, with a review --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangeReview(Generic[T]):
    """What a person has to know before a change is made.

    Attributes:
        change: What would be done.
        thing: What it would be done to, as just read.
        headline: What it is about, one line.
        sentence: What it means.
        phrase: The exact text to type.
        checks: What was checked, worst first.
        read_at: When it was read (UTC).
        subject: What would be changed, in short: `policy Sites pilot`.
        id_line: The whole id, for those who look closer.
        service: Whose units it is about; `None` where that is unknown, or it is about none.
        extra: Further sentences that apply.
        names: Names of what is in it.
        other_phrases: Further phrases that are taken as well.
        way_out: What to do when it is not possible.
    """

    change: ReviewedChange[T]
    thing: T
    headline: str
    sentence: str
    phrase: str
    checks: tuple[Check, ...]
    read_at: datetime
    subject: str
    id_line: str
    service: Service | None = None
    extra: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    other_phrases: tuple[str, ...] = ()
    way_out: str = field(default="", repr=False)

    @property
    def blocked(self) -> str | None:
        """Why it is not possible now; `None` when it is."""
        return next((check.text for check in self.checks if check.mark is CheckResult.BLOCKING), None)

    @property
    def hint(self) -> str:
        """What to do when it is not possible; empty when it is."""
        return self.way_out if self.blocked is not None else ""


class ReviewedChange(Change[ChangeReview[T], T, T]):
    """A change of one thing, which the service answers with the thing as it is then.

    Attributes:
        noun: What is changed: `policy`.
    """

    noun: ClassVar[str]

    @property
    @abstractmethod
    def verb(self) -> str:
        """What is done: `activate`."""

    @property
    @abstractmethod
    def done_word(self) -> str:
        """What the thing is afterwards: `activated`."""

    @abstractmethod
    async def read(self, context: Context) -> T:
        """The thing as it is now; tells the store.

        Raises:
            NotFound: The service has no such thing.
            BackupTuiError: It could not be read.
        """

    @abstractmethod
    async def review(self, context: Context, thing: T) -> ChangeReview[T]:
        """What the change means, what was checked, and the phrase. Failed reads around it become check lines."""

    def difference(self, before: T, now: T) -> str:
        """What somebody changed in it meanwhile, in a sentence; empty when it is what was reviewed."""
        return "" if now == before else f"Someone changed the {self.noun} after it was reviewed."

    def tell(self, context: Context, thing: T, asked_at: float) -> None:
        """Tells the store of the thing as the service gave it; where the store holds none of its kind, nothing."""
        return

    def check_agreed(self, reviewed: ChangeReview[T], typed: str) -> None:
        """Refuses another review's change, what is blocked, and any other phrase."""
        if reviewed.change != self:
            raise UsageError(f"This review was one to {reviewed.change.verb}.", field=self.noun)
        if reviewed.blocked is not None:
            raise UsageError(
                f"Not possible now: {reviewed.blocked}.",
                field=self.noun,
                certainty="Nothing was sent.",
                hint=reviewed.hint,
            )
        if not any(phrase_matches(typed, wanted) for wanted in (reviewed.phrase, *reviewed.other_phrases)):
            raise wrong_phrase(typed, reviewed.phrase, self.done_word)

    async def settle_earlier(self, context: Context, on_look: OnLook) -> T | None:
        """Looks into every earlier change of the same kinds and the same thing."""
        for intent in await context.journal.open_intents():
            if intent.kind in self.effect.kinds and intent.target == self.target:
                finding = await resolve_lost_answer(context, self.effect, intent, on_look)
                if not finding.verdict.is_settled:
                    raise self._still_unknown(finding)
        return None

    async def last_look(self, context: Context, reviewed: ChangeReview[T]) -> T | None:
        """Reads the thing again."""
        try:
            words = self.difference(reviewed.thing, await self.read(context))
        except NotFound as error:
            raise StateConflict(
                f"The service no longer has this {self.noun}.",
                status=404,
                certainty="Nothing was sent.",
                hint="Read the list again.",
                code=f"{self.noun.title()}Gone",
            ) from error
        if words:
            raise StateConflict(
                words,
                status=409,
                certainty="Nothing was sent.",
                hint="Read the review again.",
                code=f"{self.noun.title()}Changed",
            )
        return None

    async def answered(self, context: Context, reviewed: ChangeReview[T], answer: T) -> T:
        """The thing as the service answered."""
        self.tell(context, answer, context.clock.monotonic())
        return answer

    async def lost(
        self,
        context: Context,
        reviewed: ChangeReview[T],
        intent: Intent,
        error: OutcomeUnknown,
        on_look: OnLook,
    ) -> T:
        """Looks until it is known."""
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if not finding.verdict.is_settled:
            raise self._still_unknown(finding) from error
        if finding.verdict is not Verdict.DONE:
            raise BackupTuiError(
                f"The {self.noun} was not {self.done_word}. {finding.words}",
                certainty="The request had no effect.",
                hint="Trying again is safe.",
                code="NotDone",
            ) from error
        # Settled by somebody else, it was not seen here.
        return await self.read(context) if finding.thing is None else cast("T", finding.thing)

    def _still_unknown(self, finding: Finding) -> OutcomeUnknown:
        intent = finding.intent
        return OutcomeUnknown(
            f"No answer to: {intent.summary}. It may have happened. {finding.words}",
            certainty="It is not sent again.",
            hint=f"Check the {self.noun} later; it is entry {intent.id} of the journal.",
            intent_id=intent.id,
        )


async def review(context: Context, change: ReviewedChange[T]) -> ChangeReview[T]:
    """Reads what would be changed, and says what the change means and whether it is possible.

    Raises:
        NotFound: The service has no such thing.
        BackupTuiError: It could not be read.
    """
    return await change.review(context, await change.read(context))
