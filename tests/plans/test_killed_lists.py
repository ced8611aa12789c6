"""Killed at any step, lists of names and retries end with every unit in one live attempt."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from lives import Killed, Mortal, life
from msgspec.structs import replace
from office import Office
from planned import Checked, plan_of
from rows_of import rows_of
from test_again_drafts import ended_with
from test_killed_runs import LIMITS, whole_run

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.plans.again_drafts import draft_again
from backup_tui.plans.again_look import look_again
from backup_tui.plans.parts import split
from backup_tui.plans.plan import Wave
from backup_tui.plans.points import find_plan_points
from backup_tui.plans.record import need_record
from backup_tui.plans.rows import ScopeResult
from backup_tui.simulator.settings import Settings

PLAN = replace(plan_of(Wave("directors"), Wave("rest")), bulk=True)


async def lists(office: Office) -> Checked:
    """Two lists of names, of two accounts each."""
    units = await office.units(Service.ONEDRIVE, 4)
    rows = tuple(
        replace(row, wave=place // 2, destination=PLAN.destination)
        for place, row in enumerate(rows_of(units, PLAN.before))
    )
    points = await find_plan_points(office.tools, PLAN, rows)
    return Checked(ScopeResult(rows), points, split(points.units, PLAN.limits, bulk=True))


async def lists_killed_at(folder: Path, moment: int) -> int:
    """Runs the plan with a death in its first life; returns how many steps the last life took."""
    office = Office(Settings(units=120, history=False, speed=36_000), folder)
    async with office.stack:
        await office.open()
        check = await lists(office)
        if moment:
            with pytest.raises(Killed):
                async with life(office, Mortal(moment), LIMITS) as tools:
                    await whole_run(tools, PLAN, check)
        last = Mortal()
        async with life(office, last, LIMITS) as tools:
            await whole_run(tools, PLAN, check)
        assert [session.bulk is not None for session in office.mine()] == [True, True], "no draft is left behind"
        restored = Counter(artifact.unit.id for session in office.mine() for artifact in session.artifacts)
        assert restored == {unit.point.unit_id: 1 for unit in check.points.units}
        return last.steps


@pytest.mark.parametrize("rest", range(4))
async def test_lists_of_names_killed_at_a_step_restore_everybody_once(tmp_path: Path, rest: int) -> None:
    steps = await lists_killed_at(tmp_path / "0", 0)
    assert steps > 50
    for moment in range(1 + rest, steps + 1, 8):
        await lists_killed_at(tmp_path / str(moment), moment)


async def again(office: Office, mortal: Mortal) -> None:
    """What a person does, or does again: look, and draft."""
    async with life(office, mortal, LIMITS) as tools:
        look = await look_again(tools, await need_record(tools.journal, "ransom"))
        await draft_again(tools, look)


async def again_killed_at(folder: Path, moment: int) -> int:
    office = Office(Settings(units=200, history=False), folder)
    async with office.stack:
        await office.open()
        record = await ended_with(office, "flaky", "clipped")
        failed = {
            artifact.unit.id
            for session in office.mine()
            for artifact in session.artifacts
            if artifact.run is not None and artifact.run.error
        }
        first = Mortal(moment)
        try:
            await again(office, first)
        except Killed:
            with suppress(UsageError):  # All drafts were made when it died.
                await again(office, Mortal())
        drafts = [session for session in office.mine() if session.id not in record.sessions.values()]
        assert Counter(artifact.unit.id for draft in drafts for artifact in draft.artifacts) == Counter(failed)
        after = await need_record(office.tools.journal, "ransom")
        assert {draft.id for draft in drafts} == set(after.sessions.values()) - set(record.sessions.values())
        return first.steps


@pytest.mark.parametrize("rest", range(4))
async def test_retries_killed_at_a_step_draft_everybody_once(tmp_path: Path, rest: int) -> None:
    steps = await again_killed_at(tmp_path / "0", 0)
    assert steps > 20
    for moment in range(1 + rest, steps + 1, 8):
        await again_killed_at(tmp_path / str(moment), moment)
