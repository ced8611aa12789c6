"""A plan that was changed after its drafts were created: what is new is added, and nothing else is touched.

Units that left the plan or go elsewhere now stay in their drafts: what is in a draft is for a person to change, since
it may have been agreed to.
"""

from collections.abc import Collection

from msgspec.structs import replace

from backup_tui.changes.context import Context
from backup_tui.errors import UsageError
from backup_tui.plans.drafting import Checked, add_parts, missing_of, names_of
from backup_tui.plans.parts import split
from backup_tui.plans.plan import Plan
from backup_tui.plans.record import PlanRecord, change_record, kept_units, need_record


async def extend_plan(context: Context, plan: Plan, digest: str, path: str, check: Checked) -> PlanRecord:
    """Takes over a changed plan: its waves, pauses and limits, and a part for the units that are in no draft yet.

    Args:
        plan: The plan as it is now.
        digest: SHA-256 of its file.
        path: Its file.
        check: What was found for it now.

    Raises:
        UsageError: A wave that has drafts is no longer in the plan; nothing was changed.
        WriteLockHeld, JournalError: Nothing was changed.
    """
    async with context.hold_lock("changing a plan") as held:
        record = await need_record(held.journal, plan.name)
        waves = _same_waves(record, plan)
        drafted: set[str] = set()
        for part in record.parts:
            drafted.update(unit.unit_id for unit in await kept_units(held.journal, plan.name, part.number))
        parts = tuple(replace(part, wave=waves[part.wave]) for part in record.parts)
        stop = record.stop_after if record.stop_after is None else waves[record.stop_after]
        await change_record(
            held,
            plan.name,
            lambda kept: replace(
                kept,
                plan=plan,
                digest=digest,
                path=path,
                parts=parts,
                stop_after=stop,
                names=names_of(check),
                missing=missing_of(check),
            ),
        )
        return await _add(held, plan, check, drafted, max((part.number for part in parts), default=0))


async def _add(held: Context, plan: Plan, check: Checked, drafted: Collection[str], last: int) -> PlanRecord:
    added = [unit for unit in check.points.units if unit.point.unit_id not in drafted]
    if not added:
        return await need_record(held.journal, plan.name)
    mails = plan.mail is not None
    parts = split(added, plan.limits, bulk=plan.bulk, mails=mails, first_number=last + 1)
    return await add_parts(held, plan.name, parts)


def _same_waves(record: PlanRecord, plan: Plan) -> dict[int, int]:
    """The place of each old wave in the plan as it is now; waves are the same if their names are."""
    places = {wave.name.casefold(): index for index, wave in enumerate(plan.waves)}
    used = {part.wave for part in record.parts} | ({record.stop_after} - {None})
    found: dict[int, int] = {}
    for index, wave in enumerate(record.plan.waves):
        place = places.get(wave.name.casefold())
        if place is not None:
            found[index] = place
        elif index in used:
            raise UsageError.unsent(
                f"Wave {wave.name} has drafts and is no longer in the plan.",
                "wave",
                wave.name,
                "Keep its name, or delete its drafts and use another name for the plan.",
            )
    return found
