"""Specifies that an answer of millions of tiny objects is refused before it is taken apart, and long lists are not."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from scripted_service import Reply, Scripted, bench

from backup_tui.errors import OutcomeUnknown, ProtocolError
from backup_tui.graph.json_body import parse_json
from backup_tui.models.services import Service


@pytest.mark.parametrize(
    "body",
    [
        b'{"value":[' + b"{}," * 2_000_000 + b"{}]}",
        b'{"value":[' + b"[]," * 2_000_000 + b"[]]}",
        b'{"value":[' + b"0," * 5_000_000 + b"0]}",
        b'{"value":[{"id":"a","x":{' + b'"k":1,' * 2_000_000 + b'"k":1}}]}',
        b'{"value":' + b'{"a":' * 400_000 + b"1" + b"}" * 400_001,
    ],
    ids=["objects", "lists", "numbers", "members", "depth"],
)
def test_millions_of_tiny_things_are_refused_without_being_made(body: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError) as caught:
            parse_json(body)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.code == "answerTooLarge"
    assert "300,000 objects" in caught.value.message
    assert most < 100_000


async def test_such_an_answer_is_asked_for_once_and_a_change_stays_unknown() -> None:
    body = b'{"value":[' + b"{}," * 400_000 + b"{}]}"
    service = Scripted(Reply(200, body))
    async with bench(service) as on:
        with pytest.raises(ProtocolError, match="answer was refused"):
            await on.reader.policies()
        with pytest.raises(OutcomeUnknown):
            await on.writer.delete_session("d91e03b7")
    assert len(service.asked) == 2


async def test_a_page_as_long_as_an_honest_one_can_be_is_taken_in() -> None:
    who = {"user": {"id": "u-1", "displayName": "Adele Vance", "email": "adele.vance@contoso.com"}}
    unit = {"policyId": "p", "status": "protected", "createdBy": who, "lastModifiedBy": who, "email": "a@contoso.com"}
    rows = [{"@odata.type": "#microsoft.graph.mailboxProtectionUnit", "id": f"u{n}", **unit} for n in range(40_000)]
    body = json.dumps({"value": rows}).encode()
    async with bench(Scripted(Reply(200, body))) as on:
        found = [page async for page in on.reader.units(Service.EXCHANGE)]
    assert [len(page.items) for page in found] == [40_000]
    assert found[0].items[-1].id == "u39999"
