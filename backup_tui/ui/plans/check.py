"""The check of a plan: what it would restore and whether it can, before anything is sent; it only reads."""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from textual.app import ComposeResult

from backup_tui.changes.context import Progress
from backup_tui.errors import BackupTuiError
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.plans.answers import leave_out_units
from backup_tui.plans.checking import PlanCheck, check_plan
from backup_tui.plans.difference import PlanDifference, read_difference
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.plan import Plan
from backup_tui.plans.record import kept_record
from backup_tui.plans.scope import leftovers_csv
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.save_file import SaveFile
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.plans import check_text as words
from backup_tui.ui.plans.check_commands import CheckContext, check_commands
from backup_tui.ui.plans.difference import DifferenceScreen
from backup_tui.ui.plans.names import PlanNames
from backup_tui.ui.plans.plan_file import PlanFile
from backup_tui.ui.routes import OpenIncident, screen_for
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import WIDEST_LIST, ListAndPane
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import RowTable
from backup_tui.workspace.units_at_hand import read_units

MOST_WAVES = 5  # rows of the table of waves on a small terminal; it scrolls


class CheckAndWave(ListAndPane):
    """The check, and the lines about a wave; its sentences are wider than the table of the waves."""

    @property
    def wanted(self) -> int:
        return WIDEST_LIST


