"""Commands for a change of unknown outcome: look again, say that it was done, say that it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.shared_commands import BACK

if TYPE_CHECKING:
    from backup_tui.ui.review.lost_answer import SettleUnknown

_WAIT = "The service is being looked at; wait for what it says."


class UnknownContext(Context, frozen=True):
    """What the ways out look at.

    Attributes:
        settled: It is known by now.
        looking: The service is being looked at.
        is_draft: The session under the cursor can be activated.
    """

    settled: bool = False
    looking: bool = False
    is_draft: bool = False


def _why_no_look_again(context: UnknownContext) -> str | None:
    if context.settled:
        return "This is settled already."
    return "The service is being looked at." if context.looking else None


def _why_no_not_done(context: UnknownContext) -> str | None:
    if context.settled:
        return "This is settled already."
    return _WAIT if context.looking else None


def _why_no_review_again(context: UnknownContext) -> str | None:
    if not context.settled:
        return "It may have started. The review opens again once it is known that it did not."
    return None if context.is_draft else "It is no longer a draft."


def lost_answer_commands(screen: type[SettleUnknown]) -> Commands[SettleUnknown, UnknownContext]:
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        Command("look_again", ("r",), "look again", "Looks at the service again; nothing is sent but reads.",
                run=screen.look_again, name="look", blocked=_why_no_look_again),
        replace(OPEN, label="this is it",
                help="Says that the change was done, and that this is its session; asks once more. "
                     "When settled, opens it.",
                group="Change", needs_row=True)
            .when(blocked=lambda context: _WAIT if context.looking else None,
                  footer_text=lambda context: "open it" if context.settled else "this is it"),
        Command("not_done", ("N",), "it was not done", "Says that the change was not made. Asks once more.",
                run=screen.say_not_done, name="not done", group="Change", blocked=_why_no_not_done),
        Command("show_request", ("v",), "request", "The full request.", run=screen.show_request),
        Command("copy_request", ("y",), "copy", "Copies all that is kept of this request.", run=screen.copy_request),
        Command("review", ("A",), "review again",
                "Opens the review again, once it is known that the draft was not started.", run=screen.open_review,
                name="activate", group="Change", side="right", changes=True, needs="restore", feature="restore",
                needs_row=True, blocked=_why_no_review_again,
                footer_text=lambda context: "review again" if context.settled and context.is_draft else ""),
        replace(BACK, label="back", side="right"),
    )
    # fmt: on
