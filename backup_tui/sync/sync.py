"""Background reading: one loop that starts what is due, and says in the store how that goes.

A read that fails backs off and is tried again; nothing that it raises ends the loop. All times are of the monotonic
clock, so a jump of the machine's clock moves nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from msgspec import Struct

from backup_tui.errors import (
    BackupTuiError,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    ProtocolError,
    ServerFault,
    SignInError,
    Throttled,
    Unreachable,
)
from backup_tui.models.clock import Clock
from backup_tui.models.focus import Focus
from backup_tui.models.services import Service
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.changes import Change, Topic
from backup_tui.store.connection import LATE_READ, SLOW_READ
from backup_tui.store.freshness import Key, Kind
from backup_tui.store.store import Store
from backup_tui.sync.budget import ReadBudget
from backup_tui.sync.loader import Loader, Spend
from backup_tui.sync.schedule import FAST, OPTIONAL, RARE, PlannedRead, backoff, plan_reads, shown_keys

PAUSE_FOR = timedelta(minutes=15)  # a pause that the person asked for ends automatically after this time

STUCK_AFTER = timedelta(minutes=2)
"""A list that another part of the program reads and that got no page for so long is read from here."""

IN_FLIGHT = 4  # background reads under way at the same time

SIGN_IN_EVERY = 60.0  # seconds between two tries while nobody is signed in

REFUSED_EVERY = 3600.0
"""Seconds until something optional that may not be read, or is not there, is asked for again; `r` asks at once."""

PLENTY = 20  # reads that have to be left in the budget before something that is only nice to have is read

_LONGEST_WAIT = 60.0

_log = logging.getLogger(__name__)

_PLANNED_BY = frozenset({Topic.SESSIONS, Topic.POLICIES, Topic.ARTIFACTS})
_NO_ANSWER = (Unreachable, ServerFault, ProtocolError, OutcomeUnknown)


class _Poll(Struct):
    asked_at: float | None = None
    not_before: float = 0.0
    failures: int = 0
    forced: bool = False
    task: asyncio.Task[None] | None = None


class Sync:
    """Reads the service in the background, as much as what is shown needs. `sleep`: waits some seconds. `poll_seconds`:
    between two looks at the running restore that is shown; all else is stretched by as much."""

    def __init__(
        self,
        loader: Loader,
        store: Store,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_cancel_wait: Callable[[], None] | None = None,
        on_wake: Callable[[], Awaitable[None]] | None = None,
        poll_seconds: float = FAST,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._on_cancel_wait = on_cancel_wait
        self._on_wake = on_wake
        self._slower = poll_seconds / FAST
        self._budget = ReadBudget()
        self._loader = loader
        self._focus = Focus()
        self._polls: dict[Key[Any], _Poll] = {}
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._paused_until: float | None = None
        self._throttled = store.connection.throttled_until
        self._unsubscribe: Callable[[], None] | None = None

    # -- what the person and the screens say -----------------------------------------------------------------

    def start(self) -> None:
        """Begins to read; needs a running event loop."""
        if self._loop is None:
            self._unsubscribe = self._store.subscribe(self._look_up)
            self._loop = asyncio.create_task(self._run(), name="sync")

    async def stop(self) -> None:
        tasks = [poll.task for poll in self._polls.values() if poll.task is not None]
        if self._loop is not None:
            tasks.append(self._loop)
            self._loop = None
        if self._unsubscribe is not None:
            self._unsubscribe()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def focus(self, focus: Focus) -> None:
        """Says what is shown now; what it needs and is not fresh is read at once."""
        if focus != self._focus:
            self._focus = focus
            self._wake.set()

    def refresh(self) -> None:
        """Reads what is shown now, whatever the plan says; also while paused."""
        for key in shown_keys(self._store, self._focus):
            self._give_up(key)
            self._force(key)

    def _give_up(self, key: Key[Any]) -> None:
        """Ends a read that is slow: a new one may find a way that the old one did not."""
        poll, now = self._polls.get(key), self._clock.monotonic()
        if poll is None or poll.task is None or poll.asked_at is None:
            return
        if now - poll.asked_at >= SLOW_READ.total_seconds():
            poll.task.cancel()
            known = self._store.freshness(key)
            self._store.apply(up.ReadFailed(key, known.error, self._clock.now(), given_up=True))

    def read_units(self, service: Service) -> None:
        self._force(fresh.units_of(service))

    def pause(self) -> None:
        self._paused_until = self._clock.monotonic() + PAUSE_FOR.total_seconds()
        self._store.apply(up.PausedUntil(self._clock.now() + PAUSE_FOR))
        self._wake.set()

    def resume(self) -> None:
        self._paused_until = None
        self._store.apply(up.PausedUntil(None))
        self._wake.set()

    def signed_in(self) -> None:
        """Somebody signed in (again): what failed for want of that is read at once."""
        for poll in self._polls.values():
            if poll.failures:
                poll.failures, poll.not_before, poll.asked_at = 0, 0.0, None
        self._wake.set()

    @property
    def paused(self) -> bool:
        return self._paused_until is not None

    def cancel_wait(self) -> None:
        """Ends a wait that the service asked for; the next read may be told to wait again."""
        if self._on_cancel_wait is not None:
            self._on_cancel_wait()
        self._store.apply(up.ThrottledUntil(None))
        self._wake.set()

    # -- the loop --------------------------------------------------------------------------------------------

    def _look_up(self, change: Change) -> None:
        """Plans again when what the plan depends on differs: a started restore is followed at once."""
        throttled = self._store.connection.throttled_until
        if change.topics & _PLANNED_BY or throttled != self._throttled:
            self._throttled = throttled
            self._wake.set()

    async def _spend(self) -> None:
        while (wait := self._budget.must_wait(self._clock.monotonic())) > 0:
            await self._sleep(wait)
        self._budget.spend(self._clock.monotonic())

    def _pay_for_all(self, key: Key[Any]) -> Spend:
        """Pays for all pages of a list at once, so that nothing else takes their room; for what is more as it comes."""
        paid = self._loader.pages.get(key, 1)
        for _ in range(paid):
            self._budget.spend_page(self._clock.monotonic())

        async def pay() -> None:
            nonlocal paid
            paid -= 1
            if paid < 0:
                self._budget.spend_page(self._clock.monotonic())

        return pay

    def _force(self, key: Key[Any]) -> None:
        poll = self._polls.setdefault(key, _Poll())
        poll.forced = True
        poll.failures = 0
        self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            if self._clock.woke_up():
                await self._start_over()
            wait = self._start_due()
            waker = asyncio.ensure_future(self._wake.wait())
            sleeper = asyncio.ensure_future(self._sleep(wait))
            try:
                await asyncio.wait((waker, sleeper), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (waker, sleeper):
                    task.cancel()
                await asyncio.gather(waker, sleeper, return_exceptions=True)

    async def _start_over(self) -> None:
        """After the machine slept: what was under way waits for nobody, and everything shown is read once."""
        under_way = [poll.task for poll in self._polls.values() if poll.task is not None]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if self._on_wake is not None:
            await self._on_wake()
        for poll in self._polls.values():
            poll.asked_at, poll.not_before, poll.failures = None, 0.0, 0
        self._wake.clear()

    def _start_due(self) -> float:
        """Starts every read that is due; returns the seconds until the next one may be."""
        now = self._clock.monotonic()
        if self._paused_until is not None and now >= self._paused_until:
            self.resume()
            self._wake.clear()
        waits = [_LONGEST_WAIT]
        throttled = self._store.connection.throttled_until
        if throttled is not None and throttled > self._clock.now():
            waits.append((throttled - self._clock.now()).total_seconds())
            return max(0.05, min([*waits, *self._until_slow(now)]))
        for key in [key for key, poll in self._polls.items() if poll.forced and poll.task is None]:
            full = self._list_must_wait(key, now) if key.kind is Kind.UNITS else self._budget.must_wait(now)
            if full > 0:
                waits.append(full)
            elif self._under_way() < IN_FLIGHT:
                self._begin(key, now)
        if self._paused_until is not None:
            return max(0.05, min([*waits, self._paused_until - now, *self._until_slow(now)]))
        plan = plan_reads(
            self._store,
            self._focus,
            monotonic=now,
            now=self._clock.now(),
            pages=self._loader.pages,
            marks=self._loader.marks,
            slower=self._slower,
        )
        for wish in plan:
            wait = self._due_in(wish, now)
            if wait is None:
                continue
            if wait <= 0 and self._under_way() < IN_FLIGHT:
                self._begin(wish.key, now)
            elif wait > 0:
                waits.append(wait)
        # Asked last: what has only just begun is to be called slow in time, too.
        return max(0.05, min([*waits, *self._until_slow(now)]))

    def _until_slow(self, now: float) -> list[float]:
        """Says which read is slow by now; returns the seconds until others may be."""
        spans = [
            now - poll.asked_at for poll in self._polls.values() if poll.task is not None and poll.asked_at is not None
        ]
        if (silent := self._store.connection.silent_since) is not None:
            spans.append((self._clock.now() - silent).total_seconds())
        named_after = (SLOW_READ.total_seconds(), LATE_READ.total_seconds())
        if any(span >= named_after[0] for span in spans):
            self._store.apply(up.ReadingSlow(self._clock.now()))
        return [after - span for span in spans for after in named_after if span < after]

    def _under_way(self) -> int:
        return sum(poll.task is not None for poll in self._polls.values())

    def _due_in(self, wish: PlannedRead, now: float) -> float | None:
        poll = self._polls.get(wish.key)
        if poll is not None and poll.task is not None:
            return None
        if poll is None:
            due = now
        elif poll.failures:
            due = poll.not_before
        elif poll.asked_at is None:
            due = now
        else:
            due = poll.asked_at + wish.every
        if wish.key.kind is Kind.UNITS and (poll is None or not poll.failures):
            return self._list_must_wait(wish.key, now) if self._units_lacking(wish.key) else None
        if due > now:
            return due - now
        pages = self._loader.pages
        under_way = [key for key, other in self._polls.items() if other.task and key.kind is not Kind.UNITS]
        to_come = sum(pages.get(key, 1) - 1 for key in under_way)
        reads = pages.get(wish.key, 1) + to_come + (PLENTY if wish.background else 0)
        return 0.0 if self._budget.has_room(now, reads) else max(0.05, self._budget.room_in(now, reads))

    def _list_must_wait(self, key: Key[Any], now: float) -> float:
        return self._budget.list_must_wait(now, self._loader.pages.get(key, 1))

    def _units_lacking(self, key: Key[Any]) -> bool:
        known = self._store.freshness(key)
        if known.complete:
            return False
        if known.reading_since is None:
            return True
        # Somebody else reads it for the form: only when that got stuck is it begun again.
        heard = max(known.reading_since, known.answered_at or known.reading_since)
        return self._clock.now() - heard > STUCK_AFTER

    def _begin(self, key: Key[Any], now: float) -> None:
        poll = self._polls.setdefault(key, _Poll())
        poll.asked_at = now
        poll.forced = False
        pay = self._pay_for_all(key) if key.kind is Kind.UNITS else self._spend
        self._store.apply(up.ReadingStarted(key, self._clock.now()))
        poll.task = asyncio.create_task(self._read(key, poll, pay), name=f"read {key}")

    async def _read(self, key: Key[Any], poll: _Poll, pay: Spend) -> None:
        try:
            await self._loader.refresh(key, pay)
            poll.failures = 0
            self._settle(key)
        except BackupTuiError as error:
            self._failed(key, poll, error)
        except Exception as error:
            # A mistake of ours must not end the watching of a running restore; it is written down and shown.
            _log.exception("reading %s failed", key)
            self._failed(key, poll, BackupTuiError(f"Internal error ({type(error).__name__}). This list was not read."))
        finally:
            poll.task = None
            self._wake.set()

    def _settle(self, key: Key[Any]) -> None:
        """A read that ended without an answer for the store (nothing is left to read) is not in progress either."""
        if self._store.freshness(key).reading_since is not None:
            self._store.apply(up.ReadFailed(key, "", self._clock.now()))

    def _failed(self, key: Key[Any], poll: _Poll, error: BackupTuiError) -> None:
        poll.failures += 1
        now = self._clock.now()
        wait = backoff(poll.failures)
        if isinstance(error, SignInError) and error.needs_person:
            wait = SIGN_IN_EVERY
            self._store.apply(up.SignedOut(now))
        elif key.kind in OPTIONAL and isinstance(error, PermissionDenied | NotFound | InvalidRequest):
            wait = REFUSED_EVERY
        elif isinstance(error, PermissionDenied):
            wait = RARE
        elif isinstance(error, Throttled):
            throttled = self._store.connection.throttled_until
            wait = max(wait, (throttled - now).total_seconds()) if throttled else wait
        elif isinstance(error, NotFound) and key.kind is Kind.ARTIFACTS:
            wait = backoff(1)
        poll.not_before = self._clock.monotonic() + wait
        next_try = now + timedelta(seconds=wait)
        # Only this one line is kept of it; whom to ask for what is the point of a refusal.
        said = f"{error.message} {error.hint}".strip() if isinstance(error, PermissionDenied) else error.message
        missed = isinstance(error, _NO_ANSWER) or (isinstance(error, SignInError) and not error.needs_person)
        if key == fresh.SERVICE_ROOT and not missed and not isinstance(error, SignInError):
            self._store.apply(up.ServiceRead(error=said, answered_at=now))
        self._store.apply(
            up.ReadFailed(key, said, now, missed=missed, denied=isinstance(error, PermissionDenied), next_try=next_try)
        )
