"""A list of names from a file or stdin, matched with the units of the tenant."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from backup_tui.errors import IncompleteList, NamesUnresolved, UsageError
from backup_tui.headless.output import Output
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.restore.names import UnitList, parse_unit_list, read_unit_file
from backup_tui.restore.resolve import NameProblem, refuse_hidden_names, resolve
from backup_tui.store.rows import UnitRow
from backup_tui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of a list.

    Attributes:
        units: The units that were found, in the order of the list, each once.
        missing: Names that stand for no unit, as they were written; empty unless they may be skipped.
    """

    units: tuple[UnitRow, ...]
    missing: tuple[str, ...] = ()


def read_list(source: str, option: str, out: Output) -> UnitList:
    """Reads a list and tells what there is to say about it.

    Args:
        source: Path of a file, or `-` for stdin.
        option: The option that it was given with, for the message.
        out: Takes the remarks.

    Raises:
        UsageError: It cannot be read, or holds no name.
    """
    names = parse_unit_list(sys.stdin.buffer.read()) if source == "-" else read_unit_file(Path(source))
    out.narrate(*names.remarks)
    if not names.lines:
        raise UsageError(
            "The list of units is empty.",
            field=option,
            value=source,
            certain="Nothing was drafted.",
            way_out="Give at least one e-mail address, site URL or id, one a line.",
        )
    return names


async def match_list(
    workspace: Workspace, service: Service, names: UnitList, out: Output, *, skip_unresolved: bool
) -> Matched:
    """Finds the unit of each name.

    Raises:
        NamesUnresolved: Names stand for no unit, and they may not be skipped.
        UsageError: Names that this sign-in cannot find.
        IncompleteList: The units could not be read to their end.
    """
    app_only = workspace.who.app_only
    refuse_hidden_names(names, service, app_only=app_only)
    out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
    await read_units(workspace, service, out)
    table = workspace.store.units[service]
    resolution = resolve(names, table, service, app_only=app_only)
    for again in resolution.twice[len(names.duplicates) :]:
        out.narrate(f"Line {again.line}: {again.text} is the unit of line {again.first_line} again; it counts once.")
    if resolution.none_known is not None:
        out.narrate(resolution.none_known.sentence(workspace.who.tenant))
    out.narrate(*(_told(problem, service) for problem in resolution.problems))
    missing = tuple(problem.written.text for problem in resolution.problems)
    units = tuple(table[found.unit_id] for found in resolution.found)
    check_unresolved(missing, len(names.lines), "stand for no unit", skip=skip_unresolved)
    return Matched(units, missing)


async def read_units(workspace: Workspace, service: Service, out: Output) -> None:
    """Reads the units of a service into the store, to find names among them.

    Entries that cannot be read are only told: a name that one of them would be is unresolved, so none is lost.

    Raises:
        BackupTuiError: The list could not be read to its end.
    """
    try:
        await workspace.load_units(service)
    except IncompleteList as error:
        if not error.unread:
            raise
        out.narrate(f"! {error.what} A name that is not found may be among them.")


def check_unresolved(missing: tuple[str, ...], total: int, what: str, *, skip: bool) -> None:
    """Refuses to go on without some of the names, unless that was asked for.

    Args:
        missing: The names that cannot be used.
        total: How many names there are.
        what: Why not: `stand for no unit`.
        skip: Going on without them was asked for.

    Raises:
        NamesUnresolved: Names are missing, and they may not be skipped.
    """
    if not missing or (skip and len(missing) < total):
        return
    raise NamesUnresolved(
        f"{len(missing):,} of {counted(total, 'name')} {what}.",
        names=missing,
        certain="Nothing was drafted.",
        way_out="Put them right, or go on without them: --skip-unresolved"
        if len(missing) < total
        else "Put them right; none is left to go on with.",
    )


def _told(problem: NameProblem, service: Service) -> str:
    near = f"; near: {problem.nearest_name}" if problem.nearest_name else ""
    return f"Line {problem.written.line}: {problem.written.text}: {problem.reason.word(service)}{near}"
