"""A form that becomes a plan: what it says of that, and the plan that is made of it."""

import asyncio
from datetime import datetime
from pathlib import Path

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.text import counted
from backup_tui.paths import state_dir
from backup_tui.plans.files import plans_folder
from backup_tui.plans.plan import UNITS_PER_SESSION
from backup_tui.plans.record import kept_record
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.names.services import told_service
from backup_tui.workspace import Workspace


def sessions_of(form: RestoreForm, most: int) -> int:
    """Into how many sessions the names of a form are split, as far as they are counted. `most`: how many units of a
    service are restored at a time."""
    own = len(form.units) + len(form.waiting)
    other: dict[object, int] = {}
    for problem in form.elsewhere:
        service = told_service(problem.written)
        other[service] = other.get(service, 0) + 1
    return sum(-(-count // min(UNITS_PER_SESSION, most)) for count in (own, *other.values()))


def plan_words(form: RestoreForm, most: int) -> str:
    """`a plan of 10 sessions`."""
    return f"a plan of {counted(sessions_of(form, most), 'session')}"


async def write_plan(workspace: Workspace, form: RestoreForm, now: datetime, limits: ServiceLimits) -> Path:
    """Writes the plan of a form and its list into the folder of plans; a plan that the form has already is used. Raises
    `UsageError`: the form's time cannot be used; `LocalError`: the files cannot be written; the form is kept."""
    from backup_tui.plans.from_form import save_plan_of  # late: a draft has no use for it

    if form.plan and (path := Path(form.plan)).is_file():
        return path
    folder = plans_folder(workspace.state_folder or state_dir())
    tenant = workspace.who.tenant if workspace.who.known else ""
    return await asyncio.to_thread(save_plan_of, form, folder, tenant, now, limits)


async def has_drafts(workspace: Workspace, form: RestoreForm | None) -> bool:
    """Whether the plan that was made of a form has its drafts, so that the form is done."""
    if form is None or not form.plan:
        return False
    return await kept_record(workspace.context.journal, Path(form.plan).stem) is not None
