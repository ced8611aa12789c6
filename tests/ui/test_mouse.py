"""Specifies what can be clicked: names of screens, tabs, heads of columns, rows, keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from list_screens import SMALL, shown, tenant
from support import footer, message, screen_text
from textual.pilot import Pilot

from backup_tui.store.views import Sort
from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.frame.help import HelpScreen
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.frame_lines import CommandBar, HeaderLines, TabLine
from backup_tui.ui.widgets.table import RowTable


def screen(one: Any) -> ListScreen:
    assert isinstance(one.app.screen, ListScreen)
    return one.app.screen


async def click(pilot: Pilot[Any], one: Any, kind: type[Any], word: str, line: int = 0) -> None:
    """Clicks on a word, where a widget shows it."""
    widget = one.app.screen.query_one(kind)
    region = widget.region
    shown_line = screen_text(one.app)[region.y + line]
    x = shown_line.index(word, region.x) - region.x
    await pilot.click(kind, offset=(x, line))
    await pilot.pause()


async def test_the_name_of_a_screen_leads_there(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await click(pilot, one, HeaderLines, "Activity", line=1)
        assert isinstance(one.app.screen, ActivityScreen)
        await click(pilot, one, HeaderLines, "3", line=1)
        assert isinstance(one.app.screen, SessionsScreen)
        await click(pilot, one, HeaderLines, "live", line=1)
        await click(pilot, one, HeaderLines, "contoso.com", line=0)
        assert isinstance(one.app.screen, SessionsScreen)
        assert len(one.app.screen_stack) == 1


async def test_a_click_on_a_screens_name_beside_a_title_leads_nowhere(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        before = list(one.app.screen_stack)
        await pilot.click(HeaderLines, offset=(2, 1))
        assert one.app.screen_stack == before


async def test_the_head_of_a_column_sorts_by_it_then_the_other_way_round_then_as_before(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        default = list(screen(one).keys())
        await click(pilot, one, RowTable, "Status")
        assert screen(one).sort == Sort("status")
        assert "Status↑" in "\n".join(screen_text(one.app))
        upward = list(screen(one).keys())
        await click(pilot, one, RowTable, "Status")
        assert list(screen(one).keys()) == upward[::-1]
        await click(pilot, one, RowTable, "Status")
        assert (screen(one).sort, list(screen(one).keys())) == (Sort(), default)
        assert "Default order." in message(one.app.screen)


async def test_a_column_that_nothing_is_sorted_by_says_so(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await click(pilot, one, RowTable, "Done")
        assert screen(one).sort == Sort()
        assert "Done isn't a column to sort by." in message(one.app.screen)


async def test_rows_and_keys_and_tabs_and_the_filter_are_clicked(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        table = screen(one).table
        await pilot.click(RowTable, offset=(10, 4))
        assert table.cursor_index == 3
        await click(pilot, one, CommandBar, "filter")
        assert screen(one).query_one(FilterLine).has_class("-open")
        await pilot.press(*"draft", "enter")
        await click(pilot, one, FilterLine, "draft")
        assert "enter keep" in footer(one.app.screen)
        await pilot.press("escape", "escape", "5")
        await pilot.pause()
        await click(pilot, one, TabLine, "Changes only")
        assert cast(ActivityScreen, one.app.screen).changes_only
        await click(pilot, one, TabLine, "log, beta")
        assert cast(ActivityScreen, one.app.screen).service_log
        await click(pilot, one, TabLine, "All")
        assert not cast(ActivityScreen, one.app.screen).service_log


async def test_a_click_on_a_key_that_is_not_possible_says_why(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, SMALL, number=3) as pilot:
        await pilot.press("G")
        await click(pilot, one, CommandBar, "activate")
        assert len(one.app.screen_stack) == 1
        assert not isinstance(one.app.screen, HelpScreen)
        assert message(one.app.screen).strip()
