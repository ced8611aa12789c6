"""Units that another plan of this machine holds as well: two shifts may answer to the same attack."""

from __future__ import annotations

from collections.abc import Collection

from backup_tui.changes.context import Context
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.text import counted
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, kept_plans, kept_units


async def check_other_plans(context: Context, name: str, unit_ids: Collection[str]) -> list[Check]:
    """Whether units of a plan are in sessions of other plans that have not ended, or are still to be drafted.

    Args:
        context: What to read with; its store knows the sessions.
        name: Of the plan that is checked.
        unit_ids: Its units.

    Raises:
        JournalError: The journal cannot be read.
    """
    checks: list[Check] = []
    for record in await kept_plans(context.journal):
        other = record.plan.name
        if other == name:
            continue
        shared = [
            unit.name
            for part in record.parts
            if not _is_over(context, record, part)
            for unit in await kept_units(context.journal, other, part.number)
            if unit.unit_id in unit_ids
        ]
        if shared:
            who = f"{shared[0]} is" if len(shared) == 1 else f"{counted(len(shared), 'unit')} ({shared[0]}, ...) are"
            checks.append(Check(CheckResult.WARNING, f"{who} in plan {other} as well, and not restored there yet", 7))
    return checks


def _is_over(context: Context, record: PlanRecord, part: Part) -> bool:
    """Whether a part will restore nothing more: its session has ended, was deleted, or is no longer known."""
    if part.number not in record.sessions:
        return False
    session = context.store.sessions.get(record.sessions[part.number])
    return session is None or session.gone or session.state.terminal
