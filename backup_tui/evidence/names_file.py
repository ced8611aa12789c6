"""The hand-over file: the names behind the points of sessions, for the program of a colleague.

The service's artifacts name only points. Whoever drafted a restore knows the units behind them; with this file another
machine does, too. The file is not believed: a unit is taken only where the service itself says that the point is that
unit's, and a person's yes is never taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import DecodeError, Struct, ValidationError, json
from msgspec.structs import replace

from backup_tui import __version__
from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.errors import UsageError
from backup_tui.evidence.gathering import Where
from backup_tui.journal.journal import Journal
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe, short_id
from backup_tui.plans.record import PlanRecord, keep_units, kept_units
from backup_tui.plans.record import keep_record as keep_plan
from backup_tui.plans.record import kept_record as kept_plan
from backup_tui.restore.drafts.record import DraftRecord, keep_record, kept_record
from backup_tui.restore.points.moments import KEPT_FOR, Moment
from backup_tui.restore.points.points import NamedUnit, PointWish, UnitPoint, find_points
from backup_tui.store.updates import PointUnitsKnown

KIND: Final = "backup-tui hand-over"
VERSION: Final = 1

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a file that is read; 10,000 units take about five."""

_MOST_UNITS: Final = 100_000
_LONGEST_ID: Final = 512
_LONGEST_NAME: Final = 512
_UTC: Final = ZoneInfo("UTC")


class HandedPlan(Struct, frozen=True):
    """A plan with the units of each of its parts, by the part's number as text."""

    record: PlanRecord
    units: dict[str, tuple[UnitPoint, ...]]


class NamesFile(Struct, frozen=True, rename="camel"):
    """What a hand-over file holds: no token, and nothing that is secret besides the names themselves.

    Attributes:
        drafts: What was asked for when each session was drafted.
        points: Units behind points that no draft here has, such as those of restores that were only looked at.
        plan: The plan that the sessions belong to.
    """

    kind: str
    format_version: int
    program: str
    tenant: str
    tenant_id: str
    address: str
    generated_date_time: datetime
    generated_by: str
    drafts: tuple[DraftRecord, ...] = ()
    points: tuple[PointUnit, ...] = ()
    plan: HandedPlan | None = None


class Taken(Struct, frozen=True):
    """What became of a file that was read.

    Attributes:
        sessions: Sessions whose units are known here now.
        named: Points whose unit the service confirmed.
        refused: Names for whose point the service does not confirm the unit; nothing of them was kept.
        known: Sessions that were drafted here; what is kept of them was left as it is.
        plan: Name of the plan that was taken; empty for none.
        plan_known: The plan is known here, and was left as it is.
    """

    by: str
    at: datetime
    sessions: tuple[str, ...]
    named: int
    refused: tuple[str, ...]
    known: tuple[str, ...]
    plan: str = ""
    plan_known: bool = False


async def names_file(
    journal: Journal, where: Where, sessions: Iterable[str], points: Sequence[str] = (), plan: PlanRecord | None = None
) -> NamesFile:
    """What this machine knows of sessions.

    Args:
        journal: What is kept here.
        where: What the file says of itself.
        sessions: Ids.
        points: Ids of further points whose units may be known.
        plan: A plan; its sessions are added.

    Raises:
        JournalError: The journal cannot be read.
    """
    ids = dict.fromkeys([*sessions, *(plan.sessions.values() if plan else ())])
    records = [record for session_id in ids if (record := await kept_record(journal, session_id)) is not None]
    drafted = {point for record in records for point in record.by_point}
    others = await journal.units_of([point for point in points if point not in drafted])
    handed = None
    if plan is not None:
        parts = {str(part.number): await kept_units(journal, plan.plan.name, part.number) for part in plan.parts}
        handed = HandedPlan(replace(plan, yes=()), parts)
    return NamesFile(
        KIND,
        VERSION,
        f"backup-tui {__version__}",
        where.tenant,
        where.tenant_id,
        where.address,
        where.at,
        where.by,
        tuple(records),
        tuple(others.values()),
        handed,
    )


def file_text(found: NamesFile) -> str:
    """A hand-over file as text."""
    return json.format(json.encode(found), indent=1).decode() + "\n"


def read_names_file(data: bytes) -> NamesFile:
    """Reads a hand-over file, and refuses one that no program of ours would write.

    Raises:
        UsageError: It is too large, damaged, of another kind or version, or a value cannot be what it says.
    """
    if len(data) > LARGEST:
        raise _refused(f"it has {len(data):,} bytes; at most {LARGEST:,} are read", "FILE", "")
    try:
        found = json.decode(data, type=NamesFile)
    except ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        raise _refused(safe(what, 200), safe(place.rstrip("`").lstrip("."), 200) or "FILE", "") from error
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _refused(f"it is not JSON ({safe(str(error), 100)})", "FILE", "") from error
    if found.kind != KIND:
        raise _refused(f"it is of another kind: {safe(found.kind, 80)!r}", "kind", found.kind)
    if found.format_version != VERSION:
        raise _refused(f"its version is {found.format_version}; this program reads {VERSION}", "formatVersion", "")
    _check_values(found)
    return found


