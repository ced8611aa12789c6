"""`B` on a draft, in the beta version of the service: sends members of the session itself (seed page 002)."""

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from backup_tui.changes.change import carry_out
from backup_tui.errors import BackupTuiError
from backup_tui.models.statuses import session_status
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.base_members import UpdateBase, read_members, unchanged
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs


class BaseMembers(BaseScreen):
    """Asks for a JSON object, sends it to the base path of a draft, and says what the service made of it."""

    SHARED = DIALOG

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self._session_id = session_id
        self._busy = False

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(
            [
                Para(f"Members of draft {short_id(self._session_id)}", "section", right="beta version of the service"),
                Para("  Members of the session itself can be sent: status, completedDateTime and the like."),
                Para("  The service accepts them and keeps its own values. Esc, then c changes the units."),
                Para(),
            ]
        )
        yield FieldLine("JSON", TextField('{"completedDateTime": null}', id="members"))
        yield Paragraphs(id="members-note")

    def on_mount(self) -> None:
        self.query_one(TextField).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.press("send_members")

    async def send_members(self, row: str | None) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            changes = read_members(self.query_one(TextField).value, "The text")
            self._note("Sending it...", "moving")
            session = await carry_out(self.ws.context, UpdateBase(self._session_id, changes), None)
        except BackupTuiError as error:
            self._note(error.sentences, "bad")
        else:
            word = session_status(session.status).word
            kept = unchanged(session, changes)
            own = f" Not as sent: {', '.join(kept)}. The service sets these automatically." if kept else ""
            self._note(f"The service accepted it; the session is {word}.{own}", "good")
        finally:
            self._busy = False

    def _note(self, text: str, look: str = "") -> None:
        if self.is_open:
            self.query_one("#members-note", Paragraphs).show([Para(), Para(f"  {text}", look)] if text else [])


# fmt: off
COMMANDS: Commands[BaseMembers, Context] = (
    Command("send_members", ("enter",), "send", "Sends the members to the draft; nothing is restored by that.",
            run=BaseMembers.send_members, changes=True, needs="restore", feature="restore"),
    replace(BACK, keys=("escape",), label="back", side="right"),
)
# fmt: on
BaseMembers.offers(COMMANDS)
