"""Specifies who is let in, how paths are read, and what every answer and every refusal carries."""

from __future__ import annotations

import base64
import json
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from simulated import Simulated

API = "/v1.0/solutions/backupRestore"
RESTORE = "BackupRestore-Restore.ReadWrite.All"


def jwt(**claims: Any) -> dict[str, str]:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {"Authorization": f"Bearer {part}.{part}.signature"}


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Basic eDp5", "token"])
async def test_without_a_bearer_token_nothing_is_answered(sim: Simulated, authorization: str) -> None:
    answer = await sim.call("GET", "/", headers={"Authorization": authorization, "client-request-id": "mine"})
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["code"] == "InvalidAuthenticationToken"
    assert error["innerError"] == {
        "date": "2026-11-22T12:03:20",
        "request-id": answer.headers["request-id"],
        "client-request-id": "mine",
    }


async def test_every_answer_carries_ids_and_the_services_date(sim: Simulated) -> None:
    answer = await sim.call("GET", "/", headers={"client-request-id": "mine"})
    assert answer.headers["client-request-id"] == "mine"
    assert answer.headers["request-id"] != (await sim.call("GET", "/")).headers["request-id"]
    assert parsedate_to_datetime(answer.headers["Date"]) == sim.clock.now()
    assert answer.json()["serviceStatus"]["status"] == "enabled"


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/solutions/backupRestore/protectionPolicies('{}')",
        "/beta/solutions/backuprestore/ProtectionPolicies/{}/",
        "/v1.0/backupRestore/protectionPolicies({})",
        "/V1.0/Solutions/BackupRestore/protectionPolicies/{}",
    ],
)
async def test_paths_match_in_every_documented_form(sim: Simulated, path: str) -> None:
    policy = sim.service.tenant.policies[0]
    answer = await sim.http.get(path.format(policy.id))
    assert answer.json()["id"] == policy.id


async def test_casts_match_with_both_namespaces(sim: Simulated) -> None:
    for cast in (
        "graph.siteProtectionUnit",
        "microsoft.graph.siteProtectionUnit",
        "microsoft.graph.SITEprotectionUnit",
    ):
        listed = await sim.get(f"/protectionUnits/{cast}")
        assert {row["@odata.type"] for row in listed["value"]} == {"#microsoft.graph.siteProtectionUnit"}
        one = await sim.get(f"/protectionUnits/{listed['value'][0]['id']}/{cast}")
        assert one["siteWebUrl"] == "https://contoso.sharepoint.com/sites/finance"


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/me",
        "/v1.0/solutions/backupRestore/jobs",
        "/v2/solutions/backupRestore",
        # A system segment or a cast that is not there is no id of something.
        f"{API}/restoreSessions/$count",
        f"{API}/protectionPolicies/%24count",
        f"{API}/protectionUnits/$count",
        f"{API}/restoreSessions/microsoft.graph.sharePointRestoreSession",
        f"{API}/protectionUnits/graph.teamProtectionUnit",
    ],
)
async def test_an_unknown_path_is_a_400_of_graph(sim: Simulated, path: str) -> None:
    answer = await sim.http.get(path)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "BadRequest")
    assert error["message"].startswith(("Resource not found for the segment '", "Invalid version: "))


@pytest.mark.parametrize(
    ("method", "path", "segment"),
    [
        ("GET", "/v1.0/users", "users"),
        ("GET", "/v1.0/solutions/bookingBusinesses/7", "bookingBusinesses"),
        ("GET", f"{API}/jobs", "jobs"),
        ("POST", f"{API}/jobs/7/activate", "jobs"),
        ("GET", f"{API}/restoreSessions/7/cancel", "cancel"),
        ("POST", f"{API}/restoreSessions/7/deactivate", "deactivate"),
        ("DELETE", f"{API}/protectionPolicies('7')/units/8", "units"),
        ("GET", f"{API}/restorePoints/7/unit/8", "unit"),
    ],
)
async def test_an_unknown_path_is_told_by_the_segment_that_leads_nowhere(
    sim: Simulated, method: str, path: str, segment: str
) -> None:
    answer = await sim.http.request(method, path)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == f"Resource not found for the segment '{segment}'."


async def test_a_wrong_method_is_a_405_that_names_the_right_ones(sim: Simulated) -> None:
    answer = await sim.call("DELETE", "/protectionPolicies")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


async def test_a_person_in_a_token_becomes_the_creator(sim: Simulated) -> None:
    headers = jwt(
        oid="0c2e8f3a-0000-4000-8000-000000000001", upn="ryan@contoso.com", name="Ryan", scp=f"User.Read {RESTORE}"
    )
    made = await sim.call("POST", "/exchangeRestoreSessions", json={}, headers=headers)
    user = made.json()["createdBy"]["user"]
    assert user == {
        "id": "0c2e8f3a-0000-4000-8000-000000000001",
        "displayName": "Ryan",
        "email": "ryan@contoso.com",
    }
    opaque = await sim.call("POST", "/exchangeRestoreSessions", json={})
    assert opaque.json()["createdBy"]["user"]["displayName"] == "Adele Vance"


async def test_an_application_alone_sees_no_names_of_accounts(sim: Simulated) -> None:
    application = jwt(roles=["BackupRestore-Configuration.Read.All", RESTORE], appid="app-1")
    for units in ("mailboxProtectionUnits", "driveProtectionUnits"):
        row = (await sim.get(f"/{units}", headers=application))["value"][0]
        assert "displayName" not in row
        assert "email" not in row
        assert row["directoryObjectId"]
    assert (await sim.get("/siteProtectionUnits", headers=application))["value"][0]["siteName"] == "Finance"
    made = await sim.call("POST", "/exchangeRestoreSessions", json={}, headers=application)
    assert "user" not in made.json()["createdBy"]
    assert made.json()["createdBy"]["application"]["id"] == "app-1"


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"{} // no comments", b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_a_400(sim: Simulated, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    refusal = await sim.refused("POST", "/exchangeRestoreSessions", content=content, headers=headers)
    assert refusal == (400, "BadRequest")


async def test_a_body_must_be_declared_as_json(sim: Simulated) -> None:
    refusal = await sim.refused("POST", "/restorePoints/search", content=b"{}", headers={"Content-Type": "text/plain"})
    assert refusal == (400, "BadRequest")
