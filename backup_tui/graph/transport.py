"""The one module that imports httpx: bytes out, bytes in, and every way that this fails as one typed failure.

Nothing of httpx leaves this module. Redirects are not followed, the token is put in at the last moment and only
here, and no exception of httpx stays attached to what is raised: their frames hold the request's headers.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from backup_tui.errors import ConfigError, SignInError
from backup_tui.graph.address import ServiceAddress
from backup_tui.graph.wire import MAX_BODY, AsgiApp, FailureKind, TransportFailure, WireAnswer, WireRequest
from backup_tui.models.whoami import Token

# httpx brings a command-line program of its own, and with it rich, click and pygments: half of its import time. It
# does without where that module cannot be imported.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402

CONNECT_SECONDS = 10.0
_TIMEOUT = httpx.Timeout(connect=CONNECT_SECONDS, read=60.0, write=30.0, pool=30.0)
_MOST_CONNECTIONS = 8


class Transport:
    """Sends one request and takes one answer in.

    Two connection pools: reads keep their connections; changes, and reads after a 503, get a fresh one, because a
    kept connection that the other side has just closed cannot be told from a lost answer.

    Args:
        address: Where the service is.
        app: An application that answers in this process instead.
    """

    def __init__(self, address: ServiceAddress, *, app: AsgiApp | None = None) -> None:
        self._address = address
        self._in_process = app is not None
        self._proxy = None if app is not None else _proxy_of(address)
        options: dict[str, Any] = {"timeout": _TIMEOUT, "trust_env": False, "follow_redirects": False}
        if app is not None:
            options["transport"] = _InProcess(app)
        else:
            options["verify"] = _trust() if address.scheme == "https" else False
            options["proxy"] = self._proxy[1] if self._proxy else None
        kept = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS)
        fresh = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=0)
        try:
            self._kept = httpx.AsyncClient(limits=kept, **options)
            self._fresh = httpx.AsyncClient(limits=fresh, **options)
        except (ImportError, ValueError):
            raise _unusable_proxy(self._proxy) from None

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._kept.aclose()
        await self._fresh.aclose()

    async def exchange(self, request: WireRequest, token: Token, *, fresh: bool, deadline: float) -> WireAnswer:
        """Sends a request and reads the answer to its end.

        Args:
            request: What to send.
            token: Goes into the `Authorization` header and nowhere else.
            fresh: On a connection of its own.
            deadline: Seconds for all of it.

        Raises:
            TransportFailure: There is no whole answer.
            SignInError: The token cannot stand in a header.
        """
        progress = _Progress(sent=self._in_process)
        answer: WireAnswer | None = None
        failure: TransportFailure
        try:
            async with asyncio.timeout(deadline):
                answer = await self._exchange(request, token, self._fresh if fresh else self._kept, progress)
        except TimeoutError:
            failure = TransportFailure(
                FailureKind.TIMEOUT if progress.sent else FailureKind.CONNECT_TIMEOUT,
                sent=progress.sent,
                cause=f"no answer within {deadline:g} s",
                status=progress.status,
            )
        except httpx.HTTPError as error:
            failure = self._failure_of(error, progress)
        except httpx.InvalidURL:
            failure = TransportFailure(FailureKind.CONNECT, sent=False, cause="its address makes no sense")
        except (_TooLarge, zlib.error) as error:
            too_large = isinstance(error, _TooLarge)
            failure = TransportFailure(
                FailureKind.TOO_LARGE if too_large else FailureKind.PACKED_BADLY,
                sent=True,
                cause=f"larger than {MAX_BODY // 1024 // 1024} MB" if too_large else "its packing is broken",
                status=progress.status,
            )
        # Raised outside of the handlers, so that no exception of httpx hangs on to it.
        if answer is None:
            raise failure
        return answer

    async def _exchange(
        self, request: WireRequest, token: Token, client: httpx.AsyncClient, progress: _Progress
    ) -> WireAnswer:
        built = client.build_request(
            request.method,
            request.url,
            headers={**request.headers, "Accept-Encoding": "gzip"},
            content=request.body or None,
            extensions={"trace": progress.trace},
        )
        if request.method != "GET" and not request.body:
            built.headers["Content-Length"] = "0"
        _authorize(built, token)
        response = await client.send(built, stream=True)
        try:
            progress.status = response.status_code
            body = await _read_body(response)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return WireAnswer(response.status_code, headers, body)
        finally:
            await response.aclose()

    def _failure_of(self, error: httpx.HTTPError, progress: _Progress) -> TransportFailure:
        causes = list(_causes(error))
        if isinstance(error, httpx.ProxyError):
            return self._proxy_failure()
        not_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        if not_sent or not progress.sent:
            kind, cause, way_out = _connect_cause(error, causes)
            if self._proxy and kind is not FailureKind.UNTRUSTED:
                cause = f"{cause}, by way of the proxy in {self._proxy[0]}"
            return TransportFailure(kind, sent=False, cause=cause, way_out=way_out)
        if isinstance(error, httpx.TimeoutException):
            return TransportFailure(FailureKind.TIMEOUT, sent=True, cause="no answer in time", status=progress.status)
        if isinstance(error, httpx.RemoteProtocolError) and _is_no_http(error):
            return TransportFailure(
                FailureKind.NOT_HTTP, sent=True, cause="what came is not HTTP", status=progress.status
            )
        cause = "the connection broke off" if progress.status is None else "the answer broke off in the middle"
        return TransportFailure(FailureKind.LOST, sent=True, cause=cause, status=progress.status)

    def _proxy_failure(self) -> TransportFailure:
        name, url = self._proxy or ("", "")
        return TransportFailure(
            FailureKind.PROXY,
            sent=False,
            cause=f"the proxy {_without_password(url)} refused",
            way_out=f"Check the proxy that the environment variable {name} names; it may want a user and password.",
        )


class _Progress:
    """How far a request came: whether bytes of it may have left, and whether a status came back."""

    def __init__(self, *, sent: bool) -> None:
        self.sent = sent
        self.status: int | None = None

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        # The CONNECT to a proxy is a request too, but the service has not seen anything by then.
        if (
            event.endswith(".send_request_headers.started")
            and getattr(info.get("request"), "method", b"") != b"CONNECT"
        ):
            self.sent = True


class _TooLarge(Exception):
    """More bytes than are taken in."""


class _InProcess(httpx.AsyncBaseTransport):
    """Hands requests to an application in this process; one that breaks off looks like a lost connection."""

    def __init__(self, app: AsgiApp) -> None:
        self._inner = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        dropped: str
        try:
            return await self._inner.handle_async_request(request)
        except Exception as error:  # an application can fail in any way; to a caller it is one: no answer
            dropped = type(error).__name__
        raise httpx.RemoteProtocolError(f"Server disconnected ({dropped})", request=request)


def _authorize(request: httpx.Request, token: Token) -> None:
    usable = token.reveal().isascii() and token.reveal().isprintable() and " " not in token.reveal()
    if not usable or not token.reveal():
        raise SignInError(
            "The token holds characters that no token has.",
            certain="Nothing was sent.",
            way_out="Copy it again into BACKUP_TUI_ACCESS_TOKEN, without quotes or line breaks.",
            code="TokenMalformed",
        )
    request.headers["Authorization"] = f"Bearer {token.reveal()}"


async def _read_body(response: httpx.Response) -> bytes:
    """Reads and unpacks a body, never more than `MAX_BODY` bytes of it.

    httpx would unpack a whole chunk at once, and 48 kB on the wire can be 50 MB unpacked; so it is done here.
    """
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "", "gzip", "x-gzip"):
        raise zlib.error(f"unknown packing {packing[:20]}")
    unpacker = _Gunzip() if "gzip" in packing else None
    parts: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        part = unpacker.feed(chunk, MAX_BODY - size) if unpacker else chunk
        size += len(part)
        if size > MAX_BODY:
            raise _TooLarge
        parts.append(part)
    if unpacker:
        unpacker.end()
    return b"".join(parts)


class _Gunzip:
    """Unpacks gzip, members one after the other, with a limit that holds inside a chunk too."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._fed = False

    def feed(self, chunk: bytes, limit: int) -> bytes:
        out = b""
        while chunk:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            self._fed = True
            out += self._member.decompress(chunk, limit + 1 - len(out))
            if len(out) > limit or self._member.unconsumed_tail:
                raise _TooLarge
            chunk = self._member.unused_data
        return out

    def end(self) -> None:
        if self._fed and not self._member.eof:
            raise zlib.error("the packed body breaks off")


