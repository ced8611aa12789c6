"""Bulk addition jobs: long lists of names and ids whose units come into a policy."""

from dataclasses import dataclass
from typing import Any

from backup_tui.simulator.domain.activity import ActivityLog
from backup_tui.simulator.domain.directory import Directory, Thing
from backup_tui.simulator.domain.identifiers import guid, is_guid
from backup_tui.simulator.domain.inclusion_rules import Detail
from backup_tui.simulator.domain.membership import Membership, Taken
from backup_tui.simulator.domain.policies import MINUTE, Policy
from backup_tui.simulator.domain.scheduler import Scheduler
from backup_tui.simulator.domain.tenant import DAY, SITE_HOST, Tenant
from backup_tui.simulator.domain.workloads import SHAREPOINT, Workload
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal, bad_request

MOST_RESOURCES = 50_000


def name_member(workload: Workload) -> str:
    """Return the member of a job that lists names."""
    return {"exchange": "mailboxes", "onedrive": "drives", "sharepoint": "siteWebUrls"}[workload.key]


def id_member(workload: Workload) -> str:
    """Return the member of a job that lists ids."""
    return "siteIds" if workload is SHAREPOINT else "directoryObjectIds"


@dataclass
class Job:
    """One bulk addition job."""

    seq: int  # number in the order of creation
    id: str  # GUID
    policy: Policy  # the policy whose units it adds
    title: str | None  # its display name, or None
    names: list[str]  # e-mail addresses or web addresses, as they were sent
    ids: list[str]  # object ids or site ids, as they were sent
    status: str  # its ``protectionUnitsBulkJobStatus``
    created: float
    created_by: Caller
    modified: float
    failures: tuple[Detail, ...] = ()  # what could not be added, and why


class UnitJobs:
    """All bulk addition jobs of the tenant."""

    def __init__(
        self,
        tenant: Tenant,
        directory: Directory,
        membership: Membership,
        activity: ActivityLog,
        scheduler: Scheduler,
    ) -> None:
        """Start with one job of the past for each service, one of which did not find everything."""
        self._tenant = tenant
        self._directory = directory
        self._membership = membership
        self._activity = activity
        self._scheduler = scheduler
        self._jobs: dict[str, Job] = {}
        self._made = 0
        for name, title, age in (
            ("Mailboxes all", "First mailboxes", 428.0),
            ("OneDrive all", "First drives", 400.9),
            ("Sites all", "Project sites", 400.5),
        ):
            policy = next(each for each in tenant.policies if each.name == name)
            units = tenant.units[policy.workload.key][:3]
            names = [unit.address for unit in units if unit.address]
            job = self._add(policy, title, names, [], policy.created_by, tenant.started - age * DAY)
            job.status, job.modified = "completed", job.created + 4 * MINUTE
            if policy.workload is SHAREPOINT:
                job.names.append(f"https://{SITE_HOST}/sites/closed-2023")
                job.failures = (self._not_found(policy.workload, job.names[-1]),)
                job.status = "completedWithErrors"

    def of(self, owner: Policy | Workload) -> list[Job]:
        """Return the jobs of a policy, or of all policies of a service, oldest first."""
        return [job for job in self._jobs.values() if owner in (job.policy, job.policy.workload)]

    def get(self, owner: Policy | Workload, identifier: str) -> Job:
        """Return a job of a policy, or of any policy of a service.

        Refuses with 400 ``BadRequest`` for what is no id, 404 ``BulkAdditionJobNotFound``; no page documents a code.
        """
        if not is_guid(identifier):
            raise bad_request("Bulk addition job ID is absent or invalid.")
        job = self._jobs.get(identifier.lower())
        if job is None or owner not in (job.policy, job.policy.workload):
            raise Refusal(404, "BulkAdditionJobNotFound", f"Bulk addition job {identifier} was not found.")
        return job

    def create(self, policy: Policy, body: dict[str, Any], caller: Caller, now: float) -> Job:
        """Make a job, which begins at once.

        Refuses with 400 ``BadRequest`` for a wrong list, none, or too long a one; no page documents a code.
        """
        workload = policy.workload
        known = {"displayName", name_member(workload), id_member(workload)}
        unknown = [name for name in body if not name.startswith("@") and name not in known]
        if unknown:
            raise bad_request(f"Not a property of {workload.job_type}: {', '.join(sorted(unknown))}.")
        title = body.get("displayName")
        if title is not None and not isinstance(title, str):
            raise bad_request("displayName must be a string.")
        names, ids = (_texts(body, member(workload)) for member in (name_member, id_member))
        if not names and not ids:
            raise bad_request(f"One of {name_member(workload)} and {id_member(workload)} is required.")
        if len(names) + len(ids) > MOST_RESOURCES:
            raise bad_request(f"A job can hold at most {MOST_RESOURCES} resources.")
        job = self._add(policy, title, names, ids, caller, now)
        seconds = MINUTE + 15 * MINUTE * (len(names) + len(ids)) / 1000
        self._scheduler.after(now, seconds, lambda moment: self._end(job, moment))
        return job

    def forget(self, policy: Policy) -> None:
        """Drop the jobs of a policy that is deleted."""
        for job in self.of(policy):
            del self._jobs[job.id]

    def _add(
        self, policy: Policy, title: str | None, names: list[str], ids: list[str], caller: Caller, now: float
    ) -> Job:
        identifier = guid(self._tenant.seed, "job", self._made)
        job = Job(self._made, identifier, policy, title, names, ids, "active", now, caller, now)
        self._made += 1
        self._jobs[job.id] = job
        return job

    def _end(self, job: Job, now: float) -> None:
        """Resolve the names, add what was found, and say what was not."""
        if self._jobs.get(job.id) is not job:
            return
        workload, directory = job.policy.workload, self._directory
        found: dict[str, tuple[str, Thing]] = {}
        failures: list[Detail] = []
        looked_up = [(name, directory.by_address(workload, name)) for name in job.names]
        looked_up += [(each, directory.find(workload, each)) for each in job.ids]
        for text, thing in looked_up:
            if thing is None:
                failures.append(self._not_found(workload, text))
            else:
                found.setdefault(thing.owner, (text, thing))
        for place, (text, thing) in enumerate(found.values()):
            try:
                self._membership.check(job.policy, thing)
            except Taken as error:
                failures.append(("ProtectionUnitAlreadyExists", str(error), text))
            else:
                self._membership.add(job.policy, thing, job.created_by, now, place)
        job.failures, job.modified = tuple(failures), now
        job.status = "completedWithErrors" if failures else "completed"
        self._activity.policy(
            now, job.policy, "backupPolicyModified", job.created_by,
            added=len(looked_up), failed=len(failures),
        )  # fmt: skip

    def _not_found(self, workload: Workload, text: str) -> Detail:
        if workload is SHAREPOINT:
            if "://" in text:
                return "SiteUrlNotFound", f"Site Url '{text}' could not be resolved", text
            return "SiteIdNotFound", f"Site ID '{text}' could not be resolved", text
        if "@" in text:
            return "EmailNotFound", f"Email address '{text}' not found in directory", text
        return "DirectoryObjectIdNotFound", f"Directory object ID '{text}' not found in directory", text


def _texts(body: dict[str, Any], member: str) -> list[str]:
    found = body.get(member)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, str) and each.strip() for each in found):
        raise bad_request(f"{member} must be a list of strings.")
    return list(found)
