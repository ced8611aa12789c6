"""How it is recognised what became of a change of a policy itself whose answer was lost: a new policy by its name, a
change of units by who is in the policy, a deletion by whether the policy still exists."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, Verdict
from backup_tui.changes.lost_answers import Effect
from backup_tui.errors import IncompleteList, NotFound
from backup_tui.journal.matching import MARGIN, created_by
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import short_id
from backup_tui.models.units import ProtectionUnit
from backup_tui.store.freshness import POLICIES
from backup_tui.store.store import Store
from backup_tui.store.updates import ListRead, PolicyRead, UnitRead

LEAVING = "removerequested"  # the status, in small letters, of a unit that is on its way out of its policy


class Sent(Struct, frozen=True):
    """What a change of a policy asked for. `name`: empty where it stays. `owners`: object ids or site ids of units to
    add, in small letters. `unit_ids`: units to remove."""

    name: str = ""
    owners: frozenset[str] = frozenset()
    unit_ids: frozenset[str] = frozenset()


def sent_of(body: str) -> Sent:
    """What a change asked for, by the body that the journal keeps of it."""
    read: dict[str, Any] = json.loads(body or "{}")
    entries: list[dict[str, Any]] = next((value for key, value in read.items() if key.endswith("@delta")), [])
    gone = frozenset(entry["id"] for entry in entries if "@removed" in entry)
    added = frozenset(
        str(entry.get("directoryObjectId") or entry.get("siteId")).casefold()
        for entry in entries
        if "@removed" not in entry
    )
    return Sent(str(read.get("displayName", "")), added, gone)


async def units_in(context: Context, service: Service, policy_id: str) -> tuple[ProtectionUnit, ...]:
    """The units of a policy, those on their way in or out too; updates the store. Raises `IncompleteList`: some could
    not be read, so who is in the policy is not known for certain."""
    units: list[ProtectionUnit] = []
    unread = 0
    asked_at = context.clock.monotonic()
    async for page in context.reader.units(service, policy_id=policy_id):
        units.extend(page.items)
        unread += page.unread
    if unread:
        raise IncompleteList.of_unread((), unread)
    for unit in units:
        context.store.apply(UnitRead(service, unit, asked_at))
    return tuple(units)


def is_leaving(unit: ProtectionUnit) -> bool:
    """Whether a unit is on its way out of its policy."""
    return (unit.status or "").casefold() == LEAVING


class PolicyCreateEffect(Effect):
    """A new policy is recognised by its name, which no other policy of its service had when it was reviewed."""

    kinds = frozenset({IntentKind.POLICY_CREATE})

    async def look(self, context: Context, intent: Intent) -> Finding:
        asked_at = context.clock.monotonic()
        policies = await context.reader.policies()
        context.store.apply(ListRead(POLICIES, policies, asked_at, True, context.clock.now()))
        made = made_by(intent, policies)
        if made is None:
            return Finding(intent, Verdict.NOT_DONE, "No such policy was created.")
        return Finding(intent, Verdict.DONE, f"The policy was created: {short_id(made.id)}.", made)

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        made = made_by(intent, store.policies.values())
        if made is None:
            return None
        return Finding(intent, Verdict.DONE, f"The policy was created: {short_id(made.id)}.", made)


def made_by(intent: Intent, policies: Iterable[ProtectionPolicy]) -> ProtectionPolicy | None:
    """The policy that a create made; `None` when none of these can be it."""
    name = sent_of(intent.body).name
    since = intent.server_date_before
    for policy in policies:
        made = policy.created_date_time
        if (
            policy.service is intent.service
            and policy.display_name == name
            and created_by(policy, intent.who) is not False
            and (made is None or since is None or made >= since - MARGIN)
        ):
            return policy
    return None


class PolicyEditEffect(Effect):
    """A change of a policy shows in its name and in who is in it."""

    kinds = frozenset({IntentKind.POLICY_EDIT})

    async def look(self, context: Context, intent: Intent) -> Finding:
        asked_at = context.clock.monotonic()
        try:
            policy = await context.reader.policy(intent.target or "")
        except NotFound:
            return Finding(intent, Verdict.NOT_DONE, "The service no longer has this policy.")
        context.store.apply(PolicyRead(policy, asked_at))
        service, sent = policy.service or intent.service, sent_of(intent.body)
        if service is None:
            return Finding(intent, Verdict.STILL_UNKNOWN, "The service did not report the kind of this policy.")
        units = await units_in(context, service, policy.id) if sent.owners or sent.unit_ids else ()
        here = [unit for unit in units if not is_leaving(unit)]
        owners = {(unit.object_id or "").casefold() for unit in here}
        return _judge(intent, sent, policy, owners, {unit.id for unit in here})

    def shown(self, store: Store, intent: Intent) -> Finding | None:
        policy = store.policies.get(intent.target or "")
        if policy is None or intent.service is None:
            return None
        table = store.units[intent.service]
        sent = sent_of(intent.body)
        if sent.unit_ids and not table.complete:
            return None
        here = [row for row in table.values() if row.policy_id == policy.id and row.status.casefold() != LEAVING]
        owners = {row.object_id.casefold() for row in here}
        return _judge(intent, sent, policy, owners, {row.id for row in here})


def _judge(
    intent: Intent, sent: Sent, policy: ProtectionPolicy, owners: Collection[str], unit_ids: Collection[str]
) -> Finding:
    missing = [owner for owner in sent.owners if owner not in owners]
    staying = [unit_id for unit_id in sent.unit_ids if unit_id in unit_ids]
    unnamed = [sent.name] if sent.name and policy.display_name != sent.name else []
    left = len(missing) + len(staying) + len(unnamed)
    asked = len(sent.owners) + len(sent.unit_ids) + bool(sent.name)
    if not left:
        return Finding(intent, Verdict.DONE, "It was done: the policy holds the change.", policy)
    if left == asked:
        return Finding(intent, Verdict.NOT_DONE, "It was not done: the policy does not hold the change.", policy)
    return Finding(intent, Verdict.PARTLY, f"The policy holds {asked - left:,} of the {asked:,} changes.", policy)


class PolicyDeleteEffect(Effect):
    """A deleted policy no longer exists."""

    kinds = frozenset({IntentKind.POLICY_DELETE})

    async def look(self, context: Context, intent: Intent) -> Finding:
        asked_at = context.clock.monotonic()
        try:
            policy = await context.reader.policy(intent.target or "")
        except NotFound:
            return Finding(intent, Verdict.DONE, "It is deleted: the service no longer has this policy.")
        context.store.apply(PolicyRead(policy, asked_at))
        state = policy_status(policy.status).word
        return Finding(intent, Verdict.NOT_DONE, f"It was not deleted: the policy is {state}.", policy)


POLICY_CREATE, POLICY_EDIT, POLICY_DELETE = PolicyCreateEffect(), PolicyEditEffect(), PolicyDeleteEffect()

EDITING_EFFECTS: tuple[Effect, ...] = (POLICY_CREATE, POLICY_EDIT, POLICY_DELETE)  # of every change of a policy itself
