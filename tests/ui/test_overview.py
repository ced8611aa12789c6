"""Specifies the overview: what runs, what needs a person and which key deals with it, backup, and since you left."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from list_screens import LARGE, SMALL, TOPS, draft_of, lose_a_start, read, shown, tenant, visited
from support import NOW, opened, screen_text, simulated, until, wheel
from textual.pilot import Pilot

from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Service
from backup_tui.models.sessions import read_session
from backup_tui.store import freshness as fresh
from backup_tui.store.updates import DraftedUnits, LastVisit, PointUnitsKnown, SessionRead
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.service.screen import ServiceDetail
from backup_tui.ui.widgets.list_and_pane import PaneLines
from backup_tui.ui.widgets.spans import plain


def screen(one: Any) -> OverviewScreen:
    assert isinstance(one.app.screen, OverviewScreen)
    return one.app.screen


def row_of(one: Any) -> str:
    row = screen(one).row
    assert row is not None
    return row


def rows_of(one: Any) -> tuple[str, ...]:
    return tuple(screen(one).tables[1].source.keys())


def text(one: Any) -> str:
    return "\n".join(screen_text(one.app))


async def test_what_runs_tells_counts_and_when_a_unit_last_finished(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one):
        lines = screen_text(one.app)
        place = next(place for place, line in enumerate(lines) if line.startswith("▌Running 1"))
        assert lines[place].endswith("last unit finished 15:29")
        assert lines[place + 1] == "   Service     Id        To        Done                     Failed  Left"
        assert lines[place + 2].startswith(" > OneDrive    2ad33e0e  IN PLACE  █▒░░░░░░░░░     8 of 68       1  ")


async def test_a_large_terminal_also_tells_when_it_started_and_its_pace(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, LARGE):
        lines = screen_text(one.app)
        assert "Left       Started Per hour" in lines[3]
        assert " IN PLACE █▒░" in lines[4]
        assert "  8/68      1" in lines[4]


async def test_the_largest_terminal_has_two_columns_and_the_lines_below_both(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, (200, 50)) as pilot:
        await lose_a_start(one)
        await until(pilot, lambda: "▌Last changes" in text(one))
        lines = screen_text(one.app)
        assert "▌Running 1" in lines[2]
        assert "▌Backup on" in lines[2]
        assert "START session" in next(line for line in lines if "▌Last changes" in lines[lines.index(line) - 1])
        assert lines[-17].startswith("▌OneDrive 2ad33e0e")
        for _ in range(3):
            await pilot.press("G", "j")
        assert row_of(one).startswith("service:")
        await pilot.press("G", "j")
        assert row_of(one).startswith("event:")


async def test_the_column_of_addresses_never_pushes_out_what_must_not_be_cut(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=(60, 16)) as pilot:
        await read(pilot, one)
        assert any("OneDrive   2ad33e0e IN PLACE    8 of 68      1 " in line for line in screen_text(one.app))


async def test_backup_tells_policy_last_restore_and_units_by_day(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one) as pilot:
        lines = screen_text(one.app)
        assert "   Service     Protected  Policy               Last restore   Last 14 days" in lines
        line = next(line for line in lines if line.startswith("   OneDrive        key 2  ! active, problems   running"))
        days = line[62:]
        assert len(days) == 14
        assert set(days) <= set("·▁▂▃▄▅▆▇█")
        assert days[-1] != "·"
        screen(one).tables[2].focus()
        await pilot.pause()
        assert "in restore, of 1,000 at a time." in text(one)
        assert "How many are protected is not known yet: 2 Policies counts them." in text(one)
        await one.workspace.loader.load(fresh.units_of(Service.EXCHANGE))
        one.app.bridge.deliver()
        await until(pilot, lambda: "How many are protected" not in text(one))
        assert re.search(r" Exchange +[\d,]+  ✓ active", text(one))


async def test_the_service_is_opened_by_its_name(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one) as pilot:
        await pilot.press("colon", *"service", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, ServiceDetail))


async def test_all_rows_are_one_walk_and_enter_goes_where_each_is_dealt_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one) as pilot:
        running, needs, backup = screen(one).tables
        assert running.has_focus
        await pilot.press("enter", "j", "f")
        assert needs.has_focus
        await pilot.press("G", "enter", "j", "enter")
        assert backup.has_focus
        await pilot.press("k", "k", "enter", "A")
        draft = row_of(one).partition(":")[2]
        session = next(iter(one.workspace.store.sessions))
        assert places[0] == ("OpenSession", places[1][1])
        assert [name for name, _to in places] == [
            "OpenSession",
            "OpenFailedAgain",
            "OpenPolicy",
            "OpenTop",
            "OpenSession",
            "OpenReview",
        ]
        assert places[4] == ("OpenSession", draft)
        assert session in one.workspace.store.sessions


async def test_a_failure_names_its_causes_once_they_are_read(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one):
        assert "✗ OneDrive 2ad33e0e, running: 1 not found" in text(one)
        assert "✗ SharePoint 92d06e9e, 18 Nov: 1 cannot be restored, 1 more" in text(one)
        assert re.search(r"✗ Exchange a9a25de5, 11 Nov: 1 cannot be restored, 1 not found +2", text(one))


async def test_a_failed_restore_says_how_far_its_retry_is_until_all_is_back(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one) as pilot:
        store = one.workspace.store
        failed = next(row for row in store.sessions.values() if row.id.startswith("92d06e9e"))
        points = [each.point_id for each in store.artifacts(failed.id).values() if each.state.value == "failed"]
        known = {point: PointUnit(point, f"unit of {point}", "a site", Service.SHAREPOINT) for point in points}
        await one.workspace.context.journal.remember_points(list(known.values()))
        store.apply(PointUnitsKnown(known))

        def told(status: str) -> None:
            later = {"id": "9f3c11aa-retry", "status": status, "createdDateTime": "2026-11-20T15:00:00Z"}
            session = read_session({**failed.model.raw(), **later, "restoreSessionArtifactCount": {"total": 2}})
            asked = one.workspace.clock.monotonic()
            store.apply(SessionRead(session, asked, destination=failed.destination))
            one.app.bridge.deliver()

        told("draft")
        store.apply(DraftedUnits("9f3c11aa-retry", frozenset(each.unit_id for each in known.values())))
        told("active")
        await pilot.pause()
        line = next(line for line in screen_text(one.app) if "SharePoint 92d06e9e" in line)
        assert line.split()[-6:] == ["retried", "in", "9f3c11aa:", "running", "2", "enter"]
        while row_of(one) != f"failed:{failed.id}":
            await pilot.press("j")
        assert "2 retried in 9f3c11aa: running. enter shows each." in text(one)
        await pilot.press("f")
        await until(pilot, lambda: "enter takes it once more." in text(one), "what was retried is said")
        await pilot.press("escape")
        told("completed")
        await until(pilot, lambda: "SharePoint 92d06e9e" not in text(one), "it no longer needs anybody")


async def test_an_unknown_start_takes_the_place_of_its_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one) as pilot:
        draft = await lose_a_start(one)
        await until(pilot, lambda: "? UNKNOWN: START session" in text(one))
        assert f"draft:{draft}" not in rows_of(one)
        await pilot.press("j", "enter")
        assert places == [("OpenUnknown", 1)]


async def test_since_you_left_stands_on_top_and_takes_its_lines_from_the_lists(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=SMALL) as pilot:
        await opened(pilot, one)
        running = next(iter(s.id for s in one.service.sessions.values() if len(s.artifacts) == 70), None)
        known = {running: ["active", 2, 0]} if running else {}
        one.workspace.store.apply(LastVisit(NOW - timedelta(hours=3), {"version": 1, "open": known}, "line dropped"))
        await until(pilot, lambda: "▌Since 12:32" in text(one))
        lines = screen_text(one.app)
        assert lines[2].startswith("▌Since 12:32")
        assert "connection lost" in lines[2]
        assert "Nothing was sent from here." in lines[3]
        assert lines[4].startswith("▌Running")
        await until(pilot, lambda: "SharePoint      key 2  ✓ active" in text(one))


async def test_more_needs_than_lines_leave_room_for_backup(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=(80, 18)) as pilot:
        await read(pilot, one)
        heights = [table.size.height for table in screen(one).tables]
        assert heights[0] >= 1
        assert heights[2] == 4
        assert "▌Backup on" in text(one)
        await pilot.press("G", "j", "G")
        assert row_of(one).startswith("policy:")
        assert any(line.startswith(" > ! OneDrive all: accounts not protected") for line in screen_text(one.app))


@pytest.mark.parametrize("heights", [(18, 24), (24, 18), (40, 18, 20)])
async def test_another_height_of_the_terminal_counts_what_is_out_of_sight_again(tmp_path: Path, heights: Any) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=(80, heights[0])) as pilot:
        await read(pilot, one)
        for height in heights[1:]:
            await pilot.resize_terminal(80, height)
            await pilot.pause()
        needs = screen(one).tables[1]

        def is_told() -> bool:
            hidden = max(0, needs.row_count - needs.size.height - len(needs.above))
            told = f"{hidden} more below" in text(one) if hidden else "more below" not in text(one)
            return needs.below == hidden and told

        await until(pilot, is_told, "what is out of sight is counted again")


async def test_the_wheel_changes_how_many_needs_are_out_of_sight(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=(80, 18)) as pilot:
        await read(pilot, one)
        needs = screen(one).tables[1]
        below = needs.below
        assert f"   {below} more below" in screen_text(one.app)
        wheel(needs, down=True)
        await pilot.pause()
        assert f"   3 more above, {below - 3} more below" in screen_text(one.app)
        wheel(needs, down=False)
        await pilot.pause()
        assert "more above" not in text(one)


async def test_a_tenant_at_rest_says_so(tmp_path: Path) -> None:
    one = simulated(TOPS, tmp_path, history=False)
    async with one.app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "No restore is running. n starts one." in text(one))
        await until(pilot, lambda: "none known" in text(one))


async def test_before_the_first_answer_nothing_is_called_calm(tmp_path: Path) -> None:
    one = simulated(TOPS, tmp_path)
    one.service.faults.add("delay", path="backupRestore", seconds=60, times=None)
    async with one.app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "Loading…" in text(one))
        assert "Nothing needs you" not in text(one)
        assert "Unknown until the restores are read." in text(one)
        assert "Backup on" not in text(one)


async def test_a_service_status_that_may_not_be_read_is_not_off(tmp_path: Path) -> None:
    one = simulated(TOPS, tmp_path)
    one.service.faults.add("refuse", method="GET", path="/backupRestore$", status=403, code="Forbidden", times=None)
    async with one.app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "Backup: not readable with this sign-in" in text(one))


async def test_on_a_large_terminal_the_causes_stand_beside(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, LARGE) as pilot:
        await pilot.press("j", "j")
        told = " ".join(map(plain, screen(one).query_one(PaneLines).lines))
        assert "cannot be restored (held, locked or split off)." in told
        assert "f restores it to a new address, which works under a hold." in told


async def test_deleting_and_changing_are_for_drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one) as pilot:
        await pilot.press("D")
        assert places == []
        screen(one).tables[1].focus()
        screen(one).tables[1].move_to(f"draft:{draft_of(one)}")
        await pilot.press("D")
        assert places == [("OpenDeletion", draft_of(one))]


async def test_any_session_opens_by_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one) as pilot:
        ended = next(row for row in one.workspace.store.sessions.values() if row.state.terminal)
        await pilot.press("colon", *ended.id, "enter")
        await until(pilot, lambda: places)
        assert places == [("OpenSession", ended.id)]


async def test_policies_and_units_open_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = tenant(tmp_path)
    places = visited(monkeypatch)
    async with shown(one) as pilot:
        await one.workspace.loader.load(fresh.units_of(Service.ONEDRIVE))
        await pilot.press("colon", *"onedrive", "space", *"all", "enter")
        await until(pilot, lambda: places)
        await pilot.press("colon", *"adrian.gra")
        assert re.search(r" > adrian.grabowski@contoso.com +- not protected +OneDrive", text(one))
        await pilot.press("enter")
        await until(pilot, lambda: len(places) == 2)
        assert [name for name, _to in places] == ["OpenPolicy", "OpenUnitPoints"]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await read(pilot, one)
        await pilot.press("j")
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)
