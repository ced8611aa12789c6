"""Deleting a draft: what is in it, that it is only a list, and that its names and times are kept here."""

from __future__ import annotations

from msgspec.structs import replace
from textual import on

from backup_tui.errors import BackupTuiError, NotFound
from backup_tui.models.own_words import small_print
from backup_tui.models.phrases import phrase, wrong_phrase_words
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.deletion import DraftDeleted
from backup_tui.store.changes import Change
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.review.commands import STILL_SENDING
from backup_tui.ui.review.outcome import SHOWN_NAMES, OutcomeScreen, new_with_them, show_names
from backup_tui.ui.review.screen import ReviewPhrase
from backup_tui.ui.routes import OpenNewRestore
from backup_tui.ui.vocabulary.names import units_words
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.phrase_field import PhraseField


class DeleteContext(Context, frozen=True):
    """What the commands of this dialog look at.

    Attributes:
        stops: Why it cannot be deleted now; None when it can.
        done: It is deleted.
        kept: What was in it is kept here.
        busy: The request is on its way.
        exact: The phrase stands in its field.
    """

    stops: str | None = None
    done: bool = False
    kept: bool = False
    busy: bool = False
    exact: bool = False


class DeleteDraft(OutcomeScreen):
    """The dialog before a draft is deleted, and what is said afterwards.

    Args:
        session_id: The draft.
    """

    def __init__(self, session_id: str) -> None:
        super().__init__(session_id)
        self._read = False
        self._busy = False
        self._deleted: DraftDeleted | None = None
        self._names: tuple[str, ...] = ()
        self._failure: BackupTuiError | None = None
        self._wrong = ""

    def subtitle(self) -> str:
        """Which draft."""
        return f"Delete draft {short_id(self.session_id)}"

    def context(self) -> DeleteContext:
        """Whether it can be deleted now."""
        return DeleteContext(
            read_only=self.program.workspace.read_only,
            stops=self._stops(),
            done=self._deleted is not None,
            kept=self._kept > 0,
            busy=self._busy,
            exact=self._field is not None and self._field.is_exact,
        )

    @property
    def phrase(self) -> str:
        """What has to be typed."""
        return phrase("delete", short_id(self.session_id).casefold(), self.ws.who.tenant_word)

    @property
    def _field(self) -> ReviewPhrase | None:
        return next(iter(self.query(ReviewPhrase)), None) if self.is_open else None

    def show(self) -> None:
        """Brings the text up to date, and the phrase's field where the draft can be deleted."""
        super().show()
        if not self.is_open:
            return
        field, offered = self._field, self._stops() is None and not self.program.workspace.read_only
        if offered and field is None:
            field = ReviewPhrase(self.phrase)
            self.query_one("#body").mount(field)
            field.focus()
        elif not offered and field is not None:
            field.remove()

    @on(ReviewPhrase.AllWanted)
    def _all_wanted(self) -> None:
        self.press("show_names")

    @on(ReviewPhrase.Typed)
    def _typing(self) -> None:
        self.refresh_frame()

    @on(PhraseField.Refused)
    def _refused(self, event: PhraseField.Refused) -> None:
        self._wrong = wrong_phrase_words(event.typed, event.phrase, "deleted") if event.typed.strip() else ""
        self.show()

    @on(PhraseField.Submitted)
    def _submitted(self) -> None:
        self.press("delete_it")

    def _stops(self) -> str | None:
        row = self._row
        if self._deleted is not None:
            return "It is deleted already."
        if self._busy:
            return "The request is on its way."
        if not self._read or row is None:
            return "The draft is being read." if self._failure is None else "It could not be read; esc goes back."
        if row.gone:
            return "The service no longer has this session."
        return None if row.state.allows(Action.DELETE) else f"It is no longer a draft: {row.state.word}."

    @property
    def _row(self) -> SessionRow | None:
        return self.ws.store.sessions.get(self.session_id)

    def on_mount(self) -> None:
        """Reads the draft, so that its names can be shown and kept."""
        self.program.start(self._look_at_it(), f"read draft {short_id(self.session_id)}")

    async def _look_at_it(self) -> None:
        try:
            await self.ws.load_artifacts(self.session_id)
            await self.ws.restore.learn_units(self.session_id)
            self._read = True
        except BackupTuiError as error:
            self._failure = error
        self._names = tuple(row.name for row in self._units())
        self.show()

    def _units(self) -> list[ArtifactRow]:
        rows = self.ws.store.artifacts(self.session_id).values()
        return sorted(rows, key=lambda row: (row.unit_id is None, row.name.casefold()))

    def changed(self, change: Change) -> None:
        """The draft may be started or deleted by somebody else meanwhile."""
        if self._deleted is None and not self._busy and (units := self._units()):
            self._names = tuple(row.name for row in units)
        super().changed(change)

    # -- what it says ---------------------------------------------------------------------------------------

    def paragraphs(self) -> list[Para]:
        """Before: what is in it. Afterwards: what is kept."""
        if self._deleted is not None:
            return self._afterwards(self._deleted)
        if not self._read:
            return self._unread()
        row, service = self._row, self._service
        count = units_words(service, len(self._names))
        where = f", {row.destination.word}" if row is not None and row.destination is not None else ""
        rest = len(self._names) - SHOWN_NAMES
        lines = [Para(f"Draft {short_id(self.session_id)}: {count}{where}{self._made()}.", "strong")]
        if (stops := self._stops()) is not None and not self._busy:
            lines.append(Para(f"It cannot be deleted now. {stops}", "bad"))
        lines += [
            Para(f"The draft is removed from the service. {self._keeps()}"),
            Para(),
            *([Para(parts=self._names[:SHOWN_NAMES], mark="  ")] if self._names else []),
            *([Para(f"and {rest:,} more: v shows all.", "dim", "  ")] if rest > 0 else []),
            Para(),
        ]
        if self._busy:
            return [*lines, Para("Deleting it. Wait for the answer.", "moving")]
        if self._failure is not None:
            said = [Para(line, "dim") for line in small_print(self._failure)]
            lines += [Para(self._failure.sentences, "bad"), *said, Para()]
        return [*lines, Para(self._wrong, "bad")] if self._wrong else lines

    def _keeps(self) -> str:
        nameless = sum(row.unit_id is None for row in self._units())
        if nameless == 0:
            return "Nothing is restored; its names and times are kept here. n then starts a new one with them."
        if nameless == len(self._names):
            return "Nothing is restored. The service does not name its units, so nothing of it can be kept here."
        return f"Nothing is restored; names and times are kept here, but {nameless:,} units have no name."

    @property
    def _kept(self) -> int:
        """How many units can be taken over into a new draft."""
        record = self._deleted.record if self._deleted is not None else None
        return len(record.units) if record is not None else 0

    def _unread(self) -> list[Para]:
        if self._failure is None:
            return [Para(f"Reading draft {short_id(self.session_id)}...")]
        if isinstance(self._failure, NotFound):
            return [Para(f"The service has no draft {short_id(self.session_id)} any more; nothing is left to delete.")]
        lines = [Para(self._failure.message, "warn"), Para("Nothing was deleted."), Para(self._failure.hint)]
        return [*lines, *(Para(line, "dim") for line in small_print(self._failure))]

    def _made(self) -> str:
        row = self._row
        if row is None or row.created is None:
            return ""
        return f", made{f' by {row.created_by}' if row.created_by else ''} {self.at(row.created)}"

    def _afterwards(self, deleted: DraftDeleted) -> list[Para]:
        name = short_id(self.session_id)
        first = (
            f"Draft {name} was gone already; somebody else deleted it."
            if deleted.already_gone
            else f"Draft {name} is deleted."
        )
        count = self._kept
        if not count:
            return [Para(first, "strong"), Para("What was in it is not known here, so nothing of it is kept.")]
        kept = "Its name and time are kept" if count == 1 else f"Its {count:,} names and times are kept"
        return [
            Para(first, "strong"),
            Para(f"{kept} on this machine."),
            Para(),
            Para(parts=("n  new restore with them", "v  all names", "esc  back"), mark="  "),
        ]

    @property
    def _service(self) -> Service | None:
        return self._row.service if self._row is not None else None

    # -- keys -----------------------------------------------------------------------------------------------

    async def delete_it(self, row: str | None) -> None:
        self._busy, self._failure, self._wrong = True, None, ""
        self.show()
        try:
            self._deleted = await self.ws.restore.delete_draft(self.session_id)
        except BackupTuiError as error:
            self._failure = error
        finally:
            self._busy = False
            self.show()
        if self._deleted is not None:
            kept = "; what was in it is kept here" if self._kept else ""
            self.program.say(f"Draft {short_id(self.session_id)} is deleted{kept}.")

    def new_with_them(self, row: str | None) -> None:
        if self._deleted is None or self._deleted.record is None:
            self.say("What was in it is not known here.")
            return
        form = self.ws.restore.form_from_record(self._deleted.record)
        if self.close():
            self.program.open(OpenNewRestore(form))

    def show_names(self, row: str | None) -> None:
        self.program.push_screen(PagerScreen(f"Draft {short_id(self.session_id)}", self._names))


