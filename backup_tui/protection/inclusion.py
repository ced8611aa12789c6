"""What brings units into a policy, as the use cases read it: its rules, its bulk additions, and the units around."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.graph.paging import collect
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.services import Service
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.store.freshness import rules_of, unit_jobs_of, units_of
from backup_tui.store.rows import UnitRow
from backup_tui.store.updates import ListRead, PolicyRead, UnitsPage

UNITS_FRESH_FOR = timedelta(minutes=15)  # a list of units that is younger is not read again to count in it


async def read_policy(context: Context, policy_id: str) -> tuple[ProtectionPolicy, Service]:
    """A policy and whose units it has. Raises `NotFound`: the service has no such policy; `UsageError`: this version
    does not know its service; `BackupTuiError`: it could not be read."""
    asked_at = context.clock.monotonic()
    policy = await context.reader.policy(policy_id)
    context.store.apply(PolicyRead(policy, asked_at))
    if policy.service is None:
        raise UsageError.unsent("This version does not know the service of this policy.", "policy", policy_id)
    return policy, policy.service


async def read_rules(context: Context, service: Service, policy_id: str) -> tuple[ProtectionRule, ...]:
    """All rules of a policy. Raises `IncompleteList`: not all could be read."""
    asked_at = context.clock.monotonic()
    rules = tuple(await collect(context.reader.rules(service, policy_id)))
    context.store.apply(ListRead(rules_of(policy_id), rules, asked_at, True, context.clock.now()))
    return rules


async def read_unit_jobs(context: Context, service: Service, policy_id: str) -> tuple[UnitsJob, ...]:
    """All bulk additions to a policy. Raises `IncompleteList`: not all could be read."""
    asked_at = context.clock.monotonic()
    jobs = tuple(await collect(context.reader.unit_jobs(service, policy_id)))
    context.store.apply(ListRead(unit_jobs_of(policy_id), jobs, asked_at, True, context.clock.now()))
    return jobs


async def read_exclusion_jobs(context: Context, service: Service, policy_id: str) -> tuple[UnitsJob, ...]:
    """All bulk exclusions from a policy, beta. Raises `IncompleteList`: not all could be read."""
    return tuple(await collect(context.reader.exclusion_jobs(service, policy_id)))


async def known_units(context: Context, service: Service) -> Mapping[str, UnitRow] | None:
    """All units of a service that the service lists; `None` when they could not all be read. A list that was read a
    moment ago is taken as it is: that of a large tenant takes minutes."""
    table, known = context.store.units[service], context.store.freshness(units_of(service))
    now = context.clock.now()
    if known.complete and known.answered_at is not None and now - known.answered_at <= UNITS_FRESH_FOR:
        return table
    asked_at = context.clock.monotonic()
    whole = True
    try:
        async for page in context.reader.units(service):
            whole = whole and not page.unread
            context.store.apply(
                UnitsPage(service, page.items, page.number == 1, page.last, asked_at, context.clock.now(), page.unread)
            )
    except BackupTuiError:
        return None
    return table if whole else None


def in_policy(units: Iterable[UnitRow], policy_id: str) -> list[UnitRow]:
    """The units that are in a policy."""
    return [unit for unit in units if unit.policy_id == policy_id]


def held_by_rule(unit: UnitRow) -> bool:
    """Whether a dynamic rule put the unit into its policy."""
    return "dynamicrule" in _sources(unit)


def held_by_hand(unit: UnitRow) -> bool:
    """Whether the unit stays in its policy without a dynamic rule."""
    return "manual" in _sources(unit)


def _sources(unit: UnitRow) -> set[str]:
    return {source.strip().casefold() for source in unit.sources.split(",")}


def with_rule(rules: Iterable[ProtectionRule], rule: ProtectionRule) -> tuple[ProtectionRule, ...]:
    """The rules of a policy with one as it is now."""
    return (*(one for one in rules if one.id != rule.id), rule)


def put_rules(context: Context, policy_id: str, rules: tuple[ProtectionRule, ...], asked_at: float) -> None:
    """Puts the rules of a policy into the store as an answer to a change of ours shows them."""
    context.store.apply(ListRead(rules_of(policy_id), rules, asked_at, True, context.clock.now()))


def named(policy: ProtectionPolicy, policies: Iterable[ProtectionPolicy]) -> tuple[str, ...]:
    """The names of the other policies: a phrase must not fit two of them."""
    return tuple(other.display_name or "" for other in policies if other.id != policy.id)
