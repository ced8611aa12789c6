"""A checked plan of real units of the simulated service, without a file and without a check of names."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from office import Office

from backup_tui.models.services import Destination, Service
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.parts import PartUnits, PlannedUnit, split
from backup_tui.plans.plan import Plan, PlanLimits, Scope, Source, Wave
from backup_tui.plans.record import PlanRecord
from backup_tui.plans.rows import PlanPoints, ScopeResult, ScopeRow
from backup_tui.restore.points.points import NamedUnit

DIGEST = "ab" * 32


class Checked(Struct, frozen=True):
    """What a check found."""

    scope: ScopeResult
    points: PlanPoints
    parts: Sequence[PartUnits]


def plan_of(
    *waves: Wave, name: str = "ransom", size: int = 2, destination: Destination = Destination.IN_PLACE, **limits: int
) -> Plan:
    """A plan with small sessions."""
    return Plan(
        name,
        Scope(Source.LIST, ("names.csv",)),
        "2h",
        "Europe/Berlin",
        destination,
        waves or (Wave("all"),),
        limits=PlanLimits(units_per_session=size, **limits),
    )


async def checked(
    office: Office, plan: Plan, counts: Sequence[int], service: Service = Service.ONEDRIVE, first: int = 0
) -> Checked:
    """The next ordinary units of the tenant, so many for each wave, with their points."""
    units = await office.units(service, sum(counts), first)
    assert len(units) == sum(counts)
    waves = [wave for wave, count in enumerate(counts) for _ in range(count)]
    table = await office.table(units)
    points = {row.unit_id: row for row in table.rows}
    rows = [
        ScopeRow(NamedUnit(unit.id, service, unit.address), wave, plan.destination, plan.before)
        for unit, wave in zip(units, waves, strict=True)
    ]
    planned: list[PlannedUnit] = [row.planned(points[row.unit.id]) for row in rows]
    return Checked(
        ScopeResult(tuple(rows), lines=len(rows)), PlanPoints(tuple(planned), ()), split(planned, plan.limits)
    )


async def drafted(office: Office, plan: Plan, *counts: int) -> PlanRecord:
    """The plan with a draft for each of its parts."""
    return await draft_plan(office.tools, plan, DIGEST, "plan.toml", await checked(office, plan, counts))
