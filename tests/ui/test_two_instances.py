"""Specifies two instances with one kept form: one goes on with it, the other one is told and begins a new one."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from form_screens import addresses, form_of, program, settled
from support import message, until
from textual.pilot import Pilot

from backup_tui.journal.write_lock import StandingLock
from backup_tui.ui.new_restore.screen import NewRestore

HOLDER = """
import sys
from pathlib import Path
from backup_tui.journal.write_lock import StandingLock
assert StandingLock(Path(sys.argv[1]), sys.argv[2]).take("filling in a form") is None
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(folder: Any, name: Any) -> Any:
    """A process that fills in the form."""
    command = [sys.executable, "-c", HOLDER, str(folder), name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


async def filled(pilot: Pilot[Any], one: Any, name: Any) -> Any:
    screen = await form_of(pilot, one)
    screen.fields.units.focus()
    await pilot.press(*name, "enter")
    await settled(pilot, screen)
    return screen


async def test_the_second_instance_is_told_and_both_forms_are_kept(tmp_path: Path) -> None:
    first, second = program(tmp_path), program(tmp_path)
    async with first.app.run_test() as pilot:
        one = await filled(pilot, first, addresses(first, "onedrive", 1)[0])
        async with second.app.run_test() as other_pilot:
            other = await form_of(other_pilot, second)
            said = message(other)
            assert "Another instance (pid " in said
            assert ") has your kept form; this one is new." in said
            assert other.drafting.form.is_empty
            other.fields.units.focus()
            await other_pilot.press(*addresses(second, "onedrive", 2)[1], "enter")
            await settled(other_pilot, other)
            kept = other.drafting.form
            await other_pilot.press("escape")
            again = await form_of(other_pilot, second)
            assert again.drafting.form.units == kept.units
            await other_pilot.press("escape")
            await until(other_pilot, lambda: not isinstance(second.app.screen, NewRestore))
        await pilot.press("escape")
        back = await form_of(pilot, first)
        assert back.drafting.form.units == one.drafting.form.units


async def test_an_empty_form_of_another_instance_is_no_news(tmp_path: Path) -> None:
    first, second = program(tmp_path), program(tmp_path)
    async with first.app.run_test() as pilot:
        await form_of(pilot, first)
        async with second.app.run_test() as other_pilot:
            other = await form_of(other_pilot, second)
            assert "Another instance" not in message(other)


async def test_the_form_of_an_instance_that_was_killed_is_free_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test() as pilot:
        screen = await filled(pilot, one, addresses(one, "onedrive", 1)[0])
        units = screen.drafting.form.units
        await pilot.press("escape")
        lock = one.workspace.context.lock
        with another_process(lock.folder, f"{lock.tenant_key} form ") as holder:
            screen = await form_of(pilot, one)
            assert f"Another instance (pid {holder.pid}) has your kept form; this one is new." in message(screen)
            await pilot.press("escape")
            holder.kill()
            holder.wait()
        screen = await form_of(pilot, one)
        assert screen.drafting.form.units == units


def test_a_standing_lock_is_held_until_it_is_given_back(tmp_path: Path) -> None:
    mine, theirs = StandingLock(tmp_path, "contoso.com form "), StandingLock(tmp_path, "contoso.com form ")
    assert mine.take("filling in a form") is None
    holder = theirs.take("filling in a form")
    assert holder is not None
    assert holder.purpose == "filling in a form"
    assert StandingLock(tmp_path, "contoso.com form :2").take("filling in a form") is None
    mine.give_back()
    assert theirs.take("filling in a form") is None
