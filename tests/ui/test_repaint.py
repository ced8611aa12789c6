"""Specifies that only the cells that look different are written: what differs between two lines, and the bytes."""

from __future__ import annotations

from typing import Any, cast

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.app import App, ComposeResult
from textual.strip import Strip

from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.repaint import differing, narrow
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.table_lines import RowLine, changed_cells
from backup_tui.ui.widgets.text_lines import TextLines

BOLD = Style(bold=True)


def line(text: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style)])


@pytest.mark.parametrize(
    ("was", "now", "cells"),
    [
        (line("starting"), line("starting"), None),
        (line("0 of 5"), line("1 of 5"), (0, 1)),
        (line("at 0 of 5"), line("at 4 of 7"), (3, 9)),
        (line("same"), line("same", BOLD), (0, 4)),
        (line("Sites 好!"), line("Sites 啊!"), (6, 8)),  # both cells of a wide character
        (line("e\u0301x"), line("e\u0300x"), (0, 1)),
        (line("short"), line("longer"), (0, 6)),
    ],
)
def test_what_differs(was: Strip, now: Strip, cells: tuple[int, int] | None) -> None:
    assert differing(was, now) == cells


def row(*texts: str, is_cursor: bool = False) -> RowLine:
    return RowLine("   ", tuple(Cell(text) for text in texts), is_cursor, False)


def test_of_a_row_only_the_columns_that_changed_are_drawn() -> None:
    sizes = [10, 0, 8, 6]  # the second column is not shown
    assert changed_cells(row("a", "b", "c", "d"), row("a", "x", "C", "d"), sizes, 2) == (15, 23)
    assert changed_cells(row("a", "b", "c", "d"), row("a", "b", "c", "D"), sizes, 2) == (25, 31)


def test_a_row_that_looks_different_as_a_whole_is_drawn_as_a_whole() -> None:
    sizes = [10, 4]
    assert changed_cells(row("a", "b"), row("a", "c", is_cursor=True), sizes, 2) is None
    assert changed_cells("no rows", row("a", "b"), sizes, 2) is None


def test_an_update_is_written_from_its_first_cell_to_its_last() -> None:
    strip = line("starting 0 of 5 units")
    update = ChopsUpdate([{0: strip}], [(0, 9, 10)], [[21]])
    assert narrow(cast(Any, update), Console()) == "\x1b[1;10H0"


async def test_a_line_that_says_something_else_marks_only_what_differs() -> None:
    class Screen(App[None]):
        CSS = "OneLine { height: 1; }"

        def compose(self) -> ComposeResult:
            yield OneLine("3 sessions, 1 running")

    async with Screen().run_test() as pilot:
        one = pilot.app.query_one(OneLine)
        await pilot.pause()
        one.text = "3 sessions, 2 running"
        assert [(region.x, region.width) for region in one._repaint_regions] == [(12, 1)]
        await pilot.pause()
        assert one.render_line(0).text.startswith("3 sessions, 2 running")


async def test_before_it_was_drawn_a_line_compares_nothing_and_is_drawn_as_a_whole() -> None:
    class Counted(OneLine):
        drawn = 0

        def render_line(self, y: int) -> Strip:
            self.drawn += 1
            return super().render_line(y)

    class Screen(App[None]):
        CSS = "OneLine { height: 1; }"

        def compose(self) -> ComposeResult:
            yield Counted("3 sessions, 1 running")

    async with Screen().run_test() as pilot:
        one = pilot.app.query_one(Counted)
        await pilot.pause()
        one.refresh()
        one.drawn = 0
        one.text = "3 sessions, 2 running"
        assert one.drawn == 0
        assert [(region.x, region.width) for region in one._repaint_regions] == [(0, one.size.width)]
        await pilot.pause()
        assert (one.drawn, one.is_drawn) == (1, True)


async def test_lines_drawn_together_have_the_look_of_this_moment() -> None:
    class Screen(App[None]):
        def compose(self) -> ComposeResult:
            yield TextLines(["one", "two"])

    async with Screen().run_test() as pilot:
        text = pilot.app.query_one(TextLines)
        before = text.together(range(2))
        pilot.app.screen.styles.background = "#102030"
        after = text.together(range(2))
        assert [differing(was, now) is not None for was, now in zip(before, after, strict=True)] == [True, True]
        assert [next(iter(strip)).style for strip in after] == [text.rich_style] * 2
