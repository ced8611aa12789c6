"""Specifies what a read makes of each kind of answer: retried, refused with words, or read, and what is recorded."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from scripted_service import NOW, Reply, Scripted, bench, refused

from backup_tui.errors import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProtocolError,
    ServerFault,
    Throttled,
    Unreachable,
    UsageError,
)
from backup_tui.graph.json_body import parse_json
from backup_tui.graph.wire import MAX_BODY
from backup_tui.models.calls import Outcome
from backup_tui.models.services import Service
from backup_tui.models.whoami import WhoAmI

SESSION = Reply(200, {"id": "s1", "status": "active"})
HTML = Reply(200, b"<html><head><title>Sign in\x1b[31m to Wi-Fi</title></head></html>", kind="text/html")


async def test_what_is_sent_with_a_read() -> None:
    asked_for = "d91e/../x?y='1'%2f"
    app = Scripted(Reply(200, {"id": asked_for}))
    async with bench(app) as on:
        await on.reader.session(asked_for)
    asked = app.asked[0]
    assert asked.path == "/v1.0/solutions/backupRestore/restoreSessions/d91e%2F..%2Fx%3Fy%3D%271%27%252f"
    assert asked.query == ""
    assert asked.headers["prefer"] == "include-unknown-enum-members"
    assert asked.headers["client-request-id"] == on.records[0].id
    assert asked.headers["user-agent"].startswith("backup-tui/")


async def test_a_quote_in_a_filter_is_doubled_and_encoded() -> None:
    app = Scripted(Reply(200, {"value": []}))
    async with bench(app) as on:
        assert await on.reader.points_of_unit("o'brien) or (1 eq 1", before=NOW) == ()
    query = app.asked[0].query
    assert "o%27%27brien%29%20or" in query
    assert "$filter=protectionDateTime%20lt%202026-11-22T04%3A02%3A00Z" in query


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_a_fault_of_the_service_is_asked_again(status: int) -> None:
    app = Scripted(refused(status, "generalException"), refused(status, "generalException"), SESSION)
    async with bench(app) as on:
        assert (await on.reader.session("s1")).status == "active"
    assert [record.try_number for record in on.records] == [1, 2, 3]
    assert len({record.id for record in on.records}) == 3, "each try has an id of its own"
    assert on.waits == [0.25, 0.5]


async def test_a_fault_that_stays_is_told_after_four_tries() -> None:
    app = Scripted(refused(500, "generalException"))
    async with bench(app) as on:
        with pytest.raises(ServerFault) as caught:
            await on.reader.session("s1")
    assert len(app.asked) == 4
    assert caught.value.request_id == "r-1"
    assert caught.value.code == "generalException"
    assert "own words" in caught.value.detail


@pytest.mark.parametrize("status", [501, 507])
async def test_a_fault_that_cannot_pass_is_told_at_once(status: int) -> None:
    app = Scripted(refused(status, "notImplemented"))
    async with bench(app) as on:
        with pytest.raises(ServerFault):
            await on.reader.session("s1")
    assert len(app.asked) == 1


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refused(403, "Forbidden"), PermissionDenied, "adele@contoso.com may not do this"),
        (refused(402, "paymentRequired"), PermissionDenied, "may not"),
        (refused(402, "InvalidBillingProfile"), PermissionDenied, "billing profile"),
        (refused(404, "RestoreSessionNotFound"), NotFound, "No session s1: a deleted draft"),
        (refused(404, "itemNotFound"), NotFound, "does not have this"),
        (refused(400, "InvalidRestoreSessionId"), InvalidRequest, "does not accept s1"),
        (refused(400, "somethingNew"), InvalidRequest, "somethingNew"),
        (refused(409, "conflict"), InvalidRequest, "HTTP 409"),
    ],
)
async def test_a_refusal_says_what_it_means(reply: Any, error: Any, words: str) -> None:
    who = WhoAmI("contoso.com", user="adele@contoso.com")
    app = Scripted(reply)
    async with bench(app, who=who) as on:
        with pytest.raises(error) as caught:
            await on.reader.session("s1")
    assert words in caught.value.message
    assert caught.value.request_id == "r-1"
    assert len(app.asked) == 1


async def test_an_error_inside_a_good_answer_is_an_error() -> None:
    reply = Reply(200, {"error": {"code": "RestoreSessionNotFound", "message": "x"}})
    async with bench(Scripted(reply)) as on:
        with pytest.raises(NotFound):
            await on.reader.session("s1")


async def test_an_error_member_of_a_session_is_its_own() -> None:
    reply = Reply(200, {"id": "s1", "status": "failed", "error": {"code": "UnknownError"}})
    async with bench(Scripted(reply)) as on:
        assert (await on.reader.session("s1")).error.code == "UnknownError"


async def test_a_proxys_page_is_not_taken_for_an_answer() -> None:
    app = Scripted(HTML)
    async with bench(app) as on:
        with pytest.raises(ProtocolError) as caught:
            await on.reader.session("s1")
    assert "proxy or portal answered" in caught.value.message
    assert "Sign in" in caught.value.message
    assert "\x1b" not in caught.value.message
    assert len(app.asked) == 1
    assert on.records[0].stranger == "a proxy or portal answers"


async def test_a_proxys_page_with_502_is_asked_again() -> None:
    app = Scripted(Reply(502, HTML.body, kind="text/html"), SESSION)
    async with bench(app) as on:
        assert (await on.reader.session("s1")).id == "s1"


async def test_a_redirect_is_an_error_and_not_followed() -> None:
    app = Scripted(Reply(302, None, {"location": "https://evil.example/"}))
    async with bench(app) as on:
        with pytest.raises(ProtocolError, match="redirect"):
            await on.reader.session("s1")
    assert len(app.asked) == 1
    assert on.records[0].stranger


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": "s1", "sta',
        b'{"id": "s1", "n": NaN}',
        b'{"id": "s1", "n": -Infinity}',
        b'{"id": "s1", "n": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"id": "\xff\xfe"}',
    ],
    ids=["cut", "nan", "infinity", "huge number", "deep", "not utf-8"],
)
async def test_json_made_to_hurt_is_an_error_of_its_own(body: bytes) -> None:
    app = Scripted(Reply(200, body))
    async with bench(app) as on:
        with pytest.raises(ProtocolError, match="cannot be read"):
            await on.reader.session("s1")
    assert len(app.asked) == 2, "asked once more, since half an answer may have been an accident"


def test_half_a_surrogate_pair_can_be_written_afterwards() -> None:
    value = parse_json(b'{"a\\ud800": ["x\\uDFFF", "\\ud83d\\ude00"]}')
    json.dumps(value, ensure_ascii=False).encode()
    assert "😀" in str(value)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_json(b'\xef\xbb\xbf{"id": 1}') == {"id": 1}


async def test_a_small_packed_body_that_unpacks_to_much_is_cut_off() -> None:
    packed = gzip.compress(b"0" * (MAX_BODY + 1000))
    assert len(packed) < 60_000
    app = Scripted(Reply(200, packed, {"content-encoding": "gzip"}))
    async with bench(app) as on:
        with pytest.raises(ProtocolError, match="larger than 32 MB"):
            await on.reader.session("s1")
    assert len(app.asked) == 1


async def test_a_packed_answer_is_read() -> None:
    packed = gzip.compress(b'{"id": "s1",') + gzip.compress(b'"status": "active"}')
    async with bench(Scripted(Reply(200, packed, {"content-encoding": "gzip"}))) as on:
        assert (await on.reader.session("s1")).status == "active"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"not gzip at all", {"content-encoding": "gzip"}),
        Reply(200, gzip.compress(b'{"id": "s1"}')[:-6], {"content-encoding": "gzip"}),
        Reply(200, b'{"id": "s1"}', {"content-encoding": "br"}),
    ],
    ids=["no gzip", "cut gzip", "unknown packing"],
)
async def test_a_body_packed_badly_is_an_error(reply: Any) -> None:
    async with bench(Scripted(reply)) as on:
        with pytest.raises(ProtocolError):
            await on.reader.session("s1")


async def test_429_is_obeyed_to_the_second_and_shown() -> None:
    app = Scripted(refused(429, "TooManyRequests", Retry_After="41"), SESSION)
    async with bench(app) as on:
        assert (await on.reader.session("s1")).id == "s1"
    assert on.waits == [41.0]
    assert on.records[0].wait_until == NOW + timedelta(seconds=41)
    assert on.gate.until is None


async def test_429_with_a_date_goes_by_the_answers_own_clock() -> None:
    headers = {"Retry_After": "Sun, 22 Nov 2026 09:00:30 GMT", "Date": "Sun, 22 Nov 2026 09:00:00 GMT"}
    async with bench(Scripted(refused(429, "TooManyRequests", **headers), SESSION)) as on:
        await on.reader.session("s1")
    assert on.waits == [30.0]


async def test_429_that_does_not_end_is_given_up() -> None:
    app = Scripted(refused(429, "TooManyRequests", Retry_After="5"))
    async with bench(app) as on:
        with pytest.raises(Throttled, match="until 04:02:20 UTC") as caught:
            await on.reader.session("s1")
        assert on.gate.until == datetime(2026, 11, 22, 4, 2, 20, tzinfo=UTC)
    assert caught.value.exit_code == 8
    assert len(app.asked) == 4


async def test_a_line_that_drops_is_tried_again_and_then_told() -> None:
    app = Scripted(ConnectionResetError(), SESSION)
    async with bench(app) as on:
        assert (await on.reader.session("s1")).id == "s1"
    assert on.records[0].status is None
    assert on.records[0].note
    async with bench(Scripted(ConnectionResetError())) as on:
        with pytest.raises(Unreachable, match="did not finish its answer"):
            await on.reader.session("s1")
    assert len(on.records) == 4


async def test_what_a_record_holds() -> None:
    reply = Reply(200, {"id": "s1", "name": "a\x1b]52;c;x\x07b"})
    async with bench(Scripted(reply)) as on:
        await on.reader.session("s1")
    record = on.records[0]
    assert record.what == "read session s1"
    assert record.path == "/solutions/backupRestore/restoreSessions/s1"
    assert (record.status, record.outcome, record.request_id) == (200, Outcome.DONE, "r-1")
    assert not record.mutating
    assert "\x1b" not in record.answer_body
    assert record.milliseconds == 0


async def test_the_date_of_an_answer_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[datetime] = []
    async with bench(Scripted(Reply(200, SESSION.body, {"date": "Sun, 22 Nov 2026 09:00:00 GMT"}))) as on:
        monkeypatch.setattr(on.clock, "heard", heard.append)
        await on.reader.session("s1")
    assert heard == [datetime(2026, 11, 22, 9, 0, tzinfo=UTC)]


async def test_a_search_gives_points_by_unit_and_the_units_without() -> None:
    body = {
        "searchResponseId": "x",
        "searchResults": [{"restorePoint": {"id": "p1", "protectionUnit": {"id": "u1"}}}],
        "noResultProtectionUnitIds": ["u2"],
    }
    app = Scripted(Reply(200, body))
    async with bench(app) as on:
        found = await on.reader.search_points(["u1", "u2"], start=NOW - timedelta(days=1), end=NOW, express=True)
    assert found.points["u1"][0].id == "p1"
    assert found.without == {"u2"}
    assert json.loads(app.asked[0].body) == {
        "protectionUnitIds": ["u1", "u2"],
        "protectionTimePeriod": {"startDateTime": "2026-11-21T04:02:00Z", "endDateTime": "2026-11-22T04:02:00Z"},
        "restorePointPreference": "latest",
        "tags": "fastRestore",
    }


async def test_a_search_is_a_read_although_it_is_a_post() -> None:
    app = Scripted(refused(504, "timeout"), Reply(200, {"searchResults": []}))
    async with bench(app) as on:
        await on.reader.search_points(["u1"], start=NOW, end=NOW)
    assert not on.records[0].mutating


async def test_a_point_that_belongs_to_nobody_is_not_given_to_anybody() -> None:
    body = {"searchResults": [{"restorePoint": {"id": "p1"}}]}
    async with bench(Scripted(Reply(200, body))) as on:
        assert (await on.reader.search_points(["u1"], start=NOW, end=NOW)).points["u1"][0].id == "p1"
        with pytest.raises(ProtocolError):
            await on.reader.search_points(["u1", "u2"], start=NOW, end=NOW)


@pytest.mark.parametrize("count", [0, 21])
async def test_too_many_units_are_not_searched(count: int) -> None:
    app = Scripted(SESSION)
    async with bench(app) as on:
        with pytest.raises(UsageError):
            await on.reader.search_points(["u"] * count, start=NOW, end=NOW)
    assert app.asked == []


async def test_points_of_other_units_are_left_out_and_the_newest_come_first() -> None:
    def point(name: Any, minute: Any, unit: Any) -> Any:
        when = f"2026-11-22T03:{minute:02}:00Z"
        return {"id": name, "protectionDateTime": when, "protectionUnit": {"id": unit}}

    body = {"value": [point("a", 10, "u1"), point("x", 20, "u2"), point("b", 30, "u1")]}
    async with bench(Scripted(Reply(200, body))) as on:
        assert [each.id for each in await on.reader.points_of_unit("u1", before=NOW)] == ["b", "a"]


async def test_units_of_a_policy_are_asked_from_the_policy() -> None:
    app = Scripted(Reply(200, {"value": []}))
    async with bench(app) as on:
        _ = [each async for each in on.reader.units(Service.SHAREPOINT, policy_id="p1")]
        _ = [each async for each in on.reader.units(Service.SHAREPOINT)]
    root = "/v1.0/solutions/backupRestore"
    assert app.asked[0].path == f"{root}/sharePointProtectionPolicies/p1/siteProtectionUnits"
    assert app.asked[1].path == f"{root}/protectionUnits/microsoft.graph.siteProtectionUnit"
