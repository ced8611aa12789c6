"""Stopping, resuming and resizing, by whatever signals and in whatever order they come.

The handlers run in the event loop one after the other, so none interrupts another. The stop itself is left to the
system: it knows whether there is a shell to come back to, and that a SIGCONT cancels a stop that was not reached.
"""

import asyncio
import os
import signal
from collections.abc import Callable

TURNS = 3
"""Turns of the loop until a SIGCONT that came before a stop was pending is seen: its byte is read, its handler queued
and run."""


def stop_the_job() -> None:
    """What `ctrl+z` does in a terminal that handles it itself: all processes of the job stop, a wrapper too."""
    os.kill(0, signal.SIGTSTP)


class JobControl:
    """Listens to SIGTSTP, SIGCONT and SIGWINCH.

    Args:
        loop: Where the handlers run.
        leave: Gives the terminal back.
        enter_again: Takes it again after a stop.
        continued: Told of a SIGCONT without a stop of ours before it.
        resized: Told of another size.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        leave: Callable[[], object],
        enter_again: Callable[[], None],
        continued: Callable[[], None],
        resized: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._leave = leave
        self._enter_again = enter_again
        self._handlers = {
            signal.SIGTSTP: self._asked_to_stop,
            signal.SIGCONT: self._on_continue,
            signal.SIGWINCH: resized,
        }
        self._continued = continued
        self._stop_asked = False
        self._listening = False

    def start(self) -> None:
        """Listens from now on."""
        self._listening = True
        for number, handler in self._handlers.items():
            self._loop.add_signal_handler(number, handler)

    def stop(self) -> None:
        self._take_back()
        self._listening = False
        for number in self._handlers:
            self._loop.remove_signal_handler(number)

    def _asked_to_stop(self) -> None:
        if self._stop_asked or not self._listening:
            return
        self._stop_asked = True
        # Pending from here on for this thread, so that a later SIGCONT discards it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP})
        signal.raise_signal(signal.SIGTSTP)
        self._stop_after(TURNS)

    def _on_continue(self) -> None:
        self._take_back()
        self._continued()

    def _take_back(self) -> None:
        if self._stop_asked:
            self._stop_asked = False
            signal.sigtimedwait({signal.SIGTSTP}, 0)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})

    def _stop_after(self, turns: int) -> None:
        if not self._stop_asked:
            return
        if turns:
            self._loop.call_soon(self._stop_after, turns - 1)
            return
        self._stop_asked = False
        self._leave()
        self._loop.remove_signal_handler(signal.SIGTSTP)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})  # stops here, until SIGCONT
        self._loop.add_signal_handler(signal.SIGTSTP, self._asked_to_stop)
        self._enter_again()
