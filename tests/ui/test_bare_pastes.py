"""Specifies pastes that come as bare keys: line ends in a burst separate names, press nothing, and lose nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from form_screens import addresses, form_of, program, settled
from support import until
from textual import events

from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.widgets.fields import TextField

SIZE = (80, 24)
KEYS = {"\r": "enter", "\n": "ctrl+j", "\t": "tab"}


def burst(one: Any, text: Any) -> None:
    """Sends a text as bare keys, all at once, as one packet brings them."""
    for character in text:
        key = KEYS.get(character, character)
        one.app.post_message(events.Key(key, character))


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r", "\t"], ids=["CR", "LF", "CRLF", "blank lines", "tabs"])
@pytest.mark.parametrize("last", ["", "end"], ids=["no end", "with end"])
async def test_three_lines_give_three_units_and_press_nothing(tmp_path: Path, end: str, last: str) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.fields.units.focus()
        three = addresses(one, "onedrive", 3)
        tail = "\r" if end == "\t" else end if last else ""
        burst(one, end.join(three) + tail)
        await until(pilot, lambda: len(screen.drafting.form.units) == 3, "all three are found")
        form = screen.drafting.form
        assert [unit.name for unit in form.units] == three
        assert (form.problems, form.twice, form.pending, form.moment) == ((), (), "", "")
        assert one.app.screen is screen
        assert screen.focused is screen.fields.units


@pytest.mark.parametrize("cut", [5, 23, 24, 25, 40])
async def test_a_burst_that_comes_in_packets_is_one_list(tmp_path: Path, cut: int) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.fields.units.focus()
        await pilot.pause()
        three = addresses(one, "onedrive", 3)
        text = "\r\n".join([*three, "qqqq@contoso.com", ""])
        burst(one, text[:cut])
        await pilot.pause(0.1)
        burst(one, text[cut:])
        await until(pilot, lambda: len(screen.drafting.form.units) == 3 and screen.drafting.form.problems)
        form = screen.drafting.form
        assert form.counts.words == "4 lines: 3 found, 1 to fix"
        assert (form.pending, form.moment, form.left_out) == ("", "", ())
        assert one.app.screen is screen


async def test_an_export_with_its_header_is_read_as_the_table_that_it_is(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.fields.units.focus()
        two = addresses(one, "onedrive", 2)
        burst(one, "Department,UserPrincipalName\r" + "\r".join(f"Sales,{name}" for name in two))
        await until(pilot, lambda: len(screen.drafting.form.units) == 2)
        assert screen.drafting.form.counts.names == 2


async def test_lines_pasted_into_the_time_go_to_the_units(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.fields.moment.focus()
        two = addresses(one, "onedrive", 2)
        burst(one, "\r".join(two))
        await until(pilot, lambda: len(screen.drafting.form.units) == 2)
        assert screen.drafting.form.moment == ""


async def test_one_name_in_the_field_of_the_time_goes_to_the_units(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.fields.moment.focus()
        name = addresses(one, "onedrive", 1)[0]
        await pilot.press(*name, "enter")
        await until(pilot, lambda: len(screen.drafting.form.units) == 1)
        assert screen.focused is screen.fields.units


async def test_lines_pasted_into_a_correction_answer_nothing_and_press_nothing(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.accept_paste("qqqq@contoso.com\nzzzz@contoso.com")
        await settled(pilot, screen)
        await pilot.press("enter")
        assert isinstance(one.app.screen, NamesScreen)
        await pilot.press("c", "ctrl+u")
        burst(one, "xxxx@contoso.com\rxxx@contoso.com\r")
        field = one.app.screen.query_one(TextField)
        await until(pilot, lambda: field.value == "xxxx@contoso.com xxx@contoso.com", "all of it is in the field")
        assert len(screen.drafting.form.problems) == 2
        assert not screen.drafting.form.left_out


async def test_typing_is_never_taken_back_by_what_is_found_meanwhile(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.fields.units.focus()
        await pilot.pause()
        for character in addresses(one, "onedrive", 1)[0]:
            burst(one, character)
            screen.drafting.tell()
        await pilot.pause()
        assert screen.fields.units.value == screen.drafting.form.pending == addresses(one, "onedrive", 1)[0]
        assert isinstance(one.app.screen, NewRestore)


@pytest.mark.parametrize("wait", [False, True], ids=["in one packet", "enter later"])
async def test_one_line_that_a_slow_connection_brings_at_once_is_typed_text(tmp_path: Path, wait: bool) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.fields.moment.focus()
        await pilot.pause()
        burst(one, "2026-11-20 14:10")
        if wait:
            await pilot.pause(0.05)
        burst(one, "\r")
        await until(pilot, lambda: screen.focused is screen.fields.express, "enter goes on")
        assert screen.drafting.form.moment == "2026-11-20 14:10"
        assert not screen.drafting.form.counts.names
