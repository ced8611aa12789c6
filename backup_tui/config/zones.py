"""Time zones by the names that people, Windows and POSIX have for them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from backup_tui.config.nearest import nearest
from backup_tui.config.zone_rules import fixed_zone, read_offset, rule_zone
from backup_tui.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

JUST_UTC = ("UTC", "Etc/UTC", "UCT", "Universal", "Zulu")  # names of UTC, which are all shown as that

_EXAMPLES = "Zones are named like Europe/Berlin or UTC; an offset is written UTC+2."
_ABBREVIATION = r"[A-Za-z]{2,5}"
_OF_SEVERAL = ("EST", "MST")
"""In the tz database, where each has one fixed offset; people have it in several places, some with summer time."""

_WELL_KNOWN = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Halifax", "America/Mexico_City", "Europe/London", "Europe/Dublin", "Europe/Lisbon",
    "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "Asia/Kolkata", "Asia/Jerusalem", "Asia/Shanghai",
    "Asia/Tokyo", "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Perth",
    "Pacific/Auckland", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
)  # fmt: skip
"""Of several places with the same clock, the ones that a person recognizes."""


def named_zone(name: str, field: str = "Zone") -> "ZoneInfo":
    """The time zone that a person names.

    Args:
        name: A name of the tz database in any case (`europe/berlin`), a name of Windows (`W. Europe Standard Time`),
            an offset (`UTC+2`, `+0530`: ahead of UTC), or a POSIX rule with both of its changes.
        field: Where it was given, for the error.

    Raises:
        UsageError: The zone is unknown or ambiguous; names the candidates.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    asked = " ".join(name.split())
    if asked in JUST_UTC:
        return ZoneInfo("UTC")  # its other names would appear beside "UTC" as if they were another zone
    if asked.upper() in _OF_SEVERAL:
        raise _no_zone(asked, field, _way_out_of_short(asked))
    try:
        if asked and asked.isascii() and asked.isprintable():
            return ZoneInfo(asked)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass  # looked up in the other ways below
    try:
        ahead = read_offset(asked)
    except ValueError as error:
        raise _no_zone(asked, field, "Offsets go from UTC-12 to UTC+14.") from error
    if ahead is not None:
        return fixed_zone(ahead)
    known = _known()
    spelled = asked.lower().replace(" ", "_")
    if spelled in known:
        return ZoneInfo(known[spelled])
    if (rule := rule_zone(asked)) is not None:
        return rule
    from backup_tui.config.windows_zones import windows_zone

    of_windows, exact = windows_zone(asked)
    if exact:
        return ZoneInfo(of_windows)
    raise _no_zone(asked, field, f"Did you mean {of_windows}?" if of_windows else _way_out(asked, spelled, known))


def _no_zone(asked: str, field: str, hint: str) -> UsageError:
    several = hint.startswith("Did you mean") and " or " in hint
    what = "is the short name of several zones" if several else "is not a time zone"
    return UsageError(f"{asked[:60]!r} {what}.", field=field, value=asked, hint=hint)


def _way_out(asked: str, spelled: str, known: Mapping[str, str]) -> str:
    by_city: dict[str, list[str]] = {}
    for zone in sorted(known.values()):
        by_city.setdefault(zone.rpartition("/")[2].lower(), []).append(zone)
    if spelled in by_city:
        return f"Did you mean {by_city[spelled][0]}?"
    if re.fullmatch(_ABBREVIATION, asked):
        return _way_out_of_short(asked)
    if "/" in asked:
        city = spelled.rpartition("/")[2]
        meant = by_city.get(city, [""])[0] or known.get(nearest(spelled, known, cutoff=0.8), "")
    else:
        meant = by_city.get(nearest(spelled, by_city, cutoff=0.85), [""])[0] if len(asked) > 4 else ""
    return f"Did you mean {meant}?" if meant else _EXAMPLES


def _way_out_of_short(asked: str) -> str:
    names = list(_zones_by_short_name().get(asked.upper(), {}).values())[:4]
    if not names:
        return _EXAMPLES
    return f"Did you mean {' or '.join([', '.join(names[:-1]), names[-1]] if names[1:] else names)}?"


@cache
def _known() -> Mapping[str, str]:
    """Names of the tz database by their lower case; kept, as finding them walks through its folders."""
    from zoneinfo import available_timezones

    return {zone.lower(): zone for zone in available_timezones()}


@cache
def _zones_by_short_name() -> Mapping[str, Mapping[tuple[object, ...], str]]:
    """Zones that are called so for a part of this year; one of those that keep the same clock."""
    from zoneinfo import ZoneInfo

    found: dict[str, dict[tuple[object, ...], str]] = {}
    year = datetime.now(UTC).year
    days = [datetime(year, month, 1, tzinfo=UTC) for month in (1, 7)]
    for name in (*_WELL_KNOWN, *sorted(zone for zone in _known().values() if "/" in zone)):
        there = [day.astimezone(ZoneInfo(name)) for day in days]
        offsets = tuple(moment.utcoffset() for moment in there)
        for short in {moment.tzname() or "" for moment in there}:
            found.setdefault(short, {}).setdefault(offsets, name)
    return found
