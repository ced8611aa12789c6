"""Walks through granular restores and bulk additions, from the first search to the last artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backup_tui.simulator.domain.workloads import WorkloadKey

if TYPE_CHECKING:
    from simulated import Simulated

BETA = "/beta/solutions/backupRestore"
LATE = {"Prefer": "include-unknown-enum-members"}
PERIOD = {"startDateTime": "2026-06-01T00:00:00Z", "endDateTime": "2026-11-22T12:00:00Z"}


def browse_path(key: str) -> str:
    return "/sharePointBrowseSessions" if key == "sharepoint" else "/oneDriveForBusinessBrowseSessions"


async def search_mail(sim: Simulated, expression: str, first: int = 0, **more: Any) -> dict[str, Any]:
    """Search one mailbox and return the answer."""
    body = {
        "protectionUnitIds": [sim.units("exchange", 1, first)[0].id],
        "protectionTimePeriod": PERIOD,
        "artifactQuery": {"queryExpression": expression, "artifactType": "message"},
        **more,
    }
    answer = await sim.call("POST", "/restorePoints/search", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def mail_entry(sim: Simulated, expression: str = "(HasAttachment -eq 'true')", first: int = 0) -> dict[str, Any]:
    """Search one mailbox and return the entry that restores what was found."""
    found = await search_mail(sim, expression, first)
    return {
        "restorePoint": {"id": found["searchResults"][0]["restorePoint"]["id"]},
        "destinationType": "new",
        "searchResponseId": found["searchResponseId"],
    }


async def browse_session(sim: Simulated, key: WorkloadKey, first: int = 0) -> str:
    """Make a browse session and wait until it can be used."""
    point = (await sim.points(sim.units(key, 1, first), tags="fastRestore"))[0]
    made = await sim.call("POST", browse_path(key), json={"restorePointId": point["id"]})
    assert made.status_code == 201, made.text
    assert made.json()["status"] == "creating"
    sim.clock.advance(120)
    identifier: str = made.json()["id"]
    return identifier


async def browse(sim: Simulated, path: str, **body: str) -> list[dict[str, Any]]:
    """Browse one place to its last page."""
    answer = await sim.call("POST", f"{path}/browse", json=body)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    rows: list[dict[str, Any]] = page["value"]
    while "@odata.nextLink" in page:
        page = (await sim.http.get(page["@odata.nextLink"])).json()
        rows += page["value"]
    return rows


async def library_key(sim: Simulated, key: WorkloadKey, session: str) -> str:
    """Return the item key of the first library of a browse session."""
    path = f"{browse_path(key)}/{session}"
    site = (await browse(sim, path))[0]["itemKey"]
    found: str = (await browse(sim, path, browseLocationItemKey=site, browseResourceType="site"))[0]["itemKey"]
    return found


async def library(sim: Simulated, key: WorkloadKey, session: str) -> list[dict[str, Any]]:
    """Return the rows of the first library of a browse session."""
    place = await library_key(sim, key, session)
    return await browse(sim, f"{browse_path(key)}/{session}", browseLocationItemKey=place)


async def file_entries(sim: Simulated, key: WorkloadKey, count: int, first: int = 0) -> list[dict[str, str]]:
    """Return entries that restore the first items of a library."""
    session = await browse_session(sim, key, first)
    return [{"browseSessionId": session, "id": row["itemKey"]} for row in (await library(sim, key, session))[:count]]


def check_granular_delta(body: dict[str, Any], name: str) -> None:
    """The answer of an update with granular artifacts: page sharepointrestoresession-update, example 3."""
    assert set(body) == {"@odata.context", "@context", "id", name}
    owner = "siteId" if "Site" in name else "directoryObjectId"
    for row in body[name]:
        if "@removed" in row:
            assert row == {"@removed": {"reason": "changed"}, "id": row["id"]}
        elif "@Core.DataModificationException" not in row:
            assert (row[owner], row["status"], row["startDateTime"]) == (None, "added", "0001-01-01T00:00:00Z")
            assert (row["webUrl"], row["restoredItemPath"]) == ("", "")


async def run_out(sim: Simulated, session: str, lists: list[str]) -> dict[str, Any]:
    """Activate a session and look at its lists until it has ended."""
    answer = await sim.call("POST", f"/restoreSessions/{session}/activate")
    assert answer.status_code == 200, answer.text
    while sim.service.sessions[session].running(sim.service.now()):
        for path in lists:
            await sim.get(path)
        sim.clock.advance(5)
    for path in lists:
        await sim.get(path)
    return await sim.get(f"/restoreSessions/{session}", headers=LATE)


async def walk_mails(sim: Simulated) -> None:
    body = {"granularMailboxRestoreArtifacts": [await mail_entry(sim)]}
    made = (await sim.call("POST", "/exchangeRestoreSessions", json=body)).json()
    path = f"/exchangeRestoreSessions/{made['id']}/granularMailboxRestoreArtifacts"
    assert (await run_out(sim, made["id"], [path]))["status"] == "completed"
    row = (await sim.get(path))["value"][0]
    await sim.get(f"{path}/{row['id']}")
    await sim.get(f"{path}/{row['id']}/restorePoint")


async def walk_files(sim: Simulated, key: WorkloadKey) -> None:
    gone = next(unit for unit in sim.service.tenant.units[key] if unit.trait == "gone" and unit.policy)
    point = (await sim.points([gone], tags="fastRestore"))[0]
    await sim.call("POST", browse_path(key), json={"restorePointId": point["id"]})
    entries = await file_entries(sim, key, 3)
    browsed = entries[0]["browseSessionId"]
    for path in ("/browseSessions", browse_path(key)):
        await sim.get(path)
        await sim.get(f"{path}/{browsed}")
        await sim.call("POST", f"{path}/{browsed}/browse")
        await sim.get(f"{path}/{browsed}/browse(nextFetchToken='')")
        key_of_list = entries[0]["id"].rpartition(",")[0]
        page = await sim.call("POST", f"{path}/{browsed}/browse", json={"browseLocationItemKey": key_of_list})
        token = page.json()["@odata.nextLink"].partition("$skiptoken=")[2]
        await sim.get(f"{path}/{browsed}/browse?%24skiptoken={token}")
    workload = sim.units(key, 1)[0].workload
    body = {workload.granular_artifacts: entries[:2]}
    session = (await sim.call("POST", f"/{workload.sessions}", json=body)).json()["id"]
    delta = [entries[2], entries[1], {"@removed": {"reason": "changed"}, "id": entries[0]["id"]}]
    change = {f"{workload.granular_artifacts}@delta": delta}
    assert (await sim.call("PATCH", f"/{workload.sessions}/{session}", json=change)).status_code == 200
    path = f"/{workload.sessions}/{session}/{workload.granular_artifacts}"
    assert (await run_out(sim, session, [path]))["status"] == "completed"
    await sim.get(f"{path}/{(await sim.get(path))['value'][0]['id']}")


async def walk_bulk(sim: Simulated, key: WorkloadKey) -> None:
    workload = sim.units(key, 1)[0].workload
    lists = {"exchange": "mailboxes", "onedrive": "drives", "sharepoint": "siteWebUrls"}
    for wrong in ([], ["https://contoso.sharepoint.com/none" if key == "sharepoint" else "nobody@contoso.com"]):
        names = [unit.url if key == "sharepoint" else unit.address for unit in sim.units(key, 3)]
        session = (await sim.call("POST", f"/{workload.sessions}", json={})).json()["id"]
        path = f"/{workload.sessions}/{session}/{workload.artifacts}"
        body = {
            "displayName": "b",
            "protectionTimePeriod": PERIOD,
            "destinationType": "inPlace",
            "tags": "none",
            "restorePointPreference": "latest",
            lists[key]: names + wrong,
        }
        made = await sim.call("POST", f"{path}BulkAdditionRequests", json=body)
        assert made.status_code == 201, made.text
        request = f"{path}BulkAdditionRequests/{made.json()['id']}"
        await run_out(sim, session, [path, f"{path}BulkAdditionRequests", request])
        assert (await sim.call("DELETE", request)).status_code == 204
