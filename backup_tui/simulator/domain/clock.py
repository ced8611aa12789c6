"""The simulated service's own clock: real, or stepped by a test."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class SimulatorClock(Protocol):
    """Tells the service what time it is; every state follows from it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("the start of a clock needs a zone")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: float | timedelta) -> None:
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        if step < timedelta(0):
            raise ValueError("a clock does not run backwards")
        self._now += step
