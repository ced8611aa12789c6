"""Specifies what the client takes where the service's pages contradict each other: one test for each row."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scripted_service import NOW, RawServer, Reply, Scripted, answer_bytes, bench, refused

from backup_tui.errors import Busy, InvalidRequest, StateConflict
from backup_tui.graph.operations import Operation
from backup_tui.graph.paging import collect, collect_by
from backup_tui.graph.requests.call import Call
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.calls import Outcome, RequestClass
from backup_tui.models.granular import ItemKeyForm, NewItem, NewMailItems, echoed_mails
from backup_tui.models.rules import DriveProtectionRule, read_rule
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import SharePointRestoreSession
from backup_tui.models.statuses import artifact_status, bulk_status, policy_status, rule_status, session_status

POINT = NewArtifact("p1", Destination.NEW)
DAY = timedelta(days=1)


BASE = "http://127.0.0.1:8365/v1.0"


ROOT = f"{BASE}/solutions/backupRestore"


ROWS = range(1, 29)


NOT_THE_CLIENTS = {
    22: "comments stand in the pages' examples of bodies; the client writes strict JSON, and the service rejects them",
}
"""Rows that say nothing about the client, with the reason."""


def test_every_row_has_its_test() -> None:
    names = vars(sys.modules[__name__])
    tested = {int(found[1]) for name in names if (found := re.match(r"test_row_(\d+)_", name))}
    assert sorted(tested | set(NOT_THE_CLIENTS)) == list(ROWS)
    assert not tested & set(NOT_THE_CLIENTS)


async def asked(reply: Reply, call: Any, **options: Any) -> Any:
    """What the client makes of one answer; `call` takes the open bench."""
    async with bench(Scripted(reply), **options) as on:
        return await call(on)


async def sent(reply: Reply, call: Any, **options: Any) -> Any:
    """What the client sends."""
    app = Scripted(reply)
    async with bench(app, **options) as on:
        await call(on)
    return json.loads(app.asked[0].body)


def session(**members: Any) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.sharepointRestoreSession", "id": "s1", "status": "draft"} | members


@pytest.mark.parametrize("status", ["draft", "activating", "active", "completed", "somethingNewer", None])
async def test_row_1_a_new_session_has_any_status(status: str | None) -> None:
    made = await asked(
        Reply(201, session(status=status)), lambda on: on.writer.create_session(Service.SHAREPOINT, [POINT])
    )
    assert (made.id, made.status) == ("s1", status)


@pytest.mark.parametrize(
    "kind",
    [
        {"@odata.type": "#microsoft.graph.sharepointRestoreSession"},
        {"@odata.type": "#microsoft.graph.sharePointRestoreSession"},
        {"@odata.type": "#microsoft.backupRestore.SharePointRestoreSession"},
        {"@odata.type": "#microsoft.graph.restoreSessionBase"},
        {"@odata.type": None},
        {},
    ],
)
async def test_row_2_types_count_in_any_case_and_may_be_missing(kind: dict[str, Any]) -> None:
    body = {"id": "s1", "status": "draft"} | kind
    for wrapped in (body, {"value": body}):
        made = await asked(Reply(201, wrapped), lambda on: on.writer.create_session(Service.SHAREPOINT, [POINT]))
        assert isinstance(made, SharePointRestoreSession)


@pytest.mark.parametrize("name", ["granularMailboxRestoreArtifacts", "granularMailboxRestoreArtifact"])
@pytest.mark.parametrize("several", [True, False])
async def test_row_3_repeated_mails_stand_under_both_names(name: str, several: bool) -> None:
    mail = {"id": "a1", "searchResponseId": "r1", "status": "added"}
    body = session(
        restoreJobType="standard",
        restoreSessionArtifactCount={"total": 2},
        **{name: [mail, {"x": 1}] if several else mail},
    )
    new = NewMailItems("p1", Destination.NEW, "r1")
    made = await asked(Reply(201, body), lambda on: on.writer.granular.create_mail_session([new]))
    assert [(each.id, each.search_response_id) for each in echoed_mails(made)] == [("a1", "r1")]
    assert (made.restore_job_type, made.counts.total) == ("standard", 2)
    assert echoed_mails(await asked(Reply(201, session()), lambda on: on.reader.session("s1"))) == ()


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"value": [one]}, lambda one: {"value": one}])
async def test_row_4_one_bulk_request_may_be_a_list_of_one(wrap: Any) -> None:
    body = wrap({"id": "b1", "status": "active", "mailboxes": []})
    found = await asked(Reply(200, body), lambda on: on.reader.bulk.one(Service.EXCHANGE, "s1", "b1"))
    assert (found.id, found.status) == ("b1", "active")


@pytest.mark.parametrize("kind", ["#microsoft.graph.driveProtectionRule", f"{BASE}/$metadata#rules/$entity", None])
@pytest.mark.parametrize("wrapped", [True, False])
def test_row_5_a_rule_that_goes_is_wrapped_and_its_type_may_be_an_address(kind: str | None, wrapped: bool) -> None:
    rule = {"@odata.type": kind, "id": "r1", "status": "deleteRequested", "driveExpression": "x"}
    found = read_rule({"value": rule} if wrapped else rule, Service.ONEDRIVE)
    assert isinstance(found, DriveProtectionRule)
    assert (found.id, found.status) == ("r1", "deleteRequested")


def change(operation: Operation) -> Call:
    """A change of a kind that the program itself does not make yet, on the way that all changes take."""
    path = "/solutions/backupRestore/x"
    return Call(operation, "try", "POST", path, RequestClass.CREATE, body={}, target="r1")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_row_6_a_rule_that_is_run_answers_with_any_good_status(status: int) -> None:
    body = None if status == 204 else {"id": "r1", "status": "active"}
    async with bench(Scripted(Reply(status, body))) as on:
        assert await on.path.run(change(Operation.RULE_RUN)) == body
    assert [record.outcome for record in on.records] == [Outcome.DONE]


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_row_7_what_is_made_answers_with_any_good_status(status: int) -> None:
    made = await asked(Reply(status, session()), lambda on: on.writer.create_session(Service.SHAREPOINT, [POINT]))
    assert made.id == "s1"
    async with bench(Scripted(Reply(status, {"id": "r1"}))) as on:
        assert await on.path.run(change(Operation.RULE_CREATE)) == {"id": "r1"}


@pytest.mark.parametrize("reply", [refused(400, "invalidStateForActivation"), refused(403, "PolicyActionNotAllowed")])
async def test_row_8_a_policy_in_the_wrong_state_is_told_alike(reply: Reply) -> None:
    with pytest.raises(StateConflict, match="activating needs an inactive policy"):
        await asked(reply, lambda on: on.writer.activate_policy("p1"))
    with pytest.raises(StateConflict, match="deactivating needs an active policy"):
        await asked(reply, lambda on: on.writer.deactivate_policy("p1"))


@pytest.mark.parametrize("status", [413, 400])
async def test_row_9_too_many_units_are_told_alike(status: int) -> None:
    reply = refused(status, "RestoreArtifactsLimitBreached")
    for call in (
        lambda on: on.writer.create_session(Service.EXCHANGE, [POINT]),
        lambda on: on.writer.update_session(Service.EXCHANGE, "s1", add=[POINT]),
    ):
        with pytest.raises(InvalidRequest, match="than the service takes"):
            await asked(reply, call)


async def test_row_10_no_place_is_a_refusal_although_it_is_a_500() -> None:
    app = Scripted(refused(500, "TooManyActiveRestoreSessions"))
    async with bench(app) as on:
        with pytest.raises(Busy, match="25 restores are running") as caught:
            await on.writer.activate_session("s1")
    assert len(app.asked) == 1, "it is offered again, not sent again"
    assert on.records[0].outcome is Outcome.REJECTED
    assert "still a draft" in caught.value.certainty


@pytest.mark.parametrize("count", [0, 1, 2, 5])
async def test_row_11_a_search_gives_any_number_of_points_of_a_unit(count: int) -> None:
    def point(number: int) -> dict[str, Any]:
        unit = {"@odata.type": "#microsoft.graph.mailboxProtectionUnit", "id": "u1"}
        return {"restorePoint": {"id": f"p{number}", "protectionUnit": unit}}

    body = {"searchResults": [point(number) for number in range(count)], "noResultProtectionUnitIds": ["u1", "u2"]}
    found = await asked(Reply(200, body), lambda on: on.reader.search_points(["u1", "u2"], start=NOW - DAY, end=NOW))
    assert [each.id for each in found.points.get("u1", ())] == [f"p{number}" for number in range(count)]
    assert found.without == ({"u2"} if count else {"u1", "u2"})


async def test_row_12_only_a_list_of_names_begins_with_an_empty_object() -> None:
    made = Reply(201, session())
    assert await sent(made, lambda on: on.writer.create_session(Service.EXCHANGE, [])) == {}
    assert await sent(made, lambda on: on.writer.create_session(Service.EXCHANGE, [POINT])) != {}
    with pytest.raises(InvalidRequest, match="list of units"):
        await asked(refused(400, "InvalidArtifactRequest"), lambda on: on.writer.create_session(Service.EXCHANGE, []))


async def test_row_13_a_point_is_sent_by_id_and_read_in_any_form() -> None:
    body = await sent(Reply(201, session()), lambda on: on.writer.create_session(Service.SHAREPOINT, [POINT]))
    assert body["siteRestoreArtifacts"] == [{"restorePoint": {"id": "p1"}, "destinationType": "new"}]
    rows = [{"id": "a1", "restorePoint": {"@odata.id": "p1"}}, {"id": "a2", "restorePoint": {"id": "p1"}}]
    found = await asked(Reply(200, {"value": rows}), lambda on: collect(on.reader.artifacts(Service.SHAREPOINT, "s1")))
    assert [each.id for each in found] == ["a1", "a2"], "a point without an id takes no unit away"
    assert [each.restore_point.id if each.restore_point else None for each in found] == [None, "p1"]
    assert found[0].raw() == rows[0]


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (None, {"id"}),
        (ItemKeyForm.ID, {"id"}),
        (ItemKeyForm.ITEM_KEY, {"itemKey"}),
        (ItemKeyForm.BOTH, {"id", "itemKey"}),
    ],
)
@pytest.mark.parametrize("answered", ["id", "itemKey"])
async def test_row_14_a_file_is_added_by_id_or_as_chosen_and_read_in_both_forms(
    form: ItemKeyForm | None, names: set[str], answered: str
) -> None:
    options: dict[str, Any] = {} if form is None else {"key_form": form}
    item = NewItem("b1", "k1")
    app = Scripted(Reply(200, {"granularDriveRestoreArtifacts@delta": [{answered: "k1", "status": "added"}]}))
    async with bench(app, **options) as on:
        answer = await on.writer.granular.update_items(Service.ONEDRIVE, "s1", add=[item])
    (added,) = json.loads(app.asked[0].body)["granularDriveRestoreArtifacts@delta"]
    assert {name: added[name] for name in added if name != "browseSessionId"} == dict.fromkeys(names, "k1")
    assert [each.id for each in answer.added] == ["k1"]
    made = await sent(
        Reply(201, session()), lambda on: on.writer.granular.create_item_session(Service.ONEDRIVE, [item]), **options
    )
    assert made["granularDriveRestoreArtifacts"] == [{"browseSessionId": "b1", "id": "k1"}]


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
        lambda name, delta: {f"{name}@delta": delta},
        lambda name, delta: {name: delta},
        lambda name, delta: {"@context": "#$delta", "id": "s1", f"{name}@delta": delta},
        lambda name, delta: {"value": {f"{name}@delta": delta}},
    ],
    ids=["delta", "plain", "with context", "wrapped"],
)
async def test_row_15_the_answer_to_a_change_lists_removals_or_not(form: Any, delta: list[dict[str, Any]]) -> None:
    units = await asked(
        Reply(200, form("mailboxRestoreArtifacts", delta)),
        lambda on: on.writer.update_session(Service.EXCHANGE, "s1", add=[POINT], remove=["a2"]),
    )
    assert ([each.id for each in units.added], units.refused) == (["a1"], ())
    files = await asked(
        Reply(200, form("granularSiteRestoreArtifacts", delta)),
        lambda on: on.writer.granular.update_items(Service.SHAREPOINT, "s1", add=[NewItem("b1", "a1")], remove=["a2"]),
    )
    assert ([each.id for each in files.added], files.refused) == (["a1"], ())
    assert files.removed in ((), ("a2",))


@pytest.mark.parametrize(
    ("link", "path"),
    [
        (f"{ROOT}/restoreSessions?$skiptoken=b", "/restoreSessions"),
        ("/solutions/backupRestore/restoreSessions?$skiptoken=b", "/restoreSessions"),
        ("?$skiptoken=b", "/restoreSessions"),
        (f"{ROOT}/protectionPolicies?$skiptoken=b", "/protectionPolicies"),
    ],
    ids=["absolute", "without host and version", "query only", "another collection"],
)
@pytest.mark.parametrize("version", ["v1.0", "beta"])
async def test_row_16_a_link_in_any_form_keeps_host_and_version(link: str, path: str, version: str) -> None:
    base = BASE.replace("v1.0", version)
    first = Reply(200, {"value": [{"id": "1"}], "@odata.nextLink": link.replace(BASE, base)})
    app = Scripted(first, Reply(200, {"value": [{"id": "2"}]}))
    async with bench(app, address=base) as on:
        assert [each.id for each in await collect(on.reader.sessions())] == ["1", "2"]
    assert app.asked[1].path == f"/{version}/solutions/backupRestore{path}"
    assert app.asked[1].query == "$skiptoken=b"


async def test_row_17_times_are_what_their_names_say_not_what_a_page_describes() -> None:
    body = session(createdDateTime="2026-11-20T10:00:00Z", completedDateTime="2026-11-20T09:00:00Z")
    found = await asked(Reply(200, body), lambda on: on.reader.session("s1"))
    assert found.created_date_time == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert found.completed_date_time == datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["2023-03-30T12-01-03.45Z", "2023-03-30T12:01:03.45Z", "2023-03-30T12:01:03.4500000Z"]
)
async def test_row_18_times_with_dashes_are_times(written: str) -> None:
    found = await asked(Reply(200, session(createdDateTime=written)), lambda on: on.reader.session("s1"))
    assert found.created_date_time == datetime(2023, 3, 30, 12, 1, 3, 450000, tzinfo=UTC)


async def test_row_19_members_that_are_not_known_do_no_harm() -> None:
    body = {"serviceStatus": {"status": "enabled", "id": "x", "serviceConsumer": "thirdParty"}, "id": "y"}
    root = await asked(Reply(200, body), lambda on: on.reader.service_root())
    assert (root.service_status.status, root.service_status.backup_service_consumer) == ("enabled", None)
    assert root.raw() == body


async def test_row_20_placeholders_of_units_and_files_count_as_not_set() -> None:
    unit: dict[str, Any] = {
        "id": "a1", "status": "unknown", "startDateTime": "0001-01-01T00:00:00Z", "restoredFolderName": "",
        "restoredItemCount": None, "error": {},
    }  # fmt: skip
    (found,) = await asked(
        Reply(200, {"value": [unit]}), lambda on: collect(on.reader.artifacts(Service.EXCHANGE, "s1"))
    )
    assert (found.start_date_time, found.result, found.error.code) == (None, None, None)
    assert (found.status, artifact_status(found.status).terminal) == ("unknown", False)
    texts = ("restoredItemKey", "restoredItemPath", "restoredItemWebUrl", "webUrl", "siteId", "browseSessionId")
    times = ("startDateTime", "completionDateTime", "restorePointDateTime")
    file = {"id": "k1", "status": "unknown", **dict.fromkeys(texts, ""), **dict.fromkeys(times, "0001-01-01T00:00:00Z")}
    (row,) = await asked(
        Reply(200, {"value": [file]}), lambda on: collect(on.reader.granular.items(Service.SHAREPOINT, "s1"))
    )
    assert {name for name in row.members().values() if getattr(row, name)} == {"id", "status"}
    assert row.raw()["status"] == "unknown"
    assert artifact_status(row.status).word == "unknown"


@pytest.mark.parametrize(
    "link",
    [f"{ROOT}/sharePointBrowseSessions/b1/browse?$skiptoken=b", f"{ROOT}/browseSessions/b1/browse(nextFetchToken='b')"],
)
async def test_row_21_a_browse_begins_with_an_empty_object_and_goes_on_by_get(link: str) -> None:
    app = Scripted(Reply(200, {"value": [{"itemKey": "1"}], "@odata.nextLink": link}), Reply(200, {"value": []}))
    async with bench(app) as on:
        await collect_by(on.reader.browse.items(Service.SHAREPOINT, "b1"), lambda item: item.item_key)
    first, second = app.asked
    assert (first.method, first.path, first.body) == (
        "POST", "/v1.0/solutions/backupRestore/sharePointBrowseSessions/b1/browse", b"{}"
    )  # fmt: skip
    assert (second.method, second.body) == ("GET", b"")


@pytest.mark.parametrize(
    "user",
    [
        {"id": "u", "displayName": "Ryan"},
        {"identity": "u", "displayName": "Ryan"},
        {"identity": {"id": "u", "displayName": "Ryan"}},
    ],
)
async def test_row_23_a_person_is_read_in_every_form(user: dict[str, object]) -> None:
    found = await asked(
        Reply(200, session(createdBy={"user": user}, lastModifiedBy={})), lambda on: on.reader.session("s1")
    )
    assert (found.created_by.user_id, found.created_by.label, found.last_modified_by.label) == ("u", "Ryan", "")


@pytest.mark.parametrize(
    ("status", "word"), [({"status": "enabled"}, "enabled"), ([{"status": "enabled"}], None), ([], None)]
)
async def test_row_24_the_state_of_the_service_is_an_object_and_a_list_does_no_harm(
    status: object, word: str | None
) -> None:
    root = await asked(Reply(200, {"serviceStatus": status}), lambda on: on.reader.service_root())
    assert (root.service_status.status if root.service_status else None) == word
    assert root.raw()["serviceStatus"] == status


@pytest.mark.parametrize("phrase", ["403 Forbidden", "403 Operation Not Allowed", "403"])
async def test_row_25_a_status_is_its_number(phrase: str) -> None:
    error = b'{"error": {"code": "OperationNotAllowed", "message": "No.", "details": []}}'

    async def behave(reader: Any, writer: Any) -> None:
        await server.read_request(reader)
        writer.write(answer_bytes(error, status=phrase))
        await writer.drain()

    server = RawServer(behave)
    async with server, bench(address=server.url) as on:
        with pytest.raises(StateConflict, match="state doesn't allow"):
            await on.writer.offboard_unit("u1", Service.EXCHANGE)
    assert [record.status for record in on.records] == [403]


def test_row_26_one_letter_tells_a_session_from_a_list_of_names_and_a_rule() -> None:
    for look_up, word in (
        (session_status, "completedWithError"),
        (bulk_status, "completedWithErrors"),
        (rule_status, "completedWithErrors"),
    ):
        other = "completedWithErrors" if word.endswith("Error") else "completedWithError"
        assert look_up(word).word != word
        assert look_up(other).word == other, "it is shown as it came"
    assert session_status("completedWithError").terminal
    assert not session_status("completedWithErrors").terminal
    assert policy_status("activeWithErrors").word != "activeWithErrors"


async def test_row_27_a_removal_takes_a_unit_out_and_leaves_the_session() -> None:
    app = Scripted(Reply(200, {"mailboxRestoreArtifacts@delta": []}))
    async with bench(app) as on:
        await on.writer.update_session(Service.EXCHANGE, "s1", remove=["a1"])
    assert [(each.method, each.path.rsplit("/", 2)[1:]) for each in app.asked] == [
        ("PATCH", ["exchangeRestoreSessions", "s1"])
    ]
    assert json.loads(app.asked[0].body) == {
        "mailboxRestoreArtifacts@delta": [{"@removed": {"reason": "changed"}, "id": "a1"}]
    }


async def test_row_28_points_count_for_the_unit_that_they_name_whatever_its_type() -> None:
    def point(number: int, unit: str, kind: str) -> dict[str, Any]:
        of = {"@odata.type": f"#microsoft.graph.{kind}ProtectionUnit", "id": unit}
        return {"id": f"p{number}", "protectionDateTime": "2026-11-20T10:00:00Z", "protectionUnit": of}

    body = {"searchResults": [{"restorePoint": point(1, "u1", "site")}], "noResultProtectionUnitIds": []}
    found = await asked(Reply(200, body), lambda on: on.reader.search_points(["u1"], start=NOW - DAY, end=NOW))
    assert [each.id for each in found.points["u1"]] == ["p1"]
    rows = {"value": [point(2, "u1", "site"), point(3, "u2", "mailbox"), point(4, "u1", "mailbox")]}
    listed = await asked(Reply(200, rows), lambda on: on.reader.points_of_unit("u1", before=NOW))
    assert {each.id for each in listed} == {"p2", "p4"}


@pytest.mark.parametrize("results", [{}, {"searchResults": None}, {"searchResults": []}])
async def test_a_search_without_any_point(results: dict[str, Any]) -> None:
    body = {"searchResponseId": "x", **results, "noResultProtectionUnitIds": ["u1"]}
    found = await asked(Reply(200, body), lambda on: on.reader.search_points(["u1"], start=NOW - DAY, end=NOW))
    assert (found.points, found.without) == ({}, {"u1"})
