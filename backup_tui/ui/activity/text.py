"""Texts of Activity: cells, the lines about one row, and which entry belongs to which call. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.store.call_log import SeenLine
from backup_tui.store.updates import JournalLine
from backup_tui.store.views import ActivityLine
from backup_tui.ui.vocabulary.changes import (
    call_sentence,
    entry_lines,
    is_unknown,
    seen_lines,
    state_of,
    what_words,
)
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words

_SHARED_PATH = "/solutions/backupRestore"
_LONG_ID = re.compile(r"([0-9A-Fa-f]{8})-[0-9A-Fa-f-]{12,}")
_PANE_WIDTH = 76


def entries_of_calls(
    calls: Iterable[tuple[str, CallRecord | SeenLine]], entries: Iterable[JournalLine]
) -> dict[str, JournalLine]:
    """Which journal entry each change of this run belongs to, by the key of the call.

    One change is under way at a time; its entry is written down before its request leaves, and it names the target: a
    call belongs to the newest entry of its target that is not younger than the call. `calls`: keys and lines of the
    call log. `entries`: the journal's entries."""
    newest_first = sorted(entries, key=lambda one: (one.at, one.id), reverse=True)
    by_request = {entry.client_request_id: entry for entry in newest_first if entry.client_request_id}
    found: dict[str, JournalLine] = {}
    for key, call in calls:
        if isinstance(call, SeenLine) or not call.mutating:
            continue
        entry = by_request.get(call.id) or next((one for one in newest_first if _around(one, call)), None)
        if entry is not None:
            found[key] = entry
    return found


def _around(entry: JournalLine, call: CallRecord) -> bool:
    """Whether a call left while an entry was open, and is about its target."""
    after = entry.answered_at is not None and call.started > entry.answered_at
    return entry.at <= call.started and not after and (entry.target is None or entry.target in call.path)


def activity_cells(line: ActivityLine, entry: JournalLine | None, zone: ZoneInfo, now: datetime) -> tuple[Cell, ...]:
    """Time, what, answer, milliseconds and try of one line. `entry`: the journal entry of a call that is a change."""
    if isinstance(line, SeenLine):
        return _time(line.at, zone, now), Cell(line.what, "dim"), Cell("-"), Cell("-"), Cell("-")
    if isinstance(line, JournalLine):
        word, tone, _sentence = state_of(line)
        return _time(line.at, zone, now), Cell(what_words(line)), Cell(word, tone), Cell("-"), Cell("-")
    return (
        _time(line.started, zone, now),
        Cell(what_words(line)),
        _answer(line, entry),
        Cell("-" if line.milliseconds is None else f"{line.milliseconds:,}"),
        Cell(str(line.try_number)),
    )


def _time(moment: datetime, zone: ZoneInfo, now: datetime) -> Cell:
    return Cell(clock_words(moment, zone, now, seconds=True))


def _answer(call: CallRecord, entry: JournalLine | None) -> Cell:
    if call.outcome is Outcome.UNKNOWN and call.mutating and entry is not None:
        word, tone, _sentence = state_of(entry)
        return Cell(word, tone)
    if call.status is None:
        return Cell("not sent", "warn") if call.outcome is Outcome.NOT_SENT else Cell("? no answer", "bad")
    tone = "" if call.status < 400 else "warn" if call.status == 429 else "bad"
    return Cell(str(call.status), tone)


def about_lines(
    line: ActivityLine, entry: JournalLine | None, zone: ZoneInfo, now: datetime
) -> Sequence[Section | str]:
    """What is said about one row, the most telling first."""
    if isinstance(line, SeenLine):
        return seen_lines(line, zone, now)
    if isinstance(line, JournalLine):
        return entry_lines(line, zone, now)
    lines: list[Section | str] = [
        Section(what_words(line), right=f"by {entry.user}" if entry is not None and entry.user else ""),
        _request_words(line),
        call_sentence(line, zone, now),
    ]
    if line.note:
        lines.append(f"{line.note[0].upper()}{line.note[1:].rstrip('.')}.")
    if entry is not None:
        note = f" {entry.note}" if entry.note and not is_unknown(entry) else ""
        lines.append(f"{state_of(entry)[2]}{note}")
    elif line.code:
        lines.append(f"The service's code: {line.code}")
    return [*lines, f"request-id {line.request_id or 'not received'}", f"client id {line.id}"]


def _request_words(call: CallRecord) -> str:
    """Method and path for one line of a pane: ids shortened, and the part that all paths share where it is long."""
    path = _LONG_ID.sub(r"\1-…", call.path)
    words = f"{call.method} {path}"
    return words if width_of(words) <= _PANE_WIDTH else words.replace(_SHARED_PATH, "…", 1)


def unknown_entry(line: ActivityLine | None, entries: Mapping[str, JournalLine], key: str) -> JournalLine | None:
    """The journal entry behind a row whose outcome is not known; None for every other row."""
    entry = line if isinstance(line, JournalLine) else entries.get(key)
    return entry if is_unknown(entry) else None
