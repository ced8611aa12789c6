"""Inclusion rules of a policy are made, changed and run: what that means, what is checked before, and doing it.

https://learn.microsoft.com/graph/api/protectionrulebase-post, `-update` and `-run`: whether a rule is dynamic is fixed
when it is made; only a dynamic one can be changed, only one that is applied once can be run again. A policy has one
dynamic rule at most, a policy of sites none. Removing a rule is in `rule_removal`."""

from dataclasses import dataclass

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import NotFound
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.phrases import phrase, thing_name
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rule_expressions import check_expression
from backup_tui.models.rules import ProtectionRule, read_expression
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, policy_status, rule_status
from backup_tui.models.text import safe, short_id
from backup_tui.protection.inclusion import named, put_rules, read_policy, read_rules, with_rule
from backup_tui.protection.policies import policy_label
from backup_tui.protection.rule_answers import RULE, RuleMark, RulesSeen, changed_at, same_expression
from backup_tui.protection.rule_preview import RulePreview, preview_rule
from backup_tui.protection.switching import ProtectionChange, check_person, check_service

WAIT = "Wait until the rule is applied, then look again."


class RuleChange(ProtectionChange[RulesSeen]):
    """A change of one rule of a policy, or of the list of its rules."""

    noun = "rule"
    purpose = "changing a rule"
    effect = RULE

    policy_id: str

    async def read(self, context: Context) -> RulesSeen:
        policy, service = await read_policy(context, self.policy_id)
        seen = RulesSeen(policy, service, await read_rules(context, service, policy.id))
        if self.target is None or self.target == self.policy_id:
            return seen
        about = seen.about(self.target)
        if about.rule is None:
            raise NotFound.unsent(
                f"The policy {policy_label(policy)} has no rule {safe(self.target)}.",
                "ProtectionRuleNotFound",
                "Read its rules again.",
            )
        return about

    def difference(self, before: RulesSeen, now: RulesSeen) -> str:
        old, rule = before.rule, now.rule
        if old is None or rule is None:
            return "" if old is rule else "Someone changed the rules of the policy after the review."
        if (old.status, old.expression, changed_at(old)) == (rule.status, rule.expression, changed_at(rule)):
            return ""
        by = rule.last_modified_by.label if rule.last_modified_by else ""
        word = rule_status(rule.status).word
        return f"{by or 'Someone'} changed the rule after the review; it is {word} now."

    def tell(self, context: Context, thing: RulesSeen, asked_at: float) -> None:
        put_rules(context, self.policy_id, thing.rules, asked_at)

    async def review_of(
        self,
        context: Context,
        seen: RulesSeen,
        *,
        sentence: str,
        words: str,
        about: str,
        checks: list[Check],
        extra: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
        danger: bool = False,
        way_out: str = "",
    ) -> ChangeReview[RulesSeen]:
        """The review, with what every change of a rule checks.

        Args:
            seen: The policy and its rules.
            sentence: What the change means; it begins with the word in capitals.
            words: The phrase, but for the tenant.
            about: What the rule says.
            checks: What is particular to the change.
            extra: Further sentences.
            names: What is added or leaves, by name.
            danger: It ends protection.
            way_out: What to do where it is not possible.
        """
        policy, rule = seen.policy, seen.rule
        allowed, hint = await check_service(context)
        subject = (
            f"rule {short_id(rule.id)} of policy {policy_label(policy)}"
            if rule
            else (f"a rule of policy {policy_label(policy)}")
        )
        return ChangeReview(
            change=self,
            thing=seen,
            word=sentence.partition(":")[0],
            headline=f"rule of {policy_label(policy)}: {about}",
            tenant=context.who.tenant,
            sentence=sentence,
            phrase=phrase(words, context.who.tenant_word),
            checks=worst_first([*allowed, *check_person(context, POLICIES_CHANGE), *checks]),
            read_at=context.clock.now(),
            subject=subject,
            id_line=f"Rule {rule.id}" if rule else f"Policy {policy.id}",
            danger=danger,
            service=seen.service,
            extra=extra,
            names=names,
            way_out=hint or way_out or WAIT,
        )


async def policy_word(context: Context, policy: ProtectionPolicy) -> str:
    """What a phrase calls a policy: by its name where no other one has it."""
    others = named(policy, context.store.policies.values())
    return thing_name(policy.display_name or "", policy.id, others)


def check_ended(rule: ProtectionRule, what: str) -> Check:
    """A rule can be changed once it was applied."""
    status = rule_status(rule.status)
    if (rule.status or "").casefold() in ("completed", "completedwitherrors"):
        return Check(CheckResult.OK, f"the rule is {status.in_sentence}, so it can be {what}", 1)
    return Check(CheckResult.BLOCKING, f"the rule is {status.word}; it can be {what} once it was applied", 1)


