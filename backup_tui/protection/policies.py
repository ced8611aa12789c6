"""A policy is activated or deactivated: what it means, what is checked before, and doing it.

https://learn.microsoft.com/graph/api/protectionpolicybase-activate and `-deactivate`: one active policy per service;
activation is possible from `inactive` and `activeWithErrors`, deactivation from `active` and `activeWithErrors`. Both
are answered with 202 and `updating`. A policy in the wrong state is refused with 400 `invalidStateForActivation` or 403
`PolicyActionNotAllowed`, which mean the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import BackupTuiError, ServiceError, StateConflict
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.phrases import phrase, thing_name
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, policy_status
from backup_tui.models.text import short_id
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.full_backup import whole_meaning
from backup_tui.protection.lost_answers import POLICY
from backup_tui.protection.switching import Switch, SwitchChange, check_service
from backup_tui.store.freshness import POLICIES
from backup_tui.store.updates import ListRead, PolicyRead


class PolicyAction(Switch):
    """What is done with a policy."""

    ACTIVATE = (
        "activate",
        IntentKind.POLICY_ACTIVATE,
        Action.ACTIVATE,
        "activated",
        "this needs an inactive one, or an active one with problems",
        "You can deactivate it later. Points made until then stay for their year.",
    )
    DEACTIVATE = (
        "deactivate",
        IntentKind.POLICY_DEACTIVATE,
        Action.DEACTIVATE,
        "deactivated",
        "this needs an active one",
        "You can activate it again later. No points are made in the meantime.",
    )


def policy_label(policy: ProtectionPolicy) -> str:
    """The policy's name, or the short form of its id if it has no name."""
    return policy.display_name or short_id(policy.id)


@dataclass(frozen=True, slots=True)
class SwitchPolicy(SwitchChange[ProtectionPolicy]):
    """A policy is switched on or off."""

    noun = "policy"
    purpose = "changing a policy"
    effect = POLICY

    policy_id: str
    action: PolicyAction

    @property
    def target(self) -> str:
        return self.policy_id

    async def read(self, context: Context) -> ProtectionPolicy:
        asked_at = context.clock.monotonic()
        policy = await context.reader.policy(self.policy_id)
        self.tell(context, policy, asked_at)
        return policy

    def tell(self, context: Context, thing: ProtectionPolicy, asked_at: float) -> None:
        context.store.apply(PolicyRead(thing, asked_at))

    async def review(self, context: Context, thing: ProtectionPolicy) -> ChangeReview[ProtectionPolicy]:
        action, service = self.action, thing.service
        units = await policy_units(context, thing)
        counts = thing.protection_policy_artifact_count
        count = len(units) if units is not None else counts.total if counts is not None else None
        checks = [*_check_state(thing, action), *_check_count(count, units is not None)]
        hint, others = "", await other_policies(context, thing)
        if action is PolicyAction.ACTIVATE:
            of_others, hint = _check_others(thing, others)
            checks += of_others
        allowed, lifted_by = await check_service(context)
        checks += allowed
        checks += _unseen_costs(action, service)
        names = (other.display_name or "" for other in others or ())
        word = "protect" if action is PolicyAction.ACTIVATE else "stop"
        label = policy_label(thing)
        return ChangeReview(
            change=self,
            thing=thing,
            word=action.value.upper(),
            headline=f"policy {label}, {counted_units(service, count)}",
            tenant=context.who.tenant,
            sentence=whole_meaning(thing, count, on=action is PolicyAction.ACTIVATE)
            if thing.is_full
            else _meaning(action, service, count),
            phrase=phrase(word, thing_name(thing.display_name or "", thing.id, names), context.who.tenant_word),
            checks=worst_first(checks),
            read_at=context.clock.now(),
            subject=f"policy {label}",
            id_line=f"Policy {thing.id}",
            danger=action is PolicyAction.DEACTIVATE,
            service=service,
            extra=(action.extra,),
            names=tuple(unit.address or unit.title or unit.object_id or unit.id for unit in units or ()),
            way_out=lifted_by or hint or _WAIT,
        )

    def difference(self, before: ProtectionPolicy, now: ProtectionPolicy) -> str:
        if (now.status, now.last_modified_date_time) == (before.status, before.last_modified_date_time):
            return ""
        by = now.last_modified_by.label if now.last_modified_by else ""
        word = policy_status(now.status).word
        return f"{by or 'Someone'} changed the policy after the review; it is {word} now."

    def request(self, reviewed: ChangeReview[ProtectionPolicy], writer: Writer) -> Request[ProtectionPolicy]:
        send = writer.activate_policy if self.action is PolicyAction.ACTIVATE else writer.deactivate_policy
        summary = f'{self.verb.upper()} policy "{policy_label(reviewed.thing)}"'
        return Request(lambda: send(self.policy_id), summary, reviewed.thing.service)

    async def refused(
        self, context: Context, reviewed: ChangeReview[ProtectionPolicy], error: ServiceError
    ) -> ProtectionPolicy:
        if not isinstance(error, StateConflict):
            raise error
        try:
            policy = await self.read(context)
        except BackupTuiError:
            raise error from None  # It is certain, and says more than a look that failed.
        raise StateConflict(
            f"The policy is {policy_status(policy.status).word}; {self.action.state_sentence}.",
            status=error.status,
            detail=error.detail,
            certainty="Nothing changed.",
            hint="Wait for the update to finish, or see who changed it.",
            code=error.code,
            request_id=error.request_id,
        ) from error


