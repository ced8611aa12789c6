"""Specifies which form the service sends where the pages contradict each other: one test for each row about restoring.

The numbers are those of the table "Contradictions and advice" of the contract; the older form has a switch where an
example shows it.
"""

from __future__ import annotations

from typing import Any

import pytest
from restore_walks import PERIOD, file_entries, mail_entry, run_out
from simulated import Simulated

from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.settings import Settings

MAILS = "/exchangeRestoreSessions"
SITES = "/sharePointRestoreSessions"
DRIVES = "/oneDriveForBusinessRestoreSessions"


async def created(sim: Simulated, path: Any, body: Any) -> Any:
    answer = await sim.call("POST", path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_row_1_a_new_session_is_a_draft(sim: Simulated) -> None:
    key: WorkloadKey
    for path, key in ((MAILS, "exchange"), (DRIVES, "onedrive"), (SITES, "sharepoint")):
        workload = sim.units(key, 1)[0].workload
        body = {workload.artifacts: await sim.artifacts(sim.units(key, 1))}
        assert (await created(sim, path, body))["status"] == "draft"


async def test_row_2_types_are_written_as_in_the_metadata(sim: Simulated) -> None:
    assert (await created(sim, SITES, {}))["@odata.type"] == "#microsoft.graph.sharePointRestoreSession"


async def test_row_3_granular_mails_are_echoed_in_the_plural(sim: Simulated) -> None:
    session = await created(sim, MAILS, {"granularMailboxRestoreArtifacts": [await mail_entry(sim)]})
    assert session["restoreSessionArtifactCount"]["total"] == len(session["granularMailboxRestoreArtifacts"]) == 1
    assert "granularMailboxRestoreArtifact" not in session


async def test_row_4_one_bulk_request_is_the_bare_entity(sim: Simulated) -> None:
    session = (await created(sim, MAILS, {}))["id"]
    body = {"mailboxes": ["a@contoso.com"], "protectionTimePeriod": PERIOD, "destinationType": "new"}
    path = f"{MAILS}/{session}/mailboxRestoreArtifactsBulkAdditionRequests"
    made = await created(sim, path, body)
    shown = await sim.get(f"{path}/{made['id']}")
    assert (shown["id"], "value" in shown) == (made["id"], False)


async def test_row_9_too_many_artifacts_is_413_on_create_and_400_on_patch(sim: Simulated) -> None:
    entries = (await sim.artifacts(sim.units("onedrive", 1))) * 51
    code = "RestoreArtifactsLimitBreached"
    assert await sim.refused("POST", DRIVES, json={"driveRestoreArtifacts": entries}) == (413, code)
    session = (await created(sim, DRIVES, {}))["id"]
    delta = {"driveRestoreArtifacts@delta": entries}
    assert await sim.refused("PATCH", f"{DRIVES}/{session}", json=delta) == (400, code)


async def test_row_10_too_many_active_sessions_is_a_500_and_passes(sim: Simulated) -> None:
    sessions = [await sim.draft([unit]) for unit in sim.units("onedrive", 26)]
    for session in sessions[:25]:
        assert (await sim.call("POST", f"/restoreSessions/{session}/activate")).status_code == 200
    path = f"/restoreSessions/{sessions[25]}/activate"
    assert await sim.refused("POST", path) == (500, "TooManyActiveRestoreSessions")
    await sim.finished(sessions[0])
    assert (await sim.call("POST", path)).status_code == 200


async def test_row_11_a_search_gives_one_point_for_each_unit(sim: Simulated) -> None:
    units = sim.units("exchange", 20)
    found = await sim.points(units)
    assert [point["protectionUnit"]["id"] for point in found] == [unit.id for unit in units]


async def test_row_12_an_empty_body_makes_a_draft_and_an_empty_list_does_not(sim: Simulated) -> None:
    assert (await created(sim, DRIVES, {}))["restoreSessionArtifactCount"]["total"] == 0
    empties: list[dict[str, Any]] = [{"driveRestoreArtifacts": []}, {"granularDriveRestoreArtifacts": []}]
    for empty in empties:
        assert await sim.refused("POST", DRIVES, json=empty) == (400, "InvalidArtifactRequest")


@pytest.mark.parametrize(
    "form",
    [
        lambda point: {"id": point},
        lambda point: {"@odata.id": point},
        lambda point: {"@odata.id": f"https://graph.microsoft.com/v1.0/solutions/backupRestore/restorePoints/{point}"},
    ],
)
async def test_row_13_a_point_is_named_by_id_or_by_reference(sim: Simulated, form: Any) -> None:
    point = (await sim.points(sim.units("onedrive", 1)))[0]["id"]
    entry = {"restorePoint": form(point), "destinationType": "new"}
    session = await created(sim, DRIVES, {"driveRestoreArtifacts": [entry]})
    assert [row["restorePoint"]["id"] for row in await sim.listed(session["id"])] == [point]


@pytest.mark.parametrize("name", ["id", "itemKey"])
async def test_row_14_an_item_is_named_by_either_and_answered_as_id(sim: Simulated, name: str) -> None:
    entry = (await file_entries(sim, "onedrive", 1))[0]
    session = (await created(sim, DRIVES, {}))["id"]
    delta = {"granularDriveRestoreArtifacts@delta": [{"browseSessionId": entry["browseSessionId"], name: entry["id"]}]}
    answer = (await sim.call("PATCH", f"{DRIVES}/{session}", json=delta)).json()
    added = answer["granularDriveRestoreArtifacts@delta"][0]
    assert (added["id"], "itemKey" in added) == (entry["id"], False)


async def test_row_15_removals_are_told_for_granular_artifacts_only(sim: Simulated) -> None:
    full = await sim.draft(sim.units("onedrive", 2), "new")
    removal = {"@removed": {"reason": "changed"}, "id": (await sim.listed(full))[0]["id"]}
    answer = await sim.call("PATCH", f"{DRIVES}/{full}", json={"driveRestoreArtifacts@delta": [removal]})
    assert answer.json()["driveRestoreArtifacts@delta"] == []
    entries = await file_entries(sim, "onedrive", 2)
    granular = (await created(sim, DRIVES, {"granularDriveRestoreArtifacts": entries}))["id"]
    removal = {"@removed": {"reason": "changed"}, "id": entries[0]["id"]}
    answer = await sim.call("PATCH", f"{DRIVES}/{granular}", json={"granularDriveRestoreArtifacts@delta": [removal]})
    assert answer.json()["granularDriveRestoreArtifacts@delta"] == [removal]


async def test_row_16_next_links_are_absolute_and_on_the_same_collection(sim: Simulated) -> None:
    path = "/v1.0/solutions/backupRestore/driveProtectionUnits"
    query = {"$top": "2"}
    link = (await sim.get(path, params=query))["@odata.nextLink"]
    assert link.startswith(f"http://simulator.test{path}?")
    sim.service.faults.add("relativeLink")
    assert (await sim.get(path, params=query))["@odata.nextLink"].startswith("/solutions/backupRestore/")


async def test_row_20_granular_items_are_added_and_then_have_real_values(sim: Simulated) -> None:
    entries = await file_entries(sim, "sharepoint", 1)
    session = (await created(sim, SITES, {"granularSiteRestoreArtifacts": entries}))["id"]
    path = f"{SITES}/{session}/granularSiteRestoreArtifacts"
    row = (await sim.get(path))["value"][0]
    assert (row["status"], row["startDateTime"], row["webUrl"]) == ("added", "0001-01-01T00:00:00Z", "")
    await run_out(sim, session, [])
    row = (await sim.get(path))["value"][0]
    assert (row["status"], row["startDateTime"][:10]) == ("succeeded", "2026-11-22")
    assert all(row[name] for name in ("webUrl", "restoredItemKey", "restoredItemPath", "restoredItemWebUrl"))


@pytest.mark.parametrize("path", ["/sharePointBrowseSessions", "/browseSessions"])
@pytest.mark.parametrize("options", [{}, {"json": {}}])
async def test_row_21_browsing_needs_no_body_and_either_path(sim: Simulated, path: str, options: Any) -> None:
    session = (await file_entries(sim, "sharepoint", 1))[0]["browseSessionId"]
    answer = await sim.call("POST", f"{path}/{session}/browse", **options)
    assert [row["type"] for row in answer.json()["value"]][:1] == ["site"]


async def test_row_22_remarks_in_a_body_are_refused(sim: Simulated) -> None:
    content = b'{"mailboxRestoreArtifacts": [ // those of Adele\n ]}'
    headers = {"Content-Type": "application/json"}
    assert await sim.refused("POST", MAILS, content=content, headers=headers) == (400, "BadRequest")


async def test_row_23_people_are_named_by_id(sim: Simulated) -> None:
    session = await created(sim, MAILS, {})
    assert set(session["createdBy"]["user"]) >= {"id", "displayName"}
    assert "identity" not in session["createdBy"]["user"]


async def test_row_26_a_session_ends_with_error_and_a_request_with_errors(sim: Simulated) -> None:
    units = [*sim.units("onedrive", 1), next(u for u in sim.service.tenant.units["onedrive"] if u.trait == "gone")]
    assert (await sim.finished(await sim.activated(units)))["status"] == "completedWithError"
    session = (await created(sim, DRIVES, {}))["id"]
    body = {"drives": ["nobody@contoso.com"], "protectionTimePeriod": PERIOD, "destinationType": "new"}
    path = f"{DRIVES}/{session}/driveRestoreArtifactsBulkAdditionRequests"
    request = await created(sim, path, body)
    await run_out(sim, session, [])
    assert (await sim.get(f"{path}/{request['id']}"))["status"] == "completedWithErrors"


async def test_row_27_removing_takes_an_artifact_away_and_never_the_session(sim: Simulated) -> None:
    session = await sim.draft(sim.units("exchange", 1), "new")
    removal = {"@removed": {"reason": "deleted"}, "id": (await sim.listed(session))[0]["id"]}
    delta = {"mailboxRestoreArtifacts@delta": [removal]}
    assert (await sim.call("PATCH", f"{MAILS}/{session}", json=delta)).status_code == 200
    assert (await sim.get(f"/restoreSessions/{session}"))["status"] == "draft"
    assert await sim.listed(session) == []


class TestSwitched:
    """The forms of the pages' examples."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, page_forms=True)

    async def test_row_2_the_site_session_has_a_small_p(self, sim: Simulated) -> None:
        assert (await created(sim, SITES, {}))["@odata.type"] == "#microsoft.graph.sharepointRestoreSession"

    async def test_row_3_granular_mails_are_echoed_in_the_singular(self, sim: Simulated) -> None:
        session = await created(sim, MAILS, {"granularMailboxRestoreArtifacts": [await mail_entry(sim)]})
        assert len(session["granularMailboxRestoreArtifact"]) == 1
        assert session["restoreJobType"] == "standard"
