"""Specifies misbehaviour on command: what is done and what is answered, by code and over HTTP."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

import pytest
from simulated import Simulated

from backup_tui.simulator.control.faults import Act, ConnectionDropped
from backup_tui.simulator.settings import Settings


@pytest.fixture
def settings() -> Any:
    return Settings(history=False, page_size=10)


MAKE = ("POST", "/exchangeRestoreSessions")


async def test_a_refusal_leaves_everything_undone_and_strikes_the_calls_it_is_for(sim: Simulated) -> None:
    sim.service.faults.add("refuse", method="post", path="/exchangeRestore", after=1, status=503, retry_after=7)
    answers = [await sim.call(*MAKE, json={}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 503, 201]
    assert answers[1].headers["Retry-After"] == "7"
    assert answers[1].headers["request-id"]
    assert len(sim.service.sessions) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_lost_answer_is_to_something_that_was_done(sim: Simulated, status: int) -> None:
    sim.service.faults.add("lose", path="/exchangeRestoreSessions", status=status, code="")
    answer = await sim.call(*MAKE, json={})
    assert (answer.status_code, answer.content) == (status, b"")
    assert len(sim.service.sessions) == 1


@pytest.mark.parametrize("act", ["drop", "cut"])
async def test_a_dropped_connection_comes_after_the_deed(sim: Simulated, act: Act) -> None:
    sim.service.faults.add(act, method="POST")
    with pytest.raises(ConnectionDropped):
        await sim.call(*MAKE, json={})
    assert len(sim.service.sessions) == 1


async def test_html_truncated_json_and_an_expired_token(sim: Simulated) -> None:
    faults = sim.service.faults
    faults.add("html", status=200)
    answer = await sim.call("GET", "/restoreSessions")
    assert answer.headers["content-type"].startswith("text/html")
    faults.add("truncate")
    answer = await sim.call("GET", "/protectionPolicies")
    assert answer.status_code == 200
    with pytest.raises(JSONDecodeError):
        answer.json()
    faults.add("expired")
    assert await sim.refused("GET", "/") == (401, "InvalidAuthenticationToken")
    assert (await sim.call("GET", "/")).status_code == 200


async def test_throttling_is_strict(sim: Simulated) -> None:
    sim.service.faults.add("throttle", path="/protectionPolicies", retry_after=30)
    answer = await sim.call("GET", "/protectionPolicies")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    sim.clock.advance(29)
    assert await sim.refused("GET", "/restoreSessions") == (429, "TooManyRequests")
    sim.clock.advance(29)
    assert (await sim.call("GET", "/restoreSessions")).status_code == 429
    assert sim.service.faults.early_calls == 2
    sim.clock.advance(30)
    assert (await sim.call("GET", "/restoreSessions")).status_code == 200


async def test_next_links_go_wrong_in_four_ways(sim: Simulated) -> None:
    faults, path = sim.service.faults, "/driveProtectionUnits"
    right = await sim.get(path)
    faults.add("foreignLink")
    assert "contoso-phish" in (await sim.get(path))["@odata.nextLink"]
    faults.add("relativeLink")
    assert (await sim.get(path))["@odata.nextLink"].startswith("/solutions/backupRestore/driveProtectionUnits?")
    faults.add("repeatLink", after=1)
    body = (await sim.http.get(right["@odata.nextLink"])).json()
    again = (await sim.http.get(body["@odata.nextLink"])).json()
    assert again["@odata.nextLink"] == body["@odata.nextLink"]
    faults.clear()
    faults.add("emptyPage")
    empty = await sim.get(path)
    assert empty["value"] == []
    assert (await sim.http.get(empty["@odata.nextLink"])).json()["value"] == right["value"]


@pytest.mark.parametrize(
    ("deed", "status", "code"),
    [("activate", 403, "RestoreSessionActionNotAllowed"), ("delete", 404, "RestoreSessionNotFound")],
)
async def test_another_administrator_is_faster(sim: Simulated, deed: str, status: int, code: str) -> None:
    session = await sim.draft(sim.units("exchange", 2))
    sim.service.faults.add("other", path="/activate", deed=deed)
    assert await sim.refused("POST", f"/restoreSessions/{session}/activate") == (status, code)
    if deed == "activate":
        body = await sim.get(f"/restoreSessions/{session}")
        assert body["lastModifiedBy"]["user"]["displayName"] == "Ryan"


async def test_another_administrator_takes_an_artifact_out(sim: Simulated) -> None:
    session = await sim.draft(sim.units("exchange", 2))
    answer = await sim.http.post("/_simulator/acts", json={"deed": "remove", "session": session})
    assert answer.status_code == 204
    assert len(await sim.listed(session)) == 1
    answer = await sim.http.post("/_simulator/acts", json={"deed": "dance", "session": session})
    assert answer.status_code == 400


async def test_faults_are_set_listed_and_cleared_over_http(sim: Simulated) -> None:
    answer = await sim.http.post("/_simulator/faults", json={"act": "refuse", "status": 418, "times": None})
    assert answer.status_code == 201
    assert (await sim.call("GET", "/")).status_code == 418
    assert (await sim.call("GET", "/")).status_code == 418
    listed = (await sim.http.get("/_simulator/faults")).json()["faults"]
    assert [(rule["act"], rule["used"]) for rule in listed] == [("refuse", 2)]
    assert (await sim.http.delete("/_simulator/faults")).status_code == 204
    assert (await sim.call("GET", "/")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"act": "explode"},
        {"act": "refuse", "colour": "red"},
        {"act": "refuse", "path": "("},
        {"act": "refuse", "status": 99},
        {"act": "refuse", "times": "many"},
        {"act": "throttle"},
        {"act": "other", "deed": "dance"},
    ],
)
async def test_a_fault_that_cannot_be_meant_is_refused(sim: Simulated, wrong: Any) -> None:
    answer = await sim.http.post("/_simulator/faults", json=wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sim.service.faults.rules == []


async def test_a_delay_delays_the_deed(sim: Simulated) -> None:
    sim.service.faults.add("delay", seconds=0)
    assert (await sim.call(*MAKE, json={})).status_code == 201


async def test_the_clock_can_be_moved_over_http(sim: Simulated) -> None:
    before = sim.service.now()
    answer = await sim.http.post("/_simulator/clock", json={"advance": 90})
    assert answer.json()["now"].startswith("2026-11-22T12:04:50")
    assert sim.service.now() == before + 90
    assert (await sim.http.post("/_simulator/clock", json={"advance": -1})).status_code == 400
