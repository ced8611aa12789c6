"""Sends the examples of the API pages in their own words, and holds each answer against the one that the page shows.

Only ids and names are this tenant's own. Of an answer, the status and every member of the example must be there; values
are compared where the page promises them. Examples of restores and of browsing are in ``test_simulator_granular`` and
``test_simulator_browse``, those of the five pages that the program started from in ``tests/e2e/test_seed_pages.py``.
"""

from __future__ import annotations

from typing import Any

import pytest
from beta_walk import BETA, full_policy
from protection_walk import UNKNOWN, changed, groups, newcomers, settled
from simulated import LATE, Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload

STAMPS = {"createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime"}
SITES = "((displayName -contains 'Finance')  -or  (displayName -contains 'Legal'))"


def policy_of(sim: Simulated, workload: Workload) -> str:
    return next(each.id for each in sim.service.tenant.policies if each.workload is workload)


@pytest.mark.parametrize("workload", [EXCHANGE, ONEDRIVE, SHAREPOINT], ids=lambda each: each.key)
async def test_update_of_a_policy(sim: Simulated, workload: Workload) -> None:
    """Pages exchangeprotectionpolicy-update, onedriveforbusiness.. and sharepointprotectionpolicy-update."""
    policy = policy_of(sim, workload)
    first, second = newcomers(sim, workload, 2)
    held = next(each for each in sim.units(workload.key, 60) if each.policy is not None and not each.by_rule)
    gone: list[Any] = [{"@removed": {"reason": "changed"}, "id": each} for each in (held.id, UNKNOWN)]
    name = "Policy - Inadvertent data loss"
    body = {"displayName": name, f"{workload.units}@delta": [first, second, *gone]}
    answer = await changed(sim, "PATCH", f"/{workload.policies}/{policy}", 200, json=body)
    assert answer["displayName"] == name
    added, also, removed, failed = answer[f"{workload.units}@delta"]
    for row in (added, also, removed):
        assert {"id", "policyId", workload.owner_id, "status", *STAMPS} <= set(row)
    assert [row["status"] for row in (added, also, removed)] == ["protectRequested"] * 2 + ["removeRequested"]
    problem = failed["@Core.DataModificationException"]
    assert (problem["info"]["code"], problem["failedOperation"], problem["responseCode"]) == ("Invalid", "remove", 409)
    assert problem["info"]["message"] == "The identifier to be removed from the Protection Policy does not exist"
    assert failed["id"] == UNKNOWN


@pytest.mark.parametrize("member", ["directoryObjectId", "userId"])
async def test_creation_of_a_policy(sim: Simulated, member: str) -> None:
    """Page backuprestoreroot-post-exchangeprotectionpolicies, whose older form names accounts by ``userId``."""
    await changed(sim, "POST", f"/protectionPolicies/{policy_of(sim, EXCHANGE)}/deactivate", 202)
    await settled(sim)
    units = [{member: each["directoryObjectId"]} for each in newcomers(sim, EXCHANGE, 3)]
    body = {"displayName": "Exchange Protection Policy", "mailboxProtectionUnits": units}
    answer = await sim.call("POST", "/exchangeProtectionPolicies", json=body)
    made = answer.json()
    assert (answer.status_code, made["displayName"], made["status"]) == (201, "Exchange Protection Policy", "inactive")
    assert answer.headers["Content-Location"].endswith(f"protectionPolicies('{made['id']}')")
    assert set(made) >= STAMPS
    assert made["retentionSettings"] == [
        {"interval": "R/PT10M", "period": "P2W"},
        {"interval": "R/P1W", "period": "P1Y"},
    ]


