"""A token that somebody else made and gave to this program."""

from __future__ import annotations

from backup_tui.errors import SignInError
from backup_tui.models.whoami import Token

HOW_TO_GIVE_ONE = (
    "Put a token for Microsoft Graph into the environment variable BACKUP_TUI_ACCESS_TOKEN and start again, "
    "or try the program with --demo."
)


class ReadyMadeToken:
    """Hands out the one token that was given; it cannot be renewed from here."""

    def __init__(self, token: Token) -> None:
        self._token = token

    async def token(self, *, refresh: bool = False) -> Token:
        """The token.

        Args:
            refresh: The service refused the token, a fresh one is needed.

        Raises:
            SignInError: `refresh` was asked for; a ready-made token ends where it ends.
        """
        if refresh:
            raise SignInError(
                "The sign-in has ended: the service does not accept the token any more.",
                certain="Nothing is lost: running restores go on, what was typed is kept.",
                way_out="Start again with a fresh BACKUP_TUI_ACCESS_TOKEN.",
                code="TokenExpired",
            )
        return self._token


def missing_token() -> SignInError:
    """What to say when no token was given at all."""
    return SignInError(
        "There is no sign-in: no token was given.",
        certain="Nothing was sent.",
        way_out=HOW_TO_GIVE_ONE,
        code="NoToken",
    )
