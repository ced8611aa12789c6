"""Specifies what only beta has: full workload backup and its exclusion units, statistics, Entra, added members."""

from __future__ import annotations

from typing import Any

import pytest
from beta_walk import BETA, full_policy
from protection_walk import UNKNOWN, changed, expression, newcomers, settled
from simulated import LATE, Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, WORKLOADS
from backup_tui.simulator.settings import Settings


async def rows_of(sim: Simulated, path: str, **options: Any) -> list[dict[str, Any]]:
    """Every row of a list, over all its pages."""
    body = await sim.get(path, **options)
    rows = list(body["value"])
    while "@odata.nextLink" in body:
        body = (await sim.http.get(body["@odata.nextLink"])).json()
        rows += body["value"]
    return rows


@pytest.mark.parametrize(
    "path",
    [
        "/activityLogs",
        "/reports",
        f"/reports/getStatisticsByPolicy(policyId='{UNKNOWN}')",
        "/entraProtectionPolicies",
        "/exclusionUnits",
        "/mailboxExclusionUnits",
        f"/sharePointProtectionPolicies/{UNKNOWN}/siteExclusionUnits",
        f"/oneDriveForBusinessProtectionPolicies/{UNKNOWN}/driveExclusionUnitsBulkAdditionJobs",
    ],
)
async def test_v1_does_not_know_what_only_beta_has(sim: Simulated, path: str) -> None:
    assert await sim.refused("GET", path) == (400, "BadRequest")


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.key)
async def test_a_policy_with_full_workload_backup_protects_all_of_its_service(sim: Simulated, workload: Any) -> None:
    newcomer = newcomers(sim, workload, 1)[0][workload.owner_id]
    policy = await full_policy(sim, workload)
    units = await rows_of(sim, f"{BETA}/{workload.policies}/{policy}/{workload.units}")
    assert newcomer in {unit[workload.owner_id] for unit in units}
    assert {unit["protectionSources"] for unit in units} == {"none"}
    assert (await sim.get(f"{BETA}/protectionPolicies/{policy}"))["protectionMode"] == "fullServiceBackup"
    assert "protectionMode" not in await sim.get(f"/protectionPolicies/{policy}")


async def test_an_exclusion_takes_a_unit_out_and_its_removal_brings_it_back(sim: Simulated) -> None:
    policy = await full_policy(sim, ONEDRIVE)
    unit = sim.units("onedrive", 1)[0]
    path = f"{BETA}/oneDriveForBusinessProtectionPolicies/{policy}"
    body = {"driveExclusionUnits@delta": [{"directoryObjectId": unit.owner}]}
    (row,) = (await changed(sim, "PATCH", path, 200, json=body))["driveExclusionUnits@delta"]
    assert (row["directoryObjectId"], row["policyId"], row["email"]) == (unit.owner, policy, unit.address)
    assert unit.state(sim.service.now())[0] == "removeRequested"
    await settled(sim)
    assert unit.policy is None
    gone = {"driveExclusionUnits@delta": [{"@removed": {"reason": "changed"}, "id": row["id"]}]}
    await changed(sim, "PATCH", path, 200, json=gone)
    await settled(sim)
    assert unit.state(sim.service.now())[0] == "protected"
    assert await rows_of(sim, f"{path}/driveExclusionUnits") == []


async def test_what_is_wrong_with_one_exclusion_is_told_in_its_place(sim: Simulated) -> None:
    policy = await full_policy(sim, ONEDRIVE)
    unit = sim.units("onedrive", 1)[0]
    path = f"{BETA}/oneDriveForBusinessProtectionPolicies/{policy}"
    entries: list[dict[str, Any]] = [
        {"directoryObjectId": unit.owner},
        {"directoryObjectId": UNKNOWN},
        {"directoryObjectId": unit.owner},
    ]
    entries.append({"@removed": {"reason": "changed"}, "id": UNKNOWN})
    answer = await changed(sim, "PATCH", path, 200, json={"driveExclusionUnits@delta": entries})
    first, *wrong = answer["driveExclusionUnits@delta"]
    assert first["directoryObjectId"] == unit.owner
    told = [each["@Core.DataModificationException"] for each in wrong]
    assert [each["failedOperation"] for each in told] == ["add", "add", "remove"]


