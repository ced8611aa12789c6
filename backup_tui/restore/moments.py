"""The moment that a restore goes back to: reading what a person types, and writing moments and spans in words.

A moment is typed in a named zone and always shown beside UTC. An hour that a clock change leaves out is refused, one
that it doubles asks for the offset: a restore an hour off is a wrong restore.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backup_tui.config import named_zone
from backup_tui.errors import UsageError
from backup_tui.models.services import Service

KEPT_FOR = timedelta(days=366)
"""How long points are kept, and so how far back one can be looked for."""

FINE_FOR = timedelta(days=14)
"""Age up to which OneDrive and SharePoint have a point every 10 minutes; before that there is one a week."""

FIELD = "Point"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNITS = {"w": 10_080, "d": 1440, "h": 60, "m": 1}
_SPAN_PART = r"(\d{1,6})\s*(w|weeks?|d|days?|h|hours?|hrs?|m|mins?|minutes?)"
_SPAN = re.compile(rf"(?:-\s*((?:{_SPAN_PART}\s*)+)|((?:{_SPAN_PART}\s*)+)ago)", re.IGNORECASE)
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
_OFFSET = r"(?:\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}})(?:[T ]\s*{_CLOCK}{_OFFSET})?", re.IGNORECASE)
_DAY = re.compile(rf"(?:(today|yesterday)\s+)?{_CLOCK}{_OFFSET}", re.IGNORECASE)
_EXAMPLES = "Write 2026-11-20 14:10, 2h ago, yesterday 14:00 or latest."


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that somebody asked for.

    Attributes:
        utc: The moment; for `latest` the time of asking.
        zone: The zone that it was typed in, and in which it is shown beside UTC.
        text: What was typed.
        latest: The newest point whatever its time is.
    """

    utc: datetime
    zone: ZoneInfo
    text: str
    latest: bool = False

    def echo(self, now: datetime) -> str:
        """`Fri 20 Nov 13:10 UTC, 2 d 1 h 22 min ago`, for the line under the field."""
        if self.latest:
            return f"the newest point of each, as of {show_utc(self.utc, now)} UTC"
        day = _DAYS[self.utc.weekday()]
        return f"{day} {show_utc(self.utc, now)} UTC, {gap_words(now - self.utc)} ago"

    def both(self, now: datetime) -> str:
        """`20 Nov 13:10 UTC (14:10 Europe/Berlin)`."""
        if self.zone.key == "UTC":
            return f"{show_utc(self.utc, now)} UTC"
        return f"{show_utc(self.utc, now)} UTC ({show_zone(self.utc, self.zone, now, beside_utc=True)})"


def is_relative(text: str) -> bool:
    """Whether a time counts from when it was typed: `2h ago`, `yesterday 14:00`, `14:10`; `latest` does not."""
    typed = " ".join(text.split())
    words, _, last = typed.rpartition(" ")
    if not words or "/" not in last:
        words = typed
    return any(pattern.fullmatch(words) is not None for pattern in (_SPAN, _DAY))


def parse_moment(text: str, zone: ZoneInfo, now: datetime, asked: datetime | None = None) -> Moment:
    """Reads a moment as a person writes it.

    Args:
        text: ISO 8601, `2h ago` or `-2h`, `yesterday 14:00`, `14:10` (today), `latest`; with an offset or the name
            of a zone at its end, or without, then in `zone`.
        zone: Counts for what names no zone itself.
        now: The service's time (UTC).
        asked: When it was typed, from which a relative one counts; now where it is not given.

    Raises:
        UsageError: It is no moment, lies in the future or before everything that can still exist, or names an hour
            that a clock change leaves out or doubles.
    """
    typed = " ".join(text.split())
    if not typed:
        raise UsageError("No time is given.", field=FIELD, way_out=_EXAMPLES)
    if typed.lower() in ("latest", "now"):
        return Moment(now, zone, typed, latest=True)
    words, zone = _take_zone(typed, zone)
    since = asked or now
    utc = _span_ago(words, since) or _written(words, typed, zone, since)
    if utc > now:
        raise UsageError(
            f"{show_utc(utc, now)} UTC is in the future, by {gap_words(utc - now)}.",
            field=FIELD,
            value=typed,
            way_out=_past_instead(words, typed),
        )
    if utc < now - KEPT_FOR:
        raise UsageError(
            f"{show_utc(utc, now)} UTC is more than a year ago; points are kept for a year.",
            field=FIELD,
            value=typed,
            certain="Nothing older can exist.",
            way_out=f"The oldest possible time is {show_utc(now - KEPT_FOR, now)} UTC.",
        )
    return Moment(utc, zone, typed)


