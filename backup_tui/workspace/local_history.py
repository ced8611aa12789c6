"""What this machine remembers for the tenant, between the journal and the store.

The service forgets the name of a deleted account, never reports the unit of an artifact, and does not know
when somebody looked last. The journal keeps these; the store shows them.
"""

import asyncio
import json
import logging
from collections.abc import Coroutine
from datetime import datetime
from importlib import import_module
from typing import Any

from msgspec import convert

from backup_tui.errors import JournalError
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.clock import Clock
from backup_tui.models.remembered import UnitName
from backup_tui.models.services import Destination, Service
from backup_tui.restore.session_notes import keep_note, kept_notes
from backup_tui.store import last_visit as left
from backup_tui.store import updates as up
from backup_tui.store.changes import Change, Topic
from backup_tui.store.freshness import units_of
from backup_tui.store.retries import sessions_to_name
from backup_tui.store.store import Store

_LEFT_KEY = "left"
_POINTS_ASKED = 50_000
"""Points that are remembered as looked up; beyond that they are forgotten, and looked up again when they are met."""

_LOG = logging.getLogger(__name__)


class LocalHistory:
    """Carries what is worth keeping from the store into the journal, and back. `notes`: a person's own, by the ids of
    their sessions."""

    def __init__(self, journal: Journal, store: Store, clock: Clock) -> None:
        self._journal = journal
        self._store = store
        self._clock = clock
        self._work: set[asyncio.Task[object]] = set()
        self._remembered: dict[Service, float | None] = {}
        self._asked_points: set[str] = set()
        self._asked_drafts: set[str] = set()
        self.notes: dict[str, str] = {}
        self._end = store.subscribe(self._seen)

    def close(self) -> None:
        self._end()
        for task in list(self._work):
            task.cancel()

    async def recall(self) -> None:
        try:
            intents = await self._journal.intents()
            self._store.apply(up.JournalRead(tuple(_line(intent) for intent in intents)))
            self._store.apply(up.DestinationsKnown(_destinations(intents)))
            self._store.apply(up.NamesKnown(await self._journal.names()))
            self.notes = await kept_notes(self._journal)
            view = _left_view(await self._journal.kept(_LEFT_KEY))
        except JournalError as error:
            # The service can be read all the same, and a change is refused when it comes to be written down.
            _LOG.warning("the state of the last visit could not be read: %s", error.message)
            return
        if view is not None:
            self._store.apply(view)

    async def keep_note(self, session_id: str, text: str) -> str:
        """Keeps a person's note on a session, or removes it; gives it as it is kept. Raises `JournalError`."""
        self.notes[session_id] = note = await keep_note(self._journal, session_id, text)
        return note

    async def journal_lines(self) -> tuple[up.JournalLine, ...]:
        lines = tuple(_line(intent) for intent in await self._journal.intents())
        self._store.apply(up.JournalRead(lines))
        return lines

    async def remember_leaving(self, how: str) -> None:
        """Keeps what is known now, so that the next start can say what happened since."""
        if not self._journal.refusal:
            view = {"at": self._clock.now().isoformat(), "snapshot": left.snapshot(self._store.sessions), "how": how}
            try:
                await self._journal.keep(_LEFT_KEY, json.dumps(view))
            except JournalError as error:
                # Leaving must not look like a failure of what was done before.
                _LOG.warning("the state at the end could not be kept: %s", error.message)

    def journal_changed(self, _intent: Intent) -> None:
        self._beside(self.journal_lines())

    async def learn_points(self, session_id: str) -> None:
        """Looks the units behind a session's restore points up in the journal, each point once."""
        rows = self._store.artifacts(session_id).values()
        missing = {row.point_id for row in rows if row.unit_id is None and row.point_id} - self._asked_points
        if missing:
            if len(self._asked_points) > _POINTS_ASKED:
                self._asked_points.clear()
            self._asked_points |= missing
            known = await self._journal.units_of(sorted(missing))
            if known:
                self._store.apply(up.PointUnitsKnown(known))

    def _seen(self, change: Change) -> None:
        if Topic.UNITS in change.topics:
            for service in Service:
                fresh = self._store.freshness(units_of(service))
                if fresh.complete and fresh.asked_at != self._remembered.get(service):
                    self._remembered[service] = fresh.asked_at
                    self._beside(self._remember_names(service))
        if Topic.SESSIONS in change.topics or Topic.ARTIFACTS in change.topics:
            for session_id in sessions_to_name(self._store, self._asked_drafts - change.ids):
                self._asked_drafts.add(session_id)
                self._beside(self._learn_drafted(session_id))
        if Topic.ARTIFACTS in change.topics:
            for session_id in self._store.artifact_sessions() & change.ids:
                self._beside(self.learn_points(session_id))

    async def _learn_drafted(self, session_id: str) -> None:
        # Late, and in a thread: the first rows are about to be shown, and the first request of a command to be sent.
        retries = await asyncio.to_thread(import_module, "backup_tui.restore.retries")
        await retries.learn_drafted(self._journal, self._store, session_id)

    async def _remember_names(self, service: Service) -> None:
        now = self._clock.now()
        rows = [row for row in self._store.units[service].values() if not row.deleted and (row.address or row.title)]
        await self._journal.remember_names(
            [UnitName(row.id, service, row.address or "", row.title or "", now) for row in rows]
        )

    def _beside(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[object]) -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.warning("a background note failed: %s", type(error).__name__)


def _left_view(kept: str | None) -> up.LastVisit | None:
    if not kept:
        return None
    try:
        view = json.loads(kept)
        at, snapshot = datetime.fromisoformat(view["at"]), view["snapshot"]
        return up.LastVisit(at=at, snapshot=snapshot, how=str(view.get("how") or ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _destinations(intents: tuple[Intent, ...]) -> dict[str, Destination]:
    found: dict[str, Destination] = {}
    for intent in intents:
        if intent.kind is not IntentKind.CREATE or intent.session_id is None or intent.service is None:
            continue
        artifacts = json.loads(intent.body or "{}").get(intent.service.names.artifacts) or ()
        asked = {artifact.get("destinationType") for artifact in artifacts}
        known = [destination for destination in Destination if asked == {destination.value}]
        if known:
            found[intent.session_id] = known[0]
    return found


def _line(intent: Intent) -> up.JournalLine:
    return convert(intent, up.JournalLine, from_attributes=True)
