"""A list of names from a file or stdin, matched with the units of the tenant."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field

from backup_tui.errors import IncompleteList, NamesUnresolved, UsageError
from backup_tui.headless.output import Output
from backup_tui.headless.reading import apart, read_all
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe
from backup_tui.restore.names.names import UnitList, parse_unit_list, read_unit_file, sum_words
from backup_tui.restore.names.resolve import MOST_CANDIDATES, NameProblem, Resolution, refuse_hidden_names, resolve
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import UnitRow
from backup_tui.store.summary import excluded_names
from backup_tui.workspace import Workspace
from backup_tui.workspace.units_at_hand import read_exclusions

_END = 200  # characters shown of each end of a very long name


class Matched(Struct, frozen=True):
    """A list, matched with units."""

    units: tuple[UnitRow, ...]  # the units that were found, in the order of the list, each once
    missing: tuple[str, ...] = ()  # names that match no unit, as written; empty unless they may be skipped
    # what became of the names, under the names of `--json`; the parts add up to `names`
    sums: Mapping[str, int] = field(default_factory=dict)


async def read_list(source: str, option: str, out: Output) -> UnitList:
    """Reads a list and reports what was skipped or doubtful in it.

    Args:
        source: Path of a file, or `-` for stdin.
        option: The option that it was given with, for the message.
        out: Takes the remarks.

    Raises:
        UsageError: It cannot be read, or holds no name.
    """
    if source == "-":
        names = parse_unit_list(await read_bytes(option))
    else:  # It may be a pipe, such as <(ssh host cat names): --timeout and signals work meanwhile.
        names = await apart(lambda: read_unit_file(Path(source)))
    out.narrate(*names.remarks)
    if not names.lines:
        raise UsageError.unsent(
            "The list of units is empty.",
            option,
            source,
            "Give at least one e-mail address, site URL or id, one a line.",
        )
    return names


async def read_bytes(option: str) -> bytes:
    """All of stdin; Ctrl+C and `--timeout` work while a pipe never ends. Raises `UsageError`: it cannot be read."""
    try:
        return await read_all(sys.stdin)
    except OSError as error:
        raise UsageError.unsent(
            f"stdin cannot be read: {error.strerror or error}.",
            option,
            "-",
            f"Redirect a list to it (< FILE), or give {option} FILE.",
        ) from error


def refuse_too_many(names: UnitList, option: str, service: Service, most: int) -> None:
    """Refuses a list that is too long for one draft, as soon as its names are counted. Raises `UsageError`: it names
    more units than one draft holds."""
    count = len(names.lines)
    if count <= most:
        return
    raise UsageError.unsent(
        f"{service.counted(count)}; one draft holds at most {most:,}.",
        option,
        str(count),
        "A plan takes them all: backup-tui plan new PLAN.toml --units LIST --before TIME --to new|in-place.",
    )


async def match_list(
    workspace: Workspace, service: Service, names: UnitList, out: Output, *, skip_unresolved: bool
) -> Matched:
    """Finds the unit of each name.

    Raises:
        NamesUnresolved: Names match no unit, and they may not be skipped.
        UsageError: Names that this sign-in cannot find.
        IncompleteList: The list of units could not be read completely.
    """
    app_only = workspace.who.app_only
    refuse_hidden_names(names, service, app_only=app_only)
    out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
    await read_units(workspace, service, out)
    table = workspace.store.units[service]
    index = UnitIndex(table.values(), excluded=excluded_names(workspace.store, service))
    resolution = resolve(names, index, service, app_only=app_only)
    out.narrate(*name_lines(names, resolution, index, service, workspace.who.tenant))
    out.narrate(_sum_words(names, resolution, skipped=skip_unresolved and bool(resolution.found)))
    missing = tuple(problem.written.text for problem in resolution.problems)
    units = tuple(table[found.unit_id] for found in resolution.found)
    check_unresolved(missing, len(names.lines), "match no unit", skip=skip_unresolved)
    sums = {"names": names.count, "found": len(units), "twice": len(resolution.twice), "leftOut": len(missing)}
    return Matched(units, missing, sums)


async def read_units(workspace: Workspace, service: Service, out: Output) -> None:
    """Reads the units of a service into the store, to find names among them.

    Entries that cannot be read are only reported: a name among them is left unresolved, so none is lost. Raises
    `BackupTuiError`: the list could not be read completely."""
    await read_exclusions(workspace, service)
    try:
        await workspace.loader.load(fresh.units_of(service))
    except IncompleteList as error:
        if not error.unread:
            raise
        out.narrate(f"! {error.message} Names that are not found may be among them.")


def check_unresolved(missing: tuple[str, ...], total: int, what: str, *, skip: bool) -> None:
    """Refuses to continue without some of the names, unless that was requested.

    Args:
        missing: The names that cannot be used.
        total: How many names there are.
        what: Why not: `match no unit`.
        skip: To continue without them was requested.

    Raises:
        NamesUnresolved: Names are missing, and they may not be skipped.
    """
    if not missing or (skip and len(missing) < total):
        return
    raise NamesUnresolved(
        f"{len(missing):,} of {counted(total, 'name')} {what}.",
        names=missing,
        certainty="Nothing was sent.",
        hint="Correct them, or continue without them: --skip-unresolved"
        if len(missing) < total
        else "Correct them; no other name is left.",
    )


def name_lines(
    names: UnitList, resolution: Resolution, index: UnitIndex, service: Service, tenant: str
) -> Iterator[str]:
    """What has to be said about the names of a list one by one: which name a unit again, and what is wrong with others.

    Args:
        resolution: What became of it.
        index: The units among which it was looked for.
        tenant: What the tenant is called.
    """
    for again in resolution.twice[len(names.duplicates) :]:
        yield f"Line {again.line}: {again.text} is the unit of line {again.first_line}; counted once."
    if resolution.none_known is not None:
        yield resolution.none_known.question(tenant)
    for problem in resolution.problems:
        yield from _told(problem, resolution, index, service)


def _told(problem: NameProblem, resolution: Resolution, index: UnitIndex, service: Service) -> Iterator[str]:
    """What is wrong with a name, and the units that it may mean, each with its exact id."""
    text = problem.written.text
    if len(text) > 2 * _END:  # a link from a mail must not push the suggestion out of view
        text = f"{text[:_END]}…{text[-_END:]}"
    what = f"Line {problem.written.line}: {text}: {problem.reason.word(service)}"
    if problem.nearest is not None:
        line = resolution.line_of(problem.nearest)
        yield f"{what}; near: {problem.nearest_name}{'' if line is None else f', same as line {line}'}"
        return
    yield what
    for unit_id in problem.candidates[:MOST_CANDIDATES]:
        unit = index.candidate(unit_id)
        yield "  ".join(part for part in ("   ", safe(unit_id), unit.address, unit.words) if part)
    if len(problem.candidates) > MOST_CANDIDATES:
        yield f"     and {len(problem.candidates) - MOST_CANDIDATES:,} more"


def _sum_words(names: UnitList, resolution: Resolution, *, skipped: bool) -> str:
    """`39 lines: 35 found, 1 twice, 3 to fix`; the parts always add up."""
    parts = (
        (len(resolution.found), "found"),
        (len(resolution.twice), "twice"),
        (len(resolution.problems), "left out" if skipped else "to fix"),
    )
    return f"{sum_words(names.count, names.line_count, parts)}."
