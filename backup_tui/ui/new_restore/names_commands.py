"""What can be done with the names of a list that stand for no unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backup_tui.ui.frame.commands import Command, Context, Open
from backup_tui.ui.frame.shared_commands import Back


@dataclass(frozen=True, slots=True)
class NamesContext(Context):
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


COUNTED = "This line counts once already; there is nothing to put right."


class TakeNearest(Open):
    """Takes what was pointed out, or the unit under the cursor."""

    id = "open"
    help = "Takes the nearest name for this line, or the account under the cursor where several match."
    name = "take nearest"
    group = "Rows"
    needs_row = True
    weight = 1

    def footer_text(self, context: Context) -> str:
        """What `enter` does."""
        if not isinstance(context, NamesContext):
            return "take nearest"
        if context.asking:
            return "take it"
        return "choose" if context.choosing or context.choices else "take"

    def blocked(self, context: Context) -> str | None:
        """There has to be one."""
        if not isinstance(context, NamesContext) or context.nearest:
            return None
        if context.counted:
            return COUNTED
        if context.choices:
            return f"{context.choices:,} could be meant: choose one below with down, then enter."
        return "Nothing is near enough: c types another name, x leaves this line out."


class Correct(Command[NamesContext]):
    """Another name for the line."""

    id = "correct"
    keys = ("c",)
    label = "correct"
    help = "Types another name for this line."
    name = "correct"
    needs_row = True
    weight = 1

    def blocked(self, context: NamesContext) -> str | None:
        """Another line names the same."""
        return COUNTED if context.counted else None

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class LeaveNameOut(Command[NamesContext]):
    """Leaves the line out."""

    id = "leave_out"
    keys = ("x",)
    label = "leave out"
    help = "Leaves this line out; the review says that it is not restored. u brings it back."
    name = "leave out"
    needs_row = True
    weight = 1

    def blocked(self, context: NamesContext) -> str | None:
        """Another line names the same."""
        return COUNTED if context.counted else None

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class TakeAllNearest(Command[NamesContext]):
    """Takes the nearest name everywhere."""

    id = "all_nearest"
    keys = ("a",)
    label = "all nearest"
    help = "Takes the nearest name for every misspelt one that has exactly one; u undoes all of it."
    name = "take all nearest"
    weight = 1

    def blocked(self, context: NamesContext) -> str | None:
        """There has to be one."""
        return None if context.all_nearest else "No name here has exactly one nearest."

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class LeaveAllOut(Command[NamesContext]):
    """Leaves out what is still wrong."""

    id = "leave_all_out"
    keys = ("L",)
    label = "leave all"
    help = "Leaves out every name that is still wrong; u brings them all back."
    name = "leave all out"
    weight = 1

    def blocked(self, context: NamesContext) -> str | None:
        """There has to be one."""
        return None if context.to_fix else "No name is left to put right."

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class UndoName(Command[NamesContext]):
    """Takes the last step back."""

    id = "undo"
    keys = ("u",)
    label = "undo"
    help = "Takes the last step back."
    name = "undo"
    weight = 1

    def blocked(self, context: NamesContext) -> str | None:
        """There has to be one."""
        return None if context.can_undo else "Nothing was done here yet; the form takes its own steps back."

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class CopyNames(Command[NamesContext]):
    """Copies the names that are left."""

    id = "copy"
    keys = ("y", "e")
    label = "copy these"
    help = "Copies these names with what is wrong with each, as a table for a mail or a spreadsheet."
    name = "copy these"
    weight = 3

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class NamesBack(Back):
    """Back to the form."""

    label = "ok"
    side = "right"
    weight = 1
    help = "Back to the form; what is left here stays to be put right."

    def footer_text(self, context: Context) -> str:
        """Where it leads."""
        return "leave as it is" if isinstance(context, NamesContext) and context.asking else self.label


NAMES_COMMANDS: tuple[Command[Any], ...] = (
    TakeNearest(),
    Correct(),
    LeaveNameOut(),
    TakeAllNearest(),
    LeaveAllOut(),
    UndoName(),
    CopyNames(),
    NamesBack(),
)
