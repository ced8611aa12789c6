"""Specifies picking units from the list of all: search, marks, near-doubles pointed out, what goes into the form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from form_screens import form_of, program, settled
from support import footer, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.simulator.control.faults import Fault
from backup_tui.store.freshness import units_of
from backup_tui.ui.new_restore.picker import UnitPicker
from backup_tui.ui.new_restore.screen import NewRestore

SIZE = (80, 24)


async def picker_of(pilot: Pilot[Any], one: Any, service: Any = "3") -> tuple[NewRestore, UnitPicker]:
    """The picker of a service, with its list read."""
    form = await form_of(pilot, one)
    await pilot.press(service, "enter", "ctrl+o")
    picker = one.app.screen
    assert isinstance(picker, UnitPicker)
    service_shown = picker.focus_on().service
    assert service_shown is not None
    await until(pilot, lambda: one.workspace.store.freshness(units_of(service_shown)).complete)
    await pilot.pause(0.3)
    return form, picker


async def test_sites_are_found_marked_and_taken_and_near_doubles_pointed_out(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form, picker = await picker_of(pilot, one)
        await pilot.press(*"finance", "enter", "space")
        await pilot.pause(0.05)
        lines = screen_text(one.app)
        assert any("4 of 75" in line for line in lines)
        assert any("Selected 1" in line for line in lines)
        assert any("! Not selected: /sites/finance-archive-2024 has the same name, Finance" in line for line in lines)
        assert any("1 more (v)" in line for line in lines)
        assert "enter take the 1 selected" in footer(picker)
        await pilot.press("enter")
        assert one.app.screen is form
        assert [unit.name for unit in form.drafting.form.units] == ["https://contoso.sharepoint.com/sites/finance"]


async def test_without_a_mark_enter_takes_the_row_under_the_cursor(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form, _picker = await picker_of(pilot, one, "1")
        await pilot.press(*"megan.bowen", "enter", "enter")
        assert [unit.name for unit in form.drafting.form.units] == ["megan.bowen@contoso.com"]


async def test_units_of_the_form_are_marked_and_an_unmarked_one_leaves_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = await form_of(pilot, one)
        form.accept_paste("lee.gu@contoso.com\nadele.vance@contoso.com")
        await settled(pilot, form)
        await pilot.press("ctrl+o")
        picker = shown_as(one.app, UnitPicker)
        await pilot.pause()
        assert len(picker.table.marked) == 2
        await pilot.press(*"lee.gu", "enter")
        await pilot.pause()
        assert any("1 hidden by the filter" in line for line in screen_text(one.app))
        await pilot.press("space", "enter")
        assert [unit.name for unit in form.drafting.form.units] == ["adele.vance@contoso.com"]
        form.act.focus()
        await pilot.press("u")
        assert len(form.drafting.form.units) == 2


async def test_escape_takes_nothing(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form, _picker = await picker_of(pilot, one)
        await pilot.press("enter", "space")
        await pilot.press("escape")
        assert one.app.screen is form
        assert not form.drafting.form.units


async def test_a_list_that_cannot_be_read_says_so_and_is_read_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await form_of(pilot, one)
        one.service.faults.rules.append(
            Fault("refuse", path="protectionUnits", status=403, code="Forbidden", times=None)
        )
        await pilot.press("3", "enter", "ctrl+o")
        await until(pilot, lambda: any("could not be read" in line for line in screen_text(one.app)))
        one.service.faults.clear()
        await pilot.press("enter", "r")
        await until(pilot, lambda: shown_as(one.app, UnitPicker).table.row_count == 75)
        assert not isinstance(one.app.screen, NewRestore)
