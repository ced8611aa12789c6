"""Specifies that every destination leads to a screen, which is made with what its record holds."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from list_screens import shown, tenant
from support import Simulated
from textual.screen import Screen

from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.services import Service
from backup_tui.protection.offboarding import UnitAction
from backup_tui.protection.policies import PolicyAction
from backup_tui.ui import routes
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import Open, screen_for

PLACES: tuple[Open, ...] = (
    *map(routes.OpenTop, routes.TOPS),
    routes.OpenSession("a"),
    routes.OpenSomeSessions("Wave 1 all", ("a", "b")),
    routes.OpenIncident("ransom-20nov"),
    routes.OpenPlanAgain("ransom-20nov"),
    routes.OpenPlanCheck(Path("ransom-20nov.toml")),
    routes.OpenWaveReview("ransom-20nov", 0),
    routes.OpenReview("a"),
    routes.OpenDeletion("a"),
    routes.OpenNewRestore(),
    routes.OpenFailedAgain("a"),
    routes.OpenUnknown(1),
    routes.OpenPolicy("p"),
    routes.OpenPolicyReview("p", PolicyAction.ACTIVATE),
    routes.OpenPolicyEdit("p", ("u",), ("v",)),
    routes.OpenNewPolicy(("u",), Service.ONEDRIVE),
    routes.OpenPolicyRename("p"),
    routes.OpenPolicyDeletion("p"),
    routes.OpenUnitReview(Service.EXCHANGE, "u", UnitAction.KEEP),
    routes.OpenUnitPoints(Service.EXCHANGE, "u"),
    routes.OpenFiles(Service.SHAREPOINT, "u"),
    routes.OpenMail("u"),
    routes.OpenService(),
    routes.OpenNotifyForm(EmailNotificationsSetting()),
    routes.OpenEnableForm(),
    routes.OpenServiceApps(),
    routes.OpenStatistics(),
    routes.OpenTenant(),
    routes.OpenTenants(),
    routes.OpenReport(("a",)),
    routes.OpenHandover(),
    routes.OpenReadNames(),
    routes.OpenDrill(),
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: type(place).__name__)
def test_a_destination_leads_to_a_screen_that_knows_what_it_was_opened_as(place: Open) -> None:
    screen = screen_for(place)
    assert isinstance(screen, BaseScreen)
    assert screen.place == place


def test_no_destination_is_left_out_here() -> None:
    assert {type(place) for place in PLACES} == set(Open.__subclasses__())


def test_each_destination_has_a_screen_of_its_own() -> None:
    screens = {_what(screen_for(place)) for place in PLACES}
    assert len(screens) == len(routes.TOPS) + len(Open.__subclasses__()) - 1


async def pushed(one: Simulated, place: Open, turns: int) -> Screen[Any]:
    """A screen whose opening came as far as so many turns of the loop take it."""
    screen = screen_for(place)
    one.app.push_screen(screen)
    for _ in range(turns):
        await asyncio.sleep(0)
    return screen


@pytest.mark.parametrize("turns", [0, 2, 3])
async def test_a_screen_that_is_closed_while_it_opens_is_just_gone(tmp_path: Path, turns: int) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        below = one.app.screen
        for place in PLACES:
            screen = await pushed(one, place, turns)
            if one.app.screen is screen:
                one.app.pop_screen()
            await pilot.pause()
            assert one.app.is_running, place
            assert one.app.screen is below, place


@pytest.mark.parametrize("place", [routes.OpenIncident(""), routes.OpenNewRestore()], ids=["incident", "form"])
@pytest.mark.parametrize("turns", [2, 3, 4])
async def test_the_program_may_be_left_while_a_screen_opens(tmp_path: Path, place: Open, turns: int) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3):
        await pushed(one, place, turns)
        one.app.exit()
    assert one.app.fault is None


def _what(screen: object) -> type:
    """All reviews are one screen, of different changes."""
    return type(screen.kind.change) if isinstance(screen, ReviewScreen) else type(screen)
