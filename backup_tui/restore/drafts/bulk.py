"""A draft of names: an empty draft and one list of up to 10,000 names, which the service looks up once it is started.

Create: https://learn.microsoft.com/graph/api/exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests
(and its two siblings). Such a draft cannot be changed, holds nothing else, and shows neither its names nor its points,
so what was sent is kept on this machine, and each request is recognised by a mark of its own.
"""

import hashlib

from msgspec.structs import replace

from backup_tui.changes.change import Request, send_change
from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.graph.requests.sessions import create_body
from backup_tui.graph.writer import Writer
from backup_tui.journal.fingerprint import empty_mark
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.bulk import BulkAdditionRequest, NewBulkRequest
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import counted, short_id
from backup_tui.restore.drafts.asked import Asked, earlier_run, keep_plan, plan_finished
from backup_tui.restore.drafts.create import CreateDraft, looking
from backup_tui.restore.drafts.draft_change import DraftChange
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.drafts.record import DraftRecord, forget_planned, keep_record
from backup_tui.restore.lost_answers import NAMES
from backup_tui.restore.points.moments import KEPT_FOR
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import read_name_lists, read_session
from backup_tui.store.updates import Mutated


def is_sent_by_name(unit: UnitPoint) -> bool:
    """Whether the name of a unit is an e-mail address or an address of a site; all others are ids."""
    return "@" in unit.name or "://" in unit.name


def names_request(plan: DraftPlan, title: str, mark: str) -> NewBulkRequest:
    """The list of names of a draft.

    Args:
        plan: Its units; their names are sent, their points play no part.
        title: What the list is called.
        mark: What it is recognised by.

    Raises:
        UsageError: It cannot be one list.
    """
    times = {unit.wanted.replace(microsecond=0) for unit in plan.rows}
    if len(times) != 1:
        raise UsageError.unsent("A list of names has one time for all of them.", "Point")
    (end,) = times
    return NewBulkRequest(
        end - KEPT_FOR,
        end,
        plan.destination,
        tuple(unit.name for unit in plan.rows if is_sent_by_name(unit)),
        tuple(unit.name for unit in plan.rows if not is_sent_by_name(unit)),
        title=title,
        mark=mark,
    )


async def create_names_draft(
    tools: Context, plan: DraftPlan, asked: Asked, title: str, on_progress: OnProgress = unheard
) -> str:
    """Makes a draft of names, or finds the one that an earlier run with the same key made, and completes it. Returns id
    of the draft; an earlier run may have started it.

    Args:
        plan: Its units, each with the name that is sent and the one time of all.
        asked: What is asked for; its key is what the draft is found by.
        title: What its list of names is called at the service.
        on_progress: Told of each look at the service while an answer is missing, and at the end.

    Raises:
        UsageError: It cannot be such a draft, or the key belongs to something else; nothing was sent.
        NotFound: The draft that an earlier run made was deleted.
        StateConflict: Somebody put another list into the draft.
        OutcomeUnknown: It is unknown whether a request arrived; none is sent again.
        ServiceError, Unreachable, JournalError, ReadOnlyError, WriteLockHeld: Nothing, or not all of it, was made.
    """
    tools.may_restore()
    mark = _mark(asked)
    new = names_request(plan, title, mark)
    record = DraftRecord("", plan.service, plan.destination, plan.rows, plan.missing, plan.left_out, mark)
    told = looking(on_progress, "the service")
    async with tools.hold_lock("drafting") as held:
        earlier = await earlier_run(held, asked)
        if earlier is not None and earlier.state.was_done and earlier.session_id:
            session = await _made_earlier(held, plan, earlier)
        else:
            await keep_plan(held.journal, asked, record)
            create = CreateEmptyDraft(plan, record, asked)
            session = await send_change(held, create, None, create.writer(held), told)
            await forget_planned(tools.journal, create.mark)
        await keep_record(tools.journal, replace(record, session_id=session.id))
        if session_status(session.status).allows(Action.EDIT):
            add = AddNames(session.id, plan.service, new, asked)
            await send_change(held, add, None, add.writer(held), told)
            await plan_finished(tools.journal, asked)
        on_progress(Progress("creating the draft", new.count, new.count))
        return session.id


