"""The demo's simulated service in a process of its own: it comes up while this one imports what draws the screens."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from itertools import count
from typing import Any

from backup_tui.simulator.messages import read_message, write_message
from backup_tui.workspace.demo import DEMO_SPEED, USUAL, DemoSession, read_past

_START = "import sys; sys.path[:] = {path!r}; from backup_tui.simulator.beside import main; main()"
_PASSED_ON = (
    "type", "method", "scheme", "path", "raw_path", "query_string", "headers", "server", "client", "root_path"
)  # fmt: skip
_ENDS_WITHIN = 2.0  # seconds that the process may take to end once it is no longer asked


class DemoProcess:
    """The service for one workspace: an ASGI application, to be asked in one event loop. It ends when it is closed, and
    when this process ends in whatever way. `scene`: where it begins. Raises `OSError`: no process can be started."""

    def __init__(self, scene: str = USUAL) -> None:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _START.format(path=sys.path), str(DEMO_SPEED), scene],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        except OSError:
            ours.close()
            raise
        self._socket = ours
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[tuple[int, Any, bytes]]] = {}
        self._past: asyncio.Future[Any] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()

    async def past(self) -> tuple[DemoSession, ...]:
        """Its sessions as who drafted them knows them. Raises `ConnectionError`: the process is gone."""
        await self._connected()
        assert self._past is not None
        return read_past(await self._past)

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Answers one request. Raises `ConnectionError`: the service dropped it, or its process is gone."""
        writer = await self._connected()
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            passed_on = {name: scope[name] for name in _PASSED_ON}
            write_message(writer, (number, passed_on, (await receive())["body"]))
            status, headers, body = await answer
        finally:
            del self._waiting[number]
        if not status:
            raise ConnectionResetError("the simulated service dropped the connection")
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @property
    def exit_code(self) -> int | None:
        """With which code it ended; None while it runs."""
        return self._process.returncode

    def end(self) -> None:
        """Ends the process at once, as a crash would."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Says that nothing more is asked, and waits until the process has ended."""
        if self._reading is not None:
            with suppress(RuntimeError):  # its event loop has ended, and the task with it
                self._reading.cancel()
        self._socket.close()
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.end()

    async def _connected(self) -> asyncio.StreamWriter:
        async with self._connecting:
            if self._writer is None:
                self._past = asyncio.get_running_loop().create_future()
                reader, self._writer = await asyncio.open_connection(sock=self._socket)
                self._reading = asyncio.create_task(self._read(reader, self._past), name="demo service")
        if self._reading is not None and self._reading.done():
            raise ConnectionResetError("the simulated service has ended")
        return self._writer

    async def _read(self, reader: asyncio.StreamReader, past: asyncio.Future[Any]) -> None:
        try:
            past.set_result(await read_message(reader))
            while True:
                number, *answer = await read_message(reader)
                if (waiting := self._waiting.get(number)) is not None and not waiting.done():
                    waiting.set_result(tuple(answer))
        except (OSError, asyncio.IncompleteReadError) as ended:
            for waiting in (past, *self._waiting.values()):
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError(str(ended)))
