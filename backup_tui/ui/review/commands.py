"""Commands of a review, besides typing its phrase, and of its outcome."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from backup_tui.models.text import short_id
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Context, Handler
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.routes import Open
from backup_tui.ui.widgets.paragraphs import Paragraphs

if TYPE_CHECKING:
    from backup_tui.ui.review.screen import ReviewScreen

STILL_SENDING = "The request is on its way; this screen says what became of it."
_LEAVE = replace(BACK, label="cancel", help="Leaves the review; nothing is sent by that.", weight=0)


class ReviewContext(Context, frozen=True):
    """What the commands of a review look at."""

    exact: bool = False  # the phrase is in its field
    sending: bool = False  # the request is on its way
    sent: bool = False  # what became of the request is not known yet
    read: bool = False  # the review is there
    typed: bool = False  # something is in the field of the phrase, to which every letter goes then
    impossible: str | None = None  # why it is not possible; None when it is


def _why_not_exact(context: ReviewContext) -> str | None:
    if context.impossible is not None:
        return f"Not possible now: {context.impossible}."
    return None if context.exact else "Type the phrase first."


def acting(shown: Presentation, run: "Handler[ReviewScreen]") -> "Command[ReviewScreen, ReviewContext]":
    """What the exact phrase does; its key belongs to the field of the phrase, so this is a click in the footer."""
    verb = shown.change.verb.removesuffix(" to")  # nothing follows it here
    return Command(
        "carry_out",
        ("enter",),
        help="Acts when the phrase is exact.",
        run=run,
        group="Change",
        side="right",
        weight=1,
        changes=True,
        needs=shown.needs,
        feature=shown.feature,
        blocked=_why_not_exact,
        footer_text=lambda context: (
            verb if context.exact else "" if context.sent else f"type the text exactly to {verb}"
        ),
    )


def _scroll_checks(id: str, key: str, by: int) -> Command[BaseScreen, Context]:
    """Moves through the checks where they do not all fit."""
    return Command(
        id,
        (key,),
        help="Further through the checks." if by > 0 else "Back through the checks.",
        run=lambda screen, _row: screen.query_one("#review-checks", Paragraphs).scroll_lines(by),
        group="Move",
    )


SCROLL_CHECKS = (
    _scroll_checks("checks_down", "down", 1),
    _scroll_checks("checks_up", "up", -1),
    _scroll_checks("checks_page_down", "pagedown", 5),
    _scroll_checks("checks_page_up", "pageup", -5),
)
CANCEL: Command[BaseScreen, ReviewContext] = _LEAVE.when(
    blocked=lambda context: STILL_SENDING if context.sending else None,
    footer_text=lambda context: "back" if context.sent else "cancel",
)
LEAVE_OUTCOME = replace(_LEAVE, label="back", side="right")


# What an outcome can offer besides; what each does is said where it is offered.


def _offered(id: str, keys: tuple[str, ...], label: str, help: str, **more: Any) -> Command[Any, Any]:
    return Command(id, keys, label, help, run=lambda _screen, _row: None, **more)


WATCH = _offered("watch", ("enter",), "watch", "Opens what was started and follows it.")
SETTLE = _offered("settle", ("enter",), "other ways", "Other ways to settle it.")
LOOK_AGAIN = _offered("look_again", ("enter", "A"), "look again", "Opens the review of the draft as it is now.")
NEW_WITH_THEM = _offered(
    "new_with_them",
    ("n",),
    "new restore with them",
    "A new restore with the units and times that were in the draft.",
    changes=True,
    needs="service",
    feature="restore",
    group="Change",
)
COPY_SESSION = _offered("copy_session", ("y",), "copy its id", "Copies the whole id of the session.")
SHOW_NAMES = _offered("show_names", ("v",), "all names", "All names as text.")
OUTCOME_COMMANDS = (WATCH, SETTLE, LOOK_AGAIN, NEW_WITH_THEM, COPY_SESSION, SHOW_NAMES)


def going_to(command: Command[Any, Any], place: Open) -> "Command[ReviewScreen, Context]":
    """Leaves an outcome for what it is about."""
    return replace(command, run=lambda screen, _row: screen.go_back_or_to(place))


def copying_id(session_id: str) -> "Command[ReviewScreen, Context]":
    """Copies the whole id of a session."""
    name = f"id {short_id(session_id)}"
    return replace(COPY_SESSION, run=lambda screen, _row: screen.say(copy(screen.app, session_id, name)))


def showing(title: str, lines: Sequence[str]) -> "Command[ReviewScreen, Context]":
    """Shows all names."""
    return replace(SHOW_NAMES, run=lambda screen, _row: screen.program.push_screen(PagerScreen(title, lines)))
