"""Determines the outcome of a change of a restore whose answer was lost: a start by the session's status, a new session
by its contents, an edit by its artifacts, a list of names by the mark in its title, a deletion by whether the session
still exists."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from backup_tui.changes.context import Context, each_of
from backup_tui.changes.findings import Finding, Verdict
from backup_tui.changes.lost_answers import Effect
from backup_tui.errors import NotFound, OutcomeUnknown
from backup_tui.journal.fingerprint import is_empty_mark, pairs_of
from backup_tui.journal.matching import MARGIN, Candidate, MatchResult, created_by, match_create
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.granular import item_point_id
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.record import adopt_record
from backup_tui.restore.reads import read_artifacts, read_name_lists, read_session, read_sessions
from backup_tui.store.freshness import artifacts_of
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.updates import SessionGone, SessionRead

UNSURE_TIME = timedelta(days=1)
"""How far this machine's clock may be off where the service has not said what time it is."""


class SessionEffect(Effect):
    """What an effect on one session that has an id already has in common."""

    names_target = True

    async def worth_a_look(self, context: Context, intent: Intent) -> bool:
        return intent.target in context.store.sessions


class StartEffect(SessionEffect):
    """A start shows in the session's status; it can take long to show."""

    kinds = frozenset({IntentKind.ACTIVATE})
    looks_at: ClassVar[tuple[float, ...] | None] = (2.0, 30.0, 120.0)

    async def look(self, context: Context, intent: Intent) -> Finding:
        try:
            session = await read_session(context, intent.target or "", intent.service)
        except NotFound:
            words = "It did not start: the service no longer has this session."
            return Finding(intent, Verdict.NOT_DONE, words)
        return judge_start(intent, session)

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        row = _row(store, intent)
        return judge_start(intent, row.model) if row is not None else None


class DeleteEffect(SessionEffect):
    """A deleted draft is not there any longer."""

    kinds = frozenset({IntentKind.DELETE})

    async def look(self, context: Context, intent: Intent) -> Finding:
        asked_at = context.clock.monotonic()
        try:
            session = await read_session(context, intent.target or "", intent.service)
        except NotFound:
            context.store.apply(SessionGone(intent.target or "", asked_at, context.clock.now()))
            return Finding(intent, Verdict.DONE, "It is deleted: the service no longer has this draft.")
        return self._still_there(intent, session)

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        row = _row(store, intent)
        return self._still_there(intent, row.model) if row is not None else None

    async def worth_a_look(self, context: Context, intent: Intent) -> bool:
        return True

    def _still_there(self, intent: Intent, session: RestoreSession) -> Finding:
        return Finding(intent, Verdict.NOT_DONE, "It was not deleted: the session is still there.", session)


class EditEffect(SessionEffect):
    """A change of a draft shows in its artifacts, one of its own members in these."""

    kinds = frozenset({IntentKind.EDIT})

    async def look(self, context: Context, intent: Intent) -> Finding:
        try:
            session = await read_session(context, intent.target or "", intent.service)
        except NotFound:
            words = "The draft was deleted; the service no longer has it."
            return Finding(intent, Verdict.NOT_DONE, words)
        service = session.service or intent.service
        if service is None:
            return Finding(intent, Verdict.ASK, "The service did not report the kind of this session.", session)
        if _is_base_update(intent):
            return _judge_base_update(intent, session)
        artifacts = await read_artifacts(context, service, session.id, files=session.holds_files)
        points = Counter(artifact.point_id for artifact in artifacts if artifact.point_id)
        return _judge_edit(intent, session, points, {artifact.id for artifact in artifacts})

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        row = _row(store, intent)
        if row is None:
            return None
        if _is_base_update(intent):
            return _judge_base_update(intent, row.model)
        if not store.freshness(artifacts_of(row.id)).complete:
            return None
        artifacts = store.artifacts(row.id).values()
        points = Counter(artifact.point_id for artifact in artifacts if artifact.point_id)
        return _judge_edit(intent, row.model, points, {artifact.id for artifact in artifacts})


