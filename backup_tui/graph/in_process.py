"""Asks an application in this process, as the demo and the tests do: what `Transport` is to a service on the network,
without its library, which takes a tenth of the demo's start."""

import asyncio
import zlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from backup_tui.graph.unpacking import TooLarge, Unpacker, packed_badly, too_large
from backup_tui.graph.wire import (
    MAX_BODY,
    AsgiApp,
    FailureKind,
    Message,
    TransportFailure,
    WireAnswer,
    WireRequest,
    authorization,
)
from backup_tui.models.whoami import Token

_CALLER = ("127.0.0.1", 123)
_LONGEST_URL = 65_536
_AS_WRITTEN = "%/:@!$&'()*+,;=~[]"


class InProcessTransport:
    """Hands requests to an application; one that breaks off looks like a lost connection."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def aclose(self) -> None:
        """There is nothing to close."""

    async def drop_kept(self) -> None:
        """There are no connections."""

    async def exchange(self, request: WireRequest, token: Token, *, fresh: bool, deadline: float) -> WireAnswer:
        """Sends a request and reads the answer to its end. `deadline`: seconds for all of it. Raises
        `TransportFailure`: no whole answer came; `SignInError`: the token cannot be written into a header."""
        scope = _scope(request, authorization(token))
        answer: tuple[int, dict[str, str], bytes] | None = None
        failure: TransportFailure
        try:
            async with asyncio.timeout(deadline):
                answer = await _answer_of(self._app, scope, request.body)
        except TimeoutError:
            failure = _failed(FailureKind.TIMEOUT, f"no answer within {deadline:g} s")
        except Exception:  # an application can fail in any way; to a caller it is one: no answer
            failure = _failed(FailureKind.LOST, "the connection was lost")
        # Raised outside of the handlers, whose frames hold the token.
        if answer is None:
            raise failure
        status, headers, packed = answer
        try:
            unpacker = Unpacker(headers.get("content-encoding", ""), MAX_BODY)
            body = unpacker.feed(packed)
            unpacker.end()
            return WireAnswer(status, headers, body)
        except TooLarge:
            failure = too_large(MAX_BODY, status)
        except zlib.error:
            failure = packed_badly(status)
        raise failure


def _failed(kind: FailureKind, cause: str) -> TransportFailure:
    return TransportFailure(kind, sent=True, cause=cause)


def _scope(request: WireRequest, authorized: str) -> dict[str, Any]:
    """The request as ASGI describes it. Raises `TransportFailure`: its address cannot be one."""
    url = request.url
    if len(url) > _LONGEST_URL or any(char.isascii() and not char.isprintable() for char in url):
        raise TransportFailure(FailureKind.CONNECT, sent=False, cause="its address is not valid")
    parts = urlsplit(url)
    raw_path = quote(parts.path or "/", safe=_AS_WRITTEN)
    headers = {"Host": parts.netloc, **request.headers, "Accept-Encoding": "gzip", "Authorization": authorized}
    if request.body or request.method != "GET":
        headers["Content-Length"] = str(len(request.body))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower().encode(), value.encode("ascii")) for name, value in headers.items()],
        "scheme": parts.scheme,
        "path": unquote(raw_path),
        "raw_path": raw_path.encode(),
        "query_string": quote(parts.query, safe=_AS_WRITTEN + "?").encode(),
        "server": (parts.hostname, parts.port),
        "client": _CALLER,
        "root_path": "",
    }


async def _answer_of(app: AsgiApp, scope: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes]:
    requests = [{"type": "http.request", "body": body, "more_body": False}]
    start: Message = {}
    parts: list[bytes] = []
    done = asyncio.Event()

    async def receive() -> Message:
        if requests:
            return requests.pop()
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                done.set()

    await app(scope, receive, send)
    if not done.is_set():
        raise ConnectionError("the application sent no whole answer")
    return start["status"], _headers_of(start.get("headers", ())), b"".join(parts)


def _headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
