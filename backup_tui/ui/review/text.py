"""What the review of an activation says, as paragraphs: the consequence, the names, what was checked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.review.consequences import zone_line
from backup_tui.restore.review.review import Review
from backup_tui.ui.vocabulary.names import person_short
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.time_format import clock_words

ALL_NAMES = 5
"""Up to so many units stand in the review in full; of more, `FIRST_NAMES` do."""

FIRST_NAMES = 3

MOST_CHECKS = 6
"""So many lines of checks on a terminal of usual height."""

NO_WAY_BACK = "Once started, it cannot be stopped: the service has no cancel."
NO_WAY_BACK_SHORT = "Once started, it cannot be stopped."

_LOOKS = {CheckResult.BLOCKING: "bad", CheckResult.WARNING: "warn", CheckResult.UNKNOWN: "", CheckResult.OK: "good"}


def review_title(review: Review, zone: ZoneInfo, now: datetime) -> str:
    """`Review of draft d91e03b7, made by ryan 03:31, read again 04:02:11`."""
    session = review.session
    made = f", made by {person_short(review.made_by)}" if review.made_by else ", made"
    if session.created_date_time is not None:
        made += f" {clock_words(session.created_date_time, zone, now)}"
    elif not review.made_by:
        made = ""
    return f"Review of draft {short_id(session.id)}{made}, read again {review.read_at.astimezone(zone):%H:%M:%S}"


def consequence(review: Review, zone: ZoneInfo, now: datetime) -> list[Para]:
    """The sentence, with its times in the shown zone under it."""
    if not review.sentence:
        return [Para("What this draft would do cannot be said: see the checks below.", "bad")]
    apart = any(point.astimezone(zone).utcoffset() for point in review.points)
    local = zone_line(review.points, zone, now) if apart else ""
    return [Para(review.sentence, "strong"), *([Para(local)] if local else [])]


def names(review: Review) -> list[Para]:
    """Up to five units in full, of more the first three; and names of the list that are not in the restore."""
    every = review.names
    shown = every if len(every) <= ALL_NAMES else every[:FIRST_NAMES]
    lines = [Para(parts=shown, mark="  ")] if shown else []
    rest = len(every) - len(shown)
    if rest:
        lines.append(Para(f"and {rest:,} more: v shows all.", mark="  "))
    absent = len(review.names_missing) + len(review.left_out)
    if absent:
        words = "name of your list is" if absent == 1 else "names of your list are"
        lines.append(Para(f"{absent:,} {words} NOT in this restore: v shows them.", "warn", mark="  "))
    return lines


def lines_of_checks(review: Review) -> list[Para]:
    """All checks, worst first."""
    return [*map(_check, review.checks)]


def first_checks(lines: Sequence[Para], most: int | None) -> list[Para]:
    """The worst of the checks, and how many more there are."""
    if most is None or len(lines) <= most:
        return list(lines)
    left = lines[most:]
    marks = [para.mark.strip() for para in left]
    counted = ", ".join(f"{marks.count(mark)} {mark}" for mark in dict.fromkeys(marks))
    return [*lines[:most], Para(f"and {len(left)} more ({counted}): v shows all.", "dim", "  ")]


def first_units(review: Review, most: int, now: datetime) -> list[Para]:
    """The first units with their points, for terminals with room to spare.

    Args:
        review: The review.
        most: How many lines there may be.
        now: The service's time.
    """
    if most < 2:
        return []
    shown = review.units[: most - 1]
    lines = [Para(), Para("The units, and the points they go back to:")]
    lines += [Para(_unit(unit, now), mark="  ") for unit in shown]
    if rest := len(review.units) - len(shown):
        lines.append(Para(f"and {rest:,} more: v shows all.", "dim", "  "))
    return lines


def _unit(unit: ReviewedUnit, now: datetime) -> str:
    time = f"{show_utc(unit.time, now)} UTC" if unit.time else "time of the point not told"
    gap = ""
    if unit.wanted is not None and unit.time is not None and unit.wanted > unit.time:
        gap = f", {span_words(unit.wanted - unit.time)} before the time asked for"
    return f"{unit.name}, {time}{gap}{', express' if unit.express else ''}"


def _check(check: Check) -> Para:
    return Para(check.text, _LOOKS[check.mark], f"{check.mark.value} ")


def whole_review(review: Review, zone: ZoneInfo, now: datetime) -> list[str]:
    """All of the review as plain lines, for `v`: every check, every unit with its point, every name left behind."""
    lines = [review_title(review, zone, now), ""]
    lines += [para.text for para in consequence(review, zone, now)]
    lines += ["", *(f"{para.mark}{para.text}" for para in lines_of_checks(review)), ""]
    lines.append(f"{review.service.counted(len(review.units))} in this restore:")
    lines += [f"  {_unit(unit, now)}, unit {unit.unit_id or 'not told'}" for unit in review.units]
    for title, absent in (
        ("Of your list nothing stands for these, so they are NOT restored:", review.names_missing),
        ("These were left out, so they are NOT restored:", review.left_out),
    ):
        if absent:
            lines += ["", title, *(f"  {name}" for name in absent)]
    lines += ["", f"Session {review.session.id}", f"Phrase  {review.phrase}"]
    return lines
