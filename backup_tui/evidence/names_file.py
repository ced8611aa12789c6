"""The hand-over file: the names behind the points of sessions, for the program of a colleague.

The service's artifacts name only points. Whoever drafted a restore knows the units behind them; with this file another
machine does, too. What of a file is believed there is in `taking_names`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import DecodeError, Struct, ValidationError, json
from msgspec.structs import replace

from backup_tui import __version__
from backup_tui.config.limits import KNOWN_LIMITS, ServiceLimits
from backup_tui.errors import UsageError
from backup_tui.evidence.gathering import Where
from backup_tui.journal.journal import Journal
from backup_tui.models.remembered import PointUnit
from backup_tui.models.text import safe
from backup_tui.plans.keys import plan_of, values_of
from backup_tui.plans.record import PlanRecord, kept_units
from backup_tui.plans.values import Wrong
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.points.points import UnitPoint

KIND: Final = "backup-tui hand-over"
VERSION: Final = 1

LARGEST: Final = 64 * 1024 * 1024  # bytes of a file that is read; 10,000 units take about five

_MOST_UNITS: Final = 100_000
_LONGEST_ID: Final = 512
_LONGEST_NAME: Final = 512


class HandedPlan(Struct, frozen=True):
    """A plan with the units of each of its parts, by the part's number as text."""

    record: PlanRecord
    units: dict[str, tuple[UnitPoint, ...]]


class NamesFile(Struct, frozen=True, rename="camel"):
    """What a hand-over file holds: no token, and nothing that is secret besides the names themselves."""

    kind: str
    format_version: int
    program: str
    tenant: str
    tenant_id: str
    address: str
    generated_date_time: datetime
    generated_by: str
    drafts: tuple[DraftRecord, ...] = ()  # what was asked for when each session was drafted
    # units behind points that no draft here has, such as those of restores that were only looked at
    points: tuple[PointUnit, ...] = ()
    plan: HandedPlan | None = None  # the plan that the sessions belong to


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
    """Reads a hand-over file, and refuses one that no program of ours would write. Raises `UsageError`: it is too
    large, damaged, of another kind or version, or a value cannot be what it says."""
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
    """The bytes of a hand-over file, one more than may be read at most. Raises `UsageError`: it cannot be read."""
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
        _check_plan(found.plan.record)


def _check_plan(record: PlanRecord) -> None:
    """Raises `UsageError`: it is no plan that a file could hold, or its parts do not fit it."""
    plan = record.plan
    try:
        # Their limits may be higher than those of this profile.
        plan_of(values_of(plan), ServiceLimits(**{key: known.most for key, known in KNOWN_LIMITS.items()}))
    except (Wrong, IndexError) as error:
        words = error.words if isinstance(error, Wrong) else "it names nobody."
        raise _refused(safe(words.rstrip("."), 200), "plan.record.plan", "") from error
    numbers = [part.number for part in record.parts]
    waves, sessions = range(len(plan.waves)), list(record.sessions.values())
    problems = {
        "plan.waves": not plan.waves,
        "parts": len(set(numbers)) < len(numbers) or any(number < 1 for number in numbers),
        "parts.wave": any(part.wave not in waves for part in record.parts),
        "parts.units": any(part.units < 0 for part in record.parts),
        "sessions": not record.sessions.keys() <= set(numbers)
        or len(set(record.sessions.values())) < len(record.sessions),
        "unusable": not record.unusable.keys() <= set(numbers),
        "stop_after": record.stop_after is not None and record.stop_after not in waves,
    }
    for field, wrong in problems.items():
        if wrong:
            raise _refused("it does not fit the rest of the plan", f"plan.record.{field}", "")
    _check_time("plan.record.created_at", record.created_at)
    for session_id in (*sessions, *(each for part in record.parts for each in part.again_of)):
        _check_id("plan.record.sessions", session_id)
    for value in (record.path, record.created_by, *record.names):
        _check_name("plan.record", value)
    for units in record.unusable.values():
        for value in (*units, *units.values()):
            _check_name("plan.record.unusable", value)


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
