"""Specifies the client against the simulated service over HTTP: found mails, single files, whole lists of names.

Each walk goes from nothing to the end of a restore. Time at the service is a number that the test moves; after each
step it is looked at what the service says now, as a person would.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from scripted_service import NOW, Bench, bench

from backup_tui.errors import BackupTuiError, InvalidRequest, NotFound, OutcomeUnknown, StateConflict
from backup_tui.graph.paging import collect, collect_by
from backup_tui.models.activity_logs import RestoreTaskActivityLog
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.browse import BrowseItem, BrowseQuery, BrowseSession, ItemType, Order
from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.granular import ItemKeyForm, NewItem, NewMailItems
from backup_tui.models.mail_query import MailQuery, MessageKind
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import Action, artifact_status, browse_status, bulk_status, session_status
from backup_tui.simulator.control.faults import Act
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

YEAR = timedelta(days=366)
FILES = [Service.ONEDRIVE, Service.SHAREPOINT]


class Place:
    """A simulated service on a socket, and the hand that moves its time."""

    def __init__(self, service: Running, clock: ManualClock) -> None:
        self.service = service
        self.clock = clock

    def url(self, version: str = "v1.0") -> str:
        return f"{self.service.base_url.rsplit('/', 1)[0]}/{version}"

    async def until(self, look: Any, *, steps: int = 200, step: float = 30.0) -> Any:
        """Moves the service's time until a look is content; what is not content after all steps fails."""
        for _ in range(steps):
            found, done = await look()
            if done:
                return found
            self.clock.advance(step)
        raise AssertionError(f"not content after {steps} steps: {found!r}")


@contextmanager
def place(**settings: Any) -> Iterator[Place]:
    clock = ManualClock(NOW)
    with running(Settings(history=False, **settings), clock) as service:
        yield Place(service, clock)


def by_key(item: BrowseItem) -> str:
    return item.item_key


async def ended(at: Place, on: Bench, session_id: str) -> Any:
    """A session that runs, once it has ended."""

    async def look() -> tuple[Any, bool]:
        session = await on.reader.session(session_id)
        return session, session_status(session.status).terminal

    return await at.until(look)


async def express_point(on: Bench, service: Service, index: int = 0) -> Any:
    units = await collect(on.reader.units(service))
    found = await on.reader.search_points([units[index].id], start=NOW - YEAR, end=NOW, express=True)
    return found.points[units[index].id][0]


async def opened(at: Place, on: Bench, service: Service, point_id: str) -> BrowseSession:
    made = await on.writer.browse.create(service, point_id)

    async def look() -> tuple[Any, bool]:
        session = await on.reader.browse.session(service, made.id)
        return session, not browse_status(session.status).moving

    session: BrowseSession = await at.until(look)
    assert browse_status(session.status).allows(Action.BROWSE)
    return session


async def some_files(on: Bench, service: Service, browse_id: str, count: int) -> list[BrowseItem]:
    """Files below the top of a point, found by opening what can be opened."""
    found: list[BrowseItem] = []
    places = [BrowseQuery()]
    while places and len(found) < count:
        rows = await collect_by(on.reader.browse.items(service, browse_id, places.pop(0)), by_key)
        found += [row for row in rows if row.type == ItemType.FILE]
        places += [BrowseQuery(row.item_key, row.opens) for row in rows if row.opens is not None]
    assert len(found) >= count
    return found[:count]


# -- mails


