"""Writes to the terminal without ever waiting for it.

A terminal that is gone returns an error, one that does not read accepts nothing. Neither may block the program: a
thread writes, drops what it cannot write in time, and the screen is redrawn when it is through.
"""

import os
import select
import threading
from collections import deque
from collections.abc import Callable

BEHIND = 64 * 1024
"""Bytes that may wait; what comes then is left out, because a newer frame is worth more than an older one."""

_AT_ONCE = 4096


class TerminalWriter:
    """Writes in a thread of its own.

    Args:
        fd: Where to.
        on_gone: Called once from the thread when the terminal is gone.
        on_caught_up: Called from the thread when all is written after something was left out.
    """

    def __init__(self, fd: int, on_gone: Callable[[], None], on_caught_up: Callable[[], None]) -> None:
        self._fd = fd
        self._on_gone = on_gone
        self._on_caught_up = on_caught_up
        self._change = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._backlog = 0
        self._left_out = False
        self._gone = False
        self._ended = False
        # A daemon: the end of the program does not wait for a write that hangs.
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)
        self._thread.start()

    @property
    def is_gone(self) -> bool:
        """Whether the terminal has answered that it is gone."""
        return self._gone

    def write(self, text: str) -> None:
        """Takes a part of a frame; leaves it out while too much is waiting."""
        with self._change:
            if self._backlog > BEHIND:
                self._left_out = True
                return
        self.control(text)

    def control(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        with self._change:
            if data and not self._gone and not self._ended:
                self._waiting.append(data)
                self._backlog += len(data)
                self._change.notify_all()

    def finish(self, within: float) -> bool:
        """Waits until all is written. Returns whether it is; False too when the terminal is gone. `within`: seconds to
        wait at most."""
        with self._change:
            self._change.wait_for(lambda: not self._backlog or self._gone, within)
            return not self._backlog and not self._gone

    def end(self) -> None:
        """Lets the thread end; what is still waiting is given up."""
        with self._change:
            self._ended = True
            self._change.notify_all()

    def _run(self) -> None:
        while (data := self._next()) is not None:
            try:
                while data:
                    data = self._write(data)
            except OSError:
                with self._change:
                    self._gone = True
                    self._waiting.clear()
                    self._backlog = 0
                    self._change.notify_all()
                self._on_gone()
                return

    def _next(self) -> bytes | None:
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._ended)
            if self._ended:
                return None
            return self._waiting.popleft()

    def _write(self, data: bytes) -> bytes:
        """Writes some of it and returns the rest."""
        try:
            written = os.write(self._fd, data[:_AT_ONCE])
        except BlockingIOError:  # whoever else has this terminal open made it so
            select.select([], [self._fd], [])
            return data
        with self._change:
            self._backlog -= written
            caught_up = not self._backlog and self._left_out
            self._left_out = self._left_out and not caught_up
            self._change.notify_all()
        if caught_up:
            self._on_caught_up()
        return data[written:]
