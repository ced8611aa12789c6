"""Commands of the check of a plan."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.shared_commands import BACK, REFRESH

if TYPE_CHECKING:
    from backup_tui.ui.plans.check import PlanCheckScreen


class CheckContext(Context, frozen=True):
    """What the commands look at."""

    running: bool = False  # the plan is being checked
    drafting: bool = False  # its drafts are being created
    checked: bool = False  # what was found is there
    to_fix: int = 0  # how many names are to be fixed
    without_point: int = 0  # how many units have no point to use
    can_undo: bool = False  # units were left out here
    ready: bool = False  # nothing keeps the drafts from being created
    stale: bool = False  # the file is another one than the one that was checked
    drafted: bool = False  # the plan has drafts
    differs: bool = False  # it is another plan than the one that its drafts were made for


def _why_not_checked(context: CheckContext) -> str | None:
    if context.drafting:
        return "The drafts are being created."
    if context.running:
        return "The plan is being checked."
    return None if context.checked else "The plan is not checked yet; r checks it."


def _why_no_names(context: CheckContext) -> str | None:
    return _why_not_checked(context) or (None if context.to_fix else "No name is left to fix.")


def _why_no_leftovers(context: CheckContext) -> str | None:
    left = context.to_fix or context.without_point
    return _why_not_checked(context) or (None if left else "Every name can be restored; nothing is left over.")


def _why_no_drafts(context: CheckContext) -> str | None:
    why = _why_not_checked(context)
    if why is None and context.stale:
        return "The plan file is not what was checked; r checks it."
    if why is None and context.differs:
        return "Its drafts were made for another version of this plan: = shows it. Another name makes it a new plan."
    if why is not None or context.ready:
        return why
    if context.to_fix:
        return "Not yet: fix the names or leave them out (enter)."
    if context.without_point:
        return "Not yet: units have no point at or before their time. L leaves them out."
    return "Not yet: a check failed; v shows everything."


def _why_nobody_without_point(context: CheckContext) -> str | None:
    return _why_not_checked(context) or (None if context.without_point else "Every unit here has a point.")


def _why_no_difference(context: CheckContext) -> str | None:
    why = _why_not_checked(context)
    if why is not None or context.differs:
        return why
    return "It is the plan that its drafts were made for." if context.drafted else "The plan has no drafts yet."


def check_commands(screen: "type[PlanCheckScreen]") -> "Commands[PlanCheckScreen, CheckContext]":
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        replace(OPEN, help="Opens the names to fix or leave out; the answers go into the plan file.",
                name="names to fix", weight=1)
            .when(blocked=_why_no_names, footer_text=lambda context: "names to fix" if context.to_fix else ""),
        Command("leave_out", ("L",), help="Leaves out every unit without a point that can be used; u brings them back.",
                run=screen.leave_out_without_point, name="leave all without a point out", weight=2,
                blocked=_why_nobody_without_point,
                footer_text=lambda context: "leave out without point" if context.without_point else ""),
        Command("undo", ("u",), help="Takes back what L left out.", run=screen.undo, name="undo", weight=4,
                blocked=lambda context: None if context.can_undo else "Nothing to undo.",
                footer_text=lambda context: "undo" if context.can_undo else ""),
        Command("show_all", ("v",), "everything", "Every check, wave and name, and what the restore means.",
                run=screen.show_all, weight=3, blocked=_why_not_checked),
        Command("export", ("e",), "export leftovers",
                "Saves what cannot be restored as a table, with the reason of each; corrected, it is a list again.",
                run=screen.export_leftovers, weight=4, blocked=_why_no_leftovers),
        Command("difference", ("equals_sign",), help="What differs from the drafts that were made for this plan.",
                run=screen.show_difference, name="differences", weight=2, blocked=_why_no_difference,
                footer_text=lambda context: "differences" if context.differs else ""),
        Command("draft_all", ("d",), "draft all",
                "Creates the drafts of all sessions, or completes them; nothing is started by it.",
                run=screen.draft_all,
                name="create all drafts", group="Change", side="right", weight=0, changes=True, needs="restore",
                feature="restore", blocked=_why_no_drafts),
        replace(REFRESH, label="check again", weight=4, help="Checks the plan again; what was found is kept."),
        replace(BACK, side="right", weight=2, help="Stops the check, and leaves; answers stay in the plan file.")
            .when(footer_text=lambda context: "stop" if context.running else "back"),
    )
    # fmt: on
