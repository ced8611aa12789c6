"""Services that answer from a script, in process or byte by byte on a socket; clients whose waits take no time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from backup_tui.errors import SignInError
from backup_tui.graph.address import ServiceAddress, parse_address
from backup_tui.graph.client import Client
from backup_tui.graph.gate import ThrottleGate
from backup_tui.models.calls import CallRecord
from backup_tui.models.clock import ManualClock
from backup_tui.models.whoami import Token

NOW = datetime(2026, 11, 22, 4, 2, 0, tzinfo=UTC)
SECRET = "eyJ0eXAi.canary-7f3a9d2b-in-the-token.signature"
BASE = "http://127.0.0.1:8365/v1.0"


@dataclass
class Asked:
    """One request as the service saw it."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """One answer: `body` is JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    kind: str | None = "application/json"


def refused(status: int, code: str, **headers: str) -> Reply:
    """A Graph error body."""
    inner = {"date": "2026-11-22T04:02:00", "request-id": "r-1", "client-request-id": "c-1"}
    error = {"code": code, "message": f"The service's own words about {code}.", "innerError": inner}
    return Reply(status, {"error": error}, {name.replace("_", "-"): value for name, value in headers.items()})


class Scripted:
    """An ASGI application that gives its replies in turn; the last one again and again. An exception drops the line."""

    def __init__(self, *replies: Reply | Exception | Callable[[Asked], Reply]) -> None:
        self.replies = list(replies)
        self.asked: list[Asked] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        raw_path = scope.get("raw_path", b"").decode()
        asked = Asked(scope["method"], raw_path, scope["query_string"].decode(), headers, body)
        self.asked.append(asked)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        if not isinstance(reply, Reply):
            reply = reply(asked)
        content = reply.body if isinstance(reply.body, bytes) else b""
        if reply.body is not None and not isinstance(reply.body, bytes):
            content = json.dumps(reply.body).encode()
        sent = {"request-id": "r-1", "content-length": str(len(content)), **reply.headers}
        if reply.kind is not None and content:
            sent["content-type"] = reply.kind
        pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})


class Tokens:
    """Counts what is asked of a sign-in; gives `fresh` tokens one after the other when refreshed."""

    def __init__(self, *fresh: str) -> None:
        self.current = Token(SECRET)
        self.fresh = list(fresh)
        self.refreshes = 0
        self.claims: list[str] = []

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        if refresh:
            self.refreshes += 1
            self.claims.append(claims)
            if not self.fresh:
                raise SignInError("The sign-in has ended.")
            self.current = Token(self.fresh.pop(0))
        return self.current


@dataclass
class Bench:
    """An open client with everything that a test looks at."""

    client: Client
    clock: ManualClock
    gate: ThrottleGate
    tokens: Tokens
    records: list[CallRecord]
    waits: list[float]
    while_waiting: Callable[[float], Awaitable[None]] | None = None

    @property
    def path(self) -> Any:
        return self.client.path

    @property
    def reader(self) -> Any:
        return self.client.reader

    @property
    def writer(self) -> Any:
        return self.client.writer


@asynccontextmanager
async def bench(
    app: Any = None, *, address: str | ServiceAddress = BASE, tokens: Tokens | None = None, **options: Any
) -> AsyncIterator[Bench]:
    """Opens a client against an application in process, or against `address` when there is none."""
    clock = ManualClock(NOW)
    waits: list[float] = []
    records: list[CallRecord] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if made is not None and made.while_waiting is not None:
            await made.while_waiting(seconds)
        clock.advance(seconds)
        await asyncio.sleep(0)

    made: Bench | None = None
    gate = ThrottleGate(clock, sleep=sleep)
    where = parse_address(address) if isinstance(address, str) else address
    held = tokens or Tokens()
    options.setdefault("jitter", lambda: 0.5)
    async with Client(
        where, held, clock, sink=records.append, gate=gate, transport=app, sleep=sleep, **options
    ) as client:
        made = Bench(client, clock, gate, held, records, waits)
        yield made


class RawServer:
    """A socket that treats each connection as `behave` says; counts connections."""

    def __init__(self, behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> None:
        self._behave = behave
        self._server: asyncio.Server | None = None
        self.connections = 0
        self.requests: list[bytes] = []
        self.url = ""

    async def __aenter__(self) -> RawServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1.0"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def read_request(self, reader: asyncio.StreamReader) -> bytes:
        """Reads one request whole; empty when the line was closed instead."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        self.requests.append(head + (await reader.readexactly(length)))
        return self.requests[-1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._behave(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client has gone, which is what most of these tests are about
        finally:
            writer.close()


def answer_bytes(body: bytes, *, status: str = "200 OK", headers: Iterable[str] = ()) -> bytes:
    """A whole HTTP/1.1 answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
