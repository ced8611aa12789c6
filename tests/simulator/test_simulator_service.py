"""Specifies the state of the service: dates, locks, who controls it, the e-mail setting, the activity log."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from protection_walk import TENANT, changed, newcomers, settled
from simulated import Simulated

from backup_tui.simulator.domain.service_state import PARTNER
from backup_tui.simulator.domain.workloads import ONEDRIVE, SHAREPOINT
from backup_tui.simulator.http.callers import CONSOLE_APP_ID
from backup_tui.simulator.settings import Settings

LATE = {"Prefer": "include-unknown-enum-members"}
BETA = "/beta/solutions/backupRestore"
PERMISSIONS = [f"BackupRestore-{what}.ReadWrite.All" for what in ("Control", "Configuration", "Restore")]
POWERSHELL = "14d82eec-204b-4c2f-b7e8-296a70dab67e"


def caller(app_id: Any = "app-1", *, person: Any = False) -> Any:
    """A token of an application, alone or with a person at it."""
    claims = {"appid": app_id, "oid": "o-1", "name": "Ryan", "upn": "ryan@contoso.com", "scp": " ".join(PERMISSIONS)}
    claims = claims if person else {"appid": app_id, "roles": PERMISSIONS}
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {"Authorization": f"Bearer {part}.{part}.x"}


async def tell(sim: Simulated, **wanted: Any) -> Any:
    answer = await sim.http.post("/_simulator/service", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def status(sim: Simulated, **options: Any) -> Any:
    return (await sim.get("/", **options))["serviceStatus"]


async def test_a_service_that_is_on_names_no_dates(sim: Simulated) -> None:
    shown = await status(sim)
    assert (shown["status"], shown["disableReason"], shown["backupServiceConsumer"]) == (
        "enabled",
        "none",
        "firstparty",
    )
    assert (shown["gracePeriodDateTime"], shown["restoreAllowedTillDateTime"]) == (None, None)


@pytest.mark.parametrize(
    ("wanted", "reason", "grace", "restores"),
    [
        ("protectionChangeLocked", "invalidBillingProfile", "2026-12-22T12:03:20Z", "2027-01-21T12:03:20Z"),
        ("restoreLocked", "invalidBillingProfile", "2026-10-23T12:03:20Z", "2026-11-22T12:03:20Z"),
        ("disabled", "userRequested", None, None),
    ],
)
async def test_the_dates_that_matter_follow_the_status(
    sim: Simulated, wanted: str, reason: str, grace: str | None, restores: str | None
) -> None:
    await tell(sim, status=wanted)
    shown = await status(sim)
    assert (shown["status"], shown["disableReason"]) == (wanted, reason)
    assert (shown["gracePeriodDateTime"], shown["restoreAllowedTillDateTime"]) == (grace, restores)
    await tell(sim, restoreAllowedTillDateTime="2026-11-30T00:00:00Z", gracePeriodDateTime=None)
    shown = await status(sim)
    assert (shown["gracePeriodDateTime"], shown["restoreAllowedTillDateTime"]) == (None, "2026-11-30T00:00:00Z")


@pytest.mark.parametrize(
    "wrong", [{"status": "off"}, {"consumer": "me"}, {"gracePeriodDateTime": "soon"}, {"colour": "red"}, []]
)
async def test_a_word_that_cannot_be_meant_changes_nothing(sim: Simulated, wrong: Any) -> None:
    before = await status(sim)
    assert (await sim.http.post("/_simulator/service", json=wrong)).status_code == 400
    assert await status(sim) == before


def protection_changes(sim: Simulated) -> Any:
    policy = next(each for each in sim.service.tenant.policies if each.name == "Sites all")
    path = f"/sharePointProtectionPolicies/{policy.id}"
    return [
        ("POST", "/sharePointProtectionPolicies", {"displayName": "New"}),
        ("PATCH", path, {"displayName": "New"}),
        ("POST", f"/protectionPolicies/{policy.id}/deactivate", None),
        ("DELETE", f"/protectionPolicies/{policy.id}", None),
        ("POST", f"{path}/siteInclusionRules", {"siteExpression": "(displayName -contains 'Finance')"}),
        ("POST", f"{path}/siteProtectionUnitsBulkAdditionJobs", {"siteWebUrls": ["https://x"]}),
    ]


def restores(sim: Simulated) -> Any:
    return [
        ("POST", "/sharePointRestoreSessions", {}),
        ("POST", "/sharePointBrowseSessions", {"restorePointId": "x"}),
    ]


@pytest.mark.parametrize(
    ("wanted", "protection", "restore"),
    [
        ("protectionChangeLocked", "ProtectionChangeLocked", None),
        ("restoreLocked", "ProtectionChangeLocked", "RestoreLocked"),
        ("disabled", "ServiceDisabled", "ServiceDisabled"),
    ],
)
async def test_locks_forbid_what_they_are_there_for_and_nothing_else(
    sim: Simulated, wanted: str, protection: str, restore: str | None
) -> None:
    draft = await sim.draft(sim.units("sharepoint", 1))
    await tell(sim, status=wanted)
    for method, path, body in protection_changes(sim):
        assert await sim.refused(method, path, json=body) == (403, protection), path
    for method, path, body in [*restores(sim), ("POST", f"/restoreSessions/{draft}/activate", None)]:
        answer = await sim.call(method, path, json=body)
        refused = answer.json().get("error", {}).get("code") if answer.status_code == 403 else None
        assert refused == restore, path
    assert (await sim.get("/sharePointProtectionUnits".replace("sharePoint", "site")))["value"]
    assert (await sim.get("/restoreSessions"))["value"]
    await tell(sim, status="enabled")
    method, path, body = protection_changes(sim)[1]
    await changed(sim, method, path, 200, json=body)


async def test_only_the_controlling_application_changes_anything_in_a_partners_service(sim: Simulated) -> None:
    await tell(sim, consumer="thirdparty")
    assert (await status(sim))["backupServiceConsumer"] == "thirdparty"
    for method, path, body in [*protection_changes(sim), *restores(sim)]:
        assert await sim.refused(method, path, json=body) == (403, "Forbidden"), path
    partner = caller(PARTNER.app_id, person=True)
    await changed(sim, "POST", "/sharePointRestoreSessions", 201, json={}, headers=partner)
    method, path, body = protection_changes(sim)[1]
    await changed(sim, method, path, 200, json=body, headers=partner)


async def test_command_line_clients_of_microsoft_are_not_let_in(sim: Simulated) -> None:
    powershell = caller(POWERSHELL, person=True)
    for method, path in (("GET", "/"), ("POST", "/enable"), ("GET", "/serviceApps"), ("POST", "/serviceApps")):
        assert await sim.refused(method, path, headers=powershell) == (403, "Forbidden")
    assert (await sim.get("/protectionPolicies", headers=powershell))["value"]


async def test_enabling_makes_the_calling_application_the_one_in_control(sim: Simulated) -> None:
    await tell(sim, status="disabled")
    shown = await changed(sim, "POST", "/enable", 200, json=TENANT, headers=caller("app-7"))
    assert (shown["status"], shown["disableReason"], shown["backupServiceConsumer"]) == (
        "enabled",
        "none",
        "thirdparty",
    )
    assert shown["lastModifiedBy"]["application"]["id"] == "app-7"
    assert "serviceConsumer" not in shown
    assert await sim.refused("POST", "/sharePointRestoreSessions", json={}) == (403, "Forbidden")
    shown = await changed(sim, "POST", "/enable", 200, json=TENANT)
    assert shown["backupServiceConsumer"] == "firstparty"


async def test_an_application_registers_takes_over_and_hands_over(sim: Simulated) -> None:
    mine = caller("app-7", person=True)
    answer = await sim.call("POST", "/serviceApps", json={}, headers=mine)
    assert answer.status_code == 201
    app = answer.json()
    assert (app["status"], app["application"]["id"], app["effectiveDateTime"]) == ("inactive", "app-7", None)
    path = f"/serviceApps/{app['id']}"
    assert answer.headers["Content-Location"].endswith(path)
    assert await sim.refused("POST", "/serviceApps", json={}, headers=mine) == (409, "ServiceAppAlreadyExists")
    assert len((await sim.get("/serviceApps"))["value"]) == 2

    when = {"effectiveDateTime": "2026-11-22T13:00:00Z"}
    pending = await changed(sim, "POST", f"{path}/activate", 202, json=when)
    assert (pending["status"], pending["effectiveDateTime"]) == ("pendingActive", "2026-11-22T13:00:00Z")
    assert (await status(sim))["backupServiceConsumer"] == "firstparty"
    sim.clock.advance(3599)
    assert (await sim.get(path))["status"] == "active"
    assert (await status(sim))["backupServiceConsumer"] == "thirdparty"
    assert await sim.refused("POST", "/sharePointRestoreSessions", json={}) == (403, "Forbidden")
    await changed(sim, "POST", "/sharePointRestoreSessions", 201, json={}, headers=mine)

    assert (await changed(sim, "POST", f"{path}/deactivate", 202))["status"] == "pendingInactive"
    await changed(sim, "POST", "/sharePointRestoreSessions", 201, json={}, headers=mine)
    sim.clock.advance(86_400 / 60)
    assert (await sim.get(path))["status"] == "inactive"
    assert (await status(sim))["backupServiceConsumer"] == "firstparty"
    assert (await sim.call("DELETE", path)).status_code == 204
    assert await sim.refused("GET", path) == (404, "ServiceAppNotFound")


async def test_without_the_application_in_control_the_service_is_off(sim: Simulated) -> None:
    app = (await changed(sim, "POST", "/serviceApps", 201, json={}))["id"]
    await changed(sim, "POST", f"/serviceApps/{app}/activate", 202, json={"effectiveDateTime": "2020-01-01T00:00:00Z"})
    sim.clock.advance(1)
    assert (await sim.get(f"/serviceApps/{app}"))["status"] == "active"
    await changed(sim, "DELETE", f"/serviceApps/{app}", 204)
    assert ((await status(sim))["status"], (await status(sim))["disableReason"]) == ("disabled", "unknownFutureValue")
    beta = (await sim.get(BETA))["serviceStatus"]
    assert beta["disableReason"] == "controllerServiceAppDeleted"


@pytest.mark.parametrize("body", [None, {}, {"effectiveDateTime": 7}, {"effectiveDateTime": "2024-04-19T12-01-03.45Z"}])
async def test_taking_over_needs_a_date(sim: Simulated, body: Any) -> None:
    (app,) = (await sim.get("/serviceApps"))["value"]
    assert await sim.refused("POST", f"/serviceApps/{app['id']}/activate", json=body) == (400, "BadRequest")


async def test_applications_in_the_wrong_state_are_refused(sim: Simulated) -> None:
    (app,) = (await sim.get("/serviceApps"))["value"]
    path = f"/serviceApps/{app['id']}"
    assert await sim.refused("POST", f"{path}/deactivate") == (403, "ServiceAppActionNotAllowed")
    when = {"effectiveDateTime": "2026-12-01T00:00:00Z"}
    await changed(sim, "POST", f"{path}/activate", 202, json=when)
    assert await sim.refused("POST", f"{path}/activate", json=when) == (403, "ServiceAppActionNotAllowed")
    assert await sim.refused("GET", "/serviceApps/no-id") == (400, "BadRequest")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/serviceApps/{app}/activate"),
        ("POST", "/serviceApps/{app}/deactivate"),
        ("PATCH", "/emailNotificationsSetting"),
        ("POST", "/protectionUnits/{unit}/offboard"),
        ("POST", "/protectionUnits/{unit}/cancelOffboard"),
    ],
)
async def test_what_only_people_may_do_is_refused_to_an_application_alone(
    sim: Simulated, method: str, path: str
) -> None:
    (app,) = (await sim.get("/serviceApps"))["value"]
    place = path.format(app=app["id"], unit=sim.units("exchange", 1)[0].id)
    assert await sim.refused(method, place, json={}, headers=caller(CONSOLE_APP_ID)) == (403, "Forbidden")


async def test_the_email_setting_changes_where_it_is_told_to(sim: Simulated) -> None:
    setting = await sim.get("/emailNotificationsSetting")
    assert setting["recipients"] == {"role": "backupAdmins", "customRecipients": []}
    wanted = {
        "isEnabled": True,
        "additionalEvents": "restoreAndPolicyUpdates",
        "recipients": {"role": "custom", "customRecipients": [{"email": "amala@contoso.com"}]},
    }
    answer = await changed(sim, "PATCH", "/emailNotificationsSetting", 200, json=wanted)
    assert {key: answer[key] for key in wanted} == wanted
    await changed(sim, "PATCH", "/emailNotificationsSetting", 200, json={"isEnabled": False})
    setting = await sim.get("/emailNotificationsSetting")
    assert (setting["isEnabled"], setting["recipients"]) == (False, wanted["recipients"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipients": {"role": "globalAdmins", "customRecipients": [{"email": "amala@contoso.com"}]}},
        {"recipients": {"customRecipients": [{"email": "amala@contoso.com"}]}},
        {"recipients": {"role": "everybody"}},
        {"recipients": {"role": "custom", "customRecipients": [{"email": "amala"}]}},
        {"recipients": []},
        {"additionalEvents": "all"},
        {"isEnabled": "yes"},
        {"colour": "red"},
    ],
)
async def test_an_email_setting_that_cannot_be_meant_changes_nothing(sim: Simulated, wrong: Any) -> None:
    before = await sim.get("/emailNotificationsSetting")
    assert await sim.refused("PATCH", "/emailNotificationsSetting", json=wrong) == (400, "BadRequest")
    assert await sim.get("/emailNotificationsSetting") == before


class TestPartner:
    """A service that a partner controls from the start."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, consumer="thirdparty", service_status="protectionChangeLocked")

    async def test_its_application_is_active_and_the_role_is_read_only(self, sim: Simulated) -> None:
        (app,) = (await sim.get("/serviceApps"))["value"]
        assert (app["status"], app["application"]["id"]) == ("active", PARTNER.app_id)
        shown = await status(sim)
        assert (shown["status"], shown["backupServiceConsumer"]) == ("protectionChangeLocked", "thirdparty")
        partner = caller(PARTNER.app_id, person=True)
        role = {"recipients": {"role": "allAdmins"}}
        refusal = await sim.refused("PATCH", "/emailNotificationsSetting", json=role, headers=partner)
        assert refusal == (400, "BadRequest")
        await changed(sim, "PATCH", "/emailNotificationsSetting", 200, json={"isEnabled": False}, headers=partner)


