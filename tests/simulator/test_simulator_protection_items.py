"""Specifies the codes of entries of an update to a policy, and the groups that a rule can name."""

from __future__ import annotations

import pytest
from protection_refusals import patch
from protection_walk import UNKNOWN, groups
from simulated import Simulated

from backup_tui.simulator.domain.workloads import SHAREPOINT
from backup_tui.simulator.settings import Settings

REMOVED = {"reason": "changed"}


class TestNamedItemErrors:
    """Entries of an update with the codes of the page of error codes."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(history=False, named_item_errors=True)

    async def test_the_removal_of_an_absent_unit(self, sim: Simulated) -> None:
        assert await patch(sim, [{"@removed": REMOVED, "id": UNKNOWN}]) == (200, "ProtectionUnitNotFound")

    async def test_a_unit_of_another_policy(self, sim: Simulated) -> None:
        theirs = sim.service.membership.of(next(p for p in sim.service.tenant.policies if p.name == "Sites pilot"))
        met = await patch(sim, [{"siteId": theirs[0].owner}], SHAREPOINT)
        assert met == (200, "ProtectionUnitAlreadyExists")


async def test_groups_can_be_asked_for(sim: Simulated) -> None:
    """The ids that expressions need are told outside the API, where a directory would tell them."""
    listed = (await sim.http.get("/_simulator/groups")).json()
    assert {each["displayName"]: each["id"] for each in listed} == groups(sim)
    assert all(each["members"] for each in listed)
