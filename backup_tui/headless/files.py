"""`backup-tui files`: single files and folders inside express points. Only `restore` makes something: a draft."""

import argparse
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.errors import NamesUnresolved, NotFound, UsageError
from backup_tui.headless.command import PARTLY
from backup_tui.headless.formats import UNREPORTED, Cell, Size
from backup_tui.headless.output import Output, utc
from backup_tui.headless.points import read_moment, told_progress
from backup_tui.models.browse import BrowseSession
from backup_tui.models.granular import files_counted
from backup_tui.models.services import Service
from backup_tui.models.statuses import browse_status
from backup_tui.models.text import counted, safe
from backup_tui.models.times import span_words
from backup_tui.models.units import ProtectionUnit
from backup_tui.restore.files.basket import Picked
from backup_tui.restore.files.drafting import draft_files
from backup_tui.restore.files.opening import browse_sessions, open_point
from backup_tui.restore.files.places import Place, Search, find_named, find_place, read_inside
from backup_tui.restore.files.points import express_points, newest_express, no_express_point, point_of
from backup_tui.restore.files.versions import Version, find_versions
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.restore.points.search import FoundPoint
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

NOT_FOUND = NotFound.exit_code  # exit code of a search that found nothing


class Opened(Struct, frozen=True):
    """A point of a unit that can be looked into."""

    service: Service
    unit: ProtectionUnit
    point: FoundPoint
    session: BrowseSession


