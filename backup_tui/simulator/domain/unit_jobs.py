"""Bulk addition jobs: long lists of names and ids whose units are added to a policy."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from backup_tui.simulator.domain.directory import Thing
from backup_tui.simulator.domain.membership import Taken
from backup_tui.simulator.domain.policies import MINUTE, Policy
from backup_tui.simulator.domain.policy_items import Parts, PolicyItems
from backup_tui.simulator.domain.tenant import DAY, SITE_HOST
from backup_tui.simulator.domain.workloads import SHAREPOINT, Workload
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Detail, bad_request, check_members

MOST_RESOURCES = 50_000


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


class Jobs(PolicyItems[Job]):
    """Jobs of one kind; no page documents codes for those that are not found."""

    malformed = ("BadRequest", "Bulk addition job ID is absent or invalid.")
    unknown = ("BulkAdditionJobNotFound", "Bulk addition job")
    minutes: int  # how long a job takes for a thousand names

    @abstractmethod
    def resolve(self, job: Job, now: float) -> list[Detail]:
        """Do what a job is for; return what could not be done."""

    def _begin(
        self, policy: Policy, title: str | None, names: list[str], ids: list[str], caller: Caller, now: float
    ) -> Job:
        if len(names) + len(ids) > MOST_RESOURCES:
            raise bad_request(f"A job can hold at most {MOST_RESOURCES} resources.")
        job = self._add(policy, title, names, ids, caller, now)
        seconds = MINUTE + self.minutes * MINUTE * (len(names) + len(ids)) / 1000
        self._parts.scheduler.after(now, seconds, lambda moment: self._end(job, moment))
        return job

    def _add(
        self, policy: Policy, title: str | None, names: list[str], ids: list[str], caller: Caller, now: float
    ) -> Job:
        job = Job(*self._next(), policy, title, names, ids, "active", now, caller, now)
        self._items[job.id] = job
        return job

    def _end(self, job: Job, now: float) -> None:
        if self._items.get(job.id) is job:
            failures = self.resolve(job, now)
            job.failures, job.modified = tuple(failures), now
            job.status = "completedWithErrors" if failures else "completed"


class UnitJobs(Jobs):
    """All bulk addition jobs of the tenant."""

    kind = "job"
    minutes = 15

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        tenant = parts.tenant
        for name, title, age in (
            ("Mailboxes all", "First mailboxes", 428.0),
            ("OneDrive all", "First drives", 400.9),
            ("Sites all", "Project sites", 400.5),
        ):
            policy = parts.policy(name)
            names = [unit.address for unit in tenant.units[policy.workload.key][:3] if unit.address]
            job = self._add(policy, title, names, [], policy.created_by, tenant.started - age * DAY)
            job.status, job.modified = "completed", job.created + 4 * MINUTE
            if policy.workload is SHAREPOINT:
                job.names.append(f"https://{SITE_HOST}/sites/closed-2023")
                job.failures = (not_found(policy.workload, job.names[-1]),)
                job.status = "completedWithErrors"

    def create(self, policy: Policy, body: dict[str, Any], caller: Caller, now: float) -> Job:
        """Make a job, which begins at once."""
        workload = policy.workload
        lists = (workload.name_list, workload.id_list)
        check_members(body, ("displayName", *lists), f"a property of {workload.job_type}")
        title = body.get("displayName")
        if title is not None and not isinstance(title, str):
            raise bad_request("displayName must be a string.")
        names, ids = (texts(body, member) for member in lists)
        if not names and not ids:
            raise bad_request(f"One of {' and '.join(lists)} is required.")
        return self._begin(policy, title, names, ids, caller, now)

    def resolve(self, job: Job, now: float) -> list[Detail]:
        workload, directory = job.policy.workload, self._parts.directory
        found: dict[str, tuple[str, Thing]] = {}
        failures: list[Detail] = []
        looked_up = [(name, directory.by_address(workload, name)) for name in job.names]
        looked_up += [(each, directory.find(workload, each)) for each in job.ids]
        for text, thing in looked_up:
            if thing is None:
                failures.append(not_found(workload, text))
            else:
                found.setdefault(thing.owner, (text, thing))
        for place, (text, thing) in enumerate(found.values()):
            try:
                self._parts.membership.check(job.policy, thing)
            except Taken as error:
                failures.append(("ProtectionUnitAlreadyExists", str(error), text))
            else:
                self._parts.membership.add(job.policy, thing, job.created_by, now, place)
        self._parts.activity.policy(
            now, job.policy, "backupPolicyModified", job.created_by,
            added=len(looked_up), failed=len(failures),
        )  # fmt: skip
        return failures


def not_found(workload: Workload, text: str) -> Detail:
    """Return why a name or an id of a job led to nothing."""
    if workload is SHAREPOINT:
        if "://" in text:
            return "SiteUrlNotFound", f"Site Url '{text}' could not be resolved", text
        return "SiteIdNotFound", f"Site ID '{text}' could not be resolved", text
    if "@" in text:
        return "EmailNotFound", f"Email address '{text}' not found in directory", text
    return "DirectoryObjectIdNotFound", f"Directory object ID '{text}' not found in directory", text


def texts(body: dict[str, Any], member: str) -> list[str]:
    """Return a list of texts of a request, empty when it has none."""
    found = body.get(member)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, str) and each.strip() for each in found):
        raise bad_request(f"{member} must be a list of strings.")
    return list(found)
