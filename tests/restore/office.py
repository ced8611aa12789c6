"""A whole workplace in one process: simulated service, real client, journal, lock and store, and no real waiting."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from starlette.responses import JSONResponse

from backup_tui.changes.change import carry_out
from backup_tui.changes.context import Context, unheard
from backup_tui.changes.findings import OnLook
from backup_tui.changes.lost_answers import LostAnswers
from backup_tui.changes.reviewed import ChangeReview, PhrasedChange
from backup_tui.graph.address import parse_address
from backup_tui.graph.client import Client
from backup_tui.graph.gate import ThrottleGate
from backup_tui.journal.journal import Journal
from backup_tui.journal.recorded import RecordedChanges
from backup_tui.journal.records import Intent, IntentState
from backup_tui.journal.write_lock import WriteLock
from backup_tui.models.calls import CallRecord
from backup_tui.models.clock import ManualClock
from backup_tui.models.services import Destination, Service
from backup_tui.models.whoami import Token, WhoAmI
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import PointTable, PointWish, find_points
from backup_tui.restore.review.deletion import DeleteDraft, DraftDeleted
from backup_tui.signin.flows.ready_made import ReadyMadeToken
from backup_tui.simulator.app import create_app
from backup_tui.simulator.control.faults import Faults
from backup_tui.simulator.domain.clock import ManualClock as SimulatorManualClock
from backup_tui.simulator.domain.service import Service as SimulatedService
from backup_tui.simulator.settings import Settings
from backup_tui.store.rows import UnitRow
from backup_tui.store.store import Store
from backup_tui.store.updates import UnitsPage
from backup_tui.workspace.proofs import lost_answers

R = TypeVar("R", bound=ChangeReview[Any])
START = datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC)
ADELE = WhoAmI(
    tenant="contoso.com",
    tenant_id="72f988bf-0000-0000-0000-2d7cd011db47",
    user="adele.vance@contoso.com",
    object_id="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
)
ZONE = ZoneInfo("Europe/Berlin")


class Office:
    """One administrator at work: the service behind the calls, and what left for it."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.service_clock = SimulatorManualClock(START)
        self.app = create_app(settings, self.service_clock)
        self.service: SimulatedService = self.app.state.service
        self.clock = ManualClock(START)
        self.folder = folder
        self.calls: list[CallRecord] = []
        self.waits: list[float] = []
        self.store = Store()
        self.stack = AsyncExitStack()
        self._instead: list[tuple[str, int, object]] = []
        self.tools: Context
        self.lost_answers: LostAnswers

    async def open(self, who: WhoAmI = ADELE, *, read_only: bool = False, version: str = "v1.0") -> Office:
        address = parse_address(f"http://127.0.0.1:8365/{version}")
        journal = await self.stack.enter_async_context(
            Journal(self.folder / "journal.sqlite3", who.tenant, address.base_url)
        )
        client = await self.stack.enter_async_context(
            Client(
                address,
                ReadyMadeToken(Token("token")),
                self.clock,
                sink=self.calls.append,
                gate=ThrottleGate(self.clock, sleep=self.sleep),
                transport=self._service,
                sleep=self.sleep,
                jitter=lambda: 0.5,
            )
        )
        self.tools = Context(
            reader=client.reader,
            writer=None if read_only else client.writer,
            journal=journal,
            changes=RecordedChanges(journal, self.clock, who),
            store=self.store,
            clock=self.clock,
            who=who,
            lock=WriteLock(self.folder, who.tenant, now=self.clock.now, monotonic=self.clock.monotonic),
            sleep=self.sleep,
            lock_wait=0.0,
        )
        self.lost_answers = lost_answers(self.tools)
        return self

    async def review(self, change: PhrasedChange[R, Any, Any]) -> R:
        return await change.prepare(self.tools)

    async def carry_out(self, reviewed: Any, typed: str | None = None, on_look: OnLook = unheard) -> Any:
        """Makes the change, by default with the phrase that its review asks for."""
        phrase = reviewed.phrase if typed is None else typed
        return await carry_out(self.tools, reviewed.change, reviewed, phrase, on_look)

    async def delete(self, draft: str) -> DraftDeleted:
        """Deletes a draft, with the phrase that its review asks for."""
        deleted: DraftDeleted = await self.carry_out(await self.review(DeleteDraft(draft)))
        return deleted

    async def _service(self, scope: Any, receive: Any, send: Any) -> None:
        for path, status, answer in self._instead:
            if scope["path"].endswith(path):
                await JSONResponse(answer, status)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def answer_instead(self, path: str, status: int, answer: object) -> None:
        """From now on something between here and the service answers calls whose path ends so; they do nothing."""
        self._instead.append((path, status, answer))

    async def sleep(self, seconds: float) -> None:
        """Waits without waiting: both clocks move on."""
        self.waits.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.service_clock.advance(seconds)

    @property
    def faults(self) -> Faults:
        return self.service.faults

    def changes(self) -> list[str]:
        """The changing requests that left, as `POST 201`."""
        return [f"{call.method} {call.status}" for call in self.calls if call.mutating]

    async def intents(self) -> list[Intent]:
        """Oldest first."""
        return list(reversed(await self.tools.journal.intents()))

    async def states(self) -> list[IntentState]:
        return [intent.state for intent in await self.intents()]

    async def units(self, service: Service = Service.ONEDRIVE, count: int = 3, first: int = 0) -> list[UnitRow]:
        """Ordinary units: protected for days, restorable, in no restore that runs."""
        if not self.store.units[service].complete:
            async for page in self.tools.reader.units(service):
                self.store.apply(UnitsPage(service, page.items, page.number == 1, page.last))
        plain = {
            unit.id
            for units in self.service.tenant.units.values()
            for unit in units
            if unit.trait == "sound" and unit.id not in self._busy()
        }
        old = self.clock.now() - timedelta(days=3)
        rows = [
            row
            for row in self.store.units[service].values()
            if row.id in plain and row.status == "protected" and row.created is not None and row.created < old
        ]
        return rows[first : first + count]

    def _busy(self) -> set[str]:
        now = self.service.now()
        running = [session for session in self.service.sessions.values() if session.running(now)]
        return {artifact.unit.id for session in running for artifact in session.artifacts}

    async def table(self, units: list[UnitRow], before: timedelta = timedelta(hours=2), **wish: Any) -> PointTable:
        moment = Moment(self.clock.now() - before, ZONE, "asked")
        return await find_points(self.tools, units, PointWish(moment, **wish))

    async def draft(
        self, units: list[UnitRow], destination: Destination = Destination.IN_PLACE, **more: Any
    ) -> DraftResult:
        table = await self.table(units)
        assert not table.unusable
        return await create_draft(self.tools, DraftPlan(units[0].service, destination, table.rows, **more))

    def mine(self) -> list[Any]:
        """The service's sessions that this administrator made since the start."""
        return [each for each in self.service.sessions.values() if each.created >= START.timestamp()]
