"""One review and one phrase for a wave or a whole plan: the yes under which the runner starts its sessions.

The yes names the drafts with what was in each. A draft that holds anything else when its turn comes does not start
under it. Nothing is started by the yes itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview, KeptChange
from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import StateConflict
from backup_tui.graph.writer import Writer
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import session_status
from backup_tui.models.text import are, counted, named, short_id
from backup_tui.plans.drafts_now import DraftNow, PlanNow, read_plan_now
from backup_tui.plans.parts import Part
from backup_tui.plans.places import in_flight
from backup_tui.plans.record import PlanRecord, Yes, change_record, need_record
from backup_tui.restore.drafts.record import keep_record as keep_draft_record
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.review.checks import check_author, check_gaps, check_points, check_service, check_unchanged
from backup_tui.restore.review.consequences import NO_WAY_BACK, phrase, sentence, short_sentence, word
from backup_tui.restore.review.facts import check_kind, check_weekly
from backup_tui.restore.review.found_mails import MAIL_CHECKS, MailsInDraft
from backup_tui.restore.review.two_people import check_two_people
from backup_tui.restore.review.unit_checks import check_overlap, check_repeats, check_units


@dataclass(frozen=True, kw_only=True)
class PlanReview(ChangeReview[PlanRecord]):
    """What a person has to know before sessions of a plan are started; its `thing` is where the plan is."""

    drafts: tuple[DraftNow, ...]  # what would be started, in the order of the start

    @property
    def fingerprints(self) -> dict[str, str]:
        return {draft.session.id: draft.fingerprint for draft in self.drafts}

    @property
    def units(self) -> int:
        """How many units are in the drafts."""
        return sum(len(draft.units) for draft in self.drafts)


@dataclass(frozen=True)
class ApproveWave(KeptChange[PlanReview, PlanRecord]):
    """The yes to starting the drafts of a wave, or of the whole plan."""

    noun = "plan"
    verb = "agree to"
    done_word = "agreed to"
    purpose = "agreeing to a plan"

    name: str  # of the plan
    # Index of the wave; those after it that need no review of their own are part of it. `None`: all waves.
    wave: int | None = None
    note: str = ""  # what the person says about it, for the journal's entry of each start

    def writer(self, context: Context) -> Writer:
        return context.may_restore()

    async def prepare(self, context: Context) -> PlanReview:
        record = await need_record(context.journal, self.name)
        now = await read_plan_now(context, record, self._parts(record))
        return await self._review(context, record, now)

    async def keep(self, context: Context, reviewed: PlanReview) -> PlanRecord:
        record = await need_record(context.journal, self.name)
        now = await read_plan_now(context, record, [draft.part for draft in reviewed.drafts])
        here = {draft.session.id: draft.fingerprint for draft in now.drafts}
        differing = [key for key, seen in reviewed.fingerprints.items() if here.get(key) != seen]
        if differing:
            more = f" (and {counted(len(differing) - 1, 'other draft')})" if len(differing) > 1 else ""
            raise StateConflict.unsent(
                f"Draft {short_id(differing[0])}{more} is not what was reviewed: somebody changed, started or "
                "deleted it.",
                "PlanDraftChanged",
                "Read the review again.",
                certainty="Nothing was agreed to, and nothing was started.",
            )
        for draft in now.drafts:
            # What the start is compared with, unit by unit, should somebody change the draft later.
            units = tuple(point for unit in draft.units if (point := unit.as_point(draft.part.service)) is not None)
            made = replace(draft.record, session_id=draft.session.id)
            await keep_draft_record(context.journal, made.with_units(units))
        yes = Yes(reviewed.phrase, context.who.user_label, context.clock.now(), here, self.note)
        return await change_record(context, self.name, lambda kept: replace(kept, yes=(*kept.yes, yes)))

    def _parts(self, record: PlanRecord) -> list[Part]:
        waves = record.plan.waves_under(self.wave)
        return [part for part in record.parts if part.wave in waves]

    async def _review(self, context: Context, record: PlanRecord, now: PlanNow) -> PlanReview:
        at, tenant = context.clock.now(), context.who.tenant
        groups = _groups(now.drafts)
        sentences = [
            _sentence(service, place, drafts, at) for (service, place), drafts in groups.items() if place is not None
        ]
        whole = sentences[0] if sentences else "What would be started is unknown: see the checks below."
        if len(sentences) > 1 and not any(draft.record.query for draft in now.drafts):
            # All of it before the phrase, in a line each; the whole sentences follow.
            short = (
                short_sentence(service, place, len(_units(drafts)))
                for (service, place), drafts in groups.items()
                if place
            )
            whole = " ".join(short)
        count = sum(len(draft.units) for draft in now.drafts)
        # One draft in place makes it a phrase that overwrites.
        places = {place for _, place in groups}
        overwrites = bool(places - {Destination.NEW})
        checks = await approval_checks(context, record, now, groups)
        subject = _subject(record, self.wave)
        first = next(iter(groups), None)
        return PlanReview(
            change=self,
            thing=record,
            word=word(*first) if first is not None else "RESTORE",
            headline=f"{_counts(groups)}, {subject}",
            tenant=tenant,
            sentence=whole,
            phrase=phrase(Destination.IN_PLACE if overwrites else Destination.NEW, count, context.who.tenant_word),
            checks=worst_first(checks),
            read_at=at,
            subject=subject,
            id_line=f"Sessions {', '.join(draft.session.id for draft in now.drafts)}",
            danger=overwrites,
            final=NO_WAY_BACK,
            service=first[0] if first is not None and len({service for service, _ in groups}) == 1 else None,
            extra=tuple(
                dict.fromkeys(
                    [
                        *(each for each in sentences if each != whole),
                        *(words for draft in now.drafts for words in draft.extra),
                    ]
                )
            ),
            names=tuple(unit.name for unit in _units(now.drafts)),
            absent=tuple(
                dict.fromkeys(
                    [name for draft in now.drafts for name in draft.absent] + [name for name, _ in record.in_no_session]
                )
            ),
            way_out=f"See: backup-tui plan status {record.plan.name}",
            drafts=now.drafts,
        )


def _sentence(service: Service, place: Destination, drafts: Sequence[DraftNow], at: datetime) -> str:
    """What starting the drafts of one kind does."""
    units, points = _units(drafts), [point for draft in drafts for point in draft.points]
    if not any(draft.record.query for draft in drafts):
        return sentence(service, place, len(units), points, at)
    hits = {key: count for draft in drafts for key, count in draft.record.hits.items()}
    known = [hits[unit.unit_id] for unit in units if unit.unit_id in hits]
    return MailsInDraft(len(units), sum(known) if len(known) == len(units) else None).sentence(place, points, at)


def _groups(drafts: Sequence[DraftNow]) -> dict[tuple[Service, Destination | None], list[DraftNow]]:
    groups: dict[tuple[Service, Destination | None], list[DraftNow]] = {}
    for draft in sorted(drafts, key=lambda one: (one.destination is Destination.NEW, one.part.number)):
        groups.setdefault((draft.part.service, draft.destination), []).append(draft)
    return groups


def _units(drafts: Sequence[DraftNow]) -> list[ReviewedUnit]:
    return [unit for draft in drafts for unit in draft.units]


def _subject(record: PlanRecord, wave: int | None) -> str:
    plan = record.plan
    if wave is None or len(plan.waves) == 1:
        return f"plan {plan.name}"
    names = [plan.waves[index].name for index in plan.waves_under(wave)]
    what = f"wave {names[0]}" if len(names) == 1 else f"waves {', '.join(names[:-1])} and {names[-1]}"
    return f"{what} of plan {plan.name}"


def _counts(groups: Groups) -> str:
    counts: dict[Service, int] = {}
    for (service, _), drafts in groups.items():
        counts[service] = counts.get(service, 0) + len(_units(drafts))
    sessions = counted(sum(len(drafts) for drafts in groups.values()), "session")
    return ", ".join([service.counted(number) for service, number in counts.items()] or ["no unit"]) + f" in {sessions}"


Groups = Mapping[tuple[Service, Destination | None], Sequence[DraftNow]]  # drafts by service and destination


async def approval_checks(context: Context, record: PlanRecord, now: PlanNow, groups: Groups) -> list[Check]:
    """All checks of the review, in no order. `now`: its sessions as just read. `groups`: the drafts that would be
    started."""
    running = [one for one in now.sessions if session_status(one.status).moving]
    checks = [
        *_drafts(now),
        *_twice(now.drafts),
        *await check_service(context),
        *_room(running, groups, context.limits),
    ]
    for (service, destination), drafts in groups.items():
        checks += await _kind(context, service, destination, drafts, running)
    for draft in now.drafts:
        checks += check_author(draft.session, context.who)
    if context.two_people:
        checks += check_two_people([draft.session for draft in now.drafts], context.who)
    return list(dict.fromkeys(checks))


async def _kind(
    context: Context,
    service: Service,
    destination: Destination | None,
    drafts: Sequence[DraftNow],
    running: Sequence[RestoreSession],
) -> list[Check]:
    """The checks of all drafts of one service and destination."""
    units = tuple(unit for draft in drafts for unit in draft.units)
    with_points = [draft for draft in drafts if draft.names is None]
    checks = [check for draft in drafts for check in draft.names or ()]
    mails = any(draft.record.query for draft in drafts)
    if with_points:
        checks += _points(context, service, with_points, mails=mails)
    checks += [
        *(MAIL_CHECKS if mails else check_kind(service, destination, len(units))),
        *await check_overlap(context, running, service, units),
        *await check_units(context, service, units),
        *await check_repeats(context, (), units),
    ]
    if destination is None:
        text = f"the units of {_drafts_words(drafts)} do not all go to the same place, as far as the service says"
        checks.append(Check(CheckResult.BLOCKING, text, 1))
    return checks


def _points(context: Context, service: Service, drafts: Sequence[DraftNow], *, mails: bool) -> list[Check]:
    units = tuple(unit for draft in drafts for unit in draft.units)
    asked = replace(drafts[0].record, units=tuple(unit for draft in drafts for unit in draft.record.units))
    at = context.clock.now()
    return [
        *check_points(units, service, at),
        *(() if mails else check_gaps(units, service, at)),
        *check_unchanged(units, asked, service),
        *check_weekly(service, [unit.time for unit in units], at),
    ]


def _drafts(now: PlanNow) -> list[Check]:
    """Whether there is something to start, and what is not as the plan made it."""
    checks: list[Check] = []
    if not now.drafts:
        checks.append(Check(CheckResult.BLOCKING, "there is no draft to start", 0))
    empty = [draft for draft in now.drafts if not draft.units and draft.names is None]
    if empty:
        checks.append(Check(CheckResult.BLOCKING, f"{_drafts_words(empty)} is empty: nothing would be restored", 1))
    blind = [draft for draft in now.drafts if not draft.fingerprint]
    if blind:
        text = f"the service did not report the point or the destination of a unit in {_drafts_words(blind)}"
        checks.append(Check(CheckResult.BLOCKING, text, 2))
    if now.undrafted:
        text = f"{_parts_words(now.undrafted)} no draft yet: not part of this"
        checks.append(Check(CheckResult.WARNING, text, 2))
    if now.deleted:
        units = counted(sum(part.units for part in now.deleted), "unit")
        drafts = "draft" if len(now.deleted) == 1 else "drafts"
        text = f"somebody deleted the {drafts} of {units}: not part of this"
        checks.append(Check(CheckResult.WARNING, text, 1))
    if now.started:
        have = "has" if len(now.started) == 1 else "have"
        text = f"{counted(len(now.started), 'session')} of it {have} started already"
        checks.append(Check(CheckResult.OK, text, 4))
    absent = sum(len(draft.absent) for draft in now.drafts)
    strange = sum(draft.strange for draft in now.drafts)
    if absent:
        checks.append(Check(CheckResult.WARNING, f"{counted(absent, 'unit')} of the plan {are(absent)} in no draft", 3))
    if strange:
        text = f"{counted(strange, 'unit')} in the drafts {are(strange)} not of the plan, or with another point"
        checks.append(Check(CheckResult.WARNING, text, 3))
    return checks


def _twice(drafts: Sequence[DraftNow]) -> list[Check]:
    """No unit may be in the drafts twice: it would be restored twice, one after the other."""
    units: list[ReviewedUnit] = [unit for draft in drafts for unit in draft.units]
    twice = [key for key, count in Counter(unit.unit_id for unit in units if unit.unit_id).items() if count > 1]
    if not twice:
        return []
    names = {unit.unit_id: unit.name for unit in units}
    who = named([names[unit_id] for unit_id in twice], f"{len(twice):,} units")
    return [Check(CheckResult.BLOCKING, f"{who} {are(len(twice))} in these drafts more than once", 3)]


def _room(running: Sequence[RestoreSession], groups: Groups, limits: ServiceLimits) -> list[Check]:
    """Whether everything can start at once; what cannot waits for its turn."""
    sessions = sum(len(drafts) for drafts in groups.values())
    checks: list[Check] = []
    if len(running) + sessions > limits.sessions:
        text = f"{len(running)} of {limits.sessions} sessions running: some of these wait until others end"
        checks.append(Check(CheckResult.WARNING, text, 40))
    else:
        checks.append(Check(CheckResult.OK, f"{len(running)} of {limits.sessions} sessions running", 3))
    flying = in_flight(running)
    for service in dict.fromkeys(service for service, _ in groups):
        count = sum(len(draft.units) for (of, _), drafts in groups.items() if of is service for draft in drafts)
        if flying[service] + count > limits.units:
            over = min(count, flying[service] + count - limits.units)
            text = f"{service.counted(over)} wait for others: the service restores {limits.units:,} at a time"
            checks.append(Check(CheckResult.WARNING, text, 41))
    return checks


def _drafts_words(drafts: Sequence[DraftNow]) -> str:
    more = f" and {len(drafts) - 1:,} more" if len(drafts) > 1 else ""
    return f"draft {short_id(drafts[0].session.id)}{more}"


def _parts_words(parts: Sequence[Part]) -> str:
    units = counted(sum(part.units for part in parts), "unit")
    return f"{counted(len(parts), 'session')} of {units} {'has' if len(parts) == 1 else 'have'}"
