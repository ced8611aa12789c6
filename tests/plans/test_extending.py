"""A plan that was changed after its drafts were created: what is new is added, and nothing else is touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from office import Office
from planned import checked, drafted, plan_of

from backup_tui.errors import UsageError
from backup_tui.plans.drafting import complete_drafts
from backup_tui.plans.extending import extend_plan
from backup_tui.plans.plan import Wave
from backup_tui.plans.record import change_record, kept_record, kept_units

OLD = (Wave("directors"), Wave("rest"))


async def test_only_new_units_get_a_session_and_the_waves_count_as_they_are_now(office: Office) -> None:
    before = await drafted(office, plan_of(*OLD), 1, 2)
    await change_record(office.tools, "ransom", lambda record: replace(record, stop_after=1))
    plan = plan_of(Wave("urgent"), Wave("directors"), Wave("rest", pause=timedelta(hours=1)))
    check = await checked(office, plan, (1, 1, 2), first=0)

    await extend_plan(office.tools, plan, "cd" * 32, "plan.toml", check)
    record = await complete_drafts(office.tools, "ransom")

    # The first unit was in a draft already, so its new wave takes none of it.
    assert [part.wave for part in record.parts] == [1, 2, 2]
    assert {number: record.sessions[number] for number in before.sessions} == before.sessions
    added = await kept_units(office.tools.journal, "ransom", 3)
    assert [unit.unit_id for unit in added] == [check.points.units[3].point.unit_id]
    assert (record.plan, record.digest, record.stop_after) == (plan, "cd" * 32, 2)
    assert len(office.mine()) == 3


async def test_a_wave_with_drafts_cannot_leave_the_plan(office: Office) -> None:
    before = await drafted(office, plan_of(*OLD), 1, 2)
    plan = plan_of(Wave("rest"))
    check = await checked(office, plan, (4,))

    with pytest.raises(UsageError, match="Wave directors has drafts and is no longer in the plan"):
        await extend_plan(office.tools, plan, "cd" * 32, "plan.toml", check)

    assert await kept_record(office.tools.journal, "ransom") == before
    assert len(office.mine()) == 2


async def test_a_plan_with_nothing_new_makes_no_session(office: Office) -> None:
    before = await drafted(office, plan_of(*OLD), 1, 2)
    plan = replace(plan_of(*OLD), note="checked twice")
    check = await checked(office, plan, (1, 2))

    record = await extend_plan(office.tools, plan, "cd" * 32, "plan.toml", check)

    assert record.parts == before.parts
    assert record.plan.note == "checked twice"


async def test_what_the_drafts_did_not_take_is_still_said_after_the_change(office: Office) -> None:
    await drafted(office, plan_of(*OLD), 1, 2)
    lacking = {2: (("lee.gu@contoso.com", "not taken: notAllowed"),)}
    await change_record(office.tools, "ransom", lambda record: replace(record, not_taken=lacking))
    plan = replace(plan_of(*OLD), note="checked twice")

    record = await extend_plan(office.tools, plan, "cd" * 32, "plan.toml", await checked(office, plan, (1, 2)))

    assert record.in_no_session == lacking[2]
