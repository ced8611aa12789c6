"""What is inside sessions and points: single items, lists of names that the service resolves, browsing.

Readers raise what `Reader` raises, writers what `Writer` raises."""

from collections.abc import AsyncIterator, Sequence
from functools import partial

from backup_tui.graph.deltas import read_delta
from backup_tui.graph.paging import collect
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import points, sessions
from backup_tui.graph.response_schema import Requester
from backup_tui.models.browse import BrowseItem, BrowseQuery, BrowseSession, read_browse_session
from backup_tui.models.bulk import BulkAdditionRequest, NewBulkRequest, read_bulk_request
from backup_tui.models.granular import (
    AnyGranular,
    ItemKeyForm,
    ItemsAnswer,
    NewItem,
    NewMailItems,
    read_granular,
    wants_beta,
)
from backup_tui.models.pages import Page
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.tagged_union import TaggedUnion

TOP = BrowseQuery()  # what is at the top of a point


class GranularReader(Requester):
    """Reads single items."""

    def items(self, service: Service, session_id: str) -> AsyncIterator[Page[AnyGranular]]:
        return self._pages(sessions.list_granular(service, session_id), read_granular, service)


class GranularWriter(Requester):
    """Makes and changes drafts of single items. Such a draft is started and deleted like
    any other. Units and single items are never in one draft. `key_form`: under which name OneDrive is sent the key of
    a file that is added; the pages differ."""

    def __init__(self, path: RequestPipeline, key_form: ItemKeyForm = ItemKeyForm.ID) -> None:
        super().__init__(path)
        self._key_form = key_form

    async def create_mail_session(self, items: Sequence[NewMailItems]) -> RestoreSession:
        """Makes a draft of what searches inside mailboxes found. Raises `UsageError`: none, or more than
        `sessions.MAX_ARTIFACTS`; `OutcomeUnknown`: also when the answer names no id: look for the draft."""
        return await self._made(sessions.create_mail_session(items), partial(read_session, service=Service.EXCHANGE))

    async def create_item_session(self, service: Service, items: Sequence[NewItem]) -> RestoreSession:
        """Makes a draft of files and folders that browsing gave. Raises `UsageError`: none, more than
        `sessions.MAX_ARTIFACTS`, one twice, a service without files, or a destination outside the beta version;
        `OutcomeUnknown`: also when the answer names no id: the draft may exist, and must be looked for."""
        call = sessions.create_item_session(service, items)
        self._check_version(items)
        return await self._made(call, partial(read_session, service=service))

    async def update_items(
        self, service: Service, session_id: str, *, add: Sequence[NewItem] = (), remove: Sequence[str] = ()
    ) -> ItemsAnswer:
        """Adds files and folders to a draft and takes others, by their keys, out, together at most
        `sessions.MAX_ARTIFACTS`. What the answer lists differs from page to page: who must know what is in the draft
        reads its list. Raises `UsageError` as `create_item_session` does, and when there is nothing to do."""
        call = sessions.update_items(service, session_id, add, remove, self._key_form)
        self._check_version(add)
        answer = await self._path.run(call)
        return read_delta(answer, service.names.granular, partial(read_granular, service=service))

    def added_items(self, service: Service, add: Sequence[NewItem]) -> dict[str, object]:
        """The JSON with which `update_items` adds files and folders, as the journal keeps it before it is sent."""
        return sessions.update_items_body(service, add, (), self._key_form)

    def _check_version(self, items: Sequence[NewItem]) -> None:
        if wants_beta(items):
            self._path.address.needs_beta("Choosing where single files are restored to")


class BulkReader(Requester):
    """Reads bulk requests."""

    def of_session(self, service: Service, session_id: str) -> AsyncIterator[Page[BulkAdditionRequest]]:
        call = sessions.list_bulk_requests(service, session_id)
        return self._pages(call, read_bulk_request, service)

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
    """Makes and deletes bulk requests."""

    async def create(self, service: Service, session_id: str, new: NewBulkRequest) -> BulkAdditionRequest:
        """Adds a list of names to an empty draft; it stays `active` until the draft is started. Raises
        `OutcomeUnknown`: also when the answer names no id: it may exist, and `BulkReader.marked` tells."""
        call = sessions.create_bulk_request(service, session_id, new)
        return await self._made(call, partial(read_bulk_request, service=service))

    async def delete(self, service: Service, session_id: str, request_id: str) -> None:
        """Deletes a bulk request. Raises `StateConflict`: it has not ended."""
        await self._path.run(sessions.delete_bulk_request(service, session_id, request_id))


class BrowseReader(Requester):
    """Reads browse sessions and what is inside points; raises also `UsageError` for a service
    whose points cannot be browsed."""

    def sessions(self, service: Service | None = None) -> AsyncIterator[Page[BrowseSession]]:
        return self._pages(points.list_browse_sessions(service), read_browse_session, service)

    async def session(self, service: Service, browse_id: str) -> BrowseSession:
        return await self._one(
            points.read_browse_session(service, browse_id), partial(read_browse_session, service=service)
        )

    def items(self, service: Service, browse_id: str, query: BrowseQuery = TOP) -> AsyncIterator[Page[BrowseItem]]:
        """What is at a place inside a point; `paging.collect_by` with the item key gathers the pages."""
        return self._pages(points.browse(service, browse_id, query), TaggedUnion(BrowseItem, {}))


class BrowseWriter(Requester):
    """Opens points for looking into them. Opening restores nothing, and what was opened
    ends automatically. It is a change all the same: it makes an object at the service, so it is not sent twice."""

    async def create(self, service: Service, point_id: str) -> BrowseSession:
        """Opens a point; it can be looked into once its status is `created`. Raises `UsageError`: a service whose
        points cannot be browsed; `InvalidRequest`: the point is not an express one; `OutcomeUnknown`: also when the
        answer names no id: it may exist, and ends automatically."""
        call = points.create_browse_session(service, point_id)
        return await self._made(call, partial(read_browse_session, service=service))
