"""Where the browser comes back to: one page on this machine that takes one answer.

It listens on the loopback addresses only. Whoever comes without the state that only our page was given is turned
away, and waiting continues.
"""

import asyncio
import hmac
import socket
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from backup_tui.crash import hide
from backup_tui.signin.error_catalogue import local_error

_MOST = 64 * 1024
_SECONDS = 10.0
_MANY = 16

_DONE = "Return to the terminal; the sign-in continues there. You can close this page."
_REFUSED = "Return to the terminal; the sign-in was refused. You can close this page."
_STRANGER = "This is not the expected answer."


class RedirectPage:
    """Waits for the browser on a port, 0 for any free one, as an async context manager."""

    def __init__(self, port: int) -> None:
        self._asked_port = port
        self._servers: list[asyncio.Server] = []
        self._answer: asyncio.Future[Mapping[str, str]] | None = None
        self._state = ""
        self._open = 0
        self.port = port

    async def __aenter__(self) -> Self:
        self._answer = asyncio.get_running_loop().create_future()
        try:
            first = await asyncio.start_server(self._serve, "127.0.0.1", self._asked_port, limit=_MOST)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            refused = local_error("port", port=self._asked_port, reason=reason)
        else:
            self._servers.append(first)
            self.port = first.sockets[0].getsockname()[1]
            await self._listen_on_ipv6()
            return self
        raise refused

    async def _listen_on_ipv6(self) -> None:
        """`localhost` may mean ::1 to the browser; a machine without it has no browser that could."""
        try:
            self._servers.append(
                await asyncio.start_server(self._serve, "::1", self.port, family=socket.AF_INET6, limit=_MOST)
            )
        except OSError:
            return

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()

    def expect(self, state: str) -> None:
        """From now on an answer that brings this state is ours, and no other."""
        self._state = state

    async def answer(self) -> Mapping[str, str]:
        """What the browser brings: `code` or `error`, and what belongs to it."""
        assert self._answer is not None
        return await asyncio.shield(self._answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            if self._open <= _MANY:
                async with asyncio.timeout(_SECONDS):
                    await self._exchange(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            return  # This was not the answer; waiting continues.
        finally:
            self._open -= 1
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii", "replace")
        first, *lines = head.split("\r\n")
        method, _, rest = first.partition(" ")
        target = rest.partition(" ")[0]
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        query = urlsplit(target).query
        if method == "POST":
            length = int(headers.get("content-length", "0"))
            if not 0 <= length <= _MOST:
                raise ValueError
            query = (await reader.readexactly(length)).decode("ascii")
        status, words = self._taken(query if method in ("GET", "POST") else "")
        body = f"<!doctype html><meta charset=utf-8><title>backup-tui</title><p>{words}</p>".encode()
        told = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\n"
            "Connection: close\r\n\r\n"
        )
        writer.write(told.encode() + body)
        await writer.drain()

    def _taken(self, query: str) -> tuple[str, str]:
        brought = dict(parse_qsl(query, max_num_fields=50))
        expected = self._state.encode()
        ours = bool(expected) and hmac.compare_digest(brought.get("state", "").encode(), expected)
        if not ours or not (brought.get("code") or brought.get("error")):
            return "400 Bad Request", _STRANGER
        if self._answer is not None and not self._answer.done():
            hide(brought.get("code", ""))
            self._answer.set_result(brought)
        return "200 OK", _DONE if brought.get("code") else _REFUSED
