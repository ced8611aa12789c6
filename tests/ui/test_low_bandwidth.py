"""Specifies the mode for a thin line: chosen over SSH or by a setting, said, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest
from list_screens import shown, tenant
from support import message, screen_text, until

from backup_tui.config import Flags, Settings, load_settings
from backup_tui.ui.bridge import LOW_PERIOD, PERIOD
from backup_tui.ui.routes import OpenSession, OpenTenant
from backup_tui.ui.shown_workspace import ShownWorkspace

SSH = {"SSH_CONNECTION": "203.0.113.7 50022 192.0.2.4 22"}


def settled(folder: Path, line: str = "", *, env: dict[str, str] | None = None, flag: bool = False) -> Settings:
    file = folder / "config.toml"
    file.write_text(line, encoding="utf-8")
    return load_settings(Flags(low_bandwidth=flag), env or {}, file)


@pytest.mark.parametrize(
    ("line", "env", "flag", "low", "place"),
    [
        ("", {}, False, False, "default"),
        ("", SSH, False, True, "SSH_CONNECTION, set by SSH"),
        ("low_bandwidth = false", SSH, False, False, "line 1"),
        ("low_bandwidth = true", {}, False, True, "line 1"),
        ("low_bandwidth = false", {}, True, True, "--low-bandwidth"),
    ],
)
def test_it_is_chosen_over_ssh_unless_something_is_said(
    tmp_path: Path, line: str, env: dict[str, str], flag: bool, low: bool, place: str
) -> None:
    settings = settled(tmp_path, line, env=env, flag=flag)
    assert settings.low_bandwidth is low
    assert place in settings.settled["low_bandwidth"].origin.words


async def test_it_is_said_at_the_start_and_on_the_tenant_screen(tmp_path: Path) -> None:
    one = tenant(tmp_path, settings={"low_bandwidth": True})
    async with shown(one, (120, 40)) as pilot:
        assert "Low-bandwidth mode: 2 frames a second, fewer reads. T says why." in message(one.app.screen)
        one.app.open(OpenTenant())
        await until(pilot, lambda: "low bandwidth (set): 2 frames a second" in "\n".join(screen_text(one.app)))


def test_news_come_in_half_as_many_frames_and_half_as_many_reads(tmp_path: Path) -> None:
    low, full = (tenant(tmp_path, settings={"low_bandwidth": flag}).workspace for flag in (True, False))
    assert (ShownWorkspace(low).frame_period, ShownWorkspace(full).frame_period) == (LOW_PERIOD, PERIOD)
    assert low.settings.seconds_between_reads == 2 * full.settings.seconds_between_reads


@pytest.mark.parametrize("low", [False, True])
async def test_the_pace_of_what_runs_is_said_and_not_drawn(tmp_path: Path, low: bool) -> None:
    one = tenant(tmp_path, settings={"low_bandwidth": low})
    async with shown(one, (120, 40)) as pilot:
        running = next(row.id for row in one.workspace.store.sessions.values() if row.running)
        one.app.open(OpenSession(running))
        await until(pilot, lambda: "in the last hour" in "\n".join(screen_text(one.app)), "its units are read")
        [pace] = [line for line in screen_text(one.app) if line.strip().startswith("Pace")]
        assert any(mark in pace for mark in "▁▂▃▄▅▆▇█") is not low
