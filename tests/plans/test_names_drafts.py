"""Specifies drafts of names: one empty draft, one list, each sent once, and a review that says what nobody can see."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from backup_tui.errors import BackupTuiError, InvalidRequest, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.bulk import create_names_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.review.activation import ChangedMeanwhile, Start, Started, StartedByOther
from backup_tui.simulator.domain.workloads import ONEDRIVE
from backup_tui.simulator.http.callers import RYAN

if TYPE_CHECKING:
    from office import Office

ASKED = Asked.of(["names"], "plan/flood/1")
EMPTY: dict[str, Any] = {"method": "POST", "path": "oneDriveForBusinessRestoreSessions$"}
LIST: dict[str, Any] = {"method": "POST", "path": "BulkAdditionRequests$"}


async def names_plan(office: Office, count: int = 3, service: Service = Service.ONEDRIVE, **more: Any) -> DraftPlan:
    wanted = office.clock.now() - timedelta(hours=2)
    units = await office.units(service, count)
    rows = tuple(UnitPoint(unit.id, unit.address, service, wanted) for unit in units)
    return DraftPlan(service, more.pop("destination", Destination.IN_PLACE), rows, **more)


async def create(office: Office, plan: DraftPlan | None = None) -> str:
    return await create_names_draft(office.tools, plan or await names_plan(office), ASKED, "flood part 1")


@pytest.mark.parametrize("service", Service)
async def test_names_are_sent_in_two_requests_and_restored_once_started(office: Office, service: Service) -> None:
    plan = await names_plan(office, 60, service)
    draft = await create(office, plan)
    assert office.changes() == ["POST 201", "POST 201"]
    assert [intent.kind for intent in await office.intents()] == [IntentKind.CREATE, IntentKind.BULK_ADD]
    (session,) = office.mine()
    assert session.bulk.title.startswith("flood part 1 [")
    review = await office.review(Start(draft))
    assert (review.blocked, review.phrase) == (None, "overwrite 60 contoso")
    assert isinstance(await office.carry_out(review), Started)
    assert {artifact.unit.id for artifact in session.artifacts} == {row.unit_id for row in plan.rows}
    assert {artifact.destination for artifact in session.artifacts} == {"inPlace"}


async def test_ids_stand_for_units_without_an_address(office: Office) -> None:
    (unit,) = await office.units(count=1)
    row = UnitPoint(unit.id, unit.object_id, Service.ONEDRIVE, office.clock.now() - timedelta(hours=2))
    draft = await create(office, DraftPlan(Service.ONEDRIVE, Destination.NEW, (row,)))
    review = await office.review(Start(draft))
    assert isinstance(await office.carry_out(review), Started)
    assert [artifact.unit.id for artifact in office.mine()[0].artifacts] == [unit.id]


async def test_the_review_says_what_cannot_be_seen_and_names_what_was_sent(office: Office) -> None:
    plan = await names_plan(office, missing=("nobody@contoso.com",), left_out=("lee@contoso.com",))
    review = await office.review(Start(await create(office, plan)))
    assert set(review.names) == {row.name for row in plan.rows}
    assert review.absent == ("nobody@contoso.com", "lee@contoso.com")
    unknown = [check.text for check in review.checks if check.mark is CheckResult.UNKNOWN]
    assert "3 names: as sent and kept here; the service shows none" in unknown
    assert "points: none is known before the start; unknown names fail only after it" in unknown
    assert any(check.text.startswith("unchanged since it was sent") for check in review.checks)
    assert review.extra == ("BY NAME: the service takes the newest point of each before 22 Nov 10:03 UTC.",)
    assert "rolled back as a whole to 22 Nov 10:03 UTC" in review.sentence


async def test_a_draft_of_names_made_elsewhere_cannot_be_started_blindly(office: Office) -> None:
    draft = await create(office)
    await office.tools.journal.drop(f"draft:{draft}")
    review = await office.review(Start(draft))
    assert review.blocked is not None
    assert "unknown here" in review.blocked


async def test_a_list_that_somebody_exchanged_after_the_review_is_not_started(office: Office) -> None:
    draft = await create(office)
    review = await office.review(Start(draft))
    office.mine()[0].bulk.destination = "new"
    outcome = await office.carry_out(review)
    assert isinstance(outcome, ChangedMeanwhile)
    assert outcome.review.blocked is not None
    assert "changed" in outcome.review.blocked
    assert IntentKind.ACTIVATE not in [intent.kind for intent in await office.intents()]


async def test_started_by_somebody_else_it_is_known_to_be_the_same_list(office: Office) -> None:
    draft = await create(office)
    review = await office.review(Start(draft))
    office.service.activate_session(draft, RYAN)
    outcome = await office.carry_out(review)
    assert isinstance(outcome, StartedByOther)
    assert outcome.same is True
    office.advance(3600)
    assert await create(office) == draft, "a second run adds nothing to it"


async def test_a_second_run_finds_the_draft_and_sends_nothing(office: Office) -> None:
    first = await create(office)
    sent = office.changes()
    assert await create(office) == first
    assert office.changes() == sent


@pytest.mark.parametrize("act", ["drop", "truncate"])
@pytest.mark.parametrize("where", [EMPTY, LIST], ids=["draft", "list"])
async def test_a_lost_answer_is_recognised_and_nothing_is_sent_again(
    office: Office, act: Any, where: dict[str, Any]
) -> None:
    office.faults.add(act, **where)
    draft = await create(office)
    (session,) = office.mine()
    assert (session.id, session.bulk is not None) == (draft, True)
    assert [change.split()[0] for change in office.changes()] == ["POST", "POST"]
    assert all(state.was_done for state in await office.states())


@pytest.mark.parametrize("where", [EMPTY, LIST], ids=["draft", "list"])
async def test_what_was_never_done_is_sent_by_the_next_run_alone(office: Office, where: dict[str, Any]) -> None:
    office.faults.add("refuse", status=504, code="", **where)
    with pytest.raises(OutcomeUnknown, match="No answer came"):
        await create(office)
    lost = (await office.intents())[-1]
    assert lost.state is IntentState.RESOLVED_NOT_DONE
    draft = await create(office)
    (session,) = office.mine()
    assert (session.id, session.bulk is not None) == (draft, True)


@pytest.mark.parametrize("where", [EMPTY, LIST], ids=["draft", "list"])
async def test_while_the_service_is_silent_nothing_more_is_sent(office: Office, where: dict[str, Any]) -> None:
    office.faults.add("drop", **where)
    office.faults.add("refuse", method="GET", status=503, code="", times=None)
    for _ in range(2):
        with pytest.raises(BackupTuiError):
            await create(office)
    office.faults.clear()
    draft = await create(office)
    assert [session.id for session in office.mine()] == [draft]
    assert office.mine()[0].bulk is not None
    assert [change.split()[0] for change in office.changes()] == ["POST", "POST"]


async def test_an_empty_draft_of_others_is_not_taken(office: Office) -> None:
    office.faults.add("drop", **EMPTY)
    theirs = office.service.create_session(ONEDRIVE, RYAN)
    draft = await create(office)
    assert draft != theirs.id
    assert theirs.bulk is None


async def test_a_draft_that_was_deleted_is_said_to_be_and_its_names_are_kept(office: Office) -> None:
    plan = await names_plan(office)
    draft = await create(office, plan)
    deleted = await office.delete(draft)
    assert deleted.record is not None
    assert {unit.name for unit in deleted.record.units} == {row.name for row in plan.rows}
    with pytest.raises(NotFound, match="was deleted"):
        await create(office, plan)
    assert office.mine() == []


async def test_a_list_that_somebody_else_added_is_left_alone(office: Office) -> None:
    office.faults.add("refuse", status=400, code="BulkRestoreInvalidCreateRequest", **LIST)
    with pytest.raises(InvalidRequest, match="cannot read the list"):
        await create(office)
    (session,) = office.mine()
    now = office.clock.now()
    theirs = NewBulkRequest(now - timedelta(days=9), now, Destination.NEW, ("adele.vance@contoso.com",))
    await office.tools.may_write().bulk.create(Service.ONEDRIVE, session.id, theirs)
    with pytest.raises(StateConflict, match="not sent from here"):
        await create(office)
    assert len(office.mine()) == 1


async def test_one_list_has_one_time_and_at_least_one_name(office: Office) -> None:
    plan = await names_plan(office)
    first, *others = plan.rows
    two = replace(plan, rows=(replace(first, wanted=first.wanted - timedelta(hours=1)), *others))
    for wrong in (two, replace(plan, rows=())):
        with pytest.raises(UsageError, match="one time"):
            await create(office, wrong)
    assert office.changes() == []


async def test_what_is_kept_of_it_survives_a_start(office: Office) -> None:
    plan = await names_plan(office)
    draft = await create(office, plan)
    await office.carry_out(await office.review(Start(draft)))
    record = await kept_record(office.tools.journal, draft)
    assert record is not None
    assert {unit.unit_id for unit in record.units} == {row.unit_id for row in plan.rows}
    assert record.mark
