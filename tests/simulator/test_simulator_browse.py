"""Specifies browse sessions: made of express points, read place by place and page by page, gone after three days."""

from __future__ import annotations

from typing import Any

import pytest
from restore_walks import browse, browse_path, browse_session, library, library_key
from simulated import Simulated

from backup_tui.simulator.domain.browse_tree import draw_tree
from backup_tui.simulator.domain.workloads import WorkloadKey

SITES = "/sharePointBrowseSessions"
DRIVES = "/oneDriveForBusinessBrowseSessions"


async def express(sim: Simulated, key: Any, first: Any = 0) -> Any:
    return (await sim.points(sim.units(key, 1, first), tags="fastRestore"))[0]["id"]


@pytest.mark.parametrize(("key", "owner"), [("sharepoint", "siteId"), ("onedrive", "directoryObjectId")])
async def test_a_session_is_created_in_a_while(sim: Simulated, key: WorkloadKey, owner: str) -> None:
    point = await express(sim, key)
    made = await sim.call("POST", browse_path(key), json={"restorePointId": point})
    session = made.json()
    assert (made.status_code, session["status"], session["backupSizeInBytes"]) == (201, "creating", None)
    assert (session["restorePointId"], session[owner]) == (point, sim.units(key, 1)[0].owner)
    assert session["createdDateTime"] == "2026-11-22T12:03:20Z"
    assert session["expirationDateTime"] == "2026-11-25T12:03:18Z"
    path = f"{browse_path(key)}/{session['id']}"
    assert await sim.refused("POST", f"{path}/browse", json={}) == (409, "BrowseSessionNotReady")
    sim.clock.advance(2)
    found = await sim.get(path)
    assert found["status"] == "created"
    assert int(found["backupSizeInBytes"]) > 0


async def test_a_session_of_a_deleted_unit_fails(sim: Simulated) -> None:
    gone = next(unit for unit in sim.service.tenant.units["sharepoint"] if unit.trait == "gone")
    point = (await sim.points([gone], tags="fastRestore"))[0]["id"]
    session = (await sim.call("POST", SITES, json={"restorePointId": point})).json()["id"]
    sim.clock.advance(2)
    found = await sim.get(f"{SITES}/{session}")
    assert (found["status"], found["error"]["code"]) == ("failed", "ArtifactNotFound")
    assert await sim.refused("POST", f"{SITES}/{session}/browse") == (409, "BrowseSessionNotReady")


async def test_only_express_points_of_the_service_can_be_browsed(sim: Simulated) -> None:
    common = next(point["id"] for point in await sim.points(sim.units("sharepoint", 9)) if point["tags"] == "none")
    for wrong in (None, "", 7, "x", common, await express(sim, "onedrive")):
        assert await sim.refused("POST", SITES, json={"restorePointId": wrong}) == (400, "InvalidRestorePoint")
    assert await sim.refused("POST", SITES, json={}) == (400, "InvalidRestorePoint")
    assert await sim.refused("POST", SITES, json={"colour": "red"}) == (400, "BadRequest")


async def test_sessions_are_listed_by_themselves_and_together_until_they_expire(sim: Simulated) -> None:
    site = await browse_session(sim, "sharepoint")
    drive = await browse_session(sim, "onedrive")
    assert [row["id"] for row in (await sim.get("/browseSessions"))["value"]] == [drive, site]
    assert [row["id"] for row in (await sim.get(SITES))["value"]] == [site]
    kinds = [row["@odata.type"] for row in (await sim.get("/browseSessions"))["value"]]
    assert kinds == ["#microsoft.graph.oneDriveForBusinessBrowseSession", "#microsoft.graph.sharePointBrowseSession"]
    assert (await sim.get(f"/browseSessions/{site}"))["id"] == site
    assert await sim.refused("GET", f"{DRIVES}/{site}") == (404, "BrowseSessionNotFound")
    sim.clock.advance(3 * 86400 - 2 * 120 - 3)
    assert (await sim.get(f"{SITES}/{site}"))["status"] == "created"
    sim.clock.advance(1)
    assert await sim.refused("GET", f"{SITES}/{site}") == (404, "BrowseSessionNotFound")
    assert await sim.refused("POST", f"{SITES}/{site}/browse", json={}) == (404, "BrowseSessionNotFound")
    assert [row["id"] for row in (await sim.get("/browseSessions"))["value"]] == [drive]


