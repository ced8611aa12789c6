"""What of a plan may start now, what has to wait, and why. Pure: the runner asks again after each look at the service.

Waves are in order: a wave waits for the end of the one before, and then for its pause. Only where it has no pause and
one yes covers both does it start beside the one before, as places are free; the earlier one takes them first.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.plans.parts import Part
from backup_tui.plans.places import Places
from backup_tui.plans.record import PlanRecord, Wait

DRAFT_GONE = "its draft is no longer at the service"
NO_DRAFT = "no draft yet"


class Stage(StrEnum):
    """How far the session of a part is."""

    UNDRAFTED = "undrafted"
    DRAFT = "draft"
    DELETED = "deleted"
    IN_DOUBT = "in doubt"
    RUNNING = "running"
    ENDED = "ended"


class PartNow(Struct, frozen=True):
    """A part with its session as just read."""

    part: Part
    stage: Stage  # How far it is. `IN_DOUBT`: it may have started, or its state is unknown to this program.
    session: RestoreSession | None = None  # its session; `None` where there is none

    @property
    def units(self) -> int:
        """How many units would start."""
        total = self.session.counts.total if self.session is not None else None
        return self.part.units if total is None or self.part.bulk else total

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.stage in (Stage.ENDED, Stage.DELETED)

    @property
    def failed(self) -> int:
        """How many of its units failed, as far as is known; those of a deleted draft were never restored."""
        if self.stage is Stage.DELETED:
            return self.part.units
        if self.session is None or self.stage is not Stage.ENDED:
            return 0
        if session_status(self.session.status).value == "failed" and not self.part.bulk:
            return self.session.counts.failed or self.units
        return self.session.counts.failed or 0


class Turn(Struct, frozen=True):
    """What comes next."""

    start: tuple[PartNow, ...]  # what may start now, in its order
    waits: tuple[Wait, ...]  # what may not, and why


def part_now(part: Part, session: RestoreSession | None, *, drafted: bool, in_doubt: bool = False) -> PartNow:
    """How far a part is.

    Args:
        session: Its session; `None` where the service has none.
        drafted: A session is known for it.
        in_doubt: A start of it has no known outcome.
    """
    if session is None:
        return PartNow(part, Stage.DELETED if drafted else Stage.UNDRAFTED)
    status = session_status(session.status)
    if status.moving:
        return PartNow(part, Stage.RUNNING, session)
    if status.terminal:
        return PartNow(part, Stage.ENDED, session)
    if in_doubt or not status.allows(Action.ACTIVATE):
        return PartNow(part, Stage.IN_DOUBT, session)
    return PartNow(part, Stage.DRAFT, session)


def next_turn(
    record: PlanRecord,
    parts: Sequence[PartNow],
    places: Places,
    limits: ServiceLimits,
    now: datetime,
    held_back: Mapping[int, Wait],
    look_at: datetime,
) -> Turn:
    """What may start now.

    Args:
        places: What is taken of the service's places.
        held_back: Parts that may not start although it is their turn, by number; up to `next_look`, if it has one.
        look_at: When the service is looked at again (UTC).
    """
    start: list[PartNow] = []
    waits: list[Wait] = []
    full: dict[Service, str] = {}
    for one in sorted(parts, key=lambda each: (each.part.wave, each.part.number)):
        if one.stage in (Stage.RUNNING, Stage.ENDED):
            continue
        number = one.part.number
        wait = held_back.get(number)
        if wait is None or (wait.next_look is not None and wait.next_look <= now):
            stuck = {earlier.part for earlier in waits if earlier.next_look is None}
            wait = _not_yet(record, one, parts, stuck, now, look_at)
        if wait is None:
            # What comes later does not overtake: a large session would otherwise never find its places.
            lacking = full.get(one.part.service) or places.lacking(one.part, one.units, limits, record.plan.limits)
            if lacking:
                full[one.part.service] = lacking
                wait = Wait(number, lacking, None if places.never(one.units, limits, record.plan.limits) else look_at)
        if wait is not None:
            waits.append(wait)
            continue
        places = places.with_started(one.part, one.units)
        start.append(one)
    return Turn(tuple(start), tuple(waits))


def stopped(record: PlanRecord, part: Part) -> bool:
    """Whether a person asked that this part is not started."""
    return record.paused or (record.stop_after is not None and part.wave > record.stop_after)


def _not_yet(
    record: PlanRecord,
    one: PartNow,
    parts: Sequence[PartNow],
    stuck: Collection[int],
    now: datetime,
    look_at: datetime,
) -> Wait | None:
    """Why a part has no turn yet; `None` when it has. `stuck`: numbers of earlier parts that wait for a person."""
    part, session = one.part, one.session
    if one.stage is Stage.UNDRAFTED or session is None:
        gone = one.stage is Stage.DELETED
        return Wait(part.number, DRAFT_GONE if gone else NO_DRAFT)
    if one.stage is Stage.IN_DOUBT:
        return Wait(part.number, "whether it has started is unknown", look_at)
    if record.agreed(session.id) is None:
        return Wait(part.number, "needs your yes")
    if record.paused:
        return Wait(part.number, "the plan is paused")
    if stopped(record, part):
        return Wait(part.number, f"the plan stops after wave {record.plan.waves[record.stop_after or 0].name}")
    return None if part.again_of else _after(record, part, session, parts, stuck, now, look_at)


def _after(
    record: PlanRecord,
    part: Part,
    session: RestoreSession,
    parts: Sequence[PartNow],
    stuck: Collection[int],
    now: datetime,
    look_at: datetime,
) -> Wait | None:
    """Why a part has to wait for the wave before it; `None` when it has not.

    The wave before is the last one of which something was agreed to or has started: one that nobody agreed to does not
    hold up what a person has agreed to by its name.
    """
    earlier = [one for one in parts if one.part.wave < part.wave and not one.part.again_of and _counts(record, one)]
    wave = max((one.part.wave for one in earlier), default=None)
    if wave is None:
        return None
    before = [one for one in earlier if one.part.wave == wave]
    pause = record.plan.waves[part.wave].pause
    yes = record.agreed(session.id)
    together = yes is not None and any(one.session is not None and one.session.id in yes.drafts for one in before)
    if not pause and together:
        return None
    name = record.plan.waves[wave].name
    going = [one.part.number for one in before if not one.over]
    if going:
        look = None if all(number in stuck for number in going) else look_at
        return Wait(part.number, f"waits for the end of wave {name}", look)
    ends = [end for one in before if one.session is not None and (end := _ended_at(one.session)) is not None]
    until = max(ends, default=now - pause) + pause
    return Wait(part.number, f"pause after wave {name}", until) if until > now else None


def _counts(record: PlanRecord, one: PartNow) -> bool:
    """Whether something of a part was agreed to, or has started."""
    session_id = record.sessions.get(one.part.number, "")
    return one.stage in (Stage.RUNNING, Stage.ENDED, Stage.IN_DOUBT) or record.agreed(session_id) is not None


def _ended_at(session: RestoreSession) -> datetime | None:
    return session.completed_date_time or session.last_modified_date_time
