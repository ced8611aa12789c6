"""One review and one phrase for a wave or a whole plan."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from office import Office
from planned import drafted, plan_of

from backup_tui.errors import StateConflict, UsageError
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Destination
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.plan import Wave
from backup_tui.plans.record import kept_record
from backup_tui.restore.drafts.drafts import edit_draft
from backup_tui.simulator.http.callers import RYAN

WAVES = (Wave("directors"), Wave("finance"), Wave("sales", needs_yes=False))


async def test_the_review_of_a_wave_counts_all_its_units_and_the_yes_names_its_drafts(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 3, 4, 2)

    review = await office.review(ApproveWave("ransom", 0))

    assert review.phrase == "overwrite 3 contoso"
    assert review.sentence.startswith("IN PLACE: 3 OneDrive accounts are rolled back")
    assert review.title == "3 OneDrive accounts in 2 sessions, wave directors of plan ransom in contoso.com"
    assert review.blocked is None
    assert len(review.names) == 3
    agreed = await office.carry_out(review)
    (yes,) = agreed.yes
    assert set(yes.drafts) == {record.sessions[1], record.sessions[2]}
    assert (yes.phrase, yes.by) == ("overwrite 3 contoso", "adele.vance@contoso.com")
    assert agreed == await kept_record(office.tools.journal, "ransom")
    assert all(session.activated is None for session in office.mine())


async def test_a_wave_without_a_review_of_its_own_is_part_of_the_one_before(office: Office) -> None:
    await drafted(office, plan_of(*WAVES), 3, 4, 2)

    assert (await office.review(ApproveWave("ransom", 1))).phrase == "overwrite 6 contoso"
    assert (await office.review(ApproveWave("ransom"))).phrase == "overwrite 9 contoso"


async def test_a_new_location_has_the_phrase_that_overwrites_nothing(office: Office) -> None:
    await drafted(office, plan_of(destination=Destination.NEW), 2)

    review = await office.review(ApproveWave("ransom"))

    assert review.phrase == "restore 2"
    assert not review.danger


async def test_another_phrase_is_no_yes(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    review = await office.review(ApproveWave("ransom"))

    with pytest.raises(UsageError, match="Not agreed to"):
        await office.carry_out(review, "overwrite 3 contoso")

    record = await kept_record(office.tools.journal, "ransom")
    assert record is not None
    assert record.yes == ()


async def test_a_draft_that_was_changed_after_its_review_is_not_agreed_to(office: Office) -> None:
    record = await drafted(office, plan_of(), 4)
    review = await office.review(ApproveWave("ransom"))
    changed = office.service.sessions[record.sessions[2]]
    await edit_draft(office.tools, changed.id, remove=[changed.artifacts[0].id])

    with pytest.raises(StateConflict, match=f"Draft {changed.id[:8]} is not what was reviewed"):
        await office.carry_out(review)

    again = await office.review(ApproveWave("ransom"))
    assert again.phrase == "overwrite 3 contoso"
    assert (CheckResult.WARNING, "1 unit of the plan is in no draft") in [(one.mark, one.text) for one in again.checks]
    assert len(again.absent) == 1


async def test_a_deleted_draft_is_not_part_of_it_and_is_said(office: Office) -> None:
    record = await drafted(office, plan_of(), 4)
    office.service.delete_session(record.sessions[1])

    review = await office.review(ApproveWave("ransom"))

    assert review.phrase == "overwrite 2 contoso"
    assert "somebody deleted the draft of 2 units: not part of this" in [check.text for check in review.checks]


async def test_a_unit_in_two_drafts_stops_it(office: Office) -> None:
    record = await drafted(office, plan_of(), 4)
    first, second = (office.service.sessions[record.sessions[number]] for number in (1, 2))
    doubled = first.artifacts[0]
    second.add(doubled.unit, doubled.moment, doubled.express, doubled.destination, office.service.now())

    review = await office.review(ApproveWave("ransom"))

    assert review.blocked is not None
    assert review.blocked.endswith("is in these drafts more than once")
    with pytest.raises(UsageError, match="Not possible now"):
        await office.carry_out(review)


async def test_nothing_is_left_to_agree_to_once_all_has_started(office: Office) -> None:
    record = await drafted(office, plan_of(), 2)
    await office.tools.reader.session(record.sessions[1])
    assert office.tools.writer is not None
    await office.tools.writer.activate_session(record.sessions[1])

    review = await office.review(ApproveWave("ransom"))

    assert review.blocked == "there is no draft to start"
    assert "1 session of it has started already" in [check.text for check in review.checks]


async def test_where_two_people_are_wanted_nobody_agrees_to_their_own_drafts(office: Office) -> None:
    office.tools = replace(office.tools, two_people=True)
    record = await drafted(office, plan_of(*WAVES), 3, 4, 2)
    own = await office.review(ApproveWave("ransom", 0))
    assert own.blocked is not None
    assert own.blocked.startswith("two people: you drafted ")
    assert own.blocked.endswith(" (and 1 other draft)")
    for session_id in record.sessions.values():
        session = office.service.sessions[session_id]
        session.created_by = session.modified_by = RYAN
    of_another = await office.review(ApproveWave("ransom", 0))
    assert of_another.blocked is None
    texts = [check.text for check in of_another.checks]
    assert "two people: Ryan drafted it, you start it (not enforced by the service)" in texts
