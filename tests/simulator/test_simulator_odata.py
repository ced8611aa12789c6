"""Specifies how tolerant the service is of the ways in which clients write the same request, and where it is not."""

from __future__ import annotations

from typing import Any

import pytest
from restore_walks import file_entries
from simulated import Simulated

CASTS = [
    "microsoft.graph.mailboxProtectionUnit",
    "graph.mailboxProtectionUnit",
    "Microsoft.Graph.MailboxProtectionUnit",
]


@pytest.mark.parametrize("cast", CASTS)
async def test_casts_are_read_in_both_spellings_and_any_case(sim: Simulated, cast: Any) -> None:
    rows = (await sim.get(f"/protectionUnits/{cast}"))["value"]
    assert {row["@odata.type"] for row in rows} == {"#microsoft.graph.mailboxProtectionUnit"}
    assert (await sim.get(f"/protectionUnits/{rows[0]['id']}/{cast}"))["id"] == rows[0]["id"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/solutions/backupRestore/sharepointRestoreSessions/{}",
        "/v1.0/Solutions/BackupRestore/SHAREPOINTRESTORESESSIONS/{}",
        "/V1.0/solutions/backuprestore/sharePointRestoreSessions('{}')",
        "/beta/backupRestore/RestoreSessions/{}/",
        "/v1.0/solutions/backupRestore/restoreSessions(%27{}%27)",
    ],
)
async def test_paths_are_read_in_any_case_and_with_keys_in_both_forms(sim: Simulated, path: str) -> None:
    session = await sim.draft(sim.units("sharepoint", 1))
    answer = await sim.http.get(path.format(session))
    assert (answer.status_code, answer.json()["id"]) == (200, session)


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-20T10:10:00Z",
        "2026-11-20T10:10:00%2B00:00",
        "2026-11-20T10:10:00+00:00",
        "2026-11-20T12:10:00.0%2B02:00",
    ],
)
@pytest.mark.parametrize("dollar", ["$", "%24", ""])
async def test_times_and_options_are_read_in_every_form(sim: Simulated, time: str, dollar: str) -> None:
    unit = sim.units("sharepoint", 1)[0].id
    query = f"{dollar}expand=protectionUnit($filter=id eq '{unit}')&{dollar}filter=protectionDateTime lt {time}"
    answer = await sim.http.get(f"/v1.0/solutions/backupRestore/restorePoints?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["value"][0]["protectionDateTime"] == "2026-11-20T10:00:00Z"


async def test_times_in_bodies_are_read_with_any_offset(sim: Simulated) -> None:
    unit = sim.units("sharepoint", 1)[0].id
    found = set()
    for end in ("2026-11-20T10:15:00Z", "2026-11-20T10:15:00+00:00", "2026-11-20T12:15:00.000000+02:00"):
        body = {"protectionUnitIds": [unit], "protectionTimePeriod": {"endDateTime": end}}
        answer = (await sim.call("POST", "/restorePoints/search", json=body)).json()
        found.add(answer["searchResults"][0]["restorePoint"]["protectionDateTime"])
    assert found == {"2026-11-20T10:10:00Z"}


@pytest.mark.parametrize("kind", [None, "application/json", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("path", ["/restoreSessions/{}/activate", "/exchangeRestoreSessions"])
async def test_an_empty_post_needs_no_content_type(sim: Simulated, kind: str | None, path: str) -> None:
    session = await sim.draft(sim.units("exchange", 1))
    headers = {} if kind is None else {"Content-Type": kind}
    answer = await sim.call("POST", path.format(session), headers=headers)
    assert answer.status_code in (200, 201)


async def test_a_body_must_be_json_without_comments_and_say_so(sim: Simulated) -> None:
    for content, kind in (
        (b'{"@odata.type": "#microsoft.graph.exchangeRestoreSession"}', "text/plain"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"{// a remark\n}", "application/json"),
        (b"[]", "application/json"),
    ):
        refusal = await sim.refused("POST", "/exchangeRestoreSessions", content=content, headers={"Content-Type": kind})
        assert refusal == (400, "BadRequest")


async def test_select_works_on_one_thing_and_on_lists(sim: Simulated) -> None:
    session = await sim.draft(sim.units("exchange", 1))
    one = await sim.get(f"/restoreSessions/{session}", params={"$select": "Status,restoreJobType"})
    assert set(one) == {"@odata.context", "@odata.type", "id", "status", "restoreJobType"}
    row = (await sim.get("/restoreSessions", params={"select": "status"}))["value"][0]
    assert set(row) == {"@odata.type", "id", "status"}
    assert set((await sim.get("/restoreSessions", params={"$select": "*"}))["value"][0]) > {"createdBy"}


async def test_top_bounds_a_page_and_may_be_nothing(sim: Simulated) -> None:
    assert len((await sim.get("/protectionUnits", params={"$top": "3"}))["value"]) == 3
    none = await sim.get("/protectionUnits", params={"$top": "0", "$count": "true"})
    assert (none["value"], none["@odata.count"]) == ([], 300)
    assert "@odata.nextLink" not in none
    unit = sim.units("sharepoint", 1)[0].id
    query = {
        "$expand": f"protectionUnit($filter=id eq '{unit}')",
        "$filter": "protectionDateTime lt 2026-11-20T10:10:00Z",
        "$top": "2",
        "$select": "id",
        "$count": "true",
    }
    rows = (await sim.get("/restorePoints", params=query))["value"]
    assert [set(row) for row in rows] == [{"id"}, {"id"}]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/restoreSessions", "$search=x"),
        ("/restoreSessions", "$apply=aggregate(x)"),
        ("/restoreSessions", "$top=1&$top=2"),
        ("/restoreSessions", "$top=1&top=2"),
        ("/restoreSessions", "$expand=mailboxRestoreArtifacts"),
        ("/restoreSessions", "$count=maybe"),
        ("/restoreSessions", "$select=,"),
        ("/restoreSessions", "$select=id,colour"),
        ("/restoreSessions", "$filter=colour eq 'red'"),
        ("/restoreSessions", "$filter=contains(colour,'red') or status eq 'draft'"),
        ("/restoreSessions", "$orderby=colour desc"),
        ("/restoreSessions/{draft}", "$select=colour"),
        ("/protectionUnits", "$expand=policy"),
        ("/restoreSessions/{draft}", "$expand=mailboxRestoreArtifacts"),
        ("/restoreSessions/{draft}", "$filter=status eq 'draft'"),
        ("/exchangeRestoreSessions/{draft}", "$top=1"),
        ("/exchangeRestoreSessions/{draft}/mailboxRestoreArtifacts", "$expand=restorePoint($expand=protectionUnit)"),
        ("/exchangeRestoreSessions/{draft}/granularMailboxRestoreArtifacts", "$filter=status eq 'added'"),
        ("/exchangeRestoreSessions/{draft}/granularMailboxRestoreArtifacts", "$orderby=status"),
        ("/", "$expand=restoreSessions"),
    ],
)
async def test_options_that_are_not_supported_are_refused(sim: Simulated, path: str, query: str) -> None:
    draft = await sim.draft(sim.units("exchange", 1))
    assert await sim.refused("GET", f"{path.format(draft=draft)}?{query}") == (400, "BadRequest")


async def test_options_of_a_client_itself_are_left_alone(sim: Simulated) -> None:
    assert (await sim.call("GET", "/restoreSessions?ocp-trace=1&%24count=false&$format=json")).status_code == 200


async def test_lists_without_options_page_all_the_same(sim: Simulated) -> None:
    sim.service.settings = sim.service.settings.__class__(history=False, page_size=2)
    entries = await file_entries(sim, "onedrive", 5)
    made = await sim.call(
        "POST", "/oneDriveForBusinessRestoreSessions", json={"granularDriveRestoreArtifacts": entries}
    )
    path = f"/oneDriveForBusinessRestoreSessions/{made.json()['id']}/granularDriveRestoreArtifacts"
    body = await sim.get(path)
    rows = body["value"]
    while "@odata.nextLink" in body:
        body = (await sim.http.get(body["@odata.nextLink"])).json()
        rows += body["value"]
    assert [row["id"] for row in rows] == [entry["id"] for entry in entries]


@pytest.mark.parametrize(
    ("told", "scheme"), [("https", "https"), ("HTTPS", "https"), ("gopher", "http"), (None, "http")]
)
async def test_links_name_the_scheme_that_the_caller_used(sim: Simulated, told: str | None, scheme: str) -> None:
    headers = {} if told is None else {"X-Forwarded-Proto": told}
    body = await sim.get("/protectionUnits", params={"$top": "1"}, headers=headers)
    assert body["@odata.nextLink"].startswith(f"{scheme}://simulator.test/v1.0/")
