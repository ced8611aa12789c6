"""The list screens on a simulated tenant, opened and read, with clocks that stand still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import astuple, force_setattr
from support import Simulated, opened, simulated, until
from textual.pilot import Pilot

from backup_tui.changes.change import carry_out
from backup_tui.restore.review.activation import Start
from backup_tui.store import freshness as fresh
from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.app import BackupTui, TopScreen
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.routes import Open
from backup_tui.ui.sessions.screen import SessionsScreen

TOPS: list[TopScreen] = [
    ("Overview", OverviewScreen),
    ("Policies", SessionsScreen),
    ("Sessions", SessionsScreen),
    ("Units", SessionsScreen),
    ("Activity", ActivityScreen),
]
"""The screens of this room at their numbers; another list stands where those of other rooms are."""

SMALL, LARGE = (80, 24), (120, 40)


def tenant(state: Path, **settings: Any) -> Simulated:
    """A tenant with a history, and the program on it."""
    return simulated(TOPS, state, **settings)


def is_read(one: Simulated) -> bool:
    """Whether everything that the overview wants was read."""
    store = one.workspace.store
    keys = (fresh.SESSIONS, fresh.POLICIES, fresh.SERVICE_ROOT)
    failed = [row for row in store.sessions.values() if row.failed]
    # Causes are read for the five newest restores with failures, and for what runs.
    return all(store.freshness(key).complete for key in keys) and len(store.artifact_sessions()) >= min(5, len(failed))


async def read(pilot: Pilot[Any], one: Simulated) -> None:
    """Waits until the tenant is read and shown."""
    await opened(pilot, one)
    await until(pilot, lambda: is_read(one), "the tenant is read")
    one.app.bridge.deliver()
    await pilot.pause()


@asynccontextmanager
async def shown(one: Simulated, size: tuple[int, int] = SMALL, number: int = 1) -> AsyncIterator[Pilot[Any]]:
    """The program with its tenant read, on one of its screens."""
    async with one.app.run_test(size=size) as pilot:
        await read(pilot, one)
        if number != 1:
            await pilot.press(str(number))
            await pilot.pause()
        yield pilot


def draft_of(one: Simulated) -> str:
    """The newest draft of the tenant."""
    drafts = [row for row in one.workspace.store.sessions.values() if row.state.value == "draft"]
    return max(drafts, key=lambda row: (row.created, row.id)).id


async def lose_a_start(one: Simulated) -> str:
    """Starts a draft so that the answer is lost; gives the draft's id."""
    # What the program looks into when it opens must not be this start: its answer is lost only after that.
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "open changes"))
    draft = draft_of(one)
    review = await Start(draft).prepare(one.workspace.context)
    one.service.faults.add("drop", method="POST", path="/activate$")
    await carry_out(one.workspace.context, review.change, review, review.phrase)
    await one.workspace.journal_lines()
    return draft


def without_waiting(one: Simulated, *, clock_goes_on: bool = True) -> None:
    """Makes the use cases' waits take no time of the test; the service's clock goes on instead."""

    async def sleep(seconds: float) -> None:
        if clock_goes_on:
            one.advance(seconds)

    force_setattr(one.workspace.context, "sleep", sleep)


def visited(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """Where the screens wanted to go, instead of going there."""
    places: list[tuple[str, object]] = []

    def note(_app: BackupTui, place: Open) -> None:
        places.append((type(place).__name__, astuple(place)[0]))

    monkeypatch.setattr(BackupTui, "open", note)
    return places
