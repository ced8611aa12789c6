"""Specifies what the overview shows before the first answers: the rows of the last time, dim, and whose they are."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from list_screens import LARGE, TOPS, shown, tenant
from msgspec.structs import replace
from support import NOW, Simulated, jwt, opened, screen_text, simulated, until

from backup_tui.models.whoami import WhoAmI
from backup_tui.workspace.last_view import LastView, LastViewFile, clear_last_views

WHO = WhoAmI("contoso.com", tenant_id="t-1", user="adele@contoso.com", object_id="o-1", told=True)
VIEW = LastView(NOW - timedelta(days=1), {"running": (("OneDrive", "2ad33e0e"),)})
PLACE = "https://graph.microsoft.com"
ANOTHER = jwt(
    tid="f00d0000-0000-4000-8000-00000000cafe", oid="11111111-0000-4000-8000-000000000001", upn="b@contoso.com"
)


def text(one: Simulated) -> str:
    return "\n".join(screen_text(one.app))


def kept_files(state: Path) -> list[Path]:
    return sorted((state / "last-view").glob("*"))


async def shown_once(state: Path) -> None:
    one = tenant(state, at=NOW - timedelta(days=2))
    async with shown(one, LARGE) as pilot:
        await until(pilot, lambda: kept_files(state), "the view is kept")


async def first_lines(one: Simulated) -> str:
    """What is shown while the service has not answered."""
    one.service.faults.add("delay", path="backupRestore", seconds=60, times=None)
    async with one.app.run_test(size=LARGE) as pilot:
        await opened(pilot, one)
        return text(one)


async def test_the_next_start_shows_the_rows_of_the_last_time_and_their_age(tmp_path: Path) -> None:
    await shown_once(tmp_path)
    (file,) = kept_files(tmp_path)
    running = json.loads(file.read_text())["tables"]["running"]
    lines = await first_lines(simulated(TOPS, tmp_path))
    assert "as of 20 Nov 15:32" in lines
    assert running
    assert all(row[1] in lines for row in running)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_rows_of_another_form_are_left_out(tmp_path: Path) -> None:
    await shown_once(tmp_path)
    (file,) = kept_files(tmp_path)
    kept = json.loads(file.read_text())
    odd: list[list[str]] = [[], ["one"], ["too", "many"] * 9]
    kept["tables"] = {name: [*odd, *rows] for name, rows in kept["tables"].items()}
    file.write_text(json.dumps(kept))
    lines = await first_lines(simulated(TOPS, tmp_path))
    assert all(row[1] in lines for row in kept["tables"]["running"][len(odd) :])
    assert "too" not in lines.split()


async def test_answers_take_the_place_of_the_rows_of_the_last_time(tmp_path: Path) -> None:
    await shown_once(tmp_path)
    one = tenant(tmp_path)
    async with shown(one, LARGE):
        assert "as of 20 Nov" not in text(one)
        assert "/68 " in text(one)


async def test_a_row_of_the_last_time_is_not_a_restore_that_can_be_opened(tmp_path: Path) -> None:
    await shown_once(tmp_path)
    one = simulated(TOPS, tmp_path)
    one.service.faults.add("delay", path="backupRestore", seconds=60, times=None)
    async with one.app.run_test(size=LARGE) as pilot:
        await opened(pilot, one)
        before = one.app.screen
        await pilot.press("enter")
        assert one.app.screen is before
        assert "being read" in text(one)
        assert "  f\n" not in text(one)


async def test_another_person_of_the_tenant_does_not_see_it(tmp_path: Path) -> None:
    await shown_once(tmp_path)
    assert "as of" not in await first_lines(simulated(TOPS, tmp_path, token=ANOTHER))


async def test_somebody_whose_token_tells_no_name_leaves_nothing_behind(tmp_path: Path) -> None:
    one = tenant(tmp_path, token="opaque")
    async with shown(one, LARGE):
        pass
    assert kept_files(tmp_path) == []


async def test_the_setting_keeps_nothing(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    one.workspace.settings = replace(one.workspace.settings, cache_last_view=False)
    async with shown(one, LARGE):
        pass
    assert kept_files(tmp_path) == []


async def test_signing_out_removes_it_and_leaving_does_not_bring_it_back(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, LARGE) as pilot:
        await until(pilot, lambda: kept_files(tmp_path), "the view is kept")
        await one.workspace.identity.forget()
    assert kept_files(tmp_path) == []


async def test_what_is_kept_holds_nothing_of_the_token(tmp_path: Path) -> None:
    await shown_once(tmp_path)
    (file,) = kept_files(tmp_path)
    assert "eyJ" not in file.read_text()


@pytest.mark.parametrize(
    "other",
    [replace(WHO, tenant_id="t-2"), replace(WHO, object_id="o-2"), replace(WHO, object_id=None, app_id="o-2")],
)
def test_it_is_read_by_the_same_person_in_the_same_tenant_only(tmp_path: Path, other: WhoAmI) -> None:
    LastViewFile(tmp_path, PLACE, WHO).keep(VIEW)
    assert LastViewFile(tmp_path, PLACE, WHO).read() == VIEW
    assert LastViewFile(tmp_path, PLACE, other).read() is None
    assert LastViewFile(tmp_path, "https://graph.microsoft.us", WHO).read() is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        "null",
        "[" * 5000,
        '{"version": 1}',
        "\ud800".encode("utf-8", "surrogatepass"),
        "x" * 70_000,
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: str | bytes) -> None:
    kept = LastViewFile(tmp_path, PLACE, WHO)
    kept.keep(VIEW)
    (file,) = kept_files(tmp_path)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert kept.read() is None
    kept.keep(VIEW)
    assert kept.read() == VIEW


@pytest.mark.parametrize("member", ["owner", "at", "tables", "version"])
@pytest.mark.parametrize("value", [None, 7, "x", [], {"running": 5}, "2026-11-22T10:00:00"])
def test_a_file_of_another_form_is_as_good_as_none(tmp_path: Path, member: str, value: object) -> None:
    kept = LastViewFile(tmp_path, PLACE, WHO)
    kept.keep(VIEW)
    (file,) = kept_files(tmp_path)
    file.write_text(json.dumps(json.loads(file.read_text()) | {member: value}))
    assert kept.read() is None


def test_a_file_that_others_can_read_or_a_link_is_not_trusted(tmp_path: Path) -> None:
    kept = LastViewFile(tmp_path, PLACE, WHO)
    kept.keep(VIEW)
    (file,) = kept_files(tmp_path)
    file.chmod(0o644)
    assert kept.read() is None
    file.chmod(0o600)
    file.rename(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", file)
    assert kept.read() is None


def test_text_that_could_move_a_cursor_is_made_visible(tmp_path: Path) -> None:
    kept = LastViewFile(tmp_path, PLACE, WHO)
    kept.keep(LastView(NOW, {"running": (("\x1b[31mred",),)}))
    assert kept.read() == LastView(NOW, {"running": (("␛[31mred",),)})


def test_clearing_takes_the_views_of_all(tmp_path: Path) -> None:
    for who in (WHO, replace(WHO, object_id="o-2")):
        LastViewFile(tmp_path, PLACE, who).keep(VIEW)
    clear_last_views(tmp_path)
    assert kept_files(tmp_path) == []
