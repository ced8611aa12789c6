"""Specifies the screen of what failed in a plan: by cause, taken or left, drafted by one key after a look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plan_screens import NAME, agreed, planned, program, read, runs
from support import Simulated, screen_text, until
from textual.pilot import Pilot

from backup_tui.plans.record import PlanRecord, need_record
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.plans.again import PlanAgain
from backup_tui.ui.routes import OpenPlanAgain, OpenSession
from backup_tui.ui.sessions.detail import SessionDetail


async def failed(pilot: Pilot[Any], one: Simulated) -> PlanRecord:
    """A plan whose first two waves have ended with failures of three causes."""
    record = await planned(pilot, one)
    await agreed(one, 0)
    ids = record.sessions
    await runs(pilot, one, ids[1], [25, 40], {0: "UnknownError"})
    await runs(
        pilot, one, ids[2], [30, 45, 50, 58], {0: "ArtifactNotFound", 1: "UnknownError", 2: "InvalidRestoreTime"}
    )
    one.advance(3600)
    await read(one)
    return record


async def again(pilot: Pilot[Any], one: Simulated) -> PlanAgain:
    one.app.open(OpenPlanAgain(NAME))
    await until(pilot, lambda: isinstance(one.app.screen, PlanAgain), "the screen")
    screen = one.app.screen
    assert isinstance(screen, PlanAgain)
    await until(pilot, lambda: not screen.context().busy, "what failed")
    one.app.bridge.deliver()
    await pilot.press("g")  # whatever is said until a key is pressed has been seen
    await pilot.pause()
    return screen


def rows(screen: PlanAgain) -> dict[str, tuple[str, str]]:
    """Cause to how many failed and how many would be drafted."""
    listed = [screen.cells(key) for key in tuple(screen.keys())]
    return {cells[2].text: (cells[0].text, cells[1].text) for cells in listed}


async def test_causes_are_listed_with_what_would_be_drafted(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await failed(pilot, one)
        screen = await again(pilot, one)
        assert rows(screen) == {
            "✗ no reason given": ("2", "2"),
            "✗ not found": ("1", "-"),
            "✗ no usable point": ("1", "1"),
        }
        assert screen.context().ready == 3
        assert "d draft them" in screen_text(one.app)[-1]


async def test_a_cause_is_taken_and_left_by_space(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await failed(pilot, one)
        screen = await again(pilot, one)
        for _ in range(3):
            cause = screen.cells(screen.row or "0")[2].text
            if cause == "✗ not found":
                break
            await pilot.press("down")
        await pilot.press("space")
        await until(pilot, lambda: rows(screen)["✗ not found"] == ("1", "1"), "it is taken")
        await pilot.press("space")
        await until(pilot, lambda: rows(screen)["✗ not found"] == ("1", "-"), "it is left again")


async def test_one_key_drafts_them_and_starts_nothing(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        record = await failed(pilot, one)
        before = len(one.service.sessions)
        await again(pilot, one)
        await pilot.press("d")
        await until(pilot, lambda: not isinstance(one.app.screen, PlanAgain), "it closes")
        after = await need_record(one.workspace.context.journal, NAME)
        new = after.parts[len(record.parts) :]
        assert [part.again_of for part in new] == [(record.sessions[1],), (record.sessions[2],)]
        assert len(one.service.sessions) == before + 2
        assert all(one.service.sessions[after.sessions[part.number]].activated is None for part in new)
        screen = await again(pilot, one)
        assert screen.context().ready == 0
        assert "draft them" not in screen_text(one.app)[-1], "nothing can be drafted"
        for _ in range(20):  # what was said of the drafts may come after a key that was pressed at once
            await pilot.press("d")
            if "Nothing that failed can be drafted" in one.app.message_on(screen):
                break
        else:
            raise AssertionError("the key does not say why not")
        assert len(one.service.sessions) == before + 2


async def test_drafts_that_could_not_be_created_are_completed_by_the_same_key(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        record = await failed(pilot, one)
        before = len(one.service.sessions)
        screen = await again(pilot, one)
        one.service.faults.add("refuse", method="POST", path="RestoreSessions$", status=400, times=None)
        await pilot.press("d")
        await until(pilot, lambda: screen.context().begun == 2 and not screen.context().busy, "it looks again")
        assert (screen.context().ready, len(one.service.sessions)) == (0, before)
        one.service.faults.rules.clear()
        await pilot.press("d")
        await until(pilot, lambda: not isinstance(one.app.screen, PlanAgain), "it closes")
        after = await need_record(one.workspace.context.journal, NAME)
        assert len(one.service.sessions) == before + 2
        assert len(after.sessions) == len(after.parts) == len(record.parts) + 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_picture_of_what_failed_in_a_plan(size: tuple[int, int], tmp_path: Path, snap_compare: Any) -> None:
    one = program(tmp_path)

    async def prepare(pilot: Pilot[Any]) -> None:
        await failed(pilot, one)
        await again(pilot, one)

    assert snap_compare(one.app, run_before=prepare, terminal_size=size)


async def test_the_source_says_what_restores_a_unit_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        record = await failed(pilot, one)
        await again(pilot, one)
        await pilot.press("d")
        await until(pilot, lambda: not isinstance(one.app.screen, PlanAgain), "it closes")
        after = await need_record(one.workspace.context.journal, NAME)
        await read(one)
        await pilot.pause()
        one.app.open(OpenSession(record.sessions[1]))
        await until(
            pilot, lambda: isinstance(one.app.screen, SessionDetail) and one.app.screen.is_mounted, "the session"
        )
        screen = one.app.screen
        assert isinstance(screen, SessionDetail)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(one.app.screen, PlanAgain), "the plan must know of each retry")
        await pilot.press("escape")
        retry = next(after.sessions[part.number] for part in after.parts if part.again_of == (record.sessions[1],))
        words = f"Retry drafted: {retry[:8]}."
        await until(pilot, lambda: any(words in str(line) for line in screen.about(screen.keys()[0])), words)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, PagerScreen), "all of it")
        ok = next(key for key in tuple(screen.keys()) if screen.units[key].state.value == "succeeded")
        assert not any("Retry" in str(line) for line in screen.about(ok))
