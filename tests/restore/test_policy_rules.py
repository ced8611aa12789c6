"""Specifies changes of a policy's rules and bulk additions: reviewed, sent once, recognized if an answer is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from backup_tui.errors import BackupTuiError, OutcomeUnknown, StateConflict, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.checks import CheckResult
from backup_tui.models.rule_expressions import group_expression, site_expression
from backup_tui.models.services import Service
from backup_tui.protection.bulk_additions import AddInBulk
from backup_tui.protection.bulk_names import AskedName, sort_names
from backup_tui.protection.inclusion import read_policy
from backup_tui.protection.rule_preview import preview_rule
from backup_tui.protection.rule_removal import RemoveRule, removed_before
from backup_tui.protection.rules import ChangeRule, CreateRule, RuleChange, RunRule
from backup_tui.simulator.domain.tenant import group_id

if TYPE_CHECKING:
    from office import Office

FINANCE = site_expression(["Project"])


def policy_of(office: Office, name: str) -> str:
    return next(one.id for one in office.service.tenant.policies if one.name == name)


def rules_of(office: Office, name: str) -> list[Any]:
    policy = next(one for one in office.service.tenant.policies if one.name == name)
    found: list[Any] = office.service.rules.of(policy)
    return found


def jobs_of(office: Office, name: str) -> list[Any]:
    policy = next(one for one in office.service.tenant.policies if one.name == name)
    found: list[Any] = office.service.jobs.of(policy)
    return found


def sales(office: Office) -> str:
    return group_expression([group_id(office.service.tenant.seed, "Sales")])


def change_of(office: Office, kind: str) -> RuleChange:
    """One change of each kind that is possible in the tenant as it begins."""
    if kind == "add":
        return CreateRule(policy_of(office, "Sites pilot"), FINANCE, False)
    if kind == "run":
        (rule,) = rules_of(office, "Sites all")
        return RunRule(policy_of(office, "Sites all"), rule.id)
    (rule,) = rules_of(office, "Mailboxes all")
    mailboxes = policy_of(office, "Mailboxes all")
    if kind == "change":
        return ChangeRule(mailboxes, rule.id, sales(office))
    return RemoveRule(mailboxes, rule.id, kind == "unprotect")


async def lose_line_while_sending(office: Office, review: Any) -> None:
    """The answer is lost, and nothing more can be read of the rules for as long as it is looked for."""
    reader = office.tools.reader
    real = reader.rules

    def cut_off(service: Service, policy_id: str) -> Any:
        if any(call.mutating for call in office.calls):
            raise BackupTuiError("The line is gone.")
        return real(service, policy_id)

    for method in ("POST", "PATCH", "DELETE"):
        office.faults.add("drop", method=method, path="InclusionRules")
    reader.rules = cut_off  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(OutcomeUnknown, match="It may have happened"):
            await office.carry_out(review)
    reader.rules = real  # type: ignore[method-assign]


KINDS = ("add", "change", "run", "remove", "unprotect")
JOURNAL = {
    "add": IntentKind.RULE_CREATE,
    "change": IntentKind.RULE_EDIT,
    "run": IntentKind.RULE_RUN,
    "remove": IntentKind.RULE_DELETE,
    "unprotect": IntentKind.RULE_UNPROTECT,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_change_is_sent_once_after_its_phrase(office: Office, kind: str) -> None:
    review = await office.review(change_of(office, kind))
    assert review.blocked is None
    with pytest.raises(UsageError, match="You typed"):
        await office.carry_out(review, "yes")
    assert office.changes() == []
    await office.carry_out(review)
    assert len(office.changes()) == 1
    (intent,) = await office.intents()
    assert (intent.kind, intent.state) == (JOURNAL[kind], IntentState.DONE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("done", [True, False])
async def test_a_lost_answer_is_recognized_by_the_rules_of_the_policy(office: Office, kind: str, done: bool) -> None:
    review = await office.review(change_of(office, kind))
    method = {"add": "POST", "change": "PATCH", "remove": "DELETE"}.get(kind, "POST")
    if done:
        office.faults.add("drop", method=method, path="InclusionRules")
        await office.carry_out(review)
    else:
        office.faults.add("refuse", method=method, path="InclusionRules", status=502, code="")
        with pytest.raises(BackupTuiError, match="The rule was not"):
            await office.carry_out(review)
    assert len(office.changes()) == 1
    (intent,) = await office.intents()
    assert intent.state is (IntentState.RESOLVED_DONE if done else IntentState.RESOLVED_NOT_DONE)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_stays_unknown_is_not_sent_again_and_is_settled_later(office: Office, kind: str) -> None:
    review = await office.review(change_of(office, kind))
    await lose_line_while_sending(office, review)
    (finding,) = await office.lost_answers.resolve_open()
    assert finding.intent.state is IntentState.RESOLVED_DONE
    assert len(office.changes()) == 1


async def test_a_rule_that_the_policy_has_is_not_made_again(office: Office) -> None:
    change = CreateRule(policy_of(office, "Sites pilot"), FINANCE, False)
    first, second = await office.review(change), await office.review(change)
    await office.carry_out(first)
    with pytest.raises(StateConflict, match="the policy has this rule already"):
        await office.carry_out(second)
    again = await office.review(change)
    assert again.blocked is not None
    assert len(rules_of(office, "Sites pilot")) == 1


async def test_a_second_dynamic_rule_and_one_of_the_wrong_kind_are_refused(office: Office) -> None:
    mailboxes, sites = policy_of(office, "Mailboxes all"), policy_of(office, "Sites all")
    second = await office.review(CreateRule(mailboxes, sales(office), True))
    assert "has a dynamic rule already" in (second.blocked or "")
    (static,), (dynamic,) = rules_of(office, "Sites all"), rules_of(office, "Mailboxes all")
    assert "the service applies it itself" in ((await office.review(RunRule(mailboxes, dynamic.id))).blocked or "")
    assert "only added some" in ((await office.review(RemoveRule(sites, static.id, True))).blocked or "")
    with pytest.raises(UsageError, match="no dynamic ones"):
        await office.review(CreateRule(sites, FINANCE, True))


async def test_a_rule_that_somebody_changed_after_the_review_is_left_alone(office: Office) -> None:
    review = await office.review(change_of(office, "unprotect"))
    (rule,) = rules_of(office, "Mailboxes all")
    office.service.rules.update(rule, sales(office), rule.created_by, office.service.now())
    with pytest.raises(StateConflict, match="changed the rule after the review"):
        await office.carry_out(review)
    assert office.changes() == []


async def test_the_removal_counts_what_leaves_and_says_until_when(office: Office) -> None:
    (rule,) = rules_of(office, "Mailboxes all")
    held = [unit for unit in office.service.tenant.units["exchange"] if unit.by_rule and unit.policy is rule.policy]
    only = [unit for unit in held if not unit.by_hand]
    review = await office.review(change_of(office, "unprotect"))
    assert review.danger
    assert (review.phrase, len(review.names)) == ("unprotect mailboxes all contoso", len(only))
    assert f"{len(only)} mailboxes leave Mailboxes all" in review.sentence
    assert "until 22 Nov 2027 the last points can be restored" in review.extra[0]
    keeping = await office.review(change_of(office, "remove"))
    assert not keeping.danger
    assert "stays in Mailboxes all, backed up and billed" in keeping.sentence


async def test_an_earlier_removal_is_found_again(office: Office) -> None:
    (rule,) = rules_of(office, "Mailboxes all")
    assert await removed_before(office.tools, rule.id[:8], unprotect=True) is None
    review = await office.review(change_of(office, "unprotect"))
    await lose_line_while_sending(office, review)
    found = await removed_before(office.tools, rule.id[:8], unprotect=True)
    assert found is not None
    assert found.state is IntentState.RESOLVED_DONE
    assert await removed_before(office.tools, rule.id[:8], unprotect=False) is None


async def test_sites_are_counted_by_where_they_are_now(office: Office) -> None:
    policy, service = await read_policy(office.tools, policy_of(office, "Sites pilot"))
    preview = await preview_rule(office.tools, policy, service, FINANCE)
    match = [unit for unit in office.service.tenant.units["sharepoint"] if "project" in unit.name.lower()]
    assert preview.matching == len(match) > 0
    free = [unit for unit in match if unit.policy is None]
    inside = [unit for unit in match if unit.policy is not None and unit.policy.id == policy.id]
    assert (len(preview.adds), preview.inside, preview.elsewhere) == (
        len(free),
        len(inside),
        len(match) - len(free) - len(inside),
    )
    nothing = await preview_rule(office.tools, policy, service, site_expression(["no such word"]))
    assert (nothing.check.mark, nothing.words) == (
        CheckResult.WARNING,
        "would take in nothing: nothing that is known matches",
    )
    strange = await preview_rule(office.tools, policy, service, "(a -in ['b'])")
    assert strange.check.mark is CheckResult.UNKNOWN


async def test_members_are_counted_where_another_policy_follows_the_same_groups(office: Office) -> None:
    (rule,) = rules_of(office, "Mailboxes all")
    policy, service = await read_policy(office.tools, policy_of(office, "OneDrive all"))
    preview = await preview_rule(office.tools, policy, service, rule.expression)
    people = {
        unit.owner for unit in office.service.tenant.units["exchange"] if unit.by_rule and unit.policy is rule.policy
    }
    known = {unit.owner: unit.policy for unit in office.service.tenant.units["onedrive"]}
    assert preview.matching == len(people)
    assert len(preview.adds) == sum(known.get(person) is None for person in people)
    assert 'The policy "Mailboxes all" follows the same groups' in preview.basis
    other = await preview_rule(
        office.tools, policy, service, group_expression(["0" * 8 + "-0000-4000-8000-" + "0" * 12])
    )
    assert other.matching is None
    assert other.check.mark is CheckResult.UNKNOWN


async def test_what_cannot_be_read_makes_a_preview_unknown(office: Office) -> None:
    policy, service = await read_policy(office.tools, policy_of(office, "Sites pilot"))
    office.faults.add("refuse", path="siteProtectionUnit", status=403, code="Forbidden", times=None)
    preview = await preview_rule(office.tools, policy, service, FINANCE)
    assert (preview.matching, preview.basis) == (None, "The sites could not all be read.")


# -- bulk additions ------------------------------------------------------------------------------------------


def addition(office: Office, count: int = 300) -> AddInBulk:
    """New people for the policy of mailboxes."""
    names = [AskedName(number, f"new.hire{number}@contoso.com") for number in range(1, count + 1)]
    policy = office.store.policies.get(policy_of(office, "Mailboxes all"))
    assert policy is not None
    found = sort_names(names, [], Service.EXCHANGE, policy, [], {})
    return AddInBulk(policy.id, found)


@pytest.mark.parametrize("done", [True, False])
async def test_a_list_whose_answer_is_lost_is_recognized_by_its_mark(office: Office, done: bool) -> None:
    await read_policy(office.tools, policy_of(office, "Mailboxes all"))
    review = await office.review(addition(office))
    assert review.phrase == "add 300 mailboxes all contoso"
    before = len(jobs_of(office, "Mailboxes all"))
    if done:
        office.faults.add("drop", method="POST", path="BulkAdditionJobs")
        seen = await office.carry_out(review)
        assert seen.job.carries(addition(office).new.mark)
    else:
        office.faults.add("refuse", method="POST", path="BulkAdditionJobs", status=502, code="")
        with pytest.raises(BackupTuiError, match="The bulk addition was not added"):
            await office.carry_out(review)
    assert len(office.changes()) == 1
    assert len(jobs_of(office, "Mailboxes all")) == before + done
    (intent,) = await office.intents()
    assert (intent.kind, intent.state) == (
        IntentKind.UNITS_BULK_ADD,
        IntentState.RESOLVED_DONE if done else IntentState.RESOLVED_NOT_DONE,
    )


async def test_the_same_list_is_not_sent_while_it_is_being_added(office: Office) -> None:
    await read_policy(office.tools, policy_of(office, "Mailboxes all"))
    first, second = await office.review(addition(office)), await office.review(addition(office))
    await office.carry_out(first)
    with pytest.raises(StateConflict, match="The same list was handed to the policy after the review"):
        await office.carry_out(second)
    running = await office.review(addition(office))
    assert "the same names are being added already" in (running.blocked or "")
    office.advance(3600)
    ended = await office.review(addition(office))
    assert ended.blocked is None
    assert any("were handed to it before" in check.text for check in ended.checks)
    other = await office.review(addition(office, 299))
    assert not any("before" in check.text and "handed" in check.text for check in other.checks)


async def test_a_list_of_nothing_and_one_that_is_too_long_are_refused(office: Office) -> None:
    await read_policy(office.tools, policy_of(office, "Mailboxes all"))
    with pytest.raises(UsageError, match="no names to add"):
        await office.review(addition(office, 0))
    with pytest.raises(UsageError, match="50,001 names are too many"):
        await office.review(addition(office, 50_001))
