"""Specifies switching policies on and off: reviewed, sent once, followed to the end, refusals explained alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from backup_tui.changes.change import carry_out
from backup_tui.changes.findings import Look, Verdict
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import (
    BackupTuiError,
    NotFound,
    OutcomeUnknown,
    ReadOnlyError,
    SignInError,
    StateConflict,
    UsageError,
)
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.checks import CheckResult
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.protection.following import follow_policy
from backup_tui.protection.policies import PolicyAction, SwitchPolicy
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from office import Office


async def named(office: Office, name: str) -> ProtectionPolicy:
    return next(policy for policy in await office.tools.reader.policies() if policy.display_name == name)


async def switched_off(office: Office, name: str = "Sites all") -> str:
    policy = await named(office, name)
    review = await office.review(SwitchPolicy(policy.id, PolicyAction.DEACTIVATE))
    await office.carry_out(review)
    ended = await follow_policy(office.tools, policy.id)
    assert ended.status == "inactive"
    office.calls.clear()
    return policy.id


def has(review: ChangeReview[ProtectionPolicy], mark: CheckResult, words: str) -> bool:
    return any(check.mark is mark and words in check.text for check in review.checks)


async def test_a_second_policy_of_a_service_is_not_possible_and_says_the_way_out(office: Office) -> None:
    policy = await named(office, "Sites pilot")
    review = await office.review(SwitchPolicy(policy.id, PolicyAction.ACTIVATE))
    assert (review.word, review.tenant) == ("ACTIVATE", "contoso.com")
    assert review.headline.startswith("policy Sites pilot, ")
    assert review.phrase == "protect sites pilot contoso"
    assert review.sentence.startswith("ACTIVATE: Microsoft starts backing up")
    assert has(review, CheckResult.BLOCKING, 'SharePoint already has an active policy, "Sites all"')
    assert has(review, CheckResult.OK, "the policy is inactive, so it can be activated")
    assert has(review, CheckResult.UNKNOWN, "billing")
    assert review.hint == 'Deactivate "Sites all" first, or add the sites to it.'
    assert review.headline.endswith(f" {len(review.names)} sites")
    with pytest.raises(UsageError, match="Not possible now"):
        await office.carry_out(review)
    assert office.changes() == []


async def test_off_and_on_again_followed_to_the_end(office: Office) -> None:
    policy = await named(office, "Sites all")
    review = await office.review(SwitchPolicy(policy.id, PolicyAction.DEACTIVATE))
    assert review.phrase == "stop sites all contoso"
    assert "are not backed up. Existing points stay until each is a year old." in review.sentence
    answered = await office.carry_out(review, "Stop Sites  ALL contoso")
    assert answered.status == "updating"
    seen: list[str | None] = []
    ended = await follow_policy(office.tools, policy.id, lambda found: seen.append(found.status))
    assert ended.status == "inactive"
    assert seen[0] == "updating"
    assert seen[-1] == "inactive"
    assert office.store.policies[policy.id].status == "inactive"
    again = await office.review(SwitchPolicy(policy.id, PolicyAction.ACTIVATE))
    assert again.blocked is None
    await office.carry_out(again)
    assert (await follow_policy(office.tools, policy.id)).status in ("active", "activeWithErrors")
    assert [(intent.kind, intent.state) for intent in await office.intents()] == [
        (IntentKind.POLICY_DEACTIVATE, IntentState.DONE),
        (IntentKind.POLICY_ACTIVATE, IntentState.DONE),
    ]


@pytest.mark.parametrize("typed", ["", "protect", "stop sites all", "stop sites contoso", "stop sites pilot contoso"])
async def test_only_the_exact_phrase_counts(office: Office, typed: str) -> None:
    review = await office.review(SwitchPolicy((await named(office, "Sites all")).id, PolicyAction.DEACTIVATE))
    with pytest.raises(UsageError, match="You typed"):
        await office.carry_out(review, typed)
    with pytest.raises(UsageError, match="review was one to deactivate"):
        await carry_out(office.tools, SwitchPolicy(review.thing.id, PolicyAction.ACTIVATE), review, review.phrase)
    assert office.changes() == []


@pytest.mark.parametrize("settings", [Settings(units=300, history=False, wrong_state=status) for status in (400, 403)])
async def test_both_refusals_of_a_wrong_state_are_explained_alike(office: Office) -> None:
    policy_id = await switched_off(office)
    review = await office.review(SwitchPolicy(policy_id, PolicyAction.ACTIVATE))
    await office.tools.may_write().activate_policy(policy_id)
    with pytest.raises(StateConflict, match="changed the policy after the review; it is updating now"):
        await office.carry_out(review)
    office.calls.clear()
    real = office.tools.reader.policy
    answers = [review.thing]

    async def stale(policy_id: str) -> ProtectionPolicy:
        return answers.pop() if answers else await real(policy_id)

    office.tools.reader.policy = stale  # type: ignore[method-assign]
    with pytest.raises(StateConflict) as error:
        await office.carry_out(review)
    assert error.value.message.startswith("The policy is updating; this needs an inactive one")
    assert (error.value.certainty, len(office.changes())) == ("Nothing changed.", 1)


@pytest.mark.parametrize("fault", [{"act": "drop"}, {"act": "lose", "status": 504}], ids=["drop", "504"])
async def test_a_lost_answer_is_looked_into_and_not_sent_again(office: Office, fault: dict[str, Any]) -> None:
    policy_id = await switched_off(office)
    review = await office.review(SwitchPolicy(policy_id, PolicyAction.ACTIVATE))
    office.faults.add(**fault, method="POST", path="/activate$")
    looks: list[Look] = []
    policy = await office.carry_out(review, review.phrase, looks.append)
    assert policy.status == "updating"
    assert len(looks) == 1
    assert len(office.changes()) == 1
    assert (await office.states())[-1] is IntentState.RESOLVED_DONE


async def test_a_lost_request_that_did_nothing_is_told_so(office: Office) -> None:
    policy_id = await switched_off(office)
    review = await office.review(SwitchPolicy(policy_id, PolicyAction.ACTIVATE))
    office.faults.add("refuse", method="POST", path="/activate$", status=503, code="")
    with pytest.raises(BackupTuiError, match="was not activated") as error:
        await office.carry_out(review)
    assert error.value.code == "NotDone"
    assert len(office.changes()) == 1
    assert (await office.states())[-1] is IntentState.RESOLVED_NOT_DONE
    assert (await office.carry_out(review)).status == "updating"


@pytest.mark.parametrize("status", ["unknownFutureValue", "awaitingApproval"])
async def test_a_state_that_nobody_knows_says_nothing_about_a_lost_request(office: Office, status: str) -> None:
    policy_id = await switched_off(office)
    review = await office.review(SwitchPolicy(policy_id, PolicyAction.ACTIVATE))
    office.faults.add("drop", method="POST", path="/activate$")
    office.faults.add("refuse", method="GET", path="olicies/", after=1, status=503, times=None)
    with pytest.raises(OutcomeUnknown):
        await office.carry_out(review)
    office.faults.clear()
    raw = {"@odata.type": "#microsoft.graph.sharePointProtectionPolicy", "id": policy_id, "status": status}
    office.answer_instead(policy_id, 200, raw)
    (found,) = await office.lost_answers.resolve_open()
    assert found.verdict is Verdict.STILL_UNKNOWN
    assert (await office.states())[-1] is IntentState.UNKNOWN


async def test_while_it_is_not_known_no_second_request_leaves(office: Office) -> None:
    policy_id = await switched_off(office)
    review = await office.review(SwitchPolicy(policy_id, PolicyAction.ACTIVATE))
    office.faults.add("drop", method="POST", path="/activate$")
    office.faults.add("refuse", method="GET", path="olicies/", after=1, status=503, times=None)
    with pytest.raises(OutcomeUnknown) as error:
        await office.carry_out(review)
    with pytest.raises(OutcomeUnknown):
        await office.carry_out(review)
    assert len(office.changes()) == 1
    intent = await office.tools.journal.intent(error.value.intent_id or 0)
    assert intent is not None
    assert intent.state is IntentState.UNKNOWN
    office.faults.clear()
    (found,) = await office.lost_answers.resolve_open()
    assert found.verdict is Verdict.DONE
    assert (await office.lost_answers.resolve(intent.id)).verdict is Verdict.DONE, "settled, so nothing is looked at"
    with pytest.raises(UsageError, match="has no entry 999"):
        await office.lost_answers.resolve(999)


async def test_an_unknown_policy_and_a_silent_service_while_following(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.review(SwitchPolicy("00000000-0000-0000-0000-000000000000", PolicyAction.ACTIVATE))
    policy = await named(office, "Sites all")
    review = await office.review(SwitchPolicy(policy.id, PolicyAction.DEACTIVATE))
    await office.carry_out(review)
    office.faults.add("refuse", method="GET", path="olicies/", status=503, times=9)
    assert (await follow_policy(office.tools, policy.id)).status == "inactive", "lost looks do not end it"


async def test_a_sign_in_that_cannot_be_renewed_for_a_moment_does_not_end_the_following(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = await named(office, "Sites all")
    reader = office.tools.reader
    read, failures = reader.policy, [SignInError("The authority has an outage.", needs_person=False)] * 3

    async def policy_or_not(policy_id: str) -> ProtectionPolicy:
        if failures:
            raise failures.pop()
        return await read(policy_id)

    monkeypatch.setattr(reader, "policy", policy_or_not)
    assert (await follow_policy(office.tools, policy.id)).id == policy.id
    failures[:] = [SignInError("The sign-in has ended.")]
    with pytest.raises(SignInError, match="has ended"):
        await follow_policy(office.tools, policy.id)


async def test_what_could_not_be_read_is_a_doubt(office: Office) -> None:
    policy_id = await switched_off(office)
    office.faults.add("refuse", method="GET", path="(olicies|backupRestore|Units)$", status=403, times=None)
    review = await office.review(SwitchPolicy(policy_id, PolicyAction.ACTIVATE))
    assert review.blocked is None
    assert has(review, CheckResult.UNKNOWN, "whether SharePoint has an active policy could not be read")
    assert has(review, CheckResult.UNKNOWN, "the units of the policy could not be read")
    assert has(review, CheckResult.UNKNOWN, "whether the service allows this now could not be read")


@pytest.mark.parametrize(
    ("settings", "blocked"),
    [
        (Settings(units=300, history=False, service_status=cast(Any, status), disable_reason="userRequested"), words)
        for status, words in (
            ("protectionChangeLocked", "changes of protection are locked"),
            ("restoreLocked", "changes of protection are locked"),
            ("disabled", "Microsoft 365 Backup is off in this tenant"),
        )
    ],
)
async def test_a_lock_of_the_service_stops_it_with_reason_and_way_out(office: Office, blocked: str) -> None:
    review = await office.review(SwitchPolicy((await named(office, "Sites all")).id, PolicyAction.DEACTIVATE))
    assert review.blocked == f"{blocked} (an administrator asked for it)"
    assert review.hint.startswith("The person who asked for it")
    with pytest.raises(BackupTuiError, match=r"an administrator asked for it") as error:
        await office.carry_out(review)
    assert (error.value.code, error.value.certainty) == ("ServiceLocked", "Nothing was sent.")
    assert office.changes() == []


async def test_a_read_only_workspace_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    from office import Office

    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(read_only=True)
        review = await office.review(SwitchPolicy((await named(office, "Sites all")).id, PolicyAction.DEACTIVATE))
        with pytest.raises(ReadOnlyError):
            await office.carry_out(review)
        assert office.changes() == []


async def test_switching_off_and_on_is_said_in_the_same_words_on_screens_and_in_commands(
    office: Office,
) -> None:
    on = await office.review(SwitchPolicy((await named(office, "Sites pilot")).id, PolicyAction.ACTIVATE))
    off = await office.review(SwitchPolicy((await named(office, "Sites all")).id, PolicyAction.DEACTIVATE))
    sites = len(on.names)
    assert on.sentence == (
        f"ACTIVATE: Microsoft starts backing up {sites} sites and billing for what it keeps. First points after about "
        "1 to 2 hours. Nothing is restored or changed."
    )
    assert off.sentence == (
        f"DEACTIVATE: from now on, {len(off.names)} sites are not backed up. Existing points stay until each is a year "
        "old. Damage done from now on cannot be undone."
    )
    assert on.meaning == on.sentence.removeprefix("ACTIVATE: ")
    assert off.meaning.startswith("From now on, ")
