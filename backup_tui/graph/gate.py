"""One throttle gate for everything that goes to a tenant.

Graph counts requests that are made while it throttles, and may start the wait again for them. So a 429 to one reader
closes the gate for all, until the second that the service named; then the number of requests in flight grows again
slowly (additive increase, multiplicative decrease)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from backup_tui.errors import Throttled
from backup_tui.graph.retry import LONGEST_HELD_WAIT
from backup_tui.models.clock import Clock

START_IN_FLIGHT = 4
MOST_IN_FLIGHT = 8

Sleep = Callable[[float], Awaitable[object]]


class ThrottleGate:
    """Lets requests of one tenant through, a few at a time, and none while the service asks to wait. `on_change` is
    told the end of the wait (UTC) when the gate closes or the end moves, `None` when it opens."""

    def __init__(
        self,
        clock: Clock,
        *,
        on_change: Callable[[datetime | None], object] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._on_change = on_change
        self._sleep = sleep
        self._opens_at: float | None = None
        self._until: datetime | None = None
        self._timer: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._limit = float(START_IN_FLIGHT)
        self._in_flight = 0

    @property
    def until(self) -> datetime | None:
        """When the wait ends (UTC, the service's time); `None` while the gate is open."""
        return self._until

    @property
    def limit(self) -> int:
        """How many requests may be in flight now, from 1 to `MOST_IN_FLIGHT`."""
        return int(self._limit)

    @property
    def in_flight(self) -> int:
        return self._in_flight

    def close_for(self, seconds: float) -> datetime:
        """Closes the gate; a longer wait that is already on is not shortened. Returns when the gate opens (UTC)."""
        opens_at = self._clock.monotonic() + max(0.0, seconds)
        self._limit = max(1.0, self._limit / 2)
        if self._opens_at is None or opens_at > self._opens_at:
            self._opens_at = opens_at
            self._until = self._clock.now() + timedelta(seconds=max(0.0, seconds))
            self._tell()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().create_task(self._open_in_time())
        return self._until or self._clock.now()

    def cancel_wait(self) -> None:
        """Gives up for everybody who waits now; the gate itself stays closed until its time."""
        if self._until is None:
            return
        until = self._until
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_exception(throttled(until))

    @asynccontextmanager
    async def turn(self, *, at_once: bool = False) -> AsyncIterator[None]:
        """A place among the requests in flight, taken once the gate is open and a place is free. Raises `Throttled`:
        the wait was cancelled, or it is longer than a caller is kept waiting, or not wanted at all."""
        while self._until is not None or self._in_flight >= self.limit:
            if at_once and self._until is not None:
                raise throttled(self._until)
            await self._wait()
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            self._wake()

    def went_well(self) -> None:
        """An answer came that was not throttling: a little more may be in flight."""
        if self._until is None and self._limit < MOST_IN_FLIGHT:
            self._limit = min(float(MOST_IN_FLIGHT), self._limit + 1.0 / self._limit)
            self._wake()

    async def aclose(self) -> None:
        """Ends the timer and gives up for whoever still waits; nothing more is to be sent."""
        self.cancel_wait()
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)
        self._open()

    async def _wait(self) -> None:
        if self._opens_at is not None and self._opens_at - self._clock.monotonic() > LONGEST_HELD_WAIT:
            raise throttled(self._until)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        finally:
            if future in self._waiting:
                self._waiting.remove(future)

    def _wake(self) -> None:
        # All look again, in the order in which they came: there are never more than a few dozen.
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def _open_in_time(self) -> None:
        while self._opens_at is not None:
            left = self._opens_at - self._clock.monotonic()
            if left <= 0:
                break
            await self._sleep(left)
        self._timer = None
        self._open()

    def _open(self) -> None:
        self._opens_at = None
        if self._until is not None:
            self._until = None
            self._tell()
        self._wake()

    def _tell(self) -> None:
        if self._on_change is not None:
            self._on_change(self._until)


def throttled(until: datetime | None, *, request_id: str | None = None, detail: str = "", code: str = "") -> Throttled:
    """What to say when waiting is given up; `until` (UTC) is when the service's wait ends, if it named a time."""
    when = f" until {until:%H:%M:%S} UTC" if until is not None else ""
    return Throttled(
        f"The service asked us to wait{when}.",
        status=429,
        detail=detail,
        certainty="Nothing was changed by this call; running restores are not slowed.",
        hint="Trying again after that time is safe.",
        code=code or "TooManyRequests",
        request_id=request_id,
    )
