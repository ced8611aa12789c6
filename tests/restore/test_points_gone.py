"""Specifies what is said when a point is no longer there: whose it is, and which one is nearest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from backup_tui.errors import InvalidRequest
from backup_tui.models.points import PointSearch
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.drafts import create_draft, edit_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.points.moments import Moment, show_utc
from backup_tui.restore.points.points import PointWish, find_points

if TYPE_CHECKING:
    from office import Office


async def rows_of(office: Office, count: int) -> Any:
    units = await office.units(count=count)
    moment = Moment(office.clock.now() - timedelta(hours=5), ZoneInfo("UTC"), "asked")
    return (await find_points(office.tools, units, PointWish(moment))).usable


async def test_a_point_that_is_gone_when_the_draft_is_made_is_named_with_the_nearest(office: Office) -> None:
    rows = await rows_of(office, 3)
    stale = replace(rows[1], point_id=f"{rows[1].point_id}-gone")
    plan = DraftPlan(Service.ONEDRIVE, Destination.NEW, (rows[0], stale, rows[2]))
    office.service.faults.add("refuse", method="POST", path="RestoreSessions$", status=400, code="InvalidRestorePoint")
    with pytest.raises(InvalidRequest) as caught:
        await create_draft(office.tools, plan)
    now = office.clock.now()
    assert stale.name in caught.value.message
    assert f"the nearest is of {show_utc(rows[1].time, now)} UTC" in caught.value.message
    assert rows[0].name not in caught.value.message
    assert rows[2].name not in caught.value.message
    assert caught.value.own_words is not None
    assert "again" in caught.value.hint


async def test_when_every_point_is_still_there_the_refusal_stays_as_it_is(office: Office) -> None:
    rows = await rows_of(office, 2)
    office.service.faults.add("refuse", method="POST", path="RestoreSessions$", status=400, code="InvalidRestorePoint")
    with pytest.raises(InvalidRequest, match="no usable point") as caught:
        await create_draft(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, rows))
    assert rows[0].name not in caught.value.message


async def test_a_refusal_for_another_reason_asks_for_no_points(office: Office) -> None:
    rows = await rows_of(office, 2)
    before = len(office.calls)
    office.service.faults.add(
        "refuse", method="POST", path="RestoreSessions$", status=400, code="InvalidArtifactRequest"
    )
    with pytest.raises(InvalidRequest):
        await create_draft(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, rows))
    assert not any(call.path.endswith("/search") for call in office.calls[before:])


async def test_a_point_that_has_expired_is_found_with_that_remark_and_not_used(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = await office.units(count=2)
    reader = office.tools.reader
    asked = reader.search_points

    async def with_one_expired(*words: Any, **named: Any) -> PointSearch:
        answer = await asked(*words, **named)
        spoilt = {
            unit_id: tuple(
                replace(point, expiration_date_time=office.clock.now() - timedelta(minutes=1))
                if unit_id == units[0].id
                else point
                for point in points
            )
            for unit_id, points in answer.points.items()
        }
        return replace(answer, points=spoilt)

    monkeypatch.setattr(reader, "search_points", with_one_expired)
    moment = Moment(office.clock.now() - timedelta(hours=5), ZoneInfo("UTC"), "asked")
    table = await find_points(office.tools, units, PointWish(moment))
    remarks = {row.unit_id: (row.refused, row.usable) for row in table.rows}
    assert remarks == {units[0].id: ("the point has expired", False), units[1].id: ("", True)}


async def test_a_point_that_is_gone_in_a_later_request_is_named_like_in_the_first(office: Office) -> None:
    rows = await rows_of(office, 52)
    stale = replace(rows[51], point_id=f"{rows[51].point_id}-gone")
    plan = DraftPlan(Service.ONEDRIVE, Destination.NEW, (*rows[:51], stale))
    office.service.faults.add("refuse", method="PATCH", path="RestoreSessions/", status=400, code="InvalidRestorePoint")
    result = await create_draft(office.tools, plan)
    assert result.error is not None
    assert stale.name in result.error.message
    assert rows[50].name not in result.error.message
    assert "the nearest is of" in result.error.message
    assert {row.unit_id for row in result.not_in_it} == {rows[50].unit_id, stale.unit_id}


async def test_a_point_that_is_gone_when_it_is_added_to_a_draft_is_named(office: Office) -> None:
    rows = await rows_of(office, 3)
    made = await create_draft(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, rows[:1]))
    stale = replace(rows[2], point_id=f"{rows[2].point_id}-gone")
    office.service.faults.add("refuse", method="PATCH", path="RestoreSessions/", status=400, code="InvalidRestorePoint")
    with pytest.raises(InvalidRequest) as caught:
        await edit_draft(office.tools, made.session_id, add=(rows[1], stale), destination=Destination.NEW)
    assert stale.name in caught.value.message
    assert rows[1].name not in caught.value.message
