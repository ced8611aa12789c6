"""Specifies what a person notices when a restore ends: on its own screen, on every other one, and at the next start."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from demo_screens import FakeWorkspace, demo_app
from msgspec.structs import replace
from restores import drafted, program, started
from support import Simulated, message, screen_text, until, wheel
from test_session_detail import detail, ended, fail, shown, table
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.models.text import short_id
from backup_tui.store.last_visit import ChangesSinceLastVisit
from backup_tui.ui.overview.text import since_lines
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenReview
from backup_tui.ui.widgets.spans import plain

SIZE = (80, 24)


async def ends(pilot: Pilot[Any], one: Simulated, session_id: str) -> None:
    """Lets a restore that was seen running come to its end, and the program hear of it."""
    one.advance(24 * 3600)
    await one.workspace.load_artifacts(session_id)
    await until(pilot, lambda: not one.workspace.store.sessions[session_id].running, "it has ended")
    one.app.bridge.deliver()
    await pilot.pause()


async def running(pilot: Pilot[Any], one: Simulated, *codes: str, count: int = 4) -> str:
    """A restore that runs and was seen running, in which the first units are going to fail."""
    session_id = await drafted(pilot, one, count=count)
    await started(pilot, one, session_id)
    fail(one, session_id, *codes)
    await one.workspace.load_artifacts(session_id)
    await until(pilot, lambda: one.workspace.store.sessions[session_id].running, "it runs")
    one.app.bridge.deliver()
    await pilot.pause()
    return session_id


@pytest.mark.parametrize("key", ["3", "4", "question_mark"])
async def test_every_screen_says_that_a_restore_ended_until_a_key_is_pressed(tmp_path: Path, key: str) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await running(pilot, one, "ArtifactNotFound")
        await pilot.press(key)
        await ends(pilot, one, session_id)
        words = f"OneDrive {short_id(session_id)} finished: 3 restored, 1 failed, in "
        assert words in shown(one)
        one.app.say("Something else.")
        await pilot.pause()
        assert words in shown(one), "nothing but a key takes it away"
        await pilot.press("down")
        await pilot.pause()
        assert words not in shown(one)


async def test_a_review_without_a_message_line_says_it_too_and_keeps_what_is_typed(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await running(pilot, one)
        draft = await drafted(pilot, one, count=2, service=Service.EXCHANGE)
        one.app.open(OpenReview(draft))
        await until(pilot, lambda: "Type overwrite 2 contoso" in shown(one), "the phrase is asked for")
        await pilot.pause()
        await pilot.press("o")
        await ends(pilot, one, session_id)
        assert f"OneDrive {short_id(session_id)} finished: 4 restored, in " in screen_text(one.app)[1]
        assert isinstance(one.app.screen, ReviewScreen)
        await pilot.press("v")
        await pilot.pause()
        assert "Review of draft" in screen_text(one.app)[1]
        assert "overwrite 2 contoso ov" in shown(one)


async def test_the_detail_has_a_band_and_the_first_failure_in_sight(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await running(pilot, one, "ArtifactNotFound", count=20)
        screen = await detail(pilot, one, session_id, 20)
        await ends(pilot, one, session_id)
        assert " FINISHED   19 restored, 1 failed of 20   in " in "\n".join(screen_text(one.app))
        unit = screen.units.get(table(one).cursor_key or "")
        assert unit is not None
        assert unit.state.value == "failed", "nobody moved the cursor, so it is on the first failure"
        assert not table(one).above


async def test_a_cursor_that_was_moved_keeps_its_row_and_the_failures_above_are_counted(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await running(pilot, one, *["ArtifactNotFound"] * 3, count=30)
        await detail(pilot, one, session_id, 30)
        await pilot.press("G")
        place = table(one).cursor_key
        await ends(pilot, one, session_id)
        assert table(one).cursor_key == place
        assert "3 failed above ! shows them" in shown(one)
        await pilot.press("slash")
        await pilot.pause()
        assert "3 failed above Enter, then ! shows them" in shown(one)
        await pilot.press("escape")
        await pilot.press("exclamation_mark")
        await pilot.pause()
        assert "failed above" not in shown(one)


async def test_the_wheel_changes_how_many_failures_are_above(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await running(pilot, one, *["ArtifactNotFound"] * 3, count=30)
        await detail(pilot, one, session_id, 30)
        await pilot.press("down")
        await ends(pilot, one, session_id)
        assert "failed above" not in shown(one)
        place = table(one).cursor_key
        for key in ("down", "down"):
            await pilot.press(key)
        wheel(table(one), down=True)
        await pilot.pause()
        assert table(one).cursor_key != place
        assert f"{len(table(one).above)} failed above" in shown(one)
        wheel(table(one), down=False)
        await pilot.pause()
        assert "failed above" not in shown(one)


@pytest.mark.parametrize(
    ("codes", "band"),
    [
        ((), "FINISHED   4 restored   in "),
        (("ArtifactNotFound",) * 4, "FINISHED   0 restored, 4 failed of 4   in "),
        (("ArtifactNotFound", "ArtifactCannotBeRestored"), "FINISHED   2 restored, 2 failed of 4   in "),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 40)])
async def test_the_band_is_whole_at_every_size(
    tmp_path: Path, codes: tuple[str, ...], band: str, size: tuple[int, int]
) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=size) as pilot:
        session_id = await ended(pilot, one, *codes)
        await detail(pilot, one, session_id, 4)
        assert band in "\n".join(screen_text(one.app))


@pytest.mark.parametrize(("wanted", "rings"), [(True, 1), (False, 0)])
async def test_the_bell_rings_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, wanted: bool, rings: int) -> None:
    workspace = FakeWorkspace()
    workspace.bell = wanted
    app = demo_app(workspace)
    rung: list[bool] = []
    monkeypatch.setattr(type(app), "bell", lambda self: rung.append(True))
    async with app.run_test(size=SIZE) as pilot:
        workspace.ended = ("OneDrive 61633878 finished: 3 restored.",)
        workspace.emit("sessions")
        await until(pilot, lambda: "61633878 finished" in message(app.screen), "it is said")
        assert len(rung) == rings


async def test_two_that_end_one_after_the_other_are_both_said() -> None:
    workspace = FakeWorkspace()
    app = demo_app(workspace)

    def is_said(name: str) -> bool:
        return name in message(app.screen)

    async with app.run_test(size=(120, 40)) as pilot:
        for name in ("61633878", "8c3b40d2"):
            workspace.ended = (f"OneDrive {name} finished: 3 restored.",)
            workspace.emit("sessions")
            await until(pilot, partial(is_said, name), "it is said")
        assert "61633878 finished: 3 restored. OneDrive 8c3b40d2 finished" in message(app.screen)


def test_the_next_start_says_how_it_ended(tmp_path: Path) -> None:
    one = program(tmp_path)
    now = one.clock.now()
    left = ChangesSinceLastVisit(now, "", 3, 1, (), ("61633878",), ())
    said = ("OneDrive 61633878 finished: 174 restored, 6 failed, in 3 h 23.",)
    told = since_lines(left, one.workspace.zone, now, ended=said)
    assert told is not None
    assert said[0] in plain(told[1])
    two = since_lines(replace(left, ended=("61633878", "8c3b40d2")), one.workspace.zone, now, ended=said * 2)
    assert two is not None
    assert "2 ended" in plain(two[1])
