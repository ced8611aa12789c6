"""Specifies what is given up or changed from the screens of protection: the backup of a unit, and who gets e-mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from protection_screens import (
    ADMIN,
    LARGE,
    SMALL,
    deliver,
    open_service,
    overview,
    screen,
    tenant,
    text,
    units_read,
)
from support import footer, jwt, message, until
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.ui.service.notify_form import NotifyForm
from backup_tui.ui.service.screen import ServiceDetail
from backup_tui.ui.units.screen import UnitsScreen
from backup_tui.ui.widgets.phrase_field import PhraseField

# -- locks on every screen -----------------------------------------------------------------------------------

TENANT = "f00d0000-0000-4000-8000-00000000cafe"


# -- giving up the backup of a unit --------------------------------------------------------------------------

FULL = jwt(
    tid="f00d0000-0000-4000-8000-00000000cafe",
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    scp="BackupRestore-Configuration.ReadWrite.All BackupRestore-Control.Read.All BackupRestore-Restore.ReadWrite.All",
)


async def free_unit(pilot: Pilot[Any], one: Any) -> UnitsScreen:
    """The units screen, with the cursor on a mailbox that left every policy."""
    await units_read(pilot, one)
    units = screen(one)
    assert isinstance(units, UnitsScreen)
    rows = one.workspace.store.units[Service.EXCHANGE]
    free = next(row.id for row in rows.values() if row.status == "unprotected" and not row.policy_id)
    units.table.move_to(free)
    await pilot.pause()
    return units


async def typed(pilot: Pilot[Any], words: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in words))


async def test_a_unit_is_offboarded_on_its_phrase_and_the_same_key_keeps_it(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=FULL)
    async with one.app.run_test(size=SMALL) as pilot:
        units = await free_unit(pilot, one)
        unit = str(units.row)
        assert "O OFFBOARD" in footer(units)
        await pilot.press("O")
        await until(pilot, lambda: one.app.screen.query(PhraseField), "the phrase is asked for")
        told = " ".join(text(one).split())
        assert "After a grace period (90 days, per Microsoft) the backup of this mailbox is" in told
        assert "The mailbox itself is not touched." in told
        await typed(pilot, f"offboard {unit[:8]} contoso")
        await pilot.press("enter")
        await until(pilot, lambda: screen(one) is units, "it is done")
        row = one.workspace.store.units[Service.EXCHANGE][unit]
        assert row.status == "offboardRequested"
        assert "is offboarding; it can be kept until " in " ".join(text(one).split())
        deliver(one)
        await pilot.pause()
        assert "O keep its backup" in footer(units)
        assert "deleted for good after 90 days" in " ".join(text(one).split())
        await pilot.press("O")
        await until(pilot, lambda: one.app.screen.query(PhraseField), "the phrase is asked for")
        assert "The backup stays; points remain until each is a year old." in text(one)
        await typed(pilot, f"keep {unit[:8]} contoso")
        await pilot.press("enter")
        await until(pilot, lambda: screen(one) is units, "it is done")
        assert one.workspace.store.units[Service.EXCHANGE][unit].status != "offboardRequested"


async def test_a_unit_that_its_change_takes_out_of_the_filtered_list_stays_under_the_cursor(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=FULL)
    async with one.app.run_test(size=SMALL) as pilot:
        units = await free_unit(pilot, one)
        await pilot.press("slash", *"status:unprotected", "enter")
        unit, line = str(units.row), units.table.cursor_index
        others = units.table.row_count - 1
        assert others > 0, "there is another one that the cursor could land on"
        await pilot.press("O")
        await until(pilot, lambda: one.app.screen.query(PhraseField), "the phrase is asked for")
        await typed(pilot, f"offboard {unit[:8]} contoso")
        await pilot.press("enter")
        await until(pilot, lambda: screen(one) is units, "it is done")
        deliver(one)
        await pilot.pause()
        assert (units.row, units.table.cursor_index) == (unit, line)
        assert "O" not in message(units).split("is offboarding")[1], "a message names no key of another row"
        await pilot.press("O")
        await until(pilot, lambda: one.app.screen.query(PhraseField), "the phrase is asked for")
        assert one.app.screen.query_one(PhraseField).phrase == f"keep {unit[:8]} contoso"
        await pilot.press("escape", "j")
        await pilot.pause()
        assert units.row != unit
        assert units.table.row_count == others


async def test_the_phrase_of_one_unit_is_refused_in_the_review_of_another(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=FULL)
    async with one.app.run_test(size=SMALL) as pilot:
        units = await free_unit(pilot, one)
        await pilot.press("slash", *"status:unprotected", "enter")
        first = str(units.row)
        await pilot.press("j", "O")
        await until(pilot, lambda: one.app.screen.query(PhraseField), "the phrase is asked for")
        await typed(pilot, f"offboard {first[:8]} contoso")
        await pilot.press("enter")
        await pilot.pause()
        assert "Not offboarded. You typed" in " ".join(text(one).split())
        posts = [call for call in one.workspace.store.calls.values() if getattr(call, "mutating", False)]
        assert not posts


async def test_the_key_says_why_where_it_is_not_possible(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=FULL)
    async with one.app.run_test(size=SMALL) as pilot:
        units = await free_unit(pilot, one)
        await pilot.press("space", "O")
        assert "This is for one unit only, and 1 are selected" in message(units)
        await pilot.press("u")
        rows = one.workspace.store.units[Service.EXCHANGE]
        units.table.move_to(next(row.id for row in rows.values() if row.policy_id))
        await pilot.press("O")
        assert message(units).endswith("only a unit outside every policy can be offboarded.")


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (
            jwt(
                tid="f00d0000-0000-4000-8000-00000000cafe",
                appid="a",
                roles=["BackupRestore-Configuration.ReadWrite.All"],
            ),
            "The service allows this only to people",
        ),
        (
            jwt(
                tid=TENANT,
                upn="adele.vance@contoso.com",
                scp="BackupRestore-Configuration.Read.All",
            ),
            "Needs the delegated permission BackupRestore-Configuration.ReadWrite.All.",
        ),
    ],
)
async def test_a_sign_in_that_may_not_offboard_is_told_before_anything_is_typed(
    tmp_path: Path, token: Any, why: str
) -> None:
    one = tenant(tmp_path, token=token)
    async with one.app.run_test(size=SMALL) as pilot:
        units = await free_unit(pilot, one)
        await pilot.press("O")
        assert screen(one) is units
        assert why in message(units)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture_of_the_review_of_offboarding(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path, token=FULL)

    async def ready(pilot: Pilot[Any]) -> None:
        await free_unit(pilot, one)
        await pilot.press("O")
        await until(pilot, lambda: one.app.screen.query(PhraseField), "the phrase is asked for")
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


# -- who gets mails ------------------------------------------------------------------------------------------

KEEPER = jwt(
    tid=TENANT,
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    scp="BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.Read.All BackupRestore-Restore.Read.All",
)


async def open_form(pilot: Pilot[Any], one: Any) -> NotifyForm:
    await overview(pilot, one)
    await open_service(pilot, one)
    await pilot.press("c")
    await until(pilot, lambda: isinstance(one.app.screen, NotifyForm))
    await pilot.pause()
    form = one.app.screen
    assert isinstance(form, NotifyForm)
    return form


async def test_the_form_says_what_would_be_and_the_review_does_it(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=KEEPER)
    async with one.app.run_test(size=SMALL) as pilot:
        await open_form(pilot, one)
        assert "Now mails are sent to backup administrators, about important news only." in text(one)
        assert "not yet: no change was requested." in text(one)
        await pilot.press("enter", "right", "enter", "right", "right", "enter")
        assert "not yet: the list of addresses is empty." in text(one)
        await pilot.press(*"ops@x.org", "enter")
        assert "[ Review ]  enter" in text(one)
        await pilot.press("enter")
        await until(pilot, lambda: one.app.screen.query(PhraseField), "the phrase is asked for")
        told = " ".join(text(one).split())
        assert "mail goes to 1 address (ops@x.org), about important news and every change of policies" in told
        await typed(pilot, "notify contoso")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ServiceDetail), "it is done")
        setting = one.workspace.store.details.notifications
        assert setting is not None
        assert (setting.addresses, setting.tells_all) == (("ops@x.org",), True)


async def test_esc_leaves_the_form_and_nothing_was_sent(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=KEEPER)
    async with one.app.run_test(size=SMALL) as pilot:
        await open_form(pilot, one)
        await pilot.press("right", "escape")
        await pilot.pause()
        assert isinstance(one.app.screen, ServiceDetail)
        assert one.workspace.store.intents == ()


async def test_a_sign_in_that_may_not_change_it_is_told_before_the_form(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=ADMIN)
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        await open_service(pilot, one)
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(one.app.screen, ServiceDetail)
        assert "BackupRestore-Control.ReadWrite.All" in message(one.app.screen)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_picture_of_the_form_of_mails(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path, token=KEEPER)

    async def ready(pilot: Pilot[Any]) -> None:
        await open_form(pilot, one)
        await pilot.press("enter", "right")

    assert snap_compare(one.app, run_before=ready, terminal_size=size)
