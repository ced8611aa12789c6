"""The one module that imports httpx: bytes out, bytes in, and every way that this fails as one typed failure.

Nothing of httpx leaves this module. Redirects are not followed, the token is put in at the last moment and only
here, and no exception of httpx stays attached to what is raised: their frames hold the request's headers."""

import asyncio
import ssl
import sys
import threading
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from backup_tui.graph.address import ServiceAddress
from backup_tui.graph.connect_causes import CONNECT_SECONDS, causes_of, certain_cause, issued_by, proxy_failure
from backup_tui.graph.network import Proxy, proxy_of, trust, unusable_proxy
from backup_tui.graph.unpacking import TooLarge, Unpacker, packed_badly, too_large
from backup_tui.graph.wire import MAX_BODY, FailureKind, TransportFailure, WireAnswer, WireRequest, authorization
from backup_tui.models.whoami import Token

# httpx brings a command-line program of its own, and with it rich, click and pygments: half of its import time. It
# does without where that module cannot be imported.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402

_TIMEOUT = httpx.Timeout(connect=CONNECT_SECONDS, read=60.0, write=30.0, pool=30.0)
_MOST_CONNECTIONS = 8


class Transport:
    """Sends one request and takes one answer in. Reads keep their connections; changes, and reads after a 503, get a
    fresh one, since a kept one that the other side has just closed cannot be told from a lost answer."""

    def __init__(self, address: ServiceAddress) -> None:
        self._proxy = proxy_of(address.scheme, address.host)
        self._verify = _verify(address.scheme)
        self._kept = _client(self._verify, self._proxy, _MOST_CONNECTIONS)
        self._fresh = _client(self._verify, self._proxy, 0)

    async def aclose(self) -> None:
        await self._kept.aclose()
        await self._fresh.aclose()

    async def drop_kept(self) -> None:
        """Closes the connections that are kept for the next read; a change under way has one of its own."""
        old, self._kept = self._kept, _client(self._verify, self._proxy, _MOST_CONNECTIONS)
        await old.aclose()

    async def exchange(self, request: WireRequest, token: Token, *, fresh: bool, deadline: float) -> WireAnswer:
        """Sends a request and reads the answer to its end. `deadline`: seconds for all of it. Raises
        `TransportFailure`: no whole answer came; `SignInError`: the token cannot be written into a header."""
        client = self._fresh if fresh else self._kept
        return await _whole_answer(client, request, self._proxy, deadline, MAX_BODY, token)


