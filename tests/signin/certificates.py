"""Certificates with their keys, made for one test."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from scripted_authority import NOW


def made(folder: Path, form: str, *, key: Any = None, days: int = 30, other: bool = False, password: str = "") -> Path:
    """A certificate with its key, as a file."""
    key = key or rsa.generate_private_key(65537, 2048)
    public = rsa.generate_private_key(65537, 2048).public_key() if other else key.public_key()
    signing = key if isinstance(key, rsa.RSAPrivateKey) else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "backup-tui")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=60))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(signing, hashes.SHA256())
    )
    hidden = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    path = folder / f"certificate.{form}"
    if form == "pfx":
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, hidden))
    else:
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + pem)
    path.chmod(0o600)
    return path
