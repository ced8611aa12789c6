"""What a person says about all names to fix at once: take the nearest, leave out the rest. Pure.

The answers are written into the plan, so that whoever reads the file sees them."""

from __future__ import annotations

from msgspec.structs import replace

from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import ScopeResult
from backup_tui.restore.names.names import normalise


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


def leave_out_rest(plan: Plan, result: ScopeResult) -> tuple[Plan, int]:
    """The plan without the names that are to fix, and how many those are. A name stays to fix where the list uses it
    for a unit that was found, too: leaving it out would leave out that unit."""
    used = {normalise(row.written) for row in result.rows if row.written}
    names = dict.fromkeys(
        one.problem.written.text for one in result.problems if normalise(one.problem.written.text) not in used
    )
    left_out = tuple(dict.fromkeys((*plan.scope.left_out, *names)))
    return replace(plan, scope=replace(plan.scope, left_out=left_out)) if names else plan, len(names)
