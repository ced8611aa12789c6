"""Creating, changing, renaming and deleting a policy from the screens that show policies: the commands."""

from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.statuses import policy_status
from backup_tui.ui.frame.commands import Command
from backup_tui.ui.policies.actions import PolicyActions, PolicyContext
from backup_tui.ui.routes import OpenNewPolicy, OpenPolicyDeletion, OpenPolicyEdit, OpenPolicyRename


class EditActions(PolicyActions):
    """The handlers of these commands."""

    def new_policy(self, row: str | None) -> None:
        self.program.open(OpenNewPolicy())

    def edit_units(self, row: str | None) -> None:
        """The form, with what was staged for this policy before."""
        if (policy := self.policy_of(row)) is not None and policy.service is not None:
            self.program.open(OpenPolicyEdit(policy.id))

    def remove_units(self, row: str | None) -> None:
        """The form, with the selected units staged to leave; a screen with units says which are meant."""
        raise NotImplementedError

    def rename_policy(self, row: str | None) -> None:
        if policy := self.policy_of(row):
            self.program.open(OpenPolicyRename(policy.id))

    def review_policy_deletion(self, row: str | None) -> None:
        if policy := self.policy_of(row):
            self.program.open(OpenPolicyDeletion(policy.id))


def _why_no_policy(context: PolicyContext) -> str | None:
    return "No policy here." if context.policy is None else None


def _why_no_units(context: PolicyContext) -> str | None:
    if context.policy is not None and context.policy.service is None:
        return "This version does not know the service of this policy."
    return _why_no_policy(context)


def _why_no_deletion(context: PolicyContext) -> str | None:
    if context.policy is None:
        return "No policy here."
    status = policy_status(context.policy.status)
    if status.value == "inactive":
        return None
    way_out = "Wait until that has ended." if status.moving else "X deactivates it."
    return f"The policy is {status.word}; only an inactive one can be deleted. {way_out}"


def _is_inactive(context: PolicyContext) -> bool:
    return context.policy is not None and policy_status(context.policy.status).value == "inactive"


_CHANGE = POLICIES_CHANGE.id

# fmt: off
NEW_POLICY: Command[EditActions, PolicyContext] = Command(
    "new_policy", ("plus",), "new policy",
    "The form of a new policy: service, name, units. It is created inactive, after a review.",
    run=EditActions.new_policy, name="new policy", aliases=("create policy",), group="Change", weight=2, changes=True,
    needs="protection", feature=_CHANGE,
)
EDIT_UNITS: Command[EditActions, PolicyContext] = Command(
    "edit_units", ("W",), "change units",
    "Who joins the policy and who leaves it, by lists or one by one; nothing is sent before a review.",
    run=EditActions.edit_units, name="change units", aliases=("add units", "remove units"), group="Change", weight=2,
    changes=True, needs="protection", feature=_CHANGE, blocked=_why_no_units,
)
ADD_UNITS: Command[EditActions, PolicyContext] = Command(
    "add_units", ("plus",), "add",
    "Stages units that join the policy: type, paste, or @list.csv; nothing is sent before a review.",
    run=EditActions.edit_units, name="add units", group="Change", weight=2, changes=True, needs="protection",
    feature=_CHANGE, blocked=_why_no_units, footer_text=lambda context: "" if context.marked else "add",
)
REMOVE_UNITS: Command[EditActions, PolicyContext] = Command(
    "remove_units", ("x",), "remove",
    "Stages removing the selected units, or this one, from the policy; nothing is sent before a review.",
    run=lambda screen, row: screen.remove_units(row), name="remove units", group="Change", weight=2, changes=True,
    needs="protection", feature=_CHANGE,
    blocked=lambda context: None if context.row is not None or context.marked else "No unit here to remove.",
    footer_text=lambda context: f"remove {context.marked:,}" if context.marked else "remove",
)
RENAME_POLICY: Command[EditActions, PolicyContext] = Command(
    "rename_policy", ("c",), "", "Another name for the policy; nothing is sent before a review.",
    run=EditActions.rename_policy, name="rename policy", aliases=("rename",), group="Change", changes=True,
    needs="protection", feature=_CHANGE, blocked=_why_no_policy,
)
DELETE_POLICY: Command[EditActions, PolicyContext] = Command(
    "delete_policy", ("D",), "DELETE",
    "Reviews deleting an inactive policy; nothing happens without the phrase.",
    run=EditActions.review_policy_deletion, name="delete policy", group="Change", side="right", weight=4, changes=True,
    needs="protection", feature=_CHANGE, blocked=_why_no_deletion,
    footer_text=lambda context: "DELETE" if _is_inactive(context) else "",
)
# fmt: on
