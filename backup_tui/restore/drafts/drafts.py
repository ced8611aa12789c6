"""Creates and changes drafts at the service, in requests of at most 50 units.

Create: https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions (and its two siblings).
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.change import send_change
from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.errors import BackupTuiError, InvalidRequest, StateConflict, UsageError
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.asked import Asked, earlier_run, keep_plan, plan_finished
from backup_tui.restore.drafts.create import CreateDraft, looking, planned_mark
from backup_tui.restore.drafts.plan import (
    DraftPlan,
    DraftResult,
    Step,
    checked_rows,
    destination_for,
    edit_steps,
    refuse_items,
    service_of,
)
from backup_tui.restore.drafts.record import DraftRecord, forget_planned, keep_record, kept_record
from backup_tui.restore.drafts.updates import Draft, send_steps, units_in
from backup_tui.restore.lost_answers import refuse_while_starting
from backup_tui.restore.points.gone import with_names
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import read_artifacts, read_session
from backup_tui.store.rows import destination_of
from backup_tui.store.updates import PointUnitsKnown


class _Opened(Struct, frozen=True):
    """A draft that is about to be changed, as just read; `units` is artifact id to unit, `None` if unknown."""

    session_id: str
    service: Service
    destination: Destination
    units: dict[str, UnitPoint | None]
    record: DraftRecord


async def create_draft(
    tools: Context, plan: DraftPlan, on_progress: OnProgress = unheard, asked: Asked | None = None
) -> DraftResult:
    """Makes one draft: a create with the first 50 units, updates for the rest. Returns the draft as far as it got: if a
    later request is refused, the draft keeps what is in it.

    Args:
        plan: What is to be in it: 1 to 1,000 units, each with a point.
        asked: What the command asked for; run again after a kill, it finds what this run made.

    Raises:
        UsageError: The plan cannot be a draft; nothing was sent.
        ReadOnlyError: This workspace only reads.
        WriteLockHeld: Another instance is making changes.
        ServiceError: The first request was refused; there is no draft.
        OutcomeUnknown: It is unknown whether a draft was made; `intent_id` leads to the journal's entry.
        Unreachable: Nothing was sent.
        JournalError: Nothing was sent.
    """
    tools.may_restore()
    rows = checked_rows(plan, tools.clock.now(), tools.limits)
    size = tools.limits.units_per_write
    first, *later = [rows[start : start + size] for start in range(0, len(rows), size)]
    async with tools.hold_lock("drafting"):
        await remember_units(tools, rows)
        waiting = tuple(row.name for chunk in later for row in chunk)
        record = DraftRecord("", plan.service, plan.destination, first, (*plan.missing, *waiting), plan.left_out)
        if asked is not None:
            await _keep_asked(tools, asked, plan, rows)
        try:
            create = CreateDraft(plan, record, asked)
            told = looking(on_progress, "the service")
            session = await send_change(tools, create, None, create.writer(tools), told)
        except InvalidRequest as error:
            explained = await with_names(tools, first, error)
            if explained is error:
                raise
            raise explained from error
        record = replace(record, session_id=session.id)
        await keep_record(tools.journal, record)
        await forget_planned(tools.journal, planned_mark(record))
        on_progress(Progress("creating the draft", len(first), len(rows)))
        draft = Draft(session.id, plan.service, plan.destination, just_made=True)
        result = await send_steps(tools, draft, [Step(add=chunk) for chunk in later], first, on_progress)
        await keep_record(tools.journal, record.after(result.in_it, result.not_in_it))
        if asked is not None and result.complete:
            await plan_finished(tools.journal, asked)
        await read_again(tools, session.id)
        return result


async def _keep_asked(tools: Context, asked: Asked, plan: DraftPlan, rows: tuple[UnitPoint, ...]) -> None:
    """Keeps what the command asked for; under the lock, so that of two equal runs at once the later one is refused.
    Raises `StateConflict`: another run with the same key was faster; nothing was sent; `UsageError`, `JournalError`: as
    for `earlier_run`."""
    earlier = await earlier_run(tools, asked)
    if earlier is not None and earlier.state.is_settled:
        raise StateConflict.unsent(
            f'Another run with the key "{asked.key}" came first: entry {earlier.id} of the journal.',
            "KeyInUse",
            "Run it again; it reports what that one created.",
        )
    record = DraftRecord("", plan.service, plan.destination, rows, plan.missing, plan.left_out)
    await keep_plan(tools.journal, asked, record)


async def edit_draft(
    tools: Context,
    session_id: str,
    *,
    add: Sequence[UnitPoint] = (),
    remove: Sequence[str] = (),
    destination: Destination | None = None,
    on_progress: OnProgress = unheard,
) -> DraftResult:
    """Adds units to a draft and takes units out of it; another time for a unit is both at once.

    Args:
        add: Units with their points.
        remove: Ids of artifacts of the draft.
        destination: Where added units go; it must be where the others go, and is needed for an empty draft.

    Raises:
        UsageError: It cannot be changed so; nothing was sent.
        StateConflict: It is no longer a draft.
        NotFound: The service has no such session.
        ServiceError, OutcomeUnknown, Unreachable, JournalError, ReadOnlyError, WriteLockHeld: As for `create_draft`.
    """
    tools.may_restore()
    async with tools.hold_lock("changing a draft"):
        opened = await _open(tools, session_id, destination, adding=bool(add))
        return await _change(tools, opened, opened.record, add, remove, on_progress)


async def change_draft(
    tools: Context, session_id: str, plan: DraftPlan, on_progress: OnProgress = unheard
) -> DraftResult:
    """Makes a draft hold exactly what the plan says; a unit that nobody names stays in it.

    Args:
        plan: All that is to be in it afterwards; its destination must be the draft's.

    Raises:
        UsageError, StateConflict, NotFound, ...: As for `edit_draft`.
    """
    tools.may_restore()
    rows = checked_rows(plan, tools.clock.now(), tools.limits)
    async with tools.hold_lock("changing a draft"):
        opened = await _open(tools, session_id, plan.destination, adding=True)
        if opened.service is not plan.service:
            raise UsageError.unsent("A restore holds units of only one service.", "Service")
        staying = {row.unit_id for row in rows}
        remove = [key for key, unit in opened.units.items() if unit is not None and unit.unit_id not in staying]
        record = replace(opened.record, missing=plan.missing, left_out=plan.left_out)
        return await _change(tools, opened, record, rows, remove, on_progress)


async def record_of(tools: Context, session_id: str) -> DraftRecord | None:
    """What is in a draft now, as it could be made again; kept in the journal. Returns what was kept earlier when the
    service cannot be asked; `None` when nothing is known."""
    kept = await kept_record(tools.journal, session_id)
    if kept is not None and (kept.mark or kept.inside or kept.query):
        return kept  # The service shows no names of such a draft.
    try:
        session = await tools.reader.session(session_id)
        service = service_of(session)
        present = await read_artifacts(tools, service, session_id)
    except BackupTuiError:
        return kept
    target = destination_of(present[0].destination_type) if present else None
    base = kept or DraftRecord(session_id, service, target or Destination.NEW, ())
    units = await units_in(tools, service, present, base)
    record = base.with_units([unit for unit in units.values() if unit is not None])
    await keep_record(tools.journal, record)
    return record


async def _open(tools: Context, session_id: str, destination: Destination | None, *, adding: bool) -> _Opened:
    await refuse_while_starting(tools, session_id)
    session = await tools.reader.session(session_id)
    if not session_status(session.status).allows(Action.EDIT):
        raise _no_draft(session)
    service = service_of(session)
    present = await read_artifacts(tools, service, session_id)
    refuse_items(present, "changed")
    target = destination_for(present, destination, adding=adding)
    record = await kept_record(tools.journal, session_id) or DraftRecord(session_id, service, target, ())
    return _Opened(session_id, service, target, await units_in(tools, service, present, record), record)


async def _change(
    tools: Context,
    opened: _Opened,
    record: DraftRecord,
    add: Sequence[UnitPoint],
    remove: Sequence[str],
    on_progress: OnProgress,
) -> DraftResult:
    steps = edit_steps(opened.units, add, remove, tools.clock.now(), tools.limits)
    await remember_units(tools, add)
    before = [unit for unit in opened.units.values() if unit is not None]
    draft = Draft(opened.session_id, opened.service, opened.destination)
    result = await send_steps(tools, draft, steps, before, on_progress)
    await keep_record(tools.journal, record.after(result.in_it, result.not_in_it))
    await read_again(tools, opened.session_id)
    return result


def _no_draft(session: RestoreSession) -> StateConflict:
    return StateConflict.unsent(
        f"Session {short_id(session.id)} is no longer a draft ({session_status(session.status).word}).",
        "RestoreSessionActionNotAllowed",
        "A started restore cannot be changed; create a new restore for other units.",
        status=403,
    )


async def remember_units(tools: Context, rows: Sequence[UnitPoint]) -> None:
    """Whose points these are; the service does not say it again."""
    known = {
        row.point_id: PointUnit(row.point_id, row.unit_id, row.name, row.service, row.time, row.express)
        for row in rows
        if row.point_id is not None
    }
    if known:
        await tools.journal.remember_points(list(known.values()))
        tools.store.apply(PointUnitsKnown(known))


async def read_again(tools: Context, session_id: str) -> RestoreSession | None:
    """The session with its counts as they are now; `None` where this read fails: sync brings them later."""
    try:
        return await read_session(tools, session_id)
    except BackupTuiError:
        return None
