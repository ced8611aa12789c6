"""Specifies what becomes of the token: refreshed once for all, never in a record, a message or a traceback."""

from __future__ import annotations

import asyncio
import base64
import json
import traceback
from typing import Any, cast

import pytest
from scripted_service import SECRET, Reply, Scripted, Tokens, bench, refused

from backup_tui.errors import BackupTuiError, SignInError
from backup_tui.graph.challenge import claims_of
from backup_tui.models.whoami import Token

SESSION = Reply(200, {"id": "s1", "status": "active"})


def only(token: str) -> Any:
    def answer(asked: Any) -> Any:
        good = asked.headers["authorization"] == f"Bearer {token}"
        return SESSION if good else refused(401, "InvalidAuthenticationToken")

    return Scripted(answer)


@pytest.mark.parametrize("call", ["read", "change"])
async def test_a_refused_token_is_replaced_once_without_asking(call: str) -> None:
    app = only("second")
    tokens = Tokens("second")
    async with bench(app, tokens=tokens) as on:
        if call == "read":
            await on.reader.session("s1")
        else:
            await on.writer.activate_session("s1")
    assert tokens.refreshes == 1
    assert len(app.asked) == 2


async def test_twenty_refusals_at_once_ask_for_one_new_token() -> None:
    tokens = Tokens("second")
    async with bench(only("second"), tokens=tokens) as on:
        await asyncio.gather(*(on.reader.session("s1") for _ in range(20)))
    assert tokens.refreshes == 1


async def test_a_new_token_that_is_refused_too_ends_it() -> None:
    app = only("never")
    async with bench(app, tokens=Tokens("second", "third")) as on:
        with pytest.raises(SignInError, match="Your sign-in expired at 04:02 UTC") as caught:
            await on.reader.session("s1")
    assert len(app.asked) == 2
    assert caught.value.sent
    assert "BACKUP_TUI_ACCESS_TOKEN" in caught.value.hint


CLAIMS = '{"access_token": {"nbf": {"essential": true, "value": "1726077595"}, "x": "~~~???>>>"}}'


def challenged(encoded: str, *, quoted: bool = True) -> Reply:
    value = f'"{encoded}"' if quoted else encoded
    header = f'Bearer realm="", authorization_uri="https://a/b", error="insufficient_claims", claims={value}'
    return refused(401, "InvalidAuthenticationToken", **{"WWW_Authenticate": header})


@pytest.mark.parametrize("call", ["read", "change"])
@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", ["as it is", "none"])
async def test_what_the_service_demands_of_the_next_token_is_passed_on_once(
    call: str, alphabet: Any, padding: str
) -> None:
    encoded = alphabet(CLAIMS.encode()).decode()
    app = Scripted(challenged(encoded if padding == "as it is" else encoded.rstrip("=")), SESSION)
    tokens = Tokens("second")
    async with bench(app, tokens=tokens) as on:
        if call == "read":
            await on.reader.session("s1")
        else:
            await on.writer.activate_session("s1")
    assert tokens.claims == [CLAIMS]
    assert [each.headers["authorization"] for each in app.asked] == [f"Bearer {SECRET}", "Bearer second"]


@pytest.mark.parametrize(
    "encoded",
    ["", "%%%", "bm90IGpzb24", "W10", "e30", "bnVsbA", "A" * 9000, base64.b64encode(b"[" * 5000).decode(), "\u00fc"],
    ids=["none", "no base64", "no json", "a list", "nothing", "null", "too long", "too deep", "not ascii"],
)
async def test_a_demand_that_makes_no_sense_is_left_out(encoded: Any) -> None:
    tokens = Tokens("second")
    header = f'Bearer claims="{encoded}"'.encode("latin-1").decode("latin-1")
    assert claims_of(header) == ""
    async with bench(Scripted(challenged(encoded if encoded.isascii() else "%"), SESSION), tokens=tokens) as on:
        await on.reader.session("s1")
    assert tokens.claims == [""]


