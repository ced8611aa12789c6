"""What the rest of the program sees of a sign-in."""

from collections.abc import Callable
from typing import Protocol

from backup_tui.models.prompts import Prompt
from backup_tui.models.whoami import Token


class SignIn(Protocol):
    """One profile's sign-in; a `TokenSource` for the client.

    It may be used by one event loop after another. A `SignInError` of it has one of `signin.codes` as its code, and
    `needs_person` says whether somebody has to do something or whether trying again later helps.
    """

    @property
    def flow(self) -> str:
        """One of `config.FLOWS`."""
        ...

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked (`device-code`, `browser`)."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know: a token cache that is not encrypted, was set aside, a clock that is wrong."""
        ...

    async def token(self, *, refresh: bool = False, claims: str = "") -> Token:
        """A token without asking anybody; one request for it however many ask.

        Args:
            refresh: The service has just refused the last one; a new one is needed.
            claims: What the service demands of it, as JSON.

        Raises:
            SignInError: There is none.
            ConfigError: The environment names certificates or a proxy that cannot be used.
        """
        ...

    def renew_now(self) -> None:
        """A person wants `token` to try again now, however lately it failed."""
        ...

    async def ask(self, show: Callable[[Prompt], None], *, claims: str = "") -> Token:
        """A token of whoever signs in now; cancelled by cancelling the task.

        Args:
            show: Called once with what the person has to do. Not called by flows that need nobody.
            claims: What the service demands of it, as JSON; when empty, what was demanded last and could not be met.

        Raises:
            SignInError: Nobody signed in, or it was refused.
        """
        ...

    async def forget(self) -> bool:
        """Removes everything that was kept; says whether there was something. Raises SignInError if it cannot."""
        ...

    async def aclose(self) -> None:
        """Gives up what is under way and closes connections."""
        ...
