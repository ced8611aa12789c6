"""Gathers the facts of a report: from the service and the journal, or from the journal alone."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from backup_tui import __version__
from backup_tui.changes.context import Context, OnProgress, Progress, each_of, unheard
from backup_tui.errors import NotFound
from backup_tui.evidence.facts import (
    NOT_DRAFTED,
    NOT_IN_SESSION,
    AbsentName,
    PlanFacts,
    Report,
    SessionFacts,
    UnitFacts,
    YesFacts,
)
from backup_tui.evidence.requests import calls_of, entries_of, entries_with_answers
from backup_tui.evidence.seen import session_facts, session_seen, units_seen, with_error
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.artifacts import MailboxRestoreArtifact, RestoreArtifact
from backup_tui.models.calls import CallRecord
from backup_tui.models.remembered import NameSource
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import counted, safe, short_id
from backup_tui.plans.parts import Part
from backup_tui.plans.plan_text import mail_words
from backup_tui.plans.record import PlanRecord, kept_units
from backup_tui.restore.drafts.plan import service_of
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.names.unit_names import ReviewedUnit, reviewed_units
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.review.review import read_draft
from backup_tui.restore.session_notes import kept_notes
from backup_tui.store.rows import destination_of
from backup_tui.store.store import Store

NOT_READ = "not read: the report was made offline"
GONE = "the service no longer has it: a deleted draft, or older than a year"


class Where(Struct, frozen=True):
    """Which tenant a report is about, and who makes it when."""

    tenant: str
    tenant_id: str
    address: str
    by: str
    at: datetime


def where_of(tools: Context, address: str) -> Where:
    """The tenant of a workspace, and who is signed in to it; `address` is that of the service."""
    who = tools.who
    return Where(who.tenant, who.tenant_id or "", address, who.user_label, tools.clock.now())


class _Read(Struct, frozen=True):
    session: SessionFacts
    units: tuple[UnitFacts, ...]
    record: DraftRecord | None


async def gather(
    journal: Journal,
    where: Where,
    *,
    sessions: Sequence[str] = (),
    plan: PlanRecord | None = None,
    tools: Context | None = None,
    seen: Store | None = None,
    on_progress: OnProgress = unheard,
) -> Report:
    """The facts about sessions, or about a plan with all of its sessions.

    Args:
        journal: What was sent from here.
        where: What the report says of itself.
        sessions: Ids; those of the plan are added.
        plan: The plan, if the report is about one.
        tools: What the service is asked with; `None` asks nothing, and says what is unknown for that.
        seen: Used without `tools`: what was read before counts.

    Raises:
        BackupTuiError: A session could not be read whole: a report with holes is not made. One that the service no
            longer has is reported as it was kept here.
        JournalError: The journal cannot be read.
    """
    parts = {plan.sessions[part.number]: part for part in plan.parts if part.number in plan.sessions} if plan else {}
    ids = list(dict.fromkeys([*parts, *sessions]))
    intents = await entries_of(journal, ids, plan.plan.name if plan else "")
    read = 0

    async def one(session_id: str) -> _Read:
        nonlocal read
        mine = [intent for intent in intents if session_id in (intent.target, intent.session_id)]
        found = _seen(seen, session_id, await kept_record(journal, session_id), mine) if seen and not tools else None
        if found is None:
            found = await _read_session(journal, tools, session_id, mine)
        read += 1
        on_progress(Progress("reading sessions", read, len(ids)))
        return found

    found = await each_of(one, ids)
    if plan is not None:
        found = [_in_plan(each, plan, parts.get(each.session.id)) for each in found]
    notes = await kept_notes(journal)
    planned = await _planned(journal, plan, found) if plan is not None else ()
    store = tools.store if tools is not None else seen
    calls = store.calls.values() if store is not None else ()
    records = [each.record for each in found if each.record is not None]
    return Report(
        title=f"Plan {plan.plan.name}" if plan else _title(ids),
        subject=f"plan-{plan.plan.name}" if plan else f"sessions-{'-'.join(short_id(each) for each in ids[:3])}",
        tenant=safe(where.tenant),
        tenant_id=safe(where.tenant_id),
        address=where.address,
        generated_at=where.at,
        generated_by=safe(where.by),
        program=f"backup-tui {__version__}",
        offline=tools is None and seen is None,
        plan=_plan_facts(plan) if plan else None,
        sessions=tuple(replace(each.session, note=notes.get(each.session.id, "")) for each in found),
        units=(*(unit for each in found for unit in each.units), *planned),
        absent=_absent(plan, records),
        left_out=_left_out(plan, records),
        calls=calls_of(intents, [call for call in calls if isinstance(call, CallRecord)], ids),
        entries=await entries_with_answers(journal, intents),
        unknown=_unknown(found, offline=tools is None and seen is None),
    )


def _title(ids: Sequence[str]) -> str:
    names = ", ".join(short_id(each) for each in ids[:3])
    more = f" and {len(ids) - 3:,} more" if len(ids) > 3 else ""
    return f"Restore {'session' if len(ids) == 1 else 'sessions'} {names}{more}"


def _seen(store: Store, session_id: str, record: DraftRecord | None, intents: Sequence[Intent]) -> _Read | None:
    facts = session_seen(store, session_id, record)
    if facts is None:
        return None
    units = units_seen(store, session_id, record)
    if not units and record is not None and session_status(facts.status).allows(Action.EDIT):
        units = tuple(unit_of_point(unit, session_id, record, "added") for unit in record.units)
    return _Read(_with_people(facts, intents, units), units, record)


async def _read_session(journal: Journal, tools: Context | None, session_id: str, intents: Sequence[Intent]) -> _Read:
    record = await kept_record(journal, session_id)
    unread = NOT_READ
    if tools is not None:
        try:
            session, artifacts = await read_draft(tools, session_id)
        except NotFound:
            if record is None:
                raise
            unread = GONE
        else:
            units = await reviewed_units(tools, service_of(session), artifacts, record, session_id)
            return _from_service(session, artifacts, units, record, intents)
    if record is None:
        raise NotFound.unsent(
            f"Nothing is kept here about session {short_id(session_id)}.",
            "RestoreSessionNotFound",
            "Leave --offline out to read it from the service.",
            certainty="It was drafted elsewhere.",
        )
    facts = SessionFacts(
        session_id,
        record.service,
        record.destination,
        total=len(record.units),
        unread=unread,
        of_files=bool(record.inside),
    )
    rows = tuple(unit_of_point(unit, session_id, record) for unit in record.units)
    return _Read(_with_people(facts, intents, ()), rows, record)


def unit_of_point(unit: UnitPoint, session_id: str, record: DraftRecord | None, status: str = "") -> UnitFacts:
    """The facts about a unit of which only the request is known."""
    return UnitFacts(
        safe(unit.name),
        unit.service,
        unit.unit_id,
        session_id,
        unit.point_id or "",
        record.destination if record else None,
        status,
        wanted=unit.wanted,
        point_time=unit.time,
        express=unit.express,
        name_source=NameSource.HANDOVER if record is not None and record.handed_over else NameSource.JOURNAL,
    )


def _from_service(
    session: RestoreSession,
    artifacts: Sequence[RestoreArtifact],
    units: Sequence[ReviewedUnit],
    record: DraftRecord | None,
    intents: Sequence[Intent],
) -> _Read:
    service = service_of(session)
    by_id = {artifact.id: artifact for artifact in artifacts}
    rows = tuple(_unit(unit, by_id[unit.artifact_id], service, session.id) for unit in units)
    destinations = {row.destination for row in rows}
    destination = next(iter(destinations)) if len(destinations) == 1 else record.destination if record else None
    facts = session_facts(session, service, destination)
    return _Read(_with_people(facts, intents, rows), rows, record)


def _with_people(facts: SessionFacts, intents: Sequence[Intent], units: Sequence[UnitFacts]) -> SessionFacts:
    """Adds what the journal says of who drafted and who started a session."""
    done = [intent for intent in intents if intent.state.was_done]
    create = next((intent for intent in done if intent.kind is IntentKind.CREATE), None)
    start = next((intent for intent in done if intent.kind is IntentKind.ACTIVATE), None)
    first = min((unit.started for unit in units if unit.started), default=None)
    return replace(
        facts,
        created_at=facts.created_at or (create.at if create else None),
        drafted_here_by=safe(create.user) if create else "",
        started_at=(start.answered_at or start.at) if start else first,
        started_by=safe(start.user) if start else "",
        started_entry=start.id if start else None,
    )


def _unit(unit: ReviewedUnit, artifact: RestoreArtifact, service: Service, session_id: str) -> UnitFacts:
    facts = UnitFacts(
        safe(unit.name),
        service,
        unit.unit_id,
        session_id,
        unit.point_id,
        destination_of(artifact.destination_type),
        artifact.status or "",
        wanted=unit.wanted,
        point_time=unit.time,
        express=unit.express,
        started=artifact.start_date_time,
        ended=artifact.completion_date_time,
        result=artifact.result or "",
        items=artifact.restored_item_count if isinstance(artifact, MailboxRestoreArtifact) else None,
        name_source=unit.source,
    )
    error = artifact.error
    return with_error(facts, error.code or "", error.message or "") if error else facts


def _in_plan(read: _Read, plan: PlanRecord, part: Part | None) -> _Read:
    if part is None:
        return read
    waves = plan.plan.waves
    wave = safe(waves[part.wave].name) if part.wave < len(waves) else ""
    return replace(read, session=replace(read.session, part=part.number, wave=wave, again_of=part.again_of))


async def _planned(journal: Journal, plan: PlanRecord, found: Sequence[_Read]) -> tuple[UnitFacts, ...]:
    """The units of the plan that no session holds."""
    by_session = {each.session.id: each for each in found}
    rows: list[UnitFacts] = []
    for part in plan.parts:
        session_id = plan.sessions.get(part.number, "")
        read = by_session.get(session_id)
        known = {key for unit in read.units for key in (unit.unit_id, unit.point_id) if key} if read else set()
        for unit in await kept_units(journal, plan.plan.name, part.number):
            if unit.unit_id in known or unit.point_id in known:
                continue
            facts = replace(unit_of_point(unit, session_id, None), destination=part.destination)
            code = plan.unusable.get(part.number, {}).get(unit.unit_id)
            if read is None:
                rows.append(replace(facts, status=NOT_DRAFTED))
            elif code is not None:
                rows.append(with_error(replace(facts, status="failed"), safe(code)))
            elif read.session.unread or (part.bulk and part.number not in plan.unusable):
                rows.append(facts)  # Nobody knows yet what became of its name.
            else:
                rows.append(replace(facts, status=NOT_IN_SESSION))
    return tuple(rows)


def _plan_facts(record: PlanRecord) -> PlanFacts:
    plan = record.plan
    return PlanFacts(
        safe(plan.name),
        safe(record.path),
        record.digest,
        safe(plan.note),
        record.created_at,
        safe(record.created_by),
        tuple(safe(wave.name) for wave in plan.waves),
        tuple(YesFacts(yes.at, safe(yes.by), safe(yes.phrase), tuple(yes.drafts)) for yes in record.yes),
        record.names,
        mail_words(plan),
    )


def _absent(plan: PlanRecord | None, records: Sequence[DraftRecord]) -> tuple[AbsentName, ...]:
    names = [AbsentName(safe(name), safe(reason)) for name, reason in plan.in_no_session] if plan else []
    listed = {one.name for one in names}
    for record in records:
        names += [
            AbsentName(safe(name), "not in the draft", record.session_id)
            for name in record.missing
            if safe(name) not in listed
        ]
    return tuple(names)


def _left_out(plan: PlanRecord | None, records: Sequence[DraftRecord]) -> tuple[str, ...]:
    names = [*(plan.plan.scope.left_out if plan else ()), *(name for record in records for name in record.left_out)]
    return tuple(dict.fromkeys(safe(name) for name in names))


def _unknown(found: Sequence[_Read], *, offline: bool) -> tuple[str, ...]:
    """What the report cannot say, in sentences."""
    said: list[str] = []
    if offline:
        said.append(
            "Nothing was read from the service. Unknown: the state of each unit, when it started and ended, its "
            "result and its error, and what others did to these sessions."
        )
    gone = [short_id(each.session.id) for each in found if each.session.unread == GONE]
    if gone:
        said.append(f"The service no longer has {', '.join(gone)}; what became of their units is unknown.")
    nameless = sum(unit.unit_id is None for each in found for unit in each.units)
    if nameless:
        said.append(f"The service does not name {counted(nameless, 'unit')}; only their points are known.")
    strangers = [short_id(each.session.id) for each in found if each.record is None]
    if strangers:
        said.append(
            f"The time that was asked for is unknown for {', '.join(strangers)}: drafted elsewhere. The age of their "
            "points (RPO) is unknown, too."
        )
    started = [
        short_id(each.session.id)
        for each in found
        if each.session.started_entry is None and not each.session.unread and _has_started(each.session)
    ]
    if started:
        said.append(
            f"Who started {', '.join(started)} is unknown: not started from here, and the service names only who "
            "changed it last. The first unit's start counts as the start."
        )
    return tuple(said)


def _has_started(session: SessionFacts) -> bool:
    state = session_status(session.status)
    return state.moving or state.terminal
