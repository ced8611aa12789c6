"""Full workload backup, which only beta has: a policy that protects its whole service, but for its exclusion units.

No page tells what the service does with requests of the other kind: protection units for a policy with full workload
backup, or exclusion units for one without. Both are refused here, and the refusals are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backup_tui.simulator.domain.directory import Thing, is_owner_id
from backup_tui.simulator.domain.identifiers import is_guid
from backup_tui.simulator.domain.membership import Taken
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.policy_changes import Failed
from backup_tui.simulator.domain.policy_items import Parts, PolicyItems
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.unit_jobs import Job, Jobs, not_found, texts
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Detail, Refusal, bad_request, check_members

FULL = "fullServiceBackup"
"""The ``protectionMode`` of a policy with full workload backup; the other one is ``standard``."""
_EXCLUDED_AT_FIRST = 3


@dataclass
class Exclusion:
    """One exclusion unit."""

    seq: int  # number in the order of creation
    id: str  # GUID
    policy: Policy  # the policy that leaves it out
    thing: Thing  # the mailbox, drive or site
    created: float
    created_by: Caller


class Exclusions(PolicyItems[Exclusion]):
    """All exclusion units of the tenant; no page documents codes for those that are not found."""

    kind = "exclusion"
    malformed = ("BadRequest", "Exclusion unit ID is absent or invalid.")
    unknown = ("ExclusionUnitNotFound", "Exclusion unit")

    def begin(self, policy: Policy, caller: Caller, now: float) -> None:
        """Let a policy protect its whole service from now on; a few that nothing protects yet are left out."""
        policy.full = True
        free = [each for each in self._parts.directory.everything(policy.workload) if not isinstance(each, Unit)]
        for thing in free[:_EXCLUDED_AT_FIRST]:
            self._make(policy, thing, caller, now)
        if policy.on:
            self.take_in(policy, caller, now)

    def take_in(self, policy: Policy, caller: Caller, now: float) -> None:
        """Put into a policy what its service has and nobody left out; what is on its way elsewhere stays out."""
        excluded = {each.thing.owner for each in self.of(policy)}
        for place, thing in enumerate(self._parts.directory.everything(policy.workload)):
            if thing.owner not in excluded and thing.name:
                self._protect(policy, thing, caller, now, place)

    def add(self, policy: Policy, thing: Thing, caller: Caller, now: float, place: int) -> Exclusion:
        """Leave something out of a policy. Raises Taken when it is left out already."""
        if any(each.thing.owner == thing.owner for each in self.of(policy)):
            raise Taken("The exclusion unit already exists in the policy.")
        if isinstance(thing, Unit) and thing.policy is policy:
            self._parts.membership.remove(thing, now, place)
        return self._make(policy, thing, caller, now)

    def remove(self, exclusion: Exclusion, caller: Caller, now: float, place: int) -> None:
        """Let a policy protect again what it left out."""
        del self._items[exclusion.id]
        thing = self._parts.directory.find(exclusion.policy.workload, exclusion.thing.owner)
        if thing is not None and exclusion.policy.on:
            self._protect(exclusion.policy, thing, caller, now, place)

    def apply_delta(self, policy: Policy, items: object, caller: Caller, now: float) -> list[Exclusion | Failed]:
        """Apply the entries of ``...ExclusionUnits@delta`` in their order; what is wrong with one is in its place."""
        if not policy.full:
            raise bad_request("Only a policy with full workload backup has exclusion units.")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise bad_request("The list of exclusion units is null or malformed.")
        return [self._entry(policy, item, caller, now, place) for place, item in enumerate(items)]

    def _entry(
        self, policy: Policy, item: Mapping[str, Any], caller: Caller, now: float, place: int
    ) -> Exclusion | Failed:
        member = policy.workload.owner_id
        if "@removed" in item:
            identifier = item.get("id")
            if not isinstance(identifier, str) or not is_guid(identifier):
                raise bad_request("The id of an exclusion unit to remove is bad.")
            found = self._items.get(identifier.lower())
            if found is None or found.policy is not policy:
                message = "The identifier to be removed from the Protection Policy does not exist"
                return Failed("remove", "ExclusionUnitNotFound", message, {"id": identifier})
            self.remove(found, caller, now, place)
            return found
        owner = item.get(member)
        if not isinstance(owner, str) or not is_owner_id(policy.workload, owner):
            raise bad_request(f"{owner!r} does not identify a {policy.workload.unit}.")
        thing = self._parts.directory.find(policy.workload, owner)
        if thing is None:
            return Failed("add", "InvalidExclusionUnitId", f"{owner} is not in the tenant.", {member: owner})
        try:
            return self.add(policy, thing, caller, now, place)
        except Taken as error:
            return Failed("add", "ExclusionUnitAlreadyExists", str(error), {member: owner})

    def _make(self, policy: Policy, thing: Thing, caller: Caller, now: float) -> Exclusion:
        exclusion = Exclusion(*self._next(), policy, thing, now, caller)
        self._items[exclusion.id] = exclusion
        return exclusion

    def _protect(self, policy: Policy, thing: Thing, caller: Caller, now: float, place: int) -> None:
        if isinstance(thing, Unit) and thing.policy is not None:
            return
        try:
            self._parts.membership.check(policy, thing)
        except Taken:
            return
        self._parts.membership.add(policy, thing, caller, now, place).by_hand = False


class ExclusionJobs(Jobs):
    """All jobs that add exclusion units by the names of what is to be left out."""

    kind = "exclusion job"
    minutes = 5

    def __init__(self, parts: Parts, exclusions: Exclusions) -> None:
        super().__init__(parts)
        self._exclusions = exclusions

    def create(self, policy: Policy, body: dict[str, Any], caller: Caller, now: float) -> Job:
        """Make a job, which begins at once; both of its members are required by its page."""
        if not policy.full:
            raise bad_request("Only a policy with full workload backup has exclusion units.")
        workload = policy.workload
        check_members(body, ("displayName", workload.name_list), f"a property of {workload.exclusion_job_type}")
        title, names = body.get("displayName"), texts(body, workload.name_list)
        if not isinstance(title, str) or not names:
            raise bad_request(f"displayName and {workload.name_list} are required.")
        return self._begin(policy, title, names, [], caller, now)

    def resolve(self, job: Job, now: float) -> list[Detail]:
        failures: list[Detail] = []
        for place, name in enumerate(job.names):
            thing = self._parts.directory.by_address(job.policy.workload, name)
            if thing is None:
                failures.append(not_found(job.policy.workload, name))
                continue
            try:
                self._exclusions.add(job.policy, thing, job.created_by, now, place)
            except Taken as error:
                failures.append(("ExclusionUnitAlreadyExists", str(error), name))
        return failures


def read_mode(body: Mapping[str, Any], workload: Workload) -> bool:
    """Read whether a create request asks for full workload backup."""
    mode = body.get("protectionMode", "standard")
    if mode not in ("standard", FULL):
        raise Refusal(400, "InvalidCreateRequest", f"{mode!r} is not a protectionMode.")
    if mode == FULL and body.get(workload.units):
        raise Refusal(400, "InvalidCreateRequest", "A policy with full workload backup takes exclusion units only.")
    return bool(mode == FULL)