async def log(sim: Simulated, **options: Any) -> Any:
    rows = []
    body = await sim.get(f"{BETA}/activityLogs", **options)
    while True:
        rows += body["value"]
        if "@odata.nextLink" not in body:
            return rows
        body = (await sim.http.get(body["@odata.nextLink"], headers=options.get("headers"))).json()


async def test_the_log_is_in_beta_only(sim: Simulated) -> None:
    assert await sim.refused("GET", "/activityLogs") == (400, "BadRequest")
    assert await log(sim)


async def test_the_log_tells_what_was_done_newest_first(sim: Simulated) -> None:
    sites = next(each for each in sim.service.tenant.policies if each.name == "Sites all")
    path = f"/sharePointProtectionPolicies/{sites.id}"
    new = newcomers(sim, SHAREPOINT, 1)
    await changed(sim, "PATCH", path, 200, json={"displayName": "Sites", "siteProtectionUnits@delta": new})
    await settled(sim)
    await changed(sim, "POST", f"/protectionPolicies/{sites.id}/deactivate", 202)
    unit = next(each for each in sim.units("exchange", 99) if each.policy is None and not each.offboarding)
    sim.clock.advance(1)
    await changed(sim, "POST", f"/protectionUnits/{unit.id}/offboard", 200)
    rows = await log(sim)
    assert [row["activityType"] for row in rows[:4]] == [
        "protectionUnitLevelOffboarding",
        "backupPolicyPaused",
        "backupPolicyModified",
        "backupPolicyRenamed",
    ]
    assert rows == sorted(rows, key=lambda row: row["eventDateTime"], reverse=True)
    renamed = next(row for row in rows if row["activityType"] == "backupPolicyRenamed")
    assert (renamed["oldPolicyName"], renamed["policyName"], renamed["policyId"]) == ("Sites all", "Sites", sites.id)
    modified = next(row for row in rows if row["activityType"] == "backupPolicyModified")
    assert modified["protectionUnitDetails"]["addedCount"] == 1
    assert {row["performedBy"] for row in rows[:4]} == {"adele.vance@contoso.com"}
    assert rows[0]["severity"] == "high"


