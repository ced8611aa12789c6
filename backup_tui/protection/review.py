"""The review before a policy is activated or deactivated: what it means, and what was checked.

https://learn.microsoft.com/graph/api/protectionpolicybase-activate and `-deactivate`: one active policy per service;
activation is possible from `inactive` and `activeWithErrors`, deactivation from `active` and `activeWithErrors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backup_tui.errors import BackupTuiError
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.phrases import phrase, thing_name
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.service_state import state_of
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, policy_status
from backup_tui.models.text import short_id
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.tools import ProtectionContext
from backup_tui.store.freshness import POLICIES
from backup_tui.store.updates import ListRead, PolicyRead, ServiceRead


class PolicyAction(StrEnum):
    """What is done with a policy."""

    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"

    @property
    def needed(self) -> Action:
        """What the policy's status has to allow."""
        return Action.ACTIVATE if self is PolicyAction.ACTIVATE else Action.DEACTIVATE

    @property
    def done_word(self) -> str:
        """`activated`, `deactivated`."""
        return f"{self.value}d"

    @property
    def state_sentence(self) -> str:
        """In which states it is possible."""
        if self is PolicyAction.ACTIVATE:
            return "only an inactive one (or one with problems) can be activated"
        return "only an active one (also with problems) can be deactivated"


@dataclass(frozen=True, slots=True)
class PolicyReview:
    """What a person has to know before a policy is switched on or off.

    Attributes:
        policy: As just read.
        action: What would be done.
        headline: What it is about, one line: `ACTIVATE, contoso.com: SharePoint policy "Sites pilot", 24 sites`.
        sentence: What it means.
        extra: Further sentences that apply.
        names: The units of the policy; empty when they could not be read.
        checks: What was checked, worst first.
        phrase: What has to be typed.
        blocked: Why it is not possible now; `None` when it is.
        hint: What to do when it is not possible; empty when it is.
        read_at: When it was read (UTC).
    """

    policy: ProtectionPolicy
    action: PolicyAction
    headline: str
    sentence: str
    extra: tuple[str, ...]
    names: tuple[str, ...]
    checks: tuple[Check, ...]
    phrase: str
    blocked: str | None
    hint: str
    read_at: datetime

    @property
    def label(self) -> str:
        """The policy's name, or its id where it has none."""
        return policy_label(self.policy)

    @property
    def service(self) -> Service | None:
        """Whose units it holds; `None` when that is not known here."""
        return self.policy.service

    @property
    def subject(self) -> str:
        """`policy Sites pilot`."""
        return f"policy {self.label}"

    @property
    def id_line(self) -> str:
        """The whole id, for `v`."""
        return f"Policy {self.policy.id}"


def policy_label(policy: ProtectionPolicy) -> str:
    """The policy's name, or the beginning of its id."""
    return policy.display_name or short_id(policy.id)


async def review_policy(tools: ProtectionContext, policy_id: str, action: PolicyAction) -> PolicyReview:
    """Reads a policy, its units and the other policies again, and says what the action means.

    Args:
        tools: What to read with.
        policy_id: The policy.
        action: What would be done.

    Raises:
        NotFound: The service has no such policy.
        BackupTuiError: The policy could not be read. Failures of reads around it become check lines.
    """
    asked_at = tools.clock.monotonic()
    policy = await tools.reader.policy(policy_id)
    tools.store.apply(PolicyRead(policy, asked_at))
    service = policy.service
    units = await _units(tools, policy)
    count = len(units) if units is not None else _count(policy)
    checks = [*_check_state(policy, action), *_check_count(count, units is not None)]
    hint, others = "", await _others(tools, policy)
    if action is PolicyAction.ACTIVATE:
        found, hint = _check_others(policy, others)
        checks += found
    allowed, lifted_by = await check_service(tools)
    checks += allowed
    hint = lifted_by or hint
    if action is PolicyAction.ACTIVATE:
        checks += _unseen_costs(service)
    ordered = worst_first(checks)
    blocked = next((check.text for check in ordered if check.mark is CheckResult.BLOCKING), None)
    number = _counted(service, count)
    names = (other.display_name or "" for other in others or ())
    verb = "protect" if action is PolicyAction.ACTIVATE else "stop"
    kind = f"{service.label} policy" if service else "policy"
    return PolicyReview(
        policy=policy,
        action=action,
        headline=f'{action.value.upper()}, {tools.who.tenant}: {kind} "{policy_label(policy)}", {number}',
        sentence=_meaning(action, service, count),
        extra=_extra(action),
        names=tuple(unit.address or unit.title or unit.object_id or unit.id for unit in units or ()),
        checks=ordered,
        phrase=phrase(verb, thing_name(policy.display_name or "", policy.id, names), tools.who.tenant_word),
        blocked=blocked,
        hint=(hint or _WAIT) if blocked else "",
        read_at=tools.clock.now(),
    )


_WAIT = "Wait for updating to end, or see who changed it."


