"""Specifies the addresses that no API page mentions but that the SDKs' builders offer, made from the metadata."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from simulated import Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, WORKLOADS, WorkloadKey

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def policies_of(sim: Simulated, workload: Any) -> Any:
    return [each for each in sim.service.tenant.policies if each.workload is workload]


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.key)
@pytest.mark.parametrize("kind", ["rules", "jobs"])
async def test_rules_and_jobs_of_all_policies_are_read_below_the_root(sim: Simulated, workload: Any, kind: str) -> None:
    collection = getattr(workload, kind)
    below = [
        row
        for policy in policies_of(sim, workload)
        for row in (await sim.get(f"/{workload.policies}/{policy.id}/{collection}"))["value"]
    ]
    found = await sim.get(f"/{collection}")
    assert found["@odata.context"].endswith(f"$metadata#solutions/backupRestore/{collection}")
    assert found["value"] == below
    assert below
    one = await sim.get(f"/{collection}/{below[0]['id']}")
    assert {name: one[name] for name in below[0]} == below[0]
    assert (await sim.call("GET", f"/{collection}/{UNKNOWN}")).status_code == 404
    elsewhere = SHAREPOINT if workload is EXCHANGE else EXCHANGE
    assert (await sim.call("GET", f"/{getattr(elsewhere, kind)}/{below[0]['id']}")).status_code == 404


async def test_a_rule_is_updated_and_deleted_below_the_root(sim: Simulated) -> None:
    dynamic = (await sim.get("/mailboxInclusionRules"))["value"][0]
    body = {"mailboxExpression": dynamic["mailboxExpression"]}
    changed = await sim.call("PATCH", f"/mailboxInclusionRules/{dynamic['id']}", json=body)
    assert (changed.status_code, changed.json()["status"]) == (200, "unknownFutureValue")
    static = (await sim.get("/siteInclusionRules"))["value"][0]["id"]
    assert (await sim.call("DELETE", f"/siteInclusionRules/{static}")).status_code == 204
    assert await sim.refused("GET", f"/siteInclusionRules/{static}") == (404, "ProtectionRuleNotFound")
    assert (await sim.call("POST", "/siteInclusionRules", json={})).status_code == 405


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.key)
async def test_a_unit_is_read_below_its_policy(sim: Simulated, workload: Any) -> None:
    unit = sim.units(workload.key, 1)[0]
    assert unit.policy is not None
    path = f"/{workload.policies}/{unit.policy.id}/{workload.units}"
    assert (await sim.get(f"{path}/{unit.id}"))["id"] == unit.id
    outside = next(each for each in sim.service.tenant.units[workload.key] if each.policy is not unit.policy)
    assert await sim.refused("GET", f"{path}/{outside.id}") == (404, "ProtectionUnitNotFound")


@pytest.mark.parametrize("key", ["exchange", "onedrive", "sharepoint"])
async def test_a_restore_point_is_read_by_its_id_with_its_unit_when_asked(sim: Simulated, key: WorkloadKey) -> None:
    unit = sim.units(key, 1)[0]
    (listed,) = await sim.points([unit])
    path = f"/restorePoints/{quote(listed['id'], safe='')}"
    plain = await sim.get(path)
    assert plain.pop("@odata.context")
    assert "protectionUnit" not in plain
    assert plain | {"protectionUnit": listed["protectionUnit"]} == listed
    whole = await sim.get(path, params={"$expand": "protectionUnit", "$select": "protectionUnit"})
    assert whole["protectionUnit"] == listed["protectionUnit"]
    assert (await sim.get(f"{path}/protectionUnit"))["id"] == unit.id
    assert await sim.refused("GET", path, params={"$expand": "colour"}) == (400, "BadRequest")


@pytest.mark.parametrize("wrong", ["x", UNKNOWN, "TXpSbE5H", "%2e%2e"])
async def test_what_is_no_restore_point_is_refused_with_the_documented_code(sim: Simulated, wrong: Any) -> None:
    for path in (f"/restorePoints/{wrong}", f"/restorePoints/{wrong}/protectionUnit"):
        assert await sim.refused("GET", path) == (400, "InvalidRestorePoint")


@pytest.mark.parametrize("workload", [EXCHANGE, ONEDRIVE, SHAREPOINT], ids=lambda each: each.key)
async def test_the_restore_point_of_an_artifact_is_read_by_itself(sim: Simulated, workload: Any) -> None:
    session = await sim.draft(sim.units(workload.key, 1))
    path = f"/{workload.sessions}/{session}/{workload.artifacts}"
    (artifact,) = (await sim.get(path))["value"]
    point = await sim.get(f"{path}/{artifact['id']}/restorePoint")
    del point["@odata.context"]
    assert point == artifact["restorePoint"]
    assert await sim.refused("GET", f"{path}/{UNKNOWN}/restorePoint") == (404, "ArtifactNotFound")
