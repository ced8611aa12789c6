"""The rules of what is read how often, as pure functions of what is shown and what is known.

Sessions come as one list, so that 25 running restores cost one read (a few, with a long history) and not 25. Units of
a session are read for the session that is open, and only when its counts moved."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import inf
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.models.focus import Focus
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import policy_status
from backup_tui.store import freshness as fresh
from backup_tui.store.freshness import Key, Kind
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.summary import policy_units
from backup_tui.sync.collections import ArtifactMark, signature

FAST, STEADY, RELAXED, CALM, RARE = 5.0, 15.0, 30.0, 60.0, 300.0  # seconds between two reads of one thing

SELDOM = 1800.0
"""Seconds between two reads of what hardly ever changes: who is in control, who gets mails, rules that are applied."""

OPTIONAL = frozenset(
    {Kind.SERVICE_APPS, Kind.NOTIFICATIONS, Kind.RULES, Kind.UNIT_JOBS, Kind.EXCLUSIONS, Kind.ACTIVITY_LOG}
)
"""Optional reads: where they are not permitted, they are not repeated for a long time."""

_CONTROL = (fresh.SERVICE_APPS, fresh.NOTIFICATIONS)

AFTER_CHANGE = 120.0  # seconds after a change of ours during which lists are read fast

PER_PAGE = 2.0
"""A list of n pages is read at most every n times so many seconds: half of the budget at most goes into one list."""

ADDRESS_EVERY = 120.0
ADDRESS_FOR = timedelta(minutes=60)
"""A new location's address may come late; so often and for so long after the end it is looked for."""

CAUSES_OF = 5  # ended sessions with failed units whose causes the overview reads, newest first, once each

CAUSES_WITHIN = timedelta(days=30)

DESTINATIONS_OF = 20
"""Drafts and running restores whose destination is looked up in their units, once each, running and newest first."""

_FIRST_BACKOFF, _LAST_BACKOFF = 5.0, 120.0


class PlannedRead(Struct, frozen=True):
    """Something that should be read. `every`: seconds between two reads; `inf` for once. `background`: nice to have:
    only with plenty of budget left."""

    key: Key[Any]
    every: float
    background: bool = False


def backoff(failures: int) -> float:
    """Seconds until a read is tried again after so many failures in a row (1 for the first)."""
    return min(_FIRST_BACKOFF * 2.0 ** min(failures - 1, 10), _LAST_BACKOFF)


def plan_reads(
    store: Store,
    focus: Focus,
    *,
    monotonic: float,
    now: datetime,
    pages: Mapping[Key[Any], int],
    marks: Mapping[str, ArtifactMark],
    slower: float = 1.0,
) -> tuple[PlannedRead, ...]:
    """What should be read, the most important first. `monotonic`: seconds of the clock that never jumps. `slower`: so
    many times the usual seconds lie between two reads; nothing becomes rarer than `RARE` by it."""
    plan = _plan(store, focus, monotonic=monotonic, now=now, pages=pages, marks=marks)
    if slower == 1.0:
        return plan
    return tuple(replace(one, every=max(one.every, min(one.every * slower, RARE))) for one in plan)


def _plan(
    store: Store,
    focus: Focus,
    *,
    monotonic: float,
    now: datetime,
    pages: Mapping[Key[Any], int],
    marks: Mapping[str, ArtifactMark],
) -> tuple[PlannedRead, ...]:
    if focus.screen == "none":
        return ()
    plan: list[PlannedRead] = []
    if focus.screen == "session" and focus.session_id is not None:
        plan += _open_session(store, focus.session_id, now=now, pages=pages, marks=marks)
    spread = PER_PAGE * pages.get(fresh.SESSIONS, 1)
    plan.append(PlannedRead(fresh.SESSIONS, max(_sessions_every(store, focus, monotonic), spread)))
    plan.append(PlannedRead(fresh.POLICIES, _policies_every(store, focus)))
    # A lock that begins or ends decides what may be done now, so it must not be news of five minutes ago.
    plan.append(PlannedRead(fresh.SERVICE_ROOT, CALM))
    if focus.screen in ("units", "form", "policies") and focus.service is not None:
        plan.append(PlannedRead(fresh.units_of(focus.service), inf))
    if focus.screen == "policies" and focus.service is None:
        plan += _uncounted(store)
    if focus.screen == "policies" and focus.policy_id is not None and focus.service is not None:
        plan += _inclusion(store, focus.policy_id)
    if focus.screen in ("policies", "units", "form"):
        plan += _excluded(store, focus)
    if focus.screen in ("overview", "service"):
        plan += [PlannedRead(key, SELDOM, background=focus.screen == "overview") for key in _CONTROL]
    if focus.screen == "overview":
        plan += _causes(store, now, marks)
    if focus.screen in ("overview", "sessions"):
        plan += _destinations(store, marks)
    if focus.service_log:
        every = max(CALM, PER_PAGE * pages.get(fresh.ACTIVITY_LOG, 1)) if focus.screen == "activity" else SELDOM
        plan.append(PlannedRead(fresh.ACTIVITY_LOG, every, background=focus.screen != "activity"))
    if focus.screen == "plan":
        plan += _units_of_plan(store, focus, pages, marks)
    return tuple(plan)


