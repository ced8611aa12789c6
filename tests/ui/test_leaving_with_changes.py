"""Specifies the end of the program while a change is on its way: its answer is still written down, or it stays open."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from support import opened, simulated, until

from backup_tui.journal.records import IntentKind, NewIntent
from backup_tui.models.services import Service
from backup_tui.ui.overview.screen import OverviewScreen


def states(folder: Path) -> list[tuple[str, str]]:
    """Kind and last state of every entry of the journal, oldest first, as the next start finds them."""
    with sqlite3.connect(folder / "journal.sqlite3") as connection:
        rows = connection.execute(
            """SELECT i.kind, coalesce(a.state, 'open') FROM intent i
               LEFT JOIN answer a ON a.id = (SELECT max(id) FROM answer WHERE intent_id = i.id) ORDER BY i.id"""
        ).fetchall()
    connection.close()
    return rows


@pytest.mark.parametrize(("seconds", "state"), [(0.4, "done"), (30.0, "unknown")])
async def test_leaving_waits_a_moment_for_the_answer_of_a_start(tmp_path: Path, seconds: float, state: str) -> None:
    one = simulated([("Overview", OverviewScreen)], tmp_path, units=60, history=False)
    async with one.app.run_test() as pilot:
        await opened(pilot, one)
        tools = one.workspace.context
        assert tools is not None
        begun = asyncio.Event()
        one.service.faults.add("delay", method="POST", path="RestoreSessions$", seconds=seconds)

        async def make_draft() -> None:
            writer = tools.may_write()

            async def send() -> object:
                begun.set()
                return await writer.create_session(Service.ONEDRIVE, [])

            await tools.changes.make(IntentKind.CREATE, send, target=None, summary="CREATE", service=Service.ONEDRIVE)

        one.app.start(make_draft(), "draft")
        await until(pilot, begun.is_set, "the request leaves")
    assert states(tmp_path) == [("create", state)]


async def test_a_second_window_judges_nothing_that_the_first_is_doing(tmp_path: Path) -> None:
    first = simulated([("Overview", OverviewScreen)], tmp_path, units=60, history=False)
    second = simulated([("Overview", OverviewScreen)], tmp_path, units=60, history=False)
    async with first.app.run_test() as pilot:
        await opened(pilot, first)
        tools = first.workspace.context
        assert tools is not None
        async with tools.hold_lock("starting"):
            intent = await tools.journal.begin(
                NewIntent(
                    IntentKind.ACTIVATE,
                    service=None,
                    target="s-1",
                    summary="START",
                    body="{}",
                    fingerprint="",
                    user="",
                    who="",
                    at=first.clock.now(),
                    server_date_before=None,
                )
            )
            async with second.workspace.opened() as other:
                assert await other.look_into_open() == ()
        found = await tools.journal.intent(intent.id)
        assert found is not None
        assert found.state.value == "open"
