"""Names are excluded from a policy with full workload backup, beta: what that means, and doing it.

The pages describe the job and its lists; its creation is in the list of permissions alone. It is recognised by the mark
in its display name, like a bulk addition."""

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
from backup_tui.models.text import counted
from backup_tui.models.unit_jobs import NewUnitsJob
from backup_tui.protection.bulk_answers import EXCLUSION, JobMark, JobsSeen
from backup_tui.protection.inclusion import read_exclusion_jobs, read_policy
from backup_tui.protection.policies import policy_label
from backup_tui.protection.rules import policy_word
from backup_tui.protection.switching import ProtectionChange, check_person, check_service


@dataclass(frozen=True, slots=True)
class ExcludeInBulk(ProtectionChange[JobsSeen]):
    """A list of names is handed to a policy, which then leaves them out."""

    noun = "exclusion"
    whole = "exclusion"
    purpose = "excluding names from a policy"
    verb = "exclude"
    done_word = "sent"
    kind = IntentKind.UNITS_EXCLUDE
    effect = EXCLUSION

    policy_id: str
    new: NewUnitsJob

    @property
    def target(self) -> str:
        return self.policy_id

    async def read(self, context: Context) -> JobsSeen:
        policy, service = await read_policy(context, self.policy_id)
        return JobsSeen(policy, service, await read_exclusion_jobs(context, service, policy.id))

    async def review(self, context: Context, thing: JobsSeen) -> ChangeReview[JobsSeen]:
        new, label, service = self.new, policy_label(thing.policy), thing.service
        allowed, hint = await check_service(context)
        checks = [*allowed, *check_person(context, POLICIES_CHANGE)]
        if not thing.policy.is_full:
            text = f"{label} protects the units that it lists: remove them from it instead"
            checks.append(Check(CheckResult.BLOCKING, text, 2))
        if any(job.carries(new.mark) for job in thing.jobs):
            checks.append(Check(CheckResult.WARNING, "the same names were excluded from it before", 4))
        which = f"whether the names are {service.names.units} is found out by the service; it reports each that is not"
        checks.append(Check(CheckResult.UNKNOWN, which, 8))
        number, one = service.counted(new.count), new.count == 1
        return ChangeReview(
            change=self,
            thing=thing,
            word="EXCLUDE",
            headline=f"{number} from {label}",
            tenant=context.who.tenant,
            sentence=(
                f"EXCLUDE: from now on, {number} {'is' if one else 'are'} not backed up. Existing points stay until "
                "each is a year old. Damage done from now on cannot be undone."
            ),
            phrase=phrase(f"exclude {new.count} {await policy_word(context, thing.policy)}", context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"{number} from policy {label}",
            id_line=f"Policy {thing.policy.id}",
            danger=True,
            service=service,
            names=(*new.names, *new.ids),
            way_out=hint or "See what the policy excludes.",
        )

    def difference(self, before: JobsSeen, now: JobsSeen) -> str:
        known = {job.id for job in before.jobs}
        if any(job.carries(self.new.mark) and job.id not in known for job in now.jobs):
            return "The same names were excluded after the review."
        return ""

    def request(self, reviewed: ChangeReview[JobsSeen], writer: Writer) -> Request[JobsSeen]:
        seen = reviewed.thing

        async def send() -> JobsSeen:
            job = await writer.inclusion.create_exclusion_job(seen.service, self.policy_id, self.new)
            return JobsSeen(seen.policy, seen.service, (*seen.jobs, job), job)

        mark = JobMark(self.policy_id, self.new.mark, tuple(job.id for job in seen.jobs))
        return Request(
            send,
            f"EXCLUDE {counted(self.new.count, 'name')} in bulk from {policy_label(seen.policy)}",
            seen.service,
            self.new.body(seen.service),
            msgspec.json.encode(mark).decode(),
        )
