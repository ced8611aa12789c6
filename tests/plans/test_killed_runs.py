"""Killed at any step and started again, a plan restores every unit exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from lives import Killed, Mortal, life
from office import Office
from planned import DIGEST, Checked, checked, plan_of

from backup_tui.changes.change import carry_out
from backup_tui.changes.context import Context
from backup_tui.config.limits import ServiceLimits
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.next_start import Stage
from backup_tui.plans.plan import Plan, Wave
from backup_tui.plans.runner import PlanRunner
from backup_tui.simulator.settings import Settings

LIMITS = ServiceLimits(units_per_write=2)
PLAN = plan_of(Wave("directors"), Wave("rest"), size=3)
COUNTS = (1, 3)


async def whole_run(tools: Context, plan: Plan, check: Checked) -> None:
    """What a person does, or does again: draft, agree to each wave, run."""
    record = await draft_plan(tools, plan, DIGEST, "plan.toml", check)
    for wave in range(len(plan.waves)):
        parts = [part for part in record.parts if part.wave == wave]
        if any(record.agreed(record.sessions[part.number]) is None for part in parts):
            review = await ApproveWave(plan.name, wave).prepare(tools)
            record = await carry_out(tools, review.change, review, review.phrase)
    result = await PlanRunner(tools, plan.name).run()
    assert [one.stage for one in result.parts] == [Stage.ENDED] * len(record.parts)


async def live(office: Office, mortal: Mortal, check: Checked) -> None:
    async with life(office, mortal, LIMITS) as tools:
        await whole_run(tools, PLAN, check)


async def killed_at(folder: Path, moments: Sequence[int]) -> int:
    """Runs the plan with a death in each of its first lives; returns how many steps the last life took."""
    office = Office(Settings(units=120, history=False, speed=36_000), folder)
    async with office.stack:
        await office.open()
        check = await checked(office, PLAN, COUNTS)
        for moment in moments:
            with pytest.raises(Killed):
                await live(office, Mortal(moment), check)
        last = Mortal()
        await live(office, last, check)
        meant = {unit.point.unit_id: 1 for unit in check.points.units}
        now = office.service.now()
        artifacts = [artifact for session in office.mine() for artifact in session.artifacts]
        assert Counter(artifact.unit.id for artifact in artifacts) == meant
        assert {artifact.run.status(now) for artifact in artifacts if artifact.run is not None} == {"succeeded"}
        assert all(artifact.run is not None for artifact in artifacts)
        return last.steps


@pytest.mark.parametrize("rest", range(4))
async def test_killed_at_every_step(tmp_path: Path, rest: int) -> None:
    steps = await killed_at(tmp_path / "0", [])
    assert steps > 100
    for moment in range(1 + rest, steps + 1, 4):
        await killed_at(tmp_path / str(moment), [moment])


@pytest.mark.parametrize("seed", range(4))
async def test_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    await killed_at(tmp_path, [random.randint(5, 40) for _ in range(4)])