@pytest.mark.parametrize("workload", [SHAREPOINT, ONEDRIVE, EXCHANGE], ids=lambda each: each.key)
async def test_a_rule_from_its_creation_to_its_run(sim: Simulated, workload: Workload) -> None:
    """Pages protectionrulebase-post (examples 1 to 3), -run and -delete."""
    expression = SITES if workload is SHAREPOINT else f"(memberOf -any (group.id -in ['{groups(sim)['Sales']}']))"
    rules = f"/{workload.policies}/{policy_of(sim, workload)}/{workload.rules}"
    answer = await sim.call("POST", rules, json={workload.expression: expression})
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Content-Location"].endswith(f"{workload.rules}('{made['id']}')")
    assert made["@odata.type"] == f"#microsoft.graph.{workload.rule_type}"
    assert (made["status"], made["isAutoApplyEnabled"], made[workload.expression]) == ("active", False, expression)
    assert set(made) >= STAMPS
    await settled(sim)
    ran = await sim.call("POST", f"{rules}/{made['id']}/run")
    assert (ran.status_code, ran.json()["status"]) == (202, "active")
    assert ran.headers["Content-Location"].endswith(f"{workload.rules}('{made['id']}')")
    await settled(sim)
    await changed(sim, "DELETE", f"{rules}/{made['id']}", 204)


async def test_a_dynamic_rule_that_goes_with_its_units(sim: Simulated) -> None:
    """Page protectionrulebase-deleteandunprotect, example 2."""
    rules = f"/exchangeProtectionPolicies/{policy_of(sim, EXCHANGE)}/mailboxInclusionRules"
    rule = (await sim.get(rules))["value"][0]["id"]
    answer = await changed(sim, "POST", f"{BETA}{rules}/{rule}/deleteAndUnprotect", 202, headers=LATE)
    told = answer["value"]
    assert (told["id"], told["status"], told["isAutoApplyEnabled"]) == (rule, "deleteRequested", True)
    assert {*STAMPS, "mailboxExpression"} <= set(told)


@pytest.mark.parametrize(
    ("workload", "title"), [(EXCHANGE, "mailboxes-I"), (ONEDRIVE, "drives-I"), (SHAREPOINT, "sites-I")]
)
async def test_a_bulk_addition_job(sim: Simulated, workload: Workload, title: str) -> None:
    """Pages mailboxprotectionunitsbulkadditionjobs-post, drive.. and site..: the lists come back as they were sent."""
    names = {SHAREPOINT.key: ["https://contoso.sharepoint.com/sites/amala"]}.get(workload.key, ["amala@contoso.com"])
    owner = newcomers(sim, workload, 1)[0][workload.owner_id]
    body = {"displayName": title, workload.name_list: names, workload.id_list: [owner]}
    jobs = f"/{workload.policies}/{policy_of(sim, workload)}/{workload.jobs}"
    made = await changed(sim, "POST", jobs, 201, json=body)
    assert {name: made[name] for name in body} == body
    assert made["@odata.type"] == f"#microsoft.graph.{workload.job_type}"
    assert made["status"] == "active"
    assert set(made) >= STAMPS
    await settled(sim)
    ended = await sim.get(f"{jobs}/{made['id']}")
    assert ended["status"] == "completedWithErrors"
    assert [each["target"] for each in ended["error"]["details"]] == names


async def test_a_job_of_exclusion_units_and_their_list(sim: Simulated) -> None:
    """Pages exchangeprotectionpolicy-post-mailboxexclusionunitsbulkadditionjobs and -list-mailboxexclusionunits."""
    policy = await full_policy(sim, EXCHANGE)
    names = [each.address for each in sim.units("exchange", 3)]
    body = {"displayName": "Bulk exclude contractor mailboxes", "mailboxes": names}
    path = f"{BETA}/exchangeProtectionPolicies/{policy}"
    made = await changed(sim, "POST", f"{path}/mailboxExclusionUnitsBulkAdditionJobs", 201, json=body)
    assert made["@odata.context"].endswith(
        f"exchangeProtectionPolicies('{policy}')/mailboxExclusionUnitsBulkAdditionJobs/$entity"
    )
    assert (made["status"], made["displayName"], made["mailboxes"]) == ("active", body["displayName"], names)
    assert set(made) >= STAMPS
    await settled(sim)
    listed = await sim.get(f"{path}/mailboxExclusionUnits")
    assert listed["@odata.context"].endswith(f"exchangeProtectionPolicies('{policy}')/mailboxExclusionUnits")
    assert [row["email"] for row in listed["value"]] == names
    wanted = {"@odata.type", "id", "policyId", "directoryObjectId", "displayName", "email", "createdDateTime"}
    assert all(wanted <= set(row) for row in listed["value"])


