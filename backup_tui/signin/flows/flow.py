"""What every way of signing in has in common; all of it but `cancel` runs in the one thread that may wait."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from msgspec import Struct

from backup_tui.config.sign_in import SignInSettings
from backup_tui.models.clock import Clock
from backup_tui.models.prompts import Prompt
from backup_tui.signin.error_context import ErrorContext
from backup_tui.signin.grants import Grant
from backup_tui.signin.origin import AuthorityOrigin


class FlowContext(Struct, frozen=True):
    """What a flow works with."""

    settings: SignInSettings
    origin: AuthorityOrigin  # where users sign in
    facts: ErrorContext  # for the sentences
    clock: Clock  # the authority's time
    wall: Callable[[], float]  # this machine's clock, seconds since 1970


class Flow(Protocol):
    """A way of signing in."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know about what was found and where things are kept."""
        ...

    def silent(self, *, force: bool, claims: str) -> Grant:
        """A token without asking anybody. `force`: one that is kept may not be used: it was refused, or is about to
        end. `claims`: what the service demands of it, as JSON. Raises `SignInError`: there is none without a person, or
        the authority does not give one now."""
        ...

    def forget(self) -> bool:
        """Removes what is kept; says whether there was something. Raises SignInError if it could not be removed."""
        ...

    def cancel(self) -> None:
        """Ends what is under way besides requests, such as another program; called from any thread."""
        ...


@dataclass(slots=True, repr=False)
class UserPrompt:
    """A question to the person that is open; what msal needs to continue holds codes that are secret."""

    prompt: Prompt  # what to show
    app: Any  # msal's application
    flow: dict[str, object]  # msal's state
    interval: float  # seconds between two looks
    lasts: float  # seconds after which nobody needs to look any longer
