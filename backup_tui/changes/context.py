"""What every use case works with, handed to each of them as one object."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import ReadOnlyError
from backup_tui.graph.reader import Reader
from backup_tui.graph.writer import Writer
from backup_tui.journal.journal import Journal
from backup_tui.journal.recorded import RecordedChanges
from backup_tui.journal.write_lock import Holder, WriteLock
from backup_tui.models.clock import Clock
from backup_tui.models.service_state import refuse_where
from backup_tui.models.whoami import WhoAmI
from backup_tui.store.store import Store
from backup_tui.store.updates import WaitingForLock

CALLS_IN_FLIGHT = 4  # how many reads of one use case may be under way at once

A = TypeVar("A")
B = TypeVar("B")


class Progress(Struct, frozen=True):
    """How far a use case of several calls has come."""

    step: str  # what is being done, in plain words
    done: int  # how many of `of` are done
    of: int  # how many there are


Sleep = Callable[[float], Awaitable[None]]  # waits for seconds

OnProgress = Callable[[Progress], None]


def unheard(_: object) -> None:
    """For where nobody listens."""


class Context(Struct, frozen=True, dict=True):
    """What the use cases work with."""

    reader: Reader  # asks the service
    writer: Writer | None  # changes things at the service; `None` in a workspace that only reads
    journal: Journal  # durable record of every change
    changes: RecordedChanges  # makes changes and records them in the journal
    store: Store  # the truth in memory that the screens show
    clock: Clock  # the service's time
    who: WhoAmI  # the sign-in
    lock: WriteLock  # the right to write in this tenant, of which one instance at a time has it
    sleep: Sleep = asyncio.sleep  # waits for seconds; tests hand in one that does not
    lock_wait: float = 10.0  # how many seconds another instance's lock is waited for
    on_lock_wait: Callable[[Holder], None] | None = None  # told who holds the lock while it is waited for
    limits: ServiceLimits = LIMITS  # how much the service takes at a time
    two_people: bool = False  # nobody starts what they drafted or last changed
    holds: bool = False  # the lock is held around whatever this context is handed to

    def may_write(self) -> Writer:
        """The writer. Raises `ReadOnlyError`: this workspace only reads; `BackupTuiError`: the backup of the tenant is
        off, as far as the service said; nothing can be changed."""
        state = self.store.connection.service
        if self.writer is not None:
            refuse_where(state.no_change, state)
        return self.may_control()

    def may_control(self) -> Writer:
        """The writer, for what can be changed while the backup of the tenant is off: that, and who controls it. Raises
        `ReadOnlyError`: this workspace only reads."""
        if self.writer is None:
            raise ReadOnlyError(
                "Opened read-only.",
                certainty="Nothing was sent.",
                hint="Restart without --read-only (or read_only in the profile).",
            )
        return self.writer

    def may_protect(self) -> Writer:
        """The writer, for what changes who is protected. Raises `ReadOnlyError`: this workspace only reads;
        `BackupTuiError`: the service allows no change of protection now, as far as it said."""
        writer, state = self.may_write(), self.store.connection.service
        refuse_where(state.no_protection_change, state)
        return writer

    def may_restore(self) -> Writer:
        """The writer, for what makes, changes or starts a restore. Raises `ReadOnlyError`: this workspace only reads;
        `BackupTuiError`: the service allows no restore now, as far as it said."""
        writer, state = self.may_write(), self.store.connection.service
        refuse_where(state.no_restore, state)
        return writer

    @asynccontextmanager
    async def hold_lock(self, purpose: str, wait: float | None = None) -> "AsyncIterator[Context]":
        """The right to write, for one use case. Gives the context for use cases that are part of it: they take the
        right as well, and have it already.

        Args:
            purpose: What is being done, for `is {purpose}`.
            wait: Seconds for which another holder is waited for; `lock_wait` when not given.

        Raises:
            WriteLockHeld: When entered, if another instance keeps it for longer.
        """
        if self.holds:
            yield self
            return
        try:
            async with self.lock.hold(purpose, self.lock_wait if wait is None else wait, self.on_lock_wait):
                self.store.apply(WaitingForLock(""))
                yield replace(self, holds=True)
        finally:
            self.store.apply(WaitingForLock(""))


async def each_of(work: Callable[[A], Awaitable[B]], inputs: list[A], *, in_flight: int = CALLS_IN_FLIGHT) -> list[B]:
    """Runs `work` on every input, a few at a time, and returns the answers in the order of the inputs.

    The first failure ends the others and is raised as it is.
    """
    gate = asyncio.Semaphore(in_flight)

    async def one(value: A) -> B:
        async with gate:
            return await work(value)

    tasks = [asyncio.ensure_future(one(value)) for value in inputs]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
