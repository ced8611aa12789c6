"""The reviews before the backup is turned on, and before control of it changes."""

from datetime import datetime

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.models.features import CONTROL, CONTROLLER
from backup_tui.models.focus import Focus
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.service_state import state_of
from backup_tui.models.statuses import service_app_status
from backup_tui.models.times import dated
from backup_tui.protection.service_apps import (
    ActivateApp,
    ChangeApps,
    DeactivateApp,
    RegisterApp,
    RemoveApp,
    app_label,
)
from backup_tui.protection.service_enable import EnableService
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.review.screen import ReviewScreen

Apps = tuple[ServiceApp, ...]


def enable_review(owner_tenant: str) -> ReviewScreen:
    """The review before the backup is turned on, paid by the billing profile of a tenant."""
    return ReviewScreen(
        Presentation(
            change=EnableService(owner_tenant),
            reading="Reading the state of the service again...",
            focus=Focus(screen="service"),
            feature=CONTROL.id,
            needs="",
            done=_enabled,
            follows=frozenset({Topic.SERVICE}),
            meanwhile=_switched,
        )
    )


def register_review() -> ReviewScreen:
    """The review before the application of this sign-in is registered."""
    return _app_review(RegisterApp())


def activate_review(app_id: str, effective: datetime) -> ReviewScreen:
    """The review before an application is given control at a time (UTC)."""
    return _app_review(ActivateApp(app_id, effective))


def deactivate_review(app_id: str) -> ReviewScreen:
    """The review before the application in control hands it over."""
    return _app_review(DeactivateApp(app_id))


def remove_review(app_id: str) -> ReviewScreen:
    """The review before a registration is removed."""
    return _app_review(RemoveApp(app_id))


def _app_review(change: ChangeApps) -> ReviewScreen:
    person = isinstance(change, ActivateApp | DeactivateApp)
    return ReviewScreen(
        Presentation(
            change=change,
            reading="Reading the applications again...",
            focus=Focus(screen="service"),
            feature=(CONTROLLER if person else CONTROL).id,
            needs="",
            done=_done,
            follows=frozenset({Topic.SERVICE}),
            meanwhile=_changed,
        )
    )


async def _enabled(_screen: ReviewScreen, _review: ChangeReview[BackupRestoreRoot], root: BackupRestoreRoot) -> str:
    return f"The backup is {state_of(root).status.word}. Nothing is backed up until a policy is active (2)."


def _switched(store: Store, review: ChangeReview[BackupRestoreRoot]) -> str:
    now = store.connection.service
    if now == state_of(review.thing):
        return ""
    return f"It was changed meanwhile: the backup is {now.status.word} now. Look again."


async def _done(_screen: ReviewScreen, review: ChangeReview[Apps], apps: Apps) -> str:
    before = {app.id for app in review.thing}
    if isinstance(review.change, RegisterApp):
        new = next((app for app in apps if app.id not in before), None)
        return f"{app_label(new) if new else 'The application'} is registered. A activates it."
    app = next((app for app in apps if app.id == review.change.target), None)
    subject = review.subject[:1].upper() + review.subject[1:]
    if app is None:
        return f"{subject} is no longer registered."
    until = f" on {dated(app.effective_date_time)}" if app.effective_date_time is not None else ""
    return f"{subject}: {service_app_status(app.status).word}{until}."


def _changed(store: Store, review: ChangeReview[Apps]) -> str:
    differs = review.change.difference(review.thing, store.details.service_apps)  # type: ignore[attr-defined]
    return "The applications were changed meanwhile. Look again." if differs else ""
