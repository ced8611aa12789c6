"""A sign-in that does what a test says, and the program with nobody signed in yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from support import NOW, screen_text

from backup_tui.config import Settings, SignInSettings, Token
from backup_tui.errors import SignInError
from backup_tui.models.clock import ManualClock
from backup_tui.models.prompts import DeviceCode, Prompt
from backup_tui.simulator import settings as simulator_settings
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain import clock as simulator_clock
from backup_tui.ui.app import BackupTui
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.workspace import Workspace

CODE = DeviceCode(
    "DJFX2QK7P", "https://login.microsoft.com/device", NOW + timedelta(minutes=15), "Open the page and enter the code."
)
NOBODY = SignInError("Nobody is signed in.", code="NoSignIn")


class ScriptedSignIn:
    """Stands where msal would; a person comes when the test says so."""

    notices: tuple[str, ...] = ()

    def __init__(
        self, silent: Token | SignInError = NOBODY, *, prompt: Prompt = CODE, flow: str = "device-code"
    ) -> None:
        self.silent, self.prompt, self.flow = silent, prompt, flow
        self.interactive = flow in ("device-code", "browser")
        self.asked = self.cancelled = 0
        self._person: asyncio.Future[Token] | None = None

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        if isinstance(self.silent, SignInError):
            raise self.silent
        return self.silent

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        self.asked += 1
        if not self.interactive:
            return await self.token()
        self._person = asyncio.get_running_loop().create_future()
        show(self.prompt)
        try:
            self.silent = await self._person
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.silent

    def comes(self, answer: str | SignInError) -> None:
        """Somebody signs in with this token, or it ends like this."""
        assert self._person is not None
        if isinstance(answer, SignInError):
            self._person.set_exception(answer)
        else:
            self._person.set_result(Token(answer))

    def renew_now(self) -> None:
        pass

    async def forget(self) -> bool:
        was = not isinstance(self.silent, SignInError)
        self.silent = NOBODY
        return was

    async def aclose(self) -> None:
        pass


def program(state: Path, sign_in: ScriptedSignIn, **more: Any) -> BackupTui:
    """The program on a simulated service, with nobody signed in yet."""
    settings = Settings(
        graph_url="http://127.0.0.1/v1.0",
        profile="production",
        tz="Europe/Berlin",
        state_dir=state,
        sign_in=SignInSettings(
            flow=sign_in.flow, tenant="contoso.com", client_id="0f1e2d3c-0000-4000-8000-00000000c11e"
        ),
        **more,
    )
    service = create_app(simulator_settings.Settings(units=20, history=False), simulator_clock.ManualClock(NOW))
    made: Any = sign_in
    workspace = Workspace(settings, clock=ManualClock(NOW), service=service, sign_in=made)
    return BackupTui(ShownWorkspace(workspace), [("Overview", OverviewScreen)])


def text(app: BackupTui) -> str:
    return "\n".join(screen_text(app))
