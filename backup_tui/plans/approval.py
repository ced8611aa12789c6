"""One review and one phrase for a wave or a whole plan: the yes under which the runner starts its sessions.

The yes names the drafts with what was in each. A draft that holds anything else when its turn comes does not start
under it. Nothing is started by the yes itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview, KeptChange
from backup_tui.errors import StateConflict
from backup_tui.graph.writer import Writer
from backup_tui.models.checks import worst_first
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, short_id
from backup_tui.plans.approval_checks import Groups, approval_checks
from backup_tui.plans.drafts_now import DraftNow, PlanNow, read_plan_now
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord, Yes, change_record, need_record
from backup_tui.restore.drafts.record import keep_record as keep_draft_record
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.review.consequences import NO_WAY_BACK, phrase, sentence, word


@dataclass(frozen=True, kw_only=True)
class PlanReview(ChangeReview[PlanRecord]):
    """What a person has to know before sessions of a plan are started; its `thing` is where the plan is.

    Attributes:
        drafts: What would be started, in the order of the start.
    """

    drafts: tuple[DraftNow, ...]

    @property
    def fingerprints(self) -> dict[str, str]:
        return {draft.session.id: draft.fingerprint for draft in self.drafts}

    @property
    def units(self) -> int:
        """How many units are in the drafts."""
        return sum(len(draft.units) for draft in self.drafts)


@dataclass(frozen=True)
class ApproveWave(KeptChange[PlanReview, PlanRecord]):
    """The yes to starting the drafts of a wave, or of the whole plan.

    Attributes:
        name: Of the plan.
        wave: Index of the wave; those after it that need no review of their own are part of it. `None`: all waves.
        note: What the person says about it, for the journal's entry of each start.
    """

    noun = "plan"
    verb = "agree to"
    done_word = "agreed to"
    purpose = "agreeing to a plan"

    name: str
    wave: int | None = None
    note: str = ""

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
            raise StateConflict(
                f"Draft {short_id(differing[0])}{more} is not what was reviewed: somebody changed, started or "
                "deleted it.",
                status=409,
                certainty="Nothing was agreed to, and nothing was started.",
                hint="Read the review again.",
                code="PlanDraftChanged",
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
            sentence(service, place, len(_units(drafts)), [point for draft in drafts for point in draft.points], at)
            for (service, place), drafts in groups.items()
            if place is not None
        ]
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
            headline=f"{subject}, {_counts(groups)}",
            tenant=tenant,
            sentence=sentences[0] if sentences else "What would be started is unknown: see the checks below.",
            phrase=phrase(Destination.IN_PLACE if overwrites else Destination.NEW, count, context.who.tenant_word),
            checks=worst_first(checks),
            read_at=at,
            subject=subject,
            id_line=f"Sessions {', '.join(draft.session.id for draft in now.drafts)}",
            danger=overwrites,
            final=NO_WAY_BACK,
            service=first[0] if first is not None and len({service for service, _ in groups}) == 1 else None,
            extra=tuple(dict.fromkeys([*sentences[1:], *(words for draft in now.drafts for words in draft.extra)])),
            names=tuple(unit.name for unit in _units(now.drafts)),
            absent=tuple(
                dict.fromkeys(
                    [name for draft in now.drafts for name in draft.absent] + [name for name, _ in record.in_no_session]
                )
            ),
            way_out=f"See: backup-tui plan status {record.plan.name}",
            drafts=now.drafts,
        )


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
    what = f"wave {names[0]}" if len(names) == 1 else f"waves {', '.join(names)}"
    return f"{what} of plan {plan.name}"


def _counts(groups: Groups) -> str:
    counts: dict[Service, int] = {}
    for (service, _), drafts in groups.items():
        counts[service] = counts.get(service, 0) + len(_units(drafts))
    sessions = counted(sum(len(drafts) for drafts in groups.values()), "session")
    return ", ".join([service.counted(number) for service, number in counts.items()] or ["no unit"]) + f" in {sessions}"
