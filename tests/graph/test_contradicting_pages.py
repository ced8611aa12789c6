"""Specifies what happens where the service's pages contradict each other: every form is taken, one is sent.

One table says which forms the client takes, with the page that shows each; one says which of them the simulated
service sends. The five pages that were asked for are specified whole in `tests/e2e/test_seed_pages.py`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scripted_service import NOW, Reply, Scripted, bench, refused

from backup_tui.errors import Busy, InvalidRequest, StateConflict
from backup_tui.graph.paging import collect
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import SharePointRestoreSession
from backup_tui.models.statuses import artifact_status, policy_status, session_status
from backup_tui.simulator.app import create_app
from backup_tui.simulator.clock import ManualClock
from backup_tui.simulator.settings import Settings

POINT = NewArtifact("p1", Destination.NEW)
DAY = timedelta(days=1)


async def asked(reply: Reply, call: Any) -> Any:
    """What the client makes of one answer; `call` takes the open bench."""
    async with bench(Scripted(reply)) as on:
        return await call(on)


def session(**members: Any) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.sharepointRestoreSession", "id": "s1", "status": "draft"} | members


# -- what the client takes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (session(), "draft"),
        (session(status="activating"), "activating"),  # create sharePointRestoreSession, example 1
        ({"id": "s1", "status": "draft"}, "draft"),  # no type at all
        (session(**{"@odata.type": "#microsoft.graph.sharePointRestoreSession"}), "draft"),
        (session(**{"@odata.type": "#microsoft.graph.restoreSessionBase"}), "draft"),
        ({"value": session()}, "draft"),
        (session(error=None, completedDateTime=None, granularSiteRestoreArtifact=[{"id": "a"}]), "draft"),
    ],
)
@pytest.mark.parametrize("http", [200, 201, 202])
async def test_a_new_draft_in_every_form(body: dict[str, Any], status: str, http: int) -> None:
    made = await asked(Reply(http, body), lambda on: on.writer.create_session(Service.SHAREPOINT, [POINT]))
    assert isinstance(made, SharePointRestoreSession)
    assert (made.id, made.status) == ("s1", status)


@pytest.mark.parametrize(
    ("reply", "call", "error", "words"),
    [
        # The same code is 413 on create and 400 on change.
        (
            refused(413, "RestoreArtifactsLimitBreached"),
            lambda on: on.writer.create_session(Service.EXCHANGE, [POINT]),
            InvalidRequest,
            "than the service takes",
        ),
        (
            refused(400, "RestoreArtifactsLimitBreached"),
            lambda on: on.writer.update_session(Service.EXCHANGE, "s1", add=[POINT]),
            InvalidRequest,
            "than the service takes",
        ),
        # HTTP 500, and still a plain refusal.
        (
            refused(500, "TooManyActiveRestoreSessions"),
            lambda on: on.writer.activate_session("s1"),
            Busy,
            "25 restores run",
        ),
        # The pages of both actions say 400, the page of error codes 403.
        *(
            (reply, lambda on: on.writer.activate_policy("s1"), StateConflict, "cannot be activated")
            for reply in (refused(400, "invalidStateForActivation"), refused(403, "PolicyActionNotAllowed"))
        ),
        *(
            (reply, lambda on: on.writer.deactivate_policy("s1"), StateConflict, "cannot be deactivated")
            for reply in (refused(400, "invalidStateForActivation"), refused(403, "PolicyActionNotAllowed"))
        ),
        # The text allows an empty session, a code denies it.
        (
            refused(400, "InvalidArtifactRequest"),
            lambda on: on.writer.create_session(Service.EXCHANGE, []),
            InvalidRequest,
            "list of units",
        ),
    ],
)
async def test_a_refusal_in_every_form(reply: Reply, call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        await asked(reply, call)


@pytest.mark.parametrize("count", [1, 2, 5])
async def test_a_search_gives_any_number_of_points_of_a_unit(count: int) -> None:
    def point(number: int) -> dict[str, Any]:
        # The mailbox example of the page answers with a siteProtectionUnit.
        unit = {"@odata.type": "#microsoft.graph.siteProtectionUnit", "id": "u1"}
        return {"restorePoint": {"id": f"p{number}", "protectionUnit": unit}}

    body = {"searchResults": [point(number) for number in range(count)], "noResultProtectionUnitIds": ["u1", "u2"]}
    found = await asked(Reply(200, body), lambda on: on.reader.search_points(["u1", "u2"], start=NOW - DAY, end=NOW))
    assert [each.id for each in found.points["u1"]] == [f"p{number}" for number in range(count)]
    assert found.without == {"u2"}


@pytest.mark.parametrize("results", [{}, {"searchResults": None}, {"searchResults": []}])
async def test_a_search_without_any_point(results: dict[str, Any]) -> None:
    body = {"searchResponseId": "x", **results, "noResultProtectionUnitIds": ["u1"]}
    found = await asked(Reply(200, body), lambda on: on.reader.search_points(["u1"], start=NOW - DAY, end=NOW))
    assert (found.points, found.without) == ({}, {"u1"})


@pytest.mark.parametrize(
    "delta",
    [
        [{"id": "a1", "status": "added"}],
        [{"@removed": {"reason": "changed"}, "id": "a2"}, {"id": "a1", "status": "added"}],
        [{"id": "a1", "status": "added"}, {"@removed": {"reason": "deleted"}, "id": "a2"}],
    ],
    ids=["removals left out", "removals first", "removals last"],
)
@pytest.mark.parametrize(
    "form",
    [
        lambda delta: {"mailboxRestoreArtifacts@delta": delta},
        lambda delta: {"mailboxRestoreArtifacts": delta},
        lambda delta: {"@context": "#$delta", "id": "s1", "mailboxRestoreArtifacts@delta": delta},
        lambda delta: {"value": {"mailboxRestoreArtifacts@delta": delta}},
    ],
    ids=["delta", "plain", "with context", "wrapped"],
)
async def test_a_change_in_every_form(form: Any, delta: list[dict[str, Any]]) -> None:
    def change(on: Any) -> Any:
        return on.writer.update_session(Service.EXCHANGE, "s1", add=[POINT], remove=["a2"])

    answer = await asked(Reply(200, form(delta)), change)
    assert ([each.id for each in answer.added], answer.refused) == (["a1"], ())


async def test_strange_values_of_a_unit_count_as_not_given() -> None:
    row = {
        "id": "a1",
        "status": "unknown",
        "startDateTime": "0001-01-01T00:00:00Z",
        "completionDateTime": "2023-03-30T12-01-03.45Z",
        "restoredFolderName": "",
        "restoredItemCount": None,
        "error": {},
    }
    (found,) = await asked(
        Reply(200, {"value": [row]}), lambda on: collect(on.reader.artifacts(Service.EXCHANGE, "s1"))
    )
    assert (found.start_date_time, found.result, found.error.code) == (None, None, None)
    assert found.completion_date_time == datetime(2023, 3, 30, 12, 1, 3, 450000, tzinfo=UTC)
    assert (found.status, artifact_status(found.status).terminal) == ("unknown", False)


@pytest.mark.parametrize("user", [{"id": "u", "displayName": "Ryan"}, {"identity": "u", "displayName": "Ryan"}])
async def test_a_person_in_both_forms(user: dict[str, str]) -> None:
    found = await asked(
        Reply(200, session(createdBy={"user": user}, lastModifiedBy={})), lambda on: on.reader.session("s1")
    )
    assert (found.created_by.user_id, found.created_by.label, found.last_modified_by.label) == ("u", "Ryan", "")


@pytest.mark.parametrize(
    ("status", "word"),
    [({"status": "enabled", "id": "x"}, "enabled"), ({"backupServiceConsumer": "thirdParty"}, None), ([], None)],
)
async def test_the_state_of_the_service_with_unknown_members_or_as_a_list(status: object, word: str | None) -> None:
    root = await asked(Reply(200, {"serviceStatus": status}), lambda on: on.reader.service_root())
    assert (root.service_status.status if root.service_status else None) == word
    assert root.raw()["serviceStatus"] == status


def test_one_letter_tells_a_session_from_a_bulk_request() -> None:
    assert session_status("completedWithError").terminal
    assert session_status("completedWithErrors").word == "completedWithErrors"
    assert policy_status("activeWithErrors").word != "activeWithErrors"


# -- what the simulated service sends --------------------------------------------------------------------------


async def test_what_is_sent_where_the_pages_differ() -> None:
    app = create_app(Settings(history=False), ManualClock(NOW))
    async with bench(app) as on:
        unit = (await collect(on.reader.units(Service.SHAREPOINT)))[0]
        found = await on.reader.search_points([unit.id], start=NOW - 400 * DAY, end=NOW)
        assert [len(points) for points in found.points.values()] == [1], "one point for each unit, not five"
        made = await on.writer.create_session(
            Service.SHAREPOINT, [NewArtifact(found.points[unit.id][0].id, Destination.NEW)]
        )
        sent = made.raw()
        assert (sent["status"], sent["@odata.type"]) == ("draft", "#microsoft.graph.sharePointRestoreSession")
        assert "value" not in sent
        assert set(sent["createdBy"]["user"]) >= {"id", "displayName"}
        assert "identity" not in sent["createdBy"]["user"]
        empty = await on.writer.create_session(Service.SHAREPOINT, [])
        assert empty.counts.total == 0
        (row,) = await collect(on.reader.artifacts(Service.SHAREPOINT, made.id))
        answer = await on.writer.update_session(Service.SHAREPOINT, made.id, remove=[row.id])
        assert (answer.added, answer.refused) == ((), ())
        assert "removed" not in on.records[-1].answer_body, "a full unit that left is not listed"
        root = await on.reader.service_root()
        assert root.raw()["serviceStatus"]["backupServiceConsumer"] == "firstparty"
        mailbox = (await collect(on.reader.units(Service.EXCHANGE)))[0]
        found = await on.reader.search_points([mailbox.id], start=NOW - 400 * DAY, end=NOW)
        assert found.points[mailbox.id][0].protection_unit.service is Service.EXCHANGE


async def test_the_point_is_sent_by_id_and_an_empty_draft_as_an_empty_object() -> None:
    app = Scripted(Reply(201, session()))
    async with bench(app) as on:
        await on.writer.create_session(Service.SHAREPOINT, [POINT])
        await on.writer.create_session(Service.SHAREPOINT, [])
    assert json.loads(app.asked[0].body)["siteRestoreArtifacts"] == [
        {"restorePoint": {"id": "p1"}, "destinationType": "new"}
    ]
    assert app.asked[1].body == b"{}"
