"""Specifies the yes to a wave on the screen, and the run of a plan beside the screens."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from plan_screens import NAME, agreed, incident, planned, program, read, under_way
from support import Simulated, footer, message, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.plans.record import PlanRecord, change_record, kept_status, need_record
from backup_tui.plans.runner import runner_lock
from backup_tui.ui.plans.incident import IncidentScreen
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.review.screen import ReviewScreen

SIZE = (80, 24)


def shown(one: Simulated) -> str:
    """The screen's text without the breaks of its lines."""
    return " ".join(" ".join(screen_text(one.app)).split())


async def record(one: Simulated) -> PlanRecord:
    """The plan as the journal has it."""
    return await need_record(one.workspace.context.journal, NAME)


def starts(one: Simulated) -> list[str]:
    """Sessions that were started, in the order of the plan's drafts."""
    return [key for key, session in one.service.sessions.items() if session.activated is not None]


async def review(pilot: Pilot[Any], one: Simulated) -> ReviewScreen:
    """Opens the review of the next wave by its key, and waits until it is read."""
    await pilot.press("c")
    await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen) and one.app.screen.reviewed, "the review")
    await until(pilot, lambda: one.app.screen.query(ReviewPhrase), "its field")
    await pilot.pause()
    return shown_as(one.app, ReviewScreen)


async def say_yes(pilot: Pilot[Any], one: Simulated, phrase: str) -> None:
    """Types the phrase."""
    for key in phrase:
        await pilot.press("space" if key == " " else key)
    await pilot.press("enter")


async def changed(pilot: Pilot[Any], one: Simulated, is_so: Callable[[PlanRecord], bool]) -> None:
    """Waits until the plan in the journal is so, and shown so."""
    for _turn in range(500):
        if is_so(await record(one)):
            await read(one)
            one.app.bridge.deliver()
            await pilot.pause()
            return
        await pilot.pause(0.005)
    raise AssertionError("the plan does not change")


async def test_the_yes_to_a_wave_starts_its_sessions_and_those_under_it_and_no_other(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        plan = await planned(pilot, one)
        await read(one)
        await incident(pilot, one)
        assert "Next wave 1 waits for your yes (c)" in shown(one)
        one.app.say("2 drafts created for ransom-20nov. Nothing is started.")
        await review(pilot, one)
        assert "Review of plan ransom-20nov" in shown(one)
        assert shown(one).endswith("type the text exactly to agree")
        assert "overwrite 8 contoso" in shown(one)
        await say_yes(pilot, one, "overwrite 8 contoso")
        await until(pilot, lambda: "✓ AGREED" in shown(one), "the outcome")
        assert "backup-tui plan resume ransom-20nov" in shown(one)
        await until(pilot, lambda: len(starts(one)) == 3, "the sessions start")
        assert set(starts(one)) == {plan.sessions[number] for number in (1, 2, 3)}
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "back on the plan")
        assert "Nothing is started" not in shown(one)
        await read(one)
        await until(pilot, lambda: "wave 3 waits for your yes" in shown(one), "the next wave waits")
        assert "run by pid" not in shown(one)
        (yes,) = (await record(one)).yes
        assert yes.phrase == "overwrite 8 contoso"


