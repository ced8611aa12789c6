"""Specifies drafts: made, changed and deleted, in every documented form, and every refusal at its place."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import Simulated

from backup_tui.simulator.settings import Settings

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DRIVES = "/oneDriveForBusinessRestoreSessions"


async def test_a_draft_shows_its_total_and_lists_its_artifacts_without_their_units(sim: Simulated) -> None:
    drives = sim.units("onedrive", 3)
    session = await sim.draft(drives, "new")
    body = await sim.get(f"/restoreSessions/{session}")
    assert body["@odata.type"] == "#microsoft.graph.oneDriveForBusinessRestoreSession"
    assert (body["status"], body["restoreJobType"]) == ("draft", "standard")
    assert body["restoreSessionArtifactCount"] == {"total": 3, "completed": 0, "inProgress": 0, "failed": 0}
    assert body["createdBy"]["user"]["displayName"] == "Adele Vance"
    rows = await sim.listed(session)
    assert [row["status"] for row in rows] == ["added"] * 3
    assert set(rows[0]["restorePoint"]) == {"id", "protectionDateTime", "expirationDateTime"}
    assert all(drive.id not in str(row) and drive.owner not in str(row) for row in rows for drive in drives)
    one = await sim.get(f"{DRIVES}/{session}/driveRestoreArtifacts/{rows[1]['id']}")
    assert one["restorePoint"] == rows[1]["restorePoint"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", None),
        (b"", "application/json"),
        (b"", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b" {} ", "application/json; charset=utf-8"),
        (b"{}", "Application/JSON;odata.metadata=minimal"),
    ],
)
async def test_an_empty_body_makes_an_empty_draft(sim: Simulated, content: bytes, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = await sim.call("POST", "/exchangeRestoreSessions", content=content, headers=headers)
    assert (answer.status_code, answer.json()["restoreSessionArtifactCount"]["total"]) == (201, 0)


async def test_the_forms_of_older_pages_are_taken(sim: Simulated) -> None:
    point = (await sim.points(sim.units("onedrive", 1)))[0]["id"]
    body = {
        "@odata.type": "#microsoft.backupRestore.oneDriveForBusinessRestoreSession",
        "status": "String",
        "createdBy": {"@odata.type": "microsoft.graph.identitySet"},
        "driveRestoreArtifacts": [{"restorePoint": {"@odata.id": point}, "destinationType": "new"}],
    }
    answer = await sim.call("POST", f"/beta/solutions/backupRestore{DRIVES}", json=body)
    assert answer.status_code == 201
    assert answer.json()["status"] == "draft"
    assert answer.json()["restoreSessionArtifactCount"]["total"] == 1


@pytest.mark.parametrize(
    ("entries", "status", "code"),
    [
        (None, 400, "InvalidArtifactRequest"),
        ([], 400, "InvalidArtifactRequest"),
        (["x"], 400, "InvalidArtifactRequest"),
        ([{"restorePoint": {"id": "P0"}}], 400, "InvalidPathType"),
        ([{"restorePoint": {"id": "P0"}, "destinationType": "elsewhere"}], 400, "InvalidPathType"),
        ([{"destinationType": "new"}], 400, "InvalidRestorePoint"),
        ([{"restorePoint": {"id": ""}, "destinationType": "new"}], 400, "InvalidRestorePoint"),
        ([{"restorePoint": {"id": "nonsense"}, "destinationType": "new"}], 400, "InvalidRestorePoint"),
        ([{"restorePoint": {"id": "MAILBOX"}, "destinationType": "new"}], 400, "InvalidRestorePoint"),
        ([{"restorePoint": {"id": "P0"}, "destinationType": "new"}] * 2, 400, "DuplicateArtifactInList"),
        (
            [
                {"restorePoint": {"id": "P0"}, "destinationType": "new"},
                {"restorePoint": {"id": "P1"}, "destinationType": "inPlace"},
            ],
            400,
            "DifferentRestoreDestinationType",
        ),
        ([{"restorePoint": {"id": "P0"}, "destinationType": "new"}] * 51, 413, "RestoreArtifactsLimitBreached"),
    ],
)
async def test_refusals_of_create_and_of_change(sim: Simulated, entries: Any, status: int, code: str) -> None:
    ids = [point["id"] for point in await sim.points(sim.units("onedrive", 2))]
    mailbox = (await sim.points(sim.units("exchange", 1)))[0]["id"]
    for entry in entries or []:
        if isinstance(entry, dict) and "restorePoint" in entry:
            real = {"P0": ids[0], "P1": ids[1], "MAILBOX": mailbox}.get(entry["restorePoint"]["id"])
            entry["restorePoint"]["id"] = real or entry["restorePoint"]["id"]
    assert await sim.refused("POST", DRIVES, json={"driveRestoreArtifacts": entries}) == (status, code)
    assert sim.service.sessions == {}
    draft = (await sim.call("POST", DRIVES, json={})).json()["id"]
    refusal = await sim.refused("PATCH", f"{DRIVES}/{draft}", json={"driveRestoreArtifacts@delta": entries})
    assert refusal == (400, code)
    assert sim.service.sessions[draft].artifacts == []


async def test_what_is_not_a_property_is_refused(sim: Simulated) -> None:
    assert await sim.refused("POST", DRIVES, json={"siteRestoreArtifacts": []}) == (400, "BadRequest")
    wrong = {"@odata.type": "#microsoft.graph.exchangeRestoreSession"}
    assert await sim.refused("POST", DRIVES, json=wrong) == (400, "BadRequest")
    assert await sim.refused("POST", DRIVES, json={"policyId": UNKNOWN}) == (400, "BadRequest")


async def test_a_change_adds_and_removes_and_answers_only_what_was_added(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 3), "new")
    rows = await sim.listed(session)
    added = (await sim.artifacts(sim.units("onedrive", 1, first=6), "new"))[0]
    delta = [added, {"@removed": {"reason": "changed"}, "id": rows[0]["id"]}]
    sim.clock.advance(5)
    answer = await sim.call("PATCH", f"{DRIVES}/{session}", json={"driveRestoreArtifacts@delta": delta})
    assert answer.status_code == 200
    listed = answer.json()["driveRestoreArtifacts@delta"]
    assert [(row["status"], row["restorePoint"]["id"]) for row in listed] == [("added", added["restorePoint"]["id"])]
    after = await sim.listed(session)
    assert [row["id"] for row in after] == [rows[1]["id"], rows[2]["id"], listed[0]["id"]]
    assert (await sim.get(f"/restoreSessions/{session}"))["lastModifiedDateTime"] == "2026-11-22T12:03:25Z"


async def test_a_point_is_exchanged_for_another_of_the_same_unit_in_one_change(sim: Simulated) -> None:
    unit = sim.units("onedrive", 1)
    session = await sim.draft(unit, "new")
    old = (await sim.listed(session))[0]
    other = (await sim.points(unit, end="2026-11-20T00:00:00Z"))[0]["id"]
    delta = [
        {"restorePoint": {"id": other}, "destinationType": "inPlace"},
        {"@removed": {"reason": "deleted"}, "id": old["id"]},
    ]
    answer = await sim.call("PATCH", f"{DRIVES}/{session}", json={"driveRestoreArtifacts@delta": delta})
    assert answer.status_code == 200
    after = await sim.listed(session)
    assert [(row["restorePoint"]["id"], row["destinationType"]) for row in after] == [(other, "inPlace")]


async def test_entries_that_fail_are_told_in_a_200(sim: Simulated) -> None:
    units = sim.units("onedrive", 2)
    session = await sim.draft(units[:1], "new")
    again, fresh = await sim.artifacts(units, "new")
    delta = [{"@removed": {"reason": "changed"}, "id": UNKNOWN}, again, fresh]
    answer = await sim.call("PATCH", f"{DRIVES}/{session}", json={"driveRestoreArtifacts@delta": delta})
    assert answer.status_code == 200
    removal, addition, added = answer.json()["driveRestoreArtifacts@delta"]
    told = removal["@Core.DataModificationException"]
    assert (removal["id"], told["failedOperation"], told["responseCode"]) == (UNKNOWN, "remove", 409)
    assert told["info"]["code"] == "Invalid"
    assert addition["@Core.DataModificationException"]["failedOperation"] == "add"
    assert added["status"] == "added"


async def test_an_addition_must_go_where_the_draft_goes(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 1), "new")
    entry = await sim.artifacts(sim.units("onedrive", 1, first=6), "inPlace")
    refusal = await sim.refused("PATCH", f"{DRIVES}/{session}", json={"driveRestoreArtifacts@delta": entry})
    assert refusal == (400, "DifferentRestoreDestinationType")


async def test_a_change_needs_a_change(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 1), "new")
    body: dict[str, Any]
    for body in ({}, {"status": "active"}, {"mailboxRestoreArtifacts@delta": []}, {"displayName": "x"}):
        assert await sim.refused("PATCH", f"{DRIVES}/{session}", json=body) == (400, "InvalidPatchRequest")


async def test_the_base_path_takes_its_members_and_changes_none(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 1), "new")
    before = await sim.get(f"/restoreSessions/{session}")
    body = {"@odata.type": "#microsoft.graph.restoreSessionBase", "status": "active", "error": None}
    answer = await sim.call("PATCH", f"/beta/solutions/backupRestore/restoreSessions/{session}", json=body)
    assert answer.status_code == 200
    assert {**answer.json(), "@odata.context": ""} == {**before, "@odata.context": ""}
    for wrong in ({}, {"colour": "red"}):
        assert await sim.refused("PATCH", f"/restoreSessions/{session}", json=wrong) == (400, "InvalidPatchRequest")


async def test_a_draft_is_deleted_once(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 1), "new")
    assert (await sim.call("DELETE", f"/restoreSessions/{session}")).status_code == 204
    assert await sim.refused("DELETE", f"/restoreSessions/{session}") == (404, "RestoreSessionNotFound")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/restoreSessions/{}"),
        ("PATCH", "/restoreSessions/{}"),
        ("DELETE", "/restoreSessions/{}"),
        ("POST", "/restoreSessions/{}/activate"),
        ("GET", DRIVES + "/{}"),
        ("PATCH", DRIVES + "/{}"),
        ("GET", DRIVES + "/{}/driveRestoreArtifacts"),
    ],
)
async def test_ids_of_no_session_are_refused(sim: Simulated, method: str, path: str) -> None:
    assert await sim.refused(method, path.format("x")) == (400, "InvalidRestoreSessionId")
    assert await sim.refused(method, path.format(UNKNOWN)) == (404, "RestoreSessionNotFound")


async def test_only_a_draft_can_be_changed_deleted_or_started(sim: Simulated) -> None:
    session = await sim.activated(sim.units("onedrive", 1))
    for method, path, body in [
        ("PATCH", f"{DRIVES}/{session}", {"driveRestoreArtifacts@delta": []}),
        ("PATCH", f"/restoreSessions/{session}", {"status": "draft"}),
        ("DELETE", f"/restoreSessions/{session}", None),
        ("POST", f"/restoreSessions/{session}/activate", None),
    ]:
        assert await sim.refused(method, path, json=body) == (403, "RestoreSessionActionNotAllowed")


async def test_a_session_is_listed_under_its_own_service_only(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 1), "new")
    assert [row["id"] for row in (await sim.get(DRIVES))["value"]] == [session]
    assert (await sim.get("/sharePointRestoreSessions"))["value"] == []
    assert await sim.refused("GET", f"/sharePointRestoreSessions/{session}") == (404, "RestoreSessionNotFound")


async def test_the_unit_behind_a_point_cannot_be_expanded(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 1), "new")
    path = f"{DRIVES}/{session}/driveRestoreArtifacts"
    query = {"$expand": "restorePoint($expand=protectionUnit)"}
    assert await sim.refused("GET", path, params=query) == (400, "BadRequest")
    assert (await sim.get(path, params={"$expand": "restorePoint"}))["value"]


class TestSwitches:
    """The forms that settings switch on."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, expand_units=True, page_forms=True)

    async def test_the_unit_behind_a_point_is_expanded(self, sim: Simulated) -> None:
        drive = sim.units("onedrive", 1)[0]
        session = await sim.draft([drive], "new")
        query = {"$expand": "restorePoint($expand=protectionUnit)"}
        row = (await sim.get(f"{DRIVES}/{session}/driveRestoreArtifacts", params=query))["value"][0]
        assert row["restorePoint"]["protectionUnit"]["id"] == drive.id

    async def test_beta_answers_in_the_forms_of_its_pages(self, sim: Simulated) -> None:
        beta = "/beta/solutions/backupRestore"
        made = await sim.call("POST", f"{beta}{DRIVES}", json={})
        assert made.json()["@odata.type"] == "#microsoft.backupRestore.oneDriveForBusinessRestoreSession"
        session = await sim.draft(sim.units("sharepoint", 1), "new")
        assert (await sim.get(f"/restoreSessions/{session}"))["@odata.type"].endswith("sharepointRestoreSession")
        started = (await sim.call("POST", f"{beta}/restoreSessions/{session}/activate")).json()
        assert started["value"]["@odata.type"] == "#microsoft.graph.restoreSessionBase"
        assert started["value"]["status"] == "activating"
