"""The one thread in which the journal's file is touched, and how the event loop waits for it."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from backup_tui.journal.file import Opened, open_file

P = ParamSpec("P")
T = TypeVar("T")


class JournalThread:
    """Runs functions on the journal's connection, one after the other, in the order in which they were asked."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._opened: Opened | None = None

    async def open(self, path: Path) -> None:
        """Starts the thread and opens the file in it; never fails for the state of the file."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        opening = asyncio.wrap_future(executor.submit(open_file, path))
        try:
            self._opened = await finish(opening)
        except BaseException:
            if opening.exception() is None:
                executor.submit(opening.result().connection.close)
            executor.shutdown(wait=False)
            raise
        self._executor = executor

    async def close(self) -> None:
        """Closes the file after everything that was asked before, and ends the thread."""
        opened, executor = self._opened, self._executor
        self._opened = self._executor = None
        if opened is not None and executor is not None:
            closing = asyncio.wrap_future(executor.submit(opened.connection.close))
            executor.shutdown(wait=False)
            await finish(closing)

    @property
    def opened(self) -> Opened:
        """What was found when the file was opened. Raises `RuntimeError`: it is not open."""
        if self._opened is None:
            raise RuntimeError("the journal is not open")
        return self._opened

    def submit(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Asks for `function(connection, ...)`. Raises `RuntimeError`: the journal is not open."""
        connection = self.opened.connection
        if self._executor is None:
            raise RuntimeError("the journal is not open")
        return asyncio.wrap_future(self._executor.submit(function, connection, *args, **kwargs))


async def finish(future: asyncio.Future[T]) -> T:
    """Waits for a write to its end; a cancellation meanwhile is passed on after it."""
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        future.exception()  # Seen here; whoever was cancelled does not wait for it.
        raise cancelled
    return future.result()
