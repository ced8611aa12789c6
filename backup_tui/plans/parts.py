"""How the units of a plan are split into restore sessions. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from backup_tui.config.limits import LIMITS
from backup_tui.graph.requests.sessions import MAX_ARTIFACTS
from backup_tui.models.services import Destination, Service
from backup_tui.plans.plan import PlanLimits
from backup_tui.restore.points.points import UnitPoint

_SERVICES = tuple(Service)


class PlannedUnit(Struct, frozen=True):
    """A unit of a plan with the point that it goes back to."""

    point: UnitPoint
    wave: int  # index of its wave
    destination: Destination  # where it goes
    line: int = 0  # line of the list that names it; 0 without a list
    written: str = ""  # how the list names it; empty without a list
    place: int | None = None  # its place among those that go first in their wave; `None` for all others


class Part(Struct, frozen=True):
    """One restore session of a plan."""

    number: int  # 1 and up, in the order of the start; a part keeps it for good
    wave: int  # index of its wave; that of the failed units for a part that repeats them
    service: Service  # of all its units
    destination: Destination  # of all its units
    units: int  # how many it was made for
    bulk: bool = False  # its units are added by a bulk addition request
    again_of: tuple[str, ...] = ()  # sessions whose failed units it repeats; empty for a part of the plan itself


PartUnits = tuple[Part, tuple[UnitPoint, ...]]  # a part with its units


def split(
    units: Iterable[PlannedUnit], limits: PlanLimits, *, bulk: bool = False, mails: bool = False, first_number: int = 1
) -> tuple[PartUnits, ...]:
    """Splits units by wave, service, destination and size.

    Units that go first come first, the others stay in the order of the list. No unit is lost and none is in two parts.

    Args:
        units: Each unit once.
        limits: Their size; a list of names takes as many as the service allows, since the service itself lets what it
            cannot restore at once wait inside the session.
        bulk: The parts are made by bulk addition requests.
        mails: The parts hold found mails, of which one request makes the whole draft.
        first_number: Number of the first part.
    """
    groups: dict[tuple[int, int, Destination], list[PlannedUnit]] = {}
    for unit in units:
        groups.setdefault((unit.wave, _SERVICES.index(unit.point.service), unit.destination), []).append(unit)
    found: list[PartUnits] = []
    size = LIMITS.names_per_bulk if bulk else limits.units_per_session
    size = min(size, MAX_ARTIFACTS) if mails else size
    for (wave, service, destination), members in sorted(groups.items(), key=lambda entry: entry[0]):
        ordered = sorted(members, key=_who_first)
        for chunk in chunks(ordered, size):
            part = Part(first_number + len(found), wave, _SERVICES[service], destination, len(chunk), bulk)
            found.append((part, tuple(unit.point for unit in chunk)))
    return tuple(found)


def chunks(units: Sequence[PlannedUnit], size: int) -> list[Sequence[PlannedUnit]]:
    """Pieces of at most `size`, in their order."""
    return [units[start : start + size] for start in range(0, len(units), size)]


def _who_first(unit: PlannedUnit) -> tuple[bool, int]:
    # The sort is stable, so all others stay in the order of the list.
    return (unit.place is None, unit.place or 0)