async def list_files(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists what is directly inside a place."""
    opened = await _open(workspace, args, out)
    place = await _place(workspace, opened, args.path)
    if place.item.opens is None:
        hint = "Give a library or folder; files versions compares a file."
        raise UsageError(f"{place.path} is a file.", field="PATH", value=args.path, hint=hint)
    inside = await read_inside(workspace.context, opened.session, place, args.name)
    _print(out, inside)
    return 0


async def list_opened(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the points that are open for looking into, those that end first at the top."""
    now, opened = workspace.clock.now(), await browse_sessions(workspace.context)
    shown = [one for one in opened if args.all or not one.has_ended(now)]
    shown.sort(key=lambda one: (one.expiration_date_time is None, one.expiration_date_time, one.id))
    out.listing([_opened_row(one, now) for one in shown], lambda: [one.raw() for one in shown])
    return 0


def _opened_row(one: BrowseSession, now: datetime) -> tuple[Cell, ...]:
    state = "ended" if one.has_ended(now) else browse_status(one.status).word
    size = None if one.size is None else Size(one.size)
    service = one.service.value if one.service is not None else "?"
    point, made, ends = one.restore_point_date_time, one.created_date_time, one.expiration_date_time
    return (one.id, service, state, point, made, ends, size, one.of or "")


async def find_files(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the files and folders whose name contains a text."""
    opened = await _open(workspace, args, out)
    found: list[Place] = []

    def look(search: Search) -> None:
        out.progress(f"{search.folders:,} folders looked into, {search.waiting:,} to go; {len(found):,} found")

    search = await find_named(workspace.context, opened.session, args.name, found.extend, look, args.folders)
    _print(out, sorted(found, key=lambda place: place.path.casefold()))
    out.narrate(f"{len(found):,} found in {counted(search.folders, 'folder')}.")
    if search.waiting:
        out.narrate(f"! NOT looked into: {search.waiting:,} or more folders. Raise --folders to continue.")
    if search.unread:
        out.narrate(f"! {counted(search.unread, 'folder')} could not be read.")
    return 0 if found else NOT_FOUND


async def show_versions(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the points that were looked into, with the file as it is in each."""
    service, unit = await _unit(workspace, args, out)
    before = read_moment(workspace, args.before).utc
    points = await express_points(workspace.context, service, unit.id, before, args.points)
    if not points:
        raise no_express_point(unit, before, workspace.clock.now())
    out.narrate(f"Opening {counted(len(points), 'express point')} of {_name(unit)}.")
    versions = await find_versions(workspace.context, service, args.path, points, on_progress=told_progress(out))
    out.listing([_version_row(version) for version in versions], lambda: [_version_object(one) for one in versions])
    if not any(version.changed for version in versions):
        out.narrate("When a file was changed is reported in the beta version only.")
    return 0 if any(version.item for version in versions) else NOT_FOUND


async def restore_files(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Creates a draft of the paths. Prints only its id, with `--json` the draft itself."""
    workspace.context.may_restore()
    opened = await _open(workspace, args, out)
    items: list[Picked] = []
    lacking: list[str] = []
    for path in dict.fromkeys(args.paths):
        place = await find_place(workspace.context, opened.session, path)
        if place is None or not place.path:
            lacking.append(path)
        else:
            items.append(Picked.of(place, opened.session, opened.point))
    if lacking:
        being = "is" if len(lacking) == 1 else "are"
        raise NamesUnresolved(
            f"{len(lacking):,} of {counted(len(args.paths), 'path')} {being} not in the point: {', '.join(lacking)}.",
            names=lacking,
            certainty="No draft was created.",
            hint="See where it is: backup-tui files find, or in which points: backup-tui files versions",
        )
    made = await draft_files(workspace.context, opened.service, opened.unit, items, told_progress(out))
    session = made.session
    out.narrate(
        f"Draft {safe(session.id)} holds {files_counted(len(made.paths))} of {_name(opened.unit)} "
        f"as of {utc(opened.point.time)}. Nothing starts before its review.",
        "They go into one new folder there, which the service chooses.",
    )
    if made.lacking:
        why = "it was started meanwhile" if made.started else made.error.message if made.error else "not taken"
        out.narrate(
            f"! NOT in it: {files_counted(len(made.lacking))}: {why}",
            f"  Restore only these: {', '.join(map(safe, made.lacking[:5]))}{', ...' if len(made.lacking) > 5 else ''}"
            if made.started
            else "  The same command again adds them.",
        )
    if out.as_json:
        out.data({**session.raw(), "notInDraft": list(made.lacking)})
    else:
        out.line(session.id)
    return PARTLY if made.lacking else 0


async def _open(workspace: Workspace, args: argparse.Namespace, out: Output) -> Opened:
    service, unit = await _unit(workspace, args, out)
    if args.point:
        point = await point_of(workspace.context, unit.id, args.point)
    else:
        before = read_moment(workspace, args.before or "latest").utc
        newest = await newest_express(workspace.context, service, unit.id, before)
        if newest is None:
            raise no_express_point(unit, before, workspace.clock.now())
        point = newest
    session = await open_point(workspace.context, service, point, told_progress(out))
    now = workspace.clock.now()
    ends = session.expiration_date_time
    left = f"; browsing ends {utc(ends)}, in {span_words(ends - now)}" if ends is not None and ends > now else ""
    out.narrate(f"Point: express, {utc(point.time)}, {span_words(now - point.time)} ago{left}.")
    return Opened(service, unit, point, session)


async def _unit(workspace: Workspace, args: argparse.Namespace, out: Output) -> tuple[Service, ProtectionUnit]:
    """The one site or account that `--unit` names."""
    found: list[tuple[Service, str]] = []
    names = parse_unit_list(args.unit.encode())
    for service in (Service.SHAREPOINT, Service.ONEDRIVE):
        out.progress(f"Reading the {service.names.units} of {workspace.who.tenant}.")
        await workspace.loader.load(fresh.units_of(service))
        index = UnitIndex(workspace.store.units[service].values())
        for name in names.lines[:1]:
            found += [(service, unit_id) for unit_id in index.matches(name)[0]]
    if len(found) != 1:
        what = f"{len(found):,} sites and accounts match" if found else "No site or OneDrive account matches"
        raise NamesUnresolved(
            f"{what} {safe(args.unit)}.",
            names=[args.unit],
            certainty="Nothing was sent.",
            hint="; ".join(unit_id for _, unit_id in found[:9]) or "See: backup-tui units list --search TEXT",
        )
    service, unit_id = found[0]
    return service, await workspace.reader.unit(unit_id, service)


async def _place(workspace: Workspace, opened: Opened, path: str) -> Place:
    place = await find_place(workspace.context, opened.session, path)
    if place is None:
        raise NotFound.unsent(
            f"{safe(path) or 'The site'} is not in this point.",
            "PathNotFound",
            "See what is there: backup-tui files ls, or in which points: backup-tui files versions",
        )
    return place


def _print(out: Output, places: Sequence[Place]) -> None:
    rows: list[tuple[Cell, ...]] = [
        (
            place.path,
            (place.item.type or "?").casefold().replace("documentlibrary", "library"),
            None if place.is_file else place.item.items_count,
            _size(place.item.size),
            place.item.last_modified_date_time,
        )
        for place in places
    ]
    out.listing(rows, lambda: [{"path": place.path, **place.item.raw()} for place in places])


def _size(size: int | None) -> Cell:
    return UNREPORTED if size is None else Size(size)


def _version_row(version: Version) -> tuple[Cell, ...]:
    point = version.point
    if version.item is None:
        return (point.time, version.problem or "not there", None, None, point.id)
    return (point.time, "yes", _size(version.item.size), version.changed, point.id)


def _version_object(version: Version) -> dict[str, object]:
    return {
        "restorePoint": {"id": version.point.id, "protectionDateTime": version.point.time},
        "item": version.item.raw() if version.item is not None else None,
        "problem": version.problem or None,
    }


def _name(unit: ProtectionUnit) -> str:
    return unit.address or unit.title or unit.id
