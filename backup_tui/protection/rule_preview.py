"""What an inclusion rule would take in, counted from what is known, and how far that goes.

The service has no preview. Of sites it lists those that are or were protected, so a rule of keywords is held against
these; one that was never protected is not among them. Of groups it tells no members, and this program does not read
groups; but where a dynamic rule of another policy names the same groups, what it holds are their members."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from backup_tui.changes.context import Context, each_of
from backup_tui.errors import BackupTuiError
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rule_expressions import site_matcher
from backup_tui.models.rules import groups_of
from backup_tui.models.services import Service
from backup_tui.protection.inclusion import held_by_rule, in_policy, known_units, read_rules
from backup_tui.store.rows import UnitRow


class RulePreview(Struct, frozen=True):
    """What a rule would take in."""

    service: Service  # whose units
    basis: str  # how it was counted, or why it was not: a sentence
    matching: int | None = None  # units that match and are known; `None` when it cannot be told
    adds: tuple[str, ...] = ()  # of these, those that it would add; in no policy now
    inside: int = 0  # of these, how many are in the policy already
    elsewhere: int = 0  # of these, how many are in another policy, which the service refuses one by one

    @property
    def words(self) -> str:
        """`would take in 214 accounts`; how many is unknown, or it is nothing."""
        if self.matching is None:
            return f"how many {self.service.names.units} it would take in is unknown"
        if not self.matching:
            return "would take in nothing: nothing that is known matches"
        takes = self.service.counted(len(self.adds)) if self.adds else "nothing new"
        said = f"would take in {takes}"
        if self.inside:
            said += f"; {self.inside:,} that {_match(self.inside)} in the policy already"
        if self.elsewhere:
            said += f"; {self.elsewhere:,} that {_match(self.elsewhere)} in another policy and would be refused"
        return said

    @property
    def check(self) -> Check:
        """The same as a line of a review."""
        text = f"it {self.words}" if self.matching is not None else self.words
        if self.matching is None:
            return Check(CheckResult.UNKNOWN, text, 12)
        return Check(CheckResult.OK if self.adds else CheckResult.WARNING, text, 12)


def _match(count: int) -> str:
    return "matches is" if count == 1 else "match are"


async def preview_rule(context: Context, policy: ProtectionPolicy, service: Service, expression: str) -> RulePreview:
    """What a rule with this expression would take into a policy. What cannot be read makes it unknown."""
    if service is Service.SHAREPOINT:
        return await _of_sites(context, policy, expression)
    groups = frozenset(group.casefold() for group in groups_of(expression))
    if not groups:
        return RulePreview(service, "This program cannot tell what the expression means; the service can.")
    return await _of_members(context, policy, service, groups)


async def _of_sites(context: Context, policy: ProtectionPolicy, expression: str) -> RulePreview:
    service = Service.SHAREPOINT
    matches = site_matcher(expression)
    if matches is None:
        return RulePreview(service, "This program cannot tell what the expression means; the service can.")
    units = await known_units(context, service)
    if units is None:
        return RulePreview(service, "The sites could not all be read.")
    found = [unit for unit in units.values() if matches(unit.title, unit.address)]
    basis = (
        f"Counted among the {len(units):,} sites that are or were protected. The service lists no others, so further "
        "sites may match."
    )
    return _counted(policy, service, found, basis)


def _counted(policy: ProtectionPolicy, service: Service, found: Sequence[UnitRow], basis: str) -> RulePreview:
    free = [unit for unit in found if not unit.policy_id]
    inside = len(in_policy(found, policy.id))
    adds = tuple(unit.address or unit.title or unit.id for unit in free)
    return RulePreview(service, basis, len(found), adds, inside, len(found) - len(free) - inside)


async def _of_members(
    context: Context, policy: ProtectionPolicy, service: Service, groups: frozenset[str]
) -> RulePreview:
    unknown = "The service reports no members of groups, and this program does not read groups."
    try:
        holder = await _holder(context, policy, groups)
    except BackupTuiError:
        return RulePreview(service, f"{unknown} The rules of the other policies could not all be read.")
    if holder is None or holder.service is None:
        return RulePreview(service, unknown)
    theirs, own = await known_units(context, holder.service), await known_units(context, service)
    if theirs is None or own is None:
        return RulePreview(service, f"{unknown} The units of policies could not all be read.")
    members = {
        unit.object_id: unit.address or unit.title or unit.object_id
        for unit in in_policy(theirs.values(), holder.id)
        if held_by_rule(unit) and unit.object_id
    }
    basis = (
        f'The policy "{holder.display_name or holder.id}" follows the same groups and holds '
        f"{holder.service.counted(len(members))}; counted by the people behind them. Who has no "
        f"{service.names.unit} is not taken in."
    )
    return _of_people(policy, service, own.values(), members, basis)


def _of_people(
    policy: ProtectionPolicy, service: Service, units: Iterable[UnitRow], members: Mapping[str, str], basis: str
) -> RulePreview:
    policies = {unit.object_id: unit.policy_id for unit in units if unit.object_id in members}
    inside = sum(found == policy.id for found in policies.values())
    elsewhere = sum(bool(found) for found in policies.values()) - inside
    adds = tuple(name for person, name in members.items() if not policies.get(person))
    return RulePreview(service, basis, len(members), adds, inside, elsewhere)


async def _holder(context: Context, policy: ProtectionPolicy, groups: frozenset[str]) -> ProtectionPolicy | None:
    """A policy with a dynamic rule of the same groups. Raises `BackupTuiError`: not all could be read."""
    candidates = [one for one in await context.reader.policies() if one.service not in (None, Service.SHAREPOINT)]

    async def follows(one: ProtectionPolicy) -> bool:
        rules = await read_rules(context, one.service or Service.EXCHANGE, one.id)
        return any(
            rule.is_auto_apply_enabled and {group.casefold() for group in groups_of(rule.expression)} == groups
            for rule in rules
        )

    found = await each_of(follows, candidates)
    holders = [one for one, holds in zip(candidates, found, strict=True) if holds]
    # That of the policy itself says nothing of what it would add to it.
    return next((one for one in holders if one.id != policy.id), None) or next(iter(holders), None)
