"""What became of the names of a plan, and of their points. Pure."""

from __future__ import annotations

from collections.abc import Mapping
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
    """A unit that a plan names.

    Attributes:
        wave: Index of its wave.
        destination: Where it goes: its row's own destination, else its wave's, else the plan's.
        before: The time to go back to as typed: its row's own, else its wave's, else the plan's.
        own: The time is the row's own.
        line: Line of the list; 0 without a list.
        written: How the list names it; empty without a list.
        place: Its place among those that go first in their wave; `None` for all others.
    """

    unit: NamedUnit
    wave: int
    destination: Destination
    before: str
    own: bool = False
    line: int = 0
    written: str = ""
    place: int | None = None

    def planned(self, point: UnitPoint) -> PlannedUnit:
        return PlannedUnit(point, self.wave, self.destination, self.line, self.written, self.place)


class ScopeProblem(Struct, frozen=True):
    """A name that is to be put right or left out.

    Attributes:
        problem: The name, what is wrong, and which units are near it.
        service: Whose unit it is meant to be, as far as is known: of the units that are near it, of its row or of the
            plan; `None` where several are possible.
        words: What is wrong, in a sentence.
        near: Candidates by unit id: what people know each by.
    """

    problem: NameProblem
    service: Service | None
    words: str
    near: Mapping[str, str]


class Stray(Struct, frozen=True):
    """A name in `members` or `first` of a wave that is no unit of the plan, or belongs to another wave.

    Attributes:
        wave: Name of the wave.
        key: `members` or `first`.
        name: As it is written there.
        words: What is wrong, in a sentence.
    """

    wave: str
    key: str
    name: str
    words: str


class ScopeResult(Struct, frozen=True):
    """What became of every name of a plan; nothing vanishes.

    Attributes:
        rows: Units, each once, in the order of the list.
        problems: Names to put right.
        twice: Names whose unit is in the list already.
        left_out: Names that a person left out.
        remarks: What else was seen in the list, in sentences.
        lines: How many lines the names are on.
        strays: Names in waves that cannot be used; they are not names of the list and not in its sum.
        sha256: Of the list as it is now; empty without a list.
        changed: The list is another one than when the plan was written.
    """

    rows: tuple[ScopeRow, ...]
    problems: tuple[ScopeProblem, ...] = ()
    twice: tuple[Duplicate, ...] = ()
    left_out: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: int = 0
    strays: tuple[Stray, ...] = ()
    sha256: str = ""
    changed: bool = False

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
    """The points found for the units of a plan.

    Attributes:
        units: Units with a point to use, in the order of the list.
        without: Units without one, with the reason in `UnitPoint.refused`.
        searches: Requests that it took now; what was kept from before took none.
        searches_needed: Requests that it takes where nothing is kept.
        moments: What each time of the plan means, by what was typed.
        counted_from: From when (UTC) a relative time counts, and when `latest` was, by what was typed.
        not_kept: Why what was found could not be kept for another time; empty when it was.
    """

    units: tuple[PlannedUnit, ...]
    without: tuple[UnitPoint, ...]
    searches: int = 0
    searches_needed: int = 0
    moments: Mapping[str, Moment] = field(default_factory=dict)
    counted_from: Mapping[str, datetime] = field(default_factory=dict)
    not_kept: str = ""

    def distribution(self) -> dict[str, int]:
        """How many points are how near to their time, by a label for people, and how many units have none; units that
        are sent by name are in none of these."""
        gaps = [gap for unit in self.units if (gap := unit.point.gap) is not None]
        within = [sum(gap <= limit for gap in gaps) for limit in _NEAR.values()]
        counts = [within[0], *(more - less for less, more in pairwise(within))]
        return {**dict(zip(_NEAR, counts, strict=True)), "earlier": len(gaps) - within[-1], "none": len(self.without)}
