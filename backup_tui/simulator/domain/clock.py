"""The simulated service's time: its clock, real or stepped by a test, and what will happen later without a request.

Most of the service's states are functions of the time. Those that change what belongs to what are not; the scheduler
applies them, each at its own moment and in the order of these moments, when the next request arrives.
"""

import heapq
from collections.abc import Callable
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
    """A clock that moves only when advanced."""

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


ScheduledTask = Callable[[float], None]


class Scheduler:
    """Tasks that wait for their moment."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._due: list[tuple[float, int, ScheduledTask]] = []
        self._count = 0

    def at(self, moment: float, task: ScheduledTask) -> None:
        """Have something done, called with its moment; tasks of one moment are done in the order in which they came."""
        heapq.heappush(self._due, (moment, self._count, task))
        self._count += 1

    def after(self, now: float, seconds: float, task: ScheduledTask) -> float:
        """Have something done that takes ``seconds`` of real time, divided by the speed; return when."""
        moment = now + seconds / self._speed
        self.at(moment, task)
        return moment

    def settle(self, now: float) -> None:
        """Do everything whose moment has come, and what that brings about by now."""
        while self._due and self._due[0][0] <= now:
            moment, _, task = heapq.heappop(self._due)
            task(moment)
