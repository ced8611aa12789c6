"""Specifies bulk additions: names taken as they are, looked up at the activation, and told one by one when missing."""

from __future__ import annotations

from typing import Any

import pytest
from restore_walks import run_out
from simulated import Simulated

from backup_tui.simulator.settings import Settings

NOBODY = "00000000-0000-4000-8000-000000000000"
PERIOD = {"startDateTime": "2026-10-01T00:00:00Z", "endDateTime": "2026-11-22T12:00:00+00:00"}
BODY = {
    "displayName": "before the flood",
    "protectionTimePeriod": PERIOD,
    "destinationType": "inPlace",
    "tags": "none",
    "restorePointPreference": "latest",
}
SERVICES = [
    ("exchange", "/exchangeRestoreSessions", "mailboxRestoreArtifacts", "mailboxes", "directoryObjectIds"),
    ("onedrive", "/oneDriveForBusinessRestoreSessions", "driveRestoreArtifacts", "drives", "directoryObjectIds"),
    ("sharepoint", "/sharePointRestoreSessions", "siteRestoreArtifacts", "siteWebUrls", "siteIds"),
]
MAILS = "/exchangeRestoreSessions"


async def empty(sim: Simulated, sessions: Any = MAILS) -> Any:
    identifier: str = (await sim.call("POST", sessions, json={})).json()["id"]
    return identifier


def requests(session: Any, sessions: Any = MAILS, artifacts: Any = "mailboxRestoreArtifacts") -> Any:
    return f"{sessions}/{session}/{artifacts}BulkAdditionRequests"


@pytest.mark.parametrize(("key", "sessions", "artifacts", "names", "ids"), SERVICES)
async def test_names_become_artifacts_when_the_session_is_activated(
    sim: Simulated, key: Any, sessions: Any, artifacts: Any, names: Any, ids: Any
) -> None:
    first, second, third = sim.units(key, 3)
    session = await empty(sim, sessions)
    given = [(unit.url if key == "sharepoint" else unit.address).upper() for unit in (first, second)]
    body = BODY | {names: given, ids: [third.owner, first.owner]}
    made = await sim.call("POST", requests(session, sessions, artifacts), json=body)
    assert made.status_code == 201
    shown = made.json()
    assert shown["@odata.type"] == f"#microsoft.graph.{artifacts}BulkAdditionRequest"
    assert (shown["status"], shown["displayName"], shown["error"]) == ("active", "before the flood", None)
    assert (shown[names], shown[ids], shown["protectionTimePeriod"]) == ([], [], PERIOD)
    path = f"{requests(session, sessions, artifacts)}/{shown['id']}"
    sim.clock.advance(7 * 86400)
    assert (await sim.get(path))["status"] == "active"
    assert (await sim.get(f"{sessions}/{session}"))["restoreJobType"] == "bulk"
    listed = (await sim.get(requests(session, sessions, artifacts)))["value"]
    assert [row["id"] for row in listed] == [shown["id"]]
    assert not {names, ids} & set(listed[0])

    await sim.call("POST", f"/restoreSessions/{session}/activate")
    state = await sim.get(f"/restoreSessions/{session}")
    assert (state["status"], state["restoreSessionArtifactCount"]["total"]) == ("activating", 0)
    assert (await sim.get(f"{sessions}/{session}/{artifacts}"))["value"] == []
    assert (await sim.get(path))["status"] == "active"
    sim.clock.advance(10)
    assert (await sim.get(path))["status"] == "completed"
    assert (await sim.get(f"/restoreSessions/{session}"))["restoreSessionArtifactCount"]["total"] == 3
    ended = await sim.finished(session)
    assert ended["status"] in ("completed", "completedWithError")
    rows = (await sim.get(f"{sessions}/{session}/{artifacts}"))["value"]
    assert len(rows) == 3
    assert {row["restorePoint"]["protectionDateTime"][:10] for row in rows} <= {"2026-11-22", "2026-11-21"}


