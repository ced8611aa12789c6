"""Specifies granular restores: mails that a search found, files and folders of a browse."""

from __future__ import annotations

from typing import Any

import pytest
from restore_walks import LATE, file_entries, mail_entry, run_out, search_mail
from simulated import Simulated

from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.settings import Settings

MAILS = "/exchangeRestoreSessions"
SITES = "/sharePointRestoreSessions"
DRIVES = "/oneDriveForBusinessRestoreSessions"
BETA = "/beta/solutions/backupRestore"


async def made(sim: Simulated, path: Any, body: Any) -> Any:
    answer = await sim.call("POST", path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestMails:
    """Granular mailbox artifacts."""

    async def test_what_was_found_is_restored_to_a_folder(self, sim: Simulated) -> None:
        entry = await mail_entry(sim)
        hits = sim.service.searches[entry["searchResponseId"]].hits
        session = await made(sim, MAILS, {"granularMailboxRestoreArtifacts": [entry]})
        echoed = session["granularMailboxRestoreArtifacts"]
        assert [(row["status"], row["searchResponseId"]) for row in echoed] == [("added", entry["searchResponseId"])]
        path = f"{MAILS}/{session['id']}"
        assert (await sim.get(path, headers=LATE))["restoreJobType"] == "granular"
        assert (await sim.get(path))["restoreJobType"] == "unknownFutureValue"
        ended = await run_out(sim, session["id"], [])
        assert (ended["status"], ended["restoreSessionArtifactCount"]["completed"]) == ("completed", 1)
        row = (await sim.get(f"{path}/granularMailboxRestoreArtifacts"))["value"][0]
        assert (row["artifactCount"], row["restoredItemCount"], row["status"]) == (hits, hits, "succeeded")
        assert row["restoredFolderName"].startswith("Recovered Items 2026-11-22")
        assert (await sim.get(f"{path}/mailboxRestoreArtifacts"))["value"] == []

    async def test_it_takes_minutes_not_hours(self, sim: Simulated) -> None:
        session = await made(sim, MAILS, {"granularMailboxRestoreArtifacts": [await mail_entry(sim)]})
        await sim.call("POST", f"/restoreSessions/{session['id']}/activate")
        run = sim.service.sessions[session["id"]].artifacts[0].run
        assert run is not None
        assert 60 < (run.end - sim.service.now()) * sim.service.settings.speed < 15 * 60

    async def test_two_searches_of_one_mailbox_can_stand_side_by_side(self, sim: Simulated) -> None:
        entries = [await mail_entry(sim), await mail_entry(sim, "(MessageKind -eq 'Email')")]
        session = await made(sim, MAILS, {"granularMailboxRestoreArtifacts": entries})
        assert session["restoreSessionArtifactCount"]["total"] == 2
        twice = {"granularMailboxRestoreArtifacts": [entries[0]] * 2}
        assert await sim.refused("POST", MAILS, json=twice) == (400, "DuplicateArtifactInList")

    async def test_the_search_must_be_known_and_of_the_same_point(self, sim: Simulated) -> None:
        entry, other = await mail_entry(sim), await mail_entry(sim, first=1)
        for wrong in (
            {"searchResponseId": None},
            {"searchResponseId": ""},
            {"searchResponseId": "00000000-0000-4000-8000-000000000000"},
            {"searchResponseId": other["searchResponseId"]},
        ):
            body = {"granularMailboxRestoreArtifacts": [entry | wrong]}
            assert await sim.refused("POST", MAILS, json=body) == (400, "InvalidArtifactRequest")
        for wrong, code in (
            ({"destinationType": None}, "InvalidPathType"),
            ({"restorePoint": {"id": "x"}}, "InvalidRestorePoint"),
        ):
            body = {"granularMailboxRestoreArtifacts": [entry | wrong]}
            assert await sim.refused("POST", MAILS, json=body) == (400, code)

    async def test_a_search_without_hits_cannot_be_restored(self, sim: Simulated) -> None:
        found = await search_mail(sim, "(Subject -like 'word0') -and (Subject -like 'word1') -and (Subject -like 'x')")
        assert found["searchResults"] == []
        point = (await sim.points(sim.units("exchange", 1)))[0]
        entry = {"restorePoint": {"id": point["id"]}, "destinationType": "new"}
        body = {"granularMailboxRestoreArtifacts": [entry | {"searchResponseId": found["searchResponseId"]}]}
        assert await sim.refused("POST", MAILS, json=body) == (400, "InvalidArtifactRequest")

    async def test_no_page_shows_an_update_of_them(self, sim: Simulated) -> None:
        session = await made(sim, MAILS, {"granularMailboxRestoreArtifacts": [await mail_entry(sim)]})
        body = {"granularMailboxRestoreArtifacts@delta": [await mail_entry(sim, first=1)]}
        refusal = await sim.refused("PATCH", f"{MAILS}/{session['id']}", json=body)
        assert refusal == (400, "InvalidPatchRequest")


class TestFiles:
    """Granular drive and site artifacts."""

    @pytest.mark.parametrize(("key", "path"), [("sharepoint", SITES), ("onedrive", DRIVES)])
    async def test_items_have_placeholders_until_they_run_and_then_real_values(
        self, sim: Simulated, key: WorkloadKey, path: Any
    ) -> None:
        workload = sim.units(key, 1)[0].workload
        entries = await file_entries(sim, key, 3)
        session = await made(sim, path, {workload.granular_artifacts: entries})
        assert not [name for name in session if "Artifacts" in name]
        listed = f"{path}/{session['id']}/{workload.granular_artifacts}"
        owner = "siteId" if key == "sharepoint" else "directoryObjectId"
        for row in (await sim.get(listed))["value"]:
            assert row["status"] == "added"
            assert {row[name] for name in ("restorePointDateTime", "startDateTime", "completionDateTime")} == {
                "0001-01-01T00:00:00Z"
            }
            texts = ("webUrl", "restoredItemKey", "restoredItemPath", "restoredItemWebUrl")
            assert {row[name] for name in texts} == {""}
            assert row[owner] == sim.units(key, 1)[0].owner
            assert not {"error", "destinationType", "restorePoint"} & set(row)
        await run_out(sim, session["id"], [])
        rows = (await sim.get(listed))["value"]
        assert [row["id"] for row in rows] == [entry["id"] for entry in entries]
        assert {row["status"] for row in rows} == {"succeeded"}
        assert len({row["restoredItemPath"].rpartition("/")[0] for row in rows}) == 1
        assert all(row["startDateTime"] < row["completionDateTime"] for row in rows)
        assert all(row["restoredItemKey"] != row["id"] and row["webUrl"].startswith("https") for row in rows)
        assert (await sim.get(f"{path}/{session['id']}/{workload.artifacts}"))["value"] == []

    @pytest.mark.parametrize(
        ("key", "path", "name", "context"),
        [
            ("sharepoint", SITES, "id", "http://simulator.test/v1.0/$metadata"),
            ("onedrive", DRIVES, "itemKey", "#$delta"),
        ],
    )
    async def test_an_update_adds_and_tells_what_was_removed(
        self, sim: Simulated, key: WorkloadKey, path: Any, name: str, context: str
    ) -> None:
        workload = sim.units(key, 1)[0].workload
        collection = workload.granular_artifacts
        entries = await file_entries(sim, key, 3)
        session = (await made(sim, path, {collection: entries[:2]}))["id"]
        third = {"browseSessionId": entries[2]["browseSessionId"], name: entries[2]["id"]}
        removal = {"@removed": {"reason": "changed"}, "id": entries[0]["id"]}
        unknown = {"@removed": {"reason": "changed"}, "id": "nothing"}
        body = {f"{collection}@delta": [third, removal, entries[1], unknown]}
        answer = (await sim.call("PATCH", f"{path}/{session}", json=body)).json()
        assert answer["@context"].startswith(context)
        assert answer["id"] == session
        added, removed, twice, missing = answer[f"{collection}@delta"]
        assert (added["id"], added["status"], added["browseSessionId"]) == (
            entries[2]["id"],
            "added",
            entries[2]["browseSessionId"],
        )
        assert added["siteId" if key == "sharepoint" else "directoryObjectId"] is None
        assert removed == removal
        for row, operation in ((twice, "add"), (missing, "remove")):
            told = row["@Core.DataModificationException"]
            assert (told["failedOperation"], told["responseCode"], told["info"]["code"]) == (operation, 409, "Invalid")
        rows = (await sim.get(f"{path}/{session}/{collection}"))["value"]
        assert [row["id"] for row in rows] == [entries[1]["id"], entries[2]["id"]]

    async def test_entries_that_are_wrong_are_refused(self, sim: Simulated) -> None:
        entry = (await file_entries(sim, "sharepoint", 1))[0]
        site = entry["id"].rpartition(",")[0].rpartition(",")[0]
        refusals: list[tuple[dict[str, str | None], int, str]] = [
            ({"browseSessionId": "x"}, 404, "BrowseSessionNotFound"),
            ({"browseSessionId": None}, 400, "InvalidArtifactRequest"),
            ({"id": "x"}, 400, "InvalidArtifactRequest"),
            ({"id": site}, 400, "InvalidArtifactRequest"),
            ({"id": None}, 400, "InvalidArtifactRequest"),
            ({"id": None, "itemKey": entry["id"]}, 400, "InvalidArtifactRequest"),
            ({"destinationType": "new"}, 400, "InvalidArtifactRequest"),
        ]
        for wrong, status, code in refusals:
            body = {"granularSiteRestoreArtifacts": [entry | wrong]}
            assert await sim.refused("POST", SITES, json=body) == (status, code), wrong
        both = {"granularSiteRestoreArtifacts": [entry] * 2}
        assert await sim.refused("POST", SITES, json=both) == (400, "DuplicateArtifactInList")
        many = {"granularSiteRestoreArtifacts": [entry] * 51}
        assert await sim.refused("POST", SITES, json=many) == (413, "RestoreArtifactsLimitBreached")

    async def test_item_key_is_the_name_of_the_drive_update_alone(self, sim: Simulated) -> None:
        entry = (await file_entries(sim, "onedrive", 1))[0]
        renamed = {"browseSessionId": entry["browseSessionId"], "itemKey": entry["id"]}
        body = {"granularDriveRestoreArtifacts": [renamed]}
        assert await sim.refused("POST", DRIVES, json=body) == (400, "InvalidArtifactRequest")
        session = (await made(sim, DRIVES, {}))["id"]
        for delta in ([renamed | {"id": entry["id"]}], [{"@removed": {}, "id": entry["id"]}], [renamed], [entry]):
            change = {"granularDriveRestoreArtifacts@delta": delta}
            assert (await sim.call("PATCH", f"{DRIVES}/{session}", json=change)).status_code == 200
        other = [renamed | {"id": "another"}]
        refusal = await sim.refused("PATCH", f"{DRIVES}/{session}", json={"granularDriveRestoreArtifacts@delta": other})
        assert refusal == (400, "InvalidArtifactRequest")

    async def test_full_and_granular_cannot_be_mixed(self, sim: Simulated) -> None:
        granular = await file_entries(sim, "onedrive", 2)
        full = await sim.artifacts(sim.units("onedrive", 1), "new")
        body = {"granularDriveRestoreArtifacts": granular, "driveRestoreArtifacts": full}
        assert await sim.refused("POST", DRIVES, json=body) == (400, "InvalidArtifactRequest")
        session = (await made(sim, DRIVES, {"driveRestoreArtifacts": full}))["id"]
        for change in (
            {"granularDriveRestoreArtifacts@delta": granular},
            {"granularDriveRestoreArtifacts@delta": granular, "driveRestoreArtifacts@delta": full},
        ):
            refusal = await sim.refused("PATCH", f"{DRIVES}/{session}", json=change)
            assert refusal == (400, "InvalidArtifactRequest")
        rows = await sim.listed(session)
        removal = [{"@removed": {"reason": "changed"}, "id": rows[0]["id"]}]
        await sim.call("PATCH", f"{DRIVES}/{session}", json={"driveRestoreArtifacts@delta": removal})
        change = {"granularDriveRestoreArtifacts@delta": granular}
        assert (await sim.call("PATCH", f"{DRIVES}/{session}", json=change)).status_code == 200
        assert (await sim.get(f"{DRIVES}/{session}", headers=LATE))["restoreJobType"] == "granular"

    async def test_files_of_an_expired_browse_are_not_restored(self, sim: Simulated) -> None:
        entries = await file_entries(sim, "onedrive", 1)
        session = (await made(sim, DRIVES, {"granularDriveRestoreArtifacts": entries}))["id"]
        sim.clock.advance(3 * 86400)
        body = {"granularDriveRestoreArtifacts": entries}
        assert await sim.refused("POST", DRIVES, json=body) == (404, "BrowseSessionNotFound")
        ended = await run_out(sim, session, [])
        assert (ended["status"], ended["error"]["code"]) == ("failed", "ArtifactNotFound")
        path = f"{BETA}{DRIVES}/{session}/granularDriveRestoreArtifacts"
        row = (await sim.get(path))["value"][0]
        assert (row["status"], row["error"]["code"]) == ("failed", "ArtifactNotFound")

    async def test_beta_says_where_to(self, sim: Simulated) -> None:
        entries = await file_entries(sim, "onedrive", 2)
        mixed = [entries[0] | {"destinationType": "new"}, entries[1] | {"destinationType": "inPlace"}]
        path = f"{BETA}{DRIVES}"
        body = {"granularDriveRestoreArtifacts": mixed}
        assert await sim.refused("POST", path, json=body) == (400, "DifferentRestoreDestinationType")
        body = {"granularDriveRestoreArtifacts": [entries[0] | {"destinationType": "elsewhere"}]}
        assert await sim.refused("POST", path, json=body) == (400, "InvalidPathType")
        body = {"granularDriveRestoreArtifacts": [entries[0] | {"destinationType": "inPlace"}]}
        session = (await made(sim, path, body))["id"]
        listed = f"{DRIVES}/{session}/granularDriveRestoreArtifacts"
        row = (await sim.get(f"{BETA}{listed}"))["value"][0]
        assert (row["destinationType"], row["error"]) == ("inPlace", None)
        assert "destinationType" not in (await sim.get(listed))["value"][0]


async def test_beta_holds_a_session_to_its_policy(sim: Simulated) -> None:
    drive = sim.units("onedrive", 1)[0]
    assert drive.policy is not None
    entries = await sim.artifacts([drive], "new")
    body = {"driveRestoreArtifacts": entries, "policyId": drive.policy.id}
    session = await made(sim, f"{BETA}{DRIVES}", body)
    assert session["policyId"] == drive.policy.id
    assert "policyId" not in await sim.get(f"/restoreSessions/{session['id']}")
    outside = next(unit for unit in sim.service.tenant.units["onedrive"] if unit.policy is None)
    strange = await sim.artifacts([outside], "new")
    change = {"driveRestoreArtifacts@delta": strange}
    refusal = await sim.refused("PATCH", f"{BETA}{DRIVES}/{session['id']}", json=change)
    assert refusal == (400, "InvalidArtifactRequest")
    other = next(policy for policy in sim.service.tenant.policies if policy.workload is not drive.workload)
    for wrong, wanted in [
        ("x", (400, "InvalidPolicyId")),
        (7, (400, "InvalidPolicyId")),
        (other.id, (404, "PolicyNotFound")),
    ]:
        assert await sim.refused("POST", f"{BETA}{DRIVES}", json={"policyId": wrong}) == wanted


class TestFormsOfThePages:
    """What the pages' examples show instead, by switch."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, page_forms=True)

    async def test_mails_are_echoed_in_the_singular_as_a_standard_job(self, sim: Simulated) -> None:
        session = await made(sim, MAILS, {"granularMailboxRestoreArtifacts": [await mail_entry(sim)]})
        assert len(session["granularMailboxRestoreArtifact"]) == 1
        assert session["restoreJobType"] == "standard"

    async def test_files_wait_with_a_status_that_is_none(self, sim: Simulated) -> None:
        entries = await file_entries(sim, "onedrive", 1)
        session = await made(sim, DRIVES, {"granularDriveRestoreArtifacts": entries})
        path = f"{DRIVES}/{session['id']}/granularDriveRestoreArtifacts"
        assert (await sim.get(path))["value"][0]["status"] == "unknown"
