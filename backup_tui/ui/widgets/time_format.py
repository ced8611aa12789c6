"""Times and durations as lists show them: absolute times in the displayed zone, as short as is still clear."""

from datetime import datetime, timedelta, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """`20 Nov` in the year of `now`; else with its year, `28 Nov 2025`."""
    local = moment.astimezone(zone)
    year = f" {local.year}" if local.year != now.astimezone(zone).year else ""
    return f"{local.day} {_MONTHS[local.month - 1]}{year}"


def clock_words(moment: datetime, zone: tzinfo, now: datetime, *, seconds: bool = False) -> str:
    """`04:02` for today, `20 Nov 04:02` for another day. `moment`: any moment with a zone. `seconds`: shows today's
    seconds too (`04:02:40`)."""
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{day_words(moment, zone, now)} {local:%H:%M}"


def short_words(moment: datetime | None, zone: tzinfo, now: datetime) -> str:
    """`04:02` for today, `20 Nov` for another day, `20 Nov 2025` for another year; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else day_words(moment, zone, now)


def age_words(span: timedelta) -> str:
    """`now`, `12 min`, `4 h`, `3 d`: one figure, rounded down; never negative."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // 1440:,} d"


def ago_words(span: timedelta) -> str:
    """`just now`, `12 min ago`, `3 d ago`."""
    words = age_words(span)
    return "just now" if words == "now" else f"{words} ago"
