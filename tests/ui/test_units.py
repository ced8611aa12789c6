"""Specifies the screens of units: search, marks that outlast it, what a missing name means, points of one unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from protection_screens import LARGE, SMALL, copied, deliver, forms, on_units, screen, tenant, units_read
from support import NOW, Simulated, footer, jwt, message, screen_text, until
from textual.pilot import Pilot

from backup_tui.models.remembered import UnitName
from backup_tui.models.services import Service
from backup_tui.restore.points.moments import parse_moment
from backup_tui.simulator.domain.points import find_point
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.ui.units.points import UnitPoints, typed_moment
from backup_tui.ui.units.screen import UnitsScreen
from backup_tui.ui.widgets.form_parts import AskLine
from backup_tui.ui.widgets.table import Cell, RowTable

APP_ONLY = jwt(
    tid="f00d0000-0000-4000-8000-00000000cafe",
    appid="1234",
    roles=[f"BackupRestore-{name}.Read.All" for name in ("Control", "Configuration", "Search", "Restore")],
)


def text(one: Simulated) -> str:
    return "\n".join(screen_text(one.app))


def units_screen(one: Simulated) -> UnitsScreen:
    return cast(UnitsScreen, screen(one))


def named(one: Simulated, address: str, service: Service = Service.EXCHANGE) -> str:
    return next(row.id for row in one.workspace.store.units[service].values() if row.address == address)


# -- the list -------------------------------------------------------------------------------------------------


async def test_each_service_keeps_its_marks_and_its_place(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        table = units_screen(one).table
        assert "[Exchange 120] OneDrive …  SharePoint …" in text(one)
        await pilot.press("j", "j", "space", "space")
        place = table.cursor_key
        await pilot.press("tab")
        await until(pilot, lambda: one.workspace.store.units[Service.ONEDRIVE].complete)
        deliver(one)
        await pilot.pause()
        assert "Exchange 120, 2 selected [OneDrive 105]" in text(one)
        assert not table.marked
        await pilot.press("shift+tab")
        await pilot.pause()
        assert len(table.marked) == 2
        assert table.cursor_key == place


async def test_a_filter_counts_what_it_shows_and_the_marks_that_it_hides(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        units = units_screen(one)
        units.table.marked = [named(one, "adele.vance@contoso.com"), named(one, "lee.gu@contoso.com")]
        await pilot.press("slash", *"lee.gu", "enter")
        await pilot.pause()
        assert "1 of 120" in text(one)
        assert "2 selected, 1 hidden by the filter" in text(one)
        await pilot.press("escape")
        await pilot.pause()
        assert units.filter_text == ""
        assert "2 selected" in text(one)
        assert "hidden" not in text(one)


async def test_while_pages_come_no_hit_is_only_so_far(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        clock = one.workspace.clock
        one.workspace.store.apply(up.UnitsPage(Service.EXCHANGE, (), True, False, clock.monotonic() + 1, clock.now()))
        deliver(one)
        await pilot.press("slash", *"nobody")
        await pilot.pause()
        assert "120 loaded, more to come" in text(one)
        assert "No match so far; 120 loaded, more to come." in text(one)


async def test_a_list_that_broke_off_says_so_and_keeps_what_came(tmp_path: Path) -> None:
    one = tenant(tmp_path, page_size=50)
    one.service.faults.add("refuse", path="mailboxProtectionUnit$", after=1, status=403, code="Forbidden", times=None)
    async with one.app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: one.workspace.is_open)
        await pilot.press("4")
        await until(pilot, lambda: len(one.workspace.store.units[Service.EXCHANGE]) == 50)
        key = fresh.units_of(Service.EXCHANGE)
        await until(pilot, lambda: one.workspace.store.freshness(key).error)
        deliver(one)
        await pilot.pause()
        assert "only 50 loaded 15:32: " in text(one)
        assert "all loaded" not in text(one)


async def test_the_marked_units_go_into_a_new_restore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    opened_forms = forms(monkeypatch)
    async with on_units(one, Service.SHAREPOINT) as pilot:
        ids = [named(one, f"https://contoso.sharepoint.com{path}", Service.SHAREPOINT) for path in FINANCE]
        units_screen(one).table.marked = ids
        await pilot.pause()
        assert "n restore 2 selected" in footer(screen(one))
        await pilot.press("slash", *"hr", "enter", "n")
        await pilot.pause(0.02)
        (form,) = opened_forms
        assert form.service is Service.SHAREPOINT
        assert {unit.unit_id for unit in form.units} == set(ids)
        assert form.zone == "Europe/Berlin"


FINANCE = ("/sites/finance", "/sites/finance-emea")


async def test_copying_gives_ids_or_a_list_of_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    texts = copied(one, monkeypatch)
    async with on_units(one) as pilot:
        lee, adele = named(one, "lee.gu@contoso.com"), named(one, "adele.vance@contoso.com")
        table = units_screen(one).table
        table.move_to(lee)
        await pilot.press("y")
        await pilot.pause(0.02)
        table.marked = [lee, adele]
        await pilot.press("Y")
        await pilot.pause(0.02)
        assert texts == [lee, "adele.vance@contoso.com\nlee.gu@contoso.com"]


async def test_a_sign_in_without_a_person_shows_object_ids_and_says_why_once(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=APP_ONLY)
    async with on_units(one):
        assert text(one).count("This kind of sign-in gets no names; object ids are shown.") == 1
        row = one.workspace.store.units[Service.EXCHANGE][units_screen(one).keys()[0]]
        assert row.object_id in text(one)
        assert "deleted" not in text(one)


async def test_a_deleted_account_keeps_its_last_name_in_words_that_say_so(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        units = one.workspace.store.units[Service.EXCHANGE]
        nameless = next(row.id for row in units.values() if not row.address and not row.title)
        assert "(no name)" in text(one)
        gus = UnitName(nameless, Service.EXCHANGE, "gus.olsen@contoso.com", "Gus Olsen", NOW)
        one.workspace.store.apply(up.NamesKnown({nameless: gus}))
        deliver(one)
        units_screen(one).table.move_to(nameless)
        await pilot.pause()
        assert "gus.olsen (deleted)" in text(one)
        assert "(Gus Olsen)" in text(one)
        assert "gus.olsen@contoso.com, deleted: its last known name" in text(one)


async def test_with_ten_thousand_rows_a_key_costs_the_visible_ones_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tenant(tmp_path, units=10_000, page_size=5000)
    async with on_units(one) as pilot:
        units = units_screen(one)
        asked: list[str] = []
        cells = units.cells

        def note(key: str) -> Sequence[Cell]:
            asked.append(key)
            return cells(key)

        monkeypatch.setattr(units, "cells", note)
        keys = units.keys()
        assert len(keys) == 4000
        await pilot.press("G")
        await pilot.pause()
        assert len(asked) < 100
        deliver(one)
        assert units.keys() is keys


# -- points ---------------------------------------------------------------------------------------------------


def time_of(one: Simulated, point: str) -> datetime:
    """When a restore point was made, by the service."""
    found = find_point(one.service.tenant, point, one.service.now())
    assert found is not None
    return datetime.fromtimestamp(found.moment, UTC)


async def points_of(pilot: Pilot[Any], one: Simulated, unit_id: str) -> UnitPoints:
    """Opens the points of a unit and waits until they are read."""
    units_screen(one).table.move_to(unit_id)
    await pilot.press("enter")
    await pilot.pause()
    points = screen(one)
    assert isinstance(points, UnitPoints)
    await until(pilot, lambda: "reading since" not in text(one), "the points are read")
    await pilot.pause()
    return points


async def test_points_say_their_age_their_gaps_and_which_are_express(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one, Service.ONEDRIVE) as pilot:
        points = await points_of(pilot, one, named(one, "adele.vance@contoso.com", Service.ONEDRIVE))
        shown = text(one)
        assert "Newest  22 Nov 14:20 UTC, 15:20 Europe/Berlin, 12 min ago" in shown
        assert "Express " in shown
        assert len(points.keys()) == 5
        await pilot.press("o")
        await until(pilot, lambda: len(points.keys()) == 10, "older ones are read")
        listed = points.keys()
        times = [time_of(one, key) for key in listed]
        assert [newer - older for newer, older in pairwise(times)] == [timedelta(minutes=10)] * 9


async def test_points_before_a_time_that_is_typed(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        points = await points_of(pilot, one, named(one, "adele.vance@contoso.com"))
        assert "mailboxes have no express points" in text(one)
        await pilot.press("t", *"2099-01-01", "enter")
        await pilot.pause()
        assert "in the future" in message(screen(one))
        assert points.query_one(AskLine).is_open
        await pilot.press("ctrl+u", *"2026-11-20 14:10", "enter")
        wanted = datetime(2026, 11, 20, 13, 10, tzinfo=UTC)
        await until(pilot, lambda: points.keys() and time_of(one, points.keys()[0]) == wanted, "points are read")
        await pilot.pause()
        assert "Points at or before 20 Nov 13:10 UTC (14:10 Europe/Berlin)" in text(one)
        await pilot.press("escape")
        await until(pilot, lambda: time_of(one, points.keys()[0]) > wanted, "the newest are back")
        assert isinstance(screen(one), UnitPoints)


async def test_a_restore_to_a_point_begins_with_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    opened_forms = forms(monkeypatch)
    async with on_units(one) as pilot:
        unit_id = named(one, "adele.vance@contoso.com")
        points = await points_of(pilot, one, unit_id)
        await pilot.press("j", "n")
        await pilot.pause(0.02)
        (form,) = opened_forms
        assert form.unit_ids == (unit_id,)
        key = points.keys()[1]
        assert parse_moment(form.moment, ZoneInfo(form.zone), NOW).utc == time_of(one, key)


async def test_a_unit_without_points_says_why_that_may_be(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        young = one.service.tenant.units["exchange"][33]
        await points_of(pilot, one, young.id)
        assert "No restore points yet. The first take 1 to 2 hours." in text(one)


async def test_points_that_could_not_be_read_are_not_said_to_be_missing(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    one.service.faults.add("refuse", path="/restorePoints$", status=403, code="Forbidden")
    async with on_units(one) as pilot:
        points = await points_of(pilot, one, named(one, "adele.vance@contoso.com"))
        shown = " ".join(text(one).split())
        assert "Not read: " in shown
        assert "The points are unknown." in shown
        await pilot.press("r")
        await until(pilot, lambda: points.keys(), "read again")


@pytest.mark.parametrize(
    ("point", "typed"),
    [
        (datetime(2026, 11, 22, 13, 20, tzinfo=UTC), "2026-11-22 14:20"),
        (datetime(2026, 11, 22, 13, 20, 5, tzinfo=UTC), "2026-11-22 14:20:05"),
        (datetime(2026, 11, 22, 13, 20, 5, 1, tzinfo=UTC), "2026-11-22 14:20:06"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25 00:30:00 UTC"),
    ],
)
def test_the_time_of_a_point_is_typed_so_that_it_means_that_point(point: Any, typed: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert typed_moment(point, zone, NOW) == typed
    assert timedelta(0) <= parse_moment(typed, zone, NOW).utc - point < timedelta(seconds=1)


# -- pictures -------------------------------------------------------------------------------------------------

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


@SIZES
def test_picture_of_mailboxes_found(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await units_read(pilot, one)
        await pilot.press("j", "j", "space", "slash", "g", "u", "enter", "space")
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


@SIZES
def test_picture_of_sites(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await units_read(pilot, one, Service.SHAREPOINT)

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE, (200, 50)], ids=["80x24", "120x40", "200x50"])
def test_picture_of_points(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await units_read(pilot, one, Service.ONEDRIVE)
        await points_of(pilot, one, named(one, "adele.vance@contoso.com", Service.ONEDRIVE))
        await pilot.press("o")
        await until(pilot, lambda: one.app.screen.query_one(RowTable).row_count == 10)
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)
