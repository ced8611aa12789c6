"""Makes the drafts of a plan, one for each part, so that a run that is killed anywhere is completed by the next one.

The units of every part are in the journal before the record, the record before the first request, and each create
carries the key of its part. So a second run finds the draft of the first one, and no unit is in two of them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec.structs import replace

from backup_tui.changes.context import CALLS_IN_FLIGHT, Context, OnProgress, Progress, each_of, unheard
from backup_tui.changes.findings import Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import BackupTuiError, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.journal.fingerprint import fingerprint, pairs_of
from backup_tui.journal.matching import MARGIN
from backup_tui.journal.records import Intent, IntentState
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import counted, short_id
from backup_tui.plans.mails import draft_found_mails
from backup_tui.plans.parts import Part, PartUnits
from backup_tui.plans.plan import Plan
from backup_tui.plans.record import (
    PlanRecord,
    keep_record,
    keep_units,
    kept_record,
    kept_units,
    need_record,
    part_key,
)
from backup_tui.plans.rows import PlanPoints, ScopeResult
from backup_tui.restore.drafts.asked import Asked, earlier_run, kept_plan
from backup_tui.restore.drafts.bulk import create_names_draft
from backup_tui.restore.drafts.create import looking
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult
from backup_tui.restore.drafts.taking_up import take_up
from backup_tui.restore.lost_answers import CREATE
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import read_artifacts
from backup_tui.restore.review.checks import check_service

_SAME_CONTENTS = "The draft was created: one draft has its contents; who created it is not reported."
_MADE_AGAIN = "No draft of this request was found. A draft restores nothing, so the plan creates it again."


class Checked(Protocol):
    """What a check found, as far as drafts need it: `checking.PlanCheck`."""

    @property
    def scope(self) -> ScopeResult: ...

    @property
    def points(self) -> PlanPoints: ...

    @property
    def parts(self) -> Sequence[PartUnits]: ...


class DraftsIncomplete(BackupTuiError):
    """Drafts of a plan are missing, or do not hold all their units; the others are whole."""

    exit_code = 6

    def __init__(self, record: PlanRecord, problems: Sequence[tuple[Part, BackupTuiError]]) -> None:
        part, first = problems[0]
        more = f" (and {counted(len(problems) - 1, 'other draft')})" if len(problems) > 1 else ""
        super().__init__(
            f"Draft {part.number} of {len(record.parts):,} is not complete: {first.message}{more}",
            certainty="Nothing was started. The other drafts are whole.",
            hint=f"To complete them: backup-tui plan draft {record.plan.name}",
            code="DraftsIncomplete",
            request_id=first.request_id,
        )
        self.record = record  # where the plan is
        self.problems = tuple(problems)  # each part with what is wrong


async def draft_plan(
    context: Context, plan: Plan, digest: str, path: str, check: Checked, on_progress: OnProgress = unheard
) -> PlanRecord:
    """Creates the draft of every part of a checked plan, or completes what an earlier run began. Returns the plan with
    the id of each draft.

    Args:
        digest: SHA-256 of its file; empty for a plan without one.
        path: Its file; empty without one.
        check: What was found for it.
        on_progress: Told how many units are in drafts.

    Raises:
        StateConflict: Drafts of this name were made for another plan; nothing was sent (code `PlanChanged`).
        DraftsIncomplete: Some drafts are missing or lack units; the others are whole.
        OutcomeUnknown: Whether a draft was made is unknown.
        UsageError, ReadOnlyError, WriteLockHeld, JournalError: Nothing was sent.
    """
    context.may_restore()
    async with context.hold_lock("drafting a plan") as held:
        record = await kept_record(held.journal, plan.name)
        if record is None:
            await _begin(held, plan, digest, path, check)
        elif record.digest != digest or record.plan != plan:
            raise StateConflict.unsent(
                f"The plan {plan.name} has drafts already, and it was another one when they were created.",
                "PlanChanged",
                "See what differs (backup-tui plan diff FILE), or give the plan another name.",
            )
    return await complete_drafts(context, plan.name, on_progress)


async def add_parts(context: Context, name: str, parts: Sequence[PartUnits]) -> PlanRecord:
    """Writes down further parts of a plan, before anything of them is sent: new names, or failed units again.

    Args:
        parts: Their numbers continue those of the plan.

    Raises:
        UsageError: A unit is in another part, and the new one does not repeat it; or a number is taken.
        WriteLockHeld, JournalError: Nothing was written.
    """
    async with context.hold_lock("drafting a plan") as held:
        record = await need_record(held.journal, name)
        taken = {part.number for part in record.parts}
        if any(part.number in taken for part, _ in parts):
            raise UsageError.unsent("Another run has added to this plan meanwhile.", "plan", name, "Run it again.")
        before = [(part, await kept_units(held.journal, name, part.number)) for part in record.parts]
        _check_once([*before, *parts])
        for part, units in parts:
            await keep_units(held.journal, name, part.number, units)
        record = replace(record, parts=(*record.parts, *(part for part, _ in parts)))
        await keep_record(held.journal, record)
        return record


async def complete_drafts(context: Context, name: str, on_progress: OnProgress = unheard) -> PlanRecord:
    """Creates each draft of a plan that is not there yet, and fills those that an earlier run left unfinished.

    A draft that somebody deleted is not made again, and one that somebody changed after it was whole stays as it is.

    Raises:
        As for `draft_plan`.
    """
    if context.clock.skew is None:
        # A create whose answer is lost is recognized by its time, too: the service's must be known before.
        await check_service(context)
    context.may_restore()
    drafts = _Drafts(context, await need_record(context.journal, name), on_progress)
    # The right to write is given back between batches, so that an urgent change of another process gets its turn.
    for batch in _batches(drafts.record.parts):
        async with context.hold_lock("drafting a plan") as held:
            # Another process may have changed the record while the right was free.
            drafts.record = await need_record(held.journal, name)
            await drafts.make(held, batch)
    return drafts.ended()


def _batches(parts: Sequence[Part]) -> list[list[Part]]:
    """Which drafts are made together. Empty drafts cannot be told apart, so drafts of names are made one by one."""
    with_points = [part for part in parts if not part.bulk]
    together = [with_points[start : start + CALLS_IN_FLIGHT] for start in range(0, len(with_points), CALLS_IN_FLIGHT)]
    return [*together, *([part] for part in parts if part.bulk)]


class _Drafts:
    """One run that makes the drafts of a plan."""

    def __init__(self, context: Context, record: PlanRecord, on_progress: OnProgress) -> None:
        self.record = record
        self._context = context
        self._on_progress = on_progress
        self._done: dict[int, int] = {}
        self._of = sum(part.units for part in record.parts)
        self._problems: list[tuple[Part, BackupTuiError]] = []

    async def make(self, held: Context, parts: list[Part]) -> None:
        async def one(part: Part) -> None:
            try:
                await self._part(held, part)
            except BackupTuiError as error:
                self._problems.append((part, error))

        await each_of(one, parts)

    def ended(self) -> PlanRecord:
        """The record; raises what is in the way of the drafts that are not whole."""
        for _, error in self._problems:
            if isinstance(error, OutcomeUnknown):
                raise error
        if self._problems:
            raise DraftsIncomplete(self.record, sorted(self._problems, key=lambda problem: problem[0].number))
        return self.record

    async def _part(self, held: Context, part: Part) -> None:
        name = self.record.plan.name
        units = await kept_units(held.journal, name, part.number)
        asked = asked_for(name, part, units)
        if part.number in self.record.sessions:
            kept = await kept_plan(held.journal, asked)
            if kept is None or kept.finished:
                self._told(part, Progress("", len(units), len(units)))
                return

        def told(progress: Progress) -> None:
            self._told(part, progress)

        result = await _make(held, self.record.plan, part, units, asked, told)
        await self._made(held, part, result)
        self._told(part, Progress("", len(result.in_it), len(units)))
        if result.error is not None:
            raise result.error

    async def _made(self, held: Context, part: Part, result: DraftResult) -> None:
        """Writes down which session a part became, and which of its units the service did not take."""
        reasons = {refusal.name: f"not taken: {refusal.message or refusal.code}" for refusal in result.refusals}
        lacking = tuple((row.name, reasons.get(row.name, f"not in draft {part.number}")) for row in result.not_in_it)
        not_taken = {number: names for number, names in self.record.not_taken.items() if number != part.number}
        # Replaced in one step between awaits: the drafts beside this one write the same record.
        self.record = replace(
            self.record,
            sessions={**self.record.sessions, part.number: result.session_id},
            not_taken=not_taken | ({part.number: lacking} if lacking else {}),
        )
        await keep_record(held.journal, self.record)

    def _told(self, part: Part, progress: Progress) -> None:
        if progress.step.startswith("no answer"):
            self._on_progress(progress)
            return
        self._done[part.number] = max(progress.done, self._done.get(part.number, 0))
        self._on_progress(Progress("filling the drafts", sum(self._done.values()), self._of))


def asked_for(name: str, part: Part, units: Iterable[UnitPoint]) -> Asked:
    """What the create of a part is recognized by."""
    points = [[unit.unit_id, unit.point_id] for unit in units]
    return Asked.of((part.service.value, part.destination.value, points), key=part_key(name, part.number))


async def _make(
    held: Context, whole: Plan, part: Part, units: tuple[UnitPoint, ...], asked: Asked, on_progress: OnProgress
) -> DraftResult:
    """The draft of a part: that of an earlier run, or a new one."""
    plan = DraftPlan(part.service, part.destination, units)
    for last in (False, True):
        earlier = await earlier_run(held, asked)
        if earlier is not None and not earlier.state.is_settled:
            await _settle_create(held, earlier, on_progress)
        try:
            if whole.mail is not None:
                return await draft_found_mails(held, whole.mail, plan, asked, on_progress)
            if part.bulk:
                title = f"{whole.name} part {part.number}"
                return DraftResult(await create_names_draft(held, plan, asked, title, on_progress), units)
            taken = await take_up(held, asked, on_progress)
            if taken is not None:
                return taken.result
            return await create_draft(held, plan, on_progress, asked)
        except NotFound as error:
            raise _deleted(part, earlier, error) from error
        except OutcomeUnknown:
            if last:
                raise
    raise AssertionError("a draft is tried at least once")


async def _settle_create(held: Context, earlier: Intent, on_progress: OnProgress) -> None:
    """Finds out what became of a create without an answer, without a person where that is safe for a draft.

    Where the spaced looks found no draft of it, it counts as not done: unlike a start, a draft that turns up late after
    all does nothing. Where exactly one draft has its contents and only who made it is not reported, it is that one.
    """
    finding = await resolve_lost_answer(held, CREATE, earlier, looking(on_progress, "the service"))
    if finding.verdict is Verdict.NOT_FOUND:
        await held.journal.resolve(earlier.id, IntentState.RESOLVED_NOT_DONE, note=_MADE_AGAIN, at=held.clock.now())
    elif finding.verdict is Verdict.ASK and len(finding.candidates) == 1:
        (session,) = finding.candidates
        if await _is_the_one(held, earlier, session):
            await held.journal.resolve(
                earlier.id, IntentState.RESOLVED_DONE, session_id=session.id, note=_SAME_CONTENTS, at=held.clock.now()
            )


async def _is_the_one(held: Context, earlier: Intent, session: RestoreSession) -> bool:
    """Whether a draft that nobody else is known to have made holds exactly what a create asked for, and is as young."""
    made, before = session.created_date_time, earlier.server_date_before
    if made is None or before is None or earlier.service is None or made < before - MARGIN:
        return False
    if not session_status(session.status).allows(Action.ACTIVATE):
        return False
    pairs = pairs_of(await read_artifacts(held, earlier.service, session.id))
    return bool(pairs) and fingerprint(earlier.service, pairs or ()) == earlier.fingerprint


def _deleted(part: Part, earlier: Intent | None, error: NotFound) -> NotFound:
    which = f" {short_id(earlier.session_id)}" if earlier is not None and earlier.session_id else ""
    return error.reworded(
        f"The draft{which} of part {part.number} was deleted.",
        certainty="It was not created again.",
        hint="To draft it again: backup-tui plan draft NAME --deleted again. To take its units out: leave-out.",
        code="DraftDeleted",
    )


async def _begin(held: Context, plan: Plan, digest: str, path: str, check: Checked) -> None:
    """Writes down what is going to be made: the units of each part, then the record."""
    if not check.parts:
        raise UsageError.unsent("No unit of the plan has a point to go back to.", "plan", plan.name)
    _check_once(check.parts)
    for part, units in check.parts:
        asked_for(plan.name, part, units)  # refuses a name that cannot be part of a key
        await keep_units(held.journal, plan.name, part.number, units)
    await keep_record(
        held.journal,
        PlanRecord(
            plan,
            path,
            digest,
            held.clock.now(),
            held.who.user_label,
            tuple(part for part, _ in check.parts),
            names=names_of(check),
            missing=missing_of(check),
        ),
    )


def names_of(check: Checked) -> dict[str, int]:
    """What became of the names; all but `names` add up to it."""
    sums = check.scope.sums
    without = len(check.points.without)
    return {**sums, "found": sums["found"] - without, "noPoint": without}


def missing_of(check: Checked) -> tuple[tuple[str, str], ...]:
    """The names of the list that are in no part, each with its reason."""
    return (
        *((one.problem.written.text, one.words) for one in check.scope.problems),
        *((name, "left out") for name in check.scope.left_out),
        *((row.name, row.refused or "no restore point") for row in check.points.without),
    )


def _check_once(parts: Sequence[PartUnits]) -> None:
    """Refuses a unit that would be restored twice; a part that repeats failed units is meant to."""
    counts = Counter(unit.unit_id for part, units in parts if not part.again_of for unit in units)
    twice = [unit_id for unit_id, count in counts.items() if count > 1]
    if twice:
        names = [unit.name for _, units in parts for unit in units if unit.unit_id == twice[0]]
        raise UsageError.unsent(f"{names[0]} would be in more than one session of the plan.", "plan", names[0])