class PlanCheckScreen(BaseScreen):
    """The check of a plan file."""

    NUMBER = 1
    VIEW = "plan"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.check: PlanCheck | None = None
        self.difference: PlanDifference | None = None
        self._failure: BackupTuiError | None = None
        self._stopped = ""
        self._progress: Progress | None = None
        self._drafting = False
        self._work: asyncio.Task[object] | None = None
        self._began = False
        self._names: PlanNames | None = None
        self._before: list[Plan] = []

    def compose_body(self) -> ComposeResult:
        yield SectionLine(classes="title")
        yield CheckAndWave(
            Paragraphs(id="check-head", scrolls=False),
            RowTable(words.WAVE_COLUMNS, gap=2, id="check-waves"),
            Paragraphs(id="check-lines", scrolls=False, more=" (v)"),
            lines=0,
        )

    @cached_property
    def file(self) -> PlanFile:
        """The plan file, with the answers given here."""
        return PlanFile(self.path, self.ws.settings.limits, self.program.start, self.say)

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    def focus_on(self) -> Focus:
        return Focus(screen="form")

    def context(self) -> CheckContext:
        check = self.check
        return CheckContext(
            row=self.row,
            read_only=self.program.workspace.read_only,
            running=self._work is not None and not self._drafting,
            drafting=self._drafting,
            checked=check is not None,
            to_fix=len(check.scope.problems) if check else 0,
            without_point=len(check.points.without) if check else 0,
            can_undo=bool(self._before),
            ready=check is not None and check.ready,
            stale=check is not None and not self._is_of_now(check),
            drafted=self.difference is not None,
            differs=self.difference is not None and self.difference.differs,
        )

    def _is_of_now(self, check: PlanCheck) -> bool:
        """Whether the check is of the file as it is; a later check may have been stopped, or have failed."""
        return self.file.document is not None and self.file.document.digest == check.document.digest

    # -- life ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.table.source = self
        self.show()
        if self.ws.is_open:
            self.opened()

    def opened(self) -> None:
        super().opened()
        if not self._began:
            self._began = True
            self.read_again(None)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._names is not None:
            answered, self._names = self._names.steps > 0, None
            if answered:
                self.read_again(None)

    # -- checking --------------------------------------------------------------------------------------------

    def read_again(self, row: str | None) -> None:
        """Checks the plan, once more where it was checked."""
        if self._work is None:
            self.program.start(self._run(), "check a plan")

    async def _run(self) -> None:
        self._work = asyncio.current_task()
        self._failure, self._stopped, self._progress = None, "", None
        self.show()
        try:
            document = await self.file.read()
            check = await check_plan(self.ws.context, self._load_units, document, self._told)
            record = await kept_record(self.ws.context.journal, document.plan.name)
            self.difference = await read_difference(self.ws.context, check) if record is not None else None
            self.check = check
        except asyncio.CancelledError:
            self._stopped = "Stopped. What was found is kept; r continues."
            raise
        except BackupTuiError as error:
            self._failure = error
        finally:
            self._work, self._progress = None, None
            if self.is_open:
                self.show()
        if self.is_shown and self.difference is not None and self.difference.differs:
            self.show_difference(None)

    async def _load_units(self, service: Service) -> None:
        await read_units(self.ws, service)

    def _told(self, progress: Progress) -> None:
        self._progress = progress
        if self.is_open:
            self.show()

    def go_back(self, row: str | None) -> None:
        """`esc` stops what reads, and leaves where nothing does; drafts are created to their end."""
        if self._work is not None and not self._drafting:
            self._work.cancel()
        else:
            super().go_back(row)

    # -- what it shows ---------------------------------------------------------------------------------------

    def keys(self) -> Sequence[str]:
        return [str(number) for number in range(len(self.check.waves))] if self.check else []

    def cells(self, key: str) -> Sequence[Cell]:
        waves = self.check.waves if self.check else ()
        if int(key) >= len(waves):
            raise KeyError(key)
        return words.wave_cells(waves[int(key)])

    def show(self) -> None:
        """Shows what is known now."""
        if not self.is_open or not self.query("#check-lines"):
            return
        check = self.check
        right = words.took_words(check) if check else "read-only"
        self.query_one(".title", SectionLine).say(Section(f"Plan check {self.path.name}", "", right))
        self.query_one("#check-head", Paragraphs).show(self._head())
        self.query_one("#check-lines", Paragraphs).show(self._lines())
        table = self.table
        table.display = bool(self.keys())
        self.set_focus(table if table.display else None)  # a table without rows would take the keys for nothing
        table.styles.height = 1 + min(len(self.keys()), MOST_WAVES)
        table.reconcile()
        self._tell_wave()
        self.refresh_frame()

    def _head(self) -> list[Para]:
        check = self.check
        lines = self._state()
        if check is None:
            return lines
        before = words.before_words(check.points, self.ws.clock.now())
        mail = check.document.plan.mail
        points = words.mails(check.points, mail) if mail else words.distribution(check.points, before)
        return [*lines, *words.names(check.scope, check.points), *points]

    def _state(self) -> list[Para]:
        """The verdict, or what is being done."""
        if self._failure is not None:
            error = self._failure
            said = [Para(error.message, "bad"), *(Para(text) for text in (error.certainty, error.hint) if text)]
            return [*said, *(Para(line, "dim") for line in small_print(error))]
        if self._work is not None:
            step = self._progress
            what = f"{step.step}: {step.done:,} of {step.of:,}" if step else "reading the names"
            end = "   nothing is started by it" if self._drafting else "   esc stops; what was found is kept"
            return [Para(parts=(Cell(f"» {what}", "moving"), end.strip()), mark="  ")]
        stopped = [Para(self._stopped, "warn", "  ")] if self._stopped else []
        if self.check is None:
            return stopped
        return [*stopped, words.verdict(self.check)]

    def _lines(self) -> list[Para]:
        if self.check is None:
            return []
        return [Para("Checks", "section"), *words.checks(self.check.checks)]

    def _tell_wave(self) -> None:
        key, check = self.table.cursor_key, self.check
        if check is None or key is None:
            self.query_one(ListAndPane).tell([])
            return
        wave = check.waves[int(key)]
        said = [*words.wave_words(wave), *check.sentences]
        self.query_one(ListAndPane).tell([f"Wave {wave.number} {wave.name}", *map(self.keyed, said)])

    def on_row_table_highlighted(self) -> None:
        self._tell_wave()
        self.refresh_frame()

    # -- commands --------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        """`enter`: the names to fix."""
        check, document = self.check, self.file.document
        if check is None or document is None:
            return
        names = PlanNames(document.plan, check.scope, self.ws.store, self.ws.who.tenant, self.file.keep)
        self._names = names
        self.program.push_screen(NamesScreen(names))

    def leave_out_without_point(self, row: str | None) -> None:
        """`L`: what has no point is left out by the name that the list has for it."""
        check, document = self.check, self.file.document
        if check is None or document is None:
            return
        plan, units = leave_out_units(document.plan, check.scope, {one.unit_id for one in check.points.without})
        self._before.append(document.plan)
        self._answer(plan)
        self.say(f"{counted(units, 'unit')} without a point left out. u brings {'it' if units == 1 else 'them'} back.")

    def undo(self, row: str | None) -> None:
        if self._before:
            self._answer(self._before.pop())
            self.say("They are in the plan again.")

    def _answer(self, plan: Plan) -> None:
        self.file.keep(plan)
        self.read_again(None)

    def show_all(self, row: str | None) -> None:
        if self.check is not None:
            self.program.push_screen(PagerScreen(f"Check of {self.path.name}", words.everything(self.check)))

    def show_difference(self, row: str | None) -> None:
        """`=`; a plan that differs from its drafts opens on it."""
        if self.check is not None and self.difference is not None:
            self.program.push_screen(DifferenceScreen(self.check.document.plan.name, self.difference))

    def export_leftovers(self, row: str | None) -> None:
        check = self.check
        if check is None:
            return

        async def made() -> str:
            return leftovers_csv(check.scope, check.points.without, check.document.plan.waves)

        left_over = counted(len(check.scope.problems) + len(check.points.without), "name")
        title = f"Leftovers of {self.path.name}: {left_over} to fix"
        self.program.push_screen(SaveFile(title, f"{self.path.stem}-leftovers.csv", made))

    def draft_all(self, row: str | None) -> None:
        check = self.check
        if check is not None and self._is_of_now(check) and self._work is None:
            self._drafting = True
            self.program.start(self._draft(check), "create the drafts of a plan")

    async def _draft(self, check: PlanCheck) -> None:
        document = check.document
        self._failure, self._progress = None, Progress("creating drafts", 0, len(check.parts))
        self._work = asyncio.current_task()
        self.show()
        try:
            await draft_plan(self.ws.context, document.plan, document.digest, str(document.path), check, self._told)
        except BackupTuiError as error:
            self._failure = error
            if not self.is_open:
                raise  # nobody looks at this screen any longer: the message line says it
        finally:
            self._work, self._progress, self._drafting = None, None, False
            if self.is_open:
                self.show()
        if self._failure is None:
            done = f"{counted(len(check.parts), 'draft')} created for {document.plan.name}. Nothing is started."
            self.give_way_to(screen_for(OpenIncident(document.plan.name)))
            self.program.say(done)


PlanCheckScreen.offers(check_commands(PlanCheckScreen))
