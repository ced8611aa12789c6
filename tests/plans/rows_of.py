"""The rows of a plan, made from units of the tenant without a list of names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from backup_tui.models.services import Destination
from backup_tui.plans.plan import Plan, Scope, Source
from backup_tui.plans.rows import ScopeRow
from backup_tui.restore.points.points import NamedUnit

if TYPE_CHECKING:
    from office import Office

    from backup_tui.store.rows import UnitRow

PLAN = Plan("ransom-20nov", Scope(Source.LIST, ("names.csv",)), "5h ago", "UTC", Destination.NEW)


def rows_of(
    units: Sequence[UnitRow], before: str = PLAN.before, own: dict[int, str] | None = None, **more: Any
) -> tuple[ScopeRow, ...]:
    """A row for each unit; `own` is place in the list to a time of its own."""
    times = own or {}
    return tuple(
        ScopeRow(
            NamedUnit(unit.id, unit.service, unit.address, unit.title),
            wave=0,
            destination=PLAN.destination,
            before=times.get(place, before),
            own=place in times,
            line=place + 1,
            written=unit.address,
            **more,
        )
        for place, unit in enumerate(units)
    )


def searches(office: Office) -> int:
    """How many searches for points left so far."""
    return sum(call.path.endswith("/search") for call in office.calls)
