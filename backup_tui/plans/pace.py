"""How fast the restores of a plan finish, and how long the rest may take: measured, published, or unknown. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from backup_tui.models.services import Service
from backup_tui.models.times import span_words
from backup_tui.store.pace import Remaining, best_hour, per_step, published, remaining
from backup_tui.store.progress import LONGEST_CALM, Movement, Progress, longest_gap

_HOUR = timedelta(hours=1)


class Pace(Struct, frozen=True):
    """How fast units finish, over all sessions together. Nothing in it is invented."""

    begun: datetime | None  # when the first session began (UTC), as far as it is known
    left: int  # units that have not ended
    steps: tuple[int, ...]  # units that ended in each five minutes since the begin, oldest first
    last_hour: int | None  # units that ended within the last hour; `None` while nothing runs
    best_hour: int  # the most that ended within any hour
    last_finished: datetime | None  # when a unit last ended (UTC)
    # how long the rest may take at the measured pace; `None` where `reason` says why it cannot be said
    range: Remaining | None
    microsoft: timedelta  # the time that Microsoft gives for as many units as are left
    slow: bool = False  # nothing has ended for longer than is usual
    reason: str = ""  # why there is no range, or why it counts as slow, in words; may be empty

    @property
    def left_words(self) -> str:
        """`1.5 to 3 h at this pace`, or why that cannot be said; empty when nothing is left."""
        if not self.left:
            return ""
        return f"{self.range.words} at this pace" if self.range is not None else self.reason

    @property
    def microsoft_words(self) -> str:
        """`Microsoft's figure for 379 is about 1.5 h`; empty when nothing is left."""
        if not self.left:
            return ""
        return f"Microsoft's figure for {self.left:,} is about {Remaining(self.microsoft, self.microsoft).words}"


def measure(
    running: Sequence[Progress],
    times: tuple[datetime, ...],
    begun: datetime | None,
    left: Mapping[Service, int],
    now: datetime,
) -> Pace:
    """How fast it is.

    Args:
        running: The sessions that run.
        times: When units ended, in all sessions, oldest first.
        begun: When the first session began.
        left: Units that have not ended, by service.
    """
    count, best = sum(left.values()), best_hour(times)
    gap, last = longest_gap(times, begun), times[-1] if times else None
    slow, reason = _reason(running, last, gap, now)
    span = None
    if running and not reason and count:
        span = remaining(count, times, begun, now)
        reason = "" if span is not None else "too few finished to say how long"
    if span is not None and best:
        span = Remaining(min(span.low, count * (_HOUR / best)), span.high)
    begin = begun or (times[0] if times else None)
    return Pace(
        begun=begin,
        left=count,
        steps=tuple(per_step(times, begin, now if running else last or begin)) if begin is not None else (),
        last_hour=sum(now - _HOUR < moment <= now for moment in times) if running else None,
        best_hour=best,
        last_finished=last,
        range=span,
        microsoft=max((published(service, units) for service, units in left.items() if units), default=timedelta()),
        slow=slow,
        reason=reason,
    )


def _reason(
    running: Sequence[Progress], last: datetime | None, gap: timedelta | None, now: datetime
) -> tuple[bool, str]:
    """Whether it is slow, and why there is no range; empty where one may be measured."""
    if not running:
        return False, "nothing runs now"
    if last is None:
        # The largest session warms up longest, so what is normal for it is normal for all.
        largest = max(running, key=lambda one: one.total or 0)
        if largest.movement is Movement.EARLY:
            return False, f"too early: {largest.reason}"
        return largest.movement is Movement.SLOW, largest.reason or "nothing has finished yet"
    quiet = now - last
    if quiet > max(LONGEST_CALM, 2 * (gap or timedelta())):
        before = f"; longest pause before {span_words(gap)}" if gap else ""
        return True, f"no unit finished for {span_words(quiet)}{before}"
    return False, ""
