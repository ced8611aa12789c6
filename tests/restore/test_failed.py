"""Specifies what follows a restore with failed units: groups by cause, and forms that do what each cause asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from backup_tui.errors import UsageError
from backup_tui.models.artifacts import read_artifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import read_session
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.failed import FailedGroup, failed_by_cause, form_from_failed, form_from_session
from backup_tui.restore.drafts.form import Express, RestoreForm
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.errors_of_units import explain
from backup_tui.restore.points.moments import parse_moment
from backup_tui.restore.points.points import PointWish, find_points
from backup_tui.restore.reads import list_sessions
from backup_tui.restore.review.activation import Start
from backup_tui.simulator.domain.workloads import ONEDRIVE
from backup_tui.simulator.http.callers import RYAN
from backup_tui.store.freshness import artifacts_of
from backup_tui.store.other_restores import other_restore_of
from backup_tui.store.store import Store
from backup_tui.store.summary import needs_you
from backup_tui.store.updates import ListRead, SessionRead

if TYPE_CHECKING:
    from office import Office

UTC_ZONE = ZoneInfo("UTC")


async def ended(
    office: Office,
    traits: set[str],
    service: Service = Service.ONEDRIVE,
    destination: Destination = Destination.IN_PLACE,
) -> str:
    """A restore that has ended, with sound units and units that end as their traits say."""
    await office.units(service)
    failing = [unit.id for unit in office.service.tenant.units[service.value] if unit.trait in traits]
    rows = [office.store.units[service][unit_id] for unit_id in failing]
    units = [*await office.units(service, count=2), *rows]
    table = await office.table(units)
    plan = DraftPlan(service, destination, table.usable)
    result = await create_draft(office.tools, plan)
    review = await office.review(Start(result.session_id))
    await office.carry_out(review, review.phrase)
    office.advance(timedelta(hours=5).total_seconds())
    return result.session_id


def times(form: RestoreForm, now: datetime) -> dict[str, datetime]:
    return {
        unit.unit_id: parse_moment(form.own_times.get(unit.unit_id, form.moment), UTC_ZONE, now).utc
        for unit in form.units
    }


async def only(office: Office, session_id: str, code: str) -> FailedGroup:
    (group,) = [group for group in await failed_by_cause(office.tools, session_id) if group.cause.code == code]
    return group


async def test_failed_units_are_grouped_by_cause_most_frequent_first(office: Office) -> None:
    session_id = await ended(office, {"held", "gone", "clipped", "flaky"})
    groups = await failed_by_cause(office.tools, session_id)
    session = office.service.sessions[session_id]
    failed = {
        artifact.unit.id: artifact.run.error for artifact in session.artifacts if artifact.run and artifact.run.error
    }
    assert {unit.unit_id: group.cause.code for group in groups for unit in group.units} == failed
    assert [group.count for group in groups] == sorted((group.count for group in groups), reverse=True)
    assert all(group.units and not group.nameless for group in groups)
    assert all(group.cause.known for group in groups)


async def test_a_restore_without_failures_has_no_groups(office: Office) -> None:
    assert await failed_by_cause(office.tools, await ended(office, set())) == ()


async def test_held_sites_are_suggested_for_a_new_address_at_the_same_points(office: Office) -> None:
    session_id = await ended(office, {"held"}, Service.SHAREPOINT)
    group = await only(office, session_id, "ArtifactCannotBeRestored")
    form = form_from_failed(group)
    assert form.destination is Destination.NEW
    assert "failed of" in form.source
    assert times(form, office.clock.now()) == {unit.unit_id: unit.time for unit in group.units}
    wish = PointWish(parse_moment(form.moment, UTC_ZONE, office.clock.now()))
    rows = [office.store.units[Service.SHAREPOINT][unit.unit_id] for unit in form.units]
    again = await find_points(office.tools, rows, wish)
    assert {row.point_id for row in again.rows} <= {unit.point_id for unit in group.units}
    result = await create_draft(office.tools, DraftPlan(Service.SHAREPOINT, Destination.NEW, again.usable))
    said = [await retry_of(office, session_id)]
    review = await office.review(Start(result.session_id))
    assert not any("retried" in check.text for check in review.checks), "the first retry"
    await office.carry_out(review, review.phrase)
    said.append(await retry_of(office, session_id))
    office.advance(timedelta(hours=5).total_seconds())
    assert await failed_by_cause(office.tools, result.session_id) == ()
    await list_sessions(office.tools)
    said.append(await retry_of(office, session_id))
    assert said == ["not started", "running", "completed"]
    group = await only(office, session_id, "ArtifactCannotBeRestored")
    assert group.left == ()
    assert {unit.unit_id for unit in form_from_failed(group).units} == {unit.unit_id for unit in group.units}
    twice = await create_draft(office.tools, DraftPlan(Service.SHAREPOINT, Destination.NEW, again.usable))
    checks = [check.text for check in (await office.review(Start(twice.session_id))).checks]
    assert any(text.endswith(f"retried in {short_id(result.session_id)}: completed") for text in checks)


async def retry_of(office: Office, session_id: str) -> str:
    """How far the retry of a restore is, as its cause and the list of what needs a person say."""
    group = await only(office, session_id, "ArtifactCannotBeRestored")
    (retry,) = group.retries
    needs = [need for need in needs_you(office.store, office.clock.now()) if need.id == session_id]
    if retry.state == "completed":
        assert needs == []
    else:
        (need,) = needs
        assert (need.count, need.causes) == (len(group.units), ())
        assert need.retried is not None
        assert need.retried.retries == (retry,)
    return retry.state


@pytest.mark.parametrize("destination", Destination)
@pytest.mark.parametrize("service", [Service.EXCHANGE, Service.ONEDRIVE])
async def test_held_accounts_fail_everywhere_and_are_not_sent_elsewhere(
    office: Office, service: Service, destination: Destination
) -> None:
    session_id = await ended(office, {"held"}, service, destination)
    group = await only(office, session_id, "ArtifactCannotBeRestored")
    assert "Have the hold removed" in group.cause.to_do
    assert form_from_failed(group).destination is destination


async def test_a_time_without_a_usable_point_leads_to_the_next_older_one(office: Office) -> None:
    group = await only(office, await ended(office, {"clipped"}), "InvalidRestoreTime")
    form = form_from_failed(group)
    assert form.destination is Destination.IN_PLACE
    asked = times(form, office.clock.now())
    assert all(unit.time is not None and asked[unit.unit_id or ""] < unit.time for unit in group.units)


async def test_units_that_nobody_names_cannot_be_taken_into_a_form(office: Office) -> None:
    session = office.service.create_session(ONEDRIVE, RYAN)
    held = next(unit for unit in office.service.tenant.units["onedrive"] if unit.trait == "held")
    session.add(held, int(office.service.now()) // 600 * 600 - 7200, False, "inPlace", office.service.now())
    office.service.activate_session(session.id, RYAN)
    office.advance(timedelta(hours=5).total_seconds())
    (group,) = await failed_by_cause(office.tools, session.id)
    assert (len(group.units), len(group.nameless)) == (0, 1)
    with pytest.raises(UsageError, match="does not name 1 OneDrive account that failed"):
        form_from_failed(group)
    with pytest.raises(UsageError, match="does not name the OneDrive accounts in session"):
        await form_from_session(office.tools, session.id, Destination.NEW)


async def test_a_copy_to_a_new_location_holds_the_same_units_and_points(office: Office) -> None:
    units = await office.units(count=3)
    result = await office.draft(units)
    form = await form_from_session(office.tools, result.session_id, Destination.NEW)
    assert {unit.unit_id for unit in form.units} == {unit.id for unit in units}
    assert form.destination is Destination.NEW
    assert form.draft_id is None
    assert form.source.endswith("to a new location")
    assert times(form, office.clock.now()) == {row.unit_id: row.time for row in result.in_it}


async def test_the_form_of_a_draft_asks_for_the_times_that_were_asked_for(office: Office) -> None:
    units = await office.units(Service.SHAREPOINT, count=2)
    result = await office.draft(units)
    form = await form_from_session(office.tools, result.session_id, change=True)
    assert form.draft_id == result.session_id
    assert form.destination is Destination.IN_PLACE
    assert form.express is Express.IGNORE
    assert times(form, office.clock.now()) == {row.unit_id: row.wanted for row in result.in_it}


async def test_what_is_already_in_a_restore_waits_for_that_one_by_its_id(office: Office) -> None:
    units = await office.units(count=1)
    plan = DraftPlan(Service.ONEDRIVE, Destination.NEW, (await office.table(units)).usable)
    first, second = [(await create_draft(office.tools, plan)).session_id for _ in range(2)]
    review = await office.review(Start(first))
    await office.carry_out(review, review.phrase)
    again = await office.review(Start(second))
    assert again.blocked is not None
    assert first[:8] in again.blocked
    office.service.activate_session(second, RYAN)  # somebody starts it elsewhere all the same
    office.advance(timedelta(hours=12).total_seconds())
    group = await only(office, second, "DuplicateArtifactRestoreRequest")
    assert group.other == first
    assert f"Wait for {first[:8]}, then see" in group.cause.to_do
    assert f"Wait for {first[:8]}, then see" in group.to_do


@pytest.mark.parametrize(
    ("statuses", "told"),
    [([], ""), (["active"], "s0"), (["active", "active"], ""), (["draft"], ""), (["draft", "completed"], "s1")],
)
def test_an_id_is_named_only_where_one_started_restore_is_certain(statuses: list[str], told: str) -> None:
    store = Store()
    point = {"id": "p", "protectionUnit": {"id": "u1", "@odata.type": "#x"}}
    for number, status in enumerate(statuses):
        row = read_artifact({"id": "x", "status": "added", "restorePoint": point}, Service.ONEDRIVE)
        kind = "#microsoft.graph.oneDriveForBusinessRestoreSession"
        store.apply(SessionRead(read_session({"id": f"s{number}", "status": status, "@odata.type": kind}), 1.0))
        store.apply(ListRead(artifacts_of(f"s{number}"), (row,), 1.0, True, datetime.now(UTC)))
    assert other_restore_of(store, ["u1"], "mine") == told
    words = explain("DuplicateArtifactRestoreRequest", Service.ONEDRIVE, other=told).to_do
    assert words.startswith(f"Wait for {told or 'that session'}, then see")
