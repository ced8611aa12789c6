"""How a call around protection is refused, and which policy it is about."""

from __future__ import annotations

from collections.abc import Sequence

from simulated import Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, Workload

Met = tuple[int, str]
"""Status and code of a refusal."""


def of(sim: Simulated, workload: Workload, *, on: bool = True) -> str:
    """Id of a policy that is on, or off."""
    return next(each.id for each in sim.service.tenant.policies if each.workload is workload and each.on is on)


async def patch(sim: Simulated, entries: Sequence[object], workload: Workload = EXCHANGE) -> Met:
    """The refusal of an update, or the code of the first entry that failed in an accepted one."""
    path = f"/{workload.policies}/{of(sim, workload)}"
    answer = await sim.call("PATCH", path, json={f"{workload.units}@delta": entries})
    if answer.status_code != 200:
        return answer.status_code, answer.json()["error"]["code"]
    problems = [entry.get("@Core.DataModificationException") for entry in answer.json()[f"{workload.units}@delta"]]
    return 200, next(each["info"]["code"] for each in problems if each)
