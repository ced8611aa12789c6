"""The drafts of a plan as the service has them now: one list of sessions, then the units of each draft."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import Context, each_of
from backup_tui.errors import NotFound
from backup_tui.models.checks import Check
from backup_tui.models.services import Destination
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, kept_units
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.reads import list_artifacts, list_sessions, read_session
from backup_tui.restore.review.contents import read_contents


class DraftNow(Struct, frozen=True):
    """A draft of a plan, as just read."""

    part: Part  # what it was made for
    session: RestoreSession  # the draft
    units: tuple[ReviewedUnit, ...]  # what is in it; of a list of names, what was sent
    # the times that they go back to (UTC); those that were asked for where no point is known
    points: tuple[datetime, ...]
    # where its units go; `None` where they do not all go to the same place, or it is not reported
    destination: Destination | None
    fingerprint: str  # what it is compared by; empty where a point or a destination is not reported
    record: DraftRecord  # what was asked for
    absent: tuple[str, ...]  # names of units of the part that are not in it
    strange: int  # how many units in it are not of the part, or have another point
    # of a list of names, what can be checked of it; `None` for a draft of units with their points
    names: tuple[Check, ...] | None = None
    extra: tuple[str, ...] = ()  # further sentences for the review


class PlanNow(Struct, frozen=True):
    """The sessions of parts of a plan, as just read."""

    drafts: tuple[DraftNow, ...]  # those that have not started
    started: tuple[Part, ...]  # parts whose sessions somebody has started
    deleted: tuple[Part, ...]  # parts whose drafts are not at the service any longer
    undrafted: tuple[Part, ...]  # parts without a draft
    sessions: tuple[RestoreSession, ...]  # all sessions of the tenant


async def read_plan_now(context: Context, record: PlanRecord, parts: Sequence[Part]) -> PlanNow:
    """Reads the sessions of some parts of a plan, and the units of those that are drafts; the store learns of all.
    Raises `BackupTuiError`: something could not be read whole."""
    sessions = await list_sessions(context)
    listed = {session.id: session for session in sessions}

    async def one(part: Part) -> RestoreSession | None:
        session_id = record.sessions[part.number]
        # A list can lag behind what it lists.
        try:
            return listed.get(session_id) or await read_session(context, session_id, part.service)
        except NotFound:
            return None

    drafted = [part for part in parts if part.number in record.sessions]
    found = dict(zip(drafted, await each_of(one, drafted), strict=True))
    drafts = [
        (part, session)
        for part, session in found.items()
        if session is not None and session_status(session.status).allows(Action.ACTIVATE)
    ]
    return PlanNow(
        tuple(await each_of(lambda draft: _draft_now(context, record, *draft), drafts)),
        tuple(part for part, session in found.items() if session is not None and (part, session) not in drafts),
        tuple(part for part, session in found.items() if session is None),
        tuple(part for part in parts if part.number not in record.sessions),
        sessions,
    )


async def _draft_now(context: Context, record: PlanRecord, part: Part, session: RestoreSession) -> DraftNow:
    artifacts = await list_artifacts(context, part.service, session.id)
    asked = await kept_units(context.journal, record.plan.name, part.number)
    made = await kept_record(context.journal, session.id) or DraftRecord(
        session.id, part.service, part.destination, asked
    )
    contents = await read_contents(context, session, part.service, artifacts, made)
    wanted = {unit.point_id or unit.unit_id: unit.name for unit in asked}
    here = {unit.point_id or unit.unit_id for unit in contents.units}
    return DraftNow(
        part,
        session,
        contents.units,
        contents.points,
        contents.destination,
        contents.mark,
        made,
        tuple(name for key, name in wanted.items() if key not in here),
        sum((unit.point_id or unit.unit_id) not in wanted for unit in contents.units),
        contents.checks if contents.by_name else None,
        contents.extra,
    )
