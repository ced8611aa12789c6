"""Where the person was at the last time: found again at the start, and kept when the program is left."""

import asyncio
from typing import TYPE_CHECKING

from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import OpenNewRestore, OpenTop
from backup_tui.workspace.last_place import LastPlace

if TYPE_CHECKING:
    from backup_tui.ui.app import BackupTui
    from backup_tui.ui.frame.listing import ListScreen


class Places:
    """The filters of the screens 1 to 5 as a person left them, and where the person was."""

    def __init__(self, app: "BackupTui") -> None:
        self._app = app
        self._filters: dict[str, str] = {}

    def noted(self, screen: "ListScreen") -> None:
        """A person filtered a list."""
        if isinstance(screen.place, OpenTop):
            self._filters[screen.place.title] = screen.filter_text

    def restore(self, screen: "ListScreen") -> None:
        """Filters a list as it was left."""
        if isinstance(screen.place, OpenTop) and (kept := self._filters.get(screen.place.title)):
            screen.filter_by(kept)

    async def recall(self) -> None:
        """Goes where the person was, unless a key was pressed before that was known."""
        file = self._app.workspace.last_place_file()
        if file is None or self._app.beginning.switched:
            return
        place = await asyncio.to_thread(file.read)
        if self._filters or self._app.pressed or self._app.ending:
            return
        self._filters = dict(place.filters)
        if 1 < place.screen <= len(self._app.titles):
            self._app.go_to(place.screen)
        if place.form:
            self._app.open(OpenNewRestore())
        if place.form or self._app.number > 1:
            self._app.say(
                "This is where you were. 1 shows what happened meanwhile."
                if not place.form
                else "This is the form that was open."
            )

    def keep(self) -> None:
        """Keeps where the person is, for the next start."""
        file = self._app.workspace.last_place_file()
        if file is None:
            return
        stack = self._app.screen_stack
        form = any(isinstance(one, BaseScreen) and isinstance(one.place, OpenNewRestore) for one in stack)
        file.keep(LastPlace(self._app.number, form, self._filters))
        self._app.workspace.keep_profile()
