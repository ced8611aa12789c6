"""Specifies that a terminal which does not read, or is gone, costs nothing but frames that are old already."""

from __future__ import annotations

import os
import pty
import threading
from collections.abc import Iterator

import pytest

from backup_tui.ui.terminal.writer import BEHIND, TerminalWriter

FRAME = "x" * 3_000
LIMIT = 60


class Wire:
    """A pipe in place of the terminal."""

    def __init__(self, out: int, end: int) -> None:
        self.end = end
        self.gone, self.caught_up = threading.Event(), threading.Event()
        self.writer = TerminalWriter(out, self.gone.set, self.caught_up.set)

    def read(self, size: int) -> bytes:
        got = b""
        while len(got) < size and (part := os.read(self.end, size - len(got))):
            got += part
        return got


@pytest.fixture
def wire() -> Iterator[Wire]:
    end, out = os.pipe()
    one = Wire(out, end)
    yield one
    one.writer.end()
    os.close(end)
    os.close(out)


def test_what_is_written_comes_in_order_and_all_of_it(wire: Wire) -> None:
    for text in ("first ", "second é ", "third"):
        wire.writer.write(text)
    assert wire.writer.finish(LIMIT)
    assert wire.read(20) == "first second é third".encode()[:20]


def test_nobody_waits_for_a_terminal_that_does_not_read(wire: Wire) -> None:
    for _ in range(200):
        wire.writer.write(FRAME)
    wire.writer.control("last")
    assert not wire.writer.finish(0.01)
    stream = b""
    while not stream.endswith(b"last"):
        stream += os.read(wire.end, 65_536)
    assert len(stream) < 100 * len(FRAME), "old frames are left out"
    assert len(stream) >= BEHIND
    assert wire.caught_up.wait(LIMIT), "the screen is drawn anew"
    assert wire.writer.finish(LIMIT)


def test_a_slow_terminal_that_keeps_up_is_not_drawn_anew(wire: Wire) -> None:
    for _ in range(20):
        wire.writer.write(FRAME)
        wire.read(len(FRAME))
    assert wire.writer.finish(LIMIT)
    assert not wire.caught_up.is_set()


def test_a_terminal_that_is_gone_is_told_once_and_takes_everything(wire: Wire) -> None:
    master, slave = pty.openpty()
    os.close(master)
    gone = Wire(slave, wire.end)
    gone.writer.write("x")
    assert gone.gone.wait(LIMIT)
    for _ in range(200):
        gone.writer.write(FRAME)
    assert not gone.writer.finish(LIMIT)
    assert gone.writer.is_gone
    os.close(slave)
