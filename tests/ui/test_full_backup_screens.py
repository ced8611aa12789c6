"""Specifies full workload backup on the screens: policies, one policy, units; and nothing of it in v1.0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from protection_screens import LARGE, SMALL, deliver, policies_read, screen, tenant, units_read
from support import screen_text, until
from textual.pilot import Pilot

from backup_tui.models.services import Service
from backup_tui.store.summary import excluded_units
from backup_tui.ui.policies.detail import PolicyDetail
from backup_tui.ui.routes import OpenNewRestore, OpenPolicy
from backup_tui.ui.widgets.table import RowTable


def text(one: Any) -> str:
    return " ".join(" ".join(screen_text(one.app)).split())


def full(one: Any) -> Any:
    """The policy that protects its whole service, as it was read."""
    return next(policy for policy in one.workspace.store.policies.values() if policy.is_full)


async def exclusions_read(pilot: Pilot[Any], one: Any) -> None:
    await until(pilot, lambda: excluded_units(one.workspace.store, full(one)) == 3, "what is excluded is read")
    deliver(one)
    await pilot.pause()


async def test_the_list_says_what_it_protects_and_names_the_policy_of_entra(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta", full_service="sharepoint", entra_policy=True)
    async with one.app.run_test(size=SMALL) as pilot:
        await policies_read(pilot, one)
        await exclusions_read(pilot, one)
        lines = screen_text(one.app)
        assert any("Sites all" in line and "all but 3" in line for line in lines)
        assert any("Entra ID" in line and "Entra all" in line for line in lines)
        assert not any(line.strip().startswith("?") for line in lines)


async def test_the_detail_lists_what_is_excluded(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta", full_service="sharepoint")
    async with one.app.run_test(size=SMALL) as pilot:
        await policies_read(pilot, one)
        one.app.open(OpenPolicy(full(one).id))
        await pilot.pause()
        await exclusions_read(pilot, one)
        assert "Full workload backup: all of SharePoint, what is made later too, except 3 sites" in text(one)
        await pilot.press("tab")
        detail = screen(one)
        assert isinstance(detail, PolicyDetail)
        assert "[Excluded 3]" in text(one)
        assert detail.table.row_count == 3
        row = next(iter(one.workspace.store.details.exclusions(full(one).id).values()))
        assert row.name.rpartition("/")[2] in text(one)
        await pilot.press("enter")
        await pilot.pause()
        assert "a restore of the policy leaves it out" in text(one)
        await until(pilot, lambda: '"policyId"' in text(one), "as the service sends it")


async def test_the_form_of_all_its_units_says_what_it_leaves_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = tenant(tmp_path, version="beta", full_service="sharepoint")
    async with one.app.run_test(size=SMALL) as pilot:
        await policies_read(pilot, one)
        await exclusions_read(pilot, one)
        table = screen(one).query_one(RowTable)
        table.move_to(full(one).id)
        opened: list[OpenNewRestore] = []
        monkeypatch.setattr(one.app, "open", opened.append)
        await pilot.press("n")
        await until(pilot, lambda: opened, "the form is opened")
        form = opened[0].form
        assert form is not None
        assert form.source == 'all but 3, SharePoint policy "Sites all"'


async def test_an_ordinary_policy_has_no_such_part_and_asks_nothing(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta", full_service="sharepoint")
    async with one.app.run_test(size=SMALL) as pilot:
        await policies_read(pilot, one)
        ordinary = next(each for each in one.workspace.store.policies.values() if each.service is Service.EXCHANGE)
        one.app.open(OpenPolicy(ordinary.id))
        await pilot.pause()
        assert "Excluded" not in text(one)
        asked = [getattr(call, "path", "") for call in one.workspace.store.calls.values()]
        assert not any("mailboxExclusionUnits" in path for path in asked)


async def test_units_are_not_called_all_there_is_and_show_their_terms(tmp_path: Path) -> None:
    one = tenant(tmp_path, version="beta", full_service="sharepoint")
    async with one.app.run_test(size=LARGE) as pilot:
        await units_read(pilot, one, Service.SHAREPOINT)
        await exclusions_read(pilot, one)
        assert "3 excluded by Sites all" in text(one)
        assert "Points kept 365 days." in text(one)


@pytest.mark.parametrize("version", ["v1.0"])
async def test_v1_reads_nothing_of_it(tmp_path: Path, version: str) -> None:
    one = tenant(tmp_path, version=version, full_service="sharepoint")
    async with one.app.run_test(size=SMALL) as pilot:
        await units_read(pilot, one, Service.SHAREPOINT)
        assert "excluded" not in text(one)
        assert not any("Exclusion" in getattr(call, "path", "") for call in one.workspace.store.calls.values())
