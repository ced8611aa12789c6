"""Specifies plans that are sent by name: from the check to the start, each list once, and compared before its start."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from office import Office
from planned import DIGEST, Checked, plan_of
from rows_of import rows_of, searches

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import StateConflict
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Service
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.drafting import complete_drafts, draft_plan
from backup_tui.plans.list_outcomes import follow_names
from backup_tui.plans.next_start import Stage
from backup_tui.plans.parts import PlannedUnit, split
from backup_tui.plans.places import places_of
from backup_tui.plans.plan import PlanLimits, Wave
from backup_tui.plans.points import find_plan_points
from backup_tui.plans.progress import PlanProgress, plan_progress
from backup_tui.plans.record import PlanRecord, kept_record
from backup_tui.plans.rows import ScopeResult
from backup_tui.plans.runner import PlanRunner
from backup_tui.restore.drafts.failed import failed_by_cause
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.review.activation import Start, Started
from backup_tui.simulator.settings import Settings
from backup_tui.store.updates import SessionRead

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
    assert not any(check.points.distribution().values()), "no point is known, and none is made up"
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
    free = places_of((), {})
    assert free.lacking(large, 10_000, LIMITS, PlanLimits()) == ""
    taken = free.with_started(part, 1)
    assert "in restore" in taken.lacking(large, 10_000, LIMITS, PlanLimits())
    assert "more than the 1,000" in free.lacking(replace(large, bulk=False), 10_000, LIMITS, PlanLimits())
    assert free.lacking(large, 10_000, ServiceLimits(units=5), PlanLimits()) == ""


async def started(office: Office, *strangers: str, trait: str = "", start: bool = True) -> tuple[PlanRecord, str]:
    """A plan of one list that runs, with names that the service does not know and a unit that fails."""
    plan = replace(PLAN, waves=(Wave("all"),), before="2h ago")
    units = await office.units(Service.ONEDRIVE, 25)
    failing = [unit.id for unit in office.service.tenant.units["onedrive"] if unit.trait == trait][:1]
    rows = rows_of([*units, *(office.store.units[Service.ONEDRIVE][key] for key in failing)], plan.before)
    points = await find_plan_points(office.tools, plan, rows)
    moment = points.units[0].point.wanted
    unknown = [
        PlannedUnit(UnitPoint(name, name, Service.ONEDRIVE, moment), 0, plan.destination, 90) for name in strangers
    ]
    planned = [replace(unit, destination=plan.destination) for unit in (*points.units, *unknown)]
    check = Checked(ScopeResult(rows), points, split(planned, plan.limits, bulk=True))
    record = await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)
    session_id = record.sessions[1]
    if start:
        assert isinstance(await office.carry_out(await office.review(Start(session_id))), Started)
    return record, session_id


async def progress_of(office: Office, record: PlanRecord) -> PlanProgress:
    office.store.apply(SessionRead(await office.tools.reader.session(record.sessions[1]), office.clock.monotonic()))
    return plan_progress(record, office.store, None, office.clock.now())


async def test_names_that_match_nothing_become_failures_of_the_plan_after_the_start(office: Office) -> None:
    record, _ = await started(office, "Nobody@contoso.com", "gone@contoso.com")
    assert await follow_names(office.tools, record) == record, "the service has not looked the names up yet"
    office.advance(600)
    record = await follow_names(office.tools, record)
    assert record.unusable == {1: {"Nobody@contoso.com": "UserEmailNotFound", "gone@contoso.com": "UserEmailNotFound"}}
    assert await kept_record(office.tools.journal, record.plan.name) == record
    calls = len(office.calls)
    assert await follow_names(office.tools, record) == record
    assert len(office.calls) == calls, "each list is followed to its end once"
    progress = await progress_of(office, record)
    assert (progress.counts.of, progress.counts.failed) == (27, 2)
    assert [(cause.code, cause.units) for cause in progress.causes] == [("UserEmailNotFound", 2)]
    office.advance(36_000)
    progress = await progress_of(office, record)
    assert (progress.counts.ok, progress.counts.failed, progress.counts.left) == (25, 2, 0)


async def test_who_is_who_is_looked_up_after_the_start(office: Office) -> None:
    record, session_id = await started(office, trait="held")
    office.advance(600)
    before = searches(office)
    await follow_names(office.tools, record)
    assert searches(office) - before == 2, "26 names, 20 a search"
    office.advance(36_000)
    (group,) = await failed_by_cause(office.tools, session_id)
    assert (len(group.units), len(group.nameless)) == (1, 0)
    held = {unit.address for unit in office.service.tenant.units["onedrive"] if unit.trait == "held"}
    assert {unit.name for unit in group.units} <= held


async def test_units_are_not_looked_up_one_by_one_where_the_service_names_them(
    settings: Settings, tmp_path: Path
) -> None:
    settings = replace(settings, expand_units=True)
    office = Office(settings, tmp_path / "expanding")
    async with office.stack:
        await office.open()
        record, _ = await started(office)
        office.advance(600)
        await follow_names(office.tools, record)
        assert searches(office) == 0


async def test_the_runner_carries_out_lists_and_counts_unknown_names_as_failed(office: Office) -> None:
    record, _ = await started(office, "nobody@contoso.com", start=False)
    await office.carry_out(await office.review(ApproveWave(record.plan.name)))
    result = await PlanRunner(office.tools, record.plan.name).run()
    assert [one.stage for one in result.parts] == [Stage.ENDED]
    assert result.record.unusable == {1: {"nobody@contoso.com": "UserEmailNotFound"}}
    assert result.failed == 1
    (session,) = office.mine()
    assert len(session.artifacts) == 25
    assert searches(office) == 2, "who is who"
