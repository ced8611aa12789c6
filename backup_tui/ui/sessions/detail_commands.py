"""Commands of the detail of a restore session."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.models.statuses import Action
from backup_tui.ui.actions.sessions import (
    CHANGE_DRAFT,
    DELETE_DRAFT,
    FAILED_AGAIN,
    NOTE,
    REHEARSE,
    REVIEW_DRAFT,
    SessionContext,
)
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands
from backup_tui.ui.frame.listing import FILTER, SORT
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.sessions.name_lists import show_name_lists

if TYPE_CHECKING:
    from backup_tui.ui.sessions.detail import SessionDetail


class DetailContext(SessionContext, frozen=True):
    """The session, how many of its units failed as far as they are listed, and whether the service speaks beta."""

    failed_rows: int = 0
    beta: bool = False


def _allows(context: SessionContext, action: Action) -> bool:
    return context.session is not None and context.session.state.allows(action)


def _is_draft(context: SessionContext) -> bool:
    return _allows(context, Action.EDIT)


def _why_gone(context: DetailContext) -> str | None:
    gone = context.session is None or context.session.gone
    return "The service no longer has this session." if gone else None


def _why_no_change_members(context: DetailContext) -> str | None:
    if not context.beta:
        return "Only the beta version of the service takes this: start with a --graph-url that ends in /beta."
    if not _is_draft(context):
        return "Only a draft can be changed."
    return None


def detail_commands(screen: "type[SessionDetail]") -> "Commands[SessionDetail, DetailContext]":
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        Command("next_failed", ("exclamation_mark",), "next failed", "Goes to the next unit that failed.",
                run=screen.next_failed, weight=0,
                blocked=lambda context: None if context.failed_rows else "None of the units listed here failed."),
        replace(FAILED_AGAIN, weight=0),
        replace(CHANGE_DRAFT, weight=0),
        Command("report", ("e",), "report", "Writes what became of each unit, with sums; asks for the folder.",
                run=screen.write_report, aliases=("export", "csv"), weight=0, blocked=_why_gone,
                footer_text=lambda context: "" if _is_draft(context) else "report"),
        replace(FILTER, weight=1),
        Command("copy_id", ("y",), "copy",
                "Copies the ids of the session and of the unit under the cursor, as a support case asks for them.",
                run=screen.copy_ids, weight=1),
        replace(OPEN_ROW, help="Everything about the unit under the cursor, with its ids.", weight=10),
        Command("show_all", ("v",), "everything", "Everything about this session as text, with what the service sent.",
                run=screen.show_all, weight=11),
        Command("name_lists", ("L",), help="The lists of names that were added in bulk, and names that were of no use.",
                run=show_name_lists, name="names", aliases=("bulk", "lists of names"), feature="sessions",
                blocked=_why_gone),
        replace(SORT, weight=12),
        Command("hand_over", ("H",), help="The hand-over card of this session, for a ticket or the next shift.",
                run=screen.hand_over, name="hand-over", aliases=("handover", "card")),
        replace(NOTE, needs_row=False),
        Command("copy_about", ("Y",), help="Copies the id of the session alone.", run=screen.copy_session_id,
                name="copy id"),
        replace(REHEARSE, keys=("R", "n"), label="", name="rehearse", aliases=("new", "copy to new")),
        Command("base_members", ("B",),
                help="Sends members of a draft itself (status, dates); beta version of the service only.",
                run=screen.change_members, name="draft itself", aliases=("members", "patch", "base"),
                group="Change", changes=True, needs="restore", feature="restore", blocked=_why_no_change_members),
        replace(DELETE_DRAFT, weight=1),
        replace(REVIEW_DRAFT, weight=0)
            .when(footer_text=lambda context: REVIEW_DRAFT.label if _allows(context, Action.ACTIVATE) else ""),
        replace(BACK, label="back", help="The filter first, then back; the restore continues.", side="right", weight=0),
    )
    # fmt: on
