"""The review before a policy is switched on or off."""

from __future__ import annotations

from typing import ClassVar

from backup_tui.changes.change import ChangeReview, carry_out, review
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import short_id
from backup_tui.protection.policies import PolicyAction, SwitchPolicy
from backup_tui.store.changes import Topic
from backup_tui.ui.policies.actions import follow_to_end
from backup_tui.ui.policies.text import ended_words, policy_title
from backup_tui.ui.review.protection import ProtectionReviewScreen
from backup_tui.ui.routes import OpenPolicy


class PolicyReviewScreen(ProtectionReviewScreen):
    """Reads a policy again, says what switching it on or off means, and does so on the exact phrase only.

    Args:
        policy_id: The policy.
        action: What would be done.
    """

    FOLLOWS: ClassVar[frozenset[str]] = frozenset({Topic.POLICIES})
    READING = "Reading the policy, its units and the other policies again..."
    LOOK = "look at the policy"
    NOUN = "policy"
    FEATURE = POLICIES_CHANGE.id
    ALL = "all checks, all units"

    def __init__(self, policy_id: str, action: PolicyAction) -> None:
        super().__init__()
        self.policy_id = policy_id
        self.action = action
        self.reviewed: ChangeReview[ProtectionPolicy] | None = None

    def focus_on(self) -> Focus:
        """The policies are followed while one is reviewed."""
        return Focus(screen="policies", policy_id=self.policy_id)

    @property
    def what(self) -> str:
        """`activate policy 61c2b5a0`."""
        return f"{self.action.value} policy {short_id(self.policy_id)}"

    async def ask(self) -> ChangeReview[ProtectionPolicy]:
        """Reads the policy, its units and the other policies."""
        return await review(self.ws.context, SwitchPolicy(self.policy_id, self.action))

    async def act(self, typed: str) -> str:
        """Switches the policy; its updating is followed to the end."""
        assert self.reviewed is not None
        reviewed = self.reviewed
        return self._told(await carry_out(self.ws.context, reviewed.change, reviewed, typed, self.looked))

    def _told(self, policy: ProtectionPolicy) -> str:
        if not policy_status(policy.status).moving:
            return ended_words(policy)
        follow_to_end(self.program, policy.id)
        return f"{policy_title(policy)} is updating; this line says how it ends."

    def changed_meanwhile(self) -> str:
        """Another status, or a later change."""
        policy, old = self.ws.store.policies.get(self.policy_id), self.reviewed.thing if self.reviewed else None
        if policy is None or old is None:
            return ""
        if (policy.status, policy.last_modified_date_time) == (old.status, old.last_modified_date_time):
            return ""
        by = policy.last_modified_by.label if policy.last_modified_by else ""
        state = policy_status(policy.status).word
        return f"{by or 'Someone'} changed the policy meanwhile; it is {state} now. Look again."

    def look_at_it(self) -> None:
        """The policy's detail."""
        if getattr(self.program.shown, "policy_id", None) != self.policy_id:
            self.program.open(OpenPolicy(self.policy_id))