def names_bytes(written: str) -> bytes:
    """The bytes of a hand-over file, one more than may be read at most.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with Path(written).expanduser().open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(
            f"{safe(written, 200)} cannot be read: {(error.strerror or str(error)).lower()}.",
            field="FILE",
            value=written,
            certainty="Nothing was taken from it.",
            hint="Give the file that your colleague wrote.",
        ) from error


async def take_names(tools: Context, where: Where, found: NamesFile, on_progress: OnProgress = unheard) -> Taken:
    """Keeps the names of a file, as far as the service confirms them; sends only searches, 20 units each.

    Args:
        tools: What to ask and to keep with.
        where: The tenant that is signed in to.
        found: From `read_names_file`.
        on_progress: Told after each search.

    Raises:
        UsageError: The file is of another tenant or service address.
        JournalError: The names could not be kept.
        BackupTuiError: The service could not be asked; nothing was kept.
    """
    _check_place(found, where)
    plan_units = [unit for units in found.plan.units.values() for unit in units] if found.plan else []
    claims = {
        unit.point_id: PointUnit(unit.point_id, unit.unit_id, unit.name, unit.service, unit.time, unit.express)
        for unit in (*(unit for record in found.drafts for unit in record.units), *plan_units)
        if unit.point_id is not None
    }
    claims = {point.point_id: point for point in found.points} | claims
    now = tools.clock.now()
    possible = [
        one
        for one in claims.values()
        if one.protection_time is not None and now - KEPT_FOR < one.protection_time <= now
    ]
    confirmed = await _confirmed(tools, possible, on_progress)
    await tools.journal.remember_points(list(confirmed.values()))
    if confirmed:
        tools.store.apply(PointUnitsKnown(confirmed))
    source = f"{safe(found.generated_by)}, {found.generated_date_time:%Y-%m-%d %H:%M} UTC"
    known = [record.session_id for record in found.drafts if await kept_record(tools.journal, record.session_id)]
    taken = []
    for record in found.drafts:
        if record.session_id in known:
            continue
        units = tuple(unit for unit in record.units if unit.point_id in confirmed)
        await keep_record(tools.journal, replace(record, units=units, mark="", handed_over=source))
        taken.append(record.session_id)
    plan, plan_known = await _take_plan(tools.journal, found.plan)
    return Taken(
        safe(found.generated_by),
        found.generated_date_time,
        tuple(taken),
        len(confirmed),
        tuple(sorted(point.unit_name or point.unit_id for key, point in claims.items() if key not in confirmed)),
        tuple(known),
        plan,
        plan_known,
    )


def taken_lines(taken: Taken) -> list[str]:
    """What became of a hand-over file, in sentences."""
    lines = [
        f"From {taken.by}, {taken.at:%Y-%m-%d %H:%M} UTC: {counted(taken.named, 'name')} confirmed by the service."
    ]
    if taken.sessions:
        lines.append(f"Known here now: {', '.join(short_id(one) for one in taken.sessions)}.")
    if taken.known:
        lines.append(f"Left as kept here: {', '.join(short_id(one) for one in taken.known)}.")
    if taken.plan:
        words = (
            "is known here and was left as it is" if taken.plan_known else "is known here now; nobody's yes was taken"
        )
        lines.append(f"Plan {safe(taken.plan)} {words}.")
    if taken.refused:
        names = ", ".join(safe(name) for name in taken.refused[:5])
        more = f" and {len(taken.refused) - 5:,} more" if len(taken.refused) > 5 else ""
        lines.append(f"NOT taken, the service does not confirm the point: {names}{more}.")
    return lines


async def _take_plan(journal: Journal, handed: HandedPlan | None) -> tuple[str, bool]:
    """Keeps a plan that is not known here, without anybody's yes."""
    if handed is None:
        return "", False
    name = handed.record.plan.name
    if await kept_plan(journal, name) is not None:
        return name, True
    for part in handed.record.parts:
        await keep_units(journal, name, part.number, handed.units.get(str(part.number), ()))
    await keep_plan(journal, replace(handed.record, yes=()))
    return name, False


async def _confirmed(tools: Context, claims: Sequence[PointUnit], on_progress: OnProgress) -> dict[str, PointUnit]:
    """Those of the points that the service finds for the unit that the file names, by their id."""
    found: dict[str, PointUnit] = {}
    for service in Service:
        for express in (False, True):
            some = [one for one in claims if one.service is service and one.express is express and one.protection_time]
            if not some or (express and not service.has_express_points):
                continue
            # Two points of one unit cannot be asked for at once.
            while some:
                batch = {one.unit_id: one for one in reversed(some)}
                some = [one for one in some if batch[one.unit_id] is not one]
                found |= await _confirmed_once(tools, batch, express=express, on_progress=on_progress)
    return found


