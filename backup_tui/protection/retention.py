"""How often a policy makes points and how long they are kept, in words.

https://learn.microsoft.com/graph/api/resources/retentionsetting: ISO 8601 repeating intervals (`R/PT10M`) and
durations (`P2W`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backup_tui.models.policies import RetentionSetting
from backup_tui.models.text import counted

_SPAN = re.compile(r"(?:R\d*/)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def span_of(text: str) -> str:
    """`10 minutes` for `R/PT10M`; any other text stays as the service wrote it."""
    match = _SPAN.fullmatch(text.strip().upper())
    if match is None:
        return text
    parts = [counted(int(count), unit) for count, unit in zip(match.groups(), _UNITS, strict=True) if count]
    return " ".join(parts) or text


def retention_words(settings: Sequence[RetentionSetting]) -> str:
    """`every 10 minutes for 2 weeks, then every week for 1 year`; empty when the service states nothing."""
    rules: list[str] = []
    for setting in settings:
        interval, period = span_of(setting.interval or ""), span_of(setting.period or "")
        every = f"every {interval.removeprefix('1 ')}" if interval else "at times not reported by the service"
        rules.append(f"{every} for {period}" if period else every)
    return ", then ".join(rules)
