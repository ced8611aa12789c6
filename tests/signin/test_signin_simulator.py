"""Signing in at the simulated identity platform and using it at the simulated service, all over HTTP with real msal."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from certificates import made
from scripted_authority import CLIENT, jwt, query_of, write_private

from backup_tui.config import Settings
from backup_tui.config.sign_in import SignInSettings
from backup_tui.config.token import Secret
from backup_tui.errors import SignInError
from backup_tui.graph.address import parse_address
from backup_tui.graph.client import Client
from backup_tui.graph.gate import ThrottleGate
from backup_tui.models.clock import Clock
from backup_tui.models.prompts import BrowserPage, DeviceCode
from backup_tui.models.whoami import read_token
from backup_tui.signin import make_sign_in
from backup_tui.simulator.authority.assertions import FEDERATED_AUDIENCE
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings as SimulatorSettings


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(SimulatorSettings(units=20, history=False)) as made_:
        yield made_


@pytest.fixture
def platform(server: Running) -> Any:
    """The identity platform, as it is at first."""
    _tell(server, method="DELETE")
    return server.service.authority


class On:
    """A sign-in at the platform, and what it was asked to wait."""

    def __init__(self, server: Running, flow: str, **more: Any) -> None:
        self.base = server.base_url
        place = self.base.removesuffix("/v1.0") + "/_authority"
        chosen = SignInSettings(flow=flow, tenant="contoso.com", client_id=CLIENT, authority=place, **more)
        self.clock = Clock()
        self.prompts: list[Any] = []
        self.sign_in = make_sign_in(Settings(sign_in=chosen), clock=self.clock, sleep=self._sleep)
        self.waits: list[float] = []

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        gate = ThrottleGate(self.clock)
        async with Client(parse_address(self.base), self.sign_in, self.clock, sink=lambda _: None, gate=gate) as made_:
            yield made_


@asynccontextmanager
async def signing(server: Running, flow: str = "device-code", **more: Any) -> AsyncIterator[On]:
    on = On(server, flow, **more)
    try:
        yield on
    finally:
        await on.sign_in.aclose()


async def test_a_code_that_a_person_enters_on_the_page_opens_the_service(server: Running, platform: Any) -> None:
    platform.switches.set({"require": True, "interval": 1})
    decided = threading.Event()

    async with signing(server) as on:

        def show(prompt: DeviceCode) -> None:
            on.prompts.append(prompt)

            def person() -> None:
                form = urlencode({"code": prompt.code, "do": "approve"}).encode()
                with urllib.request.urlopen(prompt.url, form, timeout=10) as answer:
                    assert b"signed in" in answer.read()
                decided.set()

            threading.Thread(target=person).start()

        token = await on.sign_in.ask(cast(Any, show))
        assert decided.is_set()
        assert on.prompts[0].url.startswith("http://127.0.0.1")
        async with on.client() as client:
            await client.reader.service_root()
    who = read_token(token, "x")
    assert who.user == "adele.vance@contoso.com"
    assert not who.app_only


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"sign_in": "decline"}, "CodeDeclined"),
        ({"sign_in": "expire"}, "CodeExpired"),
        ({"sign_in": "block"}, "FlowBlocked"),
        ({"sign_in": "block", "block_code": 530034}, "FlowBlocked"),
        ({"sign_in": "approve", "consent": False}, "ConsentRequired"),
        ({"client": "unknown"}, "WrongTenant"),
        ({"sign_in": "approve", "client": "not_public"}, "FlowBlocked"),
    ],
)
async def test_what_can_become_of_a_code_is_told_apart(
    server: Running, platform: Any, switches: Any, code: str
) -> None:
    platform.switches.set({"interval": 1, **switches})
    async with signing(server) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.ask(on.prompts.append)
    assert caught.value.code == code
    assert caught.value.needs_person


async def test_slow_down_makes_the_looks_rarer(server: Running, platform: Any) -> None:
    platform.switches.set({"sign_in": "approve", "interval": 1, "slow_down": 2})
    async with signing(server) as on:
        await on.sign_in.ask(on.prompts.append)
    assert on.waits == [1, 6, 11]


@pytest.mark.parametrize(
    ("refresh", "code"),
    [
        ("revoked", "Revoked"),
        ("inactive", "Revoked"),
        ("mfa", "MfaRequired"),
        ("consent", "ConsentRequired"),
        ("blocked", "FlowBlocked"),
    ],
)
async def test_what_can_become_of_a_kept_sign_in_is_told_apart(
    server: Running, platform: Any, refresh: str, code: str
) -> None:
    platform.switches.set({"sign_in": "approve", "interval": 1})
    async with signing(server) as on:
        await on.sign_in.ask(on.prompts.append)
        _tell(server, refresh=refresh)
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token(refresh=True)
        assert caught.value.code == code
        assert caught.value.needs_person
        # Signing in again puts it right.
        _tell(server, refresh="works")
        fresh = await on.sign_in.ask(on.prompts.append)
        assert await on.sign_in.token() == fresh


@pytest.mark.parametrize("outage", ["503", "429", "html", "empty"])
@pytest.mark.parametrize("flow", ["device-code", "secret"])
async def test_an_outage_is_waited_out(server: Running, platform: Any, outage: str, flow: str) -> None:
    platform.switches.set({"sign_in": "approve", "interval": 1})
    more = {"secret": Secret("anything")} if flow == "secret" else {}
    async with signing(server, flow, **more) as on:
        token = await on.sign_in.ask(on.prompts.append)
        platform.switches.set({"outage": outage})
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token(refresh=True)
        assert not caught.value.needs_person
        assert caught.value.code in ("AuthorityUnreachable", "AuthorityUnreadable")
        assert await on.sign_in.token() == token, "it goes on being used"
        platform.switches.set({"outage": "none"})
        assert await on.sign_in.ask(on.prompts.append) != token


async def test_an_outage_while_a_code_is_open_does_not_cost_it(server: Running, platform: Any) -> None:
    platform.switches.set({"sign_in": "approve", "interval": 1})
    async with signing(server) as on:

        def show(prompt: DeviceCode) -> None:
            platform.switches.set({"outage": "503", "outage_times": 3})

        await on.sign_in.ask(cast(Any, show))
    assert len(on.waits) == 4


async def test_twenty_requests_with_a_token_that_has_ended_are_all_answered_after_one_renewal(
    server: Running, platform: Any
) -> None:
    platform.switches.set({"sign_in": "approve", "interval": 1, "require": True})
    async with signing(server) as on, on.client() as client:
        await on.sign_in.ask(on.prompts.append)
        _tell(server, end_tokens=True)
        before = platform.calls["token"]
        answers = await asyncio.gather(*(client.reader.service_root() for _ in range(20)))
        assert len(answers) == 20
        assert platform.calls["token"] == before + 1


async def test_a_claims_challenge_is_answered_with_a_new_token(server: Running, platform: Any) -> None:
    platform.switches.set({"sign_in": "approve", "interval": 1, "require": True})
    async with signing(server) as on, on.client() as client:
        first = await on.sign_in.ask(on.prompts.append)
        _tell(server, challenge=True)
        before = platform.calls["token"]
        try:
            await asyncio.gather(*(client.reader.service_root() for _ in range(20)))
        finally:
            _tell(server, challenge=False)
        assert platform.calls["token"] == before + 1
        assert await on.sign_in.token() != first


async def test_a_claims_challenge_that_needs_the_person_is_met_at_the_next_sign_in(
    server: Running, platform: Any
) -> None:
    platform.switches.set({"sign_in": "approve", "interval": 1, "require": True})
    async with signing(server) as on, on.client() as client:
        await on.sign_in.ask(on.prompts.append)
        _tell(server, refresh="mfa", challenge=True)
        try:
            with pytest.raises(SignInError) as caught:
                await client.reader.service_root()
            assert caught.value.code == "MfaRequired"
            _tell(server, refresh="works")
            await on.sign_in.ask(on.prompts.append)
            await client.reader.service_root()
        finally:
            _tell(server, challenge=False)


@pytest.mark.parametrize("form", ["pem", "pfx"])
async def test_a_certificate_opens_the_service_as_an_application(
    server: Running, platform: Any, tmp_path: Path, form: str
) -> None:
    platform.switches.set({"require": True})
    path = made(tmp_path, form)
    async with signing(server, "certificate", certificate=path) as on, on.client() as client:
        who = read_token(await on.sign_in.ask(on.prompts.append), "x")
        assert who.app_only
        assert "BackupRestore-Restore.ReadWrite.All" in who.scopes
        await client.reader.service_root()


@pytest.mark.parametrize(
    ("flow", "client", "code"),
    [
        ("secret", "wrong_secret", "CredentialRefused"),
        ("secret", "expired_secret", "CredentialRefused"),
        ("secret", "unknown", "WrongTenant"),
        ("certificate", "wrong_certificate", "CredentialRefused"),
    ],
)
async def test_an_application_that_is_refused_is_told_why(
    server: Running, platform: Any, tmp_path: Path, flow: str, client: str, code: str
) -> None:
    platform.switches.set({"client": client})
    more: dict[str, Any] = {"secret": Secret("anything")}
    if flow == "certificate":
        more = {"certificate": made(tmp_path, "pem")}
    async with signing(server, flow, **more) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
    assert caught.value.code == code
    assert client.split("_", maxsplit=1)[0] in ("wrong", "unknown") or "expired" in caught.value.message


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_clock_that_is_wrong_by_hours_is_told_where_it_matters(
    server: Running, platform: Any, tmp_path: Path, hours: int
) -> None:
    platform.switches.set({"clock_offset": hours * 3600.0, "sign_in": "approve", "interval": 1})
    async with signing(server, "certificate", certificate=made(tmp_path, "pem")) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
        assert caught.value.code == "ClockWrong"
        assert "3 h 0 min" in caught.value.message
    async with signing(server) as on:
        await on.sign_in.ask(on.prompts.append)
        assert "clock is wrong" in on.sign_in.notices[0]
        off = on.clock.now() - datetime.now(UTC)
        assert abs(off.total_seconds() - hours * 3600) < 60


async def test_a_federated_token_opens_the_service(server: Running, platform: Any, tmp_path: Path) -> None:

    now = int(datetime.now(UTC).timestamp())
    token = jwt(aud=FEDERATED_AUDIENCE, iss="https://ci.example", sub="repo:x", nbf=now - 60, exp=now + 600, iat=now)
    path = write_private(tmp_path / "token", token)
    platform.switches.set({"require": True})
    async with signing(server, "federated", token_file=path) as on, on.client() as client:
        await client.reader.service_root()


@pytest.mark.parametrize("where", ["a virtual machine", "an App Service"])
async def test_a_machine_opens_the_service(
    server: Running, platform: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    for name in ("IDENTITY_SERVER_THUMBPRINT", "MSI_ENDPOINT", "MSI_SECRET", "IMDS_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    place = server.base_url.removesuffix("/v1.0") + "/_authority"
    if where == "an App Service":
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{place}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "header")
    else:
        monkeypatch.delenv("IDENTITY_ENDPOINT", raising=False)
        monkeypatch.delenv("IDENTITY_HEADER", raising=False)
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", place)
    platform.switches.set({"require": True})
    async with signing(server, "managed-identity") as on, on.client() as client:
        assert read_token(await on.sign_in.token(), "x").app_only
        await client.reader.service_root()
        platform.switches.set({"client": "unknown"})
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token(refresh=True)
    assert caught.value.code == "CredentialRefused"


@pytest.mark.parametrize("decision", ["approve", "decline"])
async def test_a_browser_signs_in(server: Running, platform: Any, decision: str) -> None:
    platform.switches.set({"sign_in": decision, "require": True})

    async with signing(server, "browser") as on, on.client() as client:

        def show(prompt: BrowserPage) -> None:
            assert query_of(prompt.url)["response_mode"] == "form_post"
            threading.Thread(target=browse, args=(prompt.url,)).start()

        if decision == "approve":
            await on.sign_in.ask(cast(Any, show))
            await client.reader.service_root()
        else:
            with pytest.raises(SignInError) as caught:
                await on.sign_in.ask(cast(Any, show))
            assert caught.value.code == "ConsentRequired"


def browse(url: str) -> None:
    """A browser that runs the one form of the page, which sends it on to this machine."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        page = answer.read().decode()
    action = re.search(r"<form[^>]*action=[\"']([^\"']+)", page)
    assert action is not None, page
    fields = dict(re.findall(r"<input[^>]*name=[\"']([^\"']+)[\"'][^>]*value=[\"']([^\"']*)", page))
    form = urlencode({name: unescape(value) for name, value in fields.items()}).encode()
    with urllib.request.urlopen(unescape(action.group(1)), form, timeout=10) as answer:
        assert answer.status == 200


def _tell(server: Running, *, method: str = "POST", **values: Any) -> None:
    url = server.base_url.removesuffix("/v1.0") + "/_simulator/authority"
    body = json.dumps(values).encode() if values else None
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in (200, 204)
