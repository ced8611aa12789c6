"""A form that becomes a plan: what it says of that, and the plan that is made of it."""

from __future__ import annotations

from backup_tui.models.text import counted
from backup_tui.plans.plan import UNITS_PER_SESSION
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.names.services import told_service


def sessions_of(form: RestoreForm, most: int) -> int:
    """Into how many sessions the names of a form are split, as far as they are counted.

    Args:
        most: How many units of a service are restored at a time.
    """
    own = len(form.units) + len(form.waiting)
    other: dict[object, int] = {}
    for problem in form.elsewhere:
        service = told_service(problem.written)
        other[service] = other.get(service, 0) + 1
    return sum(-(-count // min(UNITS_PER_SESSION, most)) for count in (own, *other.values()))


def plan_words(form: RestoreForm, most: int) -> str:
    """`a plan of 10 sessions`."""
    return f"a plan of {counted(sessions_of(form, most), 'session')}"