def shown_keys(store: Store, focus: Focus) -> tuple[Key[Any], ...]:
    """What a person means by "read again now" on a screen."""
    match focus.screen:
        case "overview":
            return (fresh.SESSIONS, fresh.POLICIES, fresh.SERVICE_ROOT, *_CONTROL)
        case "service":
            return (fresh.SERVICE_ROOT, *_CONTROL)
        case "policies":
            if focus.service is None:
                return (fresh.POLICIES,)
            units: tuple[Key[Any], ...] = (fresh.POLICIES, fresh.units_of(focus.service))
            if focus.policy_id is None:
                return units
            policy = store.policies.get(focus.policy_id)
            if policy is not None and policy.is_full:
                units = (*units, fresh.exclusions_of(policy.id))
            return (*units, fresh.rules_of(focus.policy_id), fresh.unit_jobs_of(focus.policy_id))
        case "sessions" | "activity" | "plan":
            rows = (store.sessions.get(session_id) for session_id in focus.session_ids)
            log = (fresh.ACTIVITY_LOG,) if focus.service_log else ()
            return (
                *log,
                fresh.SESSIONS,
                *(fresh.artifacts_of(row.id) for row in rows if row is not None and row.running),
            )
        case "units" | "form":
            return (fresh.units_of(focus.service),) if focus.service else ()
        case "session":
            if focus.session_id is None:
                return ()
            keys: list[Key[Any]] = [fresh.session_of(focus.session_id)]
            row = store.sessions.get(focus.session_id)
            if row is not None and row.service is not None:
                keys.append(fresh.artifacts_of(focus.session_id))
            return tuple(keys)
        case _:
            return ()


def _excluded(store: Store, focus: Focus) -> list[PlannedRead]:
    """What policies with full workload backup leave out: without it nobody knows what they protect."""
    return [
        PlannedRead(fresh.exclusions_of(policy.id), SELDOM, background=focus.policy_id != policy.id)
        for policy in store.policies.values()
        if policy.is_full and policy.service is not None and focus.service in (None, policy.service)
    ]


def _uncounted(store: Store) -> list[PlannedRead]:
    """Units of the services whose policies do not say how many they have: the list of policies counts them, once."""
    services = {policy.service for policy in store.policies.values() if policy_units(store, policy) is None}
    return [PlannedRead(fresh.units_of(service), inf, background=True) for service in Service if service in services]


def _inclusion(store: Store, policy_id: str) -> list[PlannedRead]:
    rules, jobs = store.details.rules(policy_id).values(), store.details.unit_jobs(policy_id).values()
    return [
        PlannedRead(fresh.rules_of(policy_id), RELAXED if any(row.state.moving for row in rules) else SELDOM),
        PlannedRead(fresh.unit_jobs_of(policy_id), STEADY if any(row.state.moving for row in jobs) else SELDOM),
    ]


def _sessions_every(store: Store, focus: Focus, monotonic: float) -> float:
    changed = store.last_change_by_us
    lately = changed is not None and monotonic - changed < AFTER_CHANGE
    running = [row for row in store.sessions.values() if row.running]
    if focus.screen == "session":
        # The open session is read on its own; the list only covers the others.
        return RELAXED if running else CALM
    if focus.screen in ("overview", "sessions", "plan"):
        starting = any(row.status.lower() == "activating" for row in running)
        if running and (lately or starting):
            return FAST
        return STEADY if running or lately else CALM
    return RELAXED if running else CALM


def _policies_every(store: Store, focus: Focus) -> float:
    shown = focus.screen in ("overview", "policies")
    if any(policy_status(policy.status).moving for policy in store.policies.values()):
        return FAST if shown else RELAXED
    return CALM if shown else RARE