async def test_a_job_excludes_what_it_finds_and_names_what_it_does_not(sim: Simulated) -> None:
    policy = await full_policy(sim, SHAREPOINT)
    site = sim.units("sharepoint", 1)[0]
    path = f"{BETA}/sharePointProtectionPolicies/{policy}"
    body = {"displayName": "Old sites", "siteWebUrls": [site.url, "https://contoso.sharepoint.com/sites/none"]}
    job = await changed(sim, "POST", f"{path}/siteExclusionUnitsBulkAdditionJobs", 201, json=body)
    assert (job["status"], job["siteWebUrls"]) == ("active", body["siteWebUrls"])
    await settled(sim)
    ended = await sim.get(f"{path}/siteExclusionUnitsBulkAdditionJobs/{job['id']}")
    assert ended["status"] == "completedWithErrors"
    assert [each["code"] for each in ended["error"]["details"]] == ["SiteUrlNotFound"]
    assert [each["siteId"] for each in await rows_of(sim, f"{path}/siteExclusionUnits")] == [site.owner]


@pytest.mark.parametrize("body", [{}, {"displayName": "No names"}, {"mailboxes": ["adele.vance@contoso.com"]}])
async def test_a_job_of_exclusions_needs_a_name_and_a_list(sim: Simulated, body: dict[str, Any]) -> None:
    policy = await full_policy(sim, EXCHANGE)
    path = f"{BETA}/exchangeProtectionPolicies/{policy}/mailboxExclusionUnitsBulkAdditionJobs"
    assert await sim.refused("POST", path, json=body) == (400, "BadRequest")


async def test_exclusions_are_for_full_workload_backup_alone_and_units_for_the_rest(sim: Simulated) -> None:
    standard = next(each for each in sim.service.tenant.policies if each.workload is EXCHANGE)
    path = f"{BETA}/exchangeProtectionPolicies/{standard.id}"
    mailbox = sim.units("exchange", 1)[0]
    entry = [{"directoryObjectId": mailbox.owner}]
    assert await sim.refused("PATCH", path, json={"mailboxExclusionUnits@delta": entry}) == (400, "BadRequest")
    job = {"displayName": "x", "mailboxes": [mailbox.address]}
    jobs = f"{path}/mailboxExclusionUnitsBulkAdditionJobs"
    assert await sim.refused("POST", jobs, json=job) == (400, "BadRequest")
    full = await full_policy(sim, EXCHANGE)
    path = f"{BETA}/exchangeProtectionPolicies/{full}"
    refused = (400, "ProtectionUnitActionNotAllowed")
    assert await sim.refused("PATCH", path, json={"mailboxProtectionUnits@delta": entry}) == refused
    assert await sim.refused("POST", f"{path}/mailboxProtectionUnitsBulkAdditionJobs", json=job) == refused
    rule = expression(sim, EXCHANGE, "Sales")
    assert await sim.refused("POST", f"{path}/mailboxInclusionRules", json=rule) == refused
    both = {"displayName": "x", "protectionMode": "fullServiceBackup", "mailboxProtectionUnits": entry}
    assert await sim.refused("POST", f"{BETA}/exchangeProtectionPolicies", json=both) == (400, "InvalidCreateRequest")
    wrong = {"displayName": "x", "protectionMode": "some"}
    assert await sim.refused("POST", f"{BETA}/exchangeProtectionPolicies", json=wrong) == (400, "InvalidCreateRequest")


async def test_statistics_count_every_unit_of_a_policy_once_and_say_when(sim: Simulated) -> None:
    policy = next(each for each in sim.service.tenant.policies if each.workload is ONEDRIVE)
    path = f"{BETA}/reports/getStatisticsByPolicy(policyId='{policy.id}')"
    report = await sim.get(path)
    assert (report["backupPolicyId"], report["displayName"]) == (policy.id, "OneDrive all")
    counts = report["countStatistics"]
    moment, removed = counts.pop("lastComputedDateTime"), counts.pop("removed")
    assert removed is None
    assert moment == "2026-11-22T12:03:20Z"
    assert counts.pop("total") == policy.size == sum(counts.values())
    assert counts["protectedFailed"] == policy.broken
    await changed(sim, "POST", f"/protectionPolicies/{policy.id}/deactivate", 202)
    assert (await sim.get(path))["countStatistics"]["lastComputedDateTime"] == moment, "an old count is told as such"
    await settled(sim)
    later = (await sim.get(path))["countStatistics"]
    assert later["unprotectedCompleted"] == policy.size - policy.broken
    assert later["lastComputedDateTime"] > moment


