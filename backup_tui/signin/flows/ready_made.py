"""A token that somebody else made and gave to this program."""

from __future__ import annotations

from collections.abc import Callable

from backup_tui.errors import SignInError
from backup_tui.models.prompts import Prompt
from backup_tui.models.whoami import Token
from backup_tui.signin import codes

HOW_TO_GIVE_ONE = (
    "Put a token for Microsoft Graph into the environment variable BACKUP_TUI_ACCESS_TOKEN and start again, "
    "or try the program with --demo."
)


class ReadyMadeToken:
    """Hands out the one token that was given; it cannot be renewed from here."""

    flow = "token"
    interactive = False
    notices: tuple[str, ...] = ()

    def __init__(self, token: Token) -> None:
        self._token = token

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        if refresh or claims:
            raise SignInError(
                "The sign-in has ended: the service does not accept the token any more.",
                certainty="Running restores continue; what you typed is kept.",
                hint="Start again with a fresh BACKUP_TUI_ACCESS_TOKEN.",
                code=codes.TOKEN_EXPIRED,
            )
        return self._token

    def renew_now(self) -> None:
        """Nothing is waited for."""

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        return await self.token(claims=claims)

    async def forget(self) -> bool:
        return False

    async def aclose(self) -> None:
        """There is nothing to close."""


def missing_token() -> SignInError:
    """What to say when no token was given at all."""
    return SignInError(
        "There is no sign-in: no token was given.",
        certainty="Nothing was sent.",
        hint=HOW_TO_GIVE_ONE,
        code=codes.NO_SIGN_IN,
    )
