"""Specifies the device code sign-in against the simulated identity platform, by the real msal over HTTP."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
import pytest
from platform_over_http import CLIENT, SCOPE, Platform, platform

from backup_tui.simulator.domain.clock import ManualClock


@pytest.fixture
def idp() -> Iterator[Platform]:
    with platform() as running:
        yield running


def once(app: Any, flow: dict[str, Any]) -> dict[str, Any]:
    """One poll, as msal's own loop does it, and no second."""
    flow.pop("latest_attempt_at", None)
    got: dict[str, Any] = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    return got


def test_a_code_is_handed_out_with_a_page_that_a_browser_on_this_machine_opens(idp: Platform) -> None:
    flow = idp.public().initiate_device_flow(SCOPE)
    assert flow["verification_uri"] == f"{idp.origin}/_authority/device"
    assert re.fullmatch("[A-Z2-9]{9}", flow["user_code"])
    assert flow["user_code"] in flow["message"]
    assert flow["verification_uri"] in flow["message"]
    assert (flow["expires_in"], flow["interval"]) == (900, 5)


def test_until_somebody_decides_it_is_pending(idp: Platform) -> None:
    app = idp.public()
    got = once(app, app.initiate_device_flow(SCOPE))
    assert got["error"] == "authorization_pending"
    assert got["error_codes"] == [70016]
    assert got["error_description"].startswith("AADSTS70016: ")


def test_an_approved_code_gives_tokens_that_msal_makes_an_account_of(idp: Platform) -> None:
    app = idp.public()
    flow = app.initiate_device_flow(SCOPE)
    idp.authority.approve(flow["user_code"])
    got = app.acquire_token_by_device_flow(flow)
    assert got["id_token_claims"]["preferred_username"] == "adele.vance@contoso.com"
    (account,) = app.get_accounts()
    assert account["username"] == "adele.vance@contoso.com"
    again = app.acquire_token_silent_with_error(SCOPE, account)
    assert again["access_token"] == got["access_token"]
    assert again["token_source"] == "cache"
    assert idp.authority.calls["token"] == 1


def test_the_access_token_carries_what_graphs_do_and_its_signature_is_right(idp: Platform) -> None:
    _, got = idp.signed_in(idp.public(client_capabilities=["CP1"]))
    keys = jwt.PyJWKClient(idp.url("/contoso.com/discovery/v2.0/keys"))
    key = keys.get_signing_key_from_jwt(got["access_token"])
    claims = jwt.decode(got["access_token"], key.key, algorithms=["RS256"], audience="https://graph.microsoft.com")
    assert claims["tid"] == "1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10"
    assert claims["appid"] == CLIENT
    assert claims["upn"] == "adele.vance@contoso.com"
    assert "BackupRestore-Restore.ReadWrite.All" in claims["scp"].split()
    assert claims["wids"] == ["9d3e04ba-3ee4-4d1b-a3a7-9aef423a09be"]
    assert claims["xms_cc"] == ["CP1"]
    assert claims["exp"] - claims["iat"] == got["expires_in"] == 4500
    assert "roles" not in claims
    assert jwt.decode(got["id_token"], key.key, algorithms=["RS256"], audience=CLIENT)["tid"] == claims["tid"]


def test_a_refresh_token_gives_new_tokens(idp: Platform) -> None:
    app, got = idp.signed_in()
    (account,) = app.get_accounts()
    again = app.acquire_token_silent_with_error(SCOPE, account, force_refresh=True)
    assert again["token_source"] == "identity_provider"
    assert again["access_token"] != got["access_token"]
    assert idp.authority.calls["token:refresh_token"] == 1


