"""What happens that a person or a script wants to hear of, each once. Pure; who is told is `workspace.events`.

Events follow from what was known before and what is known now. What was seen to run, and what was told of it, is kept,
so that a restore that ended while nobody looked is told at the next look, and nothing is told twice.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.models.services import Destination, Service
from backup_tui.plans.event_words import finished_words, outcome_words, session_title
from backup_tui.plans.kept import KeptPlan
from backup_tui.plans.progress import Counts, PlanProgress, WaveProgress, plan_progress
from backup_tui.plans.record import PlanRecord
from backup_tui.plans.stalls import Stall, stalled
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store


class EventKind(StrEnum):
    """What happened; the value is the name that a person's command is given."""

    SESSION_FINISHED = "session_finished"
    FIRST_FAILURE = "first_failure"
    WAVE_FINISHED = "plan_wave_finished"
    PLAN_FINISHED = "plan_finished"
    NEEDS_YES = "needs_yes"
    STALLED = "stalled"


class Event(Struct, frozen=True):
    """Something that happened."""

    kind: EventKind  # what
    key: str  # what it is known by: an event with the same key is the same event, in other processes and runs, too
    at: datetime  # when it was seen (UTC)
    text: str  # a sentence, without names of people
    session_id: str = ""  # the session; empty for an event of a plan
    plan: str = ""  # name of the plan; empty for a session that is part of none
    wave: str = ""  # name of the wave; empty for events of no wave
    service: Service | None = None  # of the session or the stalled units; `None` for a plan
    destination: Destination | None = None  # of the session; `None` where it is unknown, and for a plan
    counts: Counts | None = None  # its units; `None` where the service did not count them
    ids: tuple[str, ...] = ()  # what does not move: ids of artifacts and of sessions
    at_first_sight: bool = False  # it was so already when this was looked at for the first time

    def as_json(self, tenant: str, profile: str) -> dict[str, object]:
        """What a person's command gets; the names are stable."""
        counts = self.counts
        return {
            "event": self.kind.value,
            "time": f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "tenant": tenant,
            "profile": profile or None,
            "text": self.text,
            "session": self.session_id or None,
            "plan": self.plan or None,
            "wave": self.wave or None,
            "service": self.service.value if self.service else None,
            "destination": self.destination.value if self.destination else None,
            "counts": None
            if counts is None
            else {
                "restored": counts.ok,
                "failed": counts.failed,
                "running": counts.running,
                "waiting": counts.waiting,
                "total": counts.of,
            },
            "ids": list(self.ids),
        }


class Followed(Struct, frozen=True):
    """What was seen to run and what was told of it."""

    # id of a running session to the kinds that were told of it
    sessions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a plan to the marks of what was told of it


def events_since(
    before: Followed, store: Store, plans: Iterable[KeptPlan], now: datetime
) -> tuple[Followed, tuple[Event, ...]]:
    """What has happened since `before`, and what is to be handed in the next time.

    Args:
        before: As it came from the last call, in this process or an earlier one.
        store: What is known now.
        plans: The plans of the tenant.
    """
    kept = tuple(plans)
    plan_of = {session_id: plan.record for plan in kept for session_id in plan.record.sessions.values()}
    sessions: dict[str, tuple[str, ...]] = {}
    events: list[Event] = []
    for session_id, told in before.sessions.items():
        row = store.sessions.get(session_id)
        if row is None:
            sessions[session_id] = told  # not read yet
        elif row.state.terminal and not row.gone:
            events.append(_finished(store, row, plan_of.get(row.id), now))
    for row in store.sessions.values():
        # A draft of a plan may be started and end between two looks.
        if row.running or (row.id in plan_of and not row.state.terminal and not row.gone):
            marks, found = _while_running(before.sessions.get(row.id), store, row, row.id in plan_of, now)
            sessions[row.id] = marks
            events += found
    marks_of: dict[str, tuple[str, ...]] = {}
    for plan in kept:
        key = _key(plan.record)
        marks_of[key], found = _of_plan(before.plans.get(key), store, plan, now)
        events += found
    return Followed(sessions, marks_of), tuple(events)


def worth_saying(events: Iterable[Event]) -> tuple[str, ...]:
    """The sentences for a person who looks at the screens: without what was so before, and without what a larger end
    that was seen at the same time includes."""
    fresh = [event for event in events if not event.at_first_sight]
    ended = {event.plan for event in fresh if event.kind is EventKind.PLAN_FINISHED}
    waves = {event.plan for event in fresh if event.kind is EventKind.WAVE_FINISHED}
    included = {EventKind.SESSION_FINISHED: ended | waves, EventKind.WAVE_FINISHED: ended}
    return tuple(event.text for event in fresh if event.plan not in included.get(event.kind, ()))


# -- sessions ------------------------------------------------------------------------------------------------


def _counts(row: SessionRow) -> Counts | None:
    if row.finished is None:
        return None
    ok, failed, running = row.completed or 0, row.failed or 0, row.in_progress or 0 if row.running else 0
    return Counts(ok, failed, running, max(0, (row.total or 0) - ok - failed - running))


