"""Inclusion rules: static ones put units into their policy once, a dynamic one keeps it equal to its groups."""

from dataclasses import dataclass

from backup_tui.simulator.domain.directory import Thing
from backup_tui.simulator.domain.identifiers import number
from backup_tui.simulator.domain.membership import Taken
from backup_tui.simulator.domain.policies import MINUTE, Policy
from backup_tui.simulator.domain.policy_items import Parts, PolicyItems
from backup_tui.simulator.domain.tenant import DAY, DYNAMIC_GROUPS, Unit, group_id
from backup_tui.simulator.domain.workloads import SHAREPOINT
from backup_tui.simulator.grammar.expressions import SiteFacts, SiteTest, read_groups, read_sites
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Detail, Refusal

MOST_USERS = 6000
_ENDED = ("completed", "completedWithErrors")


@dataclass
class Rule:
    """One inclusion rule."""

    seq: int  # number in the order of creation
    id: str  # GUID
    policy: Policy  # the policy whose units it chooses
    expression: str  # what it is for
    dynamic: bool  # whether it keeps watching (``isAutoApplyEnabled``)
    status: str  # its ``protectionRuleStatus``
    created: float
    created_by: Caller
    modified: float
    modified_by: Caller
    failures: tuple[Detail, ...] = ()  # what went wrong when it was last applied

    def touch(self, status: str, caller: Caller, now: float) -> None:
        """Note a change that somebody asked for."""
        self.status, self.modified, self.modified_by, self.failures = status, now, caller, ()


