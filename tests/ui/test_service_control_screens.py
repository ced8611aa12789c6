"""Specifies the screens of the service: turning the backup on, who controls it, and what the service itself counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from protection_screens import LARGE, SMALL, open_service, overview, screen, tenant, text
from support import footer, jwt, message, screen_text, until
from textual.pilot import Pilot

from backup_tui.models.calls import CallRecord
from backup_tui.protection.service_apps import is_own
from backup_tui.simulator.http.callers import CONSOLE_APP_ID
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.service.apps import AppsScreen
from backup_tui.ui.service.forms import ActivateForm, EnableForm
from backup_tui.ui.service.screen import ServiceDetail
from backup_tui.ui.service.statistics import StatisticsScreen
from backup_tui.ui.widgets.fields import TextField

TENANT = "f00d0000-0000-4000-8000-00000000cafe"
CONTROL = jwt(
    tid=TENANT,
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    appid=CONSOLE_APP_ID,
    app_displayname="Backup desk",
    scp="BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.Read.All",
)


async def typed(pilot: Pilot[Any], words: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in words))


async def reviewed(pilot: Pilot[Any], one: Any) -> ReviewScreen:
    """The review that is shown, once it was read."""
    await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen) and one.app.screen.reviewed is not None)
    assert isinstance(one.app.screen, ReviewScreen)
    return one.app.screen


def phrase_of(review: ReviewScreen) -> str:
    assert review.reviewed is not None
    return review.reviewed.phrase


async def on_apps(pilot: Pilot[Any], one: Any) -> AppsScreen:
    await overview(pilot, one)
    await open_service(pilot, one)
    await pilot.press("a")
    await until(pilot, lambda: isinstance(one.app.screen, AppsScreen) and one.app.screen.row is not None)
    assert isinstance(one.app.screen, AppsScreen)
    return one.app.screen


async def test_a_backup_that_is_off_is_turned_on_by_keys(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=CONTROL, service_status="disabled")
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        await open_service(pilot, one)
        assert "E turns it on from here" in text(one)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(one.app.screen, EnableForm))
        assert one.app.screen.query_one(TextField).value == TENANT
        assert "contoso.com pays" in text(one)
        await pilot.press("x")
        assert "not yet" in text(one)
        await pilot.press("backspace", "enter", "enter")
        review = await reviewed(pilot, one)
        assert "Nothing is backed up until a policy is active." in " ".join(text(one).split())
        await typed(pilot, phrase_of(review))
        await pilot.press("enter")
        await until(pilot, lambda: one.service.state.status == "enabled")
        await until(pilot, lambda: "The backup is on." in one.app.message, "it is said")
        assert not one.workspace.store.connection.service.off


async def test_what_is_on_is_not_turned_on_again(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=CONTROL)
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        await open_service(pilot, one)
        assert "turn on" not in footer(screen(one))
        await pilot.press("E")
        assert "The backup is on already." in message(screen(one))
        assert isinstance(one.app.screen, ServiceDetail)


async def test_everything_about_an_application_with_what_the_service_sends(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with one.app.run_test(size=SMALL) as pilot:
        apps = await on_apps(pilot, one)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, PagerScreen) and '"registrationDateTime"' in text(one))
        assert f"Registration {apps.row}" in text(one)
        await pilot.press("escape")
        one.service.faults.add("refuse", path="serviceApps/", status=403, code="Forbidden")
        await pilot.press("enter")
        await until(pilot, lambda: "What the service sends could not be read" in text(one))


async def test_an_application_is_registered_given_control_and_removed_by_keys(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=CONTROL)
    async with one.app.run_test(size=SMALL) as pilot:
        apps = await on_apps(pilot, one)
        assert "in control: Microsoft's admin center" in text(one)
        await pilot.press("X")
        assert "It is not in control; this needs the one in control." in message(apps)
        await pilot.press("plus")
        review = await reviewed(pilot, one)
        assert phrase_of(review) == "register backup desk contoso"
        await typed(pilot, "register backup desk contoso")
        await pilot.press("enter")
        await until(pilot, lambda: len(one.workspace.store.details.service_apps) == 2)
        await until(pilot, lambda: "Backup desk is registered" in one.app.message, "it is said")
        await until(pilot, lambda: one.app.screen is apps or isinstance(one.app.screen, ReviewScreen))
        if one.app.screen is not apps:
            await pilot.press("escape")
        await until(pilot, lambda: one.app.screen is apps)
        own = next(app for app in one.workspace.store.details.service_apps if is_own(app, one.workspace.who))
        apps.show_rows()
        apps.table.move_to(own.id)
        await pilot.pause()
        assert "This program signs in with it." in text(one)
        await pilot.press("A")
        await until(pilot, lambda: isinstance(one.app.screen, ActivateForm))
        assert "in 7 d 0 h" in text(one)
        await pilot.press("backspace", "backspace", "4", "d")
        assert "outside 7 to 30 days" in text(one)
        await pilot.press("backspace", "backspace", "1", "4", "d", "enter", "enter")
        review = await reviewed(pilot, one)
        assert "may only read policies and units" in " ".join(text(one).split())
        await typed(pilot, phrase_of(review))
        await pilot.press("enter")
        await until(pilot, lambda: any(app.coming for app in one.workspace.store.details.service_apps))
        if one.app.screen is not apps:
            await pilot.press("escape")
        await until(pilot, lambda: one.app.screen is apps)
        apps.show_rows()
        assert "~ takes control" in text(one)
        await pilot.press("D")
        review = await reviewed(pilot, one)
        assert "it will not" in " ".join(text(one).split())
        await typed(pilot, phrase_of(review))
        await pilot.press("enter")
        await until(pilot, lambda: len(one.workspace.store.details.service_apps) == 1)


async def test_the_tenant_screen_leads_to_the_service(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=CONTROL)
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        await pilot.press("T", "b")
        await until(pilot, lambda: isinstance(one.app.screen, ServiceDetail))


async def test_what_the_service_counts_is_shown_with_its_age_and_nothing_is_read_outside_beta(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=CONTROL, version="beta")
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        await open_service(pilot, one)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(one.app.screen, StatisticsScreen) and one.app.screen.row is not None)
        await pilot.pause()
        assert "Mailboxes all" in text(one)
        assert "Counted by the service" in text(one)
        await pilot.press("enter")
        assert isinstance(one.app.screen, PagerScreen)
        assert "Could not be unprotected: 0" in "\n".join(screen_text(one.app))
    plain = tenant(tmp_path / "plain", token=CONTROL)
    async with plain.app.run_test(size=SMALL) as pilot:
        await overview(pilot, plain)
        await open_service(pilot, plain)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(plain.app.screen, StatisticsScreen))
        await pilot.pause()
        assert "in its beta version only" in " ".join(text(plain).split())
        assert not any(
            "reports" in call.path for call in plain.workspace.store.calls.values() if isinstance(call, CallRecord)
        )


async def test_a_policy_whose_count_cannot_be_read_is_said_and_the_others_are_there(tmp_path: Path) -> None:
    one = tenant(tmp_path, token=CONTROL, version="beta")
    first = one.service.tenant.policies[0]
    one.service.faults.add("refuse", path=f"policyId='{first.id}'", status=404, code="PolicyNotFound", times=None)
    async with one.app.run_test(size=SMALL) as pilot:
        await overview(pilot, one)
        await open_service(pilot, one)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(one.app.screen, StatisticsScreen) and one.app.screen.row is not None)
        await pilot.pause()
        assert "not read" in text(one)
        assert text(one).count("Sites") >= 2


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("what", ["applications", "give control", "give control review", "statistics", "turn on"])
def test_picture(snap_compare: Any, tmp_path: Path, what: str, size: tuple[int, int]) -> None:
    status = "disabled" if what == "turn on" else "enabled"
    version = "beta" if what == "statistics" else "v1.0"
    one = tenant(tmp_path, token=CONTROL, service_status=status, version=version)

    async def ready(pilot: Pilot[Any]) -> None:
        if what in ("statistics", "turn on"):
            await overview(pilot, one)
            await open_service(pilot, one)
            await pilot.press("S" if what == "statistics" else "E")
            if what == "statistics":
                await until(pilot, lambda: screen(one).row is not None)
        else:
            await on_apps(pilot, one)
            if what != "applications":
                await pilot.press("A")
                await until(pilot, lambda: isinstance(one.app.screen, ActivateForm))
            if what == "give control review":
                await pilot.press("enter", "enter")
                await reviewed(pilot, one)
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)
