"""The one request that makes a draft, and what became of it when its answer was lost: never two drafts of one plan.

https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions (and its two siblings).
"""

from __future__ import annotations

from backup_tui.changes.context import Context, OnProgress, Progress
from backup_tui.changes.findings import Finding, Look, Verdict
from backup_tui.changes.lost_answers import intent_of, resolve_lost_answer
from backup_tui.errors import OutcomeUnknown
from backup_tui.graph.requests.sessions import create_body
from backup_tui.journal.fingerprint import fingerprint
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.services import Destination
from backup_tui.models.sessions import RestoreSession
from backup_tui.restore.candidates import candidates_of
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.plan import UNITS_PER_REQUEST, DraftPlan
from backup_tui.restore.drafts.record import DraftRecord, keep_planned
from backup_tui.restore.lost_answers import CREATE
from backup_tui.store.updates import SessionRead


async def create_once(
    tools: Context, plan: DraftPlan, record: DraftRecord, on_progress: OnProgress, asked: Asked | None = None
) -> RestoreSession:
    """Sends the create with the first units, or finds the draft that an earlier create of the same contents made.

    Args:
        tools: What to work with.
        plan: Its service and destination.
        record: Its units are what the request holds; kept until the session's id is known.
        on_progress: Told of each look at the service while an answer is missing.
        asked: What the command asked for; the journal's entry carries it.

    Raises:
        OutcomeUnknown: It is unknown whether a draft was made; nothing is made again.
        ServiceError: The request was refused; there is no draft.
        Unreachable, JournalError, ReadOnlyError: Nothing was sent.
    """
    writer = tools.may_restore()
    artifacts = [NewArtifact(row.point_id, plan.destination) for row in record.units if row.point_id is not None]
    mark = planned_mark(record)
    earlier = await tools.journal.open_create(mark)
    if earlier is not None:
        # The same draft was asked for before and nobody knows whether it was made: find out, never make two.
        return await _adopt(tools, earlier, plan.destination, None, on_progress)
    await keep_planned(tools.journal, mark, record)
    try:
        session = await tools.changes.make(
            IntentKind.CREATE,
            lambda: writer.create_session(plan.service, artifacts),
            target=None,
            service=plan.service,
            summary=f"CREATE draft of {plan.service.counted(len(artifacts))}, {plan.destination.word}",
            body=create_body(plan.service, artifacts),
            fingerprint=mark,
            plan=asked.plan if asked else None,
            session_id_of=lambda made: made.id,
        )
    except OutcomeUnknown as error:
        lost = await intent_of(tools, error)
        if lost is None:
            raise
        return await _adopt(tools, lost, plan.destination, error, on_progress)
    _tell(tools, session, plan.destination)
    return session


def plan_mark(plan: DraftPlan) -> str:
    """What the first request of a plan is recognised by."""
    first = tuple({row.unit_id: row for row in plan.rows}.values())[:UNITS_PER_REQUEST]
    return planned_mark(DraftRecord("", plan.service, plan.destination, first))


def planned_mark(record: DraftRecord) -> str:
    """What the draft of a create with exactly these units is recognised by."""
    return fingerprint(record.service, ((unit.point_id, record.destination) for unit in record.units if unit.point_id))


async def _adopt(
    tools: Context,
    intent: Intent,
    destination: Destination,
    error: OutcomeUnknown | None,
    on_progress: OnProgress,
) -> RestoreSession:
    """The draft that a create with a lost answer has made.

    Raises:
        OutcomeUnknown: It was not found, or not for certain; nothing is made again.
    """

    def told(look: Look) -> None:
        on_progress(Progress(f"no answer; checking the service, try {look.number}", look.number, look.of))

    finding = await resolve_lost_answer(tools, CREATE, intent, told)
    if finding.verdict is Verdict.DONE and finding.session is not None:
        _tell(tools, finding.session, destination)
        return finding.session
    raise OutcomeUnknown(
        f"No answer to: {intent.summary}. {finding.words}",
        certainty="It was not sent again.",
        hint=_way_out(intent, finding),
        code=error.code if error else "",
        request_id=error.request_id if error else intent.request_id,
        intent_id=intent.id,
        candidates=candidates_of(intent, finding.candidates),
    ) from error


def _way_out(intent: Intent, finding: Finding) -> str:
    if finding.candidates:
        return f"Choose which it was: entry {intent.id} of the journal (5 Activity)."
    if finding.verdict is Verdict.NOT_FOUND:
        return f"If it was not created: backup-tui journal resolve {intent.id} --not-done, then create it again."
    return f"Check the sessions, then settle entry {intent.id} of the journal (5 Activity)."


def _tell(tools: Context, session: RestoreSession, destination: Destination) -> None:
    at = tools.clock.monotonic()
    tools.store.apply(SessionRead(session, at, tools.clock.now(), destination=destination, changed=True))