async def test_statistics_of_a_policy(sim: Simulated) -> None:
    """Page backupreport-getstatisticsbypolicy."""
    policy = policy_of(sim, EXCHANGE)
    answer = await sim.get(f"{BETA}/reports/getStatisticsByPolicy(policyId='{policy}')")
    assert answer["@odata.context"] == "http://simulator.test/beta/$metadata#microsoft.graph.backupPolicyReport"
    assert (answer["backupPolicyId"], answer["displayName"]) == (policy, "Mailboxes all")
    stages = [f"{way}{end}" for end in ("InProgress", "Completed", "Failed") for way in ("protected", "unprotected")]
    more = ["total", "removed", "offboardRequested", "lastComputedDateTime"]
    assert set(answer["countStatistics"]) == {*stages, *more}


async def test_the_service_is_enabled(sim: Simulated) -> None:
    """Page backuprestoreroot-enable; its example names ``serviceConsumer``, the type ``backupServiceConsumer``."""
    body = {"appOwnerTenantId": "23014d8c-71fe-4d00-a01a-31850bc5b42a"}
    answer = await changed(sim, "POST", "/enable", 200, json=body)
    assert answer["status"] == "enabled"
    assert {"backupServiceConsumer", "lastModifiedBy", "lastModifiedDateTime"} <= set(answer)


async def test_a_service_app_is_registered_activated_and_deactivated(sim: Simulated) -> None:
    """Pages backuprestoreroot-post-serviceapps, serviceapp-activate and -deactivate."""
    app = await changed(sim, "POST", "/serviceApps", 201, json={})
    assert app["status"] == "inactive"
    wanted = {"@odata.type", "id", "status", "registrationDateTime", "lastModifiedDateTime", "lastModifiedBy"}
    assert wanted <= set(app)
    when = sim.clock.now().isoformat()
    answer = await sim.call("POST", f"/serviceApps/{app['id']}/activate", json={"effectiveDateTime": when})
    assert (answer.status_code, answer.json()["status"]) == (202, "pendingActive")
    assert answer.headers["Content-Location"].endswith(f"/solutions/backupRestore/serviceApps/{app['id']}")
    assert wanted | {"effectiveDateTime"} <= set(answer.json())
    await settled(sim)
    gone = await changed(sim, "POST", f"/serviceApps/{app['id']}/deactivate", 202)
    assert gone["status"] == "pendingInactive"


async def test_the_notifications_are_set(sim: Simulated) -> None:
    """Page emailnotificationssetting-update: what is sent comes back."""
    emails = [{"email": f"{name}@contoso.com"} for name in ("amala", "conrad", "lothar")]
    recipients = {"role": "custom", "customRecipients": emails}
    body = {"isEnabled": True, "additionalEvents": "restoreAndPolicyUpdates", "recipients": recipients}
    answer = await changed(sim, "PATCH", "/emailNotificationsSetting", 200, json=body)
    assert {name: answer[name] for name in body} == body


async def test_sites_are_restored_by_the_older_reference_to_a_point(sim: Simulated) -> None:
    """Page backuprestoreroot-post-sharepointrestoresessions, as it was in 2024: points by ``@odata.id``."""
    points = await sim.points(sim.units("sharepoint", 2))
    entries = [{"restorePoint": {"@odata.id": each["id"]}, "destinationType": "inPlace"} for each in points]
    made = await changed(sim, "POST", "/sharePointRestoreSessions", 201, json={"siteRestoreArtifacts": entries})
    assert {"@odata.type", "id", "status", *STAMPS} <= set(made)
    assert made["restoreSessionArtifactCount"]["total"] == 2
