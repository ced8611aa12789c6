"""The one request that creates a draft, and its outcome when the answer was lost: never two drafts of one plan.

https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions (and its two siblings).
"""

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context, OnProgress, Progress
from backup_tui.changes.findings import Finding, Look, OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import OutcomeUnknown
from backup_tui.graph.requests.sessions import create_body
from backup_tui.graph.writer import Writer
from backup_tui.journal.fingerprint import fingerprint
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.sessions import RestoreSession
from backup_tui.restore.candidates import candidates_of
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.draft_change import DraftChange
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.drafts.record import DraftRecord, keep_planned
from backup_tui.restore.lost_answers import CREATE
from backup_tui.store.updates import SessionRead


class CreateDraft(DraftChange[RestoreSession, RestoreSession]):
    """The create with the first units, or the draft that an earlier create of the same contents made.

    Args:
        plan: Its service and destination.
        record: Its units are what the request holds; kept until the session's id is known.
        asked: What the command asked for; the journal's entry carries it.
    """

    kind = IntentKind.CREATE
    effect = CREATE
    purpose = "drafting"

    def __init__(self, plan: DraftPlan, record: DraftRecord, asked: Asked | None = None) -> None:
        super().__init__(None)
        self.plan, self.record, self.asked = plan, record, asked
        self.mark = planned_mark(record)

    async def settle_earlier(self, context: Context, on_look: OnLook) -> RestoreSession | None:
        earlier = await context.journal.open_create(self.mark)
        return await self._adopt(context, earlier, None, on_look) if earlier is not None else None

    async def last_look(self, context: Context, reviewed: None) -> RestoreSession | None:
        await keep_planned(context.journal, self.mark, self.record)
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[RestoreSession]:
        service, to = self.plan.service, self.plan.destination
        artifacts = [NewArtifact(row.point_id, to) for row in self.record.units if row.point_id is not None]
        return Request(
            lambda: writer.create_session(service, artifacts),
            f"CREATE draft of {service.counted(len(artifacts))}, {to.word}",
            service,
            create_body(service, artifacts),
            self.mark,
            plan=self.asked.plan if self.asked else None,
            session_id_of=lambda made: made.id,
        )

    async def answered(self, context: Context, reviewed: None, answer: RestoreSession) -> RestoreSession:
        at = context.clock.monotonic()
        news = SessionRead(answer, at, context.clock.now(), destination=self.plan.destination, changed=True)
        context.store.apply(news)
        return answer

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> RestoreSession:
        return await self._adopt(context, intent, error, on_look)

    async def _adopt(
        self, context: Context, intent: Intent, error: OutcomeUnknown | None, on_look: OnLook
    ) -> RestoreSession:
        """The draft that a create with a lost answer has made. Raises `OutcomeUnknown`: it was not found, or not for
        certain; nothing is made again."""
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is Verdict.DONE and finding.session is not None:
            return await self.answered(context, None, finding.session)
        unknown = finding.unanswered(_way_out(intent, finding))
        unknown.candidates = candidates_of(intent, finding.candidates)
        if error is not None:
            unknown.code, unknown.request_id = error.code, error.request_id
        raise unknown from error


def looking(on_progress: OnProgress, at_what: str) -> OnLook:
    """Tells of each look at the service while an answer is missing."""

    def told(look: Look) -> None:
        on_progress(Progress(f"no answer came; looking at {at_what}, try {look.number}", look.number, look.of))

    return told


def plan_mark(plan: DraftPlan, limits: ServiceLimits) -> str:
    """What the first request of a plan is recognised by."""
    first = tuple({row.unit_id: row for row in plan.rows}.values())[: limits.units_per_write]
    return planned_mark(DraftRecord("", plan.service, plan.destination, first))


def planned_mark(record: DraftRecord) -> str:
    """What the draft of a create with exactly these units is recognised by."""
    return fingerprint(record.service, ((unit.point_id, record.destination) for unit in record.units if unit.point_id))


def _way_out(intent: Intent, finding: Finding) -> str:
    if finding.candidates:
        return f"Choose which it was: entry {intent.id} of the journal (5 Activity)."
    if finding.verdict is Verdict.NOT_FOUND:
        return f"If it was not created: backup-tui journal resolve {intent.id} --not-done, then create it again."
    return f"Check the sessions, then settle entry {intent.id} of the journal (5 Activity)."
