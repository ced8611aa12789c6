"""Reads a client certificate with its key: PEM (both in one file) or PFX.

Page: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
"""

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backup_tui.config.token import Secret
from backup_tui.signin.error_catalogue import local_error
from backup_tui.signin.files import read_bytes, unusable_file

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_WHAT = "the certificate file"


def read_certificate(path: Path, password: Secret | None, now: datetime) -> dict[str, str]:
    """Reads key and certificate, PEM or PFX, into what msal takes; `now` is the authority's time. Raises `SignInError`:
    it cannot be read or opened, key and certificate do not belong together, or it has expired."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    data = read_bytes(path, _WHAT)
    opened = password.reveal().encode() if password is not None else None
    data = _unwrapped(data)
    key, certificate, reason = _pem(data, opened) if b"-----BEGIN " in data else _pfx(data, opened)
    if not reason and (key is None or certificate is None):
        reason = "it must hold both the private key and the certificate"
    if not reason and not isinstance(key, RSAPrivateKey):
        reason = _UNSUPPORTED
    if not reason and key.public_key() != certificate.public_key():
        reason = "its key does not belong to its certificate"
    if reason:
        raise unusable_file(path, _WHAT, reason)
    _refuse_expired(path, certificate, now)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "private_key": private.decode(),
        "public_certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
    }


def _unwrapped(data: bytes) -> bytes:
    """What a file holds that Key Vault handed out: a PFX as base64, alone or as `value` of the secret in JSON."""
    text = data.strip()
    if text.startswith(b"{"):
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return data
        value = said.get("value") if isinstance(said, dict) else None
        if not isinstance(value, str):
            return data
        text = value.encode()
    if b"-----BEGIN " in text:
        return text
    try:
        return base64.b64decode(b"".join(text.strip(b"\"'").split()), validate=True) or data
    except ValueError:
        return data


def _pem(data: bytes, password: bytes | None) -> tuple[Any, Any, str]:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(data, password)
    except TypeError:
        return None, None, _of_password(password)
    except ValueError:
        return None, None, _WRONG_PASSWORD if password else "it has no readable private key"
    except UnsupportedAlgorithm:
        return None, None, _UNSUPPORTED
    try:
        certificates = x509.load_pem_x509_certificates(data)
    except ValueError:
        return key, None, "it has no readable certificate"
    # A file may hold the certificates of the issuers as well, in any order.
    own = next((each for each in certificates if each.public_key() == key.public_key()), certificates[0])
    return key, own, ""


def _pfx(data: bytes, password: bytes | None) -> tuple[Any, Any, str]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

    try:
        key, certificate, _ = load_key_and_certificates(data, password)
    except ValueError:
        return None, None, _WRONG_PASSWORD if password else "it is neither PEM nor a PFX file without a password"
    except UnsupportedAlgorithm:
        return None, None, _UNSUPPORTED
    return key, certificate, ""


_UNSUPPORTED = "the type of its key is not supported; use an RSA key"
_WRONG_PASSWORD = "the password does not open it, or it is damaged"


def _of_password(password: bytes | None) -> str:
    return "its key is encrypted and no password was given" if password is None else "its key has no password"


def _refuse_expired(path: Path, certificate: "Certificate", now: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if begin <= now <= end:
        return
    when = f"expired on {end:%Y-%m-%d}" if now > end else f"is not valid before {begin:%Y-%m-%d}"
    raise local_error("certificate_time", path=path, when=when)