def write_moment(moment: datetime) -> str:
    """A moment as a person could type it, to the second above, in UTC: `2026-11-20 13:10:00Z`."""
    if moment.microsecond:
        moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def parse_span(text: str, field: str) -> timedelta:
    """Reads a length of time such as `1h`, `90 min` or `1d 2h`.

    Raises:
        UsageError: It is no length of time, or none at all.
    """
    words = text.strip()
    if not re.fullmatch(rf"(?:{_SPAN_PART}\s*)+", words, re.IGNORECASE) or not (span := _sum(words)):
        raise UsageError(
            f"{words[:40]!r} is not a length of time.", field=field, value=words, way_out="Write 6h, 90 min or 1d 2h."
        )
    return span


def gap_words(gap: timedelta) -> str:
    """`50 min`, `14 h 02 min`, `2 d 1 h 22 min`; from two weeks on days alone with hours, `21 d 3 h`."""
    minutes = int(abs(gap).total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest:02} min"
    days, hours = divmod(hours, 24)
    return f"{days:,} d {hours} h" if days >= 14 else f"{days} d {hours} h {rest:02} min"


def show_utc(moment: datetime, now: datetime) -> str:
    """`20 Nov 12:20`; with its year when it is more than six months from `now`."""
    return _show(moment.astimezone(UTC), now)


def show_zone(moment: datetime, zone: ZoneInfo, now: datetime, *, beside_utc: bool = False) -> str:
    """`20 Nov 13:20 Europe/Berlin`.

    Args:
        moment: Any moment with a zone.
        zone: To show it in.
        now: For the year, as in `show_utc`.
        beside_utc: It stands beside the same moment in UTC: the day is left out where it is the same.
    """
    local = _local(moment, zone)
    if local is None:
        return f"{show_utc(moment, now)} UTC"
    if beside_utc and local.date() == moment.astimezone(UTC).date():
        return f"{local:%H:%M} {zone.key}"
    return f"{_show(local, now)} {zone.key}"


def show_range(moments: Sequence[datetime], now: datetime) -> str:
    """`20 Nov 12:20 to 13:00 UTC`: one moment, or the oldest to the newest; empty for none."""
    if not moments:
        return ""
    oldest, newest = (end.astimezone(UTC) for end in (min(moments), max(moments)))
    return f"{_range(oldest, newest, now)} UTC"


def show_zone_range(moments: Sequence[datetime], zone: ZoneInfo, now: datetime) -> str:
    """`13:20 to 14:00 Europe/Berlin`: the same moments beside their UTC line; days only where they differ from it."""
    if not moments:
        return ""
    ends = [(end.astimezone(UTC), _local(end, zone)) for end in (min(moments), max(moments))]
    (utc_old, oldest), (utc_new, newest) = ends
    if oldest is None or newest is None:
        return show_range(moments, now)
    if utc_old.date() == oldest.date() == newest.date() == utc_new.date():
        words = f"{oldest:%H:%M}" if _minute(oldest) == _minute(newest) else f"{oldest:%H:%M} to {newest:%H:%M}"
        return f"{words} {zone.key}"
    return f"{_range(oldest, newest, now)} {zone.key}"


def is_weekly(service: Service, point: datetime, now: datetime) -> bool:
    """Whether points of that age are a week apart (OneDrive and SharePoint, older than 14 days)."""
    return service is not Service.EXCHANGE and now - point > FINE_FOR


