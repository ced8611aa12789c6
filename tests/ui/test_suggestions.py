"""Specifies the units that are offered while a name is typed: loaded ones only, and none is taken unless chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from form_screens import form_of, program, settled
from support import message, screen_text, until
from textual import events
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.new_restore.suggestions import PAUSE
from backup_tui.workspace.units_at_hand import read_units

SIZE = (80, 24)


async def sites(pilot: Pilot[Any], one: Any, *, loaded: Any = True) -> Any:
    """The form of a restore of sites, the keys in the field of the units."""
    screen = await form_of(pilot, one, RestoreForm(Service.SHAREPOINT))
    if loaded:
        await read_units(screen.ws, Service.SHAREPOINT)
    screen.fields.units.focus()
    await pilot.pause()
    return screen


async def offered(pilot: Pilot[Any], screen: Any) -> Any:
    await until(pilot, lambda: screen.fields.suggestions.is_open, "matches are offered")
    await pilot.pause()
    return [line for line in screen_text(screen.app) if "protected" in line]


async def test_down_chooses_a_match_and_enter_takes_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await sites(pilot, one)
        await pilot.press(*"fin")
        lines = await offered(pilot, screen)
        assert [line.split()[0] for line in lines] == [
            "/sites/finance",
            "/sites/finance-archive-2024",
            "/sites/finance-emea",
            "/teams/finance",
        ]
        assert any("4 matches" in line for line in screen_text(one.app))
        await pilot.press("down", "down", "up", "down", "enter")
        await settled(pilot, screen)
        form = screen.drafting.form
        assert [unit.name for unit in form.units] == ["https://contoso.sharepoint.com/sites/finance-archive-2024"]
        assert (form.pending, form.problems) == ("", ())
        assert screen.focused is screen.fields.units
        await pilot.press(*"finance-arch")
        await offered(pilot, screen)
        assert any("in the list" in line for line in screen_text(one.app))
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "is already in the list; counted once." in message(screen)
        assert len(screen.drafting.form.units) == 1


async def test_matches_of_units_that_were_read_after_the_typing_are_offered(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        one.service.faults.add("refuse", path="siteProtectionUnits|units", status=503, times=None)
        screen = await sites(pilot, one, loaded=False)
        await pilot.press(*"fin")
        await pilot.pause(2 * PAUSE)
        assert not screen.fields.suggestions.is_open
        one.service.faults.clear()
        await read_units(screen.ws, Service.SHAREPOINT)
        one.app.bridge.deliver()
        assert len(await offered(pilot, screen)) == 4


async def test_enter_takes_what_is_typed_until_a_match_is_chosen(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await sites(pilot, one)
        await pilot.press(*"Finance")
        await offered(pilot, screen)
        assert any("enter take the typed text" in line for line in screen_text(one.app))
        await pilot.press("enter")
        await settled(pilot, screen)
        form = screen.drafting.form
        assert form.units == ()
        assert [problem.written.text for problem in form.problems] == ["Finance"]


async def test_esc_closes_the_matches_and_nothing_else(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await sites(pilot, one)
        await pilot.press(*"fin")
        await offered(pilot, screen)
        await pilot.press("escape")
        assert not screen.fields.suggestions.is_open
        assert isinstance(one.app.screen, NewRestore)
        assert screen.drafting.form.pending == "fin"
        await pilot.press("down")
        assert screen.focused is screen.fields.moment


async def test_pasted_text_units_that_are_not_loaded_and_two_letters_offer_nothing(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await sites(pilot, one, loaded=False)
        await pilot.press(*"fin")
        await pilot.pause(PAUSE + 0.1)
        assert not screen.fields.suggestions.is_open
        await read_units(screen.ws, Service.SHAREPOINT)
        await pilot.press("ctrl+u", *"fi")
        await pilot.pause(PAUSE + 0.1)
        assert not screen.fields.suggestions.is_open
        await pilot.press("ctrl+u")
        one.app.post_message(events.Paste("finance"))
        await pilot.pause(PAUSE + 0.1)
        assert screen.drafting.form.pending == "finance"
        assert not screen.fields.suggestions.is_open
        await pilot.press("ctrl+u")
        for character in "/sites/finance":
            one.app.post_message(events.Key({"/": "slash"}.get(character, character), character))
        await pilot.pause(PAUSE + 0.1)
        assert screen.drafting.form.pending == "/sites/finance"
        assert not screen.fields.suggestions.is_open
        await pilot.press("backspace")
        await offered(pilot, screen)


async def test_a_name_that_was_entered_at_once_offers_nothing_afterwards(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await sites(pilot, one)
        await pilot.press(*"/sites/finance", "enter")
        await settled(pilot, screen)
        await pilot.pause(PAUSE + 0.1)
        assert len(screen.drafting.form.units) == 1
        assert not screen.fields.suggestions.is_open
        await pilot.press("escape")
        assert not isinstance(one.app.screen, NewRestore)


async def test_the_domain_that_all_share_matches_nobody(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await read_units(screen.ws, Service.ONEDRIVE)
        screen.fields.units.focus()
        await pilot.press(*"contoso")
        await pilot.pause(PAUSE + 0.1)
        assert not screen.fields.suggestions.is_open
        await pilot.press("ctrl+u", *"megan.bowen@contoso")
        await offered(pilot, screen)
        assert any("1 match" in line for line in screen_text(one.app))
