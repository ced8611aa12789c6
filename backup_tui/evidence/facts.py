"""What a report says, as records; its three forms are made from these and from nothing else.

Texts are safe to show (`models.text.safe`), times are UTC, and what is unknown is `None` or empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import artifact_status

NOT_DRAFTED = "notDrafted"
"""State of a planned unit whose session does not exist yet."""

NOT_IN_SESSION = "notInSession"
"""State of a planned unit that its session does not hold: refused, or removed afterwards."""

_OWN_WORDS = {NOT_DRAFTED: "not drafted yet", NOT_IN_SESSION: "not in its session", "": "unknown"}


class UnitFacts(Struct, frozen=True, rename="camel"):
    """One unit in one session.

    Attributes:
        name: What people know it by, or that nobody names it.
        status: The service's word; empty when it was not read, else one of this module's.
        wanted: The time that was asked for; `None` when the draft was made elsewhere.
        started: When the service began with it.
        result: Folder or address; empty when it was not reported.
        items: Items put back into a mailbox; 0 means that nothing differed from the point.
        code: The service's error code; empty when there is no error.
        cause: The same in a few words.
        message: The service's own words about the error.
        remedy: What to do, in a sentence.
        action: The same in a few words: `hold removed, then again`.
    """

    name: str
    service: Service | None
    unit_id: str | None
    session_id: str
    point_id: str
    destination: Destination | None
    status: str = ""
    wanted: datetime | None = None
    point_time: datetime | None = None
    express: bool = False
    started: datetime | None = None
    ended: datetime | None = None
    result: str = ""
    items: int | None = None
    code: str = ""
    cause: str = ""
    happened: str = ""
    remedy: str = ""
    action: str = ""
    message: str = ""

    @property
    def word(self) -> str:
        """`restored`, `failed`, `restoring`, `waiting`, `not drafted yet`, `unknown`, or the word as sent."""
        return _OWN_WORDS.get(self.status) or artifact_status(self.status).word

    @property
    def restored(self) -> bool:
        return self.status == "succeeded"

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    @property
    def took(self) -> timedelta | None:
        """From the start of this unit to its end."""
        return self.ended - self.started if self.started and self.ended and self.ended >= self.started else None

    @property
    def gap(self) -> timedelta | None:
        """How much older than the wanted time the point is."""
        return (
            None if self.wanted is None or self.point_time is None else max(timedelta(0), self.wanted - self.point_time)
        )


class SessionFacts(Struct, frozen=True, rename="camel"):
    """One restore session.

    Attributes:
        status: The service's word; empty when it was not read.
        part: Its number in the plan; `None` outside a plan.
        wave: Name of its wave.
        again_of: Sessions whose failed units it repeats.
        created_by: Who drafted it, as the service says.
        drafted_here_by: The same, as the journal says.
        started_at: When it was started, as the journal says, else when its first unit began.
        started_by: Who started it, as the journal says.
        started_entry: Number of the journal's entry of the start.
        changed_by: Who changed it last, as the service says; for a running session that is who started it.
        unread: Why nothing of it could be read; empty when it was.
        note: The note that somebody wrote on it on this machine.
        of_files: It restores single files and folders, which its figures count, and no whole sites or accounts.
    """

    id: str
    service: Service | None
    destination: Destination | None
    status: str = ""
    part: int | None = None
    wave: str = ""
    again_of: tuple[str, ...] = ()
    created_at: datetime | None = None
    created_by: str = ""
    created_by_id: str = ""
    drafted_here_by: str = ""
    started_at: datetime | None = None
    started_by: str = ""
    started_entry: int | None = None
    changed_at: datetime | None = None
    changed_by: str = ""
    changed_by_id: str = ""
    ended_at: datetime | None = None
    total: int | None = None
    completed: int | None = None
    failed: int | None = None
    unread: str = ""
    of_files: bool = False
    note: str = ""


class CallFacts(Struct, frozen=True, rename="camel"):
    """One request to the service.

    Attributes:
        path: Below the version; empty where the journal alone knows of the request.
        request_id: The service's id of the answer; `None` where none came, or where an older version kept none.
        client_request_id: The id that was sent along.
        source: `journal entry 12` or `call log`.
    """

    at: datetime
    what: str
    outcome: str
    source: str
    method: str = ""
    path: str = ""
    status: int | None = None
    code: str = ""
    request_id: str | None = None
    client_request_id: str | None = None


class AnswerFacts(Struct, frozen=True, rename="camel"):
    """One line of what became known of an entry."""

    at: datetime
    state: str
    session_id: str | None = None
    status: int | None = None
    code: str = ""
    request_id: str | None = None
    client_request_id: str | None = None
    note: str = ""


class EntryFacts(Struct, frozen=True, rename="camel"):
    """One entry of the journal, with everything that became known of it.

    Attributes:
        user: Who asked.
        user_id: Object id of who asked, as the service writes it.
        body: The JSON that was sent.
        process: Who wrote it: `pid 4711 on jump01`.
    """

    id: int
    at: datetime
    kind: str
    state: str
    summary: str
    user: str
    user_id: str
    service: Service | None
    target: str | None
    session_id: str | None
    plan: str | None
    process: str
    body: str
    answers: tuple[AnswerFacts, ...] = ()


class AbsentName(Struct, frozen=True, rename="camel"):
    """A name of the list that is in no session, and why."""

    name: str
    reason: str
    session_id: str = ""


class YesFacts(Struct, frozen=True, rename="camel"):
    """A person's yes to sessions of a plan."""

    at: datetime
    by: str
    phrase: str
    sessions: tuple[str, ...]


class PlanFacts(Struct, frozen=True, rename="camel"):
    """The plan that the sessions carry out.

    Attributes:
        sha256: Of the plan file as it was drafted.
        waves: Their names, in order.
        names: What became of the names of the list; the parts add up.
        mails: What was searched for, of a plan of mails; empty for whole units.
    """

    name: str
    path: str
    sha256: str
    note: str
    created_at: datetime
    created_by: str
    waves: tuple[str, ...]
    yes: tuple[YesFacts, ...]
    names: Mapping[str, int]
    mails: str = ""


class Report(Struct, frozen=True, rename="camel"):
    """A report.

    Attributes:
        title: `Restore session 61633878`, `Plan ransom-20nov`.
        subject: The same as a part of a file's name: `session-61633878`, `plan-ransom-20nov`.
        tenant: Domain, or id where no domain is known.
        address: Of the service.
        generated_by: Who made it; empty when nobody was signed in.
        program: Name and version of the program.
        offline: Nothing was read from the service.
        unknown: What is unknown, in sentences.
    """

    title: str
    subject: str
    tenant: str
    tenant_id: str
    address: str
    generated_at: datetime
    generated_by: str
    program: str
    offline: bool
    plan: PlanFacts | None
    sessions: tuple[SessionFacts, ...]
    units: tuple[UnitFacts, ...]
    absent: tuple[AbsentName, ...] = ()
    left_out: tuple[str, ...] = ()
    calls: tuple[CallFacts, ...] = ()
    entries: tuple[EntryFacts, ...] = ()
    unknown: tuple[str, ...] = ()
