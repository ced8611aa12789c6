"""A part of a plan whose draft somebody deleted: its draft is made again, or its units are left out of the plan.

Either way every name stays accounted for, and no unit is in two parts. A retry whose draft was deleted is no such part:
its units have failed where they had before (`again.py`).
"""

from collections.abc import Collection

from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, each_of, unheard
from backup_tui.errors import NotFound, StateConflict, UsageError
from backup_tui.plans.drafting import asked_for, complete_drafts
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, keep_record, keep_units, kept_units, need_record
from backup_tui.restore.drafts.asked import earlier_run
from backup_tui.restore.reads import read_session

LEFT_OUT = "left out: its draft was deleted"  # why a name is in no session of its plan


async def draft_deleted_again(
    context: Context, name: str, numbers: Collection[int] | None = None, on_progress: OnProgress = unheard
) -> PlanRecord:
    """Makes the drafts of deleted ones again, with the same units and points, and those that were never made.

    Args:
        numbers: Of the parts to look at; `None` for all of the plan.

    Raises:
        StateConflict: Nothing of these lacks a draft; nothing was sent.
        BackupTuiError: As for `complete_drafts`; run again, it completes what is missing.
    """
    context.may_restore()
    async with context.hold_lock("drafting a plan") as held:
        record = await need_record(held.journal, name)
        gone = await _deleted(held, record, numbers)
        if not gone and len(record.sessions) == len(record.parts):
            raise _none_lacks(name)
        number = max(part.number for part in record.parts)
        for part in gone:
            # A new number: what the journal has under the old one is about the deleted draft.
            number += 1
            await keep_units(held.journal, name, number, await kept_units(held.journal, name, part.number))
            record = replace(_without(record, part), parts=(*_others(record, part), replace(part, number=number)))
        await keep_record(held.journal, record)
    return await complete_drafts(context, name, on_progress)


async def leave_deleted_out(context: Context, name: str, numbers: Collection[int] | None = None) -> int:
    """Takes the units of deleted drafts out of a plan: their names are in no session, with the reason. Returns how many
    units were left out.

    Args:
        numbers: Of the parts to look at; `None` for all of the plan.

    Raises:
        StateConflict: No draft of these is deleted; nothing was changed.
        UsageError: The plan would be empty; nothing was changed.
        BackupTuiError: A session could not be read; nothing was changed.
    """
    async with context.hold_lock("changing a plan") as held:
        record = await need_record(held.journal, name)
        gone = await _deleted(held, record, numbers)
        if not gone:
            raise _none_lacks(name)
        if len(gone) == len(record.parts):
            raise UsageError.unsent("Nothing would be left of the plan.", "plan", name, "Draft its parts again.")
        count = 0
        for part in gone:
            names = tuple((unit.name, LEFT_OUT) for unit in await kept_units(held.journal, name, part.number))
            sums = {**record.names}
            if sums.get("found", 0) >= len(names):
                sums |= {"found": sums["found"] - len(names), "leftOut": sums.get("leftOut", 0) + len(names)}
            record = replace(_without(record, part), missing=(*record.missing, *names), names=sums)
            count += len(names)
        await keep_record(held.journal, record)
        return count


async def _deleted(held: Context, record: PlanRecord, numbers: Collection[int] | None) -> list[Part]:
    """The parts whose drafts the service no longer has, asked one by one: a list can lag behind."""

    async def gone(part: Part) -> bool:
        name, session_id = record.plan.name, record.sessions.get(part.number)
        if session_id is None:  # Its draft may have been deleted before it was whole.
            units = await kept_units(held.journal, name, part.number)
            earlier = await earlier_run(held, asked_for(name, part, units))
            session_id = earlier.session_id if earlier is not None else None
        try:
            if session_id is not None:
                await read_session(held, session_id, part.service)
        except NotFound:
            return True
        return False

    asked = [part for part in record.parts if not part.again_of and (numbers is None or part.number in numbers)]
    return [part for part, is_gone in zip(asked, await each_of(gone, asked), strict=True) if is_gone]


def _others(record: PlanRecord, part: Part) -> tuple[Part, ...]:
    return tuple(other for other in record.parts if other.number != part.number)


def _without(record: PlanRecord, part: Part) -> PlanRecord:
    number = part.number
    return replace(
        record,
        parts=_others(record, part),
        sessions={key: value for key, value in record.sessions.items() if key != number},
        not_taken={key: value for key, value in record.not_taken.items() if key != number},
        unusable={key: value for key, value in record.unusable.items() if key != number},
    )


def _none_lacks(name: str) -> StateConflict:
    return StateConflict.unsent(
        f"No draft of the plan {name} is missing at the service.", "NoDraftMissing", "Look at it: plan status"
    )
