"""What a session that a lost request made can be recognised by: its service and its set of points and destinations.

The service has no key of the client's on a session, so the contents must do:
https://learn.microsoft.com/graph/api/resources/restoresessionbase"""

import hashlib
import json
from collections.abc import Iterable

from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.granular import GranularMailboxRestoreArtifact
from backup_tui.models.services import Service

Pair = tuple[str, str]  # id of a restore point (opaque, compared as it is) and `destinationType` (any case)


def fingerprint(service: Service, artifacts: Iterable[Pair]) -> str:
    """64 hexadecimal digits for a multiset of points and destinations: order does not count, repetition does."""
    pairs = sorted([point_id, str(destination).lower()] for point_id, destination in artifacts)
    text = json.dumps([service.value, pairs], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_EMPTY = "empty:"


def empty_mark(plan: str) -> str:
    """What the create of an empty draft is recognised by in the journal: whose it is, since it has no contents. `plan`:
    what the draft belongs to, as the journal's entries carry it."""
    return f"{_EMPTY}{hashlib.sha256(plan.encode()).hexdigest()}"


def is_empty_mark(mark: str) -> bool:
    """Whether the create with this mark made an empty draft."""
    return mark.startswith(_EMPTY)


def pairs_of(artifacts: Iterable[RestoreArtifact]) -> tuple[Pair, ...] | None:
    """Points and destinations of a session's artifacts as the service lists them. Returns `None` when one of them lacks
    its point or its destination: such a list cannot be compared."""
    pairs: list[Pair] = []
    for artifact in artifacts:
        if artifact.restore_point is None or not artifact.destination_type:
            return None
        place = artifact.destination_type
        if isinstance(artifact, GranularMailboxRestoreArtifact):
            pairs.append(mail_pair(artifact.restore_point.id, place, artifact.search_response_id or ""))
        else:
            pairs.append((artifact.restore_point.id, place))
    return tuple(pairs)


def mail_pair(point_id: str, destination: str, search_response_id: str) -> Pair:
    """What the mails that a search found are recognised by: never taken for the whole mailbox of the same point.

    Args:
        point_id: The point that was searched.
        destination: Where the mails go, as the service writes it.
        search_response_id: Of the answer to the search; empty where the service does not give it back.
    """
    return point_id, f"{destination} mails {search_response_id}"