async def test_a_site_is_read_from_its_top_to_its_files(sim: Simulated) -> None:
    path = f"{SITES}/{await browse_session(sim, 'sharepoint')}"
    tops = await browse(sim, path)
    assert [row["type"] for row in tops] == ["site"] * len(tops)
    assert set(tops[0]) == {"itemKey", "name", "webUrl", "type"}
    _, site, web = sim.units("sharepoint", 1)[0].owner.split(",")
    assert tops[0]["itemKey"] == f"{site},{web}"
    lists = await browse(sim, path, browseLocationItemKey=tops[0]["itemKey"], browseResourceType="site")
    assert {row["type"] for row in lists} == {"documentLibrary"}
    assert lists[0]["itemKey"].startswith(f"{site},{web},")
    rows = await browse(sim, path, browseLocationItemKey=lists[0]["itemKey"], browseResourceType="documentLibrary")
    assert {row["type"] for row in rows} == {"folder", "file"}
    assert lists[0]["itemsCount"] == len(rows)
    assert int(lists[0]["sizeInBytes"]) == sum(int(row["sizeInBytes"]) for row in rows)
    assert all(row["itemKey"].count(",") == 3 for row in rows)
    folder = next(row for row in rows if row["type"] == "folder" and row["itemsCount"])
    inside = await browse(sim, path, browseLocationItemKey=folder["itemKey"], browseResourceType="folder")
    assert len(inside) == folder["itemsCount"]
    assert all(row["webUrl"].startswith(folder["webUrl"] + "/") for row in inside)


async def test_a_drive_begins_with_its_site_as_the_page_shows(sim: Simulated) -> None:
    path = f"{DRIVES}/{await browse_session(sim, 'onedrive')}"
    (top,) = await browse(sim, path)
    unit = sim.units("onedrive", 1)[0]
    assert top == {"itemKey": top["itemKey"], "name": unit.name, "webUrl": unit.url, "type": "site"}
    assert top["itemKey"].count(",") == 1
    (library,) = await browse(sim, path, browseLocationItemKey=top["itemKey"], browseResourceType="site")
    assert (library["type"], library["name"]) == ("documentLibrary", "Documents")
    assert library["webUrl"] == f"{unit.url}/Documents"
    assert library["itemKey"].startswith(f"{top['itemKey']},")


@pytest.mark.parametrize("form", ["link", "encoded", "function", "abstract"])
async def test_later_pages_are_read_with_get_in_each_form(sim: Simulated, form: str) -> None:
    session = await browse_session(sim, "onedrive")
    place = await library_key(sim, "onedrive", session)
    whole = await library(sim, "onedrive", session)
    assert len(whole) > 10
    path = f"/browseSessions/{session}" if form == "abstract" else f"{DRIVES}/{session}"
    first = (await sim.call("POST", f"{path}/browse", json={"browseLocationItemKey": place})).json()
    assert (first["@odata.count"], first["value"]) == (10, whole[:10])
    link = first["@odata.nextLink"]
    assert link.startswith(f"http://simulator.test/v1.0/solutions/backupRestore{path}/browse?$skiptoken=")
    token = link.partition("$skiptoken=")[2]
    address = {
        "encoded": f"{path}/browse?%24skiptoken={token}",
        "function": f"{path}/browse(nextFetchToken='{token}')",
    }.get(form)
    second = await sim.get(address) if address else (await sim.http.get(link)).json()
    assert second["value"] == whole[10:20]
    assert second["@odata.count"] == len(second["value"])


