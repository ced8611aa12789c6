"""Names of a list that stand for no unit: each is put right or left out, and none is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.restore.form import RestoreForm
from backup_tui.restore.names import written
from backup_tui.restore.resolve import MOST_CANDIDATES, NameProblem, Reason, explain_problem
from backup_tui.ui.clipboard import copy
from backup_tui.ui.commands import Command, Context, Open
from backup_tui.ui.drafting.drafting import Drafting
from backup_tui.ui.screens.base import BaseScreen
from backup_tui.ui.shared_commands import Back
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine, TwoEnds
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.table import RowTable


@dataclass(frozen=True, slots=True)
class NamesContext(Context):
    """What the commands look at.

    Attributes:
        nearest: What the name under the cursor probably means; empty when nothing is near.
        can_undo: There is a step to take back.
        asking: Another address is being typed.
    """

    nearest: str = ""
    can_undo: bool = False
    asking: bool = False


class TakeNearest(Open):
    """Takes what was pointed out."""

    id = "open"
    help = "Takes the nearest name for this line."
    name = "take nearest"
    group = "Rows"
    needs_row = True
    weight = 1

    def footer_text(self, context: Context) -> str:
        """What `enter` does."""
        asking = isinstance(context, NamesContext) and context.asking
        return "take it" if asking else "take nearest"

    def blocked(self, context: Context) -> str | None:
        """There has to be one."""
        if isinstance(context, NamesContext) and not context.nearest:
            return "Nothing is near enough: c types another name, x leaves this line out."
        return None


class Correct(Command[NamesContext]):
    """Another name for the line."""

    id = "correct"
    keys = ("c",)
    label = "correct"
    help = "Types another name for this line."
    name = "correct"
    needs_row = True
    weight = 1

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class LeaveNameOut(Command[NamesContext]):
    """Leaves the line out."""

    id = "leave_out"
    keys = ("x",)
    label = "leave out"
    help = "Leaves this line out; the review says that it is not restored. u brings it back."
    name = "leave out"
    needs_row = True
    weight = 1

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class UndoName(Command[NamesContext]):
    """Takes the last step back."""

    id = "undo"
    keys = ("u",)
    label = "undo"
    help = "Takes the last step back."
    name = "undo"
    weight = 3

    def blocked(self, context: NamesContext) -> str | None:
        """There has to be one."""
        return None if context.can_undo else "Nothing to take back."

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class CopyNames(Command[NamesContext]):
    """Copies the names that are left."""

    id = "copy"
    keys = ("y", "e")
    label = "copy these"
    help = "Copies these names with what is wrong with each, as a table for a mail or a spreadsheet."
    name = "copy these"
    weight = 3

    def footer_text(self, context: NamesContext) -> str:
        """Not while a name is typed."""
        return "" if context.asking else self.label


class NamesBack(Back):
    """Back to the form."""

    label = "ok"
    side = "right"
    weight = 1
    help = "Back to the form; what is left here stays to be put right."

    def footer_text(self, context: Context) -> str:
        """Where it leads."""
        return "leave as it is" if isinstance(context, NamesContext) and context.asking else self.label


class NamesScreen(BaseScreen):
    """The names to put right.

    Args:
        drafting: The form that they belong to.
    """

    OWN_COMMANDS: ClassVar[tuple[Command[Any], ...]] = (
        TakeNearest(),
        Correct(),
        LeaveNameOut(),
        UndoName(),
        CopyNames(),
        NamesBack(),
    )

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._rows = _NameRows(drafting)
        self._follow: str | None = None

    def compose_body(self) -> ComposeResult:
        """The names, and what is wrong with the one under the cursor."""
        yield TwoEnds(classes="title")
        columns = (
            Column("line", "Line", 5, align="right"),
            Column("written", "As written", 25, grow=1, cut="middle"),
            Column("reason", "What is wrong", 17),
            Column("nearest", "Nearest here", 24, grow=1, cut="middle"),
        )
        yield ListAndPane(RowTable(columns, empty="Looking the names up."), lines=7)
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
        problem = self._rows.problem(self.row)
        return NamesContext(
            row=self.row,
            nearest=problem.nearest_name if problem and problem.nearest else "",
            can_undo=self._drafting.can_undo,
            asking=self.query_one(AskLine).is_open,
        )

    def on_mount(self) -> None:
        """Shows the names, and goes on doing so."""
        self._drafting.listen(self.show)
        self.table.source = self._rows
        self.table.focus()
        self.show()

    def on_unmount(self) -> None:
        """Nothing is shown any more."""
        self._drafting.unlisten(self.show)

    def show(self) -> None:
        """Shows what is left; goes back by itself when nothing is."""
        form = self._drafting.form
        if not self.is_attached or not self.query(AskLine):
            return
        if not form.problems and not form.waiting:
            if self.close():
                self.say(f"All names are settled: {_settled(form)}.")
            return
        total = len(form.units) + len(form.problems) + len(form.left_out)
        self.query_one(TwoEnds).tell(
            " New restore > Names",
            f"{total:,} {'name' if total == 1 else 'names'}: {_settled(form)}, {len(form.problems):,} to put right",
        )
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
        pane = self.query_one(ListAndPane)
        problem = self._rows.problem(self.row)
        if problem is None:
            pane.tell([])
            return
        form, tenant = self._drafting.form, self.ws.who.tenant
        index = self._drafting.lookups.index(form.service)
        lines = [f"{_place(problem)}   {problem.written.text}"]
        none_known = self._drafting.lookups.none_known
        lines.append(
            none_known.sentence(tenant) if none_known else explain_problem(problem, index, form.service, tenant)
        )
        lines.append("")
        if problem.nearest is not None:
            lines.append(f"enter   take {problem.nearest_name} for this line")
        elif problem.reason is Reason.SEVERAL:
            lines.append("These match: " + ", ".join(index.name(unit_id) for unit_id in problem.candidates[:5]))
        lines.append("c       type another name")
        lines.append("x       leave this line out; the review will say that it is not restored")
        pane.tell(lines)

    # -- commands --------------------------------------------------------------------------------------------

    def run_open(self, row: str | None) -> None:
        """`enter`."""
        problem = self._rows.problem(row)
        if problem is not None and problem.nearest is not None:
            form = self._drafting.form.with_nearest_taken(problem)
            self._drafting.change(form, f"{problem.nearest_name} for {problem.written.text}")

    def run_leave_out(self, row: str | None) -> None:
        """`x`."""
        problem = self._rows.problem(row)
        if problem is not None and self._drafting.change(
            self._drafting.form.with_left_out(problem), f"leaving {problem.written.text} out"
        ):
            self.say(f"Left out: {problem.written.text}. u brings it back.")

    def run_correct(self, row: str | None) -> None:
        """`c`."""
        problem = self._rows.problem(row)
        if problem is not None and row is not None:
            self.query_one(AskLine).ask("correct", f"{_place(problem)} is", problem.written.text, row)
            self.refresh_frame()

    @on(AskLine.Answered)
    def _corrected(self, event: AskLine.Answered) -> None:
        problem = self._rows.problem(event.about)
        name = written(event.text)
        ask = self.query_one(AskLine)
        if name is None:
            ask.tell("Nothing is typed; esc leaves the line as it is.", "bad")
            return
        ask.close()
        if problem is not None and name.text != problem.written.text:
            self._drafting.lookups.names_error = None
            self._follow = _key(problem.written.line, name.text)
            self._drafting.change(
                self._drafting.form.with_corrected(problem, name), f"{name.text} for {problem.written.text}"
            )

    @on(AskLine.Closed)
    def _asked(self) -> None:
        self.refresh_frame()

    def run_undo(self, row: str | None) -> None:
        """`u`."""
        self._drafting.undo()

    def run_copy(self, row: str | None) -> None:
        """`y`."""
        form = self._drafting.form
        lines = [
            "\t".join((str(p.written.line or ""), p.written.text, p.reason.word(form.service), p.nearest_name))
            for p in form.problems
        ]
        self.say(copy(self.app, "\n".join(("line\tname\twhat is wrong\tnearest", *lines)), "names to put right"))


class _NameRows:
    """The names, by line and text."""

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting
        self._shown: tuple[NameProblem, ...] | None = None
        self._by_key: dict[str, NameProblem] = {}
        self._keys: tuple[str, ...] = ()

    def keys(self) -> Sequence[str]:
        """One for each name."""
        problems = self._drafting.form.problems
        if problems is not self._shown:
            self._shown = problems
            self._by_key = {_key(p.written.line, p.written.text): p for p in sorted(problems, key=_by_line)}
            self._keys = tuple(self._by_key)
        return self._keys

    def problem(self, key: str | None) -> NameProblem | None:
        """The name of a row; `None` when it is settled meanwhile."""
        self.keys()
        return self._by_key.get(key or "")

    def cells(self, key: str) -> Sequence[Cell]:
        """One row."""
        problem = self._by_key[key]
        reason = problem.reason.word(self._drafting.form.service)
        near = problem.nearest_name or _near_words(problem)
        return (Cell(str(problem.written.line or "")), Cell(problem.written.text), Cell(reason, "warn"), Cell(near))


def _key(line: int, text: str) -> str:
    return f"{line} {text}"


def _near_words(problem: NameProblem) -> str:
    count = len(problem.candidates)
    if problem.reason is Reason.SEVERAL:
        return f"{count} match"
    return "many are near" if count >= MOST_CANDIDATES else f"{count} are near" if count else "-"


def _by_line(problem: NameProblem) -> int:
    return problem.written.line


def _place(problem: NameProblem) -> str:
    return f"Line {problem.written.line}" if problem.written.line else "This name"


def _settled(form: RestoreForm) -> str:
    return f"{len(form.units):,} found, {len(form.left_out):,} left out"