@pytest.mark.parametrize(("key", "sessions", "artifacts", "names", "ids"), SERVICES)
async def test_names_that_nothing_has_are_told_and_the_others_run(
    sim: Simulated, key: Any, sessions: Any, artifacts: Any, names: Any, ids: Any
) -> None:
    unit = sim.units(key, 1)[0]
    known = unit.url if key == "sharepoint" else unit.address
    missing = "https://contoso.sharepoint.com/sites/none" if key == "sharepoint" else "nobody@contoso.com"
    unknown = f"contoso.sharepoint.com,{NOBODY},{NOBODY}" if key == "sharepoint" else NOBODY
    session = await empty(sim, sessions)
    made = await sim.call(
        "POST", requests(session, sessions, artifacts), json=BODY | {names: [known, missing], ids: [unknown]}
    )
    await run_out(sim, session, [])
    request = await sim.get(f"{requests(session, sessions, artifacts)}/{made.json()['id']}")
    assert (request["status"], request["error"]["code"]) == ("completedWithErrors", "BulkRestoreArtifactsNotFound")
    details = request["error"]["details"]
    assert [each["target"] for each in details] == [missing, unknown]
    assert details[0]["code"] == ("SiteUrlNotFound" if key == "sharepoint" else "UserEmailNotFound")
    assert len((await sim.get(f"{sessions}/{session}/{artifacts}"))["value"]) == 1


async def test_a_unit_without_a_point_in_the_period_is_told(sim: Simulated) -> None:
    session = await empty(sim)
    early = {"startDateTime": "2024-01-01T00:00:00Z", "endDateTime": "2024-02-01T00:00:00Z"}
    body = BODY | {"protectionTimePeriod": early, "directoryObjectIds": [sim.units("exchange", 1)[0].owner]}
    made = await sim.call("POST", requests(session), json=body)
    ended = await run_out(sim, session, [])
    assert (ended["status"], ended["error"]["code"]) == ("failed", "BulkRestoreArtifactsNotFound")
    request = await sim.get(f"{requests(session)}/{made.json()['id']}")
    assert [each["code"] for each in request["error"]["details"]] == ["RestorePointNotFound"]


async def test_express_points_and_the_oldest_ones_can_be_asked_for(sim: Simulated) -> None:
    sessions, artifacts = SERVICES[1][1:3]
    unit = sim.units("onedrive", 1)[0]
    session = await empty(sim, sessions)
    body = BODY | {"tags": "fastRestore", "restorePointPreference": "oldest", "drives": [unit.address]}
    await sim.call("POST", requests(session, sessions, artifacts), json=body)
    await sim.call("POST", f"/restoreSessions/{session}/activate")
    added = sim.service.sessions[session].artifacts[0]
    assert added.express
    search = {"protectionUnitIds": [unit.id], "protectionTimePeriod": PERIOD, "tags": "fastRestore"}
    answer = await sim.call("POST", "/restorePoints/search", json=search | {"restorePointPreference": "oldest"})
    assert added.point_id == answer.json()["searchResults"][0]["restorePoint"]["id"]


async def test_the_same_account_named_twice_is_restored_once(sim: Simulated) -> None:
    unit = sim.units("exchange", 1)[0]
    session = await empty(sim)
    await sim.call(
        "POST", requests(session), json=BODY | {"mailboxes": [unit.address], "directoryObjectIds": [unit.owner]}
    )
    await sim.call("POST", f"/restoreSessions/{session}/activate")
    assert len(sim.service.sessions[session].artifacts) == 1


NAMED = BODY | {"mailboxes": ["adele.vance@contoso.com"]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (BODY, "BulkRestoreInvalidCreateRequest"),
        ({}, "BulkRestoreInvalidCreateRequest"),
        (BODY | {"mailboxes": []}, "BulkRestoreInvalidCreateRequest"),
        (BODY | {"mailboxes": "adele.vance@contoso.com"}, "BulkRestoreInvalidCreateRequest"),
        (BODY | {"siteWebUrls": ["https://contoso.sharepoint.com"]}, "BulkRestoreInvalidCreateRequest"),
        (BODY | {"directoryObjectIds": ["adele"]}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"protectionUnitIds": [NOBODY]}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"destinationType": None}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"destinationType": "elsewhere"}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"tags": "slow"}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"restorePointPreference": "best"}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"protectionTimePeriod": None}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"protectionTimePeriod": {"startDateTime": "soon"}}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"displayName": 7}, "BulkRestoreInvalidCreateRequest"),
        (NAMED | {"colour": "red"}, "BulkRestoreInvalidCreateRequest"),
        (BODY | {"mailboxes": ["adele"]}, "BulkRestoreInvalidCreateRequestUserEmail"),
        (BODY | {"mailboxes": ["a@contoso.com"] * 10_001}, "BulkRestoreRestorationResourcesCountExceedsLimit"),
        (
            BODY | {"mailboxes": ["a@contoso.com"] * 5_001, "directoryObjectIds": [NOBODY] * 5_000},
            "BulkRestoreRestorationResourcesCountExceedsLimit",
        ),
    ],
)
async def test_requests_that_are_wrong_are_refused(sim: Simulated, body: Any, code: str) -> None:
    session = await empty(sim)
    assert await sim.refused("POST", requests(session), json=body) == (400, code)
    assert sim.service.sessions[session].bulk is None


