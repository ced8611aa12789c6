"""Texts of a review, as paragraphs: the consequence, the names, what was checked; the same for every change. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from backup_tui.changes.findings import Look
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import BackupTuiError, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.own_words import small_print
from backup_tui.models.services import Service
from backup_tui.models.text import counted
from backup_tui.ui.review.presentation import Unanswered
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, without_part

ALL_NAMES = 5  # up to so many units are named in full; of more, as many as there is room for

WIDEST = 66  # cells of a line of the sentence

MARKS = {CheckResult.BLOCKING: "✗", CheckResult.WARNING: "!", CheckResult.UNKNOWN: "?", CheckResult.OK: "✓"}
_LOOKS = {CheckResult.BLOCKING: "bad", CheckResult.WARNING: "warn", CheckResult.UNKNOWN: "", CheckResult.OK: "good"}

LOOK_AGAIN = (StateConflict, OutcomeUnknown, NotFound, UsageError)
"""After such an error the review has to be read again before its phrase counts."""


def consequence(review: ChangeReview[Any], zone: ZoneInfo, now: datetime) -> list[Para]:
    """What the change means, and its times in the shown zone."""
    local = review.local_times(zone, now)
    return [Para(review.meaning, most=WIDEST), *([Para(local)] if local else [])]


def names(review: ChangeReview[Any], most: int) -> list[Para]:
    """Up to five units in full, of more the first `most`; then how many names of the list are not in it."""
    shown = review.names if len(review.names) <= ALL_NAMES else review.names[:most]
    parts = list(_short(shown, review))
    if rest := len(review.names) - len(shown):
        parts.append(f"and {rest:,} more (v)")
    lines = [Para(parts=tuple(parts), mark="  ")] if parts else []
    if absent := len(review.absent):
        are = "name on your list is" if absent == 1 else "names on your list are"
        lines.append(
            Para(f"{absent:,} {are} NOT in this {review.change.whole} (v)", "bad", f"  {MARKS[CheckResult.BLOCKING]} ")
        )
    return lines


def _short(shown: tuple[str, ...], review: ChangeReview[Any]) -> list[str]:
    """Names without what the line above says of all of them: the tenant's domain, or the host of the sites."""
    if review.service is Service.SHAREPOINT and len(review.names) > 1:
        part = shared_part(review.names)
    else:
        part = f"@{review.tenant}" if len(review.names) > 1 else ""
    return [without_part(name, part) for name in shown]


def checks(review: ChangeReview[Any]) -> list[Para]:
    """All checks, worst first, and what applies beyond them."""
    lines = [_check(check) for check in review.checks]
    return [*lines, *(Para(line) for line in review.extra)]


def _check(check: Check) -> Para:
    """Color covers the mark alone; what was found is text."""
    tone = _LOOKS[check.mark]
    return Para(check.text, mark=f"{MARKS[check.mark]} ", mark_tone=tone)


def title(review: ChangeReview[Any], *, no_color: bool) -> Para:
    """The line of the word: a band across the screen where the change overwrites or ends something."""
    right = "cannot be stopped" if review.final and review.danger else ""
    if not review.danger:
        return Para(f"{review.word}   {review.title}", "section", right=right)
    return Para(f"{'!! ' if no_color else ''}{review.word}   {review.title}", "danger", right=right)


def section(review: ChangeReview[Any], *, typed: bool) -> Para:
    """The line above the checks; letters are text once a phrase is being typed."""
    return Para("Checks", "section", right=counts(review) + ("" if typed else "   v all"))


def counts(review: ChangeReview[Any]) -> str:
    """`2 warnings, 3 unknown, 2 passed`."""
    marks = [check.mark for check in review.checks]
    words = (
        (CheckResult.BLOCKING, "blocking", "blocking"),
        (CheckResult.WARNING, "warning", "warnings"),
        (CheckResult.UNKNOWN, "unknown", "unknown"),
        (CheckResult.OK, "passed", "passed"),
    )
    return ", ".join(counted(marks.count(mark), one, more) for mark, one, more in words if mark in marks)


def not_possible(review: ChangeReview[Any]) -> Para:
    """Why it cannot be done now, and what can. A command to look with is for the shell: here the reason is said."""
    reason = review.hint if review.hint and not review.hint.startswith("See: ") else f"{review.blocked}."
    return Para(f"Not possible now: {reason[:1].lower()}{reason[1:]}", "bad")


def failure(error: BackupTuiError) -> list[Para]:
    """What a request came to when it did not succeed: three sentences, and the small print for support."""
    look = "warn" if isinstance(error, LOOK_AGAIN) else "bad"
    lines = [Para(error.message, look)]
    lines += [Para(sentence) for sentence in (error.certainty, error.hint) if sentence]
    return lines + [Para(line, "dim") for line in small_print(error)]


def unread(error: BackupTuiError) -> list[Para]:
    """Why there is no review."""
    return [*failure(error), *([] if error.certainty else [Para("Nothing was sent.")])]


def looking(lost: Unanswered, looks: Sequence[Look], zone: ZoneInfo) -> list[Para]:
    """A request got no answer: what is certain, each look at the service, and that nobody has to do anything."""
    certain = "It is not sent again." if lost.sent_now else "Nothing was sent now: that has to be known first."
    sent = f"{lost.what}, sent {lost.at.astimezone(zone):%H:%M:%S}"
    seen = [Para(f"{look.at.astimezone(zone):%H:%M:%S}  {look.words}", mark="  ") for look in looks]
    return [
        Para(parts=(Cell("NO ANSWER", "strong"), sent), mark="? "),
        Para(f"{lost.maybe} {certain} Reading the {lost.noun} (try {len(looks) + 1})…", mark="  "),
        Para(),
        *seen,
        *([Para()] if seen else []),
        Para("Do nothing else; this screen will say which. Checking continues if you leave it (esc).", mark="  "),
    ]


def whole_review(review: ChangeReview[Any], zone: ZoneInfo, now: datetime) -> list[str]:
    """All of the review as plain lines, for `v`: every check, every unit, every name left behind."""
    lines = [f"{review.word}   {review.title}", "", *(para.text for para in consequence(review, zone, now)), ""]
    lines += [f"{para.mark}{para.text}" for para in checks(review)]
    if review.blocked is not None:
        lines += ["", not_possible(review).text]
    if review.names:
        count = review.service.counted(len(review.names)) if review.service else counted(len(review.names), "unit")
        lines += ["", f"{count}:", *(f"  {line}" for line in review.unit_lines(now))]
    if review.absent:
        lines += ["", f"On your list, but NOT in this {review.change.whole}:", *(f"  {name}" for name in review.absent)]
    return [*lines, "", review.id_line, f"Phrase {review.phrase}"]
