"""The review before the backup of a unit is given up, or kept after all."""

from __future__ import annotations

from typing import ClassVar

from backup_tui.changes.change import ChangeReview, carry_out, review
from backup_tui.models.features import OFFBOARD
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.statuses import unit_status
from backup_tui.models.text import short_id
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.offboarding import GRACE, ChangeOffboarding, UnitAction, unit_label
from backup_tui.store.changes import Topic
from backup_tui.ui.review.protection import ProtectionReviewScreen
from backup_tui.ui.routes import OpenUnitPoints


class UnitReviewScreen(ProtectionReviewScreen):
    """Reads a unit again, says what giving up or keeping its backup means, and does so on the exact phrase only.

    Args:
        service: What kind of unit.
        unit_id: The unit.
        action: What would be done.
    """

    FOLLOWS: ClassVar[frozenset[str]] = frozenset({Topic.UNITS})
    READING = "Reading the unit and the state of the service again..."
    LOOK = "look at its points"
    NOUN = "unit"
    FEATURE = OFFBOARD.id

    def __init__(self, service: Service, unit_id: str, action: UnitAction) -> None:
        super().__init__()
        self.service = service
        self.unit_id = unit_id
        self.action = action
        self.reviewed: ChangeReview[ProtectionUnit] | None = None

    def focus_on(self) -> Focus:
        """The list of units stays as it is."""
        return Focus(screen="units", service=self.service)

    @property
    def what(self) -> str:
        """`offboard mailbox 61c2b5a0`."""
        return f"{self.action.value} {self.service.names.unit} {short_id(self.unit_id)}"

    async def ask(self) -> ChangeReview[ProtectionUnit]:
        """Reads the unit and the state of the service."""
        return await review(self.ws.context, ChangeOffboarding(self.unit_id, self.service, self.action))

    async def act(self, typed: str) -> str:
        """Gives the backup up, or keeps it."""
        reviewed = self.reviewed
        assert reviewed is not None
        unit = await carry_out(self.ws.context, reviewed.change, reviewed, typed, self.looked)
        word, label = unit_status(unit.status).word, unit_label(reviewed.thing)
        if self.action is UnitAction.KEEP:
            return f"The backup of {label} is kept; the unit is {word} now."
        asked = unit.offboard_requested_date_time
        if asked is None:
            return (
                f"{label} is {word}. Microsoft did not report when offboarding was requested, so the "
                "deadline to cancel is unknown."
            )
        return f"{label} is {word}; it can be kept until {asked + GRACE:%-d %b %Y}."

    def changed_meanwhile(self) -> str:
        """Another status, or a policy."""
        row, old = self.ws.store.units[self.service].get(self.unit_id), self.reviewed.thing if self.reviewed else None
        if row is None or old is None or (row.status, row.policy_id) == (old.status or "", old.policy_id or ""):
            return ""
        return f"The unit was changed meanwhile; it is {row.state.word} now. Look again."

    def look_at_it(self) -> None:
        """The unit's restore points."""
        self.program.open(OpenUnitPoints(self.service, self.unit_id))
