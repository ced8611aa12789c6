"""What has failed in a plan so far, one row per cause, and the drafts that restore it again."""

from collections.abc import Sequence

from msgspec.structs import replace

from backup_tui.changes.context import Progress
from backup_tui.errors import BackupTuiError
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.services import Destination
from backup_tui.models.text import counted
from backup_tui.plans.again import AgainGroup, AgainLook
from backup_tui.plans.again_drafts import draft_again
from backup_tui.plans.again_look import look_again
from backup_tui.plans.record import need_record
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.vocabulary.sessions import sentence
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

FIRST_NAMES = 3


class AgainContext(Context, frozen=True):
    """What the commands look at. `ready`: how many units would be drafted; `begun`: drafts that an earlier run did not
    create; `busy`: why not now, empty when they can."""

    ready: int = 0
    begun: int = 0
    busy: str = ""


class PlanAgain(ListScreen):
    """What has failed in a plan so far, by cause.

    Causes that somebody has to remove first are left out until they are taken by hand. `plan`: name of the plan."""

    NUMBER = 1
    COLUMNS = (
        Column("failed", "Failed", 6, align="right", always=True),
        Column("draft", "Draft", 6, align="right"),
        Column("cause", "Cause", 20, always=True),
        Column("where", "Restore", 17, drop=1),
        Column("remedy", "What to do", 22, least=18),
    )
    PANE_LINES = 5

    def __init__(self, plan: str) -> None:
        super().__init__()
        self.plan = plan
        self._look: AgainLook | None = None
        self._failure: BackupTuiError | None = None
        self._doing = "reading what failed"

    def focus_on(self) -> Focus:
        return Focus(screen="plan")

    def context(self) -> AgainContext:
        look = self._look
        return AgainContext(
            row=self.row,
            read_only=self.program.workspace.read_only,
            ready=len(look.ready) if look is not None else 0,
            begun=len(look.record.parts) - len(look.record.sessions) if look is not None else 0,
            busy=self._doing,
        )

    def on_mount(self) -> None:
        self.program.start(self._read(None), f"what failed in plan {self.plan}")

    async def _read(self, causes: Sequence[str] | None) -> None:
        try:
            record = await need_record(self.ws.context.journal, self.plan)
            self._look = await look_again(self.ws.context, record, causes, self._told)
            self._failure = None
        except BackupTuiError as error:
            self._failure = error
        self._done()

    def _told(self, progress: Progress) -> None:
        self._doing = f"{progress.step}, {progress.done:,} of {progress.of:,}"
        if self.is_open:
            self.show_title()

    def _done(self) -> None:
        self._doing = ""
        if self.is_open:
            self.show_rows()
            self.refresh_frame()

    # -- the list -------------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return [str(number) for number in range(len(self._look.groups if self._look is not None else ()))]

    def cells(self, key: str) -> Sequence[Cell]:
        group = self._group(key)
        ready = len(group.ready)
        where = f"{group.service.label} IN PLACE" if group.destination is Destination.IN_PLACE else group.service.label
        return (
            Cell(f"{len(group.units):,}"),
            Cell(f"{ready:,}" if ready else "-", "" if ready else "dim"),
            Cell(f"✗ {group.cause.cause}", "bad"),
            Cell(where),
            Cell(group.cause.remedy.value),
        )

    def heading(self) -> Section:
        look = self._look
        if look is None:
            return Section(f"Failed in plan {self.plan}", right=self._doing)
        again = f", {look.retried:,} of them again" if look.retried else ""
        sums = f"{look.restored:,} restored, {look.live:,} under way{again}"
        return Section(f"Failed {look.failed:,} in plan {self.plan}", right=self._doing or sums)

    def empty_words(self) -> str:
        if self._failure is not None:
            hint = self._failure.hint or "esc goes back; f reads it again."
            return "\n".join(f"   {line}" for line in (self._failure.message, hint, *small_print(self._failure)))
        return "   Reading what failed…" if self._look is None else "   Nothing has failed so far."

    def about(self, key: str) -> Sequence[Section | str]:
        group, cause = self._group(key), self._group(key).cause
        happened = (
            cause.happened if len(group.units) == 1 else sentence(f"{cause.cause}: {cause.detail} ({group.code})")
        )
        names = [one.unit.name for one in group.units]
        more = f" and {len(names) - FIRST_NAMES:,} more (enter)" if len(names) > FIRST_NAMES else ""
        lines = [f"{happened} {cause.certainty} {group.to_do}", f"Units: {', '.join(names[:FIRST_NAMES])}{more}."]
        lines += [f"{count:,} not drafted: {reason}." for reason, count in group.reasons.items()]
        if not group.taken:
            lines.append(f"Not drafted: {group.needs or 'left out'}. space takes them.")
        return [Section(f"{cause.cause[:1].upper()}{cause.cause[1:]}", right=group.service.counted(len(names))), *lines]

    def _group(self, key: str) -> AgainGroup:
        groups = self._look.groups if self._look is not None else ()
        if int(key) >= len(groups):
            raise KeyError(key)
        return groups[int(key)]

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        if row is None:
            return
        group = self._group(row)
        lines = [group.cause.happened, group.cause.certainty, group.to_do, ""]
        lines += [f"The service's words: {text}" for text in group.messages]
        for one in group.units:
            why = f"   not drafted: {one.why_not}" if one.why_not else ""
            lines.append(f"  {one.unit.name}   unit {one.unit.unit_id}   session {one.session_id}{why}")
        self.program.push_screen(PagerScreen(f"Failed: {group.cause.cause}", lines))

    def take_or_leave(self, row: str | None) -> None:
        look = self._look
        if row is None or look is None:
            return
        code = self._group(row).code
        taken = {group.code for group in look.groups if group.taken} ^ {code}
        self._doing = "looking again"
        self.show_title()
        self.program.start(self._read(sorted(taken)), f"what failed in plan {self.plan}")

    async def draft(self, row: str | None) -> None:
        look = self._look
        if look is None:
            return
        self._doing = "creating drafts"
        self.show_title()
        try:
            record = await draft_again(self.ws.context, look, self._told)
        except BackupTuiError:
            # What was written down before it failed is no longer to be drafted, but to be completed.
            self._doing = "looking again"
            self.program.start(self._read(None), f"what failed in plan {self.plan}")
            raise
        self._done()
        self.ws.plans.wake()
        if self.is_open:
            self.close()
        fresh = record.sessions.keys() - look.record.sessions.keys()
        units = sum(part.units for part in record.parts if part.number in fresh)
        words = f"{counted(units, 'unit')} drafted in {counted(len(fresh), 'session')}"
        self.program.say(f"{words}. Nothing starts before its review: c in the plan.")


def _why_nothing_to_draft(context: AgainContext) -> str | None:
    if context.busy:
        return f"Wait: {context.busy}."
    if context.ready or context.begun:
        return None
    return "Nothing that failed can be drafted now; the lines about each cause say why."


# fmt: off
COMMANDS: Commands[PlanAgain, AgainContext] = (
    Command("draft", ("d",), "draft them",
            "Creates drafts of the units in the column Draft; nothing starts before its review.",
            run=PlanAgain.draft, group="Change", weight=0, changes=True, needs="service", feature="restore",
            blocked=_why_nothing_to_draft, dims=False),
    Command("take_or_leave", ("space",), "take, leave", "Takes the units of this cause, or leaves them.",
            run=PlanAgain.take_or_leave, needs_row=True, weight=1,
            blocked=lambda context: f"Wait: {context.busy}." if context.busy else None),
    replace(OPEN, label="all units", help="All units of this cause, and the service's own words.", needs_row=True,
            weight=2),
)
# fmt: on
PlanAgain.offers(COMMANDS)
