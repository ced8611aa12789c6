"""The moment that a restore goes back to: reads what a person types, and writes moments and spans in words.

A moment is typed in a named zone and always shown beside UTC. An hour that a clock change skips is refused, one that it
repeats needs the offset: a restore an hour off is a wrong restore."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.models.text import safe
from backup_tui.models.times import span_words
from backup_tui.restore.points.typed_times import (
    DAYS,
    EXAMPLES,
    MONTHS,
    counts_from_now,
    is_latest,
    read_time,
    refused,
    sum_of_parts,
)

KEPT_FOR = timedelta(days=366)  # how long points are kept, and so how far back one can be looked for

FINE_FOR = timedelta(days=14)
"""Age up to which OneDrive and SharePoint have a point every 10 minutes; before that there is one a week."""


class Moment(Struct, frozen=True):
    """A moment that somebody asked for. `latest`: the newest point whatever its time; `utc` is the time of asking
    then."""

    utc: datetime
    zone: ZoneInfo
    text: str
    latest: bool = False

    def echo(self, now: datetime) -> str:
        """`Fri 20 Nov 13:10 UTC, 2 d 1 h 22 min ago`, for the line under the field."""
        if self.latest:
            return f"the newest point of each, as of {show_utc(self.utc, now)} UTC"
        day = DAYS[self.utc.weekday()]
        return f"{day} {show_utc(self.utc, now)} UTC, {span_words(now - self.utc)} ago"

    def both(self, now: datetime) -> str:
        if self.zone.key == "UTC":
            return f"{show_utc(self.utc, now)} UTC"
        return f"{show_utc(self.utc, now)} UTC ({show_zone(self.utc, self.zone, now, beside_utc=True)})"


def is_relative(text: str) -> bool:
    """Whether a time counts from when it was typed: `2h`, `yesterday 14:00`, `14:10`, `20 Nov`; `latest` does not."""
    return not is_latest(text) and counts_from_now(text)


def parse_moment(
    text: str, zone: ZoneInfo, now: datetime, asked: datetime | None = None, *, doubt: timedelta = timedelta()
) -> Moment:
    """Reads a moment as a person says it. `now`: the service's time (UTC). Raises `UsageError`: it is none, lies in the
    future or before all points, or names an hour that a clock change leaves out or doubles."""
    typed = " ".join(text.split())
    if not typed:
        raise refused("A time is missing.", typed, EXAMPLES)
    if is_latest(typed):
        return Moment(now, zone, typed, latest=True)
    utc, zone = read_time(typed, zone, asked or now)
    if utc > now + doubt:
        gap = span_words(_minute(utc) - _minute(now))
        length = gap.removesuffix(" min") if " h " in gap else gap
        there = "" if _same_day(utc, zone) else f" ({show_zone(utc, zone, now)})"
        hint = "Write latest for the newest points."
        raise refused(f"{show_utc(utc, now)} UTC{there} is in the future by {length}.", typed, hint)
    if utc < now - KEPT_FOR - doubt:
        oldest = f"The oldest possible time is {show_utc(now - KEPT_FOR, now)} UTC."
        raise refused("Older than 366 days.", typed, oldest, certainty="Nothing older can exist.")
    return Moment(utc, zone, typed)


def write_moment(moment: datetime) -> str:
    """A moment as a person could type it, to the second above, in UTC: `2026-11-20 13:10:00Z`."""
    if moment.microsecond:
        moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def parse_span(text: str, field: str) -> timedelta:
    """Reads a length of time such as `1h`, `90 min` or `1d 2h`. Raises `UsageError`: it is none."""
    words = text.strip()
    if not (span := sum_of_parts(words)):
        raise UsageError(
            f'"{safe(words, 40)}" isn\'t a length of time.', field=field, value=words, hint="Write 6h, 90 min or 1d 2h."
        )
    return span


def parse_ahead(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Reads a time that lies ahead: `7d` and `in 2 weeks` from now, or a date with its year. `now`: the service's time
    (UTC). Raises `UsageError`: it is none. A time that has passed is given as it is."""
    typed = " ".join(text.split())
    span = sum_of_parts(typed.lower().removeprefix("in "))
    if span is not None:
        return now + span
    if is_latest(typed) or counts_from_now(typed):
        raise refused(f'"{safe(typed, 40)}" may mean a time that has passed.', typed, _AHEAD)
    try:
        return read_time(typed, zone, now)[0]
    except UsageError as error:
        error.hint = _AHEAD
        raise


_AHEAD = "Write a span from now, such as 7d, or a date with its year, such as 2026-12-20 14:00."


def show_utc(moment: datetime, now: datetime) -> str:
    """`20 Nov 12:20`; with its year when that is not the year of `now`."""
    return _show(moment.astimezone(UTC), now)


def show_zone(moment: datetime, zone: ZoneInfo, now: datetime, *, beside_utc: bool = False) -> str:
    """`20 Nov 13:20 Europe/Berlin`. `beside_utc`: a day that is the same in UTC is left out."""
    local = _local(moment, zone)
    if local is None:
        return f"{show_utc(moment, now)} UTC"
    if beside_utc and _same_day(moment, zone):
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
    year = f" {moment.year}" if moment.year != now.astimezone(moment.tzinfo).year else ""
    return f"{moment.day} {MONTHS[moment.month - 1]}{year} {moment:%H:%M}"


def _range(oldest: datetime, newest: datetime, now: datetime) -> str:
    if _minute(oldest) == _minute(newest):
        return _show(oldest, now)
    end = f"{newest:%H:%M}" if oldest.date() == newest.date() else _show(newest, now)
    return f"{_show(oldest, now)} to {end}"


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _same_day(moment: datetime, zone: ZoneInfo) -> bool:
    local = _local(moment, zone)
    return local is None or local.date() == moment.astimezone(UTC).date()


def _local(moment: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        return None  # year 1 and 9999 of the service have no local time in half of the zones
