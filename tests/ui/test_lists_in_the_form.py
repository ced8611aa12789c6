"""Specifies that a list that is pasted or loaded says on the screen what of it was not taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from form_screens import addresses, form_of, program, settled
from support import message, screen_text, until
from textual import events

SIZE = (120, 40)


async def test_a_mailbox_list_out_of_a_mail_gives_everybody_in_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        first, second, third = addresses(one, "onedrive", 3)
        one.app.post_message(events.Paste(f"Vance, Adele <{first}>; Aoki, Benoit <{second}>; <{third}>"))
        await pilot.pause()
        await settled(pilot, screen)
        assert [unit.name for unit in screen.drafting.form.units] == [first, second, third]


@pytest.mark.parametrize("way", ["pasted", "loaded"])
async def test_a_list_in_which_no_name_is_says_what_is(tmp_path: Path, way: str) -> None:
    one = program(tmp_path)
    text = "# asked for by HR\nName,Email,Manager\n,,boss@contoso.com\n"
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        if way == "pasted":
            one.app.post_message(events.Paste(text))
        else:
            path = tmp_path / "list.csv"
            path.write_text(text, "utf-8")
            screen.fields.units.focus()
            await pilot.press(*f"@{path}", "enter")
            await until(pilot, lambda: "holds no names" in " ".join(screen_text(one.app)))
        await until(pilot, lambda: "in column Manager: boss@contoso.com" in message(screen))
        assert screen.drafting.form.units == ()
