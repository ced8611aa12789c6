"""What is known of a change whose answer was lost, and what a session, as read, says about it. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backup_tui.journal.records import Intent
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status


class Verdict(StrEnum):
    """What is known after looking."""

    DONE = "done"
    NOT_DONE = "not_done"
    PARTLY = "partly"
    NOT_FOUND = "not_found"
    ASK = "ask"
    STILL_UNKNOWN = "still_unknown"

    @property
    def is_settled(self) -> bool:
        """Whether nobody needs to be asked any more."""
        return self in (Verdict.DONE, Verdict.NOT_DONE, Verdict.PARTLY)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of an intent.

    Attributes:
        intent: The journal's entry as it stands now.
        verdict: What is known.
        words: The same in a sentence.
        session: The session that it made or started, as read.
        candidates: Sessions among which a person must choose (`ASK`).
        missing_points: Of an edit: ids of the points that are not in the session.
        missing_removals: Of an edit: ids of the artifacts that are still there.
        seen_at: When the service was last seen (UTC); `None` when it was not.
    """

    intent: Intent
    verdict: Verdict
    words: str
    session: RestoreSession | None = None
    candidates: tuple[RestoreSession, ...] = ()
    missing_points: tuple[str, ...] = ()
    missing_removals: tuple[str, ...] = ()
    seen_at: datetime | None = None


def judge_start(intent: Intent, session: RestoreSession) -> Finding:
    """What a session, as read, says about a start of it."""
    status = session_status(session.status)
    if status.allows(Action.ACTIVATE):
        return Finding(intent, Verdict.NOT_DONE, "It did not start: it is still a draft.", session)
    if not session.status:
        return Finding(intent, Verdict.ASK, "The service does not say in which state the session is.", session)
    if not (status.moving or status.terminal):
        return Finding(
            intent, Verdict.ASK, f'The session is in a state that is not known here: "{status.word}".', session
        )
    return Finding(intent, Verdict.DONE, f"It started: {status.word}.", session)


def is_base_update(intent: Intent) -> bool:
    """Whether a change is one of the session's own members, not of its units."""
    return not any(key.endswith("@delta") for key in json.loads(intent.body))


def judge_base_update(intent: Intent, session: RestoreSession) -> Finding:
    """An update of the session's own members is done when they are what was asked for."""
    body, now = json.loads(intent.body), session.raw()
    differing = sorted(key for key, value in body.items() if not key.startswith("@") and now.get(key) != value)
    if not differing:
        return Finding(intent, Verdict.DONE, "The session holds the change.", session)
    words = f"The session does not hold the change: {', '.join(differing)}."
    return Finding(intent, Verdict.NOT_DONE, words, session)


def _delta_of(body: Mapping[str, Any]) -> tuple[Counter[str], tuple[str, ...]]:
    """Ids of the points that an update adds and of the artifacts that it removes, from the body that was sent."""
    added: Counter[str] = Counter()
    removed: list[str] = []
    for key, entries in body.items():
        if not key.endswith("@delta"):
            continue
        for entry in entries:
            if "@removed" in entry:
                removed.append(entry["id"])
            else:
                added[entry["restorePoint"]["id"]] += 1
    return added, tuple(removed)


def judge_edit(intent: Intent, session: RestoreSession, points: Counter[str], here: Collection[str]) -> Finding:
    """What the contents of a draft, as read, say about a change of them.

    Args:
        intent: The change.
        session: The draft.
        points: Ids of its restore points.
        here: Ids of its artifacts.
    """
    wanted, unwanted = _delta_of(json.loads(intent.body))
    missing = tuple((wanted - points).elements())
    staying = tuple(artifact_id for artifact_id in unwanted if artifact_id in here)
    left, all_of_it = len(missing) + len(staying), wanted.total() + len(unwanted)
    if left == 0:
        return Finding(intent, Verdict.DONE, "The draft holds the change.", session)
    verdict = Verdict.NOT_DONE if left == all_of_it else Verdict.PARTLY
    words = "The draft does not hold the change." if left == all_of_it else f"{left} of {all_of_it} are missing."
    return Finding(intent, verdict, words, session, missing_points=missing, missing_removals=staying)
