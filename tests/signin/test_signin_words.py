"""Specifies what a person reads when the authority refuses, and where nothing is sent at all."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from scripted_authority import CLIENT, TENANT, Authority, Reply, bench, granted, refused, sign_in_settings

from backup_tui.config import Settings
from backup_tui.config.sign_in import SignInSettings
from backup_tui.errors import SignInError
from backup_tui.headless.output import error_lines, error_object
from backup_tui.models.clock import ManualClock
from backup_tui.signin import admin_consent_url, codes, make_sign_in
from backup_tui.signin.error_catalogue import catalogue
from backup_tui.signin.error_context import ErrorContext, again, meaning_of, refusal
from backup_tui.signin.origin import AuthorityOrigin

FACTS = ErrorContext("device-code", "contoso.com", CLIENT, "login.microsoftonline.com", "https://consent.example/x")
INTERNAL = re.compile(r"\b([aA]rtifact|[pP]ayload|[eE]ntity|[eE]ndpoint|null|None|HTTP|JSON|[eE]xception)\b")


@pytest.mark.parametrize("name", catalogue().meanings)
def test_each_meaning_says_what_happened_and_what_to_do(name: Any) -> None:
    error = FACTS.error(catalogue().meanings[name])
    assert error.code in codes.CODES
    for sentence in (error.message, error.certainty, error.hint):
        assert sentence.endswith((".", ").")), sentence
        assert "{" not in sentence
        assert not INTERNAL.search(sentence)


def test_every_name_in_the_tables_has_a_meaning() -> None:
    table = catalogue()
    used = {*table.by_number.values(), *table.by_suberror.values(), *table.by_error.values()}
    assert used <= set(table.meanings)
    # What no table names is chosen by name in the program.
    assert set(table.meanings) - used == {"late", "identity", "unknown", "declined", "consent_refused"} - used


@pytest.mark.parametrize(
    ("number", "error", "suberror", "code"),
    [
        (50076, "interaction_required", "basic_action", "MfaRequired"),
        (50079, "interaction_required", "", "MfaRequired"),
        (65001, "invalid_grant", "consent_required", "ConsentRequired"),
        (0, "invalid_grant", "consent_required", "ConsentRequired"),
        (50173, "invalid_grant", "bad_token", "Revoked"),
        (700082, "invalid_grant", "bad_token", "Revoked"),
        (0, "invalid_grant", "bad_token", "Revoked"),
        (0, "invalid_grant", "", "Revoked"),
        (70043, "invalid_grant", "", "Revoked"),
        (53003, "access_denied", "message_only", "FlowBlocked"),
        (53000, "interaction_required", "", "FlowBlocked"),
        (90002, "invalid_request", "", "WrongTenant"),
        (700016, "unauthorized_client", "", "WrongTenant"),
        (50020, "invalid_request", "", "WrongTenant"),
        (7000218, "invalid_client", "", "FlowBlocked"),
        (7000215, "invalid_client", "", "CredentialRefused"),
        (7000222, "invalid_client", "", "CredentialRefused"),
        (700027, "invalid_client", "", "CredentialRefused"),
        (50057, "invalid_grant", "", "CredentialRefused"),
        (50055, "invalid_grant", "", "CredentialRefused"),
        (700024, "invalid_client", "", "ClockWrong"),
        (50011, "invalid_request", "", "FlowBlocked"),
        (90033, "invalid_grant", "", "AuthorityUnreachable"),
        (0, "temporarily_unavailable", "", "AuthorityUnreachable"),
        (0, "something_new", "", "CredentialRefused"),
        (999999, "interaction_required", "", "InteractionRequired"),
    ],
)
def test_refusals_are_told_apart(number: int, error: str, suberror: str, code: str) -> None:
    said = refused(error, number, suberror).body
    told = refusal(said, FACTS)
    assert told.code == code
    assert told.needs_person == (code != "AuthorityUnreachable")
    without_list = {name: value for name, value in said.items() if name != "error_codes"}
    assert meaning_of(without_list, FACTS).code == code


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (50020, "User account 'x' from identity provider 'live.com' does not exist in tenant 'Contoso'"),
        (90072, "User account 'x' from identity provider 'live.com' does not exist in tenant 'Contoso'"),
        (500202, "User account from external identity provider is not supported"),
        (500207, "The account type can't be used for the resource you're trying to access."),
        (500208, "The domain is not a valid login domain for the account type."),
    ],
)
def test_a_personal_account_is_told_as_such(number: int, words: str) -> None:
    said = refused("invalid_request", number, error_description=f"AADSTS{number}: {words}").body
    for body in (said, {name: value for name, value in said.items() if name != "error_codes"}):
        told = refusal(body, FACTS)
        assert told.code == "PersonalAccount"
        assert told.message == "Personal Microsoft accounts aren't supported."
        assert told.certainty == "Nothing was sent."
        assert told.hint == "Use a work or school account."


@pytest.mark.parametrize("number", [50020, 90072])
def test_a_guest_of_another_organization_is_no_personal_account(number: int) -> None:
    words = f"AADSTS{number}: User account from identity provider 'https://sts.windows.net/f00d/' does not exist"
    assert refusal(refused("invalid_request", number, error_description=words).body, FACTS).code == "WrongTenant"


def test_what_helps_is_named() -> None:
    def hint(number: int) -> str:
        return refusal(refused("x", number).body, FACTS).hint

    assert "https://consent.example/x" in hint(65001)
    assert "Allow public client flows" in hint(7000218)
    assert "--sign-in certificate" in hint(53003)
    assert "ssh -L" in hint(53003)
    assert "http://localhost" in hint(50011)
    assert "Certificates & secrets" in hint(7000222)


def test_the_page_of_admin_consent_is_the_authoritys() -> None:
    url = admin_consent_url(SignInSettings(flow="device-code", tenant="contoso.com", client_id=CLIENT))
    assert url == f"https://login.microsoftonline.com/contoso.com/adminconsent?client_id={CLIENT}"
    assert admin_consent_url(SignInSettings(flow="azure-cli")) == ""
    hostile = admin_consent_url(SignInSettings(flow="secret", tenant="../x?", client_id="a&b=c#d"))
    assert hostile == "https://login.microsoftonline.com/..%2Fx%3F/adminconsent?client_id=a%26b%3Dc%23d"


async def test_what_the_authority_says_is_a_strangers_text(place: Authority) -> None:
    hostile = "AADSTS50076: \x1b]52;c;Zm9v\x07[bold]\u202e" + "x" * 5000
    place.code = refused("invalid_client", error_description=hostile, correlation_id="\x1b[2Jid" + "y" * 500)
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    error = caught.value
    assert (error.detail + (error.request_id or "")).isprintable()
    assert len(error.detail) <= 1001
    assert "\u202e" not in error.detail
    assert "xxx" not in error.sentences


@pytest.mark.parametrize("codes_", ["53003", [True, "x", None], {"a": 1}, None, [10**40]])
async def test_numbers_that_are_none_are_left_out(place: Authority, codes_: Any) -> None:
    place.code = refused("access_denied", error_codes=codes_, error_description=["x"])
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    assert caught.value.code == "CodeDeclined"


async def test_a_tenant_that_is_not_there_is_told(place: Authority) -> None:
    place.config = Reply(400, refused("invalid_tenant", 90002).body)
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    assert caught.value.code == "WrongTenant"
    assert TENANT in caught.value.message


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html><title>Hotel</title>"),
        Reply(200, b"[]"),
        Reply(200, b""),
        Reply(200, {}),
        Reply(200, {"token_endpoint": 5, "authorization_endpoint": None}),
        Reply(302, b"", {"Location": "https://evil.example/"}),
        Reply(404, b"<html>"),
    ],
)
async def test_something_else_that_answers_for_the_authority_is_told(place: Authority, reply: Any) -> None:
    place.config = reply
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    assert caught.value.code == "AuthorityUnreadable"
    assert not caught.value.needs_person
    assert len(place.asked) == 1


@pytest.mark.parametrize("scheme", ["https://evil.example", "http://evil.example", "https://127.0.0.1:1"])
async def test_secrets_go_nowhere_but_to_the_authority(place: Authority, scheme: str) -> None:
    openid: Any = place.config

    def lies(asked: Any) -> Any:
        told = openid(asked)
        return told | {"token_endpoint": f"{scheme}/_authority/x/oauth2/v2.0/token"}

    place.config = lies
    async with bench(place, "secret") as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
    assert caught.value.code in ("AuthorityUnreachable", "AuthorityUnreadable")
    assert len(place.asked) == 1


async def test_an_authority_that_is_not_there_is_told_and_tried_again(place: Authority) -> None:
    async with bench(place, authority="http://127.0.0.1:1/_authority") as on:
        with pytest.raises(SignInError) as caught:
            await on.sign()
    assert (caught.value.code, caught.value.needs_person) == ("AuthorityUnreachable", False)
    assert "127.0.0.1:1" in caught.value.message


@pytest.mark.parametrize("key", ["error_description", "error", "claims", "correlation_id", "error_codes", "suberror"])
@pytest.mark.parametrize("value", [5, None, [], {}, "x" * 100_000, "{" * 5000])
def test_no_shape_of_a_refusal_ends_the_program(key: str, value: Any) -> None:
    said = refused("interaction_required", 50076).body | {key: value}
    assert refusal(said, FACTS).code in codes.CODES


async def test_nobody_is_signed_in_at_first(place: Authority) -> None:
    async with bench(place) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
    assert (caught.value.code, caught.value.needs_person) == ("NoSignIn", True)
    assert place.asked == []


@pytest.mark.parametrize(
    "authority", ["http://login.example", "ftp://x", "https://", "https://a@b", "x", "https://a\n.b"]
)
def test_an_authority_that_would_be_spoken_to_in_clear_is_none(authority: str) -> None:
    chosen = sign_in_settings("https://x.example", authority=authority)
    with pytest.raises(SignInError):
        make_sign_in(Settings(sign_in=chosen), clock=ManualClock(__import__("datetime").datetime.now()))


@pytest.mark.parametrize(
    ("authority", "url", "sent"),
    [
        ("https://login.microsoftonline.com", "https://login.microsoftonline.com/t/token", True),
        ("https://login.microsoftonline.com", "https://login.microsoft.com/t/token", True),
        ("https://login.microsoftonline.com", "https://login.microsoftonline.com:8443/t/token", False),
        ("https://login.microsoftonline.com", "http://login.microsoftonline.com/t/token", False),
        ("https://login.microsoftonline.com", "https://login.microsoftonline.com.evil.example/t", False),
        ("https://login.microsoftonline.com", "https://login.microsoftonline.com@evil.example/t", False),
        ("https://id.contoso.com", "https://id.contoso.com/t", True),
        ("https://id.contoso.com", "https://login.microsoftonline.com/t", False),
        ("https://localhost:3000", "https://localhost:3000/t", True),
        ("http://127.0.0.1:8365/_authority", "https://127.0.0.1:8365/_authority/t", True),
        ("http://127.0.0.1:8365/_authority", "https://127.0.0.1:8366/_authority/t", False),
        ("http://127.0.0.1:8365/_authority", "https://localhost:8365/_authority/t", False),
    ],
)
def test_only_the_authority_is_spoken_to(authority: str, url: str, sent: bool) -> None:
    assert (AuthorityOrigin(authority).destination(url) is not None) is sent


def test_an_authority_on_this_machine_is_spoken_to_as_it_is() -> None:
    goal = AuthorityOrigin("http://127.0.0.1:8365/_authority").destination("https://127.0.0.1:8365/_authority/t?x=1")
    assert goal is not None
    assert (goal.url, goal.forwarded) == ("http://127.0.0.1:8365/_authority/t?x=1", True)


async def test_a_wrong_clock_is_no_reason_not_to_sign_in_with_a_code(place: Authority) -> None:
    place.ahead = timedelta(hours=5)
    place.tokens = [granted(1), granted(2)]
    async with bench(place) as on:
        await on.sign()
        await on.sign_in.token(refresh=True)
        assert "clock is wrong" in on.sign_in.notices[0]


def test_the_authoritys_own_ids_come_with_its_words() -> None:
    said = {
        "error": "invalid_grant",
        "suberror": "basic_action",
        "error_description": "AADSTS50076: Due to a configuration change you must use MFA.\r\nTrace ID: t-1",
        "trace_id": "t-1",
        "correlation_id": "c-1",
        "timestamp": "2026-11-22 04:02:00Z",
    }
    error = again(refusal(said, FACTS))
    told = error_object(error)
    assert str(told["serviceMessage"]).startswith("AADSTS50076: Due to a configuration change")
    assert told["innerError"] == {
        "error": "invalid_grant",
        "suberror": "basic_action",
        "trace_id": "t-1",
        "correlation_id": "c-1",
        "timestamp": "2026-11-22 04:02:00Z",
    }
    lines = "\n".join(error_lines(error))
    assert "AADSTS50076" in lines
    assert "trace_id t-1" in lines
