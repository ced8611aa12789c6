"""Specifies changes: sent once, and each answer is done, rejected or unknown, never a guess."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_service import NOW, Reply, Scripted, bench, refused

from backup_tui.errors import (
    Busy,
    InvalidRequest,
    OutcomeUnknown,
    ServerFault,
    StateConflict,
    Throttled,
    UsageError,
)
from backup_tui.graph.requests.sessions import create_body, update_body
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.calls import Outcome
from backup_tui.models.services import Destination, Service

POINT = NewArtifact("p1", Destination.NEW)
ACTIVATING = {"id": "s1", "status": "activating"}

CHANGES = {
    "create": lambda writer: writer.create_session(Service.ONEDRIVE, [POINT]),
    "edit": lambda writer: writer.update_session(Service.ONEDRIVE, "s1", add=[POINT]),
    "activate": lambda writer: writer.activate_session("s1"),
    "delete": lambda writer: writer.delete_session("s1"),
    "activate policy": lambda writer: writer.activate_policy("s1"),
    "deactivate policy": lambda writer: writer.deactivate_policy("s1"),
}
HTML = Reply(200, b"<html><title>Portal</title></html>", kind="text/html")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    "reply",
    [
        refused(500, "generalException"),
        refused(502, "badGateway"),
        refused(503, "serviceNotAvailable", Retry_After="5"),
        refused(504, "timeout"),
        Reply(500),
        Reply(502, HTML.body, kind="text/html"),
        Reply(403, HTML.body, kind="text/html"),
        HTML,
        Reply(200, b'{"id": "s1", "sta'),
        Reply(200, {"error": {"code": "whatever"}}),
        Reply(307, None, {"location": "http://127.0.0.1:8365/elsewhere"}),
        ConnectionResetError(),
    ],
    ids=lambda reply: f"{getattr(reply, 'status', 'drop')}",
)
async def test_an_answer_that_cannot_be_trusted_leaves_the_outcome_unknown_and_nothing_is_sent_again(
    change: Any, reply: Any
) -> None:
    app = Scripted(reply)
    async with bench(app) as on:
        with pytest.raises(OutcomeUnknown) as caught:
            await change(on.writer)
    assert len(app.asked) == 1
    assert on.records[0].outcome is Outcome.UNKNOWN
    assert on.records[0].mutating
    assert "It may have happened" in caught.value.message
    assert caught.value.certainty == "It is not sent again. Checking the service now."
    assert caught.value.exit_code == 7


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_refusal_is_a_refusal(change: Any) -> None:
    app = Scripted(refused(400, "somethingNew"))
    async with bench(app) as on:
        with pytest.raises(InvalidRequest):
            await change(on.writer)
    assert len(app.asked) == 1
    assert on.records[0].outcome is Outcome.REJECTED


async def test_no_room_comes_as_500_and_is_a_refusal() -> None:
    app = Scripted(refused(500, "TooManyActiveRestoreSessions"))
    async with bench(app) as on:
        with pytest.raises(Busy, match="25 restores are running") as caught:
            await on.writer.activate_session("s1")
    assert len(app.asked) == 1
    assert "still a draft" in caught.value.certainty


async def test_no_room_means_nothing_where_it_cannot_come() -> None:
    async with bench(Scripted(refused(500, "TooManyActiveRestoreSessions"))) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.create_session(Service.EXCHANGE, [POINT])


async def test_a_second_start_is_a_conflict() -> None:
    async with bench(Scripted(refused(403, "RestoreSessionActionNotAllowed"))) as on:
        with pytest.raises(StateConflict, match="no longer a draft"):
            await on.writer.activate_session("s1")


@pytest.mark.parametrize("reply", [refused(400, "invalidStateForActivation"), refused(403, "PolicyActionNotAllowed")])
async def test_both_refusals_of_a_policy_read_alike(reply: Any) -> None:
    async with bench(Scripted(reply)) as on:
        with pytest.raises(StateConflict, match="activating needs an inactive policy") as caught:
            await on.writer.activate_policy("p1")
    assert caught.value.certainty == "Nothing was changed."


async def test_half_a_deletion_is_unknown() -> None:
    async with bench(Scripted(refused(500, "IncompleteArtifactDeletion"))) as on:
        with pytest.raises(OutcomeUnknown) as caught:
            await on.writer.delete_session("s1")
    assert caught.value.code == "IncompleteArtifactDeletion"


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "activate"])
async def test_429_did_nothing_so_it_is_sent_again_after_the_wait(change: Any) -> None:
    good = Reply(200, {"id": "s1", "status": "activating"})
    app = Scripted(refused(429, "TooManyRequests", Retry_After="7"), good)
    async with bench(app) as on:
        await CHANGES[change](on.writer)
    assert on.waits == [7.0]
    assert len(app.asked) == 2


async def test_a_start_is_sent_now_or_not_at_all() -> None:
    """After a wait the draft may be another one, so whoever starts it looks at it again first."""
    app = Scripted(refused(429, "TooManyRequests", Retry_After="7"), Reply(200, ACTIVATING))
    async with bench(app) as on:
        for _ in range(2):
            with pytest.raises(Throttled) as caught:
                await on.writer.activate_session("s1")
            assert "Nothing was changed" in caught.value.certainty
        assert len(app.asked) == 1, "while the gate is closed nothing leaves"
        async with on.gate.turn():  # it is open again
            pass
        assert (await on.writer.activate_session("s1")).status == "activating"
    assert on.waits == [7.0]


async def test_a_wait_before_a_change_can_be_given_up() -> None:
    app = Scripted(refused(429, "TooManyRequests", Retry_After="3000"))
    async with bench(app) as on:
        gate_closed = asyncio.Event()
        never = asyncio.Event()

        async def hold(_seconds: float) -> None:
            gate_closed.set()
            await never.wait()

        on.while_waiting = hold
        task = asyncio.create_task(on.writer.delete_session("s1"))
        await gate_closed.wait()
        await asyncio.sleep(0)
        on.gate.cancel_wait()
        with pytest.raises(Throttled) as caught:
            await task
    assert "Nothing was changed" in caught.value.certainty
    assert len(app.asked) == 1


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("body", [ACTIVATING, {"value": ACTIVATING}, {"value": [ACTIVATING]}])
async def test_every_documented_form_of_a_good_start_is_taken(status: int, body: Any) -> None:
    app = Scripted(Reply(status, body))
    async with bench(app) as on:
        session = await on.writer.activate_session("S1")
    assert session.status == "activating"
    assert len(app.asked) == 1
    assert app.asked[0].body == b""
    assert app.asked[0].headers["content-length"] == "0"


@pytest.mark.parametrize("empty", [Reply(204), Reply(200), Reply(202, {})])
async def test_a_start_with_an_empty_answer_is_done_and_read_again(empty: Any) -> None:
    app = Scripted(empty, Reply(200, ACTIVATING))
    async with bench(app) as on:
        assert (await on.writer.activate_session("s1")).status == "activating"
    assert [asked.method for asked in app.asked] == ["POST", "GET"]


async def test_a_start_stays_done_when_it_cannot_be_looked_at() -> None:
    app = Scripted(Reply(204), refused(500, "generalException"))
    async with bench(app) as on:
        session = await on.writer.activate_session("s1")
    assert (session.id, session.status) == ("s1", None)
    assert [asked.method for asked in app.asked].count("POST") == 1


async def test_an_answer_about_another_session_proves_nothing() -> None:
    async with bench(Scripted(Reply(200, {"id": "other", "status": "activating"}))) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.activate_session("s1")


@pytest.mark.parametrize("reply", [Reply(201), Reply(201, {}), Reply(201, {"status": "draft"}), Reply(201, {"id": ""})])
async def test_a_draft_without_an_id_has_to_be_looked_for(reply: Any) -> None:
    async with bench(Scripted(reply)) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.create_session(Service.ONEDRIVE, [POINT])


async def test_a_change_that_is_broken_off_here_is_recorded_as_unknown() -> None:
    began = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        began.set()
        await asyncio.Event().wait()

    async with bench(app) as on:
        task = asyncio.create_task(on.writer.activate_session("s1"))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [record.outcome for record in on.records] == [Outcome.UNKNOWN]


async def test_an_update_tells_what_was_added_and_what_was_refused() -> None:
    body = {
        "driveRestoreArtifacts@delta": [
            {"id": "a1", "restorePoint": {"id": "p1"}, "destinationType": "new", "status": "added"},
            {"@removed": {"reason": "changed"}, "id": "a2"},
            {
                "@contentId": "1",
                "@Core.DataModificationException": {
                    "info": {"code": "Invalid", "message": "no\x1bsuch"},
                    "failedOperation": "remove",
                    "responseCode": 409,
                },
                "id": "a3",
            },
            {"status": "added"},
            "nonsense",
        ]
    }
    app = Scripted(Reply(200, body))
    async with bench(app) as on:
        answer = await on.writer.update_session(Service.ONEDRIVE, "s1", add=[POINT], remove=["a2", "a3"])
    assert [each.id for each in answer.added] == ["a1"]
    assert [(each.id, each.code, each.operation) for each in answer.refused] == [("a3", "Invalid", "remove")]
    assert "\x1b" not in answer.refused[0].message
    asked = app.asked[0]
    assert (asked.method, asked.path) == (
        "PATCH",
        "/v1.0/solutions/backupRestore/oneDriveForBusinessRestoreSessions/s1",
    )
    assert json.loads(asked.body) == {
        "driveRestoreArtifacts@delta": [
            {"@removed": {"reason": "changed"}, "id": "a2"},
            {"@removed": {"reason": "changed"}, "id": "a3"},
            {"restorePoint": {"id": "p1"}, "destinationType": "new"},
        ]
    }


@pytest.mark.parametrize("service", list(Service))
@given(count=st.integers(0, 60))
def test_no_request_holds_more_than_fifty(service: Any, count: Any) -> None:
    artifacts = [POINT] * count
    if count > 50:
        with pytest.raises(UsageError, match="50"):
            create_body(service, artifacts)
        with pytest.raises(UsageError):
            update_body(service, artifacts[:30], ["a"] * (count - 30))
        return
    body: dict[str, Any] = create_body(service, artifacts)
    assert body == {} if count == 0 else len(body[service.names.artifacts]) == count


async def test_an_empty_draft_is_made_of_an_empty_object() -> None:
    app = Scripted(Reply(201, {"id": "s1"}))
    async with bench(app) as on:
        await on.writer.create_session(Service.SHAREPOINT, [])
    assert app.asked[0].body == b"{}"
    assert app.asked[0].headers["content-type"] == "application/json"


async def test_the_base_path_is_changed_in_the_beta_version_only() -> None:
    app = Scripted(Reply(200, {"id": "s1", "status": "draft"}))
    async with bench(app) as on:
        with pytest.raises(UsageError, match="beta"):
            await on.writer.update_session_base("s1", {"status": "draft"})
    assert app.asked == []
    async with bench(app, address="http://127.0.0.1:8365/beta") as on:
        await on.writer.update_session_base("s1", {"status": "draft"})
    assert (app.asked[0].method, app.asked[0].path) == ("PATCH", "/beta/solutions/backupRestore/restoreSessions/s1")


async def test_what_the_record_of_a_change_holds() -> None:
    async with bench(Scripted(Reply(201, {"id": "s1"}))) as on:
        await on.writer.create_session(Service.ONEDRIVE, [POINT])
    record = on.records[0]
    assert record.what == "create a draft of 1 OneDrive account"
    assert json.loads(record.request_body)["driveRestoreArtifacts"] == [POINT.body()]
    assert record.started == NOW


async def test_a_read_that_fails_is_not_called_a_change() -> None:
    async with bench(Scripted(refused(500, "generalException"))) as on:
        with pytest.raises(ServerFault):
            await on.reader.session("s1")
    assert all(record.outcome is Outcome.REJECTED for record in on.records)


@pytest.mark.parametrize(
    "answers",
    [[Reply(200, {"id": "s1", "status": "draft"})], [Reply(200), Reply(200, {"id": "s1", "status": "draft"})]],
)
async def test_a_session_that_is_a_draft_after_its_start_was_accepted_has_an_unknown_outcome(answers: Any) -> None:
    app = Scripted(*answers)
    async with bench(app) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.activate_session("s1")
    assert [asked.method for asked in app.asked].count("POST") == 1
