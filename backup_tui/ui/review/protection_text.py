"""What the review of a change of protection says, as paragraphs. Pure."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from backup_tui.changes.change import ChangeReview
from backup_tui.errors import BackupTuiError, OutcomeUnknown, StateConflict, UsageError
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.own_words import small_print
from backup_tui.models.services import Service
from backup_tui.ui.review.text import ALL_NAMES, FIRST_NAMES
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.short_addresses import shared_part, without_part

_LOOKS = {CheckResult.BLOCKING: "bad", CheckResult.WARNING: "warn", CheckResult.UNKNOWN: "", CheckResult.OK: "good"}


def review_title(review: ChangeReview[Any], zone: ZoneInfo) -> str:
    """`Review: activate policy Sites pilot, read again 10:12:03`."""
    at = review.read_at.astimezone(zone)
    return f"Review: {review.change.verb} {review.subject}, read again {at:%H:%M:%S}"


def consequence(review: ChangeReview[Any]) -> list[Para]:
    """What would be done, and what that means."""
    return [Para(review.headline, "strong"), Para(_without_verb(review.sentence))]


def names(review: ChangeReview[Any]) -> list[Para]:
    """Up to five units in full, of more the first three; sites without the start that all share."""
    every = review.names
    if not every:
        return []
    start = shared_part(every) if review.service is Service.SHAREPOINT and len(every) > 1 else ""
    shown = every if len(every) <= ALL_NAMES else every[:FIRST_NAMES]
    parts = tuple(without_part(name, start) for name in shown)
    lines = [Para(parts=parts, mark="  ")]
    if rest := len(every) - len(shown):
        lines.append(Para(f"and {rest:,} more: v shows all.", mark="  "))
    return lines


def lines_of_checks(review: ChangeReview[Any]) -> list[Para]:
    """All checks, worst first."""
    return [_check(check) for check in review.checks]


def not_possible(review: ChangeReview[Any]) -> Para:
    """Why it cannot be done now, and what can."""
    reason = review.hint or f"{review.blocked}."
    return Para(f"Not possible now: {reason[0].lower()}{reason[1:]}", "bad")


def failure(error: BackupTuiError) -> list[Para]:
    """What a request came to when it did not succeed: three sentences, and the small print for support."""
    look = "warn" if isinstance(error, StateConflict | OutcomeUnknown | UsageError) else "bad"
    lines = [Para(error.message, look)]
    lines += [Para(sentence) for sentence in (error.certainty, error.hint) if sentence]
    return lines + [Para(line, "dim") for line in small_print(error)]


def whole_review(review: ChangeReview[Any], zone: ZoneInfo) -> list[str]:
    """All of the review as plain lines, for `v`."""
    lines = [review_title(review, zone), "", review.headline, _without_verb(review.sentence), *review.extra, ""]
    lines += [f"{para.mark}{para.text}" for para in lines_of_checks(review)]
    if review.blocked is not None:
        lines += ["", not_possible(review).text]
    service = review.service
    if review.names:
        counted = service.counted(len(review.names)) if service else f"{len(review.names):,} units"
        lines += ["", f"{counted} in this policy:", *(f"  {name}" for name in review.names)]
    return [*lines, "", review.id_line, f"Phrase {review.phrase}"]


def _check(check: Check) -> Para:
    return Para(check.text, _LOOKS[check.mark], f"{check.mark.value} ")


def _without_verb(sentence: str) -> str:
    """The sentence below a title that has its verb in capitals already."""
    rest = sentence.partition(": ")[2]
    return f"{rest[:1].upper()}{rest[1:]}"
