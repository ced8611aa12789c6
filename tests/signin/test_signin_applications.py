"""Specifies how an application, a machine or the Azure CLI signs in, without anybody being there."""

from __future__ import annotations

import base64
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from certificates import made
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from scripted_authority import (
    CANARY,
    CLIENT,
    Authority,
    Reply,
    access,
    bench,
    for_app,
    refusal,
    refused,
    write_private,
)

from backup_tui.config.token import Secret
from backup_tui.errors import SignInError

PASSWORD = f"p-{CANARY}"


@pytest.mark.parametrize("form", ["pem", "pfx"])
@pytest.mark.parametrize("password", ["", PASSWORD])
async def test_a_certificate_signs_what_proves_who_the_application_is(
    place: Authority, tmp_path: Path, form: str, password: Any
) -> None:
    path = made(tmp_path, form, password=password)
    place.tokens = [for_app(1)]
    options = {"certificate": path, "certificate_password": Secret(password) if password else None}
    async with bench(place, "certificate", **options) as on:
        assert (await on.sign_in.token()).reveal() == access(1)
    sent = place.token_calls[0].form
    assert sent["grant_type"] == "client_credentials"
    assert "xms_cc" in sent["claims"]
    head, claims, signature = sent["client_assertion"].split(".")
    told = json.loads(base64.urlsafe_b64decode(head + "=="))
    certificate = x509.load_der_x509_certificate(base64.b64decode(told["x5c"][0]))
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO)
    key.verify(base64.urlsafe_b64decode(signature + "=="), f"{head}.{claims}".encode(), pss, hashes.SHA256())
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["iss"] == CLIENT


@pytest.mark.parametrize("form", ["pem", "pfx"])
@pytest.mark.parametrize("given", [None, "wrong"])
async def test_a_password_that_does_not_open_it_is_told(
    place: Authority, tmp_path: Path, form: str, given: str | None
) -> None:
    path = made(tmp_path, form, password=PASSWORD)
    error = await refusal(place, "certificate", certificate=path, certificate_password=Secret(given) if given else None)
    assert error.code == "CredentialUnreadable"
    assert str(path) in error.message
    assert place.asked == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"other": True}, "does not belong"),
        ({"key": ec.generate_private_key(ec.SECP256R1())}, "RSA"),
        ({"days": -1}, "expired on 2026-11-21"),
    ],
)
async def test_a_certificate_that_cannot_be_used_is_told_before_anything_is_sent(
    place: Authority, tmp_path: Path, options: Any, words: str
) -> None:
    error = await refusal(place, "certificate", certificate=made(tmp_path, "pem", **options))
    assert words in error.message
    assert error.code in ("CredentialUnreadable", "CredentialRefused")
    assert place.asked == []


