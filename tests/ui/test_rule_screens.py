"""Specifies rules and bulk additions by keys: counted before the review, reviewed, done once, and their names."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from protection_screens import LARGE, SMALL, on_policies, screen, tenant, text, without_waiting
from support import footer, message, opened, until
from test_protection_details import open_detail
from textual.events import Paste
from textual.pilot import Pilot

from backup_tui.store import freshness as fresh
from backup_tui.ui.policies.detail import PolicyDetail
from backup_tui.ui.policies.job_names import JobNames
from backup_tui.ui.policies.jobs import BulkForm
from backup_tui.ui.policies.rules import RuleForm, RuleRemoval
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.phrase_field import PhraseField
from backup_tui.ui.widgets.text_lines import TextLines

LISTED = "new.one@contoso.com\nnew.two@contoso.com\nnew.two@contoso.com\nSome Body\n"


async def typed(pilot: Pilot[Any], words: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in words))


async def reviewed(pilot: Pilot[Any], one: Any) -> ReviewScreen:
    """The review, once it is read."""
    await until(pilot, lambda: isinstance(screen(one), ReviewScreen), "the review is opened")
    found = screen(one)
    assert isinstance(found, ReviewScreen)
    await until(pilot, lambda: found.reviewed is not None, "the review is read")
    await pilot.pause()
    return found


async def agree(pilot: Pilot[Any], review: ReviewScreen) -> None:
    """Types the phrase."""
    field = review.query_one(PhraseField)
    await typed(pilot, field.phrase)
    await pilot.press("enter")


async def rules_of(pilot: Pilot[Any], one: Any, name: str) -> PolicyDetail:
    """The rules of a policy."""
    detail = await open_detail(pilot, one, name)
    await pilot.press("tab")
    return detail


def rules_at_service(one: Any, name: str) -> list[Any]:
    policy = next(policy for policy in one.service.tenant.policies if policy.name == name)
    found: list[Any] = one.service.rules.of(policy)
    return found


def jobs_at_service(one: Any, name: str) -> list[Any]:
    policy = next(policy for policy in one.service.tenant.policies if policy.name == name)
    found: list[Any] = one.service.jobs.of(policy)
    return found


async def test_a_rule_for_sites_is_counted_and_reviewed_and_made(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        without_waiting(one)
        await rules_of(pilot, one, "Sites pilot")
        await pilot.press("plus")
        form = screen(one)
        assert isinstance(form, RuleForm)
        assert "not yet: the rule does not say what it adds." in text(one)
        await typed(pilot, "Project")
        await pilot.press("enter")
        await until(pilot, lambda: "sites that are or were protected" in text(one), "the preview is there")
        assert "(displayName -contains 'Project')" in text(one)
        await pilot.press("enter", "enter", "enter")
        review = await reviewed(pilot, one)
        assert "nothing is backed up before it is activated" in text(one)
        assert review.query_one(PhraseField).phrase == "add rule sites pilot contoso"
        await agree(pilot, review)
        await until(pilot, lambda: len(rules_at_service(one, "Sites pilot")) == 1, "the rule is made")
        await until(pilot, lambda: isinstance(screen(one), PolicyDetail), "the policy is shown again")
        detail = screen(one)
        await until(pilot, lambda: "is applied" in message(detail), "the end is said")


async def test_words_that_are_too_short_are_refused_before_anything_is_sent(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await rules_of(pilot, one, "Sites all")
        await pilot.press("plus")
        await typed(pilot, "ab")
        assert 'not yet: "ab" is not a keyword' in text(one)
        await pilot.press("tab", "tab", "tab", "enter")
        assert isinstance(screen(one), RuleForm)


async def test_what_is_unknown_of_groups_is_said(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await rules_of(pilot, one, "OneDrive all")
        await pilot.press("plus")
        await typed(pilot, "00000000-0000-4000-8000-000000000000")
        await pilot.press("enter")
        await until(pilot, lambda: "it would take in is unknown" in text(one), "it is said")


@pytest.mark.parametrize("unprotect", [False, True])
async def test_a_dynamic_rule_goes_with_its_units_or_without(tmp_path: Path, unprotect: bool) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        without_waiting(one)
        await rules_of(pilot, one, "Mailboxes all")
        await pilot.press("x")
        assert isinstance(screen(one), RuleRemoval)
        await pilot.press(*(["right"] if unprotect else []), "enter", "enter")
        review = await reviewed(pilot, one)
        assert review.reviewed is not None
        assert review.reviewed.danger is unprotect
        if unprotect:
            assert "It can be taken back in part: until " in text(one)
            assert review.query_one(PhraseField).phrase == "unprotect mailboxes all contoso"
        await agree(pilot, review)
        await until(pilot, lambda: not rules_at_service(one, "Mailboxes all"), "the rule is gone")


async def test_keys_of_rules_say_where_they_belong_and_why_not(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        detail = await open_detail(pilot, one, "Mailboxes all")
        await pilot.press("R")
        assert message(detail).endswith("This is for rules; tab shows them.")
        await pilot.press("tab", "R")
        assert message(detail).endswith("The service applies a dynamic rule itself.")
        assert "+ add rule  c change  x remove" in footer(detail)
        await pilot.press("c")
        form = screen(one)
        assert isinstance(form, RuleForm)
        assert "Change a rule of Mailboxes all" in text(one)
        assert "not yet" not in text(one)


async def test_a_static_rule_is_run_again(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        without_waiting(one)
        await rules_of(pilot, one, "Sites all")
        (rule,) = rules_at_service(one, "Sites all")
        before = rule.modified
        await pilot.press("R")
        review = await reviewed(pilot, one)
        assert "RUN RULE" in text(one)
        await agree(pilot, review)
        await until(pilot, lambda: rule.modified != before, "it is run")


@pytest.mark.parametrize("failed", [False, True])
async def test_enter_shows_what_a_rule_could_not_add(tmp_path: Path, failed: bool) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        (rule,) = rules_at_service(one, "Sites all")
        if failed:
            rule.failures = (("GroupNotFound", "Group 'x' not found in directory", "x"),)
            rule.status = "completedWithErrors"
        await rules_of(pilot, one, "Sites all")
        await pilot.press("enter")
        pager = screen(one)
        words = (
            "  x: Group 'x' not found in directory (GroupNotFound)"
            if failed
            else "It reports no name that it could not add."
        )
        await until(pilot, lambda: words in pager.query_one(TextLines).text, "the rule itself is read")


async def open_list(pilot: Pilot[Any], one: Any, name: str = "Mailboxes all") -> BulkForm:
    """The form of a bulk addition, with the list in it."""
    await open_detail(pilot, one, name)
    await pilot.press("tab", "tab", "plus")
    form = screen(one)
    assert isinstance(form, BulkForm)
    form.query_one("#names").post_message(Paste(LISTED))
    await until(pilot, lambda: "4 names: 2 to add, 1 twice, 1 left out." in text(one), "the list is sorted")
    return form


async def test_a_pasted_list_is_handed_over_and_its_failed_names_are_saved(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        without_waiting(one)
        await open_list(pilot, one)
        before = len(jobs_at_service(one, "Mailboxes all"))
        await pilot.press("tab", "tab", "enter")
        review = await reviewed(pilot, one)
        assert "1 name on your list is NOT in this addition (v)" in text(one)
        assert review.query_one(PhraseField).phrase == "add 2 mailboxes all contoso"
        await agree(pilot, review)
        await until(pilot, lambda: len(jobs_at_service(one, "Mailboxes all")) == before + 1, "it is handed over")
        await until(pilot, lambda: isinstance(screen(one), PolicyDetail), "the form is left as well")
        detail = screen(one)
        await until(pilot, lambda: "2 of 2 names could not be added" in message(detail), "the end is said")
        await until(pilot, lambda: "2 names failed" in text(one), "its part counts them")
        assert isinstance(detail, PolicyDetail)
        detail.table.move_to(jobs_at_service(one, "Mailboxes all")[-1].id)
        await pilot.press("enter")
        names = screen(one)
        assert isinstance(names, JobNames)
        assert "new.one@contoso.com" in text(one)
        assert "no such account" in text(one)
        with (tmp_path / "tofix.csv").open("w", newline="") as file:
            file.write(names.as_table())
        with (tmp_path / "tofix.csv").open(newline="") as file:
            assert [row["unit"] for row in csv.DictReader(file)] == ["new.one@contoso.com", "new.two@contoso.com"]
        await pilot.press("slash", "t", "w", "o", "enter")
        assert '1 of 2 names match "two"' in text(one)


async def test_names_that_are_not_sent_are_shown_and_a_list_is_not_lost_by_one_key(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        form = await open_list(pilot, one)
        await pilot.press("tab", "tab", "tab", "enter")
        assert isinstance(screen(one), JobNames)
        assert "Some Body" in text(one)
        assert "not a name to send" in text(one)
        await pilot.press("escape", "escape")
        assert screen(one) is form
        assert "4 names would be forgotten" in message(form)
        await pilot.press("escape")
        assert isinstance(screen(one), PolicyDetail)


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await open_detail(pilot, one, "Mailboxes all")
        await pilot.press("tab", "tab", "plus")
        await typed(pilot, "@nowhere.csv")
        await pilot.press("enter")
        await until(pilot, lambda: "nowhere.csv cannot be read" in text(one), "it is said")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("what", ["rule-form", "removal", "unprotect", "list"])
def test_picture_of(snap_compare: Any, tmp_path: Path, what: str, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await opened(pilot, one)
        await until(pilot, lambda: one.workspace.store.freshness(fresh.POLICIES).complete)
        if what == "list":
            await open_list(pilot, one)
            return
        await rules_of(pilot, one, "Sites all" if what == "rule-form" else "Mailboxes all")
        if what == "rule-form":
            await pilot.press("plus")
            await typed(pilot, "Team")
            await pilot.press("enter")
            await until(pilot, lambda: "sites that are or were protected" in text(one))
            return
        await pilot.press("x")
        if what == "unprotect":
            await pilot.press("right", "enter", "enter")
            await reviewed(pilot, one)

    assert snap_compare(one.app, run_before=ready, terminal_size=size)
