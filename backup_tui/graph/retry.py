"""What may be repeated, and when: pure rules, no clock and no network.

A read may be repeated freely within its budget. A change is repeated unasked only when it certainly did not happen:
nothing was sent, or the service said 429. `Retry-After` always wins over our own waiting and is never shortened."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.models.calls import Outcome, RequestClass

LONGEST_REAL_WAIT = 24 * 3600.0  # seconds: a longer `Retry-After` is a defect of the sender, not a wait

INSTEAD_OF_UNREAL_WAIT = 3600.0  # seconds that are waited instead of an unreal wait

LONGEST_HELD_WAIT = 3600.0
"""Seconds that a caller is kept waiting; a longer wait is told at once, and the gate stays closed."""

_YEARS = range(2020, 2200)  # a service that says it lives in another year has no clock

_THROTTLED = frozenset({429, 509})
_FATAL_FAULTS = frozenset({501, 505, 507, 511})


class Repeat(StrEnum):
    """What repeating a failed read can bring."""

    NEVER = "never"
    ONCE = "once"
    BACKOFF = "backoff"


class AttemptResult(Struct, frozen=True):
    """What is known after one try. `status`: `None` when no answer came. `retry_after`: seconds that the service asked
    to wait, if it (believably) did. `repeat`: what repeating can bring, should the request be a read."""

    outcome: Outcome
    status: int | None = None
    retry_after: float | None = None
    repeat: Repeat = Repeat.BACKOFF

    @property
    def throttled(self) -> bool:
        return self.status in _THROTTLED


class Budget(Struct, frozen=True):
    """How much one request may cost, in seconds: `base` is the first backoff, doubled with each try, `cap` the longest
    one, `total` all together without time spent in an obeyed `Retry-After`."""

    tries: int = 4
    base: float = 0.5
    cap: float = 30.0
    total: float = 120.0


class Decision(Struct, frozen=True):
    """What follows after a try: whether it is tried again, seconds of this request's own backoff before that (`wait`),
    and seconds for which nothing at all is sent to the tenant (`park`)."""

    again: bool
    wait: float = 0.0
    park: float = 0.0


STOP = Decision(again=False)


def backoff(try_number: int, budget: Budget, jitter: float) -> float:
    """Seconds to wait after the failed try `try_number` (from 1): doubled, capped, times `jitter` (from 0 up to 1)."""
    return jitter * min(budget.cap, budget.base * 2.0 ** (try_number - 1))


def _parking(attempt: AttemptResult, try_number: int, budget: Budget, jitter: float) -> float:
    if attempt.retry_after is not None and (attempt.throttled or attempt.status == 503):
        return attempt.retry_after
    if attempt.throttled:
        # Without a word how long: at least a second, at most what a backoff would wait.
        return max(1.0, min(budget.cap, budget.base * 2.0**try_number) * (0.5 + jitter / 2))
    return 0.0


def decide(
    request_class: RequestClass, try_number: int, attempt: AttemptResult, elapsed: float, budget: Budget, jitter: float
) -> Decision:
    """What follows after a try of a request. `try_number`: 1 for the first. `elapsed`: seconds used so far, without
    obeyed waits. `jitter`: a random number from 0 up to 1."""
    if attempt.outcome is Outcome.DONE:
        return STOP
    park = _parking(attempt, try_number, budget, jitter)
    stop = Decision(again=False, park=park)
    if try_number >= budget.tries or park > LONGEST_HELD_WAIT:
        return stop
    if attempt.throttled:
        return Decision(again=True, park=park)
    if request_class is not RequestClass.READ:
        if attempt.outcome is not Outcome.NOT_SENT or attempt.repeat is Repeat.NEVER:
            return stop
    elif attempt.repeat is Repeat.NEVER or (attempt.repeat is Repeat.ONCE and try_number > 1):
        return stop
    if park:
        return Decision(again=True, park=park)
    wait = backoff(try_number, budget, jitter)
    if elapsed + wait >= budget.total:
        return stop
    return Decision(again=True, wait=wait)


def repeat_of_fault(status: int) -> Repeat:
    """What repeating a read can bring after a 5xx or 408 answer."""
    return Repeat.NEVER if status in _FATAL_FAULTS else Repeat.BACKOFF


def parse_retry_after(value: str | None, date_header: datetime | None, now: datetime) -> float | None:
    """Reads a `Retry-After` header. `value`: seconds (whole or decimal), a list of them as a joined header gives, or an
    HTTP date. Returns seconds to wait, above 0 and at most `LONGEST_REAL_WAIT`; `None` when nothing usable was said."""
    if value is None:
        return None
    text = value.strip()
    if len(text) > 100 or not text.isascii():
        return None
    numbers = [_seconds(part) for part in text.split(",")]
    if all(number is not None for number in numbers):
        # A joined header names several waits: the longest satisfies all of them.
        wait = max(number for number in numbers if number is not None)
    else:
        moment = _http_date(text)
        if moment is None:
            return None
        wait = (moment - (date_header or now)).total_seconds()
    if wait <= 0:
        return None
    return wait if wait <= LONGEST_REAL_WAIT else INSTEAD_OF_UNREAL_WAIT


def _seconds(text: str) -> float | None:
    digits = text.strip()
    sign = digits[:1]
    whole, _, fraction = digits.lstrip("+-").partition(".")
    if not whole.isdigit() or (fraction and not fraction.isdigit()) or sign == "+":
        return None
    number = float(f"{whole[:18]}.{fraction[:9] or 0}") if len(whole) <= 18 else 1e18
    return -number if sign == "-" else number


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        # The old asctime form names no zone; HTTP dates are always UTC. At the ends of time a zone leads beyond them.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def read_date(value: str | None) -> datetime | None:
    """Reads a `Date` header; `None` when there is none or it makes no sense."""
    if value is None or len(value) > 100:
        return None
    moment = _http_date(value)
    return moment if moment is not None and moment.year in _YEARS else None


class RetryQuota:
    """Limits the retries of the whole process, so that many readers together cannot storm a sick service: a hundred at
    once, and a fifth of one more for each success. An empty quota stops retries, never first tries."""

    SIZE = 500
    COST = 5
    TIMEOUT_COST = 10

    def __init__(self) -> None:
        self._left = self.SIZE

    @property
    def left(self) -> int:
        return self._left

    def take(self, *, timed_out: bool = False) -> bool:
        """Takes the cost of one retry; `False` when there is not enough left for it."""
        cost = self.TIMEOUT_COST if timed_out else self.COST
        if self._left < cost:
            return False
        self._left -= cost
        return True

    def succeeded(self, *, after_retry: bool = False) -> None:
        self._left = min(self.SIZE, self._left + (self.COST if after_retry else 1))
