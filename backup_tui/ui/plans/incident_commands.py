"""Commands of the incident screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.plans.progress import PlanProgress, WaveProgress
from backup_tui.plans.record import PlanRecord
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands, Context
from backup_tui.ui.frame.shared_commands import BACK

if TYPE_CHECKING:
    from backup_tui.ui.plans.incident import IncidentScreen


class IncidentContext(Context, frozen=True):
    """What the commands look at.

    Attributes:
        shown: How far it is; `None` while the plan is not known.
        plan: The plan; `None` for all running restores.
        alive: A process carries the plan out.
        wave: The wave under the cursor.
    """

    shown: PlanProgress | None = None
    plan: PlanRecord | None = None
    alive: bool = False
    wave: WaveProgress | None = None


def incident_commands(screen: type[IncidentScreen]) -> Commands[IncidentScreen, IncidentContext]:
    """The commands of the screen in footer order."""
    # fmt: off
    return (
        replace(OPEN_ROW, label="sessions", help="Opens the sessions of the wave; enter there opens their units.")
            .when(blocked=lambda context: None),
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
