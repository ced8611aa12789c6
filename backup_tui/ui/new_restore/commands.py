"""What can be done in the form of a new restore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backup_tui.ui.frame.commands import Command, Context
from backup_tui.ui.frame.shared_commands import Back, Refresh


@dataclass(frozen=True, slots=True)
class FormCommandContext(Context):
    """What the commands of the form look at.

    Attributes:
        typing: A text field has the keys, so letters are text.
        on_table: The table of the points has the focus.
        can_undo: There is a step to take back.
        units: How many units the form has.
        without_point: How many of them have no point that can be used.
        busy: A draft is being made of it.
        missing: Why no draft can be made of it now; `None` when it can.
        changing: It changes a draft that is there already.
        asking: A question stands in place of the line that acts.
        acting: The line that acts has the focus.
        act: What that line does.
    """

    typing: bool = False
    on_table: bool = False
    can_undo: bool = False
    units: int = 0
    without_point: int = 0
    busy: bool = False
    missing: str | None = None
    changing: bool = False
    asking: bool = False
    acting: bool = False
    act: str = "create draft"


class Accept(Command[FormCommandContext]):
    """Accepts this field and goes on."""

    id = "accept"
    keys = ("enter",)
    help = "Accepts this field and goes to the next one; on the last line makes the draft."
    weight = 1

    def footer_text(self, context: FormCommandContext) -> str:
        """What `enter` does here."""
        if context.acting:
            return context.act
        return "take it" if context.asking else "" if context.on_table else "next field"


class NextPart(Command[FormCommandContext]):
    """To the next part."""

    id = "next_part"
    keys = ("tab",)
    help = "The next part: fields, points, the line that makes the draft."
    group = "Move"
    weight = 2

    def footer_text(self, context: FormCommandContext) -> str:
        """Where it leads."""
        if context.acting:
            return "fields"
        return "" if context.asking else "on" if context.on_table else "table"


class PreviousPart(Command[FormCommandContext]):
    """To the part before."""

    id = "previous_part"
    keys = ("shift+tab",)
    help = "The part before."
    group = "Move"


class FieldDown(Command[FormCommandContext]):
    """To the next field, without taking anything."""

    id = "field_down"
    keys = ("down",)
    help = "The next field."
    group = "Move"


class FieldUp(Command[FormCommandContext]):
    """To the field before."""

    id = "field_up"
    keys = ("up",)
    help = "The field before."
    group = "Move"


class PickUnits(Command[FormCommandContext]):
    """Opens the list of all units."""

    id = "pick"
    keys = ("ctrl+o",)
    help = "Picks units from the list of all."
    name = "pick units"
    weight = 1

    def footer_text(self, context: FormCommandContext) -> str:
        """Only where it is at hand."""
        return "pick units" if context.typing and not context.asking else ""


class PutNamesRight(Command[FormCommandContext]):
    """Opens the names that were not found."""

    id = "names"
    keys = ("N",)
    help = "Names to put right or to leave out; so does enter in an empty Units field."
    name = "names to put right"


class OwnTime(Command[FormCommandContext]):
    """Another time for one unit."""

    id = "own_time"
    keys = ("t",)
    help = "Another time for the unit under the cursor only."
    name = "other time"
    needs_row = True
    weight = 1

    def footer_text(self, context: FormCommandContext) -> str:
        """Only in the table."""
        return "other time" if context.on_table else ""

    def blocked(self, context: FormCommandContext) -> str | None:
        """It is about a row."""
        return None if context.on_table else "tab goes to the units first; t is for the one under the cursor."


class LeaveOut(Command[FormCommandContext]):
    """Takes one unit out of the form."""

    id = "leave_out"
    keys = ("x",)
    help = "Leaves the unit under the cursor out; u brings it back."
    name = "leave out"
    needs_row = True
    weight = 1

    def footer_text(self, context: FormCommandContext) -> str:
        """Only in the table."""
        return "leave out" if context.on_table else ""

    def blocked(self, context: FormCommandContext) -> str | None:
        """It is about a row."""
        return None if context.on_table else "tab goes to the units first; x is for the one under the cursor."


class LeaveAllOut(Command[FormCommandContext]):
    """Takes all units without a point out of the form."""

    id = "leave_all_out"
    keys = ("L",)
    help = "Leaves out every unit without a point that can be used; u brings them all back."
    name = "leave all without a point out"
    weight = 2

    def footer_text(self, context: FormCommandContext) -> str:
        """Only in the table."""
        return "leave all out" if context.on_table and context.without_point else ""

    def blocked(self, context: FormCommandContext) -> str | None:
        """There has to be one."""
        return None if context.without_point else "No unit here is without a point."


class ChooseZone(Command[FormCommandContext]):
    """Another zone for the times."""

    id = "zone"
    keys = ("z", "f2")
    help = "Zone of the times that are typed; f2 from inside a field."
    name = "zone"
    weight = 4

    def footer_text(self, context: FormCommandContext) -> str:
        """The letter works outside fields only."""
        return "" if context.typing or context.on_table else "zone"


class ShowRequest(Command[FormCommandContext]):
    """The exact requests."""

    id = "request"
    keys = ("v",)
    weight = 1
    label = "request"
    help = "The exact requests that would be sent, call by call."
    name = "request"

    def footer_text(self, context: FormCommandContext) -> str:
        """The letter works outside fields only."""
        return "" if context.typing else self.label

    def blocked(self, context: FormCommandContext) -> str | None:
        """It needs something to send."""
        return None if context.units else "There is no unit yet, so there is no request."


class Undo(Command[FormCommandContext]):
    """Takes the last step back."""

    id = "undo"
    keys = ("u",)
    label = "undo"
    help = "Takes the last step in the form back."
    name = "undo"
    weight = 1

    def footer_text(self, context: FormCommandContext) -> str:
        """The letter works outside fields only."""
        return "" if context.typing else self.label

    def blocked(self, context: FormCommandContext) -> str | None:
        """There has to be a step."""
        return None if context.can_undo else "Nothing to take back."


class StartOver(Command[FormCommandContext]):
    """Empties the form."""

    id = "start_over"
    help = "Empties the form; u brings everything back."
    name = "start over"

    def blocked(self, context: FormCommandContext) -> str | None:
        """A change of a draft begins with the draft."""
        return "This form changes a draft; x leaves units out of it." if context.changing else None


class MakeDraft(Command[FormCommandContext]):
    """Makes the draft, or changes it."""

    id = "make_draft"
    help = "Makes a draft of the form at the service; nothing is restored by it."
    name = "create draft"
    aliases = ("draft",)
    group = "Change"
    changes = True
    needs = "restore"
    feature = "restore"

    def blocked(self, context: FormCommandContext) -> str | None:
        """The form has to be whole."""
        if context.busy:
            return "The draft is being made."
        return f"Not yet: {context.missing}" if context.missing else None


class LookAgain(Refresh):
    """Looks names and points up again."""

    help = "Looks names and points up again."


class FormBack(Back):
    """Leaves the form; it is kept."""

    label = "back, all kept"
    side = "right"
    weight = 1
    help = "Back; the form is kept on this machine and comes back with n."

    def footer_text(self, context: Context) -> str:
        """Where it leads."""
        return "leave as it is" if isinstance(context, FormCommandContext) and context.asking else self.label


FORM_COMMANDS: tuple[Command[Any], ...] = (
    Accept(),
    NextPart(),
    PreviousPart(),
    FieldDown(),
    FieldUp(),
    PickUnits(),
    PutNamesRight(),
    OwnTime(),
    LeaveOut(),
    LeaveAllOut(),
    ChooseZone(),
    ShowRequest(),
    Undo(),
    StartOver(),
    MakeDraft(),
    LookAgain(),
    FormBack(),
)
