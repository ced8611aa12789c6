"""The commands of a policy's detail, which lists units, rules or bulk additions: most belong to the units only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backup_tui.ui.actions.units import CopyAddress, MarkUnit, OpenPoints, RestoreUnits
from backup_tui.ui.frame.commands import Command, Context, UnmarkAll
from backup_tui.ui.frame.listing import Filter, SortNext
from backup_tui.ui.policies.actions import PolicyContext


class Part(StrEnum):
    """A part of a policy's detail; the value is its title."""

    UNITS = "Units"
    RULES = "Rules"
    JOBS = "Bulk additions"


PARTS = tuple(Part)
"""In the order of `tab`."""


@dataclass(frozen=True, slots=True)
class PartContext(PolicyContext):
    """A context with the part that is shown.

    Attributes:
        part: Which part; the commands of units belong to one of them.
    """

    part: Part = Part.UNITS


class NextPart(Command[Context]):
    """Shows the next part."""

    id = "next_part"
    keys = ("tab", "right", "l")
    label = "part"
    help = "Units, rules, bulk additions: the next of the three."
    group = "Move"
    weight = 1
    in_fields = False


class PreviousPart(Command[Context]):
    """Shows the part before."""

    id = "previous_part"
    keys = ("shift+tab", "left", "h")
    help = "Units, rules, bulk additions: the one before."
    group = "Move"
    in_fields = False


class OpenInPart(OpenPoints):
    """Opens the row: the points of a unit, all about a rule or a bulk addition."""

    help = "The restore points of the unit; all about the rule or the bulk addition."

    def reason(self, context: Context) -> str | None:
        """Points take a right of their own; what is known of rules and bulk additions is here already."""
        if _of_units(context):
            return super().reason(context)
        return None if context.row is not None else "There is no row here."

    def footer_text(self, context: Context) -> str:
        """What it shows."""
        return self.label if _of_units(context) else "all about it"


class FilterUnits(Filter):
    """Filters the units."""

    def blocked(self, context: Context) -> str | None:
        """Rules and bulk additions are few."""
        return None if _of_units(context) else _UNITS_ONLY

    def footer_text(self, context: Context) -> str:
        """Only where it does something."""
        return self.label if _of_units(context) else ""


class SortUnits(SortNext):
    """Sorts the units."""

    def blocked(self, context: Context) -> str | None:
        """Rules and bulk additions are few."""
        return None if _of_units(context) else _UNITS_ONLY

    def footer_text(self, context: Context) -> str:
        """Only where it does something."""
        return self.label if _of_units(context) else ""


class MarkInPart(MarkUnit):
    """Marks a unit."""

    def blocked(self, context: Context) -> str | None:
        """Only units can be marked."""
        return None if _of_units(context) else _UNITS_ONLY

    def footer_text(self, context: Context) -> str:
        """Only units can be marked."""
        return self.label if _of_units(context) else ""


class UnmarkInPart(UnmarkAll):
    """Takes all marks away."""

    def blocked(self, context: Context) -> str | None:
        """Only units are marked."""
        return None if _of_units(context) else _UNITS_ONLY


class RestoreInPart(RestoreUnits):
    """Begins a new restore of the policy's units."""

    def blocked(self, context: Context) -> str | None:
        """Only units can be restored."""
        return super().blocked(context) if _of_units(context) else _UNITS_ONLY

    def footer_text(self, context: Context) -> str:
        """Only where there are units."""
        return super().footer_text(context) if _of_units(context) else ""


class CopyAddressInPart(CopyAddress):
    """Copies addresses of units."""

    def blocked(self, context: Context) -> str | None:
        """Only units have one."""
        return super().blocked(context) if _of_units(context) else _UNITS_ONLY


_UNITS_ONLY = "This belongs to the units; tab shows them."


def _of_units(context: Context) -> bool:
    return not isinstance(context, PartContext) or context.part is Part.UNITS