async def _made_earlier(tools: Context, plan: DraftPlan, earlier: Intent) -> RestoreSession:
    session_id = earlier.session_id or ""
    try:
        return await read_session(tools, session_id, plan.service)
    except NotFound as error:
        raise error.reworded(
            f"The draft {short_id(session_id)} was deleted: entry {earlier.id} of the journal.",
            certainty="Nothing was sent.",
            hint="Use another name for the plan to create new drafts.",
        ) from error


def _mark(asked: Asked) -> str:
    """Eight digits, the same for every run of the same thing, so that a list is found again after a kill."""
    return hashlib.sha256(asked.plan.encode()).hexdigest()[:8]


class CreateEmptyDraft(CreateDraft):
    """The create of an empty draft, or the draft that an earlier one of the same thing made.

    Args:
        plan: Its service and destination.
        record: What the list of names will hold.
        asked: What is asked for; the create is recognised by it.
    """

    def __init__(self, plan: DraftPlan, record: DraftRecord, asked: Asked) -> None:
        super().__init__(plan, record, asked)
        self.mark = empty_mark(asked.plan)

    async def settle_earlier(self, context: Context, on_look: OnLook) -> RestoreSession | None:
        try:
            return await super().settle_earlier(context, on_look)
        except OutcomeUnknown:
            # Once it is settled as not made, nothing prevents another: an empty draft can restore nothing.
            if await context.journal.open_create(self.mark) is None:
                return None
            raise

    def request(self, reviewed: None, writer: Writer) -> Request[RestoreSession]:
        names = counted(len(self.record.units), "name")
        return replace(
            super().request(reviewed, writer),
            send=lambda: writer.create_session(self.plan.service, ()),
            summary=f"CREATE empty {self.plan.service.label} draft for {names}, {self.plan.destination.word}",
            body=create_body(self.plan.service, ()),
        )


class AddNames(DraftChange[BulkAdditionRequest, BulkAdditionRequest]):
    """A list of names is added to an empty draft, once. `asked`: what it belongs to."""

    kind = IntentKind.BULK_ADD
    effect = NAMES
    purpose = "adding names to a draft"

    def __init__(self, session_id: str, service: Service, new: NewBulkRequest, asked: Asked) -> None:
        super().__init__(session_id)
        self.draft_id, self.service, self.new, self.asked = session_id, service, new, asked

    async def settle_earlier(self, context: Context, on_look: OnLook) -> BulkAdditionRequest | None:
        await super().settle_earlier(context, on_look)
        for intent in await context.journal.open_intents():
            if intent.kind is self.kind and intent.target == self.draft_id:
                finding = await resolve_lost_answer(context, self.effect, intent, on_look)
                if not finding.verdict.is_settled:
                    raise _still_unknown(finding)
        return None

    async def last_look(self, context: Context, reviewed: None) -> BulkAdditionRequest | None:
        lists = await read_name_lists(context, self.service, self.draft_id)
        other = next((one for one in lists if not one.carries(self.new.mark)), None)
        if other is not None:
            raise StateConflict.unsent(
                f"Draft {short_id(self.draft_id)} has a list of names that was not sent from here.",
                "OtherNames",
                "See who added it, then delete the draft.",
            )
        return next(iter(lists), None)

    def request(self, reviewed: None, writer: Writer) -> Request[BulkAdditionRequest]:
        return Request(
            lambda: writer.bulk.create(self.service, self.draft_id, self.new),
            f"ADD {counted(self.new.count, 'name')} to {short_id(self.draft_id)}",
            self.service,
            self.new.body(self.service),
            self.new.mark,
            plan=self.asked.plan,
        )

    async def answered(self, context: Context, reviewed: None, answer: BulkAdditionRequest) -> BulkAdditionRequest:
        context.store.apply(Mutated(self.draft_id, context.clock.monotonic()))
        return answer

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> BulkAdditionRequest:
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is Verdict.DONE and isinstance(finding.thing, BulkAdditionRequest):
            return await self.answered(context, None, finding.thing)
        raise _still_unknown(finding) from error


def _still_unknown(finding: Finding) -> OutcomeUnknown:
    return finding.unanswered(f"Run it again to look again; it is entry {finding.intent.id} of the journal.")
