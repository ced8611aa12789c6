"""What a draft would restore: its units, or a list of names that the service looks up only once it is started."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.journal.fingerprint import fingerprint, pairs_of
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.bulk import BulkAdditionRequest
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.remembered import NameSource
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import counted
from backup_tui.models.times import iso
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.names.unit_names import ReviewedUnit, reviewed_units
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.reads import read_name_lists
from backup_tui.restore.review.checks import check_gaps, check_points, check_same_unit, check_unchanged
from backup_tui.restore.review.facts import check_kind, check_weekly
from backup_tui.restore.review.found_mails import mail_words
from backup_tui.restore.review.items import ItemWords, file_words
from backup_tui.store.rows import destination_of

NO_POINTS = Check(CheckResult.UNKNOWN, "points: none is known before the start; unknown names fail only after it", 5)
"""True of every list of names."""


class Contents(Struct, frozen=True):
    """What is in a draft."""

    units: tuple[ReviewedUnit, ...]  # its units, by name
    # where they go; `None` when they do not all go to one place, or the service does not say
    destination: Destination | None
    # the times that they go back to (UTC); those that were asked for where no point is known
    points: tuple[datetime, ...]
    mark: str  # tells whether it is still what it was; empty when it cannot be compared
    checks: tuple[Check, ...]
    extra: tuple[str, ...] = ()  # further sentences for the review
    by_name: bool = False  # it holds a list of names, which the service does not show
    names_mark: str = ""  # of that list, where it was sent from here; else empty
    items: ItemWords | None = None  # how to speak of it where it holds single files or mails and not whole units


async def read_contents(
    tools: Context,
    session: RestoreSession,
    service: Service,
    artifacts: Sequence[RestoreArtifact],
    record: DraftRecord | None,
) -> Contents:
    """What a draft would restore.

    Args:
        session: The draft, as just read.
        artifacts: Its artifacts, as just read.
        record: What was asked for when it was made from here.

    Raises:
        BackupTuiError: Its list of names could not be read.
    """
    names = await _names_in(tools, session, service, artifacts)
    if names is not None:
        return _names(service, names, record, tools.clock.now())
    units = await reviewed_units(tools, service, artifacts, record, session.id)
    now, times = tools.clock.now(), [unit.time for unit in units]
    destination, mixed = _destination(artifacts)
    items = mail_words(artifacts, destination, units, record, now) or _items(
        tools, session, service, destination, units, record
    )
    checks = [*mixed, *check_unchanged(units, record, service)]
    if items is not None:
        checks += items.checks
    if items is None or items.query is not None:
        checks += check_points(units, service, now)
    if items is None:
        checks += check_gaps(units, service, now)
        checks += [*check_same_unit(units), *check_weekly(service, times, now)]
        checks += check_kind(service, destination, len(units))
    pairs = pairs_of(artifacts)
    if pairs is None:
        text = "the service did not report the point or the destination of a unit"
        checks.append(Check(CheckResult.BLOCKING, text, 2))
    return Contents(
        units,
        destination,
        tuple(time for time in times if time is not None),
        fingerprint(service, pairs) if pairs is not None else "",
        tuple(checks),
        (items.searched_for,) if items is not None and items.query is not None else (),
        items=items,
    )


def _items(
    tools: Context,
    session: RestoreSession,
    service: Service,
    destination: Destination | None,
    units: Sequence[ReviewedUnit],
    record: DraftRecord | None,
) -> ItemWords | None:
    if not session.holds_files or not units:
        return None
    row = tools.store.units[service].get(units[0].unit_id or "")
    inside = record.inside if record and record.inside else row.name if row else ""
    return file_words(service, destination, units, inside, tools.clock.now())


async def contents_mark(
    tools: Context, session: RestoreSession, service: Service, artifacts: Sequence[RestoreArtifact]
) -> str | None:
    """Tells whether a session still holds what it held: equal for equal contents, `None` when they cannot be compared.
    `session`: the session, as just read. `artifacts`: its artifacts, as just read. Raises `BackupTuiError`: its list of
    names could not be read."""
    names = await _names_in(tools, session, service, artifacts)
    if names is not None:
        return _mark_of(service, names)
    pairs = pairs_of(artifacts)
    return None if pairs is None else fingerprint(service, pairs)


async def _names_in(
    tools: Context, session: RestoreSession, service: Service, artifacts: Sequence[RestoreArtifact]
) -> tuple[BulkAdditionRequest, ...] | None:
    """The lists of names in a session; `None` for one of units. Once it is started it has artifacts as well."""
    if artifacts and (session.restore_job_type or "").casefold() != "bulk":
        return None
    return await read_name_lists(tools, service, session.id) or None


def _mark_of(service: Service, lists: Sequence[BulkAdditionRequest]) -> str:
    """Of all that the service shows of the lists and that no start changes; the names are not among it."""
    shown = sorted(
        [
            one.id,
            one.display_name,
            (one.destination_type or "").casefold(),
            (one.tags or "").casefold(),
            (one.restore_point_preference or "").casefold(),
            *_period(one),
        ]
        for one in lists
    )
    return hashlib.sha256(json.dumps([service.value, "names", shown]).encode()).hexdigest()


def _period(names: BulkAdditionRequest) -> tuple[str, str]:
    period = names.protection_time_period
    times = (period.start_date_time, period.end_date_time) if period else (None, None)
    return iso(times[0]) if times[0] else "", iso(times[1]) if times[1] else ""


def _names(
    service: Service, lists: Sequence[BulkAdditionRequest], record: DraftRecord | None, now: datetime
) -> Contents:
    """What a list of names would restore, as far as this machine kept what was sent."""
    destination = destination_of(lists[0].destination_type)
    period = lists[0].protection_time_period
    end = period.end_date_time if period else None
    sent = record if record is not None and len(lists) == 1 and lists[0].carries(record.mark) else None
    if sent is None:
        text = "the names in this draft are unknown here: it was made elsewhere, and the service does not show them"
        checks = [Check(CheckResult.BLOCKING, text, 1), *check_kind(service, destination, 0)]
        return Contents((), destination, (), _mark_of(service, lists), tuple(checks), by_name=True)
    units = tuple(
        ReviewedUnit("", "", None, None, unit.unit_id, unit.name, wanted=unit.wanted, source=NameSource.JOURNAL)
        for unit in sorted(sent.units, key=lambda unit: unit.name.casefold())
    )
    checks = [
        Check(CheckResult.UNKNOWN, f"{counted(len(units), 'name')}: as sent and kept here; the service shows none", 4),
        NO_POINTS,
    ]
    asked = {unit.wanted.replace(microsecond=0) for unit in sent.units}
    if destination is not sent.destination or asked != {end}:
        text = "changed: the list has another time or destination than the one that was sent"
        checks.append(Check(CheckResult.BLOCKING, text, 2))
    else:
        text = "unchanged since it was sent: one list, same time and destination"
        checks.append(Check(CheckResult.OK, text, 1))
    checks += [*check_same_unit(units), *check_kind(service, destination, len(units))]
    checks += check_weekly(service, [end] * len(units), now)
    taken = f"BY NAME: the service takes the newest point of each before {show_utc(end, now)} UTC." if end else ""
    return Contents(
        units,
        destination,
        (end,) if end else (),
        _mark_of(service, lists),
        tuple(checks),
        (taken,) if taken else (),
        by_name=True,
        names_mark=sent.mark,
    )


def _destination(artifacts: Sequence[RestoreArtifact]) -> tuple[Destination | None, list[Check]]:
    if not artifacts:
        return None, [Check(CheckResult.BLOCKING, "the draft is empty: nothing would be restored", 1)]
    found = {destination_of(artifact.destination_type) for artifact in artifacts}
    if len(found) == 1 and None not in found:
        return next(iter(found)), []
    text = "the units of the draft do not all go to the same place, as far as the service says"
    return None, [Check(CheckResult.BLOCKING, text, 1)]
