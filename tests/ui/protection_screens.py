"""Policies and units on a simulated tenant, opened and read, with clocks that stand still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import force_setattr
from support import Simulated, jwt, opened, screen_text, simulated, until
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.store import freshness as fresh
from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.app import BackupTui, TopScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.policies.screen import PoliciesScreen
from backup_tui.ui.routes import Open, OpenNewRestore, OpenService
from backup_tui.ui.service.screen import ServiceDetail
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.units.screen import UnitsScreen

TOPS: list[TopScreen] = [
    ("Overview", OverviewScreen),
    ("Policies", PoliciesScreen),
    ("Sessions", SessionsScreen),
    ("Units", UnitsScreen),
    ("Activity", ActivityScreen),
]

SMALL, LARGE = (80, 24), (120, 40)


def tenant(state: Path, **settings: Any) -> Simulated:
    """A tenant without past restores, and the program on it."""
    return simulated(TOPS, state, **({"history": False} | settings))


def screen(one: Simulated) -> BaseScreen:
    """The screen that is shown."""
    assert isinstance(one.app.screen, BaseScreen)
    return one.app.screen


def deliver(one: Simulated) -> None:
    """Hands the screen what changed now, not at the end of a quarter of a second."""
    one.app.bridge.deliver()


async def policies_read(pilot: Pilot[Any], one: Simulated) -> None:
    """Opens screen 2 and waits for the policies."""
    await opened(pilot, one)
    await pilot.press("2")
    store = one.workspace.store
    await until(pilot, lambda: store.freshness(fresh.POLICIES).complete, "the policies are read")
    deliver(one)
    await pilot.pause()


async def units_read(pilot: Pilot[Any], one: Simulated, service: Service = Service.EXCHANGE) -> None:
    """Opens screen 4 and waits for a service's units."""
    await opened(pilot, one)
    await pilot.press("4")
    units = cast(UnitsScreen, screen(one))
    units.show_service(service)
    store = one.workspace.store
    await until(
        pilot,
        lambda: store.freshness(fresh.units_of(service)).complete and store.freshness(fresh.POLICIES).complete,
        "the units are read",
    )
    deliver(one)
    await pilot.pause()


@asynccontextmanager
async def on_policies(one: Simulated, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[Any]]:
    """The program on screen 2, read."""
    async with one.app.run_test(size=size) as pilot:
        await policies_read(pilot, one)
        yield pilot


@asynccontextmanager
async def on_units(
    one: Simulated, service: Service = Service.EXCHANGE, size: tuple[int, int] = SMALL
) -> AsyncIterator[Pilot[Any]]:
    """The program on screen 4, read."""
    async with one.app.run_test(size=size) as pilot:
        await units_read(pilot, one, service)
        yield pilot


def policy_id(one: Simulated, name: str) -> str:
    """Id of a policy of the tenant."""
    return next(policy.id for policy in one.service.tenant.policies if policy.name == name)


def forms(monkeypatch: pytest.MonkeyPatch) -> list[RestoreForm]:
    """The forms that were opened, instead of opening them."""
    found: list[RestoreForm] = []
    go = BackupTui.open

    def note(app: BackupTui, place: Open) -> None:
        if isinstance(place, OpenNewRestore):
            assert place.form is not None
            found.append(place.form)
        else:
            go(app, place)

    monkeypatch.setattr(BackupTui, "open", note)
    return found


def copied(one: Simulated, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent to the terminal's clipboard."""
    texts: list[str] = []
    monkeypatch.setattr(one.app, "copy_to_clipboard", texts.append)
    return texts


def without_waiting(one: Simulated) -> None:
    """Makes the waits between two looks take no time of the test; the service's clock goes on instead."""

    async def sleep(seconds: float) -> None:
        one.advance(seconds)

    force_setattr(one.workspace.context, "sleep", sleep)


ADMIN = jwt(
    tid="f00d0000-0000-4000-8000-00000000cafe",
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    scp="BackupRestore-Restore.ReadWrite.All BackupRestore-Configuration.ReadWrite.All BackupRestore-Control.Read.All",
)
"""The token of somebody who may change protection, and not who gets e-mail."""


def text(one: Simulated) -> str:
    """What the screen shows, line by line."""
    return "\n".join(screen_text(one.app))


async def overview(pilot: Pilot[Any], one: Simulated) -> OverviewScreen:
    """Waits until the overview was read."""
    await opened(pilot, one)
    store = one.workspace.store

    def read() -> bool:
        keys = (fresh.SESSIONS, fresh.POLICIES, fresh.SERVICE_ROOT, fresh.SERVICE_APPS, fresh.NOTIFICATIONS)
        return all(store.freshness(key).complete or store.freshness(key).error for key in keys)

    await until(pilot, read, "the overview is read")
    deliver(one)
    await pilot.pause()
    assert isinstance(one.app.screen, OverviewScreen)
    return one.app.screen


async def open_service(pilot: Pilot[Any], one: Simulated) -> None:
    """Opens the screen of the service."""
    one.app.open(OpenService())
    await until(pilot, lambda: isinstance(one.app.screen, ServiceDetail))
    await pilot.pause()
