"""The form of a token cache on disk: a few words about itself, and the content, encrypted when there is a key.

AES-256-GCM with a random nonce for each writing. The words about itself and whose sign-in it is are authenticated with
it, so a file that was moved from elsewhere or changed does not open.
"""

import base64
import binascii
import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

VERSION: Final = 1

_FORM: Final = "backup-tui token cache"
_SCRYPT: Final = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}
_SALT, _NONCE = 16, 12


class Unsealable(Exception):
    """The file is damaged, of another version, or was written with another key."""


class NoKey(Exception):
    """The file is encrypted, and there is no key here."""


@dataclass(slots=True)
class CacheCipher:
    """Encrypts and opens with one key, or leaves as it is without one."""

    by: str  # `key`, `passphrase` or `none`
    secret: bytes = field(repr=False)  # the key's bytes or the passphrase; empty without one
    identity: str  # whose sign-in it is
    _derived: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def close(self, text: str) -> bytes:
        if self.by == "none":
            return json.dumps({"form": _FORM, "version": VERSION, "by": "none", "content": text}).encode()
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt = next(iter(self._derived), None) or os.urandom(_SALT)
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._key(salt)).encrypt(nonce, text.encode(), self._about(self.by, salt))
        value = {
            "form": _FORM,
            "version": VERSION,
            "by": self.by,
            "salt": base64.b64encode(salt).decode(),
            "nonce": base64.b64encode(nonce).decode(),
            "content": base64.b64encode(sealed).decode(),
        }
        return json.dumps(value).encode()

    def open(self, data: bytes) -> tuple[str, bool]:
        """The content, and whether it was encrypted. Raises NoKey without the key that it needs, else Unsealable."""
        value = _parsed(data)
        by, content = value.get("by"), value.get("content")
        if value.get("form") != _FORM or value.get("version") != VERSION or not isinstance(content, str):
            raise Unsealable
        if by == "none":
            return content, False
        if self.by == "none":
            raise NoKey
        if by != self.by:
            raise Unsealable
        return self._opened(value, content), True

    def _opened(self, value: Mapping[str, object], content: str) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        text: str | None = None
        with contextlib.suppress(InvalidTag, binascii.Error, ValueError):
            salt, nonce = _bytes(value.get("salt"), _SALT), _bytes(value.get("nonce"), _NONCE)
            sealed = base64.b64decode(content, validate=True)
            text = AESGCM(self._key(salt)).decrypt(nonce, sealed, self._about(self.by, salt)).decode()
        if text is None:
            raise Unsealable
        return text

    def _about(self, by: str, salt: bytes) -> bytes:
        return json.dumps([_FORM, VERSION, by, salt.hex(), self.identity]).encode()

    def _key(self, salt: bytes) -> bytes:
        if salt not in self._derived:
            if self.by == "passphrase":
                key = hashlib.scrypt(self.secret, salt=salt, **_SCRYPT)
            else:
                key = hashlib.blake2b(self.secret, digest_size=32, salt=salt, person=b"backup-tui cache").digest()
            self._derived = {salt: key}
        return self._derived[salt]


def _parsed(data: bytes) -> Mapping[str, object]:
    value: object = None
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(data)
    if not isinstance(value, dict):
        raise Unsealable
    return value


def _bytes(value: object, length: int) -> bytes:
    data = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    if len(data) != length:
        raise ValueError
    return data
