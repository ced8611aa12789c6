"""The addresses that only the SDKs' builders offer, each asked once, for the gates that look at every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backup_tui.simulator.domain.workloads import ONEDRIVE, SHAREPOINT, WORKLOADS, Workload

if TYPE_CHECKING:
    from simulated import Simulated


async def walk_sdk_paths(sim: Simulated) -> None:
    """Read, update and delete below the root what the pages have below its policy; read points and units by id."""
    for workload in WORKLOADS:
        (unit,) = sim.units(workload.key, 1)
        assert unit.policy is not None
        await sim.get(f"/{workload.policies}/{unit.policy.id}/{workload.units}/{unit.id}")
        for collection in (workload.rules, workload.jobs):
            row = (await sim.get(f"/{collection}"))["value"][0]
            await sim.get(f"/{collection}/{row['id']}")
        session = await sim.draft([unit])
        artifacts = f"/{workload.sessions}/{session}/{workload.artifacts}"
        await sim.get(f"{artifacts}/{(await sim.get(artifacts))['value'][0]['id']}/restorePoint")
        await _change_rules(sim, workload, f"/{workload.policies}/{unit.policy.id}/{workload.rules}")
    (point,) = await sim.points(sim.units("sharepoint", 1))
    await sim.get(f"/restorePoints/{point['id']}")
    await sim.get(f"/restorePoints/{point['id']}/protectionUnit")


async def _change_rules(sim: Simulated, workload: Workload, below_policy: str) -> None:
    """Delete a static rule and update a dynamic one; the tenant of a test has one of the two, the other is made."""
    expression = (await sim.get(f"/{workload.rules}"))["value"][0][workload.expression]
    if workload is not SHAREPOINT:
        body = {workload.expression: expression, "isAutoApplyEnabled": workload is ONEDRIVE}
        assert (await sim.call("POST", below_policy, json=body)).status_code == 201
        sim.clock.advance(3600)
    for row in (await sim.get(f"/{workload.rules}"))["value"]:
        path = f"/{workload.rules}/{row['id']}"
        if row["isAutoApplyEnabled"]:
            answer = await sim.call("PATCH", path, json={workload.expression: expression})
        else:
            answer = await sim.call("DELETE", path)
        assert answer.is_success, answer.text
