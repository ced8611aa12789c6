"""How many reads a minute background reading may send, so that many moving restores do not storm the service."""

from __future__ import annotations

from collections import deque

READS_PER_MINUTE = 60
"""Of all background reads together; what the person asks for by a key press goes out in any case, and counts."""

_WINDOW = 60.0


class ReadBudget:
    """Counts reads in a sliding minute.

    Args:
        limit: Reads in any 60 seconds.
    """

    def __init__(self, limit: int = READS_PER_MINUTE) -> None:
        self._limit = limit
        self._spent: deque[float] = deque()

    def spend(self, now: float) -> None:
        """One read went out (`now`: monotonic seconds)."""
        self._spent.append(now)

    def used(self, now: float) -> int:
        """Reads in the minute before `now`."""
        while self._spent and self._spent[0] <= now - _WINDOW:
            self._spent.popleft()
        return len(self._spent)

    def has_room(self, now: float, reads: int) -> bool:
        """Whether so many more reads fit; more than the whole budget fit when nothing is spent."""
        used = self.used(now)
        return used + reads <= self._limit or used == 0

    def room_in(self, now: float, reads: int) -> float:
        """Seconds until so many reads fit."""
        used = self.used(now)
        over = min(used, used + reads - self._limit)
        return 0.0 if over <= 0 else max(0.0, self._spent[over - 1] + _WINDOW - now)
