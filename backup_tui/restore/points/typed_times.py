"""Reads times as people type them, and every form in which this program prints one: which moment a text names, in which
zone. Whether such a moment can be restored is decided in `moments.py`."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from backup_tui.config import named_zone, offset_words, read_offset
from backup_tui.errors import UsageError
from backup_tui.models.text import safe

FIELD = "Point"
EXAMPLES = "Examples: 2h, yesterday 14:00, 20 Nov 14:10, latest."
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_UNITS = {"w": 10_080, "d": 1440, "h": 60, "m": 1}
# Patterns are compiled when a time is first read: fifteen of them took 5 ms of every start.
_SPAN_PART = r"(\d{1,6})\s*(w|weeks?|d|days?|h|hours?|hrs?|m|mins?|minutes?)(?![a-z])[\s,]*"
_AGO = rf"(?i)(?:-\s*)?((?:{_SPAN_PART})+)(?:ago)?"

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)\b\.?"
)
_DAY_OF_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:\s+(?P<year>\d{4}))?"
_CLOCK = (
    r"(?:(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"|(?P<hour12>\d{1,2})\s*(?P<half12>[ap])\.?m\b\.?|(?P<word>noon|midnight))"
)
_AFTER_A_DAY = rf"(?:{_CLOCK}|(?P<bare>\d{{1,2}}))"
_ZONE = r"(?:\s*(?P<zone>[a-z/+<(\-\u2212].*))?"
_DATES = (
    rf"(?:{_WEEKDAY}\s+)?{_DAY_OF_MONTH}\s*{_MONTH}{_YEAR}",
    rf"(?:{_WEEKDAY}\s+)?{_MONTH}\s*{_DAY_OF_MONTH}{_YEAR}",
)
_FORMS = tuple(
    f"(?ia){form}{_ZONE}"
    for form in (
        r"(?P<year>\d{4})-?(?P<number>\d{2})-?(?P<day>\d{2})[T-](?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?",
        rf"(?P<year>\d{{4}})([-/.])(?P<number>\d{{1,2}})\2(?P<day>\d{{1,2}})(?:(?:\s*T\s*|\s){_AFTER_A_DAY})?",
        *(rf"{form}(?:\s+{_CLOCK})?" for form in _DATES),
        rf"(?P<near>today|yesterday)\s+{_AFTER_A_DAY}",
        r"(?P<near>yesterday)",
        rf"{_WEEKDAY}(?:\s+{_AFTER_A_DAY})?",
        _CLOCK,
    )
)
_CLOCK_FIRST = rf"(?ia)({_CLOCK})\s+(.+)"
_DAY_NAMED = rf"(?ia)today|yesterday|{_WEEKDAY}|{_DATES[0]}|{_DATES[1]}"
_NUMBERS = r"(?a)((\d{1,2})([./-])(\d{1,2})(?:\3(\d{4}|\d{2}))?)(?: +(.*))?"
_LIKE_A_ZONE = r"(?i)[a-z]{1,5}|.*[/+,].*|.* time|[-\u2212]\d.*|(?:utc|gmt).*"


def is_latest(text: str) -> bool:
    """Whether a text asks for the newest points, whatever their time: `latest`, `now`."""
    words = _tidy(text).lower()
    return words in ("latest", "newest", "now", "just now") or words.startswith("the newest point")


def counts_from_now(text: str) -> bool:
    """Whether the moment that a text names depends on when it is said: everything but a date with its year."""
    words = _tidy(text)
    if re.fullmatch(_AGO, words):
        return True
    numbers = re.fullmatch(_NUMBERS, words)
    if numbers is not None:
        return numbers[5] is None and numbers[3] == "/"
    found = _match(words)
    return found is not None and found.get("year") is None


def read_time(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, ZoneInfo]:
    """The moment that a text names. `now`: when it was said (UTC). Returns the moment in UTC, and the zone that was
    meant: the one that the text names, else `zone`. Raises `UsageError`: it isn't a time, could be two, or names an
    hour that a clock change leaves out or doubles."""
    words = _tidy(text)
    try:
        if (ago := re.fullmatch(_AGO, words)) is not None:
            return _before(now, sum_of_parts(ago[1])), zone
        if (numbers := re.fullmatch(_NUMBERS, words)) is not None:
            words = _in_words(numbers, text, now.astimezone(zone).date())
        found = _match(words)
        if found is None:
            raise _no_time(text)
        ahead = read_offset(found["zone"] or "")
        if ahead is None and found["zone"]:
            zone = named_zone(found["zone"], FIELD)
        where = zone if ahead is None else timezone(ahead)
        wall = _wall(found, now.astimezone(where).replace(tzinfo=None))
        _check_weekday(found, wall, text)
        return _in_zone(wall, text, where), zone
    except UsageError as error:
        error.value = text
        raise
    except (ValueError, OverflowError) as error:
        raise refused(f"{_quoted(text)} has a day or an hour that does not exist.", text, EXAMPLES) from error


def sum_of_parts(words: str) -> timedelta | None:
    """The length of `6h`, `90 min` or `1d 2h`; `None` when it is not written like one."""
    end, minutes = 0, 0
    for part in re.finditer(_SPAN_PART, words, re.IGNORECASE):
        if part.start() != end:
            return None
        end, minutes = part.end(), minutes + int(part[1]) * _UNITS[part[2][0].lower()]
    return timedelta(minutes=min(minutes, 10**9)) if end and end == len(words) else None


def refused(what: str, text: str, hint: str, certainty: str = "") -> UsageError:
    """The error for a time that cannot be used. `what`: the reason, as a sentence. `text`: what was typed."""
    return UsageError(what, field=FIELD, value=text, certainty=certainty, hint=hint)


def _tidy(text: str) -> str:
    """A text without what people and this program put around a time: `= Fri 20 Nov 13:10 UTC, 2 h 10 min ago.`"""
    words = " ".join(text.split()).strip("=,. ")
    words = re.sub(r"^(.*:\d\d.*?), [^,]*\bago$", r"\1", words, flags=re.IGNORECASE)
    words = re.sub(r"^(.*:\d\d.*?) ?\([^()]*:\d\d[^()]*\)$", r"\1", words)
    words = re.sub(r"\b(?:at|on|and) |,(?= )", "", words, flags=re.IGNORECASE)
    words = re.sub(r"^an? (?=[a-z])", "1 ", words, flags=re.IGNORECASE)
    words = re.sub(r"^under 1 min ago$", "0 min ago", words, flags=re.IGNORECASE)
    words = re.sub(r"(?<=\d)( ?h) ?(\d{2})(?= ago$|$)", r"\1 \2 m", words, flags=re.IGNORECASE)
    first = re.fullmatch(_CLOCK_FIRST, words)
    return (
        f"{first[first.lastindex or 0]} {first[1]}"
        if first and re.fullmatch(_day_alone(), words[first.end(1) + 1 :])
        else words
    )


@cache
def _day_alone() -> str:
    """A day without a clock; its groups need no names, which would come twice."""
    return re.sub(r"\?P<\w+>", "?:", _DAY_NAMED)


def _match(words: str) -> dict[str, str | None] | None:
    for form in _FORMS:
        found = re.fullmatch(form, words)
        if found is not None and (found["zone"] is None or re.fullmatch(_LIKE_A_ZONE, found["zone"])):
            return found.groupdict()
    return None


def _before(now: datetime, span: timedelta | None) -> datetime:
    try:
        return now - (span or timedelta())
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _in_words(numbers: re.Match[str], text: str, today: date) -> str:
    written, first, sign, second, year, rest = numbers.groups()
    if year is None and sign != "/":
        raise _no_time(text)  # 9.30 may be an hour
    full = int(year) if year and len(year) == 4 else 2000 + int(year) if year else today.year
    readings = dict.fromkeys(
        date(full, month, day)
        for day, month in ((int(first), int(second)), (int(second), int(first)))
        if 1 <= month <= 12 and _exists(full, month, day)
    )
    if not readings:
        raise ValueError("no such day")
    past = [day for day in readings if day <= today]
    meant = (past or list(readings))[-1]
    spelled = f"{meant.day} {MONTHS[meant.month - 1]}" + (f" {full}" if year else "")
    with_clock = f"{spelled} {rest}" if rest else spelled
    if len(readings) > 1:
        either = " or ".join(f"{day.day} {MONTHS[day.month - 1]}" for day in readings)
        raise refused(f"{written} could be {either}.", text, f"Write {safe(with_clock, 60)}.")
    if year and len(year) == 2:
        raise refused(f"{_quoted(text)} isn't a time.", text, f"Write {safe(with_clock, 60)}.")
    return with_clock


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _wall(found: dict[str, str | None], here: datetime) -> datetime:
    """What the clock on the wall showed at that moment. Raises `ValueError`: there is no such day or hour."""
    clock = _clock(found)
    day = found.get("day")
    if day is not None:
        on = _dated(found, int(day), here.date())
    elif (near := found.get("near")) is not None:
        on = here.date() - timedelta(days=near.lower() == "yesterday")
        clock = here.time() if clock is None else clock
    elif (weekday := found.get("weekday")) is not None:
        back = (here.weekday() - _index(weekday, DAYS)) % 7
        on = here.date() - timedelta(days=7 if back == 0 and clock is not None and clock > here.time() else back)
    else:
        on = here.date() - timedelta(days=clock is not None and clock > here.time())
    return datetime.combine(on, clock or time())


def _dated(found: dict[str, str | None], day: int, today: date) -> date:
    month = int(found.get("number") or 0) or _index(found.get("month") or "", MONTHS) + 1
    if (year := found.get("year")) is not None:
        return date(int(year), month, day)
    date(2024, month, day)  # a leap year: refuses 30 Feb before a year is looked for that has it
    return next(
        date(year, month, day)
        for year in range(today.year, today.year - 9, -1)
        if _exists(year, month, day) and date(year, month, day) <= today
    )


def _clock(found: dict[str, str | None]) -> time | None:
    if (word := found.get("word")) is not None:
        return time(12 if word.lower() == "noon" else 0)
    hour = found.get("hour") or found.get("hour12") or found.get("bare")
    if hour is None:
        return None
    half = found.get("half") or found.get("half12")
    if half is not None and not 1 <= int(hour) <= 12:
        raise ValueError("no such hour")
    of_day = int(hour) if half is None else int(hour) % 12 + (12 if half.lower() == "p" else 0)
    return time(of_day, int(found.get("minute") or 0), int(found.get("second") or 0))


def _index(word: str, names: tuple[str, ...]) -> int:
    return names.index(word[:3].capitalize())


def _check_weekday(found: dict[str, str | None], wall: datetime, text: str) -> None:
    weekday = found.get("weekday")
    if weekday is None or found.get("day") is None or _index(weekday, DAYS) == wall.weekday():
        return
    day = f"{wall.day} {MONTHS[wall.month - 1]}"
    raise refused(
        f"{day} {wall.year} is a {wall:%A}, not a {wall + timedelta(days=_index(weekday, DAYS) - wall.weekday()):%A}.",
        text,
        f"Write {DAYS[wall.weekday()]} {day}, or the day you mean.",
    )


def _in_zone(wall: datetime, text: str, zone: tzinfo) -> datetime:
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    early, late = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if early == late:
        return first.astimezone(UTC)
    there = f"on {wall.day} {MONTHS[wall.month - 1]} in {zone}"
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall:
        raise refused(
            f"{wall:%H:%M} happened twice {there}.", text, f"Add {offset_words(early)} or {offset_words(late)}."
        )
    before, after = (end.astimezone(UTC).astimezone(zone) for end in (second, first))
    raise refused(
        f"{wall:%H:%M} did not exist {there}.", text, f"Write {before:%H:%M} or {after:%H:%M}, or a time in UTC."
    )


def _no_time(text: str) -> UsageError:
    return refused(f"{_quoted(text)} isn't a time.", text, EXAMPLES)


def _quoted(text: str) -> str:
    return f'"{safe(" ".join(text.split()), 40)}"'
