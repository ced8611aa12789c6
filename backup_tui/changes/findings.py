"""What is known of a change whose answer was lost. Pure."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.errors import OutcomeUnknown
from backup_tui.journal.records import Intent
from backup_tui.models.sessions import RestoreSession


class Verdict(StrEnum):
    """What is known after looking."""

    DONE = "done"
    NOT_DONE = "not_done"
    PARTLY = "partly"
    NOT_FOUND = "not_found"
    ASK = "ask"
    STILL_UNKNOWN = "still_unknown"

    @property
    def is_settled(self) -> bool:
        """Whether nobody needs to be asked any longer."""
        return self in (Verdict.DONE, Verdict.NOT_DONE, Verdict.PARTLY)


class Finding(Struct, frozen=True):
    """What became of an intent."""

    intent: Intent  # the journal's entry as it is now
    verdict: Verdict  # what is known
    words: str  # the same in a sentence
    thing: object | None = None  # what the change made or changed, as read; `None` when it was not seen
    candidates: tuple[RestoreSession, ...] = ()  # sessions among which a person must choose (`ASK`)
    missing_points: tuple[str, ...] = ()  # of an edit: ids of the points that are not in the session
    missing_removals: tuple[str, ...] = ()  # of an edit: ids of the artifacts that are still there

    @property
    def session(self) -> RestoreSession | None:
        """The session that it made or changed, as read; `None` where it was not seen, or it was about another thing."""
        return self.thing if isinstance(self.thing, RestoreSession) else None

    def unanswered(self, hint: str) -> OutcomeUnknown:
        """The error where it is still unknown what became of the change. `hint`: how a person finds out."""
        return OutcomeUnknown(
            f"No answer came for: {self.intent.summary}. {self.words}",
            certainty="It was not sent again.",
            hint=hint,
            request_id=self.intent.request_id,
            intent_id=self.intent.id,
        )


class Look(Struct, frozen=True):
    """One look at the service."""

    number: int  # 1 for the first
    of: int  # how many are planned
    at: datetime  # when (UTC)
    words: str  # what was seen


OnLook = Callable[[Look], None]  # told after each look
