"""Specifies that what the service says itself reaches whoever asked: its message, inner error, ids and time."""

from __future__ import annotations

import pytest
from scripted_service import SECRET, Reply, Scripted, bench

from backup_tui.errors import BackupTuiError, OutcomeUnknown
from backup_tui.headless.output import error_lines, error_object

DATE = {"date": "Sun, 22 Nov 2026 04:02:07 GMT", "request-id": "r-of-the-header"}


async def error_of(reply: Reply | Exception, *, change: bool = False) -> BackupTuiError:
    async with bench(Scripted(reply)) as on:
        with pytest.raises(BackupTuiError) as caught:
            await (on.writer.delete_session("d91e03b7") if change else on.reader.session("d91e03b7"))
    return caught.value


def with_words(status: int, code: str, **members: object) -> Reply:
    error = {"code": code, "message": f"The service's own words about {code}.", **members}
    return Reply(status, {"error": error}, DATE)


INNER = {
    "date": "2026-11-22T04:02:00",
    "request-id": "r-1",
    "client-request-id": "c-1",
    "innerError": {"code": "Deeper", "message": "What is deeper."},
}
"""As Graph nests it, with one more level."""


@pytest.mark.parametrize("change", [False, True])
@pytest.mark.parametrize(
    "reply",
    [
        with_words(400, "invalidRequest", innerError=INNER),
        with_words(403, "accessDenied", innererror=INNER),
        with_words(404, "RestoreSessionNotFound", innerError=INNER),
        with_words(409, "somethingNew", innerError=INNER),
        with_words(429, "TooManyRequests", innerError=INNER),
        with_words(500, "generalException", innerError=INNER),
        with_words(401, "InvalidAuthenticationToken", innerError=INNER),
    ],
    ids=lambda reply: str(reply.status),
)
async def test_the_services_own_words_come_with_every_refusal(reply: Reply, change: bool) -> None:
    error = await error_of(reply, change=change)
    told = error_object(error)
    assert told["serviceMessage"] == reply.body["error"]["message"]
    assert told["innerError"] == INNER
    assert told["date"] == "2026-11-22T04:02:07Z"
    assert told["requestId"] == "r-of-the-header"
    assert told["status"] == reply.status
    assert len(str(told["clientRequestId"])) == 36
    lines = "\n".join(error_lines(error))
    assert f'In the service\'s own words: "{told["serviceMessage"]}"' in lines
    assert "innerError.message What is deeper." in lines
    assert "request r-of-the-header" in lines
    assert f"client request {told['clientRequestId']}" in lines
    assert "2026-11-22 04:02:07 UTC" in lines


async def test_a_lost_answer_to_a_change_still_names_our_id_for_support() -> None:
    error = await error_of(ConnectionError("gone"), change=True)
    assert isinstance(error, OutcomeUnknown)
    told = error_object(error)
    assert len(str(told["clientRequestId"])) == 36
    assert "serviceMessage" not in told


async def test_the_words_of_the_service_cannot_write_the_terminal_nor_repeat_the_token() -> None:
    reply = with_words(400, "invalidRequest", innerError={"bad\x1b]52;c;x\x07": "\u202eevil\x9b2J", "t": SECRET})
    reply.body["error"]["message"] = f"\x1b[2J{SECRET}\nsecond line" + "x" * 50_000
    error = await error_of(reply)
    lines = "\n".join(error_lines(error))
    assert all(char == "\n" or char.isprintable() for char in lines)
    assert "\u202e" not in lines
    assert SECRET not in lines + str(error_object(error))
    assert len(lines) < 5_000


@pytest.mark.parametrize(
    "inner",
    [None, "text", 7, [], [[[[[[]]]]]], {"innerError": {"a": {"b": {"c": {"d": {"e": {}}}}}}}, {"x": [None, {"y": 1}]}],
)
async def test_an_inner_error_of_any_form_is_no_fault(inner: object) -> None:
    error = await error_of(with_words(400, "invalidRequest", innerError=inner))
    assert error_lines(error)
    assert error_object(error)["serviceMessage"]


async def test_an_explanation_keeps_the_words_of_what_it_explains() -> None:
    cause = await error_of(with_words(400, "invalidRequest"))
    try:
        raise OutcomeUnknown("Not known.") from cause
    except OutcomeUnknown as error:
        told = error_object(error)
    assert told["serviceMessage"] == "The service's own words about invalidRequest."
