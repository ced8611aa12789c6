"""Specifies what happens after an activation: states, counts, results, failures and limits."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from simulated import Simulated

from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.settings import Settings

LATE = {"Prefer": "return=minimal;q=1, INCLUDE-unknown-enum-members"}


async def test_a_mailbox_passes_every_state_in_order(sim: Simulated) -> None:
    session = await sim.activated(sim.units("exchange", 1), "new")
    sessions, artifacts, times = [], [], []
    for _ in range(180):
        body = await sim.get(f"/restoreSessions/{session}")
        row = (await sim.listed(session))[0]
        sessions.append(body["status"])
        artifacts.append(row["status"])
        times.append(body["lastModifiedDateTime"])
        counts = body["restoreSessionArtifactCount"]
        assert counts["total"] == counts["completed"] + counts["inProgress"] + counts["failed"] == 1
        assert (row["startDateTime"] is not None) == (row["status"] in ("inProgress", "succeeded"))
        assert (row["completionDateTime"] is not None) == (row["status"] == "succeeded")
        assert (body["completedDateTime"] is not None) == (body["status"] == "completed")
        sim.clock.advance(1)
    assert list(dict.fromkeys(sessions)) == ["activating", "active", "completed"]
    assert list(dict.fromkeys(artifacts)) == ["scheduling", "scheduled", "inProgress", "succeeded"]
    assert 100 <= artifacts.index("succeeded") <= 150  # two hours, sixty times faster
    assert 2 <= artifacts.index("inProgress") <= 10
    assert times == sorted(times)
    assert len(set(times)) == 4  # it changes with each state of its artifact, and only then


async def test_a_mailbox_to_a_new_location_names_its_folder(sim: Simulated) -> None:
    session = await sim.activated(sim.units("exchange", 1), "new")
    assert (await sim.finished(session))["status"] == "completed"
    row = (await sim.listed(session))[0]
    assert row["restoredFolderName"].startswith("Recovered Items 2026-11-22, 12:03")
    assert row["restoredFolderId"]
    assert row["restoredItemCount"] > 0


async def test_a_mailbox_that_did_not_change_gets_nothing_back_and_no_folder(sim: Simulated) -> None:
    unchanged = [unit for unit in sim.service.tenant.units["exchange"] if unit.unchanged and unit.trait == "sound"]
    session = await sim.activated(unchanged[:1], "new")
    assert (await sim.finished(session))["status"] == "completed"
    row = (await sim.listed(session))[0]
    assert (row["restoredItemCount"], row["restoredFolderName"], row["restoredFolderId"]) == (0, None, None)


async def test_a_site_in_place_keeps_its_address_and_a_new_one_is_known_late(sim: Simulated) -> None:
    site = sim.units("sharepoint", 1)
    session = await sim.activated(site)
    await sim.finished(session)
    row = (await sim.listed(session))[0]
    assert (row["restoredSiteWebUrl"], row["restoredSiteId"]) == (site[0].url, site[0].owner)
    for suffix in ("R0", "R1"):
        session = await sim.activated(site, "new")
        found = sim.service.sessions[session].artifacts[0]
        assert found.run is not None
        sim.clock.advance(found.run.end - sim.service.now() + 0.001)
        row = (await sim.listed(session))[0]
        assert (row["status"], row["restoredSiteWebUrl"]) == ("succeeded", None)
        sim.clock.advance(15)  # 15 minutes, sixty times faster
        row = (await sim.listed(session))[0]
        assert row["restoredSiteWebUrl"] == f"{site[0].url}{suffix}"
        assert row["restoredSiteId"] != site[0].owner


@pytest.mark.parametrize(
    ("key", "trait", "destination", "code"),
    [
        ("exchange", "gone", "new", "ArtifactNotFound"),
        ("exchange", "held", "new", "ArtifactCannotBeRestored"),
        ("onedrive", "held", "inPlace", "ArtifactCannotBeRestored"),
        ("onedrive", "held", "new", "ArtifactCannotBeRestored"),
        ("onedrive", "clipped", "inPlace", "InvalidRestoreTime"),
        ("sharepoint", "held", "inPlace", "ArtifactCannotBeRestored"),
        ("sharepoint", "gone", "new", "ArtifactNotFound"),
        ("onedrive", "flaky", "inPlace", "UnknownError"),
    ],
)
async def test_a_unit_fails_by_its_nature(
    sim: Simulated, key: WorkloadKey, trait: str, destination: str, code: str
) -> None:
    unit = next(unit for unit in sim.service.tenant.units[key] if unit.trait == trait)
    session = await sim.activated([unit], destination)
    assert (await sim.finished(session))["status"] == "failed"
    assert (await sim.get(f"/restoreSessions/{session}"))["status"] == "unknownFutureValue"
    assert (await sim.get(f"/restoreSessions/{session}", headers=LATE))["status"] == "failed"
    row = (await sim.listed(session))[0]
    assert (row["status"], row["error"]["code"]) == ("failed", code)


async def test_a_held_site_can_go_to_a_new_location_and_a_provider_fault_passes(sim: Simulated) -> None:
    held = next(unit for unit in sim.service.tenant.units["sharepoint"] if unit.trait == "held")
    assert (await sim.finished(await sim.activated([held], "new")))["status"] == "completed"
    flaky = next(unit for unit in sim.service.tenant.units["onedrive"] if unit.trait == "flaky")
    assert (await sim.finished(await sim.activated([flaky])))["status"] == "failed"
    assert (await sim.finished(await sim.activated([flaky])))["status"] == "completed"


async def test_the_same_unit_twice_at_once_fails_the_second_time(sim: Simulated) -> None:
    first = await sim.activated(sim.units("onedrive", 1))
    second = await sim.activated(sim.units("onedrive", 2))
    assert (await sim.finished(second))["status"] == "completedWithError"
    assert [row["error"] and row["error"]["code"] for row in await sim.listed(second)] == [
        "DuplicateArtifactRestoreRequest",
        None,
    ]
    await sim.finished(first)
    assert (await sim.finished(await sim.activated(sim.units("onedrive", 1))))["status"] == "completed"


async def test_a_large_session_moves_all_the_way_and_fails_in_part(sim: Simulated) -> None:
    drives = [
        unit for unit in sim.service.tenant.units["onedrive"] if unit.policy and unit.joined < sim.service.now() - 86400
    ]
    session = await sim.activated(drives)
    counts = []
    while sim.service.sessions[session].running(sim.service.now()):
        counts.append((await sim.get(f"/restoreSessions/{session}"))["restoreSessionArtifactCount"])
        sim.clock.advance(5)
    assert all(sum(c.values()) - c["total"] == c["total"] == len(drives) for c in counts)
    done = [c["completed"] + c["failed"] for c in counts]
    assert done == sorted(done)
    assert len(set(done)) > 15
    final = await sim.get(f"/restoreSessions/{session}")
    assert final["status"] == "completedWithError"
    failed = final["restoreSessionArtifactCount"]["failed"]
    assert final["error"]["message"] == f"{failed} of {len(drives)} restore artifacts failed."
    assert 0.02 < failed / len(drives) < 0.08
    assert len({row["error"]["code"] for row in await sim.listed(session) if row["error"]}) == 4


async def test_the_same_seed_and_calls_give_the_same_restore(sim: Simulated, another: Simulated) -> None:
    found = []
    for each in (sim, another):
        session = await each.activated(each.units("sharepoint", 5), "new")
        await each.finished(session)
        found.append(await each.listed(session))
    assert found[0] == found[1]


async def test_the_twenty_sixth_active_session_is_refused_until_one_has_ended(sim: Simulated) -> None:
    for index in range(25):
        await sim.activated(sim.units("exchange", 1, first=index))
    last = await sim.draft(sim.units("exchange", 1, first=25))
    path = f"/restoreSessions/{last}/activate"
    assert await sim.refused("POST", path) == (500, "TooManyActiveRestoreSessions")
    assert (await sim.get(f"/restoreSessions/{last}"))["status"] == "draft"
    sim.clock.advance(3600)
    assert (await sim.call("POST", path)).status_code == 200


async def test_activation_takes_any_body_and_needs_artifacts(sim: Simulated) -> None:
    session = await sim.draft(sim.units("exchange", 1))
    answer = await sim.call(
        "POST", f"/restoreSessions/{session}/activate", content=b"not json", headers={"Content-Type": "text/plain"}
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "activating")
    assert answer.json()["restoreSessionArtifactCount"]["inProgress"] == 1
    empty = (await sim.call("POST", "/exchangeRestoreSessions", json={})).json()["id"]
    refusal = await sim.refused("POST", f"/restoreSessions/{empty}/activate")
    assert refusal == (403, "RestoreSessionActionNotAllowed")


class TestQueue:
    """With room for three artifacts of a service at once."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, parallel_limit=3)

    async def test_what_has_no_place_waits_as_scheduled(self, sim: Simulated) -> None:
        one = await sim.activated(sim.units("exchange", 5))
        two = await sim.activated(sim.units("exchange", 5, first=5))
        sites = await sim.activated(sim.units("sharepoint", 2))
        sim.clock.advance(60)
        states = Counter(row["status"] for row in [*await sim.listed(one), *await sim.listed(two)])
        assert states == {"inProgress": 3, "scheduled": 7}
        assert {row["status"] for row in await sim.listed(sites)} <= {"inProgress", "succeeded"}
        most = 0
        while sim.service.sessions[two].running(sim.service.now()):
            rows = [*await sim.listed(one), *await sim.listed(two)]
            most = max(most, sum(row["status"] == "inProgress" for row in rows))
            sim.clock.advance(20)
        assert most == 3
        assert (await sim.finished(one))["status"] == "completed"


class TestFast:
    """At an hour a second."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, speed=3600)

    async def test_fifty_units_end_within_seconds(self, sim: Simulated) -> None:
        session = await sim.activated(sim.units("exchange", 16))
        sim.clock.advance(4)
        assert (await sim.get(f"/restoreSessions/{session}"))["status"] == "completed"


async def test_the_books_count_how_often_each_unit_was_restored(sim: Simulated) -> None:
    units = [unit for unit in sim.units("onedrive", 60) if unit.trait == "sound" and unit.policy is not None][:4]
    session = await sim.activated(units[:3])
    await sim.draft(units[3:])

    counts = await sim.finished(session)
    books = (await sim.http.get("/_simulator/books")).json()

    done = counts["restoreSessionArtifactCount"]
    told = [books["units"][unit.id] for unit in units]
    assert [one["activated"] for one in told] == [1, 1, 1, 0]
    assert [one["drafted"] for one in told] == [0, 0, 0, 1]
    assert sum(one["succeeded"] for one in told) == done["completed"]
    assert sum(one["failed"] for one in told) == done["failed"]
    assert sum(books["sessions"].values()) == 2
