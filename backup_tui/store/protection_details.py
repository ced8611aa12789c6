"""What is known of protection besides units: policies, rules, bulk additions, who is in control, who gets e-mail, and
what the service's own log says was done."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from backup_tui.models.activity_logs import ActivityLog
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.service_apps import ServiceApp
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.changes import Change, Topic, change
from backup_tui.store.freshness import FreshnessBook, Kind
from backup_tui.store.inclusion_collection import (
    ExclusionRow,
    InclusionCollection,
    JobRow,
    R,
    RuleRow,
    exclusion_row,
    job_row,
    rule_row,
)


class ProtectionDetails:
    """The part of the store that the policy's detail and the service's detail are made of. `service_apps`: applications
    that are registered to control the backup; empty also when not read. `notifications`: who gets mails about the
    backup; `None` when not read or not readable. `activity`: entries of the service's own log by id; empty also
    when not read."""

    def __init__(self, freshness: FreshnessBook) -> None:
        self._freshness = freshness
        self._rules: InclusionCollection[RuleRow] = InclusionCollection()
        self._exclusions: InclusionCollection[ExclusionRow] = InclusionCollection()
        self._unit_jobs: InclusionCollection[JobRow] = InclusionCollection()
        self.service_apps: tuple[ServiceApp, ...] = ()
        self.notifications: EmailNotificationsSetting | None = None
        self.activity: Mapping[str, ActivityLog] = {}

    def rules(self, policy_id: str) -> Mapping[str, RuleRow]:
        """A policy's inclusion rules by id; empty when they were not read (`freshness` tells)."""
        return self._rules.of(policy_id)

    def unit_jobs(self, policy_id: str) -> Mapping[str, JobRow]:
        """Bulk additions to a policy by id; empty when they were not read (`freshness` tells)."""
        return self._unit_jobs.of(policy_id)

    def exclusions(self, policy_id: str) -> Mapping[str, ExclusionRow]:
        """What a policy leaves out, by id; empty when it was not read (`freshness` tells), or the policy is an ordinary
        one."""
        return self._exclusions.of(policy_id)

    def take_list(self, update: up.ListRead) -> Change | None:
        """Takes a list in; returns what differs, `None` when nothing does."""
        match update.key.kind:
            case Kind.SERVICE_APPS:
                flipped = self._freshness.listed(update, len(update.items))
                differs = flipped or update.items != self.service_apps
                self.service_apps = update.items
                return change(Topic.SERVICE) if differs else None
            case Kind.RULES:
                return self._included(update, self._rules, [rule_row(rule) for rule in update.items])
            case Kind.EXCLUSIONS:
                return self._included(update, self._exclusions, [exclusion_row(unit) for unit in update.items])
            case Kind.UNIT_JOBS:
                return self._included(update, self._unit_jobs, [job_row(job) for job in update.items])
            case Kind.ACTIVITY_LOG:
                return self._logged(update)
        raise TypeError(f"not a list of protection: {update.key}")

    def take_notifications(self, update: up.NotificationsRead) -> Change | None:
        """Takes in who gets mails; returns what differs, `None` when nothing does."""
        known = self._freshness.of(fresh.NOTIFICATIONS)
        if known.asked_at is not None and update.asked_at < known.asked_at:
            # It tells what was set before a change of ours.
            self._freshness.overtaken(fresh.NOTIFICATIONS)
            return None
        flipped = self._freshness.answered(fresh.NOTIFICATIONS, update.asked_at, update.answered_at)
        differs = flipped or update.setting != self.notifications
        self.notifications = update.setting
        return change(Topic.SERVICE) if differs else None

    def _logged(self, update: up.ListRead) -> Change | None:
        read = {entry.id: entry for entry in update.items}
        entries = (
            read if update.whole else {**read, **{key: self.activity[key] for key in self.activity if key not in read}}
        )
        ids = {key for key in {*entries, *self.activity} if entries.get(key) != self.activity.get(key)}
        self.activity = entries
        flipped = self._freshness.listed(update, len(entries))
        return change(Topic.SERVICE_LOG, *ids) if ids or flipped else None

    def _included(self, update: up.ListRead, shelf: InclusionCollection[R], rows: Sequence[R]) -> Change | None:
        key, policy_id = update.key, update.key.of
        ids, dropped = shelf.take(policy_id, rows, asked_at=update.asked_at, complete=update.whole)
        for let_go in dropped:
            self._freshness.forget(replace(key, of=let_go))
        flipped = self._freshness.listed(update, len(shelf.of(policy_id)))
        return change(Topic.INCLUSION, policy_id, *ids) if ids or flipped else None


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
