"""Specifies that no secret, token or code is ever seen: in no message, repr, log, traceback, crash text or file."""

from __future__ import annotations

import gc
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_authority import (
    CANARY,
    CODE,
    PENDING,
    Asked,
    Authority,
    Reply,
    access,
    bench,
    for_app,
    granted,
    refused,
    write_private,
)
from test_signin_browser import Signing

from backup_tui.config.token import Secret
from backup_tui.crash import crash_text
from backup_tui.errors import ConfigError, SignInError
from backup_tui.graph.wire import WireAnswer, WireRequest


def showing_it() -> set[str]:
    """The types of our own objects that show the secret, wherever they are kept."""
    ours = [each for each in gc.get_objects() if str(type(each).__module__).startswith("backup_tui.")]
    return {type(each).__name__ for each in ours if CANARY in repr(each)}


def echo(asked: Asked) -> str:
    """Everything that was sent, and a token that was not."""
    return " ".join(["AADSTS50076:", *asked.form.values(), access(1), "is no good"])


REPLIES = {
    "an error": lambda asked: refused("invalid_grant", error_description=echo(asked), suberror=echo(asked)),
    "an unknown error": lambda asked: refused(echo(asked), error_description=echo(asked)),
    "claims": lambda asked: refused("interaction_required", claims=json.dumps({"x": echo(asked)})),
    "a page": lambda asked: Reply(200, f"<title>{echo(asked)}</title>".encode(), {"Content-Type": "text/html"}),
    "half a token": Reply(200, json.dumps(granted(1)).encode()[:-20]),
    "garbage": lambda asked: Reply(200, echo(asked).encode()),
    "numbers that are none": lambda asked: granted(1) | {"expires_in": echo(asked), "refresh_in": echo(asked)},
    "a broken id token": granted(1) | {"id_token": f"a.{CANARY}.b"},
    "a broken client info": granted(1) | {"client_info": CANARY},
    "trouble": lambda asked: Reply(503, echo(asked).encode()),
    "elsewhere": Reply(302, b"", {"Location": f"https://evil.example/?{CANARY}"}),
}


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert CANARY not in caplog.text


def told_by(error: BaseException | None) -> str:
    """What any report of an error could print: texts, attributes, and the locals of every frame but the tests'."""
    told = ""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        told += f"{error} {error!r} {vars(error)} {error.args}" + crash_text(error)
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "/tests/" not in frame.f_code.co_filename and "asyncio" not in frame.f_code.co_filename:
                told += repr(frame.f_locals)
        error = error.__cause__ or error.__context__
    return told


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("flow", ["device-code", "secret", "federated"])
async def test_what_was_sent_and_what_came_is_in_no_message(
    place: Authority, tmp_path: Path, reply: Any, flow: str
) -> None:
    path = write_private(tmp_path / "token", f"first-{CANARY}")
    place.tokens = [reply]
    options = {"token_file": path} if flow == "federated" else {}
    async with bench(place, flow, **options) as on:
        place.code = dict(CODE, expires_in=20)
        with pytest.raises(SignInError) as caught:
            await on.sign()
        assert CANARY not in told_by(caught.value)
        assert CANARY not in repr(vars(on.sign_in))
        assert CANARY not in "".join(on.sign_in.notices)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
async def test_a_refresh_token_is_in_no_message(place: Authority, reply: Any) -> None:
    async with bench(place) as on:
        place.tokens = [dict(PENDING), granted(1)]
        await on.sign()
        assert CANARY not in repr(on.prompts)
        place.tokens = [reply]
        error = None
        try:
            await on.sign_in.token(refresh=True)
        except SignInError as refusal:
            error = refusal
        assert CANARY not in told_by(error)
        assert showing_it() == set()


async def test_an_environment_that_cannot_be_used_is_told_without_them(
    place: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    async with bench(place, "secret", authority="https://localhost:1") as on:
        with pytest.raises(ConfigError, match="SSL_CERT_FILE") as caught:
            await on.sign_in.token()
    assert CANARY not in told_by(caught.value)


async def test_what_holds_secrets_does_not_show_them(place: Authority, tmp_path: Path) -> None:
    from scripted_authority import sign_in_settings

    shown = repr(
        sign_in_settings(place, "secret", cache_passphrase=Secret(CANARY), certificate_password=Secret(CANARY))
    )
    assert CANARY not in shown
    async with bench(place, "secret") as on:
        place.tokens = [for_app(1)]
        token = await on.sign_in.token()
        assert CANARY not in f"{token} {token!r}"
        assert showing_it() == set()


def test_a_request_and_an_answer_show_neither_body_nor_query_nor_headers() -> None:
    request = WireRequest("POST", f"https://login.example/token?code={CANARY}", {"X": CANARY}, CANARY.encode())
    answer = WireAnswer(200, {"x": CANARY}, CANARY.encode())
    assert repr(request) == "<POST https://login.example/token, 15 bytes>"
    assert repr(answer) == "<answer 200, 15 bytes>"


async def test_only_the_kept_sign_in_is_written_to_disk(
    place: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with bench(place) as on:
        await on.sign()
        await on.sign_in.token(refresh=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []  # noqa: ASYNC240


async def test_a_code_that_a_browser_brought_and_that_is_refused_is_in_no_message(place: Authority) -> None:
    place.tokens = [refused("invalid_grant", 70008)]
    async with bench(place, "browser") as on:
        signing = Signing(on)
        await signing.comes_back(code=f"brought-{CANARY}")
        with pytest.raises(SignInError) as caught:
            await signing.task
    assert place.token_calls[0].form["code"] == f"brought-{CANARY}"
    assert CANARY not in told_by(caught.value)
