"""The form of an inclusion rule, and the choice of what becomes of its units when it is removed."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from backup_tui.errors import BackupTuiError
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.rule_expressions import check_expression, group_expression, site_expression
from backup_tui.models.rules import comparisons_of, groups_of
from backup_tui.models.services import Service
from backup_tui.protection.policies import policy_label
from backup_tui.protection.rule_preview import RulePreview, preview_rule
from backup_tui.protection.rule_removal import RemoveRule
from backup_tui.protection.rules import ChangeRule, CreateRule, RuleChange
from backup_tui.store.inclusion_collection import RuleRow
from backup_tui.ui.policies.rule_review import rule_review
from backup_tui.ui.review.form import ReviewForm, review_commands
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs

_WORDS_HINT = "words, with commas between"
_KINDS = (("once", "once: what matches now"), ("dynamic", "dynamic: follows the groups"))


class RuleForm(ReviewForm):
    """What a rule adds: sites by words, mailboxes and OneDrive accounts by groups; counted as far as that is known.
    `policy`: whose rule it is. `rule`: a dynamic rule that is given other groups; None for a new one."""

    NUMBER = 2

    def __init__(self, policy: ProtectionPolicy, service: Service, rule: RuleRow | None = None) -> None:
        super().__init__()
        self._policy, self._service, self._rule = policy, service, rule
        self._sites = service is Service.SHAREPOINT
        self._counted_for = ""
        self._preview: RulePreview | None = None

    def focus_on(self) -> Focus:
        return Focus(screen="policies", service=self._service, policy_id=self._policy.id)

    def heading(self) -> str:
        return f"{'Change a rule' if self._rule else 'New rule'} of {policy_label(self._policy)}"

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield Paragraphs(id="rule-preview")

    def fields(self) -> ComposeResult:
        expression = self._rule.expression if self._rule else ""
        if self._sites:
            found = comparisons_of(expression)[1]
            names = ", ".join(one.value for one in found if one.name == "name")
            addresses = ", ".join(one.value for one in found if one.name == "address")
            yield FieldLine("Name has", TextField(names, placeholder=_WORDS_HINT, id="names"))
            yield FieldLine("Address has", TextField(addresses, placeholder=_WORDS_HINT, id="addresses"))
        else:
            groups = ", ".join(groups_of(expression))
            yield FieldLine("Groups", TextField(groups, placeholder="object ids, with commas between", id="groups"))
            yield FieldLine("Applied", RadioLine(_KINDS, "dynamic" if self._rule else "once", id="kind"))
        yield FieldLine("Sent as", TextField(expression, id="expression"))

    def lines(self) -> list[Para]:
        units = self._service.names.units
        if self._sites:
            return [
                Para(f"A rule for sites is applied once: {units} that match then are added to the policy."),
                Para("3 to 255 characters a word, 10 words at most."),
            ]
        return [
            Para(
                f"A rule adds the {units} of the members of groups. Dynamic: who joins later is added, who leaves goes."
            ),
            Para(
                "100 groups and 6,000 people at most, once only 3 groups. The Entra admin center shows the object ids."
            ),
        ]

    def on_mount(self) -> None:
        if self._rule is not None and not self._sites:
            self.query_one("#kind", RadioLine).disabled = True

    # -- what the form says ---------------------------------------------------------------------------------

    @property
    def _dynamic(self) -> bool:
        return not self._sites and self.query_one("#kind", RadioLine).value == "dynamic"

    def _words(self, name: str) -> list[str]:
        typed = self.query_one(f"#{name}", TextField).value.replace(";", ",").split(",")
        return [word.strip() for word in typed if word.strip()]

    @property
    def _expression(self) -> str:
        return self.query_one("#expression", TextField).value.strip()

    def change(self) -> RuleChange:
        """What the form asks for. Raises `UsageError`: it is no rule."""
        check_expression(self._service, self._expression, dynamic=self._dynamic)
        if self._rule is not None:
            return ChangeRule(self._policy.id, self._rule.id, self._expression)
        return CreateRule(self._policy.id, self._expression, self._dynamic)

    def ready_words(self) -> str:
        self.change()
        return "enter counts what it takes in and opens the review"

    @on(Input.Changed, "#names")
    @on(Input.Changed, "#addresses")
    @on(Input.Changed, "#groups")
    def _worded(self) -> None:
        """What is typed in words is written as the service takes it."""
        if not self.is_open or not self.query("#rule-preview"):
            return
        if self._sites:
            names, addresses = self._words("names"), self._words("addresses")
            expression = site_expression(names, addresses) if names or addresses else ""
        else:
            groups = self._words("groups")
            expression = group_expression(groups) if groups else ""
        self.query_one("#expression", TextField).value = expression

    def show_form(self) -> None:
        super().show_form()
        if not self.is_open or not self.query("#rule-preview"):
            return
        preview = self._preview if self._counted_for == self._expression else None
        said = [] if preview is None else [Para(), Para(f"It {preview.words}."), Para(preview.basis, "dim")]
        if preview is not None and preview.matching is None:
            said[1] = Para(f"{preview.words[:1].upper()}{preview.words[1:]}.", "warn")
        elif preview is not None and not preview.adds:
            said[1] = Para(f"It {preview.words}.", "warn")
        self.query_one("#rule-preview", Paragraphs).show(said)

    # -- keys -----------------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        super().step(by)
        if self.missing is None and self._expression != self._counted_for:
            self.program.start(self._count(self._expression), "what the rule would take in", "rule preview", True)

    async def _count(self, expression: str) -> None:
        self.query_one("#rule-preview", Paragraphs).show([Para(), Para("Counting what it takes in...", "moving")])
        try:
            preview = await preview_rule(self.ws.context, self._policy, self._service, expression)
        except BackupTuiError as error:
            preview = RulePreview(self._service, error.sentences)
        if self.is_open:
            self._counted_for, self._preview = expression, preview
            self.show_form()

    def review(self) -> ReviewScreen:
        return rule_review(self.change())


class RuleRemoval(ReviewForm):
    """Which of the two: what the rule added stays, or what it holds is no longer protected. `policy`: whose rule it
    is."""

    NUMBER = 2

    def __init__(self, policy: ProtectionPolicy, service: Service, rule: RuleRow) -> None:
        super().__init__()
        self._policy, self._service, self._rule = policy, service, rule

    def focus_on(self) -> Focus:
        return Focus(screen="policies", service=self._service, policy_id=self._policy.id)

    def heading(self) -> str:
        return f"Remove a rule of {policy_label(self._policy)}"

    def lines(self) -> list[Para]:
        units, label = self._service.names.units, policy_label(self._policy)
        return [
            Para(f"It adds {self._rule.says.words}."),
            Para(),
            Para("Keep its units", "section"),
            Para(
                f"The rule goes. What it added stays in {label}, backed up and billed. Its groups are no longer "
                f"followed; the {units} can then be removed by hand.",
                mark="  ",
            ),
            Para(),
            Para("Stop protecting them", "section"),
            Para(
                f"The rule goes, and the {units} that only it holds leave {label}: they are not backed up from "
                "then on. Their points stay until each is a year old.",
                mark="  ",
            ),
        ]

    def fields(self) -> ComposeResult:
        choices = (("keep", "keep its units"), ("unprotect", "stop protecting them"))
        yield FieldLine("Units", RadioLine(choices, "keep", id="units"))

    @property
    def _unprotect(self) -> bool:
        return self.query_one("#units", RadioLine).value == "unprotect"

    def ready_words(self) -> str:
        return "enter reviews it; the units leave the policy" if self._unprotect else "enter reviews it"

    def review(self) -> ReviewScreen:
        return rule_review(RemoveRule(self._policy.id, self._rule.id, self._unprotect))


RuleForm.offers(review_commands("this rule", needs="protection", feature=POLICIES_CHANGE.id))
RuleRemoval.offers(review_commands("the removal", needs="protection", feature=POLICIES_CHANGE.id))