@pytest.mark.parametrize("url", ["finance", "ftp://contoso.com/x", "https://", "https://a b/c", "https://[/"])
async def test_addresses_of_no_site_are_refused(sim: Simulated, url: str) -> None:
    sessions, artifacts = SERVICES[2][1:3]
    session = await empty(sim, sessions)
    refusal = await sim.refused("POST", requests(session, sessions, artifacts), json=BODY | {"siteWebUrls": [url]})
    assert refusal == (400, "BulkRestoreInvalidCreateRequestSiteUrl")


async def test_ten_thousand_names_are_taken(sim: Simulated) -> None:
    session = await empty(sim)
    names = [f"user{number}@contoso.com" for number in range(9_999)] + ["adele.vance@contoso.com"]
    assert (await sim.call("POST", requests(session), json=BODY | {"mailboxes": names})).status_code == 201
    ended = await run_out(sim, session, [])
    assert ended["restoreSessionArtifactCount"]["total"] == 1


async def test_one_request_per_session_and_nothing_beside_it(sim: Simulated) -> None:
    session = await empty(sim)
    await sim.call("POST", requests(session), json=NAMED)
    assert await sim.refused("POST", requests(session), json=NAMED) == (400, "BulkRestoreInvalidCreateRequest")
    delta = {"mailboxRestoreArtifacts@delta": await sim.artifacts(sim.units("exchange", 1))}
    assert await sim.refused("PATCH", f"{MAILS}/{session}", json=delta) == (400, "InvalidPatchRequest")
    by_hand = await sim.draft(sim.units("exchange", 1))
    assert await sim.refused("POST", requests(by_hand), json=NAMED) == (400, "BulkRestoreInvalidCreateRequest")


async def test_only_a_draft_takes_a_request(sim: Simulated) -> None:
    session = await sim.activated(sim.units("exchange", 1))
    assert await sim.refused("POST", requests(session), json=NAMED) == (403, "RestoreSessionActionNotAllowed")


async def test_a_request_is_deleted_only_when_it_is_through(sim: Simulated) -> None:
    session = await empty(sim)
    made = (await sim.call("POST", requests(session), json=NAMED)).json()
    path = f"{requests(session)}/{made['id']}"
    assert await sim.refused("DELETE", path) == (403, "InvalidStateForBulkRequestDeletion")
    await run_out(sim, session, [])
    assert (await sim.call("DELETE", path)).status_code == 204
    for method in ("GET", "DELETE"):
        assert await sim.refused(method, path) == (404, "BulkRestoreArtifactsNotFound")
    assert (await sim.get(requests(session)))["value"] == []
    assert len(await sim.listed(session)) == 1
    assert (await sim.get(f"/restoreSessions/{session}"))["restoreJobType"] == "bulk"


async def test_ids_of_no_request_are_refused(sim: Simulated) -> None:
    session = await empty(sim)
    path = requests(session)
    assert await sim.refused("POST", requests("x"), json=NAMED) == (400, "InvalidBulkRestoreArtifactId")
    assert await sim.refused("POST", requests(NOBODY), json=NAMED) == (404, "RestoreSessionNotFound")
    assert await sim.refused("GET", requests("x")) == (400, "InvalidRestoreSessionId")
    for method in ("GET", "DELETE"):
        assert await sim.refused(method, f"{path}/x") == (400, "InvalidBulkRestoreArtifactId")
        assert await sim.refused(method, f"{path}/{NOBODY}") == (404, "BulkRestoreArtifactsNotFound")


async def test_a_draft_with_a_request_can_be_deleted(sim: Simulated) -> None:
    session = await empty(sim)
    await sim.call("POST", requests(session), json=NAMED)
    assert (await sim.call("DELETE", f"/restoreSessions/{session}")).status_code == 204


class TestFormsOfThePages:
    """The page of one request shows it inside ``value``."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, page_forms=True)

    async def test_one_request_comes_in_a_list(self, sim: Simulated) -> None:
        session = await empty(sim)
        made = (await sim.call("POST", requests(session), json=NAMED)).json()
        shown = await sim.get(f"{requests(session)}/{made['id']}")
        assert [row["id"] for row in shown["value"]] == [made["id"]]
