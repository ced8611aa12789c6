"""`e`: asks for a path, and writes a text to a local file that only its owner can read."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from backup_tui.errors import BackupTuiError, LocalError
from backup_tui.restore.report import save_report
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs


class SaveFile(BaseScreen):
    """Asks for a path and writes a text there.

    The file is readable by its owner only. An existing file is replaced after a second `enter`, a link never.

    Args:
        title: What is written.
        name: Name of the file that is offered, in the folder in which the program was started.
        make: Makes the text; raises BackupTuiError.
        what: What the message calls it once it is saved.
    """

    SHARED = DIALOG

    def __init__(self, title: str, name: str, make: Callable[[], Awaitable[str]], *, what: str = "Report") -> None:
        super().__init__()
        self._title = title
        self._offered = str(Path.cwd() / name)
        self._make = make
        self._what = what
        self._text: str | None = None
        self._asked_to_replace = ""
        self._busy = False

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(
            [
                Para(self._title, "section", right="readable by you only"),
                Para("  Where to? ~ is your home folder."),
                Para(),
            ]
        )
        yield FieldLine("File", TextField(self._offered, id="save-path"))
        yield Paragraphs(id="save-note")

    def on_mount(self) -> None:
        field = self.query_one(TextField)
        field.focus()
        field.cursor_position = len(field.value)

    @on(Input.Changed)
    def _another_path(self) -> None:
        self._asked_to_replace = ""
        self._note("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.press("save")

    async def write_file(self, row: str | None) -> None:
        written = self.query_one(TextField).value.strip()
        if self._busy or not written:
            self._note("" if self._busy else "Give the name of a file.", "warn")
            return
        self._busy = True
        try:
            await self._write(written)
        except BackupTuiError as error:
            self._note(error.sentences, "bad")
        finally:
            self._busy = False

    async def _write(self, written: str) -> None:
        path, refusal = await asyncio.to_thread(_target, written)
        if refusal:
            self._note(refusal, "bad")
            return
        if self._text is None:
            self._note("Reading everything again for the file…", "moving")
            self._text = await self._make()
        try:
            await asyncio.to_thread(save_report, path, self._text, replace=self._asked_to_replace == written)
        except LocalError as error:
            if error.code != "FileExists":
                raise
            self._asked_to_replace = written
            self._note(f"{path} already exists and was not changed. enter again replaces it.", "warn")
            return
        self.close()
        self.program.say(f"{self._what} saved: {path}")

    def _note(self, text: str, look: str = "") -> None:
        if self.is_open:
            self.query_one("#save-note", Paragraphs).show([Para(), Para(f"  {text}", look)] if text else [])


def _target(written: str) -> tuple[Path, str]:
    """The path as it was meant, and why nothing is written there; empty when something can be."""
    try:
        path = Path(written).expanduser()
        if path.is_symlink():
            return path, f"{path} is a link; nothing is written through links. Give another name."
        if path.is_dir():
            return path, f"{path} is a folder. Give the name of a file in it."
        if not path.parent.is_dir():
            return path, f"The folder {path.parent} does not exist. Create it first, or give another."
    except (OSError, RuntimeError, ValueError) as error:
        return Path(written), f"This path cannot be used: {error}."
    return path, ""


COMMANDS: Commands[SaveFile, Context] = (
    Command(
        "save",
        ("enter",),
        "save",
        "Writes the file; an existing file is replaced only after a second enter.",
        run=SaveFile.write_file,
    ),
    replace(BACK, keys=("escape",), label="cancel", side="right"),
)
SaveFile.offers(COMMANDS)
