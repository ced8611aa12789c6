"""Specifies what becomes of the token: refreshed once for all, never in a record, a message or a traceback."""

from __future__ import annotations

import asyncio
import traceback

import pytest
from scripted_service import SECRET, Reply, Scripted, Tokens, bench, refused

from backup_tui.errors import BackupTuiError, SignInError
from backup_tui.models.whoami import Token

SESSION = Reply(200, {"id": "s1", "status": "active"})


def only(token: str):
    def answer(asked):
        good = asked.headers["authorization"] == f"Bearer {token}"
        return SESSION if good else refused(401, "InvalidAuthenticationToken")

    return Scripted(answer)


@pytest.mark.parametrize("call", ["read", "change"])
async def test_a_refused_token_is_replaced_once_without_asking(call):
    app = only("second")
    tokens = Tokens("second")
    async with bench(app, tokens=tokens) as on:
        if call == "read":
            await on.reader.session("s1")
        else:
            await on.writer.activate_session("s1")
    assert tokens.refreshes == 1
    assert len(app.asked) == 2


async def test_twenty_refusals_at_once_ask_for_one_new_token():
    tokens = Tokens("second")
    async with bench(only("second"), tokens=tokens) as on:
        await asyncio.gather(*(on.reader.session("s1") for _ in range(20)))
    assert tokens.refreshes == 1


async def test_a_new_token_that_is_refused_too_ends_it():
    app = only("never")
    async with bench(app, tokens=Tokens("second", "third")) as on:
        with pytest.raises(SignInError, match="The sign-in ended at 04:02 UTC") as caught:
            await on.reader.session("s1")
    assert len(app.asked) == 2
    assert "BACKUP_TUI_ACCESS_TOKEN" in caught.value.way_out


async def test_a_sign_in_that_cannot_be_renewed_says_so_itself():
    async with bench(only("never")) as on:
        with pytest.raises(SignInError, match="The sign-in has ended"):
            await on.reader.session("s1")


async def test_401_without_a_word_of_graph_is_a_refused_token_too():
    async with bench(Scripted(Reply(401))) as on:
        with pytest.raises(SignInError):
            await on.writer.activate_session("s1")


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ümlaut"])
async def test_a_token_that_cannot_be_one_is_not_sent(token):
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
async def test_the_token_is_in_the_header_and_nowhere_else(reply, caplog):
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
