"""Specifies the table: the cursor belongs to a row's id, marks survive filters, only what differs is drawn."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from demo_screens import COLUMNS, Rows
from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.screen import Screen

from backup_tui.ui.frame.themes import TERMINAL, style_paths
from backup_tui.ui.widgets.rows import TONES, Viewport
from backup_tui.ui.widgets.table import Cell, RowTable


class SpyTable(RowTable):
    """Remembers which of its lines were drawn, and what it told."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, markable=True, empty="Nothing here.\nPress n.")
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Any:
        self.drawn.append(y)
        return super().render_line(y)


class Bare(Screen[None]):
    """A screen with the looks of texts, and nothing else of the frame."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"tone--{tone}" for tone in TONES}


class TableApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: Rows) -> None:
        super().__init__(css_path=[*style_paths()])
        self.register_theme(TERMINAL)
        self.theme = TERMINAL.name
        self.rows = rows
        self.heard: list[object] = []

    def get_default_screen(self) -> Screen[None]:
        return Bare()

    def compose(self) -> ComposeResult:
        yield SpyTable()

    def on_mount(self) -> None:
        self.table.source = self.rows
        self.table.focus()

    @property
    def table(self) -> SpyTable:
        return self.query_one(SpyTable)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        self.heard.append(("opened", event.key))

    def on_row_table_highlighted(self, event: RowTable.Highlighted) -> None:
        self.heard.append(("on", event.key))

    def on_row_table_scrolled(self, event: RowTable.Scrolled) -> None:
        self.heard.append(("in sight", len(event.table.above), event.table.below))

    def on_row_table_marks_changed(self, event: RowTable.MarksChanged) -> None:
        self.heard.append(("marked", event.marked))

    def last_heard(self) -> object:
        return self.heard[-1]

    def screen_text(self) -> list[str]:
        return [self.table.render_line(y).text.rstrip() for y in range(self.table.size.height)]


async def test_the_cursor_stays_on_its_row_through_twenty_polls_and_only_changed_rows_are_drawn() -> None:
    app = TableApp(Rows(300))
    chance = random.Random(7)
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        table.move_to("id-0150")
        await pilot.pause()
        line = app.screen_text().index(next(text for text in app.screen_text() if text.startswith(" >")))
        for poll in range(20):
            changed = f"id-{chance.randrange(300):04}"
            app.rows.status[changed] = Cell(f"» active {poll}", "moving")
            moved = [key for key in app.rows.order if key != f"id-{poll:04}"]
            moved.insert(chance.randrange(len(moved)), f"id-{poll:04}")
            before = app.screen_text()
            app.rows.order = tuple(moved)
            table.drawn.clear()
            table.reconcile()
            await pilot.pause()
            drawn = set(table.drawn)
            after = app.screen_text()
            assert table.cursor_key == "id-0150"
            assert after[line].startswith(" >")
            assert "user0150" in after[line]
            assert drawn == {y for y in range(24) if before[y] != after[y]}


@pytest.mark.parametrize(("cursor", "more", "seen"), [(0, 2, True), (5, 3, True), (0, 40, False), (60, 2, False)])
async def test_where_the_first_rows_are_the_news_new_ones_stay_in_sight(cursor: int, more: int, seen: bool) -> None:
    app = TableApp(Rows(100 + more))
    every = app.rows.order
    app.rows.order = every[more:]
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        table.keeps_top = True
        table.source = app.rows
        table.move_to(every[more + cursor])
        await pilot.pause()
        app.rows.order = every
        table.reconcile()
        await pilot.pause()
        assert table.cursor_key == every[more + cursor], "the next key meets the same row"
        assert any(text.startswith(" >") for text in app.screen_text())
        assert (not table.above) is seen


async def test_it_tells_when_other_rows_are_in_sight_by_key_and_by_size() -> None:
    app = TableApp(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.heard[-1] == ("in sight", 0, 77)
        await pilot.press("G")
        assert app.heard[-1] == ("in sight", 77, 0)
        await pilot.resize_terminal(80, 14)
        await pilot.pause()
        assert app.heard[-1] == ("in sight", 87, 0)
        await pilot.press("up")
        assert app.last_heard() == ("on", "id-0098"), "the same rows are in sight"


@pytest.mark.parametrize(("cursor", "count", "top"), [(9, 3, 3), (9, 30, 9), (2, 3, 0), (19, 5, 10)])
def test_what_follows_the_cursor_is_brought_into_view_as_far_as_its_row_stays(
    cursor: int, count: int, top: int
) -> None:
    view = Viewport()
    view.page = 10
    view.start([str(number) for number in range(20)])
    view.move(cursor)
    view.show_after(count)
    assert (view.top, view.cursor) == (max(top, 0), cursor)


async def test_one_changed_row_draws_its_line_only_and_only_its_cells_are_asked_for() -> None:
    app = TableApp(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        await pilot.pause()
        app.rows.status["id-0005"] = Cell("✗ all failed", "bad")
        table.drawn.clear()
        app.rows.asked.clear()
        table.reconcile({"id-0005", "id-0099"})
        assert app.rows.asked == ["id-0005"]
        await pilot.pause()
        assert table.drawn == [6]
        table.drawn.clear()
        table.reconcile()
        await pilot.pause()
        assert table.drawn == []


@pytest.mark.parametrize(
    ("gone", "next_key"),
    [({50}, "id-0051"), ({50, 51}, "id-0049"), (set(range(40, 100)), "id-0039"), (set(range(100)), None)],
)
async def test_when_its_row_vanishes_the_cursor_goes_to_the_nearest_that_is_left(
    gone: Any, next_key: str | None
) -> None:
    app = TableApp(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.move_to("id-0050")
        app.rows.order = tuple(key for number, key in enumerate(app.rows.order) if number not in gone)
        app.table.reconcile()
        await pilot.pause()
        assert app.table.cursor_key == next_key
        assert app.heard[-1] == ("on", next_key)


@pytest.mark.parametrize("place", [0, 50, 99])
async def test_a_row_that_news_take_out_of_the_list_stays_until_the_cursor_leaves_it(place: int) -> None:
    app = TableApp(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        held = app.rows.order[place]
        app.table.move_to(held)
        app.rows.order = tuple(key for key in app.rows.order if key != held)
        for _poll in range(3):
            app.table.reconcile(hold=True)
            await pilot.pause()
            assert (app.table.cursor_key, app.table.cursor_index) == (held, place)
        await pilot.press("k" if place else "j")
        assert app.table.cursor_key == f"id-{place - 1 if place else 1:04}"
        assert app.table.row_count == 99
        assert not app.table.move_to(held)


async def test_the_only_row_is_held_too_and_a_new_filter_lets_it_go() -> None:
    app = TableApp(Rows(1))
    async with app.run_test(size=(80, 24)):
        app.rows.order = ()
        app.table.reconcile(hold=True)
        assert app.table.cursor_key == "id-0000"
        app.table.reconcile()
        assert app.table.cursor_key is None


async def test_keys_move_mark_and_open() -> None:
    app = TableApp(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        places = []
        for key in ("j", "down", "k", "pagedown", "ctrl+u", "G", "g", "ctrl+d", "end", "pageup", "home"):
            await pilot.press(key)
            places.append(app.table.cursor_index)
        assert places == [1, 2, 1, 24, 13, 99, 0, 11, 99, 76, 0]
        await pilot.press("space", "j", "space", "enter")
        assert app.table.marked == {"id-0000", "id-0002"}
        assert app.heard[-1] == ("opened", "id-0003")
        assert app.screen_text()[1].startswith("  *")
        await pilot.press("u")
        assert app.last_heard() == ("marked", frozenset())


async def test_marks_survive_a_filter_and_the_hidden_ones_are_counted() -> None:
    app = TableApp(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        everything = app.rows.order
        app.table.marked = {"id-0001", "id-0042"}
        app.rows.order = tuple(key for key in everything if key.endswith("2"))
        app.table.reconcile()
        assert app.table.hidden_marks == 1
        app.rows.order = everything
        app.table.reconcile()
        await pilot.pause()
        assert app.table.hidden_marks == 0
        assert app.table.marked == {"id-0001", "id-0042"}


async def test_a_click_moves_and_a_second_click_opens() -> None:
    app = TableApp(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(RowTable, offset=(10, 5))
        assert app.table.cursor_key == "id-0004"
        assert ("opened", "id-0004") not in app.heard
        await pilot.click(RowTable, offset=(10, 5))
        assert app.heard[-1] == ("opened", "id-0004")


class Hostile:
    """Rows whose texts want to be markup, control sequences and more than a line."""

    TEXTS = (
        "[red]x[/red]",
        "[@click=app.quit]q[/]",
        "\x1b]52;c;AAAA\a",
        "漢字" * 40,
        "e\u0301" * 300,
        "x" * 10_000_000,
    )

    def keys(self) -> Sequence[str]:
        return tuple(str(number) for number in range(len(self.TEXTS)))

    def cells(self, key: str) -> Sequence[Cell]:
        return (Cell("OneDrive"), Cell(self.TEXTS[int(key)]), Cell("✓ ok", "good"), Cell("1"))


async def test_hostile_texts_are_plain_text_within_their_column() -> None:
    app = TableApp(Rows(0))
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.source = Hostile()
        await pilot.pause()
        lines = app.screen_text()
        assert "[red]x[/red]" in lines[1]
        assert "[@click=app.quit]q[/]" in lines[2]
        assert "\x1b" not in "".join(lines)
        assert {app.table.render_line(y).cell_length for y in range(1, 7)} == {80}
        column = app.table.render_line(1).text.index("✓ ok")
        assert app.table.render_line(6).text.index("✓ ok") == column


async def test_an_empty_table_says_so_and_has_no_cursor() -> None:
    app = TableApp(Rows(0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "enter", "space", "G")
        assert app.table.cursor_key is None
        assert app.screen_text()[1:3] == ["   Nothing here.", "   Press n."]
        await pilot.press("pageup", "ctrl+u", "up", "home", "pagedown", "ctrl+d", "down", "end", "enter", "space")
        assert app.screen_text()[1:3] == ["   Nothing here.", "   Press n."]
        assert app.heard == []


async def test_a_hundred_thousand_rows_cost_no_more_than_a_screenful() -> None:
    app = TableApp(Rows(100_000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.rows.asked.clear()
        await pilot.press("G")
        assert len(set(app.rows.asked)) <= 24
        app.rows.order = app.rows.order[1:]
        start = time.process_time()
        app.table.reconcile()
        spent = time.process_time() - start
        assert app.table.cursor_key == "id-99999"
        assert spent < 1.0  # a guard against work per row, far from the budget that the benchmarks measure


async def test_the_header_shows_the_sorted_column() -> None:
    app = TableApp(Rows(5))
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.sort = ("status", True)
        await pilot.pause()
        assert "Status↓" in app.screen_text()[0]


class Wide(Rows):
    """Rows of which the last one has a longer status than all others."""

    def cells(self, key: str) -> Sequence[Cell]:
        cells = tuple(super().cells(key))
        return (*cells[:2], Cell("! active, and problems", "warn"), *cells[3:]) if key == self.order[-1] else cells


async def test_columns_widen_to_the_rows_in_sight_and_never_get_narrower_again() -> None:
    app = TableApp(Wide(100))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = app.table.column_width("status")
        await pilot.press("G")
        assert app.table.column_width("status") == len("! active, and problems") > before
        await pilot.press("g")
        assert app.table.column_width("status") == len("! active, and problems")


async def test_parts_of_a_cell_keep_their_looks_at_any_width_and_lose_them_under_the_cursor() -> None:
    app = TableApp(Rows(3))
    async with app.run_test(size=(80, 24)) as pilot:
        cell = Cell("█▒░", parts=(Cell("█", "good"), Cell("▒", "bad"), Cell("░", "dim")))
        app.rows.status |= {"id-0000": cell, "id-0001": cell}
        app.table.reconcile()
        await pilot.pause()
        lines = [app.table.render_line(y) for y in (1, 2)]
        assert all("█▒░" in line.text for line in lines)
        assert [len({segment.style for segment in line if set(segment.text) & set("█▒░")}) for line in lines] == [1, 3]


async def test_a_table_takes_its_heading_away_and_brings_it_back() -> None:
    app = TableApp(Rows(30))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        head = app.screen_text()[0]
        app.table.show_header = False
        await pilot.pause()
        assert app.screen_text()[0].startswith(" > ")
        assert app.table.below == 30 - 24
        app.table.show_header = True
        await pilot.pause()
        assert app.screen_text()[0] == head


async def test_a_hidden_column_takes_no_room_and_a_gap_can_change() -> None:
    app = TableApp(Rows(3))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        title = COLUMNS[1].title
        assert title in app.screen_text()[0]
        app.table.columns = [replace(column, hidden=column is COLUMNS[1]) for column in COLUMNS]
        app.table.gap = 1
        await pilot.pause()
        assert title not in app.screen_text()[0]
        assert app.table.column_width(COLUMNS[1].key) == 0
