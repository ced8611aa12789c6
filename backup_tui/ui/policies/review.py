"""The review before a policy is activated or deactivated."""

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status
from backup_tui.protection.policies import PolicyAction, SwitchPolicy
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.policies.actions import follow_to_end
from backup_tui.ui.policies.text import ended_words, policy_title
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenPolicy


def policy_review(policy_id: str, action: PolicyAction) -> ReviewScreen:
    """The review of one of the two."""
    return ReviewScreen(
        Presentation(
            change=SwitchPolicy(policy_id, action),
            about="Review",
            reading="Reading the policy, its units and the other policies again...",
            focus=Focus(screen="policies", policy_id=policy_id),
            feature=POLICIES_CHANGE.id,
            needs="protection",
            done=_done,
            follows=frozenset({Topic.POLICIES}),
            meanwhile=_meanwhile,
            look="look at the policy",
            place=OpenPolicy(policy_id),
        )
    )


async def _done(screen: ReviewScreen, _review: ChangeReview[ProtectionPolicy], policy: ProtectionPolicy) -> str:
    if not policy_status(policy.status).moving:
        return ended_words(policy)
    follow_to_end(screen.program, policy.id)
    return f"{policy_title(policy)} is updating; this line says how it ends."


def _meanwhile(store: Store, review: ChangeReview[ProtectionPolicy]) -> str:
    """Another status, or a later change."""
    old, policy = review.thing, store.policies.get(review.thing.id)
    before = (old.status, old.last_modified_date_time)
    if policy is None or (policy.status, policy.last_modified_date_time) == before:
        return ""
    by = policy.last_modified_by.label if policy.last_modified_by else ""
    state = policy_status(policy.status).word
    return f"{by or 'Someone'} changed the policy meanwhile; it is {state} now. Look again."
