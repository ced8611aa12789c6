"""Names of a list that stand for no unit: each is put right or left out, and none is guessed."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.restore.names.names import written
from backup_tui.restore.names.resolve import Reason, explain_problem
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.new_restore.name_rows import NameRow, NameRows, line_words, row_key
from backup_tui.ui.new_restore.names_commands import NamesContext, names_commands
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import RowTable

CHOOSE = "Choose one with down and enter; nothing is taken unless you say so."


class NamesScreen(BaseScreen):
    """The names to put right.

    Args:
        drafting: The form that they belong to.
    """

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("line", "Line", 6, align="right"),
        Column("written", "As written", 25, grow=1, cut="middle", least=14),
        Column("reason", "Problem", 18),
        Column("nearest", "Nearest, or choose", 24, grow=1, cut="middle", least=14),
    )

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._rows = NameRows(drafting, lambda: self.ws.store.units[drafting.form.service])
        self._follow: str | None = None
        self._had_problems = bool(drafting.form.problems)
        self._steps_before = drafting.steps

    def compose_body(self) -> ComposeResult:
        """The names, and what is wrong with the one under the cursor."""
        yield SectionLine(classes="title")
        yield ListAndPane(RowTable(self.COLUMNS, empty="Looking the names up.", gap=1), lines=7)
        yield AskLine()

    @property
    def table(self) -> RowTable:
        """The names."""
        return self.query_one(RowTable)

    def focus_on(self) -> Focus:
        """Nothing is read for this screen."""
        return Focus(screen="form")

    def context(self) -> NamesContext:
        """What the commands look at."""
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
        """Shows the names, and goes on doing so."""
        self._drafting.listen(self.show)
        self.table.source = self._rows
        self.table.focus()
        self.show()

    def on_unmount(self) -> None:
        """Nothing is shown after this."""
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
        self._tell()
        self.refresh_frame()

    def on_row_table_highlighted(self) -> None:
        """Another name."""
        self._tell()
        self.refresh_frame()

    def _tell(self) -> None:
        row = self._rows.row(self.row)
        self.query_one(ListAndPane).tell(self._about(row) if row else [])

    def _about(self, row: NameRow) -> list[str]:
        """All about one line of the list."""
        form, tenant = self._drafting.form, self.ws.who.tenant
        lines = [f"{_place(row)}   {row.text}"]
        problem = row.problem
        if problem is None:
            return [*lines, f"It names the same as {row.reason.removeprefix('also ')}, so it counts once."]
        index = self._drafting.lookups.index(form.service)
        none_known = self._drafting.lookups.none_known
        if none_known:
            lines.append(none_known.sentence(tenant))
        elif problem.reason is Reason.SEVERAL and (row.choices or row.is_choice):
            lines.append(f"{form.service.counted(len(problem.candidates))} go by this name. {CHOOSE}")
        else:
            lines.append(explain_problem(problem, index, form.service, tenant))
        lines.append("")
        same = form.line_of(row.unit_id) if row.unit_id else None
        if same is not None:
            lines.append(f"enter   {row.unit_name} is {line_words(same)} already: count this line once")
        elif row.unit_id:
            lines.append(f"enter   take {row.unit_name} for this line")
        elif row.choices:
            lines.append("down    then enter: chooses the one that is meant")
        lines.append("c       type another name")
        lines.append("x       leave this line out; the review will say that it is not restored")
        return lines

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
            self.say(f"{name.unit_name} is {line_words(same)} already; counted once. u undoes.")

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
        self.say(copy(self.app, "\n".join(("line\tname\twhat is wrong\tnearest", *lines)), "names to put right"))


def _place(row: NameRow) -> str:
    return f"Line {row.line}" if row.line else "This name"


NamesScreen.offers(names_commands(NamesScreen))
