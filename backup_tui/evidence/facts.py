"""What a report says, as records; its three forms are made from these and from nothing else.

Texts are safe to show (`models.text.safe`), times are UTC, and what is unknown is `None` or empty.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from backup_tui.models.remembered import NameSource
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import artifact_status

NOT_DRAFTED = "notDrafted"  # state of a planned unit whose session does not exist yet

NOT_IN_SESSION = "notInSession"
"""State of a planned unit that its session does not hold: refused, or removed afterwards."""

_OWN_WORDS = {NOT_DRAFTED: "not drafted yet", NOT_IN_SESSION: "not in its session", "": "unknown"}


class UnitFacts(Struct, frozen=True, rename="camel"):
    """One unit in one session."""

    name: str  # what people know it by, or that nobody names it
    service: Service | None
    unit_id: str | None
    session_id: str
    point_id: str
    destination: Destination | None
    status: str = ""  # the service's word; empty when it was not read, else one of this module's
    wanted: datetime | None = None  # the time that was asked for; `None` when the draft was made elsewhere
    point_time: datetime | None = None
    express: bool = False
    started: datetime | None = None  # when the service began with it
    ended: datetime | None = None
    result: str = ""  # folder or address; empty when it was not reported
    items: int | None = None  # items put back into a mailbox; 0 means that nothing differed from the point
    code: str = ""  # the service's error code; empty when there is no error
    cause: str = ""  # the same in a few words
    happened: str = ""
    remedy: str = ""  # what to do, in a sentence
    action: str = ""  # the same in a few words: `hold removed, then retry`
    message: str = ""  # the service's own words about the error
    name_source: NameSource = NameSource.NONE  # how it is known which unit this is

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
    """One restore session."""

    id: str
    service: Service | None
    destination: Destination | None
    status: str = ""  # the service's word; empty when it was not read
    part: int | None = None  # its number in the plan; `None` outside a plan
    wave: str = ""  # name of its wave
    again_of: tuple[str, ...] = ()  # sessions whose failed units it repeats
    created_at: datetime | None = None
    created_by: str = ""  # who drafted it, as the service says
    created_by_id: str = ""
    drafted_here_by: str = ""  # the same, as the journal says
    started_at: datetime | None = None  # when it was started, as the journal says, else when its first unit began
    started_by: str = ""  # who started it, as the journal says
    started_entry: int | None = None  # number of the journal's entry of the start
    changed_at: datetime | None = None
    changed_by: str = ""  # who changed it last, as the service says; for a running session that is who started it
    changed_by_id: str = ""
    ended_at: datetime | None = None
    total: int | None = None
    completed: int | None = None
    failed: int | None = None
    unread: str = ""  # why nothing of it could be read; empty when it was
    # it restores single files and folders, which its figures count, and no whole sites or accounts
    of_files: bool = False
    note: str = ""  # the note that somebody wrote on it on this machine


class CallFacts(Struct, frozen=True, rename="camel"):
    """One request to the service."""

    at: datetime
    what: str
    outcome: str
    source: str  # `journal entry 12` or `call log`
    method: str = ""
    path: str = ""  # below the version; empty where the journal alone knows of the request
    status: int | None = None
    code: str = ""
    # the service's id of the answer; `None` where none came, or where an older version kept none
    request_id: str | None = None
    client_request_id: str | None = None  # the id that was sent along


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
    """One entry of the journal, with everything that became known of it."""

    id: int
    at: datetime
    kind: str
    state: str
    summary: str
    user: str  # who asked
    user_id: str  # object id of who asked, as the service writes it
    service: Service | None
    target: str | None
    session_id: str | None
    plan: str | None
    process: str  # who wrote it: `pid 4711 on jump01`
    body: str  # the JSON that was sent
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
    """The plan that the sessions carry out."""

    name: str
    path: str
    sha256: str  # of the plan file as it was drafted
    note: str
    created_at: datetime
    created_by: str
    waves: tuple[str, ...]  # their names, in order
    yes: tuple[YesFacts, ...]
    names: Mapping[str, int]  # what became of the names of the list; the parts add up
    mails: str = ""  # what was searched for, of a plan of mails; empty for whole units


class Report(Struct, frozen=True, rename="camel"):
    """A report."""

    title: str  # `Restore session 61633878`, `Plan ransom-20nov`
    subject: str  # the same as a part of a file's name: `session-61633878`, `plan-ransom-20nov`
    tenant: str  # domain, or id where no domain is known
    tenant_id: str
    address: str  # of the service
    generated_at: datetime
    generated_by: str  # who made it; empty when nobody was signed in
    program: str  # name and version of the program
    offline: bool  # nothing was read from the service
    plan: PlanFacts | None
    sessions: tuple[SessionFacts, ...]
    units: tuple[UnitFacts, ...]
    absent: tuple[AbsentName, ...] = ()
    left_out: tuple[str, ...] = ()
    calls: tuple[CallFacts, ...] = ()
    entries: tuple[EntryFacts, ...] = ()
    unknown: tuple[str, ...] = ()  # what is unknown, in sentences
