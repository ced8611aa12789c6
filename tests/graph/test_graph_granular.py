"""Specifies searches inside mailboxes and restores of single items: what is sent, and every form that is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scripted_service import NOW, Bench, Reply, Scripted, bench, refused

from backup_tui.errors import NotFound, OutcomeUnknown, PermissionDenied, ProtocolError, UsageError
from backup_tui.graph.paging import collect
from backup_tui.models.calls import RequestClass
from backup_tui.models.granular import ItemKeyForm, NewItem, NewMailItems
from backup_tui.models.mail_query import MailQuery
from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import artifact_status

BETA = "http://127.0.0.1:8365/beta"
ROOT = "/v1.0/solutions/backupRestore"
KEY = "0b3e2a2c-1,0c3e2a2c-2,0d3e2a2c-3,42"
ITEM = NewItem("m_RtZ8", KEY)
FOUND = NewMailItems("p1", Destination.NEW, "r1")
QUERY = MailQuery(subjects=("O'Brien*",), has_attachment=True)
SESSION = {"id": "s1", "status": "draft", "restoreJobType": "granular"}
WEEK = timedelta(days=7)
FILES = [Service.ONEDRIVE, Service.SHAREPOINT]


def sent(app: Scripted, index: int = -1) -> Any:
    return json.loads(app.asked[index].body)


# -- searches inside mailboxes


def hit(**members: Any) -> dict[str, Any]:
    return {
        "artifactHitCount": 26,
        "restorePoint": {"id": "p1", "protectionDateTime": "2026-11-20T10:00:00Z"},
    } | members


async def search(app: Scripted, *, address: str = "http://127.0.0.1:8365/v1.0", **options: Any) -> Any:
    async with bench(app, address=address) as on:
        return await on.reader.search_mail("u1", QUERY, start=NOW - WEEK, **options)


async def test_a_search_inside_a_mailbox_is_sent_as_the_page_writes_it() -> None:
    app = Scripted(Reply(200, {"searchResponseId": "r1", "searchResults": [hit()], "noResultProtectionUnitIds": []}))
    found = await search(app)
    assert (found.response_id, found.nothing) == ("r1", False)
    assert [(each.point.id, each.count) for each in found.hits] == [("p1", 26)]
    assert (app.asked[0].method, app.asked[0].path) == ("POST", f"{ROOT}/restorePoints/search")
    assert sent(app) == {
        "artifactQuery": {
            "queryExpression": "(Subject -like 'O''Brien*') -and (HasAttachment -eq 'true')",
            "artifactType": "message",
        },
        "protectionUnitIds": ["u1"],
        "protectionTimePeriod": {"startDateTime": "2026-11-15T04:02:00Z"},
    }
    await search(app, end=NOW, prefer="oldest")
    assert sent(app)["protectionTimePeriod"]["endDateTime"] == "2026-11-22T04:02:00Z"
    assert sent(app)["restorePointPreference"] == "oldest"


@pytest.mark.parametrize("count", [None, "26", True, -1, 2.5, {}])
async def test_a_count_of_hits_that_is_none_counts_as_not_said(count: object) -> None:
    answer = {"searchResponseId": "r1", "searchResults": [hit(artifactHitCount=count)]}
    found = await search(Scripted(Reply(200, answer)))
    assert found.hits[0].count is None


async def test_several_points_and_a_mailbox_without_any() -> None:
    several = {"searchResponseId": "r1", "searchResults": [hit(artifactHitCount=0), hit(restorePoint={"id": "p2"})]}
    found = await search(Scripted(Reply(200, several)))
    assert [(each.point.id, each.count) for each in found.hits] == [("p1", 0), ("p2", 26)]
    none = {"searchResponseId": "r1", "searchResults": None, "noResultProtectionUnitIds": ["u1"]}
    found = await search(Scripted(Reply(200, none)))
    assert (found.hits, found.nothing) == ((), True)


@pytest.mark.parametrize("response_id", [None, "", 5, "a\x1b]52;c;x\x07"])
async def test_points_without_an_id_to_restore_from_are_no_answer(response_id: object) -> None:
    answer = {"searchResponseId": response_id, "searchResults": [hit()]}
    with pytest.raises(ProtocolError, match="has no id"):
        await search(Scripted(Reply(200, answer)))


@pytest.mark.parametrize("answer", [{}, [], {"searchResults": "x"}, {"searchResults": [5]}, None])
async def test_what_is_no_answer_to_a_search_is_said_as_that(answer: object) -> None:
    with pytest.raises(ProtocolError):
        await search(Scripted(Reply(200, answer)))


async def test_a_search_only_asks_so_it_is_repeated() -> None:
    good = Reply(200, {"searchResponseId": "r1", "searchResults": []})
    async with bench(Scripted(Reply(503), good)) as on:
        await on.reader.search_mail("u1", QUERY, start=NOW - WEEK)
    assert [record.mutating for record in on.records] == [False, False]


# -- what only the beta version has


def beta_calls() -> dict[str, Any]:
    query, policy = QUERY, "pol1"
    point = {"unit_ids": ["u1"], "start": NOW - WEEK, "end": NOW}

    async def logs(on: Bench) -> Any:
        return [page async for page in on.reader.activity_logs()]

    return {
        "policyId of a search": lambda on: on.reader.search_points(**point, policy_id=policy),
        "policyId of a search inside": lambda on: on.reader.search_mail("u1", query, start=NOW, policy_id=policy),
        "structured query": lambda on: on.reader.search_mail("u1", query, start=NOW, structured=True),
        "policyId of a session": lambda on: on.writer.create_session(Service.ONEDRIVE, [], policy_id=policy),
        "destination of a file": lambda on: on.writer.granular.create_item_session(
            Service.ONEDRIVE, [NewItem("b", "k", Destination.NEW)]
        ),
        "destination of an added file": lambda on: on.writer.granular.update_items(
            Service.ONEDRIVE, "s1", add=[NewItem("b", "k", Destination.IN_PLACE)]
        ),
        "activity logs": logs,
    }


@pytest.mark.parametrize("name", beta_calls())
async def test_what_only_beta_has_is_refused_by_name_before_anything_is_sent(name: str) -> None:
    app = Scripted(Reply(200, {"value": [], "id": "s1", "searchResponseId": "r1", "searchResults": []}))
    async with bench(app) as on:
        with pytest.raises(UsageError, match="beta version") as caught:
            await beta_calls()[name](on)
    assert app.asked == []
    assert (caught.value.value, caught.value.certainty) == ("v1.0", "Nothing was sent.")
    async with bench(app, address=BETA) as on:
        await beta_calls()[name](on)
    assert len(app.asked) == 1
    body = app.asked[0].body.decode()
    assert ("pol1" in body) == name.startswith("policyId")
    assert ("structuredQueryExpression" in body) == (name == "structured query")
    assert ("destinationType" in body) == ("file" in name)


async def test_logs_of_what_was_done_are_read_as_what_they_are() -> None:
    rows = [
        {
            "@odata.type": "#microsoft.graph.restoreTaskActivityLog",
            "id": "8930f114-dg69-02dg-43g0-66fb2f445e04",
            "eventDateTime": "2026-02-11T12:15:00Z",
            "activityType": "restoreTaskCompleted",
            "serviceType": "sharepoint",
            "performedBy": "admin@contoso.com",
            "restoreSessionId": "c3",
            "restoreArtifactDetails": {"totalArtifactsCount": 100, "restoredCount": 99, "failedCount": 1},
        },
        {"@odata.type": "#microsoft.graph.dynamicRuleActivityLog", "id": "b", "policyName": "x", "performedBy": 7},
    ]
    app = Scripted(Reply(200, {"value": rows}))
    async with bench(app, address=BETA) as on:
        restore, rule = await collect(on.reader.activity_logs())
    assert app.asked[0].path.endswith("/activityLogs")
    assert restore.restore_session_id == "c3"
    assert restore.restore_artifact_details.failed_count == 1
    assert restore.event_date_time == datetime(2026, 2, 11, 12, 15, tzinfo=UTC)
    assert (rule.performed_by, rule.raw()["policyName"]) == (None, "x")


# -- drafts of found mails and chosen files


async def test_a_draft_of_found_mails_names_the_search() -> None:
    app = Scripted(Reply(201, SESSION))
    async with bench(app) as on:
        made = await on.writer.granular.create_mail_session([FOUND])
    assert (made.id, made.restore_job_type, made.service) == ("s1", "granular", Service.EXCHANGE)
    assert (app.asked[0].method, app.asked[0].path) == ("POST", f"{ROOT}/exchangeRestoreSessions")
    assert sent(app) == {
        "@odata.type": "#microsoft.graph.exchangeRestoreSession",
        "granularMailboxRestoreArtifacts": [
            {"restorePoint": {"id": "p1"}, "destinationType": "new", "searchResponseId": "r1"}
        ],
    }


@pytest.mark.parametrize(
    ("service", "path", "name"),
    [
        (Service.ONEDRIVE, "oneDriveForBusinessRestoreSessions", "granularDriveRestoreArtifacts"),
        (Service.SHAREPOINT, "sharePointRestoreSessions", "granularSiteRestoreArtifacts"),
    ],
)
@pytest.mark.parametrize("form", ItemKeyForm)
async def test_a_draft_of_files_always_names_keys_by_id(
    service: Service, path: str, name: str, form: ItemKeyForm
) -> None:
    app = Scripted(Reply(201, SESSION))
    async with bench(app, key_form=form) as on:
        made = await on.writer.granular.create_item_session(service, [ITEM])
    assert (made.id, made.service) == ("s1", service)
    assert app.asked[0].path == f"{ROOT}/{path}"
    assert sent(app)[name] == [{"browseSessionId": "m_RtZ8", "id": KEY}]


@pytest.mark.parametrize(
    ("service", "form", "members"),
    [
        (Service.ONEDRIVE, ItemKeyForm.ID, {"id": KEY}),
        (Service.ONEDRIVE, ItemKeyForm.ITEM_KEY, {"itemKey": KEY}),
        (Service.ONEDRIVE, ItemKeyForm.BOTH, {"id": KEY, "itemKey": KEY}),
        # The metadata has no itemKey, and the SharePoint page none either.
        *((Service.SHAREPOINT, form, {"id": KEY}) for form in ItemKeyForm),
    ],
)
async def test_files_are_added_by_the_name_that_was_chosen_and_removed_by_id(
    service: Service, form: ItemKeyForm, members: dict[str, str]
) -> None:
    app = Scripted(Reply(200, {}))
    async with bench(app, key_form=form) as on:
        await on.writer.granular.update_items(service, "s1", add=[ITEM], remove=["k9"])
    assert (app.asked[0].method, app.asked[0].path) == ("PATCH", f"{ROOT}/{service.names.sessions_path}/s1")
    assert sent(app) == {
        f"{service.names.granular}@delta": [
            {"@removed": {"reason": "changed"}, "id": "k9"},
            {"browseSessionId": "m_RtZ8", **members},
        ]
    }


@pytest.mark.parametrize("context", [{}, {"@context": "#$delta", "id": "s1"}])
@pytest.mark.parametrize("key", ["id", "itemKey"])
@pytest.mark.parametrize("removals", [True, False])
async def test_the_answer_to_added_files_in_every_form(context: dict[str, str], key: str, removals: bool) -> None:
    added = {key: KEY, "browseSessionId": "m_RtZ8", "status": "added", "siteId": None, "restoredItemKey": ""}
    gone = [{"@removed": {"reason": "changed"}, "id": "k9"}] if removals else []
    wrong = {
        "@contentId": "1",
        "@Core.DataModificationException": {
            "info": {"code": "Invalid", "message": "no\x1b"}, "failedOperation": "add", "responseCode": 409,
        },
        "id": "k8",
    }  # fmt: skip
    app = Scripted(Reply(200, context | {"granularSiteRestoreArtifacts@delta": [added, *gone, wrong, {"x": 1}, 5]}))
    async with bench(app) as on:
        answer = await on.writer.granular.update_items(Service.SHAREPOINT, "s1", add=[ITEM], remove=["k9"])
    assert [(each.id, each.status, each.restored_item_key) for each in answer.added] == [(KEY, "added", None)]
    assert answer.removed == (("k9",) if removals else ())
    assert [(each.id, each.code, each.message) for each in answer.refused] == [("k8", "Invalid", "no␛")]


async def test_files_before_and_after_the_restore() -> None:
    before = {
        "id": KEY, "browseSessionId": "m_RtZ8", "restoredItemKey": "", "webUrl": "https://c/a.docx",
        "restoredItemPath": "", "restoredItemWebUrl": "", "status": "unknown",
        "startDateTime": "0001-01-01T00:00:00Z", "completionDateTime": "0001-01-01T00:00:00Z", "siteId": "",
    }  # fmt: skip
    after = before | {
        "status": "succeeded", "restoredItemKey": "k2", "restoredItemPath": "Restored 1", "siteId": "h,1,2",
        "restoredItemWebUrl": "https://c/Restored 1/a.docx", "completionDateTime": "2026-11-20T10:00:00Z",
    }  # fmt: skip
    app = Scripted(Reply(200, {"value": [before]}), Reply(200, {"value": [after]}))
    async with bench(app) as on:
        (found,) = await collect(on.reader.granular.items(Service.SHAREPOINT, "s1"))
        placeholders = (found.restored_item_key, found.restored_item_path, found.restored_item_web_url, found.site_id)
        assert (*placeholders, found.start_date_time, found.completion_date_time, found.result) == (None,) * 7
        assert (found.status, artifact_status(found.status).terminal) == ("unknown", False)
        assert found.web_url == "https://c/a.docx"
        assert found.unread == {}
        (found,) = await collect(on.reader.granular.items(Service.SHAREPOINT, "s1"))
    assert (found.result, found.site_id) == ("https://c/Restored 1/a.docx", "h,1,2")
    assert app.asked[0].path == f"{ROOT}/sharePointRestoreSessions/s1/granularSiteRestoreArtifacts"
    assert app.asked[0].query == "", "the page documents no options"


async def test_found_mails_of_a_session_and_a_file_that_failed_in_beta() -> None:
    mail = {"id": "a", "searchResponseId": "r1", "artifactCount": 3, "restoredItemCount": 3, "status": "succeeded"}
    failed = {"id": KEY, "status": "failed", "destinationType": "inPlace", "error": {"code": "ArtifactNotFound"}}
    app = Scripted(Reply(200, {"value": [mail]}), Reply(200, {"value": [failed]}))
    async with bench(app, address=BETA) as on:
        (found,) = await collect(on.reader.granular.items(Service.EXCHANGE, "s1"))
        (file,) = await collect(on.reader.granular.items(Service.ONEDRIVE, "s1"))
    assert (found.search_response_id, found.artifact_count, found.restored_item_count) == ("r1", 3, 3)
    assert (file.destination_type, file.error.code) == ("inPlace", "ArtifactNotFound")


# -- what is refused here, and what is not sent twice


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda on: on.writer.granular.create_mail_session([]), "Nothing was chosen"),
        (lambda on: on.writer.granular.create_mail_session([FOUND] * 51), "too many"),
        (lambda on: on.writer.granular.create_item_session(Service.ONEDRIVE, []), "Nothing was chosen"),
        (lambda on: on.writer.granular.create_item_session(Service.ONEDRIVE, [ITEM, ITEM]), "in this draft twice"),
        (lambda on: on.writer.granular.create_item_session(Service.EXCHANGE, [ITEM]), "no files to choose"),
        (lambda on: on.writer.granular.update_items(Service.EXCHANGE, "s1", add=[ITEM]), "no files to choose"),
        (lambda on: on.writer.granular.update_items(Service.ONEDRIVE, "s1"), "No change was requested"),
        (lambda on: on.writer.granular.update_items(Service.ONEDRIVE, "s1", add=[ITEM, ITEM]), "in this draft twice"),
        (lambda on: on.writer.granular.update_items(Service.ONEDRIVE, "s1", remove=["k"] * 51), "too many"),
    ],
)
async def test_what_the_service_could_only_refuse_is_not_sent(call: Any, words: str) -> None:
    app = Scripted(Reply(200, {}))
    async with bench(app) as on:
        with pytest.raises(UsageError, match=words):
            await call(on)
    assert app.asked == []


def test_found_mails_without_a_search_cannot_be_named() -> None:
    with pytest.raises(UsageError, match="no id to restore from"):
        NewMailItems("p1", Destination.NEW, "")


CREATES = {
    "mails": lambda on: on.writer.granular.create_mail_session([FOUND]),
    "files": lambda on: on.writer.granular.create_item_session(Service.SHAREPOINT, [ITEM]),
    "change": lambda on: on.writer.granular.update_items(Service.SHAREPOINT, "s1", add=[ITEM]),
    "open": lambda on: on.writer.browse.create(Service.SHAREPOINT, "p1"),
}


@pytest.mark.parametrize("call", CREATES.values(), ids=CREATES)
@pytest.mark.parametrize(
    "reply", [ConnectionResetError(), Reply(503), Reply(504, b"<html>", kind="text/html"), Reply(200, b'{"id": "s')]
)
async def test_a_change_whose_answer_is_lost_is_unknown_and_sent_once(call: Any, reply: Any) -> None:
    app = Scripted(reply)
    async with bench(app) as on:
        with pytest.raises(OutcomeUnknown):
            await call(on)
    assert len(app.asked) == 1
    assert on.records[0].mutating


async def test_a_draft_without_an_id_may_exist() -> None:
    async with bench(Scripted(Reply(201, {"status": "draft"}))) as on:
        with pytest.raises(OutcomeUnknown):
            await on.writer.granular.create_item_session(Service.ONEDRIVE, [ITEM])


@pytest.mark.parametrize("service", FILES)
async def test_a_missing_role_and_a_closed_point_are_told(service: Service) -> None:
    async with bench(Scripted(refused(403, "accessDenied"))) as on:
        with pytest.raises(PermissionDenied) as caught:
            await collect(on.reader.granular.items(service, "s1"))
    assert "SharePoint Backup Administrator" in caught.value.hint
    async with bench(Scripted(refused(404, "BrowseSessionNotFound"))) as on:
        with pytest.raises(NotFound, match="no longer open"):
            await on.writer.granular.create_item_session(service, [ITEM])


def test_a_create_is_of_the_class_that_is_never_sent_again() -> None:
    from backup_tui.graph.requests import points, sessions

    calls = [
        sessions.create_mail_session([FOUND]),
        sessions.create_item_session(Service.ONEDRIVE, [ITEM]),
        points.create_browse_session(Service.ONEDRIVE, "p1"),
    ]
    assert {call.request_class for call in calls} == {RequestClass.CREATE}