def _open_session(
    store: Store, session_id: str, *, now: datetime, pages: Mapping[Key[Any], int], marks: Mapping[str, ArtifactMark]
) -> list[PlannedRead]:
    row = store.sessions.get(session_id)
    if row is None:
        asked_before = not store.freshness(fresh.session_of(session_id)).never_read
        return [PlannedRead(fresh.session_of(session_id), CALM if asked_before else FAST)]
    if row.gone:
        return []
    every = FAST if row.state.moving else STEADY if not row.state.terminal else CALM
    plan = [PlannedRead(fresh.session_of(session_id), every)]
    artifacts = _artifacts_every(store, row, now=now, mark=marks.get(session_id))
    if artifacts is not None and row.service is not None:
        key = fresh.artifacts_of(session_id)
        plan.append(PlannedRead(key, max(artifacts, PER_PAGE * pages.get(key, 1))))
    return plan


def _artifacts_every(store: Store, row: SessionRow, *, now: datetime, mark: ArtifactMark | None) -> float | None:
    known = store.freshness(fresh.artifacts_of(row.id))
    if mark is None or not known.complete or mark.signature != signature(store, row):
        return FAST
    rows = store.artifacts(row.id).values()
    if not mark.expanded and any(one.unit_id is None for one in rows):
        return 0.0
    if any(one.state.value in ("added", "scheduling") for one in rows):
        return RELAXED
    if row.state.terminal and row.destination is Destination.NEW:
        ended = row.completed_at or row.modified
        lacking = any(one.state.value == "succeeded" and not one.result and one.item_count != 0 for one in rows)
        if lacking and ended is not None and now - ended <= ADDRESS_FOR:
            return ADDRESS_EVERY
    return None


def _causes(store: Store, now: datetime, marks: Mapping[str, ArtifactMark]) -> list[PlannedRead]:
    def ended(row: SessionRow) -> datetime | None:
        return row.completed_at or row.modified or row.created

    failed = [
        row
        for row in store.sessions.values()
        if not row.gone and row.failed and row.service is not None and (row.running or row.state.terminal)
    ]
    recent = [row for row in failed if (at := ended(row)) is not None and now - at <= CAUSES_WITHIN]
    recent.sort(key=lambda row: (row.running, ended(row) or now), reverse=True)
    return [
        PlannedRead(fresh.artifacts_of(row.id), CALM if row.running else FAST, background=True)
        for row in recent[:CAUSES_OF]
        if (mark := marks.get(row.id)) is None or mark.signature != signature(store, row)
    ]


def _units_of_plan(
    store: Store, focus: Focus, pages: Mapping[Key[Any], int], marks: Mapping[str, ArtifactMark]
) -> list[PlannedRead]:
    """Units of the sessions of a plan whose counts moved: what has ended and what repeats others once, what runs every
    minute at most, first what failed since, for its causes are waited for."""

    def unread(row: SessionRow) -> bool:
        mark = marks.get(row.id)
        return mark is None or mark.signature != signature(store, row)

    rows = [row for one in focus.session_ids if (row := store.sessions.get(one)) is not None and not row.gone]
    begun = [row for row in rows if row.running or row.state.terminal or row.id in focus.again_ids]
    moved = [row for row in begun if row.service is not None and unread(row)]
    moved.sort(key=lambda row: (row.id in marks, not row.failed))
    plan = []
    for row in moved:
        key = fresh.artifacts_of(row.id)
        every = CALM if row.running else FAST
        plan.append(PlannedRead(key, max(every, PER_PAGE * pages.get(key, 1)), background=True))
    return plan


def _destinations(store: Store, marks: Mapping[str, ArtifactMark]) -> list[PlannedRead]:
    """Artifacts of sessions made elsewhere: only they tell whether a restore goes in place. A draft without units tells
    nothing, so it is read again once it was changed."""

    def unread(row: SessionRow) -> bool:
        mark = marks.get(row.id)
        return mark is None or (row.state.value == "draft" and mark.signature != signature(store, row))

    rows = [
        row
        for row in store.sessions.values()
        if not row.gone and row.service is not None and (row.running or row.state.value == "draft")
    ]
    rows.sort(key=lambda row: (row.running, row.created.timestamp() if row.created else 0.0), reverse=True)
    return [
        PlannedRead(fresh.artifacts_of(row.id), FAST, background=True)
        for row in rows[:DESTINATIONS_OF]
        if row.destination is None and unread(row)
    ]
