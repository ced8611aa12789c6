"""Specifies paging that never lies: to the end, never elsewhere, never in a circle, no part as the whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_service import BASE, Reply, Scripted, bench, refused

from backup_tui.errors import ForeignLink, IncompleteList, PermissionDenied, ProtocolError, SignInError
from backup_tui.graph.address import parse_address
from backup_tui.graph.paging import collect, next_url
from backup_tui.models.services import Service

ROOT = f"{BASE}/solutions/backupRestore"
ADDRESS = parse_address(BASE)
ASKED = f"{ROOT}/restoreSessions?$skiptoken=a"


def page(*ids: str, link: object = None) -> Reply:
    body: dict[str, object] = {"value": [{"id": each, "status": "draft"} for each in ids]}
    if link is not None:
        body["@odata.nextLink"] = link
    return Reply(200, body)


def link(token: str) -> str:
    return f"{ROOT}/restoreSessions?$skiptoken={token}"


async def read(app: Scripted) -> Any:
    """What a caller has in hand when the list ends or breaks off."""
    pages, error = [], None
    async with bench(app) as bench_:
        try:
            async for each in bench_.reader.sessions():
                pages.append(each)  # noqa: PERF401  # what came before the error is looked at
        except Exception as caught:
            error = caught
    return pages, error


async def test_a_list_is_followed_to_its_end_empty_pages_too() -> None:
    app = Scripted(page("1", "2", link=link("b")), page(link=link("c")), page("3"))
    pages, error = await read(app)
    assert error is None
    assert [[item.id for item in each.items] for each in pages] == [["1", "2"], [], ["3"]]
    assert [each.number for each in pages] == [1, 2, 3]
    assert [each.last for each in pages] == [False, False, True]
    assert app.asked[1].query == "$skiptoken=b"


async def test_a_link_counts_in_any_case_and_null_is_none() -> None:
    first = {"value": [{"id": "1"}], "@odata.nextlink": link("b")}
    pages, error = await read(Scripted(Reply(200, first), Reply(200, {"value": [], "@odata.nextLink": None})))
    assert error is None
    assert [each.last for each in pages] == [False, True]


async def test_a_link_that_repeats_is_refused_and_what_was_read_is_kept() -> None:
    app = Scripted(page("1", link=link("b")), page("2", link=link("b")))
    pages, error = await read(app)
    assert len(pages) == 2
    assert isinstance(error, IncompleteList)
    assert error.read == 2
    assert len(app.asked) == 2


async def test_a_link_back_to_the_first_page_is_a_circle_too() -> None:
    _, error = await read(Scripted(page("1", link=f"{ROOT}/restoreSessions")))
    assert isinstance(error, IncompleteList)


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example/v1.0/solutions/backupRestore/restoreSessions",
        "https://127.0.0.1:8365/v1.0/solutions/backupRestore/restoreSessions?$skiptoken=b",
        "http://127.0.0.1:8366/v1.0/x",
        "http://127.0.0.1/v1.0/x",
        "//evil.example/v1.0/x",
        "http://127.0.0.1:8365@evil.example/v1.0/x",
        "http://user@127.0.0.1:8365/v1.0/x",
        "http://127.0.0.1:8365\\@evil.example/x",
        "http://127.0.0.1:8365\t.evil.example/x",
        "http://127.0.0.1:notaport/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        17,
        "",
    ],
)
async def test_the_sign_in_is_not_sent_elsewhere(foreign: int | str) -> None:
    app = Scripted(page("1", link=foreign), page("2"))
    pages, error = await read(app)
    assert isinstance(error, ForeignLink)
    assert len(pages) == 1
    assert len(app.asked) == 1


@pytest.mark.parametrize(
    ("given_link", "expected"),
    [
        ("/solutions/backupRestore/restoreSessions?$skiptoken=b", f"{ROOT}/restoreSessions?$skiptoken=b"),
        ("?$skiptoken=b", f"{ROOT}/restoreSessions?$skiptoken=b"),
        ("restoreSessions?$skiptoken=b", f"{ROOT}/restoreSessions?$skiptoken=b"),
        ("/v1.0/solutions/backupRestore/x?$skiptoken=b", f"{ROOT}/x?$skiptoken=b"),
        (f"{ROOT}/protectionUnits?$skiptoken=b%2Fc", f"{ROOT}/protectionUnits?$skiptoken=b%2Fc"),
        (f"{ROOT}/x?$skiptoken=b#fragment", f"{ROOT}/x?$skiptoken=b"),
    ],
)
def test_where_a_link_of_the_service_leads(given_link: str, expected: str) -> None:
    assert next_url(given_link, ASKED, ADDRESS) == expected


def test_the_usual_port_may_be_written_or_not() -> None:
    graph = parse_address("https://graph.microsoft.com/beta")
    asked = "https://graph.microsoft.com/beta/solutions/backupRestore/restoreSessions"
    assert next_url("https://GRAPH.microsoft.com:443/beta/x", asked, graph).endswith("/beta/x")
    assert (
        next_url("/solutions/backupRestore/x", asked, graph)
        == "https://graph.microsoft.com/beta/solutions/backupRestore/x"
    )


@given(st.text(max_size=80) | st.from_regex(r"\A(https?:)?/{0,3}[a-z0-9@:.\[\]%\\-]{0,40}(/[^\n]{0,20})?\Z"))
def test_no_link_leads_off_the_origin(text: Any) -> None:
    try:
        url = next_url(text, ASKED, ADDRESS)
    except ForeignLink:
        return
    assert url.startswith("http://127.0.0.1:8365")
    assert url[len("http://127.0.0.1:8365") :][:1] in ("/", "?", "")


async def test_page_seven_of_nine_fails_and_six_are_kept() -> None:
    pages = [page(str(number), link=link(f"p{number}")) for number in range(1, 7)]
    got, error = await read(Scripted(*pages, refused(500, "generalException")))
    assert len(got) == 6
    assert isinstance(error, IncompleteList)
    assert error.read == 6
    assert "6 entries" in error.certainty


async def test_a_first_page_that_fails_fails_as_what_it_is() -> None:
    pages, error = await read(Scripted(refused(403, "Forbidden")))
    assert pages == []
    assert isinstance(error, PermissionDenied)


async def test_a_sign_in_that_ends_in_the_middle_is_said_as_that() -> None:
    pages, error = await read(Scripted(page("1", link=link("b")), refused(401, "InvalidAuthenticationToken")))
    assert len(pages) == 1
    assert isinstance(error, SignInError)


async def test_an_expired_link_begins_the_list_anew_once() -> None:
    app = Scripted(page("1", link=link("b")), refused(410, "resyncRequired"), page("1", link=link("c")), page("2"))
    async with bench(app) as bench_:
        numbers = [each.number async for each in bench_.reader.sessions()]
    assert numbers == [1, 1, 2]
    always = Scripted(page("1", link=link("b")), refused(410, "gone"), page("1", link=link("b")), refused(410, "gone"))
    _, error = await read(always)
    assert isinstance(error, IncompleteList)


async def test_an_entry_that_cannot_be_read_is_counted_and_the_others_are_shown() -> None:
    body = {"value": [{"id": "1"}, "nonsense", {"status": "draft"}, {"id": "2", "createdDateTime": "never"}]}
    pages, error = await read(Scripted(Reply(200, body)))
    assert error is None
    assert [item.id for item in pages[0].items] == ["1", "2"]
    assert pages[0].unread == 2


@pytest.mark.parametrize("body", [{}, {"value": {"id": "1"}}, [], {"value": None}, "text"])
async def test_an_answer_without_a_list_is_not_an_empty_list(body: Any) -> None:
    pages, error = await read(Scripted(Reply(200, body)))
    assert pages == []
    assert isinstance(error, ProtocolError)


async def test_an_empty_answer_is_not_an_empty_list() -> None:
    _, error = await read(Scripted(Reply(204)))
    assert isinstance(error, ProtocolError)


async def test_an_id_that_comes_twice_counts_once_and_the_later_counts() -> None:
    first = {"value": [{"id": "1", "status": "draft"}, {"id": "2"}], "@odata.nextLink": link("b")}
    second = {"value": [{"id": "1", "status": "active"}, {"id": "3"}]}
    async with bench(Scripted(Reply(200, first), Reply(200, second))) as bench_:
        found = await collect(bench_.reader.sessions())
    assert [(each.id, each.status) for each in found] == [("1", "active"), ("2", None), ("3", None)]


async def test_a_collected_list_is_whole_or_not_given() -> None:
    async with bench(Scripted(Reply(200, {"value": [{"id": "1"}, 5]}))) as bench_:
        with pytest.raises(IncompleteList):
            await collect(bench_.reader.sessions())


async def test_all_units_fall_back_to_the_three_lists_and_end_once() -> None:
    def units(asked: Any) -> Any:
        if asked.path.endswith("/protectionUnits"):
            return refused(404, "ResourceNotFound")
        kind = asked.path.rsplit(".", 1)[-1]
        return Reply(200, {"value": [{"id": kind}]})

    app = Scripted(units)
    async with bench(app) as bench_:
        pages = [each async for each in bench_.reader.all_units()]
    assert [each.number for each in pages] == [1, 2, 3]
    assert [each.last for each in pages] == [False, False, True]
    assert [unit.service for each in pages for unit in each.items] == ["exchange", "onedrive", "sharepoint"]


async def test_units_behind_the_points_are_given_up_after_the_first_refusal() -> None:
    def artifacts(asked: Any) -> Any:
        return refused(400, "BadRequest") if "expand" in asked.query else page("a")

    app = Scripted(artifacts)
    async with bench(app) as bench_:
        for _ in range(2):
            found = await collect(bench_.reader.artifacts(Service.EXCHANGE, "s", expand_units=True))
            assert [each.id for each in found] == ["a"]
    assert ["expand" in each.query for each in app.asked] == [True, False, False]