@pytest.mark.parametrize("version", ["v1.0", "beta"])
async def test_found_mails_from_the_search_to_the_end_of_the_restore(version: str) -> None:
    with place() as at:
        async with bench(address=at.url(version)) as on:
            unit = (await collect(on.reader.units(Service.EXCHANGE)))[0]
            query = MailQuery(subjects=("O'Brien*",), kind=MessageKind.EMAIL, has_attachment=False)
            structured = version == "beta"
            options: dict[str, Any] = {"start": NOW - YEAR, "end": NOW, "structured": structured}
            found = await on.reader.search_mail(unit.id, query, **options)
            (hit,) = found.hits
            assert isinstance(hit.count, int)
            wider = await on.reader.search_mail(unit.id, MailQuery(kind=MessageKind.EMAIL), **options)
            assert wider.hits[0].count > hit.count
            assert found.response_id != wider.response_id

            new = NewMailItems(wider.hits[0].point.id, Destination.NEW, wider.response_id)
            draft = await on.writer.granular.create_mail_session([new])
            assert draft.restore_job_type == "granular"
            assert session_status(draft.status).allows(Action.ACTIVATE)
            (item,) = await collect(on.reader.granular.items(Service.EXCHANGE, draft.id))
            assert (item.search_response_id, item.status) == (wider.response_id, "added")
            started = await on.writer.activate_session(draft.id)
            assert started.restore_job_type == "granular"
            session = await ended(at, on, draft.id)
            assert session.restore_job_type == "granular"
            (item,) = await collect(on.reader.granular.items(Service.EXCHANGE, draft.id))
            assert artifact_status(item.status).terminal


async def test_a_search_that_the_service_does_not_know_is_refused() -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            unit = (await collect(on.reader.units(Service.EXCHANGE)))[0]
            found = await on.reader.search_points([unit.id], start=NOW - YEAR, end=NOW)
            new = NewMailItems(found.points[unit.id][0].id, Destination.NEW, "00000000-0000-4000-8000-000000000000")
            with pytest.raises(InvalidRequest):
                await on.writer.granular.create_mail_session([new])


async def test_a_search_inside_a_site_is_refused_in_words() -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            unit = (await collect(on.reader.units(Service.SHAREPOINT)))[0]
            with pytest.raises(InvalidRequest, match="does not accept the dates"):
                await on.reader.search_mail(unit.id, MailQuery(sender="a"), start=NOW - YEAR)


# -- files


@pytest.mark.parametrize("service", FILES)
async def test_files_from_the_top_of_a_point_to_the_end_of_the_restore(service: Service) -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            point = await express_point(on, service)
            browse = await opened(at, on, service, point.id)
            assert browse.restore_point_date_time == point.protection_date_time
            assert browse.id in {each.id for each in await collect(on.reader.browse.sessions())}
            assert browse.id in {each.id for each in await collect(on.reader.browse.sessions(service))}
            first, second, third = await some_files(on, service, browse.id, 3)

            items = [NewItem(browse.id, each.item_key) for each in (first, second)]
            draft = await on.writer.granular.create_item_session(service, items)
            rows = await collect(on.reader.granular.items(service, draft.id))
            assert {each.id for each in rows} == {first.item_key, second.item_key}
            for row in rows:
                assert (row.status, row.result, row.start_date_time, row.completion_date_time) == (
                    "added", None, None, None
                )  # fmt: skip
                assert row.unread == {}
            await on.writer.granular.update_items(
                service, draft.id, add=[NewItem(browse.id, third.item_key)], remove=[second.item_key]
            )
            rows = await collect(on.reader.granular.items(service, draft.id))
            assert {each.id for each in rows} == {first.item_key, third.item_key}

            await on.writer.activate_session(draft.id)
            session = await ended(at, on, draft.id)
            assert session.restore_job_type == "granular"
            rows = await collect(on.reader.granular.items(service, draft.id))
            assert session.counts.total == len(rows) == 2
            done = [each for each in rows if each.status == "succeeded"]
            assert done
            assert all(each.result and each.web_url and each.completion_date_time for each in done)
            folders = {each.restored_item_path.rsplit("/", 1)[0] for each in done}
            assert len(folders) == 1, "one folder for each session"
            with pytest.raises(StateConflict):
                await on.writer.granular.update_items(service, draft.id, remove=[first.item_key])


