"""Specifies creating, renaming and deleting a policy: reviewed, sent once, found again after a lost answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backup_tui.errors import BackupTuiError, NotFound, StateConflict, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.protection.editing_create import CreatePolicy
from backup_tui.protection.editing_parts import Member
from backup_tui.protection.editing_policies import DeletePolicy, RenamePolicy
from backup_tui.protection.following import follow_policy
from backup_tui.protection.policies import PolicyAction, SwitchPolicy
from backup_tui.simulator.domain.directory import Newcomer
from backup_tui.simulator.domain.workloads import ONEDRIVE
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office


@pytest.fixture
def settings() -> Settings:
    return Settings(units=3_000, history=False)


async def named(office: Office, name: str) -> ProtectionPolicy:
    return next(policy for policy in await office.tools.reader.policies() if policy.display_name == name)


async def stopped(office: Office, name: str = "OneDrive all") -> ProtectionPolicy:
    policy = await named(office, name)
    await office.carry_out(await office.review(SwitchPolicy(policy.id, PolicyAction.DEACTIVATE)))
    ended = await follow_policy(office.tools, policy.id)
    office.calls.clear()
    return ended


def newcomers(office: Office, count: int) -> tuple[Member, ...]:
    things = office.service.parts.directory.everything(ONEDRIVE)
    new = [thing for thing in things if isinstance(thing, Newcomer)]
    return tuple(Member(thing.address, thing.owner) for thing in new[:count])


def names_of(office: Office) -> list[str]:
    return [policy.name for policy in office.service.tenant.policies]


async def test_a_policy_is_created_inactive_with_its_units_in_parts(office: Office) -> None:
    await stopped(office)
    review = await office.review(CreatePolicy(Service.ONEDRIVE, "Sales", newcomers(office, 70)))
    assert review.phrase == "create sales contoso"
    assert review.sentence == (
        "CREATE: an inactive policy with 70 OneDrive accounts. Nothing is backed up or billed until it is activated."
    )
    assert not review.danger
    result = await office.carry_out(review)
    assert result.sentence == "Sales: 70 added."
    assert office.changes() == ["POST 201", "PATCH 200"]
    made = await named(office, "Sales")
    assert (made.status, made.id) == ("inactive", result.policy_id)
    assert [intent.kind for intent in await office.intents()][1:] == [IntentKind.POLICY_CREATE, IntentKind.POLICY_EDIT]


async def test_no_second_policy_beside_an_active_one_and_none_of_the_same_name(office: Office) -> None:
    review = await office.review(CreatePolicy(Service.ONEDRIVE, "Sales"))
    assert review.blocked == 'OneDrive already has an active policy, "OneDrive all"; the service allows one'
    assert "policies add" in review.hint
    await stopped(office)
    again = await office.review(CreatePolicy(Service.ONEDRIVE, "onedrive  ALL"))
    assert again.blocked == 'OneDrive already has a policy called "onedrive ALL"'
    with pytest.raises(UsageError):
        await office.review(CreatePolicy(Service.ONEDRIVE, "  "))


@pytest.mark.parametrize("act", ["drop", "lose"])
async def test_a_lost_create_is_found_by_its_name_and_filled(office: Office, act: str) -> None:
    await stopped(office)
    office.faults.add(act, method="POST", path="ProtectionPolicies$", status=504)  # type: ignore[arg-type]
    result = await office.carry_out(await office.review(CreatePolicy(Service.ONEDRIVE, "Sales", newcomers(office, 70))))
    assert result.sentence == "Sales: 70 added."
    assert len(office.changes()) == 2
    assert names_of(office).count("Sales") == 1
    assert (await office.states())[1] is IntentState.RESOLVED_DONE


async def test_a_second_run_takes_up_what_the_first_one_created(office: Office) -> None:
    await stopped(office)
    create = CreatePolicy(Service.ONEDRIVE, "Sales", newcomers(office, 70))
    office.faults.add("refuse", method="PATCH", path="Policies/", status=503, code="")
    first = await office.carry_out(await office.review(create))
    assert first.sentence == "Sales: 50 added, 20 not sent."
    review = await office.review(create)
    assert review.blocked is None
    assert any("an earlier run of this created it" in check.text for check in review.checks)
    assert (await office.carry_out(review)).sentence == "Sales: 70 added."
    assert names_of(office).count("Sales") == 1


async def test_a_rename_changes_only_the_name(office: Office) -> None:
    policy = await named(office, "Sites pilot")
    review = await office.review(RenamePolicy(policy.id, "Sites 2027"))
    assert review.phrase == "rename sites pilot contoso"
    assert review.sentence == 'RENAME: only the name changes, to "Sites 2027". Who is backed up stays the same.'
    renamed = await office.carry_out(review)
    assert (renamed.display_name, renamed.status) == ("Sites 2027", "inactive")
    assert office.store.policies[policy.id].display_name == "Sites 2027"
    taken = await office.review(RenamePolicy(policy.id, "sites all"))
    assert taken.blocked == 'another policy is called "sites all" already'
    same = await office.review(RenamePolicy(policy.id, "Sites 2027"))
    assert same.blocked == "it is called this already"


async def test_a_lost_rename_is_seen_in_the_name(office: Office) -> None:
    policy = await named(office, "Sites pilot")
    office.faults.add("drop", method="PATCH", path="Policies/")
    renamed = await office.carry_out(await office.review(RenamePolicy(policy.id, "Sites 2027")))
    assert renamed.display_name == "Sites 2027"
    assert len(office.changes()) == 1
    assert await office.states() == [IntentState.RESOLVED_DONE]


async def test_only_an_inactive_policy_is_deleted_and_looks_dangerous(office: Office) -> None:
    active = await office.review(DeletePolicy((await named(office, "Sites all")).id))
    assert active.blocked == "the policy is active; only an inactive one can be deleted"
    assert "policies deactivate" in active.hint
    policy = await named(office, "Sites pilot")
    review = await office.review(DeletePolicy(policy.id))
    assert (review.danger, review.phrase) == (True, "delete sites pilot contoso")
    assert "leave it. Their points stay until each is a year old." in review.sentence
    await office.carry_out(review)
    assert "Sites pilot" not in names_of(office)
    assert policy.id not in office.store.policies
    with pytest.raises(NotFound):
        await office.review(DeletePolicy(policy.id))


async def test_a_policy_that_the_service_is_changing_is_waited_for(office: Office) -> None:
    pilot = next(policy for policy in office.service.tenant.policies if policy.name == "Sites pilot")
    pilot.busy_until = office.service.now() + 60
    review = await office.review(DeletePolicy(pilot.id))
    assert review.blocked == "the policy is updating; only an inactive one can be deleted"
    assert review.hint == "Wait until the service has carried out the change."


async def test_a_lost_deletion_is_seen_in_that_the_policy_is_gone(office: Office) -> None:
    policy = await named(office, "Sites pilot")
    office.faults.add("drop", method="DELETE", path="Policies/")
    await office.carry_out(await office.review(DeletePolicy(policy.id)))
    assert len(office.changes()) == 1
    assert await office.states() == [IntentState.RESOLVED_DONE]


async def test_a_deletion_that_did_nothing_says_so(office: Office) -> None:
    policy = await named(office, "Sites pilot")
    office.faults.add("refuse", method="DELETE", path="Policies/", status=503, code="")
    with pytest.raises(BackupTuiError, match="was not deleted") as error:
        await office.carry_out(await office.review(DeletePolicy(policy.id)))
    assert error.value.certainty == "The request that was sent had no effect."
    assert "Sites pilot" in names_of(office)


async def test_a_policy_that_was_renamed_after_the_review_is_not_deleted(office: Office) -> None:
    policy = await named(office, "Sites pilot")
    review = await office.review(DeletePolicy(policy.id))
    await office.carry_out(await office.review(RenamePolicy(policy.id, "Keep this")))
    with pytest.raises(StateConflict, match="changed the policy after the review"):
        await office.carry_out(review)
    assert "Keep this" in names_of(office)
