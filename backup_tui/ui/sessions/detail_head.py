"""The lines above the units of a restore session: where it goes, how far it is, who did what. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.restore.points.moments import show_range
from backup_tui.store.progress import Progress, progress
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.summary import failed_causes
from backup_tui.ui.vocabulary.finished import ending, has_ended, own_start, started_at
from backup_tui.ui.vocabulary.names import person_short, service_label, units_words
from backup_tui.ui.vocabulary.sessions import causes_words, movement_sentences
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.progress_bar import counts_bar
from backup_tui.ui.widgets.time_format import ago_words, clock_words

BAR = 38
"""Cells of the bar on a terminal of 80 columns."""

BAR_WIDE, BAR_LOW = 60, 16


def title_words(
    store: Store, row: SessionRow, zone: ZoneInfo, now: datetime, *, narrow: bool = False
) -> tuple[str, str]:
    """`Sessions > OneDrive 61633878   IN PLACE` and `» active for 2 h 04 min`.

    Args:
        store: Where its units are.
        row: The session.
        zone: In which times are shown.
        now: The service's time.
        narrow: Leaves out what can be, so that where it goes is never cut.
    """
    where = {
        Destination.IN_PLACE: "IN PLACE",
        Destination.NEW: "NEW FOLDER" if row.service is Service.EXCHANGE else "NEW ADDRESS",
        None: "destination not known yet",
    }[row.destination]
    way = "" if narrow else "Sessions > "
    left = f"{way}{service_label(row.service)} {short_id(row.id)}   {where}"
    if row.gone:
        return left, "- gone"
    state = row.state
    words = f"{state.mark} {state.word}"
    if narrow:
        return left, words
    if row.running:
        begun = started_at(store, row)
        words += f" for {span_words(now - begun)}" if begun and now - begun >= timedelta(minutes=1) else ""
    elif row.completed_at is not None:
        words += f" {clock_words(row.completed_at, zone, now)}"
    return left, words


def head(
    store: Store, row: SessionRow, zone: ZoneInfo, now: datetime, *, roomy: bool = False, low: bool = False
) -> list[Para]:
    """The lines under the title.

    Args:
        store: Where its units are.
        row: The session.
        zone: In which times are shown.
        now: The service's time.
        roomy: There is room for a longer bar, and for what the review has said already.
        low: There is room for the counts alone; `v` has the rest.
    """
    state = progress(store, row.id, now)
    ended = [_ending(store, row)] if has_ended(row) else []
    if low:
        return ended or [_counts(row, state, BAR_LOW)]
    lines = [*ended, _counts(row, state, BAR_WIDE if roomy else BAR), Para(_points_and_people(store, row, zone, now))]
    if row.gone:
        lines.append(Para("The service no longer has it. What was last known of it here stays below.", "warn"))
        return lines
    if row.state.value == "draft":
        lines.append(Para("Nothing is restored by a draft; A opens the review, and its phrase starts it."))
    elif row.running and state is not None:
        lines += [Para(line) for line in movement_sentences(state, now, zone)]
        lines += [Para(line) for line in _rules_while_running(row)] if roomy else []
    elif row.state.terminal:
        lines += [Para(line) for line in _ended(store, row, zone, now)]
    elif state is not None and state.reason:
        lines.append(Para(f"{state.reason[0].upper()}{state.reason[1:]}.", "warn"))
    for note in (state.disagreement if state else "", row.went_back):
        if note:
            lines.append(Para(f"Note: {note}.", "warn"))
    return lines


def counts_below(store: Store, session_id: str) -> str:
    """`6 failed   40 in progress   22 waiting   112 succeeded`, counted from the units themselves."""
    counts = {"failed": 0, "restoring": 0, "waiting": 0, "in the draft": 0, "restored": 0, "not known": 0}
    session = store.sessions.get(session_id)
    for row in store.artifacts(session_id).values():
        word = _COUNTED_AS.get(row.state.value, "not known")
        counts["waiting" if word == "in the draft" and session is not None and session.running else word] += 1
    return "   ".join(f"{count:,} {word}" for word, count in counts.items() if count)


_COUNTED_AS = {
    "failed": "failed",
    "inProgress": "restoring",
    "scheduled": "waiting",
    "scheduling": "waiting",
    "added": "in the draft",
    "succeeded": "restored",
}


def _counts(row: SessionRow, state: Progress | None, bar: int) -> Para:
    total = state.total if state is not None else row.total
    if row.state.value == "draft":
        return Para(
            units_words(row.service, total) if total is not None else "How many units, the service does not say."
        )
    ok, failed = row.completed or 0, row.failed or 0
    if total is None and row.finished is None:
        return Para("Counts: not told by the service.")
    words = [f"{ok:,} ok", f"{failed:,} failed"]
    if total is not None:
        left = max(0, total - ok - failed)
        words.append(f"{left:,} not finished" if left or row.running else f"of {total:,}")
    drawn = counts_bar(ok, failed, total, bar)
    return Para(parts=(drawn, *words))


def _points_and_people(store: Store, row: SessionRow, zone: ZoneInfo, now: datetime) -> str:
    points = [one.point_time for one in store.artifacts(row.id).values() if one.point_time is not None]
    parts: list[str] = []
    if points:
        parts.append(f"Point{'' if min(points) == max(points) else 's'} {show_range(points, now)}.")
    started = _activation(store, row, zone, now)
    people: list[str] = []
    if row.created is not None or row.created_by:
        by = f" by {person_short(row.created_by)}" if row.created_by else ""
        at = f" {clock_words(row.created, zone, now)}" if row.created is not None and not started else ""
        people.append(f"drafted{by}{at}")
    if started:
        people.append(started)
    elif row.state.value == "draft" and row.modified is not None and row.modified != row.created:
        by = f" by {person_short(row.modified_by)}" if row.modified_by else ""
        people.append(f"changed{by} {clock_words(row.modified, zone, now)}")
    if people:
        words = ", ".join(people)
        parts.append(f"{words[0].upper()}{words[1:]}.")
    return "  ".join(parts) or "Neither points nor people are told by the service."


def _activation(store: Store, row: SessionRow, zone: ZoneInfo, now: datetime) -> str:
    """Who activated it: the journal knows it to the second; the service only tells who changed it last."""
    line = own_start(store, row)
    if line is not None:
        who = (row.modified_by if row.running else "") or _called(line.user, row.created_by)
        by = f" by {person_short(who)}" if who else ""
        return f"activated{by}" + (f" {clock_words(line.at, zone, now)}" if row.running else "")
    if row.running and row.modified_by:
        return f"activated by {person_short(row.modified_by)}"
    return ""


def _called(user: str, name: str) -> str:
    """The name that the service gives of this user, where it is the same person's; else the address as it is."""
    return name if name.casefold().replace(" ", ".") == user.partition("@")[0].casefold() else user


def _rules_while_running(row: SessionRow) -> list[str]:
    """What the documentation says about a restore of this kind while it runs."""
    if row.destination is Destination.IN_PLACE and row.service in (Service.ONEDRIVE, Service.SHAREPOINT):
        noun = "sites" if row.service is Service.SHAREPOINT else "accounts"
        return [f"The {noun} are not locked: edits that people make now may be lost as well."]
    return []


def _ending(store: Store, row: SessionRow) -> Para:
    end = ending(store, row)
    return Para(parts=end.parts, look="success" if end.well else "danger")


def _ended(store: Store, row: SessionRow, zone: ZoneInfo, now: datetime) -> list[str]:
    lines: list[str] = []
    if row.completed_at is not None:
        lines.append(f"Ended {clock_words(row.completed_at, zone, now)}, {ago_words(now - row.completed_at)}.")
    if row.failed:
        causes = causes_words(failed_causes(store.artifacts(row.id).values()), row.service)
        lines.append(f"Failed: {causes or units_words(row.service, row.failed)}. f drafts them again.")
    if row.completed and row.destination is Destination.NEW and row.service in (Service.ONEDRIVE, Service.SHAREPOINT):
        lines.append("New addresses: only administrators can open them; let members in again.")
    return lines
