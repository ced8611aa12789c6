"""What the client tells about its own requests; Activity shows it."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class RequestClass(StrEnum):
    """What repeating a request would mean; decides what may happen after a failure."""

    READ = "read"
    STATE = "state"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"


class Outcome(StrEnum):
    """What is known about one try of a request."""

    DONE = "done"
    NOT_SENT = "not_sent"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class CallRecord(Struct, frozen=True):
    """One finished try of one request. `id`: its `client-request-id`. `what`: in plain words: `START session d91e03b7`.
    `path`: below the version, no host, no token. `started`: UTC, by the clock. `try_number`: 1 for the first.

    `answer_body`: the beginning, made safe; `answer_let_go` when it is no longer kept. `wait_until`: until when the
    service asked to wait (UTC). `stranger`: what answered in the service's place, in plain words, or empty. `feature`:
    id of what it belongs to (`models.features`). `denied`: this sign-in may not do that, wherever in the tenant."""

    id: str
    what: str
    method: str
    path: str
    started: datetime
    milliseconds: int | None
    status: int | None
    code: str
    outcome: Outcome
    try_number: int
    request_id: str | None
    mutating: bool
    request_body: str = ""
    answer_body: str = ""
    answer_cut: bool = False
    wait_until: datetime | None = None
    note: str = ""
    stranger: str = ""
    feature: str = ""
    denied: bool = False
    answer_let_go: bool = False


CallSink = Callable[[CallRecord], object]

COLLECTED_CALLS: ContextVar[list[CallRecord] | None] = ContextVar("COLLECTED_CALLS", default=None)
"""Where the tries of what runs now are collected besides, so that a change has their ids and a check their number."""
