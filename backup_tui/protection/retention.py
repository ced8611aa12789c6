"""How often a policy makes points and how long they are kept, in words.

https://learn.microsoft.com/graph/api/resources/retentionsetting: ISO 8601 repeating intervals (`R/PT10M`) and
durations (`P2W`)."""

import re
from collections.abc import Sequence

from backup_tui.models.policies import RetentionSetting
from backup_tui.models.text import counted

_SPAN = r"(?:R\d*/)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
_UNITS = ("year", "month", "week", "day", "hour", "min", "s")
_EVERY = {"1 year": "yearly", "1 month": "monthly", "1 week": "weekly", "1 day": "daily", "1 hour": "hourly"}


def span_of(text: str) -> str:
    """`10 min` for `R/PT10M`; anything else stays as the service sent it."""
    match = re.fullmatch(_SPAN, text.strip().upper())
    if match is None:
        return text
    parts = [
        f"{int(count):,} {unit}" if unit in ("min", "s") else counted(int(count), unit)
        for count, unit in zip(match.groups(), _UNITS, strict=True)
        if count
    ]
    return " ".join(parts) or text


def retention_words(settings: Sequence[RetentionSetting]) -> str:
    """`every 10 min for 2 weeks, then weekly for a year`; empty when the service reports nothing."""
    rules: list[str] = []
    for setting in settings:
        interval, period = span_of(setting.interval or ""), span_of(setting.period or "")
        every = _EVERY.get(interval, f"every {interval}") if interval else "at times that are not reported"
        rules.append(f"{every} for {period.replace('1 ', 'a ') if period in _EVERY else period}" if period else every)
    return ", then ".join(rules)
