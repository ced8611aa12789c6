"""One read of one collection, from the question to the store. Errors pass through to who scheduled it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from backup_tui.errors import NotFound
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.clock import Clock
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.store import Store
from backup_tui.sync.reader_protocol import PageOf, ReaderProtocol, readable
from backup_tui.sync.schedule import ArtifactMark, signature

T = TypeVar("T")


@dataclass
class _Whole(Generic[T]):
    """A list on its way."""

    items: list[T] = field(default_factory=list)
    pages: int = 0
    unread: int = 0
    ended: bool = False


class Reads:
    """Reads collections into the store.

    Args:
        reader: The service.
        store: Where answers go.
        clock: The service's time.
        spend: Is told each request before it goes out, and waits until the budget has room for it.
        spend_page: Is told each page of a list of units beyond those it had the last time; they go out without a wait.
    """

    def __init__(
        self,
        reader: ReaderProtocol,
        store: Store,
        clock: Clock,
        spend: Callable[[], Awaitable[None]],
        spend_page: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._store = store
        self._clock = clock
        self._spend = spend
        self._spend_page = spend_page
        self.pages: dict[str, int] = {}
        """How many pages each list had the last time, by key."""
        self.marks: dict[str, ArtifactMark] = {}
        """How sessions looked when their artifacts were read to the end the last time."""

    async def read(self, key: str) -> None:
        """Reads one collection.

        Args:
            key: Freshness key of it.

        Raises:
            BackupTuiError: What went wrong; the pages that came before are in the store.
        """
        kind, _, rest = key.partition(":")
        match kind:
            case "service":
                await self._service_root()
            case "policies":
                await self._policies()
            case "sessions":
                await self._sessions()
            case "session":
                await self._session(rest)
            case "artifacts":
                await self._artifacts(rest)
            case "units":
                await self._units(Service(rest))
            case "rules":
                await self._rules(rest)
            case "unitJobs":
                await self._unit_jobs(rest)
            case "serviceApps":
                await self._service_apps()
            case "notifications":
                await self._notifications()
            case _:
                raise ValueError(f"nothing is called {key!r}")

    async def _service_root(self) -> None:
        await self._spend()
        asked = self._clock.monotonic()
        root = await self._reader.service_root()
        self._store.apply(up.ServiceRead(root, asked_at=asked, answered_at=self._clock.now()))

    async def _service_apps(self) -> None:
        await self._spend()
        asked = self._clock.monotonic()
        apps, unread = await readable(self._reader.service_apps())
        self._store.apply(up.ServiceAppsRead(apps, asked, self._clock.now(), unread))

    async def _notifications(self) -> None:
        await self._spend()
        asked = self._clock.monotonic()
        setting = await self._reader.notifications()
        self._store.apply(up.NotificationsRead(setting, asked, self._clock.now()))

    async def _rules(self, policy_id: str) -> None:
        service = self._service_of(policy_id)
        if service is None:
            return
        asked, read = self._clock.monotonic(), _Whole[ProtectionRule]()
        try:
            await self._gather(self._reader.rules(service, policy_id), read)
        finally:
            if read.pages:
                self._store.apply(
                    up.RulesRead(policy_id, tuple(read.items), asked, read.ended, self._clock.now(), read.unread)
                )

    async def _unit_jobs(self, policy_id: str) -> None:
        service = self._service_of(policy_id)
        if service is None:
            return
        asked, read = self._clock.monotonic(), _Whole[UnitsJob]()
        try:
            await self._gather(self._reader.unit_jobs(service, policy_id), read)
        finally:
            if read.pages:
                self._store.apply(
                    up.UnitJobsRead(policy_id, tuple(read.items), asked, read.ended, self._clock.now(), read.unread)
                )

    def _service_of(self, policy_id: str) -> Service | None:
        policy = self._store.policies.get(policy_id)
        return policy.service if policy is not None else None

    async def _gather(self, pages: AsyncIterator[PageOf[T]], read: _Whole[T]) -> None:
        """Reads a list to its end; what came before it broke off is in `read`."""
        await self._spend()
        async for page in pages:
            if page.number == 1:
                read.items.clear()
                read.unread = 0
            read.pages += 1
            read.items.extend(page.items)
            read.unread += page.unread
            if not page.last:
                await self._spend()
        read.ended = True

    async def _policies(self) -> None:
        await self._spend()
        asked = self._clock.monotonic()
        policies, unread = await readable(self._reader.policies())
        self._store.apply(up.PoliciesRead(policies, asked, True, self._clock.now(), unread))

    async def _sessions(self) -> None:
        asked = self._clock.monotonic()
        first_time = self._store.freshness(fresh.SESSIONS).never_read
        items: list[RestoreSession] = []
        pages = unread = 0
        complete = False
        await self._spend()
        try:
            async for page in self._reader.sessions():
                if page.number == 1:
                    items.clear()
                    unread = 0
                pages += 1
                items.extend(page.items)
                unread += page.unread
                if not page.last:
                    await self._spend()
                    if first_time:
                        self._store.apply(up.SessionsRead(page.items, asked, False, self._clock.now()))
            complete = True
        finally:
            if pages:
                self.pages[fresh.SESSIONS] = pages
                self._store.apply(up.SessionsRead(tuple(items), asked, complete, self._clock.now(), unread=unread))

    async def _session(self, session_id: str) -> None:
        await self._spend()
        asked = self._clock.monotonic()
        try:
            session = await self._reader.session(session_id)
        except NotFound:
            self._store.apply(up.SessionMissing(session_id, asked, self._clock.now()))
            return
        self._store.apply(up.SessionRead(session, asked, self._clock.now()))

    async def _artifacts(self, session_id: str) -> None:
        row = self._store.sessions.get(session_id)
        if row is None or row.service is None:
            return
        key, asked, before = fresh.artifacts_of(session_id), self._clock.monotonic(), signature(self._store, row)
        expand = session_id in self.marks and any(
            one.unit_id is None for one in self._store.artifacts(session_id).values()
        )
        items: list[RestoreArtifact] = []
        pages = unread = 0
        complete = False
        await self._spend()
        try:
            async for page in self._reader.artifacts(row.service, session_id, expand_units=expand):
                if page.number == 1:
                    items.clear()
                    unread = 0
                pages += 1
                items.extend(page.items)
                unread += page.unread
                if not page.last:
                    await self._spend()
            complete = True
        except NotFound:
            self._store.apply(up.SessionMissing(session_id, asked, self._clock.now()))
            raise
        finally:
            if pages:
                self.pages[key] = pages
                self._store.apply(
                    up.ArtifactsRead(session_id, tuple(items), asked, complete, self._clock.now(), unread)
                )
        tried = expand or (session_id in self.marks and self.marks[session_id].expanded)
        self.marks[session_id] = ArtifactMark(before, tried)

    async def _units(self, service: Service) -> None:
        asked = self._clock.monotonic()
        first, last = False, False
        key = fresh.units_of(service)
        pages, counted = 0, self.pages.get(key, 1)
        async for page in self._reader.units(service):
            pages += 1
            if pages > counted:
                self._spend_page()
            self.pages[key] = pages
            first, last = page.number == 1, page.last
            self._store.apply(
                up.UnitsPage(service, page.items, first, last, asked, self._clock.now(), unread=page.unread)
            )
        if not last:
            empty = self._store.freshness(key).asked_at != asked
            self._store.apply(up.UnitsPage(service, (), empty, True, asked, self._clock.now()))
