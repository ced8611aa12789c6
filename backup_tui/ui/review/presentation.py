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

SHOWN_NAMES = 8  # names of an outcome that are shown; `v` shows all


class Outcome(Struct, frozen=True):
    """What a change came to, shown in place of its review."""

    message: str  # the same in a sentence, for the message line of another screen
    paragraphs: Callable[[], list[Para]]  # what it says now; asked again as times and counts change
    # what can be done about it, in footer order, besides leaving
    commands: "tuple[Command[ReviewScreen, Any], ...]" = ()


class Unanswered(Struct, frozen=True):
    """A request whose answer is missing."""

    what: str  # what it does: `START d91e03b7`
    noun: str  # what is read to find out: `session`
    at: datetime  # when it left (UTC)
    sent_now: bool = True  # it was sent from this screen; otherwise an earlier one must be settled first
    maybe: str = "It may have happened."  # what may be so


Done = Callable[["ReviewScreen", Any, Any], Awaitable[str | Outcome]]
"""Takes the screen, what was reviewed and what the change came to; a text is for the message line below the review."""


def _unmoved(_store: Store, _reviewed: ChangeReview[Any]) -> str:
    return ""


def _untold(_reviewed: Any, _zone: ZoneInfo, _now: datetime) -> str:
    return ""


class Presentation(Struct, frozen=True):
    """How the review of one kind of change is shown."""

    change: PhrasedChange[Any, Any, Any]  # what is reviewed and done
    reading: str  # said while it is read
    focus: Focus  # what is read in the background meanwhile
    feature: str  # id of what the sign-in has to be allowed
    needs: Needs  # what the service has to allow
    done: Done  # ends the review once the service has answered
    about: str = "Review"  # what the second row says: `Review of draft d91e03b7`
    made: Callable[[Any, ZoneInfo, datetime], str] = _untold  # what follows `about` once it is read: `, by ryan 03:31`
    follows: frozenset[str] = frozenset()  # parts of the store that show when what is reviewed was changed
    # what differs in the store from what was reviewed, in a sentence; empty when nothing does
    meanwhile: Callable[[Store, Any], str] = _unmoved
    look: str = "back"  # footer text of `enter` where nothing can be done
    place: Open | None = None  # what that shows; `None` for the screen below
