"""The check of a plan: names, points, sessions, waves, everything that a review checks. It only reads."""

from asyncio import gather
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct

from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.config.limits import ServiceLimits
from backup_tui.models.calls import COLLECTED_CALLS, CallRecord
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import are, counted, named
from backup_tui.plans.bulk import REQUESTS_PER_LIST, bulk_refusals, bulk_words
from backup_tui.plans.document import PlanDocument
from backup_tui.plans.expected import Expected, WaveForecast, at_a_time, expected_in_all, forecast
from backup_tui.plans.parts import Part, PartUnits, PlannedUnit, split
from backup_tui.plans.plan import Plan
from backup_tui.plans.plan_checks import (
    check_access,
    check_counts,
    check_limits,
    check_names,
    check_problems,
    check_running,
    check_tenant,
    check_times,
    check_without_point,
)
from backup_tui.plans.points import find_plan_points
from backup_tui.plans.record import PlanRecord, kept_plans, kept_record, kept_units
from backup_tui.plans.rows import PlanPoints, ScopeResult
from backup_tui.plans.scope import LoadUnits, resolve_scope
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.review.checks import check_gaps, check_points, check_service, running_sessions
from backup_tui.restore.review.consequences import sentence
from backup_tui.restore.review.contents import NO_POINTS
from backup_tui.restore.review.facts import check_kind, check_weekly
from backup_tui.restore.review.found_mails import MAIL_CHECKS, MailsInDraft
from backup_tui.restore.review.unit_checks import check_overlap, check_repeats, check_units

READY, NAMES, BLOCKED = 0, 2, 6

Groups = Mapping[tuple[Service, Destination], Sequence[ReviewedUnit]]  # units by service and destination


class Requests(Struct, frozen=True):
    """What a plan asks of the service, in requests."""

    made: int  # what the check sent, repeated tries included
    pages: int  # pages of lists of units among them
    searches: int  # searches for points that the plan takes, those included whose answers were kept from before
    writes: int  # what creates the drafts and fills them
    starts: int  # what starts them; each needs a yes


class PlanCheck(Struct, frozen=True):
    """What a plan would do, as everything is now."""

    document: PlanDocument  # the plan, and its file
    scope: ScopeResult  # what became of its names
    points: PlanPoints  # what was found for its units
    parts: tuple[PartUnits, ...]  # its sessions, each with its units
    waves: tuple[WaveForecast, ...]  # what each of its waves will be
    expected: Expected  # how long all of it may take, without the time that it waits for a person
    checks: tuple[Check, ...]  # each check, worst first
    sentences: tuple[str, ...]  # what it does, for each service and destination; what overwrites comes first
    requests: Requests  # what it asks of the service
    offers: tuple[str, ...]  # what lists of names cost, or would spare, in sentences
    verdict: str  # whether it can be drafted, in words: `NOT READY: 31 names to fix, 1 without a point, 1 check blocks`
    at: datetime  # the service's time when it ended (UTC)
    took: timedelta  # how long the check took

    @property
    def ready(self) -> bool:
        """Whether nothing keeps the plan from being drafted."""
        return not self.blocking

    @property
    def blocking(self) -> tuple[Check, ...]:
        """The checks that keep it from being drafted."""
        return tuple(check for check in self.checks if check.mark is CheckResult.BLOCKING)

    @property
    def exit_code(self) -> int:
        """0: ready; 2: a name is to fix or a unit has no point, as where any command finds names wrong; 6: all names
        are fine, and something else keeps it from being drafted."""
        if self.ready:
            return READY
        return NAMES if self.scope.problems or self.points.without else BLOCKED


async def check_plan(
    context: Context, load_units: LoadUnits, document: PlanDocument, on_progress: OnProgress = unheard
) -> PlanCheck:
    """Checks a plan; nothing is changed at the service.

    Args:
        load_units: Reads the units of a service into the store.

    Raises:
        UsageError: Its list, its time or a policy cannot be used.
        BackupTuiError: Units or points could not be read; points that were found are kept.
    """
    began = context.clock.monotonic()
    calls: list[CallRecord] = []
    collecting = COLLECTED_CALLS.set(calls)
    try:
        on_progress(Progress("reading names and units", 0, 1))
        scope = await resolve_scope(context, load_units, document.plan, document.folder)
        return await _check(context, document, scope, on_progress, calls, began)
    finally:
        COLLECTED_CALLS.reset(collecting)


