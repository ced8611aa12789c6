"""The review before the backup of a unit is given up, or kept after all."""

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.models.features import OFFBOARD
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.models.statuses import unit_status
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.offboarding import GRACE, ChangeOffboarding, UnitAction, unit_label
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenUnitPoints


def unit_review(service: Service, unit_id: str, action: UnitAction) -> ReviewScreen:
    """The review of one of the two."""
    return ReviewScreen(
        Presentation(
            change=ChangeOffboarding(unit_id, service, action),
            reading="Reading the unit and the state of the service again...",
            focus=Focus(screen="units", service=service),
            feature=OFFBOARD.id,
            needs="protection",
            done=_done,
            follows=frozenset({Topic.UNITS}),
            meanwhile=_meanwhile,
            look="look at its points",
            place=OpenUnitPoints(service, unit_id),
        )
    )


async def _done(_screen: ReviewScreen, review: ChangeReview[ProtectionUnit], unit: ProtectionUnit) -> str:
    word, label = unit_status(unit.status).word, unit_label(review.thing)
    if review.change.verb == UnitAction.KEEP:
        return f"The backup of {label} is kept; the unit is {word} now."
    asked = unit.offboard_requested_date_time
    if asked is None:
        unknown = "Microsoft did not report when offboarding was requested, so the deadline to cancel is unknown."
        return f"{label} is {word}. {unknown}"
    until = asked + GRACE
    return f"{label} is {word}; it can be kept until {until.day} {until:%b %Y}."


def _meanwhile(store: Store, review: ChangeReview[ProtectionUnit]) -> str:
    """Another status, or a policy."""
    old = review.thing
    rows = [units[old.id] for units in store.units.values() if old.id in units]
    if not rows or (rows[0].status, rows[0].policy_id) == (old.status or "", old.policy_id or ""):
        return ""
    return f"The unit was changed meanwhile; it is {rows[0].state.word} now. Look again."
