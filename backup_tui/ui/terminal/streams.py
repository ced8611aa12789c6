"""Which of the standard streams is the terminal, how large it is, and how to release it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

FALLBACK = (80, 24)
"""Columns and lines of a terminal that does not tell."""


def terminal_of(streams: Iterable[int]) -> int:
    """A descriptor of its own for the first of these streams that is a terminal, else for the first that is open.

    Raises:
        OSError: None is open.
    """
    streams = tuple(streams)
    chosen = next((stream for stream in streams if os.isatty(stream)), streams[0])
    return os.dup(chosen)


def size_of(fd: int) -> tuple[int, int]:
    """Columns and lines of the terminal itself; `COLUMNS` and `LINES` may be those of another."""
    with suppress(OSError):
        columns, lines = os.get_terminal_size(fd)
        if columns > 0 and lines > 0:
            return columns, lines
    return FALLBACK


def let_go_of_terminal() -> None:
    """Points the standard streams at nothing: a write to a terminal that is gone would fail, or block the end."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    if nothing > 2:
        os.close(nothing)
