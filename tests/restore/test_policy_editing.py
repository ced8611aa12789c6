"""Specifies changes of a policy's units: reviewed, sent in parts of 50 once each, every unit accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from backup_tui.changes.findings import Look
from backup_tui.errors import BackupTuiError, OutcomeUnknown, StateConflict, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.checks import CheckResult
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.protection.editing import EditPolicy, EditReview
from backup_tui.protection.editing_create import CreatePolicy
from backup_tui.protection.editing_parts import Fate, Member
from backup_tui.protection.editing_watch import follow_units
from backup_tui.protection.following import follow_policy
from backup_tui.protection.policies import PolicyAction, SwitchPolicy
from backup_tui.simulator.domain.directory import Newcomer
from backup_tui.simulator.domain.workloads import ONEDRIVE
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office

    from backup_tui.store.rows import UnitRow


@pytest.fixture
def settings() -> Settings:
    return Settings(units=3_000, history=False, speed=1.0)


async def named(office: Office, name: str = "OneDrive all") -> ProtectionPolicy:
    return next(policy for policy in await office.tools.reader.policies() if policy.display_name == name)


def newcomers(office: Office, count: int) -> tuple[Member, ...]:
    """Accounts of the tenant that never were protected."""
    things = office.service.parts.directory.everything(ONEDRIVE)
    new = [thing for thing in things if isinstance(thing, Newcomer)]
    assert len(new) >= count
    return tuple(Member(thing.address, thing.owner) for thing in new[:count])


def leaving(units: list[UnitRow]) -> tuple[Member, ...]:
    return tuple(Member(unit.name, unit.object_id, unit.id) for unit in units)


async def inside(office: Office, policy_id: str) -> set[str]:
    """Object ids of those who are in a policy and are not on their way out of it."""
    return {
        unit.owner
        for unit in office.service.tenant.units["onedrive"]
        if unit.policy is not None and unit.policy.id == policy_id and unit.pending != "removeRequested"
    }


def has(review: EditReview, mark: CheckResult, words: str) -> bool:
    return any(check.mark is mark and words in check.text for check in review.checks)


async def test_joining_and_leaving_are_one_review_and_every_part_is_sent_once(office: Office) -> None:
    policy = await named(office)
    new, old = newcomers(office, 120), leaving(await office.units(count=12))
    review = await office.review(EditPolicy(policy.id, new, old))
    assert (review.word, review.danger) == ("CHANGE", True)
    assert review.headline == "policy OneDrive all: 120 added, 12 removed"
    assert review.phrase == "change onedrive all contoso"
    assert review.sentence == (
        "CHANGE: 120 OneDrive accounts are backed up from now on, 12 no longer are. Points of the 12 stay until each "
        "is a year old. Damage done from now on cannot be undone."
    )
    assert any("add them again" in line for line in review.extra)
    assert any("until each is a year old" in line for line in review.extra)
    assert has(review, CheckResult.OK, "sent in 4 requests of at most 50")
    assert has(review, CheckResult.UNKNOWN, "120 OneDrive accounts are new to Backup")
    result = await office.carry_out(review)
    assert result.complete
    assert result.sentence == "OneDrive all: 120 added, 12 removed."
    assert office.changes() == ["PATCH 200"] * 4
    here = await inside(office, policy.id)
    assert {one.object_id for one in new} <= here
    assert not {one.object_id for one in old} & here
    assert [intent.kind for intent in await office.intents()] == [IntentKind.POLICY_EDIT] * 4
    now = await follow_units(office.tools, policy.id)
    assert "120 being added" not in now.words
    assert all(office.service.tenant.by_id[one.unit_id].policy is None for one in old)


async def test_a_long_list_is_said_to_be_one_request_of_a_bulk_addition(office: Office) -> None:
    many = tuple(Member(f"new{number}@contoso.com", str(UUID(int=number))) for number in range(501))
    policy = await named(office)
    review = await office.review(EditPolicy(policy.id, many))
    assert has(review, CheckResult.OK, "sent in 11 requests of at most 50, each once; a bulk addition takes 1")
    shorter = await office.review(EditPolicy(policy.id, many[:500]))
    assert not any("a bulk addition takes" in check.text for check in shorter.checks)
    made = await office.review(CreatePolicy(Service.ONEDRIVE, "New", many))
    words = "sent in 11 requests of at most 50, each once; 2 if created empty, then in bulk"
    assert has(made, CheckResult.OK, words)


async def test_who_is_in_it_already_is_not_sent_again_and_is_accounted_for(office: Office) -> None:
    policy, new = await named(office), newcomers(office, 3)
    await office.carry_out(await office.review(EditPolicy(policy.id, new[:2])))
    await follow_policy(office.tools, policy.id)
    office.calls.clear()
    review = await office.review(EditPolicy(policy.id, new))
    assert has(review, CheckResult.OK, "2 of the list need nothing")
    result = await office.carry_out(review)
    assert result.sentence == "OneDrive all: 1 added, 2 already so."
    assert office.changes() == ["PATCH 200"]
    nothing = await office.review(EditPolicy(policy.id, new))
    assert nothing.nothing_to_do
    assert nothing.blocked == "nothing is left to change: the policy holds it already"


@pytest.mark.parametrize("typed", ["", "change", "change onedrive all", "change sites all contoso"])
async def test_only_the_phrase_with_the_name_counts(office: Office, typed: str) -> None:
    policy = await named(office)
    review = await office.review(EditPolicy(policy.id, newcomers(office, 1)))
    with pytest.raises(UsageError, match="You typed"):
        await office.carry_out(review, typed)
    assert office.changes() == []


async def test_a_policy_that_is_switched_meanwhile_is_not_changed(office: Office) -> None:
    policy = await named(office)
    review = await office.review(EditPolicy(policy.id, newcomers(office, 1)))
    stop = await office.review(SwitchPolicy(policy.id, PolicyAction.DEACTIVATE))
    await office.carry_out(stop)
    office.calls.clear()
    with pytest.raises(StateConflict, match="changed the policy after the review; it is updating now"):
        await office.carry_out(review)
    busy = await office.review(EditPolicy(policy.id, newcomers(office, 1)))
    assert busy.blocked == "the policy is being updated; it can be changed when that has ended"
    assert office.changes() == []


async def test_an_inactive_policy_says_that_nothing_is_backed_up_yet(office: Office) -> None:
    policy = await named(office)
    await office.carry_out(await office.review(SwitchPolicy(policy.id, PolicyAction.DEACTIVATE)))
    await follow_policy(office.tools, policy.id)
    review = await office.review(EditPolicy(policy.id, newcomers(office, 2)))
    assert review.sentence == (
        "CHANGE: 2 OneDrive accounts join the policy. It is inactive: nothing is backed up until it is activated."
    )
    assert (await office.carry_out(review)).complete


async def test_a_unit_that_the_service_refuses_is_named_with_the_reason(office: Office) -> None:
    policy = await named(office)
    nobody = Member("nobody@contoso.com", "00000000-0000-4000-8000-00000000dead")
    result = await office.carry_out(await office.review(EditPolicy(policy.id, (*newcomers(office, 2), nobody))))
    assert result.sentence == "OneDrive all: 2 added, 1 refused."
    (refused,) = result.not_done
    assert (refused.member, refused.fate) == (nobody, Fate.REFUSED)
    assert "not in the tenant" in refused.why


async def test_who_a_dynamic_rule_holds_is_said_and_not_sent(office: Office) -> None:
    policy = await named(office)
    held = next(unit for unit in office.service.tenant.units["onedrive"] if unit.policy and unit.policy.id == policy.id)
    held.by_rule = True
    member = Member(held.address, held.owner, held.id)
    review = await office.review(EditPolicy(policy.id, remove=(member,)))
    assert review.blocked == f"1 is held by a dynamic rule and cannot be removed by hand: {held.address}"


LOST = [{"act": "drop"}, {"act": "lose", "status": 504}]


@pytest.mark.parametrize("fault", LOST, ids=["drop", "504"])
async def test_a_part_whose_answer_is_lost_is_looked_into_and_not_sent_again(
    office: Office, fault: dict[str, Any]
) -> None:
    policy, new = await named(office), newcomers(office, 120)
    office.faults.add(**fault, method="PATCH", path="Policies/", after=1)
    looks: list[Look] = []
    review = await office.review(EditPolicy(policy.id, new))
    result = await office.carry_out(review, review.phrase, looks.append)
    assert result.sentence == "OneDrive all: 120 added."
    assert len(looks) == 1
    assert len(office.changes()) == 3
    assert (await office.states())[1] is IntentState.RESOLVED_DONE


async def test_a_part_that_did_nothing_ends_it_and_the_next_run_sends_the_rest(office: Office) -> None:
    policy, new = await named(office), newcomers(office, 120)
    office.faults.add("refuse", method="PATCH", path="Policies/", status=503, code="", after=1)
    result = await office.carry_out(await office.review(EditPolicy(policy.id, new)))
    assert result.sentence == "OneDrive all: 50 added, 70 not sent."
    assert result.error is not None
    assert result.error.certainty == "It was not sent again."
    office.faults.clear()
    office.calls.clear()
    review = await office.review(EditPolicy(policy.id, new))
    assert has(review, CheckResult.WARNING, "the policy still carries out entry 2 of the journal")
    assert (await office.carry_out(review)).sentence == "OneDrive all: 70 added, 50 already so."
    assert office.changes() == ["PATCH 200"] * 2


async def test_while_nobody_knows_what_became_of_a_part_nothing_else_is_sent(office: Office) -> None:
    policy, new = await named(office), newcomers(office, 60)
    review = await office.review(EditPolicy(policy.id, new))
    office.faults.add("drop", method="PATCH", path="Policies/")
    office.faults.add("html", method="GET", path="/protectionPolicies/[^/]+$", after=1, times=None)
    with pytest.raises(OutcomeUnknown, match="It may have happened"):
        await office.carry_out(review)
    assert len(office.changes()) == 1
    with pytest.raises(BackupTuiError):
        await office.carry_out(review)
    assert len(office.changes()) == 1
    office.faults.clear()
    again = await office.review(EditPolicy(policy.id, new))
    assert (await office.carry_out(again)).sentence == "OneDrive all: 10 added, 50 already so."
    assert len(office.changes()) == 2


async def test_the_first_refusal_of_the_whole_request_is_the_error(office: Office) -> None:
    policy, new = await named(office), newcomers(office, 60)
    review = await office.review(EditPolicy(policy.id, new))
    office.faults.add("refuse", method="PATCH", path="Policies/", status=403, code="Forbidden")
    with pytest.raises(BackupTuiError):
        await office.carry_out(review)
    assert len(office.changes()) == 1
