"""Chooses where a person's sign-in is kept, and with which key."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from backup_tui.config.sign_in import SignInSettings
from backup_tui.errors import SignInError
from backup_tui.signin.cache.encryption import CacheCipher
from backup_tui.signin.cache.file import FileTokenStore
from backup_tui.signin.cache.token_store import MemoryTokenStore, TokenStore
from backup_tui.signin.files import read_bytes, unusable_file

CREDENTIAL = "backup-tui.token-cache-key"
"""Name of the key among the credentials of a systemd unit (`LoadCredential=`, `LoadCredentialEncrypted=`)."""

_SHORTEST_KEY = 16


def token_store_of(settings: SignInSettings, environ: Mapping[str, str] | None = None) -> TokenStore:
    """The store that the settings ask for; one that keeps nothing where that cannot be had, with a notice."""
    if settings.cache == "memory" or settings.cache_folder is None:
        return MemoryTokenStore()
    identity, name = _names(settings)
    if settings.cache == "os":
        from backup_tui.signin.cache.keychain import keychain_store

        return keychain_store(settings.cache_folder, f"{name}.changed")
    by, secret = "none", b""
    try:
        by, secret = _key(settings, os.environ if environ is None else environ)
    except SignInError as error:
        # Not in clear instead: a key was asked for.
        return MemoryTokenStore(f"{error.message} The sign-in is kept in memory only.")
    return FileTokenStore(settings.cache_folder, f"{name}.json", CacheCipher(by, secret, identity))


def is_sealed(settings: SignInSettings, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a file of these settings is encrypted; the key is not looked at."""
    given = settings.cache_key_file is not None or settings.cache_passphrase is not None
    return given or _credential(os.environ if environ is None else environ) is not None


def left_in_file(settings: SignInSettings) -> TokenStore:
    """The file of this sign-in, for removing it alone, whatever the settings say now of where it is kept."""
    if settings.cache_folder is None:
        return MemoryTokenStore()
    identity, name = _names(settings)
    return FileTokenStore(settings.cache_folder, f"{name}.json", CacheCipher("none", b"", identity))


def _names(settings: SignInSettings) -> tuple[str, str]:
    """Whose sign-in it is, and the name under which it is kept."""
    identity = "\n".join((settings.authority, settings.tenant.lower(), settings.client_id.lower(), settings.scope))
    return identity, f"sign-in-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def _key(settings: SignInSettings, environ: Mapping[str, str]) -> tuple[str, bytes]:
    if settings.cache_key_file is not None:
        return "key", _key_of(settings.cache_key_file)
    if settings.cache_passphrase is not None:
        return "passphrase", settings.cache_passphrase.reveal().encode()
    credential = _credential(environ)
    return ("none", b"") if credential is None else ("key", _key_of(credential))


def _credential(environ: Mapping[str, str]) -> Path | None:
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    return Path(folder) / CREDENTIAL if folder and (Path(folder) / CREDENTIAL).exists() else None


def _key_of(path: Path) -> bytes:
    key = read_bytes(path, "the key file of the token cache")
    if len(key.strip()) < _SHORTEST_KEY:
        raise unusable_file(path, "the key file of the token cache", f"a key has at least {_SHORTEST_KEY} bytes")
    return key
