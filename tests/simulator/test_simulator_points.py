"""Specifies restore points: where they lie, which are express, and how they are listed and searched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from simulated import Simulated

from backup_tui.simulator.domain import points
from backup_tui.simulator.domain.points import find_point, newest_first, oldest_first

NOW = datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC)
WEEK = 7 * 86400


def moments(unit: Any, sim: Simulated, start: Any, end: Any, **options: Any) -> Any:
    return [p.moment for p in newest_first(unit, sim.service.now(), start.timestamp(), end.timestamp(), **options)]


async def test_the_newest_point_is_ten_to_twenty_minutes_old(sim: Simulated) -> None:
    point = (await sim.points(sim.units("exchange", 1), end="2026-11-23T00:00:00Z"))[0]
    assert point["protectionDateTime"] == "2026-11-22T11:50:00Z"
    assert point["expirationDateTime"] == "2027-11-22T11:50:00Z"
    assert point["protectionUnit"]["@odata.type"] == "#microsoft.graph.mailboxProtectionUnit"


def test_mailboxes_have_a_point_each_ten_minutes_far_back(sim: Simulated) -> None:
    found = moments(sim.units("exchange", 1)[0], sim, NOW - timedelta(days=100), NOW - timedelta(days=99))
    assert {one - other for one, other in pairwise(found)} == {600}
    assert len(found) == 144


def test_sites_have_ten_minutes_for_two_weeks_and_then_weeks(sim: Simulated) -> None:
    found = moments(sim.units("sharepoint", 1)[0], sim, NOW - timedelta(days=90), NOW)
    border = NOW.timestamp() - 14 * 86400
    fresh = [moment for moment in found if moment >= border]
    weekly = [moment for moment in found if moment < border]
    assert {one - other for one, other in pairwise(fresh)} == {600}
    assert {one - other for one, other in pairwise(weekly)} == {WEEK}
    assert 10 <= len(weekly) <= 12


def test_express_points_are_rarer_and_only_of_drives_and_sites(sim: Simulated) -> None:
    drive, mailbox = sim.units("onedrive", 1)[0], sim.units("exchange", 1)[0]
    day = NOW - timedelta(days=3), NOW - timedelta(days=2)
    express = moments(drive, sim, *day, express=True)
    assert len(express) == 4
    assert set(express) < set(moments(drive, sim, *day))
    flags = {p.moment for p in newest_first(drive, sim.service.now(), *(d.timestamp() for d in day)) if p.express}
    assert flags == set(express)
    assert moments(mailbox, sim, *day, express=True) == []


def test_both_directions_walk_the_same_points(sim: Simulated) -> None:
    unit = sim.units("sharepoint", 1)[0]
    span = (NOW - timedelta(days=60)).timestamp(), NOW.timestamp()
    down = list(newest_first(unit, sim.service.now(), *span))
    assert list(oldest_first(unit, sim.service.now(), *span)) == down[::-1]


def test_every_point_is_found_again_by_its_id_and_nothing_else_is(sim: Simulated) -> None:
    now = sim.service.now()
    for key in ("exchange", "onedrive", "sharepoint"):
        unit = sim.units(key, 1)[0]
        for point in list(newest_first(unit, now, now - 40 * 86400, now))[::97]:
            assert find_point(sim.service.tenant, point.id, now) == point
    unit = sim.units("sharepoint", 1)[0]
    for wrong in (points.point_id(unit, int(now)), points.point_id(unit, 1_000_000_200), "", "é", "AAAA", unit.id):
        assert find_point(sim.service.tenant, wrong, now) is None


def test_a_ten_minute_point_is_gone_after_two_weeks(sim: Simulated) -> None:
    unit = sim.units("sharepoint", 1)[0]
    weekly = set(moments(unit, sim, NOW - timedelta(days=30), NOW))
    point = next(newest_first(unit, sim.service.now(), 0, NOW.timestamp()))
    sim.clock.advance(timedelta(days=15))
    kept = {m for m in moments(unit, sim, NOW - timedelta(days=30), NOW) if m in weekly}
    assert (find_point(sim.service.tenant, point.id, sim.service.now()) is None) == (point.moment not in kept)


def test_units_joined_late_have_points_only_since_then(sim: Simulated) -> None:
    young = next(unit for unit in sim.service.tenant.everything if unit.joined > NOW.timestamp() - 600)
    recent = next(
        unit
        for unit in sim.service.tenant.everything
        if unit.policy and unit.policy.on and 2 * 86400 < NOW.timestamp() - unit.joined < 10 * 86400
    )
    assert moments(young, sim, NOW - timedelta(days=30), NOW) == []
    assert min(moments(recent, sim, NOW - timedelta(days=30), NOW)) >= recent.joined
    sim.clock.advance(1800)
    assert moments(young, sim, NOW, NOW + timedelta(hours=1))


async def test_search_gives_one_point_for_each_unit_and_names_the_rest(sim: Simulated) -> None:
    units = sim.units("onedrive", 20)
    young = next(unit for unit in sim.service.tenant.units["onedrive"] if unit.joined > NOW.timestamp() - 600)
    body = {
        "protectionUnitIds": [*(unit.id for unit in units[:19]), young.id],
        "protectionTimePeriod": {
            "startDateTime": "2026-11-20T00:00:00Z",
            "endDateTime": "2026-11-21T13:14:15.1234567Z",
        },
    }
    answer = (await sim.call("POST", "/restorePoints/search", json=body)).json()
    assert [row["restorePoint"]["protectionUnit"]["id"] for row in answer["searchResults"]] == [
        unit.id for unit in units[:19]
    ]
    assert answer["noResultProtectionUnitIds"] == [young.id]
    assert answer["searchResults"][0]["restorePoint"]["protectionDateTime"] == "2026-11-21T13:10:00Z"
    body["restorePointPreference"] = "oldest"
    answer = (await sim.call("POST", "/restorePoints/search", json=body)).json()
    assert answer["searchResults"][0]["restorePoint"]["protectionDateTime"] == "2026-11-20T00:00:00Z"


async def test_search_for_express_points(sim: Simulated) -> None:
    found = await sim.points(sim.units("onedrive", 3), tags="fastRestore")
    assert [point["tags"] for point in found] == ["fastRestore"] * 3
    assert await sim.points(sim.units("exchange", 3), tags="fastRestore") == []


PERIOD = {"startDateTime": "2026-11-01T00:00:00Z", "endDateTime": "2026-11-20T00:00:00Z"}
GUID = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"protectionTimePeriod": PERIOD}, "InvalidSearchRequest"),
        ({"protectionUnitIds": [], "protectionTimePeriod": PERIOD}, "InvalidSearchRequest"),
        ({"protectionUnitIds": [GUID] * 21, "protectionTimePeriod": PERIOD}, "InvalidSearchRequest"),
        ({"protectionUnitIds": [GUID]}, "InvalidSearchRequest"),
        ({"protectionUnitIds": [GUID], "protectionTimePeriod": {"startDateTime": "soon"}}, "InvalidSearchRequest"),
        (
            {
                "protectionUnitIds": [GUID],
                "protectionTimePeriod": {
                    "startDateTime": "2026-11-02T00:00:00Z",
                    "endDateTime": "2026-11-01T00:00:00Z",
                },
            },
            "InvalidSearchRequest",
        ),
        ({"protectionUnitIds": [GUID], "protectionTimePeriod": PERIOD, "tags": "slow"}, "InvalidSearchRequest"),
        (
            {"protectionUnitIds": [GUID], "protectionTimePeriod": PERIOD, "restorePointPreference": "best"},
            "InvalidSearchRequest",
        ),
        ({"protectionUnitIds": ["me"], "protectionTimePeriod": PERIOD}, "InvalidProtectionUnitId"),
    ],
)
async def test_wrong_searches_are_refused(sim: Simulated, body: Any, code: str) -> None:
    assert await sim.refused("POST", "/restorePoints/search", json=body) == (400, code)


async def test_the_list_gives_the_five_most_recent_in_the_order_asked_for(sim: Simulated) -> None:
    unit = sim.units("sharepoint", 1)[0]
    query = {
        "$expand": f"protectionUnit($filter=id eq '{unit.id}')",
        "$filter": "protectionDateTime lt 2026-11-20T10:10:00Z",
    }
    rows = (await sim.get("/restorePoints", params=query))["value"]
    assert [row["protectionDateTime"][11:16] for row in rows] == ["10:00", "09:50", "09:40", "09:30", "09:20"]
    assert {row["protectionUnit"]["id"] for row in rows} == {unit.id}
    query["$filter"] += " and protectionDateTime ge 2026-11-20T08:00:00Z"
    query["orderBy"] = "protectionDateTime asc"
    rows = (await sim.get("/restorePoints", params=query))["value"]
    assert [row["protectionDateTime"][11:16] for row in rows] == ["08:00", "08:10", "08:20", "08:30", "08:40"]
    query["$filter"] += " and tags eq 'fastRestore'"
    assert all(row["tags"] == "fastRestore" for row in (await sim.get("/restorePoints", params=query))["value"])


async def test_the_list_needs_its_unit_and_its_filter(sim: Simulated) -> None:
    unit = sim.units("sharepoint", 1)[0]
    expand = f"protectionUnit($filter=id eq '{unit.id}')"
    before = "protectionDateTime lt 2026-11-20T10:10:00Z"
    for query, code in [
        ({"$filter": before}, "InvalidSearchRequest"),
        ({"$expand": expand}, "InvalidSearchRequest"),
        ({"$expand": expand, "$filter": "protectionDateTime lt soon"}, "InvalidSearchRequest"),
        ({"$expand": expand, "$filter": before, "$orderby": "id"}, "InvalidSearchRequest"),
        ({"$expand": "protectionUnit($filter=id eq 'x')", "$filter": before}, "InvalidProtectionUnitId"),
        ({"$expand": f"protectionUnit($filter=id eq '{GUID}')", "$filter": before}, "InvalidProtectionUnitId"),
        ({"$expand": expand, "$filter": " and ".join([before] * 21)}, "FilterLengthExceeded"),
    ]:
        assert await sim.refused("GET", "/restorePoints", params=query) == (400, code)
