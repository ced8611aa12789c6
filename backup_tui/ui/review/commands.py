"""What can be done in the review of an activation, besides typing its phrase."""

from __future__ import annotations

from msgspec.structs import replace

from backup_tui.ui.frame.commands import Command, Context, Handler, Needs, S
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.widgets.paragraphs import Paragraphs


class ReviewContext(Context, frozen=True):
    """What the commands of a review look at.

    Attributes:
        exact: The phrase stands in its field.
        sending: The request is on its way.
        read: The review is there.
        typed: Something stands in the field of the phrase, to which every letter goes then.
    """

    exact: bool = False
    sending: bool = False
    read: bool = False
    typed: bool = False
    impossible: str | None = None


STILL_SENDING = "The request is on its way; this screen says what became of it."
CANCEL_REVIEW: Command[BaseScreen, ReviewContext] = replace(
    BACK, label="cancel", help="Leaves the review; nothing is started.", weight=0
).when(blocked=lambda context: STILL_SENDING if context.sending else None)


def _why_not_exact(context: ReviewContext) -> str | None:
    if context.impossible is not None:
        return f"Not possible now: {context.impossible}."
    return None if context.exact else "Type the phrase first."


def act_on_phrase(
    id: str, help: str, done: str, run: Handler[S], *, needs: Needs, feature: str = ""
) -> Command[S, ReviewContext]:
    """What the exact phrase does; its key belongs to the field of the phrase.

    Args:
        id: Id of the command.
        help: One sentence.
        done: Footer text once the phrase is exact.
        run: A click on `enter` in the footer.
        needs: What the service has to allow.
        feature: What the sign-in has to be allowed.
    """
    return Command(
        id,
        ("enter",),
        help=help,
        run=run,
        group="Change",
        side="right",
        weight=1,
        changes=True,
        needs=needs,
        feature=feature,
        blocked=_why_not_exact,
        footer_text=lambda context: done if context.exact else "works when the text is exact",
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
