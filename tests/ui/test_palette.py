"""Specifies what `:` finds beside commands: screens, sessions, policies, and settings with where they came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_screens import shown, tenant
from support import screen_text
from textual.pilot import Pilot

from backup_tui.config import Flags, load_settings
from backup_tui.models.text import short_id
from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.palette import Offer, PaletteScreen, ranked, settings_in_force
from backup_tui.ui.policies.detail import PolicyDetail
from backup_tui.ui.sessions.detail import SessionDetail
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.text_lines import TextLines

SECRET = "7d1f0c-very-private"


async def typed(pilot: Pilot[Any], text: str) -> None:
    await pilot.press("colon", *("space" if letter == " " else letter for letter in text))
    await pilot.pause()


async def test_screens_sessions_and_policies_are_opened_by_their_names(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await typed(pilot, "activity")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(one.app.screen, ActivityScreen)
        session_id = next(iter(one.workspace.store.sessions))
        await typed(pilot, short_id(session_id))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(one.app.screen, SessionDetail)
        assert one.app.screen.session_id == session_id
        await pilot.press("escape")
        policy = next(iter(one.workspace.store.policies.values()))
        await typed(pilot, (policy.display_name or "").lower())
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(one.app.screen, PolicyDetail)
        assert one.app.screen.policy_id == policy.id


async def test_a_setting_shows_its_value_and_where_it_came_from(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("bell = true\n")
    settings = load_settings(Flags(lock_wait=30.0), {"BACKUP_TUI_CLIENT_SECRET": SECRET}, file)
    one = tenant(tmp_path / "state", settings={"settled": settings.settled, "config_path": file})
    async with shown(one, number=3) as pilot:
        await typed(pilot, "bell")
        assert "setting bell" in "\n".join(screen_text(one.app))
        assert "true, config.toml, line 1" in "\n".join(screen_text(one.app))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(one.app.screen, PagerScreen)
        text = one.app.screen.query_one(TextLines).text
        assert f"From    {file}, line 1" in text
        assert "rings the terminal bell" in text
        await pilot.press("escape")
        await typed(pilot, "secret")
        assert isinstance(one.app.screen, PaletteScreen)
        assert SECRET not in "\n".join(screen_text(one.app))


@pytest.mark.parametrize(
    ("wanted", "theme"),
    [
        ("light", "paper"), ("dark", "midnight"), ("colour blind", "contrast"), ("colorblind", "contrast"),
        ("high contrast", "contrast"), ("background", "midnight"),
    ],
)  # fmt: skip
async def test_a_look_is_found_by_what_people_call_it(wanted: str, theme: str, tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await typed(pilot, wanted)
        screen = one.app.screen
        assert isinstance(screen, PaletteScreen)
        assert screen.query_one(RowTable).cursor_key == f"theme_{theme}"


@pytest.mark.parametrize("wanted", ["color", "colour", "colors", "appearance"])
async def test_a_word_for_all_looks_finds_them_all(wanted: str, tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        await typed(pilot, wanted)
        text = "\n".join(screen_text(one.app))
        assert all(f"theme {name}" in text for name in ("terminal", "midnight", "paper", "contrast"))


def test_a_setting_is_found_by_what_it_is_about(tmp_path: Path) -> None:
    offers = list(settings_in_force(load_settings(Flags(), {}, tmp_path / "config.toml")))
    assert "setting:bell" in [offer.id for offer in ranked(offers, "rings")]
    assert "setting:theme" in [offer.id for offer in ranked(offers, "midnight")]


def test_no_setting_shows_a_secret_and_each_is_found_by_its_name(tmp_path: Path) -> None:
    settings = load_settings(Flags(), {"BACKUP_TUI_ACCESS_TOKEN": SECRET}, tmp_path / "config.toml")
    offers = list(settings_in_force(settings))
    assert SECRET not in repr(offers)
    for offer in offers:
        name = offer.id.removeprefix("setting:")
        assert ranked(offers, name)[0] == offer
        assert offer in ranked(offers, name.replace("_", " ").upper())
    assert ranked(offers, "") == []


@given(st.lists(st.text(st.sampled_from("abc "), min_size=1, max_size=6), max_size=8), st.text(max_size=4))
def test_whatever_is_typed_an_exact_name_is_first_and_nothing_comes_twice(names: list[str], wanted: str) -> None:
    offers = [Offer(str(number), name, "") for number, name in enumerate(names)]
    found = ranked(offers, wanted)
    assert len({offer.id for offer in found}) == len(found)
    exact = [offer for offer in offers if offer.name.casefold() == wanted.strip().lstrip(":").strip().casefold()]
    assert found[: len(exact)] == exact
