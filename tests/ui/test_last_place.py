"""Specifies that the next start goes where the person was: screen, filter, sort and form; kept for them alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from list_screens import shown, tenant
from support import jwt, message, screen_text, until

from backup_tui.config import Token
from backup_tui.models.whoami import read_token
from backup_tui.store.views import Sort
from backup_tui.ui.app import BackupTui
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.routes import TOPS, OpenTop, screen_for
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.ui.widgets.table import RowTable
from backup_tui.workspace.last_place import LAST_PROFILE, LastPlace, LastPlaceFile
from backup_tui.workspace.last_view import clear_last_views
from backup_tui.workspace.preferences import Preferences

ME = read_token(Token(jwt(tid="f00d0000-0000-4000-8000-00000000cafe", oid="me")), "graph")
OTHER = read_token(Token(jwt(tid="f00d0000-0000-4000-8000-00000000cafe", oid="other")), "graph")
PLACE = LastPlace(3, True, {"Sessions": "status:failed"})


def program(state: Path, **settings: Any) -> Any:
    one = tenant(state, settings=settings)
    tops = [(title, lambda title=title: screen_for(OpenTop(title))) for title in TOPS]
    one = type(one)(
        BackupTui(ShownWorkspace(one.workspace), tops), one.workspace, one.service, one.clock, one.service_clock
    )
    return one


async def leave(one: Any, *keys: str) -> None:
    async with shown(one) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        await pilot.press("ctrl+q")


async def test_the_screen_its_filter_and_its_sort_are_found_again(tmp_path: Path) -> None:
    await leave(program(tmp_path), "3", "s", "s", "slash", *"onedrive", "enter")
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, SessionsScreen), "it goes there")
        await until(pilot, lambda: "[onedrive]" in "\n".join(screen_text(one.app)), "the filter is shown")
        assert one.app.screen.sort == Sort("service", reverse=True)
        assert message(one.app.screen).endswith("This is where you were. 1 shows what happened meanwhile.")
        await until(pilot, lambda: one.app.screen.table.row_count > 0, "it has rows")
        rows = one.app.screen.keys()
        assert rows
        assert {one.workspace.store.sessions[key].service.value for key in rows} == {"onedrive"}
        await pilot.press("escape")
        assert one.app.screen.filter_text == ""


async def test_the_form_that_was_open_is_open_again(tmp_path: Path) -> None:
    await leave(program(tmp_path), "n")
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore), "the form is open")
        await until(pilot, lambda: one.app.screen.query(RowTable), "it has its widgets")
        await pilot.pause()


async def test_whoever_has_pressed_a_key_stays_where_they_are(tmp_path: Path) -> None:
    await leave(program(tmp_path), "3")
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        one.app.pressed = True
        await shown_overview(pilot, one)
        assert one.app.number == 1


async def shown_overview(pilot: Any, one: Any) -> None:
    await until(pilot, lambda: "Needs you" in "\n".join(screen_text(one.app)), "the overview is read")


async def test_nothing_is_kept_where_that_is_off(tmp_path: Path) -> None:
    await leave(program(tmp_path, cache_last_view=False), "3")
    assert not (tmp_path / "last-place").exists()


def test_it_is_kept_for_one_person_and_only_they_can_read_it(tmp_path: Path) -> None:
    LastPlaceFile(tmp_path, "http://127.0.0.1", ME).keep(PLACE)
    assert LastPlaceFile(tmp_path, "http://127.0.0.1", ME).read() == PLACE
    assert LastPlaceFile(tmp_path, "http://127.0.0.1", OTHER).read() == LastPlace()
    [file] = (tmp_path / "last-place").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    assert LastPlaceFile(tmp_path, "http://127.0.0.1", ME).read() == LastPlace()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "null"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    LastPlaceFile(tmp_path, "http://127.0.0.1", ME).keep(PLACE)
    [file] = (tmp_path / "last-place").iterdir()
    file.write_text(text)
    assert LastPlaceFile(tmp_path, "http://127.0.0.1", ME).read() == LastPlace()


async def test_the_profile_that_was_open_last_is_kept(tmp_path: Path) -> None:
    await leave(program(tmp_path))
    assert Preferences(tmp_path).read(LAST_PROFILE) == "production"
    LastPlaceFile(tmp_path, "http://127.0.0.1", ME).keep(PLACE)
    clear_last_views(tmp_path)
    assert LastPlaceFile(tmp_path, "http://127.0.0.1", ME).read() == LastPlace()