def _finished(store: Store, row: SessionRow, record: PlanRecord | None, now: datetime) -> Event:
    return Event(
        EventKind.SESSION_FINISHED,
        f"{EventKind.SESSION_FINISHED}:{row.id}",
        now,
        finished_words(store, row),
        session_id=row.id,
        plan=record.plan.name if record is not None else "",
        service=row.service,
        destination=row.destination,
        counts=_counts(row),
    )


def _while_running(
    told: tuple[str, ...] | None, store: Store, row: SessionRow, in_plan: bool, now: datetime
) -> tuple[tuple[str, ...], list[Event]]:
    """What is told of a session that runs; of one that is part of a plan, the plan tells it."""
    if in_plan:
        return told or (), []
    events: list[Event] = []
    if row.failed:
        counted = f"{row.failed:,} of {row.total:,}" if row.total else f"{row.failed:,}"
        text = f"First failure in {session_title(row)}: {counted} failed."
        events.append(_of_session(EventKind.FIRST_FAILURE, row, text, now, first=told is None))
    if (stall := stalled(store, [row.id], now)) is not None:
        text = f"{session_title(row)}: {stall.words}."
        events.append(_of_session(EventKind.STALLED, row, text, now, first=told is None, stall=stall))
    marks = dict.fromkeys([*(told or ()), *(event.kind.value for event in events)])
    return tuple(marks), [event for event in events if event.kind.value not in (told or ())]


def _of_session(
    kind: EventKind, row: SessionRow, text: str, now: datetime, *, first: bool, stall: Stall | None = None
) -> Event:
    return Event(
        kind,
        f"{kind}:{row.id}",
        now,
        text,
        session_id=row.id,
        service=row.service,
        destination=row.destination,
        counts=_counts(row),
        ids=tuple(sorted(stall.ids)) if stall is not None else (),
        at_first_sight=first,
    )


# -- plans ---------------------------------------------------------------------------------------------------


def _key(record: PlanRecord) -> str:
    """A plan that was made again under the same name is another one."""
    return f"{record.plan.name} {record.created_at:%Y-%m-%dT%H:%M:%S}"


def _of_plan(
    told: tuple[str, ...] | None, store: Store, plan: KeptPlan, now: datetime
) -> tuple[tuple[str, ...], list[Event]]:
    finished = f"{EventKind.PLAN_FINISHED}:{len(plan.record.parts)}"
    if told is not None and finished in told:
        return told, []
    record = plan.record
    state = plan_progress(record, store, plan.runner, now)
    marked = [*_ends(record, state, now), *_while_it_runs(record, state, store, now)]
    marks = dict.fromkeys([*(told or ()), *(mark for mark, _event in marked)])
    events = [event for mark, event in marked if mark not in (told or ())]
    return tuple(marks), [replace(event, at_first_sight=told is None) for event in events]


def _ends(record: PlanRecord, state: PlanProgress, now: datetime) -> Iterable[tuple[str, Event]]:
    """The waves that have ended, and the plan; with how many sessions, since a retry adds one that has not."""
    for wave in state.waves:
        if wave.parts and all(part.ended for part in wave.parts):
            mark = f"{EventKind.WAVE_FINISHED}:{wave.index}:{len(wave.parts)}"
            words = outcome_words(wave.counts.ok, wave.counts.failed)
            text = f"Wave {wave.index + 1} {wave.name} of {record.plan.name} finished: {words}."
            yield mark, _plan_event(EventKind.WAVE_FINISHED, mark, record, text, wave.counts, now, wave)
    if record.parts and state.ended:
        mark = f"{EventKind.PLAN_FINISHED}:{len(record.parts)}"
        text = f"Plan {record.plan.name} finished: {outcome_words(state.counts.ok, state.counts.failed)}."
        yield mark, _plan_event(EventKind.PLAN_FINISHED, mark, record, text, state.counts, now)


def _while_it_runs(record: PlanRecord, state: PlanProgress, store: Store, now: datetime) -> Iterable[tuple[str, Event]]:
    counts, name = state.counts, record.plan.name
    if counts.failed and not state.ended:
        mark = EventKind.FIRST_FAILURE.value
        text = f"First failure in plan {name}: {counts.failed:,} of {counts.of:,} failed."
        yield mark, _plan_event(EventKind.FIRST_FAILURE, mark, record, text, counts, now)
    if state.next_yes is not None:
        wave = state.waves[state.next_yes]
        mark = f"{EventKind.NEEDS_YES}:{wave.index}:{len(wave.parts)}"
        text = f"Wave {wave.index + 1} {wave.name} of {name} needs your yes."
        yield mark, _plan_event(EventKind.NEEDS_YES, mark, record, text, wave.counts, now, wave)
    if (stall := stalled(store, record.sessions.values(), now)) is not None:
        mark = EventKind.STALLED.value
        event = _plan_event(EventKind.STALLED, mark, record, f"Plan {name}: {stall.words}.", counts, now)
        yield mark, replace(event, ids=tuple(sorted(stall.ids)))


def _plan_event(
    kind: EventKind,
    mark: str,
    record: PlanRecord,
    text: str,
    counts: Counts,
    now: datetime,
    wave: WaveProgress | None = None,
) -> Event:
    return Event(
        kind,
        f"{_key(record)}:{mark}",
        now,
        text,
        plan=record.plan.name,
        wave=wave.name if wave is not None else "",
        counts=counts,
    )
