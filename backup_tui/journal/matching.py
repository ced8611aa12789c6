"""Which session, if any, a create whose answer was lost has made. Pure: it judges what was read, it reads nothing.
Nothing here leads to a second request. One certain match is adopted; everything less certain is put before a person."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from backup_tui.journal.fingerprint import Pair, fingerprint, is_empty_mark
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status

MARGIN = timedelta(seconds=60)
"""How much older than the service's last `Date` a session may be and still come from the request after it."""


class MatchResult(StrEnum):
    """What a look at the service says about a lost create."""

    ADOPT = "adopt"
    NONE = "none"
    AMBIGUOUS = "ambiguous"
    SHOWN = "shown"


class Candidate(Struct, frozen=True):
    """A session that the service lists now. `created_by_me`: `created_by(session, intent.who)`. `artifacts`: point and
    destination of all its units; `None` when they could not be read."""

    session: RestoreSession
    created_by_me: bool | None
    artifacts: Sequence[Pair] | None


class Match(Struct, frozen=True):
    """The judgement. `verdict`: `ADOPT`: it is this one. `NONE`: none yet. `AMBIGUOUS`: a person must say which, or
    whether it is this one. `SHOWN`: it was made and is no longer a draft; show it, never make it again."""

    verdict: MatchResult
    sessions: tuple[RestoreSession, ...]
    why: str


def created_by(session: RestoreSession | ProtectionPolicy, who: str) -> bool | None:
    """Whether `who` made a session or a policy. Returns `None` when it cannot be told: an application's object id is
    not what `createdBy` carries."""
    if not who or session.created_by is None:
        return None
    person = session.created_by.user_id
    if person:
        return person.lower() == who.lower()
    application = session.created_by.application_id
    return True if application and application.lower() == who.lower() else None


def match_create(intent: Intent, candidates: Sequence[Candidate], owned: Collection[str] = ()) -> Match:
    """Judges which of the listed sessions the intent's lost request has made. Raises `ValueError`: the intent is not
    a create, or it does not say its service."""
    if intent.kind is not IntentKind.CREATE or intent.service is None:
        raise ValueError(f"intent {intent.id} makes no session")
    possible = [one for one in candidates if one.session.id not in owned and _possible(intent, one)]
    alike = [one for one in possible if _alike(intent, one)]
    unread = [one for one in possible if one.artifacts is None]
    sessions = tuple(one.session for one in (*alike, *unread))
    if not sessions:
        return Match(MatchResult.NONE, (), "The service lists no session that this request could have created.")
    if unread:
        return Match(MatchResult.AMBIGUOUS, sessions, "The units of a session created at that time could not be read.")
    if not any(session_status(one.session.status).allows(Action.ACTIVATE) for one in alike):
        return Match(
            MatchResult.SHOWN, sessions, "A session with the same contents was created; it is no longer a draft."
        )
    if len(alike) > 1:
        return Match(MatchResult.AMBIGUOUS, sessions, f"{len(alike)} sessions have the same contents.")
    doubt = _doubt(intent, alike[0])
    if doubt:
        return Match(MatchResult.AMBIGUOUS, sessions, doubt)
    return Match(MatchResult.ADOPT, sessions, "One draft of yours with the same contents was created at that time.")


def _doubt(intent: Intent, candidate: Candidate) -> str:
    if not candidate.artifacts and not is_empty_mark(intent.fingerprint):
        return "The session is empty, so it cannot be matched."
    if candidate.created_by_me is None:
        return "The contents are the same, but who created it is unknown."
    if intent.server_date_before is None or candidate.session.created_date_time is None:
        return "The contents are the same, but whether it was created before or after is unknown."
    return ""


def _possible(intent: Intent, candidate: Candidate) -> bool:
    session = candidate.session
    if session.service is not intent.service or candidate.created_by_me is False:
        return False
    made, before = session.created_date_time, intent.server_date_before
    return made is None or before is None or made >= before - MARGIN


def _alike(intent: Intent, candidate: Candidate) -> bool:
    if candidate.artifacts is None or intent.service is None:
        return False
    if is_empty_mark(intent.fingerprint):
        return not candidate.artifacts
    return fingerprint(intent.service, candidate.artifacts) == intent.fingerprint
