"""Specifies the browser's sign-in: what a person sees, and what the program gets, by the real msal over HTTP."""

from __future__ import annotations

import html
import re
import threading
import warnings
import webbrowser
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from platform_over_http import CLIENT, SCOPE, Platform, platform

REDIRECT = "http://localhost:8400"


@pytest.fixture
def idp() -> Iterator[Platform]:
    with platform() as running:
        yield running


def form_in(page: str) -> tuple[str, dict[str, str]]:
    """The address and the hidden values of the one form of a page."""
    action = re.search(r'<form method="post" action="([^"]*)"', page)
    assert action is not None, page
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return html.unescape(action[1]), {html.unescape(name): html.unescape(value) for name, value in found}


def decide(idp: Platform, address: str, decision: str) -> httpx.Response:
    """Do on the page what a person does."""
    shown = httpx.get(address)
    assert "Adele Vance" in shown.text
    action, values = form_in(shown.text)
    return httpx.post(f"{idp.origin}{action}", data={**values, "do": decision})


def answer_of(response: httpx.Response) -> dict[str, str]:
    """What was sent back to the program, in either form."""
    if response.status_code == 302:
        query = parse_qs(urlsplit(response.headers["Location"]).query)
        return {name: values[0] for name, values in query.items()}
    action, values = form_in(response.text)
    assert action == REDIRECT
    return values


@pytest.mark.parametrize("mode", ["form_post", "query"])
def test_a_person_who_agrees_lets_the_program_in(idp: Platform, mode: str) -> None:
    app = idp.public()
    with warnings.catch_warnings(action="ignore"):  # msal would rather have the other mode
        flow = app.initiate_auth_code_flow(SCOPE, redirect_uri=REDIRECT, response_mode=mode)
    assert flow["auth_uri"].startswith("http://127.0.0.1")
    answer = answer_of(decide(idp, flow["auth_uri"], "approve"))
    got = app.acquire_token_by_auth_code_flow(flow, answer)
    assert got["id_token_claims"]["preferred_username"] == "adele.vance@contoso.com"
    assert app.acquire_token_silent(SCOPE, app.get_accounts()[0])["access_token"] == got["access_token"]


def test_a_person_who_declines_is_told_to_the_program(idp: Platform) -> None:
    app = idp.public()
    flow = app.initiate_auth_code_flow(SCOPE, redirect_uri=REDIRECT, response_mode="form_post")
    got = app.acquire_token_by_auth_code_flow(flow, answer_of(decide(idp, flow["auth_uri"], "decline")))
    assert got["error"] == "access_denied"
    assert got["error_description"].startswith("AADSTS65004: ")


@pytest.mark.parametrize("wanted", ["approve", "decline"])
def test_it_decides_by_itself_when_it_is_told_to(idp: Platform, wanted: str) -> None:
    idp.tell(sign_in=wanted)
    flow = idp.public().initiate_auth_code_flow(SCOPE, redirect_uri=REDIRECT, response_mode="form_post")
    answer = answer_of(httpx.get(flow["auth_uri"]))
    assert ("code" in answer) is (wanted == "approve")
    assert answer["state"] == flow["state"]


def test_msals_own_window_and_listener_do_the_whole_of_it(idp: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    idp.tell(sign_in="approve")
    opened: list[str] = []

    def browse(address: str) -> None:
        action, values = form_in(httpx.get(address).text)
        httpx.post(action.replace("localhost", "127.0.0.1"), data=values)

    def open_it(address: str, *_: Any, **__: Any) -> bool:
        opened.append(address)
        threading.Thread(target=browse, args=(address,), daemon=True).start()
        return True

    monkeypatch.setattr(webbrowser, "open", open_it)
    got = idp.public().acquire_token_interactive(SCOPE, timeout=20)
    assert got["id_token_claims"]["tid"] == "1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10"
    assert len(opened) == 1


def test_conditional_access_is_told_to_the_person(idp: Platform) -> None:
    idp.tell(sign_in="block")
    flow = idp.public().initiate_auth_code_flow(SCOPE, redirect_uri=REDIRECT, response_mode="form_post")
    shown = httpx.get(flow["auth_uri"])
    assert shown.status_code == 403
    assert "AADSTS53003" in shown.text


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"redirect_uri": "http://elsewhere.example/"}, "AADSTS50011"),
        ({"redirect_uri": ""}, "AADSTS50011"),
        ({"client_id": ""}, "AADSTS900144"),
        ({"response_type": "token"}, "AADSTS700054"),
        ({"code_challenge_method": "plain"}, "AADSTS501491"),
        ({"scope": "https://graph.microsoft.com/Everything"}, "AADSTS650053"),
    ],
)
def test_a_request_that_cannot_be_is_told_to_the_person_and_goes_nowhere(
    idp: Platform, changed: Any, number: str
) -> None:
    idp.tell(sign_in="approve")
    query = {
        "client_id": CLIENT,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": "openid",
        "code_challenge": "x",
        "code_challenge_method": "S256",
    }
    shown = httpx.get(idp.url("/contoso.com/oauth2/v2.0/authorize"), params=query | changed)
    assert shown.status_code == 400
    assert number in shown.text


def test_what_the_program_sends_is_shown_as_text(idp: Platform) -> None:
    address = idp.url("/contoso.com/oauth2/v2.0/authorize")
    hostile = {"client_id": "<script>x</script>", "redirect_uri": REDIRECT, "state": '"><img src=x>'}
    shown = httpx.get(address, params=hostile)
    assert "<script" not in shown.text
    assert "<img" not in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def redeemed(idp: Platform, answer: dict[str, str], **changed: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "code": answer["code"],
        "code_verifier": "v" * 43,
    }
    return httpx.post(idp.url("/contoso.com/oauth2/v2.0/token"), data=form | changed)


@pytest.fixture
def answer(idp: Platform) -> dict[str, str]:
    """An authorization code for the verifier of ``redeemed``."""
    idp.tell(sign_in="approve")
    query = {
        "client_id": CLIENT,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": "openid offline_access",
        "code_challenge": "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM",
        "code_challenge_method": "S256",
    }
    return answer_of(httpx.get(idp.url("/contoso.com/oauth2/v2.0/authorize"), params=query))


def test_a_code_is_redeemed_once(idp: Platform, answer: dict[str, str]) -> None:
    assert redeemed(idp, answer).status_code == 200
    assert redeemed(idp, answer).json()["error_codes"] == [54005]


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"code_verifier": "w" * 43}, 501481),
        ({"redirect_uri": "http://localhost:9"}, 500112),
        ({"client_id": "another"}, 9002313),
        ({"code": "guessed"}, 9002313),
    ],
)
def test_a_code_is_good_for_the_one_who_asked_for_it(
    idp: Platform, answer: dict[str, str], changed: Any, number: int
) -> None:
    refused = redeemed(idp, answer, **changed)
    assert (refused.status_code, refused.json()["error_codes"]) == (400, [number])
