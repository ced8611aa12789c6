"""What can be done about a change of unknown outcome: look again, say that it was done, say that it was not."""

from __future__ import annotations

from dataclasses import dataclass

from backup_tui.ui.frame.commands import Command, Context, Open
from backup_tui.ui.frame.shared_commands import Back

_WAIT = "The service is being looked at; wait for what it says."


@dataclass(frozen=True, slots=True)
class UnknownContext(Context):
    """What the ways out look at.

    Attributes:
        settled: It is known by now.
        looking: The service is being looked at.
        is_draft: The session under the cursor can be activated.
    """

    settled: bool = False
    looking: bool = False
    is_draft: bool = False


class LookAgain(Command[UnknownContext]):
    """Looks at the service again."""

    id = "look_again"
    keys = ("r",)
    label = "look again"
    help = "Looks at the service again; nothing is sent but reads."
    name = "look"

    def blocked(self, context: UnknownContext) -> str | None:
        """Not while it is looked at, nor once it is known."""
        if context.settled:
            return "This is settled already."
        return "The service is being looked at." if context.looking else None


class Adopt(Open):
    """Says which session the change made or changed; afterwards it opens that session."""

    label = "this is it"
    help = "Says that the change was done, and that this is its session; asks once more. When settled, opens it."
    group = "Change"
    needs_row = True

    def blocked(self, context: Context) -> str | None:
        """Not while the service is about to tell by itself."""
        return _WAIT if isinstance(context, UnknownContext) and context.looking else None

    def footer_text(self, context: Context) -> str:
        """What it does now."""
        return "open it" if isinstance(context, UnknownContext) and context.settled else self.label


class ReviewAgain(Command[UnknownContext]):
    """Opens the review of a draft that was not started."""

    id = "review"
    keys = ("A",)
    label = "review again"
    help = "Opens the review again, once it is known that the draft was not started."
    name = "activate"
    group = "Change"
    side = "right"
    changes = True
    needs = "restore"
    feature = "restore"
    needs_row = True

    def blocked(self, context: UnknownContext) -> str | None:
        """Only once it is known that the draft was not started."""
        if not context.settled:
            return "It may have started. The review opens again once it is known that it did not."
        return None if context.is_draft else "This is no draft any more."

    def footer_text(self, context: UnknownContext) -> str:
        """Only where it is possible."""
        return self.label if context.settled and context.is_draft else ""


class NotDone(Command[UnknownContext]):
    """Says that the change was not made."""

    id = "not_done"
    keys = ("N",)
    label = "it was not done"
    help = "Says that the change was not made. Asks once more."
    name = "not done"
    group = "Change"

    def blocked(self, context: UnknownContext) -> str | None:
        """Only while it is open, and not while the service is about to tell by itself."""
        if context.settled:
            return "This is settled already."
        return _WAIT if context.looking else None


class ShowRequest(Command[UnknownContext]):
    """The request that got no answer."""

    id = "show_request"
    keys = ("v",)
    label = "request"
    help = "The full request."


class CopyRequest(Command[UnknownContext]):
    """Copies all that is kept of it."""

    id = "copy_request"
    keys = ("y",)
    label = "copy"
    help = "Copies all that is kept of this request."


class BackToList(Back):
    """Leaves; what is not known stays in Activity."""

    label = "back"
    side = "right"
