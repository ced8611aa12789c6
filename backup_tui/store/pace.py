"""How long restores take: what Microsoft publishes, and what was measured here. Both as ranges, never as a percentage.

Published figures: https://learn.microsoft.com/microsoft-365/backup/backup-overview (performance), for a "normally
distributed tenant": 12 GB a site, 10 GB a mailbox, in place."""

from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from backup_tui.models.services import Service

STEP = timedelta(minutes=5)  # what a cell of a sparkline represents

_HOUR = timedelta(hours=1)

_SITES = ((1, 0.5), (50, 3.0), (250, 4.0), (1_000, 10.0))
_MAILBOXES = ((1, 2.0), (50, 2.5), (250, 3.0), (1_000, 4.0))
_LATER_PER_HOUR = 250  # units an hour beyond the end of the tables

ENOUGH_TO_MEASURE = 5  # finished units below which a rate is a guess

SHORTEST_MEASURE = timedelta(minutes=15)  # a rate measured over less is not carried on into hours

_FASTER, _SLOWER = 0.75, 1.5  # how far the remaining time may turn out shorter or longer than the measured rate says


class Remaining(Struct, frozen=True):
    """How long it may still take at the present pace."""

    low: timedelta
    high: timedelta

    @property
    def words(self) -> str:
        """`1 to 2 h`, `20 to 40 min`, `under 10 min`."""
        if self.high <= timedelta(minutes=10):
            return "under 10 min"
        if self.high < 2 * _HOUR:
            low, high = _minutes(self.low), _minutes(self.high)
            return f"{low} to {high} min" if low != high else f"{high} min"
        low_h, high_h = _half_hours(self.low), _half_hours(self.high)
        return f"{low_h} to {high_h} h" if low_h != high_h else f"{high_h} h"


def _minutes(span: timedelta) -> int:
    step = 5 if span < _HOUR else 10
    return max(step, round(span / timedelta(minutes=1) / step) * step)


def _half_hours(span: timedelta) -> str:
    hours = span / _HOUR
    rounded = round(hours * 2) / 2 if hours < 5 else float(round(hours))
    return f"{max(0.5, rounded):g}"


def published(service: Service | None, units: int) -> timedelta:
    """The time Microsoft gives for so many units of a service; of the slower one when the service is unknown."""
    table = _MAILBOXES if service is Service.EXCHANGE else _SITES
    units = max(1, units)
    last_units, last_hours = table[-1]
    if units >= last_units:
        return timedelta(hours=last_hours + (units - last_units) / _LATER_PER_HOUR)
    for (low, low_hours), (high, high_hours) in pairwise(table):
        if units <= high:
            share = (units - low) / (high - low)
            return timedelta(hours=low_hours + share * (high_hours - low_hours))
    return timedelta(hours=last_hours)


def first_result(service: Service | None, units: int) -> timedelta:
    """How long it is normal that nothing has finished yet: large sessions warm up, for up to about three hours."""
    return min(published(service, units), 3 * _HOUR)


def remaining(
    left: int, finished_times: tuple[datetime, ...], started: datetime | None, now: datetime
) -> Remaining | None:
    """The range that `left` units may take; `None` when too little was measured to say anything."""
    if left <= 0:
        return None
    recent = sorted(moment for moment in finished_times if now - _HOUR < moment <= now)
    if started is not None and started <= now:
        begin, counted = max(now - _HOUR, started), len(recent)
    elif recent:
        # Nothing is known of before the first one that was seen, so it only begins the measure.
        begin, counted = recent[0], sum(moment > recent[0] for moment in recent)
    else:
        return None
    span = now - begin
    if counted < ENOUGH_TO_MEASURE or span < SHORTEST_MEASURE:
        return None
    expected = left * (span / counted)
    return Remaining(expected * _FASTER, expected * _SLOWER)


def per_step(times: tuple[datetime, ...], begun: datetime, end: datetime) -> list[int]:
    """How many of `times` are in each five minutes from `begun` to `end`; what is outside counts at that end."""
    counts = [0] * (max(timedelta(), end - begun) // STEP + 1)
    for moment in times:
        counts[min(max(0, (moment - begun) // STEP), len(counts) - 1)] += 1
    return counts


def best_hour(times: tuple[datetime, ...]) -> int:
    """The most units that ended within any 60 minutes. `times`: oldest first."""
    best = first = 0
    for last, moment in enumerate(times):
        while moment - times[first] >= _HOUR:
            first += 1
        best = max(best, last - first + 1)
    return best
