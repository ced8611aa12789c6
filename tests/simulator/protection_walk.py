"""A walk over everything that changes what is protected, for the check of every answer's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backup_tui.simulator.workloads import WORKLOADS, Workload

if TYPE_CHECKING:
    from conftest import Simulated

LATE = {"Prefer": "include-unknown-enum-members"}


def newcomers(sim: Simulated, workload: Workload, count: int) -> list[dict[str, str]]:
    """What the tenant has and does not protect, as a request names it."""
    owner = "siteId" if workload.unit == "site" else "directoryObjectId"
    things = sim.service.directory.everything(workload)
    free = [each for each in things if each.owner not in {unit.owner for unit in sim.units(workload.key, 10**6)}]
    return [{owner: each.owner} for each in free[:count]]


async def settled(sim: Simulated) -> None:
    """Everything that was begun has ended."""
    sim.clock.advance(3600)
    await sim.get("/protectionPolicies")


async def walk_policies_of(sim: Simulated, workload: Workload) -> str:
    """A policy from its creation to its activation; returns its id."""
    for policy in sim.service.tenant.policies:
        if policy.workload is workload and policy.on:
            await sim.call("POST", f"/protectionPolicies/{policy.id}/deactivate")
    await settled(sim)
    new = newcomers(sim, workload, 3)
    created = await sim.call("POST", f"/{workload.policies}", json={"displayName": "New", workload.units: new[:2]})
    assert created.status_code == 201, created.text
    policy = created.json()["id"]
    path = f"/{workload.policies}/{policy}"
    units = (await sim.get(f"{path}/{workload.units}"))["value"]
    await sim.call("POST", f"/protectionPolicies/{policy}/activate")
    await settled(sim)
    removed = {"@removed": {"reason": "changed"}, "id": units[0]["id"]}
    unknown = {"@removed": {"reason": "changed"}, "id": "00000000-0000-4000-8000-000000000000"}
    delta = {f"{workload.units}@delta": [new[2], removed, unknown, new[1]]}
    changed = await sim.call("PATCH", path, json={"displayName": "Newer", **delta})
    assert changed.status_code == 200, changed.text
    await sim.get(f"{path}/{workload.units}")
    await settled(sim)
    for deed in ("offboard", "cancelOffboard"):
        answer = await sim.call("POST", f"/protectionUnits/{units[0]['id']}/{deed}", headers=LATE)
        assert answer.status_code == 200, answer.text
    await sim.get("/protectionUnits", params={"$filter": f"id eq '{units[0]['id']}'"})
    return str(policy)


async def walk_protection(sim: Simulated) -> None:
    """Every change of what is protected, on all three services."""
    for workload in WORKLOADS:
        policy = await walk_policies_of(sim, workload)
        await sim.call("POST", f"/protectionPolicies/{policy}/deactivate")
        await settled(sim)
        assert (await sim.call("DELETE", f"/protectionPolicies/{policy}")).status_code == 204
    tenant = {"appOwnerTenantId": "23014d8c-71fe-4d00-a01a-31850bc5b42a"}
    assert (await sim.call("POST", "/enable", json=tenant)).status_code == 200
