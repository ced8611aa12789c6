"""Specifies protection policies, their activation and deactivation, and the states of their units."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from simulated import Simulated

from backup_tui.simulator.settings import Settings

UNKNOWN = "00000000-0000-4000-8000-000000000000"
LATE = {"Prefer": "include-unknown-enum-members"}


def policy(sim: Simulated, name: Any) -> Any:
    return next(each for each in sim.service.tenant.policies if each.name == name)


async def test_the_lists_show_one_active_policy_for_each_service_and_a_pilot(sim: Simulated) -> None:
    rows = (await sim.get("/protectionPolicies"))["value"]
    assert [(row["displayName"], row["status"]) for row in rows] == [
        ("Mailboxes all", "active"),
        ("OneDrive all", "activeWithErrors"),
        ("Sites all", "active"),
        ("Sites pilot", "inactive"),
    ]
    assert rows[0]["retentionSettings"] == [
        {"interval": "R/PT10M", "period": "P2W"},
        {"interval": "R/P1W", "period": "P1Y"},
    ]
    typed = (await sim.get("/sharePointProtectionPolicies"))["value"]
    assert [row["displayName"] for row in typed] == ["Sites all", "Sites pilot"]
    one = await sim.get(f"/sharePointProtectionPolicies/{typed[1]['id']}")
    assert one["@odata.type"] == "#microsoft.graph.sharePointProtectionPolicy"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/protectionPolicies/{}"),
        ("POST", "/protectionPolicies/{}/activate"),
        ("POST", "/protectionPolicies/{}/deactivate"),
        ("GET", "/exchangeProtectionPolicies/{}/mailboxProtectionUnits"),
    ],
)
async def test_ids_of_no_policy_are_refused(sim: Simulated, method: str, path: str) -> None:
    assert await sim.refused(method, path.format("not-an-id")) == (400, "InvalidPolicyId")
    assert await sim.refused(method, path.format(UNKNOWN)) == (404, "PolicyNotFound")


async def test_a_policy_is_not_found_under_another_services_collection(sim: Simulated) -> None:
    sites = policy(sim, "Sites all").id
    assert await sim.refused("GET", f"/exchangeProtectionPolicies/{sites}") == (404, "PolicyNotFound")


async def test_one_policy_follows_the_other(sim: Simulated) -> None:
    running, pilot = policy(sim, "Sites all"), policy(sim, "Sites pilot")
    refusal = await sim.refused("POST", f"/protectionPolicies/{pilot.id}/activate")
    assert refusal == (403, "PolicyActionNotAllowed")

    answer = await sim.call("POST", f"/protectionPolicies/{running.id}/deactivate")
    assert (answer.status_code, answer.json()["status"]) == (202, "updating")
    units = f"/sharePointProtectionPolicies/{running.id}/siteProtectionUnits"
    sim.clock.advance(3)
    seen = Counter(row["status"] for row in (await sim.get(units, headers=LATE))["value"])
    assert seen["unprotectRequested"]
    assert seen["unprotected"]
    sim.clock.advance(60)
    assert (await sim.get(f"/protectionPolicies/{running.id}"))["status"] == "inactive"

    answer = await sim.call("POST", f"/protectionPolicies/{pilot.id}/activate", content=b"")
    assert answer.status_code == 202
    assert answer.headers["Content-Location"].endswith(f"/protectionPolicies('{pilot.id}')")
    units = f"/sharePointProtectionPolicies/{pilot.id}/siteProtectionUnits"
    assert {row["status"] for row in (await sim.get(units))["value"]} == {"protectRequested"}
    sim.clock.advance(60)
    assert (await sim.get(f"/protectionPolicies/{pilot.id}"))["status"] == "active"
    assert {row["status"] for row in (await sim.get(units))["value"]} == {"protected"}


async def test_points_stay_after_a_deactivation_and_no_new_ones_come(sim: Simulated) -> None:
    site = sim.units("sharepoint", 1)
    newest = (await sim.points(site))[0]["protectionDateTime"]
    await sim.call("POST", f"/protectionPolicies/{policy(sim, 'Sites all').id}/deactivate")
    sim.clock.advance(6 * 3600)
    later = (await sim.points(site, end="2026-11-22T18:00:00Z"))[0]["protectionDateTime"]
    assert newest == "2026-11-22T11:50:00Z"
    assert later == "2026-11-22T12:00:00Z"


async def test_the_wrong_state_for_activation_is_the_pages_400(sim: Simulated) -> None:
    active = policy(sim, "Mailboxes all").id
    refusal = await sim.refused("POST", f"/protectionPolicies/{active}/activate")
    assert refusal == (400, "invalidStateForActivation")


async def test_the_wrong_state_for_deactivation_is_the_pages_400_too(sim: Simulated) -> None:
    pilot = policy(sim, "Sites pilot").id
    answer = await sim.call("POST", f"/protectionPolicies/{pilot}/deactivate")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "invalidStateForActivation")
    assert "inactive state, which is invalid for deactivation" in error["message"]


@pytest.mark.parametrize("act", ["activate", "deactivate"])
async def test_a_policy_that_is_being_updated_is_in_the_wrong_state_for_both(sim: Simulated, act: str) -> None:
    drives = policy(sim, "OneDrive all").id
    assert (await sim.call("POST", f"/protectionPolicies/{drives}/deactivate")).status_code == 202
    assert await sim.refused("POST", f"/protectionPolicies/{drives}/{act}") == (400, "invalidStateForActivation")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_session_in_the_wrong_state_is_the_403_of_the_error_page(sim: Simulated, method: str) -> None:
    draft = await sim.draft(sim.units("onedrive", 1))
    path = f"/restoreSessions/{draft}"
    assert (await sim.call("POST", f"{path}/activate")).status_code == 200
    refusal = await sim.refused(method, f"{path}/activate" if method == "POST" else path)
    assert refusal == (403, "RestoreSessionActionNotAllowed")


async def test_a_policy_with_problems_can_be_activated_again_and_keeps_them(sim: Simulated) -> None:
    drives = policy(sim, "OneDrive all").id
    answer = await sim.call("POST", f"/protectionPolicies/{drives}/activate")
    assert answer.status_code == 202
    sim.clock.advance(3600)
    after = await sim.get(f"/protectionPolicies/{drives}")
    assert after["status"] == "activeWithErrors"
    assert after["lastModifiedDateTime"] > answer.json()["lastModifiedDateTime"]


class TestOtherRefusal:
    """With the status of the page of error codes."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, wrong_state=403)

    async def test_the_wrong_state_for_activation_is_a_403(self, sim: Simulated) -> None:
        active = policy(sim, "Mailboxes all").id
        refusal = await sim.refused("POST", f"/protectionPolicies/{active}/activate")
        assert refusal == (403, "PolicyActionNotAllowed")
