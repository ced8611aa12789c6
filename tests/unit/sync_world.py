"""A store that is kept up by a `Sync` over a fake service, under a manual clock that wakes the sleepers in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

from store_builders import NOW, policy, session, unit

from backup_tui.errors import NotFound
from backup_tui.graph.reader import Reader
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.clock import ManualClock
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.pages import Page
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.unit_jobs import UnitsJob, read_units_job
from backup_tui.models.units import ProtectionUnit
from backup_tui.store.store import Store
from backup_tui.sync.loader import Loader
from backup_tui.sync.sync import Sync

PAGE = 200
"""Units of a session in one answer."""


class FakeReader:
    """A service that answers at once from what the test put into it, and counts its reads."""

    def __init__(self) -> None:
        self.rows: dict[str, RestoreSession] = {}
        self.artifacts_of: dict[str, list[RestoreArtifact]] = {}
        self.policy_rows: tuple[ProtectionPolicy, ...] = (policy("p"),)
        self.unit_pages: list[tuple[ProtectionUnit, ...]] = [(unit("u1", "a@x"),), (unit("u2", "b@x"),)]
        self.rule_pages: list[list[dict[str, Any]]] = [[{"id": "r", "status": "completed"}]]
        self.jobs: list[dict[str, Any]] = [{"id": "j", "status": "completed"}]
        self.session_pages = 1
        self.errors: dict[str, Exception] = {}
        self.reads: Counter[str] = Counter()
        self.expanded: list[bool] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.clock = ManualClock(NOW)
        self.read_at: list[float] = []

    def most_in_a_minute(self, since: float = 0.0) -> int:
        """The largest number of reads in any minute that began at or after `since` (monotonic seconds)."""
        times = [when for when in self.read_at if when >= since]
        return max((sum(begin <= when < begin + 60 for when in times) for begin in times), default=0)

    async def _read(self, key: str) -> None:
        self.reads[key] += 1
        self.read_at.append(self.clock.monotonic())
        if key in self.gates:
            await self.gates[key].wait()
        if key in self.errors:
            raise self.errors[key]

    async def service_root(self) -> BackupRestoreRoot:
        await self._read("service")
        return BackupRestoreRoot.read({"serviceStatus": {"status": "enabled"}})

    async def service_apps(self) -> tuple[ServiceApp, ...]:
        await self._read("serviceApps")
        return (ServiceApp.read({"id": "app", "status": "active"}),)

    async def notifications(self) -> EmailNotificationsSetting:
        await self._read("notifications")
        return EmailNotificationsSetting.read({"isEnabled": True})

    async def rules(self, service: Service, policy_id: str) -> AsyncIterator[Page[ProtectionRule]]:
        for number, items in enumerate(self.rule_pages, 1):
            await self._read(f"rules, page {number}")
            yield Page(tuple(read_rule(raw, service) for raw in items), number, number == len(self.rule_pages))

    async def unit_jobs(self, service: Service, policy_id: str) -> AsyncIterator[Page[UnitsJob]]:
        await self._read("unitJobs")
        yield Page(tuple(read_units_job(raw, service) for raw in self.jobs), 1, True)

    async def policies(self) -> tuple[ProtectionPolicy, ...]:
        await self._read("policies")
        return self.policy_rows

    async def session(self, session_id: str) -> RestoreSession:
        await self._read("session")
        if session_id not in self.rows:
            raise NotFound("The service has no such session.", status=404)
        return self.rows[session_id]

    async def sessions(self, service: Service | None = None) -> AsyncIterator[Page[RestoreSession]]:
        rows = tuple(self.rows.values())
        for number in range(1, self.session_pages + 1):
            if number > 1 and "sessions, page 2" in self.errors:
                raise self.errors["sessions, page 2"]
            await self._read("sessions")
            yield Page(rows[number - 1 :: self.session_pages], number, number == self.session_pages)

    async def contents(
        self, service: Service, session_id: str, *, expand_units: bool = False
    ) -> AsyncIterator[Page[RestoreArtifact]]:
        self.expanded.append(expand_units)
        rows = tuple(self.artifacts_of.get(session_id, []))
        pages = max(1, -(-len(rows) // PAGE))
        for number in range(1, pages + 1):
            await self._read("artifacts")
            yield Page(rows[(number - 1) * PAGE : number * PAGE], number, number == pages)

    async def units(self, service: Service, *, policy_id: str | None = None) -> AsyncIterator[Page[ProtectionUnit]]:
        for number, items in enumerate(self.unit_pages, 1):
            await self._read("units")
            yield Page(items, number, number == len(self.unit_pages))


@dataclass
class World:
    """A store that is kept up by a `Sync` over a fake service, under a manual clock."""

    reader: FakeReader = field(default_factory=FakeReader)
    store: Store = field(default_factory=Store)
    sleepers: list[tuple[float, asyncio.Future[None]]] = field(default_factory=list)
    cancelled_waits: int = 0
    woken: int = 0
    poll_seconds: float = 5.0

    def __post_init__(self) -> None:
        self.clock = self.reader.clock
        self.sync = Sync(
            Loader(cast(Reader, self.reader), self.store, self.clock),
            self.store,
            self.clock,
            sleep=self._sleep,
            on_cancel_wait=self._count_cancelled,
            on_wake=self._count_woken,
            poll_seconds=self.poll_seconds,
        )

    async def _count_woken(self) -> None:
        self.woken += 1

    def _count_cancelled(self) -> None:
        self.cancelled_waits += 1

    async def _sleep(self, seconds: float) -> None:
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.clock.monotonic() + seconds, waker))
        await waker

    async def settle(self) -> None:
        """Lets everything happen that needs no time; begins reading the first time."""
        self.sync.start()
        for _ in range(60):
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float) -> None:
        """Lets time go by, and wakes who sleeps, in order."""
        end = self.clock.monotonic() + seconds
        await self.settle()
        while True:
            self.sleepers = [entry for entry in self.sleepers if not entry[1].done()]
            due = min((when for when, _ in self.sleepers if when <= end), default=None)
            if due is None:
                break
            self.clock.advance(max(0.0, due - self.clock.monotonic()))
            for when, waker in self.sleepers:
                if when <= due and not waker.done():
                    waker.set_result(None)
            await self.settle()
        self.clock.advance(max(0.0, end - self.clock.monotonic()))
        await self.settle()

    async def reads_in(self, seconds: float) -> Counter[str]:
        before = self.reader.reads.copy()
        await self.pass_time(seconds)
        return self.reader.reads - before


def move(world: World, session_id: str, **counts: Any) -> None:
    world.reader.rows[session_id] = session(session_id, **counts)