@pytest.mark.parametrize(
    "content", [None, b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\x30\x82"]
)
async def test_a_file_that_is_no_certificate_is_told(place: Authority, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "certificate.pem"
    if content is not None:
        path.write_bytes(content)
    error = await refusal(place, "certificate", certificate=path)
    assert error.code == "CredentialUnreadable"


async def test_a_key_without_its_certificate_is_told(place: Authority, tmp_path: Path) -> None:
    pem = made(tmp_path, "pem").read_bytes()
    path = tmp_path / "key.pem"
    path.write_bytes(pem[pem.index(b"-----BEGIN PRIVATE") :])
    error = await refusal(place, "certificate", certificate=path)
    assert "certificate" in error.message


async def test_a_certificate_that_was_replaced_is_read_anew(place: Authority, tmp_path: Path) -> None:
    path = made(tmp_path, "pem")
    place.tokens = [refused("invalid_client", 700027)]
    async with bench(place, "certificate", certificate=path) as on:
        with pytest.raises(SignInError) as caught:
            await on.sign_in.token()
        assert caught.value.code == "CredentialRefused"
        before = place.token_calls[0].form["client_assertion"].split(".")[0]
        made(tmp_path, "pem")
        place.tokens = [for_app(2)]
        assert (await on.sign()).reveal() == access(2)
    assert place.token_calls[1].form["client_assertion"].split(".")[0] != before


@pytest.mark.parametrize("number", [700024, 700027, 50012])
async def test_a_clock_that_is_wrong_by_hours_is_named_as_the_cause(
    place: Authority, tmp_path: Path, number: int
) -> None:
    place.tokens = [refused("invalid_client", number)]
    place.ahead = timedelta(hours=-3)
    error = await refusal(place, "certificate", certificate=made(tmp_path, "pem"))
    assert error.code == "ClockWrong"
    assert "3 h 0 min ahead" in error.message


# -- secret, federated token ------------------------------------------------------------------------------------------


async def test_a_secret_is_sent_to_the_authority_and_renewed_by_itself(place: Authority) -> None:
    place.tokens = [for_app(1), for_app(2)]
    async with bench(place, "secret") as on:
        await on.sign()
        assert (await on.sign_in.token(refresh=True)).reveal() == access(2)
        assert on.prompts == []
        assert not on.sign_in.interactive
    assert [each.form["client_secret"] for each in place.token_calls] == [f"secret-{CANARY}"] * 2


async def test_a_federated_token_is_read_anew_for_each_request(place: Authority, tmp_path: Path) -> None:
    path = write_private(tmp_path / "token", f"first-{CANARY}\n")
    place.tokens = [for_app(1), for_app(2)]
    async with bench(place, "federated", token_file=path) as on:
        await on.sign_in.token()
        path.write_text(f"second-{CANARY}")
        await on.sign_in.token(refresh=True)
    assert [each.form["client_assertion"] for each in place.token_calls] == [f"first-{CANARY}", f"second-{CANARY}"]


@pytest.mark.parametrize("content", [None, b"", b"  \n", b"\xff\xfe\x00", b"x" * 300_000])
async def test_a_federated_token_that_is_not_there_is_told(
    place: Authority, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    error = await refusal(place, "federated", token_file=path)
    assert error.code == "CredentialUnreadable"
    assert error.__context__ is None
    assert place.token_calls == []


async def test_an_application_needs_its_tenant(place: Authority) -> None:
    with pytest.raises(SignInError) as caught:
        await refusal(place, "secret", tenant="organizations")
    assert caught.value.code == "WrongTenant"


# -- managed identity ---------------------------------------------------------------------------------------------


@pytest.fixture
def machine(place: Authority, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The surroundings of an App Service, where the machine's identity is asked on this machine."""
    for name in list(os.environ):
        if name.startswith(("IDENTITY_", "MSI_", "IMDS_", "ACC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{place.port}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", f"header-{CANARY}")
    return place


def of_machine(place: Authority, number: int = 1) -> dict[str, object]:
    return {
        "access_token": access(number),
        "expires_on": str(int(place.wall() + 3600)),
        "resource": "https://graph.microsoft.com",
        "token_type": "Bearer",
    }


@pytest.mark.parametrize("user", ["", "99999999-0000-0000-0000-000000000000"])
async def test_a_machine_signs_in_as_itself_or_as_an_identity_that_it_was_given(machine: Any, user: str) -> None:
    machine.tokens = [of_machine(machine, 1), of_machine(machine, 2)]
    async with bench(machine, "managed-identity", managed_identity=user) as on:
        assert (await on.sign_in.token()).reveal() == access(1)
        assert (await on.sign_in.token()).reveal() == access(1)
        assert (await on.sign_in.token(refresh=True)).reveal() == access(2)
    (first, _) = machine.token_calls
    assert first.query["resource"] == "https://graph.microsoft.com"
    assert first.query.get("client_id", "") == user
    assert first.headers["x-identity-header"] == f"header-{CANARY}"


async def test_a_machine_whose_token_was_called_back_asks_for_another_one(machine: Any) -> None:
    machine.tokens = [of_machine(machine, 1), of_machine(machine, 2)]
    async with bench(machine, "managed-identity") as on:
        await on.sign_in.token()
        assert (await on.sign_in.token(refresh=True, claims='{"access_token": {}}')).reveal() == access(2)
    assert len(machine.token_calls) == 2


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (Reply(400, {"message": "No Managed Identity found"}), "CredentialRefused", "no such managed identity"),
        (Reply(500, {}), "AuthorityUnreachable", "The identity service of this machine has an outage"),
        (Reply(200, b"<html>"), "AuthorityUnreadable", "This machine has no managed identity"),
        (Reply(403, b"<html>"), "AuthorityUnreadable", "This machine has no managed identity"),
    ],
)
async def test_a_machine_without_an_identity_is_told(machine: Any, reply: Any, code: str, words: str) -> None:
    machine.tokens = [reply]
    error = await refusal(machine, "managed-identity")
    assert error.code == code
    assert words in error.message
    assert "login.microsoftonline.com" not in error.sentences


@pytest.mark.parametrize("endpoint", ["http://evil.example/token", "https://evil.example/token", "http://10.0.0.1/x"])
async def test_a_machine_asks_nobody_beyond_itself_and_its_own_wire(
    machine: Any, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", endpoint)
    error = await refusal(machine, "managed-identity")
    assert error.code == "AuthorityUnreachable"
    assert "another host" in error.detail


@pytest.fixture
def arc(machine: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The surroundings of a machine that Azure Arc looks after, whose keys lie in a folder of the test."""
    monkeypatch.delenv("IDENTITY_HEADER")
    monkeypatch.setenv("IMDS_ENDPOINT", f"http://127.0.0.1:{machine.port}")
    prefixes = "msal.managed_identity._supported_arc_platforms_and_their_prefixes"
    monkeypatch.setattr(prefixes, {sys.platform: str(tmp_path)})
    return machine


@pytest.mark.parametrize(("kind", "why"), [("missing", "No such file"), ("folder", "Is a directory")])
async def test_the_key_file_of_azure_arc_is_blamed_when_it_cannot_be_read(
    arc: Any, tmp_path: Path, kind: str, why: str
) -> None:
    if kind == "folder":
        (tmp_path / "one.key").mkdir()
    arc.tokens = [Reply(401, {}, {"WWW-Authenticate": f"Basic realm={tmp_path}/one.key"})]
    error = await refusal(arc, "managed-identity")
    assert (error.code, str(tmp_path / "one.key") in error.message) == ("CredentialUnreadable", True)
    assert why in error.message
    assert "himds" in error.hint
    assert "no machine in Azure" not in error.sentences


@pytest.mark.parametrize("form", ["bare", "lines", "quoted", "json"])
async def test_a_pfx_as_key_vault_hands_it_out_is_understood(place: Authority, tmp_path: Path, form: str) -> None:
    path = made(tmp_path, "pfx")
    text = base64.b64encode(path.read_bytes()).decode()
    forms = {
        "bare": text,
        "lines": "\n".join(text[start : start + 76] for start in range(0, len(text), 76)) + "\n",
        "quoted": f'"{text}"\n',
        "json": json.dumps({"contentType": "application/x-pkcs12", "value": text}),
    }
    path.write_text(forms[form])
    place.tokens = [for_app(1)]
    async with bench(place, "certificate", certificate=path) as on:
        assert (await on.sign_in.token()).reveal() == access(1)


@pytest.mark.parametrize("text", ["bm90IGEgcGZ4", "{", '{"value": 7}', "[" * 5000, "hello there"])
async def test_what_only_looks_like_one_is_refused_as_no_certificate(
    place: Authority, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "certificate.pfx"
    path.write_text(text)
    path.chmod(0o600)
    error = await refusal(place, "certificate", certificate=path)
    assert error.code == "CredentialUnreadable"
    assert "neither PEM nor a PFX file" in error.message
