"""The requests that a draft would take, word for word, before any of them is sent."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.config.limits import ServiceLimits
from backup_tui.graph.requests.call import Call
from backup_tui.graph.requests.sessions import create_session, update_session
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.services import Destination
from backup_tui.restore.drafts.plan import DraftPlan, edit_steps, service_of
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.drafts.updates import units_in
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.review.review import read_draft

NOT_YET = "{id of the new draft}"  # placeholder in a path for an id that only the answer brings


class PlannedRequest(Struct, frozen=True):
    """One request that has not been sent."""

    what: str  # what it does, in plain words
    method: str  # HTTP method
    path: str  # path below the service address and its version
    body: Mapping[str, object]  # the JSON that is sent
    units: int  # how many units it adds or takes out


async def planned_requests(
    tools: Context, plan: DraftPlan, session_id: str | None = None
) -> tuple[PlannedRequest, ...]:
    """The requests that a plan would take, unsent.

    Args:
        session_id: The draft that would be changed; `None` for a new one.

    Raises:
        UsageError: The draft cannot be changed so.
        BackupTuiError: The draft that is to be changed could not be read.
    """
    if session_id is None:
        return requests_of_plan(plan, tools.limits)
    return await requests_of_change(tools, session_id, plan)


def requests_of_plan(plan: DraftPlan, limits: ServiceLimits) -> tuple[PlannedRequest, ...]:
    """The requests that make a new draft: a create with the first units, updates with the others."""
    rows = [row for row in plan.rows if row.usable]
    size = limits.units_per_write
    first, *later = [rows[start : start + size] for start in range(0, len(rows), size)] or [[]]
    calls = [create_session(plan.service, _artifacts(first, plan.destination))]
    calls += [update_session(plan.service, "id", _artifacts(rows, plan.destination), ()) for rows in later]
    described = [_described(call, len(rows)) for call, rows in zip(calls, [first, *later], strict=True)]
    return tuple(
        PlannedRequest(
            f"fills the draft with {plan.service.counted(one.units)} more",
            one.method,
            f"{one.path.rpartition('/')[0]}/{NOT_YET}",
            one.body,
            one.units,
        )
        if number
        else one
        for number, one in enumerate(described)
    )


async def requests_of_change(tools: Context, session_id: str, plan: DraftPlan) -> tuple[PlannedRequest, ...]:
    """The requests that make a draft hold what the plan says; none when it does already. Raises `UsageError`: the draft
    cannot be changed so; `BackupTuiError`: the draft could not be read."""
    session, present = await read_draft(tools, session_id)
    service = service_of(session)
    record = await kept_record(tools.journal, session_id)
    units = await units_in(tools, service, present, record)
    rows = [row for row in plan.rows if row.usable]
    staying = {row.unit_id for row in rows}
    remove = [key for key, unit in units.items() if unit is not None and unit.unit_id not in staying]
    steps = edit_steps(units, rows, remove, tools.clock.now(), tools.limits) if rows or remove else []
    return tuple(
        _described(
            update_session(service, session_id, _artifacts(step.add, plan.destination), step.remove),
            len(step.add) + len(step.remove),
        )
        for step in steps
    )


def _artifacts(rows: Sequence[UnitPoint], destination: Destination) -> list[NewArtifact]:
    return [NewArtifact(row.point_id, destination) for row in rows if row.point_id is not None]


def _described(call: Call, units: int) -> PlannedRequest:
    return PlannedRequest(call.what, call.method, f"/{call.path.lstrip('/')}", call.body or {}, units)
