"""The review before an activation: everything read again, the consequence in a sentence, and what was checked.

Activation cannot be undone (https://learn.microsoft.com/graph/api/restoresessionbase-activate), so the review says
what is certain, what is doubtful, and what cannot be seen from here at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview, PhrasedChange
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.restore.drafts.plan import service_of
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.reads import list_artifacts, read_session
from backup_tui.restore.retries import check_retried
from backup_tui.restore.review.checks import (
    check_author,
    check_room,
    check_service,
    running_sessions,
)
from backup_tui.restore.review.consequences import NO_WAY_BACK, phrase, sentence, word, zone_line
from backup_tui.restore.review.contents import read_contents
from backup_tui.restore.review.items import ItemWords, beside_each_other, whole_units
from backup_tui.restore.review.two_people import WAY_OUT, check_two_people
from backup_tui.restore.review.unit_checks import check_overlap, check_repeats, check_units


@dataclass(frozen=True, kw_only=True)
class Review(ChangeReview[RestoreSession]):
    """What a person has to know before a restore is started; its `thing` is the draft as just read."""

    service: Service  # what kind of units
    # where they go; `None` when the draft mixes destinations or the service does not say
    destination: Destination | None
    units: tuple[ReviewedUnit, ...]  # the units of the draft, by name
    fingerprint: str  # what the draft held when it was reviewed; empty when it cannot be compared
    names_missing: tuple[str, ...]  # names of the list that are not in the draft
    left_out: tuple[str, ...]  # names that a person left out of the list
    names_mark: str = ""  # of the list of names that it holds; empty for a draft of units with their points
    items: ItemWords | None = None  # how to speak of it where it holds single files or mails and not whole units

    @property
    def counted(self) -> str:
        """`37 OneDrive accounts`, or what a draft of single files or mails holds."""
        return self.items.what if self.items else self.service.counted(len(self.units))

    @property
    def session(self) -> RestoreSession:
        """The draft as just read."""
        return self.thing

    @property
    def points(self) -> tuple[datetime, ...]:
        """The times of the points (UTC), as far as the service reports them."""
        return tuple(unit.time for unit in self.units if unit.time is not None)

    @property
    def made_by(self) -> str:
        """Who made the draft; empty when the service does not say."""
        return self.session.created_by.label if self.session.created_by else ""

    def local_times(self, zone: ZoneInfo, now: datetime) -> str:
        apart = any(point.astimezone(zone).utcoffset() for point in self.points)
        return zone_line(self.points, zone, now) if apart else ""

    def unit_lines(self, now: datetime) -> tuple[str, ...]:
        return tuple(f"{_unit(unit, now)}, unit {unit.unit_id or 'not reported'}" for unit in self.units)


async def review_start(tools: Context, change: PhrasedChange[Review, Any, Any], session_id: str) -> Review:
    """Reads a draft and everything around it again, and says what starting it would do.

    Raises:
        NotFound: The service has no such session.
        UsageError: The service does not say what kind of session it is.
        BackupTuiError: The draft could not be read. Failures of reads around it become check lines.
    """
    session, artifacts = await read_draft(tools, session_id)
    service = service_of(session)
    record = await kept_record(tools.journal, session.id)
    contents = await read_contents(tools, session, service, artifacts, record)
    units, destination = contents.units, contents.destination
    here = {unit.name for unit in units}
    now = tools.clock.now()
    checks: list[Check] = [*contents.checks]
    checks += check_author(session, tools.who)
    two_people = check_two_people([session], tools.who) if tools.two_people else []
    checks += two_people
    items = contents.items
    checks += await check_service(tools)
    running = await running_sessions(tools, (session_id,))
    checks += check_room(running, service, len(units), tools.limits, items=items.what if items else "")
    whole = whole_units(units, items.inside) if items and session.holds_files else units
    overlap = await check_overlap(tools, running, service, whole)
    checks += beside_each_other(overlap) if session.holds_files else overlap
    checks += await check_units(tools, service, whole)
    checks += await check_repeats(tools, (session_id,), whole)
    checks += [] if items else await check_retried(tools, session_id, service, units)
    checks += _no_draft(session)
    says = sentence(service, destination, len(units), contents.points, now) if destination and units else ""
    says = items.sentence if items else says
    missing = tuple(name for name in record.missing if name not in here) if record else ()
    left_out = record.left_out if record else ()
    return Review(
        change=change,
        thing=session,
        word=items.word if items else word(service, destination),
        headline=items.what if items else _units_in_short(service, units),
        tenant=tools.who.tenant,
        sentence=says or "What this draft would do is unknown: see the checks below.",
        phrase=phrase(destination or Destination.NEW, len(units), tools.who.tenant_word),
        checks=worst_first(checks),
        read_at=now,
        subject=f"draft {short_id(session.id)}",
        id_line=f"Session {session.id}",
        danger=destination is not Destination.NEW,
        final=NO_WAY_BACK,
        service=service,
        destination=destination,
        units=units,
        names=tuple(unit.name for unit in units),
        absent=(*missing, *left_out),
        fingerprint=contents.mark,
        extra=contents.extra,
        names_missing=missing,
        left_out=left_out,
        names_mark=contents.names_mark,
        items=items,
        way_out=WAY_OUT if any(check.mark is CheckResult.BLOCKING for check in two_people) else "",
    )


def _units_in_short(service: Service, units: Sequence[ReviewedUnit]) -> str:
    """`37 OneDrive accounts`; a single one by its name."""
    return f"{service.names.unit} {units[0].name}" if len(units) == 1 else service.counted(len(units))


def _unit(unit: ReviewedUnit, now: datetime) -> str:
    if unit.time is None and not unit.point_id and unit.wanted is not None:
        return f"{unit.name}{unit.source.mark}, the newest point before {show_utc(unit.wanted, now)} UTC"
    time = f"{show_utc(unit.time, now)} UTC" if unit.time else "time of the point not reported"
    gap = ""
    if unit.wanted is not None and unit.time is not None and unit.wanted > unit.time:
        gap = f", {span_words(unit.wanted - unit.time)} before the time asked for"
    return f"{unit.name}{unit.source.mark}, {time}{gap}{', express' if unit.express else ''}"


async def read_draft(tools: Context, session_id: str) -> tuple[RestoreSession, tuple[RestoreArtifact, ...]]:
    """The session and its artifacts as the service has them now; the store learns of both.

    Raises:
        NotFound: The service has no such session.
        UsageError: The service does not say what kind of session it is.
        BackupTuiError: One of them could not be read.
    """
    session = await read_session(tools, session_id)
    return session, await list_artifacts(tools, service_of(session), session_id)


def _no_draft(session: RestoreSession) -> list[Check]:
    status = session_status(session.status)
    if status.allows(Action.ACTIVATE):
        return []
    return [Check(CheckResult.BLOCKING, f"{short_id(session.id)} is no longer a draft ({status.word})", 0)]


def record_of_review(reviewed: Review) -> DraftRecord:
    """What was in the reviewed draft, for a new one when somebody deleted it."""
    return DraftRecord(
        session_id=reviewed.session.id,
        service=reviewed.service,
        destination=reviewed.destination or Destination.NEW,
        units=tuple(point for unit in reviewed.units if (point := unit.as_point(reviewed.service)) is not None),
        missing=reviewed.names_missing,
        left_out=reviewed.left_out,
        mark=reviewed.names_mark,
        inside=reviewed.items.inside if reviewed.items else "",
        query=(reviewed.items.query or "") if reviewed.items else "",
        hits=reviewed.items.hits if reviewed.items else {},
    )