@pytest.mark.parametrize("form", ItemKeyForm)
async def test_a_file_is_added_under_either_name_of_its_key(form: ItemKeyForm) -> None:
    with place() as at:
        async with bench(address=at.url(), key_form=form) as on:
            point = await express_point(on, Service.ONEDRIVE)
            browse = await opened(at, on, Service.ONEDRIVE, point.id)
            first, second = await some_files(on, Service.ONEDRIVE, browse.id, 2)
            draft = await on.writer.granular.create_item_session(Service.ONEDRIVE, [NewItem(browse.id, first.item_key)])
            answer = await on.writer.granular.update_items(
                Service.ONEDRIVE, draft.id, add=[NewItem(browse.id, second.item_key)], remove=["no such key"]
            )
            assert [each.id for each in answer.added] == [second.item_key]
            assert [each.id for each in answer.refused] == ["no such key"]
            rows = await collect(on.reader.granular.items(Service.ONEDRIVE, draft.id))
            assert {each.id for each in rows} == {first.item_key, second.item_key}


@pytest.mark.parametrize("service", FILES)
async def test_pages_filter_and_order_of_what_is_in_a_point(service: Service) -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            browse = await opened(at, on, service, (await express_point(on, service)).id)
            places, longest = [BrowseQuery()], []
            while places:
                place_ = places.pop(0)
                pages = [page async for page in on.reader.browse.items(service, browse.id, place_)]
                rows = [row for page in pages for row in page.items]
                if len(pages) > 1:
                    longest = rows
                    break
                places += [BrowseQuery(row.item_key, row.opens) for row in rows if row.opens is not None]
            assert longest, "no place of this point has a second page"
            assert [record.method for record in on.records[-len(pages) :]] == ["POST"] + ["GET"] * (len(pages) - 1)
            wanted = (longest[0].name or "")[:4]
            query = BrowseQuery(place_.location, place_.resource_type, wanted, Order.NAME_DOWN)
            found = await collect_by(on.reader.browse.items(service, browse.id, query), by_key)
            names = [(row.name or "") for row in found]
            assert names == sorted(names, key=str.lower, reverse=True)
            assert {row.item_key for row in found} == {
                row.item_key for row in longest if wanted.lower() in (row.name or "").lower()
            }


async def test_a_point_that_is_not_express_cannot_be_opened() -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            unit = (await collect(on.reader.units(Service.ONEDRIVE)))[0]
            listed = await on.reader.points_of_unit(unit.id, before=NOW)
            plain = next(point for point in listed if not point.is_express)
            with pytest.raises(InvalidRequest, match="only unexpired express points"):
                await on.writer.browse.create(Service.ONEDRIVE, plain.id)


async def test_a_point_closes_by_itself() -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            browse = await opened(at, on, Service.ONEDRIVE, (await express_point(on, Service.ONEDRIVE)).id)
            assert not browse.has_ended(at.clock.now())
            at.clock.advance(timedelta(hours=73))
            assert browse.has_ended(at.clock.now())
            with pytest.raises(NotFound, match="no longer open"):
                await on.reader.browse.session(Service.ONEDRIVE, browse.id)
            with pytest.raises(NotFound, match="no longer open"):
                await collect_by(on.reader.browse.items(Service.ONEDRIVE, browse.id), by_key)


# -- lists of names


async def names_of(on: Bench, service: Service, count: int) -> list[str]:
    return [unit.address or "" for unit in (await collect(on.reader.units(service)))[:count]]


@pytest.mark.parametrize("service", Service)
async def test_a_list_of_names_from_the_empty_draft_to_its_errors_one_by_one(service: Service) -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            good = await names_of(on, service, 3)
            bad = (
                "https://contoso.sharepoint.com/sites/nowhere"
                if service is Service.SHAREPOINT
                else "nobody@contoso.com"
            )
            draft = await on.writer.create_session(service, [])
            new = NewBulkRequest(NOW - YEAR, NOW, Destination.NEW, names=(*good, bad))
            made = await on.writer.bulk.create(service, draft.id, new)
            assert made.carries(new.mark)
            assert bulk_status(made.status).moving
            at.clock.advance(timedelta(hours=1))
            waiting = await on.reader.bulk.one(service, draft.id, made.id)
            assert (waiting.status, waiting.unusable_names) == ("active", ()), "until the draft is started"
            assert (await on.reader.session(draft.id)).restore_job_type == "bulk"
            with pytest.raises(StateConflict, match="still working on the list"):
                await on.writer.bulk.delete(service, draft.id, made.id)

            await on.writer.activate_session(draft.id)

            async def look() -> tuple[Any, bool]:
                request = await on.reader.bulk.one(service, draft.id, made.id)
                return request, bulk_status(request.status).terminal

            request = await at.until(look)
            assert request.status == "completedWithErrors"
            assert request.error.code == "BulkRestoreArtifactsNotFound"
            assert [each.name for each in request.unusable_names] == [bad]
            assert all(each.code and each.message for each in request.unusable_names)
            (listed,) = await collect(on.reader.bulk.of_session(service, draft.id))
            assert listed.id == made.id
            session = await ended(at, on, draft.id)
            assert session.counts.total == len(await collect(on.reader.artifacts(service, draft.id))) == 3
            await on.writer.bulk.delete(service, draft.id, made.id)
            assert await collect(on.reader.bulk.of_session(service, draft.id)) == []


