"""Specifies the screens of policies: what a policy promises, its units, and switching it on or off after a review."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from protection_screens import (
    LARGE,
    SMALL,
    deliver,
    forms,
    on_policies,
    policies_read,
    policy_id,
    screen,
    tenant,
    without_waiting,
)
from support import Simulated, footer, message, screen_text, until
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.protection.policies import PolicyAction
from backup_tui.simulator.http.callers import RYAN
from backup_tui.store import freshness as fresh
from backup_tui.ui.policies.detail import PolicyDetail
from backup_tui.ui.policies.screen import PoliciesScreen
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenPolicyReview
from backup_tui.ui.widgets.phrase_field import PhraseField


def text(one: Simulated) -> str:
    return "\n".join(screen_text(one.app))


async def reviewing(pilot: Pilot[Any], one: Simulated, name: str, key: str) -> ReviewScreen:
    """Opens the review of a policy and waits until it is read."""
    cast(PoliciesScreen, screen(one)).table.move_to(policy_id(one, name))
    await pilot.pause()
    await pilot.press(key)
    await pilot.pause()
    review = screen(one)
    assert isinstance(review, ReviewScreen)
    await until(pilot, lambda: review.query(PhraseField), "the review is read")
    await pilot.pause()
    return review


async def typed(pilot: Pilot[Any], words: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in words))


# -- the list -------------------------------------------------------------------------------------------------


async def test_a_policy_says_its_status_its_retention_in_words_and_who_changed_it(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one):
        shown = text(one)
        assert "Policies 4" in shown
        assert "! active, problems" in shown
        assert "Restore points every 10 min for a year (Microsoft's product page); the" in shown
        assert "service itself reports every 10 min for 2 weeks, then weekly for a year." in shown
        assert "12 Oct, Ryan" in shown
        about = cast(PoliciesScreen, screen(one)).about(policy_id(one, "Mailboxes all"))
        assert f"Policy {policy_id(one, 'Mailboxes all')}" in about


async def test_units_are_counted_in_the_background_and_an_ellipsis_stands_until_then(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    one.service.faults.add("delay", path="/protectionUnits", seconds=60, times=None)
    one.service.faults.add("delay", path="ProtectionUnits", seconds=60, times=None)
    async with on_policies(one):
        assert re.search(r"Exchange    Mailboxes all  ✓ active +…  12 Oct, Ryan", text(one))
    one = tenant(tmp_path / "another")
    async with on_policies(one) as pilot:
        await until(pilot, lambda: re.search(r"Mailboxes all  ✓ active +117  12 Oct, Ryan", text(one)))
        await until(pilot, lambda: re.search(r"Sites pilot    - inactive +6  ", text(one)))


async def test_a_blocked_key_stays_in_the_footer_and_says_why(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        assert "A activate" in footer(screen(one))
        await pilot.press("A")
        await pilot.pause(0.02)
        assert "already active" in message(screen(one))
        cast(PoliciesScreen, screen(one)).table.move_to(policy_id(one, "Sites pilot"))
        await pilot.press("X")
        await pilot.pause(0.02)
        assert "The policy is inactive; this needs an active one" in message(screen(one))


async def test_a_read_only_workspace_opens_no_review(tmp_path: Path) -> None:
    one = tenant(tmp_path, read_only=True)
    async with on_policies(one) as pilot:
        await pilot.press("X")
        await pilot.pause(0.02)
        assert isinstance(screen(one), PoliciesScreen)
        assert "read-only" in message(screen(one))


async def test_without_an_answer_it_says_that_and_not_that_there_are_none(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    one.service.faults.add("refuse", path="/protectionPolicies$", status=403, code="Forbidden", times=None)
    async with one.app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: one.workspace.is_open)
        await pilot.press("2")
        await until(pilot, lambda: one.workspace.store.freshness(fresh.POLICIES).error)
        deliver(one)
        await pilot.pause()
        assert "This sign-in may not see policies and units: refused at" in " ".join(text(one).split())
        assert "It needs BackupRestore-Configuration.Read.All" in " ".join(text(one).split())
        assert "nothing is backed up" not in text(one)


# -- the detail -----------------------------------------------------------------------------------------------


async def test_the_units_of_a_policy_are_listed_with_problems_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tenant(tmp_path)
    opened_forms = forms(monkeypatch)
    async with on_policies(one) as pilot:
        cast(PoliciesScreen, screen(one)).table.move_to(policy_id(one, "OneDrive all"))
        await pilot.press("enter")
        await until(pilot, lambda: one.workspace.store.freshness(fresh.units_of(Service.ONEDRIVE)).complete)
        deliver(one)
        await pilot.pause()
        detail = cast(PolicyDetail, screen(one))
        units = one.workspace.store.units[Service.ONEDRIVE]
        listed = detail.keys()
        statuses = [units[key].status for key in listed]
        assert statuses[0] == "unprotected"
        assert statuses == sorted(statuses, key=lambda status: status == "protected")
        assert all(units[key].policy_id == detail.policy_id for key in listed)
        assert len(statuses) == sum(row.policy_id == detail.policy_id for row in units.values())
        assert "▌OneDrive all   ! active, problems               2 not protected, 101 protected" in text(one)
        assert "he service says: The" in text(one)
        await pilot.press("space", "space", "n")
        await pilot.pause(0.02)
        assert [len(form.units) for form in opened_forms] == [2]
        assert opened_forms[0].service is Service.ONEDRIVE


async def test_activate_and_deactivate_in_the_detail_are_about_the_policy(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: one.workspace.store.freshness(fresh.units_of(Service.EXCHANGE)).complete)
        await pilot.press("X")
        await pilot.pause()
        review = screen(one)
        assert isinstance(review, ReviewScreen)
        assert review.place == OpenPolicyReview(policy_id(one, "Mailboxes all"), PolicyAction.DEACTIVATE)


# -- the reviews ----------------------------------------------------------------------------------------------


async def test_deactivation_needs_the_exact_phrase_and_is_followed_to_its_end(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await reviewing(pilot, one, "Sites all", "X")
        shown = " ".join(text(one).split())
        assert "DEACTIVATE policy Sites all, 68 sites in contoso.com" in shown
        assert "From now on, 68 sites are not backed up." in shown
        assert "/sites/finance /sites/finance-emea" in shown
        assert "and 65 more (v)" in shown
        await typed(pilot, "stop mailboxes all contoso")
        await pilot.press("enter")
        await pilot.pause()
        assert (
            'Not deactivated. You typed "stop mailboxes all contoso"; the text is "stop sites all contoso".'
            in " ".join(text(one).split())
        )
        assert one.service.tenant.policies[2].status(one.service_clock.now().timestamp()) == "active"
        await pilot.press("ctrl+u")
        await typed(pilot, "Stop Sites all contoso")
        assert "enter deactivate" in footer(screen(one))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, PoliciesScreen), "the review is over")
        await pilot.pause()
        assert 'SharePoint policy "Sites all" is updating; this line' in message(screen(one))
        deliver(one)
        await pilot.pause()
        assert "~ updating since 15:32" in text(one)
        one.advance(3600)
        await pilot.press("r")
        await until(pilot, lambda: "is now inactive" in message(screen(one)), "the end is told")


async def test_the_end_is_told_on_another_screen_too(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await reviewing(pilot, one, "Mailboxes all", "X")
        await typed(pilot, "stop mailboxes all contoso")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, PoliciesScreen))
        await pilot.press("3")
        one.advance(3600)
        await one.workspace.loader.load(fresh.POLICIES)
        await until(pilot, lambda: "is now inactive" in message(screen(one)), "the end is told")


async def test_where_another_policy_is_active_no_phrase_is_taken_and_the_way_out_is_said(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        review = await reviewing(pilot, one, "Sites pilot", "A")
        shown = " ".join(text(one).split())
        assert 'SharePoint already has an active policy, "Sites all";' in shown
        assert 'Not possible now: deactivate "Sites all" first, or add the sites to it.' in shown
        assert "(not offered now)" in shown
        assert not review.query_one(PhraseField).has_focus
        await pilot.press("v")
        await pilot.pause(0.02)
        assert "6 sites:" in text(one)
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert isinstance(screen(one), PolicyDetail)


async def test_a_change_by_somebody_else_empties_the_phrase_and_reads_again(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        review = await reviewing(pilot, one, "Sites all", "X")
        await typed(pilot, "stop sites all contos")
        policy = one.service.tenant.policies[2]
        one.advance(60)
        policy.deactivate(RYAN, one.service_clock.now().timestamp(), 60.0, 403)
        await one.workspace.loader.load(fresh.POLICIES)
        deliver(one)
        await until(pilot, lambda: review.reviewed is not None and review.reviewed.blocked, "it was read again")
        await until(pilot, lambda: review.query(PhraseField))
        await pilot.pause()
        assert review.query_one(PhraseField).typed == ""
        shown = " ".join(text(one).split())
        assert "Ryan changed the policy meanwhile; it is updating now. Look again." in shown
        assert "the policy is updating; this needs an active one" in shown


@pytest.mark.parametrize(("status", "code"), [(400, "invalidStateForActivation"), (403, "PolicyActionNotAllowed")])
async def test_both_refusals_are_explained_alike(tmp_path: Path, status: int, code: str) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await reviewing(pilot, one, "Sites all", "X")
        one.service.faults.add("refuse", method="POST", path="/deactivate$", status=status, code=code)
        await typed(pilot, "stop sites all contoso")
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing changed." in text(one), "the refusal is said")
        shown = " ".join(text(one).split())
        assert "The policy is active; this needs an active one." in shown
        assert "Wait for the update to finish, or see who changed it." in shown
        assert f"code {code}, HTTP {status}" in shown
        assert "enter look at the policy" in footer(screen(one))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(screen(one), PolicyDetail)


async def test_a_lost_answer_is_looked_into_and_not_sent_again(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await reviewing(pilot, one, "Sites all", "X")
        without_waiting(one)
        one.service.faults.add("drop", method="POST", path="/deactivate$")
        await typed(pilot, "stop sites all contoso")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, PoliciesScreen), "it was found to be done")
        posts = [call for call in one.workspace.store.calls.values() if getattr(call, "mutating", False)]
        assert len(posts) == 1


# -- pictures -------------------------------------------------------------------------------------------------

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


@SIZES
def test_picture_of_the_list(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await policies_read(pilot, one)

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


@SIZES
def test_picture_of_the_detail(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await policies_read(pilot, one)
        await pilot.press("j", "enter")
        await until(pilot, lambda: one.workspace.store.freshness(fresh.units_of(Service.ONEDRIVE)).complete)
        deliver(one)
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


@SIZES
@pytest.mark.parametrize(("name", "key"), [("Sites all", "X"), ("Sites pilot", "A")])
def test_picture_of_the_review(snap_compare: Any, tmp_path: Path, size: tuple[int, int], name: str, key: str) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await policies_read(pilot, one)
        await reviewing(pilot, one, name, key)

    assert snap_compare(one.app, run_before=ready, terminal_size=size)
