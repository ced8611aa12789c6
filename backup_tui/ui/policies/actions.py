"""Actions on a protection policy from any screen: its commands, and what they do."""

import asyncio

from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import Action, policy_status
from backup_tui.models.text import short_id
from backup_tui.protection.policies import PolicyAction
from backup_tui.store.changes import Change, Topic
from backup_tui.store.freshness import units_of
from backup_tui.ui.actions.units import UnitContext
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Handler
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.policies.text import action_reason, ended_words, policy_title
from backup_tui.ui.program import Program
from backup_tui.ui.routes import OpenPolicyReview


class PolicyContext(UnitContext, frozen=True):
    """A context with the policy that is meant, and the unit where the row is one."""

    policy: ProtectionPolicy | None = None  # the policy; None when there is none


class PolicyActions(BaseScreen):
    """The handlers of the policy commands; a screen with them says which policy is meant (`policy_of`)."""

    def policy_of(self, row: str | None) -> ProtectionPolicy | None:
        return self.ws.store.policies.get(row) if row is not None else None

    def policy_context(self, row: str | None) -> PolicyContext:
        """What the policy commands look at."""
        table = self.main_table
        return PolicyContext(
            row,
            len(table.marked) if table else 0,
            self.program.workspace.read_only,
            policy=self.policy_of(row),
        )

    def review_activation(self, row: str | None) -> None:
        if policy := self.policy_of(row):
            self.program.open(OpenPolicyReview(policy.id, PolicyAction.ACTIVATE))

    def review_deactivation(self, row: str | None) -> None:
        if policy := self.policy_of(row):
            self.program.open(OpenPolicyReview(policy.id, PolicyAction.DEACTIVATE))

    def copy_policy_id(self, row: str | None) -> None:
        if policy := self.policy_of(row):
            self.say(copy(self.app, policy.id, f"id of {policy_title(policy)}"))


def follow_to_end(app: Program, policy_id: str) -> None:
    """Says on the message line how a policy's update ends, whatever screen is shown then.

    Background reading looks every few seconds while a policy is updating, so this sends nothing of its own. A policy
    that is already followed is not followed twice.
    """
    group = f"policy {policy_id}"
    if not any(worker.group == group and not worker.is_finished for worker in app.workers):
        app.start(_tell_the_end(app, policy_id), f"policy {short_id(policy_id)}", group)


async def _tell_the_end(app: Program, policy_id: str) -> None:
    workspace = app.workspace.core
    store = app.workspace.core.store
    moved = asyncio.Event()

    def listen(change: Change) -> None:
        if Topic.POLICIES in change.topics:
            moved.set()

    unsubscribe = store.subscribe(listen)
    try:
        while (policy := store.policies.get(policy_id)) is not None and policy_status(policy.status).moving:
            moved.clear()
            await moved.wait()
    finally:
        unsubscribe()
    if policy is not None and policy.service is not None and store.freshness(units_of(policy.service)).complete:
        workspace.sync.read_units(policy.service)  # what was listed of its units is out of date
    gone = "The policy that was changed no longer exists in the service."
    app.say(ended_words(policy) if policy else gone, everywhere=True)


def _switch(
    id: str, label: str, key: str, help: str, run: Handler[PolicyActions], action: Action
) -> Command[PolicyActions, PolicyContext]:
    def blocked(context: PolicyContext) -> str | None:
        return "No policy here." if context.policy is None else action_reason(context.policy, action)

    return Command(
        id,
        (key,),
        label,
        help,
        run=run,
        name=id,
        group="Change",
        side="right",
        weight=2,
        changes=True,
        needs="protection",
        feature="policies-change",
        blocked=blocked,
    )


ACTIVATE_POLICY = _switch(
    "activate",
    "activate",
    "A",
    "Reviews activating the policy; nothing happens without the phrase.",
    PolicyActions.review_activation,
    Action.ACTIVATE,
)
DEACTIVATE_POLICY = _switch(
    "deactivate",
    "DEACTIVATE",
    "X",
    "Reviews deactivating the policy; nothing happens without the phrase.",
    PolicyActions.review_deactivation,
    Action.DEACTIVATE,
)
