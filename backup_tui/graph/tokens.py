"""What the client asks of a sign-in."""

from __future__ import annotations

from typing import Protocol

from backup_tui.models.whoami import Token


class TokenSource(Protocol):
    """Gives the token of each request."""

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        """Returns a token that is valid as far as is known; nobody is asked anything. Raises `SignInError`: there is
        none, or no new one can be had without the person."""
        ...
