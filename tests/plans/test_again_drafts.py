"""Specifies retries of what failed in a plan: by cause, with its remedy, each unit once, until nothing is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from office import Office
from planned import DIGEST, Checked, plan_of
from rows_of import rows_of

from backup_tui.errors import UsageError
from backup_tui.models.services import Destination, Service
from backup_tui.plans.again import AgainLook
from backup_tui.plans.again_drafts import Restores, draft_again, keep_restores, name_of_restores, plan_of_restores
from backup_tui.plans.again_look import look_again
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.list_outcomes import follow_names
from backup_tui.plans.parts import split
from backup_tui.plans.plan import Plan
from backup_tui.plans.points import find_plan_points
from backup_tui.plans.record import PlanRecord, kept_record, kept_units
from backup_tui.plans.rows import ScopeResult
from backup_tui.plans.runner import PlanRunner
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.review.activation import Start, Started
from backup_tui.simulator.http.callers import RYAN

PLAN = plan_of(size=4)
TRAITS = ("held", "gone", "clipped", "flaky")


async def drafted_with(
    office: Office, *traits: str, service: Service = Service.ONEDRIVE, sound: int = 3, plan: Plan = PLAN
) -> PlanRecord:
    """A plan of sound units and of all that end as their traits say."""
    units = await office.units(service, sound)
    failing = [unit.id for unit in office.service.tenant.units[service.value] if unit.trait in traits]
    table = office.store.units[service]
    rows = tuple(
        replace(row, destination=plan.destination)
        for row in rows_of([*units, *(table[key] for key in failing)], plan.before)
    )
    points = await find_plan_points(office.tools, plan, rows)
    check = Checked(ScopeResult(rows), points, split(points.units, plan.limits, bulk=plan.bulk))
    return await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)


async def run(office: Office, record: PlanRecord, hours: float = 12) -> PlanRecord:
    """Starts all drafts of a plan, and waits for their end."""
    for session_id in record.sessions.values():
        if office.service.sessions[session_id].activated is None:
            assert isinstance(await office.carry_out(await office.review(Start(session_id))), Started)
    office.advance(timedelta(hours=hours).total_seconds())
    return await follow_names(office.tools, record)


async def ended_with(office: Office, *traits: str, **more: object) -> PlanRecord:
    return await run(office, await drafted_with(office, *traits, **more))  # type: ignore[arg-type]


def causes(look: AgainLook) -> dict[str, tuple[int, int]]:
    """Code to how many units failed with it, and how many would be drafted."""
    return {group.code: (len(group.units), len(group.ready)) for group in look.groups}


def restored(office: Office) -> list[str]:
    """The unit of every artifact that was restored since the start, once for each time."""
    now = office.service.now()
    return [
        artifact.unit.id
        for session in office.mine()
        for artifact in session.artifacts
        if artifact.run is not None and artifact.run.end <= now and artifact.run.error is None
    ]


async def test_failed_units_of_all_sessions_are_grouped_with_what_each_cause_needs(office: Office) -> None:
    record = await ended_with(office, *TRAITS)
    assert len(record.parts) > 1
    look = await look_again(office.tools, record)
    failed = {
        artifact.unit.id: artifact.run.error
        for session in office.mine()
        for artifact in session.artifacts
        if artifact.run and artifact.run.error
    }
    assert {one.unit.unit_id: group.code for group in look.groups for one in group.units} == failed
    assert look.failed + look.restored == sum(part.units for part in record.parts)
    assert (look.live, look.untried, look.nameless) == (0, 0, 0)
    taken = {group.code: group.taken for group in look.groups}
    assert taken == {
        "ArtifactCannotBeRestored": False,
        "ArtifactNotFound": False,
        "InvalidRestoreTime": True,
        "UnknownError": True,
    }
    needs = {group.code: group.needs for group in look.groups}
    assert needs["ArtifactCannotBeRestored"] == "have the hold or lock removed first"
    assert needs["ArtifactNotFound"] == "bring it back first, or leave it out"


async def test_looking_changes_nothing_at_the_service(office: Office) -> None:
    record = await ended_with(office, "flaky")
    changes = office.changes()
    await look_again(office.tools, record)
    assert office.changes() == changes
    assert await kept_record(office.tools.journal, PLAN.name) == record


async def test_rounds_of_retries_restore_everybody_once_who_can_be(office: Office) -> None:
    record = await ended_with(office, *TRAITS)
    for _ in range(8):
        look = await look_again(office.tools, record)
        if not look.ready:
            break
        record = await draft_again(office.tools, look)
        again = await look_again(office.tools, record)
        assert (len(again.ready), again.live, again.retried) == (0, len(look.ready), len(look.ready))
        record = await run(office, record)
    look = await look_again(office.tools, record)
    assert causes(look).keys() == {"ArtifactCannotBeRestored", "ArtifactNotFound"}
    assert look.restored == len(set(restored(office))) == len(restored(office)), "each once, by the service's own books"
    assert look.restored + look.failed == sum(part.units for part in record.parts if not part.again_of)


async def test_a_retry_holds_the_next_older_point_and_names_its_source(office: Office) -> None:
    record = await ended_with(office, "clipped")
    look = await look_again(office.tools, record)
    old = {artifact.unit.id: artifact.moment for session in office.mine() for artifact in session.artifacts}
    record = await draft_again(office.tools, look)
    (part,) = [part for part in record.parts if part.again_of]
    units = await kept_units(office.tools.journal, PLAN.name, part.number)
    session = office.service.sessions[record.sessions[part.number]]
    assert {artifact.unit.id for artifact in session.artifacts} == {unit.unit_id for unit in units}
    for artifact in session.artifacts:
        assert old[artifact.unit.id] - 900 <= artifact.moment < old[artifact.unit.id]
    assert set(part.again_of) <= set(record.sessions.values())
    asked = {unit.wanted for unit in units}
    assert all(wanted > unit.time for unit in units if unit.time for wanted in asked), "what was asked for is kept"


async def test_held_sites_go_to_a_new_address_and_held_accounts_only_once_somebody_says_so(office: Office) -> None:
    record = await ended_with(office, "held", service=Service.SHAREPOINT)
    look = await look_again(office.tools, record)
    (group,) = [group for group in look.groups if group.code == "ArtifactCannotBeRestored"]
    assert group.taken
    record = await run(office, await draft_again(office.tools, look))
    assert {part.destination for part in record.parts if part.again_of} == {Destination.NEW}
    assert (await look_again(office.tools, record)).failed == 0


async def test_a_cause_that_needs_something_first_is_taken_when_it_is_named(office: Office) -> None:
    record = await ended_with(office, "held", "flaky")
    look = await look_again(office.tools, record, ["artifactcannotberestored"])
    assert {group.code: bool(group.ready) for group in look.groups} == {
        "ArtifactCannotBeRestored": True,
        "UnknownError": False,
    }
    with pytest.raises(UsageError, match="No unit failed with QuotaExceeded"):
        await look_again(office.tools, record, ["QuotaExceeded"])


async def test_units_that_another_restore_has_wait_for_it_by_name(office: Office) -> None:
    record = await drafted_with(office, sound=2)
    session_id = record.sessions[1]
    units = await office.units(Service.ONEDRIVE, 2)
    other = await create_draft(
        office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, (await office.table(units)).usable)
    )
    office.service.activate_session(other.session_id, RYAN)
    office.service.activate_session(session_id, RYAN)
    office.advance(3_600)
    look = await look_again(office.tools, record)
    (group,) = look.groups
    assert group.code == "DuplicateArtifactRestoreRequest"
    assert not look.ready
    short = other.session_id[:8]
    assert set(group.reasons) <= {f"{short} is still restoring it", f"{short} has restored it since"}
    assert short in group.cause.to_do
    office.advance(40_000)
    look = await look_again(office.tools, record)
    assert look.groups[0].reasons == {f"{short} has restored it since": 2}
    with pytest.raises(UsageError, match="No failed unit can be drafted"):
        await draft_again(office.tools, look)


async def test_unknown_names_of_a_list_are_failures_that_can_be_brought_back(office: Office) -> None:
    plan = replace(PLAN, bulk=True)
    record = await drafted_with(office, "flaky", plan=plan)
    bulk = office.service.sessions[record.sessions[1]].bulk
    assert bulk is not None
    address = bulk.names["drives"][0]
    known = next(unit for unit in office.service.tenant.units["onedrive"] if unit.address == address)
    known.address = "renamed@contoso.com"
    record = await run(office, record)
    look = await look_again(office.tools, record)
    assert causes(look)["UserEmailNotFound"] == (1, 0)
    assert causes(look)["UnknownError"][1] > 0, "units of a list are known by name, and retried with their points"
    record = await draft_again(office.tools, await look_again(office.tools, record, ["UserEmailNotFound"]))
    record = await run(office, record)
    assert known.id in restored(office), "by its id and its point, once somebody says that it is back"


async def test_two_looks_at_once_draft_a_unit_once(office: Office) -> None:
    record = await ended_with(office, "flaky")
    first, second = [await look_again(office.tools, record) for _ in range(2)]
    record = await draft_again(office.tools, first)
    with pytest.raises(UsageError, match="Another run has added"):
        await draft_again(office.tools, second)
    assert await kept_record(office.tools.journal, PLAN.name) == record


async def test_restores_outside_a_plan_become_one_and_are_retried_like_it(office: Office) -> None:
    ids: list[str] = []
    for trait in ("flaky", "clipped"):
        units = await office.units(Service.ONEDRIVE, 1, first=len(ids))
        failing = [unit.id for unit in office.service.tenant.units["onedrive"] if unit.trait == trait]
        rows = [*units, *(office.store.units[Service.ONEDRIVE][key] for key in failing)]
        plan = DraftPlan(Service.ONEDRIVE, Destination.IN_PLACE, (await office.table(rows)).usable)
        ids.append((await create_draft(office.tools, plan)).session_id)
    with pytest.raises(UsageError, match="is a draft"):
        await plan_of_restores(office.tools, ids)
    for session_id in ids:
        await office.carry_out(await office.review(Start(session_id)))
    office.advance(40_000)
    restores = await plan_of_restores(office.tools, ids)
    record = restores.record
    assert (record.plan.name, len(record.parts)) == (name_of_restores(ids[::-1]), 2)
    look = await look_again(office.tools, record, units=restores.units)
    assert set(causes(look)) == {"UnknownError", "InvalidRestoreTime"}
    assert await kept_record(office.tools.journal, record.plan.name) is None, "a look keeps nothing"
    await keep_restores(office.tools, restores)
    assert await plan_of_restores(office.tools, ids) == Restores(record)
    record = await run(office, await draft_again(office.tools, look))
    assert (await look_again(office.tools, record)).restored > look.restored
    assert (await plan_of_restores(office.tools, ids)).record == record, "the same restores are the same plan"
    with pytest.raises(UsageError, match=f"is part of the plan {record.plan.name}"):
        await plan_of_restores(office.tools, ids[:1])


async def test_a_run_that_restores_what_had_failed_ends_well(office: Office) -> None:
    first = await ended_with(office, "flaky")
    assert (await PlanRunner(office.tools, PLAN.name).run()).failed > 0
    record = await draft_again(office.tools, await look_again(office.tools, first))
    await run(office, record)

    assert (await look_again(office.tools, record)).failed == 0
    assert (await PlanRunner(office.tools, PLAN.name).run()).failed == 0
