"""One screen for the incident: all sessions of a plan, or all that run in the tenant, as one."""

import os
from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from backup_tui.models.focus import Focus
from backup_tui.models.text import counted
from backup_tui.plans.deleted import draft_deleted_again, leave_deleted_out
from backup_tui.plans.kept import KeptPlan
from backup_tui.plans.progress import PlanProgress, WaveProgress, plan_progress, tenant_progress
from backup_tui.plans.record import PlanRecord, change_record
from backup_tui.plans.stalls import Stall, stalled, support_lines
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Topic
from backup_tui.ui.actions.sessions import failed_again
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.plans.incident_commands import IncidentContext, incident_commands
from backup_tui.ui.plans.text import SESSIONS, WAVE_BAR, Incident, event_lines, wave_title
from backup_tui.ui.plans.wave_review import carry_on
from backup_tui.ui.routes import (
    OpenHandover,
    OpenPlanAgain,
    OpenReport,
    OpenSession,
    OpenSomeSessions,
    OpenWaveReview,
)
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane, Listing, PaneLines
from backup_tui.ui.widgets.paragraphs import Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

WIDE_WIDTH, WIDE_HEIGHT = 200, 50  # from this size of the terminal on the last events are beside the rest

EVENTS = 20  # how many of the last events are listed there

LEAST_ROWS = 3  # waves that stay in sight where room is short, with the heading above them


