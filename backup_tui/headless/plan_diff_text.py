"""The difference between a plan and its drafts, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from backup_tui.headless.output import aligned
from backup_tui.models.text import short_id
from backup_tui.plans.checking import PlanCheck
from backup_tui.plans.difference import ADDED, CHANGED, REMOVED, PlanDifference


def difference_lines(check: PlanCheck, found: PlanDifference) -> Iterator[str]:
    """How a plan differs from its drafts: what else differs first, then unit by unit."""
    plan = check.document.plan.name
    if not found.differs:
        yield f"Plan {plan} is as its drafts are: {found.words}."
        return
    yield f"Plan {plan} differs from its drafts: {found.words}."
    yield from (f"  plan: {line}" for line in found.settings)
    yield from (f"  {line}" for line in found.drafts)
    if not found.rows:
        return
    header = ("", "UNIT", "WAVE", "SESSION", "WHAT")
    rows = [
        (
            row.sign,
            row.name,
            row.wave,
            short_id(row.session_id),
            f"{row.what} (its session has started: nothing can be changed in it)" if row.started else row.what,
        )
        for row in found.rows
    ]
    yield from aligned(header, rows)


def difference_object(check: PlanCheck, found: PlanDifference) -> dict[str, object]:
    """The same as JSON."""
    return {
        "plan": check.document.plan.name,
        "differs": found.differs,
        "added": found.count(ADDED),
        "removed": found.count(REMOVED),
        "changed": found.count(CHANGED),
        "same": found.same,
        "units": [
            {
                "sign": row.sign,
                "unitId": row.unit_id,
                "name": row.name,
                "wave": row.wave,
                "sessionId": row.session_id or None,
                "started": row.started,
                "what": row.what,
            }
            for row in found.rows
        ],
        "settings": list(found.settings),
        "drafts": list(found.drafts),
    }
