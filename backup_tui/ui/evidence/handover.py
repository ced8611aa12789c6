"""`H`: the hand-over card, the names for a colleague's program, and a colleague's names read here."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from backup_tui.errors import BackupTuiError
from backup_tui.evidence.card import MOST_NEXT, card_lines, deadlines_of, keep_next, kept_next, proposed_next
from backup_tui.evidence.facts import Report
from backup_tui.evidence.gathering import where_of
from backup_tui.evidence.names_file import file_text, names_bytes, names_file, read_names_file
from backup_tui.evidence.taking_names import Taken, take_names, taken_lines
from backup_tui.models.focus import Focus
from backup_tui.plans.record import kept_record
from backup_tui.ui.evidence.gathered import facts_now
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.frame.save_file import SaveFile
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.routes import OpenReadNames
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import SECTION, Text
from backup_tui.ui.widgets.text_lines import TextLines


class HandoverContext(Context, frozen=True):
    """Whether the card is there."""

    there: bool = False


class Handover(BaseScreen):
    """The card as it can be pasted anywhere. `sessions`: ids of sessions. `plan`: name of a plan; without one and
    without ids it is about everything that is open."""

    def __init__(self, sessions: tuple[str, ...] = (), plan: str = "") -> None:
        super().__init__()
        self._sessions, self._plan = sessions, plan
        self._report: Report | None = None
        self._next: tuple[str, ...] = ()
        self._lines: list[str] = []

    def focus_on(self) -> Focus:
        one = self._sessions[0] if len(self._sessions) == 1 else None
        return Focus(screen="session" if one else "sessions", session_id=one)

    def compose_body(self) -> ComposeResult:
        yield TextLines(id="card")

    def on_mount(self) -> None:
        self.query_one(TextLines).focus()
        self.program.start(self.make(), "the hand-over card", group="handover", exclusive=True)

    def context(self) -> HandoverContext:
        return HandoverContext(read_only=self.program.workspace.read_only, there=bool(self._lines))

    # -- the card -------------------------------------------------------------------------------------------

    async def make(self) -> None:
        """Reads what the card says, and shows it."""
        self.query_one(TextLines).show(["", "Reading what the next shift has to know…"])
        try:
            report, why = await facts_now(self.ws, self._sessions, self._plan)
            journal = self.ws.context.journal
            deadlines = await deadlines_of(journal, report, self.ws.store.connection.service.restores_until)
            own = await kept_next(journal, report.subject)
        except BackupTuiError as error:
            if self.is_open:
                self.query_one(TextLines).show(["", error.sentences])
            return
        self._report, self._next = report, proposed_next(report, deadlines) if own is None else own
        self._show(why)

    def _show(self, why: str = "") -> None:
        if self._report is None or not self.is_open:
            return
        self._lines = card_lines(self._report, self._next, self.ws.zone)
        head, *rest = self._lines
        title: Text = (SECTION, Cell(head[:9], "strong"), Cell(head[9:], "dim"))
        self.query_one(TextLines).show([title, *map(_toned, rest), *(["", why] if why else [])])
        self.refresh_frame()

    # -- keys -----------------------------------------------------------------------------------------------

    def make_again(self, row: str | None) -> None:
        self.program.start(self.make(), "the hand-over card", group="handover", exclusive=True)

    def copy_card(self, row: str | None) -> None:
        self.say(copy(self.app, "\n".join(self._lines), "the hand-over card"))

    def save_card(self, row: str | None) -> None:
        text = "\n".join(self._lines) + "\n"

        async def made() -> str:
            return text

        self.program.push_screen(SaveFile("Hand-over card", self._file_name("txt"), made, what="Card"))

    def save_names(self, row: str | None) -> None:
        self.program.push_screen(
            SaveFile("Names for a colleague's program", self._file_name("json"), self._names, what="Names")
        )

    def read_names(self, row: str | None) -> None:
        self.program.open(OpenReadNames())

    def edit_next(self, row: str | None) -> None:
        self.program.push_screen(EditNext(self._next, self._edited))

    async def _edited(self, lines: tuple[str, ...]) -> None:
        if self._report is None:
            return
        self._next = lines
        self._show()
        await keep_next(self.ws.context.journal, self._report.subject, lines)
        self.say("These lines are kept for the next hand-over, too.")

    def _file_name(self, ending: str) -> str:
        now = self.ws.clock.now().astimezone(self.ws.zone)
        subject = self._report.subject if self._report else "open"
        return f"handover-{subject}-{now:%Y-%m-%d-%H%M}.{ending}"

    async def _names(self) -> str:
        context = self.ws.context
        report = self._report
        ids = [one.id for one in report.sessions] if report else []
        points = [unit.point_id for unit in report.units if unit.point_id] if report else []
        plan = await kept_record(context.journal, self._plan) if self._plan else None
        where = where_of(context, self.ws.address.without_version)
        return file_text(await names_file(context.journal, where, ids, points, plan))


_TONES = {"✗": "bad", "✓": "good", "»": "moving", "!": "warn", "?": "warn"}


def _toned(line: str) -> Text:
    """A line of the card with the colors of its marks and what they count, and its label dim; the words stay."""
    label = line[:8]
    if line[:1] in _TONES:
        parts = re.split(r"(?<=\S)(?=   )", f" {line}")
        return tuple(Cell(part, _TONES.get(part.strip()[:1], "")) for part in parts)
    if label.strip() in ("Failed", "Next", "Open", "Watch", "Waves", "See"):
        return (Cell(f" {label}", "dim"), Cell(line[8:]))
    return line


class EditNext(FormScreen):
    """The Next lines of a card, one field each. `lines`: as they are now. `keep`: takes them as they were edited."""

    SHARED = DIALOG

    def __init__(self, lines: Sequence[str], keep: Callable[[tuple[str, ...]], Awaitable[None]]) -> None:
        super().__init__()
        self._keep = keep
        self._given = tuple(lines)

    def compose_body(self) -> ComposeResult:
        yield Paragraphs([Para("What is to be done next", "section", right="an empty line is left out"), Para()])
        for number in range(MOST_NEXT):
            text = self._given[number] if number < len(self._given) else ""
            yield FieldLine(f"{number + 1}.", TextField(text, id=f"next-{number}"))

    def on_mount(self) -> None:
        self.stops[0].focus()

    @property
    def stops(self) -> list[TextField]:
        return list(self.query(TextField))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.press("keep")

    async def keep_lines(self, row: str | None) -> None:
        lines = tuple(field.value.strip() for field in self.stops if field.value.strip())
        self.close()
        await self._keep(lines)


class ReadNames(BaseScreen):
    """Asks for a colleague's hand-over file, and takes the names that the service confirms."""

    SHARED = DIALOG

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(
            [
                Para("Names from a colleague", "section", right="nothing is changed at the service"),
                Para("The file that w on the hand-over card, or handover file, wrote on another machine.", mark="  "),
                Para("A name is taken only if the service has that point for that unit; a yes never is.", mark="  "),
                Para(),
            ]
        )
        yield FieldLine("File", TextField(id="names-path"))
        yield Paragraphs(id="names-note")

    def on_mount(self) -> None:
        self.query_one(TextField).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.press("take")

    async def take(self, row: str | None) -> None:
        """Reads the file, asks the service, and keeps what it confirms."""
        written = self.query_one(TextField).value.strip()
        if self._busy or not written:
            self._note([] if self._busy else [Para("Give the name of a file.", "warn", mark="  ")])
            return
        self._busy = True
        try:
            found = await asyncio.to_thread(lambda: read_names_file(names_bytes(written)))
            self._note([Para("Asking the service whose points these are…", "moving", mark="  ")])
            where = where_of(self.ws.context, self.ws.address.without_version)
            self._tell(
                await take_names(
                    self.ws.context,
                    where,
                    found,
                    lambda step: self._note(
                        [Para(f"Asking the service: {step.done} of {step.of}", "moving", mark="  ")]
                    ),
                )
            )
        except BackupTuiError as error:
            self._note([Para(error.sentences, "bad", mark="  ")])
        finally:
            self._busy = False

    def _tell(self, taken: Taken) -> None:
        looks = {"NOT": "bad", "Kno": "good"}
        self._note([Para(line, looks.get(line[:3], ""), mark="  ") for line in taken_lines(taken)])

    def _note(self, lines: list[Para]) -> None:
        if self.is_open:
            self.query_one("#names-note", Paragraphs).show([Para(), *lines])


