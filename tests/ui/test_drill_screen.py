"""Specifies the screen of drills: drawn by lot, one left out, a draft to a new location, measured, cleaned up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from restores import program, started
from support import Simulated, footer, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.ui.evidence.drill import DrillScreen
from backup_tui.ui.evidence.report import ReportForm
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenDrill
from backup_tui.ui.widgets.fields import RadioLine, TextField
from backup_tui.ui.widgets.table import RowTable

SIZE = (80, 24)


def text_of(one: Simulated) -> str:
    """The screen's text without the breaks of its lines."""
    return " ".join(" ".join(screen_text(one.app)).split())


async def drill_screen(pilot: Pilot[Any], one: Simulated) -> DrillScreen:
    await until(pilot, lambda: one.workspace.is_open, "open")
    one.app.open(OpenDrill())
    await until(pilot, lambda: "at random from" in text_of(one), "the units are drawn")
    return shown_as(one.app, DrillScreen)


def drawn(one: Simulated) -> list[str]:
    return list(one.app.screen.query_one(RowTable).source.keys())


async def test_from_the_draw_to_the_measured_drill(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await drill_screen(pilot, one)
        first = drawn(one)
        assert len(first) == 5
        await pilot.press("x")
        await until(pilot, lambda: len(drawn(one)) == 5 and first[0] not in drawn(one), "another one is drawn")
        assert set(first[1:]) < set(drawn(one))
        units = set(drawn(one))
        await until(pilot, lambda: screen.context().drawn, "it can be created")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "its review")
        (session,) = one.service.sessions.values()
        assert {artifact.unit.id for artifact in session.artifacts} == units
        assert {artifact.destination for artifact in session.artifacts} == {"new"}
        await pilot.press("escape")
        await started(pilot, one, session.id)
        one.advance(24 * 3600)
        await drill_screen(pilot, one)
        await until(pilot, lambda: "✓ 5 of 5" in text_of(one), "it is measured")
        assert "5 restored copies of the last one: y copies where." in text_of(one)
        await pilot.press("y")
        assert one.app.clipboard.count("R0") == 5
        await pilot.press("e")
        assert isinstance(one.app.screen, ReportForm)


async def test_numbers_and_seeds_that_cannot_be_are_said_and_others_draw_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await drill_screen(pilot, one)
        first = drawn(one)
        units, seed = screen.query_one("#drill-units", TextField), screen.query_one("#drill-seed", TextField)
        units.value = "51"
        await until(pilot, lambda: "Units: 1 to 50." in text_of(one), "the refusal")
        assert not drawn(one)
        units.value = "2"
        await until(pilot, lambda: drawn(one) == first[:2], "the same lot, fewer units")
        seed.value = "1"
        await until(pilot, lambda: len(drawn(one)) == 2 and drawn(one) != first[:2], "another lot")
        seed.value = "x"
        await until(pilot, lambda: "Seed: a whole number." in text_of(one), "the refusal")
        seed.value = "1"
        screen.query_one(RadioLine).value = "sharepoint"
        await until(pilot, lambda: "at random from" in text_of(one) and len(drawn(one)) == 2, "sites")
        assert "create draft" in footer(one.app.screen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=["80x24", "120x40", "200x50"])
def test_it_looks_like_this(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def before(pilot: Pilot[Any]) -> None:
        await drill_screen(pilot, one)
        await until(pilot, lambda: "None in a year." in text_of(one), "earlier drills")

    assert snap_compare(one.app, run_before=before, terminal_size=size)
