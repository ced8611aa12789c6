"""What can be done on the detail of a restore session."""

from __future__ import annotations

from dataclasses import dataclass

from backup_tui.models.statuses import Action
from backup_tui.ui.actions import sessions as session_actions
from backup_tui.ui.actions.sessions import SessionContext
from backup_tui.ui.frame.commands import Command
from backup_tui.ui.frame.listing import Filter
from backup_tui.ui.frame.shared_commands import Back


@dataclass(frozen=True, slots=True)
class DetailContext(SessionContext):
    """The session, how many of its units failed as far as they are listed, and whether the service speaks beta."""

    failed_rows: int = 0
    beta: bool = False


class NextFailed(Command[DetailContext]):
    """Goes to the next unit that failed."""

    id = "next_failed"
    keys = ("exclamation_mark",)
    label = "next failed"
    help = "Goes to the next unit that failed."
    weight = 0

    def blocked(self, context: DetailContext) -> str | None:
        """One must have failed."""
        return None if context.failed_rows else "None of the units listed here has failed."

    def footer_text(self, context: DetailContext) -> str:
        """Only where units failed."""
        return self.label if context.failed_rows else ""


class FailedAgain(session_actions.FailedAgain):
    """A new restore of what failed; one of the first keys here."""

    weight = 0


class ReviewDraft(session_actions.ReviewDraft):
    """Opens the review; in the footer of drafts only, for the space belongs to what a restore needs."""

    weight = 0

    def footer_text(self, context: SessionContext) -> str:
        """Only where there is a draft."""
        return self.label if context.session and context.session.state.allows(Action.ACTIVATE) else ""


def _is_draft(context: SessionContext) -> bool:
    return context.session is not None and context.session.state.allows(Action.EDIT)


class ChangeDraft(session_actions.ChangeDraft):
    """Opens the draft in the form; one of the first keys of a draft."""

    weight = 0


class DeleteDraft(session_actions.DeleteDraft):
    """Opens the review of the draft's deletion; one of the first keys of a draft."""

    weight = 1


class Report(Command[DetailContext]):
    """Writes all units to a file."""

    id = "report"
    keys = ("e",)
    label = "report"
    help = "Writes one line per unit to a CSV file; asks where."
    name = "report"
    aliases = ("export", "csv")
    weight = 0

    def footer_text(self, context: DetailContext) -> str:
        """Not of a draft, of which there is nothing to report yet; the key works all the same."""
        return "" if _is_draft(context) else self.label

    def blocked(self, context: DetailContext) -> str | None:
        """It is read from the service."""
        gone = context.session is None or context.session.gone
        return "The service no longer has this session." if gone else None


class CopyToNew(Command[DetailContext]):
    """Begins a restore of the same units to a new location."""

    id = "new_restore"
    keys = ("n", "R")
    help = "A new restore with the units and points of this one, to a new location (a rehearsal)."
    name = "rehearse"
    aliases = ("new", "copy to new")
    group = "Change"
    changes = True
    needs = "service"
    feature = "restore"

    def blocked(self, context: DetailContext) -> str | None:
        """It is read from the service."""
        gone = context.session is None or context.session.gone
        return "The service no longer has this session." if gone else None


class FilterUnits(Filter):
    """The filter; one of the first keys here."""

    weight = 1


class OpenUnit(session_actions.OpenRow):
    """Everything about the unit under the cursor."""

    help = "Everything known of the unit under the cursor, with its ids."
    weight = 3


class CopyIds(Command[DetailContext]):
    """Copies the ids of a unit."""

    id = "copy_id"
    keys = ("y",)
    label = "copy"
    help = "Copies the ids of the session and of the unit under the cursor, as a support case asks for them."
    name = "copy"
    weight = 1


class CopySessionId(Command[DetailContext]):
    """Copies the id of the session alone."""

    id = "copy_about"
    keys = ("Y",)
    help = "Copies the id of the session alone."


class ShowAll(Command[DetailContext]):
    """Everything as text."""

    id = "show_all"
    keys = ("v",)
    label = "all"
    help = "Everything known of this session as text, with what the service sent."
    weight = 0

    def footer_text(self, context: DetailContext) -> str:
        """Not of a draft, whose own keys need the room; the key works all the same."""
        return "" if _is_draft(context) else self.label


class ChangeMembers(Command[DetailContext]):
    """Sends members of the session itself, as a beta page of the service has it."""

    id = "base_members"
    keys = ("B",)
    help = "Sends members of a draft itself (status, dates); beta version of the service only."
    name = "base"
    aliases = ("members", "patch")
    group = "Change"
    changes = True
    needs = "restore"
    feature = "restore"

    def blocked(self, context: DetailContext) -> str | None:
        """Drafts only, and only where the service speaks beta."""
        if not context.beta:
            return "Only the beta version of the service takes this: start with a --graph-url that ends in /beta."
        if context.session is None or not context.session.state.allows(Action.EDIT):
            return "Only a draft can be changed."
        return None


class LeaveDetail(Back):
    """Back to where one came from."""

    label = "back"
    help = "The filter first, then back; the restore goes on."
    side = "right"
    weight = 0
