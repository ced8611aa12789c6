"""What policies own besides their units, and what such items act on."""

from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from backup_tui.simulator.domain.activity import ActivityLog
from backup_tui.simulator.domain.clock import Scheduler
from backup_tui.simulator.domain.directory import Directory
from backup_tui.simulator.domain.identifiers import by_guid, guid
from backup_tui.simulator.domain.membership import Membership
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.tenant import Tenant
from backup_tui.simulator.domain.workloads import Workload


class Parts(Struct, frozen=True):
    """The parts of a service that changes of protection act on."""

    tenant: Tenant
    directory: Directory  # what can become a unit
    membership: Membership  # puts units into policies
    activity: ActivityLog
    scheduler: Scheduler  # does later what takes a while

    def policy(self, name: str) -> Policy:
        """Return the policy of this name that the tenant has had from the start."""
        return next(each for each in self.tenant.policies if each.name == name)


class Item(Protocol):
    """Something that a policy owns."""

    id: str
    policy: Policy


T = TypeVar("T", bound=Item)


class PolicyItems(Generic[T]):
    """All things of one kind, by id in the order of their creation."""

    kind: str  # what their ids follow from
    malformed: tuple[str, str]  # code and text that refuse what is not an id
    unknown: tuple[str, str]  # code that refuses an id that nothing has, and what such a thing is called

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._items: dict[str, T] = {}
        self._made = 0

    def everything(self) -> list[T]:
        """Return all, oldest first."""
        return list(self._items.values())

    def of(self, owner: Policy | Workload) -> list[T]:
        """Return those of a policy, or of all policies of a service, oldest first."""
        return [item for item in self._items.values() if owner in (item.policy, item.policy.workload)]

    def get(self, owner: Policy | Workload | None, identifier: str) -> T:
        """Return one of a policy, of any policy of a service, or (None) of any. Refuses with 400 or 404."""
        return by_guid(
            self._items,
            identifier,
            self.malformed,
            self.unknown,
            lambda item: owner in (None, item.policy, item.policy.workload),
        )

    def forget(self, policy: Policy) -> None:
        """Drop those of a policy that is deleted."""
        for item in self.of(policy):
            del self._items[item.id]

    def _next(self) -> tuple[int, str]:
        seq = self._made
        self._made += 1
        return seq, guid(self._parts.tenant.seed, self.kind, seq)
