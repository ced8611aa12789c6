"""The state of the connection, and the exact words for it in the header and the message line."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict, replace

from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.service_state import UNKNOWN_STATE, ServiceState, state_of
from backup_tui.models.text import short_id
from backup_tui.store import updates as up

SLOW_READ = timedelta(seconds=5)  # a read that takes longer is named in the header

MISSED_UNTIL_LATE = 2  # missed polls after which what is shown counts as late

LATE_READ = timedelta(seconds=30)  # a read without an answer for so long has let two looks at a running restore pass


class ConnectionState(Struct, frozen=True):
    """What is known about the way to the service. All times are the service's, UTC."""

    host: str = "the service"
    last_answer: datetime | None = None
    reading_since: datetime | None = None
    throttled_until: datetime | None = None
    offline_since: datetime | None = None
    offline_cause: str = ""
    next_try: datetime | None = None
    paused_until: datetime | None = None  # the person paused reading; it ends automatically then
    missed: int = 0
    silent_since: datetime | None = None  # when the first read began that got no answer, while none has come since
    late: bool = False  # a read under way, or the silence, is so long that two looks at a running restore were missed
    signed_out_since: datetime | None = None
    unknown_open: int = 0  # changes whose outcome is unknown; `unknown_what` tells the newest after "whether"
    unknown_what: str = ""
    service: ServiceState = UNKNOWN_STATE
    demo_speed: float | None = None
    wrong_tenant: str = ""  # the sentence about a sign-in of another tenant; empty when it is the right one
    signs_in: bool = False
    lock_wait: str = ""


def after_call(state: ConnectionState, record: CallRecord) -> ConnectionState:
    """The state after one try of a request ended. 401 and 429 say nothing about what was asked for, a 5xx to a read
    only that the host is reachable, a proxy's page not even that: none of them makes what is shown newer."""
    if record.outcome is Outcome.NOT_SENT or record.stranger:
        return replace(
            state,
            offline_since=state.offline_since or record.started,
            offline_cause=record.stranger or record.note or state.offline_cause,
        )
    if record.status is None:
        return state
    # Whoever can be reached and gives no whole answer is silent, not back.
    silent = state.silent_since or state.offline_since
    state = replace(state, offline_since=None, offline_cause="", silent_since=silent, late=state.late or bool(silent))
    refused = record.outcome is Outcome.REJECTED and record.status >= 400 and (record.status < 500 or record.mutating)
    if record.status in (401, 429) or not (record.outcome is Outcome.DONE or refused):
        return state
    answered = record.started + timedelta(milliseconds=record.milliseconds or 0)
    newest = answered if state.last_answer is None else max(state.last_answer, answered)
    return replace(
        state, last_answer=newest, missed=0, silent_since=None, late=False, next_try=None, signed_out_since=None
    )


def while_reading(state: ConnectionState, since: datetime | None, now: datetime) -> ConnectionState:
    """The state while a read has no answer yet. `since`: when the oldest one began; `None` if none is running."""
    silent = min(filter(None, (state.silent_since, since)), default=None)
    late = silent is not None and now - silent >= LATE_READ
    slow = since is not None and now - since >= SLOW_READ
    return replace(state, reading_since=since if slow else None, late=late)


def after_silence(
    state: ConnectionState, began: datetime | None, next_try: datetime | None, *, polls: int = 1
) -> ConnectionState:
    """The state after a read ended without an answer. `began`: when it was sent; `next_try`: `None` if none is planned;
    `polls`: how many polls this counts as, also 0."""
    silent = state.silent_since or began
    return replace(state, missed=state.missed + polls, silent_since=silent, next_try=next_try)


def told(state: ConnectionState, update: up.ConnectionUpdate) -> ConnectionState:
    """The state after an update about the connection. Raises `TypeError`: it is about something else."""
    match update:
        case up.ThrottledUntil():
            return replace(state, throttled_until=update.until)
        case up.PausedUntil():
            return replace(state, paused_until=update.until)
        case up.SignedOut():
            since = (state.signed_out_since or update.at) if update.at else None
            return replace(state, signed_out_since=since)
        case up.ConnectionFacts():
            return replace(state, **asdict(update))
        case up.WaitingForLock():
            return replace(state, lock_wait=update.words)
    raise TypeError(f"not about the connection: {type(update).__name__}")


def with_service(state: ConnectionState, root: BackupRestoreRoot | None) -> ConnectionState:
    """The state with what the service allows; unknown if `root` is `None`."""
    return replace(state, service=state_of(root))


def with_journal(state: ConnectionState, lines: Sequence[up.JournalLine]) -> ConnectionState:
    """The state after the journal told which changes have an unknown outcome. `lines`: newest first."""
    unknown = [line for line in lines if line.state == "unknown"]
    return replace(state, unknown_open=len(unknown), unknown_what=_unknown_words(unknown[0]) if unknown else "")


