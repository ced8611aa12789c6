"""`backup-tui points`, and the search for points that drafting shares with it."""

import argparse
from datetime import timedelta

from backup_tui.changes.context import OnProgress
from backup_tui.errors import UsageError
from backup_tui.headless.formats import Cell, ForPeople, cell_words
from backup_tui.headless.lists import Matched, check_unresolved, match_list, read_list, refuse_too_many
from backup_tui.headless.output import Output
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.models.times import span_words
from backup_tui.restore.names.names import UnitList
from backup_tui.restore.points import points
from backup_tui.restore.points.moments import Moment, parse_moment, parse_span
from backup_tui.restore.points.points import PointTable, PointWish, UnitPoint
from backup_tui.workspace import Workspace

HEADER = ("UNIT", "POINT", "BEFORE", "KIND", "REMARK")

CLOCK_DOUBT = timedelta(days=1)
"""How far this machine's clock may be off: until the service has reported the time, only a later time is refused."""


async def find_points(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Finds the newest point at or before a time for each unit of a list; units without one are listed too."""
    service = Service(args.service)
    matched, table = await points_of_list(workspace, args, out, source=args.units, option="--units", service=service)
    order = {unit.id: place for place, unit in enumerate(matched.units)}
    rows = sorted(table.rows, key=lambda row: order[row.unit_id])
    out.listing(
        [(*_found_cells(row), row.unit_id, row.point_id) for row in rows], lambda: [point_object(row) for row in rows]
    )
    _warn(workspace, table, out)
    return 0


async def list_points(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the newest points of one unit at or before a time; the service gives at most five."""
    moment = read_moment(workspace, args.before)
    points = await workspace.reader.points_of_unit(args.unit, before=moment.utc)
    rows = [
        (
            point.id,
            point.protection_date_time,
            point.kind,
            point.expiration_date_time,
        )
        for point in points
    ]
    out.listing(rows, lambda: [point.raw() for point in points])
    return 0


async def points_of_list(
    workspace: Workspace,
    args: argparse.Namespace,
    out: Output,
    *,
    source: str,
    option: str,
    service: Service,
    drafting: bool = False,
) -> tuple[Matched, PointTable]:
    """Reads a list, finds its units and a point for each.

    Raises:
        UsageError: The list, the time or an option cannot be used.
        NamesUnresolved: Names match no unit, and they may not be skipped.
        BackupTuiError: The service could not be read.
    """
    names = await read_names(workspace, args, out, source=source, option=option, service=service, drafting=drafting)
    return await points_of_names(workspace, args, out, names, service=service)


async def read_names(
    workspace: Workspace,
    args: argparse.Namespace,
    out: Output,
    *,
    source: str,
    option: str,
    service: Service,
    drafting: bool = False,
) -> UnitList:
    """Reads a list of names; whatever can be refused without the service is refused first.

    Args:
        workspace: Tells the time and the zone.
        out: Takes the remarks.
        source: Path of a file, or `-` for stdin.
        option: The option that it was given with.
        service: What the list is about.
        drafting: All of them go into one draft, which holds a limited number.

    Raises:
        UsageError: The list, the time or an option cannot be used.
    """
    read_moment(workspace, args.before, doubt=CLOCK_DOUBT)
    names = await read_list(source, option, out)
    if drafting:
        refuse_too_many(names, option, service, workspace.context.limits.units)
    _spans(args)
    if args.prefer == "express" and not service.has_express_points:
        raise UsageError(
            "Mailboxes have no express points.",
            field="--prefer",
            value="express",
            certainty="No draft was created.",
            hint="Leave out --prefer express for exchange.",
        )
    if args.express_within and args.prefer != "express":
        raise UsageError(
            "--express-within needs --prefer express.",
            field="--express-within",
            certainty="No draft was created.",
            hint="Add --prefer express, or leave out --express-within.",
        )
    return names


async def points_of_names(
    workspace: Workspace, args: argparse.Namespace, out: Output, names: UnitList, *, service: Service
) -> tuple[Matched, PointTable]:
    """Finds the units of a list and a point for each. Raises `NamesUnresolved`: names match no unit, and they may not
    be skipped; `BackupTuiError`: the service could not be read."""
    within, max_gap = _spans(args)
    matched = await match_list(workspace, service, names, out, skip_unresolved=args.skip_unresolved)
    moment = read_moment(workspace, args.before)
    now = workspace.clock.now()
    out.narrate(
        f"Point: {moment.echo(now)}."
        if moment.latest
        else f"Point: newest at or before {moment.both(now)}, {span_words(now - moment.utc)} ago."
    )
    wish = PointWish(moment, prefer_express=args.prefer == "express", express_within=within, max_gap=max_gap)
    table = await points.find_points(workspace.context, matched.units, wish, told_progress(out))
    return matched, table


def _spans(args: argparse.Namespace) -> tuple[timedelta, timedelta | None]:
    """How much older an express point may be, and how far before the time a point may be."""
    within = parse_span(args.express_within, "--express-within") if args.express_within else timedelta(hours=6)
    return within, parse_span(args.max_gap, "--max-gap") if args.max_gap else None


def usable_points(
    workspace: Workspace, matched: Matched, table: PointTable, out: Output, *, skip_unresolved: bool
) -> tuple[tuple[UnitPoint, ...], tuple[str, ...]]:
    """The units that can be drafted, and the names that cannot. Raises `NamesUnresolved`: units have no usable point,
    and they may not be skipped."""
    if not out.as_json:
        out.narrated_table(HEADER, [cells(row) for row in table.rows])
    _warn(workspace, table, out)
    without = tuple(row.name for row in table.unusable)
    out.narrate(*(f"{row.name}: {row.refused or 'no point at or before this time'}" for row in table.unusable))
    check_unresolved(without, len(matched.units), "have no usable point", skip=skip_unresolved)
    # In the order of the list: if a later request is refused, the draft holds the first units.
    order = {unit.id: place for place, unit in enumerate(matched.units)}
    return tuple(sorted(table.usable, key=lambda row: order[row.unit_id])), (*matched.missing, *without)


def read_moment(
    workspace: Workspace, text: str, *, doubt: timedelta = timedelta(0), option: str = "--before"
) -> Moment:
    """Reads the time that an option gives. Raises `UsageError`: it isn't a time, or is in the future by more than
    `doubt`."""
    try:
        return parse_moment(text, workspace.zone, workspace.clock.now(), doubt=doubt)
    except UsageError as error:
        error.field = option
        raise


def told_progress(out: Output) -> OnProgress:
    """A listener that prints the progress of a use case to a terminal."""
    return lambda seen: out.progress(f"{seen.step}: {seen.done:,} of {seen.of:,}")


def cells(row: UnitPoint) -> tuple[str, ...]:
    """One unit with its point, as cells of `HEADER` for people."""
    return tuple(cell_words(cell) for cell in _found_cells(row))


def _found_cells(row: UnitPoint) -> tuple[Cell, ...]:
    if row.time is None or row.gap is None:
        return (row.name, ForPeople("none"), None, None, row.refused or "no point at or before this time")
    remark = row.refused or ("set for this unit" if row.own else "")
    return (row.name, row.time, row.gap, "express" if row.express else "standard", remark)


def point_object(row: UnitPoint) -> dict[str, object]:
    """A found point under the service's own property names; `id` is null for a unit without one."""
    return {
        "id": row.point_id,
        "protectionDateTime": row.time,
        "expirationDateTime": row.expires,
        "tags": "fastRestore" if row.express else "none",
        "protectionUnit": {"id": row.unit_id, "name": row.name},
        "gapSeconds": int(row.gap.total_seconds()) if row.gap is not None else None,
        "refused": row.refused or None,
    }


def _warn(workspace: Workspace, table: PointTable, out: Output) -> None:
    if table.max_gap is not None:
        return
    far = [row for row in table.usable if row.is_far(workspace.clock.now())]
    if far:
        words = ", ".join(f"{row.name} ({span_words(row.gap)})" for row in far[:5] if row.gap is not None)
        more = f" and {len(far) - 5:,} more" if len(far) > 5 else ""
        out.narrate(f"! much earlier than you asked for, {counted(len(far), 'point')}: {words}{more}")
