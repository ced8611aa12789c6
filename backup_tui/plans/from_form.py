"""The plan that a form becomes: its file, and the list of its names beside it, with every name of the form in it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from backup_tui.config import named_zone
from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import LocalError
from backup_tui.models.services import Destination
from backup_tui.paths import ensure_private_dir
from backup_tui.plans.document import plan_text, save_plan
from backup_tui.plans.plan import Plan, PlanLimits, Scope, Source
from backup_tui.plans.waves import waves_of_column
from backup_tui.restore.drafts.form import Express, RestoreForm
from backup_tui.restore.names.columns import RowCells
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.restore.names.services import told_service
from backup_tui.restore.points.moments import is_relative, parse_moment, write_moment
from backup_tui.restore.report import as_csv, save_report

_COLUMNS = ("unit", "unit id", "service", "time", "zone", "to", "wave")
_MOST_OF_A_NAME = 99
_AFTER = 10**9


def plan_of_form(form: RestoreForm, name: str, tenant: str, limits: ServiceLimits = LIMITS) -> tuple[Plan, str]:
    """The plan of a form, and the text of its list, which goes into `{name}.csv`.

    A time that counts from when it was typed becomes the moment that it was then.

    Args:
        form: Complete but for names to fix, which the plan's own check shows.
        name: What the plan goes by.
        tenant: Domain or id of the tenant.

    Raises:
        UsageError: The form's time cannot be used.
    """
    before = form.moment.strip()
    if form.asked_at is not None and is_relative(before):
        before = write_moment(parse_moment(before, named_zone(form.zone), form.asked_at, form.asked_at).utc)
    text = _list(form)
    plan = Plan(
        name=name,
        scope=Scope(
            Source.LIST, (f"{name}.csv",), sha256(text.encode()).hexdigest(), tuple(dict.fromkeys(form.left_out))
        ),
        before=before,
        zone=form.zone,
        destination=form.destination or Destination.NEW,
        waves=waves_of_column(parse_unit_list(text)),
        tenant=tenant,
        service=None if form.elsewhere else form.service,
        prefer_express=form.express is Express.PREFER,
        express_within=form.express_within,
        limits=PlanLimits.within(limits),
        note=form.source,
    )
    return plan, text


def save_plan_of(form: RestoreForm, folder: Path, tenant: str, now: datetime, limits: ServiceLimits = LIMITS) -> Path:
    """Writes the plan of a form and its list into new files that only their owner can read. Returns the plan file.

    Args:
        form: See `plan_of_form`.
        folder: Where to; it is created where it does not exist.
        tenant: Domain or id of the tenant.
        now: The time; the plan is named after it.

    Raises:
        UsageError: The form's time cannot be used.
        LocalError: The files cannot be written.
    """
    local = now.astimezone(named_zone(form.zone))
    return save_new(folder, "restore", local, lambda name: plan_of_form(form, name, tenant, limits))


def save_new(folder: Path, kind: str, local: datetime, made: Callable[[str], tuple[Plan, str]]) -> Path:
    """Writes a plan and its list into new files of a folder, named after the minute: `restore-20nov-1410.toml`. `made`:
    gives the plan of a name, and the text of its list. Raises `LocalError`: the files cannot be written."""
    ensure_private_dir(folder)
    usual = f"{kind}-{local.day}{local:%b-%H%M}".lower()
    for number in range(1, _MOST_OF_A_NAME + 1):
        name = usual if number == 1 else f"{usual}-{number}"
        path = folder / f"{name}.toml"
        if path.exists() or path.with_suffix(".csv").exists():
            continue
        plan, text = made(name)
        save_report(path.with_suffix(".csv"), text)
        save_plan(path, plan_text(plan))
        return path
    raise LocalError(f"{folder} has {_MOST_OF_A_NAME} plans of this minute.", certainty="Nothing was written.")


def _list(form: RestoreForm) -> str:
    """Every name of the form, a row each: those found with the unit's id, the others as they were written. No cell runs
    as a formula."""
    return as_csv(_COLUMNS, _rows(form))


def _rows(form: RestoreForm) -> Iterator[tuple[str, ...]]:
    """In the order of the lines that the names came on, so that one list keeps its line numbers."""
    numbered = sorted(_numbered(form), key=lambda row: row[0] or _AFTER)
    return (row for _, row in numbered)


def _numbered(form: RestoreForm) -> Iterator[tuple[int, tuple[str, ...]]]:
    own = form.service.value
    ids = {unit.line: unit.unit_id for unit in form.units if unit.line}
    for unit in form.units:
        time = form.own_times.get(unit.unit_id, "")
        yield unit.line, (unit.written or unit.name, unit.unit_id, own, time, *_said(unit.cells))
    elsewhere = form.elsewhere
    for problem in form.problems:
        name = problem.written
        told = told_service(name) if problem in elsewhere else None
        service = (told or form.service).value
        yield name.line, (name.text, "".join(name.others[:1]), service, name.cells.before, *_said(name.cells))
    for again in form.twice:
        row = (again.text, ids.get(again.first_line, ""), own, again.cells.before, *_said(again.cells))
        yield again.line, row
    for text in form.left_out:
        yield 0, (text, "", own, "", "", "", "")


def _said(cells: RowCells) -> tuple[str, str, str]:
    return cells.zone, cells.destination, cells.wave
