"""Specifies that every documented error code around protection can be met, with its status, by the call it stands for.

One function a row of the page of error codes (and of the pages of single calls where these name one); it brings the
refusal about as a caller would. What is transient on that page has no cause a caller could set; a fault does it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from protection_refusals import Met, of, patch
from protection_walk import TENANT, UNKNOWN, expression, newcomers, settled
from simulated import Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.settings import Settings

Check = Callable[[Simulated], Awaitable[Met]]
ROWS: dict[tuple[str, int, str, str], Check] = {}
REMOVED = {"reason": "changed"}


def row(group: str, status: int, code: str, by: str = "") -> Callable[[Check], Check]:
    def note(function: Check) -> Check:
        assert (group, status, code, by) not in ROWS
        ROWS[group, status, code, by] = function
        return function

    return note


async def stopped(sim: Simulated, workload: Workload) -> str:
    policy = of(sim, workload)
    await sim.call("POST", f"/protectionPolicies/{policy}/deactivate")
    await settled(sim)
    return policy


async def create(sim: Simulated, body: object, workload: Workload = SHAREPOINT) -> Met:
    await stopped(sim, workload)
    return await sim.refused("POST", f"/{workload.policies}", json=body)


# Policies


@row("Create policy", 400, "InvalidCreateRequest", "a body that is no JSON")
async def _(sim: Simulated) -> Any:
    path = "/sharePointProtectionPolicies"
    return await sim.refused("POST", path, content=b"{", headers={"Content-Type": "application/json"})


@row("Create policy", 400, "InvalidCreateRequest", "no body")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", "/sharePointProtectionPolicies")


@row("Create policy", 400, "InvalidCreateRequest", "too large a body")
async def _(sim: Simulated) -> Any:
    return await create(sim, {"displayName": "New", "id": "x" * 1_000_001})


@row("Create policy", 400, "InvalidDisplayName", "an empty name")
async def _(sim: Simulated) -> Any:
    return await create(sim, {"displayName": ""})


@row("Create policy", 400, "InvalidDisplayName", "too long a name")
async def _(sim: Simulated) -> Any:
    return await create(sim, {"displayName": "n" * 1025})


@row("Create policy", 400, "InvalidProtectionUnitId", "no id")
async def _(sim: Simulated) -> Any:
    return await create(sim, {"displayName": "New", "siteProtectionUnits": [{"siteId": "finance"}]})


@row("Create policy", 400, "InvalidProtectionUnitId", "nobody's id")
async def _(sim: Simulated) -> Any:
    units = [{"directoryObjectId": UNKNOWN}]
    return await create(sim, {"displayName": "New", "mailboxProtectionUnits": units}, EXCHANGE)


@row("Create policy", 413, "ProtectionUnitsLimitBreached")
async def _(sim: Simulated) -> Any:
    units = [{"siteId": "finance"}] * 51
    return await create(sim, {"displayName": "New", "siteProtectionUnits": units})


@row("Create policy", 409, "PolicyCreationNotAllowed")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", "/sharePointProtectionPolicies", json={"displayName": "New"})


@row("Create policy", 409, "ProtectionUnitAlreadyExists")
async def _(sim: Simulated) -> Any:
    units = [{"siteId": sim.units("sharepoint", 1)[0].owner}]
    return await create(sim, {"displayName": "New", "siteProtectionUnits": units})


@row("Create policy", 500, "PolicySaveFailed")
async def _(sim: Simulated) -> Any:
    sim.service.faults.add("refuse", method="POST", path="Policies$", status=500, code="PolicySaveFailed")
    return await sim.refused("POST", "/sharePointProtectionPolicies", json={"displayName": "New"})


for _group, _method, _deed in (
    ("Get policy", "GET", ""),
    ("Delete policy", "DELETE", ""),
    ("Activate policy", "POST", "/activate"),
    ("Deactivate policy", "POST", "/deactivate"),
):

    @row(_group, 400, "InvalidPolicyId")
    async def _(sim: Simulated, method: Any = _method, deed: Any = _deed) -> Any:
        return await sim.refused(method, f"/protectionPolicies/no-id{deed}")

    @row(_group, 404, "PolicyNotFound")
    async def _(sim: Simulated, method: Any = _method, deed: Any = _deed) -> Any:
        return await sim.refused(method, f"/protectionPolicies/{UNKNOWN}{deed}")


@row("Delete policy", 403, "PolicyActionNotAllowed")
async def _(sim: Simulated) -> Any:
    return await sim.refused("DELETE", f"/protectionPolicies/{of(sim, EXCHANGE)}")


@row("Activate policy", 400, "invalidStateForActivation")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", f"/protectionPolicies/{of(sim, EXCHANGE)}/activate")


@row("Activate policy", 403, "PolicyActionNotAllowed", "another one is active")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", f"/protectionPolicies/{of(sim, SHAREPOINT, on=False)}/activate")


@row("Deactivate policy", 400, "invalidStateForActivation")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", f"/protectionPolicies/{of(sim, SHAREPOINT, on=False)}/deactivate")


@row("Patch policy", 400, "InvalidDisplayName")
async def _(sim: Simulated) -> Any:
    path = f"/exchangeProtectionPolicies/{of(sim, EXCHANGE)}"
    return await sim.refused("PATCH", path, json={"displayName": " "})


@row("Patch policy", 400, "DuplicateProtectionUnitInList")
async def _(sim: Simulated) -> Any:
    return await patch(sim, newcomers(sim, EXCHANGE, 1) * 2)


@row("Patch policy", 400, "ProtectionUnitActionNotAllowed")
async def _(sim: Simulated) -> Any:
    held = next(unit for unit in sim.units("exchange", 99) if unit.by_rule)
    return await patch(sim, [{"@removed": REMOVED, "id": held.id}])


@row("Patch policy", 404, "PolicyNotFound")
async def _(sim: Simulated) -> Any:
    return await sim.refused("PATCH", f"/exchangeProtectionPolicies/{UNKNOWN}", json={"displayName": "New"})


@row("Patch policy", 200, "Invalid", "as its page shows it")
async def _(sim: Simulated) -> Any:
    return await patch(sim, [{"@removed": REMOVED, "id": UNKNOWN}])


# Units


@row("List units", 400, "InvalidPolicyId")
async def _(sim: Simulated) -> Any:
    return await sim.refused("GET", "/exchangeProtectionPolicies/no-id/mailboxProtectionUnits")


@row("List units", 400, "InvalidPolicyId", "in a filter")
async def _(sim: Simulated) -> Any:
    return await sim.refused("GET", "/mailboxProtectionUnits", params={"$filter": "policyId eq 'no-id'"})


@row("List units", 400, "FilterLengthExceeded")
async def _(sim: Simulated) -> Any:
    terms = " or ".join(f"id eq '{UNKNOWN}'" for _ in range(21))
    return await sim.refused("GET", "/protectionUnits", params={"$filter": terms})


@row("List units", 400, "InvalidProtectionUnitId")
async def _(sim: Simulated) -> Any:
    path = "/protectionUnits/microsoft.graph.siteProtectionUnit"
    return await sim.refused("GET", path, params={"$filter": "id eq 'no-id'"})


@row("List units", 404, "PolicyNotFound")
async def _(sim: Simulated) -> Any:
    return await sim.refused("GET", f"/exchangeProtectionPolicies/{UNKNOWN}/mailboxProtectionUnits")


@row("Get unit", 400, "InvalidProtectionUnitId")
async def _(sim: Simulated) -> Any:
    return await sim.refused("GET", "/protectionUnits/no-id")


for _code in ("UnknownError", "ProtectionUnitNotFound", "InvalidArtifactId", "QuotaExceeded"):

    @row("Get unit", 200, _code, "in its error")
    async def _(sim: Simulated, code: Any = _code) -> Any:
        unit = next(each for each in sim.service.tenant.everything if each.error == code)
        shown = await sim.get(f"/protectionUnits/{unit.id}/graph.{unit.workload.unit_type}")
        return 200, shown["error"]["code"]


for _deed in ("offboard", "cancelOffboard"):

    @row(_deed, 403, "OperationNotAllowed")
    async def _(sim: Simulated, deed: Any = _deed) -> Any:
        return await sim.refused("POST", f"/protectionUnits/{sim.units('exchange', 1)[0].id}/{deed}")


# Rules


async def make_rule(sim: Simulated, body: object, workload: Workload = ONEDRIVE) -> Met:
    return await sim.refused("POST", f"/{workload.policies}/{of(sim, workload)}/{workload.rules}", json=body)


async def rule(sim: Simulated, *, dynamic: bool, settle: bool = True) -> str:
    """A rule of drives; returns its path."""
    path = f"/oneDriveForBusinessProtectionPolicies/{of(sim, ONEDRIVE)}/driveInclusionRules"
    body = expression(sim, ONEDRIVE, "Sales") | {"isAutoApplyEnabled": dynamic}
    answer = await sim.call("POST", path, json=body)
    assert answer.status_code == 201, answer.text
    if settle:
        await settled(sim)
    return f"{path}/{answer.json()['id']}"


def many(sim: Simulated, count: int, **more: object) -> dict[str, object]:
    return expression(sim, ONEDRIVE, *[UNKNOWN] * count) | more


@row("Create rule", 400, "InvalidInclusionRuleCreateRequest", "no body")
async def _(sim: Simulated) -> Any:
    return await make_rule(sim, None)


@row("Create rule", 400, "InvalidInclusionRuleCreateRequest", "no expression")
async def _(sim: Simulated) -> Any:
    return await make_rule(sim, {"isAutoApplyEnabled": True})


@row("Create rule", 400, "InvalidInclusionRuleCreateRequest", "a dynamic one of sites")
async def _(sim: Simulated) -> Any:
    return await make_rule(sim, expression(sim, SHAREPOINT, "Finance") | {"isAutoApplyEnabled": True}, SHAREPOINT)


@row("Create rule", 400, "InvalidInclusionRuleCreateRequest", "a second dynamic one")
async def _(sim: Simulated) -> Any:
    return await make_rule(sim, expression(sim, EXCHANGE, "Sales") | {"isAutoApplyEnabled": True}, EXCHANGE)


for _wrong in (
    "(memberOf -any (group.id -in []))",
    "(memberOf -any (group.id -in ['Sales']))",
    "memberOf -any group.id",
):

    @row("Create rule", 400, "InvalidRuleExpression", _wrong)
    async def _(sim: Simulated, wrong: Any = _wrong) -> Any:
        return await make_rule(sim, {"driveExpression": wrong})


for _wrong in (
    "(displayName -contains 'HR')",
    f"(displayName -contains '{'k' * 256}')",
    " -or ".join(f"(webUrl -contains 'word{n}')" for n in range(11)),
    "(displayName -like 'Finance')",
    "(displayName -contains 'Finance'",
    "(displayName -contains Finance)",
    "(lastModifiedDateTime -ge '2024-02-26T11:36:20Z')",
    "((displayName -contains 'Finance') -and (lastModifiedDateTime -ge 'soon'))",
):

    @row("Create rule", 400, "InvalidRuleExpression", _wrong[:60] + _wrong[-9:])
    async def _(sim: Simulated, wrong: Any = _wrong) -> Any:
        return await make_rule(sim, {"siteExpression": wrong}, SHAREPOINT)


@row("Create rule", 400, "InvalidRuleExpression", "four groups of a static one")
async def _(sim: Simulated) -> Any:
    return await make_rule(sim, many(sim, 4))


@row("Create rule", 413, "InvalidRuleExpressionGroupLimitExceeded")
async def _(sim: Simulated) -> Any:
    return await make_rule(sim, many(sim, 101, isAutoApplyEnabled=True))


for _group, _method, _deed in (
    ("Get rule", "GET", ""),
    ("Run rule", "POST", "/run"),
    ("Delete rule", "DELETE", ""),
    ("deleteAndUnprotect", "POST", "/deleteAndUnprotect"),
):

    @row(_group, 400, "InvalidInclusionRuleId")
    async def _(sim: Simulated, method: Any = _method, deed: Any = _deed) -> Any:
        return await sim.refused(
            method, f"/exchangeProtectionPolicies/{of(sim, EXCHANGE)}/mailboxInclusionRules/no-id{deed}"
        )

    @row(_group, 404, "ProtectionRuleNotFound")
    async def _(sim: Simulated, method: Any = _method, deed: Any = _deed) -> Any:
        return await sim.refused(
            method, f"/exchangeProtectionPolicies/{of(sim, EXCHANGE)}/mailboxInclusionRules/{UNKNOWN}{deed}"
        )


@row("Update rule", 400, "InvalidProtectionRulePatchRequest")
async def _(sim: Simulated) -> Any:
    return await sim.refused("PATCH", await rule(sim, dynamic=True), json=many(sim, 1, isAutoApplyEnabled=False))


@row("Update rule", 400, "InvalidProtectionRuleStatusForUpdation")
async def _(sim: Simulated) -> Any:
    return await sim.refused("PATCH", await rule(sim, dynamic=True, settle=False), json=many(sim, 1))


@row("Update rule", 400, "InvalidRuleExpression")
async def _(sim: Simulated) -> Any:
    return await sim.refused("PATCH", await rule(sim, dynamic=True), json={"driveExpression": "everybody"})


@row("Update rule", 400, "PatchNotAllowedForStaticRule")
async def _(sim: Simulated) -> Any:
    return await sim.refused("PATCH", await rule(sim, dynamic=False), json=many(sim, 1))


@row("Update rule", 404, "ProtectionRuleNotFound")
async def _(sim: Simulated) -> Any:
    path = f"/oneDriveForBusinessProtectionPolicies/{of(sim, ONEDRIVE)}/driveInclusionRules/{UNKNOWN}"
    return await sim.refused("PATCH", path, json=many(sim, 1))


@row("Update rule", 413, "InvalidRuleExpressionGroupLimitExceeded")
async def _(sim: Simulated) -> Any:
    return await sim.refused("PATCH", await rule(sim, dynamic=True), json=many(sim, 101))


@row("Update rule", 422, "InvalidProtectionRuleStatusForDynamicRuleEdit")
async def _(sim: Simulated) -> Any:
    path = await rule(sim, dynamic=True)
    await sim.call("POST", f"{path}/deleteAndUnprotect")
    return await sim.refused("PATCH", path, json=many(sim, 1))


@row("deleteAndUnprotect", 422, "InvalidProtectionRuleStatusForDynamicRuleDeleteAndUnprotectAll")
async def _(sim: Simulated) -> Any:
    path = await rule(sim, dynamic=True)
    await sim.call("POST", f"{path}/deleteAndUnprotect")
    return await sim.refused("POST", f"{path}/deleteAndUnprotect")


@row("Run rule", 400, "ProtectionRuleActionNotAllowed")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", f"{await rule(sim, dynamic=False, settle=False)}/run")


@row("Run rule", 400, "RunNotAllowedForDynamicRule")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", f"{await rule(sim, dynamic=True)}/run")


@row("Delete rule", 400, "InvalidProtectionRuleStatusForDeletion")
async def _(sim: Simulated) -> Any:
    return await sim.refused("DELETE", await rule(sim, dynamic=False, settle=False))


@row("Delete rule", 422, "InvalidProtectionRuleStatusForDynamicRuleDeletion")
async def _(sim: Simulated) -> Any:
    return await sim.refused("DELETE", await rule(sim, dynamic=True, settle=False))


# The service


async def enable(sim: Simulated, billing: str, body: object = TENANT) -> Met:
    await sim.http.post("/_simulator/service", json={"billing": billing})
    return await sim.refused("POST", "/enable", json=body)


@row("Enable", 403, "UnableToReadBillingProfile")
async def _(sim: Simulated) -> Any:
    return await enable(sim, "unreadable")


@row("Enable", 402, "InvalidBillingProfile")
async def _(sim: Simulated) -> Any:
    return await enable(sim, "invalid")


@row("Enable", 400, "InvalidAppOwnerTenantId")
async def _(sim: Simulated) -> Any:
    return await enable(sim, "valid", {"appOwnerTenantId": "contoso"})


@row("Enable", 400, "InvalidAppOwnerTenantId", "no body")
async def _(sim: Simulated) -> Any:
    return await sim.refused("POST", "/enable")


ROWS_OF_GROUPS = {
    "Create policy": 7, "Get policy": 2, "Patch policy": 4, "Delete policy": 3, "Activate policy": 4,
    "Deactivate policy": 3, "List units": 4, "Get unit": 5, "offboard": 1, "cancelOffboard": 1, "Create rule": 3,
    "Update rule": 7, "deleteAndUnprotect": 3, "Run rule": 4, "Get rule": 2, "Delete rule": 4, "Enable": 3,
}  # fmt: skip
"""How many codes the pages name for each call; those of an update's entries are counted apart, below."""


@pytest.fixture
def settings() -> Settings:
    return Settings(history=False, units=600)


@pytest.mark.parametrize(("wanted", "meet"), ROWS.items(), ids=["-".join(map(str, each)).strip("-") for each in ROWS])
async def test_the_code_is_met(
    sim: Simulated, wanted: tuple[str, int, str, str], meet: Callable[..., Awaitable[Met]]
) -> None:
    assert await meet(sim) == wanted[1:3]


def test_no_row_of_the_pages_is_left_out() -> None:
    found: dict[str, set[Met]] = {}
    for group, status, code, _ in ROWS:
        if (group, status) != ("Patch policy", 200):
            found.setdefault(group, set()).add((status, code))
    assert {group: len(codes) for group, codes in found.items()} == ROWS_OF_GROUPS
