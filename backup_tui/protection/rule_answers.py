"""How it is recognised what became of a change of a rule whose answer was lost: by the rules of its policy."""

import msgspec
from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, Verdict
from backup_tui.changes.lost_answers import Effect
from backup_tui.errors import NotFound
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rules import ProtectionRule
from backup_tui.models.services import Service
from backup_tui.models.statuses import rule_status
from backup_tui.protection.inclusion import read_policy, read_rules


class RulesSeen(Struct, frozen=True):
    """A policy with its rules, as read at one time. `rule`: the one that a change is about; `None` for one that is to
    be made, or was removed."""

    policy: ProtectionPolicy
    service: Service
    rules: tuple[ProtectionRule, ...]
    rule: ProtectionRule | None = None

    def about(self, rule_id: str) -> "RulesSeen":
        """The same, about one of the rules."""
        rule = next((one for one in self.rules if one.id == rule_id), None)
        return RulesSeen(self.policy, self.service, self.rules, rule)


class RuleMark(Struct, frozen=True):
    """What the journal keeps to recognise the effect: the policy, and how its rules were before."""

    policy: str  # id of the policy
    known: tuple[str, ...] = ()  # ids of the rules that it had
    expression: str = ""  # what a rule that is made, or changed, says
    dynamic: bool = False  # whether a rule that is made is
    status: str = ""  # of the rule that is run or removed, as it was
    changed: str = ""  # when that was last changed, as it was sent

    def text(self) -> str:
        """As the journal keeps it."""
        return msgspec.json.encode(self).decode()


def read_mark(text: str) -> RuleMark | None:
    """What the journal kept; `None` when it cannot be read."""
    try:
        return msgspec.json.decode(text, type=RuleMark)
    except msgspec.DecodeError:
        return None


def changed_at(rule: ProtectionRule) -> str:
    """When a rule was last changed, for comparing."""
    when = rule.last_modified_date_time or rule.created_date_time
    return when.isoformat() if when is not None else ""


class RuleEffect(Effect):
    """A rule that was made is there; one that was removed is gone; one that was run or changed shows it."""

    kinds = frozenset(
        {
            IntentKind.RULE_CREATE,
            IntentKind.RULE_EDIT,
            IntentKind.RULE_RUN,
            IntentKind.RULE_DELETE,
            IntentKind.RULE_UNPROTECT,
        }
    )

    async def look(self, context: Context, intent: Intent) -> Finding:
        mark = read_mark(intent.fingerprint)
        if mark is None:
            return Finding(intent, Verdict.STILL_UNKNOWN, "The journal does not tell which policy it was about.")
        removing = intent.kind in (IntentKind.RULE_DELETE, IntentKind.RULE_UNPROTECT)
        try:
            policy, service = await read_policy(context, mark.policy)
            seen = RulesSeen(policy, service, await read_rules(context, service, mark.policy))
        except NotFound:
            verdict = Verdict.STILL_UNKNOWN if removing else Verdict.NOT_DONE
            return Finding(intent, verdict, "The service no longer has this policy.")
        return judge_rule(intent, mark, seen)


RULE = RuleEffect()


def judge_rule(intent: Intent, mark: RuleMark, seen: RulesSeen) -> Finding:
    """What the rules of the policy say about a change of one of them."""
    if intent.kind is IntentKind.RULE_CREATE:
        made = next((rule for rule in seen.rules if rule.id not in mark.known and _is_made(rule, mark)), None)
        if made is None:
            return Finding(intent, Verdict.NOT_DONE, "It was not done: the policy has no such rule.")
        return Finding(intent, Verdict.DONE, "It was done: the policy has the rule.", seen.about(made.id))
    about = seen.about(intent.target or "")
    rule = about.rule
    removing = intent.kind in (IntentKind.RULE_DELETE, IntentKind.RULE_UNPROTECT)
    if rule is None:
        if removing:
            return Finding(intent, Verdict.DONE, "It was done: the policy no longer has the rule.", about)
        return Finding(intent, Verdict.NOT_DONE, "The policy no longer has this rule.")
    if _shows(intent, mark, rule):
        return Finding(intent, Verdict.DONE, f"It was done: the rule is {rule_status(rule.status).word}.", about)
    return Finding(intent, Verdict.NOT_DONE, f"It was not done: the rule is {rule_status(rule.status).word}.")


def same_expression(one: str, other: str) -> bool:
    """Whether two expressions are the same but for blanks."""
    return " ".join(one.split()) == " ".join(other.split())


def _is_made(rule: ProtectionRule, mark: RuleMark) -> bool:
    return same_expression(rule.expression, mark.expression) and bool(rule.is_auto_apply_enabled) is mark.dynamic


def _shows(intent: Intent, mark: RuleMark, rule: ProtectionRule) -> bool:
    if intent.kind is IntentKind.RULE_EDIT:
        return same_expression(rule.expression, mark.expression)
    if intent.kind is IntentKind.RULE_RUN:
        return rule_status(rule.status).moving or changed_at(rule) != mark.changed
    return intent.kind is IntentKind.RULE_UNPROTECT and (rule.status or "").casefold() == "deleterequested"
