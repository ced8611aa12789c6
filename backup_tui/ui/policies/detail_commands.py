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
from backup_tui.ui.policies.actions import ACTIVATE_POLICY, DEACTIVATE_POLICY, PolicyContext
from backup_tui.ui.policies.edit_actions import (
    ADD_UNITS,
    DELETE_POLICY,
    EDIT_UNITS,
    REMOVE_UNITS,
    RENAME_POLICY,
    EditActions,
)
from backup_tui.ui.policies.inclusion_actions import (
    INCLUSION_COMMANDS,
    InclusionActions,
    Part,
    PartContext,
    after,
    of_units,
)

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


def _by_part(
    units: Command[EditActions, PolicyContext], inclusion: Command[InclusionActions, PartContext]
) -> Command[PolicyDetail, PartContext]:
    """One key that does something to the units where they are shown, and to rules or bulk additions elsewhere."""

    def run(screen: PolicyDetail, row: str | None) -> object:
        return (units.run if screen.part is Part.UNITS else inclusion.run)(screen, row)

    def blocked(context: PartContext) -> str | None:
        of_part = units.blocked if of_units(context) else inclusion.blocked
        return of_part(context) if of_part is not None else None

    return Command(
        inclusion.id,
        inclusion.keys,
        inclusion.label,
        f"{units.help} {inclusion.help}",
        run=run,
        name=inclusion.name,
        aliases=(units.name,),
        group="Change",
        weight=units.weight,
        changes=True,
        needs="protection",
        feature=inclusion.feature,
        blocked=blocked,
        footer_text=lambda context: (units if of_units(context) else inclusion).shown_text(context),
    )


_OF_UNITS = {"add": ADD_UNITS, "remove_rule": REMOVE_UNITS, "change_rule": RENAME_POLICY}
"""What a key of rules and bulk additions does to the units of the policy, or to the policy itself."""


def _inclusion_commands() -> Commands[PolicyDetail, PartContext]:
    return tuple(
        _by_part(units, command) if (units := _OF_UNITS.get(command.id)) is not None else command
        for command in INCLUSION_COMMANDS
    )


def _why_no_open(context: PartContext) -> str | None:
    """Points need a permission of their own; what is known of rules and bulk additions is already here."""
    barred = context.barred("points") if of_units(context) else None
    return barred or (NO_ROW if context.row is None else None)


def _text_of_restore(context: PartContext) -> str:
    """Of selected units only: without any, the footer is for who joins and who leaves."""
    return f"restore {context.marked:,}" if context.marked else ""


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
        *_inclusion_commands(),
        _for_units(replace(EDIT_UNITS, label="")),
        _for_units(MARK_UNIT),
        _for_units(UNMARK_ALL),
        _for_units(FILTER),
        _for_units(SORT),
        _for_units(RESTORE_UNITS.when(footer_text=_text_of_restore)),
        COPY_UNIT_ID,
        _for_units(COPY_ADDRESS),
        OFFBOARD_UNIT,
        _footer_of_units(ACTIVATE_POLICY),
        _footer_of_units(DEACTIVATE_POLICY),
        _footer_of_units(DELETE_POLICY),
    )
    # fmt: on
