"""Keeps the form on this machine while it is filled in: no change is lost, and no other instance has it open."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Protocol

from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.kept_forms import IN_PROGRESS, forget_form, keep_form, kept_form, set_form_aside
from backup_tui.workspace import Workspace


class Start(Protocol):
    """Runs work beside the screens and reports its failure (`Program.start`)."""

    def __call__(self, work: Awaitable[object], name: str, group: str = "work", exclusive: bool = False) -> None: ...


MOST_PLACES = 9  # so many forms of one kind are looked through for one that nobody fills in


class Keeping:
    """The place where one form is kept: claimed for this instance, and written while the form is filled in.

    Of many changes in a row only the last is written. `workspace`: what keeps it; may still be opening, then nothing is
    written yet. `written`: called when there is nothing left to write."""

    def __init__(self, workspace: Workspace, start: Start, written: Callable[[], None]) -> None:
        self._ws = workspace
        self._start = start
        self._written = written
        self._unkept: RestoreForm | None = None
        self._claimed = False
        self.place = IN_PROGRESS  # where the form is kept
        self.busy = False  # whether something is being written

    # -- which form ------------------------------------------------------------------------------------------

    async def take(self, base: str) -> tuple[RestoreForm | None, str | None]:
        """Claims the first kept form that nobody else fills in, else the first free place. Returns the form kept there,
        and which instance (`pid 4711`) has the form of the usual place, when one is kept there. `base`: the usual
        place; others are `base:2`, `base:3` and so on. Raises `LocalError`: a form cannot be read."""
        claims, journal = self._ws.form_claims, self._ws.context.journal
        free: str | None = None
        other: str | None = None
        for number in count(1):
            place = base if number == 1 else f"{base}:{number}"
            holder = claims.claim(place)
            if holder is not None:
                if number == 1 and await kept_form(journal, place) is not None:
                    other = holder.label.partition(" on ")[0]
            else:
                kept = await self._kept(place)
                if kept is not None:
                    if free is not None:
                        claims.release(free)
                    self._claim(place)
                    return kept, other
                if free is None:
                    free = place
                else:
                    claims.release(place)
            if free is not None and number >= MOST_PLACES:
                break
        assert free is not None
        self._claim(free)
        return None, other

    def _claim(self, place: str) -> None:
        self.place, self._claimed = place, True

    async def _kept(self, place: str) -> RestoreForm | None:
        try:
            return await kept_form(self._ws.context.journal, place)
        except BaseException:
            self._ws.form_claims.release(place)
            raise

    async def make_room(self) -> RestoreForm | None:
        """Claims a place for a form that is given: the usual one, whose form is put aside, or another free one. Returns
        the form that was put aside. Raises `LocalError`: a form cannot be read or put aside."""
        claims = self._ws.form_claims
        for number in count(1):
            place = IN_PROGRESS if number == 1 else f"{IN_PROGRESS}:{number}"
            if claims.claim(place) is not None:
                continue
            if number == 1:
                self._claim(place)
                return await set_form_aside(self._ws.context.journal)
            if await self._kept(place) is None:
                self._claim(place)
                return None
            claims.release(place)
        raise AssertionError("unreachable")

    def release(self) -> None:
        if self._claimed:
            self._ws.form_claims.release(self.place)
            self._claimed = False

    # -- writing it ------------------------------------------------------------------------------------------

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
                await keep_form(self._ws.context.journal, form, self.place)
        finally:
            self.busy = False
            self._written()

    async def keep_now(self, form: RestoreForm) -> None:
        """Writes the form down before anything else is done. Raises `JournalError`: it could not be written."""
        self._unkept = None
        await keep_form(self._ws.context.journal, form, self.place)

    async def forget(self) -> None:
        self._unkept = None
        await forget_form(self._ws.context.journal, self.place)
