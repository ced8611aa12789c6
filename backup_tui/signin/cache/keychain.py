"""A person's sign-in kept in the operating system's key store, through msal-extensions (an extra)."""

import contextlib
from pathlib import Path
from typing import Any

from backup_tui.models.text import safe
from backup_tui.signin.cache.token_store import MemoryTokenStore, TokenStore
from backup_tui.signin.error_catalogue import local_error

# What the libraries of the key stores are known to raise: no D-Bus, a locked store, a missing typelib, a refusal.
_STORE_FAILS = (ImportError, OSError, RuntimeError, ValueError, AttributeError, TypeError)

EXTRA = "pip install 'backup-tui[keychain]'"


def keychain_store(folder: Path, name: str) -> TokenStore:
    """The key store; nothing, with a notice, where there is none (mostly: over SSH). `folder`: where a small file tells
    other instances that something has changed; it holds nothing secret."""
    try:
        import msal_extensions
        from msal_extensions.persistence import PersistenceNotFound
    except ImportError:
        return MemoryTokenStore(f"The sign-in is kept in memory only: the key store needs an extra package: {EXTRA}.")
    reason = ""
    try:
        for each in (folder.parent, folder):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = msal_extensions.build_encrypted_persistence(str(folder / name))
    except _STORE_FAILS as error:
        reason = safe(" ".join(str(error).split()), 120) or type(error).__name__
    if reason:
        return MemoryTokenStore(
            f"The sign-in is kept in memory only: no usable key store ({reason}). "
            "Over SSH there mostly is none; token_cache = file keeps it in a file."
        )
    return KeychainTokenStore(store, PersistenceNotFound, folder / name)


class KeychainTokenStore:
    """A sign-in in the key store, with a small file that says that something has changed."""

    def __init__(self, store: Any, not_found: type[Exception], signal: Path) -> None:
        self._store = store
        self._not_found = not_found
        self._signal = signal
        self._last: str | None = None
        self._notices: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        return self._notices

    def load(self) -> str | None:
        try:
            text = self._there()
        except _STORE_FAILS as error:
            self._refused(error)
            return None
        if text == (self._last or ""):
            return None
        self._last = text
        return text or "{}"

    def save(self, text: str, *, replacing: bool = False) -> None:
        try:
            if replacing or self._there() == (self._last or ""):
                self._store.save(text)
                self._last = text
        except _STORE_FAILS as error:
            self._refused(error)

    def spoiled(self) -> None:
        """What is kept cannot be used; the next sign-in takes its place."""
        self._notices = ("The sign-in in the key store is damaged; sign in again.",)

    def remove(self) -> bool:
        had, reason = False, ""
        try:
            had = bool(self._store.load())
            if had:
                self._store.save("")
        except self._not_found:
            had = False
        except _STORE_FAILS as error:
            reason = type(error).__name__
        if reason:
            raise local_error("key_store", reason=reason)
        with contextlib.suppress(OSError):
            self._signal.unlink()
        self._last = None
        return had

    def _there(self) -> str:
        try:
            return str(self._store.load() or "")
        except self._not_found:
            return ""

    def _refused(self, error: Exception) -> None:
        self._notices = (
            f"The key store cannot be used now ({type(error).__name__}); this sign-in is kept in memory only.",
        )
