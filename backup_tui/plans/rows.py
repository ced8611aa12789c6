"""What became of the names of a plan, and of their points. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from msgspec import Struct, field

from backup_tui.models.services import Destination, Service
from backup_tui.plans.parts import PlannedUnit
from backup_tui.restore.names.names import Duplicate
from backup_tui.restore.names.resolve import NameProblem
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import NamedUnit, UnitPoint

_NEAR = {
    "within 10 min": timedelta(minutes=10),
    "within 1 h": timedelta(hours=1),
    "within a day": timedelta(days=1),
}


class ScopeRow(Struct, frozen=True):
    """A unit that a plan names."""

    unit: NamedUnit
    wave: int  # index of its wave
    destination: Destination  # where it goes: its row's own destination, else its wave's, else the plan's
    before: str  # the time to go back to as typed: its row's own, else its wave's, else the plan's
    own: bool = False  # the time is the row's own
    line: int = 0  # line of the list; 0 without a list
    written: str = ""  # how the list names it; empty without a list
    place: int | None = None  # its place among those that go first in their wave; `None` for all others

    def planned(self, point: UnitPoint) -> PlannedUnit:
        return PlannedUnit(point, self.wave, self.destination, self.line, self.written, self.place)


class ScopeProblem(Struct, frozen=True):
    """A name that is to be put right or left out."""

    problem: NameProblem  # the name, what is wrong, and which units are near it
    # whose unit it is meant to be, as far as is known: of the units that are near it, of its row or of the plan; `None`
    # where several are possible
    service: Service | None
    words: str  # what is wrong, in a sentence
    near: Mapping[str, str]  # candidates by unit id: what people know each by


class Stray(Struct, frozen=True):
    """A name in `members` or `first` of a wave that is no unit of the plan, or belongs to another wave."""

    wave: str  # name of the wave
    key: str  # `members` or `first`
    name: str  # as it is written there
    words: str  # what is wrong, in a sentence


class ScopeResult(Struct, frozen=True):
    """What became of every name of a plan; nothing vanishes."""

    rows: tuple[ScopeRow, ...]  # units, each once, in the order of the list
    problems: tuple[ScopeProblem, ...] = ()  # names to put right
    twice: tuple[Duplicate, ...] = ()  # names whose unit is in the list already
    left_out: tuple[str, ...] = ()  # names that a person left out
    remarks: tuple[str, ...] = ()  # what else was seen in the list, in sentences
    lines: int = 0  # how many lines the names are on
    # names in waves that cannot be used; they are not names of the list and not in its sum
    strays: tuple[Stray, ...] = ()
    sha256: str = ""  # of the list as it is now; empty without a list
    changed: bool = False  # the list is another one than when the plan was written

    @property
    def sums(self) -> dict[str, int]:
        """What became of the names, under the names of `--json`; the parts add up to `names`."""
        parts = {
            "found": len(self.rows),
            "twice": len(self.twice),
            "toFix": len(self.problems),
            "leftOut": len(self.left_out),
        }
        return {"names": sum(parts.values()), **parts}


class PlanTimes(Struct, frozen=True):
    """The times of a plan by what was typed: what each means, from when it counts if it is relative, or why it cannot
    be used."""

    moments: Mapping[str, Moment]
    counted_from: Mapping[str, datetime]
    refused: Mapping[str, str]


class PlanPoints(Struct, frozen=True):
    """The points found for the units of a plan."""

    units: tuple[PlannedUnit, ...]  # units with a point to use, in the order of the list
    without: tuple[UnitPoint, ...]  # units without one, with the reason in `UnitPoint.refused`
    searches: int = 0  # requests that it took now; what was kept from before took none
    searches_needed: int = 0  # requests that it takes where nothing is kept
    moments: Mapping[str, Moment] = field(default_factory=dict)  # what each time of the plan means, by what was typed
    # from when (UTC) a relative time counts, and when `latest` was, by what was typed
    counted_from: Mapping[str, datetime] = field(default_factory=dict)
    not_kept: str = ""  # why what was found could not be kept for another time; empty when it was

    @classmethod
    def of(
        cls, found: Sequence[tuple[ScopeRow, UnitPoint]], times: PlanTimes, searches: int, needed: int, not_kept: str
    ) -> "PlanPoints":
        """What was found for each row, with a point of its own."""
        units = tuple(row.planned(point) for row, point in found if point.usable)
        without = tuple(point for _, point in found if not point.usable)
        return cls(units, without, searches, needed, times.moments, times.counted_from, not_kept)

    def distribution(self) -> dict[str, int]:
        """How many points are how near to their time, by a label for people, and how many units have none; units that
        are sent by name are in none of these."""
        gaps = [gap for unit in self.units if (gap := unit.point.gap) is not None]
        within = [sum(gap <= limit for gap in gaps) for limit in _NEAR.values()]
        counts = [within[0], *(more - less for less, more in pairwise(within))]
        return {**dict(zip(_NEAR, counts, strict=True)), "earlier": len(gaps) - within[-1], "none": len(self.without)}