async def _confirmed_once(
    tools: Context, batch: dict[str, PointUnit], *, express: bool, on_progress: OnProgress
) -> dict[str, PointUnit]:
    units = [NamedUnit(one.unit_id, one.service, one.unit_name) for one in batch.values()]
    times = {
        one.unit_id: Moment(_whole_second(one.protection_time), _UTC, "")
        for one in batch.values()
        if one.protection_time is not None
    }
    first = next(iter(times.values()))
    table = await find_points(tools, units, PointWish(first, times, prefer_express=express), on_progress)
    return {
        row.point_id: batch[row.unit_id]
        for row in table.rows
        if row.point_id is not None and row.point_id == batch[row.unit_id].point_id
    }


def _whole_second(moment: datetime) -> datetime:
    """The end of a search, which is sent in whole seconds: never before the moment."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)


def _check_place(found: NamesFile, where: Where) -> None:
    for field, theirs, ours in (
        ("tenantId", found.tenant_id, where.tenant_id),
        ("tenant", found.tenant, where.tenant),
        ("address", found.address, where.address),
    ):
        if theirs.lower() != ours.lower() and not (field == "tenant" and found.tenant_id):
            raise UsageError(
                f"The file is of {safe(theirs, 200) or 'an unknown place'}; you are signed in to {safe(ours, 200)}.",
                field=field,
                value=theirs,
                certainty="Nothing was taken from it.",
                hint="Sign in to that tenant, then read it again.",
            )


def _check_values(found: NamesFile) -> None:
    """Raises `UsageError`: a value is longer, or of other signs, than the service's own ever are."""
    units = 0
    for number, record in enumerate(found.drafts):
        _check_id(f"drafts[{number}].session_id", record.session_id)
        for place, unit in enumerate(record.units):
            _check_unit(f"drafts[{number}].units[{place}]", unit)
        for place, name in enumerate((*record.missing, *record.left_out)):
            _check_name(f"drafts[{number}].missing[{place}]", name)
        units += len(record.units)
    for number, point in enumerate(found.points):
        _check_id(f"points[{number}].point_id", point.point_id)
        _check_id(f"points[{number}].unit_id", point.unit_id)
        _check_name(f"points[{number}].unit_name", point.unit_name)
        _check_time(f"points[{number}].protection_time", point.protection_time)
    for key, members in found.plan.units.items() if found.plan else ():
        for place, unit in enumerate(members):
            _check_unit(f"plan.units.{safe(key, 20)}[{place}]", unit)
        units += len(members)
    if units + len(found.points) > _MOST_UNITS * 2:
        raise _refused(f"it has more than {_MOST_UNITS:,} units", "drafts", "")
    _check_name("generatedBy", found.generated_by)
    _check_time("generatedDateTime", found.generated_date_time)
    if found.plan is not None:
        plan = found.plan.record
        for session_id in plan.sessions.values():
            _check_id("plan.record.sessions", session_id)
        _check_id("plan.record.plan.name", plan.plan.name)
        for value in (plan.path, plan.created_by, plan.plan.note, *(wave.name for wave in plan.plan.waves)):
            _check_name("plan.record", value)


def _check_unit(field: str, unit: UnitPoint) -> None:
    _check_id(f"{field}.unit_id", unit.unit_id)
    _check_name(f"{field}.name", unit.name)
    if unit.point_id is not None:
        _check_id(f"{field}.point_id", unit.point_id)
    for name, moment in (("wanted", unit.wanted), ("time", unit.time), ("expires", unit.expires)):
        _check_time(f"{field}.{name}", moment)


def _check_time(field: str, moment: datetime | None) -> None:
    if moment is not None and (moment.tzinfo is None or not 2000 <= moment.year <= 2200):
        raise _refused(f"{moment.isoformat()} is not a time of this service", field, moment.isoformat())


def _check_id(field: str, value: str) -> None:
    if not value or len(value) > _LONGEST_ID or not all("!" <= char <= "~" for char in value):
        raise _refused(f"{safe(value, 60)!r} cannot be an id", field, value)


def _check_name(field: str, value: str) -> None:
    if len(value) > _LONGEST_NAME or safe(value, _LONGEST_NAME) != value:
        raise _refused(f"{safe(value, 60)!r} holds hidden signs, or is too long", field, value)


def _refused(why: str, field: str, value: str) -> UsageError:
    where = "" if field == "FILE" else f" at {field}"
    return UsageError(
        f"This is not a hand-over file that can be read{where}: {why}.",
        field=field,
        value=safe(value, 200),
        certainty="Nothing was taken from it.",
        hint="Ask for a new one: backup-tui handover file --to FILE",
    )
