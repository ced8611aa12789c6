"""Carries out a plan: starts what was agreed to, in its order, within the limits of the service, and follows it.

One process at a time carries out a plan. What it does is in the journal before it is sent, and where it is follows
from the journal and the service alone: killed at any moment and started again, here or on another machine with the
same state folder, it continues. Nothing that runs can be stopped; a pause starts nothing more.
"""

import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context, unheard
from backup_tui.changes.findings import Look
from backup_tui.errors import (
    BackupTuiError,
    JournalError,
    ProtocolError,
    ServerFault,
    SignInError,
    Throttled,
    Unreachable,
    WriteLockHeld,
)
from backup_tui.journal.write_lock import Holder, WriteLock
from backup_tui.models.text import counted, short_id
from backup_tui.plans.list_outcomes import follow_names
from backup_tui.plans.next_start import PartNow, Stage, Turn, next_turn, stopped
from backup_tui.plans.places import Places, places_of
from backup_tui.plans.record import PlanRecord, RunnerStatus, Wait, keep_status, need_record
from backup_tui.plans.runner_reads import SECONDS_A_READ, Looks, to_follow
from backup_tui.plans.starting import settle_start, start_part, unanswered_starts
from backup_tui.sync.loader import Loader

LOOK_SECONDS = 5.0  # fewest seconds between two looks at the service

SLOWEST_LOOK = 60.0  # seconds between two looks while the service does not answer

STATUS_AT_LEAST = timedelta(seconds=60)
"""What the runner does is written again after so long, so that others see that it lives."""

_PASSING = (Unreachable, ServerFault, Throttled, ProtocolError)
_LOG = logging.getLogger(__name__)


class RunResult(Struct, frozen=True):
    """Where a plan is when its runner leaves."""

    record: PlanRecord
    parts: tuple[PartNow, ...]  # its sessions as of the last look
    waits: tuple[Wait, ...]  # what has not started, and why

    @property
    def failed(self) -> int:
        """Units that failed in sessions that ended, and names that the service could not use; what another session
        has repeated since counts there."""
        failed = sum(map(len, self.record.unusable.values()))
        for one in self.parts:
            repeats = bool(one.part.again_of)
            if not (repeats and one.stage is Stage.DELETED):
                failed += one.failed
            if repeats and one.stage is Stage.ENDED:
                failed -= one.part.units
        return max(0, failed)

    @property
    def in_doubt(self) -> int:
        """Sessions of which nobody knows whether they have started."""
        return sum(one.stage is Stage.IN_DOUBT for one in self.parts)

    @property
    def running(self) -> int:
        return sum(one.stage is Stage.RUNNING for one in self.parts)

    @property
    def not_started(self) -> tuple[Wait, ...]:
        """What was agreed to and has not started for want of a person: changed, deleted or refused."""
        sessions = self.record.sessions
        agreed = {
            part.number
            for part in self.record.parts
            if self.record.agreed(sessions.get(part.number, "")) is not None and not stopped(self.record, part)
        }
        return tuple(wait for wait in self.waits if wait.part in agreed and wait.next_look is None)


OnStatus = Callable[[RunnerStatus], None]


def runner_lock(context: Context, name: str) -> WriteLock:
    """The right to carry out a plan, of which one process at a time has it."""
    lock = context.lock
    return WriteLock(
        lock.folder,
        f"{lock.tenant_key} plan {name}",
        now=context.clock.now,
        monotonic=context.clock.monotonic,
        sleep=context.sleep,
    )


