"""What became of a change of protection whose answer was lost: told by what it changed, never sent again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError, JournalError, NotFound, UsageError, WriteLockHeld
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, policy_status, unit_status
from backup_tui.models.units import ProtectionUnit
from backup_tui.store.updates import NotificationsRead, PolicyRead, UnitRead

LOOKS_AT = (2.0, 5.0, 15.0, 40.0)
"""Seconds after the loss at which the policy is looked at."""

UNIT_KINDS = frozenset({IntentKind.UNIT_OFFBOARD, IntentKind.UNIT_CANCEL_OFFBOARD})
"""Changes of a unit."""

KINDS = UNIT_KINDS | {IntentKind.POLICY_ACTIVATE, IntentKind.POLICY_DEACTIVATE, IntentKind.NOTIFICATIONS_EDIT}
"""The kinds of change that are looked into here."""

_LOG = logging.getLogger(__name__)


class PolicyVerdict(StrEnum):
    """What is known after looking."""

    DONE = "done"
    NOT_DONE = "not_done"
    STILL_UNKNOWN = "still_unknown"


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """What became of an intent.

    Attributes:
        intent: The journal's entry as it stands now.
        verdict: What is known.
        words: The same in a sentence.
        policy: As last seen; `None` when it was not.
        unit: As last seen; `None` when it was not.
    """

    intent: Intent
    verdict: PolicyVerdict
    words: str
    policy: ProtectionPolicy | None = None
    unit: ProtectionUnit | None = None


async def resolve_lost_answer(
    tools: Context, intent: Intent, on_look: Callable[[str], None] = lambda _: None
) -> PolicyFinding:
    """Looks until it is known what became of a change of protection, or the looks are used up.

    Args:
        tools: What to look with.
        intent: An intent of this room's kinds without a known outcome.
        on_look: Told after each look what was seen.
    """
    lost_at = intent.answered_at or intent.at
    intent = await tools.journal.intent(intent.id) or intent
    if intent.state.is_settled:
        verdict = PolicyVerdict.DONE if intent.state.was_done else PolicyVerdict.NOT_DONE
        return PolicyFinding(intent, verdict, intent.note or "This is settled already.")
    if await tools.journal.is_under_way(intent):
        words = f"It is still under way ({intent.process}); its answer will tell."
        return PolicyFinding(intent, PolicyVerdict.STILL_UNKNOWN, words)
    age = max(0.0, (tools.clock.now() - lost_at).total_seconds())
    times = [moment - age for moment in LOOKS_AT if moment > age] or [0.0]
    seen: PolicyFinding | None = None
    before = 0.0
    for moment in times:
        await tools.sleep(moment - before)
        before = moment
        try:
            seen = await look_once(tools, intent)
            on_look(seen.words)
        except BackupTuiError as error:
            seen = None
            on_look(f"Not seen: {error.message}")
        if seen is not None and seen.verdict is PolicyVerdict.DONE:
            break
    if seen is None:
        return PolicyFinding(intent, PolicyVerdict.STILL_UNKNOWN, "Still not known: the service cannot be reached.")
    return await settle_lost(tools, seen)


def last_look(intent: Intent) -> datetime:
    """When the last of the spaced looks is over: from then on a single look can prove that nothing was done."""
    return (intent.answered_at or intent.at) + timedelta(seconds=LOOKS_AT[-1])


async def settle_lost(tools: Context, seen: PolicyFinding) -> PolicyFinding:
    """Writes down what was found, where it is settled by that; gives it back with the entry as it is afterwards."""
    intent = seen.intent
    if seen.verdict is PolicyVerdict.STILL_UNKNOWN:
        return seen
    state = IntentState.RESOLVED_DONE if seen.verdict is PolicyVerdict.DONE else IntentState.RESOLVED_NOT_DONE
    try:
        settled = await tools.journal.resolve(intent.id, state, note=seen.words, at=tools.clock.now())
    except UsageError:
        # Somebody else, another instance or a person, settled it while it was looked into.
        settled = await tools.journal.intent(intent.id) or intent
    except JournalError as error:
        # What was seen is told all the same; the entry stays open and is looked into again at the next start.
        _LOG.warning("what became of entry %d could not be written down: %s", intent.id, error.message)
        settled = intent
    return replace(seen, intent=settled)


async def look_once(tools: Context, intent: Intent) -> PolicyFinding:
    """What one look at the service says about a change; nothing is written down.

    Raises:
        BackupTuiError: The service could not be read.
    """
    if intent.kind in UNIT_KINDS:
        return await _look_at_unit(tools, intent)
    if intent.kind is IntentKind.NOTIFICATIONS_EDIT:
        return await _look_at_notifications(tools, intent)
    asked_at = tools.clock.monotonic()
    try:
        policy = await tools.reader.policy(intent.target or "")
    except NotFound:
        return PolicyFinding(intent, PolicyVerdict.NOT_DONE, "The service has no such policy any more.")
    tools.store.apply(PolicyRead(policy, asked_at))
    return judge_policy(intent, policy)


def judge_policy(intent: Intent, policy: ProtectionPolicy) -> PolicyFinding:
    """What a policy, as read, says about a change of it."""
    status = policy_status(policy.status)
    if status.moving or _has_arrived(policy, intent):
        return PolicyFinding(intent, PolicyVerdict.DONE, f"It was done: the policy is {status.word}.", policy)
    if not (status.actions or status.terminal):
        words = f'The policy is in a state that is not known here: "{status.word}".'
        return PolicyFinding(intent, PolicyVerdict.STILL_UNKNOWN, words, policy)
    return PolicyFinding(intent, PolicyVerdict.NOT_DONE, f"It was not done: the policy is {status.word}.", policy)


async def _look_at_unit(tools: Context, intent: Intent) -> PolicyFinding:
    """An offboarding shows in the unit's status; one that was taken back shows in that it is none any more."""
    asked_at, service = tools.clock.monotonic(), intent.service or Service.EXCHANGE
    try:
        unit = await tools.reader.unit(intent.target or "", service)
    except NotFound:
        if intent.kind is IntentKind.UNIT_OFFBOARD:
            words = "The service has no such unit any more; whether it is this that took it away is not told."
            return PolicyFinding(intent, PolicyVerdict.STILL_UNKNOWN, words)
        return PolicyFinding(intent, PolicyVerdict.NOT_DONE, "The service has no such unit any more.")
    tools.store.apply(UnitRead(service, unit, asked_at))
    return replace(judge_unit(intent, unit.status), unit=unit)