class BlockingTransport:
    """The same for code that can only wait, such as msal's: called by one thread, given up by any. It runs an event
    loop of its own meanwhile, so that the deadline holds for the whole exchange and it can be given up at once."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None
        self._clients: dict[tuple[str, str], tuple[httpx.AsyncClient, Proxy | None]] = {}
        self._lock = threading.Lock()
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[WireAnswer]] | None = None
        self._aborted = False

    def exchange(self, request: WireRequest, *, deadline: float, limit: int) -> WireAnswer:
        """Sends a request as it is and reads the answer to its end. `deadline`: seconds for all of it. Raises
        `TransportFailure`: no whole answer came, or it was given up; `ConfigError`: there are no certificates to check
        the other side with, or the proxy cannot be one."""
        if self._aborted:
            raise TransportFailure(FailureKind.GIVEN_UP, sent=False, cause="given up")
        parts = urlsplit(request.url)
        client, proxy = self._client_of(parts.scheme, parts.hostname or "")
        if self._runner is None:
            self._runner = asyncio.Runner()
        answer: WireAnswer | None = None
        try:
            answer = self._runner.run(self._watched(client, proxy, request, deadline, limit))
        except asyncio.CancelledError:
            failure = TransportFailure(FailureKind.GIVEN_UP, sent=True, cause="given up")
        # Raised outside of the handler, as everywhere here.
        if answer is None:
            raise failure
        return answer

    def ready(self) -> None:
        """From now on requests are sent again, after an `abort`."""
        self._aborted = False

    def abort(self) -> None:
        """Gives up what is under way, and what would be sent before `ready`; may be called by any thread."""
        self._aborted = True
        with self._lock:
            if self._running is not None:
                loop, task = self._running
                loop.call_soon_threadsafe(task.cancel)

    def close(self) -> None:
        """Closes all connections; called when nothing is under way. What is sent afterwards opens new ones."""
        clients, self._clients = self._clients, {}
        runner, self._runner = self._runner, None
        if runner is None:
            return
        for client, _ in clients.values():
            runner.run(client.aclose())
        runner.close()

    def _client_of(self, scheme: str, host: str) -> tuple[httpx.AsyncClient, Proxy | None]:
        if (scheme, host) not in self._clients:
            proxy = proxy_of(scheme, host)
            self._clients[scheme, host] = _client(_verify(scheme), proxy, 0), proxy
        return self._clients[scheme, host]

    async def _watched(
        self, client: httpx.AsyncClient, proxy: Proxy | None, request: WireRequest, deadline: float, limit: int
    ) -> WireAnswer:
        task = asyncio.ensure_future(_whole_answer(client, request, proxy, deadline, limit))
        with self._lock:
            self._running = asyncio.get_running_loop(), task
        try:
            return await task
        finally:
            with self._lock:
                self._running = None


def _verify(scheme: str) -> ssl.SSLContext | bool:
    """How the other side is checked. To read the system's certificates takes 23 ms: the clients here share them."""
    return trust() if scheme == "https" else False


def _client(verify: ssl.SSLContext | bool, proxy: Proxy | None, kept_connections: int) -> httpx.AsyncClient:
    options: dict[str, Any] = {"timeout": _TIMEOUT, "trust_env": False, "follow_redirects": False}
    options["verify"] = verify
    options["proxy"] = proxy.url if proxy else None
    limits = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=kept_connections)
    try:
        return httpx.AsyncClient(limits=limits, **options)
    except (ImportError, ValueError, httpx.InvalidURL):
        raise unusable_proxy(proxy) from None


def _build(
    client: httpx.AsyncClient, request: WireRequest, token: Token | None, progress: "_Progress"
) -> httpx.Request:
    built = client.build_request(
        request.method,
        request.url,
        headers={**request.headers, "Accept-Encoding": "gzip"},
        content=request.body or None,
        extensions={"trace": progress.trace},
    )
    progress.target = built.url.host, built.url.port or (443 if built.url.scheme == "https" else 80)
    if request.method != "GET" and not request.body:
        built.headers["Content-Length"] = "0"
    if token is not None:
        built.headers["Authorization"] = authorization(token)
    return built


async def _whole_answer(
    client: httpx.AsyncClient,
    request: WireRequest,
    proxy: Proxy | None,
    deadline: float,
    limit: int,
    token: Token | None = None,
) -> WireAnswer:
    progress = _Progress()
    answer: WireAnswer | None = None
    failure: TransportFailure
    try:
        async with asyncio.timeout(deadline):
            answer = await _send(client, _build(client, request, token, progress), progress, limit)
    except TimeoutError:
        failure = TransportFailure(
            FailureKind.TIMEOUT if progress.sent else FailureKind.CONNECT_TIMEOUT,
            sent=progress.sent,
            cause=f"no answer within {deadline:g} s",
            status=progress.status,
        )
    except httpx.HTTPError as error:
        failure = _failure_of(error, progress, proxy)
    except httpx.InvalidURL:
        failure = TransportFailure(FailureKind.CONNECT, sent=False, cause="its address is not valid")
    except TooLarge:
        failure = too_large(limit, progress.status)
    except zlib.error:
        failure = packed_badly(progress.status)
    except OSError:  # TLS fails on reading with errors of its own, which the client lets pass
        kind = FailureKind.LOST if progress.sent else FailureKind.CONNECT
        failure = TransportFailure(kind, sent=progress.sent, cause="the connection was lost", status=progress.status)
    # Raised outside of the handlers, so that no exception of httpx hangs on to it.
    if answer is None:
        if failure.kind is FailureKind.UNTRUSTED and proxy is None:
            failure.cause += await issued_by(*progress.target)
        raise failure
    return answer


