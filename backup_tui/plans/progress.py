"""How far a plan is, over all its sessions; also all running restores of a tenant as one. Pure.

Sums always agree: of each part, wave and plan, restored + failed + restoring + waiting units are all of them. A unit
whose failure another part repeats counts once, in that part.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import Status
from backup_tui.models.text import safe
from backup_tui.plans.next_start import DRAFT_GONE, NO_DRAFT
from backup_tui.plans.pace import Pace, measure
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, RunnerStatus
from backup_tui.plans.waits import IN_TURN, NEEDS_YES, NOBODY, NOT_REPORTED, Why, waits_of, wave_state
from backup_tui.restore.points.moments import KEPT_FOR
from backup_tui.store.progress import Progress, progress, started_at
from backup_tui.store.rows import ArtifactRow, SessionRow
from backup_tui.store.store import Store

_NONE_UNUSABLE: Mapping[str, str] = MappingProxyType({})


class Counts(Struct, frozen=True):
    """Units by what became of them; together they are all units (`of`)."""

    ok: int = 0
    failed: int = 0
    running: int = 0
    waiting: int = 0

    @property
    def of(self) -> int:
        return self.ok + self.failed + self.running + self.waiting

    @property
    def finished(self) -> int:
        return self.ok + self.failed

    @property
    def left(self) -> int:
        return self.running + self.waiting


class PartProgress(Struct, frozen=True):
    """One session of a plan."""

    part: Part  # the part; of a restore outside a plan, a part made up for it
    session_id: str  # its session; empty while it has none
    row: SessionRow | None  # what is known of it
    counts: Counts  # its units
    why: Why | None  # why its waiting units wait; `None` when none does
    state: Progress | None  # how far the session is, once it is known
    # units that the service could not use by name, by id, each with its code; counted as failed
    unusable: Mapping[str, str]

    @property
    def runs(self) -> bool:
        return self.row is not None and self.row.running

    @property
    def ended(self) -> bool:
        return self.row is not None and self.row.state.terminal


class WaveProgress(Struct, frozen=True):
    """One wave of a plan."""

    index: int  # its place in the plan; -1 for restores outside a plan
    name: str  # as the plan has it
    parts: tuple[PartProgress, ...]  # its sessions, in the order of their start
    counts: Counts  # its units
    state: Status  # what it does now, with its mark

    @property
    def ended(self) -> int:
        """How many of its sessions have ended."""
        return sum(part.ended for part in self.parts)

    @property
    def lacks_drafts(self) -> tuple[PartProgress, ...]:
        """Those whose draft was deleted or never made."""
        return tuple(part for part in self.parts if part.why is not None and part.why.words in (DRAFT_GONE, NO_DRAFT))

    @property
    def one_failed(self) -> str | None:
        """The only one of its sessions in which units failed; `None` for none or several."""
        failed = [part.session_id for part in self.parts if part.counts.failed and part.row is not None]
        return failed[0] if len(failed) == 1 else None

    @property
    def session_ids(self) -> tuple[str, ...]:
        return tuple(part.session_id for part in self.parts if part.session_id)


class Waiting(Struct, frozen=True):
    """Units that wait for the same reason. `wave`: index of the one wave of several that the reason is about.
    `person`: somebody has to do something first. `next_look`: when it is looked at again (UTC), if that is known."""

    units: int
    wave: int | None
    words: str
    person: bool
    next_look: datetime | None = None


class FailedCause(Struct, frozen=True):
    """Units that failed for the same reason. `code`: the service's; `None` for units whose cause was not read yet."""

    units: int
    code: str | None
    service: Service | None
    destination: Destination | None


