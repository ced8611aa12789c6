"""Specifies what gets in the way of each newer kind of request: other people, a busy policy, odd keys, lost answers."""

from __future__ import annotations

from typing import Any

import pytest
from beta_walk import BETA, full_policy
from protection_walk import UNKNOWN, changed, expression, newcomers, settled
from restore_walks import browse, browse_path, browse_session, file_entries, library
from simulated import LATE, Simulated

from backup_tui.simulator.control.faults import Act
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT


def policy_of(sim: Simulated, workload: Any) -> Any:
    return next(each for each in sim.service.tenant.policies if each.workload is workload)


async def books(sim: Simulated) -> Any:
    return (await sim.http.get("/_simulator/books")).json()


@pytest.mark.parametrize("deed", ["rename", "switchOff", "removeUnit"])
async def test_another_person_changes_a_policy_before_an_answer(sim: Simulated, deed: str) -> None:
    policy = policy_of(sim, ONEDRIVE)
    size, before = policy.size, await sim.get(f"/protectionPolicies/{policy.id}")
    sim.service.faults.add("other", method="GET", path="Policies/", deed=deed)
    after = await sim.get(f"/protectionPolicies/{policy.id}")
    assert after["lastModifiedBy"]["user"]["displayName"] == "Ryan"
    if deed == "rename":
        assert after["displayName"] == f"{before['displayName']} (Ryan)"
    else:
        assert after["status"] == "updating"
    await settled(sim)
    assert policy.size == size - (deed == "removeUnit")


async def test_another_person_deletes_a_policy(sim: Simulated) -> None:
    idle = next(each for each in sim.service.tenant.policies if not each.on)
    sim.service.faults.add("other", method="POST", path="/activate", deed="deletePolicy")
    refused = await sim.refused("POST", f"/protectionPolicies/{idle.id}/activate")
    assert refused == (404, "PolicyNotFound")


@pytest.mark.parametrize("deed", ["deleteRule", "runRule"])
async def test_another_person_deletes_or_runs_a_rule(sim: Simulated, deed: str) -> None:
    policy = policy_of(sim, SHAREPOINT)
    rules = f"/sharePointProtectionPolicies/{policy.id}/siteInclusionRules"
    rule = (await sim.get(rules))["value"][0]["id"]
    sim.service.faults.add("other", method="POST", path="/run", deed=deed)
    refused = await sim.refused("POST", f"{rules}/{rule}/run")
    assert refused == {
        "deleteRule": (404, "ProtectionRuleNotFound"),
        "runRule": (400, "ProtectionRuleActionNotAllowed"),
    }[deed]  # fmt: skip


async def test_a_browse_session_ends_between_two_pages(sim: Simulated) -> None:
    session = await browse_session(sim, "onedrive")
    entry = (await file_entries(sim, "onedrive", 1))[0]
    place = entry["id"].rpartition(",")[0]
    path = f"{browse_path('onedrive')}/{entry['browseSessionId']}"
    sim.service.faults.add("other", method="GET", path="/browse", deed="endBrowsing")
    first = (await sim.call("POST", f"{path}/browse", json={"browseLocationItemKey": place})).json()
    answer = await sim.http.get(first["@odata.nextLink"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "BrowseSessionNotFound")
    assert [row["id"] for row in (await sim.get("/browseSessions"))["value"]] == [session]
    draft = {"granularDriveRestoreArtifacts": [entry]}
    assert (await sim.call("POST", "/oneDriveForBusinessRestoreSessions", json=draft)).status_code in (400, 404)


async def test_odd_item_keys_lead_where_plain_ones_do(sim: Simulated) -> None:
    plain = await library(sim, "onedrive", await browse_session(sim, "onedrive"))
    told = await sim.http.post("/_simulator/settings", json={"odd_item_keys": True})
    assert told.status_code == 200
    session = await browse_session(sim, "onedrive")
    odd = await library(sim, "onedrive", session)
    assert [row["name"] for row in odd] == [row["name"] for row in plain]
    keys = [row["itemKey"] for row in odd]
    assert all("O'Neil+100%25" in key for key in keys)
    assert any(len(key) > 900 for key in keys)
    folder = next(row for row in odd if row["type"] == "folder" and row["itemsCount"])
    path = f"{browse_path('onedrive')}/{session}"
    assert len(await browse(sim, path, browseLocationItemKey=folder["itemKey"])) == folder["itemsCount"]
    lower = {"browseLocationItemKey": folder["itemKey"].lower()}
    assert await sim.refused("POST", f"{path}/browse", json=lower) == (404, "itemNotFound")
    file = next(row["itemKey"] for row in odd if row["type"] == "file")
    body = {"granularDriveRestoreArtifacts": [{"browseSessionId": session, "id": file}]}
    made = (await changed(sim, "POST", "/oneDriveForBusinessRestoreSessions", 201, json=body))["id"]
    artifacts = f"/oneDriveForBusinessRestoreSessions/{made}/granularDriveRestoreArtifacts"
    assert [row["id"] for row in (await sim.get(artifacts))["value"]] == [file]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "fault"), ("DELETE", "books"), ("POST", ""), ("PUT", "faults/1"), ("PATCH", "x/y")]
)
async def test_an_unknown_address_is_answered_with_those_that_there_are(sim: Simulated, method: str, path: str) -> None:
    answer = await sim.http.request(method, f"/_simulator/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"] == f"there is no {method} /_simulator/{path}"
    assert {"GET /_simulator/faults", "POST /_simulator/acts"} <= set(answer.json()["addresses"])


