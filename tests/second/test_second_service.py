"""Specifies the second service itself: what it refuses, its limits, and what its books count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from second_call import Service
from second_tenant import DRIVE, MAILBOX, POLICIES, SITE

ROOT = "/solutions/backupRestore"


@pytest.fixture
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}{ROOT}", timeout=30) as client:
        yield client


def until(holds: Callable[[], bool]) -> None:
    """Wait for a state; the test's own time limit ends it otherwise."""
    while not holds():
        pass


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("GET", "/restoreSessions/x/units", None, "no operation"),
        ("PUT", "/protectionPolicies/x", None, ""),
        ("GET", "/driveProtectionUnits?$depth=1", None, "unknown query options"),
        ("POST", "/exchangeRestoreSessions", {"colour": "red"}, "unknown member colour"),
        ("POST", "/exchangeProtectionPolicies", {"displayName": 7}, "displayName is 7"),
        ("POST", f"/exchangeProtectionPolicies/{POLICIES[MAILBOX]}/mailboxInclusionRules", {"filter": "x"}, "unknown"),
        ("POST", "/sharePointBrowseSessions/x/browse", {"deep": True}, "unknown member deep"),
        ("POST", "/serviceApps/x/deactivate", {"now": True}, "a body where none is described"),
    ],
)
def test_what_the_description_lacks_is_refused(
    http: httpx.Client, second: Service, method: str, path: str, body: Any, told: str
) -> None:
    answer = http.request(method, path, json=body)
    assert answer.status_code in (400, 405)
    if told:
        assert answer.json()["error"]["code"] == "OutsideTheContract"
        assert told in second.outside[0]


def test_a_policy_gains_and_loses_units_and_the_books_count_each_once(http: httpx.Client, second: Service) -> None:
    policy = POLICIES[MAILBOX]
    path = f"/exchangeProtectionPolicies/{policy}"
    spare = next(each for each in second.tenant.things.values() if each.kind is MAILBOX and not each.known)
    entry = {"mailboxProtectionUnits@delta": [{"directoryObjectId": spare.owner}]}
    first, second_time = (http.patch(path, json=entry).json()["mailboxProtectionUnits@delta"][0] for _ in range(2))
    assert first["status"] == "protectRequested"
    assert second_time["@Core.DataModificationException"]["failedOperation"] == "add"
    until(lambda: http.get(f"/protectionPolicies/{policy}").json()["status"] == "active")
    gone = {"mailboxProtectionUnits@delta": [{"@removed": {"reason": "changed"}, "id": first["id"]}]}
    assert http.patch(path, json=gone).json()["mailboxProtectionUnits@delta"][0]["status"] == "removeRequested"
    until(lambda: "policyId" not in http.get(f"/protectionUnits/{first['id']}").json())
    books = second.books()
    assert (books["putIn"], books["takenOut"]) == ({first["id"]: 1}, {first["id"]: 1})


def test_a_policy_is_made_switched_and_deleted_in_the_documented_order(http: httpx.Client) -> None:
    policy = POLICIES[SITE]
    new = {"displayName": "New"}
    assert http.post("/sharePointProtectionPolicies", json=new).json()["error"]["code"] == "PolicyCreationNotAllowed"
    assert http.delete(f"/protectionPolicies/{policy}").status_code == 403
    assert http.post(f"/protectionPolicies/{policy}/deactivate").status_code == 202
    assert http.post(f"/protectionPolicies/{policy}/deactivate").status_code == 400
    until(lambda: http.get(f"/protectionPolicies/{policy}").json()["status"] == "inactive")
    made = http.post("/sharePointProtectionPolicies", json=new)
    assert (made.status_code, made.json()["status"]) == (201, "inactive")
    assert made.headers["Content-Location"].endswith(made.json()["id"])
    assert http.delete(f"/protectionPolicies/{made.json()['id']}").status_code == 204
    assert http.post("/sharePointProtectionPolicies", json={"displayName": ""}).status_code == 400


