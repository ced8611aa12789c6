"""Specifies the detail of a restore in which a unit hangs: the alarm in one line, and the ids for support with `v`."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace
from restores import drafted, program, started
from support import screen_text, until

from backup_tui.simulator.domain.artifacts import Run
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.text_lines import TextLines

UNITS = 7
HOUR = 3_600


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_unit_that_hangs_is_named_with_what_support_asks_for(tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=size) as pilot:
        session_id = await drafted(pilot, one, count=UNITS)
        await started(pilot, one, session_id)
        session = one.service.sessions[session_id]
        begun = cast(float, session.activated)
        ends = [*[begun + 1_500] * (UNITS - 1), begun + 24 * HOUR]
        runs = [
            replace(cast(Run, artifact.run), scheduled=begun, start=begun, end=end, error=None)
            for artifact, end in zip(session.artifacts, ends, strict=True)
        ]
        session.start(runs, session.modified_by, begun)
        one.advance(2 * HOUR)
        await one.workspace.load_artifacts(session_id)
        one.app.open(OpenSession(session_id))
        await until(pilot, lambda: [t.row_count for t in one.app.screen.query(RowTable)] == [UNITS], "its units")
        await until(pilot, lambda: "has not moved" in " ".join(screen_text(one.app)), "the alarm")
        text = " ".join(" ".join(screen_text(one.app)).split())
        assert "1 unit has not moved for 2 h 00 (expected 25 min): v has ids for support" in text
        assert "✗" not in text, "nobody says that it failed"
        await pilot.press("v")
        assert isinstance(one.app.screen, PagerScreen)
        lines = one.app.screen.query_one(TextLines).text
        hung = session.artifacts[-1]
        for named in (session_id, f"artifact {hung.id}", f"restore point {hung.point_id}", "request-id "):
            assert named in lines