def _why_not_yet(context: HandoverContext) -> str | None:
    return None if context.there else "The card is still being made."


# fmt: off
CARD_COMMANDS: Commands[Handover, HandoverContext] = (
    Command("copy", ("y",), "copy", "Copies the card, for a ticket.", run=Handover.copy_card, weight=0,
            blocked=_why_not_yet),
    Command("save", ("e",), "save to a file", "Saves the card to a file that only you can read.",
            run=Handover.save_card, weight=1, blocked=_why_not_yet),
    Command("edit", ("enter",), "edit the Next lines", "Edits what is to be done next; the lines are kept.",
            run=Handover.edit_next, weight=2, blocked=_why_not_yet),
    Command("names", ("w",), "names for a colleague",
            "Writes the names behind the points to a file, for the program of a colleague.", run=Handover.save_names,
            name="names for a colleague", weight=3, blocked=_why_not_yet),
    Command("read_names", ("L",), help="Takes the names of a colleague's file.", run=Handover.read_names,
            name="read a colleague's names", aliases=("load names",)),
    Command("make_again", ("r",), help="Makes the card again, with what is known now.", run=Handover.make_again),
    replace(BACK, label="back", side="right", weight=0),
)
Handover.offers(CARD_COMMANDS)

EDIT_COMMANDS: Commands[EditNext, Context] = (
    Command("keep", ("enter",), "keep", "Keeps these lines.", run=EditNext.keep_lines),
    Command("next_field", ("tab", "down"), "next line", "The next line.", run=EditNext.next_field),
    Command("field_before", ("shift+tab", "up"), help="The line before.", run=EditNext.field_before),
    replace(BACK, keys=("escape",), label="back, nothing kept", side="right"),
)
EditNext.offers(EDIT_COMMANDS)

READ_COMMANDS: Commands[ReadNames, Context] = (
    Command("take", ("enter",), "read the file", "Takes the names that the service confirms.", run=ReadNames.take),
    replace(BACK, keys=("escape",), label="back", side="right"),
)
# fmt: on
ReadNames.offers(READ_COMMANDS)
