"""Specifies inclusion rules and bulk addition jobs: what they put into a policy and take out, and what they tell."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from protection_walk import changed, expression, groups, newcomers, settled
from simulated import Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, WORKLOADS
from backup_tui.simulator.settings import Settings

UNKNOWN = "00000000-0000-4000-8000-000000000000"
LATE = {"Prefer": "include-unknown-enum-members"}


def active(sim: Simulated, workload: Any) -> Any:
    return next(each for each in sim.service.tenant.policies if each.workload is workload and each.on)


def rules(sim: Simulated, workload: Any) -> Any:
    return f"/{workload.policies}/{active(sim, workload).id}/{workload.rules}"


def members(sim: Simulated, group: str) -> frozenset[str]:
    found = sim.service.directory.group(groups(sim)[group])
    assert found is not None
    return found


def jobs(sim: Simulated, workload: Any) -> Any:
    return f"/{workload.policies}/{active(sim, workload).id}/{workload.jobs}"


async def units(sim: Simulated, workload: Any) -> Any:
    body = await sim.get(f"/{workload.policies}/{active(sim, workload).id}/{workload.units}", params={"$top": "999"})
    return {row.get("directoryObjectId") or row["siteId"]: row for row in body["value"]}


async def test_the_tenant_has_a_dynamic_rule_of_two_groups_and_static_rules(sim: Simulated) -> None:
    (mailboxes,) = (await sim.get(rules(sim, EXCHANGE)))["value"]
    known = groups(sim)
    wanted = f"(memberOf -any (group.id -in ['{known['EMEA Staff']}', '{known['Sales']}']))"
    assert (mailboxes["isAutoApplyEnabled"], mailboxes["status"]) == (True, "completed")
    assert mailboxes["mailboxExpression"] == wanted
    (sites,) = (await sim.get(rules(sim, SHAREPOINT)))["value"]
    assert (sites["isAutoApplyEnabled"], sites["siteExpression"]) == (
        False,
        "((displayName -contains 'Finance') -or (displayName -contains 'Legal'))",
    )
    sources = Counter(row["protectionSources"] for row in (await units(sim, EXCHANGE)).values())
    assert set(sources) == {"manual", "dynamicRule", "manual,dynamicRule"}


async def test_a_static_rule_puts_what_it_is_for_into_the_policy_once(sim: Simulated) -> None:
    before = await units(sim, ONEDRIVE)
    answer = await sim.call("POST", rules(sim, ONEDRIVE), json=expression(sim, ONEDRIVE, "New Hires"))
    assert (answer.status_code, answer.json()["status"]) == (201, "active")
    assert answer.json()["isAutoApplyEnabled"] is False
    rule = answer.json()["id"]
    assert answer.headers["Content-Location"].endswith(f"{rules(sim, ONEDRIVE)}('{rule}')")
    assert await units(sim, ONEDRIVE) == before
    sim.clock.advance(3)
    await settled(sim)
    assert (await sim.get(f"{rules(sim, ONEDRIVE)}/{rule}"))["status"] == "completed"
    await settled(sim)
    after = await units(sim, ONEDRIVE)
    hired = members(sim, "New Hires")
    assert set(after) - set(before) == hired
    assert {(after[each]["status"], after[each]["protectionSources"]) for each in hired} == {("protected", "manual")}

    again = await changed(sim, "POST", f"{rules(sim, ONEDRIVE)}/{rule}/run", 202)
    assert again["status"] == "active"
    await settled(sim)
    assert set(await units(sim, ONEDRIVE)) == set(after)
    await changed(sim, "DELETE", f"{rules(sim, ONEDRIVE)}/{rule}", 204)
    assert set(await units(sim, ONEDRIVE)) == set(after), "the units stay in the policy"


async def test_a_site_rule_looks_at_names_addresses_and_dates(sim: Simulated) -> None:
    for policy in [each for each in sim.service.tenant.policies if each.workload is SHAREPOINT]:
        if policy.on:
            await changed(sim, "POST", f"/protectionPolicies/{policy.id}/deactivate", 202)
            await settled(sim)
        await changed(sim, "DELETE", f"/protectionPolicies/{policy.id}", 204)
    policy = (await changed(sim, "POST", "/sharePointProtectionPolicies", 201, json={"displayName": "New"}))["id"]
    path = f"/sharePointProtectionPolicies/{policy}"
    for text in (
        "((displayName -contains 'Finance') -or (displayName -contains 'LEGAL'))",
        "((displayName -contains 'Marketing') -and (lastModifiedDateTime -ge '2099-01-01T00:00:00Z'))",
        "((webUrl -contains '/teams/hr') -and (lastModifiedDateTime -ge '2001-01-01T00:00:00Z'))",
    ):
        await changed(sim, "POST", f"{path}/siteInclusionRules", 201, json={"siteExpression": text})
        await settled(sim)
        found = {row["siteName"] for row in (await sim.get(f"{path}/siteProtectionUnits"))["value"]}
        assert {"Finance", "Finance EMEA", "Legal", "Legal Contracts"} <= found
        assert ("HR" in found) == ("/teams/hr" in text)
        assert "Marketing" not in found
    statuses = [row["status"] for row in (await sim.get(f"{path}/siteInclusionRules"))["value"]]
    assert statuses == ["completed"] * 3


async def test_a_dynamic_rule_holds_what_its_groups_have_and_lets_go_of_the_rest(sim: Simulated) -> None:
    body = expression(sim, ONEDRIVE, "New Hires") | {"isAutoApplyEnabled": True}
    rule = (await changed(sim, "POST", rules(sim, ONEDRIVE), 201, json=body))["id"]
    one = f"{rules(sim, ONEDRIVE)}/{rule}"
    await settled(sim)
    await settled(sim)
    hired = members(sim, "New Hires")
    held = {owner: row for owner, row in (await units(sim, ONEDRIVE)).items() if owner in hired}
    assert {row["protectionSources"] for row in held.values()} == {"dynamicRule"}
    assert set(held) == hired

    path = f"/{ONEDRIVE.policies}/{active(sim, ONEDRIVE).id}"
    kept = min(hired)
    await changed(sim, "PATCH", path, 200, json={"driveProtectionUnits@delta": [{"directoryObjectId": kept}]})
    assert (await units(sim, ONEDRIVE))[kept]["protectionSources"] == "manual,dynamicRule"

    update = await changed(sim, "PATCH", one, 200, json=expression(sim, ONEDRIVE, "Sales"), headers=LATE)
    assert update["status"] == "updateRequested"
    assert (await sim.get(one))["status"] == "unknownFutureValue"
    await settled(sim)
    await settled(sim)
    after = await units(sim, ONEDRIVE)
    assert hired & set(after) == {kept}
    assert after[kept]["protectionSources"] == "manual"
    sales = members(sim, "Sales")
    assert {after[owner]["protectionSources"] for owner in sales & set(after)} == {"manual,dynamicRule"}

    gone = await sim.call("POST", f"{one}/deleteAndUnprotect", headers=LATE)
    assert gone.status_code == 202
    assert gone.json()["value"]["status"] == "deleteRequested"
    assert (await sim.get(one))["status"] == "unknownFutureValue"
    await settled(sim)
    assert await sim.refused("GET", one) == (404, "ProtectionRuleNotFound")
    left = await units(sim, ONEDRIVE)
    assert {left[owner]["protectionSources"] for owner in sales & set(left)} == {"manual"}


async def test_a_dynamic_rule_follows_who_comes_into_its_groups_and_who_leaves(sim: Simulated) -> None:
    before = await units(sim, EXCHANGE)
    only = [owner for owner, row in before.items() if row["protectionSources"] == "dynamicRule"]
    sales = members(sim, "Sales") - members(sim, "EMEA Staff")
    leaving = next(owner for owner in only if owner in sales)
    coming = newcomers(sim, EXCHANGE, 1)[0]["directoryObjectId"]
    wanted = {"id": groups(sim)["Sales"], "add": [coming], "remove": [leaving]}
    assert (await sim.http.post("/_simulator/groups", json=wanted)).status_code == 200
    await settled(sim)
    await settled(sim)
    after = await units(sim, EXCHANGE)
    assert set(after) == set(before) - {leaving} | {coming}
    assert (after[coming]["status"], after[coming]["protectionSources"]) == ("protected", "dynamicRule")
    (rule,) = (await sim.get(rules(sim, EXCHANGE)))["value"]
    assert rule["status"] == "completed"
    log = await sim.get("/beta/solutions/backupRestore/activityLogs")
    newest = log["value"][0]
    assert (newest["activityType"], newest["performedBy"]) == ("dynamicRuleExecution", "system")
    counts = newest["protectionUnitDetails"]
    assert (counts["addedCount"], counts["removedCount"], counts["failedCount"]) == (1, 1, 0)


@pytest.mark.parametrize("wrong", [{"id": UNKNOWN}, {"add": ["nobody"]}, {"add": "all"}])
async def test_a_change_of_a_group_that_cannot_be_meant_is_refused(sim: Simulated, wrong: Any) -> None:
    body = {"id": groups(sim)["Sales"]} | wrong
    assert (await sim.http.post("/_simulator/groups", json=body)).status_code == 400


async def test_delete_and_unprotect_takes_out_what_only_the_rule_held(sim: Simulated) -> None:
    before = await units(sim, EXCHANGE)
    only = {owner for owner, row in before.items() if row["protectionSources"] == "dynamicRule"}
    (rule,) = (await sim.get(rules(sim, EXCHANGE)))["value"]
    await changed(sim, "POST", f"{rules(sim, EXCHANGE)}/{rule['id']}/deleteAndUnprotect", 202)
    sim.clock.advance(4)
    leaving = {owner for owner, row in (await units(sim, EXCHANGE)).items() if row["status"] == "removeRequested"}
    assert leaving == only
    await settled(sim)
    assert set(await units(sim, EXCHANGE)) == set(before) - only


async def test_a_deleted_dynamic_rule_leaves_its_units_as_if_put_there_by_hand(sim: Simulated) -> None:
    before = set(await units(sim, EXCHANGE))
    (rule,) = (await sim.get(rules(sim, EXCHANGE)))["value"]
    await changed(sim, "DELETE", f"{rules(sim, EXCHANGE)}/{rule['id']}", 204)
    after = await units(sim, EXCHANGE)
    assert set(after) == before
    assert {row["protectionSources"] for row in after.values()} == {"manual"}


async def test_a_rule_tells_what_it_could_not_do(sim: Simulated) -> None:
    await changed(sim, "POST", rules(sim, ONEDRIVE), 201, json=expression(sim, ONEDRIVE, "Sales", UNKNOWN))
    await settled(sim)
    rule = (await sim.get(rules(sim, ONEDRIVE)))["value"][-1]
    assert rule["status"] == "completedWithErrors"
    assert [(each["code"], each["target"]) for each in rule["error"]["details"]] == [("GroupNotFound", UNKNOWN)]


class TestLargeTenant:
    """With more accounts than a dynamic rule may hold."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, units=18_000)

    async def test_a_dynamic_rule_of_more_than_6000_users_does_nothing_and_says_so(self, sim: Simulated) -> None:
        before = len(sim.service.membership.of(active(sim, ONEDRIVE)))
        body = expression(sim, ONEDRIVE, "All Company") | {"isAutoApplyEnabled": True}
        rule = (await changed(sim, "POST", rules(sim, ONEDRIVE), 201, json=body))["id"]
        await settled(sim)
        shown = await sim.get(f"{rules(sim, ONEDRIVE)}/{rule}")
        assert shown["status"] == "completedWithErrors"
        assert [each["code"] for each in shown["error"]["details"]] == ["UserLimitExceeded"]
        assert len(sim.service.membership.of(active(sim, ONEDRIVE))) == before


