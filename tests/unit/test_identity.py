"""Specifies whose workspace it is: signing in, signing in again, another person, another tenant."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backup_tui.config import Settings, SignInSettings, Token
from backup_tui.config.sign_in import PERSONAL_TENANT
from backup_tui.errors import ReadOnlyError, SignInError
from backup_tui.models import features
from backup_tui.models.clock import ManualClock
from backup_tui.models.prompts import DeviceCode, Prompt
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain import clock as simulator_clock
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.workspace import AnotherSignIn, Mode, Workspace

NOW = datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC)
CONTOSO, FABRIKAM = "f00d0000-0000-4000-8000-00000000cafe", "fab00000-0000-4000-8000-00000000cafe"
CODE = DeviceCode("ABCD-EFGH", "https://login.microsoftonline.com/device", NOW, "Open the page and enter the code.")
ALL = "BackupRestore-Restore.ReadWrite.All BackupRestore-Configuration.ReadWrite.All"


def token(user: str = "adele@contoso.com", tenant: str = CONTOSO, oid: str = "1", scp: str = ALL) -> Token:
    claims = {"tid": tenant, "oid": oid, "upn": user, "scp": scp}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Token(f"e30.{payload}.x")


class ScriptedSignIn:
    """Stands where msal would: silent or not, with the tokens that a test gives it."""

    flow, interactive, notices = "device-code", True, ()

    def __init__(self, silent: Token | None = None, *, person: Token | SignInError | None = None) -> None:
        self.silent, self.person, self.asked = silent, person, 0

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        if self.silent is None:
            raise SignInError("Nobody is signed in.", code="NoSignIn")
        return self.silent

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        self.asked += 1
        show(CODE)
        if isinstance(self.person, SignInError):
            raise self.person
        assert self.person is not None
        self.silent = self.person
        return self.person

    def renew_now(self) -> None:
        pass

    async def forget(self) -> bool:
        return False

    async def aclose(self) -> None:
        pass


def workspace(folder: Path, scripted: ScriptedSignIn, **more: Any) -> Workspace:
    settings = Settings(state_dir=folder, tz="UTC", graph_url="http://127.0.0.1:8365/v1.0", **more)
    service = create_app(Simulated(units=20, history=False), simulator_clock.ManualClock(NOW))
    made: Any = scripted
    return Workspace(settings, clock=ManualClock(NOW), service=service, sign_in=made)


async def test_a_stored_sign_in_opens_without_asking(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn(token())
    made = workspace(tmp_path, sign_in)
    assert not made.identity.known
    async with made.opened():
        assert made.who.user == "adele@contoso.com"
        assert made.mode is Mode.WRITE
    assert sign_in.asked == 0


async def test_without_one_a_person_is_asked_first_and_then_it_opens(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn(person=token())
    made = workspace(tmp_path, sign_in)
    with pytest.raises(SignInError) as caught:
        async with made.opened():
            pass
    assert caught.value.needs_person
    shown: list[Prompt] = []
    await made.sign_in_again(shown.append)
    assert shown == [CODE]
    async with made.opened():
        assert made.who.user == "adele@contoso.com"


@pytest.mark.parametrize("tenant", [PERSONAL_TENANT, PERSONAL_TENANT.upper()])
async def test_a_personal_account_is_refused_however_it_came(tmp_path: Path, tenant: str) -> None:
    personal = token("adele@outlook.com", tenant)
    made = workspace(tmp_path, ScriptedSignIn(personal))
    with pytest.raises(SignInError) as caught:
        async with made.opened():
            pass
    assert (caught.value.code, caught.value.certainty) == ("PersonalAccount", "Nothing was sent.")
    made = workspace(tmp_path, ScriptedSignIn(person=personal))
    with pytest.raises(SignInError, match="Personal Microsoft accounts aren't supported"):
        await made.sign_in_again(lambda _: None)
    assert not made.identity.known
    with pytest.raises(SignInError, match="Personal Microsoft accounts aren't supported"):
        workspace(tmp_path, ScriptedSignIn(), token=personal)


async def test_signing_in_again_as_the_same_person_goes_on_and_tries_again_what_was_refused(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn(token(scp="BackupRestore-Restore.Read.All"))
    made = workspace(tmp_path, sign_in)
    async with made.opened():
        made.sync.start()
        assert made.identity.barred(features.RESTORE) is not None
        made.store.apply(up.SignedOut(NOW))
        sign_in.person = token()
        await made.sign_in_again(lambda prompt: None)
        assert made.store.connection.signed_out_since is None
        assert made.identity.barred(features.RESTORE) is None


@pytest.mark.parametrize(
    "other", [token(oid="2", user="ryan@contoso.com"), token(tenant=FABRIKAM, user="adele@fabrikam.com")]
)
async def test_another_person_or_tenant_gets_nothing_of_what_is_shown(tmp_path: Path, other: Token) -> None:
    sign_in = ScriptedSignIn(token())
    made = workspace(tmp_path, sign_in)
    async with made.opened():
        sign_in.person = other
        with pytest.raises(AnotherSignIn) as caught:
            await made.sign_in_again(lambda prompt: None)
        assert made.who.user == "adele@contoso.com"
        assert "opened again" in caught.value.sentences


async def test_a_sign_in_of_another_tenant_than_the_profile_expects_opens_read_only(tmp_path: Path) -> None:
    made = workspace(tmp_path, ScriptedSignIn(token()), tenant="fabrikam.com", profile="production")
    async with made.opened():
        assert made.mode is Mode.READ_ONLY
        assert made.store.connection.wrong_tenant == "production expects fabrikam.com, signed in to contoso.com."
        assert made.read_only is not None


@pytest.mark.parametrize(
    ("flow", "tenant", "mode"),
    [
        pytest.param("device-code", "fabrikam.com", Mode.WRITE, id="a guest signed in at the tenant that was named"),
        pytest.param("certificate", "fabrikam.com", Mode.WRITE, id="an application's token names no domain"),
        pytest.param("azure-cli", "fabrikam.com", Mode.READ_ONLY, id="whoever is signed in there"),
        pytest.param("token", "fabrikam.com", Mode.READ_ONLY, id="whatever was given"),
        pytest.param("device-code", FABRIKAM, Mode.READ_ONLY, id="another directory id"),
        pytest.param("device-code", CONTOSO, Mode.WRITE, id="the same directory id"),
    ],
)
async def test_a_domain_is_believed_of_the_authority_that_was_asked_under_it(
    tmp_path: Path, flow: str, tenant: str, mode: Mode
) -> None:
    how = SignInSettings(flow, tenant=tenant, client_id="app")
    made = workspace(tmp_path, ScriptedSignIn(token()), tenant=tenant, sign_in=how)
    async with made.opened():
        assert made.mode is mode


async def test_a_failed_sign_in_leaves_what_was_there(tmp_path: Path) -> None:
    sign_in = ScriptedSignIn(token(), person=SignInError("Declined.", code="CodeDeclined"))
    made = workspace(tmp_path, sign_in)
    async with made.opened():
        with pytest.raises(SignInError, match="Declined"):
            await made.sign_in_again(lambda prompt: None)
        assert made.who.user == "adele@contoso.com"


@pytest.mark.parametrize(
    "other", [token(oid="2", user="ryan@contoso.com"), token(tenant=FABRIKAM, user="adele@fabrikam.com")]
)
async def test_nothing_is_sent_for_whoever_another_instance_signed_in_meanwhile(tmp_path: Path, other: Token) -> None:
    sign_in = ScriptedSignIn(token())
    made = workspace(tmp_path, sign_in)
    async with made.opened():
        await made.loader.load(fresh.SESSIONS)
        calls = len(made.store.calls)
        sign_in.silent = other  # The next renewal found it in the file that both share.
        with pytest.raises(AnotherSignIn) as caught:
            await made.loader.load(fresh.SESSIONS)
        with pytest.raises(AnotherSignIn):
            await made.rooms.client.writer.activate_policy("policy")
        assert caught.value.needs_person
        assert len(made.store.calls) == calls
        sign_in.silent = token(scp="BackupRestore-Restore.Read.All")
        await made.loader.load(fresh.SESSIONS)
        assert len(made.store.calls) > calls, "it goes on when the right one is back"


async def test_a_demo_that_is_read_only_still_says_that_it_is_a_demo(tmp_path: Path) -> None:
    workspace = Workspace(Settings(demo=True, read_only=True, state_dir=tmp_path))
    assert workspace.mode is Mode.DEMO_READ_ONLY
    assert str(workspace.mode) == "DEMO READ-ONLY"
    assert workspace.read_only is not None
    async with workspace.opened():
        with pytest.raises(ReadOnlyError):
            workspace.context.may_write()
