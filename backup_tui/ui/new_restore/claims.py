"""Which kept form a form on the screen goes on with, when other instances are filling in forms too."""

from __future__ import annotations

from itertools import count

from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.kept_forms import IN_PROGRESS
from backup_tui.workspace import Workspace

MOST_PLACES = 9
"""So many forms of one kind are looked through for one that nobody fills in."""


class Claims:
    """Claims a place where a form is kept, so that no other instance goes on with the same form.

    Args:
        workspace: Where forms are kept.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._claimed: str | None = None

    async def take(self, base: str) -> tuple[str, RestoreForm | None, str | None]:
        """Claims the first kept form that nobody else fills in, else the first free place.

        Args:
            base: The usual place; others are `base:2`, `base:3` and so on.

        Returns:
            The place; the form kept there; and which instance (`pid 4711`) has the form of the usual place, when one
            is kept there.

        Raises:
            LocalError: A form cannot be read.
        """
        desk = self._ws.restore
        free: str | None = None
        other: str | None = None
        for number in count(1):
            place = base if number == 1 else f"{base}:{number}"
            holder = desk.claim_form(place)
            if holder is not None:
                if number == 1 and await desk.kept_form(place) is not None:
                    other = holder.label.partition(" on ")[0]
            else:
                kept = await self._kept(place)
                if kept is not None:
                    if free is not None:
                        desk.release_form(free)
                    self._claimed = place
                    return place, kept, other
                if free is None:
                    free = place
                else:
                    desk.release_form(place)
            if free is not None and number >= MOST_PLACES:
                break
        assert free is not None
        self._claimed = free
        return free, None, other

    async def _kept(self, place: str) -> RestoreForm | None:
        try:
            return await self._ws.restore.kept_form(place)
        except BaseException:
            self._ws.restore.release_form(place)
            raise

    async def make_room(self) -> tuple[str, RestoreForm | None]:
        """Claims a place for a form that is given: the usual one, whose form is put aside, or another free one.

        Returns:
            The place, and the form that was put aside.

        Raises:
            LocalError: A form cannot be read or put aside.
        """
        desk = self._ws.restore
        for number in count(1):
            place = IN_PROGRESS if number == 1 else f"{IN_PROGRESS}:{number}"
            if desk.claim_form(place) is not None:
                continue
            if number == 1:
                self._claimed = place
                return place, await desk.set_form_aside()
            if await self._kept(place) is None:
                self._claimed = place
                return place, None
            desk.release_form(place)
        raise AssertionError("unreachable")

    def release(self) -> None:
        """Gives the place back."""
        if self._claimed is not None:
            self._ws.restore.release_form(self._claimed)
            self._claimed = None
