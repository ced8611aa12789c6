"""Reads for somebody who waits: one list or object, whole or not at all; what comes goes into the store as well."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from backup_tui.errors import BackupTuiError, IncompleteList, NotFound, ProtocolError
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.base import Entity
from backup_tui.models.clock import Clock
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.models.units import ProtectionUnit
from backup_tui.store import updates as up
from backup_tui.store.store import Store
from backup_tui.sync.reader_protocol import PageOf, ReaderProtocol, readable

T = TypeVar("T")
E = TypeVar("E", bound=Entity)


def _all(items: tuple[T, ...], unread: int) -> tuple[T, ...]:
    """A list that is whole.

    Raises:
        IncompleteList: Entries of it could not be read.
    """
    if unread:
        raise IncompleteList.of_unread(items, unread)
    return items


async def _whole(pages: AsyncIterator[PageOf[E]]) -> tuple[tuple[E, ...], int]:
    """All of a list, and how many of its entries could not be read."""
    items: dict[str, E] = {}
    unread = 0
    async for page in pages:
        if page.number == 1:
            items.clear()
            unread = 0
        items |= {one.id: one for one in page.items}
        unread += page.unread
    return tuple(items.values()), unread


class WholeReads:
    """Answers a question with the whole answer.

    Every method raises what the reader raises; a list that breaks off, or holds entries that cannot be read, raises
    `IncompleteList` and returns nothing. What could be read of it is in the store.
    """

    def __init__(self, reader: ReaderProtocol, store: Store, clock: Clock) -> None:
        self._reader = reader
        self._store = store
        self._clock = clock

    async def sessions(self, service: Service | None = None) -> tuple[RestoreSession, ...]:
        """The restore sessions, of one service or of all."""
        asked = self._clock.monotonic()
        found, unread = await _whole(self._reader.sessions(service))
        self._store.apply(up.SessionsRead(found, asked, True, self._clock.now(), service=service, unread=unread))
        return _all(found, unread)

    async def session(self, session_id: str) -> RestoreSession:
        """One restore session. Raises NotFound."""
        asked = self._clock.monotonic()
        try:
            session = await self._reader.session(session_id)
        except NotFound:
            self._store.apply(up.SessionMissing(session_id, asked, self._clock.now()))
            raise
        self._store.apply(up.SessionRead(session, asked, self._clock.now()))
        return session

    async def artifacts(self, session: RestoreSession) -> tuple[RestoreArtifact, ...]:
        """The units of a session.

        Raises:
            ProtocolError: The session does not tell which service it belongs to.
        """
        service = session.service
        if service is None:
            row = self._store.sessions.get(session.id)
            service = row.service if row else None
        if service is None:
            raise ProtocolError(
                f"Session {session.id} does not say which service it restores.",
                certainty="Its units cannot be asked for.",
            )
        asked = self._clock.monotonic()
        found, unread = await _whole(self._reader.artifacts(service, session.id))
        self._store.apply(up.ArtifactsRead(session.id, found, asked, True, self._clock.now(), unread))
        return _all(found, unread)

    async def policies(self) -> tuple[ProtectionPolicy, ...]:
        """All protection policies."""
        asked = self._clock.monotonic()
        found, unread = await readable(self._reader.policies())
        self._store.apply(up.PoliciesRead(found, asked, True, self._clock.now(), unread))
        return _all(found, unread)

    async def policy(self, policy_id: str) -> ProtectionPolicy:
        """One protection policy. Raises NotFound."""
        asked = self._clock.monotonic()
        policy = await self._reader.policy(policy_id)
        self._store.apply(up.PolicyRead(policy, asked))
        return policy

    async def service_root(self) -> BackupRestoreRoot:
        """State of the backup in the tenant."""
        asked = self._clock.monotonic()
        root = await self._reader.service_root()
        self._store.apply(up.ServiceRead(root, asked_at=asked, answered_at=self._clock.now()))
        return root

    async def service_apps(self) -> tuple[ServiceApp, ...]:
        """The applications that are registered to control the backup."""
        asked = self._clock.monotonic()
        found, unread = await readable(self._reader.service_apps())
        self._store.apply(up.ServiceAppsRead(found, asked, self._clock.now(), unread))
        return _all(found, unread)

    async def notifications(self) -> EmailNotificationsSetting:
        """Who gets mails about the backup."""
        asked = self._clock.monotonic()
        setting = await self._reader.notifications()
        self._store.apply(up.NotificationsRead(setting, asked, self._clock.now()))
        return setting

    async def rules(self, service: Service, policy_id: str) -> tuple[ProtectionRule, ...]:
        """The inclusion rules of a policy."""
        asked = self._clock.monotonic()
        found, unread = await _whole(self._reader.rules(service, policy_id))
        self._store.apply(up.RulesRead(policy_id, found, asked, True, self._clock.now(), unread))
        return _all(found, unread)

    async def unit_jobs(self, service: Service, policy_id: str) -> tuple[UnitsJob, ...]:
        """The bulk additions to a policy."""
        asked = self._clock.monotonic()
        found, unread = await _whole(self._reader.unit_jobs(service, policy_id))
        self._store.apply(up.UnitJobsRead(policy_id, found, asked, True, self._clock.now(), unread))
        return _all(found, unread)

    async def units(self, service: Service, on_page: Callable[[int], None] | None = None) -> tuple[ProtectionUnit, ...]:
        """All units of a service.

        Args:
            service: Whose units.
            on_page: Told after each page how many have been read so far.
        """
        asked = self._clock.monotonic()
        items: dict[str, ProtectionUnit] = {}
        unread, ended = 0, False
        try:
            async for page in self._reader.units(service):
                if page.number == 1:
                    items.clear()
                    unread = 0
                unread += page.unread
                items |= {unit.id: unit for unit in page.items}
                ended = page.last
                self._store.apply(
                    up.UnitsPage(
                        service, page.items, page.number == 1, page.last, asked, self._clock.now(), page.unread
                    )
                )
                if on_page is not None:
                    on_page(len(items))
        except BackupTuiError as error:
            self._store.apply(up.UnitsFailed(service, error.message))
            raise
        if not ended:
            self._store.apply(up.UnitsPage(service, (), not items, True, asked, self._clock.now()))
        return _all(tuple(items.values()), unread)
