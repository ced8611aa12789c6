"""All protection policies that are known; they are few, so the service's objects are kept as they are."""

from __future__ import annotations

from collections.abc import Iterable

from backup_tui.models.policies import ProtectionPolicy


class PolicyCollection:
    """Policies by id and what decides between two answers about one."""

    def __init__(self) -> None:
        self.rows: dict[str, ProtectionPolicy] = {}

    def take(self, policy: ProtectionPolicy) -> bool:
        old = self.rows.get(policy.id)
        newer, older = policy.last_modified_date_time, old.last_modified_date_time if old else None
        if old == policy or (newer is not None and older is not None and newer < older):
            return False
        self.rows[policy.id] = policy
        return True

    def keep_only(self, present: Iterable[str]) -> set[str]:
        leaving = self.rows.keys() - set(present)
        for policy_id in leaving:
            del self.rows[policy_id]
        return leaving
