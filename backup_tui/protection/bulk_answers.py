"""How it is recognised what became of a bulk addition whose answer was lost: by the mark in its display name."""

import msgspec
from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, Verdict
from backup_tui.changes.lost_answers import Effect
from backup_tui.errors import NotFound
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import job_status
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.protection.inclusion import read_exclusion_jobs, read_policy, read_unit_jobs


class JobsSeen(Struct, frozen=True):
    """A policy with the bulk additions to it. `job`: the one that a change made; `None` before."""

    policy: ProtectionPolicy
    service: Service
    jobs: tuple[UnitsJob, ...]
    job: UnitsJob | None = None


class JobMark(Struct, frozen=True):
    """What the journal keeps to recognise a bulk addition: the policy, the mark, and the ids of those before it."""

    policy: str
    mark: str
    known: tuple[str, ...] = ()


class JobEffect(Effect):
    """A bulk addition that was made is there, with its mark."""

    kinds = frozenset({IntentKind.UNITS_BULK_ADD})

    async def jobs(self, context: Context, service: Service, policy_id: str) -> tuple[UnitsJob, ...]:
        """Those among which it is."""
        return await read_unit_jobs(context, service, policy_id)

    async def look(self, context: Context, intent: Intent) -> Finding:
        try:
            mark = msgspec.json.decode(intent.fingerprint, type=JobMark)
        except msgspec.DecodeError:
            return Finding(intent, Verdict.STILL_UNKNOWN, "The journal does not tell which policy it was about.")
        try:
            policy, service = await read_policy(context, mark.policy)
            jobs = await self.jobs(context, service, mark.policy)
        except NotFound:
            return Finding(intent, Verdict.NOT_DONE, "The service no longer has this policy.")
        made = next((job for job in jobs if job.carries(mark.mark) and job.id not in mark.known), None)
        if made is None:
            return Finding(intent, Verdict.NOT_DONE, "It was not done: the policy has no such bulk addition.")
        words = f"It was done: the bulk addition is {job_status(made.status).word}."
        return Finding(intent, Verdict.DONE, words, JobsSeen(policy, service, jobs, made))


class ExclusionEffect(JobEffect):
    """The same of a bulk exclusion."""

    kinds = frozenset({IntentKind.UNITS_EXCLUDE})

    async def jobs(self, context: Context, service: Service, policy_id: str) -> tuple[UnitsJob, ...]:
        return await read_exclusion_jobs(context, service, policy_id)


JOB, EXCLUSION = JobEffect(), ExclusionEffect()