async def test_a_busy_policy_is_updating_until_it_is_not(sim: Simulated) -> None:
    policy = policy_of(sim, EXCHANGE)
    told = await sim.http.post("/_simulator/policies", json={"policy": policy.id, "busy": 60})
    assert next(each["status"] for each in told.json() if each["id"] == policy.id) == "updating"
    path = f"/protectionPolicies/{policy.id}"
    assert await sim.refused("POST", f"{path}/deactivate") == (400, "invalidStateForActivation")
    assert await sim.refused("DELETE", path) == (403, "PolicyActionNotAllowed")
    sim.clock.advance(61)
    assert (await sim.get(path))["status"] == "active"


async def test_a_policy_is_offboarded_as_the_service_does_it(sim: Simulated) -> None:
    policy = policy_of(sim, ONEDRIVE)
    path = f"/protectionPolicies/{policy.id}"
    before = await sim.get(path)
    told = {"policy": policy.id, "offboarding": "offboardRequested"}
    assert (await sim.http.post("/_simulator/policies", json=told)).status_code == 200
    assert (await sim.get(f"{BETA}{path}", headers=LATE))["status"] == "offboardRequested"
    assert (await sim.get(f"{BETA}{path}"))["status"] == "unknownFutureValue"
    assert (await sim.get(path, headers=LATE))["status"] == "unknownFutureValue", "v1.0 does not have the member"
    report = await sim.get(f"{BETA}/reports/getStatisticsByPolicy(policyId='{policy.id}')")
    assert report["countStatistics"]["offboardRequested"] == policy.size
    (entry, *_) = (await sim.get(f"{BETA}/activityLogs", headers=LATE))["value"]
    assert (entry["activityType"], entry["policyStatus"]) == ("policyLevelOffboarding", "offboardRequested")
    back = {"policy": policy.id, "offboarding": None}
    await sim.http.post("/_simulator/policies", json=back)
    assert await sim.get(path) == before


@pytest.mark.parametrize(
    "wrong", [{"busy": "long"}, {"offboarding": "soon"}, {"protectionMode": "half"}, {"colour": "red"}]
)
async def test_a_policy_cannot_be_told_anything_else(sim: Simulated, wrong: Any) -> None:
    body = {"policy": policy_of(sim, EXCHANGE).id, **wrong}
    assert (await sim.http.post("/_simulator/policies", json=body)).status_code == 400


async def test_a_rule_that_matches_nothing_is_complete_and_changes_nothing(sim: Simulated) -> None:
    policy = policy_of(sim, SHAREPOINT)
    rules = f"/sharePointProtectionPolicies/{policy.id}/siteInclusionRules"
    size = policy.size
    rule = await changed(sim, "POST", rules, 201, json=expression(sim, SHAREPOINT, "No such site anywhere"))
    await settled(sim)
    ended = await sim.get(f"{rules}/{rule['id']}")
    assert (ended["status"], ended["error"], policy.size) == ("completed", None, size)
    assert (await books(sim))["protection"] == {}


