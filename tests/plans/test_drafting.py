"""Drafts of a plan: each unit in one of them, whatever happens on the way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace
from office import Office
from planned import DIGEST, Checked, checked, drafted, plan_of

from backup_tui.errors import StateConflict, UsageError
from backup_tui.journal.records import IntentState
from backup_tui.models.services import Service
from backup_tui.models.whoami import WhoAmI
from backup_tui.plans.drafting import DraftsIncomplete, add_parts, complete_drafts, draft_plan
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Wave
from backup_tui.plans.record import kept_record, kept_units
from backup_tui.restore.drafts.drafts import edit_draft
from backup_tui.restore.points.points import UnitPoint
from backup_tui.simulator.settings import Settings

WAVES = (Wave("directors"), Wave("rest"))


def in_drafts(office: Office) -> list[str]:
    """The unit of every artifact that this administrator's drafts hold."""
    return sorted(artifact.unit.id for session in office.mine() for artifact in session.artifacts)


def meant(check: Checked) -> list[str]:
    return sorted(unit.point.unit_id for unit in check.points.units)


async def test_every_unit_is_in_one_draft_and_the_record_has_their_ids(office: Office) -> None:
    plan = plan_of(*WAVES)
    check = await checked(office, plan, (1, 4))

    record = await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)

    assert [part.units for part in record.parts] == [1, 2, 2]
    assert set(record.sessions.values()) == {session.id for session in office.mine()}
    assert in_drafts(office) == meant(check)
    assert record == await kept_record(office.tools.journal, "ransom")
    assert record.names == {"names": 5, "found": 5, "twice": 0, "toFix": 0, "leftOut": 0, "noPoint": 0}
    assert all(session.activated is None for session in office.mine())


async def test_a_second_run_makes_nothing(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 1, 4)
    changes = office.changes()

    assert await complete_drafts(office.tools, "ransom") == record
    assert office.changes() == changes


async def test_another_plan_does_not_take_over_the_drafts_of_this_name(office: Office) -> None:
    plan = plan_of()
    check = await checked(office, plan, (2,))
    await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)

    with pytest.raises(StateConflict, match="has drafts already") as refused:
        await draft_plan(office.tools, replace(plan, before="3h"), "cd" * 32, "plan.toml", check)

    assert refused.value.code == "PlanChanged"
    assert len(office.mine()) == 1


async def test_a_plan_without_a_unit_to_restore_is_not_drafted(office: Office) -> None:
    plan = plan_of()
    check = await checked(office, plan, (2,))

    with pytest.raises(UsageError, match="No unit of the plan has a point"):
        await draft_plan(office.tools, plan, DIGEST, "", replace(check, parts=()))

    assert await kept_record(office.tools.journal, "ransom") is None


async def test_a_unit_in_two_parts_is_refused_before_anything_is_sent(office: Office) -> None:
    plan = plan_of()
    check = await checked(office, plan, (2,))
    ((part, units),) = check.parts
    twice = ((part, units), (replace(part, number=2), units))

    with pytest.raises(UsageError, match="more than one session"):
        await draft_plan(office.tools, plan, DIGEST, "", replace(check, parts=twice))

    assert office.mine() == []


async def test_parts_are_added_for_new_units_and_for_failed_ones_alone(office: Office) -> None:
    record = await drafted(office, plan_of(), 2)
    units = await kept_units(office.tools.journal, "ransom", 1)
    doubled = Part(2, 0, record.parts[0].service, record.parts[0].destination, 2)
    retry = replace(doubled, again_of=(record.sessions[1],))

    with pytest.raises(UsageError, match="more than one session"):
        await add_parts(office.tools, "ransom", [(doubled, units)])
    await add_parts(office.tools, "ransom", [(retry, units)])
    with pytest.raises(UsageError, match="Another run"):
        await add_parts(office.tools, "ransom", [(retry, units)])
    record = await complete_drafts(office.tools, "ransom")

    assert sorted(record.sessions) == [1, 2]
    assert len(office.mine()) == 2


