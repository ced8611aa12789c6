"""What Activity says about a call, a change that was seen, and a journal entry. Pure, from the store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backup_tui.models.as_sent import as_sent
from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.store.call_log import ANSWERS_KEPT, SeenLine
from backup_tui.store.updates import JournalLine
from backup_tui.store.views import ActivityLine
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import clock_words

_SHARED_PATH = "/solutions/backupRestore"
_LONG_ID = re.compile(r"([0-9A-Fa-f]{8})-[0-9A-Fa-f-]{12,}")
_PANE_WIDTH = 76

_STATES: dict[str, tuple[str, str, str]] = {
    # state of a journal entry: word for the cell, tone, sentence
    "open": ("under way", "moving", "Sent or about to be; no answer is written down yet."),
    "done": ("done", "good", "Done: the service said so."),
    "rejected": ("refused", "warn", "Refused by the service; nothing was changed."),
    "notsent": ("not sent", "warn", "Not sent; nothing was changed."),
    "unknown": ("? UNKNOWN", "bad", "No answer came. It may have happened. It is not sent again; enter looks."),
    "resolveddone": ("done, seen", "good", "No answer came; seen at the service afterwards: it was done."),
    "resolvednotdone": ("not done", "calm", "No answer came; looked at afterwards: it was not done."),
}


def _plain(word: str) -> str:
    return word.replace("_", "").lower()


def state_of(entry: JournalLine) -> tuple[str, str, str]:
    """Word for a cell, tone, and sentence for the state of a journal entry."""
    return _STATES.get(_plain(entry.state), (entry.state, "warn", f"The journal calls it {entry.state}."))


def is_unknown(entry: JournalLine | None) -> bool:
    """Whether nobody knows what became of the change."""
    return entry is not None and _plain(entry.state) == "unknown"


def is_settled(entry: JournalLine) -> bool:
    """Whether it is known what became of the change."""
    return _plain(entry.state) not in ("open", "unknown")


def is_protection_change(entry: JournalLine) -> bool:
    """Whether the change is one of protection: of a policy, a unit, or who gets mails."""
    return target_noun(entry) != "session"


def target_noun(entry: JournalLine) -> str:
    """What the change is about: `policy`, `unit`, `setting` or `session`."""
    kind = _plain(entry.kind)
    nouns = {"policy": "policy", "unit": "unit", "notifications": "setting"}
    return next((noun for start, noun in nouns.items() if kind.startswith(start)), "session")


def _asks(call: CallRecord) -> str:
    """Which kind of journal entry a change belongs to, as far as its request tells."""
    path = call.path.partition("?")[0].rstrip("/").lower()
    if call.method == "DELETE":
        return "delete"
    if call.method == "PATCH":
        return "notificationsedit" if path.endswith("/emailnotificationssetting") else "edit"
    if path.endswith("/offboard"):
        return "unitoffboard"
    if path.endswith("/canceloffboard"):
        return "unitcanceloffboard"
    if path.endswith("/deactivate"):
        return "policydeactivate"
    if path.endswith("/activate"):
        return "policyactivate" if "/protectionpolicies/" in path else "activate"
    return "create"


def entries_of_calls(
    calls: Iterable[tuple[str, CallRecord | SeenLine]], entries: Iterable[JournalLine]
) -> dict[str, JournalLine]:
    """Which journal entry each change of this run belongs to, by the key of the call.

    An entry is written down before its request leaves, and it names kind and target: a call belongs to the newest
    entry of its kind and target that is not younger than the call.

    Args:
        calls: Keys and lines of the call log.
        entries: The journal's entries.
    """
    by_kind: dict[str, list[JournalLine]] = {}
    for entry in sorted(entries, key=lambda one: (one.at, one.id), reverse=True):
        by_kind.setdefault(_plain(entry.kind), []).append(entry)
    found: dict[str, JournalLine] = {}
    for key, call in calls:
        if isinstance(call, SeenLine) or not call.mutating:
            continue
        for entry in by_kind.get(_asks(call), ()):
            if entry.client_request_id == call.id or (
                entry.at <= call.started
                and (entry.answered_at is None or call.started <= entry.answered_at)
                and (entry.target is None or entry.target in call.path)
            ):
                found[key] = entry
                break
    return found


def what_words(line: ActivityLine) -> str:
    """What was done, in plain words; changes begin with a capital word."""
    if isinstance(line, SeenLine):
        return line.what
    if isinstance(line, JournalLine):
        return _shout(line.summary)
    if line.wait_until is not None:
        seconds = max(0, round((line.wait_until - line.started).total_seconds()))
        return f"wait, the service asked for {seconds:,} s: {line.what}"
    return _shout(line.what) if line.mutating else line.what


def _shout(text: str) -> str:
    first, space, rest = text.partition(" ")
    return first.upper() + space + rest


def activity_cells(line: ActivityLine, entry: JournalLine | None, zone: ZoneInfo, now: datetime) -> tuple[Cell, ...]:
    """Time, what, answer, milliseconds and try of one line.

    Args:
        line: The line.
        entry: The journal entry of a call that is a change.
        zone: In which times are shown.
        now: Tells what today is.
    """
    if isinstance(line, SeenLine):
        return _time(line.at, zone, now), Cell(line.what, "dim"), Cell("-"), Cell("-"), Cell("-")
    if isinstance(line, JournalLine):
        word, tone, _sentence = state_of(line)
        return _time(line.at, zone, now), Cell(what_words(line)), Cell(word, tone), Cell("-"), Cell("-")
    return (
        _time(line.started, zone, now),
        Cell(what_words(line)),
        _answer(line, entry),
        Cell("-" if line.milliseconds is None else str(line.milliseconds)),
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


# -- in full -------------------------------------------------------------------------------------------------


def about_lines(line: ActivityLine, entry: JournalLine | None, zone: ZoneInfo, now: datetime) -> list[str]:
    """The lines about one row, the most telling first."""
    if isinstance(line, SeenLine):
        return [
            line.what,
            f"Seen {clock_words(line.at, zone, now, seconds=True)}. It was not done from here.",
            f"session {line.session_id}",
        ]
    if isinstance(line, JournalLine):
        return _entry_lines(line, zone, now)
    lines = [_request_words(line), _call_sentence(line, zone, now)]
    if line.note:
        lines.append(f"{line.note[0].upper()}{line.note[1:].rstrip('.')}.")
    if entry is not None:
        by = f" Asked by {entry.user}." if entry.user else ""
        note = f" {entry.note}" if entry.note and not is_unknown(entry) else ""
        lines.append(f"{state_of(entry)[2]}{by}{note}")
    elif line.code:
        lines.append(f"The service's code: {line.code}")
    lines += [f"request-id: {line.request_id or 'not received'}", f"client id: {line.id}"]
    return lines


def _request_words(call: CallRecord) -> str:
    """Method and path for one line of a pane: ids shortened, and the part that all paths share where it is long."""
    path = _LONG_ID.sub(r"\1-...", call.path)
    words = f"{call.method} {path}"
    return words if width_of(words) <= _PANE_WIDTH else words.replace(_SHARED_PATH, "...", 1)


def _call_sentence(call: CallRecord, zone: ZoneInfo, now: datetime | None = None) -> str:
    """When it was sent and what came; with its day unless that is the day of `now`."""
    sent = call.started.astimezone(UTC)
    local = call.started.astimezone(zone)
    beside = "" if local.tzname() == "UTC" else f" ({local:%H:%M:%S} {zone.key})"
    day = "" if now is not None and now.astimezone(UTC).date() == sent.date() else f"{sent:%Y-%m-%d} "
    again = f", try {call.try_number}" if call.try_number > 1 else ""
    words = f"Sent {day}{sent:%H:%M:%S}.{sent.microsecond // 1000:03} UTC{beside}{again}"
    if call.outcome is Outcome.NOT_SENT and call.status is None:
        return f"{words.replace('Sent', 'Tried', 1)}: it did not leave this machine."
    if call.status is None:
        waited = f" within {call.milliseconds:,} ms" if call.milliseconds is not None else ""
        return f"{words}, no answer{waited}."
    return f"{words}, answered {call.status}" + (
        f" after {call.milliseconds:,} ms." if call.milliseconds is not None else "."
    )


def _entry_lines(entry: JournalLine, zone: ZoneInfo, now: datetime) -> list[str]:
    by = f" by {entry.user}" if entry.user else ""
    lines = [
        what_words(entry),
        f"Journal entry {entry.id}, written {clock_words(entry.at, zone, now, seconds=True)}{by}, "
        "before the request went out.",
        state_of(entry)[2] + (f" {entry.note}" if entry.note else ""),
    ]
    if entry.code or entry.status is not None:
        status = "" if entry.status is None else str(entry.status)
        lines.append(f"The service's answer: {f'{status} {entry.code}'.strip()}")
    if entry.target or entry.session_id:
        lines.append(f"{target_noun(entry)} {entry.session_id or entry.target}")
    lines.append(f"request-id: {entry.request_id or 'not received'}")
    return lines


def full_text(line: ActivityLine, entry: JournalLine | None, zone: ZoneInfo, now: datetime) -> list[str]:
    """All that is kept of a row: for the pager, for copying, for Microsoft's support."""
    if isinstance(line, SeenLine):
        return about_lines(line, None, zone, now)
    if isinstance(line, JournalLine):
        return [*_entry_lines(line, zone, now), *_body("Request", line.body)]
    lines = [what_words(line), f"{line.method} {line.path}", _call_sentence(line, zone)]
    lines += [line.note] if line.note else []
    lines += [f"The service's code: {line.code}"] if line.code else []
    lines += [f"request-id: {line.request_id or 'not received'}", f"client id: {line.id}"]
    if entry is not None:
        lines += ["", *_entry_lines(entry, zone, now)]
    lines += _body("Request", line.request_body)
    if line.answer_let_go:
        return [*lines, "", f"Answer: no longer kept. Only the last {ANSWERS_KEPT} reads keep theirs."]
    lines += _body("Answer", line.answer_body)
    if line.answer_cut:
        lines += ["", f"Only these first {len(line.answer_body):,} characters of the answer are kept."]
    return lines


def _body(title: str, body: str) -> list[str]:
    """A body as it was sent, in lines."""
    if not body.strip() or body.strip() == "{}":
        return ["", f"{title}: no body"]
    return ["", f"{title}:", *as_sent(body)]


def unknown_entry(line: ActivityLine | None, entries: Mapping[str, JournalLine], key: str) -> JournalLine | None:
    """The journal entry behind a row whose outcome is not known; None for every other row."""
    entry = line if isinstance(line, JournalLine) else entries.get(key)
    return entry if is_unknown(entry) else None


def unknown_targets(entries: Iterable[JournalLine]) -> frozenset[str]:
    """Ids of the sessions and policies for which a change of unknown outcome stands in the journal."""
    return frozenset(entry.target for entry in entries if entry.target and is_unknown(entry))
