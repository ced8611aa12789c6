"""Actions on the rules of a policy and on the bulk additions to it: their commands, and what they do."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial

from backup_tui.errors import BackupTuiError
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.people import troubles_of
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.protection.policies import policy_label
from backup_tui.protection.rule_removal import RemoveRule
from backup_tui.protection.rules import RunRule
from backup_tui.store.inclusion_collection import JobRow, RuleRow
from backup_tui.ui.frame.commands import NO_ROW, Command, Commands
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.policies.actions import PolicyContext
from backup_tui.ui.policies.inclusion_text import rule_lines
from backup_tui.ui.policies.job_names import JobNames, NameRow, trouble_row
from backup_tui.ui.policies.jobs import BulkForm
from backup_tui.ui.policies.rule_review import rule_review
from backup_tui.ui.policies.rules import RuleForm, RuleRemoval


class Part(StrEnum):
    """A part of a policy's detail; the value is its title."""

    UNITS = "Units"
    RULES = "Rules"
    JOBS = "Bulk additions"
    EXCLUDED = "Excluded"


_CHANGE = POLICIES_CHANGE.id
_NO_ADDITION = "This is for rules and bulk additions; tab shows them."


def parts_of(policy: ProtectionPolicy | None) -> tuple[Part, ...]:
    """The parts of a policy in the order of `tab`; only full workload backup excludes anything."""
    if policy is not None and policy.is_full:
        return (Part.UNITS, Part.EXCLUDED, Part.RULES, Part.JOBS)
    return (Part.UNITS, Part.RULES, Part.JOBS)


class PartContext(PolicyContext, frozen=True):
    """A context with the part that is shown."""

    part: Part = Part.UNITS  # which part; the commands of units belong to one of them
    rule: RuleRow | None = None  # the rule under the cursor; None where the row is none


class InclusionActions(BaseScreen):
    """The handlers of these commands; a screen with them has a policy and shows one part of it."""

    policy_id: str  # the policy
    part: Part  # the part that is shown

    @property
    def rules(self) -> Mapping[str, RuleRow]:
        """The rules of the policy by id."""
        return self.ws.store.details.rules(self.policy_id)

    @property
    def jobs(self) -> Mapping[str, JobRow]:
        """The bulk additions to the policy by id."""
        return self.ws.store.details.unit_jobs(self.policy_id)

    def add(self, row: str | None) -> None:
        """The form of a rule, or of a list of names."""
        policy = self.ws.store.policies.get(self.policy_id)
        if policy is None or policy.service is None:
            return
        if self.part is Part.RULES:
            self.program.push_screen(RuleForm(policy, policy.service))
        elif self.part is Part.JOBS:
            self.program.push_screen(BulkForm(policy, policy.service))

    def change_rule(self, row: str | None) -> None:
        if (found := self._rule(row)) is not None:
            self.program.push_screen(RuleForm(*found))

    def remove_rule(self, row: str | None) -> None:
        """A rule that holds units is asked about; of one that only added some, they stay."""
        if (found := self._rule(row)) is None:
            return
        policy, _service, rule = found
        if rule.dynamic:
            self.program.push_screen(RuleRemoval(*found))
        else:
            self.program.push_screen(rule_review(RemoveRule(policy.id, rule.id, unprotect=False)))

    def run_rule(self, row: str | None) -> None:
        if (found := self._rule(row)) is not None:
            policy, _service, rule = found
            self.program.push_screen(rule_review(RunRule(policy.id, rule.id)))

    def open_rule(self, rule: RuleRow) -> None:
        """Everything about a rule, with the names that it could not add, which only the rule itself has."""
        policy = self.ws.store.policies.get(self.policy_id)
        if policy is None or policy.service is None:
            return
        said = rule_lines(rule, self.ws.zone, self.ws.clock.now())
        lines = [line if isinstance(line, str) else line.text for line in said]
        lines += ["", "As sent by the service:", rule.expression]
        later = partial(self._rule_problems, policy.service, rule.id)
        self.program.push_screen(PagerScreen(f"Rule of {policy_label(policy)}", lines, later=later))

    async def _rule_problems(self, service: Service, rule_id: str) -> list[str]:
        try:
            rule = await self.ws.context.reader.rule(service, self.policy_id, rule_id)
        except BackupTuiError as error:
            return ["", f"The names that it could not add are not known: {error.message}"]
        troubles = troubles_of(rule.error)
        if not troubles:
            return ["", "It reports no name that it could not add."]
        lines = [f"  {one.name or 'a name that is not reported'}: {one.message} ({one.code})" for one in troubles]
        return ["", f"{counted(len(troubles), 'name')} could not be added:", *lines]

    def see_troubles(self, job_id: str) -> None:
        """The names that a bulk addition could not add."""
        policy = self.ws.store.policies.get(self.policy_id)
        label = policy_label(policy) if policy is not None else short_id(self.policy_id)

        def rows() -> list[NameRow]:
            job = self.jobs.get(job_id)
            return [trouble_row(one) for one in job.troubles] if job is not None else []

        self.program.push_screen(JobNames(f"Not added to {label}", rows))

    def _rule(self, row: str | None) -> tuple[ProtectionPolicy, Service, RuleRow] | None:
        policy, rule = self.ws.store.policies.get(self.policy_id), self.rules.get(row or "")
        if policy is None or policy.service is None or rule is None:
            return None
        return policy, policy.service, rule