def _trust() -> ssl.SSLContext:
    """The certificates that the operating system trusts, or those of `SSL_CERT_FILE`."""
    import truststore  # only https needs it

    named = os.environ.get("SSL_CERT_FILE")
    if not named:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=named)
    except (OSError, ssl.SSLError):
        raise ConfigError(
            "The file of trusted certificates cannot be read.",
            field="SSL_CERT_FILE",
            value=named,
            certain="Nothing was sent.",
            way_out="Let SSL_CERT_FILE name a PEM file, or take it out of the environment.",
        ) from None


def _proxy_of(address: ServiceAddress) -> tuple[str, str] | None:
    """Name of the environment variable and URL of the proxy for an address; never one for this machine."""
    proxies = getproxies_environment()
    if address.loopback or proxy_bypass(address.host):
        return None
    for key in (address.scheme, "all"):
        url = proxies.get(key)
        if url:
            name = f"{key}_proxy"
            return (name if name in os.environ else name.upper()), url if "://" in url else f"http://{url}"
    return None


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or '?'}:{parts.port or 80}"
    except ValueError:
        return "?"


def _unusable_proxy(proxy: tuple[str, str] | None) -> ConfigError:
    name, url = proxy or ("", "")
    return ConfigError(
        "The proxy in the environment cannot be used.",
        field=name,
        value=_without_password(url),
        certain="Nothing was sent.",
        way_out=f"Let {name} name an http:// proxy, or take it out of the environment.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """All that lies beneath an exception, groups of connection attempts included."""
    pending, seen = [error], set[int]()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            pending.extend(current.exceptions)
        pending.extend(each for each in (current.__cause__, current.__context__) if each is not None)


def _connect_cause(error: httpx.HTTPError, causes: list[BaseException]) -> tuple[FailureKind, str, str]:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                FailureKind.UNTRUSTED,
                f"its certificate is not trusted: {cause.verify_message or 'unknown reason'}",
                "If your network inspects TLS, let SSL_CERT_FILE name its root certificate (PEM). "
                "Checking cannot be turned off.",
            )
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return FailureKind.NAME, "name not found", "Check the network and the name."
        if isinstance(cause, ssl.SSLError):
            return FailureKind.NO_TLS, "no TLS answer", "Check the address: something there does not speak https."
        if isinstance(cause, ConnectionRefusedError):
            return FailureKind.REFUSED, "refused", "Check that the service runs at this address."
    if isinstance(error, httpx.TimeoutException):
        return FailureKind.CONNECT_TIMEOUT, f"no connection within {CONNECT_SECONDS:g} s", "Check the network."
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return FailureKind.CONNECT, "the request could not be written", "Report this, with what was done."
    return FailureKind.CONNECT, "no connection", "Check the network."


def _is_no_http(error: httpx.RemoteProtocolError) -> bool:
    text = str(error).lower()
    # h11 says what it expected; a connection that simply ended is worded differently.
    return "disconnected" not in text and "closed connection" not in text and "peer closed" not in text
