"""What became of lists of names once they were started: which names the service could not use, and who is who.

The service looks the names up only after the start. It then says of each name that it could not use why, and lists the
units of all others by their points alone, so their units are looked up here as well.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.errors import NotFound
from backup_tui.models.bulk import BulkAdditionRequest
from backup_tui.models.people import NameTrouble
from backup_tui.models.remembered import PointUnit
from backup_tui.models.statuses import Action
from backup_tui.models.text import safe
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, change_record, kept_units
from backup_tui.restore.names.unit_names import units_of_artifacts
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.points.search import Answer, Question, search
from backup_tui.restore.reads import list_artifacts, read_name_lists
from backup_tui.store.updates import PointUnitsKnown

_ENDED = frozenset({"completed", "completedwitherrors"})  # states of a list whose names have been looked up


async def follow_names(context: Context, record: PlanRecord, on_progress: OnProgress = unheard) -> PlanRecord:
    """Writes down which names of started lists the service could not use, once it says so; each list once. Returns the
    record as it is then; the same one while no list has ended. `on_progress`: told after each search for whose points
    the service took. Raises `BackupTuiError`: a list could not be read; what was found before is kept."""
    for part in record.parts:
        session_id = record.sessions.get(part.number)
        if not part.bulk or session_id is None or part.number in record.unusable:
            continue
        row = context.store.sessions.get(session_id)
        if row is not None and row.state.allows(Action.ACTIVATE):  # Its names are looked up only once it has started.
            continue
        try:
            ended = await _ended_list(context, part, session_id)
        except NotFound:  # The session is gone, and its list with it.
            continue
        if ended is None:
            continue
        units = await kept_units(context.journal, record.plan.name, part.number)
        unusable = unusable_units(units, ended.unusable_names)
        await _learn_points(context, part, session_id, [u for u in units if u.unit_id not in unusable], on_progress)
        looked_up = {part.number: unusable}

        def with_unusable(kept: PlanRecord, more: Mapping[int, Mapping[str, str]] = looked_up) -> PlanRecord:
            return replace(kept, unusable={**kept.unusable, **more})

        record = await change_record(context, record.plan.name, with_unusable)
    return record


async def _ended_list(context: Context, part: Part, session_id: str) -> BulkAdditionRequest | None:
    """The list of a session with its errors, once its names were looked up."""
    for each in await read_name_lists(context, part.service, session_id):
        if (each.status or "").casefold() in _ENDED:
            # Only the request itself is promised to carry its errors.
            return await context.reader.bulk.one(part.service, session_id, each.id)
    return None


def unusable_units(units: Sequence[UnitPoint], troubles: Sequence[NameTrouble]) -> dict[str, str]:
    """Unit id to the code of its error, of the names that the service could not use.

    Args:
        units: What was sent; the name of each is what was sent for it.
        troubles: What the service says. A name that was not sent, as far as can be told, stands for itself.
    """
    sent = {safe(unit.name).casefold(): unit.unit_id for unit in units}
    return {sent.get(trouble.name.casefold(), trouble.name): trouble.code for trouble in troubles}


async def _learn_points(
    context: Context, part: Part, session_id: str, units: Sequence[UnitPoint], on_progress: OnProgress
) -> None:
    """Finds out whose points the service took: its list of units names none. The same question has the same answer."""
    artifacts = await list_artifacts(context, part.service, session_id)
    known = await units_of_artifacts(context, part.service, session_id, artifacts)
    nameless = {artifact.point_id for artifact in artifacts if artifact.point_id} - known.keys()
    if not nameless:
        return
    named = {unit.unit_id for unit in known.values()}
    asked = {unit.unit_id: unit for unit in units if unit.unit_id not in named}

    async def take(answers: Sequence[Answer]) -> None:
        found = {
            answer.point.id: PointUnit(
                answer.point.id,
                answer.question.unit_id,
                asked[answer.question.unit_id].name,
                part.service,
                answer.point.time,
                answer.point.express,
            )
            for answer in answers
            if answer.point is not None and answer.point.id in nameless
        }
        if found:
            await context.journal.remember_points(list(found.values()))
            context.store.apply(PointUnitsKnown(found))

    questions = [Question(unit.unit_id, part.service, unit.wanted) for unit in asked.values()]
    await search(context, questions, take, on_progress)
