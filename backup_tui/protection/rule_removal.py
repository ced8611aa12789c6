"""An inclusion rule is removed: what it added stays in the policy, or what it holds is no longer protected.

https://learn.microsoft.com/graph/api/protectionrulebase-delete and `-deleteandunprotect`. Only a dynamic rule holds
units, so only with one of these is there the second choice. A unit that was added by hand as well stays either way."""

from dataclasses import dataclass
from datetime import datetime

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.services import Service
from backup_tui.models.text import short_id
from backup_tui.protection.inclusion import held_by_hand, held_by_rule, in_policy, known_units, with_rule
from backup_tui.protection.policies import policy_label
from backup_tui.protection.rule_answers import RULE, RuleMark, RulesSeen, changed_at
from backup_tui.protection.rules import RuleChange, check_ended, policy_word
from backup_tui.store.rows import UnitRow


@dataclass(frozen=True, slots=True)
class RemoveRule(RuleChange):
    """A rule is removed. `unprotect`: what only it holds leaves the policy."""

    done_word = "removed"

    policy_id: str
    rule_id: str
    unprotect: bool

    @property
    def verb(self) -> str:
        return "remove and unprotect" if self.unprotect else "remove"

    @property
    def kind(self) -> IntentKind:
        return IntentKind.RULE_UNPROTECT if self.unprotect else IntentKind.RULE_DELETE

    @property
    def target(self) -> str:
        return self.rule_id

    async def review(self, context: Context, thing: RulesSeen) -> ChangeReview[RulesSeen]:
        rule = thing.rule
        if rule is None:
            raise AssertionError("a rule that is removed was read")
        checks = [check_ended(rule, "removed")]
        held = await _held(context, thing) if rule.is_auto_apply_enabled else ()
        label, names = policy_label(thing.policy), thing.service.names
        if not self.unprotect:
            return await self.review_of(
                context,
                thing,
                sentence=_meaning_of_keeping(thing, label),
                words=f"remove rule {short_id(self.rule_id).casefold()}",
                about=rule.says.words,
                checks=[*checks, *_check_held(thing.service, held, stay=True)],
                extra=(f"The {names.units} in the policy can be removed from it by hand then.",),
            )
        if rule.is_auto_apply_enabled is not True:
            text = f"only a dynamic rule holds {names.units}; this one only added some, which are removed by hand"
            checks.append(Check(CheckResult.BLOCKING, text, 2))
        now = context.clock.now()
        leaving = [unit for unit in held or () if not held_by_hand(unit)]
        return await self.review_of(
            context,
            thing,
            sentence=_meaning_of_unprotecting(thing.service, label, len(leaving) if held is not None else None),
            words=f"unprotect {await policy_word(context, thing.policy)}",
            about=rule.says.words,
            checks=[*checks, *_check_held(thing.service, held, stay=False), *_unseen_costs()],
            extra=(
                f"It can be taken back in part: until {_a_year_from(now)} the last points can be restored, and "
                f"adding the {names.units} to a policy again backs them up again from then on. Points that were not "
                "made in between never will be.",
            ),
            names=tuple(unit.address or unit.title or unit.id for unit in leaving),
            danger=True,
        )

    def request(self, reviewed: ChangeReview[RulesSeen], writer: Writer) -> Request[RulesSeen]:
        seen = reviewed.thing
        rest = tuple(rule for rule in seen.rules if rule.id != self.rule_id)

        async def send() -> RulesSeen:
            if not self.unprotect:
                await writer.inclusion.delete_rule(seen.service, self.policy_id, self.rule_id)
                return RulesSeen(seen.policy, seen.service, rest)
            rule = await writer.inclusion.unprotect_rule(seen.service, self.policy_id, self.rule_id)
            return RulesSeen(seen.policy, seen.service, with_rule(rest, rule), rule)

        mark = RuleMark(
            self.policy_id,
            status=(seen.rule.status or "") if seen.rule else "",
            changed=changed_at(seen.rule) if seen.rule else "",
        )
        what = "REMOVE AND UNPROTECT" if self.unprotect else "REMOVE"
        summary = f"{what} rule {short_id(self.rule_id)} of {policy_label(seen.policy)}"
        return Request(send, summary, seen.service, fingerprint=mark.text())


async def removed_before(context: Context, rule: str, *, unprotect: bool) -> Intent | None:
    """The journal's entry of an earlier removal of a rule, which was done; one without an answer is looked into.
    `rule`: the id of the rule, or its beginning. `unprotect`: its units went with it."""
    kind = IntentKind.RULE_UNPROTECT if unprotect else IntentKind.RULE_DELETE
    for intent in await context.journal.intents():
        if intent.kind is not kind or not (intent.target or "").casefold().startswith(rule.casefold()):
            continue
        settled = intent if intent.state.is_settled else (await resolve_lost_answer(context, RULE, intent)).intent
        if settled.state.was_done:
            return settled
    return None


async def _held(context: Context, seen: RulesSeen) -> list[UnitRow] | None:
    """What the dynamic rule holds; `None` when it could not be read."""
    units = await known_units(context, seen.service)
    if units is None:
        return None
    return [unit for unit in in_policy(units.values(), seen.policy.id) if held_by_rule(unit)]


def _check_held(service: Service, held: list[UnitRow] | tuple[()] | None, *, stay: bool) -> list[Check]:
    if held is None:
        return [Check(CheckResult.UNKNOWN, f"the {service.names.units} that it holds could not be read", 10)]
    if not held:
        return []
    both = sum(held_by_hand(unit) for unit in held)
    checks = []
    if stay:
        text = f"it holds {service.counted(len(held))} now; {'it' if len(held) == 1 else 'they'} stay in the policy"
        checks.append(Check(CheckResult.OK, text, 5))
    elif both:
        text = f"{both:,} of the {len(held):,} that it holds were added by hand as well and stay"
        checks.append(Check(CheckResult.OK, text, 5))
    return checks


def _meaning_of_keeping(seen: RulesSeen, label: str) -> str:
    if seen.rule is not None and seen.rule.is_auto_apply_enabled:
        return (
            f"REMOVE RULE: what the rule added stays in {label}, backed up and billed. Its groups are no longer "
            "followed: who joins is not added, and who leaves stays."
        )
    return f"REMOVE RULE: only the rule goes. What it added stays in {label}, backed up and billed."


def _meaning_of_unprotecting(service: Service, label: str, count: int | None) -> str:
    one = count == 1
    number = service.counted(count) if count is not None else f"the {service.names.units} that only the rule holds"
    return (
        f"UNPROTECT: the rule goes, and {number} {'leaves' if one else 'leave'} {label}: from now on "
        f"{'it is' if one else 'they are'} not backed up. Existing points stay until each is a year old. Damage done "
        "from now on cannot be undone."
    )


def _a_year_from(now: datetime) -> str:
    year = now.year + 1
    day = 28 if (now.month, now.day) == (2, 29) else now.day
    return f"{day} {now:%b} {year}"


def _unseen_costs() -> tuple[Check, ...]:
    return (Check(CheckResult.UNKNOWN, "Microsoft may keep charging for the points that stay", 21),)