@dataclass(frozen=True, slots=True)
class CreateRule(RuleChange):
    """A rule is made. `dynamic`: it is applied again and again, which is fixed by this."""

    verb = "add"
    done_word = "added"
    kind = IntentKind.RULE_CREATE

    policy_id: str
    expression: str
    dynamic: bool

    @property
    def target(self) -> str:
        return self.policy_id

    async def review(self, context: Context, thing: RulesSeen) -> ChangeReview[RulesSeen]:
        check_expression(thing.service, self.expression, dynamic=self.dynamic)
        preview = await preview_rule(context, thing.policy, thing.service, self.expression)
        says = read_expression(safe(self.expression)).words
        return await self.review_of(
            context,
            thing,
            sentence=_meaning_of_new(thing, says, dynamic=self.dynamic),
            words=f"add rule {await policy_word(context, thing.policy)}",
            about=says,
            checks=[
                *_check_new(thing, self.expression, dynamic=self.dynamic),
                preview.check,
                *check_policy(thing.policy),
                *cost_checks(thing.service),
            ],
            extra=(preview.basis, *_kind_words(dynamic=self.dynamic)),
            names=preview.adds,
            way_out="Look at the rules that the policy has.",
        )

    def difference(self, before: RulesSeen, now: RulesSeen) -> str:
        blocked = _check_new(now, self.expression, dynamic=self.dynamic)
        return f"Since the review, {blocked[0].text}." if blocked else ""

    def request(self, reviewed: ChangeReview[RulesSeen], writer: Writer) -> Request[RulesSeen]:
        seen = reviewed.thing

        async def send() -> RulesSeen:
            rule = await writer.inclusion.create_rule(
                seen.service, self.policy_id, self.expression, dynamic=self.dynamic
            )
            return RulesSeen(seen.policy, seen.service, with_rule(seen.rules, rule), rule)

        kind = "dynamic rule" if self.dynamic else "rule"
        says = read_expression(safe(self.expression)).words
        mark = RuleMark(self.policy_id, tuple(rule.id for rule in seen.rules), self.expression, self.dynamic)
        return Request(
            send,
            f"ADD {kind} to {policy_label(seen.policy)}: {says}",
            seen.service,
            {seen.service.names.rule_expression: self.expression, "isAutoApplyEnabled": self.dynamic},
            mark.text(),
        )


def equal_rule(seen: RulesSeen, expression: str, *, dynamic: bool) -> ProtectionRule | None:
    """A rule of the policy that says the same."""
    return next(
        (
            rule
            for rule in seen.rules
            if same_expression(rule.expression, expression) and bool(rule.is_auto_apply_enabled) is dynamic
        ),
        None,
    )


def _check_new(seen: RulesSeen, expression: str, *, dynamic: bool) -> list[Check]:
    same = equal_rule(seen, expression, dynamic=dynamic)
    if same is not None:
        return [Check(CheckResult.BLOCKING, f"the policy has this rule already: {short_id(same.id)}", 1)]
    other = next((rule for rule in seen.rules if rule.is_auto_apply_enabled), None) if dynamic else None
    if other is not None:
        text = f"the policy has a dynamic rule already, {short_id(other.id)}; it takes only one, which can be changed"
        return [Check(CheckResult.BLOCKING, text, 1)]
    return []


def _meaning_of_new(seen: RulesSeen, says: str, *, dynamic: bool) -> str:
    units, label = seen.service.names.units, policy_label(seen.policy)
    if dynamic:
        return (
            f"ADD RULE: {units} of {says} are added to {label} and followed: who joins later is backed up and billed, "
            "who leaves is no longer backed up."
        )
    return (
        f"ADD RULE: {units} that match now ({says}) are added to {label}. Microsoft backs them up and bills for what "
        "it keeps. Those that match later are not added."
    )


def _kind_words(*, dynamic: bool) -> tuple[str, ...]:
    if dynamic:
        return ("What a dynamic rule adds cannot be removed by hand. That it is dynamic cannot be changed later.",)
    return ("What it adds stays in the policy until it is removed from it.",)


def check_policy(policy: ProtectionPolicy) -> list[Check]:
    """Whether what is added to the policy is backed up now; nothing to say where it is."""
    status = policy_status(policy.status)
    if status.allows(Action.DEACTIVATE) or status.moving:
        return []
    text = f"the policy is {status.word}: nothing is backed up before it is activated"
    return [Check(CheckResult.WARNING, text, 10)]


def cost_checks(service: Service) -> tuple[Check, ...]:
    """What an addition costs, as far as that can be seen."""
    return (
        Check(CheckResult.UNKNOWN, f"the price depends on the size of the {service.names.units}, which is unknown", 20),
    )