def judge_unit(intent: Intent, word: str | None) -> PolicyFinding:
    """What the status of a unit, in the service's own word, says about a change of it."""
    status = unit_status(word)
    if status.value in ("offboardRequested", "offboarded"):
        done = intent.kind is IntentKind.UNIT_OFFBOARD
    elif status.value in _NOT_OFFBOARDING:
        done = intent.kind is IntentKind.UNIT_CANCEL_OFFBOARD
    else:
        words = f'The unit is in a state that is not known here: "{status.word}".'
        return PolicyFinding(intent, PolicyVerdict.STILL_UNKNOWN, words)
    verdict = PolicyVerdict.DONE if done else PolicyVerdict.NOT_DONE
    words = f"It was {'' if done else 'not '}done: the unit is {status.word}."
    return PolicyFinding(intent, verdict, words)


_NOT_OFFBOARDING = frozenset(
    {
        "unprotected",
        "cancelOffboardRequested",
        "protectRequested",
        "protected",
        "unprotectRequested",
        "removeRequested",
    }
)


async def _look_at_notifications(tools: Context, intent: Intent) -> PolicyFinding:
    """A change of settings is done when all that was sent is so now (settings are read again and compared)."""
    asked_at = tools.clock.monotonic()
    setting = await tools.reader.notifications()
    tools.store.apply(NotificationsRead(setting, asked_at, tools.clock.now()))
    return judge_notifications(intent, setting)


def judge_notifications(intent: Intent, setting: EmailNotificationsSetting) -> PolicyFinding:
    """What the setting, as read, says about a change of it."""
    if holds(setting, json.loads(intent.body or "{}")):
        return PolicyFinding(intent, PolicyVerdict.DONE, "It was done: the setting is as it was sent.")
    return PolicyFinding(intent, PolicyVerdict.NOT_DONE, "It was not done: the setting is not as it was sent.")


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


async def reconcile_lost(tools: Context) -> tuple[PolicyFinding, ...]:
    """Looks into every change of protection whose outcome the journal does not know; done at every start.

    While another instance holds the right to write, its change may just be under way: then nothing is judged.
    """
    try:
        async with tools.hold_lock("looking into what is not known", wait=0.0):
            intents = await tools.changes.left_unknown(KINDS)
    except WriteLockHeld:
        return ()
    return tuple([await resolve_lost_answer(tools, intent) for intent in intents])
