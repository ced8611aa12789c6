"""Specifies signing in with a code, over HTTP with the real msal."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scripted_authority import CODE, PENDING, Authority, Reply, access, bench, granted, refused

from backup_tui.errors import SignInError
from backup_tui.models.prompts import DeviceCode


async def test_a_code_is_shown_waited_for_and_turned_into_a_token(place: Authority) -> None:
    place.tokens = [dict(PENDING), dict(PENDING), granted(7)]
    async with bench(place) as on:
        token = await on.sign()
        assert await on.sign_in.token() == token
    assert token.reveal() == access(7)
    (prompt,) = on.prompts
    assert isinstance(prompt, DeviceCode)
    assert (prompt.code, prompt.url) == ("HK2D-9PQ7", "https://microsoft.com/devicelogin")
    assert (prompt.expires - on.clock.now()).total_seconds() == 900 - 15
    assert on.waits == [5, 5, 5]
    assert len(place.token_calls) == 3


async def test_what_is_asked_for_says_that_claims_are_understood(place: Authority) -> None:
    async with bench(place) as on:
        await on.sign()
    assert '"xms_cc": {"values": ["CP1"]}' in place.of("/devicecode")[0].form["claims"]
    assert "offline_access" in place.of("/devicecode")[0].form["scope"]


async def test_slow_down_is_obeyed(place: Authority) -> None:
    place.tokens = [dict(PENDING, error="slow_down"), dict(PENDING), granted()]
    async with bench(place) as on:
        await on.sign()
    assert on.waits == [5, 10, 10]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (refused("authorization_declined"), "CodeDeclined"),
        (refused("access_denied"), "CodeDeclined"),
        (refused("expired_token", 70019), "CodeExpired"),
        (refused("access_denied", 53003), "FlowBlocked"),
        (refused("invalid_client", 7000218), "FlowBlocked"),
        (refused("invalid_grant", 50020), "WrongTenant"),
    ],
)
async def test_a_refusal_ends_it_with_its_code(place: Authority, reply: Any, code: str) -> None:
    place.tokens = [dict(PENDING), reply]
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
        assert caught.value.code == code
        assert caught.value.needs_person
        # A new code can be asked for at once.
        place.tokens = [granted(2)]
        assert (await on.sign()).reveal() == access(2)


async def test_a_code_that_nobody_enters_ends_by_itself(place: Authority) -> None:
    place.code = dict(CODE, expires_in=12)
    place.tokens = [dict(PENDING)]
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    assert caught.value.code == "CodeExpired"
    assert len(place.token_calls) == 2


async def test_trouble_on_the_way_does_not_cost_the_code(place: Authority) -> None:
    place.tokens = [Reply(503, b"<h1>Busy</h1>"), Reply(200, b"<html>portal</html>"), dict(PENDING), granted()]
    async with bench(place) as on:
        await on.sign()
    assert on.waits == [5, 10, 20, 5]


async def test_cancelling_stops_a_request_that_hangs(place: Authority) -> None:
    async with bench(place) as on:
        shown = asyncio.Event()
        place.tokens = [dict(PENDING)]
        task = asyncio.create_task(on.sign_in.ask(lambda prompt: shown.set()))
        await shown.wait()
        place.waiting.clear()
        place.hold.clear()
        await asyncio.to_thread(place.waiting.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The thread is free at once, although the authority still holds its answer back.
        async with asyncio.timeout(5):
            with pytest.raises(SignInError) as caught:
                await on.sign_in.token()
    assert caught.value.code == "NoSignIn"


@pytest.mark.parametrize(
    "uri",
    [
        "http://microsoft.com/devicelogin",
        "https://microsoft.com.evil.example/devicelogin",
        "https://microsoft.com@evil.example/",
        "https://evil.example/\x1b]52;c;Zm9v\x07",
        "javascript:alert(1)",
        "https://login.microsoftonline.com:8443/x",
    ],
)
async def test_a_page_that_is_nobodys_we_know_is_not_shown(place: Authority, uri: str) -> None:
    place.code = dict(CODE, verification_uri=uri)
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    assert caught.value.code == "AuthorityUnreadable"
    assert on.prompts == []
    assert "\x1b" not in caught.value.sentences + caught.value.detail


async def test_the_authoritys_own_page_can_be_opened_as_it_is(place: Authority) -> None:
    place.code = dict(CODE, verification_uri=f"https://127.0.0.1:{place.port}/_authority/device")
    async with bench(place) as on:
        await on.sign()
    assert on.prompts[0].url == f"http://127.0.0.1:{place.port}/_authority/device"


@pytest.mark.parametrize(
    "message",
    [
        "Open https://evil.example/ and type HK2D-9PQ7.",
        "\x1b[2JOpen https://microsoft.com/devicelogin and type HK2D-9PQ7 \x1b]0;title\x07",
        7,
        None,
    ],
)
async def test_what_the_authority_says_is_made_safe_and_names_no_other_page(
    place: Authority, message: int | str | None
) -> None:
    place.code = dict(CODE, message=message)
    async with bench(place) as on:
        await on.sign()
    prompt = on.prompts[0]
    assert isinstance(prompt, DeviceCode)
    shown = prompt.message
    assert shown.isprintable()
    assert "evil" not in shown
    assert "https://microsoft.com/devicelogin" in shown


@pytest.mark.parametrize("code", ["", "A" * 41, "A\x1b[2J", 5, None])
async def test_a_code_that_nobody_can_type_is_none(place: Authority, code: int | str | None) -> None:
    place.code = dict(CODE, user_code=code)
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    assert caught.value.code == "AuthorityUnreadable"
