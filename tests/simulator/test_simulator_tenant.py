"""Specifies the tenant that is drawn from a seed: its people, sites, policies and past."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import pytest

from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.settings import Settings

CLOCK = ManualClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
ERRORS = {
    "ArtifactNotFound",
    "InvalidRestoreTime",
    "ArtifactCannotBeRestored",
    "DuplicateArtifactRestoreRequest",
    "UnknownError",
}


def service(**settings: Any) -> Any:
    return create_app(Settings(**settings), CLOCK).state.service


def picture(tenant: Any) -> Any:
    return [(unit.id, unit.owner, unit.name, unit.address, unit.trait) for unit in tenant.everything]


def test_a_seed_always_gives_the_same_tenant_and_another_one_another() -> None:
    assert picture(service().tenant) == picture(service().tenant)
    assert picture(service().tenant) != picture(service(seed=1).tenant)


@pytest.mark.parametrize("units", [1, 2, 7, 300, 1003])
def test_the_tenant_has_exactly_the_units_asked_for(units: int) -> None:
    tenant = service(units=units).tenant
    assert len(tenant.everything) == len(tenant.by_id) == units
    assert [unit.place for unit in tenant.everything] == list(range(units))


@pytest.mark.parametrize("key", ["exchange", "onedrive", "sharepoint"])
def test_nine_tenths_can_be_of_one_service(key: str) -> None:
    tenant = service(units=3_000, mostly=key).tenant

    assert {name: len(units) for name, units in tenant.units.items()} == dict.fromkeys(tenant.units, 150) | {key: 2_700}


def test_names_repeat_but_addresses_never_do() -> None:
    tenant = service(units=40_000).tenant
    for units in tenant.units.values():
        addresses = Counter(unit.address for unit in units if unit.address)
        assert max(addresses.values()) == 1
    finance = [unit.url for unit in tenant.units["sharepoint"] if unit.name == "Finance"]
    assert len(finance) == 3


def test_a_persons_mailbox_and_drive_share_the_owner_only() -> None:
    tenant = service().tenant
    for mailbox, drive in zip(tenant.units["exchange"], tenant.units["onedrive"], strict=False):
        assert (mailbox.owner, mailbox.name) == (drive.owner, drive.name)
        assert mailbox.id != drive.id
    assert tenant.units["exchange"][0].address == "adele.vance@contoso.com"
    assert tenant.units["sharepoint"][0].owner.count(",") == 2


def test_ten_thousand_units_are_there_at_once() -> None:
    began = perf_counter()
    assert len(service(units=10_000).tenant.everything) == 10_000
    assert perf_counter() - began < 10  # a guard against a slip into quadratic work, not a measurement


def test_the_past_shows_every_state_and_every_artifact_error() -> None:
    made = service()
    now = made.now()
    states = Counter(session.status(now) for session in made.sessions.values())
    assert states["active"] == 1
    assert states["draft"] == 2
    assert states["failed"] >= 2
    assert states["completedWithError"] >= 3
    assert 24 <= states.total() <= 30
    errors = {a.run.error for s in made.sessions.values() for a in s.artifacts if a.run and a.run.error}
    assert errors == ERRORS
    assert all(session.created < now for session in made.sessions.values())


def test_the_running_restore_of_the_past_leaves_the_well_known_people_alone() -> None:
    made = service()
    running = next(session for session in made.sessions.values() if session.running(made.now()))
    assert min(artifact.unit.seq for artifact in running.artifacts) > 8


def test_a_small_tenant_has_a_past_too() -> None:
    made = service(units=3)
    assert made.sessions
    assert all(session.artifacts for session in made.sessions.values())


@pytest.mark.parametrize("wrong", [{"units": 0}, {"speed": 0}, {"speed": -1}, {"page_size": 0}])
def test_settings_out_of_range_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        Settings(**wrong)
