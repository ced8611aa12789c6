"""Specifies what every call asks of its caller: permissions of both kinds, and roles."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from simulated import Simulated

from backup_tui.simulator.http.admission import allow, full_name, rule_for
from backup_tui.simulator.http.callers import caller_of
from backup_tui.simulator.http.errors import Refusal

TABLE = json.loads((Path(__file__).parents[1] / "data" / "permissions.json").read_text())
ID = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
BROWSING = "9d3e04ba-3ee4-4d1b-a3a7-9aef423a09be"


def jwt(**claims: Any) -> dict[str, str]:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return {"Authorization": f"Bearer e30.{part}.signature"}


def person(*permissions: str, **claims: Any) -> dict[str, str]:
    return jwt(oid=ID, scp=" ".join(["User.Read", *map(full_name, permissions)]), **claims)


def application(*permissions: str, **claims: Any) -> dict[str, str]:
    return jwt(appid="robot", idtyp="app", roles=[full_name(each) for each in permissions], **claims)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]} {row[1]}")
def test_every_operation_asks_for_what_its_page_says(row: Any) -> None:
    method, path, delegated, alone = row
    rule = rule_for(method, "/v1.0/solutions/backupRestore" + path.replace("{id}", ID))
    assert rule is not None
    assert " ".join(rule.delegated) == delegated
    assert " ".join(rule.application) == alone


@pytest.mark.parametrize(
    "path",
    [
        f"/beta/backupRestore/RestoreSessions('{ID}')",
        f"/V1.0/Solutions/BackupRestore/restoreSessions({ID})/",
        f"/v1.0/solutions//backupRestore/restoreSessions/{ID}/activate",
    ],
)
def test_the_form_of_a_path_makes_no_difference(path: str) -> None:
    rule = rule_for("POST", path)
    assert rule is not None
    assert rule.delegated == ("Restore.ReadWrite",)


async def test_a_missing_permission_is_named_with_all_that_would_do(sim: Simulated) -> None:
    answer = await sim.call("GET", "/protectionPolicies", headers=person("Restore.Read", "Search.Read"))
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["code"] == "Forbidden"
    assert "'BackupRestore-Configuration.Read.All, BackupRestore-Configuration.ReadWrite.All'" in error["message"]
    assert "Scopes on the request 'BackupRestore-Restore.Read.All" in error["message"]
    assert (await sim.call("GET", "/restoreSessions", headers=person("Restore.Read"))).status_code == 200


async def test_reading_is_not_changing(sim: Simulated) -> None:
    read, write = person("Restore.Read"), person("Restore.ReadWrite")
    assert (await sim.call("POST", "/exchangeRestoreSessions", json={}, headers=read)).status_code == 403
    made = await sim.call("POST", "/exchangeRestoreSessions", json={}, headers=write)
    assert made.status_code == 201
    path = f"/restoreSessions/{made.json()['id']}"
    assert (await sim.call("DELETE", path, headers=read)).status_code == 403
    assert (await sim.call("GET", path, headers=read)).status_code == 200
    assert (await sim.call("DELETE", path, headers=write)).status_code == 204


async def test_an_application_needs_its_own_kind_of_permission(sim: Simulated) -> None:
    answer = await sim.call("GET", "/restoreSessions", headers=application("Search.Read"))
    assert answer.status_code == 403
    assert "Missing role permissions" in answer.json()["error"]["message"]
    assert (await sim.call("GET", "/restoreSessions", headers=application("Restore.Read"))).status_code == 200


async def test_an_application_without_any_permission_is_told_so(sim: Simulated) -> None:
    answer = await sim.call("GET", "/", headers=jwt(appid="robot", idtyp="app"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AccessDenied")


async def test_a_refused_change_does_nothing(sim: Simulated) -> None:
    policy = sim.service.tenant.policies[0]
    answer = await sim.call("POST", f"/protectionPolicies/{policy.id}/deactivate", headers=person("Configuration.Read"))
    assert answer.status_code == 403
    assert (await sim.get(f"/protectionPolicies/{policy.id}"))["status"] == "active"


def test_only_people_offboard_and_choose_the_controller() -> None:
    for method, path in (
        ("POST", f"/protectionUnits/{ID}/offboard"),
        ("POST", f"/protectionUnits/{ID}/cancelOffboard"),
        ("POST", f"/serviceApps/{ID}/activate"),
        ("PATCH", "/emailNotificationsSetting"),
    ):
        rule = rule_for(method, f"/v1.0/solutions/backupRestore{path}")
        assert rule is not None
        assert rule.application == ()
        assert rule.delegated


async def test_an_unknown_path_stays_a_400_for_whoever_asks(sim: Simulated) -> None:
    assert (await sim.call("GET", "/jobs", headers=person("Control.Read"))).status_code == 400


def test_browsing_asks_for_a_role_too() -> None:
    for method, path in (
        ("GET", "/browseSessions"),
        ("POST", "/sharePointBrowseSessions"),
        ("POST", f"/oneDriveForBusinessBrowseSessions/{ID}/browse"),
        ("GET", f"/sharePointRestoreSessions/{ID}/granularSiteRestoreArtifacts"),
    ):
        rule = rule_for(method, f"/v1.0/solutions/backupRestore{path}")
        assert rule is not None
        assert rule.role == "SharePoint Backup Administrator"


@pytest.mark.parametrize(
    ("roles", "claims", "allowed"),
    [
        (["SharePoint Backup Administrator"], {}, True),
        ([], {}, False),
        ([], {"wids": [BROWSING]}, True),
        (["SharePoint Backup Administrator"], {"wids": []}, False),
    ],
)
def test_the_role_is_the_tokens_or_else_the_directorys(sim: Simulated, roles: Any, claims: Any, allowed: bool) -> None:
    authority = sim.service.authority
    authority.change({"directory_roles": roles})
    caller = caller_of(person("Restore.ReadWrite", **claims)["Authorization"])
    assert caller is not None

    def browse() -> None:
        allow(authority, caller, "GET", "/v1.0/solutions/backupRestore/browseSessions")

    if allowed:
        browse()
    else:
        with pytest.raises(Refusal, match="SharePoint Backup Administrator") as refused:
            browse()
        assert refused.value.status == 403


def test_an_application_needs_no_role(sim: Simulated) -> None:
    sim.service.authority.change({"directory_roles": []})
    caller = caller_of(application("Restore.ReadWrite")["Authorization"])
    assert caller is not None
    allow(sim.service.authority, caller, "GET", "/v1.0/solutions/backupRestore/browseSessions")


@pytest.mark.parametrize("path", ["/browseSessions", "/sharePointBrowseSessions", "/oneDriveForBusinessBrowseSessions"])
async def test_browsing_without_the_role_is_refused_and_names_it(sim: Simulated, path: str) -> None:
    reader = person("Restore.ReadWrite")
    assert (await sim.call("GET", path, headers=reader)).status_code == 200
    sim.service.authority.change({"directory_roles": []})
    answer = await sim.call("GET", path, headers=reader)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Forbidden")
    assert "SharePoint Backup Administrator" in answer.json()["error"]["message"]
    assert (await sim.call("GET", path, headers=application("Restore.ReadWrite"))).status_code == 200
    assert (await sim.call("GET", "/restoreSessions", headers=reader)).status_code == 200


async def test_an_application_does_not_offboard_whatever_it_was_granted(sim: Simulated) -> None:
    unit = sim.units("exchange", 1)[0]
    path = f"/protectionUnits/{unit.id}/offboard"
    answer = await sim.call("POST", path, headers=application("Configuration.ReadWrite"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Forbidden")
    # A person gets as far as the unit itself, which is still protected by a policy.
    assert await sim.refused("POST", path, headers=person("Configuration.ReadWrite")) == (403, "OperationNotAllowed")
