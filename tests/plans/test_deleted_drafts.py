"""Specifies the ways out for a plan whose draft was deleted: made again or left out, every name accounted for."""

from __future__ import annotations

import pytest
from office import Office
from planned import DIGEST, checked, drafted, plan_of

from backup_tui.errors import StateConflict, UsageError
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.deleted import LEFT_OUT, draft_deleted_again, leave_deleted_out
from backup_tui.plans.drafting import DraftsIncomplete, complete_drafts, draft_plan
from backup_tui.plans.plan import Wave
from backup_tui.plans.progress import plan_progress
from backup_tui.plans.record import PlanRecord, kept_units, need_record
from backup_tui.restore.reads import list_sessions

WAVES = (Wave("directors"), Wave("rest"))


def units_in(office: Office) -> list[str]:
    return sorted(artifact.unit.id for session in office.mine() for artifact in session.artifacts)


def accounted(record: PlanRecord) -> int:
    """Names of the plan by what became of them, added up."""
    return sum(count for key, count in record.names.items() if key != "names")


async def test_a_deleted_draft_is_made_again_with_the_same_units_in_the_same_wave(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 1, 4)
    before = units_in(office)
    office.service.delete_session(record.sessions[2])

    again = await draft_deleted_again(office.tools, "ransom")

    assert units_in(office) == before
    assert [(part.number, part.wave, part.units) for part in again.parts] == [(1, 0, 1), (3, 1, 2), (4, 1, 2)]
    assert set(again.sessions.values()) == {session.id for session in office.mine()}
    assert (again.names, accounted(again)) == (record.names, record.names["names"])
    with pytest.raises(StateConflict, match="No draft of the plan ransom is missing"):
        await draft_deleted_again(office.tools, "ransom")
    assert units_in(office) == before


async def test_the_units_of_a_deleted_draft_are_left_out_with_the_reason(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 1, 4)
    names = {unit.name for unit in await kept_units(office.tools.journal, "ransom", 2)}
    office.service.delete_session(record.sessions[2])

    assert await leave_deleted_out(office.tools, "ransom") == 2

    left = await need_record(office.tools.journal, "ransom")
    assert set(left.in_no_session) == {(name, LEFT_OUT) for name in names}
    assert left.names == {**record.names, "found": 3, "leftOut": 2}
    assert accounted(left) == left.names["names"] == 5
    await list_sessions(office.tools)
    shown = plan_progress(left, office.store, None, office.clock.now())
    assert shown.counts.of == 3
    assert not any(wave.lacks_drafts for wave in shown.waves)
    assert await complete_drafts(office.tools, "ransom") == left, "nothing of it comes back unasked"


async def test_only_the_parts_that_are_named_are_looked_at(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 2, 2)
    for session_id in record.sessions.values():
        office.service.delete_session(session_id)

    again = await draft_deleted_again(office.tools, "ransom", [2])

    assert [part.number for part in again.parts] == [1, 3]
    assert len(office.mine()) == 1
    with pytest.raises(StateConflict):
        await leave_deleted_out(office.tools, "ransom", [3])


async def test_a_plan_is_not_left_without_any_part(office: Office) -> None:
    record = await drafted(office, plan_of(), 2)
    office.service.delete_session(record.sessions[1])
    with pytest.raises(UsageError, match="Nothing would be left"):
        await leave_deleted_out(office.tools, "ransom")
    assert await need_record(office.tools.journal, "ransom") == record


async def test_one_that_was_deleted_before_it_was_whole_is_made_again_too(office: Office) -> None:
    plan = plan_of(size=60)
    office.faults.add("refuse", method="PATCH", status=400, code="invalidRequest")
    with pytest.raises(DraftsIncomplete):
        await draft_plan(office.tools, plan, DIGEST, "plan.toml", await checked(office, plan, (60,)))
    (draft,) = office.mine()
    office.service.delete_session(draft.id)

    again = await draft_deleted_again(office.tools, "ransom")

    assert len(units_in(office)) == 60
    assert [part.number for part in again.parts] == [2]


async def test_a_new_draft_needs_a_yes_of_its_own(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 1, 1)
    office.service.delete_session(record.sessions[2])
    again = await draft_deleted_again(office.tools, "ransom")
    assert again.agreed(again.sessions[3]) is None
    review = await office.review(ApproveWave("ransom", 1))
    assert not review.blocked
