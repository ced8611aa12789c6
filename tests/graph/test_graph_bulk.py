"""Specifies lists of names that the service resolves: what is sent, per-name errors, and an answer that gets lost."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_service import NOW, Reply, Scripted, bench, refused

from backup_tui.errors import IncompleteList, InvalidRequest, NotFound, OutcomeUnknown, StateConflict, UsageError
from backup_tui.graph.error_catalogue import meaning_of
from backup_tui.graph.operations import Operation
from backup_tui.graph.paging import collect
from backup_tui.graph.requests import sessions
from backup_tui.models.bulk import MAX_NAMES, NewBulkRequest, read_bulk_request
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import bulk_status

ROOT = "/v1.0/solutions/backupRestore"
WEEK = timedelta(days=7)


def new(**members: Any) -> NewBulkRequest:
    given: dict[str, Any] = {"names": ("adele@contoso.com",), "mark": "9f3a2b1c"} | members
    return NewBulkRequest(NOW - WEEK, NOW, Destination.NEW, **given)


def answer(**members: Any) -> dict[str, Any]:
    return {"id": "b1", "status": "active", "displayName": "Restore of 1 name [9f3a2b1c]", "mailboxes": []} | members


@pytest.mark.parametrize(
    ("service", "path", "names", "ids"),
    [
        (
            Service.EXCHANGE,
            "exchangeRestoreSessions/s1/mailboxRestoreArtifactsBulkAdditionRequests",
            "mailboxes",
            "directoryObjectIds",
        ),
        (
            Service.ONEDRIVE,
            "oneDriveForBusinessRestoreSessions/s1/driveRestoreArtifactsBulkAdditionRequests",
            "drives",
            "directoryObjectIds",
        ),
        (
            Service.SHAREPOINT,
            "sharePointRestoreSessions/s1/siteRestoreArtifactsBulkAdditionRequests",
            "siteWebUrls",
            "siteIds",
        ),
    ],
)
async def test_a_list_of_names_is_sent_under_the_names_of_its_service(
    service: Service, path: str, names: str, ids: str
) -> None:
    app = Scripted(Reply(201, answer()))
    async with bench(app) as on:
        made = await on.writer.bulk.create(service, "s1", new(names=("a", "b"), ids=("i",), express=True))
    assert (made.id, made.service, bulk_status(made.status).moving) == ("b1", service, True)
    assert (app.asked[0].method, app.asked[0].path) == ("POST", f"{ROOT}/{path}")
    assert json.loads(app.asked[0].body) == {
        "displayName": "Restore of 3 names [9f3a2b1c]",
        names: ["a", "b"],
        ids: ["i"],
        "protectionTimePeriod": {"startDateTime": "2026-11-15T04:02:00Z", "endDateTime": "2026-11-22T04:02:00Z"},
        "destinationType": "new",
        "tags": "fastRestore",
        "restorePointPreference": "latest",
    }


def test_only_lists_that_hold_something_are_sent() -> None:
    assert "directoryObjectIds" not in new().body(Service.EXCHANGE)
    assert "mailboxes" not in new(names=(), ids=("i",)).body(Service.EXCHANGE)
    assert new().body(Service.EXCHANGE)["tags"] == "none"


def test_ten_thousand_names_are_one_list_and_one_more_is_refused() -> None:
    names = tuple(f"user{number}@contoso.com" for number in range(MAX_NAMES))
    assert len(new(names=names).body(Service.ONEDRIVE)["drives"]) == 10_000  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="10,001 names are too many"):
        new(names=names, ids=("i",))


@pytest.mark.parametrize(
    ("members", "words"), [({"names": ()}, "no name"), ({"names": ("a",), "ids": ("b",) * 10_000}, "too many")]
)
def test_what_is_no_list_is_refused(members: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        new(**members)
    assert caught.value.certainty == "Nothing was sent."


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="before it begins"):
        NewBulkRequest(NOW, NOW, Destination.NEW, names=("a",))


def test_every_request_has_a_mark_of_its_own() -> None:
    marks = {NewBulkRequest(NOW - WEEK, NOW, Destination.NEW, names=("a",)).mark for _ in range(50)}
    assert len(marks) == 50
    assert all(re.fullmatch(r"[0-9a-f]{8}", mark) for mark in marks)


@given(title=st.text(max_size=300), mark=st.from_regex(r"[0-9a-f]{8}", fullmatch=True))
def test_a_request_is_told_again_by_its_mark_whatever_it_is_called(title: str, mark: str) -> None:
    made = new(title=title, mark=mark)
    seen = read_bulk_request({"id": "b", "displayName": made.display_name}, Service.EXCHANGE)
    assert seen.carries(mark)
    assert not seen.carries("00000000") or mark == "00000000"
    assert not seen.carries("")
    assert not read_bulk_request({"id": "b"}, Service.EXCHANGE).carries(mark)


ERROR = {
    "code": "BulkRestoreArtifactsNotFound",
    "message": "Some were not found.",
    "details": [
        {"code": "SiteUrlNotFound", "message": "Not found.", "target": "https://contoso.sharepoint.com/sites/x"},
        {"code": "SomethingNewer", "message": "a\x1b]52;c;x\x07", "target": None},
        {},
    ],
}


@pytest.mark.parametrize("wrapped", [True, False])
async def test_the_names_that_stand_for_nothing_are_values(wrapped: bool) -> None:
    body = answer(status="completedWithErrors", siteWebUrls=[], siteIds=[], error=ERROR)
    app = Scripted(Reply(200, {"value": [body]} if wrapped else body))
    async with bench(app) as on:
        found = await on.reader.bulk.one(Service.SHAREPOINT, "s1", "b1")
    assert app.asked[0].path == f"{ROOT}/sharePointRestoreSessions/s1/siteRestoreArtifactsBulkAdditionRequests/b1"
    assert (found.site_web_urls, found.site_ids) == ((), ())
    assert [(each.name, each.code, each.message) for each in found.unusable_names] == [
        ("https://contoso.sharepoint.com/sites/x", "SiteUrlNotFound", "Not found."),
        ("", "SomethingNewer", "a␛]52;c;x␇"),
        ("", "", ""),
    ]
    assert bulk_status(found.status).terminal
    row = meaning_of(Operation.BULK_READ, found.unusable_names[0].code, 200)
    assert row is not None
    assert row.error is NotFound
    assert read_bulk_request(answer(error=None), Service.EXCHANGE).unusable_names == ()


async def test_lists_of_a_session_are_read_and_one_is_deleted() -> None:
    app = Scripted(Reply(200, {"value": [answer(), answer(id="b2")]}), Reply(204))
    async with bench(app) as on:
        found = await collect(on.reader.bulk.of_session(Service.EXCHANGE, "s1"))
        await on.writer.bulk.delete(Service.EXCHANGE, "s1", "b/2")
    assert [each.id for each in found] == ["b1", "b2"]
    base = f"{ROOT}/exchangeRestoreSessions/s1/mailboxRestoreArtifactsBulkAdditionRequests"
    assert [(each.method, each.path) for each in app.asked] == [("GET", base), ("DELETE", f"{base}/b%2F2")]


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refused(400, "BulkRestoreInvalidCreateRequestUserEmail"), InvalidRequest, "e-mail address"),
        (refused(400, "BulkRestoreRestorationResourcesCountExceedsLimit"), InvalidRequest, "10,000"),
        (refused(403, "RestoreSessionActionNotAllowed"), StateConflict, "no longer a draft"),
        (refused(404, "RestoreSessionNotFound"), NotFound, "No session s1: a deleted draft"),
    ],
)
async def test_a_refused_list_is_told_in_words(reply: Reply, error: type[Exception], words: str) -> None:
    async with bench(Scripted(reply)) as on:
        with pytest.raises(error, match=words):
            await on.writer.bulk.create(Service.EXCHANGE, "s1", new())


async def test_a_list_that_is_still_worked_on_is_not_deleted() -> None:
    async with bench(Scripted(refused(403, "InvalidStateForBulkRequestDeletion"))) as on:
        with pytest.raises(StateConflict, match="still working on the list"):
            await on.writer.bulk.delete(Service.EXCHANGE, "s1", "b1")


@pytest.mark.parametrize("reply", [ConnectionResetError(), Reply(504), Reply(201, {"status": "active"})])
async def test_a_lost_answer_is_looked_for_by_its_mark_and_never_sent_again(reply: Any) -> None:
    others = [answer(id="b0", displayName="Restore of 1 name [aaaaaaaa]"), answer(id="b1")]
    app = Scripted(reply, Reply(200, {"value": others}), Reply(200, {"value": others[:1]}))
    async with bench(app) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.bulk.create(Service.EXCHANGE, "s1", new())
        found = await on.reader.bulk.marked(Service.EXCHANGE, "s1", "9f3a2b1c")
        assert found is not None
        assert found.id == "b1"
        assert await on.reader.bulk.marked(Service.EXCHANGE, "s1", "9f3a2b1c") is None
    assert [each.method for each in app.asked] == ["POST", "GET", "GET"]


async def test_half_a_list_does_not_say_that_the_request_is_not_there() -> None:
    link = "http://127.0.0.1:8365/v1.0/x?$skiptoken=b"
    app = Scripted(Reply(200, {"value": [answer(id="b0")], "@odata.nextLink": link}), refused(500, "generalException"))
    async with bench(app) as on:
        with pytest.raises(IncompleteList):
            await on.reader.bulk.marked(Service.EXCHANGE, "s1", "00000000")


def test_a_create_is_of_the_class_that_is_never_sent_again() -> None:
    assert sessions.create_bulk_request(Service.EXCHANGE, "s1", new()).request_class is RequestClass.CREATE
