"""Lists of names that the service resolves itself: reading, making and deleting them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from backup_tui.graph.paging import collect
from backup_tui.graph.requests import sessions
from backup_tui.graph.response_schema import Requester
from backup_tui.models.bulk import BulkAdditionRequest, NewBulkRequest, read_bulk_request
from backup_tui.models.pages import Page
from backup_tui.models.services import Service


class BulkReader(Requester):
    """Reads bulk requests; raises what `Reader` raises."""

    def of_session(self, service: Service, session_id: str) -> AsyncIterator[Page[BulkAdditionRequest]]:
        call = sessions.list_bulk_requests(service, session_id)
        return self._pages(call, partial(read_bulk_request, service=service))

    async def one(self, service: Service, session_id: str, request_id: str) -> BulkAdditionRequest:
        """One bulk request, with the names that the service could not use."""
        call = sessions.read_bulk_request(service, session_id, request_id)
        return await self._one(call, partial(read_bulk_request, service=service))

    async def marked(self, service: Service, session_id: str, mark: str) -> BulkAdditionRequest | None:
        """The request that was made with `mark`, looked for when the answer to its making was lost; `None` when the
        session has none. Raises `IncompleteList`: it may be among requests that could not be read."""
        found = await collect(self.of_session(service, session_id))
        return next((each for each in found if each.carries(mark)), None)


class BulkWriter(Requester):
    """Makes and deletes bulk requests; raises what `Writer` raises."""

    async def create(self, service: Service, session_id: str, new: NewBulkRequest) -> BulkAdditionRequest:
        """Adds a list of names to an empty draft; it stays `active` until the draft is started. Raises
        `OutcomeUnknown`: also when the answer names no id: it may exist, and `BulkReader.marked` tells."""
        call = sessions.create_bulk_request(service, session_id, new)
        return await self._made(call, partial(read_bulk_request, service=service))

    async def delete(self, service: Service, session_id: str, request_id: str) -> None:
        """Deletes a bulk request. Raises `StateConflict`: it has not ended."""
        await self._path.run(sessions.delete_bulk_request(service, session_id, request_id))
