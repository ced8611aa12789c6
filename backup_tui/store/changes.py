"""What the store reports to its listeners: which part changed, and in which rows."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Topic(StrEnum):
    """A part of the store that can differ."""

    SERVICE = "service"
    POLICIES = "policies"
    INCLUSION = "inclusion"
    SESSIONS = "sessions"
    ARTIFACTS = "artifacts"
    UNITS = "units"
    CALLS = "calls"
    JOURNAL = "journal"
    SERVICE_LOG = "serviceLog"
    CONNECTION = "connection"
    ACCESS = "access"
    LEFT = "left"
    MESSAGE = "message"
    PLANS = "plans"
    """Plans in the journal, by their names. Told by the workspace's watch, since the store holds none of them."""
    MINUTE = "minute"  # A minute went by: whatever is shown as an age is older now. Told to the screens only.


class Change(Struct, frozen=True):
    """Something differs now. `ids`: the rows that differ. For artifacts: their ids and their session's; for units:
    their ids and the service; empty where a part has no rows or only its freshness differs."""

    topics: frozenset[Topic]
    ids: frozenset[str] = frozenset()


def change(topic: Topic, *ids: str) -> Change:
    """A change of one topic; for what `ids` are, see `Change`."""
    return Change(frozenset((topic,)), frozenset(ids))


def joined(*changes: Change | None) -> Change | None:
    """All of them as one; `None` when there is none."""
    real = [one for one in changes if one is not None]
    if not real:
        return None
    if len(real) == 1:
        return real[0]
    return Change(frozenset().union(*(one.topics for one in real)), frozenset().union(*(one.ids for one in real)))


def of_artifacts(by_session: Mapping[str, set[str]]) -> Change | None:
    """A change of artifacts, told by session; `None` when there is none."""
    return change(Topic.ARTIFACTS, *by_session, *set().union(*by_session.values())) if by_session else None
