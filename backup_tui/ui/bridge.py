"""Forwards changes in the store to the visible screen, at most four times a second.

Between changes nothing runs: no timer, no frame, no byte.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Protocol
from weakref import WeakKeyDictionary

from backup_tui.store.changes import Change, joined

PERIOD, LOW_PERIOD = 0.25, 0.5  # seconds between two deliveries at least

Unsubscribe = Callable[[], None]
Subscribe = Callable[[Callable[[Change], None]], Unsubscribe]


class Receiver(Protocol):
    """A screen that wants to know what changed."""

    def receive(self, change: Change) -> None:
        """Shows what changed."""
        ...


class Bridge:
    """Gathers changes and hands them as one to the active screen.

    A screen that is not shown gets what it missed when it is shown again (`join`, `caught_up`).

    Args:
        active: The receiver that is shown now, None when there is none.
        subscribe: Starts listening to the store and gives back what ends it.
        failed: Told about an error that a receiver raised.
        period: As `PERIOD`.
    """

    def __init__(
        self,
        active: Callable[[], Receiver | None],
        subscribe: Subscribe,
        failed: Callable[[Exception], None],
        period: float = PERIOD,
    ) -> None:
        self._active = active
        self._subscribe = subscribe
        self._failed = failed
        self._period = period
        self._pending: Change | None = None
        self._missed: WeakKeyDictionary[Receiver, Change | None] = WeakKeyDictionary()
        self._timer: asyncio.TimerHandle | None = None
        self._last = float("-inf")
        self._end: Unsubscribe | None = None
        self._context: Context | None = None

    def start(self) -> None:
        """Begins to listen. Call it inside the running app: screens are told in its context, whoever changed."""
        if self._end is None:
            self._context = copy_context()
            self._end = self._subscribe(self._take)

    def stop(self) -> None:
        """Stops listening; what was not delivered is forgotten."""
        if self._end is not None:
            self._end()
            self._end = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def join(self, receiver: Receiver) -> None:
        """Remembers for this receiver what it misses while it is not shown."""
        self._missed.setdefault(receiver, None)

    def caught_up(self, receiver: Receiver) -> Change | None:
        """What the receiver missed, `None` when nothing; asked once, when it is shown again."""
        missed = self._missed.get(receiver)
        if missed is not None:
            self._missed[receiver] = None
        return missed

    def _take(self, change: Change) -> None:
        self._pending = joined(self._pending, change)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            wait = max(0.0, self._last + self._period - loop.time())
            self._timer = loop.call_later(wait, self.deliver, context=self._context)

    def deliver(self) -> None:
        """Hands what has changed to the active screen now, whatever time it is."""
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        change, self._pending = self._pending, None
        active = self._active()
        for receiver, missed in list(self._missed.items()):
            if receiver is not active:
                self._missed[receiver] = joined(missed, change)
        if active is not None and change is not None:
            try:
                active.receive(change)
            except Exception as error:
                self._failed(error)
