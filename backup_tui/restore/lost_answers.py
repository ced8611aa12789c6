"""What became of a change whose answer was lost: looked up at the service, never sent again from here.

An activation is told by the session's status, a new session by its contents, an edit by its artifacts, a deletion by
whether the session is still there. One look proves that something was done; that nothing was done takes several,
spaced looks, because an answer can be lost long before the service has finished.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backup_tui.changes.context import Context, each_of, unheard
from backup_tui.errors import BackupTuiError, JournalError, NotFound, OutcomeUnknown, UsageError, WriteLockHeld
from backup_tui.graph.paging import collect
from backup_tui.journal.fingerprint import pairs_of
from backup_tui.journal.matching import MARGIN, Candidate, created_by, match_create
from backup_tui.journal.matching import MatchResult as MatchVerdict
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.record import adopt_record
from backup_tui.restore.findings import Finding, Verdict, is_base_update, judge_base_update, judge_edit, judge_start
from backup_tui.store.updates import SessionGone, SessionRead

LOOKS_AT = (2.0, 5.0, 15.0, 40.0)
"""Seconds after the loss at which the service is looked at."""

ACTIVATION_LOOKS_AT = (2.0, 30.0, 120.0)
"""An activation can take longer to show: three looks over two minutes before it counts as not done."""

UNSURE_TIME = timedelta(days=1)
"""How far this machine's clock may be off where the service has not said what time it is."""

SECOND_CHANCES = 3
"""So many looks that found the service silent are made again, before the outcome stays unknown."""

KINDS = frozenset({IntentKind.CREATE, IntentKind.EDIT, IntentKind.ACTIVATE, IntentKind.DELETE})
"""The kinds of change that are looked into here; those of policies are not."""


