"""Every error that backup-tui raises on purpose.

    BackupTuiError                     what happened / what is certain now / what to do
    ├── UsageError                     input that cannot be used: names the field and the value             exit 2
    │   ├── NamesUnresolved            some names of a list match no unit                                 exit 2
    │   └── ConfigError                the same, for a configuration file or an environment variable       exit 2
    ├── SignInError                    no token, an expired one, one the service refuses                   exit 3
    ├── ReadOnlyError                  a change was requested in a read-only workspace                     exit 4
    ├── ServiceError                   the service answered with an error object ("rejected")              exit 1
    │   ├── PermissionDenied           403 without a known state code, 402                                 exit 4
    │   ├── NotFound                   404 and the documented "not found" codes                            exit 5
    │   ├── StateConflict              the object is not in the state that the call needs                  exit 1
    │   ├── Busy                       TooManyActiveRestoreSessions: the same request can succeed later    exit 1
    │   ├── Throttled                  429, and the retry budget is used up                                exit 8
    │   └── InvalidRequest             400, 409, 413, 422: the request itself is refused                   exit 1
    ├── ServerFault                    5xx of a read, after every permitted retry                          exit 1
    ├── Unreachable                    nothing was sent: DNS, refused, TLS, proxy, connect timeout         exit 1
    ├── ProtocolError                  an answer that is not Graph's: HTML, broken JSON, too large         exit 1
    │   ├── ForeignLink                a page link to another scheme, host or port                         exit 1
    │   └── IncompleteList             a list that could not be read completely; carries what was read     exit 1
    ├── OutcomeUnknown                 a change was sent and no trustworthy answer came                    exit 7
    └── LocalError                     this machine: disk, lock, journal                                   exit 1
        ├── JournalError               the intent could not be written, so nothing was sent
        └── WriteLockHeld              another instance is making changes in this tenant

The three parts of each: `message` (what happened), `certainty` (what is certain now), `hint` (what to do).

Every start imports this module: its two records are named tuples, since msgspec costs `--help` 15 ms.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self, TypedDict, Unpack


class OwnWords(NamedTuple):
    """The words of the service or authority that answered, made safe: for the small print, scripts and support."""

    message: str = ""  # its message
    # the members of its inner error that are texts or numbers, under their own names
    inner: Mapping[str, object] = MappingProxyType({})
    request_id: str = ""  # its id of the answer
    client_request_id: str = ""  # the id that we sent with the request
    date: datetime | None = None  # when it answered, as it says (UTC)
    status: int | None = None  # HTTP status; `None` when there was no answer


class Words(TypedDict, total=False):
    """What every error can say besides its message; see `BackupTuiError`."""

    certainty: str
    hint: str
    code: str
    request_id: str | None


class BackupTuiError(Exception):
    """Base of everything that backup-tui raises on purpose."""

    exit_code: ClassVar[int] = 1
    said: OwnWords | None = None  # what whoever answered said itself, where this error is about an answer

    def __init__(
        self,
        message: str,
        *,
        certainty: str = "",
        hint: str = "",
        code: str = "",
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message  # what happened, one plain sentence
        self.certainty = certainty  # what is certain now, one plain sentence, may be empty
        self.hint = hint  # what the person can do, one plain sentence, may be empty
        self.code = code or type(self).__name__  # the service's or our own short code, for scripts and small print
        self.request_id = request_id  # the service's `request-id` of the answer, when one came

    @property
    def sentences(self) -> str:
        """The three sentences in their order, on one line."""
        return " ".join(part for part in (self.message, self.certainty, self.hint) if part)

    @property
    def own_words(self) -> OwnWords | None:
        """What was said by whoever answered, here or to an error that this one explains."""
        error: BaseException | None = self
        while error is not None:
            if isinstance(error, BackupTuiError) and error.said is not None:
                return error.said
            error = error.__cause__
        return None


class UsageError(BackupTuiError):
    """Input that cannot be used."""

    exit_code = 2

    def __init__(self, message: str, *, field: str = "", value: str = "", certainty: str = "", hint: str = "") -> None:
        super().__init__(message, certainty=certainty, hint=hint)
        self.field = field  # which input it is, as the person knows it (`Point`, `--before`)
        self.value = value  # what was given

    @classmethod
    def unsent(cls, message: str, field: str, value: str = "", hint: str = "") -> Self:
        """One that was found before anything was sent."""
        return cls(message, field=field, value=value, certainty="Nothing was sent.", hint=hint)

    @classmethod
    def no_entry(cls, intent_id: object) -> Self:
        """The journal has no entry of this number."""
        text = f"The journal has no entry {intent_id}."
        return cls(text, field="ID", value=str(intent_id), hint="See: backup-tui journal list")


class ConfigError(UsageError):
    """A configuration file or an environment variable holds something that cannot be used."""


class SignInError(BackupTuiError):
    """Nobody is signed in, or the service no longer accepts the sign-in."""

    exit_code = 3
    sent = False  # a request had been sent, and was refused because the sign-in was missing or expired (401)

    def __init__(
        self,
        message: str,
        *,
        needs_person: bool = True,
        detail: str = "",
        claims: str = "",
        wait: float | None = None,
        **words: Unpack[Words],
    ) -> None:
        super().__init__(message, **words)
        # a person must act first; `False` if trying again later can be enough, for example because the authority does
        # not answer
        self.needs_person = needs_person
        self.detail = detail  # the words of the refusal, made safe, for the small print
        self.claims = claims  # what the next sign-in must satisfy, as JSON; empty if nothing special was requested
        self.wait = wait  # seconds to wait, as the refusal asked; `None` if it did not


class ReadOnlyError(BackupTuiError):
    """A change was requested in a workspace that was opened read-only."""

    exit_code = 4


class ServiceError(BackupTuiError):
    """The service answered with an error object; the requested change was not made."""

    usual_status = 400  # HTTP status where none is named

    def __init__(self, message: str, *, status: int, detail: str = "", **words: Unpack[Words]) -> None:
        super().__init__(message, **words)
        self.status = status  # HTTP status of the answer
        self.detail = detail  # the service's own message, made safe, for the small print

    @classmethod
    def unsent(
        cls, message: str, code: str, hint: str = "", *, certainty: str = "Nothing was sent.", status: int | None = None
    ) -> Self:
        """One that was found in what the service answered before, instead of sending anything."""
        return cls(message, status=status or cls.usual_status, certainty=certainty, hint=hint, code=code)

    def reworded(self, message: str, *, certainty: str, hint: str, code: str = "") -> Self:
        """The same error in words of this program, which know more of what it is about."""
        return type(self)(
            message,
            status=self.status,
            detail=self.detail,
            certainty=certainty,
            hint=hint,
            code=code or self.code,
            request_id=self.request_id,
        )


class PermissionDenied(ServiceError):
    """This sign-in does not have the permission or role for it."""

    exit_code = 4


class NotFound(ServiceError):
    """The service does not have it, or no longer."""

    exit_code = 5
    usual_status = 404


class StateConflict(ServiceError):
    """The object is not in the state that the call needs; another person may have been faster."""

    usual_status = 409


class Busy(ServiceError):
    """The service is at its limit; the same request can be accepted later."""


class Throttled(ServiceError):
    """The service asked us to wait, and the time allowed for waiting is used up."""

    exit_code = 8


class InvalidRequest(ServiceError):
    """The service refuses the request itself."""


class ServerFault(ServiceError):
    """A read failed inside the service, after every permitted retry."""


class Unreachable(BackupTuiError):
    """Nothing was sent: the service could not be reached."""


class ProtocolError(BackupTuiError):
    """Something answered, but not with what Microsoft Graph answers."""


class ForeignLink(ProtocolError):
    """A page link leads to another scheme, host or port; it was not followed."""


class IncompleteList(ProtocolError):
    """A list, or some of its entries, could not be read."""

    def __init__(
        self, message: str, *, read: int, unread: int = 0, items: Sequence[Any] = (), **words: Unpack[Words]
    ) -> None:
        super().__init__(message, **words)
        self.read = read  # how many entries were read
        self.unread = unread  # how many entries arrived but could not be read
        self.items = tuple(items)  # the entries that could be read, if the list arrived completely

    @classmethod
    def of_unread(cls, items: Sequence[Any], unread: int) -> "IncompleteList":
        """The list arrived completely, but `unread` of its entries cannot be read."""
        total = len(items) + unread
        return cls(
            f"{unread:,} of {total:,} {'entry' if total == 1 else 'entries'} of the list could not be read.",
            read=len(items),
            certainty="The list is incomplete.",
            hint="Reading it again is safe. If this repeats, something on the way alters the answers.",
            unread=unread,
            items=items,
        )


class Candidate(NamedTuple):
    """A session that a request with a lost answer may have created."""

    id: str  # the session's whole id
    status: str  # our word for its state
    made: datetime | None  # when it was created (UTC); `None` if the service does not report it
    by: str  # who created it; empty if the service does not report it
    units: int  # how many units it holds
    entry: int  # the journal's entry of the request

    @property
    def words(self) -> str:
        """What distinguishes it from the others, on one line."""
        made = "at an unknown time" if self.made is None else f"{self.made.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        units = "1 unit" if self.units == 1 else f"{self.units:,} units"
        return f"{self.id}: {self.status}, {units}, created {made} by {self.by or 'a person the service does not name'}"

    @property
    def adopt(self) -> str:
        """The command that records that it is this one."""
        return f"backup-tui journal resolve {self.entry} --adopt {self.id}"


class OutcomeUnknown(BackupTuiError):
    """A change was sent, and no trustworthy answer came: it may or may not have happened."""

    exit_code = 7

    def __init__(
        self,
        message: str,
        *,
        intent_id: int | None = None,
        candidates: Sequence[Candidate] = (),
        **words: Unpack[Words],
    ) -> None:
        super().__init__(message, **words)
        self.intent_id = intent_id  # the number of the intent in the journal, once it is known
        self.candidates = tuple(candidates)  # sessions that the request may have created, if a person must choose


class LocalError(BackupTuiError):
    """Something on this machine prevents it."""


class JournalError(LocalError):
    """The journal could not be written, so nothing was sent."""


class WriteLockHeld(LocalError):
    """Another instance holds the write lock of this tenant."""

    def __init__(self, message: str, *, holder: str, since: datetime | None, hint: str = "") -> None:
        super().__init__(message, certainty="Nothing was sent.", hint=hint)
        self.holder = holder  # `pid 4711 on jump01`, as far as known
        self.since = since  # when it took the lock (UTC), if known


class NamesUnresolved(UsageError):
    """Some names of a list match no unit; no draft was created."""

    def __init__(self, message: str, *, names: Sequence[str], certainty: str = "", hint: str = "") -> None:
        super().__init__(message, field="Units", certainty=certainty, hint=hint)
        self.names = tuple(names)  # the names as written, in their order
