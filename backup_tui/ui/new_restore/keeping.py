"""Writes the form down on this machine while it is filled in, so that no change of it is lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.kept_forms import IN_PROGRESS
from backup_tui.workspace import Workspace


class Start(Protocol):
    """Runs work beside the screens and reports its failure (`Program.start`)."""

    def __call__(self, work: Awaitable[object], name: str, group: str = "work", exclusive: bool = False) -> None: ...


class Keeping:
    """Writes one form after the other; of many changes in a row only the last is written.

    Args:
        workspace: What keeps it; may still be opening, then nothing is written yet.
        start: Runs work beside the screens.
        written: Called when there is nothing left to write.

    Attributes:
        place: Where the form is kept.
        busy: Whether something is being written.
    """

    def __init__(self, workspace: Workspace, start: Start, written: Callable[[], None]) -> None:
        self._ws = workspace
        self._start = start
        self._written = written
        self._unkept: RestoreForm | None = None
        self.place = IN_PROGRESS
        self.busy = False

    def keep(self, form: RestoreForm) -> None:
        """Writes the form down, soon."""
        self._unkept = form
        if not self.busy and self._ws.is_open:
            self.busy = True
            self._start(self._write(), "keep the form")

    async def _write(self) -> None:
        try:
            while (form := self._unkept) is not None:
                self._unkept = None
                await self._ws.restore.keep_form(form, self.place)
        finally:
            self.busy = False
            self._written()

    async def keep_now(self, form: RestoreForm) -> None:
        """Writes the form down before anything else is done.

        Raises:
            JournalError: It could not be written.
        """
        self._unkept = None
        await self._ws.restore.keep_form(form, self.place)

    async def forget(self) -> None:
        """Drafts hold everything now, so the form need not be kept."""
        self._unkept = None
        await self._ws.restore.forget_form(self.place)
