"""Reports of beta: how many units of a policy are in which stage of protection, counted every few minutes."""

from collections import Counter
from collections.abc import Iterable

from backup_tui.simulator.domain.membership import Membership
from backup_tui.simulator.domain.policies import MINUTE, Policy
from backup_tui.simulator.domain.tenant import Unit

_STAGES = {
    "protected": "protectedCompleted",
    "protectRequested": "protectedInProgress",
    "unprotectRequested": "unprotectedInProgress",
    "removeRequested": "unprotectedInProgress",
    "unprotected": "unprotectedCompleted",
    "offboardRequested": "offboardRequested",
}
STAGES = (
    "protectedInProgress", "unprotectedInProgress", "protectedCompleted", "unprotectedCompleted", "protectedFailed",
    "unprotectedFailed", "offboardRequested",
)  # fmt: skip
"""The stages of ``backupCountStatistics``."""


class Statistics:
    """What was counted last, of every policy that somebody asked for."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership
        self._counted: dict[str, tuple[float, dict[str, int]]] = {}

    def of(self, policy: Policy, now: float, speed: float) -> tuple[float, dict[str, int]]:
        """Return when a policy's units were counted, and how many were in each stage then."""
        known = self._counted.get(policy.id)
        if known is None or now - known[0] >= 10 * MINUTE / speed:
            known = self._counted[policy.id] = (now, count(self._membership.of(policy), now))
        return known


def count(units: Iterable[Unit], now: float) -> dict[str, int]:
    """Count units by their stage, and all of them as ``total``."""
    stages: Counter[str] = Counter()
    for unit in units:
        status = unit.state(now)[0]
        failed = status == "unprotected" and unit.error is not None
        stages["protectedFailed" if failed else _STAGES.get(status, "unprotectedCompleted")] += 1
    return {"total": stages.total(), **{stage: stages[stage] for stage in STAGES}}
