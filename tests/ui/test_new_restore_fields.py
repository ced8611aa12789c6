"""Specifies the fields of a new restore: what is refused while it is typed, what a list brings, what is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from form_screens import addresses, form_for, form_of, last_draft, program, settled
from msgspec.structs import replace
from support import footer, message, screen_text, until
from textual import events

from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.failed import form_from_session
from backup_tui.restore.drafts.form import Express, FormUnit, RestoreForm

SIZE = (80, 24)


async def test_what_is_missing_is_said_and_enter_on_the_last_line_goes_there(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("tab", "enter")
        assert "No OneDrive account is chosen." in message(screen)
        assert screen.focused is screen.fields.units
        await pilot.press(*"nobody@contoso.com", "enter")
        await settled(pilot, screen)
        screen.act.focus()
        await pilot.press("enter")
        assert "Fix 1 name or leave it out." in message(screen)
        assert screen.drafting.form.problems[0].written.text == "nobody@contoso.com"


async def test_a_time_before_the_first_backup_has_no_point_and_no_draft(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        unit = one.service.tenant.units["onedrive"][0]
        form = RestoreForm(Service.ONEDRIVE, (FormUnit(unit.id, unit.address),), moment="2025-11-22 20:00")
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        assert "before the first backup" in screen.act.text
        screen.act.focus()
        before = len(one.service.sessions)
        await pilot.press("enter")
        assert len(one.service.sessions) == before


async def test_mailboxes_have_no_express_points_so_the_field_is_passed_over(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.drafting.change(screen.drafting.form.with_express(Express.PREFER), "x")
        await pilot.press("1")
        assert screen.drafting.form.express is Express.IGNORE
        assert screen.fields.express.disabled
        assert any("mailboxes have no express points" in line for line in screen_text(one.app))


async def test_mixed_destinations_of_a_copy_have_to_be_settled(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        unit = one.service.tenant.units["sharepoint"][0]
        form = RestoreForm(
            Service.SHAREPOINT,
            (FormUnit(unit.id, unit.address),),
            moment="latest",
            destination=None,
            copied_destinations=(Destination.NEW, Destination.IN_PLACE),
        )
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        assert "goes to two destinations" in " ".join(screen_text(one.app))
        screen.fields.destination.focus()
        await pilot.press("1")
        assert screen.drafting.form.destination is Destination.NEW
        await settled(pilot, screen)
        assert screen.act.text.startswith("enter: 1 site to a NEW address")


async def test_a_list_pasted_into_any_field_goes_whole_to_the_units_and_a_file_is_read(tmp_path: Path) -> None:
    one = program(tmp_path)
    names = tmp_path / "list.csv"
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        four = addresses(one, "onedrive", 4)
        screen.fields.moment.focus()
        one.app.post_message(events.Paste("\r\n".join(four[:2]) + "\r\n"))
        await pilot.pause()
        await settled(pilot, screen)
        assert [unit.name for unit in screen.drafting.form.units] == four[:2]
        assert screen.drafting.form.moment == ""
        names.write_text("Department,UserPrincipalName\n" + "\n".join(f"x,{name}" for name in four[2:]), "utf-8")
        screen.fields.units.focus()
        await pilot.press(*f"@{names}", "enter")
        await until(pilot, lambda: len(screen.drafting.form.units) == 4)
        assert "Column not used: Department." in message(screen)
        await pilot.press(*"@/nowhere/list.csv", "enter")
        await until(pilot, lambda: "cannot be read" in " ".join(screen_text(one.app)))
        assert screen.drafting.form.pending == "@/nowhere/list.csv"


async def test_own_time_leaving_out_and_taking_back(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        units = one.service.tenant.units["onedrive"][:3]
        form = RestoreForm(units=tuple(FormUnit(unit.id, unit.address) for unit in units), moment="2026-11-20 14:10")
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        await pilot.press("tab")
        row = screen.row
        assert row is not None
        assert "t time" in footer(screen)
        await pilot.press("t", "ctrl+u", *"2026-11-19 08:00", "enter")
        await settled(pilot, screen)
        point = screen.drafting.lookups.point(screen.drafting.form, row)
        assert screen.drafting.form.own_times == {row: "2026-11-19 08:00"}
        assert point is not None
        assert point.own
        assert f"{point.wanted:%d %H:%M}" == "19 07:00"
        assert any("own, standard" in line for line in screen_text(one.app))
        screen.table.move_to(row)
        await pilot.press("x")
        assert row not in screen.drafting.form.unit_ids
        assert screen.drafting.form.left_out
        assert "u brings it back" in message(screen)
        await pilot.press("u", "u")
        assert row in screen.drafting.form.unit_ids
        assert not screen.drafting.form.own_times


async def test_the_zone_is_asked_for_and_a_wrong_one_says_which_was_meant(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("z", "ctrl+u", *"Europe/Berln", "enter")
        assert any("Did you mean" in line or "is not a time zone" in line for line in screen_text(one.app))
        await pilot.press("ctrl+u", *"america/new_york", "enter")
        assert screen.drafting.form.zone == "America/New_York"
        assert screen.focused is screen.fields.service


async def test_the_zone_is_asked_for_once_where_nobody_has_set_one(tmp_path: Path) -> None:
    one = program(tmp_path, tz="UTC", tz_settled=False)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("enter", "enter", *"20")
        assert not screen.asking.is_open
        assert screen.drafting.form.moment == "20"
        await pilot.press(*"26-11-20 14:10", "enter")
        await until(pilot, lambda: screen.asking.is_open)
        assert screen.drafting.form.moment == "2026-11-20 14:10"
        await pilot.press("ctrl+u", *"Europe/Paris", "enter")
        await until(pilot, lambda: screen.drafting.form.zone == "Europe/Paris")
        assert screen.focused is screen.fields.express
        await pilot.press("escape")
        screen = await form_of(pilot, one)
        await pilot.press("down", "down", "down")
        await pilot.pause()
        assert not screen.asking.is_open
        assert screen.drafting.form.zone == "Europe/Paris"


@pytest.mark.parametrize("express", list(Express))
@pytest.mark.parametrize("change", [True, False], ids=["change", "rehearsal"])
async def test_the_form_of_a_draft_finds_the_very_points_of_the_draft_again(
    tmp_path: Path, express: Any, change: bool
) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 12, express=express))
        await settled(pilot, screen)
        held = {row.unit_id: row.point_id for row in screen.drafting.plan().rows}
        await screen.make_draft(None)
        await pilot.pause()
        draft, context = await last_draft(one), one.workspace.context
        form = await form_from_session(context, draft, None if change else Destination.NEW, change=change)
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        assert {row.unit_id: row.point_id for row in screen.drafting.plan().rows} == held


async def test_all_units_without_a_point_are_left_out_with_one_key_and_come_back_with_one(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 5))
        without = [
            FormUnit(unit.id, unit.address)
            for unit in one.service.tenant.units["onedrive"]
            if unit.address in ("yara.achterberg@contoso.com", "henrik.lefevre@contoso.com")
        ]
        form = replace(screen.drafting.form, units=(*screen.drafting.form.units, *without))
        screen.drafting.change(form, "two without a point")
        await settled(pilot, screen)
        gone = {row.unit_id for row in screen.drafting.lookups.table(form).unusable}
        assert gone
        await pilot.press("tab", "L")
        assert f"{len(gone)} without a point left out. u undoes." in message(screen)
        assert gone.isdisjoint(screen.drafting.form.unit_ids)
        assert len(screen.drafting.form.left_out) == len(gone)
        await pilot.press("L")
        assert "No unit here is without a point." in message(screen)
        await pilot.press("u")
        assert screen.drafting.form == form


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("down", "down", *"2h", "down"), True),
        (("down", "down", *"2h", "up"), False),
        (("down", "down", *"2h", "tab"), True),
        (("down", "down", "down"), False),
        (("down", "down", *"latest", "down"), False),
    ],
    ids=["down", "to another text field", "tab", "nothing typed", "latest needs no zone"],
)
async def test_the_zone_question_waits_until_nothing_is_being_typed(tmp_path: Path, keys: Any, asked: bool) -> None:
    one = program(tmp_path, tz="UTC", tz_settled=False)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press(*keys)
        await pilot.pause()
        assert screen.asking.is_open is asked
