"""Keeps what is entered in a search for mails while it is entered, so that leaving the screen loses nothing."""

from backup_tui.changes.context import Context
from backup_tui.restore.mail.kept_search import FilledIn, keep_search, kept_search
from backup_tui.ui.mail.fields import MailFields
from backup_tui.ui.program import Program


class KeptFields:
    """The fields of one mailbox's search, kept on this machine until a draft is made of it.

    Of many changes in a row only the last is written.

    Args:
        context: Has the journal that they are kept in.
        unit_id: The mailbox.
        fields: What a person fills in.
    """

    def __init__(self, context: Context, unit_id: str, fields: MailFields, program: Program) -> None:
        self._context, self._unit_id, self._fields, self._program = context, unit_id, fields, program
        self._entered = FilledIn()
        self._kept: FilledIn | None = None
        self._writing = False

    def take_up(self) -> None:
        """What was entered before and made no draft is there again, unless a person is faster."""
        self._program.start(self._take_up(), "the search as it was left")

    async def _take_up(self) -> None:
        self._kept = await kept_search(self._context.journal, self._unit_id)
        if self._fields.is_attached and self._fields.filled == FilledIn():
            self._fields.take_up(self._kept)
        self.keep()

    def keep(self) -> None:
        """Something else was entered."""
        if self._fields.is_attached:
            self._entered = self._fields.filled
        if not self._writing and self._kept not in (None, self._entered):
            self._writing = True
            self._program.start(self._write(), "keeping the search")

    async def _write(self) -> None:
        try:
            while (entered := self._entered) != self._kept:
                await keep_search(self._context.journal, self._unit_id, entered)
                self._kept = entered
        finally:
            self._writing = False

    async def forget(self) -> None:
        """A draft was made of it: the next search begins with empty fields. Raises `JournalError`."""
        await keep_search(self._context.journal, self._unit_id, FilledIn())
