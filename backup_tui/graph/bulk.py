"""Lists of names that the service resolves itself: reading, making and deleting them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from backup_tui.graph import requests
from backup_tui.graph.paging import collect, pages
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.response_schema import asked_for, made
from backup_tui.models.bulk import BulkAdditionRequest, NewBulkRequest, read_bulk_request
from backup_tui.models.pages import Page
from backup_tui.models.services import Service


class BulkReader:
    """Reads bulk requests; raises what `Reader` raises."""

    def __init__(self, path: RequestPipeline) -> None:
        self._path = path

    def of_session(self, service: Service, session_id: str) -> AsyncIterator[Page[BulkAdditionRequest]]:
        """The bulk requests of a session, without the names in them."""
        call = requests.list_bulk_requests(service, session_id)
        return pages(self._path.run, call, lambda raw: read_bulk_request(raw, service), self._path.address)

    async def one(self, service: Service, session_id: str, request_id: str) -> BulkAdditionRequest:
        """One bulk request, with the names that the service could not use. Raises `ProtocolError`: the answer is about
        another one."""
        call = requests.read_bulk_request(service, session_id, request_id)
        return asked_for(read_bulk_request(await self._path.run(call), service), request_id)

    async def marked(self, service: Service, session_id: str, mark: str) -> BulkAdditionRequest | None:
        """The request that was made with `mark`; `None` when the session has none. Looked for when the answer to its
        making was lost: it is never made a second time unseen. Raises `IncompleteList`: not all requests could be read,
        so that it may be among the others."""
        found = await collect(self.of_session(service, session_id))
        return next((each for each in found if each.carries(mark)), None)


class BulkWriter:
    """Makes and deletes bulk requests; raises what `Writer` raises."""

    def __init__(self, path: RequestPipeline) -> None:
        self._path = path

    async def create(self, service: Service, session_id: str, new: NewBulkRequest) -> BulkAdditionRequest:
        """Adds a list of names to an empty draft; it stays `active` until the draft is started. Raises
        `OutcomeUnknown`: also when the answer names no id: it may exist, and `BulkReader.marked` tells."""
        call = requests.create_bulk_request(service, session_id, new)
        return made(call, await self._path.run(call), lambda raw: read_bulk_request(raw, service))

    async def delete(self, service: Service, session_id: str, request_id: str) -> None:
        """Deletes a bulk request that has ended. Raises `StateConflict`: it has not ended."""
        await self._path.run(requests.delete_bulk_request(service, session_id, request_id))
