"""What a change of a policy's units is made of before its review: who joins, who leaves, and names to fix. Pure."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.models.services import Service
from backup_tui.protection.editing_parts import Member
from backup_tui.restore.names.names import Duplicate, sum_words
from backup_tui.restore.names.resolve import NameProblem
from backup_tui.workspace.policy_lists import MembersOfList


class StagedUnit(Struct, frozen=True):
    """One unit of the change. `line`: of its list; 0 where it was typed or selected."""

    member: Member
    joins: bool
    line: int = 0

    @property
    def key(self) -> str:
        """The id of its row."""
        return self.member.key


class StagedName(Struct, frozen=True):
    """A name to fix or leave out, and whether it is one of those who join."""

    problem: NameProblem
    joins: bool


class Staging(Struct, frozen=True):
    """The change as it is now; every name that was loaded or typed is in it once."""

    service: Service  # whose units they are
    policy_id: str = ""  # the policy; empty for a new one
    name: str = ""  # of a new policy
    units: tuple[StagedUnit, ...] = ()  # who joins and who leaves
    problems: tuple[StagedName, ...] = ()  # names that are still wrong
    twice: tuple[Duplicate, ...] = ()  # names of units that the list has already
    left_out: tuple[str, ...] = ()  # names that are left out

    @property
    def add(self) -> tuple[Member, ...]:
        """Who is to join."""
        return tuple(one.member for one in self.units if one.joins)

    @property
    def remove(self) -> tuple[Member, ...]:
        """Who is to leave."""
        return tuple(one.member for one in self.units if not one.joins)

    @property
    def absent(self) -> tuple[str, ...]:
        """Names that the change leaves behind."""
        return (*(one.problem.written.text for one in self.problems), *self.left_out)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered."""
        return not (self.units or self.problems or self.left_out or self.name)

    @property
    def counts(self) -> str:
        """`305 names: 300 staged, 5 to fix`; the parts always add up."""
        parts = (
            (len(self.units), "staged"),
            (len(self.twice), "twice"),
            (len(self.left_out), "left out"),
            (len(self.problems), "to fix"),
        )
        return sum_words(sum(count for count, _ in parts), None, parts)

    def unit(self, key: str | None) -> StagedUnit | None:
        """The unit of a row; `None` when it went."""
        return next((one for one in self.units if one.key == key), None)

    def line_of(self, unit_id: str) -> int | None:
        """The line of a unit, 0 without one; `None` where it is not in the change."""
        return next((one.line for one in self.units if unit_id in (one.member.unit_id, one.member.object_id)), None)

    def with_list(self, found: MembersOfList, *, joins: bool) -> "Staging":
        """The change with the names of a list; who is in it already counts once, in the direction that came first."""
        problems = tuple(StagedName(problem, joins) for problem in found.problems)
        units = [StagedUnit(member, joins, name.line) for name, member in found.listed]
        staged = replace(
            self,
            problems=(*self.problems, *problems),
            twice=(*self.twice, *found.resolution.twice),
        )
        return staged.with_units(units)

    def with_units(self, units: Iterable[StagedUnit]) -> "Staging":
        """The change with more units."""
        known = {one.key: one for one in self.units}
        twice = list(self.twice)
        for one in units:
            first = known.setdefault(one.key, one)
            if first is not one:
                twice.append(Duplicate(one.line, first.line, one.member.name))
        return replace(self, units=tuple(known.values()), twice=tuple(twice))

    def without_unit(self, key: str) -> "Staging":
        """The change without a unit, which is then left out."""
        gone = self.unit(key)
        if gone is None:
            return self
        rest = tuple(one for one in self.units if one.key != key)
        return replace(self, units=rest, left_out=(*self.left_out, gone.member.name))

    def with_chosen(self, name: NameProblem, unit: StagedUnit) -> "Staging":
        """The change with a unit for a name that was wrong."""
        return self._settled(name).with_units([unit])

    def with_problem(self, name: NameProblem, problem: StagedName) -> "Staging":
        """The change with another thing wrong about a name."""
        after = self._settled(name)
        return replace(after, problems=(*after.problems, problem))

    def with_left_out(self, names: Iterable[NameProblem]) -> "Staging":
        """The change without names that are still wrong."""
        gone = {id(name) for name in names}
        left = tuple(one.problem.written.text for one in self.problems if id(one.problem) in gone)
        rest = tuple(one for one in self.problems if id(one.problem) not in gone)
        return replace(self, problems=rest, left_out=(*self.left_out, *left))

    def _settled(self, name: NameProblem) -> "Staging":
        return replace(self, problems=tuple(one for one in self.problems if one.problem is not name))
