"""Names in a list that match no unit: each is fixed or left out, and none is guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.restore.names.names import written
from backup_tui.restore.names.resolve import Reason, explain_problem
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.new_restore.name_rows import NameRow, NameRows, line_words, row_key
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import RowTable

CHOOSE = "Choose one with down and enter; nothing is taken unless you say so."


class NamesContext(Context, frozen=True):
    """What the commands look at.

    Attributes:
        nearest: What the line under the cursor would become; empty when nothing is near.
        choices: How many units below the line can be chosen for it.
        choosing: The cursor is on one of them.
        counted: The line needs nothing: another line names the same.
        can_undo: There is a step to undo.
        asking: Another address is being typed.
        all_nearest: How many misspelt names have exactly one nearest.
        to_fix: How many names are still wrong.
    """

    nearest: str = ""
    choices: int = 0
    choosing: bool = False
    counted: bool = False
    can_undo: bool = False
    asking: bool = False
    all_nearest: int = 0
    to_fix: int = 0


NOTHING_DONE = "Nothing was done here yet; the form has its own undo."
COUNTED = "This line counts once already; there is nothing to fix."


def _why_no_take_nearest(context: NamesContext) -> str | None:
    if context.nearest:
        return None
    if context.counted:
        return COUNTED
    if context.choices:
        return f"{context.choices:,} could be meant: choose one below with down, then enter."
    return "Nothing is near enough: c types another name, x leaves this line out."


def _text_of_take_nearest(context: NamesContext) -> str:
    if context.asking:
        return "take it"
    return "choose" if context.choosing or context.choices else "take"


class NamesScreen(BaseScreen):
    """The names to fix.

    Args:
        drafting: The form that they belong to.
    """

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("line", "Line", 4),
        Column("written", "As written", 22, cut="middle", least=14),
        Column("reason", "Problem", 16),
        Column("nearest", "Nearest, or choose", 20, cut="middle", least=14),
    )

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._rows = NameRows(drafting)
        self._follow: str | None = None
        self._had_problems = bool(drafting.form.problems)
        self._steps_before = drafting.steps

    def compose_body(self) -> ComposeResult:
        yield SectionLine(classes="title")
        yield ListAndPane(RowTable(self.COLUMNS, empty="Looking the names up."), lines=2)
        yield AskLine()

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    def focus_on(self) -> Focus:
        return Focus(screen="form")

    def context(self) -> NamesContext:
        row, form = self._rows.row(self.row), self._drafting.form
        return NamesContext(
            row=self.row,
            nearest=row.unit_name if row else "",
            choices=len(row.choices) if row else 0,
            choosing=row is not None and row.is_choice,
            counted=row is not None and row.problem is None,
            can_undo=self._drafting.steps > self._steps_before,
            asking=self.query_one(AskLine).is_open,
            all_nearest=sum(problem.is_misspelt for problem in form.problems),
            to_fix=len(form.problems),
        )

    def on_mount(self) -> None:
        self._drafting.listen(self.show)
        self.table.source = self._rows
        self.table.focus()
        self.show()

    def on_unmount(self) -> None:
        self._drafting.unlisten(self.show)

    def show(self) -> None:
        """Shows what is left; goes back automatically when nothing is."""
        form = self._drafting.form
        if not self.is_open or not self.query(AskLine):
            return
        if self._had_problems and not form.problems and not form.waiting:
            if self.close():
                self.say(f"All names are settled. {form.counts.words}.")
            return
        self.query_one(".title", SectionLine).say(Section("New restore > Names", "", form.counts.words))
        self.table.reconcile()
        if self._follow is not None and self.table.move_to(self._follow):
            self._follow = None  # looked up and still wrong: the cursor is on it again
        self.on_row_table_highlighted()

    def on_row_table_highlighted(self) -> None:
        row = self._rows.row(self.row)
        noun = {"OneDrive account": "account"}.get(unit := self._drafting.form.service.names.unit, unit)
        title = Section(_place(row), row.text, f"one line, one {noun}") if row else Section()
        self.query_one(ListAndPane).tell([title, *self._about(row)] if row else [])
        self.refresh_frame()

    def _about(self, row: NameRow) -> list[str]:
        form, tenant = self._drafting.form, self.ws.who.tenant
        problem, none_known = row.problem, self._drafting.lookups.none_known
        if problem is None:
            return [f"It names the same as {row.reason.removeprefix('also ')}, so it counts once."]
        if none_known:
            return [none_known.sentence(tenant)]
        if problem.reason is Reason.SEVERAL and (row.choices or row.is_choice):
            return [f"{form.service.counted(len(problem.candidates))} go by this name. {CHOOSE}"]
        same = form.line_of(row.unit_id) if row.unit_id else None
        if same is not None:
            return [f"{row.unit_name} is already {line_words(same)}: enter counts this line once."]
        return [explain_problem(problem, self._drafting.lookups.index(form.service), form.service, tenant)]

    # -- commands --------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        name = self._rows.row(row)
        if name is None or name.problem is None or not name.unit_id:
            return
        form = self._drafting.form
        same = form.line_of(name.unit_id)
        if not self._drafting.change(
            form.with_chosen(name.problem, name.unit_id, name.unit_name), f"{name.unit_name} for {name.text}"
        ):
            return
        if same is not None:
            self.say(f"{name.unit_name} is already {line_words(same)}; counted once. u undoes.")

    def leave_out(self, row: str | None) -> None:
        name = self._rows.row(row)
        if (
            name is not None
            and name.problem is not None
            and self._drafting.change(self._drafting.form.with_left_out(name.problem), f"leaving {name.text} out")
        ):
            self.say(f"{name.text} left out. u brings it back.")

    def take_all_nearest(self, row: str | None) -> None:
        form = self._drafting.form
        count, before = sum(problem.is_misspelt for problem in form.problems), len(form.twice)
        after = form.with_all_nearest()
        words = f"{count:,} nearest {'name' if count == 1 else 'names'} taken"
        if self._drafting.change(after, words):
            same = len(after.twice) - before
            known = f", {same:,} of them in the list already and counted once" if same else ""
            self.say(f"{words}{known}. u undoes.")

    def leave_all_out(self, row: str | None) -> None:
        form = self._drafting.form
        count = len(form.problems)
        words = f"{count:,} {'name' if count == 1 else 'names'} left out"
        if self._drafting.change(form.with_all_left_out(), words):
            self.say(f"{words}. u undoes.")

    def correct(self, row: str | None) -> None:
        name = self._rows.row(row)
        if name is not None and name.problem is not None and row is not None:
            self.query_one(AskLine).ask("correct", f"{_place(name)} is", name.text, row)
            self.refresh_frame()

    @on(AskLine.Answered)
    def _corrected(self, event: AskLine.Answered) -> None:
        row = self._rows.row(event.about)
        name = written(event.text)
        ask = self.query_one(AskLine)
        if name is None:
            ask.tell("Nothing is typed; esc leaves the line as it is.", "bad")
            return
        ask.close()
        if row is not None and row.problem is not None and name.text != row.text:
            self._drafting.lookups.names_error = None
            self._follow = row_key(row.line, name.text)
            self._drafting.change(self._drafting.form.with_corrected(row.problem, name), f"{name.text} for {row.text}")

    @on(AskLine.Closed)
    def _asked(self) -> None:
        self.refresh_frame()

    def undo(self, row: str | None) -> None:
        self._drafting.undo()

    def copy_names(self, row: str | None) -> None:
        form = self._drafting.form
        lines = [
            "\t".join((str(p.written.line or ""), p.written.text, p.reason.word(form.service), p.nearest_name))
            for p in form.problems
        ]
        self.say(copy(self.app, "\n".join(("line\tname\twhat is wrong\tnearest", *lines)), "names to fix"))


def _place(row: NameRow) -> str:
    return f"Line {row.line}" if row.line else "This name"


def _asks(label: str) -> Callable[[NamesContext], str]:
    return lambda context: "" if context.asking else label


def _why_counted(context: NamesContext) -> str | None:
    return COUNTED if context.counted else None


# fmt: off
COMMANDS: Commands[NamesScreen, NamesContext] = (
    replace(OPEN, help="Takes the nearest name for this line, or the account under the cursor where several match.",
            name="take nearest", needs_row=True, weight=1)
        .when(blocked=_why_no_take_nearest, footer_text=_text_of_take_nearest),
    Command("correct", ("c",), help="Types another name for this line.", run=NamesScreen.correct, name="correct",
            needs_row=True, weight=1, blocked=_why_counted, footer_text=_asks("correct")),
    Command("leave_out", ("x",), help="Leaves this line out; the review says that it is not restored. u undoes.",
            run=NamesScreen.leave_out, name="leave out", needs_row=True, weight=1, blocked=_why_counted,
            footer_text=_asks("leave out")),
    Command("all_nearest", ("a",),
            help="Takes the nearest name for every misspelt one that has exactly one; u undoes all of it.",
            run=NamesScreen.take_all_nearest, name="take all nearest", weight=1,
            blocked=lambda context: None if context.all_nearest else "No name here has exactly one nearest.",
            footer_text=_asks("all nearest")),
    Command("leave_all_out", ("L",), help="Leaves out every name that is still wrong; u brings them all back.",
            run=NamesScreen.leave_all_out, name="leave all out", weight=1,
            blocked=lambda context: None if context.to_fix else "No name is left to fix.",
            footer_text=_asks("leave all out")),
    Command("undo", ("u",), help="Undoes the last step.", run=NamesScreen.undo, name="undo", weight=1,
            blocked=lambda context: None if context.can_undo else NOTHING_DONE, footer_text=_asks("undo")),
    Command("copy", ("y", "e"),
            help="Copies these names with what is wrong with each, as a table for a mail or a spreadsheet.",
            run=NamesScreen.copy_names, name="copy these", weight=3, footer_text=_asks("copy these")),
    replace(BACK, label="back", side="right", weight=2,
            help="Back to the form; what is left here stays to be fixed.")
        .when(footer_text=lambda context: "leave as it is" if context.asking else "back"),
)
# fmt: on
NamesScreen.offers(COMMANDS)
