"""Specifies the screen of files: a tree read when opened, found by name, compared, gathered, drafted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import force_setattr
from restores import program
from support import Simulated, footer, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.models.granular import NewItem
from backup_tui.models.services import Service
from backup_tui.restore.files.basket import kept_basket
from backup_tui.store.freshness import units_of
from backup_tui.ui.files.screen import FilesScreen
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenFiles, OpenUnitPoints
from backup_tui.ui.widgets.form_parts import AskLine

SIZE = (80, 24)
SITE = Service.SHAREPOINT


def text_of(one: Simulated) -> str:
    """The screen's text without the breaks of its lines."""
    return " ".join(" ".join(screen_text(one.app)).split())


def site(one: Simulated) -> str:
    """Id of a site whose restores succeed and whose points are of this hour."""
    now = one.service.now()
    return next(
        unit.id
        for unit in one.service.tenant.units["sharepoint"]
        if unit.trait == "sound" and unit.state(now)[0] == "protected" and unit.joined < now - 30 * 86_400
    )


async def files_screen(pilot: Pilot[Any], one: Simulated) -> FilesScreen:
    await until(pilot, lambda: one.workspace.is_open, "open")

    async def sleep(seconds: float) -> None:
        one.advance(seconds)

    force_setattr(one.workspace.context, "sleep", sleep)
    await one.workspace.loader.load(units_of(SITE))
    one.app.open(OpenFiles(SITE, site(one)))
    await until(pilot, lambda: "Browsing ends" in text_of(one), "the point is open")
    return shown_as(one.app, FilesScreen)


def rows(screen: FilesScreen) -> list[str]:
    return list(screen.keys())


async def find(pilot: Pilot[Any], one: Simulated, screen: FilesScreen, text: str) -> None:
    await pilot.press("slash", *text, "enter")
    await until(pilot, lambda: f'{len(rows(screen))} with "{text}"' in text_of(one), "found")
    assert not screen.query_one(AskLine).is_open


