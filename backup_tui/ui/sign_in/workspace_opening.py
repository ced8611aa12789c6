"""From the first frame to an open workspace: what prevents it is shown, and fixed on the spot."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from backup_tui.errors import BackupTuiError

if TYPE_CHECKING:
    from backup_tui.ui.program import Program


class WorkspaceOpener:
    """Keeps the workspace open until the program ends. `opened`: called once the workspace is open. `ending`: set when
    the program ends."""

    def __init__(self, app: "Program", opened: Callable[[], None], ending: asyncio.Event) -> None:
        self._app = app
        self._opened = opened
        self._ending = ending
        self._inside = False

    async def stay_open(self) -> None:
        """Opens the workspace, again each time somebody puts right what prevents it, and closes it at the end."""
        app = self._app
        while True:
            try:
                await app.workspace.stay_open(self._ready, self._ending, app.say)
                return
            except BackupTuiError as error:
                if self._inside or self._ending.is_set():
                    app.exit(error.exit_code, return_code=error.exit_code, message=error.sentences)
                    return
                await self._put_right(error)
            if self._ending.is_set():
                return

    def _ready(self) -> None:
        self._inside = True
        if self._app.beginning.words:
            self._app.say(self._app.beginning.words, everywhere=True)
        self._opened()

    async def _put_right(self, error: BackupTuiError) -> None:
        from backup_tui.ui.sign_in.screen import SignInScreen

        passed = asyncio.Event()
        self._app.push_screen(SignInScreen(passed.set, starting=True, error=error))
        waits = [asyncio.create_task(event.wait()) for event in (passed, self._ending)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
