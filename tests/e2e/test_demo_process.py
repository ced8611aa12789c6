"""Specifies the demo's service in a process of its own: it answers as the one in this process, and it is never left."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator

import pytest

from backup_tui import cli
from backup_tui.config import Flags, load_settings
from backup_tui.errors import BackupTuiError
from backup_tui.models.services import Service
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace
from backup_tui.workspace.demo import demo_past, demo_service
from backup_tui.workspace.demo_process import DemoProcess


@pytest.fixture
def demo() -> Iterator[DemoProcess]:
    """A service that has been started and is closed after the test."""
    process = DemoProcess()
    yield process
    process.close()


def workspace(demo: DemoProcess | None) -> Workspace:
    return Workspace(load_settings(Flags(demo=True), {"TZ": "UTC"}), demo=demo)


async def seen(demo: DemoProcess | None) -> tuple[set[str], set[str], set[str]]:
    """Ids of sessions and policies, and the units of one kind, that a workspace reads; many reads at once."""
    async with workspace(demo).opened() as ws:
        lists = fresh.SESSIONS, fresh.POLICIES, fresh.units_of(Service.ONEDRIVE)
        await asyncio.gather(*(ws.loader.load(name) for name in lists))
        store = ws.store
        return set(store.sessions), set(store.policies), set(store.units[Service.ONEDRIVE])


async def test_it_answers_as_the_service_in_this_process_does(demo: DemoProcess) -> None:
    beside, here = await seen(demo), await seen(None)
    assert beside == here
    assert all(beside)


async def test_it_tells_what_the_service_knows_of_its_past(demo: DemoProcess) -> None:
    told, here = await demo.past(), demo_past(demo_service())
    assert [(one.id, one.label, one.destination) for one in told] == [
        (one.id, one.label, one.destination) for one in here
    ]
    assert [[point.unit_name for point in one.points] for one in told] == [
        [point.unit_name for point in one.points] for one in here
    ]


async def test_a_service_that_is_gone_is_a_lost_connection_and_no_read_waits_for_it(demo: DemoProcess) -> None:
    async with workspace(demo).opened() as ws:
        demo.end()
        with pytest.raises(BackupTuiError):
            await ws.loader.load(fresh.POLICIES)


def test_it_ends_by_itself_when_nobody_can_ask_it_any_more() -> None:
    process = DemoProcess()
    process.close()
    assert process.exit_code == 0


def test_where_no_process_can_be_started_the_service_is_made_in_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_options: object) -> None:
        raise BlockingIOError("too many processes")

    given: list[object] = []

    def screens(_settings: object, demo: object = None) -> int:
        given.append(demo)
        return 0

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr("backup_tui.ui.start.run_ui", screens)
    monkeypatch.setattr(cli, "need_terminal", lambda: None)
    assert cli.main(["--demo"]) == 0
    assert given == [None]
