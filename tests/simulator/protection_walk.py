"""A walk over everything that changes what is protected, for the check of every answer's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backup_tui.simulator.domain.workloads import WORKLOADS, Workload

if TYPE_CHECKING:
    from simulated import Simulated

LATE = {"Prefer": "include-unknown-enum-members"}
TENANT = {"appOwnerTenantId": "23014d8c-71fe-4d00-a01a-31850bc5b42a"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def newcomers(sim: Simulated, workload: Workload, count: int) -> list[dict[str, str]]:
    """What the tenant has and does not protect, as a request names it."""
    owner = "siteId" if workload.unit == "site" else "directoryObjectId"
    things = sim.service.directory.everything(workload)
    free = [each for each in things if each.owner not in {unit.owner for unit in sim.units(workload.key, 10**6)}]
    return [{owner: each.owner} for each in free[:count]]


def groups(sim: Simulated) -> dict[str, str]:
    """The ids of the tenant's groups by their names."""
    return {name: key for key, name, _ in sim.service.directory.groups()}


def expression(sim: Simulated, workload: Workload, *names: str) -> dict[str, str]:
    """The member of a rule that is for some groups (of sites: for some keywords)."""
    if workload.unit == "site":
        terms = " -or ".join(f"(displayName -contains '{name}')" for name in names)
        return {"siteExpression": f"({terms})"}
    known = groups(sim)
    ids = ", ".join(f"'{known.get(name, name)}'" for name in names)
    return {workload.expression: f"(memberOf -any (group.id -in [{ids}]))"}


async def settled(sim: Simulated) -> None:
    """Everything that was begun has ended."""
    sim.clock.advance(3600)
    await sim.get("/protectionPolicies")


async def changed(sim: Simulated, method: str, path: str, expected: int, **options: Any) -> Any:
    """A change that the service accepts; returns what it answers."""
    answer = await sim.call(method, path, **options)
    assert answer.status_code == expected, f"{method} {path}: {answer.text}"
    return answer.json() if answer.content else None


async def walk_policy(sim: Simulated, workload: Workload) -> str:
    """A policy from its creation to its activation; returns its id."""
    for policy in sim.service.tenant.policies:
        if policy.workload is workload and policy.on:
            await sim.call("POST", f"/protectionPolicies/{policy.id}/deactivate")
    await settled(sim)
    new = newcomers(sim, workload, 3)
    body = {"displayName": "New", workload.units: new[:2]}
    policy = (await changed(sim, "POST", f"/{workload.policies}", 201, json=body))["id"]
    path = f"/{workload.policies}/{policy}"
    units = (await sim.get(f"{path}/{workload.units}"))["value"]
    await changed(sim, "POST", f"/protectionPolicies/{policy}/activate", 202)
    await settled(sim)
    removed = {"@removed": {"reason": "changed"}, "id": units[0]["id"]}
    unknown = {"@removed": {"reason": "changed"}, "id": UNKNOWN}
    delta = {f"{workload.units}@delta": [new[2], removed, unknown, new[1]]}
    await changed(sim, "PATCH", path, 200, json={"displayName": "Newer", **delta})
    await sim.get(f"{path}/{workload.units}")
    await settled(sim)
    for deed in ("offboard", "cancelOffboard"):
        await changed(sim, "POST", f"/protectionUnits/{units[0]['id']}/{deed}", 200, headers=LATE)
    await sim.get("/protectionUnits", params={"$filter": f"id eq '{units[0]['id']}'"})
    return str(policy)


