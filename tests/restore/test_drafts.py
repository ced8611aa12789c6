"""Specifies drafts: made in requests of 50, changed, deleted; what is kept when a later request is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backup_tui.changes.change import carry_out
from backup_tui.changes.context import Progress
from backup_tui.errors import (
    InvalidRequest,
    NotFound,
    ReadOnlyError,
    StateConflict,
    UsageError,
    WriteLockHeld,
)
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.journal.write_lock import WriteLock
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.base_members import UpdateBase
from backup_tui.restore.drafts.drafts import change_draft, create_draft, edit_draft
from backup_tui.restore.drafts.failed import form_from_record
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.drafts.planned_requests import planned_requests
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.review.activation import Start
from backup_tui.restore.review.deletion import DeleteDraft
from backup_tui.simulator.control.faults import Act
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office


@pytest.mark.parametrize("service", list(Service))
@pytest.mark.parametrize("destination", list(Destination))
async def test_a_small_draft_is_one_request_and_holds_what_was_asked(
    office: Office, service: Service, destination: Destination
) -> None:
    units = await office.units(service, count=3)
    result = await office.draft(units, destination)
    assert result.complete
    assert {row.unit_id for row in result.in_it} == {unit.id for unit in units}
    assert office.changes() == ["POST 201"]
    (session,) = office.mine()
    assert session.id == result.session_id
    assert {artifact.unit.id for artifact in session.artifacts} == {unit.id for unit in units}
    assert {artifact.destination for artifact in session.artifacts} == {destination.value}
    row = office.store.sessions[result.session_id]
    assert (row.total, row.destination) == (3, destination)


@pytest.mark.parametrize(("count", "requests"), [(50, 1), (51, 2)])
async def test_more_than_fifty_units_go_in_further_requests(office: Office, count: int, requests: int) -> None:
    result = await office.draft(await office.units(count=count))
    assert result.complete
    assert office.changes() == ["POST 201", *["PATCH 200"] * (requests - 1)]
    assert len(office.mine()[0].artifacts) == count
    assert await office.states() == [IntentState.DONE] * requests


@pytest.mark.parametrize("settings", [Settings(units=3300, history=False)])
async def test_a_thousand_units_in_twenty_requests_with_progress(office: Office) -> None:
    units = await office.units(count=1000)
    assert len(units) == 1000
    table = await office.table(units)
    seen: list[Progress] = []
    plan = DraftPlan(Service.ONEDRIVE, Destination.NEW, table.usable)
    result = await create_draft(office.tools, plan, seen.append)
    assert len(office.changes()) == -(-len(table.usable) // 50)
    assert result.complete
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert seen[-1].done == seen[-1].of == len(table.usable)


async def test_names_of_the_units_are_kept_for_the_artifacts(office: Office) -> None:
    units = await office.units(count=2)
    result = await office.draft(units, missing=("ghost@contoso.com",), left_out=("gone@contoso.com",))
    await office.review(Start(result.session_id))
    names = {row.unit_name for row in office.store.artifacts(result.session_id).values()}
    assert names == {unit.address for unit in units}
    record = await kept_record(office.tools.journal, result.session_id)
    assert record is not None
    assert (record.missing, record.left_out) == (("ghost@contoso.com",), ("gone@contoso.com",))


async def test_a_later_refusal_keeps_the_draft_and_tells_what_is_in_it(office: Office) -> None:
    units = await office.units(count=70)
    office.faults.add("refuse", method="PATCH", status=400, code="InvalidRestorePoint")
    result = await office.draft(units)
    assert isinstance(result.error, InvalidRequest)
    assert (len(result.in_it), len(result.not_in_it)) == (50, 20)
    assert len(office.mine()[0].artifacts) == 50
    assert await office.states() == [IntentState.DONE, IntentState.REJECTED]
    again = await edit_draft(office.tools, result.session_id, add=[*result.in_it, *result.not_in_it])
    assert again.complete, "the whole list again completes it"
    assert len(office.mine()[0].artifacts) == 70


async def test_a_refused_create_leaves_no_draft(office: Office) -> None:
    office.faults.add("refuse", method="POST", path="Sessions$", status=400, code="InvalidRestorePoint")
    with pytest.raises(InvalidRequest):
        await office.draft(await office.units())
    assert office.mine() == []
    assert await office.states() == [IntentState.REJECTED]


async def test_refused_before_anything_is_sent(office: Office) -> None:
    rows = (await office.table(await office.units(count=2))).rows
    mail = (await office.table(await office.units(Service.EXCHANGE, count=1))).rows
    plans = {
        "at least one": DraftPlan(Service.ONEDRIVE, Destination.NEW, ()),
        "one service": DraftPlan(Service.ONEDRIVE, Destination.NEW, (*rows, *mail)),
        "no usable point": DraftPlan(Service.ONEDRIVE, Destination.NEW, (rows[0], replace(rows[1], point_id=None))),
        "expired": DraftPlan(
            Service.ONEDRIVE, Destination.NEW, (rows[0], replace(rows[1], expires=office.clock.now()))
        ),
        "at most 1,000": DraftPlan(
            Service.ONEDRIVE,
            Destination.NEW,
            tuple(replace(rows[0], unit_id=f"{n}", point_id=f"p{n}") for n in range(1001)),
        ),
    }
    for words, plan in plans.items():
        with pytest.raises(UsageError, match=words):
            await create_draft(office.tools, plan)
    assert office.changes() == []
    assert await office.intents() == []


async def test_a_read_only_workspace_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    from office import Office

    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(read_only=True)
        with pytest.raises(ReadOnlyError):
            await office.draft(await office.units(count=1))
        assert office.mine() == []


async def test_while_another_instance_writes_nothing_is_sent(office: Office) -> None:
    other = WriteLock(office.folder, office.tools.who.tenant)
    units = await office.units(count=1)
    async with other.hold("drafting"):
        with pytest.raises(WriteLockHeld):
            await office.draft(units)
    assert office.changes() == []
    assert (await office.draft(units)).complete


async def test_edit_adds_removes_and_changes_times(office: Office) -> None:
    units = await office.units(count=4)
    result = await office.draft(units[:3])
    session = office.mine()[0]
    gone = next(artifact.id for artifact in session.artifacts if artifact.unit.id == units[0].id)
    other_time = (await office.table([units[1], units[3]], before=timedelta(hours=40))).rows
    changed = await edit_draft(office.tools, result.session_id, add=other_time, remove=[gone])
    assert changed.complete
    points = {artifact.unit.id: artifact.moment for artifact in session.artifacts}
    assert set(points) == {unit.id for unit in units[1:]}
    times = {row.unit_id: row.time for row in other_time}
    assert all(times[key].timestamp() == points[key] for key in times)  # type: ignore[union-attr]
    assert office.changes() == ["POST 201", "PATCH 200"]
    assert {row.unit_id for row in changed.in_it} == set(points)


async def test_change_draft_makes_it_hold_exactly_the_plan(office: Office) -> None:
    units = await office.units(count=4)
    result = await office.draft(units[:3])
    table = await office.table(units[1:])
    plan = DraftPlan(Service.ONEDRIVE, Destination.IN_PLACE, table.rows, left_out=(units[0].address,))
    changed = await change_draft(office.tools, result.session_id, plan)
    assert changed.complete
    assert {artifact.unit.id for artifact in office.mine()[0].artifacts} == {unit.id for unit in units[1:]}
    office.calls.clear()
    assert (await change_draft(office.tools, result.session_id, plan)).complete
    assert office.changes() == [], "a draft that holds it already is left alone"
    with pytest.raises(UsageError, match="does not mix"):
        await change_draft(office.tools, result.session_id, replace(plan, destination=Destination.NEW))


async def test_edit_of_what_is_no_draft_is_refused(office: Office) -> None:
    units = await office.units(count=2)
    result = await office.draft(units[:1])
    office.faults.add("other", method="GET", path=f"restoreSessions/{result.session_id}$")
    rows = (await office.table(units[1:])).rows
    with pytest.raises(StateConflict):
        await edit_draft(office.tools, result.session_id, add=rows)
    with pytest.raises(NotFound):
        await edit_draft(office.tools, "00000000-0000-0000-0000-000000000000", add=rows)
    assert office.changes() == ["POST 201"]


async def test_delete_keeps_what_was_in_it(office: Office) -> None:
    units = await office.units(count=2)
    result = await office.draft(units, Destination.NEW)
    deleted = await office.delete(result.session_id)
    assert not deleted.already_gone
    assert office.mine() == []
    assert office.store.sessions[result.session_id].gone
    assert deleted.record is not None
    form = form_from_record(deleted.record)
    assert {unit.unit_id for unit in form.units} == {unit.id for unit in units}
    assert form.destination is Destination.NEW


async def test_a_draft_that_another_deleted_is_gone_already(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(DeleteDraft(result.session_id))
    office.service.delete_session(result.session_id)
    deleted = await office.carry_out(review)
    assert deleted.already_gone
    assert deleted.record is not None, "its names are still known here"
    intent = (await office.intents())[-1]
    assert (intent.kind, intent.state) == (IntentKind.DELETE, IntentState.REJECTED)


async def test_a_started_restore_is_not_deleted(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    office.faults.add("other", method="DELETE", path=result.session_id)
    with pytest.raises(StateConflict):
        await office.delete(result.session_id)
    assert len(office.mine()) == 1


async def test_the_requests_can_be_looked_at_before_they_leave(office: Office) -> None:
    table = await office.table(await office.units(count=60))
    planned = await planned_requests(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, table.rows))
    assert [(one.method, one.units) for one in planned] == [("POST", 50), ("PATCH", 10)]
    office.calls.clear()
    await create_draft(office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, table.rows))
    sent = [call for call in office.calls if call.mutating]
    assert [json.loads(call.request_body) for call in sent] == [one.body for one in planned]
    assert sent[0].path.lstrip("/") == planned[0].path.lstrip("/")


@pytest.mark.parametrize("fault", [None, "drop"])
async def test_the_base_form_of_an_update_speaks_beta_only(
    settings: Settings, tmp_path: Path, fault: Act | None
) -> None:
    from office import Office

    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(version="beta")
        result = await office.draft(await office.units(count=1))
        if fault:
            office.faults.add(fault, method="PATCH")
        answer = await carry_out(office.tools, UpdateBase(result.session_id, {"status": "draft"}), None)
        assert (answer.id, answer.status) == (result.session_id, "draft")
        assert office.changes()[1:] == ["PATCH None" if fault else "PATCH 200"]
        assert (await office.states())[-1].was_done


async def test_on_v1_the_base_form_is_refused_and_nothing_is_sent(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    with pytest.raises(UsageError):
        await carry_out(office.tools, UpdateBase(result.session_id, {"status": "draft"}), None)
    assert office.changes() == ["POST 201"]
    assert (await office.states())[-1] is IntentState.NOT_SENT
