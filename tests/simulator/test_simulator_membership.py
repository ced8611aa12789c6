"""Specifies that policies are made, changed and deleted, what becomes of their units, and how units are offboarded."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from protection_walk import newcomers, settled
from simulated import Simulated

from backup_tui.simulator.domain.workloads import WORKLOADS

UNKNOWN = "00000000-0000-4000-8000-000000000000"
LATE = {"Prefer": "include-unknown-enum-members"}


def policy(sim: Simulated, name: Any) -> Any:
    return next(each for each in sim.service.tenant.policies if each.name == name)


async def off(sim: Simulated, key: Any) -> Any:
    """The running policy of a service, stopped."""
    found = next(each for each in sim.service.tenant.policies if each.workload.key == key and each.on)
    assert (await sim.call("POST", f"/protectionPolicies/{found.id}/deactivate")).status_code == 202
    await settled(sim)
    return found


async def made(sim: Simulated, workload: Any, units: Any) -> Any:
    await off(sim, workload.key)
    answer = await sim.call("POST", f"/{workload.policies}", json={"displayName": "New", workload.units: units})
    assert answer.status_code == 201, answer.text
    return answer


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.key)
async def test_a_new_policy_is_inactive_and_its_units_wait_for_the_activation(sim: Simulated, workload: Any) -> None:
    new = newcomers(sim, workload, 50)
    answer = await made(sim, workload, new)
    body = answer.json()
    assert (body["status"], body["displayName"]) == ("inactive", "New")
    assert body["retentionSettings"][1] == {"interval": "R/P1W", "period": "P1Y"}
    where = f"/solutions/backupRestore/protectionPolicies('{body['id']}')"
    assert answer.headers["Content-Location"] == f"http://simulator.test/v1.0{where}"
    units = f"/{workload.policies}/{body['id']}/{workload.units}"
    rows = (await sim.get(units))["value"]
    assert Counter(row["status"] for row in rows) == {"protectRequested": len(new)}
    assert {(row["policyId"], row["protectionSources"]) for row in rows} == {(body["id"], "manual")}
    await settled(sim)
    assert (await sim.get(f"/protectionPolicies/{body['id']}"))["status"] == "inactive"

    await sim.call("POST", f"/protectionPolicies/{body['id']}/activate")
    await settled(sim)
    assert {row["status"] for row in (await sim.get(units))["value"]} == {"protected"}
    assert (await sim.get(f"/protectionPolicies/{body['id']}"))["status"] == "active"


async def test_a_changed_policy_has_other_units_and_is_updating_meanwhile(sim: Simulated) -> None:
    sites = policy(sim, "Sites all")
    workload = sites.workload
    path, units = f"/{workload.policies}/{sites.id}", f"/{workload.policies}/{sites.id}/{workload.units}"
    new = newcomers(sim, workload, 1)[0]
    leaving = next(unit for unit in sim.service.membership.of(sites) if not unit.error)
    delta = [new, {"@removed": {"reason": "deleted"}, "id": leaving.id}]
    answer = await sim.call("PATCH", path, json={"displayName": "Sites", f"{workload.units}@delta": delta})
    assert answer.status_code == 200
    added, removed = answer.json()[f"{workload.units}@delta"]
    assert answer.json()["displayName"] == "Sites"
    assert (added["siteId"], added["status"], added["policyId"]) == (new["siteId"], "protectRequested", sites.id)
    assert (removed["id"], removed["status"]) == (leaving.id, "removeRequested")
    assert (await sim.get(path))["status"] == "updating"
    listed = {row["id"]: row["status"] for row in (await sim.get(units))["value"]}
    assert (listed[added["id"]], listed[leaving.id]) == ("protectRequested", "removeRequested")

    await settled(sim)
    assert (await sim.get(path))["status"] == "active"
    listed = {row["id"]: row["status"] for row in (await sim.get(units))["value"]}
    assert listed[added["id"]] == "protected"
    assert leaving.id not in listed
    alone = await sim.get(f"/protectionUnits/{leaving.id}")
    assert "policyId" not in alone
    assert (alone["status"], alone["protectionSources"]) == ("unprotected", "none")


async def test_what_was_saved_of_a_removed_unit_stays_and_goes_on_when_it_comes_back(sim: Simulated) -> None:
    drives = policy(sim, "OneDrive all")
    unit = sim.units("onedrive", 1)[0]
    path = f"/{drives.workload.policies}/{drives.id}"
    await sim.call("PATCH", path, json={"driveProtectionUnits@delta": [{"@removed": {}, "id": unit.id}]})
    await settled(sim)
    sim.clock.advance(7 * 3600)
    last = (await sim.points([unit], end="2027-01-01"))[0]["protectionDateTime"]
    assert last < "2026-11-22T12:20:00Z"
    back = {"driveProtectionUnits@delta": [{"directoryObjectId": unit.owner}]}
    answer = await sim.call("PATCH", path, json=back)
    assert answer.json()["driveProtectionUnits@delta"][0]["id"] == unit.id
    sim.clock.advance(60)
    assert (await sim.points([unit], end="2027-01-01"))[0]["protectionDateTime"] == last
    sim.clock.advance(7 * 3600)
    assert (await sim.points([unit], end="2027-01-01"))[0]["protectionDateTime"] > "2026-11-23T00:00:00Z"


async def test_a_new_units_first_restore_point_comes_after_it_is_protected(sim: Simulated) -> None:
    new = newcomers(sim, WORKLOADS[0], 1)
    mailboxes = policy(sim, "Mailboxes all")
    path = f"/{mailboxes.workload.policies}/{mailboxes.id}"
    answer = await sim.call("PATCH", path, json={"mailboxProtectionUnits@delta": new})
    unit = sim.service.tenant.by_id[answer.json()["mailboxProtectionUnits@delta"][0]["id"]]
    assert await sim.points([unit], end="2027-01-01") == []
    sim.clock.advance(3600)
    await sim.get("/")
    (point,) = await sim.points([unit], end="2027-01-01")
    assert point["protectionDateTime"] > "2026-11-22T12:03:20Z"
    assert point["protectionUnit"]["id"] == unit.id


async def test_entries_that_cannot_be_done_are_told_in_their_place_and_the_others_are_done(sim: Simulated) -> None:
    pilot, sites = policy(sim, "Sites pilot"), policy(sim, "Sites all")
    theirs = sim.service.membership.of(pilot)[0]
    own = sim.service.membership.of(sites)[0]
    new = newcomers(sim, sites.workload, 1)[0]
    delta = [
        {"@removed": {"reason": "changed"}, "id": UNKNOWN},
        {"siteId": theirs.owner},
        {"siteId": own.owner},
        {"siteId": f"contoso.sharepoint.com,{UNKNOWN},{UNKNOWN}"},
        new,
    ]
    path = f"/sharePointProtectionPolicies/{sites.id}"
    answer = await sim.call("PATCH", path, json={"siteProtectionUnits@delta": delta})
    assert answer.status_code == 200
    rows = answer.json()["siteProtectionUnits@delta"]
    assert rows[0] == {
        "@contentId": "1",
        "@Core.DataModificationException": {
            "info": {
                "code": "Invalid",
                "message": "The identifier to be removed from the Protection Policy does not exist",
            },
            "failedOperation": "remove",
            "responseCode": 409,
        },
        "id": UNKNOWN,
    }
    for row in rows[1:4]:
        problem = row["@Core.DataModificationException"]
        assert (problem["failedOperation"], problem["responseCode"]) == ("add", 409)
    assert pilot.id in rows[1]["@Core.DataModificationException"]["info"]["message"]
    assert (rows[4]["siteId"], rows[4]["status"]) == (new["siteId"], "protectRequested")
    assert theirs.policy is pilot


async def test_a_deleted_policy_leaves_its_units_and_their_points(sim: Simulated) -> None:
    sites = await off(sim, "sharepoint")
    unit = sim.service.membership.of(sites)[0]
    before = await sim.points([unit], end="2027-01-01")
    assert (await sim.call("DELETE", f"/protectionPolicies/{sites.id}")).status_code == 204
    assert await sim.refused("GET", f"/protectionPolicies/{sites.id}") == (404, "PolicyNotFound")
    shown = await sim.get(f"/protectionUnits/{unit.id}")
    assert "policyId" not in shown
    assert shown["status"] == "unprotected"
    assert [point["id"] for point in await sim.points([unit], end="2027-01-01")] == [point["id"] for point in before]


async def test_a_unit_outside_every_policy_is_offboarded_step_by_step(sim: Simulated) -> None:
    unit = next(each for each in sim.units("exchange", 500) if each.policy is None and not each.offboarding)
    assert await sim.points([unit])
    answer = await sim.call("POST", f"/protectionUnits/{unit.id}/offboard", headers=LATE)
    assert answer.status_code == 200
    assert answer.json()["status"] == "offboardRequested"
    assert answer.json()["offboardRequestedDateTime"] == "2026-11-22T12:03:20Z"
    assert (await sim.get(f"/protectionUnits/{unit.id}"))["status"] == "unknownFutureValue"
    cancelled = await sim.call("POST", f"/protectionUnits/{unit.id}/cancelOffboard", headers=LATE)
    assert cancelled.json()["status"] == "cancelOffboardRequested"
    await settled(sim)
    assert (await sim.get(f"/protectionUnits/{unit.id}", headers=LATE))["status"] == "unprotected"
    assert (await sim.get(f"/protectionUnits/{unit.id}"))["offboardRequestedDateTime"] is None

    await sim.call("POST", f"/protectionUnits/{unit.id}/offboard")
    await settled(sim)
    assert (await sim.get(f"/protectionUnits/{unit.id}", headers=LATE))["status"] == "offboarded"
    assert await sim.points([unit]) == []


async def test_offboarding_in_the_wrong_state_is_the_pages_403(sim: Simulated) -> None:
    inside = sim.units("exchange", 1)[0]
    for deed in ("offboard", "cancelOffboard"):
        answer = await sim.call("POST", f"/protectionUnits/{inside.id}/{deed}")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["details"]) == (403, "OperationNotAllowed", [])
