"""The tokens themselves: JSON Web Tokens with the claims that Microsoft's carry, signed with a key of this run."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import uuid4

from msgspec import Struct

from backup_tui.simulator.authority.directory import ROLE_IDS, Directory, Person
from backup_tui.simulator.authority.switches import Switches
from backup_tui.simulator.domain.identifiers import guid

GRAPH = "https://graph.microsoft.com"
_PUBLIC_EXPONENT = 65537


class Grant(Struct, frozen=True, dict=True):
    """What somebody was granted: the matter of every token."""

    directory: Directory  # the directory the tokens are of
    client_id: str
    person: Person | None  # who signed in; None for an application alone
    scope: str  # what was asked for
    number: int  # its place among all grants of this run, from 1

    @property
    def app_name(self) -> str:
        """What the platform calls the application; it knows no names but its own."""
        return "Backup TUI" if self.person is not None else "Backup TUI Automation"


def encode(text: bytes) -> str:
    """Write bytes in base64url without padding."""
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Read base64url with or without padding. Raises ValueError if it is none."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@cache
def _key() -> Any:
    """Make the key of this run; it takes a moment, so only when a token or the public half is asked for."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(_PUBLIC_EXPONENT, 2048)


@cache
def public_key() -> dict[str, Any]:
    """Return the public half as a JSON Web Key."""
    modulus: int = _key().public_key().public_numbers().n
    written = encode(modulus.to_bytes(256, "big"))
    exponent = encode(_PUBLIC_EXPONENT.to_bytes(3, "big"))
    kid = encode(hashlib.sha256(written.encode()).digest()[:20])
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": written, "e": exponent}


def signed(claims: Mapping[str, Any]) -> str:
    """Return claims as a signed token of three parts."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    kid = public_key()["kid"]
    parts = ({"typ": "JWT", "alg": "RS256", "kid": kid}, claims)
    text = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    signature: bytes = _key().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{encode(signature)}"


def access_token(grant: Grant, now: float, switches: Switches, capabilities: Sequence[str]) -> str:
    """Return an access token for Graph, in its form (version 1.0); ``capabilities``: what the client said it can do."""
    tid = grant.directory.id
    claims: dict[str, Any] = {
        "aud": GRAPH,
        "iss": f"https://sts.windows.net/{tid}/",
        "iat": int(now),
        "nbf": int(now),
        "exp": int(now + switches.token_seconds),
        "app_displayname": grant.app_name,
        "appid": grant.client_id,
        "tid": tid,
        "uti": encode(uuid4().bytes),
        "ver": "1.0",
    }
    if grant.person is None:
        claims |= {
            "appidacr": "2",
            "idp": f"https://sts.windows.net/{tid}/",
            "idtyp": "app",
            "oid": guid("service principal", tid, grant.client_id),
            "sub": guid("service principal", tid, grant.client_id),
        }
        if switches.roles and switches.consent:
            claims["roles"] = [*switches.roles]
    else:
        person = grant.person
        claims |= {
            "acr": "1",
            "amr": ["pwd", "mfa"],
            "appidacr": "0",
            "idtyp": "user",
            "name": person.name,
            "oid": person.id,
            "scp": " ".join([*sorted(switches.scopes), "User.Read", "profile", "openid", "email"]),
            "sub": _subject(grant),
            "unique_name": person.email,
            "upn": person.email,
            "wids": [ROLE_IDS[role] for role in switches.directory_roles],
        }
    if capabilities:
        claims["xms_cc"] = list(capabilities)
    return signed(claims)


def id_token(grant: Grant, now: float, issuer: str, nonce: str) -> str:
    """Return the token that tells the application for an hour who signed in; ``nonce`` is empty for none."""
    person = grant.person
    assert person is not None
    claims: dict[str, Any] = {
        "ver": "2.0",
        "iss": issuer,
        "sub": _subject(grant),
        "aud": grant.client_id,
        "iat": int(now),
        "nbf": int(now),
        "exp": int(now + 3600),
        "auth_time": int(now),
        "name": person.name,
        "preferred_username": person.email,
        "oid": person.id,
        "tid": grant.directory.id,
        "uti": encode(uuid4().bytes),
    }
    if nonce:
        claims["nonce"] = nonce
    return signed(claims)


def client_info(grant: Grant) -> str:
    """Return what ``msal`` makes its account of."""
    assert grant.person is not None
    known = {"uid": grant.person.id, "utid": grant.person.home.id}
    return encode(json.dumps(known, separators=(",", ":")).encode())


def _subject(grant: Grant) -> str:
    assert grant.person is not None
    return encode(hashlib.sha256(f"{grant.client_id}/{grant.person.id}".encode()).digest())
