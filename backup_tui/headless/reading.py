"""Bytes and lines from standard input without holding up the event loop, so that Ctrl+C and --timeout work."""

import asyncio
import io
import os
import threading
from typing import TextIO

_PART = 1 << 16  # bytes that are read at a time; a terminal gives a line


async def read_some(stdin: TextIO) -> bytes:
    """What comes next; empty at the end. Raises `OSError`: the stream cannot be read."""
    try:
        number = stdin.fileno()
    except io.UnsupportedOperation:  # held in this process, not a file
        held: bytes = stdin.buffer.readline() if hasattr(stdin, "buffer") else stdin.readline().encode()
        return held
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(number, ready.set)
    except PermissionError:  # a file, which never blocks
        return os.read(number, _PART)
    except NotImplementedError:  # Windows
        return await _in_a_thread(number)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(number)
    return os.read(number, _PART)


async def _in_a_thread(number: int) -> bytes:
    """Reads in a thread that does not keep the process alive: one of a pool would be waited for at the end."""
    loop = asyncio.get_running_loop()
    part: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        came = os.read(number, _PART)
        loop.call_soon_threadsafe(lambda: None if part.done() else part.set_result(came))

    threading.Thread(target=read, daemon=True, name="standard input").start()
    return await part


async def read_all(stdin: TextIO) -> bytes:
    """Everything up to the end. Raises `OSError`: the stream cannot be read."""
    parts: list[bytes] = []
    while part := await read_some(stdin):
        parts.append(part)
    return b"".join(parts)


class LineReader:
    """Reads a stream line by line; what came after a line is kept for the next one."""

    def __init__(self, stdin: TextIO) -> None:
        self._stdin = stdin
        self._held = b""
        self._ended = False

    async def line(self) -> str:
        """The next line with its end; empty when there is none. Raises `OSError` as for `read_some`."""
        while b"\n" not in self._held and not self._ended:
            part = await read_some(self._stdin)
            self._held, self._ended = self._held + part, not part
        line, end, self._held = self._held.partition(b"\n")
        return (line + end).decode(getattr(self._stdin, "encoding", None) or "utf-8", "replace")
