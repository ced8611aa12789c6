"""Specifies the error codes around lists of names, single files and open points, at the places where they come.

Those of units and sessions are in `test_documented_codes.py`. Codes of open points are on no page: the simulated
service's own stand for whatever the service may send.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from scripted_service import NOW, Bench, bench
from test_documented_codes import check_words

from backup_tui.errors import BackupTuiError, InvalidRequest, NotFound, StateConflict
from backup_tui.graph.operations import Operation as Op
from backup_tui.graph.paging import collect, collect_by
from backup_tui.graph.requests.call import Call
from backup_tui.models.browse import BrowseQuery
from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.calls import RequestClass
from backup_tui.models.granular import NewItem
from backup_tui.models.services import Destination, Service
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.settings import Settings

UNKNOWN = "00000000-0000-4000-8000-000000000000"
YEAR = timedelta(days=366)


@dataclass
class Place:
    """A client on a simulated service, with the things that a refusal is about."""

    on: Bench
    clock: ManualClock
    draft: str
    plain: str
    express: str

    def names(self, *names: str) -> NewBulkRequest:
        return NewBulkRequest(NOW - YEAR, NOW, Destination.NEW, names=names or ("adele@contoso.com",))

    async def add(self, service: Service, session_id: str, *names: str) -> Any:
        return await self.on.writer.bulk.create(service, session_id, self.names(*names))

    async def send(self, operation: Op, method: str, path: str, body: dict[str, object]) -> object:
        """A request that the client itself would never write, on the client's own way."""
        whole = f"/solutions/backupRestore/{path}"
        return await self.on.path.run(Call(operation, "try", method, whole, RequestClass.CREATE, body=body))

    async def open(self, *, wait: float = 120.0) -> str:
        made = await self.on.writer.browse.create(Service.ONEDRIVE, self.express)
        self.clock.advance(wait)
        return str(made.id)

    async def look(self, browse_id: str, location: str = "") -> object:
        rows = self.on.reader.browse.items(Service.ONEDRIVE, browse_id, BrowseQuery(location))
        return await collect_by(rows, lambda item: item.item_key)


@asynccontextmanager
async def place() -> Any:
    clock = ManualClock(NOW)
    async with bench(create_app(Settings(history=False), clock)) as on:
        unit = (await collect(on.reader.units(Service.ONEDRIVE)))[0]
        listed = await on.reader.points_of_unit(unit.id, before=NOW)
        found = await on.reader.search_points([unit.id], start=NOW - YEAR, end=NOW, express=True)
        draft = await on.writer.create_session(Service.EXCHANGE, [])
        plain = next(point.id for point in listed if not point.is_express)
        yield Place(on, clock, draft.id, plain, found.points[unit.id][0].id)


async def too_many(at: Place) -> object:
    body = at.names().body(Service.EXCHANGE) | {"mailboxes": [f"u{number}@contoso.com" for number in range(10_001)]}
    path = f"exchangeRestoreSessions/{at.draft}/mailboxRestoreArtifactsBulkAdditionRequests"
    return await at.send(Op.BULK_CREATE, "POST", path, body)


async def unreadable(at: Place) -> object:
    path = f"exchangeRestoreSessions/{at.draft}/mailboxRestoreArtifactsBulkAdditionRequests"
    return await at.send(Op.BULK_CREATE, "POST", path, {"mailboxes": []})


async def not_a_site(at: Place) -> object:
    draft = await at.on.writer.create_session(Service.SHAREPOINT, [])
    return await at.add(Service.SHAREPOINT, draft.id, "no address")


async def still_active(at: Place) -> object:
    made = await at.add(Service.EXCHANGE, at.draft)
    return await at.on.writer.bulk.delete(Service.EXCHANGE, at.draft, made.id)


async def expired(at: Place) -> object:
    opened = await at.open()
    at.clock.advance(timedelta(days=4))
    return await at.look(opened)


async def file_of_unopened(at: Place) -> object:
    item = NewItem(await at.open(wait=0.0), "k1")
    return await at.on.writer.granular.create_item_session(Service.ONEDRIVE, [item])


