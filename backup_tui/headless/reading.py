"""Bytes and lines from standard input without holding up the event loop, so that Ctrl+C and --timeout work."""

import asyncio
import io
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO, TypeVar

T = TypeVar("T")

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
        return await apart(lambda: os.read(number, _PART))
    try:
        await ready.wait()
    finally:
        loop.remove_reader(number)
    return os.read(number, _PART)


async def apart(read: Callable[[], T]) -> T:
    """What a function returns that may block for ever, in a thread that does not keep the process alive: one of a pool
    would be waited for at the end. Raises what the function raises."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[T] = loop.create_future()

    def settle(put: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(lambda: None if came.done() else put())

    def run() -> None:
        try:
            value = read()
        except Exception as error:
            failed = error
            settle(lambda: came.set_exception(failed))
        else:
            settle(lambda: came.set_result(value))

    threading.Thread(target=run, daemon=True, name="reading").start()
    return await came


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
