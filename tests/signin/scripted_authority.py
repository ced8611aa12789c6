"""An authority that answers from a script, on a real socket; a bench with a sign-in whose waits take no time."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from backup_tui.config import Settings
from backup_tui.config.sign_in import SignInSettings
from backup_tui.config.token import Secret
from backup_tui.errors import SignInError
from backup_tui.models.clock import ManualClock
from backup_tui.models.prompts import Prompt
from backup_tui.signin import make_sign_in

NOW = datetime(2026, 11, 22, 4, 2, 0, tzinfo=UTC)
TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
CANARY = "canary-7f3a9d2b"
"""Stands in every secret and token of these tests, and must never be seen again."""


def jwt(**claims: object) -> str:
    """A token as far as its middle part can be read."""
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{middle}.{CANARY}"


def access(number: int = 1, **claims: object) -> str:
    """The access token with a number."""
    return jwt(
        tid=TENANT, oid="user-1", upn="ada@contoso.com", appid=CLIENT, scp="BackupRestore.Read", n=number, **claims
    )


def granted(number: int = 1, *, lasts: object = 3600, **more: object) -> dict[str, object]:
    """A good answer of the token endpoint for a person."""
    info = base64.urlsafe_b64encode(json.dumps({"uid": "user-1", "utid": TENANT}).encode()).decode().rstrip("=")
    return {
        "token_type": "Bearer",
        "scope": "https://graph.microsoft.com/BackupRestore.Read https://graph.microsoft.com/.default",
        "expires_in": lasts,
        "access_token": access(number),
        "refresh_token": f"refresh-{number}-{CANARY}",
        "id_token": jwt(aud=CLIENT, sub="s1", oid="user-1", tid=TENANT, preferred_username="ada@contoso.com"),
        "client_info": info,
        **more,
    }


def for_app(number: int = 1, lasts: object = 3600) -> dict[str, object]:
    """A good answer of the token endpoint for an application."""
    return {"token_type": "Bearer", "expires_in": lasts, "access_token": access(number)}


def refused(error: str, number: int = 0, suberror: str = "", **more: object) -> Reply:
    """A refusal in Microsoft's form."""
    text = f"AADSTS{number}: The authority's own words. Trace ID: t-1 Correlation ID: c-1" if number else "Own words."
    body: dict[str, object] = {"error": error, "error_description": text, "correlation_id": "c-1", **more}
    if number:
        body["error_codes"] = [number]
    if suberror:
        body["suberror"] = suberror
    return Reply(400, body)


PENDING = {"error": "authorization_pending", "error_description": "AADSTS70016: pending"}
CODE = {
    "user_code": "HK2D-9PQ7",
    "device_code": f"device-{CANARY}",
    "verification_uri": "https://microsoft.com/devicelogin",
    "expires_in": 900,
    "interval": 5,
    "message": "To sign in, open https://microsoft.com/devicelogin and enter HK2D-9PQ7.",
}


@dataclass
class Reply:
    """One answer: JSON unless its body is bytes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """One request as the authority saw it."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]


Script = Reply | dict[str, object] | Callable[[Asked], "Reply | dict[str, object]"]


