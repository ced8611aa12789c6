"""Specifies lists that change while their pages are read: the cursor stays on its unit, the total is about right."""

from __future__ import annotations

from pathlib import Path

from protection_screens import LARGE, deliver, tenant, units_read
from support import Simulated, screen_text, shown_as

from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit, read_unit
from backup_tui.store.updates import UnitsPage
from backup_tui.ui.units.screen import UnitsScreen
from backup_tui.ui.widgets.table import RowTable


def unit(name: str) -> ProtectionUnit:
    return read_unit({"id": name, "email": f"{name}@contoso.com", "status": "protected"}, Service.EXCHANGE)


def table(one: Simulated) -> RowTable:
    return shown_as(one.app, UnitsScreen).table


async def test_the_cursor_stays_on_its_unit_when_others_come_and_go_between_pages(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=LARGE) as pilot:
        await units_read(pilot, one)
        store, asked = one.workspace.store, one.clock.monotonic() + 1

        def page(*names: str, first: bool = False, last: bool = False) -> None:
            items = tuple(unit(name) for name in names)
            store.apply(UnitsPage(Service.EXCHANGE, items, first, last, asked, one.clock.now()))
            deliver(one)

        page("ada", "ben", "cleo", first=True)
        page("dora", "emil", last=True)
        await pilot.pause()
        assert set(store.units[Service.EXCHANGE]) == {"ada", "ben", "cleo", "dora", "emil"}
        await pilot.press("home", "down", "down", "down")
        place = table(one).cursor_key
        assert place == "dora"
        asked += 1
        page("aaron", "ada", "ben", first=True)  # one was added before the page boundary: ben comes again
        await pilot.pause()
        assert table(one).cursor_key == place
        page("ben", "dora", "emil", last=True)
        await pilot.pause()
        assert table(one).cursor_key == place
        assert "cleo" not in store.units[Service.EXCHANGE]
        (heading,) = (line for line in screen_text(one.app) if "▌Units" in line)
        assert "about 5 " in heading
        assert "changed meanwhile" in heading
        asked += 1
        page("aaron", "ada", "ben", "dora", "emil", first=True, last=True)
        await pilot.pause()
        assert not any("about" in line for line in screen_text(one.app)[:5])


async def test_when_its_own_unit_leaves_the_cursor_goes_to_the_next_one(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=LARGE) as pilot:
        await units_read(pilot, one)
        store = one.workspace.store
        for step, names in enumerate((("ada", "ben", "cleo"), ("ada", "cleo"))):
            items = tuple(unit(name) for name in names)
            asked = one.clock.monotonic() + 1 + step
            store.apply(UnitsPage(Service.EXCHANGE, items, True, True, asked, one.clock.now()))
            deliver(one)
            await pilot.pause()
            if not step:
                await pilot.press("home", "down")
                assert table(one).cursor_key == "ben"
        assert table(one).cursor_key in ("ada", "cleo")
