"""What can be done in the review of an activation, besides typing its phrase."""

from __future__ import annotations

from dataclasses import dataclass

from backup_tui.ui.frame.commands import Command, Context
from backup_tui.ui.frame.shared_commands import Back


@dataclass(frozen=True, slots=True)
class ReviewContext(Context):
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


class CancelReview(Back):
    """Leaves the review; nothing was started."""

    label = "cancel"
    help = "Leaves the review; nothing is started."
    weight = 0

    def blocked(self, context: Context) -> str | None:
        """An answer that is on its way has to be seen."""
        sending = isinstance(context, ReviewContext) and context.sending
        return "The request is on its way; this screen says what became of it." if sending else None


class ShowAll(Command[ReviewContext]):
    """All checks and all units."""

    id = "show_all"
    keys = ("v",)
    label = "v"
    help = "All checks, units and points, and the names that are not in it."

    def blocked(self, context: ReviewContext) -> str | None:
        """There has to be a review."""
        return None if context.read and not context.sending else "The draft is being read."

    def footer_text(self, context: ReviewContext) -> str:
        """Says what it shows, while its letter is none of the phrase."""
        return "" if context.typed else "all checks, all units"


class Start(Command[ReviewContext]):
    """Starts the restore; the key belongs to the phrase's field."""

    id = "start"
    keys = ("enter",)
    help = "Starts the restore when the phrase is exact."
    group = "Change"
    changes = True
    needs = "restore"
    feature = "restore"
    side = "right"
    weight = 1

    def blocked(self, context: ReviewContext) -> str | None:
        """Only the exact phrase starts anything."""
        if context.impossible is not None:
            return f"Not possible now: {context.impossible}."
        return None if context.exact else "Type the phrase first."

    def footer_text(self, context: ReviewContext) -> str:
        """Tells when it works."""
        return "starts it" if context.exact else "works when the text is exact"


class ScrollChecks(Command[ReviewContext]):
    """Moves through the checks where they do not all fit."""

    group = "Move"

    def __init__(self, id: str, keys: tuple[str, ...], by: int) -> None:
        self.id = id
        self.keys = keys
        self.by = by
        self.help = "Further through the checks." if by > 0 else "Back through the checks."
