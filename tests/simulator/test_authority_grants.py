"""Specifies applications without a person, refresh tokens, and everything that can be wrong, by the real msal."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import msal
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from msal.exceptions import MsalServiceError
from platform_over_http import CLIENT, SCOPE, Loopback, Platform, platform


@pytest.fixture
def idp() -> Iterator[Platform]:
    with platform() as running:
        yield running


@pytest.fixture(scope="module")
def certificate() -> tuple[str, str]:
    """A private key and its certificate, in PEM."""
    return made_certificate()


def made_certificate() -> tuple[str, str]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "backup-tui")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private.decode(), made.public_bytes(pem).decode()


def claims_in(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def refused(got: dict[str, Any]) -> tuple[str, int]:
    assert got["error_description"].startswith(f"AADSTS{got['error_codes'][0]}: ")
    return got["error"], got["error_codes"][0]


# Applications without a person


def test_a_secret_gives_an_application_its_roles(idp: Platform) -> None:
    idp.tell(roles=["BackupRestore-Restore.Read.All"])
    got = idp.confidential("the secret").acquire_token_for_client(SCOPE)
    claims = claims_in(got["access_token"])
    assert claims["roles"] == ["BackupRestore-Restore.Read.All"]
    assert (claims["idtyp"], claims["appid"]) == ("app", CLIENT)
    assert "scp" not in claims
    assert "upn" not in claims
    assert "refresh_token" not in got


def test_a_secret_that_is_not_the_right_one_is_refused(idp: Platform) -> None:
    idp.tell(secret="right")
    assert refused(idp.confidential("wrong").acquire_token_for_client(SCOPE)) == ("invalid_client", 7000215)
    assert "access_token" in idp.confidential("right").acquire_token_for_client(SCOPE)
    assert "right" not in json.dumps(idp.tell())


@pytest.mark.parametrize(
    ("client", "error", "number"),
    [
        ("wrong_secret", "invalid_client", 7000215),
        ("expired_secret", "invalid_client", 7000222),
        ("unknown", "unauthorized_client", 700016),
    ],
)
def test_what_is_wrong_with_an_application_can_be_chosen(idp: Platform, client: str, error: str, number: int) -> None:
    idp.tell(client=client)
    assert refused(idp.confidential("a secret").acquire_token_for_client(SCOPE)) == (error, number)


def test_a_certificate_gives_an_application_its_roles(idp: Platform, certificate: tuple[str, str]) -> None:
    private, public = certificate
    idp.tell(certificate=public)
    credential = {"private_key": private, "public_certificate": public}
    got = idp.confidential(credential).acquire_token_for_client(SCOPE)
    assert claims_in(got["access_token"])["idtyp"] == "app"
    thumbprint = x509.load_pem_x509_certificate(public.encode()).fingerprint(hashes.SHA1()).hex()
    older = idp.confidential({"private_key": private, "thumbprint": thumbprint})
    assert "access_token" in older.acquire_token_for_client(SCOPE)


def test_another_certificate_or_another_key_is_refused(idp: Platform, certificate: tuple[str, str]) -> None:
    private, public = certificate
    another, another_public = made_certificate()
    idp.tell(certificate=public)
    stranger = idp.confidential({"private_key": another, "public_certificate": another_public})
    assert refused(stranger.acquire_token_for_client(SCOPE)) == ("invalid_client", 700027)
    mixed = idp.confidential({"private_key": another, "public_certificate": public})
    assert refused(mixed.acquire_token_for_client(SCOPE)) == ("invalid_client", 700027)
    idp.tell(client="wrong_certificate")
    right = idp.confidential({"private_key": private, "public_certificate": public})
    assert refused(right.acquire_token_for_client(SCOPE)) == ("invalid_client", 700027)


def test_a_certificate_that_is_not_registered_is_still_held_against_its_own_key(
    idp: Platform, certificate: tuple[str, str]
) -> None:
    private, public = certificate
    another, _ = made_certificate()
    assert "access_token" in idp.confidential(
        {"private_key": private, "public_certificate": public}
    ).acquire_token_for_client(SCOPE)
    mixed = idp.confidential({"private_key": another, "public_certificate": public})
    assert refused(mixed.acquire_token_for_client(SCOPE)) == ("invalid_client", 700027)


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_wrong_by_hours_shows_in_assertions(
    idp: Platform, certificate: tuple[str, str], hours: int
) -> None:
    private, public = certificate
    idp.tell(clock_offset=hours * 3600)
    app = idp.confidential({"private_key": private, "public_certificate": public})
    got = app.acquire_token_for_client(SCOPE)
    assert refused(got) == ("invalid_client", 700024)
    assert "not within its valid time range" in got["error_description"]


def federated(**claims: Any) -> str:
    now = int(time.time())
    usual = {
        "iss": "https://token.example",
        "sub": "repo:contoso/recovery",
        "aud": "api://AzureADTokenExchange",
        "nbf": now,
        "exp": now + 600,
    }
    return jwt.encode({**usual, **claims}, "k" * 32, algorithm="HS256")


def test_a_federated_token_gives_an_application_its_roles(idp: Platform) -> None:
    asked = []

    def assertion() -> str:
        asked.append(1)
        return federated()

    got = idp.confidential({"client_assertion": assertion}).acquire_token_for_client(SCOPE)
    assert claims_in(got["access_token"])["idtyp"] == "app"
    assert asked == [1]


@pytest.mark.parametrize(
    ("assertion", "number"),
    [
        ("no token", 50027),
        (federated(aud="api://somewhere"), 700023),
        (federated(exp=1), 700024),
        (federated(sub=""), 50027),
    ],
    ids=["no token", "for another", "ended", "without a subject"],
)
def test_a_federated_token_that_is_none_is_refused(idp: Platform, assertion: Any, number: int) -> None:
    got = idp.confidential({"client_assertion": lambda: assertion}).acquire_token_for_client(SCOPE)
    assert refused(got) == ("invalid_client", number)


def test_an_application_asks_at_one_directory_for_everything_it_was_granted(idp: Platform) -> None:
    assert refused(idp.confidential("s", "organizations").acquire_token_for_client(SCOPE)) == ("invalid_request", 50059)
    single = ["https://graph.microsoft.com/BackupRestore-Restore.Read.All"]
    assert refused(idp.confidential("s").acquire_token_for_client(single)) == ("invalid_scope", 1002012)


def test_without_consent_an_application_gets_a_token_that_carries_nothing(idp: Platform) -> None:
    idp.tell(consent=False)
    got = idp.confidential("s").acquire_token_for_client(SCOPE)
    assert "roles" not in claims_in(got["access_token"])
    assert idp.call(got["access_token"], "/restoreSessions").status_code == 403


# Refresh tokens


@pytest.mark.parametrize(
    ("refresh", "error", "number", "suberror"),
    [
        ("revoked", "invalid_grant", 50173, "bad_token"),
        ("inactive", "invalid_grant", 700082, "bad_token"),
        ("mfa", "interaction_required", 50076, "basic_action"),
        ("consent", "invalid_grant", 65001, "consent_required"),
        ("blocked", "invalid_grant", 53003, "message_only"),
    ],
)
def test_what_becomes_of_a_refresh_can_be_chosen(
    idp: Platform, refresh: str, error: str, number: int, suberror: str
) -> None:
    app, _ = idp.signed_in()
    account = app.get_accounts()[0]
    idp.tell(refresh=refresh)
    got = app.acquire_token_silent_with_error(SCOPE, account, force_refresh=True)
    assert refused(got) == (error, number)
    assert got["suberror"] == suberror
    assert bool(got.get("claims")) is (refresh in ("mfa", "blocked"))


def test_after_a_new_sign_in_the_refresh_works_again(idp: Platform) -> None:
    app, _ = idp.signed_in()
    idp.tell(refresh="revoked")
    idp.signed_in(app)
    got = app.acquire_token_silent_with_error(SCOPE, app.get_accounts()[0], force_refresh=True)
    assert "access_token" in got


def test_a_refresh_token_is_good_for_its_own_application_only(idp: Platform) -> None:
    _, got = idp.signed_in()
    form = {"grant_type": "refresh_token", "refresh_token": got["refresh_token"], "client_id": "another"}
    answer = httpx.post(idp.url("/contoso.com/oauth2/v2.0/token"), data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


# Public clients, consent, tenants


def test_public_client_flows_that_are_not_allowed_are_refused(idp: Platform) -> None:
    idp.tell(client="not_public", sign_in="approve")
    app = idp.public()
    got = app.acquire_token_by_device_flow(app.initiate_device_flow(SCOPE), exit_condition=lambda _: True)
    assert refused(got) == ("invalid_client", 7000218)


def test_an_unknown_application_gets_no_device_code(idp: Platform) -> None:
    idp.tell(client="unknown")
    flow = idp.public().initiate_device_flow(SCOPE)
    assert refused(flow) == ("unauthorized_client", 700016)
    assert "Contoso" in flow["error_description"]


def test_missing_consent_is_told_until_an_administrator_consents_on_the_page(idp: Platform) -> None:
    idp.tell(consent=False, sign_in="approve")
    app = idp.public()
    flow = app.initiate_device_flow(SCOPE)
    got = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert refused(got) == ("invalid_grant", 65001)
    assert CLIENT in got["error_description"]
    page = httpx.get(idp.url(f"/contoso.com/adminconsent?client_id={CLIENT}"))
    assert "BackupRestore-Search.Read.All" in page.text
    done = httpx.post(idp.url("/contoso.com/adminconsent"), data={"client_id": CLIENT, "do": "approve"})
    assert "Permissions granted" in done.text
    idp.signed_in(app)


@pytest.mark.parametrize("tenant", ["nowhere.example", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_tenant_is_told_by_its_configuration(idp: Platform, tenant: str) -> None:
    with pytest.raises(ValueError, match="double check your tenant name"):
        idp.public(tenant)
    answer = httpx.get(idp.url(f"/{tenant}/v2.0/.well-known/openid-configuration"))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")
    assert answer.json()["error_description"].startswith(f"AADSTS90002: Tenant '{tenant}' not found.")
    token = httpx.post(idp.url(f"/{tenant}/oauth2/v2.0/token"), data={"client_id": "x", "grant_type": "refresh_token"})
    assert token.json()["error_codes"] == [90002]


def test_a_person_of_another_directory_is_refused_at_this_one(idp: Platform) -> None:
    idp.tell(person="megan.bowen@fabrikam.com", sign_in="approve")
    app = idp.public()
    got = app.acquire_token_by_device_flow(app.initiate_device_flow(SCOPE), exit_condition=lambda _: True)
    assert refused(got) == ("invalid_grant", 50020)
    assert "Contoso" in got["error_description"]


@pytest.mark.parametrize(
    ("tenant", "person", "home"),
    [
        ("organizations", "megan.bowen@fabrikam.com", "c7a1d5e2-9b34-4f08-8e6d-2b5f0c9a7e31"),
        ("common", "adele.vance@contoso.com", "1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10"),
        ("fabrikam.com", "megan.bowen@fabrikam.com", "c7a1d5e2-9b34-4f08-8e6d-2b5f0c9a7e31"),
        ("1F3C5C8E-5F6B-4C0E-9D53-0C6A3F8F4A10", "ryan@contoso.com", "1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10"),
    ],
)
def test_a_token_is_of_the_persons_own_directory(idp: Platform, tenant: str, person: str, home: str) -> None:
    idp.tell(person=person)
    app, got = idp.signed_in(idp.public(tenant))
    assert claims_in(got["access_token"])["tid"] == home
    assert got["id_token_claims"]["tid"] == home
    assert app.get_accounts()[0]["username"] == person


def test_scopes_that_are_none_are_refused(idp: Platform) -> None:
    app = idp.public()
    assert refused(app.initiate_device_flow(["https://graph.microsoft.com/Everything"])) == ("invalid_client", 650053)
    assert refused(app.initiate_device_flow(["https://vault.azure.net/.default"])) == ("invalid_scope", 70011)


# Outages


@pytest.mark.parametrize(("outage", "raised"), [("503", MsalServiceError), ("html", ValueError), ("empty", ValueError)])
def test_an_outage_reaches_the_program_as_it_would(idp: Platform, outage: str, raised: Any) -> None:
    app, _ = idp.signed_in()
    account = app.get_accounts()[0]
    idp.tell(outage=outage, outage_times=1)
    with pytest.raises(raised):
        app.acquire_token_silent_with_error(SCOPE, account, force_refresh=True)
    # msal itself keeps the answer of a service that is down for a minute; the platform is up again.
    assert httpx.get(idp.url("/contoso.com/v2.0/.well-known/openid-configuration")).json()["issuer"]


def test_an_outage_tells_how_long_to_wait_when_it_is_to(idp: Platform) -> None:
    idp.tell(outage="503", retry_after=120)
    answer = httpx.post(idp.url("/contoso.com/oauth2/v2.0/token"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
    assert httpx.get(idp.url("/contoso.com/v2.0/.well-known/openid-configuration")).status_code == 503
    idp.tell(outage="none")
    assert httpx.get(idp.url("/contoso.com/v2.0/.well-known/openid-configuration")).status_code == 200


def test_an_answer_can_be_slow(idp: Platform) -> None:
    idp.tell(delay=5)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(idp.url("/contoso.com/v2.0/.well-known/openid-configuration"), timeout=0.2)


# Managed identities


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("IDENTITY_SERVER_THUMBPRINT", raising=False)
    return monkeypatch


def test_a_managed_identity_of_a_virtual_machine_gets_a_token(idp: Platform, bare_machine: pytest.MonkeyPatch) -> None:
    bare_machine.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", idp.url(""))
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=Loopback())
    got = client.acquire_token_for_client(resource="https://graph.microsoft.com")
    assert claims_in(got["access_token"])["idtyp"] == "app"
    assert idp.call(got["access_token"], "/restoreSessions").status_code == 200
    assert got["expires_in"] == 4500


def test_a_managed_identity_of_app_service_gets_a_token(idp: Platform, bare_machine: pytest.MonkeyPatch) -> None:
    bare_machine.setenv("IDENTITY_ENDPOINT", idp.url("/msi/token"))
    bare_machine.setenv("IDENTITY_HEADER", "guess")
    client = msal.ManagedIdentityClient(msal.UserAssignedManagedIdentity(client_id="mine"), http_client=Loopback())
    got = client.acquire_token_for_client(resource="https://graph.microsoft.com")
    assert claims_in(got["access_token"])["appid"] == "mine"
    assert 4400 < got["expires_in"] <= 4500


def test_a_managed_identity_that_there_is_not_is_refused(idp: Platform, bare_machine: pytest.MonkeyPatch) -> None:
    idp.tell(client="unknown")
    bare_machine.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", idp.url(""))
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=Loopback())
    got = client.acquire_token_for_client(resource="https://graph.microsoft.com")
    assert (got["error"], got["error_description"]) == ("invalid_request", "Identity not found")
    bare_machine.setenv("IDENTITY_ENDPOINT", idp.url("/msi/token"))
    bare_machine.setenv("IDENTITY_HEADER", "guess")
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=Loopback())
    assert "error" in client.acquire_token_for_client(resource="https://graph.microsoft.com")


# The switches themselves


@pytest.mark.parametrize(
    "wrong",
    [
        {"sign_in": "perhaps"},
        {"nonsense": 1},
        {"person": "nobody@contoso.com"},
        {"token_seconds": -1},
        {"token_seconds": 1.5},
        {"require": "yes"},
        {"scopes": "all"},
        {"directory_roles": ["King"]},
        {"approve": "NOSUCHCODE"},
        {"challenge": 1},
        {"outage_times": "many"},
        {"secret": 1},
        {"certificate": "none"},
    ],
)
def test_a_switch_that_cannot_be_is_refused_and_nothing_is_changed(idp: Platform, wrong: Any) -> None:
    url = f"{idp.origin}/_simulator/authority"
    answer = httpx.post(url, json={"interval": 1, **wrong})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert httpx.get(url).json()["interval"] == 5


def test_the_platform_tells_what_it_was_asked_and_forgets_when_it_is_told_to(idp: Platform) -> None:
    app, _ = idp.signed_in()
    app.initiate_device_flow(SCOPE)
    url = f"{idp.origin}/_simulator/authority"
    told = httpx.get(url).json()
    assert told["calls"]["devicecode"] == 2
    assert told["calls"]["token:device_code"] == 1
    assert len(told["waiting"]) == 1
    assert httpx.delete(url).status_code == 204
    told = httpx.get(url).json()
    assert (told["calls"], told["waiting"], told["sign_in"]) == ({}, [], "ask")


def test_other_addresses_and_methods_are_refused_in_its_own_form(idp: Platform) -> None:
    assert httpx.get(idp.url("/contoso.com/oauth2/v2.0/token")).json()["error_codes"] == [900561]
    assert httpx.get(idp.url("/contoso.com/elsewhere")).status_code == 404