def test_rules_and_jobs_take_in_what_they_name_and_tell_what_they_do_not(http: httpx.Client, second: Service) -> None:
    at = f"/exchangeProtectionPolicies/{POLICIES[MAILBOX]}"
    groups = ", ".join(f"'{key}'" for key in [*second.tenant.groups, "22222222-0000-4000-8000-000000000000"])
    body = {"mailboxExpression": f"(memberOf -any (group.id -in [{groups}]))", "isAutoApplyEnabled": True}
    rule = http.post(f"{at}/mailboxInclusionRules", json=body).json()
    one = f"{at}/mailboxInclusionRules/{rule['id']}"
    until(lambda: http.get(one).json()["status"].startswith("completed"))
    assert [each["code"] for each in http.get(one).json()["error"]["details"]] == ["GroupNotFound"]
    assert len(second.books()["putIn"]) == 260
    assert http.post(f"{one}/run").json()["error"]["code"] == "RunNotAllowedForDynamicRule"
    assert http.post(f"{one}/deleteAndUnprotect").json()["value"]["status"] == "unknownFutureValue"
    until(lambda: http.get(one).status_code == 404)
    assert len(second.books()["takenOut"]) == 260
    names = ["person0040@contoso.com", "nobody@contoso.com", "person0001@contoso.com"]
    jobs = f"{at}/mailboxProtectionUnitsBulkAdditionJobs"
    job = http.post(jobs, json={"displayName": "Names", "mailboxes": names}).json()
    until(lambda: http.get(f"{jobs}/{job['id']}").json()["status"] == "completedWithErrors")
    ended = http.get(f"{jobs}/{job['id']}").json()
    assert ended["mailboxes"] == names
    assert len(ended["error"]["details"]) == 2


@pytest.mark.parametrize("expression", ["", "displayName is 'x'", "(displayName -contains 'ab')", "(a) -or (b)"])
def test_an_expression_is_written_as_its_page_shows(http: httpx.Client, expression: str) -> None:
    path = f"/sharePointProtectionPolicies/{POLICIES[SITE]}/siteInclusionRules"
    assert http.post(path, json={"siteExpression": expression}).status_code == 400


def test_an_express_point_is_browsed_ten_rows_at_a_time(http: httpx.Client, second: Service) -> None:
    unit = second.tenant.units(DRIVE)[30]
    period = {"startDateTime": "2020-01-01T00:00:00Z", "endDateTime": "2099-01-01T00:00:00Z"}
    asked = {"protectionUnitIds": [unit.id], "protectionTimePeriod": period}
    common = http.post("/restorePoints/search", json=asked).json()["searchResults"][0]["restorePoint"]
    express = http.post("/restorePoints/search", json={**asked, "tags": "fastRestore"}).json()["searchResults"][0]
    wrong = http.post("/oneDriveForBusinessBrowseSessions", json={"restorePointId": common["id"]})
    assert (common["tags"], wrong.status_code) == ("none", 400)
    body = {"restorePointId": express["restorePoint"]["id"]}
    session = http.post("/oneDriveForBusinessBrowseSessions", json=body).json()["id"]
    path = f"/oneDriveForBusinessBrowseSessions/{session}"
    until(lambda: http.get(path).json()["status"] == "created")
    (site,) = http.post(f"{path}/browse", json={}).json()["value"]
    (library,) = http.post(f"{path}/browse", json={"browseLocationItemKey": site["itemKey"]}).json()["value"]
    folder = http.post(f"{path}/browse", json={"browseLocationItemKey": library["itemKey"]}).json()["value"][0]
    page = http.post(f"{path}/browse", json={"browseLocationItemKey": folder["itemKey"]}).json()
    rest = http.get(page["@odata.nextLink"]).json()
    assert (page["@odata.count"], rest["@odata.count"]) == (10, 2)
    entry = {"browseSessionId": session, "id": rest["value"][0]["itemKey"]}
    made = http.post("/oneDriveForBusinessRestoreSessions", json={"granularDriveRestoreArtifacts": [entry]})
    assert made.json()["restoreJobType"] == "unknownFutureValue"


def test_an_answer_is_lost_after_the_deed(http: httpx.Client, second: Service, address: str) -> None:
    httpx.post(f"{address.removesuffix('/v1.0')}/_lose", json={"request": "POST .*serviceApps"})
    assert http.post("/serviceApps", json={}).status_code == 504
    assert second.books()["serviceApps"] == ["inactive"]