_WAIT = "Wait for the update to finish, or see who changed it."


async def policy_units(context: Context, policy: ProtectionPolicy) -> list[ProtectionUnit] | None:
    """The units of the policy; `None` when they could not all be read."""
    if policy.service is None:
        return None
    units: list[ProtectionUnit] = []
    try:
        async for page in context.reader.units(policy.service, policy_id=policy.id):
            if page.unread:
                return None
            units.extend(page.items)
    except BackupTuiError:
        return None
    return units


def counted_units(service: Service | None, count: int | None) -> str:
    """`24 sites`; also where the service is unknown, or nobody could count them."""
    if count is None:
        return f"{service.names.units if service else 'units'} not counted"
    return service.counted(count) if service else f"{count:,} unit{'' if count == 1 else 's'}"


def _meaning(action: PolicyAction, service: Service | None, count: int | None) -> str:
    one = count == 1
    nouns = (service.names.unit if one else service.names.units) if service else ("unit" if one else "units")
    number = counted_units(service, count) if count is not None else f"the {nouns} of this policy"
    if action is PolicyAction.ACTIVATE:
        return (
            f"ACTIVATE: Microsoft starts backing up {number} and billing for what it keeps. First points after about "
            "1 to 2 hours. Nothing is restored or changed."
        )
    return (
        f"DEACTIVATE: from now on, {number} {'is' if one else 'are'} not backed up. Existing points stay until each is "
        "a year old. Damage done from now on cannot be undone."
    )


def _check_state(policy: ProtectionPolicy, action: PolicyAction) -> list[Check]:
    status = policy_status(policy.status)
    if status.allows(action.needed):
        return [Check(CheckResult.OK, f"the policy is {status.in_sentence}, so it can be {action.done_word}", 1)]
    return [Check(CheckResult.BLOCKING, f"the policy is {status.word}; {action.state_sentence}", 1)]


def _check_count(count: int | None, listed: bool) -> list[Check]:
    if count == 0:
        return [Check(CheckResult.WARNING, "the policy has no units", 10)]
    if not listed:
        return [Check(CheckResult.UNKNOWN, "the units of the policy could not be read", 10)]
    return []


async def other_policies(context: Context, policy: ProtectionPolicy) -> list[ProtectionPolicy] | None:
    """The other policies of the tenant; `None` when they could not be read."""
    asked_at = context.clock.monotonic()
    try:
        policies = await context.reader.policies()
    except BackupTuiError:
        return None
    context.store.apply(ListRead(POLICIES, policies, asked_at, True, context.clock.now()))
    return [other for other in policies if other.id != policy.id]


def _check_others(policy: ProtectionPolicy, others: list[ProtectionPolicy] | None) -> tuple[list[Check], str]:
    if policy.service is None:
        return [Check(CheckResult.UNKNOWN, "the service of the policy is unknown", 5)], ""
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
    text = f'{policy.service.label} already has an active policy, "{name}"; the service allows one and refuses this'
    return [
        Check(CheckResult.BLOCKING, text, 2)
    ], f'Deactivate "{name}" first, or add the {policy.service.names.units} to it.'


def _unseen_costs(action: PolicyAction, service: Service | None) -> Sequence[Check]:
    if action is PolicyAction.DEACTIVATE:
        return (Check(CheckResult.UNKNOWN, "Microsoft may keep charging for the points that stay", 21),)
    units = service.names.units if service else "units"
    return (
        Check(CheckResult.UNKNOWN, f"the price depends on the size of the {units}, which is unknown", 20),
        Check(CheckResult.UNKNOWN, "whether billing is set up cannot be seen from here", 21),
    )
