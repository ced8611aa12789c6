"""Specifies signing in with a browser that comes back to this machine."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import socket
from typing import Any
from urllib.parse import urlencode

import pytest
from scripted_authority import Authority, access, bench, granted, query_of, refused

from backup_tui.crash import redacted
from backup_tui.errors import SignInError
from backup_tui.models.prompts import BrowserPage
from backup_tui.signin.flows.redirect import RedirectPage


def come_back(port: int, *, method: str = "POST", host: str = "127.0.0.1", **brought: str) -> tuple[int, str]:
    """What a browser does after the page: status and text of what it is shown."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        form = urlencode(brought)
        if method == "POST":
            connection.request("POST", "/", form, {"Content-Type": "application/x-www-form-urlencoded"})
        else:
            connection.request(method, f"/?{form}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Signing:
    """A sign-in that waits for the browser."""

    def __init__(self, on: Any) -> None:
        self._shown = asyncio.Event()
        self._place = on.place
        self.prompt: BrowserPage | None = None
        self.task = asyncio.create_task(on.sign_in.ask(self._show))

    def _show(self, prompt: Any) -> None:
        self.prompt = prompt
        self._place.nonce = query_of(prompt.url)["nonce"]
        self._shown.set()

    async def page(self) -> BrowserPage:
        done, _ = await asyncio.wait(
            [self.task, asyncio.create_task(self._shown.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        if self.task in done:
            self.task.result()
        assert self.prompt is not None
        return self.prompt

    async def comes_back(self, **how: Any) -> tuple[int, str]:
        prompt = await self.page()
        how.setdefault("state", query_of(prompt.url)["state"])
        return await asyncio.to_thread(come_back, prompt.port, **how)


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_browser_brings_a_code_that_becomes_a_token(place: Authority, method: str) -> None:
    async with bench(place, "browser") as on:
        signing = Signing(on)
        prompt = await signing.page()
        asked = query_of(prompt.url)
        assert prompt.url.startswith(f"http://127.0.0.1:{place.port}/_authority/")
        assert asked["redirect_uri"] == f"http://localhost:{prompt.port}"
        assert asked["response_mode"] == "form_post"
        assert asked["code_challenge_method"] == "S256"
        status, text = await signing.comes_back(method=method, code="code-1")
        assert (status, "terminal" in text) == (200, True)
        assert (await signing.task).reveal() == access(1)
    sent = place.token_calls[0].form
    assert sent["code"] == "code-1"
    assert sent["redirect_uri"] == asked["redirect_uri"]
    digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert "xms_cc" in asked["claims"]


async def test_the_port_can_be_fixed_so_that_it_can_be_forwarded(place: Authority) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with bench(place, "browser", redirect_port=port) as on:
        signing = Signing(on)
        assert (await signing.page()).port == port
        await signing.comes_back(code="c")
        await signing.task


async def test_localhost_may_be_either_address(place: Authority) -> None:
    async with bench(place, "browser") as on:
        signing = Signing(on)
        prompt = await signing.page()
        with socket.socket(socket.AF_INET6) as probe:
            probe.settimeout(5)
            if probe.connect_ex(("::1", prompt.port)):
                pytest.skip("no IPv6 here")
        await signing.comes_back(host="::1", code="c")
        await signing.task


async def test_a_port_that_is_taken_is_told(place: Authority) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with bench(place, "browser", redirect_port=taken.getsockname()[1]) as on:
            with pytest.raises(SignInError) as caught:
                await on.sign()
    assert caught.value.code == "FlowBlocked"
    assert "redirect_port" in caught.value.hint


@pytest.mark.parametrize(
    "brought",
    [{"state": "wrong", "code": "evil"}, {"state": "", "code": "evil"}, {"code": ""}, {"state": "ü", "code": "x"}],
)
async def test_an_answer_that_is_not_ours_is_turned_away_and_waiting_goes_on(place: Authority, brought: Any) -> None:
    async with bench(place, "browser") as on:
        signing = Signing(on)
        assert (await signing.comes_back(**brought))[0] == 400
        assert (await signing.comes_back(method="HEAD", code="evil"))[0] == 400
        assert not signing.task.done()
        assert (await signing.comes_back(code="good"))[0] == 200
        await signing.task
    assert place.token_calls[0].form["code"] == "good"


@pytest.mark.parametrize(
    "bytes_", [b"", b"GARBAGE\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"\x16\x03\x01\x02\x00"]
)
async def test_whoever_talks_nonsense_or_nothing_does_not_hold_up_the_browser(place: Authority, bytes_: bytes) -> None:
    async with bench(place, "browser") as on:
        signing = Signing(on)
        prompt = await signing.page()
        _, stranger = await asyncio.open_connection("127.0.0.1", prompt.port)
        stranger.write(bytes_)
        await stranger.drain()
        await signing.comes_back(code="good")
        await signing.task
        stranger.close()


@pytest.mark.parametrize(
    ("error", "description", "code"),
    [
        ("access_denied", "AADSTS65004: User declined to consent", "ConsentRequired"),
        ("access_denied", "The user has denied", "CodeDeclined"),
        ("interaction_required", "AADSTS50105: not assigned", "ConsentRequired"),
        ("invalid_request", "AADSTS50011: redirect \x1b[31m", "FlowBlocked"),
    ],
)
async def test_a_refusal_of_the_page_is_told(place: Authority, error: str, description: str, code: str) -> None:
    async with bench(place, "browser") as on:
        signing = Signing(on)
        _, text = await signing.comes_back(error=error, error_description=description)
        assert "refused" in text
        assert description not in text
        with pytest.raises(SignInError) as caught:
            await signing.task
    assert caught.value.code == code
    assert caught.value.detail.isprintable()


async def test_a_token_of_another_sign_in_is_not_taken(place: Authority) -> None:
    async with bench(place, "browser") as on:
        signing = Signing(on)
        await signing.page()
        place.nonce = "another"
        await signing.comes_back(code="c")
        with pytest.raises(SignInError):
            await signing.task
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
    assert caught.value.code == "NoSignIn"


async def test_a_refusal_of_the_code_is_told(place: Authority) -> None:
    place.tokens = [refused("invalid_grant", 54005)]
    async with bench(place, "browser") as on:
        signing = Signing(on)
        await signing.comes_back(code="c")
        with pytest.raises(SignInError) as caught:
            await signing.task
    assert caught.value.code == "InteractionRequired"


async def test_cancelling_closes_the_port(place: Authority) -> None:
    async with bench(place, "browser") as on:
        signing = Signing(on)
        prompt = await signing.page()
        signing.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await signing.task
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(come_back, prompt.port, code="late")


async def test_a_page_of_somebody_else_is_not_shown(place: Authority) -> None:
    openid: Any = place.config

    def lies(asked: Any) -> Any:
        return openid(asked) | {"authorization_endpoint": "https://evil.example/authorize"}

    place.config = lies
    async with bench(place, "browser") as on:
        with pytest.raises(SignInError) as caught:
            await Signing(on).page()
    assert caught.value.code == "AuthorityUnreadable"


async def test_what_was_signed_in_with_a_browser_is_renewed_without_it(place: Authority) -> None:
    place.tokens = [granted(1), granted(2)]
    async with bench(place, "browser") as on:
        signing = Signing(on)
        await signing.comes_back(code="c")
        await signing.task
        assert (await on.sign_in.token(refresh=True)).reveal() == access(2)


async def test_what_the_browser_brings_is_hidden_before_it_is_sent_anywhere() -> None:
    # asyncio, asked to, writes down what a future holds.
    async with RedirectPage(0) as page:
        page.expect("s")
        await asyncio.to_thread(come_back, page.port, state="s", code="brought-4711-0815")
        assert "4711" not in redacted(repr(await page.answer()))
