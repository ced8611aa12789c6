"""A second run of a command continues from what the first run created, and never creates it twice."""

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import NotFound, UsageError
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.asked import Asked, KeptPlan, earlier_run, kept_plan, plan_finished
from backup_tui.restore.drafts.create import looking
from backup_tui.restore.drafts.drafts import create_draft, edit_draft
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult
from backup_tui.restore.drafts.record import keep_record
from backup_tui.restore.lost_answers import EDIT
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import read_artifacts


class TakenUp(Struct, frozen=True):
    """What an earlier run of the same command made."""

    intent: Intent  # its entry in the journal, as it was found
    result: DraftResult  # the draft as it is now; what the earlier run could not add is added
    plan: DraftPlan  # what it was to hold
    status: str  # the word for the session's state


async def take_up(tools: Context, asked: Asked, on_progress: OnProgress = unheard) -> TakenUp | None:
    """Goes on from an earlier run of the same command; `None` when there was none.

    Raises:
        UsageError: The key belongs to something else.
        NotFound: The draft that the earlier run made was deleted.
        OutcomeUnknown: It is still unknown whether the earlier run made a draft; nothing was made.
        BackupTuiError: As for `create_draft` and `edit_draft`.
    """
    earlier = await earlier_run(tools, asked)
    kept = await kept_plan(tools.journal, asked) if earlier is not None else None
    if earlier is None or kept is None:
        return None
    record = kept.record
    plan = DraftPlan(record.service, record.destination, record.units, record.missing, record.left_out)
    if not earlier.state.is_settled or earlier.session_id is None:
        result = await create_draft(tools, plan, on_progress, asked)
        return TakenUp(earlier, result, plan, "draft")
    try:
        session = await tools.reader.session(earlier.session_id)
    except NotFound as error:
        raise error.reworded(
            f"The draft {short_id(earlier.session_id)} of this key was deleted: entry {earlier.id} of the journal.",
            certainty="Nothing was sent.",
            hint="Use another --key to create a new one.",
        ) from error
    status = session_status(session.status)
    if status.allows(Action.EDIT) and not kept.finished:
        await settle_edits(tools, session.id, on_progress)
    present = await read_artifacts(tools, record.service, session.id)
    points = {artifact.point_id for artifact in present}
    lacking = tuple(row for row in record.units if row.point_id not in points)
    result = DraftResult(session.id, tuple(row for row in record.units if row.point_id in points))
    if kept.finished or not status.allows(Action.EDIT):
        return TakenUp(earlier, result, plan, status.word)
    if lacking:
        result = await _complete(tools, session.id, lacking, plan, on_progress)
    await _keep_whole(tools, asked, kept, result)
    return TakenUp(earlier, result, plan, status.word)


async def settle_edits(tools: Context, session_id: str, on_progress: OnProgress) -> None:
    """Finds out about updates that an earlier run sent: until then, what the draft lacks may still be on its way.
    Raises `OutcomeUnknown`: one of them is still unknown; nothing was sent now."""
    for intent in await tools.journal.open_intents():
        if intent.kind is not IntentKind.EDIT or intent.target != session_id:
            continue
        finding = await resolve_lost_answer(tools, EDIT, intent, looking(on_progress, "the draft"))
        if not finding.verdict.is_settled:
            raise finding.unanswered(f"Check the draft, then settle entry {intent.id} of the journal (5 Activity).")


async def _keep_whole(tools: Context, asked: Asked, kept: KeptPlan, result: DraftResult) -> None:
    """What the earlier run would have kept at its end; its units have the times that were asked for."""
    wanted = kept.record.by_point
    in_it = [wanted.get(row.point_id or "", row) for row in result.in_it]
    await keep_record(tools.journal, replace(kept.record, session_id=result.session_id).after(in_it, result.not_in_it))
    if result.complete:
        await plan_finished(tools.journal, asked)


async def _complete(
    tools: Context, session_id: str, lacking: tuple[UnitPoint, ...], plan: DraftPlan, on_progress: OnProgress
) -> DraftResult:
    try:
        return await edit_draft(tools, session_id, add=lacking, destination=plan.destination, on_progress=on_progress)
    except UsageError as error:
        # A point that expired since the first run: the draft stays as it is, and says what it lacks.
        here = tuple(row for row in plan.rows if row not in lacking)
        return DraftResult(session_id, here, lacking, error)
