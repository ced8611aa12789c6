"""Specifies drills: drawn by lot and drawn again by seed, two tests a unit a month, measured, kept over the year."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backup_tui.errors import NotFound, UsageError
from backup_tui.evidence.drill import (
    Drill,
    chosen,
    create_drill,
    draw,
    drill_id,
    drill_named,
    kept_drills,
    measure,
    newest_points,
    times_tested,
)
from backup_tui.evidence.gathering import where_of
from backup_tui.models.services import Destination, Service
from backup_tui.restore.review.activation import Start
from backup_tui.store.rows import UnitRow

if TYPE_CHECKING:
    from office import Office

FOUR_HOURS = timedelta(hours=4).total_seconds()


async def drilled(office: Office, count: int = 3, seed: int = 4711, service: Service = Service.ONEDRIVE) -> Drill:
    """A drill whose draft is created."""
    units = await office.units(service, count=300)
    tests = await times_tested(office.tools.journal, office.clock.now())
    drawn = draw(units, tests, len(units), seed, 2)
    points, _ = await newest_points(office.tools, drawn[:count], drawn[count:])
    now = office.clock.now()
    drill = Drill(drill_id(now, service, seed), now, "adele", service, seed, ())
    drill, result = await create_drill(office.tools, drill, points)
    assert result.complete
    return drill


async def start(office: Office, session_id: str) -> None:
    await office.carry_out(await office.review(Start(session_id)))
    office.advance(FOUR_HOURS)


async def test_the_same_seed_draws_the_same_units_and_another_one_others(office: Office) -> None:
    units = await office.units(count=100)
    draws = [tuple(one.unit.id for one in draw(reversed(units), {}, 5, seed, 2)) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] == tuple(one.unit.id for one in draw(units, {}, 5, 1, 2))
    assert draws[0] != draws[2]
    assert len(set(draws[0])) == 5


async def test_a_unit_at_its_limit_is_not_drawn_and_is_refused_by_hand(office: Office) -> None:
    units = await office.units(count=20)
    tests = Counter({unit.id: 2 for unit in units[:19]})
    assert [one.unit.id for one in draw(units, tests, 5, 1, 2)] == [units[19].id]
    table: dict[str, UnitRow] = {unit.id: unit for unit in units}
    assert chosen(table, [units[19].id], tests, 2)[0].tests == 0
    with pytest.raises(UsageError, match="was tested 2 times in 31 days") as caught:
        chosen(table, [units[0].id], tests, 2)
    assert caught.value.value == units[0].id
    with pytest.raises(UsageError, match="is not protected"):
        chosen(table, ["nobody"], tests, 2)


async def test_only_started_restores_to_a_new_location_of_a_month_count_as_tests(office: Office) -> None:
    units = await office.units(count=3)
    await start(office, (await office.draft(units[:1], Destination.NEW)).session_id)
    await start(office, (await office.draft(units[1:2], Destination.IN_PLACE)).session_id)
    await office.draft(units[2:], Destination.NEW)
    assert await times_tested(office.tools.journal, office.clock.now()) == {units[0].id: 1}
    later = office.clock.now() + timedelta(days=32)
    assert not await times_tested(office.tools.journal, later)


async def test_a_drill_is_a_draft_to_a_new_location_and_is_never_created_twice(office: Office) -> None:
    drill = await drilled(office)
    (session,) = office.mine()
    assert (session.id, {one.destination for one in session.artifacts}) == (drill.session_id, {"new"})
    again = await drilled(office)
    assert again.session_id == drill.session_id
    assert len(office.mine()) == 1
    assert (await drill_named(office.tools.journal, drill.id)).session_id == drill.session_id


async def test_a_unit_without_a_point_makes_room_for_another(office: Office) -> None:
    units = await office.units(count=4)
    drawn = draw(units, {}, 4, 1, 2)
    without_points = replace(drawn[0], unit=replace(drawn[0].unit, id=await unit_without_points(office)))
    points, without = await newest_points(office.tools, (without_points, drawn[1]), drawn[2:])
    assert [row.unit_id for row in without] == [without_points.unit.id]
    assert {row.unit_id for row in points} == {drawn[1].unit.id, drawn[2].unit.id}


async def unit_without_points(office: Office) -> str:
    """A unit that the service has no point of."""
    rows = list(office.store.units[Service.ONEDRIVE].values())
    table = await office.table([row for row in rows if row.status == "protected"], timedelta())
    return table.unusable[0].unit_id


async def test_measured_once_it_has_ended_and_kept(office: Office) -> None:
    where = where_of(office.tools, "x")
    drill = await drilled(office)
    assert (await measure(office.tools, where, drill)).outcome is None, "it is a draft"
    await office.carry_out(await office.review(Start(drill.session_id)))
    assert (await measure(office.tools, where, drill)).outcome is None, "it runs"
    office.advance(FOUR_HOURS)
    measured = await measure(office.tools, where, drill)
    outcome = measured.outcome
    assert outcome is not None
    artifacts = office.service.sessions[drill.session_id].artifacts
    spans = [one.run.end - one.run.start for one in artifacts if one.run]
    assert outcome.slowest_seconds == pytest.approx(max(spans), abs=2)
    assert (outcome.restored, outcome.failed, outcome.whole) == (3, 0, True)
    assert all(address.endswith("R0") for _, address in outcome.copies)
    calls = len(office.calls)
    (kept,) = await kept_drills(office.tools.journal, office.clock.now())
    assert await measure(office.tools, where, kept) == measured
    assert len(office.calls) == calls, "what is known is not read again"
    assert not await kept_drills(office.tools.journal, office.clock.now() + timedelta(days=367))
    with pytest.raises(NotFound, match="No drill"):
        await drill_named(office.tools.journal, "other")
