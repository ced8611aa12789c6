"""How long a wave and a plan are expected to take, as a range with its reason. Pure.

The basis is Microsoft's published curve (`store/pace.published`), which is for in-place restores of sites of 12 GB and
mailboxes of 10 GB. The low end reads it for all units of a service at once. The high end takes the rounds in which the
limits let the units start, one after another, each as long as published. Nothing is added for waiting for a person.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from math import ceil, floor

from msgspec import Struct

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.models.times import span_words
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import PlanLimits, Wave
from backup_tui.store.pace import published

_HOUR = timedelta(hours=1)
_TEN_MINUTES = timedelta(minutes=10)
_MINUTES_BELOW = timedelta(hours=1)
_HALF_HOURS_BELOW = 5


class Expected(Struct, frozen=True):
    """How long something may take. `low`, `high`: the ends of the range."""

    low: timedelta
    high: timedelta
    reason: str = ""  # where it comes from, in sentences

    @property
    def words(self) -> str:
        """`2 to 2.5 h`, `about 3 h`, `30 to 40 min`: the ends are rounded away from each other."""
        if not self.high:
            return "nothing to restore"
        if self.high < _MINUTES_BELOW:
            unit = "min"
            low, high = floor(self.low / _TEN_MINUTES) * 10.0, ceil(self.high / _TEN_MINUTES) * 10.0
        else:
            unit = "h"
            low, high = _hours(self.low, floor), _hours(self.high, ceil)
        return f"about {high:g} {unit}" if low == high else f"{low:g} to {high:g} {unit}"


class WaveForecast(Struct, frozen=True):
    """What a wave will be."""

    number: int  # 1 and up
    name: str  # what people call it
    units: Mapping[Service, int]  # units of each service
    sessions: int  # how many restore sessions
    rounds: int  # in how many rounds the service with the most units takes them; 1 where all start at once
    starts: str  # when it starts, in words: `at once`, `after your yes, 1,000 max`
    expected: Expected  # how long it may take once it has started

    @property
    def count(self) -> int:
        """Units of all services."""
        return sum(self.units.values())


def at_a_time(limits: PlanLimits, service: ServiceLimits = LIMITS) -> int:
    """So many units of one service are in restore at a time: as the plan limits it, and its sessions hold."""
    sessions = min(limits.sessions, service.sessions)
    return max(1, min(limits.units, service.units, sessions * limits.units_per_session))


def expected_of(units: Mapping[Service, int], limits: PlanLimits, service: ServiceLimits = LIMITS) -> Expected:
    """How long units that start together may take. Services run beside each other as long as there are places for their
    sessions, and one after another in the worst case.

    Args:
        units: Units of each service.
        limits: How much the plan asks at a time.
        service: How much the service takes at a time.
    """
    present = {kind: count for kind, count in units.items() if count > 0}
    if not present:
        return Expected(timedelta(), timedelta(), "No unit is in it.")
    most = at_a_time(limits, service)
    low = max(published(kind, count) for kind, count in present.items())
    each = {kind: _in_rounds(kind, count, most) for kind, count in present.items()}
    places = min(limits.sessions, service.sessions)
    needed = sum(ceil(min(count, most) / limits.units_per_session) for count in present.values())
    crowded = needed > places and len(present) > 1
    high = max(low, sum(each.values(), timedelta()) if crowded else max(each.values()))
    return Expected(low, high, _reason(present, most, places if crowded else 0))


def forecast(
    waves: Sequence[Wave], parts: Sequence[Part], limits: PlanLimits, service: ServiceLimits = LIMITS
) -> tuple[WaveForecast, ...]:
    """What each wave will be; one without a unit is left out.

    Args:
        waves: Of the plan.
        parts: Its sessions.
        limits: How much the plan asks at a time.
        service: How much the service takes at a time.
    """
    most = at_a_time(limits, service)
    found: list[WaveForecast] = []
    for index, wave in enumerate(waves):
        mine = [part for part in parts if part.wave == index]
        if not mine:
            continue
        units: dict[Service, int] = {}
        for part in mine:
            units[part.service] = units.get(part.service, 0) + part.units
        rounds = max(ceil(count / most) for count in units.values())
        starts = _starts(wave, found[-1] if found else None)
        if rounds > 1:
            starts += f", {most:,} max"
        expected = expected_of(units, limits, service)
        found.append(WaveForecast(index + 1, wave.name, units, len(mine), rounds, starts, expected))
    return tuple(found)


def expected_in_all(
    waves: Sequence[WaveForecast], plan_waves: Sequence[Wave], limits: PlanLimits, service: ServiceLimits = LIMITS
) -> Expected:
    """How long the whole plan may take, without the time that it waits for a person.

    A wave starts beside the one before where it has no pause and one yes covers both. At the low end one yes covers all
    of them; at the high end only those that need none of their own.

    Args:
        waves: What each wave will be.
        limits: How much the plan asks at a time.
        service: How much the service takes at a time.
    """
    own = [plan_waves[wave.number - 1] for wave in waves]
    pauses = sum((wave.pause for wave in own[1:]), timedelta())
    fewest, most = (_beside(waves, [alone(wave) for wave in own]) for alone in (_has_pause, _waits))
    low = sum((expected_of(units, limits, service).low for units in fewest), timedelta())
    high = sum((expected_of(units, limits, service).high for units in most), timedelta())
    reason = "The waves run one after another" if len(most) == len(waves) else "Some waves run beside the one before"
    reason += f", with pauses of {span_words(pauses)} in all." if pauses else "."
    if len(fewest) < len(most):
        reason += " The low end is that of one yes for all of them."
    return Expected(low + pauses, max(low, high) + pauses, reason)


def _has_pause(wave: Wave) -> bool:
    return bool(wave.pause)


def _waits(wave: Wave) -> bool:
    return bool(wave.pause) or wave.needs_yes


def _beside(waves: Sequence[WaveForecast], alone: Sequence[bool]) -> list[Counter[Service]]:
    """The units that run beside each other: of a wave that waits for the one before, and of those after it that do
    not."""
    groups: list[Counter[Service]] = []
    for wave, waits in zip(waves, alone, strict=True):
        if waits or not groups:
            groups.append(Counter())
        groups[-1].update(wave.units)
    return groups


def _starts(wave: Wave, before: WaveForecast | None) -> str:
    """That waves follow each other goes without saying; what else a wave waits for does not."""
    pause = wave.pause if before is not None else timedelta()
    if wave.needs_yes:
        return f"{span_words(pause)} pause, your yes" if pause else "after your yes"
    if pause:
        return f"after {span_words(pause)} pause"
    return "at once" if before is None else f"with wave {before.number}"


def _in_rounds(kind: Service, count: int, most: int) -> timedelta:
    full, rest = divmod(count, most)
    return full * published(kind, most) + (published(kind, rest) if rest else timedelta())


def _reason(units: Mapping[Service, int], most: int, places: int) -> str:
    figures = ", ".join(
        f"{span_words(published(kind, count))} for {kind.counted(count)}" for kind, count in units.items()
    )
    said = [f"Microsoft's figure is {figures}, for 12 GB a site and 10 GB a mailbox in place."]
    rounds = max(ceil(count / most) for count in units.values())
    if rounds > 1:
        said.append(f"The high end is {counted(rounds, 'round')} of up to {most:,}, one after another.")
    if places:
        said.append(f"The services share {counted(places, 'session')}.")
    return " ".join(said)


def _hours(span: timedelta, whole: Callable[[float], int]) -> float:
    hours = span / _HOUR
    return whole(hours * 2) / 2 if hours < _HALF_HOURS_BELOW else whole(hours)