def _show(moment: datetime, now: datetime) -> str:
    far = abs(moment.astimezone(UTC) - now) > timedelta(days=183)
    year = f" {moment.year}" if far else ""
    return f"{moment.day} {_MONTHS[moment.month - 1]}{year} {moment:%H:%M}"


def _range(oldest: datetime, newest: datetime, now: datetime) -> str:
    if _minute(oldest) == _minute(newest):
        return _show(oldest, now)
    end = f"{newest:%H:%M}" if oldest.date() == newest.date() else _show(newest, now)
    return f"{_show(oldest, now)} to {end}"


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _local(moment: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        return None  # year 1 and 9999 of the service have no local time in half of the zones


def _take_zone(typed: str, zone: ZoneInfo) -> tuple[str, ZoneInfo]:
    words, _, last = typed.rpartition(" ")
    if words and "/" in last:
        return words, named_zone(last, FIELD)
    return typed, zone


def _sum(words: str) -> timedelta:
    return timedelta(
        minutes=sum(int(count) * _UNITS[unit[0].lower()] for count, unit in re.findall(_SPAN_PART, words, re.I))
    )


def _span_ago(words: str, now: datetime) -> datetime | None:
    match = _SPAN.fullmatch(words)
    if match is None:
        return None
    try:
        return now - _sum(words)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _written(words: str, typed: str, zone: ZoneInfo, now: datetime) -> datetime:
    try:
        if match := _ISO.fullmatch(words):
            year, month, day, hour, minute, second, offset = match.groups()
            wall = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        elif match := _DAY.fullmatch(words):
            which, hour, minute, second, offset = match.groups()
            base = _today(zone, offset, now) - timedelta(days=1 if (which or "").lower() == "yesterday" else 0)
            wall = datetime.combine(base, time(int(hour), int(minute), int(second or 0)))
        else:
            raise UsageError(f"{typed[:40]!r} is not a time.", field=FIELD, value=typed, way_out=_EXAMPLES)
        return wall.replace(tzinfo=UTC) - _offset(offset) if offset else _in_zone(wall, typed, zone, now)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{typed[:40]!r} names a day or hour that does not exist.", field=FIELD, value=typed, way_out=_EXAMPLES
        ) from error


def _today(zone: ZoneInfo, offset: str | None, now: datetime) -> date:
    return (now + _offset(offset)).date() if offset else now.astimezone(zone).date()


def _offset(words: str) -> timedelta:
    if words.upper() in ("Z", "UTC", "GMT"):
        return timedelta()
    digits = words[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        raise ValueError("no such offset")
    return timedelta(hours=hours, minutes=minutes) * (-1 if words[0] == "-" else 1)


def _in_zone(wall: datetime, typed: str, zone: ZoneInfo, now: datetime) -> datetime:
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
    if not exists:
        jump = second.astimezone(UTC).astimezone(zone)
        after = first.astimezone(UTC).astimezone(zone)
        raise UsageError(
            f"{wall:%H:%M} did not exist in {zone.key} on {wall.day} {_MONTHS[wall.month - 1]}: "
            "the clocks went forward.",
            field=FIELD,
            value=typed,
            way_out=f"Write {jump:%H:%M} or {after:%H:%M}, or a time in UTC.",
        )
    early, late = (f"{wall:%Y-%m-%d %H:%M}{_offset_words(end)}" for end in (first, second))
    raise UsageError(
        f"{wall:%H:%M} happened twice in {zone.key} on {wall.day} {_MONTHS[wall.month - 1]}: the clocks went back.",
        field=FIELD,
        value=typed,
        way_out=f"Write {early} for the first or {late} for the second.",
    )


def _offset_words(moment: datetime) -> str:
    words = f"{moment:%z}"
    return f"{words[:3]}:{words[3:5]}"


def _past_instead(words: str, typed: str) -> str:
    if re.fullmatch(_CLOCK, words):
        return f"Write yesterday {typed} for the day before, or latest for the newest points."
    return "Write latest for the newest points."
