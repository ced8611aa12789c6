"""How a plan as it would be now differs from the drafts that were made for it. Nothing is changed by looking."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.errors import UsageError
from backup_tui.models.text import counted, short_id
from backup_tui.plans.checking import PlanCheck
from backup_tui.plans.drafts_now import PlanNow, read_plan_now
from backup_tui.plans.keys import values_of
from backup_tui.plans.parts import Part, PlannedUnit
from backup_tui.plans.plan import Plan
from backup_tui.plans.record import PlanRecord, kept_record, kept_units
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.points import UnitPoint

ADDED, REMOVED, CHANGED = "+", "-", "~"

_SHOWN = 60  # characters that are shown of a value of the plan file


class DifferentUnit(Struct, frozen=True):
    """A unit that is not in the drafts as the plan has it now."""

    sign: str  # `+` it is in no draft, `-` it is no longer in the plan, `~` it goes elsewhere or to another point
    unit_id: str
    name: str  # what people know it by
    wave: str  # name of its wave, as the plan is now; of one that left the plan, as it was
    what: str  # what differs, in words
    session_id: str = ""  # the session that it is in; empty for one that is in none
    started: bool = False  # that session has started, so nothing can be changed in it


class PlanDifference(Struct, frozen=True):
    """How a plan differs from its drafts."""

    rows: tuple[DifferentUnit, ...]  # units that differ, in the order of the list; those that left the plan come last
    same: int  # how many units are in drafts exactly as the plan has them
    settings: tuple[str, ...] = ()  # what else of the plan differs, one line for each value
    drafts: tuple[str, ...] = ()  # what the drafts at the service differ in from what was made, one line each

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.rows or self.settings or self.drafts)

    def count(self, sign: str) -> int:
        """How many units have this sign."""
        return sum(row.sign == sign for row in self.rows)

    @property
    def words(self) -> str:
        """`3 added, 1 removed, 2 changed, 2,557 as they were`."""
        counts = ((ADDED, "added"), (REMOVED, "removed"), (CHANGED, "changed"))
        told = [f"{number:,} {word}" for sign, word in counts if (number := self.count(sign))]
        return ", ".join([*told, f"{self.same:,} as they were"])


async def read_difference(context: Context, check: PlanCheck) -> PlanDifference:
    """How a checked plan differs from its drafts, and those from what was made.

    Args:
        check: The plan as it would be now.

    Raises:
        UsageError: No draft of this plan exists.
        BackupTuiError: The drafts could not be read.
    """
    name = check.document.plan.name
    record = await kept_record(context.journal, name)
    if record is None:
        raise UsageError.unsent(
            f"The plan {name} has no drafts on this machine, so there is nothing to compare it with.",
            "FILE",
            name,
            f"See what it would do: backup-tui plan check {check.document.path}",
        )
    units = {part.number: await kept_units(context.journal, name, part.number) for part in record.parts}
    return compare(record, units, check, await read_plan_now(context, record, record.parts))


def compare(
    record: PlanRecord,
    units_by_part: Mapping[int, Sequence[UnitPoint]],
    check: PlanCheck,
    now: PlanNow | None = None,
) -> PlanDifference:
    """How a checked plan differs from its drafts. Pure.

    Args:
        record: The plan, as it was when its drafts were made.
        units_by_part: Part number to the units that it was made for.
        check: The plan as it would be now.
        now: The drafts as the service has them; `None` where they were not read.
    """
    started = {part.number for part in now.started} if now is not None else set()
    drafted = {
        unit.unit_id: (part, unit)
        for part in record.parts
        if not part.again_of  # it repeats units of other parts
        for unit in units_by_part.get(part.number, ())
    }
    rows: list[DifferentUnit] = []
    wanted = {unit.point.unit_id: unit for unit in check.points.units}
    pointless = {unit.unit_id: unit for unit in check.points.without}
    waves = [wave.name for wave in check.document.plan.waves]
    old_waves = [wave.name for wave in record.plan.waves]
    for unit_id, unit in wanted.items():
        if unit_id not in drafted:
            what = f"to be drafted, {unit.destination.word}, {_when(unit.point, check.at)}"
            rows.append(DifferentUnit(ADDED, unit_id, unit.point.name, waves[unit.wave], what))
            continue
        part, point = drafted[unit_id]
        if what := _changes(unit, waves[unit.wave], part, point, old_waves[part.wave], check.at):
            rows.append(_row(CHANGED, point, waves[unit.wave], what, record, part, started))
    for unit_id, (part, point) in drafted.items():
        if unit_id in wanted:
            continue
        if unit_id in pointless:
            what = f"has no usable point now: {pointless[unit_id].refused or 'none at or before its time'}"
            rows.append(_row(CHANGED, point, old_waves[part.wave], what, record, part, started))
        else:
            rows.append(_row(REMOVED, point, old_waves[part.wave], "no longer in the plan", record, part, started))
    same = len(wanted.keys() & drafted.keys()) - sum(row.sign == CHANGED and row.unit_id in wanted for row in rows)
    settings = tuple(_settings(record.plan, check.document.plan))
    return PlanDifference(tuple(rows), same, settings, tuple(_at_the_service(record, now)) if now is not None else ())


def _row(
    sign: str, point: UnitPoint, wave: str, what: str, record: PlanRecord, part: Part, started: set[int]
) -> DifferentUnit:
    return DifferentUnit(
        sign,
        point.unit_id,
        point.name,
        wave,
        what,
        record.sessions.get(part.number, ""),
        part.number in started,
    )


def _changes(unit: PlannedUnit, wave: str, part: Part, point: UnitPoint, old_wave: str, now: datetime) -> str:
    """What differs of a unit that is in both, in words; empty when nothing does."""
    changes = []
    new = unit.point
    if (new.point_id, new.point_id or new.wanted) != (point.point_id, point.point_id or point.wanted):
        changes.append(f"{_when(point, now)} -> {_when(new, now)}")
    if unit.destination is not part.destination:
        changes.append(f"{part.destination.word} -> {unit.destination.word}")
    if wave != old_wave:
        changes.append(f"wave {old_wave} -> {wave}")
    return ", ".join(changes)


def _when(point: UnitPoint, now: datetime) -> str:
    if point.time is None:
        return f"before {show_utc(point.wanted, now)} UTC"
    return f"point of {show_utc(point.time, now)} UTC{', express' if point.express else ''}"


def _settings(old: Plan, new: Plan) -> Iterator[str]:
    """Each value of the plan file that differs; of the waves those that have the same name are compared."""
    before, after = values_of(old), values_of(new)
    old_waves, new_waves = ({wave["name"]: wave for wave in values.pop("wave")} for values in (before, after))
    yield from _values("", before, after)
    for name in dict.fromkeys((*old_waves, *new_waves)):
        if name not in new_waves:
            yield f"wave {name}: no longer in the plan"
        elif name not in old_waves:
            yield f"wave {name}: new"
        else:
            yield from _values(f"wave {name}: ", old_waves[name], new_waves[name])
    if list(old_waves) != list(new_waves) and old_waves.keys() == new_waves.keys():
        yield f"order of the waves: {', '.join(old_waves)} -> {', '.join(new_waves)}"


def _values(start: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            yield from _values(f"{start}{key}.", old or {}, new or {})
        elif isinstance(old, list) or isinstance(new, list):
            was, now = dict.fromkeys(old or ()), dict.fromkeys(new or ())
            less, more = was.keys() - now.keys(), now.keys() - was.keys()
            changes = [f"{len(each):,} {word}" for each, word in ((more, "added"), (less, "removed")) if each]
            yield f"{start}{key}: {', '.join(changes) or 'in another order'}"
        else:
            yield f"{start}{key}: {_value(old)} -> {_value(new)}"


def _value(value: object) -> str:
    if value is None:
        return "not set"
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _at_the_service(record: PlanRecord, now: PlanNow) -> Iterator[str]:
    """What somebody changed in the drafts since they were made."""
    for draft in now.drafts:
        said = []
        if draft.absent:
            said.append(f"{counted(len(draft.absent), 'unit')} missing ({draft.absent[0]}{_more(draft.absent)})")
        if draft.strange:
            said.append(f"{counted(draft.strange, 'unit')} that it was not made for, or with another point")
        if draft.destination not in (draft.part.destination, None):
            said.append(f"it restores {draft.destination.word}, and was made for {draft.part.destination.word}")
        if said:
            yield f"draft {short_id(draft.session.id)}: {', '.join(said)}"
    for part in now.deleted:
        yield f"draft {short_id(record.sessions[part.number])}: deleted by somebody, {counted(part.units, 'unit')}"
    for part in now.undrafted:
        yield f"session {part.number}: not drafted yet, {counted(part.units, 'unit')}"


def _more(names: Sequence[str]) -> str:
    return ", ..." if len(names) > 1 else ""