async def test_statistics_of_an_unknown_policy_are_refused(sim: Simulated) -> None:
    path = f"{BETA}/reports/getStatisticsByPolicy(policyId='{UNKNOWN}')"
    assert await sim.refused("GET", path) == (404, "PolicyNotFound")


async def test_an_entry_of_the_log_is_read_by_its_id(sim: Simulated) -> None:
    (first, *_) = await rows_of(sim, f"{BETA}/activityLogs")
    one = await sim.get(f"{BETA}/activityLogs/{first['id']}")
    assert {name: one[name] for name in first} == first
    assert await sim.refused("GET", f"{BETA}/activityLogs/{UNKNOWN}") == (404, "ActivityLogNotFound")


async def test_beta_tells_retention_billing_and_the_type_of_a_mailbox(sim: Simulated) -> None:
    rows = await rows_of(sim, f"{BETA}/mailboxProtectionUnits")
    assert {row["mailboxType"] for row in rows} == {"user", "shared", "unknown"}
    assert all(row["backupRetentionPeriodInDays"] == 365 for row in rows)
    assert len({row["billingPolicyId"] for row in rows}) == 2
    changes = [row["pendingRetentionPeriodChange"] for row in rows if row["pendingRetentionPeriodChange"]]
    assert changes[0]["targetRetentionPeriodInDays"] == 730
    assert not {"mailboxType", "billingPolicyId"} & set((await sim.get("/mailboxProtectionUnits"))["value"][0])


async def test_the_counts_of_a_policy_come_when_they_are_selected(sim: Simulated) -> None:
    policy = next(each for each in sim.service.tenant.policies if each.workload is ONEDRIVE)
    path = f"/protectionPolicies/{policy.id}"
    assert "protectionPolicyArtifactCount" not in await sim.get(path)
    selected = await sim.get(path, params={"$select": "id,protectionPolicyArtifactCount"})
    counts = selected["protectionPolicyArtifactCount"]
    assert (counts["total"], counts["failed"]) == (policy.size, policy.broken)
    listed = await sim.get("/protectionPolicies", params={"$select": "id,protectionPolicyArtifactCount"})
    assert counts in [each["protectionPolicyArtifactCount"] for each in listed["value"]]


class TestFromTheStart:
    """A tenant whose SharePoint policy protects everything, with a policy of Entra beside it."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, full_service="sharepoint", entra_policy=True)

    async def test_the_policy_has_exclusions_and_everything_else(self, sim: Simulated) -> None:
        policy = next(each for each in sim.service.tenant.policies if each.workload is SHAREPOINT)
        excluded = await rows_of(sim, f"{BETA}/sharePointProtectionPolicies/{policy.id}/siteExclusionUnits")
        assert len(excluded) == 3
        units = await rows_of(sim, f"{BETA}/sharePointProtectionPolicies/{policy.id}/siteProtectionUnits")
        assert not {each["siteId"] for each in excluded} & {each["siteId"] for each in units}
        assert (await sim.get(f"/protectionPolicies/{policy.id}"))["status"] == "active"

    async def test_entra_is_in_beta_alone(self, sim: Simulated) -> None:
        (policy,) = await rows_of(sim, f"{BETA}/entraProtectionPolicies")
        assert policy["@odata.type"] == "#microsoft.graph.entraProtectionPolicy"
        assert policy["id"] in {each["id"] for each in await rows_of(sim, f"{BETA}/protectionPolicies")}
        assert policy["id"] not in {each["id"] for each in await rows_of(sim, "/protectionPolicies")}
        assert (await sim.get(f"{BETA}/entraProtectionPolicies/{policy['id']}", headers=LATE))["status"] == "active"
        assert await sim.refused("GET", f"{BETA}/entraProtectionPolicies/{UNKNOWN}") == (404, "PolicyNotFound")