class NamesEffect(SessionEffect):
    """A list of names is recognised by the mark in its title, which nobody else uses."""

    kinds = frozenset({IntentKind.BULK_ADD})

    async def look(self, context: Context, intent: Intent) -> Finding:
        if intent.service is None:
            return Finding(intent, Verdict.ASK, "The journal does not have the service of the draft.")
        try:
            lists = await read_name_lists(context, intent.service, intent.target or "")
        except NotFound:
            return Finding(intent, Verdict.NOT_DONE, "The draft was deleted; the service no longer has it.")
        added = next((one for one in lists if one.carries(intent.fingerprint)), None)
        if added is not None:
            return Finding(intent, Verdict.DONE, "The draft has the list of names.", added)
        return Finding(intent, Verdict.NOT_DONE, "The draft does not have the list of names.")


class NamesGoneEffect(Effect):
    """A list of names was deleted when the service no longer has it: `fingerprint` is the id of its session."""

    kinds = frozenset({IntentKind.BULK_DELETE})

    async def look(self, context: Context, intent: Intent) -> Finding:
        if intent.service is None:
            return Finding(intent, Verdict.ASK, "The journal does not have the service of the restore.")
        try:
            lists = await read_name_lists(context, intent.service, intent.fingerprint)
        except NotFound:
            return Finding(intent, Verdict.DONE, "The service no longer has the restore.")
        found = next((one for one in lists if one.id == intent.target), None)
        if found is None:
            return Finding(intent, Verdict.DONE, "It was done: the service no longer has the list of names.")
        return Finding(intent, Verdict.NOT_DONE, "It was not done: the service still has the list of names.", found)


class CreateEffect(Effect):
    """A new draft is recognised by its contents, its maker and its age; an empty one by having none."""

    kinds = frozenset({IntentKind.CREATE})
    names_target = True

    async def look(self, context: Context, intent: Intent) -> Finding:
        service = intent.service
        if service is None:
            return Finding(intent, Verdict.ASK, "The journal does not have the service of the draft.")
        asked_at = context.clock.monotonic()
        owned = await context.journal.owned_sessions()
        # Contents are read only of sessions that could be it: the same service, young enough, not somebody else's.
        since = intent.server_date_before or intent.at - UNSURE_TIME
        young = [
            session
            for session in await read_sessions(context, service)
            if created_by(session, intent.who) is not False
            and session.id not in owned
            and (session.created_date_time is None or since - session.created_date_time <= MARGIN)
        ]

        empty = is_empty_mark(intent.fingerprint)

        async def candidate(session: RestoreSession) -> Candidate | None:
            pairs = pairs_of(await read_artifacts(context, service, session.id, files=session.holds_files))
            if empty and not pairs and await read_name_lists(context, service, session.id):
                return None
            return Candidate(session, created_by(session, intent.who), pairs)

        possible = [one for one in await each_of(candidate, young) if one is not None]
        match = match_create(intent, possible, owned)
        if match.verdict is MatchResult.ADOPT:
            made = match.sessions[0]
            context.store.apply(SessionRead(made, asked_at, context.clock.now(), service))
            return Finding(intent, Verdict.DONE, f"The draft was created: {short_id(made.id)}.", made)
        if match.verdict is MatchResult.NONE and empty:
            # One that shows up later holds nothing and can restore nothing, so nobody needs to be asked.
            return Finding(intent, Verdict.NOT_DONE, "No empty draft was created.")
        if match.verdict is MatchResult.NONE:
            return Finding(intent, Verdict.NOT_FOUND, "No draft of this request was found. Create it again?")
        return Finding(intent, Verdict.ASK, match.why, candidates=match.sessions)

    async def worth_a_look(self, context: Context, intent: Intent) -> bool:
        owned = await context.journal.owned_sessions()
        since = (intent.server_date_before or intent.at - UNSURE_TIME) - MARGIN
        return any(
            row.service is intent.service
            and row.id not in owned
            and (row.created is None or row.created >= since)
            and created_by(row.model, intent.who) is not False
            for row in context.store.sessions.values()
        )

    async def written(self, context: Context, finding: Finding) -> None:
        if finding.session is not None:
            await adopt_record(context.journal, finding.intent.fingerprint, finding.session.id)


