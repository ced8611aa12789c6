"""Specifies signing in on the screen: what is shown, what the keys do, and what opens behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sign_ins import CODE, ScriptedSignIn, program, text
from support import ADELE, message, shown_as, until

from backup_tui.config import Token
from backup_tui.errors import SignInError
from backup_tui.models.prompts import BrowserPage, DeviceCode
from backup_tui.ui.frame.screen import MINUTE, BaseScreen
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.sign_in.screen import SignInScreen


async def test_a_code_is_shown_and_once_it_was_entered_the_workspace_opens(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn()
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "D J F X 2 Q K 7 P" in text(app), "the code")
        sign_in.comes(ADELE)
        await until(pilot, lambda: app.workspace.core.is_open, "it is open")
        assert isinstance(app.screen, OverviewScreen)
        assert "adele.vance@contoso.com" in text(app)


async def test_the_code_says_until_when_it_is_good_and_the_minutes_go_down(tmp_path: Path) -> None:
    app = program(tmp_path, ScriptedSignIn())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Valid until 15:47 Europe/Berlin, 15 min left" in text(app))
        clock: Any = app.workspace.clock
        clock.advance(14 * 60 + 20)
        shown_as(app, BaseScreen).receive(MINUTE)
        await until(pilot, lambda: "Valid until 15:47 Europe/Berlin, under 1 min left" in text(app))
        clock.advance(60)
        shown_as(app, BaseScreen).receive(MINUTE)
        await until(pilot, lambda: "It was valid until 15:47 Europe/Berlin. n requests a new code." in text(app))


async def test_code_and_address_are_copied_whole(tmp_path: Path) -> None:
    app = program(tmp_path, ScriptedSignIn())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "D J F X" in text(app))
        await pilot.press("y")
        assert app.clipboard == "DJFX2QK7P"
        await pilot.press("Y")
        assert app.clipboard == "https://login.microsoft.com/device"


async def test_a_new_code_gives_the_old_one_up_and_escape_gives_up_at_once(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn()
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "D J F X" in text(app))
        sign_in.prompt = DeviceCode("NEWCODE22", CODE.url, CODE.expires, CODE.message)
        await pilot.press("n")
        await until(pilot, lambda: "N E W C O D E 2 2" in text(app))
        assert (sign_in.asked, sign_in.cancelled) == (2, 1)
        assert "D J F X" not in text(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Nobody is signed in." in text(app))
        assert sign_in.cancelled == 2
        assert "N E W" not in text(app)
        await pilot.press("escape")
        assert message(app.screen).endswith("q leaves the program.")
        await pilot.press("q")
    assert app.return_code == 3


@pytest.mark.parametrize(
    ("code", "what"), [("CodeExpired", "The code has expired."), ("CodeDeclined", "The sign-in was declined.")]
)
async def test_a_code_that_came_to_nothing_says_so_and_a_new_one_is_offered(
    tmp_path: Path, code: str, what: str
) -> None:
    sign_in = ScriptedSignIn()
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "D J F X" in text(app))
        sign_in.comes(SignInError(what, certainty="Nothing was changed.", hint="Ask for a new code.", code=code))
        await until(pilot, lambda: what in text(app))
        for words in ("Nothing was changed.", "Ask for a new code.", "n new code", code):
            assert words in text(app)
        assert "D J F X" not in text(app)
        await pilot.press("n")
        await until(pilot, lambda: "D J F X" in text(app))
        sign_in.comes(ADELE)
        await until(pilot, lambda: app.workspace.core.is_open)


async def test_missing_consent_shows_the_whole_address_and_copies_it(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn()
    app = program(tmp_path, sign_in)
    url = app.workspace.core.identity.consent_url
    assert "adminconsent?client_id=0f1e2d3c-0000-4000-8000-00000000c11e" in url
    async with app.run_test(size=(60, 24)) as pilot:
        await until(pilot, lambda: "D J F X" in text(app))
        refused = SignInError(
            "The application has not been allowed in contoso.com what it asks for.",
            hint=f"Let an administrator open {url} and agree, then sign in again.",
            code="ConsentRequired",
            request_id="3f2a",
            detail="AADSTS65001: The user or administrator has not consented [bold]to[/bold] it.",
        )
        sign_in.comes(refused)
        await until(pilot, lambda: "has not been allowed" in text(app))
        assert url in text(app).replace("\n", "").replace(" ", "")
        assert "Let an administrator open the address below and agree" in text(app)
        for words in ("ConsentRequired", "request 3f2a", "AADSTS65001", "[bold]to[/bold]"):
            assert words in text(app)
        await pilot.press("Y")
        assert app.clipboard == url


async def test_a_browser_elsewhere_needs_the_port_and_the_line_for_ssh_is_there(tmp_path: Path) -> None:
    page = BrowserPage("https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?" + "x" * 900, 8400)
    app = program(tmp_path, ScriptedSignIn(prompt=page, flow="browser"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Waiting for you" in text(app) or "more lines" in text(app))
        await pilot.press("Y")
        assert app.clipboard == page.url
        assert "ssh -L 8400:localhost:8400" in text(app)
        await pilot.press("y")
        assert app.clipboard == "ssh -L 8400:localhost:8400"


async def test_what_nobody_can_help_stays_on_the_screen_and_enter_tries_again(tmp_path: Path) -> None:
    refused = SignInError("The authority does not accept the certificate.", hint="Check it.", code="CredentialRefused")
    sign_in = ScriptedSignIn(refused, flow="certificate")
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "does not accept the certificate" in text(app))
        await pilot.press("n")
        assert message(app.screen).endswith("needs no code; enter tries again.")
        await pilot.press("enter")
        await until(pilot, lambda: "does not accept the certificate" in text(app))
        sign_in.silent = Token(ADELE)
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace.core.is_open)
        assert isinstance(app.screen, OverviewScreen)


async def test_what_passes_by_itself_is_tried_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backup_tui.ui.sign_in.screen.RETRY_WAITS", (0.05,))
    down = SignInError("login.microsoftonline.com cannot be reached.", code="AuthorityUnreachable", needs_person=False)
    sign_in = ScriptedSignIn(down, flow="certificate")
    app = program(tmp_path, sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await until(pilot, lambda: "Next try, automatically, at 15:32:" in text(app))
        sign_in.silent = Token(ADELE)
        await until(pilot, lambda: app.workspace.core.is_open)


async def test_a_sign_in_that_needs_nobody_is_silent_behind_the_first_frame(tmp_path: Path) -> None:
    app = program(tmp_path, ScriptedSignIn(Token(ADELE), flow="certificate"))
    assert app.workspace.frame_state().connection == "signing in"
    assert app.workspace.frame_state().user == "not signed in"
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.workspace.core.is_open)
        assert isinstance(app.screen, OverviewScreen)
        await until(pilot, lambda: "signing in" not in text(app))
        assert "adele.vance@contoso.com" in text(app)
