"""Tells a person's own command (`on_event`) what happens, each event once, whichever process and run sees it first.

It works beside the screens and beside commands that wait, and holds up neither. What was seen to run is kept in the
journal, and an event belongs to the process that writes its name there first.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from msgspec import DecodeError, json

from backup_tui.errors import JournalError
from backup_tui.plans.events import Event, EventKind, Followed, events_since
from backup_tui.plans.kept import KeptPlans
from backup_tui.store.changes import Change, Topic
from backup_tui.workspace.event_command import WITHIN, run_event_command

if TYPE_CHECKING:
    from backup_tui.workspace.workspace import Workspace

EVERY = 30.0  # seconds between two looks while nothing changes: a stall is the absence of changes

SPACING = 1.0  # seconds between two looks at least

_FOLLOWED = "events:followed"
_OLD_NEWS = frozenset(
    {EventKind.FIRST_FAILURE, EventKind.WAVE_FINISHED, EventKind.PLAN_FINISHED, EventKind.SESSION_FINISHED}
)
"""What is not reported if it was so before anybody looked."""

_TOPICS = frozenset({Topic.SESSIONS, Topic.ARTIFACTS, Topic.JOURNAL})

_log = logging.getLogger(__name__)


@asynccontextmanager
async def telling_events(
    workspace: "Workspace", failed: Callable[[str], None], *, patience: float = WITHIN
) -> AsyncIterator[None]:
    """Runs the command of the profile when something happens, for as long as this is entered; without one, nothing.
    `failed`: given a sentence when the command fails. `patience`: seconds for which the end waits for commands that
    still run."""
    if not workspace.settings.on_event or workspace.settings.demo:
        yield
        return
    teller = Teller(workspace, failed)
    await teller.start()
    try:
        yield
    finally:
        await teller.stop(patience)


class Teller:
    """Finds events and runs the command for each, one after the other. `failed`: given a sentence when the command
    fails."""

    def __init__(self, workspace: "Workspace", failed: Callable[[str], None]) -> None:
        self._ws = workspace
        self._failed = failed
        self._journal = workspace.context.journal
        self._plans = KeptPlans()
        self._followed = Followed()
        self._wake = asyncio.Event()
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._unsubscribe: Callable[[], None] | None = None

    async def start(self) -> None:
        """Begins to follow, from where the last process was."""
        try:
            text = await self._journal.kept(_FOLLOWED)
            self._followed = json.decode(text, type=Followed) if text else Followed()
        except (JournalError, DecodeError) as error:
            _log.warning("what was followed before is not known: %s", error)
        await self.look()  # what runs at this moment is followed, however soon it ends
        self._unsubscribe = self._ws.store.subscribe(self._changed)
        self._tasks = (
            asyncio.create_task(self._keep_looking(), name="events"),
            asyncio.create_task(self._keep_running(), name="on_event"),
        )

    async def stop(self, patience: float) -> None:
        """Looks once more, and waits for the commands that are to be run."""
        looking, running = self._tasks
        if self._unsubscribe is not None:
            self._unsubscribe()
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        await self.look()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._queue.join()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        if left := self._queue.qsize():
            _log.warning("%d events were not reported: the program ended first", left)

    async def look(self) -> None:
        """Finds what has happened since the last look; what another process tells is left to it."""
        try:
            await self._plans.read(self._journal, self._ws.clock.now())
            before = self._followed
            plans = self._plans.by_name.values()
            self._followed, events = events_since(before, self._ws.store, plans, self._ws.clock.now())
            for event in events:
                if event.at_first_sight and event.kind in _OLD_NEWS:
                    continue
                if await self._journal.claim(f"event:{event.key}", json.encode(event.at).decode()):
                    self._queue.put_nowait(event)
            if self._followed != before:
                await self._journal.keep(_FOLLOWED, json.encode(self._followed).decode())
        except JournalError as error:
            _log.warning("events could not be looked for: %s", error.message)

    def _changed(self, change: Change) -> None:
        if change.topics & _TOPICS:
            self._wake.set()

    async def _keep_looking(self) -> None:
        while True:
            self._wake.clear()
            await self.look()
            await asyncio.sleep(SPACING)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY - SPACING):
                    await self._wake.wait()

    async def _keep_running(self) -> None:
        settings, who = self._ws.settings, self._ws.who
        while True:
            event = await self._queue.get()
            try:
                what = event.as_json(who.tenant, settings.profile)
                if trouble := await run_event_command(settings.on_event, what):
                    _log.warning("on_event failed for %s: %s", event.key, trouble)
                    self._failed(f"on_event failed for {event.kind}: {trouble}.")
            finally:
                self._queue.task_done()