@dataclass(frozen=True, slots=True)
class ChangeRule(RuleChange):
    """A dynamic rule is given another expression."""

    verb = "change"
    done_word = "changed"
    kind = IntentKind.RULE_EDIT

    policy_id: str
    rule_id: str
    expression: str

    @property
    def target(self) -> str:
        return self.rule_id

    async def review(self, context: Context, thing: RulesSeen) -> ChangeReview[RulesSeen]:
        check_expression(thing.service, self.expression, dynamic=True)
        preview = await preview_rule(context, thing.policy, thing.service, self.expression)
        rule, says = _rule_of(thing), read_expression(safe(self.expression)).words
        return await self.review_of(
            context,
            thing,
            sentence=(
                f"CHANGE RULE: {policy_label(thing.policy)} follows {says} instead of {rule.says.words}. Who is not in "
                "them leaves the policy and is no longer backed up."
            ),
            words=f"change rule {await policy_word(context, thing.policy)}",
            about=says,
            checks=[_check_kind(rule, dynamic=True), *_check_same(rule, self.expression), check_ended(rule, "changed"),
                    preview.check, *cost_checks(thing.service)],
            extra=(preview.basis, "Points of those that leave stay until each is a year old."),
            names=preview.adds,
        )  # fmt: skip

    def request(self, reviewed: ChangeReview[RulesSeen], writer: Writer) -> Request[RulesSeen]:
        seen = reviewed.thing

        async def send() -> RulesSeen:
            rule = await writer.inclusion.update_rule(seen.service, self.policy_id, self.rule_id, self.expression)
            return RulesSeen(seen.policy, seen.service, with_rule(seen.rules, rule), rule)

        says = read_expression(safe(self.expression)).words
        return Request(
            send,
            f"CHANGE rule {short_id(self.rule_id)} of {policy_label(seen.policy)}: {says}",
            seen.service,
            {seen.service.names.rule_expression: self.expression},
            RuleMark(self.policy_id, expression=self.expression).text(),
        )


@dataclass(frozen=True, slots=True)
class RunRule(RuleChange):
    """A rule that is applied once is applied again."""

    verb = "run"
    done_word = "run"
    kind = IntentKind.RULE_RUN

    policy_id: str
    rule_id: str

    @property
    def target(self) -> str:
        return self.rule_id

    async def review(self, context: Context, thing: RulesSeen) -> ChangeReview[RulesSeen]:
        rule = _rule_of(thing)
        preview: RulePreview = await preview_rule(context, thing.policy, thing.service, rule.expression)
        return await self.review_of(
            context,
            thing,
            sentence=(
                f"RUN RULE: {thing.service.names.units} that match now ({rule.says.words}) and are in no policy are "
                f"added to {policy_label(thing.policy)}. Microsoft backs them up and bills for what it keeps."
            ),
            words=f"run rule {short_id(self.rule_id).casefold()}",
            about=rule.says.words,
            checks=[
                _check_kind(rule, dynamic=False),
                check_ended(rule, "run again"),
                preview.check,
                *check_policy(thing.policy),
                *cost_checks(thing.service),
            ],
            extra=(preview.basis,),
            names=preview.adds,
        )

    def request(self, reviewed: ChangeReview[RulesSeen], writer: Writer) -> Request[RulesSeen]:
        seen, before = reviewed.thing, _rule_of(reviewed.thing)

        async def send() -> RulesSeen:
            rule = await writer.inclusion.run_rule(seen.service, self.policy_id, self.rule_id)
            return RulesSeen(seen.policy, seen.service, with_rule(seen.rules, rule), rule)

        mark = RuleMark(self.policy_id, status=before.status or "", changed=changed_at(before))
        summary = f"RUN rule {short_id(self.rule_id)} of {policy_label(seen.policy)}"
        return Request(send, summary, seen.service, fingerprint=mark.text())


def _rule_of(seen: RulesSeen) -> ProtectionRule:
    if seen.rule is None:
        raise AssertionError("a rule that is changed was read")
    return seen.rule


def _check_kind(rule: ProtectionRule, *, dynamic: bool) -> Check:
    kind = {True: "dynamic", False: "applied once", None: "of an unknown kind"}[rule.is_auto_apply_enabled]
    if bool(rule.is_auto_apply_enabled) is dynamic and rule.is_auto_apply_enabled is not None:
        return Check(CheckResult.OK, f"the rule is {kind}", 2)
    why = "only a dynamic rule can be changed; make a new one" if dynamic else "the service applies it itself"
    return Check(CheckResult.BLOCKING, f"the rule is {kind}; {why}", 2)


def _check_same(rule: ProtectionRule, expression: str) -> list[Check]:
    if same_expression(rule.expression, expression):
        return [Check(CheckResult.BLOCKING, "it says this already", 2)]
    return []