async def test_a_folder_is_read_when_it_is_opened(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await files_screen(pilot, one)
        assert rows(screen)[0] == "/Documents"
        assert not [path for path in rows(screen) if path.startswith("/Documents/")]
        await pilot.press("enter")
        await until(pilot, lambda: len(rows(screen)) > 5, "its files")
        assert rows(screen)[1].startswith("/Documents/")
        await pilot.press("enter")
        await until(pilot, lambda: not [path for path in rows(screen) if path.startswith("/Documents/")], "closed")


async def test_what_is_in_a_folder_on_the_last_line_is_scrolled_into_view(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await files_screen(pilot, one)
        await pilot.press("enter")
        await until(pilot, lambda: len(rows(screen)) > 5, "its files")
        await until(pilot, lambda: not screen.context().busy, "all of it")
        folders = [path for path in rows(screen) if "▸" in str(screen.cells(path)[0].text)]
        # One moves on to the last line: what is below it was not in sight before.
        while screen.table.below and screen.table.cursor_key not in folders[1:]:
            await pilot.press("down")
        folder = screen.table.cursor_key
        assert folder is not None
        await pilot.press("enter")
        inside = f"{folder}/"
        await until(pilot, lambda: any(path.startswith(inside) for path in rows(screen)), "opened")
        await until(pilot, lambda: not screen.context().busy, "read")
        assert folder == screen.table.cursor_key
        assert folder not in screen.table.above
        seen = rows(screen)[: len(rows(screen)) - screen.table.below]
        assert seen[-1].startswith(inside)


async def test_one_file_found_by_name_is_restored(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await files_screen(pilot, one)
        await find(pilot, one, screen, "docx")
        path = rows(screen)[0]
        await pilot.press("space")
        await until(pilot, lambda: "Basket 1 file" in text_of(one), "in the basket")
        assert [item.path for item in screen.basket.items] == [path]
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "its review")
        await until(pilot, lambda: "NEW FOLDER" in text_of(one), "the review is read")
        assert "1 file or folder of" in text_of(one)
        (session,) = one.service.sessions.values()
        assert session.job == "granular"
        assert not screen.basket.items


async def test_the_basket_is_kept_across_folders_points_and_screens(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await files_screen(pilot, one)
        await find(pilot, one, screen, "docx")
        first, second = rows(screen)[:2]
        await pilot.press("space", "space")
        await until(pilot, lambda: "Basket 2 files" in text_of(one), "both")
        await pilot.press("escape")
        await until(pilot, lambda: rows(screen)[0] == "/Documents", "the tree again")
        assert "Basket 2 files" in text_of(one)
        await pilot.press("escape")
        kept = await kept_basket(one.workspace.context.journal, screen.unit_id)
        assert [item.path for item in kept.items] == [first, second]
        one.app.open(OpenFiles(SITE, screen.unit_id))
        await until(pilot, lambda: "Basket 2 files" in text_of(one), "kept")


async def test_other_points_are_looked_into_for_a_file(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await files_screen(pilot, one)
        await find(pilot, one, screen, "docx")
        await pilot.press("v")
        await until(pilot, lambda: "of 4 express points" in text_of(one), "looked into")
        before = screen.point
        await until(pilot, lambda: not screen.context().busy, "done")
        await pilot.press("o")
        await until(pilot, lambda: screen.point != before and not screen.context().busy, "an older point")
        assert screen.point is not None
        assert before is not None
        assert screen.point.time < before.time


async def test_a_session_that_ends_between_two_pages_costs_no_selection_and_is_opened_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await files_screen(pilot, one)
        await pilot.press("space")
        await until(pilot, lambda: len(screen.basket.items) == 1, "chosen")
        one.service.faults.add("other", method="GET", path="/browse", deed="endBrowsing")
        await pilot.press("g", "enter")
        await until(
            pilot, lambda: "Browsing ended. enter opens it again; your 1 selection is kept" in text_of(one), "said"
        )
        before = len(one.service.sessions)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the basket is drafted all the same")
        assert len(one.service.sessions) == before + 1


async def test_the_role_that_browsing_needs_is_named_where_it_is_missing(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: one.workspace.is_open, "open")
        await one.workspace.loader.load(units_of(SITE))
        one.service.faults.add("refuse", method="POST", path="BrowseSessions", status=403, code="accessDenied")
        one.app.open(OpenFiles(SITE, site(one)))
        await until(pilot, lambda: "SharePoint Backup Administrator" in text_of(one), "the role")
        assert "r tries again" in text_of(one)


async def test_an_ended_session_is_said_and_opened_again_with_the_basket(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await files_screen(pilot, one)
        await pilot.press("space")
        await until(pilot, lambda: len(screen.basket.items) == 1, "chosen")
        one.advance(4 * 86_400)
        await pilot.press("g", "enter")
        await until(
            pilot, lambda: "Browsing ended. enter opens it again; your 1 selection is kept" in text_of(one), "said"
        )
        await pilot.press("enter")
        await until(pilot, lambda: "Browsing ends" in text_of(one), "open again")
        assert len(screen.basket.items) == 1


async def test_points_lead_to_files_and_mailboxes_do_not(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: one.workspace.is_open, "open")
        one.app.open(OpenUnitPoints(SITE, site(one)))
        await until(pilot, lambda: "standard" in text_of(one) or "express" in text_of(one), "points")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, FilesScreen), "its files")
        mailbox = next(unit.id for unit in one.service.tenant.units["exchange"] if unit.trait == "sound")
        one.app.open(OpenUnitPoints(Service.EXCHANGE, mailbox))
        await until(pilot, lambda: "standard" in text_of(one), "points of the mailbox")
        await pilot.press("enter")
        await until(pilot, lambda: "A mailbox has no files" in text_of(one), "said")


async def test_the_missing_role_is_named(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: one.workspace.is_open, "open")
        one.service.faults.add("refuse", path="BrowseSessions$", status=403, code="accessDenied", times=None)
        one.app.open(OpenFiles(SITE, site(one)))
        await until(pilot, lambda: "SharePoint Backup Administrator" in text_of(one), "the role")
        assert "n restore basket" in footer(one.app.screen)


async def test_a_name_can_be_typed_while_the_point_is_being_opened(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: one.workspace.is_open, "open")
        go_on = asyncio.Event()

        async def sleep(seconds: float) -> None:
            await go_on.wait()
            one.advance(seconds)

        force_setattr(one.workspace.context, "sleep", sleep)
        one.app.open(OpenFiles(SITE, site(one)))
        await until(pilot, lambda: "opens the point" in text_of(one), "it is being opened")
        await pilot.press("slash", *"docx", "enter")
        await until(pilot, lambda: "Then press enter again" in text_of(one), "it is said")
        go_on.set()
        await until(pilot, lambda: "Browsing ends" in text_of(one), "open")
        screen = shown_as(one.app, FilesScreen)
        await until(pilot, lambda: not screen.context().busy, "ready")
        await pilot.press("enter")
        await until(pilot, lambda: f'{len(rows(screen))} with "docx"' in text_of(one), "found")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_picture_of_files(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        screen = await files_screen(pilot, one)
        await pilot.press("enter")
        await until(pilot, lambda: len(rows(screen)) > 5 and not screen.context().busy, "its files")
        file = next(path for path in rows(screen) if path.endswith(".docx"))
        screen.table.move_to(file)
        await pilot.press("v")
        await until(pilot, lambda: "of 4 express points" in text_of(one), "compared")
        await until(pilot, lambda: not screen.context().busy, "done")
        await pilot.press("space", "space")
        await until(pilot, lambda: len(screen.basket.items) == 2, "chosen")
        screen.table.move_to(file)
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


async def test_a_profile_says_under_which_name_a_file_is_added_to_a_draft(tmp_path: Path) -> None:
    one = program(tmp_path, settings={"item_key": "itemKey"})
    async with one.app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: one.workspace.is_open, "open")
        writer = one.workspace.context.writer
        assert writer is not None
        added = writer.granular.added_items(Service.ONEDRIVE, [NewItem("b1", "k1")])
        assert added == {"granularDriveRestoreArtifacts@delta": [{"browseSessionId": "b1", "itemKey": "k1"}]}
