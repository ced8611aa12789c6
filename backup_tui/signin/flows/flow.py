"""What every way of signing in has in common; all of it but `cancel` runs in the one thread that may wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from backup_tui.models.prompts import Prompt
from backup_tui.signin.grants import Grant


class Flow(Protocol):
    """A way of signing in."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know about what was found and where things are kept."""
        ...

    def silent(self, *, force: bool, claims: str) -> Grant:
        """A token without asking anybody.

        Args:
            force: One that is kept may not be used: it was refused, or is about to end.
            claims: What the service demands of it, as JSON.

        Raises:
            SignInError: There is none without a person, or the authority does not give one now.
        """
        ...

    def forget(self) -> bool:
        """Removes what is kept; says whether there was something.

        Raises:
            SignInError: It could not be removed.
        """
        ...

    def cancel(self) -> None:
        """Ends what is under way besides requests, such as another program; called from any thread."""
        ...


@dataclass(slots=True)
class UserPrompt:
    """A question to the person that is open.

    Attributes:
        prompt: What to show.
        state: What msal needs to go on; holds codes that are secret.
        interval: Seconds between two looks.
        lasts: Seconds after which nobody needs to look any more.
    """

    prompt: Prompt
    state: dict[str, object]
    interval: float
    lasts: float

    def __repr__(self) -> str:
        return f"Asked({type(self.prompt).__name__})"


class CodeFlow(Flow, Protocol):
    """A way in which the person enters a code somewhere else."""

    def begin(self, claims: str) -> UserPrompt:
        """Gets a code.

        Raises:
            SignInError: There is none to be had.
        """
        ...

    def look(self, asked: UserPrompt, claims: str) -> Grant | None:
        """Looks whether the code was entered; `None` when not yet. May make `asked.interval` longer.

        Raises:
            SignInError: It was declined or has expired, or the authority is in trouble.
        """
        ...


class PageFlow(Flow, Protocol):
    """A way in which the person's browser comes back to this machine."""

    @property
    def port(self) -> int:
        """Port to which it comes back; 0 for any free one."""
        ...

    def begin(self, port: int, claims: str) -> UserPrompt:
        """Makes the address of the page.

        Raises:
            SignInError: The authority does not tell where it is.
        """
        ...

    def state_of(self, asked: UserPrompt) -> str:
        """What the browser must bring along."""
        ...

    def finish(self, asked: UserPrompt, answer: Mapping[str, str]) -> Grant:
        """Turns what the browser brought into a token.

        Raises:
            SignInError: The authority refuses.
        """
        ...