@pytest.mark.parametrize("quoted", [True, False])
def test_a_demand_is_found_among_other_challenges(quoted: bool) -> None:
    encoded = base64.b64encode(CLAIMS.encode()).decode()
    value = f'"{encoded}"' if quoted else encoded
    assert claims_of(f'Basic realm="x", Bearer error="insufficient_claims", claims={value}, y="z"') == CLAIMS
    assert claims_of(f'Bearer myclaims="{encoded}"') == ""
    assert claims_of(None) == ""


async def test_a_demand_that_stays_ends_it_after_one_try() -> None:
    app = Scripted(challenged(base64.b64encode(json.dumps({"a": 1}).encode()).decode()))
    tokens = Tokens("second", "third")
    async with bench(app, tokens=tokens) as on:
        with pytest.raises(SignInError):
            await on.writer.activate_session("s1")
    assert (len(app.asked), tokens.refreshes) == (2, 1)


async def test_twenty_demands_at_once_ask_for_one_new_token() -> None:
    encoded = base64.b64encode(CLAIMS.encode()).decode()

    def answer(asked: Any) -> Any:
        return SESSION if asked.headers["authorization"] == "Bearer second" else challenged(encoded)

    tokens = Tokens("second")
    async with bench(Scripted(answer), tokens=tokens) as on:
        await asyncio.gather(*(on.reader.session("s1") for _ in range(20)))
    assert tokens.claims == [CLAIMS]


async def test_a_sign_in_that_cannot_be_renewed_says_so_itself() -> None:
    async with bench(only("never")) as on:
        with pytest.raises(SignInError, match="The sign-in has ended") as caught:
            await on.reader.session("s1")
    assert caught.value.sent


async def test_without_a_token_nothing_is_sent() -> None:
    class Nobody:
        async def token(self, *, refresh: Any = False, claims: Any = "") -> Any:
            raise SignInError("Nobody is signed in.")

    app = only("never")
    async with bench(app, tokens=cast(Tokens, Nobody())) as on:
        with pytest.raises(SignInError) as caught:
            await on.writer.activate_session("s1")
    assert (app.asked, caught.value.sent) == ([], False)


async def test_401_without_a_word_of_graph_is_a_refused_token_too() -> None:
    async with bench(Scripted(Reply(401))) as on:
        with pytest.raises(SignInError):
            await on.writer.activate_session("s1")


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ümlaut"])
async def test_a_token_that_cannot_be_one_is_not_sent(token: str) -> None:
    tokens = Tokens()
    tokens.current = Token(token)
    app = Scripted(SESSION)
    async with bench(app, tokens=tokens) as on:
        with pytest.raises(SignInError, match="characters"):
            await on.reader.session("s1")
    assert app.asked == []


def locals_of(error: BaseException | None) -> str:
    """What a crash report with local variables would print, this file's own frames left out."""
    told = ""
    while error is not None:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        told += "".join(repr(frame.f_locals) for frame in frames if frame.f_code.co_filename != __file__)
        error = error.__cause__ or error.__context__
    return told


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"id": "s1", "status": f"x {SECRET}"}),
        Reply(400, {"error": {"code": SECRET, "message": f"Bearer {SECRET} is bad"}}),
        Reply(502, f"<title>{SECRET}</title>".encode(), kind="text/html"),
        Reply(200, f"not json {SECRET}".encode()),
        ConnectionResetError(SECRET),
    ],
    ids=["echoed", "in an error", "in a page", "in garbage", "dropped"],
)
async def test_the_token_is_in_the_header_and_nowhere_else(reply: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    app = Scripted(reply)
    told = ""
    async with bench(app) as on:
        try:
            told = repr(await on.reader.session("s1"))
        except BackupTuiError as error:
            told = error.sentences + error.code + str(vars(error)) + locals_of(error)
    assert app.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in told
    assert SECRET not in repr(on.records)
    assert SECRET not in caplog.text
