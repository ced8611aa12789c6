"""How an application without a person authenticates with a signed assertion (page certificate-credentials)."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from backup_tui.simulator.authority.refusals import Refused
from backup_tui.simulator.authority.tokens import decode, encode

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FEDERATED_AUDIENCE = "api://AzureADTokenExchange"
_SKEW = 300.0


class Certificates:
    """The certificates that are registered with the applications.

    While none is, an assertion is not held against any: only its form, its audience and its times are looked at, and
    its signature where it brings the certificate along.
    """

    def __init__(self) -> None:
        self._keys: dict[str, Any] = {}

    def register(self, certificate: Any) -> None:
        """Take in a certificate (of ``read_certificate``)."""
        from cryptography.hazmat.primitives import hashes

        for algorithm in (hashes.SHA1(), hashes.SHA256()):
            self._keys[encode(certificate.fingerprint(algorithm))] = certificate.public_key()

    def check(self, assertion: str, client_id: str, audiences: tuple[str, ...], now: float) -> None:
        """Look at an assertion, of which ``audiences`` are the names of the platform that it may be meant for."""
        header, claims = _read(assertion)
        # msal sends no "nbf"; when it was made is as good.
        start = _moment(claims, "nbf" if "nbf" in claims else "iat", now)
        end = _moment(claims, "exp", None)
        if claims.get("aud") == FEDERATED_AUDIENCE:
            if not claims.get("iss") or not claims.get("sub"):
                raise Refused("bad_assertion", why=": the issuer or the subject is missing")
        elif claims.get("aud") not in audiences:
            raise Refused("wrong_audience", audience=claims.get("aud"))
        elif claims.get("iss") != client_id or claims.get("sub") != client_id:
            raise Refused("wrong_issuer")
        else:
            self._check_signature(assertion, header)
        if not start - _SKEW <= now <= end + _SKEW:
            raise Refused("assertion_out_of_time", now=_iso(now), start=_iso(start), end=_iso(end))

    def _check_signature(self, assertion: str, header: dict[str, Any]) -> None:
        thumbprint = str(header.get("x5t#S256") or header.get("x5t") or "").rstrip("=")
        key = self._keys.get(thumbprint)
        if key is None and self._keys:
            raise Refused("unknown_certificate", thumbprint=thumbprint)
        if key is None:
            key = _brought_along(header)
        if key is not None and not _fits(key, assertion, str(header.get("alg"))):
            raise Refused("unknown_certificate", thumbprint=thumbprint)


def read_certificate(pem: Any) -> Any:
    """Read a certificate. Raises ValueError if it is not text or not a PEM certificate."""
    from cryptography import x509

    if not isinstance(pem, str):
        raise ValueError("certificate is a text in PEM")
    return x509.load_pem_x509_certificate(pem.encode())


def _read(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = assertion.split(".")
    try:
        if len(parts) != 3:
            raise ValueError("not three parts")
        header, claims = (json.loads(decode(part)) for part in parts[:2])
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise ValueError("not objects")
    except (ValueError, RecursionError):
        raise Refused("bad_assertion", why="") from None
    return header, claims


def _moment(claims: dict[str, Any], name: str, usual: float | None) -> float:
    value = claims.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("bad_assertion", why=f": '{name}' is missing")
    return float(value)


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def _brought_along(header: dict[str, Any]) -> Any:
    """Return the public key of the certificate in the header, None without one."""
    from cryptography import x509

    chain = header.get("x5c")
    if not chain:
        return None
    first = chain if isinstance(chain, str) else chain[0]
    try:
        return x509.load_der_x509_certificate(base64.b64decode(first)).public_key()
    except (ValueError, TypeError):
        raise Refused("bad_assertion", why=": 'x5c' is not a certificate") from None


def _fits(key: Any, assertion: str, algorithm: str) -> bool:
    """Tell whether an assertion was signed with the other half of a key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    text, _, signature = assertion.rpartition(".")
    digest = hashes.SHA256()
    how: Any
    if algorithm == "PS256":
        how = padding.PSS(padding.MGF1(digest), digest.digest_size)
    elif algorithm == "RS256":
        how = padding.PKCS1v15()
    else:
        return False
    try:
        key.verify(decode(signature), text.encode(), how, digest)
    except (InvalidSignature, ValueError):
        return False
    return True