class InclusionRules(PolicyItems[Rule]):
    """All rules of the tenant."""

    kind = "rule"
    malformed = ("InvalidInclusionRuleId", "Inclusion rule ID is absent or invalid.")
    unknown = ("ProtectionRuleNotFound", "Protection rule")

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        seed, started = parts.tenant.seed, parts.tenant.started
        groups = ", ".join(f"'{group_id(seed, name)}'" for name in DYNAMIC_GROUPS)
        sites = "((displayName -contains 'Finance') -or (displayName -contains 'Legal'))"
        for name, expression, dynamic, age in (
            ("Mailboxes all", f"(memberOf -any (group.id -in [{groups}]))", True, 41.2),
            ("OneDrive all", f"(memberOf -any (group.id -in ['{group_id(seed, 'Sales')}']))", False, 395.0),
            ("Sites all", sites, False, 400.0),
        ):
            policy, made = parts.policy(name), started - age * DAY
            rule = self._add(policy, expression, dynamic, policy.created_by, made)
            rule.touch("completed", policy.created_by, made + 6 * MINUTE)

    def create(self, policy: Policy, expression: str, dynamic: bool, caller: Caller, now: float) -> Rule:
        """Make a rule, which begins to apply itself (page protectionrulebase-post)."""
        if dynamic and policy.workload is SHAREPOINT:
            raise Refusal(400, "InvalidInclusionRuleCreateRequest", "Dynamic rules are not supported for sites.")
        if dynamic and any(rule.dynamic for rule in self.of(policy)):
            raise Refusal(400, "InvalidInclusionRuleCreateRequest", "The policy has a dynamic rule already.")
        self._read(policy, expression, dynamic)
        rule = self._add(policy, expression, dynamic, caller, now)
        self._apply_later(rule, now)
        return rule

    def update(self, rule: Rule, expression: str, caller: Caller, now: float) -> None:
        """Give a dynamic rule another expression (page protectionrulebase-update)."""
        if not rule.dynamic:
            raise Refusal(400, "PatchNotAllowedForStaticRule", "A static rule cannot be updated.")
        if rule.status == "deleteRequested":
            raise Refusal(422, "InvalidProtectionRuleStatusForDynamicRuleEdit", "The rule is being deleted.")
        if rule.status not in _ENDED:
            message = f"The rule is in {rule.status} state and cannot be updated now."
            raise Refusal(400, "InvalidProtectionRuleStatusForUpdation", message)
        self._read(rule.policy, expression, True)
        rule.expression = expression
        rule.touch("updateRequested", caller, now)
        self._apply_later(rule, now)

    def run(self, rule: Rule, caller: Caller, now: float) -> None:
        """Apply a static rule once more (page protectionrulebase-run)."""
        if rule.dynamic:
            raise Refusal(400, "RunNotAllowedForDynamicRule", "A dynamic rule applies itself.")
        if rule.status not in _ENDED:
            raise Refusal(400, "ProtectionRuleActionNotAllowed", f"The rule is in {rule.status} state.")
        rule.touch("active", caller, now)
        self._apply_later(rule, now)

    def delete_and_unprotect(self, rule: Rule, caller: Caller, now: float) -> None:
        """Begin to delete a dynamic rule and what it alone holds (page protectionrulebase-deleteandunprotect)."""
        if not rule.dynamic or rule.status not in _ENDED:
            message = f"The rule is {'dynamic' if rule.dynamic else 'static'} and in {rule.status} state."
            raise Refusal(422, "InvalidProtectionRuleStatusForDynamicRuleDeleteAndUnprotectAll", message)
        rule.touch("deleteRequested", caller, now)

        def done(moment: float) -> None:
            if self._items.pop(rule.id, None) is None:
                return
            held = self._held(rule)
            for place, unit in enumerate(held):
                self._parts.membership.release(unit, moment, place)
            self._parts.activity.rule(moment, rule.policy, "dynamicRuleDeletion", removed=len(held))

        self._parts.scheduler.after(now, _seconds(len(self._held(rule))), done)

    def delete(self, rule: Rule) -> None:
        """Delete a rule; its units stay in the policy (page protectionrulebase-delete)."""
        if rule.status not in _ENDED:
            message = f"The rule is in {rule.status} state. It must be completed or completedWithErrors."
            if rule.dynamic:
                raise Refusal(422, "InvalidProtectionRuleStatusForDynamicRuleDeletion", message)
            raise Refusal(400, "InvalidProtectionRuleStatusForDeletion", message)
        del self._items[rule.id]
        if rule.dynamic:
            for unit in self._held(rule):
                unit.by_rule, unit.by_hand = False, True

    def group_changed(self, group: str, now: float) -> None:
        """Let the dynamic rules that name a group follow a change of its members."""
        for rule in self._items.values():
            if rule.dynamic and rule.status in _ENDED and group.lower() in rule.expression.lower():
                self._apply_later(rule, now)

    def _add(self, policy: Policy, expression: str, dynamic: bool, caller: Caller, now: float) -> Rule:
        rule = Rule(*self._next(), policy, expression, dynamic, "active", now, caller, now, caller)
        self._items[rule.id] = rule
        return rule

    def _read(self, policy: Policy, expression: str, dynamic: bool) -> SiteTest | list[str]:
        if policy.workload is SHAREPOINT:
            return read_sites(expression)
        return read_groups(expression, dynamic=dynamic)

    def _held(self, rule: Rule) -> list[Unit]:
        return [unit for unit in self._parts.membership.of(rule.policy) if unit.by_rule]

    def _apply_later(self, rule: Rule, now: float) -> None:
        asked = rule.status, rule.modified

        def done(moment: float) -> None:
            if self._items.get(rule.id) is rule and (rule.status, rule.modified) == asked:
                self._apply(rule, moment)

        self._parts.scheduler.after(now, _seconds(rule.policy.size), done)

    def _apply(self, rule: Rule, now: float) -> None:
        things, failures = self._matching(rule)
        added, removed = 0, 0
        if things is not None:
            added, taken = self._take_in(rule, things, now)
            failures += taken
            if rule.dynamic:
                removed = self._let_go(rule, {thing.owner for thing in things}, now)
        rule.failures = tuple(failures)
        rule.status, rule.modified = "completedWithErrors" if failures else "completed", now
        if rule.dynamic:
            asked = added + len(failures)
            self._parts.activity.rule(
                now, rule.policy, "dynamicRuleExecution", added=asked, removed=removed, failed=len(failures)
            )

    def _take_in(self, rule: Rule, things: list[Thing], now: float) -> tuple[int, list[Detail]]:
        """Put into the policy what is not in it; return how many were, and what could not be."""
        added = 0
        failures: list[Detail] = []
        for thing in things:
            inside = isinstance(thing, Unit) and thing.policy is rule.policy
            if isinstance(thing, Unit) and inside and (thing.by_rule if rule.dynamic else thing.by_hand):
                continue
            try:
                self._parts.membership.check(rule.policy, thing, by_rule=rule.dynamic)
            except Taken as error:
                failures.append(("ProtectionUnitAlreadyExists", str(error), thing.owner))
                continue
            self._parts.membership.add(rule.policy, thing, rule.modified_by, now, added, by_rule=rule.dynamic)
            added += 1
        return added, failures

    def _let_go(self, rule: Rule, owners: set[str], now: float) -> int:
        """Release what the rule held and its groups no longer have; return how many these were."""
        gone = [unit for unit in self._held(rule) if unit.owner not in owners]
        for place, unit in enumerate(gone):
            self._parts.membership.release(unit, now, place)
        return len(gone)

    def _matching(self, rule: Rule) -> tuple[list[Thing] | None, list[Detail]]:
        """Return what a rule is for (None when that is more than a rule may be for), and what it named in vain."""
        test = self._read(rule.policy, rule.expression, rule.dynamic)
        everything = self._parts.directory.everything(rule.policy.workload)
        if not isinstance(test, list):
            return [thing for thing in everything if test(self._facts(thing))], []
        owners: set[str] = set()
        failures: list[Detail] = []
        for group in test:
            members = self._parts.directory.group(group)
            if members is None:
                failures.append(("GroupNotFound", f"Group '{group}' not found in directory", group))
            else:
                owners |= members
        if rule.dynamic and len(owners) > MOST_USERS:
            message = f"The groups have {len(owners)} users; a dynamic rule can have at most {MOST_USERS}."
            return None, [("UserLimitExceeded", message, rule.id)]
        return [thing for thing in everything if thing.owner in owners], failures

    def _facts(self, site: Thing) -> SiteFacts:
        age = number(site.owner, "modified") % 400 * DAY
        return SiteFacts(site.name, site.url, self._parts.tenant.started - age)


def _seconds(units: int) -> float:
    """Return how long a rule takes for so many units, in seconds of real time."""
    return 2 * MINUTE + 5 * MINUTE * units / 1000
