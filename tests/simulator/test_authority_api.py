"""Specifies how the API takes the platform's tokens: which it lets in, when they end, and claims challenges."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from platform_over_http import SCOPE, Platform, platform

from backup_tui.simulator.domain.clock import ManualClock

HEADER = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id='


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 22, 12, 3, 20, tzinfo=UTC))


@pytest.fixture
def idp(clock: ManualClock) -> Iterator[Platform]:
    with platform(clock=clock) as running:
        yield running


def claims_of(answer: httpx.Response) -> str:
    """The claims of a challenge, as a client reads them."""
    header = answer.headers["WWW-Authenticate"]
    assert header.startswith(HEADER)
    assert 'error="insufficient_claims"' in header
    found = re.search(r'claims="([^"]+)"', header)
    assert found is not None
    return base64.b64decode(found[1]).decode()


def test_any_token_is_let_in_until_the_platform_requires_its_own(idp: Platform) -> None:
    _, got = idp.signed_in()
    assert idp.call("anything").status_code == 200
    idp.tell(require=True)
    for foreign in ("anything", "e30.e30.x"):
        refused = idp.call(foreign)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "InvalidAuthenticationToken"
        assert refused.headers["WWW-Authenticate"].startswith(HEADER)
        assert "claims=" not in refused.headers["WWW-Authenticate"]
    assert idp.call(got["access_token"]).status_code == 200
    changed = got["access_token"][:-4] + "AAAA"
    assert idp.call(changed).status_code == 401


def test_a_token_ends_by_the_simulators_clock(idp: Platform, clock: ManualClock) -> None:
    idp.tell(token_seconds=600)
    app, got = idp.signed_in()
    clock.advance(599)
    assert idp.call(got["access_token"]).status_code == 200
    clock.advance(1)
    refused = idp.call(got["access_token"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert "expired" in refused.json()["error"]["message"]
    fresh = app.acquire_token_silent_with_error(SCOPE, app.get_accounts()[0], force_refresh=True)
    assert idp.call(fresh["access_token"]).status_code == 200


def test_tokens_can_be_ended_before_their_time(idp: Platform) -> None:
    app, got = idp.signed_in()
    idp.tell(end_tokens=True)
    assert idp.call(got["access_token"]).status_code == 401
    fresh = app.acquire_token_silent_with_error(SCOPE, app.get_accounts()[0], force_refresh=True)
    assert idp.call(fresh["access_token"]).status_code == 200


def test_a_claims_challenge_lasts_until_a_token_is_got_with_its_claims(idp: Platform) -> None:
    app, got = idp.signed_in(idp.public(client_capabilities=["CP1"]))
    idp.tell(challenge=True)
    challenged = idp.call(got["access_token"])
    assert challenged.status_code == 401
    claims = claims_of(challenged)
    assert json.loads(claims)["access_token"]["nbf"]["essential"] is True
    (account,) = app.get_accounts()
    plain = app.acquire_token_silent_with_error(SCOPE, account, force_refresh=True)
    assert idp.call(plain["access_token"]).status_code == 401
    better = app.acquire_token_silent_with_error(SCOPE, account, claims_challenge=claims)
    assert idp.call(better["access_token"]).status_code == 200
    assert idp.call(got["access_token"]).status_code == 401


def test_each_challenge_is_another(idp: Platform) -> None:
    app, got = idp.signed_in()
    for _ in range(2):
        idp.tell(challenge=True)
        claims = claims_of(idp.call(got["access_token"]))
        got = app.acquire_token_silent_with_error(SCOPE, app.get_accounts()[0], claims_challenge=claims)
        assert idp.call(got["access_token"]).status_code == 200
    idp.tell(challenge=False)
    assert idp.call("anything").status_code == 200


def test_an_answer_to_a_challenge_may_need_the_person(idp: Platform) -> None:
    app, got = idp.signed_in()
    idp.tell(challenge=True, refresh="mfa")
    claims = claims_of(idp.call(got["access_token"]))
    silent = app.acquire_token_silent_with_error(SCOPE, app.get_accounts()[0], claims_challenge=claims)
    assert silent["error"] == "interaction_required"
    flow = app.initiate_device_flow(SCOPE, claims_challenge=claims)
    again = app.acquire_token_by_device_flow(flow, claims_challenge=claims)
    assert idp.call(again["access_token"]).status_code == 200


def test_a_challenge_makes_no_difference_to_calls_that_would_be_refused_anyway(idp: Platform) -> None:
    idp.tell(challenge=True)
    answer = httpx.get(f"{idp.server.base_url}/solutions/backupRestore")
    assert answer.status_code == 401
    assert "claims=" not in answer.headers["WWW-Authenticate"]


def test_a_tokens_permissions_and_roles_are_those_that_were_chosen(idp: Platform) -> None:
    idp.tell(scopes=["BackupRestore-Restore.Read.All"], directory_roles=[])
    _, got = idp.signed_in()
    assert idp.call(got["access_token"], "/restoreSessions").status_code == 200
    assert idp.call(got["access_token"], "/protectionPolicies").status_code == 403


def test_who_signed_in_is_who_made_the_draft(idp: Platform) -> None:
    idp.tell(person="ryan@contoso.com")
    _, got = idp.signed_in()
    made = idp.call(got["access_token"], "/exchangeRestoreSessions", "POST", json={})
    assert made.json()["createdBy"]["user"]["displayName"] == "Ryan"


def test_an_application_alone_sees_no_names(idp: Platform) -> None:
    got = idp.confidential("a secret").acquire_token_for_client(SCOPE)
    answer = idp.call(got["access_token"], "/mailboxProtectionUnits")
    assert answer.status_code == 200
    assert "displayName" not in answer.json()["value"][0]
