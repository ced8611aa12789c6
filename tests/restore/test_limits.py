"""Specifies that requests, drafts and reviews obey the limits that a profile sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import UsageError
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Destination
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.drafts.planned_requests import requests_of_plan
from backup_tui.restore.review.activation import Start

if TYPE_CHECKING:
    from office import Office


def limited(office: Office, **limits: int) -> ServiceLimits:
    office.tools = replace(office.tools, limits=ServiceLimits(**limits))
    return office.tools.limits


async def test_requests_hold_no_more_than_the_profile_says(office: Office) -> None:
    limits = limited(office, units_per_write=3, units_per_search=2)
    units = await office.units(count=7)
    made = await office.draft(units)
    assert made.complete
    assert office.changes() == ["POST 201", "PATCH 200", "PATCH 200"]
    assert sum(call.path.endswith("/search") for call in office.calls) == 4
    plan = DraftPlan(units[0].service, Destination.IN_PLACE, (await office.table(units)).rows)
    assert [one.units for one in requests_of_plan(plan, limits)] == [3, 3, 1], "the form shows the same requests"


async def test_a_draft_holds_no_more_units_than_are_restored_at_a_time(office: Office) -> None:
    limited(office, units=4)
    with pytest.raises(UsageError, match="5 units; one draft holds at most 4") as refused:
        await office.draft(await office.units(count=5))
    assert refused.value.hint == "A plan takes them all, in sessions of a size that the service takes: plan new."
    assert office.changes() == []


async def test_a_review_names_whose_limit_is_reached(office: Office) -> None:
    first = await office.draft(await office.units(count=1))
    await office.carry_out(await office.review(Start(first.session_id)))
    made = await office.draft(await office.units(count=1, first=1))
    limited(office, sessions=1)
    review = await office.review(Start(made.session_id))
    assert review.blocked == "1 of 1 sessions running: this profile allows no more"
    limited(office, sessions=200, units=5_000)
    review = await office.review(Start(made.session_id))
    room = next(check for check in review.checks if "sessions running" in check.text)
    assert room.mark is CheckResult.OK
    assert room.text.startswith("1 of 200 sessions running; ")
    assert " of 5,000 accounts in restore" in room.text
