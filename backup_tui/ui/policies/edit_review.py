"""The reviews before a policy is created, changed, renamed or deleted, and what the changes came to."""

from collections.abc import Awaitable, Callable
from typing import Any

from backup_tui.changes.reviewed import ChangeReview, PhrasedChange
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status
from backup_tui.protection.editing import EditReview
from backup_tui.protection.editing_parts import EditResult
from backup_tui.protection.editing_policies import DeletePolicy, RenamePolicy
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.policies.actions import follow_to_end
from backup_tui.ui.policies.text import policy_title
from backup_tui.ui.review.presentation import SHOWN_NAMES, Outcome, Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import Open, OpenPolicy, OpenTop
from backup_tui.ui.widgets.paragraphs import Para

Made = Callable[[str], Awaitable[None]]
"""Told once the change was carried out, with what is said about it, before its outcome is shown."""


def _presentation(change: PhrasedChange[Any, Any, Any], policy_id: str, place: Open, done: Any) -> Presentation:
    return Presentation(
        change=change,
        about="Review",
        reading="Reading the policy and its units again...",
        focus=Focus(screen="policies", policy_id=policy_id or None),
        feature=POLICIES_CHANGE.id,
        needs="protection",
        done=done,
        follows=frozenset({Topic.POLICIES}),
        meanwhile=_meanwhile,
        look="look at the policy" if policy_id else "look at the policies",
        place=place,
    )


def edit_review(change: PhrasedChange[EditReview, Any, EditResult], policy_id: str, made: Made) -> ReviewScreen:
    """The review of a change of units, or of a new policy with its first units."""

    async def done(screen: ReviewScreen, review: EditReview, result: EditResult) -> str | Outcome:
        policy = screen.ws.store.policies.get(result.policy_id)
        if policy is not None and policy_status(policy.status).moving:
            follow_to_end(screen.program, policy.id)
        units = screen.ws.store.units[result.service]
        if units.complete:
            screen.ws.sync.read_units(result.service)
        said = f"{result.sentence.rstrip('.')}{_goes_on(policy)}" if result.complete else result.sentence
        await made(said)
        return said if result.complete else Outcome(said, lambda: _incomplete(result))

    place: Open = OpenPolicy(policy_id) if policy_id else OpenTop("Policies")
    return ReviewScreen(_presentation(change, policy_id, place, done))


def _goes_on(policy: ProtectionPolicy | None) -> str:
    if policy is not None and policy_status(policy.status).value == "inactive":
        return ". It is inactive: A activates it."
    if policy is not None and policy_status(policy.status).moving:
        return ". It is updating; this line says how it ends."
    return "."


def _incomplete(result: EditResult) -> list[Para]:
    """What was done and what was not: every unit that is not as it was asked to be, with the reason."""
    lines = [Para(result.sentence, "section"), Para()]
    if (error := result.error) is not None:
        lines += [Para(sentence, "warn") for sentence in (error.message, error.certainty) if sentence]
        lines += [Para("What was not sent is sent when you add or remove it again; nothing is done twice."), Para()]
    for one in result.not_done[:SHOWN_NAMES]:
        why = f": {one.why}" if one.why else ""
        lines.append(Para(f"{one.member.name}  {one.fate.value}{why}", mark="  ! ", mark_tone="warn"))
    if (more := len(result.not_done) - SHOWN_NAMES) > 0:
        lines.append(Para(f"and {more:,} more; 5 Activity has every request.", mark="    "))
    return lines


def deletion_review(policy_id: str) -> ReviewScreen:
    """The review before an inactive policy is deleted."""
    return ReviewScreen(_presentation(DeletePolicy(policy_id), policy_id, OpenTop("Policies"), _deleted))


def rename_review(change: RenamePolicy) -> ReviewScreen:
    """The review before a policy gets another name."""
    return ReviewScreen(_presentation(change, change.policy_id, OpenPolicy(change.policy_id), _renamed))


async def _deleted(_screen: ReviewScreen, _review: ChangeReview[ProtectionPolicy], policy: ProtectionPolicy) -> str:
    return f"{policy_title(policy)} is deleted. The points of its units stay until each is a year old."


async def _renamed(_screen: ReviewScreen, _review: ChangeReview[ProtectionPolicy], policy: ProtectionPolicy) -> str:
    return f"{policy_title(policy)} has its new name."


def _meanwhile(store: Store, review: ChangeReview[ProtectionPolicy]) -> str:
    """Another status or another name."""
    old, policy = review.thing, store.policies.get(review.thing.id)
    if policy is None or (policy.status, policy.display_name) == (old.status, old.display_name):
        return ""
    by = policy.last_modified_by.label if policy.last_modified_by else ""
    state = policy_status(policy.status).word
    return f"{by or 'Someone'} changed the policy meanwhile; it is {state} now. Look again."
