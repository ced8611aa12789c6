"""Parts of a plan that are sent as lists of names: what that spares, what it costs, and what it cannot do. Pure.

https://learn.microsoft.com/graph/api/resources/restoreartifactsbulkrequestbase
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import ScopeRow
from backup_tui.restore.points.points import UnitPoint

OFFERED_ABOVE = 1_000  # from more units than this on, a plan is told what lists of names would spare

REQUESTS_PER_LIST = 4  # of a list of names: the draft, the names, the start, and what became of the names


class BulkPrice(Struct, frozen=True):
    """What lists of names spare and cost."""

    names: int  # how many names
    requests: int  # requests that lists of names take
    instead_of: int  # Requests without them: searches, writes and starts. Lists and looks come on top of both.
    looked_up: int  # searches after the start, which tell who is who
    waiting: int  # units of the largest list that wait inside their session for others

    @property
    def words(self) -> str:
        """In sentences, the saving first."""
        return (
            f"{self.names:,} names by lists of names: {self.requests:,} requests instead of {self.instead_of:,}. "
            "Nobody is checked at the service before the start, no point is known, there is one time for all, and "
            "names that the service cannot use fail only after it. Who is who is looked up then, in "
            f"{counted(self.looked_up, 'search', 'searches')}."
        )


def bulk_price(plan: Plan, parts: Sequence[Part], limits: ServiceLimits = LIMITS) -> BulkPrice:
    """What lists of names spare and cost for a plan, whether it uses them or not. `parts`: its parts, in whichever way
    they were split."""
    groups: Counter[tuple[int, Service, Destination]] = Counter()
    for part in parts:
        groups[part.wave, part.service, part.destination] += part.units
    sizes = list(groups.values())
    searches = sum(_pieces(size, limits.units_per_search) for size in sizes)
    per_session = min(plan.limits.units_per_session, limits.units)
    writes = starts = 0
    for size in sizes:
        for start in range(0, size, per_session):
            starts += 1
            writes += _pieces(min(per_session, size - start), limits.units_per_write)
    lists = sum(_pieces(size, limits.names_per_bulk) for size in sizes)
    largest = max((min(size, limits.names_per_bulk) for size in sizes), default=0)
    return BulkPrice(
        names=sum(sizes),
        requests=lists * REQUESTS_PER_LIST,
        instead_of=searches * (2 if plan.prefer_express else 1) + writes + starts,
        looked_up=searches,
        waiting=max(0, largest - limits.units),
    )


def _pieces(count: int, size: int) -> int:
    return -(-count // size)


def bulk_words(plan: Plan, parts: Sequence[Part], limits: ServiceLimits = LIMITS) -> tuple[str, ...]:
    """What a person is told of lists of names: the price where the plan uses them, the offer where it is large."""
    price = bulk_price(plan, parts, limits)
    if plan.bulk:
        waits = (
            f"{price.waiting:,} of the largest list wait inside their session: the service restores "
            f"{limits.units:,} of a service at a time."
        )
        return (price.words, waits) if price.waiting else (price.words,)
    if price.names <= OFFERED_ABOVE:
        return ()
    return (f"{price.words} For that, write bulk = true into the plan.",)


def bulk_refusals(plan: Plan, rows: Iterable[ScopeRow]) -> tuple[str, ...]:
    """What the plan asks for and lists of names cannot do, in sentences; empty when they can do all of it. `plan`: a
    plan that uses them. `rows`: its units."""
    reasons = []
    times: dict[tuple[int, Service, Destination], Counter[str]] = {}
    for row in rows:
        times.setdefault((row.wave, row.unit.service, row.destination), Counter())[row.before] += 1
    apart = sum(group.total() - max(group.values()) for group in times.values())
    if apart:
        own = "has a time of its own" if apart == 1 else "have times of their own"
        reasons.append(f"{counted(apart, 'row')} {own}; a list of names has one for all")
    if plan.prefer_express:
        reasons.append("an express point that is near enough cannot be preferred: no point is known before the start")
    if plan.max_gap is not None:
        reasons.append("older points cannot be left out: no point is known before the start")
    first = sum(len(wave.first) for wave in plan.waves)
    if first:
        reasons.append(f"{counted(first, 'name')} cannot go first: the service takes a list in its own order")
    return tuple(reasons)


def by_name(row: ScopeRow, moment: datetime, object_ids: Mapping[str, str]) -> UnitPoint:
    """A unit as a list of names takes it: without a point, its name is what is sent; refused where it has none.
    `moment`: the time to go back to (UTC). `object_ids`: unit id to the id that the service takes in place of an
    address."""
    unit = row.unit
    name = unit.address or object_ids.get(unit.id, "")
    return UnitPoint(
        unit.id,
        name or unit.title or unit.id,
        unit.service,
        moment.replace(microsecond=0),
        own=row.own,
        refused="" if name else "neither its address nor its object id is known, so no list can name it",
    )
