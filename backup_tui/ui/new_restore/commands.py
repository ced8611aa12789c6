"""Commands of the form of a new restore."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.shared_commands import BACK, REFRESH

if TYPE_CHECKING:
    from backup_tui.ui.new_restore.screen import NewRestore


class FormCommandContext(Context, frozen=True):
    """What the commands of the form look at."""

    typing: bool = False  # a text field has the keys, so letters are text
    on_table: bool = False  # the table of the points has the focus
    can_undo: bool = False  # there is a step to undo
    units: int = 0  # how many units the form has
    without_point: int = 0  # how many of them have no point that can be used
    busy: bool = False  # a draft is being made of it
    missing: str | None = None  # why no draft can be made of it now; `None` when it can
    changing: bool = False  # it changes an existing draft
    choosing: bool = False  # matches of what is typed are listed, which say what enter and esc do
    asking: bool = False  # a question is in place of the line that acts
    acting: bool = False  # the line that acts has the focus
    act: str = "create draft"  # what that line does


_CHANGES_DRAFT = "This form changes a draft; x leaves units out of it."


def _text_of_accept(context: FormCommandContext) -> str:
    if context.acting:
        return context.act
    return "take it" if context.asking else "" if context.on_table or context.choosing else "next"


def _text_of_back(context: FormCommandContext) -> str:
    return "leave as it is" if context.asking else "" if context.choosing else "back"


def _text_of_next_part(context: FormCommandContext) -> str:
    if context.acting:
        return "fields"
    return "" if context.asking else "last line" if context.on_table else "table"


def _not_on_table(context: FormCommandContext, key: str) -> str | None:
    return None if context.on_table else f"tab goes to the units first; {key} is for the one under the cursor."


def _why_no_make_draft(context: FormCommandContext) -> str | None:
    if context.busy:
        return "The draft is being made."
    return f"Not yet: {context.missing}" if context.missing else None


def form_commands(screen: "type[NewRestore]") -> "Commands[NewRestore, FormCommandContext]":
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        Command("accept", ("enter",),
                help="Accepts this field and goes to the next one; on the last line makes the draft.",
                run=screen.accept, weight=1, footer_text=_text_of_accept),
        Command("next_part", ("tab",), help="The next part: fields, points, the line that makes the draft.",
                run=screen.next_part, group="Move", weight=1, footer_text=_text_of_next_part),
        Command("previous_part", ("shift+tab",), help="The part before.", run=screen.previous_part, group="Move"),
        Command("field_down", ("down",), help="The next field.", run=screen.field_down, group="Move"),
        Command("field_up", ("up",), help="The field before.", run=screen.field_up, group="Move"),
        Command("pick", ("ctrl+o",), help="Picks units from the list of all.", run=screen.pick_units,
                name="pick units"),
        Command("names", ("N",), help="Names to fix or leave out; so does enter in an empty Units field.",
                run=screen.show_names, name="names to fix"),
        Command("own_time", ("t",), "time", "Another time for the unit under the cursor only.", run=screen.ask_own_time,
                name="other time", needs_row=True, weight=1, blocked=lambda context: _not_on_table(context, "t"),
                dims=False),
        Command("leave_out", ("x",), "leave out", "Leaves the unit under the cursor out; u brings it back.",
                run=screen.leave_out, needs_row=True, weight=1, blocked=lambda context: _not_on_table(context, "x"),
                dims=False),
        Command("leave_all_out", ("L",), "leave all out",
                "Leaves out every unit without a point that can be used; u brings them all back.",
                run=screen.leave_all_out, name="leave all without a point out", weight=1,
                dims=False,
                blocked=lambda context: None if context.without_point else "No unit here is without a point."),
        Command("undo", ("u",), "undo", "Undoes the last step in the form.", run=screen.undo, weight=1, dims=False,
                blocked=lambda context: None if context.can_undo else "Nothing to undo."),
        Command("zone", ("z", "f2"), help="Zone of the times that are typed; f2 from inside a field.",
                run=screen.ask_zone, name="zone"),
        Command("request", ("v",), "request", "The exact requests that would be sent, call by call.",
                run=screen.show_request, weight=3,
                blocked=lambda context: None if context.units else "There is no unit yet, so there is no request.",
                dims=False),
        Command("start_over", help="Empties the form; u brings everything back.", run=screen.start_over,
                name="start over",
                blocked=lambda context: _CHANGES_DRAFT if context.changing else None),
        Command("make_draft", help="Makes a draft of the form at the service; nothing is restored by it.",
                run=screen.make_draft, name="create draft", aliases=("draft",), group="Change", changes=True,
                needs="restore", feature="restore", blocked=_why_no_make_draft),
        replace(REFRESH, help="Looks names and points up again."),
        replace(BACK, label="back", side="right", weight=1,
                help="Back; the form is kept on this machine and comes back with n.")
            .when(footer_text=_text_of_back),
    )
    # fmt: on
