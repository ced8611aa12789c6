"""Commands of inclusion rules and bulk additions: counted before, reviewed, made once, followed, removed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backup_tui.simulator.domain.tenant import Unit, group_id
from backup_tui.simulator.domain.workloads import EXCHANGE
from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def policy(served: Running, name: str) -> str:
    return next(one.id for one in served.service.tenant.policies if one.name == name)


def rules(served: Running, name: str) -> list[Any]:
    """The rules of a policy as the service has them."""
    found = next(one for one in served.service.tenant.policies if one.name == name)
    return served.service.rules.of(found)


def jobs(served: Running, name: str) -> list[Any]:
    """The bulk additions to a policy as the service has them."""
    found = next(one for one in served.service.tenant.policies if one.name == name)
    return served.service.jobs.of(found)


def confirm_of(asked: Any) -> str:
    """The phrase that a refused command names."""
    assert asked.code == 2, asked.err
    return str(next(line for line in asked.err.splitlines() if "--confirm" in line).split('"')[1])


def test_rules_are_listed_and_shown_with_what_they_hold(command: Command, served: Running) -> None:
    sites, mailboxes = policy(served, "Sites all"), policy(served, "Mailboxes all")
    listed = command("rules", "list", sites)
    assert listed.code == 0
    assert "once  applied" in listed.out
    assert 'name contains "Finance" or "Legal"' in listed.out
    (rule,) = rules(served, "Mailboxes all")
    shown = command("rules", "show", mailboxes, rule.id[:8])
    assert shown.code == 0
    assert "Kind        dynamic" in shown.out
    held = sum(unit.by_rule for unit in served.service.tenant.units["exchange"] if unit.policy is rule.policy)
    assert f"Holds       {held} mailboxes (counted from the units)" in shown.out
    assert command("rules", "show", mailboxes, "00000000").code == 5
    empty = command("rules", "list", policy(served, "Sites pilot"))
    assert "This policy has no rules" in empty.err


def test_a_preview_counts_what_is_known_and_says_how(command: Command, served: Running) -> None:
    sites = policy(served, "Sites all")
    found = command("rules", "preview", sites, "--name", "finance", "--json").json
    known = served.service.tenant.units["sharepoint"]
    match = [unit for unit in known if "finance" in unit.name.lower()]
    assert (found["matching"], found["inPolicy"]) == (
        len(match),
        sum(unit.policy is not None and unit.policy.id == sites for unit in match),
    )
    assert found["adds"] == sum(unit.policy is None for unit in match)
    assert "sites that are or were protected" in found["basis"]
    nothing = command("rules", "preview", sites, "--name", "no such word")
    assert "would take in nothing: nothing that is known matches" in nothing.out


def test_of_groups_it_says_what_is_unknown_unless_another_policy_follows_them(
    command: Command, served: Running
) -> None:
    drives = policy(served, "OneDrive all")
    strange = command("rules", "preview", drives, "--group", "00000000-0000-4000-8000-000000000000")
    assert "how many OneDrive accounts it would take in is unknown" in strange.out
    assert "reads groups" not in strange.out
    (rule,) = rules(served, "Mailboxes all")
    same = command("rules", "preview", drives, "--expression", rule.expression, "--json").json
    assert same["adds"] is not None
    assert 'The policy "Mailboxes all" follows the same groups' in same["basis"]


def test_a_rule_is_made_once_after_its_review_and_followed(command: Command, served: Running) -> None:
    pilot = policy(served, "Sites pilot")
    words = ("rules", "add", pilot, "--name", "Project")
    asked = command(*words)
    phrase = confirm_of(asked)
    assert phrase == "add rule sites pilot contoso"
    assert 'ADD RULE: sites that match now (name contains "Project") are added to Sites pilot.' in asked.err
    assert "nothing is backed up before it is activated" in asked.err
    assert rules(served, "Sites pilot") == []
    done = command(*words, "--confirm", phrase, "--wait")
    assert done.code in (0, 6)
    assert len(rules(served, "Sites pilot")) == 1
    again = command(*words, "--confirm", phrase, "--wait")
    assert "has this rule already; nothing was sent" in again.err
    assert len(rules(served, "Sites pilot")) == 1


def test_what_a_rule_cannot_say_is_refused_before_anything_is_sent(command: Command, served: Running) -> None:
    sites, drives = policy(served, "Sites all"), policy(served, "OneDrive all")
    for words, told in (
        ((sites,), "does not say what it adds"),
        ((sites, "--group", "x"), "name no groups"),
        ((sites, "--name", "ab"), "takes 3 to 255 characters"),
        ((sites, "--name", "Finance", "--dynamic"), "no dynamic ones"),
        ((drives, "--name", "Finance"), "name groups only"),
        ((drives, "--group", "Finance"), "is not the object id of a group"),
        ((drives, "--group", "x", "--expression", "y"), "one of these"),
    ):
        refused = command("rules", "add", *words)
        assert (refused.code, told in refused.err) == (2, True), refused.err
    assert len(rules(served, "Sites all")) == 1


def test_a_rule_that_is_applied_once_is_run_again_and_counted(command: Command, served: Running) -> None:
    drives = policy(served, "OneDrive all")
    (rule,) = rules(served, "OneDrive all")
    asked = command("rules", "run", drives, rule.id)
    phrase = confirm_of(asked)
    assert phrase == f"run rule {rule.id[:8]} contoso"
    done = command("rules", "run", drives, rule.id, "--confirm", phrase, "--wait")
    assert done.code in (0, 6), done.err
    assert "added nothing" in done.err or "added to the policy meanwhile" in done.err
    (dynamic,) = rules(served, "Mailboxes all")
    refused = command("rules", "run", policy(served, "Mailboxes all"), dynamic.id, "--confirm", "x")
    assert refused.code == 1
    assert "the service applies it itself" in refused.err


def test_a_dynamic_rule_is_changed(command: Command, served: Running) -> None:
    mailboxes = policy(served, "Mailboxes all")
    (rule,) = rules(served, "Mailboxes all")
    group = group_id(served.service.tenant.seed, "Sales")
    words = ("rules", "change", mailboxes, rule.id, "--group", group)
    asked = command(*words)
    assert "leaves the policy and is no longer backed up" in asked.err
    done = command(*words, "--confirm", confirm_of(asked), "--wait")
    assert done.code in (0, 6), done.err
    assert group in rule.expression


@pytest.mark.parametrize("keep", [True, False])
def test_a_rule_is_removed_with_its_units_or_without(command: Command, served: Running, keep: bool) -> None:
    mailboxes = policy(served, "Mailboxes all")
    (rule,) = rules(served, "Mailboxes all")
    held = [unit for unit in served.service.tenant.units["exchange"] if unit.by_rule and unit.policy is rule.policy]
    only = [unit for unit in held if not unit.by_hand]
    words = ("rules", "remove", mailboxes, rule.id, "--keep-units" if keep else "--unprotect")
    asked = command(*words)
    phrase = confirm_of(asked)
    if keep:
        assert phrase == f"remove rule {rule.id[:8]} contoso"
        assert "stays in Mailboxes all, backed up and billed" in asked.err
    else:
        assert phrase == "unprotect mailboxes all contoso"
        assert f"UNPROTECT: the rule goes, and {len(only)} mailboxes leave Mailboxes all" in asked.err
        assert "It can be taken back in part: until " in asked.err
    done = command(*words, "--confirm", phrase, "--wait")
    assert done.code == 0, done.err
    assert "The rule is gone." in done.err
    assert rules(served, "Mailboxes all") == []
    stay = [unit for unit in held if unit.policy is rule.policy and unit.pending != "removeRequested"]
    assert len(stay) == (len(held) if keep else len(held) - len(only))
    kinds = [entry["kind"] for entry in command("journal", "list", "--json").json]
    assert kinds == ["ruleDelete" if keep else "ruleUnprotect"]


def test_only_a_dynamic_rule_can_take_its_units_along(command: Command, served: Running) -> None:
    (rule,) = rules(served, "Sites all")
    refused = command("rules", "remove", policy(served, "Sites all"), rule.id, "--unprotect", "--confirm", "x")
    assert refused.code == 1
    assert "only a dynamic rule holds sites" in refused.err


def test_a_list_is_handed_over_and_every_row_is_accounted_for(
    command: Command, served: Running, names: Callable[..., str], tmp_path: Path
) -> None:
    mailboxes = policy(served, "Mailboxes all")
    inside = [unit.address for unit in served.service.tenant.units["exchange"] if unit.policy and unit.address][:2]
    unknown = [f"nobody.{number}@contoso.com" for number in range(3)]
    listed = names("mail", *inside, inside[0], *unknown, "Some Body", name="more.csv")
    asked = command("bulk", "add", mailboxes, "--units", listed)
    assert asked.code == 2
    assert "7 names: 3 to add, 2 in the policy already, 1 twice, 1 to fix." in asked.err
    assert "Some Body: not a name to send" in asked.err
    words = ("bulk", "add", mailboxes, "--units", listed, "--skip-unresolved")
    phrase = confirm_of(command(*words))
    assert phrase == "add 3 mailboxes all contoso"
    before = len(jobs(served, "Mailboxes all"))
    tofix = str(tmp_path / "tofix.csv")
    done = command(*words, "--confirm", phrase, "--wait", "--leftovers", tofix)
    assert done.code == 6, done.err
    assert done.out.count("no such account") == 3
    assert len(jobs(served, "Mailboxes all")) == before + 1
    with open(tofix, encoding="utf-8", newline="") as file:
        assert [row["unit"] for row in csv.DictReader(file)] == ["Some Body"]
    job = jobs(served, "Mailboxes all")[-1]
    failed = str(tmp_path / "failed.csv")
    assert command("bulk", "show", mailboxes, job.id[:8], "--leftovers", failed).code == 0
    with open(failed, encoding="utf-8", newline="") as file:
        assert [row["unit"] for row in csv.DictReader(file)] == unknown
    assert "read again" not in done.err
    assert job.id in command("bulk", "list", mailboxes).out
    again = command("bulk", "add", mailboxes, "--units", failed)
    assert "The same names were handed to this policy at " in again.err
    assert len(jobs(served, "Mailboxes all")) == before + 1
    asked = command("bulk", "add", mailboxes, "--units", failed, "--again")
    assert "the same names were handed to it before" in asked.err


def test_a_list_of_what_is_there_already_sends_nothing(
    command: Command, served: Running, names: Callable[..., str]
) -> None:
    inside = [unit.address for unit in served.service.tenant.units["exchange"] if unit.policy and unit.address][:2]
    done = command("bulk", "add", policy(served, "Mailboxes all"), "--units", names(*inside))
    assert done.code == 0
    assert "Every name is in the policy already; nothing was sent." in done.err
    assert command("journal", "list", "--json").json == []


def test_a_policy_gains_people_from_a_list_with_bad_rows_and_the_rest_is_added_once_corrected(
    command: Command, served: Running, names: Callable[..., str], tmp_path: Path
) -> None:
    mailboxes, service = policy(served, "Mailboxes all"), served.service
    strangers = [thing for thing in service.directory.everything(EXCHANGE) if not isinstance(thing, Unit)]
    people = [thing.address for thing in strangers]
    bad = [f"misspelt.{number}@contoso.com" for number in range(4)]
    listed = names("mail", *people, *bad, "No Address", name="new.csv")
    words = ("bulk", "add", mailboxes, "--units", listed, "--skip-unresolved", "--title", "New hires")
    phrase = confirm_of(command(*words))
    assert phrase == f"add {len(people) + 4} mailboxes all contoso"
    done = command(*words, "--confirm", phrase, "--wait", "--json")
    assert done.code == 6
    assert len(done.json["mailboxes"]) == len(people) + 4
    assert [each["target"] for each in done.json["error"]["details"]] == bad
    joined = {unit.address for unit in service.tenant.units["exchange"] if unit.policy and unit.policy.id == mailboxes}
    assert set(people) <= joined
    again = command(*words)
    assert f"{len(people) + 5} names: 4 to add, {len(people)} in the policy already, 1 left out." in again.err
