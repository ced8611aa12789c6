"""How many reads a minute the screens may send, so that many moving restores do not storm the service."""

from collections import deque
from collections.abc import Callable

READS_PER_MINUTE = 60  # of everything that is read for the screens, automatically or by `r`, whatever is shown

KEPT_FREE = 12
"""Of these, for what a person asks for by a key, and for a list that turned out longer than the last time."""

FOR_WATCHING = 15
"""Reads that a list of units leaves for the rest. It is what a person asked for, so once begun it is read to its end
without a wait: with more than 45 pages it is alone more than the minute has."""

_WINDOW = 60.0


class ReadBudget:
    """Counts reads in a sliding minute. All moments are monotonic seconds. `limit`: reads in any 60 seconds."""

    def __init__(self, limit: int = READS_PER_MINUTE, kept_free: int = KEPT_FREE) -> None:
        self._limit = limit
        self._kept_free = kept_free
        self._spent: deque[float] = deque()
        self._pages: deque[float] = deque()

    def spend(self, now: float) -> None:
        self._spent.append(now)

    def spend_page(self, now: float) -> None:
        self._pages.append(now)

    def has_room(self, now: float, reads: int) -> bool:
        """Whether this many more planned reads fit; more than the whole budget fit if nothing is spent."""
        used = self._used(now, self._kept_free)
        return used + reads <= self._limit - self._kept_free or used == 0

    def room_in(self, now: float, reads: int) -> float:
        """Seconds until so many planned reads fit."""
        return self._until(now, lambda moment: self.has_room(moment, reads))

    def must_wait(self, now: float) -> float:
        """Seconds until one more read may go out, planned or not."""
        return self._until(now, lambda moment: self._used(moment, 0) < self._limit)

    def list_must_wait(self, now: float, pages: int) -> float:
        """Seconds until a list of units that had so many pages the last time may be begun."""
        needed = min(pages, self._limit - FOR_WATCHING)
        return self._until(now, lambda moment: sum(self._counts(moment)) + needed <= self._limit)

    def _used(self, moment: float, kept_free: int) -> int:
        spent, pages = self._counts(moment)
        return spent + min(pages, max(0, self._limit - kept_free - FOR_WATCHING))

    def _counts(self, moment: float) -> tuple[int, int]:
        spent, pages = (sum(when > moment - _WINDOW for when in times) for times in (self._spent, self._pages))
        return spent, pages

    def _until(self, now: float, fits: Callable[[float], bool]) -> float:
        for times in (self._spent, self._pages):
            while times and times[0] <= now - _WINDOW:
                times.popleft()
        ends = (now, *sorted(when + _WINDOW for when in (*self._spent, *self._pages)))
        return next((moment - now for moment in ends if fits(moment)), 0.0)
