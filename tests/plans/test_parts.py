"""Splitting the units of a plan into sessions."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from backup_tui.models.services import Destination, Service
from backup_tui.plans.parts import PlannedUnit, split
from backup_tui.plans.plan import PlanLimits
from backup_tui.restore.points.points import UnitPoint

WHEN = datetime(2026, 11, 20, 13, 10, tzinfo=UTC)


def unit(number: int, wave: int, service: Service, destination: Destination, place: int | None) -> PlannedUnit:
    point = UnitPoint(f"u{number}", f"unit {number}", service, WHEN, f"p{number}", WHEN)
    return PlannedUnit(point, wave, destination, number, place=place)


@st.composite
def planned_units(draw: st.DrawFn) -> list[PlannedUnit]:
    kinds = st.tuples(
        st.integers(0, 2),
        st.sampled_from(Service),
        st.sampled_from(Destination),
        st.one_of(st.none(), st.integers(0, 3)),
    )
    return [unit(number, *kind) for number, kind in enumerate(draw(st.lists(kinds, max_size=60)))]


@given(planned_units(), st.integers(1, 20))
def test_every_unit_is_in_exactly_one_part_of_its_own_kind(units: list[PlannedUnit], size: int) -> None:
    parts = split(units, PlanLimits(units_per_session=size))

    held = [point.unit_id for _, points in parts for point in points]
    assert sorted(held) == sorted(one.point.unit_id for one in units)
    by_id = {one.point.unit_id: one for one in units}
    for part, points in parts:
        assert 0 < len(points) == part.units <= size
        kinds = {(by_id[p.unit_id].wave, p.service, by_id[p.unit_id].destination) for p in points}
        assert kinds == {(part.wave, part.service, part.destination)}
    assert [part.number for part, _ in parts] == list(range(1, len(parts) + 1))
    assert [part.wave for part, _ in parts] == sorted(part.wave for part, _ in parts)


def test_who_goes_first_leads_and_the_others_keep_the_order_of_the_list() -> None:
    places = [None, 1, None, 0]
    units = [unit(n, 0, Service.EXCHANGE, Destination.NEW, place) for n, place in enumerate(places)]

    ((_, points),) = split(units, PlanLimits())

    assert [point.unit_id for point in points] == ["u3", "u1", "u0", "u2"]


def test_numbers_continue_where_they_are_told_to() -> None:
    units = [unit(n, 0, Service.EXCHANGE, Destination.NEW, None) for n in range(3)]

    parts = split(units, PlanLimits(units_per_session=2), first_number=7)

    assert [part.number for part, _ in parts] == [7, 8]