async def _send(client: httpx.AsyncClient, built: httpx.Request, progress: "_Progress", limit: int) -> WireAnswer:
    response = await client.send(built, stream=True)
    try:
        progress.status = response.status_code
        body = await _read_body(response, limit)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return WireAnswer(response.status_code, headers, body)
    finally:
        await response.aclose()


def _failure_of(error: httpx.HTTPError, progress: "_Progress", proxy: Proxy | None) -> TransportFailure:
    causes = list(causes_of(error))
    if isinstance(error, httpx.ProxyError):
        return proxy_failure(proxy, str(error))
    not_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    if not_sent or not progress.sent:
        kind, cause, hint = _connect_cause(error, causes, in_tls=progress.in_tls)
        if proxy and not progress.in_tls and kind is not FailureKind.UNTRUSTED:
            cause = f"the proxy {proxy.label}: {cause}"
            hint = f"Check the proxy in the environment variable {proxy.variable}, and the network on the way to it."
        elif proxy and kind is not FailureKind.UNTRUSTED:
            cause = f"{cause}, through the proxy in {proxy.variable}"
        return TransportFailure(kind, sent=False, cause=cause, hint=hint)
    if isinstance(error, httpx.TimeoutException):
        return TransportFailure(FailureKind.TIMEOUT, sent=True, cause="no answer in time", status=progress.status)
    if isinstance(error, httpx.RemoteProtocolError) and _is_no_http(error):
        return TransportFailure(
            FailureKind.NOT_HTTP,
            sent=True,
            cause="the answer is not HTTP",
            hint="" if progress.in_tls else "Check the address: it may need https.",
            status=progress.status,
        )
    cause = "the connection was lost" if progress.status is None else "the answer is incomplete"
    return TransportFailure(FailureKind.LOST, sent=True, cause=cause, status=progress.status)


class _Progress:
    """How far a request came. `sent`: bytes of it may have left. `in_tls`: the connection was made, and the other side
    was asked to speak TLS. `target`: host and port that it goes to."""

    def __init__(self) -> None:
        self.sent = False
        self.status: int | None = None
        self.in_tls = False
        self.target = ("", 0)

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(".start_tls.started"):
            self.in_tls = True
        # The CONNECT to a proxy is a request too, but the service has not seen anything by then.
        if (
            event.endswith(".send_request_headers.started")
            and getattr(info.get("request"), "method", b"") != b"CONNECT"
        ):
            self.sent = True


async def _read_body(response: httpx.Response, limit: int) -> bytes:
    """Reads and unpacks a body, never more than `limit` bytes of it; httpx would unpack a whole chunk at once."""
    unpacker = Unpacker(response.headers.get("content-encoding", ""), limit)
    parts = [unpacker.feed(chunk) async for chunk in response.aiter_raw()]
    unpacker.end()
    return b"".join(parts)


def _connect_cause(
    error: httpx.HTTPError, causes: list[BaseException], *, in_tls: bool
) -> tuple[FailureKind, str, str]:
    certain = certain_cause(causes, in_tls=in_tls)
    if certain is not None:
        return certain
    if isinstance(error, httpx.TimeoutException):
        return FailureKind.CONNECT_TIMEOUT, f"no connection within {CONNECT_SECONDS:g} s", "Check the network."
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return FailureKind.CONNECT, "the request could not be written", "Report this, with what you did."
    return FailureKind.CONNECT, "no connection", "Check the network."


def _is_no_http(error: httpx.RemoteProtocolError) -> bool:
    text = str(error).lower()
    # h11 says what it expected; a connection that simply ended is worded differently.
    return "disconnected" not in text and "closed connection" not in text and "peer closed" not in text