_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the service.

    Attributes:
        number: 1 for the first.
        of: How many are planned.
        at: When (UTC).
        words: What was seen.
    """

    number: int
    of: int
    at: datetime
    words: str


OnLook = Callable[[Look], None]


async def resolve_lost_answer(tools: Context, intent: Intent, on_look: OnLook = unheard) -> Finding:
    """Looks until it is known what became of `intent`, or the looks are used up.

    Nothing is sent but reads. What is found is written to the journal.

    Args:
        tools: What to look with.
        intent: An intent of this room's kinds, `OPEN` from a dead process or `UNKNOWN`.
        on_look: Told after each look.

    Raises:
        UsageError: It is a change of a policy.
    """
    if intent.kind not in KINDS:
        raise UsageError("This change is one of a policy; it is looked into with the policies.", field="journal")
    pauses = _pauses(intent, tools.clock.now())
    intent = await tools.journal.intent(intent.id) or intent
    if intent.state.is_settled:
        verdict = Verdict.DONE if intent.state.was_done else Verdict.NOT_DONE
        return Finding(intent, verdict, intent.note or "This is settled already.")
    if await tools.journal.is_under_way(intent):
        # Its request may leave only later, so what is seen before its own answer came proves nothing.
        return Finding(
            intent, Verdict.STILL_UNKNOWN, f"It is still under way ({intent.process}); its answer will tell."
        )
    look = _LOOKS[intent.kind]
    seen: Finding | None = None
    number = silent = 0
    while pauses:
        await tools.sleep(pauses.pop(0))
        number += 1
        asked_at = tools.clock.monotonic()
        try:
            seen = await look(tools, intent)
            seen = replace(seen, seen_at=tools.clock.now())
            _show(tools, seen, asked_at)
            words = seen.words
        except BackupTuiError as error:
            seen = None
            words = f"Not seen: {error.message}"
            if silent < SECOND_CHANCES and not pauses:
                silent += 1
                pauses.append(30.0)
        on_look(Look(number, number + len(pauses), tools.clock.now(), words))
        if seen is not None and seen.verdict in (Verdict.DONE, Verdict.ASK):
            break
    if seen is None:
        target = short_id(intent.target or intent.session_id or "")
        keep = f" Keep the id {target}." if target else ""
        return Finding(intent, Verdict.STILL_UNKNOWN, f"Still not known: the service cannot be reached.{keep}")
    return await settle(tools, seen)


def _show(tools: Context, seen: Finding, asked_at: float) -> None:
    """Gives what a look saw to the store: no screen says `draft` of what is told to have started."""
    if seen.session is not None:
        tools.store.apply(SessionRead(seen.session, asked_at, seen.seen_at, seen.intent.service))
    elif seen.intent.kind is IntentKind.DELETE and seen.verdict is Verdict.DONE and seen.intent.target:
        tools.store.apply(SessionGone(seen.intent.target, asked_at, seen.seen_at))


def _pauses(intent: Intent, now: datetime) -> list[float]:
    """Seconds to wait before each look; looks whose time has passed become one look at once."""
    times = ACTIVATION_LOOKS_AT if intent.kind is IntentKind.ACTIVATE else LOOKS_AT
    lost_at = intent.answered_at or intent.at
    age = max(0.0, (now - lost_at).total_seconds())
    ahead = [moment - age for moment in times if moment > age]
    if len(ahead) < len(times):
        ahead.insert(0, 0.0)
    return [moment - before for moment, before in zip(ahead, [0.0, *ahead], strict=False)]


async def look_once(tools: Context, intent: Intent) -> Finding:
    """What one look at the service says about a change; nothing is written down.

    Raises:
        BackupTuiError: The service could not be read.
    """
    return await _LOOKS[intent.kind](tools, intent)


def last_look(intent: Intent) -> datetime:
    """When the last of the spaced looks is over: from then on a single look can prove that nothing was done."""
    times = ACTIVATION_LOOKS_AT if intent.kind is IntentKind.ACTIVATE else LOOKS_AT
    return (intent.answered_at or intent.at) + timedelta(seconds=times[-1])


async def settle(tools: Context, finding: Finding) -> Finding:
    """Writes down what was found, where it is settled by that.

    Returns:
        The finding with the journal's entry as it is afterwards.
    """
    if not finding.verdict.is_settled:
        return finding
    state = IntentState.RESOLVED_DONE if finding.verdict is Verdict.DONE else IntentState.RESOLVED_NOT_DONE
    made = finding.session.id if finding.session and finding.intent.kind is IntentKind.CREATE else None
    try:
        intent = await tools.journal.resolve(
            finding.intent.id, state, session_id=made, note=finding.words, at=tools.clock.now()
        )
    except UsageError:
        # Somebody else, another instance or a person, settled it while it was looked into.
        return replace(finding, intent=await tools.journal.intent(finding.intent.id) or finding.intent)
    except JournalError as error:
        # What was seen is told all the same; the entry stays open and is looked into again at the next start.
        _LOG.warning("what became of entry %d could not be written down: %s", finding.intent.id, error.message)
        return finding
    if made is not None:
        await adopt_record(tools.journal, intent.fingerprint, made)
    return replace(finding, intent=intent)


async def _look_for_activation(tools: Context, intent: Intent) -> Finding:
    try:
        session = await tools.reader.session(intent.target or "")
    except NotFound:
        return Finding(intent, Verdict.NOT_DONE, "It did not start: the service has no such session any more.")
    return judge_start(intent, session)


async def _look_for_deletion(tools: Context, intent: Intent) -> Finding:
    try:
        session = await tools.reader.session(intent.target or "")
    except NotFound:
        return Finding(intent, Verdict.DONE, "It is deleted: the service has no such draft any more.")
    return Finding(intent, Verdict.NOT_DONE, "It was not deleted: the session is still there.", session)


async def _look_for_created(tools: Context, intent: Intent) -> Finding:
    service = intent.service
    if service is None:
        return Finding(intent, Verdict.ASK, "The journal does not say for which service the draft was.")
    owned = await tools.journal.owned_sessions()
    sessions = await read_sessions(tools, service)
    nobody = [Candidate(session, created_by(session, intent.who), ()) for session in sessions]
    # Contents are read only of sessions that could be it: the same service, young enough, not somebody else's.
    since = intent.server_date_before or intent.at - UNSURE_TIME
    young = [
        one.session
        for one in nobody
        if one.created_by_me is not False
        and one.session.id not in owned
        and (one.session.created_date_time is None or since - one.session.created_date_time <= MARGIN)
    ]

    async def candidate(session: RestoreSession) -> Candidate:
        pairs = pairs_of(await read_artifacts(tools, service, session.id))
        return Candidate(session, created_by(session, intent.who), pairs)

    match = match_create(intent, await each_of(candidate, young), owned)
    if match.verdict is MatchVerdict.ADOPT:
        found = match.sessions[0]
        return Finding(intent, Verdict.DONE, f"The draft was made: {short_id(found.id)}.", found)
    if match.verdict is MatchVerdict.NONE:
        return Finding(intent, Verdict.NOT_FOUND, "No draft of this request was found. Make it again?")
    return Finding(intent, Verdict.ASK, match.why, candidates=match.sessions)


async def _look_for_edit(tools: Context, intent: Intent) -> Finding:
    try:
        session = await tools.reader.session(intent.target or "")
    except NotFound:
        return Finding(intent, Verdict.NOT_DONE, "The draft was deleted meanwhile; the service no longer has it.")
    service = session.service or intent.service
    if service is None:
        return Finding(intent, Verdict.ASK, "The service does not say what kind of session this is.", session)
    if is_base_update(intent):
        return judge_base_update(intent, session)
    artifacts = await read_artifacts(tools, service, session.id)
    points = Counter(artifact.restore_point.id for artifact in artifacts if artifact.restore_point)
    return judge_edit(intent, session, points, {artifact.id for artifact in artifacts})


_LOOKS: dict[IntentKind, Callable[[Context, Intent], Awaitable[Finding]]] = {
    IntentKind.ACTIVATE: _look_for_activation,
    IntentKind.DELETE: _look_for_deletion,
    IntentKind.CREATE: _look_for_created,
    IntentKind.EDIT: _look_for_edit,
}


async def read_sessions(tools: Context, service: Service | None) -> list[RestoreSession]:
    """The whole list of sessions, of one service or of all, each once.

    Raises:
        IncompleteList: Its end could not be read, or entries of it could not.
    """
    return await collect(tools.reader.sessions(service))


async def read_artifacts(
    tools: Context, service: Service, session_id: str, *, expand_units: bool = False
) -> tuple[RestoreArtifact, ...]:
    """All artifacts of a session, each once, though the list may have been read anew in the middle.

    Raises:
        IncompleteList: Its end could not be read, or entries of it could not: a list with holes is not compared.
    """
    return tuple(await collect(tools.reader.artifacts(service, session_id, expand_units=expand_units)))


async def unanswered_start(tools: Context, session_id: str) -> Intent | None:
    """A start of this session whose outcome nobody knows; nothing else is done to it before that is known."""
    for intent in await tools.journal.open_intents():
        if intent.kind is IntentKind.ACTIVATE and (intent.target or "").casefold() == session_id.casefold():
            return intent
    return None


async def refuse_while_starting(tools: Context, session_id: str) -> None:
    """Lets nothing be changed in a draft that may just be starting: what was reviewed must be what is restored.

    Raises:
        OutcomeUnknown: A start of it has no known outcome; nothing was sent now.
    """
    start = await unanswered_start(tools, session_id)
    if start is not None:
        raise OutcomeUnknown(
            f"It is not known whether session {short_id(session_id)} was started at {start.at:%H:%M} UTC.",
            certainty="Nothing was sent now.",
            hint=f"See what became of that first: entry {start.id} of the journal (5 Activity).",
            code="StartStillUnknown",
            intent_id=start.id,
        )


async def intent_of(tools: Context, error: OutcomeUnknown) -> Intent | None:
    """The journal's entry of a change whose answer was lost; `None` when it cannot be read now."""
    if error.intent_id is None:
        return None
    try:
        return await tools.journal.intent(error.intent_id)
    except JournalError as unread:
        _LOG.warning("entry %d cannot be read: %s", error.intent_id, unread.message)
        return None


async def reconcile_open(tools: Context, on_look: OnLook = unheard) -> tuple[Finding, ...]:
    """Looks into everything that the journal does not know the outcome of; done at every start.

    While another instance holds the right to write, its change may just be under way: then nothing is judged.
    """
    try:
        async with tools.hold_lock("looking into what is not known", wait=0.0):
            intents = await tools.changes.left_unknown(KINDS)
    except WriteLockHeld:
        return ()
    # Looking changes nothing at the service, so others may write while it goes on.
    return tuple([await resolve_lost_answer(tools, intent, on_look) for intent in intents])