async def requests_of(sim: Simulated) -> dict[str, tuple[str, str, Any]]:
    """One request of each kind that changes protection or the service, all of them such that they succeed."""
    exchange, drives, sites = (policy_of(sim, workload) for workload in (EXCHANGE, ONEDRIVE, SHAREPOINT))
    at = f"/exchangeProtectionPolicies/{exchange.id}"
    idle = next(each for each in sim.service.tenant.policies if not each.on)
    rule = (await sim.get(f"/sharePointProtectionPolicies/{sites.id}/siteInclusionRules"))["value"][0]["id"]
    below = f"/sharePointProtectionPolicies/{sites.id}/siteInclusionRules/{rule}"
    dynamic = (await sim.get(f"{at}/mailboxInclusionRules"))["value"][0]["id"]
    mailbox = sim.units("exchange", 1)[0].address
    new = newcomers(sim, EXCHANGE, 1)
    return {
        "rename": ("PATCH", at, {"displayName": "Renamed"}),
        "add": ("PATCH", at, {"mailboxProtectionUnits@delta": new}),
        "deactivate": ("POST", f"/protectionPolicies/{drives.id}/deactivate", None),
        "delete": ("DELETE", f"/protectionPolicies/{idle.id}", None),
        "rule": ("POST", f"{at}/mailboxInclusionRules", expression(sim, EXCHANGE, "New Hires")),
        "update": ("PATCH", f"{at}/mailboxInclusionRules/{dynamic}", expression(sim, EXCHANGE, "Sales")),
        "run": ("POST", f"{below}/run", None),
        "delete a rule": ("DELETE", below, None),
        "unprotect": ("POST", f"{at}/mailboxInclusionRules/{dynamic}/deleteAndUnprotect", None),
        "job": ("POST", f"{at}/mailboxProtectionUnitsBulkAdditionJobs", {"mailboxes": [mailbox]}),
        "register": ("POST", "/serviceApps", {}),
        "enable": ("POST", "/enable", {"appOwnerTenantId": UNKNOWN}),
        "notify": ("PATCH", "/emailNotificationsSetting", {"isEnabled": False}),
    }


KINDS = ("rename", "add", "deactivate", "delete", "rule", "update", "run", "delete a rule", "unprotect", "job",
         "register", "enable", "notify")  # fmt: skip


@pytest.mark.parametrize("act", ["drop", "lose", "throttle"])
@pytest.mark.parametrize("kind", KINDS)
async def test_every_change_can_be_lost_or_held_back(sim: Simulated, kind: str, act: Act) -> None:
    method, path, body = (await requests_of(sim))[kind]
    more: dict[str, Any] = {"retry_after": 5} if act == "throttle" else {"status": 504}
    sim.service.faults.add(act, method=method, path=path, **more)
    if act == "drop":
        with pytest.raises(ConnectionError):
            await sim.call(method, path, json=body)
    else:
        assert (await sim.call(method, path, json=body)).status_code == (429 if act == "throttle" else 504)
    done = (await books(sim))["changes"]
    assert sum(done.values()) == (0 if act == "throttle" else 1)
    assert all(name.startswith(f"{method} ") for name in done)


async def test_changes_of_exclusions_can_be_lost_too(sim: Simulated) -> None:
    policy = await full_policy(sim, SHAREPOINT)
    site = sim.units("sharepoint", 1)[0]
    path = f"{BETA}/sharePointProtectionPolicies/{policy}"
    sim.service.faults.add("lose", method="PATCH", path=path, status=502)
    body = {"siteExclusionUnits@delta": [{"siteId": site.owner}]}
    assert (await sim.call("PATCH", path, json=body)).status_code == 502
    assert [row["siteId"] for row in (await sim.get(f"{path}/siteExclusionUnits"))["value"]] == [site.owner]
    jobs = f"{path}/siteExclusionUnitsBulkAdditionJobs"
    sim.service.faults.add("refuse", method="POST", path=jobs, status=409, code="Conflict")
    job = {"displayName": "x", "siteWebUrls": [site.url]}
    assert await sim.refused("POST", jobs, json=job) == (409, "Conflict")
    assert (await sim.get(jobs))["value"] == []


async def test_the_books_count_what_was_done_to_each_unit(sim: Simulated) -> None:
    policy = policy_of(sim, EXCHANGE)
    path = f"/exchangeProtectionPolicies/{policy.id}"
    new = newcomers(sim, EXCHANGE, 1)
    for _ in range(2):
        await sim.call("PATCH", path, json={"mailboxProtectionUnits@delta": new})
    await settled(sim)
    unit = next(each for each in sim.service.membership.of(policy) if each.owner == new[0]["directoryObjectId"])
    gone = {"mailboxProtectionUnits@delta": [{"@removed": {"reason": "changed"}, "id": unit.id}]}
    for _ in range(2):
        await sim.call("PATCH", path, json=gone)
    kept = await books(sim)
    assert kept["protection"] == {unit.id: {"added": 1, "removed": 1, "offboarded": 0}}
    assert kept["changes"] == {"PATCH exchangeProtectionPolicies/{id}": 4}