@pytest.mark.parametrize(
    ("order", "key", "down"),
    [("nameAsc", "name", False), ("nameDsc", "name", True), ("pathAsc", "webUrl", False), ("pathDsc", "webUrl", True)],
)
async def test_an_order_holds_over_the_pages(sim: Simulated, order: str, key: str, down: bool) -> None:
    session = await browse_session(sim, "onedrive")
    place = await library_key(sim, "onedrive", session)
    rows = await browse(sim, f"{DRIVES}/{session}", browseLocationItemKey=place, orderBy=order)
    found = [row[key].lower() for row in rows]
    assert found == sorted(found, reverse=down)
    assert len(found) > 10


async def test_a_filter_on_the_name_holds_over_the_pages(sim: Simulated) -> None:
    session = await browse_session(sim, "onedrive")
    place = await library_key(sim, "onedrive", session)
    everything = await library(sim, "onedrive", session)
    rows = await browse(sim, f"{DRIVES}/{session}", browseLocationItemKey=place, filter="(Name -Contains '.DOCX')")
    assert [row["name"] for row in rows] == [row["name"] for row in everything if ".docx" in row["name"]]
    assert 0 < len(rows) < len(everything)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"filter": "size -gt '3'"}, (400, "BadRequest")),
        ({"filter": "(name -contains 'x'"}, (400, "BadRequest")),
        ({"orderBy": "size"}, (400, "BadRequest")),
        ({"browseResourceType": "planet"}, (400, "BadRequest")),
        ({"browseResourceType": "folder"}, (400, "BadRequest")),
        ({"browseLocationItemKey": 7}, (400, "BadRequest")),
        ({"colour": "red"}, (400, "BadRequest")),
        ({"browseLocationItemKey": "x"}, (404, "itemNotFound")),
        ({"browseLocationItemKey": "FILE"}, (400, "BadRequest")),
        ({"browseLocationItemKey": "FOLDER", "browseResourceType": "site"}, (400, "BadRequest")),
    ],
)
async def test_wrong_browses_are_refused(sim: Simulated, body: Any, refusal: Any) -> None:
    session = await browse_session(sim, "onedrive")
    rows = await library(sim, "onedrive", session)
    keys = {kind.upper(): next(row["itemKey"] for row in rows if row["type"] == kind) for kind in ("file", "folder")}
    if "browseLocationItemKey" in body:
        body = body | {"browseLocationItemKey": keys.get(body["browseLocationItemKey"], body["browseLocationItemKey"])}
    assert await sim.refused("POST", f"{DRIVES}/{session}/browse", json=body) == refusal


async def test_garbled_tokens_are_refused(sim: Simulated) -> None:
    session = await browse_session(sim, "onedrive")
    for wrong in ("x", "é", "e30", "bnVsbA", "W10"):
        for path in (f"browse?$skiptoken={wrong}", f"browse(nextFetchToken='{wrong}')"):
            assert await sim.refused("GET", f"{DRIVES}/{session}/{path}") == (400, "BadRequest")
    assert await sim.refused("GET", f"{DRIVES}/{session}/browse") == (400, "BadRequest")


async def test_beta_tells_who_made_what_and_when(sim: Simulated) -> None:
    session = await browse_session(sim, "onedrive")
    path = f"/beta/solutions/backupRestore{DRIVES}/{session}"
    (top,) = await browse(sim, path)
    assert "createdDateTime" not in top
    row = (await browse(sim, path, browseLocationItemKey=await library_key(sim, "onedrive", session)))[0]
    assert row["createdDateTime"] <= row["lastModifiedDateTime"]
    assert row["createdBy"]["user"]["displayName"]


def test_an_item_keeps_its_key_and_is_there_from_its_creation_on(sim: Simulated) -> None:
    unit = sim.units("sharepoint", 1)[0]
    early, late = (
        {node.key: node for top in draw_tree(unit, moment) for node in top.walk()}
        for moment in (int(unit.joined), int(unit.joined + 180 * 86400))
    )
    assert 0 < len(early) < len(late)
    assert set(early) < set(late)
    assert all(node.created <= unit.joined and node.modified <= unit.joined for node in early.values())


def test_drives_and_sites_hold_different_things(sim: Simulated) -> None:
    trees = [draw_tree(unit, int(sim.service.now())) for unit in sim.units("onedrive", 3)]
    assert len({tuple(node.name for node in tree[0].walk()) for tree in trees}) == 3
