"""Specifies plans that are carried out beside the screens: what is asked while a run is about to end gets another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backup_tui.plans import runner
from backup_tui.workspace.plan_runs import PlanRuns


async def test_a_plan_that_is_asked_for_while_its_run_ends_is_run_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[asyncio.Event] = []

    class Run:
        def __init__(self, *_args: object, **_more: object) -> None:
            runs.append(asyncio.Event())

        async def run(self, **_more: object) -> None:
            await runs[-1].wait()

    monkeypatch.setattr(runner, "PlanRunner", Run)
    nothing: Any = None
    woken: list[None] = []
    plans = PlanRuns(lambda: woken.append(None))
    said: list[str] = []
    plans.start(nothing, nothing, "ransom", said.append)
    await asyncio.sleep(0)
    plans.start(nothing, nothing, "ransom", said.append)
    runs[0].set()
    while len(runs) < 2:
        await asyncio.sleep(0)
    assert plans.names == ("ransom",)
    runs[1].set()
    while plans.names:
        await asyncio.sleep(0)
    assert (len(runs), said) == (2, [])
    assert woken