@pytest.mark.parametrize(
    ("wanted", "error", "number"),
    [
        ("decline", "authorization_declined", 65004),
        ("expire", "expired_token", 70020),
        ("block", "invalid_grant", 53003),
    ],
)
def test_what_becomes_of_a_code_can_be_chosen(idp: Platform, wanted: str, error: str, number: int) -> None:
    app = idp.public()
    idp.tell(sign_in=wanted)
    got = once(app, app.initiate_device_flow(SCOPE))
    assert (got["error"], got["error_codes"]) == (error, [number])
    assert got["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= set(got)


def test_conditional_access_may_block_with_other_numbers(idp: Platform) -> None:
    app = idp.public()
    idp.tell(sign_in="block", block_code=530034)
    got = once(app, app.initiate_device_flow(SCOPE))
    assert got["error_description"].startswith("AADSTS530034: ")
    assert got["suberror"] == "message_only"
    assert "capolids" in got["claims"]


def test_slow_down_makes_msal_wait_longer(idp: Platform) -> None:
    app = idp.public()
    idp.tell(slow_down=1, interval=1)
    flow = app.initiate_device_flow(SCOPE)
    assert once(app, flow)["error"] == "slow_down"
    assert flow["interval"] == 6
    assert once(app, flow)["error"] == "authorization_pending"


def test_a_code_ends_by_the_simulators_clock() -> None:
    clock = ManualClock(datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC))
    with platform(clock=clock) as idp:
        app = idp.public()
        flow = app.initiate_device_flow(SCOPE)
        clock.advance(899)
        assert once(app, flow)["error"] == "authorization_pending"
        clock.advance(1)
        assert once(app, flow)["error"] == "expired_token"


def test_a_code_gives_tokens_once_and_only_to_the_program_that_asked(idp: Platform) -> None:
    app = idp.public()
    flow = app.initiate_device_flow(SCOPE)
    idp.authority.approve()
    form = {"grant_type": "device_code", "device_code": flow["device_code"]}
    url = idp.url("/contoso.com/oauth2/v2.0/token")
    full = form | {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    other = httpx.post(url, data=full | {"client_id": "another"})
    assert other.json()["error"] == "bad_verification_code"
    first = httpx.post(url, data=full | {"client_id": CLIENT})
    assert first.status_code == 200
    second = httpx.post(url, data=full | {"client_id": CLIENT})
    assert (second.status_code, second.json()["error"]) == (400, "bad_verification_code")


def test_a_person_types_the_code_on_the_page_and_the_program_is_let_in(idp: Platform) -> None:
    app = idp.public()
    idp.tell(interval=1)
    flow = app.initiate_device_flow(SCOPE)
    got: dict[str, Any] = {}
    program = threading.Thread(target=lambda: got.update(app.acquire_token_by_device_flow(flow)))
    program.start()
    with httpx.Client(base_url=idp.origin) as browser:
        assert 'name="code"' in browser.get(flow["verification_uri"]).text
        typed = flow["user_code"].lower()
        shown = browser.post("/_authority/device", data={"code": f"{typed[:4]} {typed[4:]}", "do": "next"})
        assert "Adele Vance" in shown.text
        assert CLIENT in shown.text
        assert "BackupRestore-Restore.ReadWrite.All" in shown.text
        done = browser.post("/_authority/device", data={"code": flow["user_code"], "do": "approve"})
        assert "You have signed in" in done.text
    program.join(20)
    assert "access_token" in got


def test_a_person_declines_on_the_page(idp: Platform) -> None:
    app = idp.public()
    flow = app.initiate_device_flow(SCOPE)
    httpx.post(idp.url("/device"), data={"code": flow["user_code"], "do": "decline"})
    assert once(app, flow)["error"] == "authorization_declined"


def test_the_page_says_so_when_a_code_is_not_known_and_shows_it_as_text(idp: Platform) -> None:
    shown = httpx.post(idp.url("/device"), data={"code": "<b>NOPE</b>", "do": "next"})
    assert "code didn&#x27;t work" in shown.text or "didn't work" in shown.text
    assert "<b>NOPE" not in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_it_approves_by_itself_after_a_while(idp: Platform) -> None:
    app = idp.public()
    idp.tell(sign_in="approve", after=1000)
    flow = app.initiate_device_flow(SCOPE)
    assert once(app, flow)["error"] == "authorization_pending"
    idp.tell(after=0)
    assert "access_token" in once(app, flow)