async def _check(
    context: Context,
    document: PlanDocument,
    scope: ScopeResult,
    on_progress: OnProgress,
    calls: Sequence[CallRecord],
    began: float,
) -> PlanCheck:
    plan, limits = document.plan, context.limits
    points = await find_plan_points(context, plan, scope.rows, on_progress)
    parts = split(points.units, plan.limits, bulk=plan.bulk, mails=plan.mail is not None)
    waves = forecast(plan.waves, [part for part, _ in parts], plan.limits, limits)
    on_progress(Progress("checking", 0, 1))
    record = await kept_record(context.journal, plan.name)
    own = tuple(record.sessions.values()) if record is not None else ()
    groups = _groups(points.units)
    named = [*check_problems(scope), *check_without_point(points)]
    service, running = await gather(check_service(context), running_sessions(context, own))
    others = [
        *check_tenant(plan, context.who),
        *check_access(context.who, context.store.denials, may_write=context.writer is not None),
        *check_names(plan, scope),
        *check_counts(plan, scope),
        *check_times(points, context.clock.now()),
        *_by_name(plan, scope),
        *check_limits(waves, at_a_time(plan.limits, limits), limits),
        *_earlier(document, record),
        *service,
    ]
    others += check_running(running, dict.fromkeys(service for service, _ in groups), limits)
    others += await _units(context, groups, running, own, mails=plan.mail is not None)
    others += await _other_plans(context, plan.name, {unit.point.unit_id for unit in points.units})
    now = context.clock.now()
    on_progress(Progress("checking", 1, 1))
    return PlanCheck(
        document,
        scope,
        points,
        parts,
        waves,
        expected_in_all(waves, plan.waves, plan.limits, limits),
        worst_first(dict.fromkeys([*named, *others])),
        _sentences(plan, points, groups, now),
        _requests(calls, points, parts, limits),
        _offers(plan, parts, limits),
        _verdict(scope, points, parts, others),
        now,
        timedelta(seconds=context.clock.monotonic() - began),
    )


def _groups(units: Sequence[PlannedUnit]) -> Groups:
    """The units by service and destination; what overwrites comes first."""
    groups: dict[tuple[Service, Destination], list[ReviewedUnit]] = {}
    for unit in units:
        groups.setdefault((unit.point.service, unit.destination), []).append(ReviewedUnit.of_point(unit.point))
    return dict(sorted(groups.items(), key=lambda group: (group[0][1] is Destination.NEW, group[0][0])))


async def _units(
    context: Context,
    groups: Groups,
    running: Sequence[RestoreSession] | None,
    own: Collection[str],
    *,
    mails: bool = False,
) -> list[Check]:
    """The checks of the units, as the review of their drafts will make them."""
    now = context.clock.now()
    checks: list[Check] = []
    for (service, destination), units in groups.items():
        with_points = [unit for unit in units if unit.point_id]
        checks += check_points(with_points, service, now)
        checks += MAIL_CHECKS if mails else check_gaps(with_points, service, now)
        checks += () if mails else check_kind(service, destination, len(units))
    by_service: dict[Service, list[ReviewedUnit]] = {}
    for (service, _), units in groups.items():
        by_service.setdefault(service, []).extend(units)
    overlaps: list[Check] = []
    for service, units in by_service.items():
        checks += await check_units(context, service, units)
        overlaps += await check_overlap(context, running, service, units)
    doubts = [check for check in overlaps if check.mark is not CheckResult.OK]
    every = [unit for units in by_service.values() for unit in units]
    # Sites and OneDrive accounts have the same ages, and one line counts both; mailboxes have no weekly points.
    times = [_time(unit) for service, units in by_service.items() if service is not Service.EXCHANGE for unit in units]
    checks += check_weekly(Service.ONEDRIVE, times, now)
    return [*checks, *(doubts or overlaps), *await check_repeats(context, own, every)]


