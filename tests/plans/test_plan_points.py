"""Specifies how points are found for the units of a plan: few searches, kept as they come, looked up again in time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from rows_of import PLAN, rows_of, searches

from backup_tui.changes.context import Progress
from backup_tui.errors import JournalError, ServerFault, UsageError
from backup_tui.models.services import Service
from backup_tui.plans.points import find_plan_points
from backup_tui.restore.points.points import PointWish, find_points

if TYPE_CHECKING:
    from office import Office


async def test_units_of_all_services_get_the_points_that_each_would_get_alone(office: Office) -> None:
    units = [unit for service in Service for unit in await office.units(service, count=23)]
    rows = rows_of(units[::-1])

    found = await find_plan_points(office.tools, PLAN, rows)

    assert searches(office) == found.searches == found.searches_needed == 6, "two for each service"
    assert [unit.point.unit_id for unit in found.units] == [unit.id for unit in units[::-1]], "the order of the list"
    moment = found.moments[PLAN.before]
    for service in Service:
        alone = await find_points(office.tools, [unit for unit in units if unit.service is service], PointWish(moment))
        assert {unit.point for unit in found.units if unit.point.service is service} == set(alone.rows)


async def test_units_with_the_same_time_share_a_search(office: Office) -> None:
    units = await office.units(count=40)
    own = {place: "30h ago" if place % 2 else "20 Nov 14:10" for place in range(30)}

    found = await find_plan_points(office.tools, PLAN, rows_of(units, own=own))

    assert found.searches == 3, "15, 15 and 10 units"
    for place, unit in enumerate(found.units):
        assert unit.point.own is (place < 30)
        assert unit.point.wanted == found.moments[own.get(place, PLAN.before)].utc
        assert unit.point.time is not None
        assert unit.point.time <= unit.point.wanted


async def test_express_is_asked_for_where_it_exists(office: Office) -> None:
    units = [unit for service in Service for unit in await office.units(service, count=4)]
    plan = replace(PLAN, prefer_express=True, express_within=timedelta(hours=24))

    found = await find_plan_points(office.tools, plan, rows_of(units, "30h ago"))

    assert found.searches == 5, "mailboxes have no express points"
    assert {unit.point.service for unit in found.units if unit.point.express} == {Service.ONEDRIVE, Service.SHAREPOINT}

    within_none = await find_plan_points(
        office.tools, replace(plan, express_within=timedelta()), rows_of(units, "30h ago")
    )
    assert within_none.searches == 0, "another tolerance is a matter of choice, not of search"
    assert not any(unit.point.express for unit in within_none.units)


async def test_what_was_found_is_not_looked_up_again_by_another_process(office: Office) -> None:
    units = await office.units(count=45)
    first = await find_plan_points(office.tools, PLAN, rows_of(units))
    office.calls.clear()

    again = await find_plan_points(office.tools, PLAN, rows_of(units))

    assert searches(office) == again.searches == 0
    assert (again.units, again.without) == (first.units, first.without)


async def test_only_changed_rows_are_looked_up_again(office: Office) -> None:
    units = await office.units(count=45)
    await find_plan_points(office.tools, PLAN, rows_of(units))
    office.calls.clear()
    more = await office.units(count=46)

    found = await find_plan_points(office.tools, PLAN, rows_of(more, own={7: "30h ago"}))

    assert searches(office) == 2, "one for the other time, one for the new unit"
    assert len(found.units) == 46
    assert found.units[7].point.wanted == office.clock.now() - timedelta(hours=30)
    await find_plan_points(office.tools, PLAN, rows_of(units))
    assert searches(office) == 2, "the earlier time is still known"


async def test_a_search_that_was_cancelled_continues_where_it_was(office: Office) -> None:
    units = await office.units(count=180)
    whole = replace(PLAN, name="whole")
    expected = await find_plan_points(office.tools, whole, rows_of(units))
    office.calls.clear()
    half_way = asyncio.Event()

    def heard(progress: Progress) -> None:
        if progress.done == 3:
            half_way.set()

    task = asyncio.create_task(find_plan_points(office.tools, PLAN, rows_of(units), heard))
    await half_way.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = await find_plan_points(office.tools, PLAN, rows_of(units))

    assert found.searches <= 6
    assert {unit.point.unit_id for unit in found.units} == {unit.point.unit_id for unit in expected.units}


async def test_a_search_that_failed_keeps_what_it_had(office: Office) -> None:
    units = await office.units(count=40)
    await find_plan_points(office.tools, PLAN, rows_of(units[:20]))
    office.faults.add("refuse", path="search", status=500, times=None)
    with pytest.raises(ServerFault):
        await find_plan_points(office.tools, PLAN, rows_of(units))
    office.faults.clear()

    assert (await find_plan_points(office.tools, PLAN, rows_of(units))).searches == 1


async def test_a_relative_time_keeps_its_meaning_for_a_day(office: Office) -> None:
    rows = rows_of(await office.units(count=5))
    first = await find_plan_points(office.tools, PLAN, rows)
    began = office.clock.now()
    assert first.counted_from == {PLAN.before: began}

    office.advance(timedelta(hours=20).total_seconds())
    later = await find_plan_points(office.tools, PLAN, rows)
    assert (later.units, later.counted_from, later.searches) == (first.units, first.counted_from, 0)

    office.advance(timedelta(hours=5).total_seconds())
    next_day = await find_plan_points(office.tools, PLAN, rows)
    assert next_day.counted_from == {PLAN.before: office.clock.now()}
    assert next_day.units[0].point.wanted == office.clock.now() - timedelta(hours=5)


async def test_a_date_is_no_relative_time(office: Office) -> None:
    rows = rows_of(await office.units(count=1), "20 Nov 14:10")

    assert (await find_plan_points(office.tools, PLAN, rows)).counted_from == {}


async def test_the_newest_points_count_for_an_hour(office: Office) -> None:
    rows = rows_of(await office.units(count=5), "latest")
    first = await find_plan_points(office.tools, PLAN, rows)
    assert first.moments["latest"].utc == office.clock.now()

    office.advance(timedelta(minutes=50).total_seconds())
    soon = await find_plan_points(office.tools, PLAN, rows)
    assert (soon.units, soon.searches) == (first.units, 0)

    office.advance(timedelta(minutes=20).total_seconds())
    later = await find_plan_points(office.tools, PLAN, rows)
    assert later.searches == 1
    assert later.units[0].point.wanted == office.clock.now()


async def test_a_unit_without_a_point_is_asked_for_again_after_an_hour(office: Office) -> None:
    await office.units()
    young = [row for row in office.store.units[Service.ONEDRIVE].values() if row.status == "protected"]
    rows = rows_of(young, "20 Apr 10:00")
    first = await find_plan_points(office.tools, PLAN, rows)
    assert first.without
    assert first.units

    assert (await find_plan_points(office.tools, PLAN, rows)).searches == 0
    office.advance(timedelta(minutes=90).total_seconds())
    again = await find_plan_points(office.tools, PLAN, rows)

    assert again.searches == -(-len(first.without) // 20), "only those"
    assert again.units == first.units


async def test_a_point_that_is_thinned_out_or_expired_is_looked_up_again(office: Office) -> None:
    sites = await office.units(Service.SHAREPOINT, count=2)
    fine = rows_of(sites, "8 Nov 13:00")
    old = rows_of(await office.units(Service.EXCHANGE, count=2), "22 Nov 2025 18:00")
    await find_plan_points(office.tools, PLAN, [*fine, *old])
    office.advance(timedelta(hours=12).total_seconds())

    found = await find_plan_points(office.tools, PLAN, [*fine, *rows_of(await office.units(Service.EXCHANGE, count=2))])

    assert found.searches == 2, "the sites now have one point a week; the mailboxes have another time"
    assert all(unit.point.gap is not None for unit in found.units)


async def test_an_unusable_time_of_a_row_costs_the_others_nothing(office: Office) -> None:
    rows = rows_of(await office.units(count=3), own={1: "2hh"})

    found = await find_plan_points(office.tools, PLAN, rows)

    assert len(found.units) == 2
    (bad,) = found.without
    assert (bad.unit_id, bad.own) == (rows[1].unit.id, True)
    assert "2hh" in bad.refused


async def test_an_unusable_time_of_the_plan_is_refused_before_anything_is_asked(office: Office) -> None:
    rows = rows_of(await office.units(count=3), "tomorrow-ish")
    office.calls.clear()

    with pytest.raises(UsageError, match="isn't a time"):
        await find_plan_points(office.tools, PLAN, rows)
    assert not office.calls


async def test_a_journal_that_cannot_be_written_costs_no_point(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(key: str, value: str) -> None:
        raise JournalError("The disk is full.")

    rows = rows_of(await office.units(count=3))
    monkeypatch.setattr(office.tools.journal, "keep", full)

    found = await find_plan_points(office.tools, PLAN, rows)

    assert len(found.units) == 3
    assert found.not_kept == "The disk is full."


async def test_a_process_whose_clock_is_a_second_behind_counts_from_the_same_moment(office: Office) -> None:
    rows = rows_of(await office.units(count=2))
    first = await find_plan_points(office.tools, PLAN, rows)

    office.clock.advance(-1.5)

    assert (await find_plan_points(office.tools, PLAN, rows)).counted_from == first.counted_from


async def test_the_distribution_adds_up_and_tells_days_from_hours(office: Office) -> None:
    await office.units()
    await office.units(Service.SHAREPOINT)
    sites = [row for row in office.store.units[Service.SHAREPOINT].values() if row.status == "protected"]
    drives = [row for row in office.store.units[Service.ONEDRIVE].values() if row.status == "protected"]

    found = await find_plan_points(office.tools, PLAN, [*rows_of(sites, "24 Sep 10:00"), *rows_of(drives)])

    counts = found.distribution()
    assert list(counts) == ["within 10 min", "within 1 h", "within a day", "earlier", "none"]
    assert sum(counts.values()) == len(sites) + len(drives)
    gaps = [unit.point.gap for unit in found.units if unit.point.gap is not None]
    assert counts["earlier"] == sum(gap > timedelta(days=1) for gap in gaps) > 0
    assert counts["none"] == len(found.without)


async def test_answers_of_any_plan_are_forgotten_after_a_day(office: Office) -> None:
    rows = rows_of(await office.units(count=25), "20 Nov 14:10")
    await find_plan_points(office.tools, PLAN, rows)
    await find_plan_points(office.tools, replace(PLAN, name="another"), rows)
    assert len(await office.tools.journal.kept_under("plan-points:")) == 4

    office.advance(timedelta(hours=25).total_seconds())
    found = await find_plan_points(office.tools, PLAN, rows)

    assert found.searches == 2
    assert len(await office.tools.journal.kept_under("plan-points:")) == 2


async def test_plans_whose_names_begin_alike_do_not_share_answers(office: Office) -> None:
    rows = rows_of(await office.units(count=5), "20 Nov 14:10")
    await find_plan_points(office.tools, replace(PLAN, name="ransom-20nov-2"), rows)

    assert (await find_plan_points(office.tools, PLAN, rows)).searches == 1
