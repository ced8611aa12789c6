"""What is known of protection beside policies and units: rules, bulk additions, who is in control, who gets mails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import singledispatchmethod
from typing import Any

from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.service_apps import ServiceApp
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.changes import Change, Topic, change
from backup_tui.store.freshness import FreshnessBook, Key
from backup_tui.store.inclusion_collection import InclusionCollection, JobRow, R, RuleRow, job_row, rule_row


class ProtectionDetails:
    """The part of the store that the policy's detail and the service's detail are made of.

    Args:
        freshness: Where it is noted how old and how whole each part is.

    Attributes:
        service_apps: Applications that are registered to control the backup; empty also when not read.
        notifications: Who gets mails about the backup; `None` when not read or not readable.
    """

    def __init__(self, freshness: FreshnessBook) -> None:
        self._freshness = freshness
        self._rules: InclusionCollection[RuleRow] = InclusionCollection()
        self._unit_jobs: InclusionCollection[JobRow] = InclusionCollection()
        self.service_apps: tuple[ServiceApp, ...] = ()
        self.notifications: EmailNotificationsSetting | None = None

    def rules(self, policy_id: str) -> Mapping[str, RuleRow]:
        """A policy's inclusion rules by id; empty when they were not read (`freshness` tells)."""
        return self._rules.of(policy_id)

    def unit_jobs(self, policy_id: str) -> Mapping[str, JobRow]:
        """Bulk additions to a policy by id; empty when they were not read (`freshness` tells)."""
        return self._unit_jobs.of(policy_id)

    @singledispatchmethod
    def take(self, update: object) -> Change | None:
        """Takes an answer in; returns what differs, `None` when nothing does."""
        raise TypeError(f"no detail of protection: {type(update).__name__}")

    @take.register
    def _(self, update: up.ServiceAppsRead) -> Change | None:
        flipped = self._freshness.answered(
            fresh.SERVICE_APPS,
            update.asked_at,
            update.answered_at,
            count=len(update.items),
            unread=update.unread,
        )
        differs = flipped or update.items != self.service_apps
        self.service_apps = update.items
        return change(Topic.SERVICE) if differs else None

    @take.register
    def _(self, update: up.NotificationsRead) -> Change | None:
        known = self._freshness.of(fresh.NOTIFICATIONS)
        if known.asked_at is not None and update.asked_at < known.asked_at:
            # It tells what was set before a change of ours.
            self._freshness.overtaken(fresh.NOTIFICATIONS)
            return None
        flipped = self._freshness.answered(fresh.NOTIFICATIONS, update.asked_at, update.answered_at)
        differs = flipped or update.setting != self.notifications
        self.notifications = update.setting
        return change(Topic.SERVICE) if differs else None

    @take.register
    def _(self, update: up.RulesRead) -> Change | None:
        rows = [rule_row(rule) for rule in update.items]
        return self._included(update, self._rules, rows, fresh.rules_of)

    @take.register
    def _(self, update: up.UnitJobsRead) -> Change | None:
        rows = [job_row(job) for job in update.items]
        return self._included(update, self._unit_jobs, rows, fresh.unit_jobs_of)

    def _included(
        self,
        update: up.RulesRead | up.UnitJobsRead,
        shelf: InclusionCollection[R],
        rows: Sequence[R],
        key_of: Callable[[str], Key[Any]],
    ) -> Change | None:
        whole = update.complete and not update.unread
        ids, dropped = shelf.take(update.policy_id, rows, asked_at=update.asked_at, complete=whole)
        for policy_id in dropped:
            self._freshness.forget(key_of(policy_id))
        flipped = self._freshness.answered(
            key_of(update.policy_id),
            update.asked_at,
            update.answered_at,
            complete=update.complete,
            count=len(shelf.of(update.policy_id)),
            unread=update.unread,
        )
        return change(Topic.INCLUSION, update.policy_id, *ids) if ids or flipped else None
