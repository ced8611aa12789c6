"""`e`: the report of sessions or of a plan: its forms, its folder, and the sums of what was written."""

import asyncio
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import BackupTuiError
from backup_tui.evidence.bundle import Bundle, Form, fresh_folder, write_bundle
from backup_tui.models.focus import Focus
from backup_tui.models.text import counted, short_id
from backup_tui.ui.evidence.gathered import facts_now
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.form_parts import ActLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs

_FORMS = {
    "all": tuple(Form),
    "html": (Form.HTML,),
    "csv": (Form.CSV,),
    "json": (Form.JSON,),
}
_CHOICES = (("all", "page, CSV and JSON"), ("html", "HTML page"), ("csv", "CSV"), ("json", "JSON"))


class ReportContext(Context, frozen=True):
    """Whether the report is written already."""

    written: bool = False


class ReportForm(FormScreen):
    """Asks for forms and folder, writes the report, and shows its sums. `sessions`: ids of sessions. `plan`: name of a
    plan, for a report of all its sessions."""

    SHARED = DIALOG

    def __init__(self, sessions: tuple[str, ...] = (), plan: str = "") -> None:
        super().__init__()
        self._sessions, self._plan = sessions, plan
        self._busy = False
        self._bundle: Bundle | None = None

    @property
    def _subject(self) -> str:
        if self._plan:
            return f"plan {self._plan}"
        return f"session {short_id(self._sessions[0])}" if len(self._sessions) == 1 else "several sessions"

    def focus_on(self) -> Focus:
        one = self._sessions[0] if len(self._sessions) == 1 else None
        return Focus(screen="session" if one else "sessions", session_id=one)

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(
            [
                Para(f"Report of {self._subject}", "section", right="readable by you only"),
                Para("  What became of each unit, who did what, every request, with SHA-256 sums."),
                Para(),
            ]
        )
        yield FieldLine("Forms", RadioLine(_CHOICES, "all", id="report-forms"))
        yield FieldLine("Folder", TextField(id="report-folder"))
        yield Paragraphs([Para()])
        yield ActLine("Write report")
        yield Paragraphs(id="report-note")

    def on_mount(self) -> None:
        field = self.query_one(TextField)
        field.value = str(Path.cwd() / self._offered(self.ws.clock.now()))
        field.cursor_position = len(field.value)
        field.focus()
        self.query_one(ActLine).tell("Write report", "enter: into a new folder", ready=True)

    def _offered(self, now: datetime) -> str:
        name = f"plan-{self._plan}" if self._plan else f"session-{short_id(self._sessions[0])}"
        return f"report-{name}-{now.astimezone(self.ws.zone):%Y-%m-%d-%H%M}"

    @property
    def stops(self) -> list[Widget]:
        return [self.query_one(RadioLine), self.query_one(TextField), self.query_one(ActLine)]

    def context(self) -> ReportContext:
        return ReportContext(written=self._bundle is not None)

    # -- keys -----------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.press("write")

    @on(ActLine.Pressed)
    def _act(self) -> None:
        self.press("write")

    def copy_sums(self, row: str | None) -> None:
        if self._bundle is not None:
            lines = [f"{one.sha256}  {one.name}" for one in self._bundle.files]
            text = "\n".join([*lines, f"{self._bundle.manifest_sha256}  manifest.json"])
            self.say(copy(self.app, text, "the sums of the report"))

    async def write(self, row: str | None) -> None:
        """Reads everything again, and writes the folder whole or not at all."""
        if self._busy or self._bundle is not None:
            return
        self._busy = True
        try:
            await self._write()
        except BackupTuiError as error:
            self._note([Para(f"  {error.sentences}", "bad")])
        finally:
            self._busy = False

    async def _write(self) -> None:
        folder = await asyncio.to_thread(fresh_folder, self.query_one(TextField).value.strip() or "report")
        self._note([Para("  Reading everything again for the report…", "moving")])
        report, why = await facts_now(
            self.ws,
            self._sessions,
            self._plan,
            lambda step: self._note([Para(f"  Reading everything again: {step.done} of {step.of}", "moving")]),
        )
        forms = _FORMS[self.query_one(RadioLine).value or "all"]
        self._bundle = await asyncio.to_thread(write_bundle, report, folder, forms)
        unknown = [why, *report.unknown] if why else list(report.unknown)
        self._show_written(self._bundle, unknown)

    def _show_written(self, bundle: Bundle, unknown: list[str]) -> None:
        if not self.is_open:
            return
        sums = [(one.name, one.sha256) for one in bundle.files]
        self._note(
            [
                Para(f"Written: {counted(len(bundle.files), 'file')}", "section", right="y copies the sums"),
                Para(f"  {bundle.folder}"),
                *(Para(f"  {name:<14}{digest[:12]}…{digest[-12:]}") for name, digest in sums),
                Para("  Sum of the manifest, to note in the ticket; it proves all files:"),
                Para(f"  {bundle.manifest_sha256}", "strong"),
                *(Para(sentence, mark="  ? ", mark_tone="warn") for sentence in unknown),
            ]
        )
        for each in self.query(FieldLine):
            each.display = False
        act = self.query_one(ActLine)
        act.display = False
        self.set_focus(None)
        self.refresh_frame()
        self.program.say(f"Report saved: {bundle.folder}")

    def _note(self, lines: list[Para]) -> None:
        if self.is_open:
            self.query_one("#report-note", Paragraphs).show([Para(), *lines])


# fmt: off
COMMANDS: Commands[ReportForm, ReportContext] = (
    Command("write", ("enter",), "write", "Writes the report into a new folder; nothing is overwritten.",
            run=ReportForm.write, footer_text=lambda context: "" if context.written else "write",
            blocked=lambda context: "The report is written; esc goes back." if context.written else None),
    Command("next_field", ("tab", "down"), "next field", "The next field.", run=ReportForm.next_field,
            footer_text=lambda context: "" if context.written else "next field"),
    Command("field_before", ("shift+tab", "up"), help="The field before.", run=ReportForm.field_before),
    Command("copy_sums", ("y",), help="Copies the sums of the files.", run=ReportForm.copy_sums,
            footer_text=lambda context: "copy sums" if context.written else "",
            blocked=lambda context: None if context.written else "Nothing is written yet."),
    replace(BACK, keys=("escape",), label="back", side="right"),
)
# fmt: on
ReportForm.offers(COMMANDS)
