"""Specifies times typed into the form: a relative one stays the moment it was; one among the units is understood."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

from form_screens import addresses, form_for, form_of, program, settled
from support import message, screen_text

from backup_tui.restore.points.moments import write_moment
from backup_tui.ui.new_restore.text import moment_note

SIZE = (80, 24)


async def test_a_relative_time_stays_the_same_moment_however_late_the_form_is_gone_on_with(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("down", "down", *"yesterday 14:00")
        await settled(pilot, screen)
        form, typed_at = screen.drafting.form, screen.drafting.now
        day = f"{typed_at - timedelta(days=1):%a} {(typed_at - timedelta(days=1)).day} "
        assert moment_note(form, typed_at).text.startswith(f"= {day}")
        assert moment_note(form, typed_at + timedelta(days=2)).text.startswith(f"= {day}")
        await pilot.press("escape")
    another = program(tmp_path)
    async with another.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, another)
        assert screen.drafting.form.asked_at == form.asked_at


async def test_an_own_time_that_counts_from_now_is_written_down_as_the_moment_it_is(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 2, moment="2026-11-20 14:10"))
        await settled(pilot, screen)
        await pilot.press("tab")
        row = screen.row
        assert row is not None
        before = screen.drafting.now
        await pilot.press("t", "ctrl+u", *"3d ago", "enter")
        await settled(pilot, screen)
        own = screen.drafting.form.own_times[row]
        assert write_moment(before - timedelta(days=3)) <= own <= write_moment(screen.drafting.now - timedelta(days=3))
        point = screen.drafting.lookups.point(screen.drafting.form, row)
        assert point is not None
        assert point.own


async def test_a_time_typed_among_the_units_goes_to_the_point(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("down", *addresses(one, "onedrive", 1)[0], "enter", *"2h ago", "enter")
        await settled(pilot, screen)
        form = screen.drafting.form
        assert (form.moment, form.pending, len(form.units), form.problems) == ("2h ago", "", 1, ())
        assert screen.focused is screen.fields.moment
        assert "is a time" in message(screen)
        await pilot.press("enter")
        assert cast(object, screen.focused) is screen.fields.express


async def test_mailboxes_are_offered_no_express_points(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("1")
        await settled(pilot, screen)
        line = next(line for line in screen_text(one.app) if "Express" in line)
        assert "mailboxes have no express points" in line
        assert "prefer" not in line
