"""Several tenants at once, each with a simulated service and a sign-in of its own: for the pictures of all of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from make import NOW, token_of
from msgspec.structs import replace

from backup_tui.config import Flags, Settings, SignInSettings, Token, load_settings
from backup_tui.errors import SignInError
from backup_tui.models.clock import ManualClock
from backup_tui.models.prompts import BrowserPage, DeviceCode, Prompt
from backup_tui.signin.sign_in import SignIn
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock as SimulatedClock
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.ui.app import BackupTui
from backup_tui.ui.restart import StartOptions
from backup_tui.ui.start import make_app
from backup_tui.workspace import Workspace
from backup_tui.workspace.tenants import Tenants

CODE = DeviceCode(
    "DJFX2QK7P", "https://login.microsoft.com/device", NOW + timedelta(minutes=15), "Open the page and enter the code."
)
PAGE = BrowserPage(
    "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?client_id=0f1e2d3c&state=" + "Ab3" * 90, 8400
)
COLOURS = {"production": "red", "tailspin": "green", "adatum": "cyan", "wingtip": "yellow", "litware": "blue"}
WORDS = {"production": "PRODUCTION", "tailspin": "CUSTOMER C", "adatum": "TEST", "wingtip": "CUSTOMER E"}
AWAY = {
    "wingtip": SignInError("login.microsoftonline.com cannot be reached.", code="Outage", needs_person=False),
    "litware": SignInError("Nobody is signed in.", code="NoSignIn"),
}


class Known:
    """A sign-in whose answer is known, and which asks nobody."""

    flow = "device-code"
    interactive = True
    notices: tuple[str, ...] = ()

    def __init__(self, answer: Token | SignInError) -> None:
        self._answer = answer

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        if isinstance(self._answer, SignInError):
            raise self._answer
        return self._answer

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        return await self.token()

    def renew_now(self) -> None:
        """Nothing is to be renewed."""

    async def forget(self) -> bool:
        return False

    async def aclose(self) -> None:
        """Nothing is to be closed."""


class Asking(Known):
    """A sign-in that asks a person, who does not come until it is told how that ends."""

    def __init__(self, flow: str, prompt: Prompt) -> None:
        super().__init__(SignInError("Nobody is signed in.", code="NoSignIn"))
        self.flow, self._prompt = flow, prompt
        self._person: asyncio.Future[Token] | None = None

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        self._person = asyncio.get_running_loop().create_future()
        show(self._prompt)
        return await self._person

    def ends(self, error: SignInError) -> None:
        """Ends the sign-in with an error."""
        assert self._person is not None
        self._person.set_exception(error)


def app_asking(sign_in: Asking) -> Callable[[Settings, ManualClock, Any], BackupTui]:
    """Makes the program with nobody signed in."""

    def app(settings: Settings, clock: ManualClock, service: Any) -> BackupTui:
        client = "0f1e2d3c-0000-4000-8000-00000000c11e"
        asked = SignInSettings(flow=sign_in.flow, tenant="contoso.com", client_id=client)
        settings = replace(settings, token=None, sign_in=asked)
        made: Any = sign_in
        return make_app(Workspace(settings, clock=clock, service=service, sign_in=made))

    return app


def profiles() -> str:
    """A configuration with all of them."""
    return "\n".join(
        f"""[profile.{name}]
tenant = "{"contoso" if name == "production" else name}.com"
client_id = "0f1e2d3c-0000-4000-8000-00000000c11e"
word = "{WORDS.get(name, name)}"
colour = "{colour}"
"""
        for name, colour in COLOURS.items()
    )


def app_on_all(first: Settings, clock: ManualClock, service: Any) -> BackupTui:
    """The program on the first of the tenants, which knows how to sign in to the others."""
    folder = first.state_dir
    assert folder is not None
    file = folder / "config.toml"
    file.write_text(profiles(), encoding="utf-8")
    environ = {"BACKUP_TUI_STATE_DIR": str(folder), "TZ": "Europe/Berlin"}
    os.environ |= environ  # the list of tenants reads the profiles again
    services = {
        name: service if name == "production" else create_app(Simulated(units=60), SimulatedClock(clock.now()))
        for name in COLOURS
    }

    def workspace(settings: Settings, sign_in: SignIn | None) -> Workspace:
        known = sign_in or Known(AWAY.get(settings.profile) or token_of(settings.tenant))
        return Workspace(settings, clock=clock, service=services[settings.profile], sign_in=known)

    tenants = Tenants(workspace)
    settings = load_settings(Flags(profile="production"), environ, file)
    return make_app(tenants.workspace(settings), StartOptions(settings, tenants=tenants))
