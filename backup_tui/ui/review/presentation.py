"""What one kind of change adds to the review screen: its name, what it follows, and how its outcome looks."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from backup_tui.changes.reviewed import ChangeReview, PhrasedChange
from backup_tui.models.focus import Focus
from backup_tui.store.store import Store
from backup_tui.ui.frame.commands import Command, Needs
from backup_tui.ui.routes import Open
from backup_tui.ui.widgets.paragraphs import Para

if TYPE_CHECKING:
    from backup_tui.ui.review.screen import ReviewScreen

SHOWN_NAMES = 8
"""Names of an outcome that are shown; `v` shows all."""


class Outcome(Struct, frozen=True):
    """What a change came to, shown in place of its review.

    Attributes:
        message: The same in a sentence, for the message line of another screen.
        paragraphs: What it says now; asked again as times and counts change.
        commands: What can be done about it, in footer order, besides leaving.
    """

    message: str
    paragraphs: Callable[[], list[Para]]
    commands: "tuple[Command[ReviewScreen, Any], ...]" = ()


class Unanswered(Struct, frozen=True):
    """A request whose answer is missing.

    Attributes:
        what: What it does: `START d91e03b7`.
        noun: What is read to find out: `session`.
        at: When it left (UTC).
        sent_now: It was sent from this screen; otherwise an earlier one must be settled first.
        maybe: What may be so.
    """

    what: str
    noun: str
    at: datetime
    sent_now: bool = True
    maybe: str = "It may have happened."


Done = Callable[["ReviewScreen", Any, Any], Awaitable[str | Outcome]]
"""Takes the screen, what was reviewed and what the change came to; a text is for the message line below the review."""


def _unmoved(_store: Store, _reviewed: ChangeReview[Any]) -> str:
    return ""


def _untold(_reviewed: Any, _zone: ZoneInfo, _now: datetime) -> str:
    return ""


class Presentation(Struct, frozen=True):
    """How the review of one kind of change is shown.

    Attributes:
        change: What is reviewed and done.
        about: What the second row says: `Review of draft d91e03b7`.
        reading: Said while it is read.
        focus: What is read in the background meanwhile.
        feature: Id of what the sign-in has to be allowed.
        needs: What the service has to allow.
        done: Ends the review once the service has answered.
        made: What follows `about` once it is read: `, by ryan 03:31`.
        follows: Parts of the store that show when what is reviewed was changed.
        meanwhile: What differs in the store from what was reviewed, in a sentence; empty when nothing does.
        look: Footer text of `enter` where nothing can be done.
        place: What that shows; `None` for the screen below.
    """

    change: PhrasedChange[Any, Any, Any]
    about: str
    reading: str
    focus: Focus
    feature: str
    needs: Needs
    done: Done
    made: Callable[[Any, ZoneInfo, datetime], str] = _untold
    follows: frozenset[str] = frozenset()
    meanwhile: Callable[[Store, Any], str] = _unmoved
    look: str = "back"
    place: Open | None = None
