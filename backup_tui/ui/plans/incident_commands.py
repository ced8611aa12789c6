"""Commands of the incident screen."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.plans.progress import PlanProgress, WaveProgress
from backup_tui.plans.record import PlanRecord
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands, Context
from backup_tui.ui.frame.shared_commands import BACK

if TYPE_CHECKING:
    from backup_tui.ui.plans.incident import IncidentScreen


class IncidentContext(Context, frozen=True):
    """What the commands look at."""

    shown: PlanProgress | None = None  # how far it is; `None` while the plan is not known
    plan: PlanRecord | None = None  # the plan; `None` for all running restores
    alive: bool = False  # a process carries the plan out
    wave: WaveProgress | None = None  # the wave under the cursor


def _why_no_plan(context: IncidentContext) -> str | None:
    if context.plan is None:
        return "These restores belong to no plan; what runs cannot be stopped."
    return "All sessions of the plan have ended." if context.shown is not None and context.shown.ended else None


def _why_not_continue(context: IncidentContext) -> str | None:
    shown = context.shown
    if (reason := _why_no_plan(context)) is not None or shown is None or context.plan is None:
        return reason
    if shown.next_yes is not None:
        return None
    if context.plan.paused:
        return "The plan is paused: p continues it."
    if context.alive:
        return "The plan is being carried out, and nothing waits for your yes."
    return None if shown.lacks_runner or shown.runs else "Nothing waits for your yes, and nothing can start."


def _why_no_draft_is_missing(context: IncidentContext) -> str | None:
    if context.plan is None:
        return _why_no_plan(context)
    return None if context.wave is not None and context.wave.lacks_drafts else "No draft of this wave is missing."


def _why_no_failed_again(context: IncidentContext) -> str | None:
    if context.plan is not None and context.shown is not None:
        return None if context.shown.counts.failed else "Nothing failed in this plan."
    if context.wave is None or not context.wave.counts.failed:
        return "Nothing failed in these restores."
    if context.wave.one_failed is None:
        return "enter opens the sessions; f there retries what failed in each."
    return None


def incident_commands(screen: "type[IncidentScreen]") -> "Commands[IncidentScreen, IncidentContext]":
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        replace(OPEN_ROW, label="sessions", help="Opens the sessions of the wave; enter there opens their units.")
            .when(blocked=lambda context: None),
        Command("failed_again", ("f",), "retry failed",
                "What failed, by cause, with its remedy, and new drafts of it.",
                run=screen.restore_failed_again, weight=2, changes=True, needs="service", feature="restore",
                blocked=_why_no_failed_again),
        Command("continue", ("c",), "continue", "Reviews the next wave that needs a yes, or carries the plan out.",
                run=screen.continue_plan, group="Change", weight=1, changes=True, needs="restore", feature="restore",
                blocked=_why_not_continue),
        Command("pause", ("p",), "", "Pauses the plan, or continues it: nothing more is started. What runs continues.",
                run=screen.toggle_pause, name="pause plan", group="Change", changes=True, feature="restore",
                blocked=_why_no_plan),
        Command("stop_after", ("S",), "", "Starts no wave after the one under the cursor, or takes that back.",
                run=screen.toggle_stop, name="stop after this wave", group="Change", changes=True, feature="restore",
                needs_row=True, blocked=_why_no_plan),
        Command("draft_again", ("R",), "draft again",
                "Drafts what was deleted of the wave again: same units, same points.",
                run=screen.draft_again, name="draft deleted again", group="Change", weight=1, changes=True,
                needs="service", feature="restore", needs_row=True, blocked=_why_no_draft_is_missing, dims=False),
        Command("leave_out", ("x",), "leave out",
                "Leaves the units of deleted drafts of the wave out of the plan; asks first.",
                run=screen.leave_out, name="leave deleted out", group="Change", weight=1, changes=True,
                feature="restore", needs_row=True, blocked=_why_no_draft_is_missing, dims=False),
        Command("hand_over", ("H",), "hand-over", "What the next shift has to know, in twenty lines.",
                run=screen.hand_over, name="hand-over", aliases=("handover", "card"), weight=3),
        Command("report", ("e",), "report", "Writes what became of each unit, with sums; asks for the folder.",
                run=screen.write_report, aliases=("export",), weight=2),
        Command("show_all", ("v",), "everything", "Everything about the plan as text, with all ids.",
                run=screen.show_all, weight=6),
        Command("copy_id", ("y",), "copy ids", "Copies the ids of the sessions of the wave.",
                run=screen.copy_ids, weight=7, needs_row=True),
        replace(BACK, label="back", help="Back; restores continue.", side="right", weight=0),
    )
    # fmt: on
