"""Commands of the Overview."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from backup_tui.models.statuses import Action
from backup_tui.ui.actions.sessions import (
    CHANGE_DRAFT,
    COPY_ABOUT,
    COPY_ID,
    DELETE_DRAFT,
    FAILED_AGAIN,
    NEW_RESTORE,
    NOTE,
    REVIEW_DRAFT,
    SessionContext,
    why_no_failed_again,
)
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands
from backup_tui.ui.routes import Open, OpenDrill, OpenHandover, OpenIncident, OpenReadNames, OpenService

if TYPE_CHECKING:
    from backup_tui.ui.overview.screen import OverviewScreen


class OverviewContext(SessionContext, frozen=True):
    """What the commands look at. `plan`: the plan under the cursor in which something failed; empty for none."""

    plan: str = ""


def _why_no_failed_again(context: OverviewContext) -> str | None:
    return None if context.plan else why_no_failed_again(context)


def _is_draft(context: SessionContext) -> bool:
    return context.session is not None and context.session.state.allows(Action.ACTIVATE)


def _opens(
    name: str,
    help: str,
    place: Callable[[], Open],
    aliases: tuple[str, ...],
    called: str = "",
    keys: tuple[str, ...] = (),
) -> "Command[OverviewScreen, OverviewContext]":
    """A command that opens one screen; `called` is its name in the palette, where that is another."""
    return Command(
        name, keys, help=help, run=lambda screen, _row: screen.program.open(place()), name=called or name,
        aliases=aliases, group="Screens",
    )  # fmt: skip


# fmt: off
COMMANDS: "Commands[OverviewScreen, OverviewContext]" = (
    OPEN_ROW,
    NEW_RESTORE,
    FAILED_AGAIN.when(blocked=_why_no_failed_again),
    CHANGE_DRAFT,
    DELETE_DRAFT,
    COPY_ID,
    COPY_ABOUT,
    NOTE,
    _opens("incident", "All running restores of the tenant as one screen.", OpenIncident, ("all running", "plan")),
    _opens("service", "State, control and e-mail of the backup service.", OpenService,
           ("control", "e-mail", "notifications")),
    _opens("hand_over", "What the next shift has to know about everything that is open.", OpenHandover,
           ("handover", "card", "shift"), "hand-over", ("H",)),
    _opens("drill", "A measured rehearsal: units drawn by lot, restored beside the originals.", OpenDrill,
           ("rehearsal", "test restore", "fire drill")),
    _opens("read_names", "Takes the names of a colleague's file, as far as the service confirms them.", OpenReadNames,
           ("load names", "hand-over file"), "read a colleague's names"),
    REVIEW_DRAFT.when(footer_text=lambda context: "activate" if _is_draft(context) else ""),
)
# fmt: on
