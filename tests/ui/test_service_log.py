"""Specifies the service's own log on screen 5: apart from what this program did, safe, honest where it is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from list_screens import LARGE, SMALL, shown, tenant
from msgspec.structs import replace
from support import ADELE, footer, jwt, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.store import freshness as fresh
from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.widgets.text_lines import TextLines


def text(one: Any) -> str:
    return "\n".join(screen_text(one.app))


def reads(one: Any) -> int:
    """How often the log was asked for."""
    return sum("activityLogs" in getattr(call, "path", "") for call in one.workspace.store.calls.values())


async def log_shown(one: Any, pilot: Pilot[Any]) -> ActivityScreen:
    """Goes to the service's log and waits until it is read."""
    await pilot.press("tab", "tab")
    await until(pilot, lambda: one.workspace.store.freshness(fresh.ACTIVITY_LOG).whole, "the log is read")
    one.app.bridge.deliver()
    await pilot.pause()
    return shown_as(one.app, ActivityScreen)


async def test_the_log_is_apart_from_what_this_program_did(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta")
    async with shown(one, number=5) as pilot:
        assert reads(one) == 0, "nobody looks at it, so it is not read"
        assert "last hour: " in text(one)
        screen = await log_shown(one, pilot)
        assert "[Service's log, beta]" in text(one)
        assert "last hour: " not in text(one)
        entries = one.workspace.store.details.activity
        assert screen.table.row_count == len(entries) > 10
        assert f"{len(entries)} entries read 15:32" in text(one)
        newest = max(entries.values(), key=lambda entry: entry.event_date_time or one.clock.now())
        assert (newest.performed_by or "-").partition("@")[0] in text(one)
        await pilot.press("tab")
        assert "list the service's activity log" in text(one), "reading it is one of the requests of this program"


async def test_a_filter_counts_and_enter_shows_the_whole_entry(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta")
    async with shown(one, SMALL, number=5) as pilot:
        screen = await log_shown(one, pilot)
        everything = screen.table.row_count
        await pilot.press("slash", *"status:failed by:lidia", "enter")
        assert 0 < screen.table.row_count < everything
        assert f"{screen.table.row_count} of {everything}" in text(one)
        assert "enter whole entry" in footer(screen)
        await pilot.press("enter")
        whole = shown_as(one.app, PagerScreen).query_one(TextLines).text
        assert '"restoreSessionId": "' in whole
        assert '"severity": "high"' in whole


async def test_a_name_that_attacks_the_terminal_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta")
    policy = one.service.tenant.policies[0]
    policy.name = "Sites\x1b]52;c;aGk=\x07\u202e all"
    one.service.activity.policy(one.service_clock.now().timestamp(), policy, "backupPolicyModified", policy.modified_by)
    async with shown(one, LARGE, number=5) as pilot:
        await log_shown(one, pilot)
        assert "Sites␛]52" in text(one)
        await pilot.press("enter")
        drawn = text(one)
        assert "\x1b" not in drawn
        assert "\u202e" not in drawn


async def test_v1_says_why_there_is_none_and_what_to_do_and_sends_nothing(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, SMALL, number=5) as pilot:
        await pilot.press("tab", "tab")
        await pilot.pause()
        said = " ".join(text(one).split())
        assert "in its beta version only" in said
        assert "--graph-url that ends in /beta" in said
        assert 'api_version = "beta" in the profile' in said
        assert reads(one) == 0
        await pilot.press("m")
        assert "[Changes only]" in text(one)


async def test_a_sign_in_without_the_permission_is_told_which_one(tmp_path: Path) -> None:
    without = jwt(
        tid="f00d0000-0000-4000-8000-00000000cafe",
        upn="adele.vance@contoso.com",
        scp="BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.ReadWrite.All "
        "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All",
    )
    assert without != ADELE
    one = tenant(tmp_path, version="beta", token=without)
    async with shown(one, SMALL, number=5) as pilot:
        await pilot.press("tab", "tab")
        await pilot.pause()
        assert "BackupRestore-Monitor.Read.All" in text(one)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture(tmp_path: Path, size: tuple[int, int], snap_compare: Any) -> None:
    one = tenant(tmp_path, version="beta")

    async def ready(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: one.workspace.is_open)
        await pilot.press("5")
        await log_shown(one, pilot)

    assert snap_compare(one.app, terminal_size=size, run_before=ready)


async def test_a_long_log_is_read_from_its_newest_end_and_further_on_request(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta")
    async with shown(one, number=5) as pilot:
        one.service.settings = replace(one.service.settings, page_size=1)
        entries, loader = one.workspace.store.details, one.workspace.loader
        await pilot.press("tab", "tab")
        await until(pilot, lambda: len(entries.activity) == 10, "its newest end is read")
        assert reads(one) == 10
        one.app.bridge.deliver()
        await pilot.pause()
        screen = shown_as(one.app, ActivityScreen)
        assert "the newest 10 entries, M reads more" in text(one)
        assert "M read more" in footer(screen)
        await pilot.press("M")

        async def free() -> None:
            """The budget of background reading is not what this is about."""

        await loader.refresh(fresh.ACTIVITY_LOG, free)
        at = [entry.event_date_time for entry in entries.activity.values() if entry.event_date_time]
        whole = await loader.load(fresh.ACTIVITY_LOG)
        newest = sorted((entry.event_date_time for entry in whole if entry.event_date_time), reverse=True)
        assert len(newest) > 20, "a command reads all of it"
        assert sorted(at, reverse=True) == newest[:20]
        one.app.bridge.deliver()
        await pilot.pause()
        assert f"{len(whole)} entries read" in text(one)
        assert "read more" not in footer(screen)
