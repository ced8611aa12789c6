"""A walk over everything that only beta has, for the check of every answer's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protection_walk import UNKNOWN, changed, settled

from backup_tui.simulator.domain.workloads import WORKLOADS, Workload

if TYPE_CHECKING:
    from simulated import Simulated

BETA = "/beta/solutions/backupRestore"


async def full_policy(sim: Simulated, workload: Workload) -> str:
    """Make a policy with full workload backup, the only one of its service that is active, and return its id."""
    for policy in [each for each in sim.service.tenant.policies if each.workload is workload]:
        if policy.on:
            await changed(sim, "POST", f"/protectionPolicies/{policy.id}/deactivate", 202)
            await settled(sim)
        await changed(sim, "DELETE", f"/protectionPolicies/{policy.id}", 204)
    body = {"displayName": "Everything", "protectionMode": "fullServiceBackup"}
    made = await changed(sim, "POST", f"{BETA}/{workload.policies}", 201, json=body)
    await changed(sim, "POST", f"{BETA}/protectionPolicies/{made['id']}/activate", 202)
    await settled(sim)
    return str(made["id"])


async def walk_exclusions(sim: Simulated, workload: Workload) -> None:
    """Exclusion units from their addition to their removal, and both ends of their jobs."""
    new = [{workload.owner_id: each.owner} for each in sim.service.directory.everything(workload)[-2:]]
    policy = await full_policy(sim, workload)
    path = f"{BETA}/{workload.policies}/{policy}"
    delta = f"{workload.exclusions}@delta"
    await changed(sim, "PATCH", path, 200, json={delta: [*new, new[0]]})
    units = f"{path}/{workload.exclusions}"
    rows = (await sim.get(units))["value"]
    await sim.get(f"{units}/{rows[0]['id']}")
    await sim.get(f"{BETA}/{workload.exclusions}/{rows[0]['id']}")
    await sim.get(f"{BETA}/{workload.exclusions}")
    await sim.get(f"{BETA}/exclusionUnits")
    await sim.get(f"{BETA}/exclusionUnits/{rows[1]['id']}")
    gone = [{"@removed": {"reason": "changed"}, "id": each} for each in (rows[0]["id"], UNKNOWN)]
    await changed(sim, "PATCH", path, 200, json={delta: gone})
    jobs = f"{path}/{workload.exclusion_jobs}"
    names = [each.address for each in sim.units(workload.key, 9) if each.address][:2]
    for more in ([], ["nobody@contoso.com"]):
        body = {"displayName": "Leave out", workload.name_list: [names.pop(), *more]}
        job = await changed(sim, "POST", jobs, 201, json=body)
        await settled(sim)
        await sim.get(f"{jobs}/{job['id']}")
        await sim.get(f"{BETA}/{workload.exclusion_jobs}/{job['id']}")
    await sim.get(jobs)
    await sim.get(f"{BETA}/{workload.exclusion_jobs}")
    await sim.get(f"{BETA}/{workload.policies}/{policy}/{workload.units}")
    await sim.get(f"{BETA}/reports/getStatisticsByPolicy(policyId='{policy}')")


async def walk_beta(sim: Simulated) -> None:
    """Everything that only beta has."""
    for workload in WORKLOADS:
        await walk_exclusions(sim, workload)
    await sim.get(f"{BETA}/reports")
    entries = (await sim.get(f"{BETA}/activityLogs"))["value"]
    await sim.get(f"{BETA}/activityLogs/{entries[0]['id']}")
    told = await sim.http.post("/_simulator/settings", json={"entra_policy": True})
    assert told.status_code == 200
    policy = (await sim.get(f"{BETA}/entraProtectionPolicies"))["value"][0]["id"]
    await sim.get(f"{BETA}/entraProtectionPolicies/{policy}")
    assert policy in [each["id"] for each in (await sim.get(f"{BETA}/protectionPolicies"))["value"]]
