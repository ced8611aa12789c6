"""Offsets and POSIX rules as time zones: `UTC+2`, `+0530`, `CET-1CEST,M3.5.0,M10.5.0/3`.

Two worlds write the same sign the other way round. People mean two hours ahead of UTC with `UTC+2`; in the variable
`TZ` the same text is a POSIX rule, two hours behind it. So a zone made here is named in people's way, always.
"""

import re
import struct
from datetime import datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_OFFSET = r"(?i:UTC|GMT|UT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?"
_NAMES_OF_UTC = ("z", "utc", "gmt", "ut", "utc0", "gmt0", "etc/utc", "etc/uct", "uct", "universal", "zulu")
_LAST, _FIRST = timedelta(hours=14), timedelta(hours=-12)

_NAME = r"(?:[A-Za-z]{3,9}|<[A-Za-z0-9+-]{1,9}>)"
_BEHIND = r"[+-]?\d{1,2}(?::\d{2}(?::\d{2})?)?"
_RULE = rf"(?a){_NAME}({_BEHIND})(?:({_NAME})(?:{_BEHIND})?(,\S+,\S+)?)?"


def read_offset(text: str) -> timedelta | None:
    """What a person means by an offset, ahead of UTC: `Z`, `UTC+2`, `GMT-3:30`, `+01`, `+0530`; `None` for none. Raises
    `ValueError`: it is one that no place on earth has."""
    asked = text.strip().replace("\N{MINUS SIGN}", "-")
    if asked.lower() in _NAMES_OF_UTC:
        return timedelta()
    match = re.fullmatch(_OFFSET, asked)
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if not _FIRST <= ahead <= _LAST or int(minutes or 0) > 59:
        raise ValueError(f"no place uses the offset {text}")
    return ahead


def offset_words(ahead: timedelta) -> str:
    """`+02`, `+05:30`, `-03`: an offset as short as it is clear."""
    hours, minutes = divmod(abs(int(ahead.total_seconds())) // 60, 60)
    return f"{'-' if ahead < timedelta() else '+'}{hours:02}" + (f":{minutes:02}" if minutes else "")


def fixed_zone(ahead: timedelta) -> "ZoneInfo":
    """The zone that is always so far ahead of UTC, named `UTC+2` or `UTC+5:30`."""
    from zoneinfo import ZoneInfo

    if not ahead:
        return ZoneInfo("UTC")
    hours, minutes = divmod(abs(int(ahead.total_seconds())) // 60, 60)
    written = f"{hours}" + (f":{minutes:02}" if minutes else "")
    sign, behind = ("-", "") if ahead < timedelta() else ("+", "-")
    return _zone_of(f"<{offset_words(ahead).replace(':', '')}>{behind}{written}", f"UTC{sign}{written}")


def rule_zone(rule: str, *, in_variable: bool = False) -> "ZoneInfo | None":
    """The zone of a POSIX rule, `CET-1CEST,M3.5.0,M10.5.0/3`, whose own text is the zone's name.

    In the variable `TZ` a rule without summer time (`EST5`, `UTC-2`) counts as one too. `None` for what is not a rule,
    or does not say when its summer time begins.
    """
    match = re.fullmatch(_RULE, rule) if any(map(str.isdigit, rule)) else None  # else not even compiled
    if match is None:
        return None
    standard, summer, changes = match.groups()
    if summer is None:
        return _behind(standard) if in_variable else None
    if changes is None:
        return None
    try:
        return _zone_of(rule, rule)
    except ValueError:
        return None  # written like a rule, with a day or hour that does not exist


def _behind(standard: str) -> "ZoneInfo | None":
    hours, _, rest = standard.lstrip("+-").partition(":")
    behind = timedelta(hours=int(hours), minutes=int(rest[:2] or 0))
    ahead = behind if standard.startswith("-") else -behind
    return fixed_zone(ahead) if _FIRST <= ahead <= _LAST else None


@lru_cache(maxsize=64)
def _zone_of(rule: str, name: str) -> "ZoneInfo":
    """A zone of one rule, made as the file that the tz database would have for it."""
    from zoneinfo import ZoneInfo

    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    header = b"TZif2" + bytes(15) + counts
    one_type = struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    file = BytesIO(header + one_type + header + one_type + b"\n" + rule.encode("ascii") + b"\n")
    zone = ZoneInfo.from_file(file, key=name)
    for month in (1, 7):
        datetime(2026, month, 1, tzinfo=zone).utcoffset()  # a rule that cannot be followed is refused now, not later
    return zone