class PlanRunner:
    """Carries out one plan.

    Args:
        loader: Brings what is read into the store; its own when not given.
        interval: Fewest seconds between two looks at the service.
        on_status: Told what it does, whenever that differs.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        *,
        loader: Loader | None = None,
        interval: float = LOOK_SECONDS,
        on_status: OnStatus = unheard,
    ) -> None:
        self._context = context
        self._name = name
        self._interval = interval
        self._on_status = on_status
        self._looks = Looks(context, loader)
        self._held_back: dict[int, tuple[Wait, datetime]] = {}
        self._parts: tuple[PartNow, ...] = ()
        self._waits: tuple[Wait, ...] = ()
        self._looked_through: frozenset[str] = frozenset()
        self._starts_seen = 0
        self._failures = 0
        self._first = True
        self._since = context.clock.now()
        self._status: RunnerStatus | None = None

    @property
    def parts(self) -> tuple[PartNow, ...]:
        """The sessions of the plan as of the last look."""
        return self._parts

    async def run(
        self, *, wait: bool = True, lock_wait: float | None = None, on_lock_wait: Callable[[Holder], None] | None = None
    ) -> RunResult:
        """Starts what may be started, and with `wait` continues until nothing is left that it can do.

        Args:
            wait: Continue until everything that was agreed to has ended or needs a person.
            lock_wait: Seconds for which another runner of this plan is waited for; `math.inf` for as long as it takes.
            on_lock_wait: Told who that is.

        Raises:
            WriteLockHeld: Another process carries it out.
            UsageError: No plan of this name has drafts here.
            SignInError, PermissionDenied, ReadOnlyError, JournalError: It cannot be carried out from here now; what
                runs continues.
        """
        self._context.may_restore()
        await need_record(self._context.journal, self._name)
        seconds = self._context.lock_wait if lock_wait is None else lock_wait
        lock = runner_lock(self._context, self._name)
        async with lock.hold(f"running plan {self._name}", seconds, on_lock_wait or self._context.on_lock_wait):
            ended = "stopped"
            self._since = self._context.clock.now()
            try:
                result = await self._go_on(wait)
                ended = _end_words(result)
                return result
            except BackupTuiError as error:
                ended = error.message
                raise
            finally:
                await self._leave(ended)

    async def _go_on(self, wait: bool) -> RunResult:
        while True:
            record = await need_record(self._context.journal, self._name)
            try:
                turn = await self._turn(record)
            except (*_PASSING, SignInError) as error:
                if not wait or (isinstance(error, SignInError) and error.needs_person):
                    raise
                pause = await self._no_answer(error)
            else:
                self._failures = 0
                running = sum(one.stage is Stage.RUNNING for one in self._parts)
                if not wait or not (running or any(each.next_look for each in turn.waits)):
                    asked, record = _asked(record), await need_record(self._context.journal, self._name)
                    if wait and _asked(record) != asked:
                        continue  # A yes that came during the look is not left to nobody.
                    return RunResult(record, self._parts, turn.waits)
                await self._tell(_doing(running, turn.waits), turn.waits)
                pause = self._pause(running, turn.waits)
            await self._context.sleep(pause)

    # -- one look and what follows from it ---------------------------------------------------------------------

    async def _turn(self, record: PlanRecord) -> Turn:
        """Looks, starts what may start, and says what has to wait."""
        in_doubt = self._looked_through = await self._settle(record)
        waiting = self._first or any(wait.next_look is not None for wait in self._waits) or self._may_start(record)
        followed = list(record.sessions.values()) if self._first else to_follow(self._parts)
        followed += [key for key in record.sessions.values() if key not in self._context.store.sessions]
        # Noted before the places are read: a start of another process after this may take one of them.
        self._starts_seen = await self._context.journal.newest_start()
        await self._looks.look(record, list(dict.fromkeys(followed)), all_of_them=waiting)
        self._first = False
        record = await self._follow_names(record)
        self._parts = self._looks.parts(record, in_doubt)
        turn = self._next(record)
        if turn.start:
            await self._start(record, turn)
            self._parts = self._looks.parts(record, await self._doubtful(record))
            turn = self._next(record)
        self._waits = turn.waits
        return turn

    async def _follow_names(self, record: PlanRecord) -> PlanRecord:
        """Writes down which names of started lists the service could not use, and who is who among the others."""
        try:
            return await follow_names(self._context, record)
        except WriteLockHeld:  # The next look does it.
            return record

    def _may_start(self, record: PlanRecord) -> bool:
        """Whether a part that waited for a person may have its turn now: for that, the places have to be known."""
        return any(
            one.stage is Stage.DRAFT and one.session is not None and record.agreed(one.session.id) is not None
            for one in self._parts
        )

    def _next(self, record: PlanRecord) -> Turn:
        now = self._context.clock.now()
        # A yes that is newer than what held a part back gives it another turn.
        held_back = {
            number: wait
            for number, (wait, agreed_at) in self._held_back.items()
            if (yes := record.agreed(record.sessions[number])) is not None and yes.at == agreed_at
        }
        turn = next_turn(
            record,
            self._parts,
            self._places(record),
            self._context.limits,
            now,
            held_back,
            now + timedelta(seconds=self._interval),
        )
        # What all looks did not find out is for a person to say; it is looked at again as long as something else runs.
        unsettled = {number for number, key in record.sessions.items() if key in self._looked_through}
        waits = [replace(wait, next_look=None) if wait.part in unsettled else wait for wait in turn.waits]
        return replace(turn, waits=tuple(waits))

    def _places(self, record: PlanRecord) -> Places:
        """What is taken; a session that may have started counts as one that has."""
        own = {record.sessions[part.number]: part.units for part in record.parts if part.number in record.sessions}
        places = places_of(self._looks.sessions(), own)
        for one in self._parts:
            if one.stage is Stage.IN_DOUBT:
                places = places.with_started(one.part, one.units)
        return places

    async def _start(self, record: PlanRecord, turn: Turn) -> None:
        """Starts one after another, each under the write lock, until one is refused for a reason that holds for all."""
        for place, one in enumerate(turn.start):
            session = one.session
            # A pause or a stop that came meanwhile counts for what has not been sent yet.
            record = await need_record(self._context.journal, self._name)
            yes = record.agreed(session.id) if session is not None else None
            if session is None or yes is None or stopped(record, one.part):
                continue
            await self._tell(f"starting {short_id(session.id)}", turn.waits)
            tried = await start_part(self._context, record, one.part, session, yes, self._starts_seen)
            self._starts_seen = tried.starts_seen or self._starts_seen
            if tried.wait is None:
                continue
            for other in turn.start[place:] if tried.everyone else (one,):
                number = other.part.number
                self._held_back[number] = Wait(number, tried.wait.why, tried.wait.next_look), yes.at
            if tried.everyone:
                return

    # -- what is not known -------------------------------------------------------------------------------------

    async def _settle(self, record: PlanRecord) -> frozenset[str]:
        """Finds out about starts without an answer, before anything else is done; ids of those still unknown."""
        for intent in await unanswered_starts(self._context, record):
            await self._tell(f"checking whether {short_id(intent.target or '')} has started", self._waits)
            await settle_start(self._context, intent, self._looked)
        return await self._doubtful(record)

    async def _doubtful(self, record: PlanRecord) -> frozenset[str]:
        return frozenset(intent.target or "" for intent in await unanswered_starts(self._context, record))

    def _looked(self, look: Look) -> None:
        _LOG.info("looked at a start without an answer, %d of %d: %s", look.number, look.of, look.words)

    async def _no_answer(self, error: BackupTuiError) -> float:
        """How long to wait after a look that did not get through."""
        self._failures += 1
        pause = min(max(SLOWEST_LOOK, self._interval), self._interval * 2.0 ** min(self._failures, 10))
        until = self._context.store.connection.throttled_until
        if isinstance(error, Throttled) and until is not None:
            pause = max(self._interval, (until - self._context.clock.now()).total_seconds())
        _LOG.info("a look at the service did not get through: %s", error.message)
        await self._tell(f"no answer, trying again: {error.message}", self._waits)
        return pause

    def _pause(self, running: int, waits: tuple[Wait, ...]) -> float:
        """How long to wait for the next look: by what the last one cost, and longer where nothing moves until then."""
        reads = self._looks.reads
        pause = self._interval if reads <= 1 else max(self._interval, reads * SECONDS_A_READ)
        looks = [wait.next_look for wait in waits if wait.next_look is not None]
        if running or not looks:
            return pause
        # A new yes or a stop of another process is seen within a minute.
        left = (min(looks) - self._context.clock.now()).total_seconds()
        return min(max(pause, left), max(pause, SLOWEST_LOOK))

    # -- what others are told ----------------------------------------------------------------------------------

    async def _tell(self, doing: str, waits: tuple[Wait, ...]) -> None:
        now = self._context.clock.now()
        status = RunnerStatus(os.getpid(), socket.gethostname(), self._since, doing, waits, now)
        before = self._status
        if before is not None and replace(before, at=now) == status and now - before.at < STATUS_AT_LEAST:
            return
        self._status = status
        self._on_status(status)
        await keep_status(self._context.journal, self._name, status)

    async def _leave(self, why: str) -> None:
        now = self._context.clock.now()
        status = RunnerStatus(os.getpid(), socket.gethostname(), self._since, "", self._waits, now, why)
        self._on_status(status)
        try:
            await keep_status(self._context.journal, self._name, status)
        except JournalError as error:
            _LOG.warning("the end of a run could not be recorded: %s", error.message)


def _asked(record: PlanRecord) -> tuple[object, ...]:
    """What people asked of a plan, and what there is to start."""
    return record.yes, record.paused, record.stop_after, record.sessions


def _doing(running: int, waits: tuple[Wait, ...]) -> str:
    if running:
        return f"watching {counted(running, 'session')}"
    return next((wait.why for wait in waits if wait.next_look is not None), "")


def _end_words(result: RunResult) -> str:
    """Why a runner left: `all that was agreed to has ended`."""
    if result.running or any(wait.next_look is not None for wait in result.waits):
        return "asked to start what could start, and no more"
    if result.not_started:
        return result.not_started[0].why
    return "all that was agreed to has ended"
