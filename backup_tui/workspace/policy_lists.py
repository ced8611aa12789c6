"""A list of names for a policy: who of them joins it or leaves it, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from backup_tui.models.services import Service
from backup_tui.protection.editing_parts import Member
from backup_tui.restore.names.fitness import to_add, to_remove
from backup_tui.restore.names.names import UnitList, sum_words
from backup_tui.restore.names.resolve import NameProblem, Resolution, explain_problem, resolve
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.restore.report import as_csv
from backup_tui.store.rows import UnitRow
from backup_tui.workspace.workspace import Workspace

LEFTOVERS = ("unit", "line", "problem", "what to do", "nearest")
"""Headings of the leftovers; a list under them is read again with what was corrected in the first column."""


class MembersOfList(Struct, frozen=True):
    """What became of a list of names.

    Attributes:
        names: The list.
        resolution: What each name means.
        members: Who is meant, in the order of the list, each once.
        index: The units among which the names were looked for.
    """

    names: UnitList
    resolution: Resolution
    members: tuple[Member, ...]
    index: UnitIndex

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
        names: The list.
        service: Whose units they are.
        policy_id: The policy; empty for one that is yet to be created.
        joins: They are to join it; otherwise to leave it.

    Raises:
        UsageError: Names that this sign-in cannot find.
    """
    table = workspace.store.units[service]
    index = UnitIndex(table.values())
    judge = to_add(policy_id) if joins else to_remove(policy_id)
    resolution = resolve(names, index, service, app_only=workspace.who.app_only, judge=judge, new_ids=joins)
    places = {id(name): place for place, name in enumerate(names.lines)}  # in the order of the list
    lined = [(places.get(id(one.written), 0), member(table[one.unit_id])) for one in resolution.found]
    lined += [(places.get(id(one.written), 0), Member(one.name, one.unit_id)) for one in resolution.strangers]
    members = tuple(one for _, one in sorted(lined, key=lambda two: two[0]))
    return MembersOfList(names, resolution, members, index)


def member(unit: UnitRow) -> Member:
    """A listed unit as one that joins a policy or leaves it."""
    return Member(unit.name, unit.object_id, unit.id)


def leftovers_csv(found: MembersOfList, service: Service, tenant: str) -> str:
    """The names that nobody can be added or removed by, as CSV (RFC 4180): corrected in its first column, it is a list
    that is read again. No cell runs as a formula."""
    rows = (
        (
            problem.written.text,
            str(problem.written.line),
            problem.reason.word(service),
            explain_problem(problem, found.index, service, tenant),
            problem.nearest_name,
        )
        for problem in found.problems
    )
    return as_csv(LEFTOVERS, rows)