async def test_a_yes_to_a_paused_plan_does_not_say_that_something_starts(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await planned(pilot, one)
        await change_record(one.workspace.context, NAME, lambda kept: replace(kept, paused=True))
        await read(one)
        await incident(pilot, one)
        await review(pilot, one)
        await say_yes(pilot, one, "overwrite 8 contoso")
        await until(pilot, lambda: "✓ AGREED" in shown(one), "the outcome")
        assert "do not start yet: the plan is paused; p in it continues" in " ".join(shown(one).split())
        assert starts(one) == []


async def test_another_phrase_starts_nothing(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await planned(pilot, one)
        await read(one)
        await incident(pilot, one)
        await review(pilot, one)
        await say_yes(pilot, one, "overwrite 9 contoso")
        await until(pilot, lambda: 'Not agreed to. You typed "overwrite 9 contoso"' in shown(one), "the refusal")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "back on the plan")
        assert (await record(one)).yes == ()
        assert starts(one) == []


async def test_a_wave_whose_drafts_somebody_deleted_says_so_and_takes_no_phrase(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        plan = await planned(pilot, one)
        await read(one)
        await incident(pilot, one)
        for number in (1, 2, 3):
            del one.service.sessions[plan.sessions[number]]
        await pilot.press("c")
        await until(pilot, lambda: "Not possible now: there is no draft to start." in shown(one), "why not")
        assert "(not offered now)" in shown(one)


async def test_a_plan_that_another_process_carries_out_is_only_shown(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await planned(pilot, one)
        await agreed(one, 0)
        await read(one)
        await incident(pilot, one)
        assert "nobody runs the plan now (c continues)" in shown(one)
        async with runner_lock(one.workspace.context, NAME).hold("running it elsewhere"):
            await pilot.press("c")
            await until(pilot, lambda: f"pid {os.getpid()} on" in message(one.app.screen), "who has it")
            assert "is not carried out from here" in one.app.message
            assert starts(one) == []
        assert one.workspace.plan_runs.names == ()


async def test_quitting_says_that_nothing_more_starts_and_how_to_resume(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await planned(pilot, one)
        await agreed(one, 0)
        await read(one)
        await incident(pilot, one)
        await pilot.press("c")
        await until(pilot, lambda: len(starts(one)) == 3, "the sessions start")
        await until(pilot, lambda: any(row.running for row in one.workspace.store.sessions.values()), "it is seen")
        await pilot.press("ctrl+c")
        assert f"Nothing more of plan {NAME} starts then." in one.app.message
        words = one.app.workspace.parting_words()
        assert f"Nothing more of plan {NAME} starts until: backup-tui plan resume {NAME}" in words
        assert "continue in the service" in words
        journal = one.workspace.context.journal
        before = await kept_status(journal, NAME)
        assert before is not None
        assert (before.pid, before.ended) == (os.getpid(), "")
        await one.workspace.plan_runs.aclose()
        left = await kept_status(journal, NAME)
        assert left is not None
        assert left.ended == "stopped"


async def test_a_pause_and_a_stop_are_taken_back_by_their_keys(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await agreed(one, 2)
        await read(one)
        await incident(pilot, one)
        await pilot.press("p")
        await changed(pilot, one, lambda plan: plan.paused)
        assert "What runs cannot be stopped" in one.app.message
        assert "3 the rest 0/1 ended ! paused" in shown(one)
        await pilot.press("c")
        assert "The plan is paused: p continues it." in one.app.message

        await pilot.press("g", "j", "S")
        await changed(pilot, one, lambda plan: plan.stop_after == 1)
        assert "Nothing is started after wave 2 finance" in one.app.message
        await pilot.press("S")
        await changed(pilot, one, lambda plan: plan.stop_after is None)
        assert "no longer stops after a wave" in one.app.message
        assert (await record(one)).paused


@pytest.mark.parametrize("key", ["c", "p", "S"])
async def test_nothing_of_a_plan_is_changed_where_nothing_may_be_changed(tmp_path: Path, key: str) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await planned(pilot, one)
    other = program(tmp_path, read_only=True)
    async with other.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: other.workspace.is_open, "it is open")
        await other.workspace.plans.look(other.workspace.context.journal)
        await incident(pilot, other)
        await pilot.press(key)
        assert "read-only" in message(other.app.screen)


async def test_keys_say_why_they_do_nothing(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await incident(pilot, one, "")
        await pilot.press("p")
        assert "belong to no plan" in one.app.message
        await pilot.press("f")
        assert "Nothing failed in these restores." in one.app.message
        assert "c continue" in footer(one.app.screen)


def test_picture_of_the_review(snap_compare: Any, tmp_path: Path) -> None:
    one = program(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await planned(pilot, one)
        await read(one)
        await incident(pilot, one)
        await review(pilot, one)

    assert snap_compare(one.app, run_before=ready, terminal_size=SIZE)