class PlanProgress(Struct, frozen=True):
    """How far a plan is."""

    name: str  # of the plan; empty for all running restores of the tenant
    kinds: tuple[tuple[Service, Destination], ...]  # services and destinations, each once
    waves: tuple[WaveProgress, ...]  # in their order
    counts: Counts  # all units
    waiting: tuple[Waiting, ...]  # why units wait, most units first; together they are `counts.waiting`
    causes: tuple[FailedCause, ...]  # why units failed, most units first; together they are `counts.failed`
    pace: Pace  # how fast it is
    # index of the first wave that waits for a person's yes and has its drafts; `None` for none
    next_yes: int | None = None
    # when the first point that is still needed expires (UTC), as far as points were read
    expires: datetime | None = None

    @property
    def parts(self) -> tuple[PartProgress, ...]:
        return tuple(part for wave in self.waves for part in wave.parts)

    @property
    def waits_for_person(self) -> tuple[Waiting, ...]:
        """What waits until somebody does something: what was agreed to and nobody carries out first."""
        return tuple(sorted((one for one in self.waiting if one.person), key=lambda one: one.words != NOBODY))

    @property
    def lacks_runner(self) -> bool:
        """Whether something that was agreed to does not start because nobody carries the plan out."""
        return any(part.why is not None and part.why.words == NOBODY for part in self.parts)

    @property
    def runs(self) -> bool:
        """Whether one of its sessions runs."""
        return any(part.runs for part in self.parts)

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do: all sessions have ended."""
        return all(part.ended for part in self.parts)


def plan_progress(
    record: PlanRecord, store: Store, runner: RunnerStatus | None, now: datetime, limits: ServiceLimits = LIMITS
) -> PlanProgress:
    """How far a plan is. `store`: where its sessions are, and their units as far as they were read. `runner`: what the
    process says that carries the plan out; `None` where none does."""
    whys = waits_of(record, store, runner, limits, now)
    waves = []
    for index, wave in enumerate(record.plan.waves):
        own = [
            _progress_of(
                part,
                record.sessions.get(part.number, ""),
                whys.get(part.number),
                store,
                now,
                record.unusable.get(part.number, _NONE_UNUSABLE),
            )
            for part in record.parts
            if part.wave == index and not _is_dropped(record, store, part)
        ]
        waves.append(_wave(index, wave.name, own))
    return _whole(record.plan.name, waves, store, now)


def tenant_progress(store: Store, now: datetime) -> PlanProgress:
    """All restores of the tenant that run now, as one: services and destinations take the place of waves."""
    groups: dict[str, list[PartProgress]] = {}
    for number, row in enumerate((row for row in store.sessions.values() if row.running), start=1):
        service = row.service or Service.EXCHANGE
        part = Part(number, -1, service, row.destination or Destination.IN_PLACE, row.total or 0)
        to = "destination unknown" if row.destination is None else row.destination.word
        name = f"{row.service.label if row.service else 'unknown service'}, {to}"
        groups.setdefault(name, []).append(_progress_of(part, row.id, None, store, now))
    return _whole("", [_wave(-1, name, own) for name, own in sorted(groups.items())], store, now)


# -- one session ---------------------------------------------------------------------------------------------


def _is_dropped(record: PlanRecord, store: Store, part: Part) -> bool:
    """Whether a retry was deleted before it started: its units have failed where they had before."""
    row = store.sessions.get(record.sessions.get(part.number, ""))
    return bool(part.again_of) and row is not None and row.gone and not row.state.terminal


def _progress_of(
    part: Part,
    session_id: str,
    why: Why | None,
    store: Store,
    now: datetime,
    unusable: Mapping[str, str] = _NONE_UNUSABLE,
) -> PartProgress:
    """A part as it is now. `why`: why it has not started; `None` for one that has."""
    row, state = store.sessions.get(session_id), progress(store, session_id, now)
    counts = Counts(waiting=part.units) if row is None or state is None else _counts(part, row, state, unusable)
    if why is None and counts.waiting:
        why = IN_TURN if row is not None and row.running else NOT_REPORTED
    return PartProgress(part, session_id, row, counts, why if counts.waiting else None, state, unusable)


def _counts(part: Part, row: SessionRow, state: Progress, unusable: Mapping[str, str]) -> Counts:
    # Names that match nothing become no units of the session, so its own counts lack them.
    ok, failed = max(0, state.completed), max(0, state.failed) + len(unusable)
    total = max(part.units, (state.total or 0) + len(unusable), ok + failed)
    if row.finished is None:
        # The service gave no counts, but the end itself says that all of them did well, or none.
        ok = total if row.state.value == "completed" else 0
        failed = total if row.state.value == "failed" else 0
    left = total - ok - failed
    running = min(left, max(0, state.in_progress)) if row.running else 0
    return Counts(ok, failed, running, left - running)


# -- a wave --------------------------------------------------------------------------------------------------


def _wave(index: int, name: str, parts: Sequence[PartProgress]) -> WaveProgress:
    counts = _sum(parts)
    state = wave_state(
        [part.row for part in parts if part.row is not None],
        ended=all(part.ended for part in parts),
        failed=counts.failed,
        whys={part.why.words for part in parts if part.why is not None and not part.ended},
    )
    return WaveProgress(index, safe(name), tuple(parts), counts, state)


def _sum(parts: Sequence[PartProgress]) -> Counts:
    failed = sum(part.counts.failed for part in parts)
    # What another part repeats is counted there, whatever becomes of it.
    repeated = min(failed, sum(part.part.units for part in parts if part.part.again_of))
    return Counts(
        sum(part.counts.ok for part in parts),
        failed - repeated,
        sum(part.counts.running for part in parts),
        sum(part.counts.waiting for part in parts),
    )


# -- all of it -----------------------------------------------------------------------------------------------


def _whole(name: str, waves: Sequence[WaveProgress], store: Store, now: datetime) -> PlanProgress:
    parts = [part for wave in waves for part in wave.parts]
    counts = Counts(
        sum(wave.counts.ok for wave in waves),
        sum(wave.counts.failed for wave in waves),
        sum(wave.counts.running for wave in waves),
        sum(wave.counts.waiting for wave in waves),
    )
    units = {part.session_id: store.artifacts(part.session_id) for part in parts if part.row is not None}
    times = sorted(moment for part in parts if part.state is not None for moment in part.state.times)
    begun = [part.row for part in parts if part.row is not None and (part.runs or part.ended)]
    starts = [at for row in begun if (at := started_at(store, row)) is not None]
    left: Counter[Service] = Counter()
    for part in parts:
        left[part.part.service] += part.counts.left
    running = [part.state for part in parts if part.runs and part.state is not None]
    needing = (
        wave.index for wave in waves if any(part.why is not None and part.why.words == NEEDS_YES for part in wave.parts)
    )
    return PlanProgress(
        name=name,
        kinds=tuple(dict.fromkeys((part.part.service, part.part.destination) for part in parts)),
        waves=tuple(waves),
        counts=counts,
        waiting=_waiting(waves),
        causes=_causes(parts, units, counts.failed),
        pace=measure(running, tuple(times), min(starts, default=None), left, now),
        next_yes=next(needing, None),
        expires=_expires(parts, units),
    )


def _waiting(waves: Sequence[WaveProgress]) -> tuple[Waiting, ...]:
    groups: dict[str, list[tuple[int, int, Why]]] = {}
    for wave in waves:
        for part in wave.parts:
            if part.why is not None:
                groups.setdefault(part.why.words, []).append((wave.index, part.counts.waiting, part.why))
    found = []
    for words, members in groups.items():
        indexes = {index for index, _units, _why in members}
        ours = len(indexes) == 1 and len(waves) > 1 and members[0][2].person and words != NOBODY
        looks = [why.next_look for _index, _units, why in members if why.next_look is not None]
        units = sum(units for _index, units, _why in members)
        only, person = min(indexes) if ours else None, members[0][2].person
        found.append(Waiting(units, only, words, person, min(looks, default=None)))
    return tuple(sorted(found, key=lambda one: -one.units))


Units = Mapping[str, Mapping[str, ArtifactRow]]  # units of each session that were read, by their ids


def _causes(parts: Sequence[PartProgress], units: Units, failed: int) -> tuple[FailedCause, ...]:
    repeats: dict[str, list[str]] = {}
    for part in parts:
        for session_id in part.part.again_of:
            repeats.setdefault(session_id, []).append(part.session_id)
    counts: Counter[tuple[str, Service, Destination]] = Counter()
    for part in parts:
        own, again = units.get(part.session_id, {}), repeats.get(part.session_id, [])
        if any(not units.get(session_id) for session_id in again):
            continue  # Which of them are repeated is not known yet.
        held = {unit.unit_id for session_id in again for unit in units[session_id].values()}
        counts.update(
            (unit.error_code, part.part.service, part.part.destination)
            for unit in own.values()
            if unit.state.value == "failed" and (unit.unit_id is None or unit.unit_id not in held)
        )
        counts.update(
            (code, part.part.service, part.part.destination)
            for unit_id, code in part.unusable.items()
            if unit_id not in held
        )
    found, rest = [], failed
    for (code, service, destination), number in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        # Counts and lists are read one after the other; what the counts do not hold yet is not reported yet.
        if taken := min(number, rest):
            found.append(FailedCause(taken, code, service, destination))
            rest -= taken
    return (*found, FailedCause(rest, None, None, None)) if rest else tuple(found)


def _expires(parts: Sequence[PartProgress], units: Units) -> datetime | None:
    """When the first point of a unit that has not begun expires."""
    points = [
        unit.point_time
        for part in parts
        if part.counts.waiting
        for unit in units.get(part.session_id, {}).values()
        if unit.point_time is not None and unit.started is None and not unit.state.terminal
    ]
    return min(points) + KEPT_FOR if points else None