def _text_of_delete_it(context: DeleteContext) -> str:
    if context.done:
        return ""
    return "delete the draft" if context.exact else "works when the text is exact"


def _why_no_new_restore(context: DeleteContext) -> str | None:
    if not context.done:
        return "Possible once the draft is deleted; c changes it as it is."
    return None if context.kept else "What was in it is not known here."


# fmt: off
COMMANDS: Commands[DeleteDraft, DeleteContext] = (
    Command("delete_it", ("enter",), "delete the draft",
            "Deletes the draft at the service when the phrase is exact; its names and times are kept here.",
            run=DeleteDraft.delete_it, group="Change", changes=True, needs="service", feature="restore",
            blocked=lambda context: context.stops or (None if context.exact else "Type the phrase first."),
            footer_text=_text_of_delete_it),
    show_names(DeleteDraft.show_names),
    new_with_them(DeleteDraft.new_with_them)
        .when(blocked=_why_no_new_restore, footer_text=lambda context: "new restore with them" if context.kept else ""),
    replace(BACK, label="keep it", side="right", weight=0)
        .when(blocked=lambda context: STILL_SENDING if context.busy else None,
              footer_text=lambda context: "back" if context.done else "keep it"),
)
# fmt: on
DeleteDraft.offers(COMMANDS)
