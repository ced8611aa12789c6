"""Which units of a plan have failed so far, by cause, and what to do about each cause. Pure.

A unit may have been tried several times: what counts is its latest attempt. So a unit whose retry is drafted or runs is
not taken twice, and one that a retry restored no longer counts as failed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from backup_tui.models.services import Destination, Service
from backup_tui.plans.parts import Part, PartUnits, PlannedUnit, split
from backup_tui.plans.plan import PlanLimits
from backup_tui.plans.record import PlanRecord
from backup_tui.restore.errors_of_units import CauseAndRemedy, Remedy, explain
from backup_tui.restore.points.points import UnitPoint

NEEDS_FIRST = frozenset({Remedy.RELEASE, Remedy.BRING_BACK, Remedy.MAKE_ROOM})
"""Causes that a person has to remove first: their units are taken only where their code is named."""


class Standing(StrEnum):
    """What became of a unit for now."""

    LIVE = "live"
    RESTORED = "restored"
    FAILED = "failed"


class Outcome(Struct, frozen=True):
    """What became of a unit in one session."""

    standing: Standing  # its state there
    code: str = ""  # why it failed; empty otherwise, or where the service gives no code
    message: str = ""  # the service's own words
    point: UnitPoint | None = None  # the unit with the point that was used there, as far as it is known


class TriedPart(Struct, frozen=True):
    """A part of a plan, and what became of its units."""

    part: Part
    session_id: str  # its session; empty while it has none
    units: tuple[UnitPoint, ...]  # what it was made for
    outcomes: Mapping[str, Outcome]  # unit id to what became of it; units that its session does not hold are left out
    begun: bool = False  # its session was started; before that, all its units are to come
    ended: bool = False  # nothing of its session is left to do
    gone: bool = False  # its draft was deleted, so nothing of it was or will be restored
    nameless: int = 0  # how many units failed in it that nobody can name

    def outcome(self, unit_id: str) -> Outcome | None:
        """What became of one of its units; `None` where this part was no attempt at it."""
        if self.gone:
            return None
        if not self.begun:
            return Outcome(Standing.LIVE)
        known = self.outcomes.get(unit_id)
        # The names of a list become units only some time after the start.
        return Outcome(Standing.LIVE) if known is None and self.part.bulk and not self.ended else known


class Attempt(Struct, frozen=True):
    """The latest attempt at a unit."""

    unit: UnitPoint  # the unit, with the point that was used
    at: TriedPart  # the part that it was made in
    outcome: Outcome  # what became of it


def latest_attempts(parts: Iterable[TriedPart]) -> dict[str, Attempt]:
    """The latest attempt at each unit, by unit id. A unit that no session has taken has none. `parts`: of one plan, in
    the order of their numbers."""
    found: dict[str, Attempt] = {}
    for now in parts:
        for unit in now.units:
            outcome = now.outcome(unit.unit_id)
            if outcome is not None:
                found[unit.unit_id] = Attempt(outcome.point or unit, now, outcome)
    return found


class AgainUnit(Struct, frozen=True):
    """A failed unit, and how it would be restored again."""

    unit: UnitPoint  # with the point that it would go back to; the one that was used where nothing else is known
    session_id: str  # the restore in which it failed
    wave: int  # index of its wave
    destination: Destination  # where it would go
    why_not: str = ""  # why it cannot be drafted now; empty when it can

    def planned(self) -> PlannedUnit:
        """The same as a unit of a plan."""
        return PlannedUnit(self.unit, self.wave, self.destination)


class AgainGroup(Struct, frozen=True):
    """Units that failed for one cause in one kind of restore."""

    cause: CauseAndRemedy  # what happened, and what to do
    service: Service  # of all of them
    destination: Destination  # where they should have gone
    units: tuple[AgainUnit, ...]  # the units, by name
    messages: tuple[str, ...]  # the service's own words, each once
    taken: bool  # they are drafted by this look; otherwise only where their code is named
    needs: str = ""  # what a person has to do first, in a clause; empty when nothing
    other: str = ""  # the restore that has the units or had them, where it is one and known

    @property
    def to_do(self) -> str:
        """What to do, without the keys of the screens."""
        return explain(self.cause.code, self.service, destination=self.destination, other=self.other, keys=False).to_do

    @property
    def ready(self) -> tuple[AgainUnit, ...]:
        """The units that would be drafted."""
        return tuple(unit for unit in self.units if not unit.why_not) if self.taken else ()

    @property
    def reasons(self) -> dict[str, int]:
        """Why units of it would not be drafted, with their number."""
        return dict(Counter(unit.why_not for unit in self.units if unit.why_not))

    @property
    def code(self) -> str:
        """What names the cause in a command: the service's code."""
        return self.cause.code or "none"


class AgainLook(Struct, frozen=True):
    """What of a plan has failed so far."""

    record: PlanRecord
    groups: tuple[AgainGroup, ...]  # the failed units by cause, most units first
    restored: int  # how many units are restored
    live: int  # how many are in a draft, wait or are being restored; retries of failed units among them
    retried: int  # how many of these had failed before
    untried: int  # how many units no session has taken
    nameless: int  # how many units failed that nobody can name; a retry cannot take them

    @property
    def failed(self) -> int:
        """How many units have failed so far; those that nobody can name are not among them."""
        return sum(len(group.units) for group in self.groups)

    @property
    def ready(self) -> tuple[AgainUnit, ...]:
        """The units that would be drafted."""
        return tuple(unit for group in self.groups for unit in group.ready)


def parts_again(units: Sequence[AgainUnit], record: PlanRecord, limits: PlanLimits) -> tuple[PartUnits, ...]:
    """The parts that repeat failed units, each unit once.

    Args:
        units: Each once.
        record: Of the plan; the new numbers follow its own.
        limits: Size of a session.
    """
    source = {one.unit.unit_id: one.session_id for one in units}
    number = 1 + max((part.number for part in record.parts), default=0)
    made = []
    mails = record.plan.mail is not None
    for part, points in split([one.planned() for one in units], limits, mails=mails, first_number=number):
        of = tuple(dict.fromkeys(source[point.unit_id] for point in points))
        again = Part(part.number, part.wave, part.service, part.destination, part.units, again_of=of)
        made.append((again, points))
    return tuple(made)


def retried(
    record: PlanRecord, units_by_part: Mapping[int, Collection[str]], session_id: str, unit_id: str
) -> Part | None:
    """The newest part that repeats a unit that failed in a session; `None` when none does. `units_by_part`: part number
    to the ids of its units. `session_id`: the restore in which it failed."""
    for part in reversed(record.parts):
        if session_id in part.again_of and unit_id in units_by_part.get(part.number, ()):
            return part
    return None