class IncidentScreen(ListScreen):
    """The waves of a plan, or all running restores by service and destination, followed while they are shown. `name`:
    of the plan; empty for all running restores."""

    NUMBER = 1
    VIEW = "plan"
    TOPICS = frozenset({Topic.PLANS, Topic.SESSIONS, Topic.ARTIFACTS, Topic.JOURNAL, Topic.SERVICE})
    PANE_LINES = 1

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name_of_plan = name
        self.progress: PlanProgress | None = None
        self._stall: Stall | None = None
        self._shared: tuple[int, int] | None = None

    # -- what it shows --------------------------------------------------------------------------------------

    @property
    def plan(self) -> KeptPlan | None:
        """The plan; `None` for all running restores, and while it is not known."""
        return self.ws.plans.by_name.get(self.name_of_plan)

    def focus_on(self) -> Focus:
        shown = self.progress
        parts = [part for part in shown.parts if part.session_id] if shown is not None else []
        again = tuple(part.session_id for part in parts if part.part.again_of)
        return Focus(screen="plan", session_ids=tuple(part.session_id for part in parts), again_ids=again)

    def _gather(self) -> None:
        store, now, before = self.ws.store, self.now, self.progress
        if not self.name_of_plan:
            self.progress = tenant_progress(store, now)
        elif (plan := self.plan) is not None:
            limits = self.ws.settings.limits
            self.progress = plan_progress(plan.record, store, plan.runner, now, limits)
        else:
            self.progress = None
        ids = [part.session_id for part in self.progress.parts] if self.progress is not None else []
        self._stall = stalled(store, ids, now)
        if before is None or [part.session_id for part in before.parts] != ids:
            self.look()

    @property
    def incident(self) -> Incident | None:
        """What the screen says; `None` while the plan is not known."""
        if self.progress is None:
            return None
        return Incident(
            self.progress,
            self.plan,
            self.ws.store.connection.service,
            self.ws.zone,
            self.now,
            self._stall,
            os.getpid(),
            tall=self._pane.is_beside,
            chart=not self.ws.settings.low_bandwidth,
        )

    @property
    def _pane(self) -> ListAndPane:
        return self.query_one(ListAndPane)

    def wave(self, key: str | None) -> WaveProgress | None:
        waves = self.progress.waves if self.progress is not None else ()
        return waves[int(key)] if key is not None and int(key) < len(waves) else None

    def context(self) -> IncidentContext:
        plan, wave = self.plan, self.wave(self.row)
        return IncidentContext(
            row=self.row,
            read_only=self.program.workspace.read_only,
            shown=self.progress,
            plan=plan.record if plan is not None else None,
            alive=plan is not None and plan.runner is not None,
            wave=wave,
        )

    # -- the screen -----------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        title, listing = super().compose_body()
        yield title
        yield Paragraphs(id="incident-head")
        events = Vertical(SectionLine(Section("Last events")), PaneLines(), id="incident-events")
        yield Horizontal(listing, events, id="incident-body")

    def compose_below(self) -> Iterable[Widget]:
        return (Paragraphs(id="incident-why", scrolls=False),)

    def on_mount(self) -> None:
        self.ws.plans.show(self)

    def on_unmount(self) -> None:
        self.ws.plans.hide(self)

    def keys(self) -> Sequence[str]:
        return tuple(str(place) for place in range(len(self.progress.waves))) if self.progress is not None else ()

    def cells(self, key: str) -> Sequence[Cell]:
        incident, wave = self.incident, self.wave(key)
        if incident is None or wave is None:
            raise KeyError(key)
        return incident.cells(wave)

    def heading(self) -> Section:
        incident = self.incident
        return incident.title if incident is not None else Section(f"Incident {self.name_of_plan}")

    def empty_words(self) -> str:
        if self.progress is not None:
            known = self.ws.store.freshness(fresh.SESSIONS)
            state = self.freshness_words(known)
            return f"   {state}." if state else "   No restore is running."
        if not self.ws.plans.was_read:
            return "   Reading the plan…"
        return f"   No plan named {self.name_of_plan} has drafts on this machine."

    def about(self, key: str) -> Sequence[Section | str]:
        incident, wave = self.incident, self.wave(key)
        if incident is None or wave is None:
            return ()
        if not self._pane.is_beside:
            return incident.about(wave)
        return incident.pane(wave)

    # -- drawing --------------------------------------------------------------------------------------------

    def show_rows(self, *, news: bool = False, changed: Collection[str] | None = None) -> None:
        if not self.is_open:
            return
        self._gather()
        columns = columns_for(plan=bool(self.name_of_plan))
        if columns != self.table.columns:
            self.table.columns = columns
        super().show_rows(news=news, changed=None)
        self.refresh_frame()

    def show_title(self) -> None:
        super().show_title()
        if self.is_open:
            incident = self.incident
            self.query_one("#incident-head", Paragraphs).show(incident.head if incident is not None else [])
            below = [] if incident is None or self._pane.is_beside else incident.sections
            self.query_one("#incident-why", Paragraphs).show(below)
            self._share_room()
            self._show_events()

    def _show_events(self) -> None:
        events, size = self.query_one("#incident-events"), self.app.size
        events.display = size.width >= WIDE_WIDTH and size.height >= WIDE_HEIGHT
        if events.display:
            ids = {part.session_id for part in self.progress.parts} if self.progress is not None else set[str]()
            lines = event_lines(self.ws.store, ids, self.ws.zone, self.now, EVENTS)
            events.query_one(PaneLines).show(lines)

    def _share_room(self) -> None:
        """Waves and reasons share the lines there are: all of both, else the reasons give way first."""
        why, table = self.query_one("#incident-why", Paragraphs), self.table
        room = self.query_one(Listing).size.height
        waves = 1 + max(1, len(self.keys()))
        shared: tuple[int, int] | None = None
        if room > 0 and not self._pane.is_beside:
            wanted = why.get_content_height(self.size, self.size, table.size.width)
            height = min(room, max(min(waves, 1 + LEAST_ROWS), min(waves, room - wanted)))
            shared = height, room - height
        if shared != self._shared:  # Setting a height lays the screen out again, even the one that it has.
            self._shared = shared
            table.styles.height, why.styles.max_height = shared or ("1fr", None)

    def _resized(self) -> None:
        self.show_rows()

    def on_listing_resized(self) -> None:
        if self.is_open:
            self._share_room()

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        wave = self.wave(row)
        ids = wave.session_ids if wave is not None else ()
        if wave is None or not ids:
            self.say("This wave has no drafts yet.")
        elif len(ids) == 1:
            self.program.open(OpenSession(ids[0]))
        else:
            title = f"Wave {wave_title(wave)}" if wave.index >= 0 else wave.name
            self.program.open(OpenSomeSessions(title, ids))

    def restore_failed_again(self, row: str | None) -> None:
        wave = self.wave(row)
        if self.name_of_plan:
            self.program.open(OpenPlanAgain(self.name_of_plan))
        elif wave is not None and wave.one_failed is not None:
            self.program.open(failed_again(self.ws, wave.one_failed))

    def continue_plan(self, row: str | None) -> None:
        shown = self.progress
        if shown is not None and shown.next_yes is not None and not shown.lacks_runner:
            self.program.open(OpenWaveReview(self.name_of_plan, shown.next_yes))
        else:
            carry_on(self.program, self.name_of_plan)
            self.say(f"Plan {self.name_of_plan} is carried out from here, while this program is open.")

    async def toggle_pause(self, row: str | None) -> None:
        record = await self._change(lambda kept: replace(kept, paused=not kept.paused))
        if record.paused:
            self.say("Paused: nothing more is started. What runs cannot be stopped. p continues the plan.")
            return
        self.say("The plan continues.")
        if self.plan is not None and self.plan.runner is None:
            carry_on(self.program, self.name_of_plan)

    async def toggle_stop(self, row: str | None) -> None:
        wave = self.wave(row)
        if wave is None:
            return
        index = wave.index
        record = await self._change(lambda kept: replace(kept, stop_after=None if kept.stop_after == index else index))
        if record.stop_after is None:
            self.say("The plan no longer stops after a wave.")
        else:
            name = wave_title(wave)
            self.say(f"Nothing is started after wave {name}. What runs cannot be stopped. S on it takes that back.")

    async def draft_again(self, row: str | None) -> None:
        if (wave := self.wave(row)) is not None:
            lacking = wave.lacks_drafts
            self.say("Creating drafts…")
            await draft_deleted_again(self.ws.context, self.name_of_plan, [part.part.number for part in lacking])
            self.ws.plans.wake()
            units = counted(sum(part.part.units for part in lacking), "unit")
            self.say(f"{units} drafted again. Nothing starts before its review: c.")

    async def leave_out(self, row: str | None) -> None:
        if (wave := self.wave(row)) is None:
            return
        lacking = wave.lacks_drafts
        units = counted(sum(part.part.units for part in lacking), "unit")
        asks = f"x again leaves {units} of wave {wave_title(wave)} out of the plan: nothing restores them then."
        if not self.program.message_on(self).endswith(asks):
            self.say(asks)
            return
        count = await leave_deleted_out(self.ws.context, self.name_of_plan, [part.part.number for part in lacking])
        self.ws.plans.wake()
        self.say(f"{counted(count, 'unit')} left out of the plan. Reports list the names, with the reason.")

    async def _change(self, change: Callable[[PlanRecord], PlanRecord]) -> PlanRecord:
        record = await change_record(self.ws.context, self.name_of_plan, change)
        self.ws.plans.wake()
        return record

    def show_all(self, row: str | None) -> None:
        if (incident := self.incident) is not None:
            support = support_lines(self.ws.store, self._stall, self.now) if self._stall is not None else ()
            self.program.push_screen(PagerScreen(incident.title.title, incident.everything(support)))

    def copy_ids(self, row: str | None) -> None:
        if (wave := self.wave(row)) is not None and wave.session_ids:
            ids = wave.session_ids
            what = f"the ids of {len(ids):,} sessions" if len(ids) > 1 else "the id of its session"
            self.say(copy(self.app, "\n".join(ids), what))

    def hand_over(self, row: str | None) -> None:
        self.program.open(OpenHandover(plan=self.name_of_plan))

    def write_report(self, row: str | None) -> None:
        parts = self.progress.parts if self.progress is not None else ()
        ids = () if self.name_of_plan else tuple(part.session_id for part in parts if part.session_id)
        if not self.name_of_plan and not ids:
            self.say("Nothing runs that a report could be about.")
            return
        self.program.open(OpenReport(ids, self.name_of_plan))


def columns_for(*, plan: bool) -> tuple[Column, ...]:
    """The columns of the waves of a plan, or of what runs outside one."""
    return (
        Column("wave", "Wave", 12, least=9, always=True) if plan else Column("wave", "Restores", 20, always=True),
        Column("sessions", "Sessions", SESSIONS, drop=2),
        Column("state", "State", 16, always=True) if plan else Column("state", "State", 11, always=True),
        Column("done", "Done", WAVE_BAR, drop=1),
        Column("ok", "Ok", 4, align="right"),
        Column("failed", "Failed", 6, align="right", always=True),
        Column("running", "Run", 3, align="right"),
        Column("waiting", "Wait", 5, align="right"),
        Column("of", "Of", 5, align="right"),
    )


IncidentScreen.offers(incident_commands(IncidentScreen))
