"""Specifies the client against the simulated service: the whole restore, its refusals, and answers that get lost.

The same walk is made in process and over a real socket; the rest in process, where time is a number.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Literal

import pytest
from scripted_service import NOW, SECRET, bench

from backup_tui.errors import (
    Busy,
    IncompleteList,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProtocolError,
    SignInError,
    StateConflict,
)
from backup_tui.graph.paging import collect
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import OneDriveForBusinessRestoreSession
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.server import running
from backup_tui.simulator.settings import Settings

YEAR = timedelta(days=366)


@asynccontextmanager
async def simulated(settings: Settings | None = None, **options: Any) -> Any:
    """A client and the simulated service behind it, in process, both at NOW."""
    app = create_app(settings or Settings(history=False), ManualClock(NOW))
    async with bench(app, **options) as on:
        yield on, app.state.service


async def points(on: Any, service: Service, count: int) -> list[str]:
    units = await collect(on.reader.units(service))
    found = await on.reader.search_points([unit.id for unit in units[:20]], start=NOW - YEAR, end=NOW)
    return [each[0].id for each in found.points.values()][:count]


async def draft(on: Any, count: int = 2, service: Service = Service.ONEDRIVE) -> Any:
    artifacts = [NewArtifact(point, Destination.NEW) for point in await points(on, service, count)]
    return await on.writer.create_session(service, artifacts)


async def walk(on: Any) -> None:
    """From nothing to a restore that runs, by every call that the program makes."""
    reader, writer = on.reader, on.writer
    assert (await reader.service_root()).service_status.status == "enabled"
    policies = await reader.policies()
    assert {policy.service for policy in policies} == set(Service)
    assert (await reader.policy(policies[0].id)).display_name == policies[0].display_name
    by_service = {service: await collect(reader.units(service)) for service in Service}
    everything = await collect(reader.all_units())
    assert len(everything) == sum(len(units) for units in by_service.values())
    owned = await collect(reader.units(Service.EXCHANGE, policy_id=policies[0].id))
    assert {unit.policy_id for unit in owned} == {policies[0].id}
    unit = by_service[Service.ONEDRIVE][0]
    assert (await reader.unit(unit.id, Service.ONEDRIVE)).address == unit.address

    ids = [each.id for each in by_service[Service.ONEDRIVE][:3]]
    now = on.clock.now()
    found = await reader.search_points(ids, start=now - YEAR, end=now)
    latest = found.points[unit.id][0]
    listed = await reader.points_of_unit(unit.id, before=now)
    assert len(listed) == 5
    assert listed[0].protection_date_time == latest.protection_date_time
    assert listed == tuple(sorted(listed, key=lambda point: point.protection_date_time, reverse=True))

    session = await writer.create_session(Service.ONEDRIVE, [NewArtifact(latest.id, Destination.NEW)])
    assert isinstance(session, OneDriveForBusinessRestoreSession)
    assert (session.status, session.counts.total) == ("draft", 1)
    other = found.points[ids[1]][0]
    answer = await writer.update_session(
        Service.ONEDRIVE, session.id, add=[NewArtifact(other.id, Destination.NEW)], remove=["00000000"]
    )
    assert [each.restore_point.id for each in answer.added] == [other.id]
    assert [each.id for each in answer.refused] == ["00000000"]
    artifacts = await collect(reader.artifacts(Service.ONEDRIVE, session.id, expand_units=True))
    assert {each.restore_point.id for each in artifacts} == {latest.id, other.id}
    await writer.update_session(Service.ONEDRIVE, session.id, remove=[artifacts[0].id])
    assert len(await collect(reader.artifacts(Service.ONEDRIVE, session.id))) == 1

    assert (await writer.activate_session(session.id)).status == "activating"
    assert (await reader.session(session.id)).status in ("activating", "active")
    with pytest.raises(StateConflict):
        await writer.activate_session(session.id)
    assert session.id in {each.id for each in await collect(reader.sessions(Service.ONEDRIVE))}
    assert session.id not in {each.id for each in await collect(reader.sessions(Service.SHAREPOINT))}

    gone = await writer.create_session(Service.ONEDRIVE, [NewArtifact(latest.id, Destination.IN_PLACE)])
    await writer.delete_session(gone.id)
    with pytest.raises(NotFound, match="a deleted draft"):
        await reader.session(gone.id)


async def test_the_whole_job_in_process() -> None:
    async with simulated() as (on, _):
        await walk(on)


async def test_the_whole_job_over_a_socket() -> None:
    with running(Settings(history=False), ManualClock(NOW)) as service:
        async with bench(address=service.base_url) as on:
            await walk(on)


@pytest.mark.parametrize("version", ["v1.0", "beta"])
@pytest.mark.parametrize("page_forms", [False, True])
async def test_a_start_in_every_form_of_the_pages(version: str, page_forms: bool) -> None:
    settings = Settings(history=False, page_forms=page_forms)
    async with simulated(settings, address=f"http://127.0.0.1:8365/{version}") as (on, _):
        for service in Service:
            session = await draft(on, 1, service)
            assert (await on.writer.activate_session(session.id)).status == "activating"


async def test_the_base_path_of_a_draft_is_patched_in_beta() -> None:
    async with simulated(address="http://127.0.0.1:8365/beta") as (on, _):
        session = await draft(on)
        members = {"@odata.type": "#microsoft.graph.restoreSessionBase", "status": "draft"}
        assert (await on.writer.update_session_base(session.id, members)).id == session.id
        with pytest.raises(InvalidRequest):
            await on.writer.update_session_base(session.id, {"colour": "blue"})


@pytest.mark.parametrize("status", [400, 403])
async def test_a_policy_is_activated_once_and_both_refusals_are_understood(status: Literal[400, 403]) -> None:
    async with simulated(Settings(history=False, wrong_state=status)) as (on, _):
        active, pilot = [
            next(each for each in await on.reader.policies() if each.status == wanted)
            for wanted in ("active", "inactive")
        ]
        with pytest.raises(StateConflict, match="activating needs an inactive policy"):
            await on.writer.activate_policy(active.id)
        assert (await on.writer.deactivate_policy(active.id)).status == "updating"
        with pytest.raises(StateConflict):
            await on.writer.deactivate_policy(pilot.id)


async def test_the_twenty_sixth_restore_is_told_to_wait() -> None:
    async with simulated() as (on, _):
        chosen = await points(on, Service.EXCHANGE, 1)
        for number in range(26):
            session = await on.writer.create_session(Service.EXCHANGE, [NewArtifact(chosen[0], Destination.NEW)])
            if number < 25:
                await on.writer.activate_session(session.id)
        with pytest.raises(Busy):
            await on.writer.activate_session(session.id)
        assert (await on.reader.session(session.id)).status == "draft"


async def test_a_failed_session_is_called_failed() -> None:
    async with simulated(Settings()) as (on, _):
        words = {each.status for each in await collect(on.reader.sessions())}
    assert "failed" in words
    assert "unknownFutureValue" not in words


@pytest.mark.parametrize("act", ["drop", "cut", "truncate", "html", "lose"])
async def test_a_lost_answer_to_a_create_leaves_exactly_one_draft(act: str) -> None:
    async with simulated() as (on, service):
        artifact = NewArtifact((await points(on, Service.ONEDRIVE, 1))[0], Destination.NEW)
        service.faults.add(act, method="POST", path="RestoreSessions$", status=504)
        with pytest.raises(OutcomeUnknown):
            await on.writer.create_session(Service.ONEDRIVE, [artifact])
        assert len(await collect(on.reader.sessions())) == 1


@pytest.mark.parametrize("act", ["drop", "cut", "truncate", "html", "lose"])
async def test_a_lost_answer_to_a_start_is_one_start(act: str) -> None:
    async with simulated() as (on, service):
        session = await draft(on)
        service.faults.add(act, method="POST", path="activate$", status=502)
        with pytest.raises(OutcomeUnknown):
            await on.writer.activate_session(session.id)
        assert (await on.reader.session(session.id)).status == "activating"
        assert sum(record.path.endswith("/activate") for record in on.records) == 1


async def test_a_lost_answer_over_a_socket_is_unknown_too() -> None:
    with running(Settings(history=False), ManualClock(NOW)) as service:
        async with bench(address=service.base_url) as on:
            session = await draft(on)
            service.service.faults.add("drop", method="POST", path="activate$")
            with pytest.raises(OutcomeUnknown):
                await on.writer.activate_session(session.id)
            assert (await on.reader.session(session.id)).status == "activating"


async def test_a_strict_throttle_is_never_called_too_early() -> None:
    app_clock = ManualClock(NOW)
    app = create_app(Settings(history=False), app_clock)
    async with bench(app) as on:

        async def pass_there_too(seconds: float) -> None:
            app_clock.advance(seconds)

        on.while_waiting = pass_there_too
        app.state.service.faults.add("throttle", retry_after=41, times=1)
        root = await on.reader.service_root()
    assert root.service_status is not None
    assert on.waits == [41.0], "a call before the end would have begun the wait anew"
    assert [record.status for record in on.records] == [429, 200]


async def test_an_expired_token_ends_in_words_and_loses_nothing() -> None:
    async with simulated() as (on, service):
        session = await draft(on)
        service.faults.add("expired", times=None)
        with pytest.raises(SignInError):
            await on.writer.activate_session(session.id)
        service.faults.clear()
        assert (await on.reader.session(session.id)).status == "draft"


@pytest.mark.parametrize(
    ("act", "error"),
    [("repeatLink", IncompleteList), ("foreignLink", ProtocolError), ("relativeLink", None), ("emptyPage", None)],
)
async def test_lists_with_strange_links(act: str, error: Any) -> None:
    async with simulated(Settings(history=False, page_size=10)) as (on, service):
        whole = await collect(on.reader.units(Service.SHAREPOINT))
        service.faults.add(act, method="GET", path="siteProtectionUnit", after=1)
        if error is None:
            assert await collect(on.reader.units(Service.SHAREPOINT)) == whole
            return
        pages = on.reader.units(Service.SHAREPOINT)
        with pytest.raises(error) as caught:
            await collect(pages)
        assert "incomplete" in caught.value.certainty or 0 < caught.value.read < len(whole)
    assert not any("phish" in record.path for record in on.records)


async def test_units_behind_points_come_when_the_service_sends_them() -> None:
    async with simulated(Settings(history=False, expand_units=True)) as (on, _):
        session = await draft(on)
        found = await collect(on.reader.artifacts(Service.ONEDRIVE, session.id, expand_units=True))
        assert all(each.restore_point.protection_unit for each in found)


@pytest.mark.parametrize("version", ["v1.0", "beta"])
async def test_lists_are_read_to_their_end_in_the_old_forms_of_the_pages(version: str) -> None:
    settings = Settings(page_size=5, page_forms=True)
    async with simulated(settings, address=f"http://127.0.0.1:8365/{version}") as (on, service):
        units = await collect(on.reader.all_units())
        assert len(units) == len(service.tenant.everything)
        policies = await on.reader.policies()
        for each in (*units, *policies, *(await collect(on.reader.sessions()))):
            assert each.created_date_time is not None


async def test_without_the_list_of_all_units_the_three_are_read() -> None:
    async with simulated(Settings(history=False, generic_units=False)) as (on, _):
        assert {unit.service for unit in await collect(on.reader.all_units())} == set(Service)


@pytest.mark.parametrize("hostile", ["x?y=1", "%2e%2e", "o'brien", "a b", "ü", "#x", "a;b"])
async def test_an_id_stays_one_id(hostile: str) -> None:
    async with simulated() as (on, _):
        with pytest.raises((NotFound, InvalidRequest)) as caught:
            await on.reader.session(hostile)
    assert "RestoreSession" in caught.value.code


async def test_the_token_is_not_in_what_was_recorded() -> None:
    async with simulated() as (on, _):
        await walk(on)
    assert SECRET not in repr(on.records)