def after(context: PartContext) -> Part:
    """The part that `tab` shows next."""
    parts = parts_of(context.policy)
    return parts[(parts.index(context.part) + 1) % len(parts)] if context.part in parts else parts[0]


def of_units(context: PartContext) -> bool:
    """Whether the units are shown."""
    return context.part is Part.UNITS


def _of_rules(context: PartContext) -> bool:
    return context.part is Part.RULES


def _why_no_addition(context: PartContext) -> str | None:
    if context.policy is None or context.policy.service is None:
        return "No policy here."
    return None if context.part in (Part.RULES, Part.JOBS) else _NO_ADDITION


def _text_of_add(context: PartContext) -> str:
    return {Part.RULES: "add rule", Part.JOBS: "add a list"}.get(context.part, "")


def _why_no_rule(context: PartContext) -> str | None:
    if not _of_rules(context):
        return "This is for rules; tab shows them."
    return NO_ROW if context.rule is None else _why_not_ended(context.rule)


def _why_not_ended(rule: RuleRow) -> str | None:
    if rule.status.casefold() in ("completed", "completedwitherrors"):
        return None
    return f"The rule is {rule.state.word}; wait until it is applied."


def _why_no_change(context: PartContext) -> str | None:
    if context.rule is not None and context.rule.dynamic is not True and _of_rules(context):
        return "Only a dynamic rule can be changed: + adds another one."
    return _why_no_rule(context)


def _why_no_run(context: PartContext) -> str | None:
    if context.rule is not None and context.rule.dynamic is not False and _of_rules(context):
        return "The service applies a dynamic rule itself."
    return _why_no_rule(context)


def _for_rules(text: str, *, dynamic: bool | None = None) -> Callable[[PartContext], str]:
    """The footer text for rules, or for those of one kind."""

    def shown(context: PartContext) -> str:
        fits = dynamic is None or (context.rule is not None and context.rule.dynamic is dynamic)
        return text if _of_rules(context) and fits else ""

    return shown


# fmt: off
INCLUSION_COMMANDS: Commands[InclusionActions, PartContext] = (
    Command("add", ("plus",), "add", "Adds a rule, or hands a list of names to the policy.", run=InclusionActions.add,
            name="add", group="Change", weight=1, changes=True, needs="protection", feature=_CHANGE,
            blocked=_why_no_addition, footer_text=_text_of_add),
    Command("change_rule", ("c",), "change", "Lets a dynamic rule follow other groups.",
            run=InclusionActions.change_rule, name="change the rule", group="Change", weight=2, changes=True,
            needs="protection", feature=_CHANGE,
            blocked=_why_no_change, footer_text=_for_rules("change", dynamic=True)),
    Command("run_rule", ("R",), "run again", "Reviews applying a rule again that is applied once.",
            run=InclusionActions.run_rule, name="run the rule again", group="Change", weight=3, changes=True,
            needs="protection", feature=_CHANGE, blocked=_why_no_run,
            footer_text=_for_rules("run again", dynamic=False)),
    Command("remove_rule", ("x",), "remove", "Removes a rule: what it added stays, or is no longer protected.",
            run=InclusionActions.remove_rule, name="remove the rule", group="Change", weight=2, changes=True,
            needs="protection", feature=_CHANGE, blocked=_why_no_rule, footer_text=_for_rules("remove")),
)
# fmt: on
