"""Changes that a person agrees to: what the review says, and the phrase that says yes to it.

A kind of change is a `PhrasedChange`; usually a `ReviewedChange`, of one thing that is read, compared and sent.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Never, TypeVar, cast
from zoneinfo import ZoneInfo

from backup_tui.changes.change import Change, Request
from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import BackupTuiError, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.phrases import phrase_matches, wrong_phrase
from backup_tui.models.services import Service

T = TypeVar("T")
R = TypeVar("R", bound="ChangeReview[Any]")
A = TypeVar("A")
Out = TypeVar("Out")


@dataclass(frozen=True)
class ChangeReview(Generic[T]):
    """What a person has to know before a change is made."""

    change: "PhrasedChange[Any, Any, Any]"  # what would be done
    thing: T  # what it would be done to, as just read
    word: str  # what it does, in capitals: `DEACTIVATE`; the sentence begins with it
    headline: str  # what it is about, for the line of the word: `policy Sites pilot, 24 sites`
    tenant: str  # the tenant it is in, by its domain; empty where that is unknown
    sentence: str  # what it means
    phrase: str  # what has to be typed
    checks: tuple[Check, ...]  # what was checked, worst first
    read_at: datetime  # when it was read (UTC)
    subject: str  # what would be changed, in short: `policy Sites pilot`
    id_line: str  # the whole id, for those who look closer
    danger: bool = False  # it overwrites or ends something: it is shown so that nobody can miss it
    final: str = ""  # what is said last before the phrase; empty where it can be taken back
    service: Service | None = None  # whose units it is about; `None` where that is unknown, or it is about none
    extra: tuple[str, ...] = ()  # further sentences that apply
    names: tuple[str, ...] = ()  # names of what is in it
    absent: tuple[str, ...] = ()  # names that were asked for and are not in it
    other_phrases: tuple[str, ...] = ()  # further phrases that are taken as well
    way_out: str = field(default="", repr=False)  # what to do when it is not possible

    @property
    def blocked(self) -> str | None:
        """Why it is not possible now; `None` when it is."""
        return next((check.text for check in self.checks if check.mark is CheckResult.BLOCKING), None)

    @property
    def hint(self) -> str:
        """What to do when it is not possible; empty when it is."""
        return self.way_out if self.blocked is not None else ""

    @property
    def meaning(self) -> str:
        """The sentence below a line that shows the word already."""
        rest = self.sentence.removeprefix(f"{self.word}: ")
        return f"{rest[:1].upper()}{rest[1:]}"

    @property
    def title(self) -> str:
        """`policy Sites pilot, 24 sites in contoso.com`."""
        said = not self.tenant or self.headline.endswith(f"@{self.tenant}")
        return self.headline if said else f"{self.headline} in {self.tenant}"

    def local_times(self, zone: ZoneInfo, now: datetime) -> str:
        """The times of the sentence in another zone; empty where it has none, or they read alike there."""
        return ""

    def unit_lines(self, now: datetime) -> tuple[str, ...]:
        """What is in it, one line each, with all that is known of it."""
        return self.names


class PhrasedChange(Change[R, A, Out]):
    """A change that a person agrees to by typing the phrase of its review, a `ChangeReview`."""

    noun: ClassVar[str]  # what is changed: `policy`
    whole: ClassVar[str] = "restore"  # what names of a list can be missing in

    @property
    @abstractmethod
    def verb(self) -> str:
        """What is done: `activate`."""

    @property
    @abstractmethod
    def done_word(self) -> str:
        """What the thing is afterwards: `activated`."""

    @abstractmethod
    async def prepare(self, context: Context) -> R:
        """Reads what would be changed, and says what the change means and whether it is possible. Raises `NotFound`:
        the service has no such thing; `BackupTuiError`: it could not be read."""

    def check_agreed(self, reviewed: R, typed: str) -> None:
        if reviewed.change != self:
            raise UsageError(f"This review was one to {reviewed.change.verb}.", field=self.noun)
        if reviewed.blocked is not None:
            raise UsageError.unsent(f"Not possible now: {reviewed.blocked}.", self.noun, hint=reviewed.hint)
        if not any(phrase_matches(typed, wanted) for wanted in (reviewed.phrase, *reviewed.other_phrases)):
            raise wrong_phrase(typed, reviewed.phrase, self.done_word)


class WithoutRequest(PhrasedChange[R, Never, Out]):
    """A change that is no request of its own. It is kept on this machine; or it takes several requests, each a change
    of its own with its entry in the journal, so that a run that ends between two of them is continued by the next one
    from what the service has by then (`carried_out`)."""

    @property
    def kind(self) -> IntentKind:
        raise AssertionError("it is not an entry of the journal")

    @property
    def target(self) -> str | None:
        return None

    async def settle_earlier(self, context: Context, on_look: OnLook) -> Out | None:
        return None

    async def last_look(self, context: Context, reviewed: R) -> Out | None:
        return None

    def request(self, reviewed: R, writer: Writer) -> Request[Never]:
        raise AssertionError("nothing is sent for it")

    async def answered(self, context: Context, reviewed: R, answer: Never) -> Out:
        raise AssertionError("nothing is sent for it")

    async def lost(self, context: Context, reviewed: R, intent: Intent, error: OutcomeUnknown, on_look: OnLook) -> Out:
        raise AssertionError("nothing is sent for it")


class KeptChange(WithoutRequest[R, Out]):
    """A change of what this machine keeps, agreed to like one at the service; nothing is sent for it."""

    @abstractmethod
    async def keep(self, context: Context, reviewed: R) -> Out:
        """Looks once more whether everything is as it was reviewed, and writes the change down. Raises `StateConflict`:
        it is not; nothing was written; `JournalError`: it could not be written."""

    async def last_look(self, context: Context, reviewed: R) -> Out | None:
        return await self.keep(context, reviewed)


class ReviewedChange(PhrasedChange[ChangeReview[T], T, T]):
    """A change of one thing, which the service answers with the thing as it is then."""

    @abstractmethod
    async def read(self, context: Context) -> T:
        """The thing as it is now; updates the store. Raises `NotFound`: the service has no such thing;
        `BackupTuiError`: it could not be read."""

    @abstractmethod
    async def review(self, context: Context, thing: T) -> ChangeReview[T]:
        """What the change means, what was checked, and the phrase. Failed reads around it become check lines."""

    async def prepare(self, context: Context) -> ChangeReview[T]:
        return await self.review(context, await self.read(context))

    def difference(self, before: T, now: T) -> str:
        """What somebody changed in it meanwhile, in a sentence; empty when it is what was reviewed."""
        return "" if now == before else f"Someone changed the {self.noun} after it was reviewed."

    def tell(self, context: Context, thing: T, asked_at: float) -> None:
        """Puts the thing as the service gave it into the store; where the store holds none of its kind, nothing."""
        return

    async def settle_earlier(self, context: Context, on_look: OnLook) -> T | None:
        for intent in await context.journal.open_intents():
            if intent.kind in self.effect.kinds and intent.target == self.target:
                finding = await resolve_lost_answer(context, self.effect, intent, on_look)
                if not finding.verdict.is_settled:
                    raise self._still_unknown(finding)
        return None

    async def last_look(self, context: Context, reviewed: ChangeReview[T]) -> T | None:
        try:
            words = self.difference(reviewed.thing, await self.read(context))
        except NotFound as error:
            raise StateConflict.unsent(
                f"The service no longer has this {self.noun}.",
                f"{self.noun.title()}Gone",
                "Read the list again.",
                status=404,
            ) from error
        if words:
            raise StateConflict.unsent(words, f"{self.noun.title()}Changed", "Read the review again.")
        return None

    async def answered(self, context: Context, reviewed: ChangeReview[T], answer: T) -> T:
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
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if not finding.verdict.is_settled:
            raise self._still_unknown(finding) from error
        if finding.verdict is not Verdict.DONE:
            raise BackupTuiError(
                f"The {self.noun} was not {self.done_word}. {finding.words}",
                certainty="The request that was sent had no effect.",
                hint="It can be tried again.",
                code="NotDone",
            ) from error
        return await self.after(context, reviewed) if finding.thing is None else cast("T", finding.thing)

    async def after(self, context: Context, reviewed: ChangeReview[T]) -> T:
        """The thing once the change is known to be done, and what proved it was not seen here."""
        return await self.read(context)

    def _still_unknown(self, finding: Finding) -> OutcomeUnknown:
        intent = finding.intent
        return OutcomeUnknown(
            f"No answer came for: {intent.summary}. It may have happened. {finding.words}",
            certainty="It is not sent again.",
            hint=f"Check the {self.noun} later; it is entry {intent.id} of the journal.",
            intent_id=intent.id,
        )
