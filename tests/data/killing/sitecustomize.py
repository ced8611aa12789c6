"""Loaded by Python at its start where this folder is on the path: kills the process at the point that KILL_AT names.

No handler, no `finally`, no flush: what a power cut leaves. The points lie around the journal's own functions, so that
the program knows nothing of them.
"""

from __future__ import annotations

import functools
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from backup_tui.journal import rows, schema
from backup_tui.journal.journal import Journal

writing = ""
"""What is being written at the moment: `intent` or `answer`."""


def reached(point: str) -> None:
    if point == os.environ.get("KILL_AT"):  # which a test may set in the middle of its process
        os.kill(os.getpid(), signal.SIGKILL)


def around(what: str, write: Callable[..., Any]) -> Callable[..., Any]:
    """Dies before or after a row is on the disk."""

    @functools.wraps(write)
    def run(*args: Any, **more: Any) -> Any:
        global writing  # noqa: PLW0603  # one thread writes
        reached(f"before_{what}")
        writing = what
        written = write(*args, **more)
        writing = ""
        reached(f"after_{what}")
        return written

    return run


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Dies between the row's insert and its commit."""
    with schema.transaction(connection):
        yield
        reached(f"inside_{writing}")


def send(begin: Callable[..., Any]) -> Callable[..., Any]:
    """Dies when the intent is known to be on the disk, and the request has not left."""

    @functools.wraps(begin)
    async def run(*args: Any, **more: Any) -> Any:
        intent = await begin(*args, **more)
        reached("before_send")
        return intent

    return run


def heard(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Dies when the answer has come, and nothing of it is written."""

    @functools.wraps(answer)
    async def run(*args: Any, **more: Any) -> Any:
        reached("after_send")
        return await answer(*args, **more)

    return run


changed: Any = rows
changed.transaction = transaction
changed.insert_intent = around("intent", rows.insert_intent)
changed.insert_answer = around("answer", rows.insert_answer)
journal: Any = Journal
journal.begin = send(Journal.begin)
journal.answer = heard(Journal.answer)
