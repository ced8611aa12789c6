"""Carries changes of the store to the screen that is shown, at most four times a second.

Between changes nothing runs: no timer, no frame, no byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Protocol
from weakref import WeakKeyDictionary

Topics = frozenset[str]
Unsubscribe = Callable[[], None]
Subscribe = Callable[[Callable[[Topics], None]], Unsubscribe]


class Receiver(Protocol):
    """A screen that wants to know what changed."""

    def receive(self, topics: Topics) -> None:
        """Shows what changed."""
        ...


class Bridge:
    """Gathers topics and hands them to the active screen.

    A screen that is not shown gets what it missed when it is shown again (`join`, `caught_up`).

    Args:
        active: The receiver that is shown now, None when there is none.
        subscribe: Starts listening to the store and gives back what ends it.
        failed: Told about an error that a receiver raised.
        period: Seconds between two deliveries at least.
    """

    def __init__(
        self,
        active: Callable[[], Receiver | None],
        subscribe: Subscribe,
        failed: Callable[[Exception], None],
        period: float = 0.25,
    ) -> None:
        self._active = active
        self._subscribe = subscribe
        self._failed = failed
        self._period = period
        self._pending: set[str] = set()
        self._missed: WeakKeyDictionary[Receiver, set[str]] = WeakKeyDictionary()
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
        self._missed.setdefault(receiver, set())

    def caught_up(self, receiver: Receiver) -> Topics:
        """What the receiver missed; asked once, when it is shown again."""
        missed = self._missed.get(receiver)
        if not missed:
            return frozenset()
        topics = frozenset(missed)
        missed.clear()
        return topics

    def _take(self, topics: Topics) -> None:
        self._pending |= topics
        if self._timer is None and self._pending:
            loop = asyncio.get_running_loop()
            wait = max(0.0, self._last + self._period - loop.time())
            self._timer = loop.call_later(wait, self._deliver, context=self._context)

    def _deliver(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        topics = frozenset(self._pending)
        self._pending.clear()
        active = self._active()
        for receiver, missed in self._missed.items():
            if receiver is not active:
                missed |= topics
        if active is not None:
            try:
                active.receive(topics)
            except Exception as error:
                self._failed(error)