async def walk_rules(sim: Simulated, workload: Workload, policy: str) -> None:
    """Rules of both kinds, from their creation to their end, with and without failures."""
    rules = f"/{workload.policies}/{policy}/{workload.rules}"
    static = await changed(sim, "POST", rules, 201, json=expression(sim, workload, "New Hires", "Sales"))
    await settled(sim)
    one = f"{rules}/{static['id']}"
    await sim.get(one)
    await changed(sim, "POST", f"{one}/run", 202)
    await settled(sim)
    await sim.get(rules)
    await changed(sim, "DELETE", one, 204)
    if workload.unit == "site":
        return
    wanted = expression(sim, workload, "New Hires", UNKNOWN) | {"isAutoApplyEnabled": True}
    dynamic = await changed(sim, "POST", rules, 201, json=wanted)
    one = f"{rules}/{dynamic['id']}"
    await settled(sim)
    await sim.get(one)
    await sim.get(f"/{workload.policies}/{policy}/{workload.units}")
    for headers in (LATE, {}):
        await changed(sim, "PATCH", one, 200, json=expression(sim, workload, "EMEA Staff"), headers=headers)
        await sim.get(one, headers=headers)
        await settled(sim)
    await changed(sim, "POST", f"{one}/deleteAndUnprotect", 202, headers=LATE)
    await sim.get(one)
    await settled(sim)
    assert await sim.refused("GET", one) == (404, "ProtectionRuleNotFound")


async def walk_jobs(sim: Simulated, workload: Workload, policy: str) -> None:
    """Jobs that find everything, and jobs that do not."""
    jobs = f"/{workload.policies}/{policy}/{workload.jobs}"
    things = sim.service.directory.everything(workload)
    names = [next(each.address for each in reversed(things) if each.address)]
    for more in ([], ["nobody@contoso.com"]):
        body = {"displayName": "Names", workload.name_list: [*names, *more]}
        job = await changed(sim, "POST", jobs, 201, json=body)
        await settled(sim)
        await sim.get(f"{jobs}/{job['id']}")
    await sim.get(jobs)


async def walk_service(sim: Simulated) -> None:
    """Applications that take over and hand over, the e-mail setting, the activity log, all states of the service."""
    app = (await changed(sim, "POST", "/serviceApps", 201, json={}))["id"]
    when = {"effectiveDateTime": sim.clock.now().isoformat()}
    await changed(sim, "POST", f"/serviceApps/{app}/activate", 202, json=when)
    await settled(sim)
    await sim.get("/serviceApps")
    await changed(sim, "POST", f"/serviceApps/{app}/deactivate", 202)
    await settled(sim)
    await sim.get(f"/serviceApps/{app}")
    await changed(sim, "DELETE", f"/serviceApps/{app}", 204)
    await sim.get("/emailNotificationsSetting")
    recipients = {"role": "custom", "customRecipients": [{"email": "amala@contoso.com"}]}
    await changed(sim, "PATCH", "/emailNotificationsSetting", 200, json={"recipients": recipients})
    for status in ("protectionChangeLocked", "restoreLocked", "disabled"):
        for reason in ("invalidBillingProfile", "controllerServiceAppDeleted"):
            wanted = {"status": status, "disableReason": reason}
            assert (await sim.http.post("/_simulator/service", json=wanted)).status_code == 200
            await sim.get("/")
    await changed(sim, "POST", "/enable", 200, json=TENANT)


async def walk_protection(sim: Simulated) -> None:
    """Every change of what is protected, on all three services, and then of the service itself."""
    for each in list(sim.service.tenant.policies):
        for collection in (each.workload.rules, each.workload.jobs):
            await sim.get(f"/{each.workload.policies}/{each.id}/{collection}")
    for workload in WORKLOADS:
        policy = await walk_policy(sim, workload)
        await walk_rules(sim, workload, policy)
        await walk_jobs(sim, workload, policy)
        await changed(sim, "POST", f"/protectionPolicies/{policy}/deactivate", 202)
        await settled(sim)
        await changed(sim, "DELETE", f"/protectionPolicies/{policy}", 204)
    await walk_service(sim)
    for headers in (LATE, {}):
        body = await sim.get("/beta/solutions/backupRestore/activityLogs", headers=headers)
        while "@odata.nextLink" in body:
            body = (await sim.http.get(body["@odata.nextLink"], headers=headers)).json()
