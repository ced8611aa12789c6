"""Specifies the screen for the incident: waves, what waits and why, what failed and why, and what comes next."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from plan_screens import NAME, agreed, incident, planned, program, read, runs, under_way
from support import Simulated, footer, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.models.services import Destination, Service
from backup_tui.plans.deleted import LEFT_OUT
from backup_tui.plans.progress import FailedCause
from backup_tui.plans.record import RunnerStatus, Wait, keep_status, need_record
from backup_tui.store import freshness as fresh
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.plans.text import cause_lines
from backup_tui.ui.sessions.detail import SessionDetail
from backup_tui.ui.sessions.screen import SomeSessions
from backup_tui.ui.widgets.marks import current_marks
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.text_lines import TextLines

SIZE = (80, 24)


def shown(one: Simulated) -> list[str]:
    """The lines of the screen, without the blanks between their words."""
    return [" ".join(line.split()) for line in screen_text(one.app)]


def runner(one: Simulated, **more: Any) -> RunnerStatus:
    """What another process says that carries the plan out: this one, under another number."""
    now = one.clock.now()
    status = RunnerStatus(os.getppid(), socket.gethostname(), now, "watching 2 sessions", (), now)
    return replace(status, **more)


async def test_waves_and_sums_are_of_all_sessions_and_reasons_are_in_words(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await incident(pilot, one)
        lines = shown(one)
        assert "▌Incident ransom-20nov OneDrive IN PLACE since 15:33, 1 h 00" in lines
        assert any(line.endswith("7 of 12 finished") for line in lines)
        assert "✓ 5 restored ✗ 2 failed » 1 restoring · 4 waiting" in lines
        assert "Next wave 3 waits for your yes (c)" in lines
        assert "> 1 directors 1/1 ended ✓ finished ████████ 2 0 0 0 2" in lines
        assert "2 finance 1/2 ended » restoring ████▒▒▒░ 3 2 1 0 6" in lines
        assert "3 the rest 0/1 ended ! needs your yes ░░░░░░░░ 0 0 0 4 4" in lines
        waiting, failed = lines.index("▌Waiting 4, and why"), lines.index("▌Failed 2, by cause")
        assert lines[waiting + 1] == "4 wave 3: needs your yes"
        assert lines[failed + 1] == "1 cannot be restored held, locked or split off hold removed, then retry"
        assert lines[failed + 2] == "1 not found deleted, renamed or moved bring back, then retry"


def test_equal_causes_are_told_apart_by_their_service() -> None:
    held = "ArtifactCannotBeRestored"
    causes = [FailedCause(1, held, service, Destination.IN_PLACE) for service in Service]
    assert [" ".join(line.split()) for line in cause_lines(causes)] == [
        "1 Exchange cannot be restored hold removed, then retry",
        "1 OneDrive cannot be restored hold removed, then retry",
        "1 SharePoint cannot be restored a new address",
    ]


async def test_time_left_is_a_range_beside_the_figure_of_microsoft_and_no_percentage(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await incident(pilot, one)
        lines = shown(one)
        assert "Left 30 to 60 min at this pace. Microsoft's figure for 5 is about 40 min." in lines
        assert any(line.startswith("Pace ") and line.endswith("7 in the last hour, best 7") for line in lines)
        assert not any("%" in line for line in lines)


async def test_one_unit_is_two_keys_away(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        record = await under_way(pilot, one)
        await incident(pilot, one)
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, SomeSessions), "the sessions of the wave")
        assert set(shown_as(one.app, SomeSessions).keys()) == {record.sessions[2], record.sessions[3]}
        assert any(line.startswith("▌Wave 2 finance, 2 sessions") for line in shown(one))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, SessionDetail), "the units of a session")
        await until(pilot, lambda: one.app.screen.query_one(RowTable).row_count > 0, "the units")

        await pilot.press("escape", "escape", "g", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, SessionDetail), "the only session of its wave")
        assert shown_as(one.app, SessionDetail).session_id == record.sessions[1]
        assert f"Plan {NAME}, wave 1 directors" in shown(one)


async def test_a_poll_that_changes_nothing_draws_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await incident(pilot, one)
        keys = (fresh.SESSIONS, fresh.POLICIES, fresh.SERVICE_ROOT)
        await until(pilot, lambda: all(one.workspace.store.freshness(key).complete for key in keys), "all is read")
        await read(one)
        one.app.bridge.deliver()
        await pilot.press("g")  # what has ended is said until a key is pressed
        await pilot.pause()
        drawn: list[object] = []
        monkeypatch.setattr(one.app, "_display", lambda _screen, renderable: drawn.append(renderable))
        for _turn in range(3):
            await read(one)
            one.app.bridge.deliver()
            await pilot.pause()
        assert drawn == []

        one.advance(600)
        await read(one)
        one.app.bridge.deliver()
        await pilot.pause()
        assert drawn


async def test_a_runner_of_another_process_is_named_and_what_it_says_is_shown(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await agreed(one, 2)
        await incident(pilot, one)
        assert not any("run by pid" in line for line in shown(one))
        waits = (Wait(4, "no free place: 25 sessions run", one.clock.now()),)
        await keep_status(one.workspace.context.journal, NAME, runner(one, waits=waits))
        await read(one)
        await until(pilot, lambda: f"run by pid {os.getppid()} on {socket.gethostname()}" in shown(one)[2], "who")
        assert "Next watching 2 sessions" in shown(one)
        assert "4 no free place: 25 sessions run, looks again 16:33" in shown(one)

        await keep_status(one.workspace.context.journal, NAME, runner(one, ended="stopped by a signal"))
        await read(one)
        await until(pilot, lambda: "run by pid" not in shown(one)[2], "nobody runs it")
        assert "4 waits for the end of wave finance" in shown(one)


async def test_a_plan_that_is_not_known_here_is_said_to_be_unknown(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await planned(pilot, one)
        await read(one)
        screen = await incident(pilot, one, "another")
        assert "No plan named another has drafts on this machine." in shown(one)
        assert screen.progress is None


async def test_all_running_restores_of_the_tenant_are_shown_as_one(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await incident(pilot, one, "")
        lines = shown(one)
        assert lines[2].startswith("▌All running restores OneDrive IN PLACE since 15:33")
        assert any(line.startswith("> OneDrive, in place » restoring") for line in lines)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, SessionDetail), "its only session")


async def test_everything_is_text_with_the_ids_of_all_sessions(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        record = await under_way(pilot, one)
        await incident(pilot, one)
        assert "H hand-over  e report     esc back" in footer(one.app.screen)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(one.app.screen, PagerScreen), "the text")
        text = one.app.screen.query_one(TextLines).text
        for session_id in record.sessions.values():
            assert session_id in text
        assert "Failed 2, by cause" in text


async def test_units_that_do_not_move_are_said_with_the_way_to_their_ids(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        record = await planned(pilot, one, counts=(8, 1, 1), size=8)
        await agreed(one, 0)
        await runs(pilot, one, record.sessions[1], [20, 21, 22, 23, 24, 25, 26])
        one.advance(2 * 3600)
        await read(one)
        await incident(pilot, one)
        assert any(line.startswith("! 1 unit has not moved for 2 h 00") for line in shown(one))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(one.app.screen, PagerScreen), "the text")
        assert "For a support case" in one.app.screen.query_one(TextLines).text


async def test_room_that_is_short_keeps_waves_in_sight(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 16)) as pilot:
        await under_way(pilot, one)
        await incident(pilot, one)
        lines = shown(one)
        for name in ("1 directors", "2 finance", "3 the rest"):
            assert any(name in line for line in lines), name
        assert any(line.endswith("7 of 12 finished") for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=["80x24", "120x40", "200x50"])
def test_picture_of_a_plan_under_way(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await under_way(pilot, one)
        await incident(pilot, one)

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


def test_picture_of_a_plan_that_has_ended_with_failures(snap_compare: Any, tmp_path: Path) -> None:
    one = program(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        record = await planned(pilot, one, counts=(3, 4, 2))
        await agreed(one, None)
        await runs(pilot, one, record.sessions[1], [25, 40, 41])
        await runs(pilot, one, record.sessions[2], [30, 45, 50, 58], {0: "ArtifactNotFound", 2: "UnknownError"})
        await runs(pilot, one, record.sessions[3], [55, 61])
        one.advance(2 * 3600)
        await read(one)
        await incident(pilot, one)

    assert snap_compare(one.app, run_before=ready, terminal_size=SIZE)


def test_picture_of_a_plan_that_another_machine_carries_out(snap_compare: Any, tmp_path: Path) -> None:
    one = program(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await under_way(pilot, one)
        status = runner(one, pid=4711, host="jump01", doing="watching 1 session")
        await keep_status(one.workspace.context.journal, NAME, status)
        await read(one)
        await incident(pilot, one)

    assert snap_compare(one.app, run_before=ready, terminal_size=SIZE)


async def test_a_terminal_without_our_marks_loses_no_fact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    current_marks.cache_clear()
    try:
        one = program(tmp_path)
        async with one.app.run_test(size=SIZE) as pilot:
            await under_way(pilot, one)
            await incident(pilot, one)
            lines = shown(one)
            assert "+ 5 restored x 2 failed = 1 restoring . 4 waiting" in lines
            assert "Pace 7 in the last hour, best 7" in lines
            assert "2 finance 1/2 ended = restoring ####xxx- 3 2 1 0 6" in lines
            assert "|Failed 2, by cause" in lines
            assert all(line.isascii() for line in lines)
    finally:
        monkeypatch.undo()
        current_marks.cache_clear()


async def test_a_deleted_draft_is_drafted_again_or_left_out_by_key(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        record = await planned(pilot, one)
        for number in (3, 4):  # of the second wave, and of the third
            one.service.delete_session(record.sessions[number])
        for _ in range(2):  # one look alone may be a list that lags
            one.advance(5)
            await read(one)
        screen = await incident(pilot, one)
        await pilot.press("j")
        assert "its draft is no longer at the service." in " ".join(shown(one))
        assert "R draft again" in footer(screen)
        await pilot.press("R")
        await until(pilot, lambda: "2 units drafted again." in one.app.message, "it is drafted again")
        await read(one)
        one.app.bridge.deliver()
        await pilot.press("j", "x")
        asks = "x again leaves 4 units of wave 3 the rest out of the plan: nothing restores them then."
        assert one.app.message.endswith(asks)
        await pilot.press("x")
        await until(pilot, lambda: "4 units left out of the plan." in one.app.message, "they are left out")
        await read(one)
        one.app.bridge.deliver()
        await pilot.pause()
        left = await need_record(one.workspace.context.journal, NAME)
        assert sorted(left.sessions) == [1, 2, 5]
        assert {reason for _name, reason in left.in_no_session} == {LEFT_OUT}
        assert screen.progress is not None
        assert screen.progress.counts.of == 8
        assert "draft again" not in footer(screen)
