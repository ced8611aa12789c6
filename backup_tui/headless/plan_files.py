"""`backup-tui plan new` and `plan show`: plan files written and told. Neither creates a draft."""

import argparse
import contextlib
import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from backup_tui.config import Settings
from backup_tui.errors import LocalError, UsageError
from backup_tui.headless.lists import read_bytes
from backup_tui.headless.output import Output, utc
from backup_tui.headless.plan_answers import answered, reading
from backup_tui.headless.plan_names import refuse_nobody, scope_lines, scope_object
from backup_tui.headless.points import CLOCK_DOUBT, read_moment
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, safe
from backup_tui.plans.answers import with_counts
from backup_tui.plans.document import PlanDocument, document_of, plan_text, read_plan, save_plan
from backup_tui.plans.keys import values_of
from backup_tui.plans.plan import UNITS_PER_SESSION, MailSearch, Plan, PlanLimits, Scope, Source, Wave
from backup_tui.plans.plan_text import plan_fields
from backup_tui.plans.record import kept_record
from backup_tui.plans.rows import ScopeResult
from backup_tui.plans.scope import leftovers_csv, resolve_scope
from backup_tui.plans.waves import REST, waves_of_column
from backup_tui.restore.names.list_text import list_text
from backup_tui.restore.names.names import UnitList, parse_unit_list, unit_file_bytes
from backup_tui.restore.points.moments import parse_moment, parse_span, write_moment
from backup_tui.restore.report import save_report
from backup_tui.workspace import Workspace

_DESTINATIONS = {"new": Destination.NEW, "in-place": Destination.IN_PLACE}


