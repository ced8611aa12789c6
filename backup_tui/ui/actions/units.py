"""Actions on protected units from any list: commands, and what they do on a screen."""

from collections.abc import Sequence

from msgspec.structs import replace

from backup_tui.models.features import OFFBOARD
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action
from backup_tui.protection.offboarding import UnitAction
from backup_tui.restore.drafts.form import FormUnit, RestoreForm
from backup_tui.store.rows import UnitRow
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import MARK, OPEN_ROW, Command, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import OpenNewRestore, OpenUnitPoints, OpenUnitReview
from backup_tui.ui.vocabulary.changes import unknown_targets
from backup_tui.ui.vocabulary.units import unit_lines_to_copy


class UnitContext(Context, frozen=True):
    """A context whose row may be a protection unit."""

    unit: UnitRow | None = None  # the unit under the cursor; None when the row is none
    unclear: bool = False  # a change of the unit was sent and got no answer


class UnitActions(BaseScreen):
    """The handlers of the unit commands; a screen with them says whose units they are (`unit_service`)."""

    @property
    def unit_service(self) -> Service | None:
        """The service whose units are listed; None when it is not known."""
        raise NotImplementedError

    def unit_of(self, key: str | None) -> UnitRow | None:
        """The unit of a row; None when it went."""
        service = self.unit_service
        return self.ws.store.units[service].get(key) if service is not None and key is not None else None

    def unit_context(self, row: str | None) -> UnitContext:
        """What the unit commands look at."""
        table, store = self.main_table, self.ws.store
        unit = self.unit_of(row)
        return UnitContext(
            row,
            len(table.marked) if table else 0,
            self.program.workspace.read_only,
            unit=unit,
            unclear=unit is not None and unit.id in unknown_targets(store.intents),
        )

    def review_offboarding(self, row: str | None) -> None:
        if (unit := self.unit_of(row)) is not None:
            back = unit.state.allows(Action.CANCEL_OFFBOARD)
            action = UnitAction.KEEP if back else UnitAction.OFFBOARD
            self.program.open(OpenUnitReview(unit.service, unit.id, action))

    def meant(self, row: str | None) -> list[UnitRow]:
        """The marked units in the order of their addresses, else the one under the cursor."""
        marked = self.main_table.marked if self.main_table else frozenset()
        keys: Sequence[str] = sorted(marked) or ([row] if row is not None else [])
        return sorted((unit for key in keys if (unit := self.unit_of(key))), key=lambda unit: unit.name.lower())

    def open_row(self, row: str | None) -> None:
        if (unit := self.unit_of(row)) is not None:
            self.program.open(OpenUnitPoints(unit.service, unit.id))

    def new_restore(self, row: str | None) -> None:
        units = self.meant(row)
        if units:
            self.program.open(OpenNewRestore(self.form_of(units)))

    def form_of(self, units: Sequence[UnitRow], moment: str = "") -> RestoreForm:
        """A new restore of some units of one service. `units`: the units, at least one. `moment`: the point in time, as
        it would be typed."""
        chosen = tuple(FormUnit(unit.id, unit.name) for unit in units)
        return RestoreForm(service=units[0].service, units=chosen, moment=moment, zone=self.ws.zone.key)

    def copy_id(self, row: str | None) -> None:
        units = self.meant(row)
        what = f"{len(units):,} ids" if len(units) > 1 else f"id of {units[0].name}" if units else "id"
        self.say(copy(self.app, "\n".join(unit.id for unit in units), what))

    def copy_address(self, row: str | None) -> None:
        units = self.meant(row)
        what = f"{len(units):,} addresses" if len(units) > 1 else units[0].name if units else "address"
        self.say(copy(self.app, unit_lines_to_copy(units), what))


def _why_no_offboard_unit(context: UnitContext) -> str | None:
    unit = context.unit
    if unit is None:
        return "This row isn't a unit."
    if context.marked:
        return f"This is for one unit only, and {context.marked:,} are selected; u clears the selection."
    if context.unclear:
        return "A change to it got no answer and may have happened. Press 5, then enter on it."
    if unit.state.allows(Action.CANCEL_OFFBOARD):
        return None
    if unit.policy_id:
        return "It is in a policy; only a unit outside every policy can be offboarded."
    if unit.state.allows(Action.OFFBOARD):
        return None
    return f"It is {unit.state.word}; only an unprotected unit outside every policy can be offboarded."


def _text_of_offboard_unit(context: UnitContext) -> str:
    unit = context.unit
    if unit is None:
        return ""
    if unit.state.allows(Action.CANCEL_OFFBOARD):
        return "keep its backup"
    return "OFFBOARD" if unit.state.allows(Action.OFFBOARD) and not unit.policy_id else ""


# fmt: off
OPEN_POINTS = replace(
    OPEN_ROW, label="points", help="The restore points of the unit under the cursor.", name="points", feature="points"
)
MARK_UNIT = replace(MARK, label="select", weight=3)
RESTORE_UNITS: Command[UnitActions, Context] = Command(
    "new_restore", ("n",), "restore",
    "Starts a new restore of the selected units, or of this one; nothing is sent until you create the draft.",
    run=UnitActions.new_restore, name="new", aliases=("restore",), group="Change", weight=2, changes=True,
    needs="service", feature="restore",
    blocked=lambda context: None if context.row is not None or context.marked else "No unit here to restore.",
    footer_text=lambda context: f"restore {context.marked:,} selected" if context.marked else "restore"
)
OFFBOARD_UNIT: Command[UnitActions, UnitContext] = Command(
    "offboard", ("O",), "OFFBOARD",
    "Reviews deleting a unit's backup for good, or canceling that; nothing happens without the phrase.",
    run=UnitActions.review_offboarding, aliases=("cancel offboarding", "delete backup"), group="Change", side="right",
    weight=3, changes=True, needs="protection", feature=OFFBOARD.id, needs_row=True, blocked=_why_no_offboard_unit,
    footer_text=_text_of_offboard_unit
)
COPY_UNIT_ID: Command[UnitActions, Context] = Command(
    "copy_id",
    ("y",),
    "copy id",
    "Copies the unit's id, or those of all selected units.",
    run=lambda screen, row: screen.copy_id(row),  # a screen with other rows beside the units has its own
    name="copy",
    weight=6,
    blocked=lambda context: None if context.row is not None or context.marked else "No unit here to copy.",
)
COPY_ADDRESS = replace(
    COPY_UNIT_ID, id="copy_address", run=UnitActions.copy_address, keys=("Y",), label="",
    help="Copies the address, or those of all selected units, one per line: a new restore takes the list.",
    name="copy address"
)
# fmt: on