async def test_the_log_tells_the_beginning_and_the_end_of_a_restore(sim: Simulated) -> None:
    session = await sim.activated(sim.units("onedrive", 3), "new")
    (begun,) = [row for row in await log(sim) if row.get("restoreSessionId") == session]
    assert (begun["activityType"], begun["serviceType"]) == ("restoreTaskCreated", "oneDriveForBusiness")
    assert begun["restoreCompletionDateTime"] is None
    ended = await sim.finished(session)
    last, first = [row for row in await log(sim) if row.get("restoreSessionId") == session]
    assert first == begun
    assert (last["activityType"], last["resultStatus"]) == ("restoreTaskCompleted", "succeeded")
    assert last["restoreArtifactDetails"] == {"totalArtifactsCount": 3, "restoredCount": 3, "failedCount": 0}
    assert (last["destinationType"], last["eventDateTime"]) == ("new", ended["completedDateTime"])


async def test_the_log_can_be_read_in_pages_while_it_grows(sim: Simulated) -> None:
    body = await sim.get(f"{BETA}/activityLogs", params={"$top": "2"})
    await sim.activated(sim.units("onedrive", 1))
    rest = (await sim.http.get(body["@odata.nextLink"])).json()["value"]
    ids = [row["id"] for row in [*body["value"], *rest]]
    assert len(ids) == len(set(ids)) == 4
    assert ids == [row["id"] for row in await log(sim)][1:5]


