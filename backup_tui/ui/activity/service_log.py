"""Texts of the service's own log on screen 5: its columns, its cells, the lines about an entry. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from backup_tui.models.activity_logs import ActivityLog
from backup_tui.models.as_sent import as_sent
from backup_tui.models.statuses import LOG_RESULTS, log_result
from backup_tui.models.text import safe
from backup_tui.protection.activity_log import ID_FACTS, entry_facts, entry_words, newest_first
from backup_tui.store.filters import (
    Language,
    Term,
    age_matches,
    parse_filter,
    service_matches,
    status_matches,
    text_matches,
)
from backup_tui.ui.vocabulary.names import marked_word, person_short
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words

LOG_COLUMNS = (
    Column("time", "Time", 8),
    Column("what", "What", 36, grow=1, least=20, always=True),
    Column("result", "Result", 11, always=True),
    Column("by", "By", 8, least=8, drop=1),
)


LOG_LANGUAGE = Language(("status", "service", "by", "when"), LOG_RESULTS)


def log_keys(entries: Mapping[str, ActivityLog], filter_text: str, now: datetime) -> list[str]:
    """Ids of the entries that a filter leaves, newest first; see `LOG_LANGUAGE`."""
    wanted, has = parse_filter(filter_text, LOG_LANGUAGE), partial(_has, now=now)
    return [entry.id for entry in newest_first(entries.values()) if wanted.keeps(entry, has)]


def _has(entry: ActivityLog, term: Term, now: datetime) -> bool:
    match term.field:
        case "status":
            return status_matches(log_result(entry.result_status), term.text)
        case "by":
            return text_matches((entry.performed_by,), term.text)
        case "service":
            return service_matches(entry.of_service, term.text)
        case "when":
            return age_matches(entry.event_date_time, term, now)
    facts = (value for _label, value in entry_facts(entry))
    return text_matches((entry_words(entry), entry.performed_by, entry.id, *facts), term.text)


def log_cells(entry: ActivityLog, zone: ZoneInfo, now: datetime) -> tuple[Cell, ...]:
    """Time, what, result, and who, of one entry."""
    result = log_result(entry.result_status)
    at = entry.event_date_time
    return (
        Cell(clock_words(at, zone, now, seconds=True) if at else "-"),
        Cell(entry_words(entry)),
        Cell(marked_word(result), result.tone.value),
        Cell(person_short(entry.performed_by or "") or "-"),
    )


def log_lines(entry: ActivityLog) -> list[Section | str]:
    """The lines about one entry, the most telling first."""
    at = entry.event_date_time
    when = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "time not given"
    facts = entry_facts(entry)
    ids = [f"{label} {value}" for label, value in facts if label in ID_FACTS]
    others = "; ".join(f"{label.lower()}: {value}" for label, value in facts if label not in ID_FACTS)
    return [
        Section(entry_words(entry), right=when),
        f"By {entry.performed_by or 'somebody whom the log does not name'}, as the service wrote it down.",
        *([f"{others[0].upper()}{others[1:]}"] if others else []),
        *ids,
        f"Entry {safe(entry.id)}",
    ]


def log_text(entry: ActivityLog) -> list[str]:
    """All of an entry: for the pager and for copying."""
    first, *rest = log_lines(entry)
    title = first.text if isinstance(first, Section) else first
    said = [line.text if isinstance(line, Section) else line for line in rest]
    return [title, *said, "", "As the service sent it:", *as_sent(json.dumps(entry.raw()))]
