"""Texts about a change: its state in the journal, the call that carried it, all that is kept of it. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.store.call_log import ANSWERS_KEPT, SeenLine
from backup_tui.store.updates import JournalLine
from backup_tui.store.views import ActivityLine
from backup_tui.ui.widgets.links import ERROR_CODES
from backup_tui.ui.widgets.time_format import clock_words

_STATES: dict[str, tuple[str, str, str]] = {
    # state of a journal entry: word for the cell, tone, sentence
    "open": ("under way", "moving", "Sent, or about to be; no answer recorded yet."),
    "done": ("done", "good", "Done; the service confirmed it."),
    "rejected": ("refused", "warn", "Refused by the service; nothing was changed."),
    "notsent": ("not sent", "warn", "Not sent; nothing was changed."),
    "unknown": ("? UNKNOWN", "bad", "No answer. It may have happened. It is not sent again; enter checks the service."),
    "resolveddone": ("done, seen", "good", "No answer came; a later read showed that it was done."),
    "resolvednotdone": ("not done", "calm", "No answer came; a later read showed that it was not done."),
}


def plain_kind(word: str) -> str:
    """A kind or state of the journal as it is compared: without underscores, in small letters."""
    return word.replace("_", "").lower()


def state_of(entry: JournalLine) -> tuple[str, str, str]:
    """Word for a cell, tone, and sentence for the state of a journal entry."""
    return _STATES.get(plain_kind(entry.state), (entry.state, "warn", f"Recorded as {entry.state}."))


def is_unknown(entry: JournalLine | None) -> bool:
    """Whether nobody knows what became of the change."""
    return entry is not None and plain_kind(entry.state) == "unknown"


def is_settled(entry: JournalLine) -> bool:
    """Whether it is known what became of the change."""
    return plain_kind(entry.state) not in ("open", "unknown")


def is_protection_change(entry: JournalLine) -> bool:
    """Whether the change is one of protection: of a policy, a unit, or who gets mails."""
    return target_noun(entry) != "session"


def target_noun(entry: JournalLine) -> str:
    """What the change is about: `policy`, `rule`, `unit`, `setting`, `application`, `point` or `session`."""
    kind = plain_kind(entry.kind)
    nouns = {
        "policy": "policy",
        "rulecreate": "policy",
        "rule": "rule",
        "unitsbulk": "policy",
        "unit": "unit",
        "notifications": "setting",
        "app": "application",
        "browse": "point",
    }
    return next((noun for start, noun in nouns.items() if kind.startswith(start)), "session")


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


# -- in full -------------------------------------------------------------------------------------------------


def seen_lines(line: SeenLine, zone: ZoneInfo, now: datetime) -> list[str]:
    """The lines about a change that was seen and not done from here."""
    return [
        line.what,
        f"Seen {clock_words(line.at, zone, now, seconds=True)}. Not done from here.",
        f"session {line.session_id}",
    ]


def call_sentence(call: CallRecord, zone: ZoneInfo, now: datetime | None = None) -> str:
    """When it was sent and what came; with its day unless that is the day of `now`."""
    sent = call.started.astimezone(UTC)
    local = call.started.astimezone(zone)
    beside = "" if local.tzname() == "UTC" else f" ({local:%H:%M:%S} {zone.key})"
    day = "" if now is not None and now.astimezone(UTC).date() == sent.date() else f"{sent:%Y-%m-%d} "
    again = f", try {call.try_number}" if call.try_number > 1 else ""
    words = f"Sent {day}{sent:%H:%M:%S}.{sent.microsecond // 1000:03} UTC{beside}{again}"
    if call.outcome is Outcome.NOT_SENT and call.status is None:
        return f"{words.replace('Sent', 'Tried', 1)}: it never left this machine."
    if call.status is None:
        waited = f" within {call.milliseconds:,} ms" if call.milliseconds is not None else ""
        return f"{words}, no answer{waited}."
    return f"{words}, answered {call.status}" + (
        f" after {call.milliseconds:,} ms." if call.milliseconds is not None else "."
    )


def entry_lines(entry: JournalLine, zone: ZoneInfo, now: datetime) -> list[str]:
    """The lines about a journal entry: what was asked for and when, what came, and the ids."""
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
        return seen_lines(line, zone, now)
    if isinstance(line, JournalLine):
        return [*entry_lines(line, zone, now), *_body("Request", line.body)]
    lines = [what_words(line), f"{line.method} {line.path}", call_sentence(line, zone)]
    lines += [line.note] if line.note else []
    lines += [f"The service's code: {line.code}", ERROR_CODES] if line.code else []
    lines += [f"request-id: {line.request_id or 'not received'}", f"client id: {line.id}"]
    if entry is not None:
        lines += ["", *entry_lines(entry, zone, now)]
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
    from backup_tui.models.as_sent import as_sent

    return ["", f"{title}:", *as_sent(body)]


def unknown_targets(entries: Iterable[JournalLine]) -> frozenset[str]:
    """Ids of the sessions and policies with a change of unknown outcome in the journal."""
    return frozenset(entry.target for entry in entries if entry.target and is_unknown(entry))