@pytest.mark.parametrize("act", ["lose", "drop"])
@pytest.mark.parametrize("nth", range(4))
async def test_an_answer_that_is_lost_makes_nothing_twice(office: Office, act: str, nth: int) -> None:
    plan = plan_of(size=60)
    check = await checked(office, plan, (70,))
    office.faults.add(act, path="RestoreSessions(/[^/]+)?$", after=nth)  # type: ignore[arg-type]

    try:
        await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)
    except DraftsIncomplete:
        await complete_drafts(office.tools, "ransom")

    assert in_drafts(office) == meant(check)
    assert len(office.mine()) == 2


async def test_a_lost_draft_is_found_by_its_contents_where_the_token_does_not_say_who_is_signed_in(
    settings: Settings, tmp_path: Path
) -> None:
    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(WhoAmI("contoso.com", "t", "somebody"))
        plan = plan_of()
        check = await checked(office, plan, (2,))
        office.faults.add("drop", method="POST", path="RestoreSessions$")

        record = await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)

        assert in_drafts(office) == meant(check)
        assert list(record.sessions.values()) == [session.id for session in office.mine()]
        assert (await office.states())[0] is IntentState.RESOLVED_DONE


async def test_a_create_that_never_arrived_is_made_by_the_same_run(office: Office) -> None:
    plan = plan_of()
    check = await checked(office, plan, (2,))
    office.faults.add("refuse", method="POST", path="RestoreSessions$", status=504, code="")

    record = await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)

    assert in_drafts(office) == meant(check)
    assert [session.id for session in office.mine()] == list(record.sessions.values())


async def test_a_draft_that_was_deleted_before_it_was_whole_is_reported_and_not_made_again(office: Office) -> None:
    plan = plan_of(size=60)
    check = await checked(office, plan, (60,))
    office.faults.add("refuse", method="PATCH", status=400, code="invalidRequest")
    with pytest.raises(DraftsIncomplete):
        await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)
    (draft,) = office.mine()
    office.service.delete_session(draft.id)

    with pytest.raises(DraftsIncomplete, match=f"The draft {draft.id[:8]} of part 1 was deleted"):
        await complete_drafts(office.tools, "ransom")

    assert office.mine() == []


async def test_a_deleted_draft_is_not_made_again(office: Office) -> None:
    record = await drafted(office, plan_of(), 4)
    office.service.delete_session(record.sessions[1])

    assert (await complete_drafts(office.tools, "ransom")).sessions == record.sessions

    assert [session.id for session in office.mine()] == [record.sessions[2]]


async def test_what_somebody_took_out_of_a_whole_draft_stays_out(office: Office) -> None:
    record = await drafted(office, plan_of(), 2)
    (draft,) = office.mine()
    await edit_draft(office.tools, record.sessions[1], remove=[draft.artifacts[0].id])

    await complete_drafts(office.tools, "ransom")

    assert len(in_drafts(office)) == 1


async def test_a_refused_draft_is_named_and_the_others_are_made(office: Office) -> None:
    plan = plan_of()
    check = await checked(office, plan, (4,))
    office.faults.add("refuse", method="POST", path="RestoreSessions$", status=400, code="invalidRequest")

    with pytest.raises(DraftsIncomplete) as incomplete:
        await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)

    assert len(office.mine()) == 1
    assert len(incomplete.value.problems) == 1
    await complete_drafts(office.tools, "ransom")
    assert Counter(in_drafts(office)) == Counter(meant(check))


async def test_a_unit_without_a_point_is_not_forgotten_because_another_one_has_its_name(office: Office) -> None:
    plan = plan_of()
    check = await checked(office, plan, (2,))
    drafted_unit = check.points.units[0].point
    mailbox = UnitPoint("mailbox", drafted_unit.name, Service.EXCHANGE, drafted_unit.wanted, refused="no point")
    check = replace(check, points=replace(check.points, without=(mailbox,)))

    record = await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)

    assert record.in_no_session == ((drafted_unit.name, "no point"),)


async def test_drafts_of_another_version_of_the_program_are_not_made_a_second_time(office: Office) -> None:
    plan = plan_of()
    check = await checked(office, plan, (2,))
    await draft_plan(office.tools, plan, DIGEST, "plan.toml", check)
    await office.tools.journal.keep("plan-run:ransom", '{"plan": 7}')

    with pytest.raises(StateConflict, match="another version"):
        await draft_plan(office.tools, plan, DIGEST, "plan.toml", replace(check, parts=check.parts[:1]))

    assert len(office.mine()) == 1