async def test_ten_thousand_names_go_in_one_list() -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            draft = await on.writer.create_session(Service.EXCHANGE, [])
            names = tuple(f"user{number}@contoso.com" for number in range(10_000))
            made = await on.writer.bulk.create(
                Service.EXCHANGE, draft.id, NewBulkRequest(NOW - YEAR, NOW, Destination.NEW, names=names)
            )
            found = await on.reader.bulk.one(Service.EXCHANGE, draft.id, made.id)
    assert (found.id, found.mailboxes or ()) == (made.id, ())


@pytest.mark.parametrize("act", ["drop", "cut", "lose"])
async def test_a_lost_answer_to_a_list_leaves_one_list_that_is_found_by_its_mark(act: Act) -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            draft = await on.writer.create_session(Service.EXCHANGE, [])
            new = NewBulkRequest(NOW - YEAR, NOW, Destination.NEW, names=tuple(await names_of(on, Service.EXCHANGE, 1)))
            at.service.service.faults.add(act, method="POST", path="BulkAdditionRequests$", status=504)
            with pytest.raises(OutcomeUnknown):
                await on.writer.bulk.create(Service.EXCHANGE, draft.id, new)
            found = await on.reader.bulk.marked(Service.EXCHANGE, draft.id, new.mark)
            assert found is not None
            assert len(await collect(on.reader.bulk.of_session(Service.EXCHANGE, draft.id))) == 1
            with pytest.raises(BackupTuiError):
                # One list of a session at a time: a second one would be refused, had it been sent.
                await on.writer.bulk.create(Service.EXCHANGE, draft.id, new)


async def test_a_list_and_units_are_never_in_one_draft() -> None:
    with place() as at:
        async with bench(address=at.url()) as on:
            draft = await on.writer.create_session(Service.EXCHANGE, [])
            names = tuple(await names_of(on, Service.EXCHANGE, 2))
            new = NewBulkRequest(NOW - YEAR, NOW, Destination.NEW, names=names)
            await on.writer.bulk.create(Service.EXCHANGE, draft.id, new)
            with pytest.raises(BackupTuiError):
                await on.writer.update_session(Service.EXCHANGE, draft.id, remove=["a"])


# -- what administrators did


async def test_what_was_done_is_read_in_beta() -> None:
    with place() as at:
        async with bench(address=at.url("beta")) as on:
            units = await collect(on.reader.units(Service.ONEDRIVE))
            found = await on.reader.search_points([units[0].id], start=NOW - YEAR, end=NOW)
            point = found.points[units[0].id][0]
            draft = await on.writer.create_session(Service.ONEDRIVE, [NewArtifact(point.id, Destination.NEW)])
            await on.writer.activate_session(draft.id)
            await ended(at, on, draft.id)
            logs = await collect(on.reader.activity_logs())
    restores = [each for each in logs if isinstance(each, RestoreTaskActivityLog)]
    assert draft.id in {each.restore_session_id for each in restores}
    assert all(each.activity_type and each.event_date_time and each.unread == {} for each in logs)
    assert [each.event_date_time for each in logs] == sorted((each.event_date_time for each in logs), reverse=True)