class Authority:
    """What it answers is set by the test; the last token answer is given again and again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/_authority"
        self.asked: list[Asked] = []
        self.config: Script = self._openid
        self.code: Script = dict(CODE)
        self.tokens: list[Script] = [granted()]
        self.other: Script = Reply(404, {})
        self.wall: Callable[[], float] = time.time
        self.ahead = timedelta(0)
        self.nonce = ""
        self.hold = threading.Event()
        self.hold.set()
        self.waiting = threading.Event()

    def of(self, end: str) -> list[Asked]:
        """The requests whose path ends so."""
        return [each for each in self.asked if each.path.endswith(end)]

    @property
    def token_calls(self) -> list[Asked]:
        return self.of("/token")

    def _openid(self, asked: Asked) -> dict[str, object]:
        scheme = asked.headers.get("x-forwarded-proto", "http")
        base = f"{scheme}://127.0.0.1:{self.port}{asked.path.split('/v2.0/')[0]}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        }

    def reply(self, asked: Asked) -> Reply:
        """What this request is answered."""
        script: Script = self.other
        if asked.path.endswith("/.well-known/openid-configuration"):
            script = self.config
        elif asked.path.endswith("/devicecode"):
            script = self.code
        elif asked.path.endswith("/token"):
            script = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        self.waiting.set()
        self.hold.wait(30)
        if callable(script):
            script = script(asked)
        if self.nonce and isinstance(script, dict) and "id_token" in script:
            claims = {"aud": CLIENT, "sub": "s1", "oid": "user-1", "tid": TENANT, "nonce": self.nonce}
            script = {**script, "id_token": jwt(preferred_username="ada@contoso.com", **claims)}
        return script if isinstance(script, Reply) else Reply(400 if "error" in script else 200, script)


@contextmanager
def authority() -> Iterator[Authority]:
    """An authority on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(datetime.fromtimestamp(place.wall(), UTC) + place.ahead, usegmt=True)

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), form, headers)
            place.asked.append(asked)
            reply = place.reply(asked)
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            try:
                self.send_response(reply.status)
                sent = {"Content-Type": "application/json", "Content-Length": str(len(body)), **reply.headers}
                for name, value in sent.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # the client has given it up, which is what some of these tests are about

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place = Authority(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        place.hold.set()
        server.shutdown()
        server.server_close()


def sign_in_settings(place: Authority | str, flow: str = "device-code", **more: Any) -> SignInSettings:
    """Settings of a sign-in at this authority."""
    url = place if isinstance(place, str) else place.url
    chosen = SignInSettings(flow=flow, tenant=TENANT, client_id=CLIENT, authority=url)
    if flow == "secret":
        chosen = replace(chosen, secret=Secret(f"secret-{CANARY}"))
    return replace(chosen, **more)


@dataclass
class Bench:
    """A sign-in with everything that a test looks at."""

    sign_in: Any
    clock: ManualClock
    place: Authority
    waits: list[float]
    prompts: list[Prompt]
    wall: list[float]

    async def sign(self, **more: Any) -> Any:
        """Lets the person sign in."""
        return await self.sign_in.ask(self.prompts.append, **more)

    async def after_renewing(self) -> None:
        """Waits for whatever is being renewed: a demand is met after it, with one request more."""
        await self.sign_in.token(claims='{"access_token": {}}')

    def pass_time(self, seconds: float) -> None:
        """Moves both clocks on."""
        self.clock.advance(seconds)
        self.wall[0] += seconds


@asynccontextmanager
async def bench(place: Authority, flow: str = "device-code", **more: Any) -> AsyncIterator[Bench]:
    """A sign-in at this authority."""
    async with bench_of(place, sign_in_settings(place, flow, **more)) as made:
        yield made


@asynccontextmanager
async def bench_of(place: Authority, chosen: SignInSettings) -> AsyncIterator[Bench]:
    """A sign-in with these settings."""
    # msal looks at the machine's own clock, so the walls of the test begin there.
    clock, wall, waits = ManualClock(NOW), [time.time()], []
    place.wall = lambda: wall[0]

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds)
        wall[0] += seconds
        await asyncio.sleep(0)

    sign_in = make_sign_in(Settings(sign_in=chosen), clock=clock, wall=lambda: wall[0], sleep=sleep)
    try:
        yield Bench(sign_in, clock, place, waits, [], wall)
    finally:
        await sign_in.aclose()


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address, each once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def write_private(path: Path, text: str) -> Path:
    """A file that only its owner reads."""
    path.write_text(text)
    path.chmod(0o600)
    return path


async def refusal(place: Authority, flow: str, **options: object) -> SignInError:
    """How this sign-in fails."""
    async with bench(place, flow, **options) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
        return caught.value


# -- certificate ---------------------------------------------------------------------------------------------------