async def _units(tools: ProtectionContext, policy: ProtectionPolicy) -> list[ProtectionUnit] | None:
    """The units of the policy; `None` when they could not all be read."""
    if policy.service is None:
        return None
    units: list[ProtectionUnit] = []
    try:
        async for page in tools.reader.units(policy.service, policy_id=policy.id):
            if page.unread:
                return None
            units.extend(page.items)
    except BackupTuiError:
        return None
    return units


def _count(policy: ProtectionPolicy) -> int | None:
    counts = policy.protection_policy_artifact_count
    return counts.total if counts is not None else None


def _counted(service: Service | None, count: int | None) -> str:
    if count is None:
        return f"{service.names.units if service else 'units'} not counted"
    return service.counted(count) if service else f"{count:,} unit{'' if count == 1 else 's'}"


def _meaning(action: PolicyAction, service: Service | None, count: int | None) -> str:
    one = count == 1
    nouns = (service.names.unit if one else service.names.units) if service else ("unit" if one else "units")
    if action is PolicyAction.ACTIVATE:
        return (
            f"Microsoft starts to back {'this' if one else 'these'} {nouns} up and to charge for what it keeps (by the "
            "gigabyte, each month). First points can be used after about 1 to 2 hours. Nothing is restored, and no "
            "existing file is changed."
        )
    who = _counted(service, count) if count is not None else f"The {nouns} of this policy"
    return (
        f"{who} {'is' if one else 'are'} no longer backed up from now on. Points made so far stay until each is a year "
        "old and can still be restored; Microsoft may go on charging for them. Damage done from now on cannot be "
        "undone."
    )


def _extra(action: PolicyAction) -> tuple[str, ...]:
    if action is PolicyAction.ACTIVATE:
        return ("You can deactivate it later. Points made until then stay for their year.",)
    return ("You can activate it again later. For the time between there will be no points.",)


def _check_state(policy: ProtectionPolicy, action: PolicyAction) -> list[Check]:
    status = policy_status(policy.status)
    if status.allows(action.needed):
        return [Check(CheckResult.OK, f"the policy is {status.word}, so it can be {action.value}d", 1)]
    return [Check(CheckResult.BLOCKING, f"the policy is {status.word} at the moment; {action.state_sentence}", 1)]


def _check_count(count: int | None, listed: bool) -> list[Check]:
    if count == 0:
        return [Check(CheckResult.WARNING, "the policy has no units", 10)]
    if not listed:
        return [Check(CheckResult.UNKNOWN, "which units are in the policy could not be read", 10)]
    return []


async def _others(tools: ProtectionContext, policy: ProtectionPolicy) -> list[ProtectionPolicy] | None:
    """The other policies of the tenant; `None` when they could not be read."""
    asked_at = tools.clock.monotonic()
    try:
        policies = await tools.reader.policies()
    except BackupTuiError:
        return None
    tools.store.apply(ListRead(POLICIES, policies, asked_at, True, tools.clock.now()))
    return [other for other in policies if other.id != policy.id]


def _check_others(policy: ProtectionPolicy, others: list[ProtectionPolicy] | None) -> tuple[list[Check], str]:
    """Whether the service has another active policy, and then the way out."""
    if policy.service is None:
        return [Check(CheckResult.UNKNOWN, "which service the policy is for is not known here", 5)], ""
    if others is None:
        return [
            Check(CheckResult.UNKNOWN, f"whether {policy.service.label} has an active policy could not be read", 5)
        ], ""
    active = [
        other
        for other in others
        if other.service is policy.service and policy_status(other.status).allows(Action.DEACTIVATE)
    ]
    if not active:
        return [Check(CheckResult.OK, f"{policy.service.label} has no other active policy", 2)], ""
    name = policy_label(active[0])
    text = f'{policy.service.label} has an active policy already, "{name}"; the service allows one and will refuse this'
    return [
        Check(CheckResult.BLOCKING, text, 2)
    ], f'Deactivate "{name}" first, or add the {policy.service.names.units} to it.'


async def check_service(tools: ProtectionContext) -> tuple[list[Check], str]:
    """Whether the service allows changes of protection, and the way out where it does not."""
    asked_at = tools.clock.monotonic()
    try:
        root = await tools.reader.service_root()
    except BackupTuiError as error:
        tools.store.apply(ServiceRead(error=error.message, asked_at=asked_at, answered_at=tools.clock.now()))
        return [Check(CheckResult.UNKNOWN, "whether the service allows this now could not be read", 6)], ""
    tools.store.apply(ServiceRead(root, asked_at=asked_at, answered_at=tools.clock.now()))
    state = state_of(root)
    if state.no_protection_change is not None:
        return [Check(CheckResult.BLOCKING, state.no_protection_change, 0)], state.hint
    if not state.known:
        return [Check(CheckResult.UNKNOWN, "the service does not say whether it allows this now", 6)], ""
    return [], ""


def _unseen_costs(service: Service | None) -> Sequence[Check]:
    units = service.names.units if service else "units"
    return (
        Check(CheckResult.UNKNOWN, f"the price depends on the size of the {units}, which is not known here", 20),
        Check(CheckResult.UNKNOWN, "whether billing is set up cannot be seen from here", 21),
    )
