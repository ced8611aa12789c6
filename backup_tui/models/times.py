"""Reading the service's timestamps, tolerant of every form that its pages show.

Python 3.11 reads most of ISO 8601. What it does not: the documented malformed `2023-03-30T12-01-03.45Z`, hour 24,
and more than six fraction digits are cut, not rounded. Year 1 means "not yet" in the service's answers."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from backup_tui.models.read_as import ReadAs

_STAMP = re.compile(
    r"\s*(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ](\d{2})[:-](\d{2})(?:[:-](\d{2})(?:[.,](\d{1,12}))?)?\s*"
    r"(Z|z|[+-]\d{2}:?\d{2})?)?\s*"
)


def parse_time(value: str) -> datetime | None:
    """Reads one timestamp of the service. `value`: ISO 8601 with zero to seven (or more) fraction digits, `Z`, an
    offset or no zone (then UTC). Returns the time in UTC, to the microsecond; `None` for year 1, which the service
    sends for "not yet". Raises `ValueError`: it is not a timestamp, or it names a day or hour that does not exist."""
    match = _STAMP.fullmatch(value)
    if match is None:
        raise ValueError(f"not a time: {value[:40]!r}")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if year == "0000":
        raise ValueError(f"not a time: {value[:40]!r}")
    if year == "0001":
        return None
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    next_day = hour == "24"
    if next_day and (int(minute or 0), int(second or 0), micro) != (0, 0, 0):
        raise ValueError(f"not a time: {value[:40]!r}")
    stamp = datetime(
        int(year),
        int(month),
        int(day),
        0 if next_day else int(hour or 0),
        int(minute or 0),
        min(int(second or 0), 59) if second == "60" else int(second or 0),
        micro,
        tzinfo=UTC,
    )
    offset = timedelta()
    if zone and zone not in "Zz":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    try:
        return stamp + timedelta(days=1 if next_day else 0) - offset
    except OverflowError as error:
        raise ValueError(f"not a time: {value[:40]!r}") from error


def read_when(value: object) -> datetime | None:
    """A timestamp member; raises ValueError for anything else."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str):
        return parse_time(value)
    raise ValueError("a time is a string")


When = Annotated[datetime | None, ReadAs(read_when, "time")]
"""A timestamp member of the service: UTC, or `None` for "not given" and "not yet"."""


def iso(moment: datetime) -> str:
    """`2026-11-20T13:10:00Z`, the form that is sent to the service (whole seconds, UTC)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dated(moment: datetime) -> str:
    """`3 Nov 2026 14:32 UTC`; Windows has no `%-d`."""
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"


def span_words(span: timedelta) -> str:
    """`under 1 min`, `48 min`, `14 h 02`, `3 d 4 h`: rounded down, the same for both directions."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    return f"{minutes // 1440:,} d {minutes % 1440 // 60} h"


def brief_span_words(span: timedelta) -> str:
    """The same for a narrow column: `< 1 min`, which must not push another column out."""
    return "< 1 min" if abs(span) < timedelta(minutes=1) else span_words(span)
