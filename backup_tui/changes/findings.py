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
    """What became of an intent.

    Attributes:
        intent: The journal's entry as it is now.
        verdict: What is known.
        words: The same in a sentence.
        thing: What the change made or changed, as read; `None` when it was not seen.
        candidates: Sessions among which a person must choose (`ASK`).
        missing_points: Of an edit: ids of the points that are not in the session.
        missing_removals: Of an edit: ids of the artifacts that are still there.
    """

    intent: Intent
    verdict: Verdict
    words: str
    thing: object | None = None
    candidates: tuple[RestoreSession, ...] = ()
    missing_points: tuple[str, ...] = ()
    missing_removals: tuple[str, ...] = ()

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
    """One look at the service.

    Attributes:
        number: 1 for the first.
        of: How many are planned.
        at: When (UTC).
        words: What was seen.
    """

    number: int
    of: int
    at: datetime
    words: str


OnLook = Callable[[Look], None]
"""Told after each look."""
