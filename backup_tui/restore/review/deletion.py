"""Deletes a draft: its review, and what is kept of it.

https://learn.microsoft.com/graph/api/restoresessionbase-delete.
"""

from msgspec import Struct

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.changes.reviewed import ChangeReview, PhrasedChange
from backup_tui.errors import NotFound, OutcomeUnknown, ServiceError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.granular import files_counted
from backup_tui.models.phrases import phrase
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import are, counted, short_id
from backup_tui.restore.drafts.drafts import record_of
from backup_tui.restore.drafts.plan import service_of
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.lost_answers import DELETE, refuse_while_starting
from backup_tui.restore.names.unit_names import reviewed_units
from backup_tui.restore.review.review import read_draft
from backup_tui.store.rows import destination_of
from backup_tui.store.updates import SessionGone


class DraftDeleted(Struct, frozen=True):
    """A draft that the service no longer has; what was in it is kept on this machine."""

    session_id: str  # the draft that was
    record: DraftRecord | None  # its units, times and destination, for a new draft; `None` when nothing of it was known
    already_gone: bool = False  # somebody else had deleted it


class DeleteDraft(PhrasedChange[ChangeReview[RestoreSession], None, DraftDeleted]):
    """A draft is deleted, and what was in it kept on this machine."""

    noun = "draft"
    verb = "delete"
    done_word = "deleted"
    kind = IntentKind.DELETE
    effect = DELETE
    purpose = "deleting a draft"

    def __init__(self, session_id: str) -> None:
        self.session_id = session_id
        self._record: DraftRecord | None = None
        self._tried_before = False

    @property
    def target(self) -> str:
        return self.session_id

    async def prepare(self, context: Context) -> ChangeReview[RestoreSession]:
        session, artifacts = await read_draft(context, self.session_id)
        service, record = service_of(session), await kept_record(context.journal, session.id)
        units = await reviewed_units(context, service, artifacts, record, session.id)
        places = {destination_of(artifact.destination_type) for artifact in artifacts}
        only = places.pop() if len(places) == 1 else None
        where = f" ({only.word})" if only is not None else ""
        nameless = sum(unit.unit_id is None for unit in units)
        held = files_counted(len(units)) if session.holds_files else service.counted(len(units))
        return ChangeReview(
            change=self,
            thing=session,
            word="DELETE",
            headline=f"draft {short_id(session.id)}{where}, {held}",
            tenant=context.who.tenant,
            sentence=_meaning(nothing_kept=bool(nameless) and nameless == len(units)),
            phrase=phrase("delete", short_id(session.id).casefold(), context.who.tenant_word),
            checks=(*_check_state(session), *_check_names(nameless, len(units))),
            read_at=context.clock.now(),
            subject=f"draft {short_id(session.id)}",
            id_line=f"Session {session.id}",
            danger=True,
            service=service,
            names=tuple(unit.name for unit in units),
            way_out="Only a draft can be deleted.",
        )

    async def settle_earlier(self, context: Context, on_look: OnLook) -> DraftDeleted | None:
        await refuse_while_starting(context, self.session_id)
        return None

    async def last_look(self, context: Context, reviewed: ChangeReview[RestoreSession]) -> DraftDeleted | None:
        self._record = await record_of(context, self.session_id)
        self._tried_before = any(
            intent.kind is IntentKind.DELETE
            and intent.target == self.session_id
            and intent.state not in (IntentState.NOT_SENT, IntentState.REJECTED)
            for intent in await context.journal.intents()
        )
        return None

    def request(self, reviewed: ChangeReview[RestoreSession], writer: Writer) -> Request[None]:
        service = self._record.service if self._record else None
        return Request(lambda: writer.delete_session(self.session_id), f"DELETE {reviewed.subject}", service)

    async def answered(self, context: Context, reviewed: ChangeReview[RestoreSession], answer: None) -> DraftDeleted:
        return self._gone(context)

    async def refused(
        self, context: Context, reviewed: ChangeReview[RestoreSession], error: ServiceError
    ) -> DraftDeleted:
        if not isinstance(error, NotFound):
            raise error
        return self._gone(context, already=not self._tried_before)

    async def lost(
        self,
        context: Context,
        reviewed: ChangeReview[RestoreSession],
        intent: Intent,
        error: OutcomeUnknown,
        on_look: OnLook,
    ) -> DraftDeleted:
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is not Verdict.DONE:
            raise error
        return self._gone(context)

    def _gone(self, context: Context, *, already: bool = False) -> DraftDeleted:
        context.store.apply(SessionGone(self.session_id, context.clock.monotonic(), context.clock.now()))
        return DraftDeleted(self.session_id, self._record, already)


def _meaning(*, nothing_kept: bool) -> str:
    kept = "The service does not name its units, so nothing of it can be kept here." if nothing_kept else ""
    rest = f"Nothing is restored. {kept}" if kept else "Nothing is restored; its names and times are kept here."
    return f"DELETE: the draft is removed from the service. {rest}"


def _check_state(session: RestoreSession) -> list[Check]:
    status = session_status(session.status)
    if status.allows(Action.DELETE):
        return []
    return [Check(CheckResult.BLOCKING, f"{short_id(session.id)} is no longer a draft: {status.word}", 0)]


def _check_names(nameless: int, count: int) -> list[Check]:
    if not nameless:
        return [Check(CheckResult.OK, f"all {counted(count, 'name')} are kept here", 1)] if count > 1 else []
    text = f"{nameless:,} of {counted(count, 'unit')} {are(nameless)} not named by the service, so not kept here"
    return [Check(CheckResult.WARNING, text, 5)]
