"""How old and how complete a collection is, so that a screen never shows a part as the whole."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.models.services import Service
from backup_tui.store.changes import Topic

if TYPE_CHECKING:
    from backup_tui.models.activity_logs import ActivityLog
    from backup_tui.models.artifacts import RestoreArtifact
    from backup_tui.models.notifications import EmailNotificationsSetting
    from backup_tui.models.policies import ProtectionPolicy
    from backup_tui.models.rules import ProtectionRule
    from backup_tui.models.service_apps import ServiceApp
    from backup_tui.models.service_root import BackupRestoreRoot
    from backup_tui.models.sessions import RestoreSession
    from backup_tui.models.unit_jobs import UnitsJob
    from backup_tui.models.units import ExclusionUnit, ProtectionUnit
    from backup_tui.store.updates import ListRead

T_co = TypeVar("T_co", covariant=True)


class Kind(Enum):
    """The kinds of collection, each with its name and the part of the store that it belongs to."""

    SERVICE_ROOT = ("service", Topic.SERVICE)
    SERVICE_APPS = ("serviceApps", Topic.SERVICE)
    NOTIFICATIONS = ("notifications", Topic.SERVICE)
    POLICIES = ("policies", Topic.POLICIES)
    POLICY = ("policy", Topic.POLICIES)
    RULES = ("rules", Topic.INCLUSION)
    UNIT_JOBS = ("unitJobs", Topic.INCLUSION)
    SESSIONS = ("sessions", Topic.SESSIONS)
    SESSION = ("session", Topic.SESSIONS)
    ARTIFACTS = ("artifacts", Topic.ARTIFACTS)
    UNITS = ("units", Topic.UNITS)
    EXCLUSIONS = ("exclusions", Topic.INCLUSION)
    ACTIVITY_LOG = ("activityLog", Topic.SERVICE_LOG)

    @property
    def topic(self) -> Topic:
        return self.value[1]


class Key(Struct, Generic[T_co], frozen=True):
    """Names one collection; `T_co` is what a read of it gives. `of`: whose it is: a session's or policy's id, or a
    service; empty where there is only one."""

    kind: Kind
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value[0]}:{self.of}" if self.of else self.kind.value[0]


SERVICE_ROOT: "Key[BackupRestoreRoot]" = Key(Kind.SERVICE_ROOT)
POLICIES: "Key[tuple[ProtectionPolicy, ...]]" = Key(Kind.POLICIES)
SESSIONS: "Key[tuple[RestoreSession, ...]]" = Key(Kind.SESSIONS)
SERVICE_APPS: "Key[tuple[ServiceApp, ...]]" = Key(Kind.SERVICE_APPS)
NOTIFICATIONS: "Key[EmailNotificationsSetting]" = Key(Kind.NOTIFICATIONS)
ACTIVITY_LOG: "Key[tuple[ActivityLog, ...]]" = Key(Kind.ACTIVITY_LOG)


# Keys of what belongs to a session or a policy, by its id, or to a service
artifacts_of: "Callable[[str], Key[tuple[RestoreArtifact, ...]]]" = partial(Key, Kind.ARTIFACTS)
session_of: "Callable[[str], Key[RestoreSession]]" = partial(Key, Kind.SESSION)
policy_of: "Callable[[str], Key[ProtectionPolicy]]" = partial(Key, Kind.POLICY)
units_of: "Callable[[Service], Key[tuple[ProtectionUnit, ...]]]" = partial(Key, Kind.UNITS)
rules_of: "Callable[[str], Key[tuple[ProtectionRule, ...]]]" = partial(Key, Kind.RULES)
exclusions_of: "Callable[[str], Key[tuple[ExclusionUnit, ...]]]" = partial(Key, Kind.EXCLUSIONS)
unit_jobs_of: "Callable[[str], Key[tuple[UnitsJob, ...]]]" = partial(Key, Kind.UNIT_JOBS)


class Freshness(Struct, frozen=True):
    """How far a collection can be trusted. `asked_at`: monotonic seconds of the last answered read. `answered_at`: the
    service's time, `None` before the first answer. `denied`: this sign-in may not make the read."""

    asked_at: float | None = None
    answered_at: datetime | None = None
    complete: bool = False
    count: int = 0
    reading_since: datetime | None = None
    error: str = ""
    denied: bool = False
    unread: int = 0

    @property
    def whole(self) -> bool:
        """What is not among the rows is not at the service."""
        return self.complete and not self.unread

    @property
    def never_read(self) -> bool:
        return self.answered_at is None and self.asked_at is None


UNREAD = Freshness()  # of a collection that nobody has asked for


class FreshnessBook:
    """The freshness of every collection, by key."""

    def __init__(self) -> None:
        self._known: dict[Key[Any], Freshness] = {}

    def of(self, key: Key[Any]) -> Freshness:
        return self._known.get(key, UNREAD)

    @property
    def reading_since(self) -> datetime | None:
        return min((one.reading_since for one in self._known.values() if one.reading_since), default=None)

    def started(self, key: Key[Any], at: datetime) -> None:
        self._known[key] = replace(self.of(key), reading_since=at)

    def overtaken(self, key: Key[Any]) -> None:
        """An answer came that tells the past and was dropped: the read ended, and nothing is fresher by it."""
        self._known[key] = replace(self.of(key), reading_since=None)

    def failed(self, key: Key[Any], error: str, *, broken_off: bool = False, denied: bool = False) -> bool:
        """A read failed; `broken_off` when a part came. Returns whether what a screen says differs."""
        old = self.of(key)
        complete = old.complete and not broken_off
        self._known[key] = replace(old, reading_since=None, error=error, complete=complete, denied=denied)
        return (old.error, old.complete, old.denied) != (error, complete, denied)

    def answered(
        self,
        key: Key[Any],
        asked_at: float,
        answered_at: datetime | None,
        *,
        complete: bool = True,
        count: int = 1,
        error: str = "",
        unread: int = 0,
        going_on: bool = False,
    ) -> bool:
        """Notes an answer; returns whether what a screen says about the collection differs."""
        old = self.of(key)
        overtaken = asked_at < (asked_at if old.asked_at is None else old.asked_at)
        new = Freshness(
            asked_at=asked_at if old.asked_at is None else max(asked_at, old.asked_at),
            answered_at=answered_at or old.answered_at,
            complete=complete or (old.complete and overtaken),
            count=count,
            reading_since=(old.reading_since or answered_at) if going_on else None,
            error=error,
            unread=unread,
        )
        self._known[key] = new
        return old.never_read or (old.complete, old.error, old.unread) != (new.complete, new.error, new.unread)

    def listed(self, update: "ListRead", count: int) -> bool:
        """Notes the answer of a list of which `count` rows are known now; returns what `answered` does."""
        return self.answered(
            update.key, update.asked_at, update.answered_at, complete=update.complete, count=count, unread=update.unread
        )

    def forget(self, key: Key[Any]) -> None:
        self._known.pop(key, None)