class TestPast:
    """With restores before the start."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings()

    async def test_the_log_has_the_restores_of_the_past_and_their_ends(self, sim: Simulated) -> None:
        rows = await log(sim, headers=LATE)
        ended = [row for row in rows if row["activityType"] == "restoreTaskCompleted"]
        sessions = (await sim.get("/restoreSessions", headers=LATE))["value"]
        past = {row["id"]: row["status"] for row in sessions if row["completedDateTime"]}
        assert {row["restoreSessionId"]: row["restoreSessionStatus"] for row in ended} == past
        results = {"completed": "succeeded", "completedWithError": "partiallySucceeded", "failed": "failed"}
        assert all(row["resultStatus"] == results[row["restoreSessionStatus"]] for row in ended)
        assert {row["severity"] for row in ended if row["resultStatus"] == "failed"} == {"high"}


async def test_a_jobs_own_units_appear_in_the_log(sim: Simulated) -> None:
    drives = next(each for each in sim.service.tenant.policies if each.workload is ONEDRIVE)
    path = f"/oneDriveForBusinessProtectionPolicies/{drives.id}/driveProtectionUnitsBulkAdditionJobs"
    ids = [each["directoryObjectId"] for each in newcomers(sim, ONEDRIVE, 2)]
    await changed(sim, "POST", path, 201, json={"directoryObjectIds": ids})
    await settled(sim)
    rows = [row for row in await log(sim) if row["activityType"] == "backupPolicyModified"]
    assert rows[0]["protectionUnitDetails"]["requestedToAddCount"] == 2
