"""Specifies what a poll costs a list: of the rows only those that it changed are read and drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from list_screens import shown, tenant
from protection_screens import deliver, on_units
from protection_screens import tenant as protected
from restores import drafted, program
from support import Simulated, screen_text, shown_as, until

from backup_tui.models.artifacts import read_artifact
from backup_tui.models.services import Service
from backup_tui.models.sessions import read_session
from backup_tui.models.units import read_unit
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.sessions.detail import SessionDetail
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.units.screen import UnitsScreen
from backup_tui.ui.widgets.table import Cell, RowTable


def spied(screen: type[ListScreen], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rows whose cells a screen is asked for, from now on."""
    asked: list[str] = []
    cells = screen.cells

    def spy(self: Any, key: str) -> Sequence[Cell]:
        asked.append(key)
        return cells(self, key)

    monkeypatch.setattr(screen, "cells", spy)
    return asked


async def told(one: Simulated, pilot: Any, update: up.Update, asked: list[str]) -> list[str]:
    """The rows that are asked for when the store takes an update in: to measure and to draw them."""
    await pilot.pause()
    deliver(one)
    await pilot.pause()
    asked.clear()
    assert one.workspace.store.apply(update) is not None
    deliver(one)
    return sorted(set(asked))


async def test_one_restore_of_a_list_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    async with shown(one, (110, 30), number=3) as pilot:
        now = one.clock.monotonic()
        listed = await one.workspace.loader.load(fresh.SESSIONS)
        asked = spied(SessionsScreen, monkeypatch)
        moved = next(session for session in listed if session.id in shown_as(one.app, SessionsScreen).keys()[:5])
        raw = {**moved.raw(), "createdBy": {"user": {"id": "z", "displayName": "Zoe"}}}
        update = up.SessionRead(read_session(raw), now + 1, changed=True)
        assert await told(one, pilot, update, asked) == [moved.id]
        assert any("Zoe" in line for line in screen_text(one.app))


async def test_one_unit_of_a_hundred_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = protected(tmp_path)
    async with on_units(one) as pilot:
        screen, now = shown_as(one.app, UnitsScreen), one.clock.monotonic()
        listed = await one.workspace.loader.load(fresh.units_of(Service.EXCHANGE))
        asked = spied(UnitsScreen, monkeypatch)
        changed = next(unit for unit in listed if unit.id == screen.keys()[3])
        raw = {**changed.raw(), "status": "unprotected" if changed.status != "unprotected" else "protected"}
        update = up.UnitRead(Service.EXCHANGE, read_unit(raw, Service.EXCHANGE), now + 1, changed=True)
        assert await told(one, pilot, update, asked) == [changed.id]


async def test_one_unit_of_an_open_restore_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        session_id = await drafted(pilot, one, count=4)
        listed = await one.workspace.load_artifacts(session_id)
        one.app.open(OpenSession(session_id))
        await until(pilot, lambda: [t.row_count for t in one.app.screen.query(RowTable)] == [4], "its units are shown")
        asked = spied(SessionDetail, monkeypatch)
        row = shown_as(one.app, SessionDetail).keys()[1]
        changed = next(artifact for artifact in listed if artifact.id == row)
        raw = changed.raw()
        raw["restorePoint"] = {**raw["restorePoint"], "protectionDateTime": "2026-11-20T03:04:05Z"}
        artifact = read_artifact(raw, Service.ONEDRIVE)
        update = up.ListRead(fresh.artifacts_of(session_id), (artifact,), one.clock.monotonic() + 1, False)
        assert await told(one, pilot, update, asked) == [row]
