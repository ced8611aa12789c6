"""A token that somebody else made and gave to this program."""

from collections.abc import Callable

from backup_tui.models.prompts import Prompt
from backup_tui.models.whoami import Token
from backup_tui.signin.error_catalogue import local_error


class ReadyMadeToken:
    """Hands out the one token that was given; it cannot be renewed from here."""

    flow = "token"
    interactive = False
    notices: tuple[str, ...] = ()

    def __init__(self, token: Token) -> None:
        self._token = token

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        if refresh or claims:
            raise local_error("token_ended")
        return self._token

    def renew_now(self) -> None:
        """Nothing is waited for."""

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        return await self.token(claims=claims)

    async def forget(self) -> bool:
        return False

    async def aclose(self) -> None:
        """There is nothing to close."""
