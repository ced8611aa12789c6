"""What a person says about many names at once: take the nearest, leave out the rest. Pure.

The answers are written into the plan, so that whoever reads the file sees them."""

from collections import Counter
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from backup_tui.models.services import Service
from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import ScopeProblem, ScopeResult, ScopeRow
from backup_tui.restore.names.names import normalise
from backup_tui.restore.names.resolve import Reason


def take_nearest(plan: Plan, result: ScopeResult) -> tuple[Plan, int]:
    """The plan with the one unit that is near each misspelt name chosen for it, and for how many names. A name that
    matches nothing and is near to several units stays to fix, and so does one whose unit is in no policy."""
    chosen = {
        one.problem.written.text: one.problem.nearest
        for one in result.problems
        if one.problem.is_misspelt and one.problem.nearest is not None
    }
    scope = replace(plan.scope, chosen={**plan.scope.chosen, **chosen})
    return replace(plan, scope=scope) if chosen else plan, len(chosen)


def can_be_left_out(result: ScopeResult) -> tuple[ScopeProblem, ...]:
    """The names to fix that can be left out. A name that means a unit that was found, too, stays to fix: leaving it out
    would leave out that unit."""
    open_ones = [one for one in result.problems if one.problem.reason is not Reason.TWICE]
    open_lines = {one.problem.written.line for one in open_ones}
    # A name that is to fix may be in the list twice, too; only a repetition of a found one names a unit.
    again = (one.text for one in result.twice if one.first_line not in open_lines)
    used = set(map(normalise, (*map(_name, result.rows), *(row.unit.id for row in result.rows), *again)))
    return tuple(one for one in open_ones if normalise(one.problem.written.text) not in used)


def leave_out_rest(plan: Plan, result: ScopeResult) -> tuple[Plan, int]:
    """The plan without the names that are to fix and can be left out, and how many those are."""
    names = dict.fromkeys(one.problem.written.text for one in can_be_left_out(result))
    return without_names(plan, names), len(names)


def leave_out_units(plan: Plan, result: ScopeResult, unit_ids: Collection[str]) -> tuple[Plan, int]:
    """The plan without some of its units, such as those that have no point, and how many those are. Each is named as
    the list names it, and by its id where the list uses the name for other units, too. They are expected no longer."""
    rows = [row for row in result.rows if row.unit.id in unit_ids]
    others = (*(again.text for again in result.twice), *(one.problem.written.text for one in result.problems))
    texts = Counter(map(normalise, (*map(_name, result.rows), *others)))
    names = [row.unit.id if texts[normalise(_name(row))] > 1 else _name(row) for row in rows]
    fewer = Counter(row.unit.service for row in rows)
    expected = {service: count - fewer[service] for service, count in plan.expected.items() if count > fewer[service]}
    return replace(without_names(plan, names), expected=expected), len(rows)


def with_counts(plan: Plan, result: ScopeResult) -> Plan:
    """The plan with the hash of its list, and the units of each service that are expected; none are while names are to
    fix, since correcting one would change their number."""
    found = Counter(row.unit.service for row in result.rows)
    expected = {} if result.problems else {service: found[service] for service in Service if found[service]}
    return replace(plan, expected=expected, scope=replace(plan.scope, sha256=result.sha256))


def _name(row: ScopeRow) -> str:
    return row.written or row.unit.address or row.unit.title or row.unit.id


def without_names(plan: Plan, names: Iterable[str]) -> Plan:
    """The plan with further names left out."""
    left_out = tuple(dict.fromkeys((*plan.scope.left_out, *names)))
    return plan if left_out == plan.scope.left_out else replace(plan, scope=replace(plan.scope, left_out=left_out))
