"""Checks of a review that look at the draft, its author and the service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from backup_tui.changes.context import Context
from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.errors import BackupTuiError
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.granular import files_counted
from backup_tui.models.remembered import NameSource
from backup_tui.models.service_state import End, state_of
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import session_status
from backup_tui.models.text import are, counted, named, short_id
from backup_tui.models.times import span_words
from backup_tui.models.whoami import WhoAmI
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.points.moments import is_weekly, show_utc
from backup_tui.restore.points.points import USUAL_GAP, WEEKLY_GAP
from backup_tui.restore.reads import list_sessions
from backup_tui.store.updates import ServiceRead

EXPIRES_SOON = timedelta(days=2)  # a point that expires within this time is reported

CLOSE_GAP = timedelta(minutes=20)
"""Twice the usual interval between points: the newest one is always some minutes old, so less is not reported."""


def check_points(units: Sequence[ReviewedUnit], service: Service, now: datetime) -> list[Check]:
    """Whether the points still exist, for how long, and whether their times are known."""
    checks: list[Check] = []
    expired = [unit for unit in units if unit.expires is not None and unit.expires <= now]
    soon = [unit for unit in units if unit.expires is not None and now < unit.expires <= now + EXPIRES_SOON]
    untimed = [unit for unit in units if unit.time is None]
    if expired:
        checks.append(Check(CheckResult.BLOCKING, f"{_who(expired, service)}: the point has expired", 5))
    if soon:
        end = min(unit.expires for unit in soon if unit.expires is not None)
        text = f"{_who(soon, service)}: the point expires {show_utc(end, now)} UTC"
        checks.append(Check(CheckResult.WARNING, text, 25))
    if untimed:
        text = f"{_who(untimed, service)}: the time of the point is not reported"
        checks.append(Check(CheckResult.WARNING, text, 10))
    unnamed = sum(unit.unit_id is None for unit in units)
    if unnamed:
        of = f"{unnamed:,} of {counted(len(units), 'unit')} {are(unnamed)}"
        text = f"{of} not named by the service; only points are known"
        checks.append(Check(CheckResult.UNKNOWN, text, 5))
    handed = sum(unit.source is NameSource.HANDOVER for unit in units)
    if handed:
        of = f"{handed:,} of {counted(len(units), 'name')} {are(handed)}"
        text = f"{of} from a hand-over file; the service confirmed whose points they are"
        checks.append(Check(CheckResult.UNKNOWN, text, 15))
    return checks


def check_gaps(units: Sequence[ReviewedUnit], service: Service, now: datetime) -> list[Check]:
    """How far the points are from the requested time, as far as that is known."""
    checks: list[Check] = []
    gaps = [
        (unit.wanted - unit.time, unit)
        for unit in units
        if unit.wanted is not None and unit.time is not None and unit.wanted - unit.time > CLOSE_GAP
    ]
    near = [pair for pair in gaps if pair[1].wanted is None or not is_weekly(service, pair[1].wanted, now)]
    weekly = [
        pair
        for pair in gaps
        if pair[1].wanted is not None and is_weekly(service, pair[1].wanted, now) and pair[0] > WEEKLY_GAP
    ]
    for far, limit in ((near, USUAL_GAP), (weekly, WEEKLY_GAP)):
        if far:
            worst, unit = max(far, key=lambda pair: pair[0])
            rank = 20 if worst > limit else 60
            checks.append(Check(CheckResult.WARNING, _gap_line(len(far), worst, unit), rank))
    return checks


def check_unchanged(units: Sequence[ReviewedUnit], record: DraftRecord | None, service: Service) -> list[Check]:
    """Whether the draft is as it was created here."""
    if record is None or not record.units:
        return [Check(CheckResult.UNKNOWN, "the time that was asked for is unknown: the draft was made elsewhere", 30)]
    made = Counter(unit.point_id for unit in record.units if unit.point_id is not None)
    here = Counter(unit.point_id for unit in units)
    more, fewer = (here - made).total(), (made - here).total()
    if more or fewer:
        return [Check(CheckResult.WARNING, f"changed: {more:,} more, {fewer:,} fewer", 12)]
    by = record.handed_over.partition(",")[0]
    since = f"since {by} handed it over" if by else "since you saw it"
    what = files_counted(len(units)) if record.inside else service.counted_in_short(len(units))
    return [Check(CheckResult.OK, f"unchanged {since}: {what}, same points", 1)]


def _gap_line(count: int, worst: timedelta, unit: ReviewedUnit) -> str:
    if count == 1:
        return f"{unit.name}: the point is {span_words(worst)} earlier than you asked for"
    return f"{count:,} points are up to {span_words(worst)} earlier than you asked for ({unit.name})"


def check_author(session: RestoreSession, who: WhoAmI) -> list[Check]:
    """Whether another person created the draft or changed it last."""
    checks: list[Check] = []
    maker, changer = session.created_by, session.last_modified_by
    mine = who.object_id or who.app_id
    if not mine or maker is None:
        label = f" ({maker.label})" if maker is not None and maker.label else ""
        return [Check(CheckResult.UNKNOWN, f"whether you created this draft is unknown{label}", 40)]
    made_by = maker.user_id or maker.application_id
    if made_by and made_by.lower() != mine.lower():
        name = maker.label or "someone else"
        checks.append(Check(CheckResult.WARNING, f"{name} created this draft; you would start it", 30))
    changed_by = (changer.user_id or changer.application_id) if changer is not None else None
    if changer is not None and changed_by and changed_by.lower() not in (mine.lower(), (made_by or "").lower()):
        checks.append(Check(CheckResult.WARNING, f"{changer.label or 'someone else'} changed it last", 28))
    return checks


def check_same_unit(units: Sequence[ReviewedUnit]) -> list[Check]:
    """Whether a unit is in the draft more than once."""
    names = {unit.unit_id: unit.name for unit in units}
    twice = [key for key, count in Counter(unit.unit_id for unit in units if unit.unit_id).items() if count > 1]
    if not twice:
        return []
    who = named([names[key] for key in twice], f"{len(twice):,} units")
    return [Check(CheckResult.WARNING, f"{who} {are(len(twice))} in the draft more than once", 8)]


async def check_service(tools: Context) -> list[Check]:
    """Whether the service allows restores at all."""
    asked_at = tools.clock.monotonic()
    try:
        root = await tools.reader.service_root()
    except BackupTuiError as error:
        tools.store.apply(ServiceRead(error=error.message, asked_at=asked_at, answered_at=tools.clock.now()))
        return [Check(CheckResult.UNKNOWN, "whether the service allows restores now could not be read", 10)]
    tools.store.apply(ServiceRead(root, asked_at=asked_at, answered_at=tools.clock.now()))
    state, now = state_of(root), tools.clock.now()
    if state.no_restore is not None:
        return [Check(CheckResult.BLOCKING, state.no_restore, 3)]
    checks: list[Check] = []
    if state.restores_until is not None:
        until = f"{show_utc(state.restores_until, now)} UTC"
        passed = state.end_of_restores(now) is End.PASSED
        text = (
            f"restores were allowed until {until}; this one may be refused"
            if passed
            else f"restores are allowed until {until}"
        )
        checks.append(Check(CheckResult.WARNING, text, 15))
    if not state.known:
        checks.append(Check(CheckResult.UNKNOWN, "the service did not report whether restores are allowed", 10))
    return checks


async def running_sessions(tools: Context, except_ids: Collection[str]) -> list[RestoreSession] | None:
    """The restores that run now, without those that are reviewed; `None` when the list could not be read."""
    try:
        sessions = await list_sessions(tools)
    except BackupTuiError:
        return None
    return [one for one in sessions if session_status(one.status).moving and one.id not in except_ids]


def check_room(
    running: Sequence[RestoreSession] | None, service: Service, count: int, limits: ServiceLimits, *, items: str = ""
) -> list[Check]:
    """Whether the service has room for one more restore, and whether all its units can run at once.

    Args:
        running: The restores that run now; `None` when they could not be read.
        count: Its units.
        limits: How many sessions and units may run.
        items: What it holds, where that is single files or mails: no page says how many of those run at a time.
    """
    if running is None:
        text = f"how many restores are running could not be read; {whose(limits)} allows {limits.sessions}"
        return [Check(CheckResult.UNKNOWN, text, 11)]
    if len(running) >= limits.sessions:
        text = f"{len(running)} of {limits.sessions} sessions running: {whose(limits)} allows no more"
        return [Check(CheckResult.BLOCKING, text, 4)]
    if items:
        return [Check(CheckResult.OK, f"{len(running)} of {limits.sessions} sessions running; this one: {items}", 3)]
    whole = [one for one in running if one.service is service and not one.holds_files]
    in_flight = sum(one.counts.in_progress or 0 for one in whole)
    limit = service.counted_in_short(limits.units)
    if in_flight + count > limits.units:
        over = min(count, in_flight + count - limits.units)
        waits = "waits" if over == 1 else "wait"
        text = f"{over:,} {waits} for others: the service restores {limits.units:,} at a time"
        return [Check(CheckResult.WARNING, text, 40)]
    text = f"{len(running)} of {limits.sessions} sessions running; {in_flight:,} of {limit} in restore"
    return [Check(CheckResult.OK, text, 3)]


def whose(limits: ServiceLimits) -> str:
    """Who allows no more sessions: the service, or a profile that allows fewer."""
    return "the service" if limits.sessions >= LIMITS.sessions else "this profile"


def _who(units: Sequence[ReviewedUnit], service: Service) -> str:
    return named([unit.name for unit in units], service.counted(len(units)))


def session_label(session: RestoreSession) -> str:
    """`61633878 by ryan`."""
    by = f" by {session.created_by.label}" if session.created_by and session.created_by.label else ""
    return f"{short_id(session.id)}{by}"
