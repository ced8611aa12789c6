"""Specifies plans that are carried out beside the screens: what is asked while a run is about to end gets another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backup_tui.plans import runner
from backup_tui.workspace.plan_runs import PlanRuns


async def test_a_plan_that_is_asked_for_while_its_run_ends_is_run_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = [asyncio.Event(), asyncio.Event()]
    may_end = [asyncio.Event(), asyncio.Event()]
    numbers = iter((0, 1))
    over = asyncio.Event()

    class Run:
        def __init__(self, *_args: object, **_more: object) -> None:
            self.number = next(numbers)

        async def run(self, **_more: object) -> None:
            begun[self.number].set()
            await may_end[self.number].wait()

    monkeypatch.setattr(runner, "PlanRunner", Run)
    nothing: Any = None
    said: list[str] = []
    plans = PlanRuns(over.set)
    plans.start(nothing, nothing, "ransom", said.append)
    await begun[0].wait()
    plans.start(nothing, nothing, "ransom", said.append)
    may_end[0].set()
    await begun[1].wait()
    assert list(plans.names) == ["ransom"]
    may_end[1].set()
    await over.wait()
    assert not plans.names
    assert not said
