"""Everything that the store takes in. Nothing else writes it.

Times called `asked_at` and `at: float` are seconds of the monotonic clock; `datetime`s are the service's time, UTC.
A read carries the moment at which it was *asked for*: an answer is as old as its question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from backup_tui.models.calls import CallRecord
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.units import ProtectionUnit
from backup_tui.store.freshness import Key
from backup_tui.store.rows import KnownName, KnownPoint


@dataclass(frozen=True, slots=True)
class ServiceRead:
    """The service root was read, or (`error`) it may not or could not be."""

    root: BackupRestoreRoot | None = None
    error: str = ""
    asked_at: float = 0.0
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list was read, or a part of it.

    Attributes:
        key: Which list; its kind says what the items are.
        items: What could be read.
        complete: The whole list is here, so what is not in it is not at the service.
        unread: Entries that could not be read.
    """

    key: Key[Any]
    items: tuple[Any, ...]
    asked_at: float = 0.0
    complete: bool = True
    answered_at: datetime | None = None
    unread: int = 0

    @property
    def whole(self) -> bool:
        """Nothing of the list is lacking."""
        return self.complete and not self.unread


@dataclass(frozen=True, slots=True)
class PolicyRead:
    """One policy."""

    policy: ProtectionPolicy
    asked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class NotificationsRead:
    """Who gets mails about the backup, read or answered to a change."""

    setting: EmailNotificationsSetting
    asked_at: float = 0.0
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionRead:
    """One session, read by itself or answered to a change.

    Attributes:
        service: Counts when the session does not tell it, and so does `destination`.
        changed: It is the answer to a change of ours: what was asked for before it is dropped from now on.
    """

    session: RestoreSession
    asked_at: float
    answered_at: datetime | None = None
    service: Service | None = None
    destination: Destination | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class SessionMissing:
    """A read of one session was answered 404. One look alone is no proof; the second makes it gone."""

    session_id: str
    asked_at: float
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionGone:
    """The session certainly does not exist any more. `at`: answers asked for before it are dropped."""

    session_id: str
    at: float | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """One page of a service's units. `first` begins a new read of the list, `last` ends it."""

    service: Service
    items: tuple[ProtectionUnit, ...]
    first: bool
    last: bool
    asked_at: float = 0.0
    answered_at: datetime | None = None
    unread: int = 0


@dataclass(frozen=True, slots=True)
class UnitRead:
    """One unit, read by itself or answered to a change.

    Attributes:
        changed: It is the answer to a change of ours: a list that was asked for before it is older.
    """

    service: Service
    unit: ProtectionUnit
    asked_at: float = 0.0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class UnitsFailed:
    """The list of a service's units could not be read to its end; the pages that came stay."""

    service: Service
    error: str


@dataclass(frozen=True, slots=True)
class ReadingStarted:
    """A read of a collection (its key) is under way."""

    key: Key[Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadingSlow:
    """A read has been under way for long enough to be named in the header. `now`: the service's time."""

    now: datetime


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """A read of a collection failed; what was known stays.

    Attributes:
        missed: It counts as a missed poll (no answer came), not as an answer that says no.
        given_up: It was ended for another one before an answer came.
        denied: This sign-in may not read it.
        next_try: When it is tried again.
    """

    key: Key[Any]
    error: str
    at: datetime
    missed: bool = False
    given_up: bool = False
    denied: bool = False
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallFinished:
    """One try of a request ended."""

    record: CallRecord


@dataclass(frozen=True, slots=True)
class ThrottledUntil:
    """The service asked to wait; `None` when the wait is over."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class PausedUntil:
    """The person paused reading; `None` when it goes on."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class SignedOut:
    """The sign-in ended at `at`; `None` when there is one (again), with rights that may be others."""

    at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """What the connection line needs and does not change while the program runs.

    Attributes:
        host: Name of the service's host.
        demo_speed: How many times faster the demo runs; `None` when it is no demo.
        wrong_tenant: `production expects contoso.com, signed in to fabrikam.com.`; empty when the tenant is right.
        signs_in: This program can sign in again by itself; a token that was given to it cannot be renewed from here.
    """

    host: str
    demo_speed: float | None = None
    wrong_tenant: str = ""
    signs_in: bool = False


@dataclass(frozen=True, slots=True)
class WaitingForLock:
    """A change waits for another instance, in words; empty when it does not wait any more."""

    words: str


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A journal entry as Activity shows it.

    Attributes:
        kind: `create`, `edit`, `activate`, `delete`, `policyActivate`, `policyDeactivate`, `unitOffboard`,
            `unitCancelOffboard`, `notificationsEdit`.
        state: `open`, `done`, `rejected`, `notSent`, `unknown`, `resolvedDone`, `resolvedNotDone`.
    """

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


@dataclass(frozen=True, slots=True)
class JournalRead:
    """The journal's entries, newest first."""

    lines: tuple[JournalLine, ...]


@dataclass(frozen=True, slots=True)
class Mutated:
    """A change of a session was answered at `at` without the session: answers asked for before it are dropped."""

    session_id: str
    at: float


@dataclass(frozen=True, slots=True)
class NamesKnown:
    """Last known names of units, by unit id."""

    names: Mapping[str, KnownName]


@dataclass(frozen=True, slots=True)
class PointUnitsKnown:
    """Whose restore points these are, by point id."""

    points: Mapping[str, KnownPoint]


@dataclass(frozen=True, slots=True)
class DestinationsKnown:
    """Where sessions go, as the journal tells, by session id."""

    destinations: Mapping[str, Destination]


@dataclass(frozen=True, slots=True)
class LastVisit:
    """What was known when the program was left the last time.

    Attributes:
        at: When it was left.
        snapshot: From `left.snapshot`.
        how: `line dropped`, `left`, ...; shown in brackets, may be empty.
    """

    at: datetime
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    how: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A message for the person; it stays until the next one."""

    text: str
    at: datetime


Update: TypeAlias = (
    ServiceRead
    | ListRead
    | PolicyRead
    | NotificationsRead
    | SessionRead
    | SessionMissing
    | SessionGone
    | UnitsPage
    | UnitRead
    | UnitsFailed
    | ReadingStarted
    | ReadingSlow
    | ReadFailed
    | CallFinished
    | ThrottledUntil
    | PausedUntil
    | SignedOut
    | ConnectionFacts
    | WaitingForLock
    | JournalRead
    | Mutated
    | NamesKnown
    | PointUnitsKnown
    | DestinationsKnown
    | LastVisit
    | Told
)
