"""What a plan check finds beyond the units themselves: names, points, times, counts, limits. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.features import RESTORE
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import are, counted, named
from backup_tui.models.whoami import WhoAmI
from backup_tui.plans.expected import WaveForecast
from backup_tui.plans.places import in_flight
from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import PlanPoints, ScopeResult
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.points import UnitPoint
from backup_tui.store.access import Denial, barred

HASH_SHOWN = 8  # characters of a hash that tell two lists apart


def check_tenant(plan: Plan, who: WhoAmI) -> list[Check]:
    """Whether the plan is for the tenant that is signed in to, as far as that is known; another one is refused before
    anything is read."""
    if not plan.tenant:
        return []
    if not who.known:
        text = f"the plan is for {plan.tenant}; which tenant you are signed in to is not reported"
        return [Check(CheckResult.UNKNOWN, text, 1)]
    return [Check(CheckResult.OK, f"signed in to the tenant that the plan is for, {plan.tenant}", 5)]


def check_access(who: WhoAmI, denials: Mapping[str, Denial], *, may_write: bool) -> list[Check]:
    """Whether what is checked here could be drafted from here, too."""
    checks: list[Check] = []
    if (why := barred(RESTORE, who, denials)) is not None:
        checks.append(Check(CheckResult.WARNING, _clause(why), 44))
    if not may_write:
        checks.append(Check(CheckResult.WARNING, "opened read-only: nothing can be drafted from here", 45))
    return checks


def check_problems(scope: ScopeResult) -> list[Check]:
    """Whether every name is a unit."""
    number = len(scope.problems)
    if not number:
        return []
    text = f"{counted(number, 'name')} {are(number)} to fix or to leave out"
    return [Check(CheckResult.BLOCKING, text, 1)]


def check_names(plan: Plan, scope: ScopeResult) -> list[Check]:
    """Whether the waves name units of the plan, and the list is the one that the plan was written for."""
    checks: list[Check] = []
    if not scope.rows and not scope.problems:
        checks.append(Check(CheckResult.BLOCKING, "the plan names no unit", 1))
    checks += [
        Check(CheckResult.BLOCKING, f"wave {stray.wave}, {stray.key}: {stray.name}: {_clause(stray.words)}", 4)
        for stray in scope.strays
    ]
    if scope.left_out:
        text = f"{counted(len(scope.left_out), 'name')} of the list left out, as the plan says"
        checks.append(Check(CheckResult.WARNING, text, 50))
    if scope.changed:
        was, now = plan.scope.sha256[:HASH_SHOWN], scope.sha256[:HASH_SHOWN]
        text = f"the list changed since the plan was written: SHA-256 {was}... then, {now}... now"
        checks.append(Check(CheckResult.WARNING, text, 10))
    elif plan.scope.sha256 and scope.sha256:
        checks.append(Check(CheckResult.OK, "the list is the one that the plan was written for", 4))
    return checks


def check_counts(plan: Plan, scope: ScopeResult) -> list[Check]:
    """Whether there are as many units of each service as the plan expects."""
    found = Counter(row.unit.service for row in scope.rows)
    return [
        Check(CheckResult.OK, f"{service.counted(expected)}, as expected", 4)
        if found[service] == expected
        else Check(CheckResult.BLOCKING, f"expected {service.counted(expected)}, found {found[service]:,}", 2)
        for service, expected in sorted(plan.expected.items())
    ]


def check_times(points: PlanPoints, now: datetime) -> list[Check]:
    """From when times count that would mean another moment tomorrow."""
    checks: list[Check] = []
    for text, start in points.counted_from.items():
        moment, when = points.moments[text], f"{show_utc(start, now)} UTC"
        if moment.latest:
            words = f'"{text}" is as of {when}, for an hour; write a date to keep it'
        else:
            words = f'"{text}" counts from {when}, for a day: {show_utc(moment.utc, now)} UTC; write a date to keep it'
        checks.append(Check(CheckResult.WARNING, words, 30))
    if points.not_kept:
        text = f"the points that were found could not be kept, and are looked up again the next time: {points.not_kept}"
        checks.append(Check(CheckResult.WARNING, _clause(text), 48))
    return checks


def check_without_point(points: PlanPoints) -> list[Check]:
    """Units that cannot be restored to their time, by the reason."""
    reasons: dict[str, list[UnitPoint]] = {}
    for point in points.without:
        reasons.setdefault(_clause(point.refused) or "no point at or before its time", []).append(point)
    return [Check(CheckResult.BLOCKING, f"{_who(units)}: {reason}", 3) for reason, units in reasons.items()]


def check_running(
    running: Sequence[RestoreSession] | None, services: Iterable[Service], limits: ServiceLimits
) -> list[Check]:
    """What others hold of the service's places; a plan waits for them. `running`: the restores of others that run now;
    `None` where they could not be read. `services`: those of the plan."""
    if running is None:
        text = f"how many restores are running could not be read; the service allows {limits.sessions}"
        return [Check(CheckResult.UNKNOWN, text, 11)]
    flying = in_flight(running)
    units = ", ".join(f"{flying[service]:,} of {service.counted(limits.units)}" for service in services)
    text = f"{len(running)} of {limits.sessions} sessions running elsewhere; {units} in restore"
    if len(running) >= limits.sessions or any(flying[service] >= limits.units for service in services):
        return [Check(CheckResult.WARNING, f"{text}: the plan waits until others end", 38)]
    return [Check(CheckResult.OK, text, 3)]


def check_limits(waves: Sequence[WaveForecast], at_a_time: int, limits: ServiceLimits) -> list[Check]:
    """Waves that do not start all at once, and more units than an older page lets restore in a day."""
    checks: list[Check] = []
    for wave in waves:
        for service, count in wave.units.items():
            if count > at_a_time:
                rounds = -(-count // at_a_time)
                who = "the service restores" if at_a_time == limits.units else "this plan restores"
                text = f"wave {wave.name}: {service.counted(count)}; {who} {at_a_time:,} at a time: {rounds} rounds"
                checks.append(Check(CheckResult.WARNING, text, 40))
    for service, count in _totals(waves).items():
        if count > limits.units_per_day:
            text = f"{service.counted(count)}: Microsoft's preview page alone named {limits.units_per_day:,} a day"
            checks.append(Check(CheckResult.WARNING, text, 42))
    return checks


def _totals(waves: Sequence[WaveForecast]) -> Mapping[Service, int]:
    totals: Counter[Service] = Counter()
    for wave in waves:
        totals.update(wave.units)
    return totals


def _who(units: Sequence[UnitPoint]) -> str:
    return named([unit.name for unit in units], counted(len(units), "unit"))


def _clause(sentence: str) -> str:
    return sentence.removesuffix(".")
