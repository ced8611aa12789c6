"""Looks at all sessions of a plan: what has failed so far, why, and how each unit would be restored again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, each_of, unheard
from backup_tui.errors import NotFound, UsageError
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, artifact_status, session_status
from backup_tui.models.text import short_id
from backup_tui.plans.again import (
    NEEDS_FIRST,
    AgainGroup,
    AgainLook,
    AgainUnit,
    Attempt,
    Outcome,
    Standing,
    TriedPart,
    latest_attempts,
    retried,
)
from backup_tui.plans.list_outcomes import follow_names
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, kept_units
from backup_tui.restore.errors_of_units import CauseAndRemedy, Remedy, explain
from backup_tui.restore.names.unit_names import ReviewedUnit, reviewed_units
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.points.search import Answer, Question, search
from backup_tui.restore.reads import list_artifacts, list_sessions, read_session
from backup_tui.restore.review.unit_checks import MovingUnits, moving_units

STEP_BACK = timedelta(hours=1)
"""A unit whose next older point could not be used either goes back by at least so much: points are ten minutes apart,
and each attempt takes hours."""

_NEEDS = {
    Remedy.RELEASE: "have the hold or lock removed first",
    Remedy.BRING_BACK: "bring it back first, or leave it out",
    Remedy.MAKE_ROOM: "free space first",
}


async def look_again(
    context: Context,
    record: PlanRecord,
    causes: Collection[str] | None = None,
    on_progress: OnProgress = unheard,
    units: Mapping[int, tuple[UnitPoint, ...]] | None = None,
) -> AgainLook:
    """What of a plan has failed so far, and what a retry would do about it; changes nothing at the service.

    Args:
        causes: Codes of the causes whose units would be drafted; `None` for all causes that need nothing done first.
        units: Part number to its units, of a plan that is not kept yet.

    Raises:
        UsageError: No unit failed with one of the codes.
        BackupTuiError: A session or a list could not be read whole.
    """
    sessions = await list_sessions(context)
    record = await follow_names(context, record, on_progress)
    parts = await _tried_parts(context, record, sessions, units or {})
    attempts = latest_attempts(parts)
    failed = [one for one in attempts.values() if one.outcome.standing is Standing.FAILED]
    groups = _groups(failed)
    _check_causes(causes or (), groups)
    busy = await _busy(context, sessions, groups)
    older = _invalid_times(parts)
    made = [_group(context, key, members, causes, busy, older) for key, members in groups.items()]
    made = await _with_points(context, record, made, older, on_progress)
    counts = {standing: sum(one.outcome.standing is standing for one in attempts.values()) for standing in Standing}
    return AgainLook(
        record,
        tuple(sorted(made, key=lambda group: (-len(group.units), group.cause.code))),
        counts[Standing.RESTORED],
        counts[Standing.LIVE],
        _retried(parts, attempts),
        len({unit.unit_id for now in parts for unit in now.units} - attempts.keys()),
        sum(now.nameless for now in parts),
    )


async def retries_of(context: Context, record: PlanRecord, session_id: str) -> dict[str, Part]:
    """The units of a session that a later part of its plan repeats: unit id to the newest such part. `session_id`: the
    restore in which they failed. Raises `JournalError`: the journal cannot be read."""
    held: dict[int, frozenset[str]] = {}
    for part in record.parts:
        if session_id in part.again_of:
            units = await kept_units(context.journal, record.plan.name, part.number)
            held[part.number] = frozenset(unit.unit_id for unit in units)
    every = frozenset().union(*held.values())
    newest = {unit_id: retried(record, held, session_id, unit_id) for unit_id in every}
    return {unit_id: part for unit_id, part in newest.items() if part is not None}


# -- what became of each part ----------------------------------------------------------------------------------


async def _tried_parts(
    context: Context,
    record: PlanRecord,
    sessions: Iterable[RestoreSession],
    known: Mapping[int, tuple[UnitPoint, ...]],
) -> tuple[TriedPart, ...]:
    listed = {session.id: session for session in sessions}

    async def one(part: Part) -> TriedPart:
        units = known.get(part.number) or await kept_units(context.journal, record.plan.name, part.number)
        session_id = record.sessions.get(part.number, "")
        if not session_id:
            return TriedPart(part, "", units, {})
        try:
            # A list can lag behind what it lists.
            session = listed.get(session_id) or await read_session(context, session_id, part.service)
        except NotFound:
            return TriedPart(part, session_id, units, {}, gone=True)
        status = session_status(session.status)
        if status.allows(Action.ACTIVATE):
            return TriedPart(part, session_id, units, {})
        now = TriedPart(part, session_id, units, {}, begun=True, ended=status.terminal)
        return await _with_outcomes(context, now, record.unusable.get(part.number, {}))

    return tuple(await each_of(one, list(record.parts)))


async def _with_outcomes(context: Context, now: TriedPart, unusable: Mapping[str, str]) -> TriedPart:
    """The part with what became of its units, those included that somebody added to its draft."""
    service = now.part.service
    artifacts = await list_artifacts(context, service, now.session_id)
    by_id = {artifact.id: artifact for artifact in artifacts}
    kept = {unit.unit_id: unit for unit in now.units}
    outcomes = {unit_id: Outcome(Standing.FAILED, code) for unit_id, code in unusable.items() if unit_id in kept}
    added: list[UnitPoint] = []
    nameless = sum(unit_id not in kept for unit_id in unusable)
    for row in await reviewed_units(context, service, artifacts, None, now.session_id):
        outcome = _outcome(by_id[row.artifact_id], _point(row, service, kept))
        if row.unit_id is None:
            nameless += outcome.standing is Standing.FAILED
            continue
        outcomes[row.unit_id] = outcome
        if row.unit_id not in kept and outcome.point is not None:
            added.append(outcome.point)
    return replace(now, units=(*now.units, *added), outcomes=outcomes, nameless=nameless)


def _outcome(artifact: RestoreArtifact, point: UnitPoint | None) -> Outcome:
    status = artifact_status(artifact.status)
    if status.allows(Action.AGAIN):
        code, message = (artifact.error.code, artifact.error.message) if artifact.error else ("", "")
        return Outcome(Standing.FAILED, code or "", message or "", point)
    return Outcome(Standing.RESTORED if status.terminal else Standing.LIVE, point=point)


def _point(row: ReviewedUnit, service: Service, kept: Mapping[str, UnitPoint]) -> UnitPoint | None:
    """The unit with the point that was used, and the time that was asked for."""
    asked = kept.get(row.unit_id or "")
    if asked is None:
        return row.as_point(service)
    return replace(
        asked,
        point_id=row.point_id or asked.point_id,
        time=row.time or asked.time,
        expires=row.expires or asked.expires,
        express=row.express or asked.express,
    )


def _retried(parts: Sequence[TriedPart], attempts: Mapping[str, Attempt]) -> int:
    """How many units that are under way again had failed before."""
    had_failed = {
        unit.unit_id
        for now in parts
        for unit in now.units
        if (outcome := now.outcome(unit.unit_id)) is not None and outcome.standing is Standing.FAILED
    }
    return sum(attempts[unit_id].outcome.standing is Standing.LIVE for unit_id in had_failed)


# -- causes ----------------------------------------------------------------------------------------------------

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_Key = tuple[str, Service, Destination]


def _groups(failed: Iterable[Attempt]) -> dict[_Key, list[Attempt]]:
    groups: dict[_Key, list[Attempt]] = {}
    for one in failed:
        groups.setdefault((one.outcome.code, one.at.part.service, one.at.part.destination), []).append(one)
    return groups


def _check_causes(causes: Collection[str], groups: Iterable[_Key]) -> None:
    there = sorted({code or "none" for code, _, _ in groups})
    for cause in causes:
        if cause.casefold() not in {code.casefold() for code in there}:
            known = f"Causes now: {', '.join(there)}." if there else "Nothing has failed so far."
            raise UsageError.unsent(f"No unit failed with {cause}.", "--cause", cause, known)


class _Busy(Struct, frozen=True):
    """Who else restores units of a service now. `blind`: how many restores do not name all of their units."""

    holders: Mapping[str, RestoreSession]
    blind: tuple[RestoreSession, ...]


async def _busy(
    context: Context, sessions: Sequence[RestoreSession], groups: Mapping[_Key, Sequence[Attempt]]
) -> dict[Service, _Busy]:
    """Who holds the units that failed because another restore had them."""
    waiting: dict[Service, set[str]] = {}
    for (code, service, to), members in groups.items():
        if explain(code, service, destination=to).remedy is Remedy.WAIT:
            waiting.setdefault(service, set()).update(one.at.session_id for one in members)
    found = {}
    for service, own in waiting.items():
        # One that has ended since may have restored the unit.
        since = min((s.created_date_time for s in sessions if s.id in own and s.created_date_time), default=_LONG_AGO)
        others = [s for s in sessions if s.id not in own and (s.completed_date_time or context.clock.now()) >= since]
        started = [s for s in others if not session_status(s.status).allows(Action.ACTIVATE)]
        looked: list[MovingUnits] = await moving_units(context, started, service)
        holders = {unit_id: one.session for one in looked for unit_id in one.unit_ids}
        found[service] = _Busy(holders, tuple(one.session for one in looked if one.unnamed or not one.read))
    return found


def _group(
    context: Context,
    key: _Key,
    members: Sequence[Attempt],
    causes: Collection[str] | None,
    busy: Mapping[Service, _Busy],
    older: Mapping[str, int],
) -> AgainGroup:
    code, service, destination = key
    cause = explain(code, service, destination=destination)
    taken = cause.remedy not in NEEDS_FIRST
    if causes is not None:
        taken = (code or "none").casefold() in {each.casefold() for each in causes}
    others: set[str] = set()
    units = []
    for one in sorted(members, key=lambda each: each.unit.name.casefold()):
        why_not = ""
        if cause.remedy is Remedy.WAIT:
            why_not, other = _wait(context, one, busy[service])
            others.add(other)
        elif not _looks_for_a_point(cause, one.unit) and _expired(one.unit, context.clock.now()):
            why_not = "its point has expired"
        to = Destination.NEW if cause.remedy is Remedy.NEW_ADDRESS else destination
        units.append(AgainUnit(one.unit, one.at.session_id, one.at.part.wave, to, why_not))
    other = others.pop() if len(others) == 1 else ""
    alone = units[0].unit.name if len(units) == 1 else ""
    return AgainGroup(
        explain(code, service, unit=alone, destination=destination, other=other),
        service,
        destination,
        tuple(units),
        tuple(dict.fromkeys(one.outcome.message for one in members if one.outcome.message)),
        taken,
        _NEEDS.get(cause.remedy, ""),
        other,
    )


def _wait(context: Context, one: Attempt, busy: _Busy) -> tuple[str, str]:
    """Why a unit that another restore had cannot be drafted now, and the id of that restore, each where known."""
    unit_id, store = one.unit.unit_id, context.store
    holder = busy.holders.get(unit_id)
    if holder is not None:
        return f"{short_id(holder.id)} is still restoring it", holder.id
    since = [
        (row.completed, session_id)
        for session_id in store.artifact_sessions() - {one.at.session_id}
        for row in store.artifacts(session_id).values()
        if row.unit_id == unit_id and row.state.value == "succeeded" and row.completed is not None
    ]
    own = [row for row in store.artifacts(one.at.session_id).values() if row.unit_id == unit_id]
    failed_at = max((row.completed for row in own if row.completed is not None), default=None)
    after = [entry for entry in since if failed_at is None or entry[0] >= failed_at]
    if after:
        _, by = max(after)
        return f"{short_id(by)} has restored it since", by
    if busy.blind:
        return f"{short_id(busy.blind[0].id)} does not name its units; it may have it", ""
    return "", ""


# -- the point of each -----------------------------------------------------------------------------------------


def _looks_for_a_point(cause: CauseAndRemedy, unit: UnitPoint) -> bool:
    return cause.remedy is Remedy.OLDER_POINT or unit.point_id is None


def _expired(unit: UnitPoint, now: datetime) -> bool:
    return unit.expires is not None and unit.expires <= now


def _invalid_times(parts: Iterable[TriedPart]) -> dict[str, int]:
    """How often each unit failed because its time could not be used."""
    times: dict[str, int] = {}
    for now in parts:
        for unit_id, outcome in now.outcomes.items():
            if outcome.standing is Standing.FAILED and outcome.code and _is_time(outcome.code, now.part):
                times[unit_id] = times.get(unit_id, 0) + 1
    return times


def _is_time(code: str, part: Part) -> bool:
    return explain(code, part.service, destination=part.destination).remedy is Remedy.OLDER_POINT


def _question(unit: UnitPoint, times: int, *, older: bool) -> Question:
    """Which point is asked for: the newest before the one that could not be used, or the one that was asked for."""
    if not older or unit.time is None:
        return Question(unit.unit_id, unit.service, unit.wanted)
    back = timedelta(seconds=1) if times < 2 else STEP_BACK
    return Question(unit.unit_id, unit.service, unit.time - back)


async def _with_points(
    context: Context,
    record: PlanRecord,
    groups: Sequence[AgainGroup],
    times: Mapping[str, int],
    on_progress: OnProgress,
) -> list[AgainGroup]:
    """The groups whose units need another point, with it."""
    questions: dict[str, Question] = {}
    for group in groups:
        older = group.cause.remedy is Remedy.OLDER_POINT
        for one in group.ready:
            if _looks_for_a_point(group.cause, one.unit):
                questions[one.unit.unit_id] = _question(one.unit, times.get(one.unit.unit_id, 0), older=older)
    answers: dict[str, Answer] = {}

    async def take(found: Sequence[Answer]) -> None:
        answers.update((answer.question.unit_id, answer) for answer in found)

    await search(context, questions.values(), take, on_progress)
    now, most = context.clock.now(), record.plan.max_gap
    return [
        replace(
            group,
            units=tuple(
                _with_point(one, answers[one.unit.unit_id], now, most) if one.unit.unit_id in answers else one
                for one in group.units
            ),
        )
        for group in groups
    ]


def _with_point(one: AgainUnit, answer: Answer, now: datetime, most: timedelta | None) -> AgainUnit:
    point = answer.point
    if point is None:
        none = "it has no older point" if one.unit.time is not None else "it has no point before the time of the plan"
        return replace(one, why_not=answer.refused or none)
    unit = replace(one.unit, point_id=point.id, time=point.time, expires=point.expires, express=point.express)
    if _expired(unit, now):
        return replace(one, why_not="its point has expired")
    if most is not None and unit.wanted - point.time > most:
        return replace(one, why_not="the next older point is further back than the plan allows")
    return replace(one, unit=unit)
