"""Specifies Activity and the way out of an unknown outcome: every call, each change once, looking, one's own word."""

from __future__ import annotations

import itertools
import uuid
from pathlib import Path
from typing import Any

import pytest
from list_screens import LARGE, SMALL, lose_a_start, read, shown, tenant, visited, without_waiting
from support import footer, message, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.review.lost_answer import SettleUnknown
from backup_tui.ui.widgets.text_lines import TextLines


def screen(one: Any) -> ActivityScreen:
    assert isinstance(one.app.screen, ActivityScreen)
    return one.app.screen


def text(one: Any) -> str:
    return "\n".join(screen_text(one.app))


async def test_every_request_is_a_line_newest_first(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=5):
        rows = screen(one).table.source.keys()
        calls = [key.removeprefix("call:") for key in rows]
        assert calls == list(reversed(one.workspace.store.calls))
        assert {one.workspace.store.calls[call].what for call in calls} >= {"list sessions"}
        assert one.workspace.store.calls[calls[0]].what.split()[0] in text(one)
        assert f"last hour: {len(calls)} reads, 0 changes, 0 waits" in text(one)


async def test_a_change_and_its_journal_entry_are_one_line(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=5) as pilot:
        await lose_a_start(one)
        await pilot.press("m")
        await until(pilot, lambda: screen(one).table.row_count == 1)
        assert "START session" in text(one)
        assert "? UNKNOWN" in text(one)
        assert "[Changes only]" in text(one)
        assert "enter look into it" in footer(screen(one))


async def test_enter_shows_all_and_y_copies_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=5) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(one.app, "copy_to_clipboard", copied.append)
        await pilot.press("slash", *"list sessions !artifacts", "enter", "y", "enter")
        assert isinstance(one.app.screen, PagerScreen)
        whole = one.app.screen.query_one(TextLines).text
        assert [text.partition("\n")[2] for text in copied] == [whole]  # its first line is the title there
        assert "GET /solutions/backupRestore/restoreSessions" in whole
        assert "request-id: " in whole
        assert '"@odata.type"' in whole


async def test_no_token_stands_in_what_is_shown_or_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=5) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(one.app, "copy_to_clipboard", copied.append)
        for _row in range(screen(one).table.row_count):
            await pilot.press("y", "j")
        assert len(copied) == screen(one).table.row_count
        assert not any("Bearer" in one_copy or "eyJ" in one_copy for one_copy in copied)


async def test_enter_on_an_unknown_outcome_leads_to_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one, number=5) as pilot:
        await lose_a_start(one)
        await pilot.press("m")
        await until(pilot, lambda: screen(one).context().unknown is not None)
        await pilot.press("enter")
        assert places == [("OpenUnknown", 1)]


async def settle(one: Any, pilot: Pilot[Any]) -> SettleUnknown:
    """The way out of the first journal entry, once its being open has been told."""
    await until(pilot, lambda: "is unknown. It is the first row" in one.app.message)
    one.app.push_screen(SettleUnknown(1))
    await until(pilot, lambda: isinstance(one.app.screen, SettleUnknown) and one.app.screen.is_mounted)
    return shown_as(one.app, SettleUnknown)


async def test_looking_finds_a_start_that_happened_and_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one, number=5) as pilot:
        draft = await lose_a_start(one)
        without_waiting(one)
        hint = await settle(one, pilot)
        await until(pilot, lambda: "it was done" in " ".join(hint.story()))
        assert any("look 1 of" in line for line in hint.story())
        await pilot.press("N")
        assert message(hint).endswith("This is settled already.")
        await pilot.press("enter")
        await until(pilot, lambda: places)
        assert places == [("OpenSession", draft)]


async def test_ones_own_word_takes_two_presses(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=5) as pilot:
        await lose_a_start(one)
        one.service.faults.add(
            "refuse", method="GET", path="[rR]estoreSessions", status=403, code="Forbidden", times=None
        )
        without_waiting(one)
        hint = await settle(one, pilot)
        await until(pilot, lambda: not hint.context().looking)
        assert "Still unknown" in " ".join(hint.story())
        await pilot.press("N")
        assert not hint.context().settled
        assert "NOT done" in message(hint)
        await pilot.press("N")
        await until(pilot, lambda: hint.context().settled)
        (entry,) = one.workspace.store.intents
        assert entry.state == "resolvedNotDone"
        assert "recorded that it was not done" in entry.note


async def test_the_own_word_waits_while_the_service_is_looked_at(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=5) as pilot:
        await lose_a_start(one)
        hint = await settle(one, pilot)
        await until(pilot, lambda: "Looking at the service now" in text(one))
        await pilot.press("N", "N")
        assert message(hint).endswith("wait for what it says.")
        assert not hint.context().settled


async def test_a_lost_draft_can_be_adopted(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=5) as pilot:
        draft = await lose_a_start(one)
        one.service.faults.add(
            "refuse", method="GET", path="[rR]estoreSessions", status=403, code="Forbidden", times=None
        )
        without_waiting(one)
        hint = await settle(one, pilot)
        await until(pilot, lambda: not hint.context().looking)
        assert hint.row == draft
        await pilot.press("enter")
        assert message(hint).endswith(f"enter again: it was done, and {draft[:8]} is its session.")
        one.service.faults.clear()
        # The list of all would tell what became of it before anybody says so.
        one.service.faults.add("refuse", method="GET", path="estoreSessions$", status=403, code="Forbidden", times=None)
        await pilot.press("enter")
        await until(pilot, lambda: hint.context().settled)
        assert one.workspace.store.intents[0].state == "resolvedDone"


@pytest.fixture
def same_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Request ids are drawn anew each time; pictures need the same ones."""
    numbers = itertools.count(1)

    def next_id() -> uuid.UUID:
        return uuid.UUID(int=next(numbers))

    monkeypatch.setattr(uuid, "uuid4", next_id)
    monkeypatch.setattr("backup_tui.simulator.app.uuid4", lambda: uuid.UUID(int=7))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture(snap_compare: Any, tmp_path: Path, size: tuple[int, int], same_ids: Any) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await read(pilot, one)
        await lose_a_start(one)
        await pilot.press("5", "m")
        await until(pilot, lambda: screen(one).table.row_count == 1 and "5 Activity" in message(screen(one)))
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


def test_picture_of_the_way_out(snap_compare: Any, tmp_path: Path, same_ids: Any) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await read(pilot, one)
        await lose_a_start(one)
        one.service.faults.add(
            "refuse", method="GET", path="[rR]estoreSessions", status=403, code="Forbidden", times=None
        )
        without_waiting(one, clock_goes_on=False)
        hint = await settle(one, pilot)
        await until(pilot, lambda: not hint.context().looking)
        await until(pilot, lambda: "5 Activity" in message(hint))
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=SMALL)
