"""The commands of a policy's detail, which lists units, rules or bulk additions: most belong to the units only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.ui.actions.units import (
    COPY_ADDRESS,
    COPY_UNIT_ID,
    MARK_UNIT,
    OFFBOARD_UNIT,
    OPEN_POINTS,
    RESTORE_UNITS,
)
from backup_tui.ui.frame.commands import NO_ROW, UNMARK_ALL, Command, Commands, S
from backup_tui.ui.frame.listing import FILTER, SORT
from backup_tui.ui.policies.actions import ACTIVATE_POLICY, DEACTIVATE_POLICY
from backup_tui.ui.policies.inclusion_actions import INCLUSION_COMMANDS, PartContext, after, of_units

if TYPE_CHECKING:
    from backup_tui.ui.policies.detail import PolicyDetail


def _for_units(command: Command[S, PartContext]) -> Command[S, PartContext]:
    """A command of the units: in the other two parts it is blocked, and not in the footer."""
    blocked = command.blocked or (lambda _context: None)
    return command.when(
        blocked=lambda context: blocked(context) if of_units(context) else "This is for units; tab shows them.",
        footer_text=lambda context: command.shown_text(context) if of_units(context) else "",
    )


def _footer_of_units(command: Command[S, PartContext]) -> Command[S, PartContext]:
    """A command that works everywhere, and leaves the footer of the other parts to their own."""
    return command.when(footer_text=lambda context: command.shown_text(context) if of_units(context) else "")


def _why_no_open(context: PartContext) -> str | None:
    """Points need a permission of their own; what is known of rules and bulk additions is already here."""
    barred = context.barred("points") if of_units(context) else None
    return barred or (NO_ROW if context.row is None else None)


def detail_commands(screen: type[PolicyDetail]) -> Commands[PolicyDetail, PartContext]:
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        replace(OPEN_POINTS, help="The restore points of the unit; everything about the rule or the bulk addition.",
                feature="", needs_row=False)
            .when(blocked=_why_no_open, footer_text=lambda context: "points" if of_units(context) else "everything"),
        Command("next_part", ("tab", "right", "l"), "rules", "Units, exclusions, rules, bulk additions: the next.",
                run=screen.next_part, group="Move", weight=1, in_fields=False)
            .when(footer_text=lambda context: after(context).value.lower()),
        Command("previous_part", ("shift+tab", "left", "h"), help="Units, exclusions, rules, bulk additions: back.",
                run=screen.previous_part, group="Move", in_fields=False),
        *INCLUSION_COMMANDS,
        _for_units(MARK_UNIT),
        _for_units(UNMARK_ALL),
        _for_units(FILTER),
        _for_units(SORT),
        _for_units(RESTORE_UNITS),
        COPY_UNIT_ID,
        _for_units(COPY_ADDRESS),
        OFFBOARD_UNIT,
        _footer_of_units(ACTIVATE_POLICY),
        _footer_of_units(DEACTIVATE_POLICY),
    )
    # fmt: on
