"""The content of a kept sign-in: msal's cache as JSON, read without msal and without trust.

Page: https://learn.microsoft.com/entra/msal/python/advanced/msal-python-token-cache-serialization
"""

import json
from collections.abc import Mapping

from backup_tui.models.whoami import Token
from backup_tui.signin.grants import Grant

Entries = Mapping[str, Mapping[str, Mapping[str, object]]]

EARLY = 300.0  # seconds before its end at which a token is renewed

_CLOCK_SLACK = 300
_NUMBERS = {"AccessToken": ("expires_on", "cached_at")}
_TEXTS = {
    "AccessToken": ("secret", "client_id", "environment"),
    "RefreshToken": ("secret", "client_id", "environment"),
    "Account": ("home_account_id", "environment", "authority_type", "username"),
    "IdToken": ("secret", "environment"),
    "AppMetadata": ("environment", "client_id"),
}

_TYPED = ("AccessToken", "RefreshToken", "IdToken")


def parse_entries(text: str) -> Entries | None:
    """The entries of a kept sign-in; `None` when it is damaged or was not written by msal."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    for kind, entries in value.items():
        if kind not in _TEXTS or not isinstance(entries, dict):
            return None
        if not all(isinstance(entry, dict) and _is_entry(kind, entry) for entry in entries.values()):
            return None
    return value


def _is_entry(kind: str, entry: Mapping[str, object]) -> bool:
    texts = all(isinstance(entry.get(name), str) for name in _TEXTS[kind])
    texts = texts and isinstance(entry.get("target", ""), str)
    if kind in _TYPED and entry.get("credential_type") != kind:
        return False  # msal trusts it to say so itself.
    return texts and all(_number(entry.get(name)) is not None for name in _NUMBERS.get(kind, ()))


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        return int(value)
    return None


def has_account(entries: Entries) -> bool:
    """Whether somebody is signed in: there is an account, and something to renew its tokens with."""
    return bool(entries.get("Account")) and bool(entries.get("RefreshToken"))


def kept_grant(entries: Entries, client_id: str, now: float) -> Grant | None:
    """The kept token that lasts longest, if it lasts long enough.

    Args:
        entries: Of one sign-in to one authority for one scope.
        client_id: Whose token it must be.
        now: This machine's clock, which also counted when the token was kept.
    """
    best: Grant | None = None
    for entry in entries.get("AccessToken", {}).values():
        end, kept_at = _number(entry.get("expires_on")), _number(entry.get("cached_at"))
        secret = entry.get("secret")
        if end is None or kept_at is None or entry.get("client_id") != client_id or not isinstance(secret, str):
            continue
        # Kept in the future: the clock was put back since, and nobody knows how old the token is.
        if kept_at - _CLOCK_SLACK > now or end - now <= EARLY:
            continue
        if best is None or end - now > best.lasts:
            best = Grant(Token(secret), end - now)
    return best