async def test_the_tenant_has_jobs_of_the_past(sim: Simulated) -> None:
    (mailboxes,) = (await sim.get(jobs(sim, EXCHANGE)))["value"]
    assert (mailboxes["status"], mailboxes["mailboxes"][0]) == ("completed", "adele.vance@contoso.com")
    (sites,) = (await sim.get(jobs(sim, SHAREPOINT)))["value"]
    assert sites["status"] == "completedWithErrors"
    assert sites["siteWebUrls"][-1] == sites["error"]["details"][0]["target"]


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.key)
async def test_a_job_adds_what_it_finds_and_tells_by_name_what_it_does_not(sim: Simulated, workload: Any) -> None:
    first, second = newcomers(sim, workload, 2)
    owner = next(iter(first))
    found = sim.service.directory.find(workload, first[owner])
    assert found is not None
    by_name = found.address
    there = sim.service.membership.of(active(sim, workload))[0]
    lost = "https://contoso.sharepoint.com/sites/lost" if workload is SHAREPOINT else "nobody@contoso.com"
    lost_id = f"contoso.sharepoint.com,{UNKNOWN},{UNKNOWN}" if workload is SHAREPOINT else UNKNOWN
    body = {
        "displayName": "Wave 2",
        workload.name_list: [by_name.upper(), lost],
        workload.id_list: [second[owner], there.owner, lost_id],
    }
    answer = await sim.call("POST", jobs(sim, workload), json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert made["status"] == "active"
    assert {key: made[key] for key in body} == body, "here the lists are echoed"
    path = f"{jobs(sim, workload)}/{made['id']}"
    assert answer.headers["Content-Location"].endswith(path)
    await settled(sim)
    await settled(sim)
    ended = await sim.get(path)
    assert ended["status"] == "completedWithErrors"
    assert ended["error"]["code"] == "ProtectionResourcesNotFound"
    told = {each["target"]: each["code"] for each in ended["error"]["details"]}
    missing = (
        ("SiteUrlNotFound", "SiteIdNotFound")
        if workload is SHAREPOINT
        else ("EmailNotFound", "DirectoryObjectIdNotFound")
    )
    assert told == {lost: missing[0], lost_id: missing[1], there.owner: "ProtectionUnitAlreadyExists"}
    now = await units(sim, workload)
    assert {now[each[owner]]["status"] for each in (first, second)} == {"protected"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"displayName": "empty", "mailboxes": []},
        {"mailboxes": "adele.vance@contoso.com"},
        {"mailboxes": [7]},
        {"siteWebUrls": ["https://contoso.sharepoint.com/sites/hr"]},
        {"mailboxes": ["a@b.c"] * 50_001},
    ],
    ids=["nothing", "empty list", "no list", "no texts", "of another service", "too many"],
)
async def test_a_job_that_cannot_be_meant_is_refused(sim: Simulated, body: Any) -> None:
    assert await sim.refused("POST", jobs(sim, EXCHANGE), json=body) == (400, "BadRequest")


async def test_jobs_that_are_not_there_are_refused(sim: Simulated) -> None:
    assert await sim.refused("GET", f"{jobs(sim, EXCHANGE)}/no-id") == (400, "BadRequest")
    assert await sim.refused("GET", f"{jobs(sim, EXCHANGE)}/{UNKNOWN}") == (404, "BulkAdditionJobNotFound")
    (of_sites,) = (await sim.get(jobs(sim, SHAREPOINT)))["value"]
    refusal = await sim.refused("GET", f"{jobs(sim, EXCHANGE)}/{of_sites['id']}")
    assert refusal == (404, "BulkAdditionJobNotFound")
