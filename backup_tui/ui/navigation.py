"""The one place from which screens open other screens.

The screens behind these functions are imported when they are opened: the first frame needs none of them, and two
screens that open each other need not import each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from backup_tui.models.notifications import EmailNotificationsSetting
    from backup_tui.models.services import Service
    from backup_tui.protection.offboarding import UnitAction
    from backup_tui.protection.policies import PolicyAction
    from backup_tui.restore.drafts.form import RestoreForm
    from backup_tui.ui.app import BackupTui

Top = Literal["overview", "policies", "sessions", "units", "activity"]
"""Names of the screens 1 to 5."""

_NUMBERS: dict[Top, int] = {"overview": 1, "policies": 2, "sessions": 3, "units": 4, "activity": 5}


def show(app: BackupTui, top: Top) -> None:
    """Shows one of the screens 1 to 5 as it was left."""
    app.go_to(_NUMBERS[top])


def open_session(app: BackupTui, session_id: str) -> None:
    """Opens the detail of a restore session."""
    from backup_tui.ui.sessions.detail import SessionDetail

    app.push_screen(SessionDetail(session_id))


def open_review(app: BackupTui, session_id: str) -> None:
    """Opens the review of a draft's activation; nothing is started by opening it."""
    from backup_tui.ui.review.screen import ActivationReview

    app.push_screen(ActivationReview(session_id))


def open_delete(app: BackupTui, session_id: str) -> None:
    """Opens the review of a draft's deletion; nothing is deleted by opening it."""
    from backup_tui.ui.sessions.delete_draft import DeleteDraft

    app.push_screen(DeleteDraft(session_id))


def new_restore(app: BackupTui, form: RestoreForm | None = None) -> None:
    """Opens the form of a new restore.

    Args:
        app: The program.
        form: What it starts with; None takes up the form in progress, or an empty one.
    """
    from backup_tui.ui.new_restore.screen import NewRestore

    app.push_screen(NewRestore(form))


def failed_again(app: BackupTui, session_id: str) -> None:
    """Opens the choice of causes from which a new restore of what failed is made."""
    from backup_tui.ui.sessions.failed_again import FailedAgain

    app.push_screen(FailedAgain(session_id))


def open_unknown(app: BackupTui, intent_id: int) -> None:
    """Opens what is known of a change whose outcome is not known.

    Args:
        app: The program.
        intent_id: Number of its entry in the journal.
    """
    from backup_tui.ui.review.lost_answer import SettleUnknown

    app.push_screen(SettleUnknown(intent_id))


def open_policy(app: BackupTui, policy_id: str) -> None:
    """Opens a policy with its units."""
    from backup_tui.ui.policies.detail import PolicyDetail

    app.push_screen(PolicyDetail(policy_id))


def open_service(app: BackupTui) -> None:
    """Opens what is known of the backup service: its state, who controls it, who gets mails."""
    from backup_tui.ui.service.screen import ServiceDetail

    app.push_screen(ServiceDetail())


def open_notify_form(app: BackupTui, setting: EmailNotificationsSetting) -> None:
    """Opens the form of who gets mails about the backup; nothing is sent by opening it."""
    from backup_tui.ui.service.notify_form import NotifyForm

    app.push_screen(NotifyForm(setting))


def open_policy_review(app: BackupTui, policy_id: str, action: PolicyAction) -> None:
    """Opens the review of switching a policy on or off; nothing is sent by opening it."""
    from backup_tui.ui.policies.review import PolicyReviewScreen

    app.push_screen(PolicyReviewScreen(policy_id, action))


def open_unit_review(app: BackupTui, service: Service, unit_id: str, action: UnitAction) -> None:
    """Opens the review of giving up or keeping a unit's backup; nothing is sent by opening it."""
    from backup_tui.ui.units.review import UnitReviewScreen

    app.push_screen(UnitReviewScreen(service, unit_id, action))


def open_points(app: BackupTui, service: Service, unit_id: str) -> None:
    """Opens the restore points of one unit."""
    from backup_tui.ui.units.points import UnitPoints

    app.push_screen(UnitPoints(service, unit_id))
