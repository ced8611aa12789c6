"""Deletes a list of names that was added to a restore in bulk, once the service has finished with it.

https://learn.microsoft.com/graph/api/mailboxrestoreartifactsbulkadditionrequest-delete and its siblings: only a list
that is `completed` or `completedWithErrors` can be deleted."""

from dataclasses import dataclass

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context, each_of
from backup_tui.changes.reviewed import ChangeReview, ReviewedChange
from backup_tui.errors import UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.bulk import BulkAdditionRequest
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.phrases import phrase
from backup_tui.models.services import Service
from backup_tui.models.statuses import bulk_status
from backup_tui.models.text import counted, short_id
from backup_tui.restore.lost_answers import NAMES_GONE
from backup_tui.restore.reads import read_name_lists, read_session


@dataclass(frozen=True, slots=True)
class DeleteNames(ReviewedChange[BulkAdditionRequest]):
    """A list of names of a restore is deleted."""

    noun = "list of names"
    purpose = "deleting a list of names"
    verb = "delete"
    done_word = "deleted"
    kind = IntentKind.BULK_DELETE
    effect = NAMES_GONE

    service: Service
    session_id: str
    list_id: str

    @property
    def target(self) -> str:
        return self.list_id

    async def read(self, context: Context) -> BulkAdditionRequest:
        return await context.reader.bulk.one(self.service, self.session_id, self.list_id)

    async def review(self, context: Context, thing: BulkAdditionRequest) -> ChangeReview[BulkAdditionRequest]:
        status, unusable = bulk_status(thing.status), len(thing.unusable_names)
        if status.terminal:
            checks = [Check(CheckResult.OK, f"the service has finished with it ({status.word})", 5)]
        else:
            words = f"it is {status.word}; this needs one that the service has finished with"
            checks = [Check(CheckResult.BLOCKING, words, 2)]
        if unusable:
            words = f"{counted(unusable, 'name')} that the service could not use: only this list tells which"
            checks.append(Check(CheckResult.WARNING, words, 3))
        session = short_id(self.session_id)
        return ChangeReview(
            change=self,
            thing=thing,
            word="DELETE",
            headline=f"list of names {thing.display_name or short_id(thing.id)} of restore {session}",
            tenant=context.who.tenant,
            sentence="DELETE: the list is removed from the service. The restore and what it restored stay as they are.",
            phrase=phrase("delete names", session.casefold(), context.who.tenant_word),
            checks=tuple(checks),
            read_at=context.clock.now(),
            subject=f"list of names {short_id(thing.id)} of {session}",
            id_line=f"List {thing.id}",
            danger=True,
            service=self.service,
            way_out="Wait until the restore has started and its names were looked up.",
        )

    def difference(self, before: BulkAdditionRequest, now: BulkAdditionRequest) -> str:
        return "" if now.status == before.status else f"It is {bulk_status(now.status).word} now."

    async def after(self, context: Context, reviewed: ChangeReview[BulkAdditionRequest]) -> BulkAdditionRequest:
        return reviewed.thing  # as it was: nobody can read it any longer

    def request(self, reviewed: ChangeReview[BulkAdditionRequest], writer: Writer) -> Request[BulkAdditionRequest]:
        async def send() -> BulkAdditionRequest:
            await writer.bulk.delete(self.service, self.session_id, self.list_id)
            return reviewed.thing

        return Request(send, f"DELETE {reviewed.subject}", self.service, fingerprint=self.session_id)


async def lists_of(context: Context, session_id: str) -> tuple[Service, tuple[BulkAdditionRequest, ...]]:
    """The lists of names of a restore, each with the names that the service could not use. Raises `UsageError`: its
    service is unknown; `NotFound`: there is no such restore."""
    session = await read_session(context, session_id)
    service = session.service
    if service is None:
        raise UsageError.unsent("The service does not report what this session restores.", "ID", session_id)
    listed = await read_name_lists(context, service, session_id)

    async def whole(one: BulkAdditionRequest) -> BulkAdditionRequest:
        return await context.reader.bulk.one(service, session_id, one.id)

    return service, tuple(await each_of(whole, list(listed)))
