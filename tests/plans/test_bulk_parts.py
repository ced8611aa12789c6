"""Specifies plans that are sent by name: from the check to the start, each list once, and compared before its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from planned import DIGEST, Checked, plan_of
from rows_of import rows_of, searches

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import StateConflict
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Service
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.drafting import complete_drafts, draft_plan
from backup_tui.plans.parts import split
from backup_tui.plans.places import places_of
from backup_tui.plans.plan import PlanLimits, Wave
from backup_tui.plans.points import find_plan_points
from backup_tui.plans.record import PlanRecord
from backup_tui.plans.rows import ScopeResult
from backup_tui.restore.review.activation import Start, Started

if TYPE_CHECKING:
    from office import Office

PLAN = replace(plan_of(Wave("first"), Wave("rest")), bulk=True)


async def checked(office: Office, counts: tuple[int, int] = (3, 4)) -> Checked:
    units = await office.units(Service.ONEDRIVE, sum(counts))
    rows = tuple(
        replace(row, wave=0 if place < counts[0] else 1, before=PLAN.before, destination=PLAN.destination)
        for place, row in enumerate(rows_of(units))
    )
    points = await find_plan_points(office.tools, PLAN, rows)
    return Checked(ScopeResult(rows, lines=len(rows)), points, split(points.units, PLAN.limits, bulk=True))


async def drafted(office: Office) -> PlanRecord:
    return await draft_plan(office.tools, PLAN, DIGEST, "plan.toml", await checked(office))


async def test_units_are_taken_by_name_without_a_search(office: Office) -> None:
    check = await checked(office)
    assert searches(office) == 0
    assert [part.bulk for part, _ in check.parts] == [True, True]
    assert check.points.spread() == (0, 0, 0, 0), "no point is known, and none is made up"
    assert {point.point.name for point in check.points.units} == {row.unit.address for row in check.scope.rows}


async def test_each_wave_becomes_a_list_of_its_own_and_a_second_run_sends_nothing(office: Office) -> None:
    record = await drafted(office)
    assert office.changes() == ["POST 201"] * 4
    assert [session.bulk is not None for session in office.mine()] == [True, True]
    assert set(record.sessions.values()) == {session.id for session in office.mine()}
    assert await drafted(office) == record
    assert await complete_drafts(office.tools, PLAN.name) == record
    assert office.changes() == ["POST 201"] * 4


async def test_the_yes_to_a_wave_says_what_nobody_can_see_and_names_who_was_sent(office: Office) -> None:
    record = await drafted(office)
    review = await office.review(ApproveWave(PLAN.name, 0))
    assert review.blocked is None
    assert (review.phrase, len(review.names)) == ("overwrite 3 contoso", 3)
    told = {check.text: check.mark for check in review.checks}
    assert told["points: none is known before the start; unknown names fail only after it"] is CheckResult.UNKNOWN
    assert told["3 names: as sent and kept here; the service shows none"] is CheckResult.UNKNOWN
    assert not any("not reported" in text or "no draft" in text for text in told)
    assert any(words.startswith("BY NAME: ") for words in review.extra)
    agreed = await office.carry_out(review)
    assert agreed.agreed(record.sessions[1]) is not None
    started = await office.carry_out(await office.review(Start(record.sessions[1])))
    assert isinstance(started, Started)


async def test_a_list_that_is_not_the_one_that_was_reviewed_gets_no_yes(office: Office) -> None:
    record = await drafted(office)
    review = await office.review(ApproveWave(PLAN.name, 0))
    bulk = office.service.sessions[record.sessions[1]].bulk
    assert bulk is not None
    bulk.preference = "oldest"
    with pytest.raises(StateConflict, match="is not what was reviewed"):
        await office.carry_out(review)


async def test_a_list_larger_than_the_limit_starts_only_when_nothing_else_is_in_restore(office: Office) -> None:
    check = await checked(office)
    (part, _), *_ = check.parts
    large = replace(part, units=10_000)
    free = places_of((), ())
    assert free.lacking(large, 10_000, LIMITS, PlanLimits()) == ""
    taken = free.with_started(part, 1)
    assert "in restore" in taken.lacking(large, 10_000, LIMITS, PlanLimits())
    assert "more than the 1,000" in free.lacking(replace(large, bulk=False), 10_000, LIMITS, PlanLimits())
    assert free.lacking(large, 10_000, ServiceLimits(units=5), PlanLimits()) == ""
