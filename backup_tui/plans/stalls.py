"""Restores that have not moved for far longer than expected, and the ids that a support case needs. Pure.

Nothing here is a failure: the service reports none, and a unit may still end well. What is said is how long nothing was
seen to happen, as of the last answer; the time since then says nothing and is not counted.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from backup_tui.models.calls import CallRecord
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe
from backup_tui.models.times import span_words
from backup_tui.restore.points.moments import show_utc
from backup_tui.store import freshness as fresh
from backup_tui.store.pace import first_result
from backup_tui.store.progress import LONGEST_CALM, Movement, long_ones, own_start, progress, usual_span
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.store.store import Store

LAST_CALLS = 3  # requests about a session that a support case names: the newest ones


class StalledUnit(Struct, frozen=True):
    """A unit that is being restored for far longer than expected."""

    row: ArtifactRow  # the unit
    still: timedelta  # how long it has been so
    expected: timedelta  # how long a unit of its session takes


class StalledSession(Struct, frozen=True):
    """A session in which nothing has changed for far longer than expected."""

    row: SessionRow
    still: timedelta  # for how long
    expected: timedelta  # how long nothing is expected to change in it


class Stall(Struct, frozen=True):
    """What does not move, the longest first. `units` and `sessions` are not both empty."""

    units: tuple[StalledUnit, ...]
    sessions: tuple[StalledSession, ...]

    @property
    def words(self) -> str:
        """`3 units have not moved for 1 h 10 (expected 25 min)`; of several times the longest, so said."""
        members = self.units or self.sessions
        noun = counted(len(members), "unit" if self.units else "session")
        longest, shortest = members[0].still, members[-1].still
        span = span_words(longest)
        upto = "" if span_words(shortest) == span else "up to "
        have = "has" if len(members) == 1 else "have"
        return f"{noun} {have} not moved for {upto}{span} (expected {span_words(members[0].expected)})"

    @property
    def ids(self) -> frozenset[str]:
        """What does not move, by ids of artifacts and of sessions; an alarm that was given is known by them."""
        return frozenset([unit.row.id for unit in self.units] + [one.row.id for one in self.sessions])


def stalled(store: Store, session_ids: Iterable[str], now: datetime) -> Stall | None:
    """What does not move in some sessions; `None` while everything does, as far as is known."""
    units: list[StalledUnit] = []
    sessions: list[StalledSession] = []
    for session_id in session_ids:
        row = store.sessions.get(session_id)
        if row is None or not row.running:
            continue
        units += _units(store, row, now)
        if (session := _session(store, row, now)) is not None:
            sessions.append(session)
    if not units and not sessions:
        return None
    return Stall(
        tuple(sorted(units, key=lambda unit: unit.still, reverse=True)),
        tuple(sorted(sessions, key=lambda session: session.still, reverse=True)),
    )


def _units(store: Store, row: SessionRow, now: datetime) -> list[StalledUnit]:
    seen = store.freshness(fresh.artifacts_of(row.id)).answered_at
    if seen is None:
        return []
    artifacts, at = store.artifacts(row.id), min(now, seen)
    long = long_ones(artifacts.values(), row.service, at)
    if not long:
        return []
    expected = usual_span(artifacts.values(), row.service)
    members = (artifacts[key] for key in sorted(long))
    return [StalledUnit(one, at - one.started, expected) for one in members if one.started is not None]


def _session(store: Store, row: SessionRow, now: datetime) -> StalledSession | None:
    answers = (store.freshness(key).answered_at for key in (fresh.session_of(row.id), fresh.SESSIONS))
    seen = max((at for at in answers if at is not None), default=None)
    if seen is None:
        return None
    at = min(now, seen)
    state = progress(store, row.id, at)
    if state is None or state.movement is not Movement.SLOW:
        return None
    if state.last_finished is not None:
        return StalledSession(row, at - state.last_finished, max(LONGEST_CALM, state.longest_gap or timedelta()))
    begun = state.started or row.modified or row.created
    return StalledSession(row, at - (begun or at), first_result(row.service, state.total or 1))


def support_lines(store: Store, stall: Stall, now: datetime) -> tuple[str, ...]:
    """What a support case needs: the ids of sessions, artifacts, points and units, and of the last requests. `store`:
    where the sessions and the log of calls are. `stall`: what does not move."""
    lines = [f"{stall.words}. For a support case:"]
    still = {session.row.id: session for session in stall.sessions}
    ids = dict.fromkeys([*still, *(unit.row.session_id for unit in stall.units)])
    for session_id in ids:
        row = store.sessions[session_id]
        quiet = f", no change for {span_words(still[session_id].still)}" if session_id in still else ""
        lines += ["", f"{_label(row.service)} restore session {safe(session_id)}, {row.state.word}{quiet}"]
        lines += [line for unit in stall.units if unit.row.session_id == session_id for line in _unit_lines(unit, now)]
        lines += _request_lines(store, row, now)
    return tuple(lines)


def _label(service: Service | None) -> str:
    return service.label if service is not None else "Unknown"


def _unit_lines(unit: StalledUnit, now: datetime) -> list[str]:
    row = unit.row
    since = f"since {show_utc(row.started, now)} UTC" if row.started is not None else "its start is not reported"
    return [
        f"  {row.name}: {row.state.word} {since}, {span_words(unit.still)}",
        f"    artifact {safe(row.id)}",
        f"    restore point {safe(row.point_id) or 'not reported'}",
        f"    protection unit {safe(row.unit_id or '') or 'not reported'}",
    ]


def _request_lines(store: Store, row: SessionRow, now: datetime) -> list[str]:
    """The request that started it, if that left from here, and the last ones about it."""
    start = own_start(store, row)
    lines = []
    if start is not None and start.request_id:
        lines.append(f"  request-id {safe(start.request_id)}, {show_utc(start.at, now)} UTC: started it")
    about = (
        call
        for key in reversed(store.calls)
        if isinstance(call := store.calls[key], CallRecord) and call.request_id and row.id in call.path
    )
    lines += [
        f"  request-id {safe(call.request_id or '')}, {show_utc(call.started, now)} UTC, {call.status}: "
        f"{call.method} {safe(call.path)}"
        for call in islice(about, LAST_CALLS)
    ]
    return lines or ["  no request about it was sent from here since the program started"]
