"""The service on a socket."""

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import uvicorn
from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from backup_tui.simulator.app import DISCONNECT, create_app
from backup_tui.simulator.domain.clock import SimulatorClock
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.settings import Settings


class _Protocol(H11Protocol):
    """Lets the application end a connection without an answer, which ASGI alone has no words for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inner: ASGIApp = self.app

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[DISCONNECT] = self.transport.abort
            await inner(scope, receive, send)

        self.app: ASGIApp = answer


class _Server(uvicorn.Server):
    """A server that leaves signals to its caller, tells when it listens, and ends at once when it is told to.

    Uvicorn looks ten times a second whether it is to end, and then waits at least as long again.
    """

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()

    def end(self) -> None:
        """Ends it, from whichever thread."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # its loop has ended
                self._loop.call_soon_threadsafe(self._end.set)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._listening()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        if not self.should_exit:
            await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks := set(self.server_state.tasks):
            _, late = await asyncio.wait(tasks, timeout=self.config.timeout_graceful_shutdown)
            for task in late:
                task.cancel()


def _listen(host: str, port: int) -> tuple[socket.socket, str]:
    """Return a bound socket and the service's base URL on it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol's number: asyncio sets TCP_NODELAY only on a connection whose socket names TCP, and without it
    # each answer on a kept connection waits 40 ms for the client's delayed acknowledgement.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    shown = f"[{host}]" if family is socket.AF_INET6 else host
    return sock, f"http://{shown}:{sock.getsockname()[1]}/v1.0"


def _server(app: ASGIApp, listening: Callable[[], None]) -> _Server:
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,  # the service sends its own, by its own clock
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return _Server(config, listening)


def _say(text: str, *streams: TextIO) -> None:
    """Prints a line where it can be printed: a stream that is closed or full does not end the service."""
    for stream in streams or (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            print(text, file=stream, flush=True)
            return


def serve(host: str, port: int, settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM.

    Prints the base URL (of v1.0; beta is served too) as the first line on stdout once it listens. Returns 128 plus the
    signal's number after a signal, 1 if the address cannot be had (said on stderr)."""
    try:
        sock, url = _listen(host, port)
    except OSError as error:
        _say(f"cannot listen on {host}:{port}: {error.strerror or error}", sys.stderr)
        return 1
    server = _server(create_app(settings), lambda: _say(url))
    ended_by = 0

    async def run() -> None:
        nonlocal ended_by

        def end(number: int) -> None:
            nonlocal ended_by
            ended_by = number
            server.end()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, end, number)
            except NotImplementedError:  # Windows
                signal.signal(number, lambda came, _frame: loop.call_soon_threadsafe(end, came) and None)
        await server.serve(sockets=[sock])

    with sock:
        asyncio.run(run())
    return 128 + ended_by if ended_by else 0


class Running(Struct, frozen=True, dict=True):
    """A service on a socket of this machine, in a thread of its own."""

    base_url: str  # its address, with the version ``v1.0``
    service: Service  # the service itself; look at it, or set faults and a manual clock, between calls


@contextlib.contextmanager
def running(
    settings: Settings, clock: SimulatorClock | None = None, around: Callable[[ASGIApp], ASGIApp] | None = None
) -> Iterator[Running]:
    """Run a service on a free port of the loopback address, until the block is left. `around`: put around the
    application, to count or delay what passes. Raises `OSError`: if no port can be had."""
    app = create_app(settings, clock)
    sock, url = _listen("127.0.0.1", 0)
    listening = threading.Event()
    server = _server(around(app) if around else app, listening.set)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])), daemon=True)
    with sock:
        thread.start()
        try:
            listening.wait(10)
            yield Running(url, app.state.service)
        finally:
            server.end()
            thread.join(10)
