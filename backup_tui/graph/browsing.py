"""Looking into restore points: opening them, reading what is in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from backup_tui.graph.requests import points
from backup_tui.graph.response_schema import Requester
from backup_tui.models.browse import BrowseItem, BrowseQuery, BrowseSession, read_browse_session
from backup_tui.models.pages import Page
from backup_tui.models.services import Service

TOP = BrowseQuery()
"""What is at the top of a point."""


class BrowseReader(Requester):
    """Reads browse sessions and what is inside points; raises what `Reader` raises, and `UsageError` for a service
    whose points cannot be browsed."""

    def sessions(self, service: Service | None = None) -> AsyncIterator[Page[BrowseSession]]:
        return self._pages(points.list_browse_sessions(service), partial(read_browse_session, service=service))

    async def session(self, service: Service, browse_id: str) -> BrowseSession:
        return await self._one(
            points.read_browse_session(service, browse_id), partial(read_browse_session, service=service)
        )

    def items(self, service: Service, browse_id: str, query: BrowseQuery = TOP) -> AsyncIterator[Page[BrowseItem]]:
        """What is at a place inside a point; `paging.collect_by` with the item key gathers the pages."""
        return self._pages(points.browse(service, browse_id, query), BrowseItem.read)


class BrowseWriter(Requester):
    """Opens points for looking into them; raises what `Writer` raises. Opening restores nothing, and what was opened
    ends automatically. It is a change all the same: it makes an object at the service, so it is not sent twice."""

    async def create(self, service: Service, point_id: str) -> BrowseSession:
        """Opens a point; it can be looked into once its status is `created`. Raises `UsageError`: a service whose
        points cannot be browsed; `InvalidRequest`: the point is not an express one; `OutcomeUnknown`: also when the
        answer names no id: it may exist, and ends automatically."""
        call = points.create_browse_session(service, point_id)
        return await self._made(call, partial(read_browse_session, service=service))
