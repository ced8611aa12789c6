"""Drafts what failed again, as further parts of its plan; restores outside a plan become one for that.

The units of each part are on disk before anything of it is sent, and a part is only added while nobody else has added
one. So however often this runs, and wherever it ends, a unit is in one live attempt at most.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, each_of, unheard
from backup_tui.errors import UsageError
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import short_id
from backup_tui.plans.again import AgainLook, parts_again
from backup_tui.plans.drafting import add_parts, complete_drafts
from backup_tui.plans.parts import Part, PartUnits
from backup_tui.plans.plan import Plan, Scope, Source, Wave
from backup_tui.plans.record import PlanRecord, keep_record, keep_units, kept_plans, kept_record
from backup_tui.restore.drafts.plan import service_of
from backup_tui.restore.names.unit_names import reviewed_units
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.review.review import read_draft
from backup_tui.store.rows import destination_of


async def draft_again(context: Context, look: AgainLook, on_progress: OnProgress = unheard) -> PlanRecord:
    """Creates drafts of the failed units that a look found ready, each unit in one; completes those of earlier runs.
    Returns the plan with its new parts, each with its draft.

    Args:
        look: From `look_again`.
        on_progress: Told how many units are in drafts.

    Raises:
        UsageError: There is nothing to draft or to complete, or another run has added to the plan meanwhile; nothing
            was sent.
        BackupTuiError: As for `complete_drafts`; what is missing is completed by `complete_drafts` alone.
    """
    context.may_restore()
    name = look.record.plan.name
    if not look.ready:
        # An earlier run may have ended between writing its parts down and creating their drafts.
        record = await complete_drafts(context, name, on_progress)
        if record.sessions == look.record.sessions:
            raise UsageError.unsent("No failed unit can be drafted now.", "plan", name)
        return record
    parts = parts_again(look.ready, look.record, look.record.plan.limits)
    await add_parts(context, name, parts)
    return await complete_drafts(context, name, on_progress)


class Restores(Struct, frozen=True):
    """Restores outside a plan as a plan, so that what failed in them is restored again like that of any plan."""

    record: PlanRecord  # the plan: its first parts are the restores
    # part number to its units, while it is not kept; else `None`
    units: Mapping[int, tuple[UnitPoint, ...]] | None = None


async def plan_of_restores(context: Context, session_ids: Sequence[str]) -> Restores:
    """The plan of an earlier call with the same restores, or a new one; keeps nothing.

    Args:
        session_ids: Restores that were started, whole ids.

    Raises:
        NotFound: The service has no such session.
        UsageError: One was not started, is part of a plan, or its units are unknown.
        BackupTuiError: One could not be read.
    """
    name = name_of_restores(session_ids)
    earlier = await kept_record(context.journal, name)
    if earlier is not None:
        return Restores(earlier)
    wanted = set(session_ids)
    for other in await kept_plans(context.journal):
        held = wanted & set(other.sessions.values())
        if held:
            raise UsageError.unsent(
                f"Restore {short_id(min(held))} is part of the plan {other.plan.name}.",
                "ID",
                min(held),
                f"Restore what failed in all of it again: backup-tui plan again {other.plan.name}",
            )
    read = await each_of(lambda session_id: read_draft(context, session_id), list(dict.fromkeys(session_ids)))
    read = sorted(read, key=lambda entry: entry[0].created_date_time or _LONG_AGO)
    parts = await _parts(context, read)
    scope = Scope(Source.FAILED_OF, tuple(session_ids))
    record = PlanRecord(
        Plan(name, scope, "latest", "UTC", parts[0][0].destination, (Wave("failed"),)),
        "",
        "",
        context.clock.now(),
        context.who.user_label,
        tuple(part for part, _ in parts),
        {part.number: session.id for (part, _), (session, _) in zip(parts, read, strict=True)},
    )
    return Restores(record, {part.number: units for part, units in parts})


async def keep_restores(context: Context, plan: Restores) -> None:
    """Keeps the plan, before anything of it is drafted. Raises `WriteLockHeld`, `JournalError`: it is not kept."""
    if plan.units is None:
        return
    async with context.hold_lock("drafting a plan") as held:
        if await kept_record(held.journal, plan.record.plan.name) is not None:
            return
        for number, units in plan.units.items():
            await keep_units(held.journal, plan.record.plan.name, number, units)
        await keep_record(held.journal, plan.record)


def name_of_restores(session_ids: Sequence[str]) -> str:
    """What the plan of some restores is called: `again-3b10c2de`, the same whatever their order."""
    each = sorted(set(session_ids))
    if len(each) == 1:
        return f"again-{short_id(each[0])}"
    return f"again-{hashlib.sha256(' '.join(each).encode()).hexdigest()[:8]}"


_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_Read = tuple[RestoreSession, tuple[RestoreArtifact, ...]]


async def _parts(context: Context, read: Sequence[_Read]) -> list[PartUnits]:
    parts: list[PartUnits] = []
    for number, (session, artifacts) in enumerate(read, start=1):
        if session_status(session.status).allows(Action.ACTIVATE):
            raise UsageError.unsent(
                f"{short_id(session.id)} is a draft: nothing of it was restored yet.", "ID", session.id
            )
        service = service_of(session)
        units = await _units(context, service, session, artifacts)
        to = {destination_of(artifact.destination_type) for artifact in artifacts} - {None}
        destination = Destination.NEW if to == {Destination.NEW} else Destination.IN_PLACE
        parts.append((Part(number, 0, service, destination, len(units)), units))
    return _each_unit_last(parts)


async def _units(
    context: Context, service: Service, session: RestoreSession, artifacts: Sequence[RestoreArtifact]
) -> tuple[UnitPoint, ...]:
    rows = await reviewed_units(context, service, artifacts, None, session.id)
    units = tuple(unit for row in rows if (unit := row.as_point(service)) is not None)
    if not units:
        raise UsageError.unsent(
            f"The service does not name the {service.names.units} in session {short_id(session.id)}.",
            "ID",
            session.id,
            "Take their names from your own list and start a new restore with it.",
        )
    return units


def _each_unit_last(
    parts: Sequence[PartUnits],
) -> list[PartUnits]:
    """Leaves each unit in the last part that holds it: that is its latest attempt."""
    last = {unit.unit_id: part.number for part, units in parts for unit in units}
    kept = []
    for part, units in parts:
        own = tuple(unit for unit in units if last[unit.unit_id] == part.number)
        kept.append((replace(part, units=len(own)), own))
    return kept
