"""What became of the names of a plan, for the commands that look for them."""

from collections import Counter
from collections.abc import Iterator

from backup_tui.errors import NamesUnresolved
from backup_tui.models.text import counted, safe
from backup_tui.plans.rows import ScopeProblem, ScopeResult
from backup_tui.restore.names.names import sum_words
from backup_tui.restore.names.resolve import Reason

MOST_TOLD = 40  # so many names to fix are told one by one; a file of leftovers has all

_FEW = 3


def scope_object(result: ScopeResult) -> dict[str, object]:
    """What became of the names of a plan, for `--json`."""
    return {
        "names": result.sums,
        "toFix": [
            {
                "line": one.problem.written.line or None,
                "name": one.problem.written.text,
                "problem": _reason(one),
                "words": one.words,
                "nearest": one.problem.nearest,
                "candidates": dict(one.near),
            }
            for one in result.problems
        ],
        "waves": [
            {"wave": stray.wave, "key": stray.key, "name": stray.name, "words": stray.words} for stray in result.strays
        ],
        "listChanged": result.changed,
    }


def scope_lines(result: ScopeResult) -> Iterator[str]:
    """What became of the names of a plan, for stderr: remarks, names to fix, and the sum, which comes last."""
    yield from result.remarks
    told = [one for one in result.problems if not _is_of_several_services(one)] or result.problems[:_FEW]
    for one in told[:MOST_TOLD]:
        where = f"Line {one.problem.written.line}: " if one.problem.written.line else ""
        what = f"{where}{safe(one.problem.written.text, 200)}: {_reason(one)}"
        if one.problem.nearest is None:
            yield f"{what}. {one.words}"
            yield from (f"    {safe(unit_id)}  {name}" for unit_id, name in one.near.items())
        else:
            yield f"{what}; near: {one.problem.nearest_name}"
    if (more := len(result.problems) - min(len(told), MOST_TOLD)) > 0:
        yield f"and {more:,} more to fix; --leftovers FILE writes all of them."
    yield from (f"Wave {stray.wave}, {stray.key}: {stray.name}: {stray.words}" for stray in result.strays)
    reasons = Counter(map(_reason, result.problems)).most_common()
    if reasons:
        yield f"To fix: {', '.join(f'{count:,} {reason}' for reason, count in reasons)}."
    sums = result.sums
    parts = (
        (sums["found"], "found"),
        (sums["twice"], "twice"),
        (sums["toFix"], "to fix"),
        (sums["leftOut"], "left out"),
    )
    yield f"{sum_words(sums['names'], result.lines or sums['names'], parts)}."


def _is_of_several_services(one: ScopeProblem) -> bool:
    return one.problem.reason is Reason.SEVERAL and one.service is None


def refuse_nobody(result: ScopeResult, leftovers: str) -> None:
    """Refuses a plan of nobody. Raises `NamesUnresolved`."""
    if result.rows:
        return
    names = [one.problem.written.text for one in result.problems]
    both = any(map(_is_of_several_services, result.problems))
    raise NamesUnresolved(
        f"None of {counted(result.sums['names'], 'name')} can be used.",
        names=names,
        certainty="The plan was not written. Nothing was sent.",
        hint="Say whose units they are: --service, or a service column in the list."
        if both
        else f"Correct them{f' in {leftovers}' if leftovers else ''}, and check the tenant.",
    )


def _reason(one: ScopeProblem) -> str:
    return one.problem.reason.word(one.service) if one.service else one.problem.reason.value
