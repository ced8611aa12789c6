"""`N`: asks for a note on a restore session, which is kept on this machine."""

from collections.abc import Callable

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from backup_tui.restore.session_notes import LONGEST
from backup_tui.store.rows import SessionRow
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.vocabulary.sessions import title_of
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs


class SessionNote(BaseScreen):
    """Asks for the note of a session; the one that is kept can be changed. `session`: what the note is about. `kept`:
    called once it is kept."""

    SHARED = DIALOG

    def __init__(self, session: SessionRow, kept: Callable[[], None]) -> None:
        super().__init__()
        self._kept = kept
        self._session = session

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(
            [
                Para(f"Note on {title_of(self._session)}", "section", right="kept on this machine only"),
                Para("  Your own words: a ticket, who was asked. Hand-overs show it."),
                Para("  It is not sent to the service. An empty note is removed."),
                Para(),
            ]
        )
        yield FieldLine("Note", TextField(self.ws.rooms.history.notes.get(self._session.id, ""), id="note"))

    def on_mount(self) -> None:
        field = self.query_one(TextField)
        field.max_length = LONGEST
        field.focus()
        field.cursor_position = len(field.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.press("keep")

    async def keep(self, row: str | None) -> None:
        note = await self.ws.rooms.history.keep_note(self._session.id, self.query_one(TextField).value)
        if self.close():
            self._kept()
            title = title_of(self._session)
            self.program.say(f"Note on {title} kept on this machine." if note else f"{title} has no note.")


COMMANDS: Commands[SessionNote, Context] = (
    Command("keep", ("enter",), "keep", "Keeps the note; an empty one is removed.", run=SessionNote.keep),
    replace(BACK, keys=("escape",), label="cancel", side="right"),
)
SessionNote.offers(COMMANDS)
