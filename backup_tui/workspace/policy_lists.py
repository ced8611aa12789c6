"""A list of names for a policy: who of them joins it or leaves it, and what is wrong with the others."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from backup_tui.models.services import Service
from backup_tui.protection.editing_parts import Member
from backup_tui.restore.names.fitness import to_add, to_remove
from backup_tui.restore.names.names import UnitList, WrittenName, sum_words
from backup_tui.restore.names.resolve import NameProblem, Reason, Resolution, explain_problem, resolve
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.restore.report import as_csv
from backup_tui.store.rows import UnitRow
from backup_tui.workspace.workspace import Workspace

LEFTOVERS = ("unit", "line", "problem", "what to do", "nearest")
"""Headings of the leftovers; a list under them is read again with what was corrected in the first column."""


class MembersOfList(Struct, frozen=True):
    """What became of a list of names."""

    names: UnitList  # the list
    resolution: Resolution  # what each name means
    # who is meant and by which name, in the order of the list, each once
    listed: tuple[tuple[WrittenName, Member], ...]
    index: UnitIndex  # the units among which the names were looked for

    @property
    def members(self) -> tuple[Member, ...]:
        """Who is meant, in the order of the list, each once."""
        return tuple(member for _, member in self.listed)

    @property
    def problems(self) -> tuple[NameProblem, ...]:
        """The names that nobody can be added or removed by."""
        return self.resolution.problems

    @property
    def sums(self) -> Mapping[str, int]:
        """What became of the names, under the names of `--json`; the parts add up to `names`."""
        return {
            "names": self.names.count,
            "found": len(self.members),
            "twice": len(self.resolution.twice),
            "leftOut": len(self.problems),
        }

    def sentence(self, problems: str = "to fix") -> str:
        """`305 lines: 300 found, 5 to fix.`; the parts always add up."""
        parts = (
            (len(self.members), "found"),
            (len(self.resolution.twice), "twice"),
            (len(self.problems), problems),
        )
        return f"{sum_words(self.names.count, self.names.line_count, parts)}."


def members_of(
    workspace: Workspace, names: UnitList, service: Service, policy_id: str, *, joins: bool
) -> MembersOfList:
    """Finds who is meant by each name of a list, among the units that were read.

    Args:
        workspace: Holds the units of the service; they have been read.
        policy_id: The policy; empty for one that is yet to be created.
        joins: They are to join it; otherwise to leave it.

    Raises:
        UsageError: Names that this sign-in cannot find.
    """
    table = workspace.store.units[service]
    index = UnitIndex(table.values())
    judge = to_add(policy_id) if joins else to_remove(policy_id)
    resolution = resolve(names, index, service, app_only=workspace.who.app_only, judge=judge, new_ids=joins)
    by_name = {id(one.written): member(table[one.unit_id]) for one in resolution.found}
    by_name |= {id(one.written): Member(one.name, one.unit_id) for one in resolution.strangers}
    listed = tuple((name, by_name[id(name)]) for name in names.lines if id(name) in by_name)
    return MembersOfList(names, resolution, listed, index)


def fits(unit: UnitRow, policy_id: str, *, joins: bool) -> Reason | None:
    """Why a listed unit cannot join a policy, or leave it; `None` where it can."""
    return (to_add(policy_id) if joins else to_remove(policy_id))(unit)


def member(unit: UnitRow) -> Member:
    """A listed unit as one that joins a policy or leaves it."""
    return Member(unit.name, unit.object_id, unit.id)


def leftovers_csv(found: MembersOfList, service: Service, tenant: str) -> str:
    """The names that nobody can be added or removed by, as `leftovers_of` writes them."""
    return leftovers_of(found.problems, (), found.index, service, tenant)


def leftovers_of(
    problems: Sequence[NameProblem], left_out: Sequence[str], index: UnitIndex, service: Service, tenant: str
) -> str:
    """Names that nobody can be added or removed by, as CSV (RFC 4180): corrected in its first column, it is a list that
    is read again. No cell runs as a formula.

    Args:
        problems: Names that are wrong.
        left_out: Names that a person left out.
        index: The units among which they were looked for.
        tenant: What the tenant is called.
    """
    wrong = [
        (
            problem.written.text,
            str(problem.written.line or ""),
            problem.reason.word(service),
            explain_problem(problem, index, service, tenant),
            problem.nearest_name,
        )
        for problem in problems
    ]
    return as_csv(LEFTOVERS, (*wrong, *((name, "", "left out", "", "") for name in left_out)))
