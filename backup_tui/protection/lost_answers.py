"""How it is recognised what became of a change of protection whose answer was lost: by what it changed."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, Verdict
from backup_tui.changes.lost_answers import Effect
from backup_tui.errors import NotFound
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, policy_status, unit_status
from backup_tui.protection.bulk_answers import EXCLUSION, JOB
from backup_tui.protection.editing_effects import EDITING_EFFECTS
from backup_tui.protection.rule_answers import RULE
from backup_tui.protection.service_effects import APPS, ENABLE
from backup_tui.store.store import Store
from backup_tui.store.updates import NotificationsRead, PolicyRead, UnitRead


class PolicyEffect(Effect):
    """Switching a policy shows in its status."""

    kinds = frozenset({IntentKind.POLICY_ACTIVATE, IntentKind.POLICY_DEACTIVATE})

    async def look(self, context: Context, intent: Intent) -> Finding:
        asked_at = context.clock.monotonic()
        try:
            policy = await context.reader.policy(intent.target or "")
        except NotFound:
            return Finding(intent, Verdict.NOT_DONE, "The service no longer has this policy.")
        context.store.apply(PolicyRead(policy, asked_at))
        return _judge_policy(intent, policy)

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        policy = store.policies.get(intent.target or "")
        return _judge_policy(intent, policy) if policy is not None else None


class UnitEffect(Effect):
    """An offboarding shows in the unit's status; one that was taken back shows in that there is none."""

    kinds = frozenset({IntentKind.UNIT_OFFBOARD, IntentKind.UNIT_CANCEL_OFFBOARD})

    async def look(self, context: Context, intent: Intent) -> Finding:
        asked_at, service = context.clock.monotonic(), intent.service or Service.EXCHANGE
        try:
            unit = await context.reader.unit(intent.target or "", service)
        except NotFound:
            if intent.kind is IntentKind.UNIT_OFFBOARD:
                words = "The service no longer has this unit; whether this change removed it is unknown."
                return Finding(intent, Verdict.STILL_UNKNOWN, words)
            return Finding(intent, Verdict.NOT_DONE, "The service no longer has this unit.")
        context.store.apply(UnitRead(service, unit, asked_at))
        return replace(_judge_unit(intent, unit.status), thing=unit)

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        row = store.units[intent.service or Service.EXCHANGE].get(intent.target or "")
        return _judge_unit(intent, row.status) if row is not None else None


class NotificationsEffect(Effect):
    """A change of the setting is done when all that was sent is so now."""

    kinds = frozenset({IntentKind.NOTIFICATIONS_EDIT})

    async def look(self, context: Context, intent: Intent) -> Finding:
        asked_at = context.clock.monotonic()
        setting = await context.reader.notifications()
        context.store.apply(NotificationsRead(setting, asked_at, context.clock.now()))
        return _judge_notifications(intent, setting)

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        setting = store.details.notifications
        return _judge_notifications(intent, setting) if setting is not None else None


POLICY, UNIT, NOTIFICATIONS = PolicyEffect(), UnitEffect(), NotificationsEffect()

EFFECTS: tuple[Effect, ...] = (POLICY, UNIT, NOTIFICATIONS, ENABLE, APPS, RULE, JOB, EXCLUSION, *EDITING_EFFECTS)
"""Of every kind of change in this room."""


def _judge_policy(intent: Intent, policy: ProtectionPolicy) -> Finding:
    status = policy_status(policy.status)
    if status.moving or _has_arrived(policy, intent):
        return Finding(intent, Verdict.DONE, f"It was done: the policy is {status.word}.", policy)
    if not (status.actions or status.terminal):
        words = f'The policy is in an unknown state: "{status.word}".'
        return Finding(intent, Verdict.STILL_UNKNOWN, words, policy)
    return Finding(intent, Verdict.NOT_DONE, f"It was not done: the policy is {status.word}.", policy)


def _has_arrived(policy: ProtectionPolicy, intent: Intent) -> bool:
    """Whether the policy is where the change leads; one that was active with problems must have changed since."""
    status = policy_status(policy.status)
    running = status.allows(Action.DEACTIVATE)
    if intent.kind is IntentKind.POLICY_DEACTIVATE:
        return not running and status.allows(Action.ACTIVATE)
    if not running or not status.allows(Action.ACTIVATE):
        return running
    changed, since = policy.last_modified_date_time, intent.server_date_before or intent.at
    return changed is not None and changed > since


def _judge_unit(intent: Intent, word: str | None) -> Finding:
    status = unit_status(word)
    if status.value in ("offboardRequested", "offboarded"):
        done = intent.kind is IntentKind.UNIT_OFFBOARD
    elif status.value in _NOT_OFFBOARDING:
        done = intent.kind is IntentKind.UNIT_CANCEL_OFFBOARD
    else:
        words = f'The unit is in an unknown state: "{status.word}".'
        return Finding(intent, Verdict.STILL_UNKNOWN, words)
    verdict = Verdict.DONE if done else Verdict.NOT_DONE
    return Finding(intent, verdict, f"It was {'' if done else 'not '}done: the unit is {status.word}.")


_NOT_OFFBOARDING = frozenset(
    {"unprotected", "cancelOffboardRequested", "protectRequested", "protected", "unprotectRequested", "removeRequested"}
)


def _judge_notifications(intent: Intent, setting: EmailNotificationsSetting) -> Finding:
    if holds(setting, json.loads(intent.body or "{}")):
        return Finding(intent, Verdict.DONE, "It was done: the setting is as it was sent.", setting)
    return Finding(intent, Verdict.NOT_DONE, "It was not done: the setting is not as it was sent.", setting)


def holds(setting: EmailNotificationsSetting, sent: Mapping[str, Any]) -> bool:
    """Whether everything that a change of the setting sent is so."""
    now = setting.raw()
    for key in ("isEnabled", "additionalEvents"):
        if key in sent and now.get(key) != sent[key]:
            return False
    recipients = sent.get("recipients")
    if not isinstance(recipients, Mapping):
        return True
    listed = recipients.get("customRecipients")
    addresses = {str(one.get("email", "")).casefold() for one in listed} if isinstance(listed, list) else None
    if setting.role.casefold() != str(recipients.get("role", "")).casefold():
        return False
    return addresses is None or addresses == {address.casefold() for address in setting.addresses}
