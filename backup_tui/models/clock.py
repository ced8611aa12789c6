"""What time it is: the service's, carried on by a monotonic clock.

The machine's own clock may be wrong by hours, and it may jump while a laptop sleeps. Everything that compares a
moment with "now" asks a `Clock`, which goes by the last `Date` header and by monotonic time since then."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

ASLEEP = 20.0
"""Seconds. A machine whose own clock advanced by more than its monotonic one was asleep, or its clock was set."""


class Clock:
    """The service's time, as well as it is known."""

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._base = wall()
        self._base_at = monotonic()
        self._heard = False
        self._apart = self._clocks_apart()

    def _clocks_apart(self) -> float:
        return self._wall().timestamp() - self._monotonic()

    def woke_up(self) -> bool:
        """Whether the machine was asleep since this was asked the last time: connections of before are dead."""
        before, self._apart = self._apart, self._clocks_apart()
        return self._apart - before > ASLEEP

    def heard(self, date: datetime) -> None:
        """Takes in the `Date` header of an answer. It has whole seconds, so it never moves time back by less than two:
        neither this clock's nor, where the machine's is right, that of another process on it."""
        self._heard = True
        if timedelta(0) <= self.now() - date < timedelta(seconds=2):
            return
        self._base = date
        self._base_at = self._monotonic()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=self._monotonic() - self._base_at)

    def monotonic(self) -> float:
        """Seconds of a clock that never jumps; for waits and ages."""
        return self._monotonic()

    @property
    def skew(self) -> timedelta | None:
        """How far this machine's clock is ahead of the service's; `None` before the first answer."""
        return self._wall() - self.now() if self._heard else None


class ManualClock(Clock):
    """A clock that stops until it is moved on, for tests and screenshots."""

    def __init__(self, start: datetime) -> None:
        self._seconds = 0.0
        self._asleep = 0.0
        super().__init__(
            monotonic=lambda: self._seconds, wall=lambda: start + timedelta(seconds=self._seconds + self._asleep)
        )

    def heard(self, date: datetime) -> None:
        """A manual clock is the truth; it does not listen."""

    @property
    def skew(self) -> timedelta:
        return timedelta(0)

    def suspend(self, seconds: float) -> None:
        """The machine sleeps: only its own clock advances, by `seconds`."""
        self._asleep += seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
