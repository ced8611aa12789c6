"""Specifies that a name never looks surer than it is: in the list of a restore's units and in the lines about one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from list_screens import LARGE, SMALL, shown, tenant
from support import screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.models.remembered import NameSource, PointUnit, UnitName
from backup_tui.models.services import Service
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.rows import ArtifactRow
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.widgets.text_lines import TextLines


def text(one: Any) -> str:
    return "\n".join(screen_text(one.app))


async def ended_elsewhere(one: Any, pilot: Pilot[Any]) -> tuple[str, ArtifactRow]:
    """A restore of OneDrive accounts that ended and was not made from here, opened; and a unit of it without a name."""
    store = one.workspace.store
    row = next(
        each
        for each in store.sessions.values()
        if each.service is Service.ONEDRIVE and each.state.terminal and each.completed and not each.failed
    )
    one.app.open(OpenSession(row.id))
    await until(pilot, lambda: store.freshness(fresh.artifacts_of(row.id)).whole, "its units are read")
    await until(pilot, lambda: store.artifacts(row.id), "it has units")
    return row.id, next(iter(store.artifacts(row.id).values()))


async def test_each_name_has_its_source_in_the_list_and_in_full(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, LARGE) as pilot:
        session_id, unit = await ended_elsewhere(one, pilot)
        store, service = one.workspace.store, Service.ONEDRIVE

        def know(name: str, source: NameSource) -> None:
            point = PointUnit(unit.point_id, "some-unit", name, service, source=source)
            store.apply(up.PointUnitsKnown({unit.point_id: point}))
            one.app.bridge.deliver()

        know("", NameSource.SERVICE)
        last = UnitName("some-unit", service, "gus.olsen@contoso.com", "Gus", one.clock.now())
        store.apply(up.NamesKnown({"some-unit": last}))
        one.app.bridge.deliver()
        await pilot.pause()
        assert "(last known)" in text(one)
        assert store.artifacts(session_id)[unit.id].name_source is NameSource.REMEMBERED
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, PagerScreen))
        whole = shown_as(one.app, PagerScreen).query_one(TextLines).text
        assert "Name from: " in whole


async def test_a_name_that_was_handed_over_is_marked(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, SMALL) as pilot:
        _session_id, unit = await ended_elsewhere(one, pilot)
        point = PointUnit(unit.point_id, "some-unit", "lee", Service.ONEDRIVE, source=NameSource.HANDOVER)
        one.workspace.store.apply(up.PointUnitsKnown({unit.point_id: point}))
        one.app.bridge.deliver()
        await pilot.pause()
        assert "lee (handed over)" in text(one)


async def test_the_service_s_log_says_who_started_what_was_not_started_here(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta")
    async with shown(one, LARGE) as pilot:
        _session_id, _unit = await ended_elsewhere(one, pilot)
        store = one.workspace.store
        await until(pilot, lambda: store.freshness(fresh.ACTIVITY_LOG).whole, "the log is read")
        one.app.bridge.deliver()
        await pilot.pause()
        assert "started by adele.vance (log)" in text(one)


async def test_v1_asks_for_no_log(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, LARGE) as pilot:
        await ended_elsewhere(one, pilot)
        assert "(log)" not in text(one)
        assert not any("activityLogs" in getattr(call, "path", "") for call in one.workspace.store.calls.values())
