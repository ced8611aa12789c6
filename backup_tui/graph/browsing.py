"""Looking into restore points: opening them, reading what is in them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from backup_tui.graph import requests
from backup_tui.graph.paging import pages
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.response_schema import asked_for, made
from backup_tui.models.browse import BrowseItem, BrowseQuery, BrowseSession, read_browse_session
from backup_tui.models.pages import Page
from backup_tui.models.services import Service

TOP = BrowseQuery()
"""What is at the top of a point."""


class BrowseReader:
    """Reads browse sessions and what is inside points; raises what `Reader` raises."""

    def __init__(self, path: RequestPipeline) -> None:
        self._path = path

    def sessions(self, service: Service | None = None) -> AsyncIterator[Page[BrowseSession]]:
        """The browse sessions of all services, or of one. Raises `UsageError`: a service whose points cannot be
        browsed."""
        call = requests.list_browse_sessions(service)
        return pages(self._path.run, call, lambda raw: read_browse_session(raw, service), self._path.address)

    async def session(self, service: Service, browse_id: str) -> BrowseSession:
        """One browse session. Raises `UsageError`: a service whose points cannot be browsed; `ProtocolError`: the
        answer is about another one."""
        call = requests.read_browse_session(service, browse_id)
        return asked_for(read_browse_session(await self._path.run(call), service), browse_id)

    def items(self, service: Service, browse_id: str, query: BrowseQuery = TOP) -> AsyncIterator[Page[BrowseItem]]:
        """What is at a place inside a point; `paging.collect_by` with the item key gathers the pages. Raises
        `UsageError`: a service whose points cannot be browsed."""
        call = requests.browse(service, browse_id, query)
        return pages(self._path.run, call, BrowseItem.read, self._path.address)


class BrowseWriter:
    """Opens points for looking into them; raises what `Writer` raises. Opening restores nothing, and what was opened
    ends automatically. It is a change all the same: it makes an object at the service, so it is not sent twice."""

    def __init__(self, path: RequestPipeline) -> None:
        self._path = path

    async def create(self, service: Service, point_id: str) -> BrowseSession:
        """Opens a point; it can be looked into once its status is `created`. Raises `UsageError`: a service whose
        points cannot be browsed; `InvalidRequest`: the point is not an express one; `OutcomeUnknown`: also when the
        answer names no id: it may exist, and ends automatically."""
        call = requests.create_browse_session(service, point_id)
        return made(call, await self._path.run(call), lambda raw: read_browse_session(raw, service))
