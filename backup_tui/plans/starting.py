"""Starts the session of a part under a yes given before: compared once more, sent once, looked into when lost."""

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.change import send_change
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import (
    BackupTuiError,
    PermissionDenied,
    ReadOnlyError,
    SignInError,
    StateConflict,
    Throttled,
    WriteLockHeld,
)
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import counted, safe, short_id
from backup_tui.plans.next_start import DRAFT_GONE
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, Wait, Yes, kept_units, part_key
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.lost_answers import START
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.review.activation import (
    Activation,
    ChangedMeanwhile,
    Deleted,
    NoRoom,
    Start,
    Started,
    StartedByOther,
    Unknown,
)
from backup_tui.restore.review.consequences import NO_WAY_BACK, word
from backup_tui.restore.review.review import Review

NO_ROOM_LOOK = timedelta(seconds=60)
"""After the service refused a start for want of a free place, the next try is so much later."""

TRY_AGAIN = timedelta(seconds=60)  # after a start was refused for a reason that can pass, such as a lock on restores

_LOCKED = 423  # status of an answer that says that the service allows no restores now

_ENDS_THE_RUN = (PermissionDenied, ReadOnlyError, SignInError)


class Tried(Struct, frozen=True):
    """What came of a start."""

    session: RestoreSession | None = None  # the session, now that it has started; `None` when it has not
    wait: Wait | None = None  # why it has not; `None` when it has
    everyone: bool = False  # the reason holds for every other part as well
    starts_seen: int = 0  # the newest start in the journal when the lock was given back


async def start_part(
    context: Context, record: PlanRecord, part: Part, session: RestoreSession, yes: Yes, starts_seen: int
) -> Tried:
    """Starts the draft of a part if it holds exactly what was agreed to.

    Args:
        session: Its draft, as just read.
        yes: The yes that names it.
        starts_seen: The newest start in the journal when the places were read. After another one, which may hold the
            place by now, nothing is started.

    Raises:
        PermissionDenied, ReadOnlyError, SignInError: Nothing of the plan can be started from here.
        JournalError: Nothing was sent.
    """
    number, now = part.number, context.clock.now()
    start = Start(session.id, Asked("", part_key(record.plan.name, number)).plan, yes.note)
    review = await _as_agreed(context, record, part, session, start, yes)
    try:
        async with context.hold_lock(start.purpose) as held:
            if await held.journal.newest_start() != starts_seen:
                return Tried(wait=Wait(number, "another process has just started a session", now), everyone=True)
            outcome = await send_change(held, start, review, start.writer(held))
            starts_seen = await held.journal.newest_start()
    except _ENDS_THE_RUN:
        raise
    except Throttled as error:
        until = context.store.connection.throttled_until
        return Tried(wait=Wait(number, error.message.rstrip("."), until or now + TRY_AGAIN), everyone=True)
    except WriteLockHeld as error:
        return Tried(wait=Wait(number, error.message.rstrip("."), now), everyone=True)
    except StateConflict as error:
        if error.status == _LOCKED:
            return Tried(wait=Wait(number, error.message.rstrip("."), now + TRY_AGAIN), everyone=True)
        return Tried(wait=Wait(number, f"the service refused it: {error.message.rstrip('.')}"))
    except BackupTuiError as error:
        # A rule of this program that only another person can meet does not pass with time.
        look = None if error.code == "TwoPeopleNeeded" else now + TRY_AGAIN
        return Tried(wait=Wait(number, error.message.rstrip("."), look), everyone=True)
    return replace(_tried(part, outcome, context), starts_seen=starts_seen)


def _tried(part: Part, outcome: Activation, context: Context) -> Tried:
    number, now = part.number, context.clock.now()
    match outcome:
        case Started(session) | StartedByOther(session):
            return Tried(session)
        case NoRoom(error):
            return Tried(
                wait=Wait(number, f"no free place: {error.message.rstrip('.')}", now + NO_ROOM_LOOK), everyone=True
            )
        case ChangedMeanwhile():
            return Tried(wait=Wait(number, _changed_words(outcome)))
        case Deleted():
            return Tried(wait=Wait(number, DRAFT_GONE))
        case Unknown():
            return Tried(wait=Wait(number, "whether it has started is unknown", now))


def _changed_words(outcome: ChangedMeanwhile) -> str:
    """`changed by ryan after your yes: 1 added (lee.gu), 2 removed (kim.lo, ...); needs a new yes`."""
    parts = [
        f"{len(names):,} {what} ({names[0]}{', ...' if len(names) > 1 else ''})"
        for names, what in ((outcome.added, "added"), (outcome.removed, "removed"), (outcome.changed, "changed"))
        if names
    ]
    by = f" by {outcome.by}" if outcome.by else ""
    return safe(f"changed{by} after your yes: {', '.join(parts) or 'other contents'}; needs a new yes")


async def unanswered_starts(context: Context, record: PlanRecord) -> tuple[Intent, ...]:
    """Starts of sessions of the plan whose outcome nobody knows, oldest first. Raises `JournalError`: the journal
    cannot be read."""
    ours = {session_id.casefold() for session_id in record.sessions.values()}
    return tuple(
        intent
        for intent in await context.journal.open_intents()
        if intent.kind is IntentKind.ACTIVATE and (intent.target or "").casefold() in ours
    )


async def settle_start(context: Context, intent: Intent, on_look: OnLook) -> bool:
    """Looks until it is known what became of a start, or the looks are used up; nothing is sent. Returns whether it is
    known: a draft that is still one has not started, and may be started again."""
    finding = await resolve_lost_answer(context, START, intent, on_look)
    return finding.verdict in (Verdict.DONE, Verdict.NOT_DONE)


async def _as_agreed(
    context: Context, record: PlanRecord, part: Part, session: RestoreSession, start: Start, yes: Yes
) -> Review:
    """The review as it was agreed to; the last look compares the draft with it."""
    made = await kept_record(context.journal, session.id)
    if made is None or not made.units:
        asked = await kept_units(context.journal, record.plan.name, part.number)
        made = DraftRecord(session.id, part.service, part.destination, asked)
    units = tuple(map(ReviewedUnit.of_point, made.units))
    service, count = part.service, part.service.counted(len(units))
    return Review(
        change=start,
        thing=session,
        word=word(service, part.destination),
        headline=count,
        tenant=context.who.tenant,
        sentence=f"{counted(len(units), 'unit')} of plan {record.plan.name}, agreed to by {yes.by}.",
        phrase=yes.phrase,
        checks=(),
        read_at=yes.at,
        subject=f"draft {short_id(session.id)}",
        id_line=f"Session {session.id}",
        danger=True,
        final=NO_WAY_BACK,
        service=service,
        destination=part.destination,
        units=units,
        names=tuple(unit.name for unit in units),
        fingerprint=yes.drafts[session.id],
        names_missing=made.missing,
        left_out=made.left_out,
        names_mark=made.mark,
    )