def _sentences(plan: Plan, points: PlanPoints, groups: Groups, now: datetime) -> tuple[str, ...]:
    """What the plan does, for each service and destination."""
    mails = {unit.point.unit_id: unit.point.mails for unit in points.units}
    said = []
    for (service, place), units in groups.items():
        times = [time for unit in units if (time := _time(unit)) is not None]
        if plan.mail is None:
            said.append(sentence(service, place, len(units), times, now))
            continue
        counts = [mails.get(unit.unit_id or "") for unit in units]
        known = [count for count in counts if count is not None]
        count = sum(known) if len(known) == len(counts) else None
        said.append(MailsInDraft(len(units), count).sentence(place, times, now))
    return (*said, *([f"Searched for: {plan.mail.query}"] if plan.mail is not None else []))


def _offers(plan: Plan, parts: Sequence[PartUnits], limits: ServiceLimits) -> tuple[str, ...]:
    """What else a person should know before the drafts are created."""
    if plan.mail is not None:
        return (
            "Microsoft's duration is for whole mailboxes. Each mailbox is searched once more when its draft is "
            "created; the service lists no mails, so their number is all that can be compared.",
        )
    return bulk_words(plan, [part for part, _ in parts], limits)


def _time(unit: ReviewedUnit) -> datetime | None:
    """Of the point; where only the service will look for one, the time that it is looked for."""
    return unit.time or unit.wanted


async def _other_plans(context: Context, name: str, unit_ids: Collection[str]) -> list[Check]:
    """Whether units are in sessions of other plans of this machine that have not ended, or are still to be drafted: two
    shifts may answer to the same attack."""
    checks: list[Check] = []
    for record in await kept_plans(context.journal):
        other = record.plan.name
        if other == name:
            continue
        shared = [
            unit.name
            for part in record.parts
            if not _is_over(context, record, part)
            for unit in await kept_units(context.journal, other, part.number)
            if unit.unit_id in unit_ids
        ]
        if shared:
            who = f"{named(shared, counted(len(shared), 'unit'))} {are(len(shared))}"
            checks.append(Check(CheckResult.WARNING, f"{who} in plan {other} as well, and not restored there yet", 7))
    return checks


def _is_over(context: Context, record: PlanRecord, part: Part) -> bool:
    """Whether a part will restore nothing more: its session has ended, was deleted, or is no longer known."""
    if part.number not in record.sessions:
        return False
    session = context.store.sessions.get(record.sessions[part.number])
    return session is None or session.gone or session.state.terminal


def _by_name(plan: Plan, scope: ScopeResult) -> list[Check]:
    """What the plan asks for and lists of names cannot do."""
    if not plan.bulk:
        return []
    return [NO_POINTS, *(Check(CheckResult.BLOCKING, why, 2) for why in bulk_refusals(plan, scope.rows))]


def _earlier(document: PlanDocument, record: PlanRecord | None) -> list[Check]:
    """Whether drafts of this plan exist already."""
    if record is None:
        return []
    made = f"{counted(len(record.parts), 'session')} of this plan {'exists' if len(record.parts) == 1 else 'exist'}"
    if record.plan == document.plan:
        return [Check(CheckResult.OK, f"{made} already", 2)]
    return [Check(CheckResult.WARNING, f"{made} already, and the plan was another one then: see what differs", 8)]


def _requests(
    calls: Sequence[CallRecord],
    points: PlanPoints,
    parts: Sequence[PartUnits],
    limits: ServiceLimits,
) -> Requests:
    lists = tuple(f"list {service.names.units}" for service in Service)
    # Of what a list of names takes, two are its start and the look at what became of the names.
    by_name = REQUESTS_PER_LIST - 2
    writes = sum(by_name if part.bulk else ceil(part.units / limits.units_per_write) for part, _ in parts)
    pages = sum(call.what.startswith(lists) for call in calls)
    return Requests(len(calls), pages, points.searches_needed, writes, len(parts))


def _verdict(scope: ScopeResult, points: PlanPoints, parts: Sequence[object], others: Sequence[Check]) -> str:
    names, without = len(scope.problems), len(points.without)
    blocking = len({check.text for check in others if check.mark is CheckResult.BLOCKING})
    why = [f"{counted(names, 'name')} to fix"] if names else []
    if without:
        why.append(f"{without:,} without a point")
    if blocking:
        why.append(f"{counted(blocking, 'check')} {'blocks' if blocking == 1 else 'block'}")
    if why:
        return f"NOT READY: {', '.join(why)}"
    return f"READY: {counted(len(points.units), 'unit')} in {counted(len(parts), 'session')}"