START, CREATE, EDIT, NAMES, DELETE = StartEffect(), CreateEffect(), EditEffect(), NamesEffect(), DeleteEffect()
NAMES_GONE = NamesGoneEffect()

EFFECTS: tuple[Effect, ...] = (START, CREATE, EDIT, NAMES, NAMES_GONE, DELETE)  # of every kind of change in this room


def _row(store: Store, intent: Intent) -> SessionRow | None:
    row = store.sessions.get(intent.target or "")
    return None if row is None or row.gone else row


def judge_start(intent: Intent, session: RestoreSession) -> Finding:
    """Judges a start by the session's status alone; `ASK` if that is missing or unknown."""
    status = session_status(session.status)
    if status.allows(Action.ACTIVATE):
        return Finding(intent, Verdict.NOT_DONE, "It did not start: it is still a draft.", session)
    if not session.status:
        return Finding(intent, Verdict.ASK, "The service did not report the state of the session.", session)
    if not (status.moving or status.terminal):
        words = f'The session is in an unknown state: "{status.word}".'
        return Finding(intent, Verdict.ASK, words, session)
    return Finding(intent, Verdict.DONE, f"It started: {status.word}.", session)


def _is_base_update(intent: Intent) -> bool:
    return not any(key.endswith("@delta") for key in json.loads(intent.body))


def _judge_base_update(intent: Intent, session: RestoreSession) -> Finding:
    body, now = json.loads(intent.body), session.raw()
    differing = sorted(key for key, value in body.items() if not key.startswith("@") and now.get(key) != value)
    if not differing:
        return Finding(intent, Verdict.DONE, "The session holds the change.", session)
    words = f"The session does not hold the change: {', '.join(differing)}."
    return Finding(intent, Verdict.NOT_DONE, words, session)


def _delta_of(body: Mapping[str, Any]) -> tuple[Counter[str], tuple[str, ...]]:
    added: Counter[str] = Counter()
    removed: list[str] = []
    for key, entries in body.items():
        if not key.endswith("@delta"):
            continue
        for entry in entries:
            if "@removed" in entry:
                removed.append(entry["id"])
            else:
                added[_point_of(entry)] += 1
    return added, tuple(removed)


def _point_of(entry: Mapping[str, Any]) -> str:
    """The point of a unit that is added; of a file what names it inside a point."""
    if "browseSessionId" in entry:
        return item_point_id(entry["browseSessionId"], entry.get("id") or entry["itemKey"])
    return str(entry["restorePoint"]["id"])


def _judge_edit(intent: Intent, session: RestoreSession, points: Counter[str], here: Collection[str]) -> Finding:
    wanted, unwanted = _delta_of(json.loads(intent.body))
    missing = tuple((wanted - points).elements())
    staying = tuple(artifact_id for artifact_id in unwanted if artifact_id in here)
    left, all_of_it = len(missing) + len(staying), wanted.total() + len(unwanted)
    if left == 0:
        return Finding(intent, Verdict.DONE, "The draft holds the change.", session)
    verdict = Verdict.NOT_DONE if left == all_of_it else Verdict.PARTLY
    words = "The draft does not hold the change." if left == all_of_it else f"{left} of {all_of_it} are missing."
    return Finding(intent, verdict, words, session, missing_points=missing, missing_removals=staying)


async def unanswered_start(tools: Context, session_id: str) -> Intent | None:
    """A start of this session whose outcome nobody knows; nothing else is done to it before that is known."""
    for intent in await tools.journal.open_intents():
        if intent.kind is IntentKind.ACTIVATE and (intent.target or "").casefold() == session_id.casefold():
            return intent
    return None


async def refuse_while_starting(tools: Context, session_id: str) -> None:
    """Lets nothing be changed in a draft that may just be starting: what was reviewed must be what is restored. Raises
    `OutcomeUnknown`: a start of it has no known outcome; nothing was sent now."""
    start = await unanswered_start(tools, session_id)
    if start is not None:
        raise OutcomeUnknown(
            f"Whether {short_id(session_id)} started at {start.at:%H:%M} UTC is unknown.",
            certainty="Nothing was sent again.",
            hint=f"Settle that first: entry {start.id} of the journal (5 Activity).",
            code="StartStillUnknown",
            intent_id=start.id,
        )
