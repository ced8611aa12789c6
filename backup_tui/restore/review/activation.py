"""Starts a restore: the phrase, one last look at the draft, and a single request.

https://learn.microsoft.com/graph/api/restoresessionbase-activate. The service can neither stop what was started nor
recognize a repeated request, so the request is sent at most once and only for exactly what was reviewed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook, Verdict
from backup_tui.changes.lost_answers import settle
from backup_tui.changes.reviewed import PhrasedChange
from backup_tui.errors import BackupTuiError, Busy, NotFound, OutcomeUnknown, ServiceError, StateConflict
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.people import IdentitySet
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.record import DraftRecord, keep_record, kept_record
from backup_tui.restore.lost_answers import START, judge_start, unanswered_start
from backup_tui.restore.review.contents import contents_mark
from backup_tui.restore.review.review import Review, read_draft, record_of_review, review_start
from backup_tui.restore.review.two_people import refuse_own_draft
from backup_tui.store.updates import SessionGone, SessionRead

TRIES = 4  # so often a start is tried while the service asks to wait; the draft is looked at again each time


class Started(Struct, frozen=True):
    """It started, by the request of this call."""

    session: RestoreSession


class StartedByOther(Struct, frozen=True):
    """It was no longer a draft; nothing was started from here."""

    session: RestoreSession  # as it is now
    same: bool | None  # whether the units and points are those that were reviewed; `None` when that is unknown
    by: str  # who changed it last, as the service says; empty when it does not
    by_me: bool  # that is the person who is signed in


class ChangedMeanwhile(Struct, frozen=True):
    """Somebody changed the draft after the review; nothing was sent."""

    added: tuple[str, ...]  # names of units that were not in it
    removed: tuple[str, ...]  # names of units that are no longer in it
    changed: tuple[str, ...]  # names of units that go to another point or destination now
    by: str  # who changed it last, as the service says; empty when it does not
    review: Review  # the new review, with its own phrase


class Deleted(Struct, frozen=True):
    """The service no longer has the draft; nothing was started."""

    session_id: str  # the draft that was
    record: DraftRecord  # its units, times and destination, for a new one
    names: tuple[str, ...]  # the names of its units


class NoRoom(Struct, frozen=True):
    """The service runs as many restores as it allows; this one is still a draft."""

    error: Busy


class Unknown(Struct, frozen=True):
    """A request to start it was sent and its answer is unknown; it is not sent again."""

    intent: Intent  # the journal's entry; following it shows what became of it
    sent_now: bool  # the request left in this call; otherwise an earlier one is in the way


Activation = Started | StartedByOther | ChangedMeanwhile | Deleted | NoRoom | Unknown


@dataclass(frozen=True, slots=True)
class Start(PhrasedChange[Review, RestoreSession, Activation]):
    """A reviewed draft is started.

    What else may have become of the draft has an outcome of its own each, since the person has to do something else
    then. A lost answer is handed on to the screen or the command that follows it."""

    noun = "draft"
    verb = "start"
    done_word = "started"
    kind = IntentKind.ACTIVATE
    effect = START
    tries = TRIES

    session_id: str  # the draft
    plan: str | None = None  # what it belongs to, for whoever looks for it in the journal
    note: str = ""  # what the person says about it, for the journal: who else agreed, or the number of a ticket

    @property
    def target(self) -> str:
        return self.session_id

    @property
    def purpose(self) -> str:
        return f"starting {short_id(self.session_id)}"

    def writer(self, context: Context) -> Writer:
        return context.may_restore()

    async def prepare(self, context: Context) -> Review:
        return await review_start(context, self, self.session_id)

    async def settle_earlier(self, context: Context, on_look: OnLook) -> Activation | None:
        earlier = await unanswered_start(context, self.session_id)
        return Unknown(earlier, sent_now=False) if earlier is not None else None

    async def last_look(self, context: Context, reviewed: Review) -> Activation | None:
        try:
            session, artifacts = await read_draft(context, self.session_id)
        except NotFound:
            return _deleted(context, reviewed)
        if not session_status(session.status).allows(Action.ACTIVATE):
            return await _started_by_other(context, reviewed, session, artifacts)
        if await contents_mark(context, session, reviewed.service, artifacts) != reviewed.fingerprint:
            return await self._changed(context, reviewed)
        refuse_own_draft(context, session)
        record, made = record_of_review(reviewed), await kept_record(context.journal, reviewed.session.id)
        if made is not None and not record.of_items:  # a part of a plan had no review of its own
            record = replace(record, inside=made.inside, query=made.query, hits=made.hits)
        await keep_record(context.journal, record)
        return None

    def request(self, reviewed: Review, writer: Writer) -> Request[RestoreSession]:
        where = f", {reviewed.destination.word}" if reviewed.destination else ""
        note = f"; note: {self.note}" if self.note else ""
        return Request(
            lambda: writer.activate_session(self.session_id),
            f"START session {short_id(self.session_id)}, {reviewed.counted}{where}{note}",
            reviewed.service,
            fingerprint=reviewed.fingerprint,
            plan=self.plan,
        )

    async def answered(self, context: Context, reviewed: Review, answer: RestoreSession) -> Activation:
        at = context.clock.monotonic()
        news = SessionRead(answer, at, context.clock.now(), reviewed.service, reviewed.destination, changed=True)
        context.store.apply(news)
        return Started(answer)

    async def refused(self, context: Context, reviewed: Review, error: ServiceError) -> Activation:
        if isinstance(error, Busy):
            return NoRoom(error)
        if isinstance(error, NotFound):
            return _deleted(context, reviewed)
        if not isinstance(error, StateConflict):
            raise error
        try:
            session, artifacts = await read_draft(context, self.session_id)
        except NotFound:
            return _deleted(context, reviewed)
        except BackupTuiError:
            raise error from None  # It is certain, and says more than a look that failed.
        if session_status(session.status).allows(Action.ACTIVATE):
            raise error
        return await _started_by_other(context, reviewed, session, artifacts)

    async def lost(
        self, context: Context, reviewed: Review, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> Activation:
        return Unknown(intent, sent_now=True)

    async def _changed(self, tools: Context, reviewed: Review) -> Activation:
        """The new review, and what differs from the old one by name."""
        try:
            again = await self.prepare(tools)
        except NotFound:
            return _deleted(tools, reviewed)
        if not session_status(again.session.status).allows(Action.ACTIVATE):
            by = again.session.last_modified_by
            return StartedByOther(
                again.session, again.fingerprint == reviewed.fingerprint, _label(by), _is_me(tools, by)
            )
        before = Counter(unit.name for unit in reviewed.units)
        after = Counter(unit.name for unit in again.units)
        points = {(unit.name, unit.point_id) for unit in reviewed.units}
        moved = reviewed.destination is not again.destination
        stayed = (before & after).keys()
        return ChangedMeanwhile(
            added=tuple(sorted((after - before).elements())),
            removed=tuple(sorted((before - after).elements())),
            changed=tuple(
                unit.name
                for unit in again.units
                if unit.name in stayed and (moved or (unit.name, unit.point_id) not in points)
            ),
            by=_label(again.session.last_modified_by),
            review=again,
        )


async def own_start(tools: Context, session: RestoreSession) -> Intent | None:
    """The request of this machine that started a session, whether its answer came or was lost.

    A start of unknown outcome is settled by this: the session runs, and nobody else is known to have started it.
    `session`: as just read; one that is a draft was started by nobody. Raises `JournalError`: the journal cannot be
    read."""
    if session_status(session.status).allows(Action.ACTIVATE) or _is_somebody_else(tools, session.last_modified_by):
        return None
    lost = await unanswered_start(tools, session.id)
    if lost is not None:
        finding = await settle(tools, START, judge_start(lost, session))
        return finding.intent if finding.verdict is Verdict.DONE else None
    for intent in await tools.journal.intents():
        if intent.kind is IntentKind.ACTIVATE and intent.state.was_done and _is_about(intent, session.id):
            return intent
    return None


def _is_about(intent: Intent, session_id: str) -> bool:
    return (intent.target or "").casefold() == session_id.casefold()


def _deleted(tools: Context, reviewed: Review) -> Deleted:
    tools.store.apply(SessionGone(reviewed.session.id, tools.clock.monotonic(), tools.clock.now()))
    return Deleted(reviewed.session.id, record_of_review(reviewed), reviewed.names)


async def _started_by_other(
    tools: Context, reviewed: Review, session: RestoreSession, artifacts: Sequence[RestoreArtifact]
) -> StartedByOther:
    try:
        now = await contents_mark(tools, session, reviewed.service, artifacts)
    except BackupTuiError:
        now = None
    same = None if now is None else now == reviewed.fingerprint
    return StartedByOther(session, same, _label(session.last_modified_by), _is_me(tools, session.last_modified_by))


def _label(who: IdentitySet | None) -> str:
    return who.label if who is not None else ""


def _is_somebody_else(tools: Context, who: IdentitySet | None) -> bool:
    """Whether it is certain that somebody else did it; where the service does not say who, it is not."""
    theirs = (who.user_id or who.application_id) if who is not None else None
    return bool(theirs and (tools.who.object_id or tools.who.app_id)) and not _is_me(tools, who)


def _is_me(tools: Context, who: IdentitySet | None) -> bool:
    mine = tools.who.object_id or tools.who.app_id
    theirs = (who.user_id or who.application_id) if who is not None else None
    return bool(mine and theirs and mine.lower() == theirs.lower())