async def new_plan(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Writes a plan file, with the units counted that its names mean. Prints its path."""
    path = Path(args.file)
    _refuse_existing(path)
    if args.leftovers is not None:
        _refuse_existing(Path(args.leftovers))
    before = read_moment(workspace, args.before, doubt=CLOCK_DOUBT).text
    await _refuse_taken(workspace, args.name or path.stem)
    if args.express_within and args.prefer != "express":
        raise UsageError.unsent(
            "--express-within needs --prefer express.", "--express-within", hint="Add --prefer express."
        )
    with contextlib.ExitStack() as undo:
        if args.units == "-":
            args.units = _keep_piped(await read_bytes("--units"), path, undo, out)
        scope, names = _scope(args, path)
        plan = Plan(
            name=args.name or path.stem,
            scope=scope,
            before=before,
            zone=workspace.zone.key,
            destination=_DESTINATIONS[args.to],
            waves=_waves(args, path, names),
            tenant=(workspace.who.tenant_id or workspace.who.tenant) if workspace.who.known else "",
            service=Service(args.service) if args.service else Service.EXCHANGE if args.mail else None,
            prefer_express=args.prefer == "express",
            express_within=_span(args.express_within, "--express-within") or timedelta(hours=6),
            max_gap=_span(args.max_gap, "--max-gap"),
            limits=_limits(workspace, args),
            note=args.note or "",
            mail=_mail(args),
        )
        limits = workspace.context.limits
        document_of(plan_text(plan), path, limits)  # what the file would refuse is refused before anything is read

        result = await resolve_scope(workspace.context, reading(workspace, out), plan, path.parent)
        plan, result = await answered(workspace, args, plan, path, result, out)
        leftovers = _export(args, result)
        if not result.rows:
            out.narrate(*scope_lines(result))
        refuse_nobody(result, leftovers)
        plan = with_counts(replace(plan, before=_fixed_time(workspace, args.before, out)), result)
        text = plan_text(plan, workspace.who.tenant if workspace.who.known else "")
        document = document_of(text, path, limits)
        save_plan(path, text)
        undo.pop_all()
    _tell(out, document, result, leftovers)
    return 0


async def show_plan(load: Callable[[], Settings], args: argparse.Namespace, out: Output) -> int:
    """Shows what a plan file says; sends nothing."""
    document = read_plan(Path(args.file), load().limits)
    plan = document.plan
    if out.as_json:
        out.data({"file": str(document.path), "sha256": document.digest, **values_of(plan)})
        return 0
    out.fields((("File", str(document.path)), *plan_fields(plan, _list_words(document, out))))
    return 0


def _tell(out: Output, document: PlanDocument, result: ScopeResult, leftovers: str) -> None:
    plan, shown = document.plan, safe(str(document.path))
    out.narrate(*scope_lines(result))
    if leftovers:
        out.narrate(f"Names to fix: {leftovers}")
    found = Counter(row.unit.service for row in result.rows)
    units = ", ".join(service.counted(found[service]) for service in Service if found[service])
    out.narrate(f"Plan {plan.name} is written: {units}. Nothing was sent.")
    if result.problems:
        out.narrate(f"Names to fix: correct the list, or answer for all: backup-tui plan update {shown} --help")
    out.narrate(f"Check it: backup-tui plan check {shown}")
    if out.as_json:
        told = {"file": str(document.path), "leftovers": leftovers or None, **scope_object(result)}
        out.data({**told, "plan": values_of(plan)})
    else:
        out.line(str(document.path))


def _export(args: argparse.Namespace, result: ScopeResult) -> str:
    if args.leftovers is None or not result.problems:
        return ""
    save_report(Path(args.leftovers), leftovers_csv(result))
    return safe(args.leftovers)


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise LocalError(
            f"{safe(str(path))} exists already.", certainty="It was not touched.", hint="Use another name.",
            code="FileExists",
        )  # fmt: skip


async def _refuse_taken(workspace: Workspace, name: str) -> None:
    """Refuses the name of a plan that has drafts: they would be taken for those of the new one. Raises `UsageError`."""
    if (record := await kept_record(workspace.context.journal, name)) is None:
        return
    raise UsageError.unsent(
        f"A plan {record.plan.name} has drafts already, made at {utc(record.created_at)}.",
        "--name",
        record.plan.name,
        "Use another name for the file, or --name.",
    )


def _fixed_time(workspace: Workspace, typed: str, out: Output) -> str:
    """The time as the file has it: what means another moment tomorrow is written as the moment that it means now."""
    moment = read_moment(workspace, typed)
    soon = timedelta(days=2)
    later = parse_moment(typed, workspace.zone, workspace.clock.now() + soon, doubt=soon)
    if moment.latest or later.utc == moment.utc:
        return moment.text
    fixed = write_moment(moment.utc)
    out.narrate(f"Time: {safe(typed)} is written as {fixed}, so that it means the same tomorrow.")
    return fixed


def _keep_piped(data: bytes, path: Path, undo: contextlib.ExitStack, out: Output) -> str:
    """Puts a list from stdin into a file beside the plan, which `undo` removes, and returns its path."""
    read = list_text(data)
    source = path.with_name(f"{path.stem}.names.txt")
    save_report(source, read.text)
    undo.callback(source.unlink)
    if read.remark:
        out.narrate(read.remark)
    return str(source)


def _scope(args: argparse.Namespace, path: Path) -> tuple[Scope, UnitList | None]:
    """Where the names come from, and the list where it is one."""
    if args.policies:
        return Scope(Source.POLICIES, tuple(args.policies)), None
    if args.failed_of:
        return Scope(Source.FAILED_OF, tuple(args.failed_of)), None
    source = Path(args.units)
    return Scope(Source.LIST, (_entry(source, path),)), parse_unit_list(unit_file_bytes(source))


def _entry(source: Path, path: Path) -> str:
    """A file as the plan names it: beside the plan where it is, else by its whole path."""
    folder, whole = Path(os.path.abspath(path.parent)), Path(os.path.abspath(source.expanduser()))
    return str(whole.relative_to(folder)) if whole.is_relative_to(folder) else str(whole)


def _waves(args: argparse.Namespace, path: Path, names: UnitList | None) -> tuple[Wave, ...]:
    """The waves of the options, then those that the wave column names, then the one of all others."""
    waves = [_wave(text, path) for text in args.wave or ()]
    own = {wave.name.casefold(): at for at, wave in enumerate(waves)}
    column = [wave for wave in waves_of_column(names) if wave.members] if names else []
    for wave in column:
        at = own.get(wave.name.casefold())
        if at is None:
            waves.append(wave)
        else:
            waves[at] = replace(waves[at], members=(*waves[at].members, *wave.members))
    every = bool(column) and names is not None and all(name.cells.wave for name in names.lines)
    if not waves:
        return (Wave("all"),)
    return tuple(waves) if every else (*waves, Wave(REST))


def _wave(text: str, path: Path) -> Wave:
    name, equals, file = text.partition("=")
    if not equals or not name.strip() or not file.strip():
        raise UsageError.unsent(
            f"{safe(text)!r} is not a wave with a file.",
            "--wave",
            safe(text),
            "Write --wave NAME=FILE; rows can also name their wave in a column of the list.",
        )
    source = Path(file.strip())
    unit_file_bytes(source)
    return Wave(name.strip(), (f"@{_entry(source, path)}",))


def _span(text: str | None, option: str) -> timedelta | None:
    return parse_span(text, option) if text else None


def _mail(args: argparse.Namespace) -> MailSearch | None:
    within = _span(args.mail_within, "--mail-within")
    if args.mail is None:
        if within is not None:
            raise UsageError.unsent("--mail-within needs --mail.", "--mail-within", hint="Add --mail QUERY.")
        return None
    search = MailSearch(args.mail)
    return replace(search, within=within) if within is not None else search


def _limits(workspace: Workspace, args: argparse.Namespace) -> PlanLimits:
    most = workspace.context.limits
    size = args.session_size or min(UNITS_PER_SESSION, most.units)
    return PlanLimits(size, most.sessions, most.units)


def _list_words(document: PlanDocument, out: Output) -> str:
    """What is known of the list of a plan without the service."""
    scope = document.plan.scope
    if scope.source is not Source.LIST:
        return ""
    try:
        data = unit_file_bytes(document.folder / Path(scope.entries[0]).expanduser())
        names = parse_unit_list(data)
    except UsageError as error:
        out.narrate(f"! {error.message}")
        return "which cannot be read"
    changed = bool(scope.sha256) and sha256(data).hexdigest() != scope.sha256
    state = "CHANGED since the plan was written" if changed else "as it was when the plan was written"
    on = f" on {counted(names.line_count, 'line')}" if names.line_count != names.count else ""
    return f"{counted(names.count, 'name')}{on}{f', {state}' if scope.sha256 else ''}"
