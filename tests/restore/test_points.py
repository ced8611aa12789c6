"""Specifies which restore point each unit gets: the newest at or before its time, express only where it is close."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from backup_tui.errors import ServerFault, UsageError
from backup_tui.models.services import Service
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import PointWish, find_points

if TYPE_CHECKING:
    from office import Office


def at(office: Office, **before: float) -> Moment:
    return Moment(office.clock.now() - timedelta(**before), ZoneInfo("UTC"), "asked")


async def test_newest_at_or_before_the_time_with_its_gap(office: Office) -> None:
    units = await office.units(count=25)
    table = await find_points(office.tools, units, PointWish(at(office, hours=5)))
    assert {row.unit_id for row in table.rows} == {unit.id for unit in units}
    for row in table.rows:
        assert row.time is not None
        assert row.time <= row.wanted
        assert row.gap is not None
        assert row.gap < timedelta(hours=1)
    assert sum(call.path.endswith("/search") for call in office.calls) == 2, "20 units a call"


async def test_the_largest_gap_comes_first_and_units_without_a_point_before_all(office: Office) -> None:
    await office.units()
    every = list(office.store.units[Service.ONEDRIVE].values())
    table = await find_points(office.tools, every, PointWish(at(office, days=200)))
    gaps = [row.gap for row in table.rows]
    known = [gap for gap in gaps if gap is not None]
    assert None in gaps, "some units were protected later than that"
    assert gaps == [None] * (len(gaps) - len(known)) + sorted(known, reverse=True)
    assert sum(table.counts()) == len(every)
    assert table.counts()[3] == gaps.count(None)
    assert len(table.usable) == len(known)


async def test_latest_takes_the_newest_of_all(office: Office) -> None:
    units = await office.units(count=2)
    moment = replace(at(office, hours=0), latest=True)
    table = await find_points(office.tools, units, PointWish(moment))
    assert all(row.gap is not None and row.gap < timedelta(minutes=30) for row in table.rows)


async def test_an_own_time_counts_for_its_unit_alone(office: Office) -> None:
    units = await office.units(count=3)
    own = {units[1].id: at(office, hours=30)}
    table = await find_points(office.tools, units, PointWish(at(office, hours=2), own_times=own))
    by_id = {row.unit_id: row for row in table.rows}
    assert by_id[units[1].id].own
    assert by_id[units[1].id].wanted == own[units[1].id].utc
    assert not by_id[units[0].id].own


@pytest.mark.parametrize(("within", "express"), [(timedelta(hours=24), True), (timedelta(0), False)])
async def test_express_is_taken_only_when_it_is_close_enough(office: Office, within: timedelta, express: bool) -> None:
    units = await office.units(Service.SHAREPOINT, count=4)
    wish = PointWish(at(office, hours=30), prefer_express=True, express_within=within)
    plain = await find_points(office.tools, units, PointWish(at(office, hours=30)))
    newest = {row.unit_id: row.time for row in plain.rows}
    table = await find_points(office.tools, units, wish)
    for row in table.rows:
        assert row.time is not None
        base = newest[row.unit_id]
        assert base is not None
        assert base - row.time <= within
    assert any(row.express for row in table.rows) is express


async def test_over_the_largest_gap_a_point_is_not_used(office: Office) -> None:
    units = await office.units(Service.SHAREPOINT, count=5)
    wish = PointWish(at(office, days=60), max_gap=timedelta(minutes=30))
    table = await find_points(office.tools, units, wish)
    assert table.unusable
    assert all(row.gap is None or row.refused for row in table.unusable)
    assert all(row.gap is not None and row.gap <= timedelta(minutes=30) for row in table.usable)


async def test_weekly_points_warn_only_beyond_a_week(office: Office) -> None:
    row = (await find_points(office.tools, await office.units(count=1), PointWish(at(office, days=60)))).rows[0]
    now = office.clock.now()
    assert not replace(row, time=row.wanted - timedelta(days=7)).is_far(now)
    assert replace(row, time=row.wanted - timedelta(days=9)).is_far(now)
    recent = now - timedelta(hours=1)
    assert replace(row, wanted=recent, time=recent - timedelta(hours=2)).is_far(now)


async def test_one_bad_unit_does_not_cost_the_others_their_points(office: Office) -> None:
    units = await office.units(count=7)
    bad = replace(units[3], id="not-a-unit", address="ghost@contoso.com")
    table = await find_points(office.tools, [*units[:3], bad, *units[4:]], PointWish(at(office, hours=2)))
    assert [row.name for row in table.unusable] == ["ghost@contoso.com"]
    assert table.unusable[0].refused
    assert len(table.usable) == 6


async def test_refused_before_anything_is_asked(office: Office) -> None:
    drives = await office.units(count=1)
    mail = await office.units(Service.EXCHANGE, count=1)
    office.calls.clear()
    with pytest.raises(UsageError, match="future"):
        await find_points(office.tools, drives, PointWish(at(office, hours=-1)))
    with pytest.raises(UsageError, match="express"):
        await find_points(office.tools, mail, PointWish(at(office, hours=1), prefer_express=True))
    with pytest.raises(UsageError, match="one service"):
        await find_points(office.tools, [*drives, *mail], PointWish(at(office, hours=1)))
    assert (await find_points(office.tools, [], PointWish(at(office, hours=1)))).rows == ()
    assert not office.calls


async def test_a_search_that_fails_for_good_is_told_not_hidden(office: Office) -> None:
    units = await office.units(count=2)
    office.faults.add("refuse", path="search", status=500, times=None)
    with pytest.raises(ServerFault):
        await find_points(office.tools, units, PointWish(at(office, hours=2)))


async def test_progress_ends_with_all_calls_done(office: Office) -> None:
    units = await office.units(count=45)
    seen: list[tuple[int, int]] = []
    await find_points(
        office.tools, units, PointWish(at(office, hours=2)), lambda progress: seen.append((progress.done, progress.of))
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]
