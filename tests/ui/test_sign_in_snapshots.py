"""Specifies how signing in, `T` and the profiles look at both sizes that count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sign_ins import ScriptedSignIn, program, text
from support import jwt, until
from test_tenant_screen import READER, ROBOT, at_tenant
from textual.pilot import Pilot

from backup_tui.config import Token
from backup_tui.errors import SignInError
from backup_tui.models.prompts import BrowserPage
from backup_tui.signin.error_catalogue import CERTAIN

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
PERSON = jwt(
    tid="f00d0000-0000-4000-8000-00000000cafe",
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    name="Adele Vance",
    app_displayname="Backup restore",
    appid="0f1e2d3c-0000-4000-8000-00000000c11e",
    wids=["9d3e04ba-3ee4-4d1b-a3a7-9aef423a09be"],
    scp="BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.ReadWrite.All "
    "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All",
)


@SIZES
def test_code(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    app = program(tmp_path, ScriptedSignIn())

    async def shown(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "D J F X" in text(app))

    assert snap_compare(app, run_before=shown, terminal_size=size)


@SIZES
def test_browser(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    url = "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?client_id=0f1e2d3c&state=" + "Ab3" * 90
    app = program(tmp_path, ScriptedSignIn(prompt=BrowserPage(url, 8400), flow="browser"))

    async def shown(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "8400" in text(app))

    assert snap_compare(app, run_before=shown, terminal_size=size)


@SIZES
def test_expired(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    sign_in = ScriptedSignIn()
    app = program(tmp_path, sign_in)

    async def shown(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "D J F X" in text(app))
        sign_in.comes(
            SignInError(
                "The code has expired: nobody entered it in time.",
                certainty=CERTAIN,
                hint="Ask for a new code.",
                code="CodeExpired",
            )
        )
        await until(pilot, lambda: "has expired" in text(app))

    assert snap_compare(app, run_before=shown, terminal_size=size)


@SIZES
def test_consent_missing(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    sign_in = ScriptedSignIn()
    app = program(tmp_path, sign_in)
    url = app.workspace.core.identity.consent_url

    async def shown(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "D J F X" in text(app))
        sign_in.comes(
            SignInError(
                "The application 0f1e2d3c-0000-4000-8000-00000000c11e has not been allowed in contoso.com what it "
                "asks for.",
                certainty=CERTAIN,
                hint=f"Let an administrator open {url} and agree, then sign in again.",
                code="ConsentRequired",
                request_id="6c2f7c3e-0d7c-4f5e-9b65-3c7d1f0a2b11",
                detail="AADSTS65001: The user or administrator has not consented to use the application.",
            )
        )
        await until(pilot, lambda: "has not been allowed" in text(app))

    assert snap_compare(app, run_before=shown, terminal_size=size)


@SIZES
@pytest.mark.parametrize(
    ("token", "flow"),
    [(PERSON, "device-code"), (READER, "device-code"), (ROBOT, "certificate")],
    ids=["person", "reader", "application"],
)
def test_tenant(snap_compare: Any, tmp_path: Path, size: tuple[int, int], token: Any, flow: str) -> None:
    app = program(tmp_path, ScriptedSignIn(Token(token), flow=flow))

    async def shown(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.workspace.core.is_open)
        await until(pilot, lambda: token != PERSON or app.workspace.core.store.connection.service.known)
        await until(pilot, lambda: app.workspace.core.store.connection.last_answer is not None)
        await at_tenant(app, pilot)

    assert snap_compare(app, run_before=shown, terminal_size=size)
