"""A list of names is handed to a policy as one bulk addition: what that means, what is checked, and doing it.

https://learn.microsoft.com/graph/api/mailboxprotectionunitsbulkadditionjobs-post and its siblings. The service looks
the names up afterwards and reports each that it could not add. A job is recognised by the mark in its display name,
which follows from the names: the same list has the same one."""

from dataclasses import dataclass

import msgspec

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.phrases import phrase
from backup_tui.models.services import Service
from backup_tui.models.statuses import job_status
from backup_tui.models.text import counted, short_id
from backup_tui.models.unit_jobs import NewUnitsJob, UnitsJob
from backup_tui.protection.bulk_answers import JOB, JobMark, JobsSeen
from backup_tui.protection.bulk_names import SortedNames
from backup_tui.protection.inclusion import read_policy, read_unit_jobs
from backup_tui.protection.policies import policy_label
from backup_tui.protection.rules import check_policy, cost_checks, policy_word
from backup_tui.protection.switching import ProtectionChange, check_person, check_service
from backup_tui.store.freshness import unit_jobs_of
from backup_tui.store.updates import ListRead


@dataclass(frozen=True, slots=True)
class AddInBulk(ProtectionChange[JobsSeen]):
    """A list of names is handed to a policy."""

    noun = "bulk addition"
    whole = "addition"
    purpose = "adding names to a policy"
    verb = "add"
    done_word = "added"
    kind = IntentKind.UNITS_BULK_ADD
    effect = JOB

    policy_id: str  # the policy
    names: SortedNames  # what becomes of the list; what can be sent is sent
    title: str = ""  # what the bulk addition is called

    @property
    def target(self) -> str:
        return self.policy_id

    @property
    def new(self) -> NewUnitsJob:
        """What is sent. Raises `UsageError`: there is nothing to send, or too much."""
        return self.names.job(self.title)

    async def read(self, context: Context) -> JobsSeen:
        policy, service = await read_policy(context, self.policy_id)
        return JobsSeen(policy, service, await read_unit_jobs(context, service, policy.id))

    def tell(self, context: Context, thing: JobsSeen, asked_at: float) -> None:
        context.store.apply(ListRead(unit_jobs_of(self.policy_id), thing.jobs, asked_at, True, context.clock.now()))

    async def review(self, context: Context, thing: JobsSeen) -> ChangeReview[JobsSeen]:
        new, service, label = self.new, thing.service, policy_label(thing.policy)
        allowed, hint = await check_service(context)
        number = service.counted(new.count)
        held = self.names.held
        known = sum(name.known for name in self.names.send)
        checks = [
            *allowed,
            *check_person(context, POLICIES_CHANGE),
            *_check_same(thing, new),
            *([Check(CheckResult.BLOCKING, f"{label} is being offboarded", 1)] if _is_leaving(thing) else []),
            *check_policy(thing.policy),
            *_check_names(service, new.count, known),
            *cost_checks(service),
        ]
        return ChangeReview(
            change=self,
            thing=thing,
            word="ADD",
            headline=f"{number} to {label}",
            tenant=context.who.tenant,
            sentence=(
                f"ADD: {number} {'is' if new.count == 1 else 'are'} handed to {label}. Microsoft backs up those "
                "that it finds and bills for what it keeps. First points after about 1 to 2 hours."
            ),
            phrase=phrase(f"add {new.count} {await policy_word(context, thing.policy)}", context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"{number} to policy {label}",
            id_line=f"Policy {thing.policy.id}",
            service=service,
            extra=(f"{self.names.words(skipped=True)}.", *_duration(service, new.count)),
            names=tuple(name.text for name in self.names.send),
            absent=tuple(name.text for name in held),
            way_out=hint or "See the bulk additions of the policy.",
        )

    def difference(self, before: JobsSeen, now: JobsSeen) -> str:
        known = {job.id for job in before.jobs}
        if any(job.carries(self.new.mark) and job.id not in known for job in now.jobs):
            return "The same list was handed to the policy after the review."
        return ""

    def request(self, reviewed: ChangeReview[JobsSeen], writer: Writer) -> Request[JobsSeen]:
        seen, new = reviewed.thing, self.new

        async def send() -> JobsSeen:
            job = await writer.inclusion.create_unit_job(seen.service, self.policy_id, new)
            return JobsSeen(seen.policy, seen.service, (*seen.jobs, job), job)

        mark = JobMark(self.policy_id, new.mark, tuple(job.id for job in seen.jobs))
        return Request(
            send,
            f"ADD {counted(new.count, 'name')} in bulk to {policy_label(seen.policy)}",
            seen.service,
            new.body(seen.service),
            msgspec.json.encode(mark).decode(),
        )


def same_list(seen: JobsSeen, new: NewUnitsJob) -> UnitsJob | None:
    """The latest bulk addition of the same names; one that has not ended counts first."""
    same = [job for job in seen.jobs if job.carries(new.mark)]
    return next((job for job in same if job_status(job.status).moving), same[-1] if same else None)


def _check_same(seen: JobsSeen, new: NewUnitsJob) -> list[Check]:
    same = same_list(seen, new)
    if same is None:
        return []
    if job_status(same.status).moving:
        text = f"the same names are being added already, by {short_id(same.id)}; wait until that has ended"
        return [Check(CheckResult.BLOCKING, text, 1)]
    text = f"the same names were handed to it before, by {short_id(same.id)}: look there for why they failed"
    return [Check(CheckResult.WARNING, text, 4)]


def _is_leaving(seen: JobsSeen) -> bool:
    return (seen.policy.status or "").casefold() in ("offboardrequested", "offboarded")


def _check_names(service: Service, count: int, known: int) -> list[Check]:
    checks = []
    if known:
        are = "was" if known == 1 else "were"
        checks.append(Check(CheckResult.OK, f"{known:,} of them {are} protected before and {are} found", 8))
    if unseen := count - known:
        which = f"{unseen:,} of the names" if known else "the names"
        text = f"whether {which} are {service.names.units} is found out by the service; it reports each that is not"
        checks.append(Check(CheckResult.UNKNOWN, text, 8))
    return checks


def _duration(service: Service, count: int) -> tuple[str, ...]:
    """How long it takes, as the product page states it."""
    minutes = -(-count // 1_000) * 15
    return (f"It takes up to {minutes:,} min; the service reports no progress until it has ended.",)
