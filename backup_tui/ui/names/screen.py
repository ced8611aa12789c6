"""Names in a list that match no unit: each is fixed or left out, and none is guessed."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.models.text import counted
from backup_tui.restore.names.names import written
from backup_tui.restore.names.resolve import Reason
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.names.names import NamesToFix, OpenName
from backup_tui.ui.names.rows import NameRow, NameRows, line_words, row_key
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import ListAndPane
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import RowTable

CHOOSE = "Choose one with down and enter; nothing is taken unless you say so."


class NamesContext(Context, frozen=True):
    """What the commands look at."""

    nearest: str = ""  # what the line under the cursor would become; empty when nothing is near
    choices: int = 0  # how many units below the line can be chosen for it
    choosing: bool = False  # the cursor is on one of them
    counted: bool = False  # the line needs nothing: another line names the same
    can_undo: bool = False  # there is a step to undo
    asking: bool = False  # another address is being typed
    all_nearest: int = 0  # how many misspelt names have exactly one nearest
    to_fix: int = 0  # how many names are still wrong


NOTHING_DONE = "Nothing was done here yet."
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
    """The names to fix. `names`: the list that they belong to, which takes the answers."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("line", "Line", 4),
        Column("written", "As written", 22, cut="middle", least=14),
        Column("reason", "Problem", 16),
        Column("nearest", "Nearest, or choose", 20, cut="middle", least=14),
    )

    def __init__(self, names: NamesToFix) -> None:
        super().__init__()
        self.names = names
        self._rows = NameRows(names)
        self._follow: str | None = None
        self._had_problems = bool(names.open_names())
        self._steps_before = names.steps

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
        row, open_names = self._rows.row(self.row), self.names.open_names()
        return NamesContext(
            row=self.row,
            nearest=row.unit_name if row else "",
            choices=len(row.choices) if row else 0,
            choosing=row is not None and row.is_choice,
            counted=row is not None and row.name is None,
            can_undo=self.names.steps > self._steps_before,
            asking=self.query_one(AskLine).is_open,
            all_nearest=_misspelt(open_names),
            to_fix=len(open_names),
        )

    def on_mount(self) -> None:
        self.names.listeners.subscribe(self.show)
        self.table.source = self._rows
        self.table.focus()
        self.show()

    def on_unmount(self) -> None:
        self.names.listeners.end(self.show)

    def show(self) -> None:
        """Shows what is left; goes back automatically when nothing is."""
        names = self.names
        if not self.is_open or not self.query(AskLine):
            return
        if self._had_problems and not names.open_names() and not names.looking:
            if self.close():
                self.say(f"All names are settled. {names.counts}.")
            return
        self.query_one(".title", SectionLine).say(Section(names.TITLE, "", names.counts))
        self.table.reconcile()
        if self._follow is not None and self.table.move_to(self._follow):
            self._follow = None  # looked up and still wrong: the cursor is on it again
        self.on_row_table_highlighted()

    def on_row_table_highlighted(self) -> None:
        row = self._rows.row(self.row)
        one = f"one line, one {row.name.noun}" if row and row.name else "counted once"
        title = Section(_place(row), row.text, one) if row else Section()
        self.query_one(ListAndPane).tell([title, *self._about(row)] if row else [])
        self.refresh_frame()

    def _about(self, row: NameRow) -> list[str]:
        name, none_known = row.name, self.names.none_known
        if name is None:
            return [f"It names the same as {row.reason.removeprefix('also ')}, so it counts once."]
        if none_known:
            return [none_known.sentence(self.ws.who.tenant)]
        problem = name.problem
        if problem.reason is Reason.SEVERAL and (row.choices or row.is_choice):
            count = len(problem.candidates)
            who = name.service.counted(count) if name.service else f"{count:,} units"
            return [f"{who} go by this name. {CHOOSE}"]
        same = self.names.line_of(row.unit_id) if row.unit_id else None
        if same is not None:
            return [f"{row.unit_name} is already {line_words(same)}: enter counts this line once."]
        return [self.names.explain(name)]

    # -- commands --------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        one = self._rows.row(row)
        if one is None or one.name is None or not one.unit_id:
            return
        same = self.names.line_of(one.unit_id)
        if self.names.choose(one.name, one.unit_id, one.unit_name) and same is not None:
            self.say(f"{one.unit_name} is already {line_words(same)}; counted once. u undoes.")

    def leave_out(self, row: str | None) -> None:
        one = self._rows.row(row)
        if one is None or one.name is None:
            return
        if self.names.leave_out(one.name):
            self.say(f"{one.text} left out. u brings it back.")
        else:
            self.say(f"{one.text} means a unit that another line names: leaving it out would leave out that unit.")

    def take_all_nearest(self, row: str | None) -> None:
        count = _misspelt(self.names.open_names())
        same = self.names.take_all_nearest()
        if same is not None:
            known = f", {same:,} of them in the list already and counted once" if same else ""
            self.say(f"{counted(count, 'nearest name')} taken{known}. u undoes.")

    def leave_all_out(self, row: str | None) -> None:
        before = len(self.names.open_names())
        if self.names.leave_all_out():
            count = before - len(self.names.open_names())
            self.say(f"{counted(count, 'name')} left out. u undoes.")

    def correct(self, row: str | None) -> None:
        one = self._rows.row(row)
        if one is not None and one.name is not None and row is not None:
            self.query_one(AskLine).ask("correct", f"{_place(one)} is", one.text, row)
            self.refresh_frame()

    @on(AskLine.Answered)
    def _corrected(self, event: AskLine.Answered) -> None:
        row = self._rows.row(event.about)
        to = written(event.text)
        ask = self.query_one(AskLine)
        if to is None:
            ask.tell("Nothing is typed; esc leaves the line as it is.", "bad")
            return
        if row is not None and row.name is not None and to.text != row.text:
            self._follow = row_key(row.line, to.text)
            refusal = self.names.correct(row.name, to)
            if refusal is not None:
                self._follow = None
                ask.tell(refusal, "bad")
                return
        ask.close()

    @on(AskLine.Closed)
    def _asked(self) -> None:
        self.refresh_frame()

    def undo(self, row: str | None) -> None:
        self.names.undo()

    def copy_names(self, row: str | None) -> None:
        lines = [
            "\t".join(
                (str(one.problem.written.line or ""), one.problem.written.text, one.reason, one.problem.nearest_name)
            )
            for one in self.names.open_names()
        ]
        self.say(copy(self.app, "\n".join(("line\tname\twhat is wrong\tnearest", *lines)), "names to fix"))


def _misspelt(names: Sequence[OpenName]) -> int:
    return sum(one.problem.is_misspelt for one in names)


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
            help="Back; what is left here stays to be fixed.")
        .when(footer_text=lambda context: "leave as it is" if context.asking else "back"),
)
# fmt: on
NamesScreen.offers(COMMANDS)
