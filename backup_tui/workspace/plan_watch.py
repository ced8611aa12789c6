"""Follows the plans of the tenant in the journal, so that screens show a plan that another process carries out.

They are read when the workspace opens, and again when a session or the journal shows that somebody did something; every
few seconds only while a plan moves or is shown. An idle program reads nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from backup_tui.errors import JournalError
from backup_tui.models.clock import Clock
from backup_tui.models.listeners import Listeners
from backup_tui.store.changes import Change, Topic, change
from backup_tui.store.store import Listener, Store

if TYPE_CHECKING:
    from backup_tui.journal.journal import Journal
    from backup_tui.plans.kept import KeptPlan, KeptPlans

EVERY = 3.0  # seconds between two reads while a plan moves or is shown

SPACING = 0.5  # seconds between two reads at least

_log = logging.getLogger(__name__)


class PlanWatch:
    """The plans as they are now. Tells its listeners `Topic.PLANS` with the names of those that differ. `store`: whose
    sessions tell that something happened."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kept: KeptPlans | None = None
        self._listeners = Listeners[Change]()
        self._shown: set[object] = set()
        self._wake = asyncio.Event()

    @property
    def by_name(self) -> "Mapping[str, KeptPlan]":
        """The plans, newest first; none before the first read."""
        return self._kept.by_name if self._kept is not None else {}

    @property
    def was_read(self) -> bool:
        return self._kept is not None

    def of_session(self, session_id: str) -> "KeptPlan | None":
        plans = self.by_name.values()
        return next((plan for plan in plans if session_id in plan.record.sessions.values()), None)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tells `listener` every change from now on; the answer ends that."""
        return self._listeners.subscribe(listener)

    def wake(self) -> None:
        """Reads soon: something was written here."""
        self._wake.set()

    def show(self, screen: object) -> None:
        """Reads every few seconds from now on, for a screen that shows a plan."""
        self._shown.add(screen)
        self.wake()

    def hide(self, screen: object) -> None:
        """The screen no longer shows a plan."""
        self._shown.discard(screen)

    @property
    def moves(self) -> bool:
        """Whether the journal is read every few seconds."""
        return bool(self._shown) or any(map(self._is_moving, self.by_name.values()))

    def _is_moving(self, plan: "KeptPlan") -> bool:
        rows = (self._store.sessions.get(session_id) for session_id in plan.record.sessions.values())
        return plan.runner is not None or any(row is not None and row.running for row in rows)

    async def look(self, journal: "Journal") -> None:
        """Reads the plans now. Raises `JournalError`: the journal cannot be read."""
        from backup_tui.plans.kept import KeptPlans

        if self._kept is None:
            self._kept = KeptPlans()
        if names := await self._kept.read(journal, self._clock.now()):
            self._listeners.tell(change(Topic.PLANS, *names))

    async def follow(self, journal: "Journal", sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Keeps the plans up to date until it is cancelled."""
        end = self._store.subscribe(self._seen)
        try:
            while True:
                self._wake.clear()
                try:
                    await self.look(journal)
                except JournalError as error:
                    _log.warning("the plans could not be read: %s", error.message)
                await sleep(SPACING)
                await self._woken_or(EVERY - SPACING if self.moves else None, sleep)
        finally:
            end()

    async def _woken_or(self, seconds: float | None, sleep: Callable[[float], Awaitable[None]]) -> None:
        waiters: list[asyncio.Future[object]] = [asyncio.ensure_future(self._wake.wait())]
        if seconds is not None:
            waiters.append(asyncio.ensure_future(sleep(seconds)))
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()
            await asyncio.gather(*waiters, return_exceptions=True)

    def _seen(self, change: Change) -> None:
        if Topic.SESSIONS in change.topics:
            self.wake()
