"""Specifies where plans are found: on the Overview and by name in the palette."""

from __future__ import annotations

from pathlib import Path

from plan_screens import NAME, agreed, planned, program, read, runs, under_way
from support import Simulated, screen_text, shown_as, until

from backup_tui.ui.plans.again import PlanAgain
from backup_tui.ui.plans.incident import IncidentScreen

SIZE = (80, 24)


def shown(one: Simulated) -> list[str]:
    """The lines of the screen, without the blanks between their words."""
    return [" ".join(line.split()) for line in screen_text(one.app)]


async def test_a_plan_comes_first_under_running_and_its_yes_first_under_needs_you(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await read(one)
        one.app.bridge.deliver()
        await pilot.pause()
        lines = [line.removeprefix("> ") for line in shown(one)]
        plan = next(place for place, line in enumerate(lines) if line.startswith(f"Plan {NAME} IN PLACE"))
        assert "7 of 12 2 " in f"{lines[plan]} "
        assert lines[plan + 1].startswith("OneDrive ")
        needs = next(place for place, line in enumerate(lines) if line.startswith("▌Needs you"))
        assert lines[needs + 1] == f"! Plan {NAME}: wave 3, the rest, waits for your yes 4 enter"
        await pilot.press("g", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "the plan")
        assert shown_as(one.app, IncidentScreen).name_of_plan == NAME


async def test_what_failed_in_a_plan_is_one_row_that_retries_it_across_the_plan(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        record = await under_way(pilot, one)
        await runs(pilot, one, record.sessions[4], [5, 6, 7, 8], {1: "ArtifactNotFound"})
        one.advance(12 * 3600)
        await read(one)
        one.app.bridge.deliver()
        await pilot.pause()
        lines = [line.removeprefix("> ") for line in shown(one)]
        needs = next(place for place, line in enumerate(lines) if line.startswith("▌Needs you"))
        assert lines[needs] == "▌Needs you 2"
        assert lines[needs + 1].startswith(f"✗ Plan {NAME}, ")
        assert lines[needs + 1].endswith("22 Nov: 2 not found, 1 cannot be restored 3 f")
        assert lines[needs + 2].startswith("! OneDrive all: accounts not protected")
        assert "No restore is running" in "".join(screen_text(one.app))
        await pilot.press("g", "f")
        await until(pilot, lambda: isinstance(one.app.screen, PlanAgain), "what failed in the plan")
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "the plan")


async def test_a_plan_that_nobody_runs_needs_you_and_its_drafts_are_not_listed_beside_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await planned(pilot, one)
        await agreed(one, 0)
        await read(one)
        one.app.bridge.deliver()
        await pilot.pause()
        text = "\n".join(shown(one))
        assert f"! Plan {NAME}: nobody runs the plan now 8 enter" in text
        assert "Draft by" not in text


async def test_the_palette_finds_plans_by_name_and_all_that_runs(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await under_way(pilot, one)
        await read(one)
        await pilot.press("colon", *"ransom", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "the plan")
        assert shown_as(one.app, IncidentScreen).name_of_plan == NAME
        await pilot.press("escape", "colon", *"incident", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "all that runs")
        assert shown_as(one.app, IncidentScreen).name_of_plan == ""


async def test_a_plan_that_nobody_carries_out_needs_you(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        record = await planned(pilot, one)
        await agreed(one, None)
        await runs(pilot, one, record.sessions[1], [1, 2])
        one.advance(3600)
        await read(one)
        one.app.bridge.deliver()
        await pilot.pause()
        lines = [line.removeprefix("> ") for line in shown(one)]
        assert f"! Plan {NAME}: nobody runs the plan now 10 enter" in lines
        await pilot.press("g", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "the plan")
