"""Drafts of mails that searches found: what they hold, the one request that makes one, and its lost answer.

https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions with
`granularMailboxRestoreArtifacts`. Found mails and whole mailboxes are never in one draft, and no page shows how such a
draft is changed, so it is made in one request or not at all.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.change import Request, send_change
from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.changes.findings import OnLook
from backup_tui.errors import InvalidRequest, UsageError
from backup_tui.graph.requests.sessions import MAX_ARTIFACTS, create_mail_session
from backup_tui.graph.writer import Writer
from backup_tui.journal.fingerprint import fingerprint, mail_pair
from backup_tui.journal.records import IntentKind
from backup_tui.models.granular import NewMailItems
from backup_tui.models.mail_query import AnyMailQuery
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import counted
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.create import CreateDraft, looking
from backup_tui.restore.drafts.drafts import read_again, remember_units
from backup_tui.restore.drafts.plan import DraftPlan, checked_rows
from backup_tui.restore.drafts.record import DraftRecord, forget_planned, keep_record
from backup_tui.restore.mail.history import Mailbox, PointHits, unit_point


class FoundMails(Struct, frozen=True):
    """What is restored of one mailbox: what a search found in one of its points."""

    mailbox: Mailbox
    found: PointHits


class MailDraft(Struct, frozen=True):
    """A draft of found mails that was made. `mails`: how many, `None` where a search did not say."""

    session_id: str
    mails: int | None
    mailboxes: tuple[str, ...]


class CreateMailDraft(CreateDraft):
    """The create of a draft of found mails, or the draft that an earlier one of the same contents made.

    Args:
        plan: The mailboxes with their points, and the destination.
        record: What was asked for: the query and the hits among it.
        found: What the searches found, in the order of the plan.
        asked: The same for the same mailboxes, points, query and destination, though every search has another id.
    """

    purpose = "drafting found mails"

    def __init__(self, plan: DraftPlan, record: DraftRecord, found: Sequence[FoundMails], asked: Asked) -> None:
        super().__init__(plan, record, asked)
        self.items = [NewMailItems(one.found.point_id, plan.destination, one.found.response_id) for one in found]
        pairs = [mail_pair(item.point_id, item.destination.value, item.search_response_id) for item in self.items]
        self.mark = fingerprint(plan.service, pairs)
        self.asked_for = asked

    async def settle_earlier(self, context: Context, on_look: OnLook) -> RestoreSession | None:
        for intent in await context.journal.of_plan(self.asked_for.plan):
            if intent.kind is IntentKind.CREATE and not intent.state.is_settled:
                return await self._adopt(context, intent, None, on_look)
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[RestoreSession]:
        call = create_mail_session(self.items)
        mails = _total(self.record)
        number = "the mails" if mails is None else counted(mails, "mail")
        mailboxes = self.plan.service.counted(len(self.items))
        return replace(
            super().request(reviewed, writer),
            send=lambda: writer.granular.create_mail_session(self.items),
            summary=f"CREATE draft of {number} found in {mailboxes}, {self.plan.destination.word}",
            body=call.body,
        )


def _total(record: DraftRecord) -> int | None:
    """All hits of a draft; `None` where one of its searches did not say."""
    if any(unit.unit_id not in record.hits for unit in record.units):
        return None
    return sum(record.hits.values())


def asked_for(found: Sequence[FoundMails], query: AnyMailQuery, destination: Destination) -> Asked:
    """What a draft is recognised by when it is asked for again: its ids of searches differ with every search."""
    points = sorted(one.found.point_id for one in found)
    return Asked.of(("mail", query.expression, destination.value, points))


async def create_mail_draft(
    tools: Context,
    found: Sequence[FoundMails],
    query: AnyMailQuery,
    destination: Destination,
    *,
    missing: Sequence[str] = (),
    on_progress: OnProgress = unheard,
    asked: Asked | None = None,
) -> MailDraft:
    """Makes one draft of what a search found, in one point of each of one or more mailboxes.

    Args:
        found: 1 to 50, each with hits.
        query: What was searched for; it stays with the draft.
        destination: Where the mails go, of all mailboxes.
        missing: Names that were asked for and are not in it.
        on_progress: Told of each look at the service while an answer is missing, and at the end.
        asked: What a plan recognises it by; without it, it is recognised by its mailboxes, points and query.

    Raises:
        UsageError: It cannot be a draft; nothing was sent.
        OutcomeUnknown: It is unknown whether the draft was made; it is not sent again.
        ServiceError, Unreachable, JournalError, ReadOnlyError, WriteLockHeld: Nothing was made.
    """
    tools.may_restore()
    without = [one.mailbox.name for one in found if not one.found.weight or not one.found.response_id]
    if without:
        raise UsageError.unsent(f"Nothing was found in {without[0]}, so nothing can be restored.", "point")
    if len(found) > MAX_ARTIFACTS:
        raise UsageError.unsent(
            f"{len(found):,} mailboxes; one draft of found mails holds at most {MAX_ARTIFACTS}.",
            "units",
            hint="Use several lists.",
        )
    rows = tuple(unit_point(one.mailbox, one.found) for one in found)
    plan = DraftPlan(Service.EXCHANGE, destination, rows, tuple(missing))
    rows = checked_rows(plan, tools.clock.now(), tools.limits)
    hits = {one.mailbox.id: one.found.hits for one in found if one.found.hits is not None}
    record = DraftRecord("", plan.service, destination, rows, plan.missing, query=query.expression, hits=hits)
    asked = asked or asked_for(found, query, destination)
    async with tools.hold_lock("drafting") as held:
        await remember_units(held, rows)
        create = CreateMailDraft(plan, record, found, asked)
        session = await _send(held, create, on_progress)
        await keep_record(held.journal, replace(record, session_id=session.id))
        await forget_planned(held.journal, create.mark)
        await read_again(held, session.id)
    on_progress(Progress("creating the draft", len(rows), len(rows)))
    return MailDraft(session.id, _total(record), tuple(row.name for row in rows))


async def _send(tools: Context, create: CreateMailDraft, on_progress: OnProgress) -> RestoreSession:
    try:
        return await send_change(tools, create, None, create.writer(tools), looking(on_progress, "the service"))
    except InvalidRequest as error:
        # No page says how long the answer to a search can be used; a search again gives another one.
        raise InvalidRequest(
            error.message,
            status=error.status,
            detail=error.detail,
            certainty="No draft was created.",
            hint="Search again: the service may no longer know the search.",
            code=error.code,
            request_id=error.request_id,
        ) from error
