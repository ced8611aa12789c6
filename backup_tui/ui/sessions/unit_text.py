"""What is said about one unit of a restore session: cells of its row, and the lines that explain it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from backup_tui.models.services import Destination, Service
from backup_tui.models.times import span_words
from backup_tui.restore.errors_of_units import CauseAndRemedy, explain
from backup_tui.restore.points.moments import show_utc
from backup_tui.store.rows import ArtifactRow, destination_of
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import clock_words, day_words

NOTHING_DIFFERED = "0 items: nothing differed from the point, nothing was put back, no folder was made"
NO_ADDRESS_YET = "address not known yet, the service can take 15 min or more"
NOT_NAMED = "unit not given by the service"

ONE_LINE = 78
"""Cells of a line below the list on a terminal of 80 columns."""

ADDRESS_COMES_FOR = timedelta(minutes=60)
"""So long after the end of a unit its new address may still come."""


def unit_status_cell(row: ArtifactRow, *, running: bool = False) -> Cell:
    """Mark and word of a unit's status.

    Args:
        row: The unit.
        running: Its session was started: a unit that the service still calls `added` waits, it is in no draft any more.
    """
    state = row.state
    return Cell(f"{state.mark} {_status_word(row, running=running)}", state.tone.value)


def _status_word(row: ArtifactRow, *, running: bool) -> str:
    return "waiting" if running and row.state.value == "added" else row.state.word


def _cause(row: ArtifactRow, service: Service | None, other: str = "") -> CauseAndRemedy:
    return explain(row.error_code, service, destination=destination_of(row.destination), other=other)


def since_words(row: ArtifactRow, zone: tzinfo, now: datetime) -> str:
    """When the unit came into its present status: `03:10`, `20 Nov` for another day, with its year for another year."""
    if row.since is None:
        return ""
    words = clock_words(row.since, zone, now)
    return words if ":" in words[:3] else day_words(row.since, zone, now)


def result_words(row: ArtifactRow, service: Service | None, now: datetime, *, long: bool = False) -> str:
    """The last cell: the result, the cause of a failure in a few words, or how long it has been going on.

    Args:
        row: The unit.
        service: Of its session.
        now: The service's time.
        long: It has been in progress for much longer than the others.
    """
    state = row.state.value
    if state == "failed":
        return _cause(row, service).cause
    if state == "inProgress":
        if row.started is None:
            return "running"
        return f"{span_words(now - row.started)}{', long' if long else ''}"
    if state != "succeeded":
        return ""
    if row.item_count == 0:
        return "0 items, nothing differed"
    items = "" if row.item_count is None else f"{row.item_count:,} item{'' if row.item_count == 1 else 's'}"
    new = destination_of(row.destination) is Destination.NEW
    if new and not row.result:
        return items or ("no address yet" if service is not Service.EXCHANGE else "no folder name")
    if new:
        place = _short(row.result or "")
        return f"{items} in {place}" if items else place
    return items or "same address"


def explained(
    row: ArtifactRow,
    service: Service | None,
    zone: tzinfo,
    now: datetime,
    *,
    long: bool = False,
    running: bool = False,
    other: str = "",
) -> list[str]:
    """Two lines that explain a row: what became of the unit, and what to do or to know.

    Args:
        row: The unit.
        service: Of its session.
        zone: In which times are shown.
        now: The service's time.
        long: It has been in progress for much longer than the others.
        running: Its session was started and has not ended.
        other: The id of another restore that has the unit, where it is known.
    """
    state, name = row.state, row.name
    if state.value == "failed":
        cause = _cause(row, service, other)
        said, code = f"{cause.cause}: {cause.detail}", f" ({row.error_code})" if row.error_code else ""
        short = _short(name)
        ways = (f"{name}: {said}{code}.", f"{short}: {said}{code}.", f"{name}: {said}.")
        return [next((way for way in ways if width_of(way) <= ONE_LINE), ways[-1]), f"Do: {_lower(cause.to_do)}"]
    if state.value == "succeeded":
        when = _ended(row, zone, now)
        return [f"{_short(name)}: {_result(row, service, now)}", f"{when[0].upper()}{when[1:]}."]
    if state.value == "inProgress":
        begun = f" since {clock_words(row.started, zone, now)}" if row.started else ""
        spent = f", {span_words(now - row.started)}" if row.started else ""
        more = "Much longer than the others of this restore; it may be large. " if long else ""
        return [f"{name}: being restored{begun}{spent}.", f"{more}How far it is, the service does not say."]
    if state.value in ("scheduled", "scheduling"):
        why = "Nothing to do: units wait while 1,000 of one service are in restore, and sessions warm up."
        return [f"{name}: {state.word}, waits for its turn.", why]
    if state.value == "added":
        if running:
            return [f"{name}: waits to be scheduled, back to {_point(row, now)}.", "Nothing to do."]
        return [
            f"{name}: in the draft, back to {_point(row, now)}.",
            "Nothing is restored before A and its phrase.",
        ]
    return [f'{name}: the service calls it "{row.status or "nothing"}".', "What that means is not known here."]


def all_about(
    row: ArtifactRow,
    service: Service | None,
    zone: tzinfo,
    now: datetime,
    *,
    long: bool = False,
    running: bool = False,
    other: str = "",
) -> list[str]:
    """Everything known of a unit, as sentences and then as facts with whole ids.

    Args:
        row: The unit.
        service: Of its session.
        zone: Of the times.
        now: The service's time.
        long: It takes long.
        running: Its session was started.
        other: The id of another restore that has the unit, where it is known.
    """
    lines = [row.name, ""]
    if row.state.value == "failed":
        destination = destination_of(row.destination)
        cause = explain(row.error_code, service, unit=row.name, destination=destination, other=other)
        lines += [sentence for sentence in cause.sentences if sentence]
        if row.error_message:
            lines += ["", f"The service's words: {row.error_message}"]
    else:
        lines += explained(row, service, zone, now, long=long, running=running, other=other)
    facts = (
        ("Status", f"{_status_word(row, running=running)} ({row.status or 'not given'})"),
        ("Goes", _goes(row)),
        ("Point", _point(row, now) + (", express" if row.express else "")),
        ("Began", clock_words(row.started, zone, now, seconds=True) if row.started else "not told"),
        ("Ended", clock_words(row.completed, zone, now, seconds=True) if row.completed else "not yet"),
        ("Result", row.result or "not told"),
        ("Items", "not told" if row.item_count is None else f"{row.item_count:,}"),
        ("Error", row.error_code or "none"),
        ("Unit id", row.unit_id or NOT_NAMED),
        ("Point id", row.point_id or "not given"),
        ("Entry id", row.id),
        ("Session", row.session_id),
    )
    return [*lines, "", *(f"{title}: {value}" for title, value in facts)]


def beside_list(
    row: ArtifactRow,
    service: Service | None,
    zone: tzinfo,
    now: datetime,
    *,
    long: bool = False,
    running: bool = False,
    other: str = "",
) -> list[str]:
    """The lines of the pane beside the list: the sentences in full, and what the columns cut."""
    lines = all_about(row, service, zone, now, long=long, running=running, other=other)
    return lines[: next((n for n, line in enumerate(lines) if line.startswith("Unit id")), len(lines))]


def ids_of(row: ArtifactRow) -> str:
    """The ids that a support case asks for, in one line."""
    unit = row.unit_id or NOT_NAMED
    error = f"  error {row.error_code}" if row.error_code else ""
    return f"session {row.session_id}  unit {unit}  point {row.point_id}  entry {row.id}{error}"


def _short(name: str) -> str:
    """The part of an address that tells it from the others: what stands before `@`, or after the last slash."""
    return name.rstrip("/").rpartition("/")[2] if "://" in name else name.partition("@")[0]


def _lower(sentence: str) -> str:
    """The sentence as the rest of another one; names and keys in front keep their case."""
    head, _, _ = sentence.partition(" ")
    return sentence if len(head) == 1 or head.isupper() else sentence[:1].lower() + sentence[1:]


def _point(row: ArtifactRow, now: datetime) -> str:
    return f"{show_utc(row.point_time, now)} UTC" if row.point_time else "a point whose time is not told"


def _goes(row: ArtifactRow) -> str:
    known = destination_of(row.destination)
    return known.word if known else row.destination or "not told"


def _ended(row: ArtifactRow, zone: tzinfo, now: datetime) -> str:
    words = "restored"
    if row.completed is not None:
        words += f" {clock_words(row.completed, zone, now)}"
        if row.started is not None and row.completed >= row.started:
            words += f", took {span_words(row.completed - row.started)}"
    return f"{words}, back to {_point(row, now)}"


def _result(row: ArtifactRow, service: Service | None, now: datetime) -> str:
    new = destination_of(row.destination) is Destination.NEW
    if service is Service.EXCHANGE:
        if row.item_count == 0:
            return f"{NOTHING_DIFFERED}."
        items = "Items not told" if row.item_count is None else f"{row.item_count:,} items put back"
        if new:
            return f"{items}, folder: {row.result or 'name not told'}."
        return f"{items}. Newer and unchanged items stayed."
    if not new:
        return "At its own address. Edits made since the point are gone."
    if row.result:
        return f"{row.result}. Still read-only? A global administrator can unlock it."
    if row.completed is not None and now - row.completed > ADDRESS_COMES_FOR:
        return "The service has given no address for it. Look in the SharePoint admin center."
    return f"{NO_ADDRESS_YET[0].upper()}{NO_ADDRESS_YET[1:]}."
