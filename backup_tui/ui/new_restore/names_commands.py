"""What can be done with the names of a list that stand for no unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.shared_commands import BACK

if TYPE_CHECKING:
    from backup_tui.ui.new_restore.names import NamesScreen


class NamesContext(Context, frozen=True):
    """What the commands look at.

    Attributes:
        nearest: What the line under the cursor would become; empty when nothing is near.
        choices: How many units below the line can be chosen for it.
        choosing: The cursor is on one of them.
        counted: The line needs nothing: another line names the same.
        can_undo: There is a step to take back.
        asking: Another address is being typed.
        all_nearest: How many misspelt names have exactly one nearest.
        to_fix: How many names are still wrong.
    """

    nearest: str = ""
    choices: int = 0
    choosing: bool = False
    counted: bool = False
    can_undo: bool = False
    asking: bool = False
    all_nearest: int = 0
    to_fix: int = 0


NOTHING_DONE = "Nothing was done here yet; the form takes its own steps back."
COUNTED = "This line counts once already; there is nothing to put right."


def _why_no_take_nearest(context: NamesContext) -> str | None:
    if context.nearest:
        return None
    if context.counted:
        return COUNTED
    if context.choices:
        return f"{context.choices:,} could be meant: choose one below with down, then enter."
    return "Nothing is near enough: c types another name, x leaves this line out."


def _text_of_take_nearest(context: NamesContext) -> str:
    if context.asking:
        return "take it"
    return "choose" if context.choosing or context.choices else "take"


def names_commands(screen: type[NamesScreen]) -> Commands[NamesScreen, NamesContext]:
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        replace(OPEN, help="Takes the nearest name for this line, or the account under the cursor where several match.",
                name="take nearest", needs_row=True, weight=1)
            .when(blocked=_why_no_take_nearest, footer_text=_text_of_take_nearest),
        Command("correct", ("c",), "correct", "Types another name for this line.", run=screen.correct, needs_row=True,
                weight=1, blocked=lambda context: COUNTED if context.counted else None,
                footer_text=lambda context: "" if context.asking else "correct"),
        Command("leave_out", ("x",), "leave out",
                "Leaves this line out; the review says that it is not restored. u brings it back.",
                run=screen.leave_out, needs_row=True, weight=1,
                blocked=lambda context: COUNTED if context.counted else None,
                footer_text=lambda context: "" if context.asking else "leave out"),
        Command("all_nearest", ("a",), "all nearest",
                "Takes the nearest name for every misspelt one that has exactly one; u undoes all of it.",
                run=screen.take_all_nearest, name="take all nearest", weight=1,
                blocked=lambda context: None if context.all_nearest else "No name here has exactly one nearest.",
                footer_text=lambda context: "" if context.asking else "all nearest"),
        Command("leave_all_out", ("L",), "leave all",
                "Leaves out every name that is still wrong; u brings them all back.", run=screen.leave_all_out,
                name="leave all out", weight=1,
                blocked=lambda context: None if context.to_fix else "No name is left to put right.",
                footer_text=lambda context: "" if context.asking else "leave all"),
        Command("undo", ("u",), "undo", "Takes the last step back.", run=screen.undo, weight=1,
                blocked=lambda context: None if context.can_undo else NOTHING_DONE,
                footer_text=lambda context: "" if context.asking else "undo"),
        Command("copy", ("y", "e"), "copy these",
                "Copies these names with what is wrong with each, as a table for a mail or a spreadsheet.",
                run=screen.copy_names, weight=3, footer_text=lambda context: "" if context.asking else "copy these"),
        replace(BACK, label="ok", side="right", weight=1,
                help="Back to the form; what is left here stays to be put right.")
            .when(footer_text=lambda context: "leave as it is" if context.asking else "ok"),
    )
    # fmt: on
