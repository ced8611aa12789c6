"""Everything that the store accepts. Nothing else writes to it.

Times called `asked_at` and `at: float` are seconds of the monotonic clock; `datetime`s are the service's time, UTC. A
read has the moment at which it was *requested*: an answer is as old as its question."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from backup_tui.models.calls import CallRecord
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.remembered import PointUnit, UnitName
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.units import ProtectionUnit
from backup_tui.store.freshness import Key


class Update(Struct, frozen=True):
    """Something that the store takes in."""


class ServiceRead(Update, frozen=True):
    """The service root was read, or (`error`) it may not or could not be."""

    root: BackupRestoreRoot | None = None
    error: str = ""
    asked_at: float = 0.0
    answered_at: datetime | None = None


class ListRead(Update, frozen=True):
    """A list was read, or a part of it. `complete`: the whole list is here, so what is not in it is not at the service.
    `unread`: entries that could not be read."""

    key: Key[Any]
    items: tuple[Any, ...]
    asked_at: float = 0.0
    complete: bool = True
    answered_at: datetime | None = None
    unread: int = 0

    @property
    def whole(self) -> bool:
        return self.complete and not self.unread


class PolicyRead(Update, frozen=True):
    """One policy."""

    policy: ProtectionPolicy
    asked_at: float = 0.0


class NotificationsRead(Update, frozen=True):
    """Who gets mails about the backup, read or answered to a change."""

    setting: EmailNotificationsSetting
    asked_at: float = 0.0
    answered_at: datetime | None = None


class SessionRead(Update, frozen=True):
    """One session, read on its own or returned by a change. `service`: counts when the session does not tell it, and so
    does `destination`. `changed`: it is the answer to a change of ours: what was asked for before it is dropped from
    now on."""

    session: RestoreSession
    asked_at: float
    answered_at: datetime | None = None
    service: Service | None = None
    destination: Destination | None = None
    changed: bool = False


class SessionMissing(Update, frozen=True):
    """A read of one session was answered 404. One read alone does not prove it; the second makes it gone."""

    session_id: str
    asked_at: float
    answered_at: datetime | None = None


class SessionGone(Update, frozen=True):
    """The session certainly no longer exists. `at`: answers requested before it are dropped."""

    session_id: str
    at: float | None = None
    answered_at: datetime | None = None


class UnitsPage(Update, frozen=True):
    """One page of a service's units. `first` begins a new read of the list, `last` ends it."""

    service: Service
    items: tuple[ProtectionUnit, ...]
    first: bool
    last: bool
    asked_at: float = 0.0
    answered_at: datetime | None = None
    unread: int = 0


class UnitRead(Update, frozen=True):
    """One unit, read on its own or returned by a change. `changed`: it is the answer to a change of ours: a list that
    was asked for before it is older."""

    service: Service
    unit: ProtectionUnit
    asked_at: float = 0.0
    changed: bool = False


class UnitsFailed(Update, frozen=True):
    """The list of a service's units could not be read to its end; the pages that came stay."""

    service: Service
    error: str


class ReadingStarted(Update, frozen=True):
    """A read of a collection (its key) is under way."""

    key: Key[Any]
    at: datetime


class ReadingSlow(Update, frozen=True):
    """A read has been under way for long enough to be named in the header. `now`: the service's time."""

    now: datetime


class ReadFailed(Update, frozen=True):
    """A read of a collection failed; what was known stays. `missed`: it counts as a missed poll (no answer came), not
    as an answer that says no. `given_up`: it was ended for another one before an answer came."""

    key: Key[Any]
    error: str
    at: datetime
    missed: bool = False
    given_up: bool = False
    denied: bool = False
    next_try: datetime | None = None


class CallFinished(Update, frozen=True):
    """One try of a request ended."""

    record: CallRecord


class ConnectionUpdate(Update, frozen=True):
    """Something about the way to the service."""


class ThrottledUntil(ConnectionUpdate, frozen=True):
    """The service asked to wait; `None` when the wait is over."""

    until: datetime | None


class PausedUntil(ConnectionUpdate, frozen=True):
    """The person paused reading; `None` when it continues."""

    until: datetime | None


class SignedOut(ConnectionUpdate, frozen=True):
    """The sign-in ended at `at`; `None` when there is one (again), with rights that may be others."""

    at: datetime | None


class ConnectionFacts(ConnectionUpdate, frozen=True):
    """What the connection line needs and does not change while the program runs. `wrong_tenant`: `production expects
    contoso.com, signed in to fabrikam.com.`; empty when the tenant is right. `signs_in`: this program can sign in again
    on its own; a token given to it cannot be renewed."""

    host: str
    demo_speed: float | None = None
    wrong_tenant: str = ""
    signs_in: bool = False


class WaitingForLock(ConnectionUpdate, frozen=True):
    """A change waits for another instance, in words; empty when it no longer waits."""

    words: str


class JournalLine(Struct, frozen=True):
    """A journal entry as Activity shows it. `kind`: a value of `IntentKind`, such as `policyActivate`. `state`: `open`,
    `done`, `rejected`, `notSent`, `unknown`, `resolvedDone`, `resolvedNotDone`."""

    id: int
    kind: str
    state: str
    summary: str
    user: str
    at: datetime
    service: Service | None = None
    target: str | None = None
    session_id: str | None = None
    answered_at: datetime | None = None
    status: int | None = None
    code: str = ""
    request_id: str | None = None
    client_request_id: str | None = None
    note: str = ""
    body: str = ""


class JournalRead(Update, frozen=True):
    """The journal's entries, newest first."""

    lines: tuple[JournalLine, ...]


class Mutated(Update, frozen=True):
    """A change of a session was answered at `at` without the session: answers asked for before it are dropped."""

    session_id: str
    at: float


class NamesKnown(Update, frozen=True):
    """Last known names of units, by unit id."""

    names: Mapping[str, UnitName]


class PointUnitsKnown(Update, frozen=True):
    """Whose restore points these are, by point id."""

    points: Mapping[str, PointUnit]


class DraftedUnits(Update, frozen=True):
    """The units of a session that was drafted here, as the journal tells."""

    session_id: str
    unit_ids: frozenset[str]


class DestinationsKnown(Update, frozen=True):
    """Where sessions go, as the journal tells, by session id."""

    destinations: Mapping[str, Destination]


class LastVisit(Update, frozen=True):
    """What was known when the program was left the last time. `snapshot`: from `left.snapshot`. `how`: `line dropped`,
    `left`, ...; shown in brackets, may be empty."""

    at: datetime
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    how: str = ""


class Told(Update, frozen=True):
    """A message for the person; it stays until the next one."""

    text: str
    at: datetime
