"""The store: takes updates, compares, and tells listeners only what differs.

It is used from one thread (the event loop's) and never waits. Everything that `apply` takes is in `updates`; what comes
out is read from the attributes, best through `views` and `summary`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import singledispatchmethod
from types import MappingProxyType

from msgspec.structs import replace

from backup_tui.models.listeners import Listeners
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.remembered import UnitName
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.statuses import session_status
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.access import Denial, after_answer
from backup_tui.store.artifact_collection import ArtifactCollection
from backup_tui.store.call_log import CallLog
from backup_tui.store.changes import Change, Topic, change, joined, of_artifacts
from backup_tui.store.connection import (
    ConnectionState,
    after_call,
    after_silence,
    looks_the_same,
    told,
    while_reading,
    with_journal,
    with_service,
)
from backup_tui.store.freshness import FreshnessBook, Kind
from backup_tui.store.last_visit import ChangesSinceLastVisit, difference
from backup_tui.store.protection_details import PolicyCollection, ProtectionDetails
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.store.session_collection import SessionCollection
from backup_tui.store.unit_table import UnitTable

Listener = Callable[[Change], None]


class Store:
    """One truth in memory. `finished_samples`: when a session's number of finished units was seen to move, and to what;
    oldest first. `changed_by_us_at`: when a change of ours to a session was answered last (monotonic). `sessions`: by
    id, gone ones included. `service_root`: `None` when not read or not readable. `denials`: what the service refused
    this sign-in, by feature id. `left`: what happened since the program was left."""

    def __init__(self) -> None:
        self._policies = PolicyCollection()
        self._sessions = SessionCollection()
        self._names: dict[str, UnitName] = {}
        self._drafted: dict[str, frozenset[str]] = {}
        self._artifacts = ArtifactCollection(self._name_of)
        self._freshness = FreshnessBook()
        self._left_view: up.LastVisit | None = None
        self._listeners = Listeners[Change]()
        self.freshness = self._freshness.of
        self.finished_samples = self._sessions.samples
        self.changed_by_us_at = self._sessions.changed_by_us_at
        self.sessions: Mapping[str, SessionRow] = MappingProxyType(self._sessions.rows)
        self.policies: Mapping[str, ProtectionPolicy] = MappingProxyType(self._policies.rows)
        self.names: Mapping[str, UnitName] = MappingProxyType(self._names)
        self.units: Mapping[Service, UnitTable] = MappingProxyType(
            {service: UnitTable(service, self._names) for service in Service}
        )
        self.service_root: BackupRestoreRoot | None = None
        self.details = ProtectionDetails(self._freshness)
        self.calls = CallLog()
        self.intents: tuple[up.JournalLine, ...] = ()
        self.connection = ConnectionState()
        self.denials: Mapping[str, Denial] = {}
        self.left: ChangesSinceLastVisit | None = None
        self.message: up.Told | None = None

    # -- reading ---------------------------------------------------------------------------------------------

    def artifacts(self, session_id: str) -> Mapping[str, ArtifactRow]:
        """Rows of a session's units by artifact id; empty when they were not read (`freshness` tells)."""
        return MappingProxyType(dict(self._artifacts.of(session_id)))

    def unit_ids(self, session_id: str) -> frozenset[str]:
        """The units of a session: as they were read, else as they were drafted here; empty when neither is known."""
        return self._artifacts.unit_ids(session_id) or self._drafted.get(session_id, frozenset())

    def artifact_sessions(self) -> frozenset[str]:
        return frozenset(self._artifacts.sessions())

    def name_of(self, unit_id: str) -> str:
        """What to call a unit: as it is listed, else as it was seen last; empty when neither is known."""
        return self._name_of(unit_id)[0]

    def _name_of(self, unit_id: str) -> tuple[str, bool]:
        """What to call a unit, and whether the service calls it that now."""
        for table in self.units.values():
            row = table.get(unit_id)
            if row is not None and (row.address or row.title):
                return row.address or row.title, not row.deleted
        known = self._names.get(unit_id)
        return (known.address or known.title or "") if known else "", False

    @property
    def last_change_by_us(self) -> float | None:
        return self._sessions.last_change_by_us

    # -- writing ---------------------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tells `listener` every change from now on; the answer ends that."""
        return self._listeners.subscribe(listener)

    def apply(self, update: up.Update) -> Change | None:
        """Takes an update in and tells the listeners what differs by it. Returns that too."""
        differs = joined(self._take(update), self._reading_changed())
        if differs is not None:
            self._listeners.tell(differs)
        return differs

    def _reading_changed(self) -> Change | None:
        """A read ended: the header names none, or a slow one that continues."""
        shown = self.connection.reading_since
        if shown is None or shown == self._freshness.reading_since:
            return None
        return self._connect(replace(self.connection, reading_since=None))

    @singledispatchmethod
    def _take(self, update: object) -> Change | None:
        raise TypeError(f"not an update of the store: {type(update).__name__}")

    # service, policies

    @_take.register
    def _(self, update: up.ServiceRead) -> Change | None:
        key = fresh.SERVICE_ROOT
        flipped = self._freshness.answered(
            key, update.asked_at, update.answered_at, complete=not update.error, error=update.error
        )
        connection = None
        if not update.error and update.root != self.service_root:
            self.service_root = update.root
            flipped = True
            connection = self._connect(with_service(self.connection, update.root))
        return joined(change(Topic.SERVICE) if flipped else None, connection)

    @_take.register
    def _(self, update: up.ListRead) -> Change | None:
        match update.key.kind:
            case Kind.POLICIES:
                return self._take_policies(update)
            case Kind.SESSIONS:
                return self._take_sessions(update)
            case Kind.ARTIFACTS:
                return self._take_artifacts(update)
            case _:
                return self.details.take_list(update)

    def _take_policies(self, update: up.ListRead) -> Change | None:
        ids = {policy.id for policy in update.items if self._policies.take(policy)}
        if update.whole:
            ids |= self._policies.keep_only(policy.id for policy in update.items)
        flipped = self._freshness.listed(update, len(self.policies))
        return change(Topic.POLICIES, *ids) if ids or flipped else None

    @_take.register
    def _(self, update: up.PolicyRead) -> Change | None:
        return change(Topic.POLICIES, update.policy.id) if self._policies.take(update.policy) else None

    @_take.register
    def _(self, update: up.NotificationsRead) -> Change | None:
        return self.details.take_notifications(update)

    # sessions, artifacts

    def _take_sessions(self, update: up.ListRead) -> Change | None:
        ids = {
            session.id
            for session in update.items
            if self._sessions.take(session, asked_at=update.asked_at, answered_at=update.answered_at)
        }
        if update.whole:
            ids.update(self._sessions.miss_all_but((one.id for one in update.items), asked_at=update.asked_at))
        flipped = self._freshness.listed(update, sum(not row.gone for row in self.sessions.values()))
        return joined(
            change(Topic.SESSIONS, *ids) if ids or flipped else None,
            self._note_seen(update.answered_at),
            self._say_left() if update.complete else None,
        )

    @_take.register
    def _(self, update: up.SessionRead) -> Change | None:
        if update.changed:
            self._sessions.mutated(update.session.id, update.asked_at)
        differs = self._sessions.take(
            update.session,
            asked_at=update.asked_at,
            answered_at=update.answered_at,
            service=update.service,
            destination=update.destination,
        )
        self._freshness.answered(fresh.session_of(update.session.id), update.asked_at, update.answered_at)
        return joined(
            change(Topic.SESSIONS, update.session.id) if differs else None, self._note_seen(update.answered_at)
        )

    @_take.register
    def _(self, update: up.SessionMissing) -> Change | None:
        gone = self._sessions.miss(update.session_id, asked_at=update.asked_at)
        self._freshness.answered(fresh.session_of(update.session_id), update.asked_at, update.answered_at, count=0)
        return joined(change(Topic.SESSIONS, update.session_id) if gone else None, self._note_seen(update.answered_at))

    @_take.register
    def _(self, update: up.SessionGone) -> Change | None:
        gone = self._sessions.gone(update.session_id, at=update.at)
        return joined(change(Topic.SESSIONS, update.session_id) if gone else None, self._note_seen(update.answered_at))

    def _take_artifacts(self, update: up.ListRead) -> Change | None:
        session_id = update.key.of
        session = self.sessions.get(session_id)
        changed_at = self._sessions.changed_by_us_at(session_id)
        if changed_at is not None and update.asked_at < changed_at:
            self._freshness.overtaken(update.key)
            return None
        ids, dropped = self._artifacts.take(
            session_id,
            update.items,
            asked_at=update.asked_at,
            complete=update.whole,
            editable=session is None or session_status(session.status).value == "draft",
        )
        for known in dropped:
            self._freshness.forget(fresh.artifacts_of(known))
        flipped = self._freshness.listed(update, len(self._artifacts.of(session_id)))
        destination = self._artifacts.destination(session_id)
        moved = self._sessions.destinations({session_id: destination}) if destination else []
        return joined(
            change(Topic.ARTIFACTS, session_id, *ids) if ids or flipped else None,
            change(Topic.SESSIONS, *moved) if moved else None,
        )

    @_take.register
    def _(self, update: up.Mutated) -> Change | None:
        self._sessions.mutated(update.session_id, update.at)
        return None

    @_take.register
    def _(self, update: up.DestinationsKnown) -> Change | None:
        ids = self._sessions.destinations(update.destinations)
        return change(Topic.SESSIONS, *ids) if ids else None

    @_take.register
    def _(self, update: up.DraftedUnits) -> Change | None:
        if self._drafted.get(update.session_id) == update.unit_ids:
            return None
        self._drafted[update.session_id] = update.unit_ids
        return change(Topic.SESSIONS, update.session_id)

    @_take.register
    def _(self, update: up.PointUnitsKnown) -> Change | None:
        return of_artifacts(self._artifacts.learn(update.points))

    # units

    @_take.register
    def _(self, update: up.UnitsPage) -> Change | None:
        table = self.units[update.service]
        ids = table.take(update.items, first=update.first, last=update.last, asked_at=update.asked_at)
        key = fresh.units_of(update.service)
        unread = update.unread + (0 if update.first else self.freshness(key).unread)
        flipped = self._freshness.answered(
            key,
            update.asked_at,
            update.answered_at,
            complete=update.last,
            count=len(table),
            unread=unread,
            going_on=not update.last,
        )
        return joined(
            change(Topic.UNITS, update.service.value, *ids) if ids or flipped or update.first else None,
            of_artifacts(self._artifacts.fill_names()) if ids and update.last else None,
        )

    @_take.register
    def _(self, update: up.UnitRead) -> Change | None:
        table = self.units[update.service]
        if not table.take_one(update.unit, asked_at=update.asked_at, changed=update.changed):
            return None
        return change(Topic.UNITS, update.service.value, update.unit.id)

    @_take.register
    def _(self, update: up.UnitsFailed) -> Change | None:
        self.units[update.service].failed()
        self._freshness.failed(fresh.units_of(update.service), update.error, broken_off=True)
        return change(Topic.UNITS, update.service.value)

    @_take.register
    def _(self, update: up.NamesKnown) -> Change | None:
        self._names.update(update.names)
        ids: set[str] = set()
        for service, table in self.units.items():
            learnt = table.learn(update.names)
            if learnt:
                ids |= {service.value, *learnt}
        return joined(change(Topic.UNITS, *ids) if ids else None, of_artifacts(self._artifacts.fill_names()))

    # freshness

    @_take.register
    def _(self, update: up.ReadingStarted) -> Change | None:
        self._freshness.started(update.key, update.at)
        return None

    @_take.register
    def _(self, update: up.ReadingSlow) -> Change | None:
        return self._connect(while_reading(self.connection, self._freshness.reading_since, update.now))

    @_take.register
    def _(self, update: up.ReadFailed) -> Change | None:
        began = self._freshness.of(update.key).reading_since
        flipped = self._freshness.failed(update.key, update.error, denied=update.denied)
        after = (
            after_silence(self.connection, began, update.next_try, polls=int(update.missed))
            if update.missed or update.given_up
            else replace(self.connection, next_try=update.next_try)
        )
        return joined(change(update.key.kind.topic) if flipped else None, self._connect(after))

    # calls, connection

    @_take.register
    def _(self, update: up.CallFinished) -> Change | None:
        new = self.calls.add(update.record)
        denials = after_answer(self.denials, update.record)
        switched = denials is not self.denials
        self.denials = denials
        return joined(
            change(Topic.CALLS, update.record.id) if new else None,
            change(Topic.ACCESS) if switched else None,
            self._connect(after_call(self.connection, update.record)),
        )

    @_take.register
    def _(self, update: up.ConnectionUpdate) -> Change | None:
        forgotten = None
        if isinstance(update, up.SignedOut) and update.at is None and self.denials:
            # A new sign-in may have other rights: what the one before was refused is tried again.
            self.denials, forgotten = {}, change(Topic.ACCESS)
        return joined(forgotten, self._connect(told(self.connection, update)))

    def _connect(self, state: ConnectionState) -> Change | None:
        same = looks_the_same(self.connection, state)
        self.connection = state
        return None if same else change(Topic.CONNECTION)

    def _note_seen(self, at: datetime | None) -> Change | None:
        moves = self._sessions.take_seen()
        if at is None or not moves:
            return None
        return change(Topic.CALLS, *(self.calls.saw(move.session_id, move.words, at) for move in moves))

    # journal, leaving, message

    @_take.register
    def _(self, update: up.JournalRead) -> Change | None:
        if update.lines == self.intents:
            return None
        before = {line.id: line for line in self.intents}
        ids = {str(line.id) for line in update.lines if before.pop(line.id, None) != line}
        ids |= {str(intent_id) for intent_id in before}
        self.intents = update.lines
        return joined(change(Topic.JOURNAL, *ids), self._connect(with_journal(self.connection, update.lines)))

    @_take.register
    def _(self, update: up.LastVisit) -> Change | None:
        self._left_view = update
        return self._say_left() if self.freshness(fresh.SESSIONS).complete else None

    def _say_left(self) -> Change | None:
        if self._left_view is None:
            return None
        self.left = difference(self._left_view, self.sessions)
        self._left_view = None
        return change(Topic.LEFT)

    @_take.register
    def _(self, update: up.Told) -> Change | None:
        if update == self.message:
            return None
        self.message = update
        return change(Topic.MESSAGE)