def _unknown_words(line: up.JournalLine) -> str:
    thing = short_id(line.target or line.session_id or "")
    words = {
        "activate": f"{thing} started",
        "create": "a draft was created",
        "edit": f"draft {thing} was changed",
        "delete": f"draft {thing} was deleted",
        "policyActivate": f"policy {thing} was activated",
        "policyDeactivate": f"policy {thing} was deactivated",
        "unitOffboard": f"unit {thing} was offboarded",
        "unitCancelOffboard": f"offboarding of unit {thing} was canceled",
        "notificationsEdit": "the recipients of e-mail were changed",
    }.get(line.kind)
    return words or f"{line.summary or thing} happened"


def looks_the_same(old: ConnectionState, new: ConnectionState) -> bool:
    """Whether no word in the header can differ: the last answer is shown to the minute."""
    if old == new:
        return True
    if old.last_answer is None or new.last_answer is None:
        return False
    same_minute = old.last_answer.replace(second=0, microsecond=0) == new.last_answer.replace(second=0, microsecond=0)
    return same_minute and replace(old, last_answer=None) == replace(new, last_answer=None)


class ConnectionWords(NamedTuple):
    """What the frame says about the connection."""

    right: str  # right end of the second header line
    tone: str  # how that feels: `good`, `warn`, `bad`, or empty
    alerts: tuple[str, ...]  # exceptions beside the mode
    message: str | None  # text of the message line


def _minute(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M")


def connection_words(state: ConnectionState, now: datetime, zone: ZoneInfo) -> ConnectionWords:
    """The words for the state, the one that matters most first."""
    right, message, tone = _main_words(state, now, zone)
    alerts = []
    if state.unknown_open:
        alerts.append(f"{state.unknown_open} UNKNOWN")
        what = state.unknown_what or "what became of a change"
        message = message or f"Whether {what} is unknown. It is the first row of 5 Activity."
    if state.service.alert:
        alerts.append(state.service.alert)
        message = message or _lock_message(state.service, zone)
    return ConnectionWords(right, tone, tuple(alerts), message or state.lock_wait or None)


def _main_words(state: ConnectionState, now: datetime, zone: ZoneInfo) -> tuple[str, str | None, str]:
    last = _minute(state.last_answer, zone) if state.last_answer else ""
    if state.wrong_tenant:
        return "WRONG TENANT", state.wrong_tenant, "bad"
    if state.signed_out_since is not None:
        ended = _minute(state.signed_out_since, zone)
        how = "Press T to sign in." if state.signs_in else "Start again with a new token."
        right = f"shows {last}" if last else "nothing read yet"
        return right, f"Signed out at {ended}. {how} Restores continue.", "warn"
    if state.throttled_until is not None and state.throttled_until > now:
        right = f"waits to {_minute(state.throttled_until, zone)}"
        return right, "The service asked us to wait. Restores continue.", "warn"
    if state.offline_since is not None:
        cause = f" ({state.offline_cause})" if state.offline_cause else ""
        since = _minute(state.offline_since, zone)
        return f"OFFLINE since {since}", f"Cannot reach {state.host}{cause}. Restores continue.", "bad"
    if state.paused_until is not None:
        until = _minute(state.paused_until, zone)
        return f"PAUSED to {until}", f"Press P to resume; resumes automatically at {until}.", "warn"
    if state.late or state.missed >= MISSED_UNTIL_LATE:
        if last:
            return f"late, last {last}", f"No answer since {last}. Trying again.", "warn"
        return "no answer yet", "No answer yet. Trying again.", "warn"
    silent = min(filter(None, (state.silent_since, state.reading_since)), default=None)
    if silent is not None and now - silent >= SLOW_READ:
        return f"reading since {_minute(silent, zone)}", None, "warn"
    if state.demo_speed is not None:
        return f"demo, {state.demo_speed:g}x faster", None, ""
    return (f"live {last}", None, "good") if last else ("reading", None, "")


def _lock_message(service: ServiceState, zone: ZoneInfo) -> str:
    reason = f" ({service.brief})" if service.brief else ""
    until = ""
    if service.restores_until is not None:
        until = f"allowed until {service.restores_until.astimezone(zone):%d %b %Y}"
    if service.off:
        return f"Backup is off{reason}" + (f"; restores {until}." if until else ": nothing can be changed.")
    if service.no_restore is not None:
        return f"The service allows no restore{reason}" + (f"; {until}." if until else ".")
    return f"No change of protection is allowed{reason}; restores are" + (
        f", {until.partition(' ')[2]}." if until else "."
    )
