"""What signing in brings: a token, and for how long."""

import math
from collections.abc import Mapping

from msgspec import Struct

from backup_tui.models.whoami import Token

_LONGEST = 7 * 24 * 3600.0
"""Seconds: no access token lasts longer; a longer claim is wrong and would only be renewed too late."""


class Grant(Struct, frozen=True):
    """A token that was just given."""

    token: Token  # the token
    lasts: float  # seconds that it is valid from now on, as reported


def grant_of(said: Mapping[str, object]) -> Grant | None:
    """Reads a token answer; `None` when it holds no token that can be used."""
    token = said.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        return None
    lasts = seconds(said.get("expires_in"), 3600.0)
    return Grant(Token(token), max(0.0, min(lasts, _LONGEST)))


def seconds(value: object, default: float) -> float:
    """A number of seconds in an answer, which may be written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return default
    return number if math.isfinite(number) else default
