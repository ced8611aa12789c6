"""Specifies keys in messages: where a text field has the focus a letter is text, so the way out of it is said first."""

from __future__ import annotations

from pathlib import Path

import pytest
from form_screens import addresses, form_for, form_of, program, settled
from protection_screens import on_policies, screen, tenant
from support import message, screen_text

from backup_tui.ui.frame.field_keys import out_of_field_first
from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.new_restore.picker import UnitPicker

SIZE = (120, 40)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Signed out. T signs in. Restores go on.", "Signed out. Esc, then T signs in. Restores go on."),
        ("Press T to sign in again.", "Press Esc, then T to sign in again."),
        ("Read the list again (r).", "Read the list again (Esc, then r)."),
        ("lee.gu left out. u brings it back.", "lee.gu left out. Esc, then u brings it back."),
        ("It is not read; r tries again.", "It is not read; Esc, then r tries again."),
        ("3 Sessions shows it, A there opens its review.", "3 Sessions shows it, Esc, then A there opens its review."),
        ("Paused until 03:55; P goes on.", "Paused until 03:55; Esc, then P goes on."),
        ("6 failed above   ! shows them", "6 failed above   Esc, then ! shows them"),
        ("No policy yet. + creates one.", "No policy yet. Esc, then + creates one."),
        ("It is kept; n then starts a new one.", "It is kept; Esc, then n then starts a new one."),
        ("Deleted: bring it back, then f.", "Deleted: bring it back, then Esc, then f."),
        ("Sign in: T, or backup-tui login.", "Sign in: Esc, then T, or backup-tui login."),
        ("Sign in again (T, or backup-tui login).", "Sign in again (Esc, then T, or backup-tui login)."),
        ("f takes an earlier point; t another time.", "Esc, then f takes an earlier point; Esc, then t another time."),
        ("Whole ids are copied with y.", "Whole ids are copied with Esc, then y."),
    ],
)
def test_a_letter_is_said_with_the_way_out(text: str, said: str) -> None:
    assert out_of_field_first(text, lambda key: "Esc") == said


@pytest.mark.parametrize(
    "text",
    [
        "A draft of 3 units; a mailbox stays as it is.",
        "10 d 2 h 22 ago, within 1 h is near.",
        "The draft is being made; enter goes on with the rest.",
        "Plan B is not a key here.",
        "Esc clears the filter.",
        "See 5 Activity. x@y.com is known.",
        "? holds cannot be seen: a held account fails.",
        "! flags and importance are not kept",
        "2 d ago, within 1 h or so; 3 m tall.",
    ],
)
def test_words_that_are_no_keys_stay(text: str) -> None:
    assert out_of_field_first(text, lambda key: "Esc" if len(key) == 1 else None) == text


async def test_a_message_in_the_form_names_keys_for_where_the_focus_is(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 2))
        await settled(pilot, screen)
        await pilot.press("tab", "x")
        assert "left out. u brings it back." in message(screen)
        screen.fields.units.focus()
        await pilot.pause()
        assert "left out. Tab, then u brings it back." in message(screen)
        await pilot.press("tab", "u")
        assert len(screen.drafting.form.units) == 2
        screen.fields.moment.focus()
        await pilot.pause()
        screen.say("Signed out at 03:50. T signs in.")
        assert "Esc, then T signs in." in message(screen)
        assert any("f2 zone" in line for line in screen_text(one.app))
        screen.fields.units.focus()
        await pilot.pause()
        assert not any("z zone" in line for line in screen_text(one.app))


async def test_a_correction_that_is_typed_is_left_with_esc(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.accept_paste("qqqq@contoso.com\nzzzz@contoso.com\nyyyy@contoso.com")
        await settled(pilot, screen)
        await pilot.press("enter", "x", "c")
        assert isinstance(one.app.screen, NamesScreen)
        assert "left out. Esc, then u brings it back." in message(one.app.screen)
        await pilot.press("escape", "u")
        assert len(screen.drafting.form.problems) == 3


async def test_the_picker_says_what_marks_while_its_search_has_the_keys(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = await form_of(pilot, one)
        await settled(pilot, screen)
        await pilot.press("down", "ctrl+o")
        await pilot.pause()
        assert isinstance(one.app.screen, UnitPicker)
        assert any("enter, then space selects" in line for line in screen_text(one.app))
        await pilot.press(*addresses(one, "onedrive", 1)[0][:6], "enter", "space")
        await pilot.pause()
        assert len(one.app.screen.table.marked) == 1


async def test_the_lines_about_a_row_name_keys_for_where_the_focus_is(tmp_path: Path) -> None:
    """While the filter of a list is typed, letters are text; `enter` keeps the filter and leads to the list."""
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await pilot.press("j")
        assert any("protected; enter lists them first." in line for line in screen_text(one.app))
        await pilot.press("slash", "a")
        await pilot.pause()
        assert any("protected; Enter, then enter lists them first." in line for line in screen_text(one.app))
        screen(one).say("Signed out. T signs in.")
        assert "Enter, then T signs in." in message(screen(one))
        await pilot.press("enter")
        await pilot.pause()
        assert any("protected; enter lists them first." in line for line in screen_text(one.app))


async def test_the_words_of_an_empty_list_name_keys_for_where_the_focus_is(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_policies(one) as pilot:
        await pilot.press("5", "m")
        await pilot.pause()
        assert any("m shows the reads" in line for line in screen_text(one.app))
        await pilot.press("slash")
        await pilot.pause()
        assert any("Enter, then m shows the reads" in line for line in screen_text(one.app))
