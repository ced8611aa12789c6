"""Specifies what of lists is there at the next start: filters to choose from with up, and the order that was chosen."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_screens import LARGE, SMALL, read, shown, tenant
from support import footer, message, screen_text
from textual.pilot import Pilot

from backup_tui.models.whoami import WhoAmI
from backup_tui.store.views import Sort
from backup_tui.ui.frame.list_habits import ListHabits
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.widgets.filter_line import FilterHistory, FilterLine
from backup_tui.workspace.habits import HABITS, Habits, HabitsFile

WHO = WhoAmI("contoso.com", tenant_id="1f3c5c8e", object_id="adele")


def screen(one: Any) -> ListScreen:
    assert isinstance(one.app.screen, ListScreen)
    return one.app.screen


def typed(one: Any) -> str:
    return screen(one).query_one(FilterLine).text


async def test_up_and_down_go_through_the_filters_that_were_used(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await pilot.press("slash")
        assert "earlier" not in footer(screen(one))
        await pilot.press(*"draft", "enter", "slash", "escape", *"failed", "enter", "escape", "slash", *"new")
        assert "up earlier" in footer(screen(one))
        seen = []
        for key in ("up", "up", "up", "down", "down"):
            await pilot.press(key)
            seen.append(typed(one))
        assert seen == ["failed", "draft", "draft", "failed", "new"]
        await pilot.press("down")
        assert screen(one).focused is screen(one).table, "beyond the last one down leads to the list, as before"


async def test_filters_and_order_are_there_at_the_next_start_and_read_by_their_owner_only(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await pilot.press("slash", *"status:failed", "enter", "escape")
        while screen(one).sort != Sort("status", reverse=True):
            await pilot.press("s")
    (file,) = (tmp_path / HABITS).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = tenant(tmp_path)
    async with shown(again, number=3) as pilot:
        assert screen(again).sort == Sort("status", reverse=True)
        assert "Status↓" in "\n".join(screen_text(again.app))
        assert screen(again).filter_text == "", "no filter hides rows that nobody hid since the start"
        await pilot.press("slash", "up")
        assert typed(again) == "status:failed"


def heads(one: Any) -> list[str]:
    return screen_text(one.app)[3].replace("Points UTC", "Points").split()


async def test_columns_are_hidden_moved_and_kept_for_the_next_start(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    delivered = ["Service", "Id", "To", "Status", "Done", "Units", "When", "Took"]
    async with shown(one, number=3) as pilot:
        assert heads(one) == delivered
        await pilot.press("vertical_line", "space", "j", "space")
        assert "Id always stays" in message(one.app.screen)
        await pilot.press("j", "j", "j", "space", "j", "less_than_sign", "less_than_sign")
        assert any("No room now for" in line and "Failed" in line for line in screen_text(one.app))
        await pilot.press("escape")
        assert heads(one) == delivered, "esc leaves them as they were"
        await pilot.press("vertical_line", "space", "G", "k", "k", "k", "k", "shift+up", "enter")
        chosen = ["Id", "To", "Status", "Done", "Units", "When", "By", "Took"]
        assert heads(one) == chosen
        assert "No room now for Ended, Failed, Per hour, Points UTC." in message(screen(one))
        await pilot.press("s", "s")
        assert screen(one).sort == Sort("service", reverse=True), "what is hidden is still sorted by"
    again = tenant(tmp_path)
    async with shown(again, number=3) as pilot:
        assert heads(again) == chosen
        cells = screen(again).table.source.cells(str(screen(again).row))
        line = next(line for line in screen_text(again.app) if line.startswith(" > "))
        assert line.split()[1] == cells[1].text, "each cell is below its own head"
        await pilot.press("vertical_line", "r", "enter")
        assert [head.strip("↑↓") for head in heads(again)] == delivered
        assert "Default columns." in message(screen(again))
        await pilot.press("colon", *"columns", "enter")
        assert "Columns of this list" in screen_text(again.app)[2]


async def test_where_nothing_is_kept_the_columns_are_said_to_last_until_the_end(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    one.app.habits = ListHabits(lambda: None)
    async with shown(one, number=3) as pilot:
        await pilot.press("vertical_line", "G", "space", "enter")
        assert "Columns changed until the end." in message(screen(one))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture_of_the_columns_of_a_list(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await read(pilot, one)
        await pilot.press("3", "vertical_line", "j", "j", "j", "j", "space")
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


async def test_where_nothing_is_to_be_kept_nothing_is(tmp_path: Path) -> None:
    one = tenant(tmp_path, settings={"cache_last_view": False})
    async with shown(one, number=3) as pilot:
        await pilot.press("slash", *"draft", "enter", "escape", "s", "slash", "up")
        assert typed(one) == "draft"
    assert not (tmp_path / HABITS).exists()


def test_a_file_of_another_person_or_one_that_is_damaged_is_as_good_as_none(tmp_path: Path) -> None:
    kept = HabitsFile(tmp_path, "https://graph.microsoft.com", WHO)
    kept.keep(
        Habits(
            {"sessions": ("draft", "x" * 500, "a\x1b]0;b")}, {"units": ("status", True)}, {"units": ("name", "-added")}
        )
    )
    read = kept.read()
    assert (read.sorts, read.columns) == ({"units": ("status", True)}, {"units": ("name", "-added")})
    assert read.filters["sessions"][0] == "draft"
    assert all(text.isprintable() and len(text) < 250 for text in read.filters["sessions"])
    other = WhoAmI("contoso.com", tenant_id="1f3c5c8e", object_id="ryan")
    assert HabitsFile(tmp_path, "https://graph.microsoft.com", other).read() == Habits()
    (file,) = (tmp_path / HABITS).iterdir()
    for content in ("", "[]", "null", '{"version": 1}', file.read_text().replace('"filters"', '"filter"')):
        file.write_text(content)
        assert kept.read() == Habits()
    file.write_text("[" * 60_000)
    assert kept.read() == Habits()


def test_what_is_read_late_comes_before_what_was_done_since(tmp_path: Path) -> None:
    HabitsFile(tmp_path, "", WHO).keep(Habits({"sessions": ("old", "both")}, {"sessions": ("id", False)}))
    found: list[HabitsFile] = []
    habits = ListHabits(lambda: found[0] if found else None)
    habits.history("sessions").add("both")
    habits.history("sessions").add("late")
    habits.look()
    assert habits.sort("sessions") == Sort()
    found.append(HabitsFile(tmp_path, "", WHO))
    habits.keep()
    assert habits.history("sessions").used == ("old", "both", "late")
    assert habits.sort("sessions") == Sort("id")
    assert found[0].read().filters == {"sessions": ("old", "both", "late")}


@given(st.lists(st.text(max_size=8), max_size=60))
def test_a_history_has_each_filter_once_the_last_one_last_and_never_too_many(texts: list[str]) -> None:
    history = FilterHistory()
    for text in texts:
        history.add(text)
    used = [text.strip() for text in texts if text.strip()]
    assert len(history.used) == len(set(history.used)) <= FilterHistory.MOST
    assert history.used[-1:] == tuple(used[-1:])
    back = list(iter(lambda: history.earlier("typed"), None))
    assert tuple(reversed(back)) == history.used
    forth = list(iter(history.later, None))
    assert forth == ([*history.used[1:], "typed"] if history.used else [])
