"""Commands of the Overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backup_tui.models.statuses import Action
from backup_tui.ui.actions.sessions import (
    CHANGE_DRAFT,
    COPY_ABOUT,
    COPY_ID,
    DELETE_DRAFT,
    FAILED_AGAIN,
    NEW_RESTORE,
    REVIEW_DRAFT,
    SessionContext,
    why_no_failed_again,
)
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands
from backup_tui.ui.routes import OpenDrill, OpenHandover, OpenIncident, OpenReadNames, OpenService

if TYPE_CHECKING:
    from backup_tui.ui.overview.screen import OverviewScreen


class OverviewContext(SessionContext, frozen=True):
    """What the commands look at. `plan`: the plan under the cursor in which something failed; empty for none."""

    plan: str = ""


def _why_no_failed_again(context: OverviewContext) -> str | None:
    return None if context.plan else why_no_failed_again(context)


def _is_draft(context: SessionContext) -> bool:
    return context.session is not None and context.session.state.allows(Action.ACTIVATE)


COMMANDS: Commands[OverviewScreen, OverviewContext] = (
    OPEN_ROW,
    NEW_RESTORE,
    FAILED_AGAIN.when(blocked=_why_no_failed_again),
    CHANGE_DRAFT,
    DELETE_DRAFT,
    COPY_ID,
    COPY_ABOUT,
    Command(
        "incident",
        help="All running restores of the tenant as one screen.",
        run=lambda screen, _row: screen.program.open(OpenIncident()),
        name="incident",
        aliases=("all running", "plan"),
        group="Screens",
    ),
    Command(
        "service",
        help="State, control and e-mail of the backup service.",
        run=lambda screen, _row: screen.program.open(OpenService()),
        name="service",
        aliases=("control", "e-mail", "notifications"),
        group="Screens",
    ),
    Command(
        "hand_over",
        ("H",),
        help="What the next shift has to know about everything that is open.",
        run=lambda screen, _row: screen.program.open(OpenHandover()),
        name="hand-over",
        aliases=("handover", "card", "shift"),
        group="Screens",
    ),
    Command(
        "drill",
        help="A measured rehearsal: units drawn by lot, restored beside the originals.",
        run=lambda screen, _row: screen.program.open(OpenDrill()),
        name="drill",
        aliases=("rehearsal", "test restore", "fire drill"),
        group="Screens",
    ),
    Command(
        "read_names",
        help="Takes the names of a colleague's file, as far as the service confirms them.",
        run=lambda screen, _row: screen.program.open(OpenReadNames()),
        name="read a colleague's names",
        aliases=("load names", "hand-over file"),
        group="Screens",
    ),
    REVIEW_DRAFT.when(footer_text=lambda context: "activate" if _is_draft(context) else ""),
)
