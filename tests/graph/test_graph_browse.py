"""Specifies looking into a restore point: opening it, its pages by POST and GET, and what rows say."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_service import NOW, Asked, Reply, Scripted, bench, refused

from backup_tui.errors import ForeignLink, InvalidRequest, NotFound, ProtocolError, StateConflict, UsageError
from backup_tui.graph.paging import collect, collect_by
from backup_tui.models.browse import (
    BrowseItem,
    BrowseQuery,
    BrowseSession,
    ItemType,
    OneDriveForBusinessBrowseSession,
    Order,
    ResourceType,
    SharePointBrowseSession,
)
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, browse_status

BASE = "http://127.0.0.1:8365"
ROOT = "/v1.0/solutions/backupRestore"
ID = "eJwLz/Q=+a"
SESSION = {
    "id": ID, "status": "created", "restorePointDateTime": "2026-11-20T10:00:00Z", "backupSizeInBytes": "584316",
    "createdDateTime": "2026-11-22T04:02:00Z", "expirationDateTime": "2026-11-25T04:01:58Z", "siteId": "h,1,2",
}  # fmt: skip


def key_of(item: BrowseItem) -> str:
    return item.item_key


@pytest.mark.parametrize(
    ("service", "path", "kind"),
    [
        (Service.ONEDRIVE, "oneDriveForBusinessBrowseSessions", OneDriveForBusinessBrowseSession),
        (Service.SHAREPOINT, "sharePointBrowseSessions", SharePointBrowseSession),
    ],
)
async def test_a_point_is_opened_and_read_again(service: Service, path: str, kind: type[BrowseSession]) -> None:
    app = Scripted(Reply(201, SESSION), Reply(200, SESSION), Reply(200, {"value": [SESSION]}))
    async with bench(app) as on:
        made = await on.writer.browse.create(service, "TXpSbE5H/+=")
        again = await on.reader.browse.session(service, ID)
        (listed,) = await collect(on.reader.browse.sessions(service))
    assert json.loads(app.asked[0].body) == {"restorePointId": "TXpSbE5H/+="}
    assert [(each.method, each.path) for each in app.asked] == [
        ("POST", f"{ROOT}/{path}"),
        ("GET", f"{ROOT}/{path}/eJwLz%2FQ%3D%2Ba"),
        ("GET", f"{ROOT}/{path}"),
    ]
    assert all(each.query == "" for each in app.asked)
    for found in (made, again, listed):
        assert isinstance(found, kind)
        assert (found.id, found.size) == (ID, 584316)
        assert browse_status(found.status).allows(Action.BROWSE)
        assert not found.has_ended(NOW + timedelta(hours=71))
        assert found.has_ended(NOW + timedelta(hours=72))


async def test_open_points_of_all_services_are_read_as_the_type_that_they_are() -> None:
    rows = [
        {"@odata.type": "#microsoft.graph.sharepointBrowseSession", "id": "1", "siteId": "s"},
        {"@odata.type": "#microsoft.graph.oneDriveForBusinessBrowseSession", "id": "2", "directoryObjectId": "d"},
        {"id": "3", "status": "failed", "error": {"code": "x"}},
    ]
    app = Scripted(Reply(200, {"value": rows}))
    async with bench(app) as on:
        found = await collect(on.reader.browse.sessions())
    assert app.asked[0].path == f"{ROOT}/browseSessions"
    assert [each.service for each in found] == [Service.SHAREPOINT, Service.ONEDRIVE, None]
    assert (found[0].site_id, found[1].directory_object_id) == ("s", "d")
    assert not found[2].has_ended(NOW), "whose end is not given"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (BrowseQuery(), {}),
        (
            BrowseQuery("k1,k2", ResourceType.LIBRARY, "Year's", Order.NAME_DOWN),
            {
                "browseLocationItemKey": "k1,k2",
                "browseResourceType": "documentLibrary",
                "filter": "(name -contains 'Year''s')",
                "orderBy": "nameDsc",
            },
        ),
        (BrowseQuery(order=Order.PATH_UP), {"orderBy": "pathAsc"}),
    ],
)
async def test_the_first_page_is_a_post_and_the_next_ones_are_gets(query: BrowseQuery, body: dict[str, str]) -> None:
    link = f"{BASE}{ROOT}/sharePointBrowseSessions/b1/browse?$skiptoken=eyJ0eXBlIjoi"
    rows = [{"itemKey": str(number), "name": "n", "type": "folder"} for number in range(3)]
    app = Scripted(
        Reply(200, {"@odata.count": 2, "value": rows[:2], "@odata.nextLink": link}),
        Reply(200, {"@odata.count": 1, "value": rows[2:]}),
    )
    async with bench(app) as on:
        found = await collect_by(on.reader.browse.items(Service.SHAREPOINT, "b1", query), key_of)
    assert [each.item_key for each in found] == ["0", "1", "2"]
    first, second = app.asked
    assert (first.method, first.path, json.loads(first.body)) == (
        "POST", f"{ROOT}/sharePointBrowseSessions/b1/browse", body
    )  # fmt: skip
    assert first.headers["content-type"] == "application/json"
    assert (second.method, second.query, second.body) == ("GET", "$skiptoken=eyJ0eXBlIjoi", b"")
    assert [record.mutating for record in on.records] == [False, False]


@pytest.mark.parametrize(
    "link",
    [
        "?$skiptoken=a",
        "/solutions/backupRestore/browseSessions/b1/browse?$skiptoken=a",
        f"{BASE}{ROOT}/browseSessions/b1/browse(nextFetchToken='abc')",
    ],
)
async def test_a_link_in_any_form_is_followed_by_get(link: str) -> None:
    app = Scripted(Reply(200, {"value": [], "@odata.nextLink": link}), Reply(200, {"value": []}))
    async with bench(app) as on:
        assert await collect_by(on.reader.browse.items(Service.ONEDRIVE, "b1"), key_of) == []
    assert [each.method for each in app.asked] == ["POST", "GET"]


async def test_a_link_that_leads_elsewhere_is_not_followed() -> None:
    app = Scripted(Reply(200, {"value": [], "@odata.nextLink": "https://evil.example/browse"}))
    async with bench(app) as on:
        with pytest.raises(ForeignLink):
            await collect_by(on.reader.browse.items(Service.ONEDRIVE, "b1"), key_of)
    assert len(app.asked) == 1


async def test_the_first_page_only_asks_so_it_is_repeated() -> None:
    app = Scripted(ConnectionResetError(), Reply(200, {"value": []}))
    async with bench(app) as on:
        await collect_by(on.reader.browse.items(Service.ONEDRIVE, "b1"), key_of)
    assert [each.method for each in app.asked] == ["POST", "POST"]


def test_rows_say_what_they_are() -> None:
    folder = BrowseItem.read({"itemKey": "1,2,3,4", "type": "folder", "itemsCount": 7, "sizeInBytes": "584316"})
    assert (folder.opens, folder.items_count, folder.size) == (ResourceType.FOLDER, 7, 584316)
    site = BrowseItem.read({"itemKey": "1,2", "name": "HR", "webUrl": "https://c/hr", "type": "site"})
    assert (site.opens, site.size, site.items_count) == (ResourceType.SITE, None, None)
    assert BrowseItem.read({"itemKey": "k", "type": "documentLibrary"}).opens is ResourceType.LIBRARY
    for kind in (ItemType.FILE, ItemType.NONE, "unknownFutureValue", None, 7):
        assert BrowseItem.read({"itemKey": "k", "type": kind}).opens is None
    beta = BrowseItem.read({"itemKey": "k", "createdBy": {"user": {"displayName": "A"}}})
    assert beta.created_by is not None
    assert beta.created_by.label == "A"


@pytest.mark.parametrize("size", [None, "", "-1", "1e3", "١٢", "9" * 30, 5, True])
def test_a_size_that_is_none_counts_as_not_given(size: object) -> None:
    assert BrowseItem.read({"itemKey": "k", "sizeInBytes": size}).size is None


@pytest.mark.parametrize("raw", [{}, {"itemKey": None}, {"itemKey": 5}, {"itemKey": "a\x07"}, [], 5])
async def test_a_row_without_a_usable_key_cannot_be_understood(raw: object) -> None:
    with pytest.raises(ProtocolError):
        BrowseItem.read(raw)
    async with bench(Scripted(Reply(200, {"value": [raw, {"itemKey": "k"}]}))) as on:
        (page,) = [page async for page in on.reader.browse.items(Service.ONEDRIVE, "b1")]
    assert ([each.item_key for each in page.items], page.unread) == (["k"], 1)


@given(st.text(max_size=30))
def test_no_name_breaks_out_of_the_filter(name: str) -> None:
    try:
        body = BrowseQuery(name_contains=name).body()
    except UsageError:
        assert not name.isprintable()  # which texts are refused is what is looked at
        return
    if not name:
        assert body == {}
        return
    text = str(body["filter"]).removeprefix("(name -contains '").removesuffix("')")
    assert "'" not in text.replace("''", "")
    assert text.replace("''", "'") == name


async def test_mailboxes_have_nothing_to_browse() -> None:
    app = Scripted(Reply(200, SESSION))
    async with bench(app) as on:
        for call in (
            lambda: on.writer.browse.create(Service.EXCHANGE, "p"),
            lambda: on.reader.browse.session(Service.EXCHANGE, "b"),
            lambda: collect(on.reader.browse.sessions(Service.EXCHANGE)),
            lambda: collect_by(on.reader.browse.items(Service.EXCHANGE, "b"), key_of),
        ):
            with pytest.raises(UsageError, match="search the mailbox"):
                await call()
    assert app.asked == []


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refused(404, "BrowseSessionNotFound"), NotFound, "no longer open"),
        (refused(409, "BrowseSessionNotReady"), StateConflict, "still being opened"),
        (refused(404, "itemNotFound"), NotFound, "not in the point"),
    ],
)
async def test_refusals_are_told_in_words(reply: Reply, error: type[Exception], words: str) -> None:
    async with bench(Scripted(reply)) as on:
        with pytest.raises(error, match=words):
            await collect_by(on.reader.browse.items(Service.ONEDRIVE, "b1"), key_of)


async def test_a_point_that_is_not_express_is_told_as_that() -> None:
    async with bench(Scripted(refused(400, "InvalidRestorePoint"))) as on:
        with pytest.raises(InvalidRequest, match="express"):
            await on.writer.browse.create(Service.ONEDRIVE, "p1")


async def test_an_answer_about_another_point_is_refused() -> None:
    async with bench(Scripted(Reply(200, SESSION))) as on:
        with pytest.raises(ProtocolError, match="another object"):
            await on.reader.browse.session(Service.ONEDRIVE, "b2")


async def test_ids_stay_one_segment() -> None:
    seen: list[Asked] = []

    def look(asked: Asked) -> Reply:
        seen.append(asked)
        return Reply(200, {"value": []})

    async with bench(Scripted(look)) as on:
        await collect_by(on.reader.browse.items(Service.ONEDRIVE, "../x?y#z"), key_of)
    assert seen[0].path == f"{ROOT}/oneDriveForBusinessBrowseSessions/..%2Fx%3Fy%23z/browse"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = [member for member in BrowseItem.members() if member != "itemKey"]


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*MEMBERS, "aMemberOfTomorrow"], ANYTHING)))
def test_members_of_any_shape_leave_the_row_and_its_key(members: dict[str, Any]) -> None:
    row = BrowseItem.read({"itemKey": "1,2,3", **members})
    assert row.item_key == "1,2,3"
    assert set(row.raw()) == {"itemKey", *members}
    for name, value in row.unread.items():
        assert members[name] == value
    assert row.size is None or row.size >= 0
    assert row.opens in (None, *ResourceType)
