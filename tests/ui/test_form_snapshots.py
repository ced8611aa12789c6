"""Specifies how the form, its picker and its names look at both sizes that count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from form_screens import addresses, form_for, form_of, program, settled
from support import shown_as, until
from textual.pilot import Pilot

from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.store.freshness import units_of
from backup_tui.ui.new_restore.picker import UnitPicker
from backup_tui.workspace.units_at_hand import read_units

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@SIZES
def test_form(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def fill(pilot: Pilot[Any]) -> None:
        form = form_for(one, 9, moment="2026-11-20 14:10", destination=Destination.IN_PLACE)
        screen = await form_of(pilot, one, form)
        screen.accept_paste("meganb@contso.com")
        await settled(pilot, screen)
        screen.table.focus()
        await pilot.pause()

    assert snap_compare(one.app, run_before=fill, terminal_size=size)


@SIZES
def test_form_ready(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def fill(pilot: Pilot[Any]) -> None:
        screen = await form_of(pilot, one, form_for(one, 3, moment="2h ago"))
        await settled(pilot, screen)
        screen.act.focus()
        await pilot.pause()

    assert snap_compare(one.app, run_before=fill, terminal_size=size)


@SIZES
def test_empty_form(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def open_it(pilot: Pilot[Any]) -> None:
        await settled(pilot, await form_of(pilot, one))

    assert snap_compare(one.app, run_before=open_it, terminal_size=size)


@SIZES
def test_names(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def fill(pilot: Pilot[Any]) -> None:
        screen = await form_of(pilot, one)
        screen.accept_paste(
            "\n".join([*addresses(one, "onedrive", 5), "adel.vance@contoso.com", "j.smith@contoso.com"])
        )
        await settled(pilot, screen)
        await pilot.press("enter")
        await pilot.pause()

    assert snap_compare(one.app, run_before=fill, terminal_size=size)


@SIZES
def test_names_to_choose(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def fill(pilot: Pilot[Any]) -> None:
        screen = await form_of(pilot, one, RestoreForm(Service.SHAREPOINT))
        screen.accept_paste("Finance\nqqqq")
        await settled(pilot, screen)
        await pilot.press("enter", "down")
        await pilot.pause()

    assert snap_compare(one.app, run_before=fill, terminal_size=size)


@SIZES
def test_matches(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def fill(pilot: Pilot[Any]) -> None:
        screen = await form_of(pilot, one, RestoreForm(Service.SHAREPOINT))
        await read_units(screen.ws, Service.SHAREPOINT)
        screen.fields.units.focus()
        await pilot.press(*"fin")
        await until(pilot, lambda: screen.fields.suggestions.is_open, "matches are offered")
        await pilot.press("down")
        await pilot.pause()

    assert snap_compare(one.app, run_before=fill, terminal_size=size)


@SIZES
def test_picker(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def pick(pilot: Pilot[Any]) -> None:
        await form_of(pilot, one)
        await pilot.press("3", "enter", "ctrl+o")
        picker = shown_as(one.app, UnitPicker)
        service_shown = picker.focus_on().service
        assert service_shown is not None
        await until(pilot, lambda: one.workspace.store.freshness(units_of(service_shown)).complete)
        picker.show()
        await pilot.press(*"finance", "enter", "space")
        await pilot.pause(0.3)

    assert snap_compare(one.app, run_before=pick, terminal_size=size)
