"""The reviews before a policy is created, switched, changed, renamed or deleted, and what the changes came to."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec.structs import replace

from backup_tui.changes.reviewed import ChangeReview, PhrasedChange
from backup_tui.models.features import POLICIES_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status
from backup_tui.protection.editing import EditReview
from backup_tui.protection.editing_parts import EditResult
from backup_tui.protection.editing_policies import DeletePolicy, RenamePolicy
from backup_tui.protection.policies import PolicyAction, SwitchPolicy
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.policies.actions import follow_to_end
from backup_tui.ui.policies.text import ended_words, policy_title
from backup_tui.ui.review.presentation import SHOWN_NAMES, Done, Outcome, Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import Open, OpenPolicy, OpenTop
from backup_tui.ui.widgets.paragraphs import Para

Made = Callable[[str], Awaitable[None]]
"""Told once the change was carried out, with what is said about it, before its outcome is shown."""


def of_policy(
    change: PhrasedChange[Any, Any, Any],
    policy_id: str,
    done: Done,
    reading: str = "the policy and its units again",
    place: Open | None = None,
    meanwhile: Callable[[Store, Any], str] | None = None,
) -> ReviewScreen:
    """The review of a change of a policy, or of something in it. `place`: what `enter` shows where nothing can be done;
    the policy when not given. `meanwhile`: see `Presentation`; without it nothing in the store is followed."""
    shown = Presentation(
        change=change,
        reading=f"Reading {reading}...",
        focus=Focus(screen="policies", policy_id=policy_id or None),
        feature=POLICIES_CHANGE.id,
        needs="protection",
        done=done,
        look="look at the policy" if policy_id else "look at the policies",
        place=place or OpenPolicy(policy_id),
    )
    if meanwhile is not None:
        shown = replace(shown, follows=frozenset({Topic.POLICIES}), meanwhile=meanwhile)
    return ReviewScreen(shown)


def policy_review(policy_id: str, action: PolicyAction) -> ReviewScreen:
    """The review before a policy is activated or deactivated."""
    reading = "the policy, its units and the other policies again"
    return of_policy(SwitchPolicy(policy_id, action), policy_id, _switched, reading, meanwhile=_changed_since)


async def _switched(screen: ReviewScreen, _review: ChangeReview[ProtectionPolicy], policy: ProtectionPolicy) -> str:
    if not policy_status(policy.status).moving:
        return ended_words(policy)
    follow_to_end(screen.program, policy.id)
    return f"{policy_title(policy)} is updating; this line says how it ends."


def _changed_since(store: Store, review: ChangeReview[ProtectionPolicy]) -> str:
    """Another status, or a later change."""
    return _meanwhile(store, review, lambda policy: (policy.status, policy.last_modified_date_time))


def _differs_now(store: Store, review: ChangeReview[ProtectionPolicy]) -> str:
    """Another status or another name."""
    return _meanwhile(store, review, lambda policy: (policy.status, policy.display_name))


def _meanwhile(store: Store, review: ChangeReview[ProtectionPolicy], seen: Callable[[ProtectionPolicy], object]) -> str:
    policy = store.policies.get(review.thing.id)
    if policy is None or seen(policy) == seen(review.thing):
        return ""
    by = policy.last_modified_by.label if policy.last_modified_by else ""
    state = policy_status(policy.status).word
    return f"{by or 'Someone'} changed the policy meanwhile; it is {state} now. Look again."


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

    place = None if policy_id else OpenTop("Policies")
    return of_policy(change, policy_id, done, place=place, meanwhile=_differs_now)


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
    return of_policy(DeletePolicy(policy_id), policy_id, _deleted, place=OpenTop("Policies"), meanwhile=_differs_now)


def rename_review(change: RenamePolicy) -> ReviewScreen:
    """The review before a policy gets another name."""
    return of_policy(change, change.policy_id, _renamed, meanwhile=_differs_now)


async def _deleted(_screen: ReviewScreen, _review: ChangeReview[ProtectionPolicy], policy: ProtectionPolicy) -> str:
    return f"{policy_title(policy)} is deleted. The points of its units stay until each is a year old."


async def _renamed(_screen: ReviewScreen, _review: ChangeReview[ProtectionPolicy], policy: ProtectionPolicy) -> str:
    return f"{policy_title(policy)} has its new name."