async def file_of_unknown(at: Place) -> object:
    return await at.on.writer.granular.create_item_session(Service.ONEDRIVE, [NewItem("m_nothing", "k1")])


async def elsewhere(at: Place) -> object:
    return await at.look(await at.open(), "a,b,c")


ROWS: list[tuple[int, str, type[BackupTuiError], Callable[[Place], Awaitable[object]]]] = [
    (400, "BulkRestoreInvalidCreateRequest", InvalidRequest, unreadable),
    (400, "BulkRestoreRestorationResourcesCountExceedsLimit", InvalidRequest, too_many),
    (400, "BulkRestoreInvalidCreateRequestSiteUrl", InvalidRequest, not_a_site),
    (
        400,
        "BulkRestoreInvalidCreateRequestUserEmail",
        InvalidRequest,
        lambda at: at.add(Service.EXCHANGE, at.draft, "no address"),
    ),
    (
        400,
        "InvalidBulkRestoreArtifactId",
        InvalidRequest,
        lambda at: at.on.reader.bulk.one(Service.EXCHANGE, at.draft, "not-an-id"),
    ),
    (
        404,
        "BulkRestoreArtifactsNotFound",
        NotFound,
        lambda at: at.on.reader.bulk.one(Service.EXCHANGE, at.draft, UNKNOWN),
    ),
    (403, "InvalidStateForBulkRequestDeletion", StateConflict, still_active),
    (404, "RestoreSessionNotFound", NotFound, lambda at: at.add(Service.EXCHANGE, UNKNOWN)),
    (
        404,
        "RestoreSessionNotFound",
        NotFound,
        lambda at: collect(at.on.reader.granular.items(Service.ONEDRIVE, UNKNOWN)),
    ),
    (400, "InvalidRestorePoint", InvalidRequest, lambda at: at.on.writer.browse.create(Service.ONEDRIVE, at.plain)),
    (404, "BrowseSessionNotFound", NotFound, expired),
    (404, "BrowseSessionNotFound", NotFound, lambda at: at.on.reader.browse.session(Service.ONEDRIVE, "m_nothing")),
    (404, "BrowseSessionNotFound", NotFound, file_of_unknown),
    (409, "BrowseSessionNotReady", StateConflict, file_of_unopened),
    (404, "itemNotFound", NotFound, elsewhere),
]


@pytest.mark.parametrize(("status", "code", "kind", "call"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
async def test_a_code_at_its_place(
    status: int, code: str, kind: type[BackupTuiError], call: Callable[[Place], Awaitable[object]]
) -> None:
    async with place() as at:
        with pytest.raises(kind) as caught:
            await call(at)
        error = caught.value
        assert (error.status, error.code) == (status, code)  # type: ignore[attr-defined]
        assert error.request_id == at.on.records[-1].request_id
        check_words(error)


async def test_every_name_of_a_list_that_comes_to_nothing_is_told_in_words() -> None:
    from backup_tui.graph.error_catalogue import meaning_of

    seen = set()
    for service in Service:
        async with place() as at:
            sites = service is Service.SHAREPOINT
            draft = await at.on.writer.create_session(service, [])
            units = await collect(at.on.reader.units(service))
            bad = "https://contoso.sharepoint.com/sites/nowhere" if sites else "nobody@contoso.com"
            unknown = f"contoso.sharepoint.com,{UNKNOWN},{UNKNOWN}" if sites else UNKNOWN
            before = NOW - timedelta(days=5000)
            good = units[0].address or ""
            new = NewBulkRequest(before, before + timedelta(days=1), Destination.NEW, names=(bad, good), ids=(unknown,))
            made = await at.on.writer.bulk.create(service, draft.id, new)
            await at.on.writer.activate_session(draft.id)
            at.clock.advance(timedelta(days=2))
            found = await at.on.reader.bulk.one(service, draft.id, made.id)
            assert {each.name for each in found.unusable_names} == {bad, good, unknown}
            seen |= {each.code for each in found.unusable_names} | {found.error.code}
    assert "SiteUrlNotFound" in seen
    for code in seen:
        row = meaning_of(Op.BULK_READ, code, 200)
        assert row is not None, code
        assert row.item_level
