"""Takes the names of a hand-over file, as far as the service confirms them.

The file is not believed: a unit is taken only where the service itself says that the point is that unit's, its name is
the service's own where that is known here, and a person's yes is never taken.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.errors import UsageError
from backup_tui.evidence.gathering import Where
from backup_tui.evidence.names_file import HandedPlan, NamesFile
from backup_tui.journal.journal import Journal
from backup_tui.models.remembered import NameSource, PointUnit
from backup_tui.models.services import Service
from backup_tui.models.text import counted, safe, short_id
from backup_tui.plans.record import keep_record as keep_plan
from backup_tui.plans.record import keep_units
from backup_tui.plans.record import kept_record as kept_plan
from backup_tui.restore.drafts.record import keep_record, kept_record
from backup_tui.restore.points.moments import KEPT_FOR, Moment
from backup_tui.restore.points.points import NamedUnit, PointWish, UnitPoint, find_points, unit_name
from backup_tui.store.updates import PointUnitsKnown

_UTC: Final = ZoneInfo("UTC")


class Taken(Struct, frozen=True):
    """What became of a file that was read."""

    by: str
    at: datetime
    sessions: tuple[str, ...]  # sessions whose units are known here now
    named: int  # points whose unit the service confirmed
    refused: tuple[str, ...]  # names for whose point the service does not confirm the unit; nothing of them was kept
    known: tuple[str, ...]  # sessions that were drafted here; what is kept of them was left as it is
    plan: str = ""  # name of the plan that was taken; empty for none
    plan_known: bool = False  # the plan is known here, and was left as it is


async def take_names(tools: Context, where: Where, found: NamesFile, on_progress: OnProgress = unheard) -> Taken:
    """Keeps the names of a file, as far as the service confirms them; sends only searches, 20 units each.

    Args:
        tools: What to ask and to keep with.
        where: The tenant that is signed in to.
        found: From `read_names_file`.

    Raises:
        UsageError: The file is of another tenant or service address.
        JournalError: The names could not be kept.
        BackupTuiError: The service could not be asked; nothing was kept.
    """
    _check_place(found, where)
    claims = _claims(found)
    confirmed = await _confirmed(tools, _possible(claims, tools.clock.now()), on_progress)
    source = f"{safe(found.generated_by)}, {found.generated_date_time:%Y-%m-%d %H:%M} UTC"
    known: list[str] = []
    taken: list[str] = []
    async with tools.hold_lock("reading a hand-over file") as held:
        own = await held.journal.units_of(list(confirmed))
        # What this machine knows itself does not become hearsay by a file that says it too.
        confirmed |= {one.point_id: one for one in own.values() if one.unit_id == confirmed[one.point_id].unit_id}
        await held.journal.remember_points(list(confirmed.values()))
        for record in found.drafts:
            if await kept_record(held.journal, record.session_id):
                known.append(record.session_id)
                continue
            units = _confirmed_units(record.units, confirmed)
            await keep_record(held.journal, replace(record, units=units, mark="", handed_over=source))
            taken.append(record.session_id)
        plan, plan_known = await _take_plan(held.journal, found.plan, confirmed)
    if confirmed:
        tools.store.apply(PointUnitsKnown(confirmed))
    wrong = [one for one in claims if not _is_confirmed(one.point_id, one.unit_id, confirmed)]
    return Taken(
        safe(found.generated_by),
        found.generated_date_time,
        tuple(taken),
        len(confirmed),
        tuple(sorted(one.unit_name or one.unit_id for one in wrong)),
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


async def _take_plan(
    journal: Journal, handed: HandedPlan | None, confirmed: Mapping[str, PointUnit]
) -> tuple[str, bool]:
    """Keeps a plan that is not known here, without anybody's yes."""
    if handed is None:
        return "", False
    name = handed.record.plan.name
    if await kept_plan(journal, name) is not None:
        return name, True
    for part in handed.record.parts:
        units = handed.units.get(str(part.number), ())
        # Of a list of names no point is known; what is found for its units later comes from the service.
        await keep_units(journal, name, part.number, units if part.bulk else _confirmed_units(units, confirmed))
    missing = _safe_names(handed.record.missing)
    not_taken = {number: _safe_names(names) for number, names in handed.record.not_taken.items()}
    await keep_plan(journal, replace(handed.record, yes=(), missing=missing, not_taken=not_taken))
    return name, False


def _safe_names(names: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((safe(name), safe(reason)) for name, reason in names)


def _claims(found: NamesFile) -> list[PointUnit]:
    """Which points the file says are whose, each claim once."""
    parts = found.plan.units.values() if found.plan else ()
    units = [unit for members in (*(record.units for record in found.drafts), *parts) for unit in members]
    claims = {(one.point_id, one.unit_id): one for one in found.points}
    claims |= {
        (unit.point_id, unit.unit_id): PointUnit(
            unit.point_id, unit.unit_id, unit.name, unit.service, unit.time, unit.express
        )
        for unit in units
        if unit.point_id is not None
    }
    return list(claims.values())


def _possible(claims: Iterable[PointUnit], now: datetime) -> list[PointUnit]:
    """The claims about points of a time for which the service can have points."""
    return [one for one in claims if one.protection_time is not None and now - KEPT_FOR < one.protection_time <= now]


def _is_confirmed(point_id: str | None, unit_id: str, confirmed: Mapping[str, PointUnit]) -> bool:
    one = confirmed.get(point_id or "")
    return one is not None and one.unit_id == unit_id


def _confirmed_units(units: Iterable[UnitPoint], confirmed: Mapping[str, PointUnit]) -> tuple[UnitPoint, ...]:
    return tuple(
        replace(unit, name=confirmed[unit.point_id or ""].unit_name)
        for unit in units
        if _is_confirmed(unit.point_id, unit.unit_id, confirmed)
    )


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
    found: dict[str, PointUnit] = {}
    for row in table.rows:
        claim = batch[row.unit_id]
        if row.point_id is not None and row.point_id == claim.point_id:
            own = tools.store.units[claim.service].get(claim.unit_id)
            name = unit_name(own) if own is not None else claim.unit_name
            found[row.point_id] = replace(claim, unit_name=name, source=NameSource.HANDOVER)
    return found


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
