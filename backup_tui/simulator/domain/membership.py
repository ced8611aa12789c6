"""Which unit is in which policy: units join, follow, and leave; units outside any policy are offboarded."""

from backup_tui.simulator.domain.clock import Scheduler
from backup_tui.simulator.domain.directory import Directory, Thing
from backup_tui.simulator.domain.identifiers import guid
from backup_tui.simulator.domain.policies import MINUTE, Policy
from backup_tui.simulator.domain.tenant import DAY, Tenant, Unit
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal


class Taken(Exception):
    """A unit cannot be put into a policy: it is in another one, or on its way out of the service."""


class Membership:
    """Puts units into policies and takes them out, with the time that this takes."""

    def __init__(self, tenant: Tenant, directory: Directory, scheduler: Scheduler) -> None:
        self._tenant = tenant
        self._directory = directory
        self._scheduler = scheduler
        # how often each unit was put into a policy and taken out of one since the service started, by its id
        self.books: dict[str, dict[str, int]] = {}

    def check(self, policy: Policy, thing: Thing, *, by_rule: bool = False) -> None:
        """Look whether something can be put into a policy, by hand or by a rule. Raises Taken, which says why not."""
        if not isinstance(thing, Unit):
            return
        if thing.offboarding == "offboardRequested":
            raise Taken("The protection unit is being offboarded.")
        if thing.policy is not None and thing.policy is not policy:
            raise Taken(f"The protection unit already exists under policy {thing.policy.id}.")
        if thing.pending == "removeRequested":
            raise Taken("The protection unit is being removed from the policy.")
        if thing.policy is policy and thing.by_hand and not by_rule:
            raise Taken("The protection unit already exists in the policy.")

    def add(
        self, policy: Policy, thing: Thing, caller: Caller, now: float, place: int, *, by_rule: bool = False
    ) -> Unit:
        """Put something that ``check`` lets pass into a policy; in an inactive one it waits until that is activated.
        `place`: how many were added before it by the same deed; they follow one after the other."""
        unit = thing if isinstance(thing, Unit) else self._new_unit(thing, now)
        if unit.policy is policy:
            unit.by_hand, unit.by_rule = unit.by_hand or not by_rule, unit.by_rule or by_rule
            return unit
        self._note(unit, "added")
        unit.past = tuple(unit.spans())
        unit.offboarding, unit.offboard_requested = None, None
        unit.policy, unit.joined, unit.left, unit.made_by = policy, now, None, caller
        unit.by_hand, unit.by_rule, unit.share = not by_rule, by_rule, 1.0
        unit.pending, unit.moved = "protectRequested", now
        policy.size += 1
        policy.broken += unit.error is not None
        if policy.on:
            self._follow(unit, policy, now, place)
        return unit

    def remove(self, unit: Unit, now: float, place: int) -> None:
        """Begin to take a unit out of its policy; ``place``: how many the same deed took out before it."""
        policy = unit.policy
        if policy is None or unit.pending == "removeRequested":
            return
        if unit.pending is not None and policy.on:
            policy.moving -= 1
        self._note(unit, "removed")
        unit.pending, unit.moved = "removeRequested", now
        self._follow(unit, policy, now, place)

    def release(self, unit: Unit, now: float, place: int) -> None:
        """Take the dynamic rule's hold off a unit; what nothing else holds leaves the policy."""
        unit.by_rule = False
        if not unit.by_hand:
            self.remove(unit, now, place)

    def of(self, policy: Policy) -> list[Unit]:
        return [unit for unit in self._tenant.units[policy.workload.key] if unit.policy is policy]

    def activated(self, policy: Policy, now: float) -> None:
        """Let the units that waited for the activation of their policy follow it."""
        for unit in self.of(policy):
            if unit.pending == "protectRequested":
                unit.pending, unit.joined = None, now

    def dissolve(self, policy: Policy, now: float) -> None:
        """Take all units out of a policy that is deleted, at once."""
        for unit in self.of(policy):
            unit.leave(now)

    def offboard(self, unit: Unit, now: float) -> None:
        """Begin to offboard a unit (page protectionunitbase-offboard)."""
        if unit.policy is not None or unit.offboarding in ("offboardRequested", "offboarded"):
            text = "Can't process this request as it is not in valid state."
            raise Refusal(403, "OperationNotAllowed", text, details=())
        self._note(unit, "offboarded")
        unit.offboarding, unit.offboard_requested, unit.moved = "offboardRequested", now, now

        def done(moment: float) -> None:
            if unit.offboarding == "offboardRequested" and unit.moved == now:
                unit.offboarding, unit.moved = "offboarded", moment

        self._scheduler.after(now, DAY, done)

    def cancel_offboard(self, unit: Unit, now: float) -> None:
        """Begin to take the offboarding of a unit back (page protectionunitbase-canceloffboard)."""
        if unit.offboarding != "offboardRequested":
            text = "Offboarding cannot be cancelled as it is not in a valid state."
            raise Refusal(403, "OperationNotAllowed", text, details=())
        unit.offboarding, unit.moved = "cancelOffboardRequested", now

        def done(_: float) -> None:
            if unit.offboarding == "cancelOffboardRequested" and unit.moved == now:
                unit.offboarding, unit.offboard_requested = None, None

        self._scheduler.after(now, 15 * MINUTE, done)

    def _note(self, unit: Unit, deed: str) -> None:
        counts = self.books.setdefault(unit.id, {"added": 0, "removed": 0, "offboarded": 0})
        counts[deed] += 1

    def _new_unit(self, thing: Thing, now: float) -> Unit:
        tenant = self._tenant
        workload = thing.workload
        seq, identifier = len(tenant.units[workload.key]), guid(tenant.seed, workload.key, "added", thing.owner)
        about = (thing.owner, thing.name, thing.address, thing.url)
        unit = Unit(seq, workload, identifier, *about, policy=None, joined=now, share=1.0)
        unit.place, unit.past = len(tenant.everything), ()
        tenant.take(unit)
        self._directory.became(unit)
        return unit

    def _follow(self, unit: Unit, policy: Policy, now: float, place: int) -> None:
        """Let a unit reach what its pending status asks for, after the time that the contract names for it."""
        asked = unit.pending
        policy.moving += 1

        def done(moment: float) -> None:
            if unit.policy is not policy or unit.pending != asked or unit.moved != now:
                return
            policy.moving -= 1
            if asked == "removeRequested":
                unit.leave(moment)
            else:
                unit.pending, unit.joined = None, moment

        # Up to 15 minutes for each 1,000 units, and never at once.
        seconds = 5 * MINUTE + 15 * MINUTE * place / 1000
        self._scheduler.after(now, seconds, done)
