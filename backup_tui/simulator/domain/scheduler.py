"""What will happen by itself: units that follow a change, rules and jobs that end, applications that take over.

Most of the service's states are functions of the time. Those that change what belongs to what are not; they are done
here, each at its own moment and in the order of these moments, when the next request arrives.
"""

import heapq
from collections.abc import Callable

ScheduledTask = Callable[[float], None]


class Scheduler:
    """Deeds that wait for their moment."""

    def __init__(self) -> None:
        """Start without any."""
        self._due: list[tuple[float, int, ScheduledTask]] = []
        self._count = 0

    def at(self, moment: float, deed: ScheduledTask) -> None:
        """Have something done.

        Args:
            moment: When, seconds since 1970; deeds of one moment are done in the order in which they were asked for.
            deed: What; it is called with its moment.
        """
        heapq.heappush(self._due, (moment, self._count, deed))
        self._count += 1

    def settle(self, now: float) -> None:
        """Do everything whose moment has come, and what that brings about by now.

        Args:
            now: Seconds since 1970.
        """
        while self._due and self._due[0][0] <= now:
            moment, _, deed = heapq.heappop(self._due)
            deed(moment)
