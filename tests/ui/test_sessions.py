"""Specifies the list of restore sessions: order, filter, sort, marks, what is allowed on which row, and its states."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from list_screens import LARGE, SMALL, TOPS, draft_of, lose_a_start, read, shown, tenant, visited
from support import footer, message, screen_text, simulated, until
from textual.pilot import Pilot

from backup_tui.models.times import span_words
from backup_tui.store.progress import started_at
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import PaneLines
from backup_tui.ui.widgets.spans import plain


def screen(one: Any) -> SessionsScreen:
    assert isinstance(one.app.screen, SessionsScreen)
    return one.app.screen


def rows_of(one: Any) -> list[str]:
    return list(screen(one).table.source.keys())


def title(one: Any) -> str:
    return screen(one).query_one(".title", SectionLine).text


async def test_running_first_then_drafts_then_the_newest_end(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3):
        rows = [one.workspace.store.sessions[key] for key in rows_of(one)]
        assert [row.state.value for row in rows[:3]] == ["active", "draft", "draft"]
        ends = [cast(datetime, row.completed_at) for row in rows[3:]]
        assert ends == sorted(ends, reverse=True)
        assert title(one) == "Sessions 28   1 running  2 drafts"


async def test_the_filter_takes_our_words_and_the_services_and_esc_gives_all_back(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await pilot.press("slash", *"status:completedWithError", "enter")
        found = {one.workspace.store.sessions[key].status for key in rows_of(one)}
        assert found == {"completedWithError"}
        filter_line = next(line for line in screen_text(one.app) if line.startswith(" / "))
        left = len(rows_of(one))
        said = f"/ [status:completedWithError] {left} of 28, {28 - left} hidden"
        assert filter_line.split() == said.split()
        await pilot.press("escape")
        assert screen(one).table.row_count == 28
        assert screen(one).query_one(FilterLine).text == ""
        await pilot.press("slash", *"nobody-has-this", "enter")
        assert any('No restore matches "nobody-has-this"' in line for line in screen_text(one.app))


async def test_the_cursor_stays_on_its_restore_when_the_order_changes(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await pilot.press("j", "j", "j", "j")
        here = screen(one).row
        await pilot.press("s", "s", "s")
        assert screen(one).row == here
        assert screen(one).table.sort == ("where", False)
        assert "To↑" in screen_text(one.app)[3].replace(" ↑", "↑")


async def test_a_review_opens_for_one_draft_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one, number=3) as pilot:
        await pilot.press("A")
        assert message(screen(one)).endswith("Only a draft can be activated; this restore is running.")
        screen(one).table.move_to(draft_of(one))
        await pilot.press("A", "D")
        assert places == [("OpenReview", draft_of(one)), ("OpenDeletion", draft_of(one))]
        await pilot.press("space")
        screen(one).table.move_to(draft_of(one))
        await pilot.press("A")
        assert "for one draft only" in message(screen(one))
        assert len(places) == 2


async def test_enter_opens_n_begins_f_takes_what_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one, number=3) as pilot:
        running = screen(one).row
        await pilot.press("enter", "f", "n")
        await until(pilot, lambda: len(places) == 3)
        assert places == [("OpenSession", running), ("OpenFailedAgain", running), ("OpenNewRestore", None)]


async def test_n_takes_over_the_units_of_one_marked_restore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one, number=3) as pilot:
        failed = next(r for r in one.workspace.store.sessions.values() if r.state.terminal)
        screen(one).table.marked = {failed.id}
        asked = []

        async def copy_of(context: Any, session_id: Any, destination: Any = None, *, change: Any = False) -> Any:
            asked.append(session_id)
            return "the form"

        monkeypatch.setattr("backup_tui.restore.drafts.failed.form_from_session", copy_of)
        await pilot.press("n")
        await until(pilot, lambda: places)
        assert asked == [failed.id]
        assert places == [("OpenNewRestore", "the form")]


async def test_c_reads_the_draft_into_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one, number=3) as pilot:
        draft = draft_of(one)
        screen(one).table.move_to(draft)

        async def form(context: Any, session_id: Any, destination: Any = None, *, change: Any = False) -> Any:
            assert change
            return f"form of {session_id}"

        monkeypatch.setattr("backup_tui.restore.drafts.failed.form_from_session", form)
        await pilot.press("c")
        await until(pilot, lambda: places)
        assert places == [("OpenNewRestore", f"form of {draft}")]


async def test_y_copies_whole_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(one.app, "copy_to_clipboard", copied.append)
        first = screen(one).row
        await pilot.press("y")
        await pilot.press("space", "space", "y")
        assert copied[0] == first
        assert len(copied[1].split("\n")) == 2


async def test_read_only_blocks_what_changes_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path, read_only=True)
    places = visited(monkeypatch)
    async with shown(one, number=3) as pilot:
        screen(one).table.move_to(draft_of(one))
        await pilot.press("A", "n", "D")
        assert places == []
        assert "Opened read-only" in message(screen(one))


async def test_what_may_have_been_started_is_not_shown_as_a_draft(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        draft = await lose_a_start(one)
        await until(pilot, lambda: any("? UNKNOWN" in line for line in screen_text(one.app)))
        assert screen(one).cells(draft)[3].text == "? UNKNOWN"
        assert not any("A opens the review" in cast(str, line) for line in screen(one).about(draft)[1:])
        screen(one).table.move_to(draft)
        await pilot.press("A")
        assert "may have happened" in message(screen(one))


async def test_before_the_first_answer_it_says_that_it_reads(tmp_path: Path) -> None:
    one = simulated(TOPS, tmp_path)
    one.service.faults.add("delay", path="restoreSessions$", seconds=60, times=None)
    async with one.app.run_test(size=SMALL) as pilot:
        await pilot.press("3")
        await pilot.pause()
        assert title(one).startswith("Sessions   reading")
        assert screen(one).table.empty.startswith("   Reading")


async def test_an_empty_tenant_says_what_to_do(tmp_path: Path) -> None:
    one = simulated(TOPS, tmp_path, history=False)
    async with one.app.run_test(size=SMALL) as pilot:
        await pilot.press("3")
        await until(pilot, lambda: any("No restore and no draft" in line for line in screen_text(one.app)))
        assert any("n starts one" in line for line in screen_text(one.app))


async def test_a_list_that_can_not_be_read_again_says_how_old_it_is(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        one.service.faults.add(
            "refuse", method="GET", path="restoreSessions$", status=403, code="Forbidden", times=None
        )
        await pilot.press("r")
        await until(pilot, lambda: "as of 15:32" in title(one))
        assert screen(one).table.row_count == 28


async def test_the_lines_about_a_row_stand_below_or_beside(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, LARGE, number=3) as pilot:
        pane = screen(one).query_one(PaneLines)
        assert pane.region.x > 70
        assert any("the service's word" in plain(line) for line in pane.lines)
        await pilot.resize_terminal(*SMALL)
        await pilot.pause()
        assert screen(one).query_one(PaneLines).region.x < 3
        assert screen(one).query_one(PaneLines).region.height == 2
        assert "A activate" in footer(screen(one))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await read(pilot, one)
        await pilot.press("3", "j", "j", "j", "space", "j")
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


async def test_how_many_failed_is_whole_on_the_smallest_terminal(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3, size=(60, 16)):
        rows = [one.workspace.store.sessions[key] for key in rows_of(one)[:10]]
        lines = screen_text(one.app)[4:]
        failed = [(row, line) for row, line in zip(rows, lines, strict=False) if row.failed]
        assert len({row.state.value for row, _line in failed}) > 1
        for row, line in failed:
            assert ("all failed" if row.state.value == "failed" else f"{row.failed} failed") in line


async def test_a_row_says_where_it_goes_how_far_it_is_since_when_and_for_how_long(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3, size=(200, 50)):
        heading, first = screen_text(one.app)[3:5]
        row = one.workspace.store.sessions[rows_of(one)[0]]
        assert [word for word in heading.split() if word in ("To", "Done", "Units", "When", "Took", "By", "Ended")] == [
            "To", "Done", "Units", "When", "Took", "By", "Ended"
        ]  # fmt: skip
        assert "IN PLACE" in first
        assert f"{row.finished}/{row.total}" in first
        begun = started_at(one.workspace.store, row)
        assert begun is not None
        assert span_words(one.clock.now() - begun) in first
        assert begun.astimezone(one.workspace.zone).strftime("%H:%M") in first


async def test_how_long_it_took_is_not_guessed_from_when_the_draft_was_made(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3):
        store, took = one.workspace.store, [column.key for column in SessionsScreen.COLUMNS].index("took")
        ended = [row for row in store.sessions.values() if row.completed_at and not store.artifacts(row.id)]
        assert ended
        assert {screen(one).cells(row.id)[took].text for row in ended} == {""}
