"""Pure summaries: how far a restore is, what needs a person, what is in restore already."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from backup_tui.models.service_state import End
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import policy_status
from backup_tui.store import freshness as fresh
from backup_tui.store.progress import Movement, progress
from backup_tui.store.retries import Retried, retried
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.store.store import Store

if TYPE_CHECKING:
    from backup_tui.models.policies import ProtectionPolicy

FAILED_SHOWN_FOR = timedelta(days=30)
"""Ended restores with failed units stay in "needs you" for so long; accounts can be undeleted for as long."""


# -- in restore now ------------------------------------------------------------------------------------------


class InFlight(Struct, frozen=True):
    """What of one service is being restored. `units`: units of running sessions that have not ended; `files`: single
    files and folders. `at_least`: some running session did not say how many it has."""

    units: int
    sessions: int
    at_least: bool
    files: int = 0


def in_flight(store: Store) -> dict[Service, InFlight]:
    """Per service what is in restore, to hold against 1,000 at a time."""
    found: dict[Service, InFlight] = {}
    for service in Service:
        running = [row for row in store.sessions.values() if row.running and row.service is service]
        left = Counter[bool]()
        for row in running:
            left[row.model.holds_files] += max(0, (row.total or 0) - (row.finished or 0))
        unknown = any(row.total is None for row in running)
        found[service] = InFlight(left[False], len(running), unknown, files=left[True])
    return found


def running_sessions(store: Store) -> int:
    """How many sessions run, to hold against 25; those of services that are unknown count too."""
    return sum(row.running for row in store.sessions.values())


def policy_units(store: Store, policy: "ProtectionPolicy") -> int | None:
    """How many units a policy has, as the service counts them or as they were listed; None when neither is known."""
    counts = policy.protection_policy_artifact_count
    if counts is not None and counts.total is not None:
        return counts.total
    if policy.service is None or not store.freshness(fresh.units_of(policy.service)).whole:
        return None
    return sum(row.policy_id == policy.id for row in store.units[policy.service].values())


def excluded_units(store: Store, policy: "ProtectionPolicy") -> int | None:
    """How many units a policy with full workload backup leaves out; None when unknown, 0 for an ordinary policy."""
    if not policy.is_full:
        return 0
    known = store.freshness(fresh.exclusions_of(policy.id))
    return len(store.details.exclusions(policy.id)) if known.whole else None


def excluded_names(store: Store, service: Service) -> tuple[str, ...]:
    """Addresses and object ids of what policies with full workload backup leave out of a service, as far as read."""
    full = (policy for policy in store.policies.values() if policy.is_full and policy.service is service)
    rows = (row for policy in full for row in store.details.exclusions(policy.id).values())
    return tuple(text for row in rows for text in (row.address, row.object_id) if text)


def restored_by_day(store: Store, service: Service, zone: tzinfo, now: datetime, days: int) -> tuple[int, ...]:
    """Units of a service restored on each of the last days, oldest first and today last, as far as is known. Single
    files and folders are not counted. `store`: where the sessions are; units that were read tell their own times, else
    the end of their session counts. `zone`: in which a day begins and ends."""
    today = now.astimezone(zone).date()
    counts = [0] * days

    def count(when: datetime | None, units: int) -> None:
        age = (today - when.astimezone(zone).date()).days if when is not None else days
        if 0 <= age < days:
            counts[-1 - age] += units

    for row in store.sessions.values():
        if row.service is not service or row.gone or not row.completed or row.model.holds_files:
            continue
        times = [one.completed for one in store.artifacts(row.id).values() if one.state.value == "succeeded"]
        for when in times:
            count(when, 1)
        count(row.completed_at or row.modified or row.created, max(0, row.completed - len(times)))
    return tuple(counts)


# -- what needs a person -------------------------------------------------------------------------------------


class NeedKind(StrEnum):
    """Why something needs a person."""

    UNKNOWN = "unknown"
    LOCKED = "locked"  # or soon to be
    FAILED = "failed"
    SLOW = "slow"
    DRAFT = "draft"
    POLICY = "policy"


class Need(Struct, frozen=True):
    """One thing that needs a person."""

    kind: NeedKind  # why
    id: str  # Session, policy or journal entry
    service: Service | None = None  # whose
    count: int | None = None  # failed units, or units of the draft
    # when it ended, was made, or last changed; of a lock: until when restores are allowed
    since: datetime | None = None
    by: str = ""  # who made the draft
    # failed units by the service's error code, the most frequent first; empty when they were not read
    causes: tuple[tuple[str, int], ...] = ()
    running: bool = False  # the session still runs
    # more about it: the reason of a stall, the policy's name, the change of unknown outcome; of failures that are not
    # those of one session, what failed
    words: str = ""
    destination: Destination | None = None  # of the session, as far as it is known
    offboarding: bool = False  # the policy is being taken out of backup for good
    retried: Retried | None = None  # what became of the failed units in later restores


def failed_causes(artifacts: Iterable[ArtifactRow]) -> tuple[tuple[str, int], ...]:
    """The error codes of failed units with their counts, most frequent first; an empty code was not reported."""
    counts = Counter(row.error_code for row in artifacts if row.state.value == "failed")
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def needs_you(store: Store, now: datetime) -> tuple[Need, ...]:
    """What needs a person, the most urgent first."""
    needs = [
        Need(NeedKind.UNKNOWN, str(line.id), line.service, since=line.at, by=line.user, words=line.summary)
        for line in store.intents
        if line.state == "unknown"
    ]
    service = store.connection.service
    if service.locked or service.end_of_restores(now) in (End.NEAR, End.PASSED):
        needs.append(Need(NeedKind.LOCKED, "", since=service.restores_until, words=service.headline))
    rows = sorted(
        (row for row in store.sessions.values() if not row.gone),
        key=lambda row: ((row.completed_at or row.modified or row.created or now), row.id),
        reverse=True,
    )
    needs += [need for row in rows if row.running for need in _needs_of_running(store, row, now)]
    needs += [
        need
        for row in rows
        if row.state.terminal and (row.failed or row.state.value == "failed") and _recent(row, now)
        for need in _failed(store, row)
    ]
    needs += [
        _need(NeedKind.DRAFT, row, row.total, row.created, by=row.created_by)
        for row in rows
        if row.state.value == "draft"
    ]
    needs += [
        Need(
            NeedKind.POLICY,
            policy.id,
            policy.service,
            policy.protection_policy_artifact_count.failed if policy.protection_policy_artifact_count else None,
            since=policy.last_modified_date_time,
            words=policy.display_name or "",
            offboarding=policy_status(policy.status).value == "offboardRequested",
        )
        for policy in sorted(store.policies.values(), key=lambda policy: policy.id)
        if policy_status(policy.status).value in ("activeWithErrors", "offboardRequested")
    ]
    return tuple(needs)


def _needs_of_running(store: Store, row: SessionRow, now: datetime) -> list[Need]:
    found = _failed(store, row) if row.failed else []
    state = progress(store, row.id, now)
    if state is not None and state.movement is Movement.SLOW:
        found.append(_need(NeedKind.SLOW, row, state.unfinished, state.last_finished, running=True, words=state.reason))
    return found


def _failed(store: Store, row: SessionRow) -> list[Need]:
    """What of a restore has failed and no later one has settled; nothing once that is all."""
    again, artifacts = retried(store, row.id), store.artifacts(row.id).values()
    if again.retries and not (again.left or again.live or (row.failed or 0) > again.failed):
        return []
    count = None if row.failed is None else row.failed - again.settled
    left = again.left if again.retries else None
    mine = artifacts if left is None else [one for one in artifacts if one.unit_id is None or one.unit_id in left]
    causes, ended = failed_causes(mine), row.completed_at or row.modified
    more = {"by": row.created_by, "causes": causes, "running": row.running, "retried": again}
    return [_need(NeedKind.FAILED, row, count, ended, **more)]


def _need(kind: NeedKind, row: SessionRow, count: int | None, since: datetime | None, **more: Any) -> Need:
    return Need(kind, row.id, row.service, count, since, destination=row.destination, **more)


def _recent(row: SessionRow, now: datetime) -> bool:
    ended = row.completed_at or row.modified or row.created
    return ended is None or now - ended <= FAILED_SHOWN_FOR
