"""Specifies editing policies by keys: lists, marks, names to fix, the review and its outcome; nothing typed is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from protection_screens import (
    LARGE,
    SMALL,
    deliver,
    on_policies,
    on_units,
    policies_read,
    policy_id,
    screen,
    tenant,
    text,
    without_waiting,
)
from support import Simulated, footer, message, until
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.simulator.domain.directory import Newcomer
from backup_tui.simulator.domain.workloads import ONEDRIVE
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.ui.policies.detail import PolicyDetail
from backup_tui.ui.policies.edit import EditForm
from backup_tui.ui.policies.screen import PoliciesScreen
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.units.screen import UnitsScreen
from backup_tui.ui.widgets.form_parts import ListField
from backup_tui.ui.widgets.phrase_field import PhraseField
from backup_tui.workspace.units_at_hand import read_units

BAD = ("nobody.here@contoso.com", "adele@contosso.com", "left@fabrikam.com", "not an address", "ghost@contoso.com")


def hired(one: Simulated, count: int) -> list[Newcomer]:
    things = one.service.parts.directory.everything(ONEDRIVE)
    found = [thing for thing in things if isinstance(thing, Newcomer)][:count]
    assert len(found) == count
    return found


def listed(path: Path, accounts: list[Newcomer]) -> str:
    """An export of the directory with five rows that name nobody who can be added."""
    rows = [f"{each.address},{each.name},{each.owner}" for each in accounts]
    bad = [f"{name},Nobody," for name in BAD]
    path.write_text("\n".join(["userPrincipalName,displayName,id", *bad[:3], *rows, *bad[3:]]) + "\n", "utf-8")
    return str(path)


async def typed(pilot: Pilot[Any], words: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in words))


async def editing(pilot: Pilot[Any], one: Simulated, name: str) -> EditForm:
    """Opens the form of a policy and waits until its units are at hand."""
    cast(PoliciesScreen, screen(one)).table.move_to(policy_id(one, name))
    await pilot.pause()
    await pilot.press("W")
    await until(pilot, lambda: isinstance(one.app.screen, EditForm), "the form is open")
    form = cast(EditForm, screen(one))
    await read_units(one.workspace, form.editing.staging.service)
    await pilot.pause()
    return form


async def load(pilot: Pilot[Any], form: EditForm, field: str, words: str) -> None:
    """Types a line into a field and waits until its names were looked up."""
    before = form.editing.staging
    line = form.query_one(f"#{field}", ListField)
    line.focus()
    line.value = words
    await pilot.press("enter")
    await until(pilot, lambda: form.editing.staging != before, "the names are looked up")
    await pilot.pause()


async def agreed(pilot: Pilot[Any], one: Simulated, phrase: str) -> ReviewScreen:
    """Waits for the review and types its phrase."""
    await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
    review = cast(ReviewScreen, screen(one))
    await until(pilot, lambda: review.query(PhraseField), "the review is read")
    await pilot.pause()
    await typed(pilot, phrase)
    await pilot.press("enter")
    return review


def told(one: Simulated, words: str) -> bool:
    """Whether the message line says something, with all the news that there are."""
    deliver(one)
    return words in message(screen(one))


def books(one: Simulated, owners: set[str]) -> set[tuple[int, int]]:
    """How often accounts were put into a policy and taken out of one, each pair once."""
    units = [unit for unit in one.service.tenant.units["onedrive"] if unit.owner in owners]
    kept = one.service.membership.books
    return {(kept[unit.id]["added"], kept[unit.id]["removed"]) for unit in units}


async def test_300_accounts_join_from_a_list_with_five_bad_rows_and_12_leave_by_keys(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state", units=6_000, speed=3_600.0)
    accounts = hired(one, 300)
    path = listed(tmp_path / "hired.csv", accounts)
    async with on_policies(one) as pilot:
        without_waiting(one)
        form = await editing(pilot, one, "OneDrive all")
        await load(pilot, form, "add", f"@{path}")
        assert "305 names: 300 staged, 5 to fix." in text(one)
        await pilot.press("escape", "N")
        await pilot.pause()
        assert "300 staged, 5 to fix" in text(one)
        await pilot.press("L")
        await until(pilot, lambda: one.app.screen is form, "the names are settled")
        assert "305 names: 300 staged, 5 left out." in text(one)
        await pilot.press("W")
        await agreed(pilot, one, "change onedrive all contoso")
        await until(pilot, lambda: isinstance(one.app.screen, PoliciesScreen), "the change is made")
        deliver(one)
        await pilot.pause()
        assert "OneDrive all: 300 added. It is updating; this line says how it ends." in message(screen(one))
        owners = {each.owner for each in accounts}
        assert books(one, owners) == {(1, 0)}
        one.advance(3_600)
        one.workspace.sync.read_units(Service.ONEDRIVE)
        await until(pilot, lambda: told(one, "is active"), "the end is told")

        form = await editing(pilot, one, "OneDrive all")
        assert form.editing.staging.is_empty
        await one.workspace.loader.load(fresh.units_of(Service.ONEDRIVE))
        twelve = tmp_path / "twelve.txt"
        twelve.write_text("\n".join(each.address for each in accounts[:12]), "utf-8")
        await load(pilot, form, "remove", f"@{twelve}")
        assert "12 names: 12 staged." in text(one)
        await pilot.press("escape", "W")
        review = await agreed(pilot, one, "change onedrive all")
        assert review.reviewed is not None
        assert review.reviewed.danger
        assert "add them again" in text(one)
        await typed(pilot, " contoso")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, PoliciesScreen), "the change is made")
        assert books(one, {each.owner for each in accounts[:12]}) == {(1, 1)}
        assert books(one, {each.owner for each in accounts[12:]}) == {(1, 0)}


async def test_what_is_staged_is_kept_and_nothing_is_sent_without_the_phrase(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    async with on_policies(one) as pilot:
        form = await editing(pilot, one, "Mailboxes all")
        unit = next(row for row in one.workspace.store.units[Service.EXCHANGE].values() if row.policy_id)
        await load(pilot, form, "remove", unit.address)
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert "what is staged is kept" in message(screen(one))
        again = await editing(pilot, one, "Mailboxes all")
        await until(pilot, lambda: again.editing.staging.units, "it is taken up")
        assert [each.name for each in again.editing.staging.remove] == [unit.name]
        await until(pilot, lambda: not isinstance(again.focused, ListField), "the focus is on the last line")
        await pilot.press("u")
        assert [each.name for each in again.editing.staging.remove] in ([], [unit.name])
    assert sum(one.service.changes.values()) == 0


async def test_x_leaves_a_unit_out_and_u_brings_it_back(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    async with on_policies(one) as pilot:
        form = await editing(pilot, one, "Mailboxes all")
        units = [row for row in one.workspace.store.units[Service.EXCHANGE].values() if row.policy_id][:2]
        await load(pilot, form, "remove", f"{units[0].address}, {units[1].address}")
        form.table.focus()
        await pilot.press("x")
        await pilot.pause()
        assert "2 names: 1 staged, 1 left out." in text(one)
        await pilot.press("u")
        await pilot.pause()
        assert "2 names: 2 staged." in text(one)


async def test_selected_units_join_and_leave_from_the_list_of_units(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    async with on_units(one) as pilot:
        units = cast(UnitsScreen, screen(one))
        inside = [row for row in one.workspace.store.units[Service.EXCHANGE].values() if row.policy_id][:2]
        for row in inside:
            units.table.move_to(row.id)
            await pilot.press("space")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(one.app.screen, EditForm), "the form is open")
        form = cast(EditForm, screen(one))
        await until(pilot, lambda: form.editing.staging.units, "they are staged")
        assert {each.unit_id for each in form.editing.staging.remove} == {row.id for row in inside}
        await until(pilot, lambda: "W review" in footer(form), "the keys of the form")


async def test_a_selected_unit_that_cannot_leave_is_a_name_to_fix(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    async with on_units(one) as pilot:
        units = cast(UnitsScreen, screen(one))
        rows = one.workspace.store.units[Service.EXCHANGE].values()
        held = next(row for row in rows if row.policy_id and "dynamicRule" in row.sources)
        units.table.move_to(held.id)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(one.app.screen, EditForm), "the form is open")
        form = cast(EditForm, screen(one))
        await until(pilot, lambda: form.editing.staging.problems, "it is said")
        assert form.editing.staging.units == ()
        await pilot.press("escape", "N")
        await pilot.pause()
        assert "held by a rule" in text(one)
        assert "A dynamic rule holds this mailbox, so it stays protected." in " ".join(text(one).split())


async def test_the_detail_of_a_policy_stages_who_joins_and_who_leaves_and_shows_each_state(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state", speed=1.0)
    async with on_policies(one) as pilot:
        without_waiting(one)
        cast(PoliciesScreen, screen(one)).table.move_to(policy_id(one, "Mailboxes all"))
        await pilot.press("enter")
        await until(pilot, lambda: one.workspace.store.freshness(fresh.units_of(Service.EXCHANGE)).complete)
        deliver(one)
        await pilot.pause()
        detail = cast(PolicyDetail, screen(one))
        assert "+ add  x remove" in footer(detail)
        units = one.workspace.store.units[Service.EXCHANGE]
        inside = [
            key
            for key in list(detail.keys())
            if units[key].status == "protected" and "dynamic" not in units[key].sources
        ]
        for key in inside[:2]:
            detail.table.move_to(key)
            await pilot.press("space")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(one.app.screen, EditForm), "the form is open")
        form = cast(EditForm, screen(one))
        await until(pilot, lambda: len(form.editing.staging.remove) == 2, "they are staged")
        await until(pilot, lambda: "W review" in footer(form), "the keys of the form")
        await pilot.press("W")
        await agreed(pilot, one, "change mailboxes all contoso")
        await until(pilot, lambda: one.app.screen is detail, "the change is made")
        deliver(one)
        await pilot.pause()
        assert "2 being removed" in text(one)
        assert [units[key].status for key in inside[:2]] == ["removeRequested"] * 2
        one.advance(600)
        detail.receive(Change(frozenset({Topic.MINUTE}), frozenset()))
        await until(pilot, lambda: all(not units[key].policy_id for key in inside[:2]), "their end is seen in a minute")


async def test_a_unit_of_another_policy_is_said_and_not_staged(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    async with on_policies(one) as pilot:
        form = await editing(pilot, one, "Sites pilot")
        other = policy_id(one, "Sites all")
        site = next(row for row in one.workspace.store.units[Service.SHAREPOINT].values() if row.policy_id == other)
        await load(pilot, form, "add", site.address)
        assert "1 name: 0 staged, 1 to fix." in text(one)
        await pilot.press("escape", "N")
        await pilot.pause()
        assert "in another policy" in text(one)
        assert "Remove it there first, then add it here." in " ".join(text(one).split())


async def test_a_policy_is_created_renamed_and_deleted(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    active = one.service.policy(policy_id(one, "OneDrive all"))
    active.on = False
    async with on_policies(one) as pilot:
        await pilot.press("plus")
        await until(pilot, lambda: isinstance(one.app.screen, EditForm), "the form is open")
        assert "not yet: the policy needs a name" in text(one)
        await pilot.press("right", "tab")
        await typed(pilot, "Sales")
        await pilot.press("escape", "enter")
        await agreed(pilot, one, "create sales contoso")
        await until(pilot, lambda: isinstance(one.app.screen, PoliciesScreen), "it is created")
        assert any(each.name == "Sales" and not each.on for each in one.service.tenant.policies)
        deliver(one)
        await pilot.pause()

        policies = cast(PoliciesScreen, screen(one))
        policies.table.move_to(policy_id(one, "Sales"))
        await pilot.press("c")
        await pilot.pause()
        await typed(pilot, " 2027")
        await pilot.press("enter", "enter")
        await agreed(pilot, one, "rename sales contoso")
        await until(pilot, lambda: any(each.name == "Sales 2027" for each in one.service.tenant.policies), "renamed")
        await pilot.pause()
        if not isinstance(one.app.screen, PoliciesScreen):
            await pilot.press("escape")
        policies.table.move_to(policy_id(one, "Sales 2027"))
        await pilot.press("D")
        await agreed(pilot, one, "delete sales 2027 contoso")
        gone = "Sales 2027"
        await until(pilot, lambda: all(each.name != gone for each in one.service.tenant.policies), "deleted")


async def test_an_active_policy_is_not_deleted_and_the_key_says_why(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    async with on_policies(one) as pilot:
        cast(PoliciesScreen, screen(one)).table.move_to(policy_id(one, "Sites all"))
        await pilot.press("D")
        await pilot.pause(0.02)
        assert "only an inactive one can be deleted. X deactivates it." in " ".join(message(screen(one)).split())


async def test_a_policy_that_is_changing_is_not_said_to_need_deactivating(tmp_path: Path) -> None:
    one = tenant(tmp_path / "state")
    pilot_policy = next(policy for policy in one.service.tenant.policies if policy.name == "Sites pilot")
    pilot_policy.busy_until = one.service.now() + 600
    async with on_policies(one) as pilot:
        cast(PoliciesScreen, screen(one)).table.move_to(pilot_policy.id)
        await pilot.press("D")
        await pilot.pause(0.02)
        assert message(screen(one)).endswith("Wait until that has ended.")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture_of_the_form(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path / "state")

    async def ready(pilot: Pilot[Any]) -> None:
        await policies_read(pilot, one)
        form = await editing(pilot, one, "Mailboxes all")
        await load(pilot, form, "add", "nobody.here@contoso.com, ghost@contoso.com")
        units = [row for row in one.workspace.store.units[Service.EXCHANGE].values() if row.policy_id][:3]
        await load(pilot, form, "remove", ", ".join(row.address for row in units))
        form.table.focus()
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)
